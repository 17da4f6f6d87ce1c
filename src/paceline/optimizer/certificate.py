"""A certificate: days that no choice has seen show that a setting keeps the limit.

The permitted error is halved with each look, whether the look is at the same days and more or at another setting; so
over all looks of a search the chance that any setting above the limit is ever certified stays below it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from paceline.optimizer.sample import Sample, Trial
from paceline.optimizer.windows import room_for, window_bound
from paceline.simulation.scenario import Window

FIRST_FRESH = 1 << 20
"""Number of the first day that is kept for certifying; searches use days below it."""
FEWEST = 16
"""Days of the first look."""
_LOOKS = 4
_DOUBLED = 0.8
"""Share of a bound's distance that is left with twice the days and half the error, roughly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What fresh days showed.

    Attributes:
        limit: the limit for abandonment, a fraction.
        confidence: how surely it is kept, over repeated use.
        upper: upper bound of abandonment, at most the limit.
        error_used: error permitted at the look that showed it.
        first_day: number of the first of those days.
        days: how many there were.
        window: the windows of which 95 in 100 are within the limit too; None where only the long run is certified.
        window_upper: what abandonment in 95 of 100 windows stays at or below, with the same confidence; at most the
            limit. None without windows.
    """

    limit: float
    confidence: float
    upper: float
    error_used: float
    first_day: int
    days: int
    window: Window | None = None
    window_upper: float | None = None


class Certifier:
    """Looks at fresh days, each look with half of the error that the one before it had."""

    def __init__(
        self,
        trial: Trial,
        *,
        limit: float,
        confidence: float,
        spend: Callable[[int], None],
        window: Window | None = None,
    ) -> None:
        """Begin with the whole error.

        Where windows are to be within the limit too, a look has to show both with the same error: a setting that
        fails one of the two passes that one with no more than that error.

        Args:
            trial: plays days.
            limit: for abandonment, a fraction.
            confidence: above 0.5 and below 1.
            spend: told how many days are about to be played; may refuse by raising.
            window: what is to be within the limit beside the long run.
        """
        self._trial, self._spend, self._window = trial, spend, window
        self._limit, self._confidence = limit, confidence
        self._left = 1 - confidence
        self._first = FIRST_FRESH

    @property
    def next_error(self) -> float:
        """Return the error permitted at the next look."""
        return self._left / 2

    def look(self, value: float, days: int) -> tuple[Sample, Certificate | None]:
        """Return fresh days at a value, and the certificate if they show that it keeps the limit.

        Days are doubled, up to three times, while that might still show it.
        """
        sample = Sample(self._trial, value, self._first)
        self._grow(sample, max(days, FEWEST))
        certificate = None
        for _ in range(_LOOKS):
            self._left /= 2
            upper = sample.bound(1 - self._left)
            windows = None if self._window is None else window_bound(sample, self._window, 1 - self._left)
            highest = max(upper, windows or 0.0)
            if highest <= self._limit:
                certificate = self._certified(sample, upper, windows)
                break
            rate, upper = sample.abandonment().mean + room_for(sample, self._window), highest
            if rate + _DOUBLED * (upper - rate) > self._limit:
                break
            self._grow(sample, sample.days)
        self._first += sample.days
        return sample, certificate

    def _grow(self, sample: Sample, days: int) -> None:
        self._spend(days)
        sample.grow(days)

    def _certified(self, sample: Sample, upper: float, windows: float | None) -> Certificate:
        return Certificate(
            limit=self._limit,
            confidence=self._confidence,
            upper=upper,
            error_used=self._left,
            first_day=sample.first,
            days=sample.days,
            window=self._window,
            window_upper=windows,
        )
