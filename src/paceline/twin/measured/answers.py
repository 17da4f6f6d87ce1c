"""How people answer, from what was measured: by the time of day, and how much one day differs from the next.

Answer rates by time are drawn towards that of all day, as if so many dials more had been answered like all. What days
differ by, beyond what chance gives so many dials, is estimated with a few days of experience that every campaign is
given: two days that happen to be alike do not show that all are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paceline.twin.measured.clock import Minutes, Roster

USUAL_SPREAD = 0.05
"""Standard deviation of a day's answer rate, relative, that is taken for a campaign of which nothing is known."""
USUAL_FREEDOM = 3
"""Degrees of freedom that this counts for."""
ALIKE_DIALS = 500
"""Dials of every half hour that are taken to have been answered like all."""
_HALF_HOUR = 30
_FEWEST_ANSWERS = 50
"""Answers below which a day says nothing of its rate."""
_STEEPEST = 4.0
"""Largest factor of a half hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRates:
    """How the answer rate differs from day to day, on the scale of logarithms, 0 being that of all days together.

    Attributes:
        measured: number of each day that was measured, and its own value.
        spread: standard deviation of days.
        error: standard error of the mean of days: it is known from those measured alone.
        freedom: degrees of freedom of both.
    """

    measured: tuple[tuple[int, float], ...]
    spread: float
    error: float
    freedom: int

    def quantile(self, probability: float) -> float:
        """Return the quantile of Student's t that goes with spread and error."""
        from paceline.inference.quantiles import t_quantile

        return t_quantile(probability, self.freedom)

    @property
    def of_a_day(self) -> float:
        """Return half of the 95 % interval in which one day to come lies."""
        return self.quantile(0.975) * math.hypot(self.spread, self.error)

    @property
    def of_the_mean(self) -> float:
        """Return half of the 95 % interval of the mean of all days to come."""
        return self.quantile(0.975) * self.error


def by_time(minutes: Minutes, roster: Roster) -> tuple[float, ...]:
    """Return factors on the answer rate for each half hour of the roster's day."""
    import numpy as np

    bins = max(1, math.ceil((roster.end_min - roster.begin_min) / _HALF_HOUR))
    at = np.clip((minutes.offset - roster.begin_min) // _HALF_HOUR, 0, bins - 1)
    dials = np.bincount(at, weights=minutes.dials, minlength=bins)
    connects = np.bincount(at, weights=minutes.connects, minlength=bins)
    rate = connects.sum() / dials.sum()
    factors = (connects + ALIKE_DIALS * rate) / (dials + ALIKE_DIALS) / rate
    most = min(_STEEPEST, 1.0 / rate)
    return tuple(round(float(one), 4) for one in np.clip(factors, 1 / _STEEPEST, most))


def day_rates(minutes: Minutes, roster: Roster, factors: tuple[float, ...]) -> DayRates:
    """Return how days differ beyond chance, given what is usual at each time of the day."""
    import numpy as np

    rate = float(minutes.connects.sum() / minutes.dials.sum())
    at = np.clip((minutes.offset - roster.begin_min) // _HALF_HOUR, 0, len(factors) - 1)
    expected = minutes.dials * rate * np.array(factors)[at]
    found: list[tuple[int, float]] = []
    chance: list[float] = []
    for day in np.unique(minutes.day).tolist():
        of_it = minutes.day == day
        answers = int(minutes.connects[of_it].sum())
        if answers >= _FEWEST_ANSWERS:
            found.append((day, math.log(answers / float(expected[of_it].sum()))))
            chance.append((1 - rate) / answers)
    return _pooled(tuple(found), chance, total=int(minutes.connects.sum()), rate=rate)


def _pooled(found: tuple[tuple[int, float], ...], chance: list[float], *, total: int, rate: float) -> DayRates:
    values, days = [value for _, value in found], max(len(found), 1)
    beyond = 0.0
    if len(values) > 1:
        mean = sum(values) / days
        beyond = max(0.0, sum((one - mean) ** 2 for one in values) / (days - 1) - sum(chance) / days)
    freedom = USUAL_FREEDOM + days - 1
    variance = (USUAL_FREEDOM * USUAL_SPREAD**2 + (days - 1) * beyond) / freedom
    return DayRates(
        measured=found,
        spread=math.sqrt(variance),
        error=math.sqrt(variance / days + (1 - rate) / total),
        freedom=freedom,
    )
