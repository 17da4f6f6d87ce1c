"""Tune one number of a policy to an abandonment limit, by simulating as few days as that takes.

1. Bisection with few days each finds where abandonment crosses the aim; more days only where the side is in doubt.
2. A curve through all trials, the logit of abandonment over the knob, says where the crossing is; there the days are
   doubled until the estimate is as narrow as wanted.
3. With a confidence, fresh days that no choice has seen must show that abandonment is within the limit; else the knob
   is taken back and other fresh days are asked, with half of the error that is left.

Every trial meets the same days (common random numbers). Abandonment must rise, or fall, with the knob throughout.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from paceline.optimizer.errors import NoSettingError
from paceline.simulation.errors import ScenarioError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

FRESH = 1 << 20
"""Number of the first day that is kept for certifying."""
_SURE = 2.5
"""Standard errors from which on a trial is on one side of the aim without doubt."""
_BRACKETED = 0.12
"""Width of the bracket, in the knob's scale, with which the curve takes over."""


class Sample(NamedTuple):
    """What days came to.

    Attributes:
        abandoned: [days] abandoned answers.
        answers: [days] answers that were connected or abandoned.
        busy: [days] agent time spent handling calls, any unit.
        staffed: [days] agent time logged in, the same unit.
    """

    abandoned: Floats
    answers: Floats
    busy: Floats
    staffed: Floats


Trial = Callable[[float, int, int], Sample]
"""Simulates days at a value of the knob: the value, the number of the first day, how many days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Where a knob may be.

    Attributes:
        low: lowest value.
        high: highest value.
        rising: whether abandonment rises with it.
        whole: whether it is a whole number.
        logarithmic: whether equal factors matter, not equal steps; needs a lowest value above 0.
    """

    low: float
    high: float
    rising: bool = True
    whole: bool = False
    logarithmic: bool = True

    def __post_init__(self) -> None:
        """Refuse an empty range, and a logarithm of nothing."""
        if not self.low < self.high:
            raise ScenarioError("low", self.low, f"below high ({self.high:g})")
        if self.logarithmic and self.low <= 0:
            raise ScenarioError("low", self.low, "above 0 on a logarithmic scale")

    def to_scale(self, value: float) -> float:
        """Return where a value is on a scale on which abandonment rises."""
        at = math.log(value) if self.logarithmic else value
        return at if self.rising else -at

    def from_scale(self, at: float) -> float:
        """Return the value at a place of the scale; of a whole number the one with less abandonment."""
        at = at if self.rising else -at
        value = min(max(math.exp(at) if self.logarithmic else at, self.low), self.high)
        if not self.whole:
            return value
        return float(math.floor(value + 1e-9) if self.rising else math.ceil(value - 1e-9))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """A knob at its best.

    Attributes:
        value: the value.
        abandonment: estimated at the value, over `days` days; a fraction.
        abandonment_error: its standard error.
        utilisation: estimated there; a fraction.
        utilisation_error: its standard error.
        days: days the estimates come from.
        spent: days simulated in all.
        upper: upper bound of abandonment from fresh days; None where none was asked for.
    """

    value: float
    abandonment: float
    abandonment_error: float
    utilisation: float
    utilisation_error: float
    days: int
    spent: int
    upper: float | None = None


def tune(
    trial: Trial,
    within: Range,
    *,
    limit: float = 0.03,
    precision: float = 0.02,
    confidence: float | None = None,
    most_days: int = 20_000,
) -> Tuned:
    """Return the value of the knob at which abandonment meets the limit, or the nearest that keeps it.

    Args:
        trial: simulates days; the same days give the same numbers.
        within: where the knob may be.
        limit: aim for abandonment, above 0 and below 1.
        precision: standard error of abandonment at the end, as a share of the limit.
        confidence: how sure the limit is kept, above 0.5; then a value is only returned when fresh days show it.
        most_days: days after which it is given up.

    Raises:
        ScenarioError: when limit, precision or confidence is out of bounds.
        NoSettingError: when even the lowest setting abandons too much, or the days do not suffice.
    """
    for name, value, low, high in (("limit", limit, 0.0, 1.0), ("precision", precision, 0.0, 1.0)):
        if not low < value < high:
            raise ScenarioError(name, value, f"above {low:g} and below {high:g}")
    if confidence is not None and not 0.5 < confidence < 1:
        raise ScenarioError("confidence", confidence, "above 0.5 and below 1")
    search = _Search(trial, within, most_days)
    if confidence is None:
        return search.found(limit, precision * limit)
    return search.certified(limit, confidence)


@dataclass(slots=True)
class _Point:
    """A place of the scale and all days simulated there."""

    at: float
    value: float
    sample: Sample

    def moments(self) -> tuple[float, float]:
        """Return abandonment and its standard error over days, neither of them 0."""
        return _ratio(self.sample.abandoned, self.sample.answers, floor=0.5)


@dataclass(slots=True)
class _Search:
    """Trials so far."""

    trial: Trial
    within: Range
    most_days: int
    points: list[_Point] = field(default_factory=list)
    spent: int = 0

    def found(self, aim: float, error: float) -> Tuned:
        """Return the value where abandonment is the aim, estimated to a standard error."""
        low, high = self.bracket(aim)
        at, days = (low + high) / 2, 8
        for _ in range(12):
            at = min(max(self.root(aim, low, high), low), high)
            point = self.simulated(at, days)
            rate, spread = point.moments()
            if spread <= error and (abs(rate - aim) <= 2 * spread or self.within.whole):
                break
            need = len(point.sample.answers) * (spread / error) ** 2
            days = min(math.ceil(min(max(1.1 * need, 8), 4 * days)), self.most_days)
        return self.told_of(self.kept(self.simulated(at, days), aim))

    def kept(self, point: _Point, aim: float) -> _Point:
        """Return the point, or where abandonment leaps over the aim the nearest that keeps it, with as many days."""
        rate, spread = point.moments()
        while rate - aim > 2 * spread:
            lower = [one for one in self.points if one.at < point.at and one.moments()[0] <= aim]
            if not lower:
                return point
            point = self.simulated(max(lower, key=lambda one: one.at).at, len(point.sample.answers))
            rate, spread = point.moments()
        return point

    def certified(self, limit: float, confidence: float) -> Tuned:
        """Return a value whose abandonment on fresh days is below the limit with confidence."""
        left, first, shade = 1 - confidence, FRESH, 0.03
        for _ in range(12):
            tuned = self.found(limit * (1 - shade), 0.02 * limit)
            left /= 2
            point = _Point(0.0, tuned.value, self.simulate(tuned.value, first, 16))
            while True:
                days = len(point.sample.answers)
                rate, spread = point.moments()
                upper = rate + _student(1 - left, days - 1) * spread
                if upper <= limit:
                    return self.told_of(point, upper=upper)
                if rate + 1.3 * spread > limit or days >= 2048:
                    break
                more = self.simulate(tuned.value, first + days, days)
                left /= 2
                point.sample = Sample(*(_joined(one, two) for one, two in zip(point.sample, more, strict=True)))
            first += len(point.sample.answers)
            shade += 0.02
        raise NoSettingError(f"no setting was certified to abandon at most {limit:.2%}", hint="allow more days")

    def bracket(self, aim: float) -> tuple[float, float]:
        """Return places of the scale below and above the aim, close together."""
        ends = sorted((self.within.to_scale(self.within.low), self.within.to_scale(self.within.high)))
        low, high = ends
        if self.side(low, aim) > 0:
            raise NoSettingError(
                f"even at {self.within.from_scale(low):g} abandonment is above {aim:.2%}",
                hint="widen the range, or choose another policy",
            )
        if self.side(high, aim) < 0:
            return high, high
        narrow = _BRACKETED if self.within.logarithmic else _BRACKETED * (ends[1] - ends[0])
        while high - low > narrow:
            middle = (low + high) / 2
            if self.side(middle, aim) > 0:
                high = middle
            else:
                low = middle
        return low - narrow / 2, high + narrow / 2

    def side(self, at: float, aim: float) -> float:
        """Return above or below 0 as abandonment is above or below the aim; with more days where it is in doubt."""
        days = 4
        while True:
            rate, spread = self.simulated(at, days).moments()
            if abs(rate - aim) > _SURE * spread or days >= 32:
                return rate - aim
            days *= 2

    def simulated(self, at: float, days: int) -> _Point:
        """Return the point at a place with at least so many days."""
        value = self.within.from_scale(at)
        point = next((one for one in self.points if one.value == value), None)
        if point is None:
            point = _Point(self.within.to_scale(value), value, self.simulate(value, 0, days))
            self.points.append(point)
        have = len(point.sample.answers)
        if have < days:
            more = self.simulate(value, have, days - have)
            point.sample = Sample(*(_joined(one, two) for one, two in zip(point.sample, more, strict=True)))
        return point

    def simulate(self, value: float, first: int, days: int) -> Sample:
        """Simulate days and count them."""
        self.spent += days
        if self.spent > self.most_days:
            raise NoSettingError(f"{self.most_days} days did not suffice", hint="ask for less precision")
        return self.trial(value, first, days)

    def root(self, aim: float, low: float, high: float) -> float:
        """Return where a curve through the trials near the bracket meets the aim."""
        import numpy as np

        width = max(high - low, 1e-9)
        near = [one for one in self.points if low - 2 * width <= one.at <= high + 2 * width]
        rates, errors = (np.array(column) for column in zip(*(one.moments() for one in near), strict=True))
        at = np.array([one.at for one in near]) - (low + high) / 2
        weights = rates * (1 - rates) / errors
        degree = min(2, len({one.value for one in near}) - 1)
        if degree < 1:
            return (low + high) / 2
        slopes = np.polyfit(at, np.log(rates / (1 - rates)) - math.log(aim / (1 - aim)), degree, w=weights)
        roots = [float(root.real) for root in np.roots(slopes) if abs(root.imag) < 1e-9]
        rising = [root for root in roots if np.polyval(np.polyder(slopes), root) > 0]
        return (low + high) / 2 + (min(rising, key=abs) if rising else 0.0)

    def told_of(self, point: _Point, *, upper: float | None = None) -> Tuned:
        """Return the result of a point."""
        rate, rate_error = _ratio(point.sample.abandoned, point.sample.answers)
        share, share_error = _ratio(point.sample.busy, point.sample.staffed)
        return Tuned(
            value=point.value,
            abandonment=rate,
            abandonment_error=rate_error,
            utilisation=share,
            utilisation_error=share_error,
            days=len(point.sample.answers),
            spent=self.spent,
            upper=upper,
        )


def _ratio(above: Floats, below: Floats, *, floor: float = 0.0) -> tuple[float, float]:
    """Return a ratio of sums and its standard error over days; at least as if `floor` had been counted once."""
    total, days = float(below.sum()), len(below)
    rate = (float(above.sum()) + floor) / max(total + 2 * floor, 1e-300)
    residuals = above - rate * below
    spread = math.sqrt(float((residuals**2).sum()) * days / max(days - 1, 1)) / max(total, 1e-300)
    return rate, max(spread, floor / max(total, 1.0))


def _joined(one: Floats, two: Floats) -> Floats:
    import numpy as np

    return np.concatenate([one, two])


def _student(confidence: float, freedom: int) -> float:
    from paceline.inference.quantiles import t_quantile

    return float(t_quantile(confidence, freedom))
