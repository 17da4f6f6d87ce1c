"""Simulated days at one value of a knob, and what they say: ratios over days, never over calls."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from paceline.simulation import counters as c

if TYPE_CHECKING:  # numpy loads only when days are simulated
    import numpy as np
    import numpy.typing as npt

    from paceline.simulation.distributions import Ticks

    Floats = npt.NDArray[np.float64]

FEW = 30
"""Abandoned answers up to which days of calls say more than the spread of the days."""
BURSTS = 12.0
"""Design effect that is assumed where too little is abandoned to show one: that of 1,000 agents near 3 %."""


class Days(NamedTuple):
    """Days as they were played.

    Attributes:
        tallies: [days, places of `simulation.counters`] what each day came to.
        computed_ns: nanoseconds of processor time they took.
    """

    tallies: Ticks
    computed_ns: int


class Trial(Protocol):
    """Plays days at a value of a knob; the same value and the same days give the same tallies."""

    def play(self, value: float, first: int, days: int) -> Days:
        """Return the days from number `first` on."""

    def controls(self, tallies: Ticks) -> Floats:
        """Return [days, k] what chance gave each day, with mean 0; no columns where nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimated:
    """A ratio over days, with control variates where they are known.

    Attributes:
        mean: the ratio, a fraction.
        error: its standard error, over days.
        freedom: degrees of freedom of the error.
        plain_mean: the ratio of the sums, without control variates.
        plain_error: standard error of that.
        days: days it comes from.
        cpu_s: seconds of processor time those days took.
    """

    mean: float
    error: float
    freedom: int
    plain_mean: float
    plain_error: float
    days: int
    cpu_s: float = field(compare=False)

    @property
    def half_width(self) -> float:
        """Return half of the 95 % interval."""
        return _student(0.975, self.freedom) * self.error

    @property
    def plain_half_width(self) -> float:
        """Return half of the 95 % interval without control variates."""
        return _student(0.975, self.days - 1) * self.plain_error

    @property
    def merit(self) -> float:
        """Return the width of the 95 % interval that one second of processor time buys; smaller is better.

        Width falls with the root of the time, so it is the width times the root of the seconds.
        """
        return 2 * self.half_width * math.sqrt(self.cpu_s)

    @property
    def plain_merit(self) -> float:
        """Return the same without control variates."""
        return 2 * self.plain_half_width * math.sqrt(self.cpu_s)

    def upper(self, confidence: float) -> float:
        """Return the bound that the ratio is below with a confidence, a fraction above 0.5."""
        return self.mean + _student(confidence, self.freedom) * self.error


class Sample:
    """All days simulated at one value."""

    def __init__(self, trial: Trial, value: float, first: int) -> None:
        """Begin without days; the first will have the number `first`."""
        self.trial, self.value, self.first = trial, value, first
        self._parts: list[Ticks] = []
        self.computed_ns = 0

    @property
    def days(self) -> int:
        """Return how many days there are."""
        return sum(part.shape[0] for part in self._parts)

    @property
    def tallies(self) -> Ticks:
        """Return [days, places of `counters`] what the days came to."""
        import numpy as np

        self._parts = [np.concatenate(self._parts)]
        return self._parts[0]

    def grow(self, days: int) -> None:
        """Play so many more days."""
        played = self.trial.play(self.value, self.first + self.days, days)
        self._parts.append(played.tallies)
        self.computed_ns += played.computed_ns

    def abandonment(self) -> Estimated:
        """Return abandoned answers over answers that were abandoned or connected."""
        rows = self.tallies
        return self._ratio(rows[:, c.ABANDONED], rows[:, c.ABANDONED] + rows[:, c.CONNECTED])

    def utilisation(self) -> Estimated:
        """Return agent time spent handling over agent time logged in."""
        rows = self.tallies
        return self._ratio(rows[:, c.BUSY_AREA], rows[:, c.STAFFED_AREA])

    def answers(self) -> int:
        """Return the answers that were abandoned or connected."""
        rows = self.tallies
        return int(rows[:, c.ABANDONED].sum() + rows[:, c.CONNECTED].sum())

    def pilot(self) -> tuple[float, float]:
        """Return abandonment and its standard error, neither of them 0: as if half an answer more had been dropped."""
        found, answers = self.abandonment(), max(self.answers(), 1)
        rate = (found.plain_mean * answers + 0.5) / (answers + 1)
        least = math.sqrt(rate * (1 - rate) / (answers + 1))
        return rate, max(found.plain_error, least)

    def bound(self, confidence: float) -> float:
        """Return the bound that abandonment is below with a confidence.

        By Student's t over days. Where hardly anything was abandoned, by Korn and Graubard, with many calls to a burst.
        """
        rows = self.tallies
        abandoned = rows[:, c.ABANDONED]
        answers = abandoned + rows[:, c.CONNECTED]
        if int(abandoned.sum()) >= FEW:
            return self.abandonment().upper(confidence)
        from paceline.inference.clusters import korn_graubard
        from paceline.inference.errors import TooLittleDataError
        from paceline.inference.estimate import Sides

        try:
            stated = korn_graubard(abandoned, answers, level=confidence, sides=Sides.UPPER, least_design_effect=BURSTS)
        except TooLittleDataError:
            return 1.0
        return stated.high

    def _ratio(self, above: Ticks, below: Ticks) -> Estimated:
        plain, error = _sums(above, below)
        mean, controlled, freedom = plain, error, max(self.days - 1, 1)
        controls = self.trial.controls(self.tallies)
        from paceline.simulation.controls import controlled_ratio

        found = controlled_ratio(above, below, controls)
        if found is not None:
            freedom = self.days - controls.shape[1] - 1
            mean, controlled = found[0], found[1] / _student(0.975, freedom)
        return Estimated(
            mean=mean,
            error=controlled,
            freedom=freedom,
            plain_mean=plain,
            plain_error=error,
            days=self.days,
            cpu_s=self.computed_ns / 1e9,
        )


def _sums(above: Ticks, below: Ticks) -> tuple[float, float]:
    """Return a ratio of sums and its standard error from the residuals of the days."""
    total, days = float(below.sum()), int(below.size)
    if total <= 0:
        return 0.0, 1.0
    ratio = float(above.sum()) / total
    residuals = above - ratio * below
    return ratio, math.sqrt(float(residuals @ residuals) * days / max(days - 1, 1)) / total


def _student(confidence: float, freedom: int) -> float:
    from paceline.inference.quantiles import t_quantile

    return t_quantile(confidence, max(freedom, 1))
