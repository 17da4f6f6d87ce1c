"""What played days come to, with intervals: for the chance of the days, and for how little is known of the answer rate.

Each count is a curve of second degree through the days, by the logarithm of the day's answer rate. From the curves
follows what the days to come have on average, wherever their mean lies; what the days differ from the curves by is the
error of having played so few.

References:
    The interval of a ratio is that of its residuals (Cochran 1977, "Sampling techniques", 6.4); the two parts of the
    uncertainty are added as squares (dialer-science 4.1, 4.3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paceline.campaign.forecast import Between, Effect
from paceline.simulation import counters as c
from paceline.simulation.distributions import TICKS_PER_S

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.optimizer.forecast.play import DaysPlayed
    from paceline.twin.measured.answers import DayRates

    Floats = npt.NDArray[np.float64]

_HOUR_TICKS = 3600 * TICKS_PER_S
_TERMS = 3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratio:
    """A ratio of two counts over days.

    Attributes:
        mean: at the mean of days as it was measured.
        less, more: with that mean lower, and higher, by half of its 95 % interval.
        residuals: [days] what each day differs from the curve by, in units of the ratio.
        weight: variance of the mean for a residual's variance of one.
    """

    mean: float
    less: float
    more: float
    residuals: Floats
    weight: float

    @property
    def chance(self) -> float:
        """Return half of the 95 % interval from the days alone."""
        return _half_width(self.residuals, self.weight)


class Curves:
    """Fits counts of days to the answer rates they were played at."""

    def __init__(self, logs: Floats, rates: DayRates) -> None:
        """Keep the answer rates of days that were played, as logarithms, and what is known of those to come."""
        import numpy as np

        self._design = np.column_stack([np.ones(logs.size), logs, logs**2])
        self._inverse = np.linalg.pinv(self._design.T @ self._design)
        self._spread, self._off = rates.spread, rates.of_the_mean
        self._at = np.array([1.0, 0.0, rates.spread**2])

    def ratio(self, above: Floats, below: Floats) -> Ratio:
        """Return the ratio of two counts, at least 0; below has a mean above 0."""
        top, bottom = self._fitted(above), self._fitted(below)
        mean = self._value(top, bottom, 0.0)
        rest = (above - self._design @ top) - mean * (below - self._design @ bottom)
        return Ratio(
            mean=mean,
            less=self._value(top, bottom, -self._off),
            more=self._value(top, bottom, self._off),
            residuals=rest / float(below.mean()),
            weight=float(self._at @ self._inverse @ self._at),
        )

    def residuals(self, counts: Floats) -> Floats:
        """Return [days] what each day differs from the curve by."""
        found: Floats = counts - self._design @ self._fitted(counts)
        return found

    def _fitted(self, counts: Floats) -> Floats:
        found: Floats = self._inverse @ (self._design.T @ counts)
        return found

    def _value(self, top: Floats, bottom: Floats, mean: float) -> float:
        import numpy as np

        at = np.array([1.0, mean, mean**2 + self._spread**2])
        below = float(at @ bottom)
        return max(float(at @ top) / below, 0.0) if below > 0 else 0.0


def ratios_of(played: DaysPlayed, curves: Curves) -> dict[str, Ratio]:
    """Return utilisation, abandonment and connects per agent hour of days that were played, by their names."""
    connected, staffed = played.column(c.CONNECTED), played.column(c.STAFFED_AREA)
    return {
        "utilisation": curves.ratio(played.column(c.BUSY_AREA), staffed),
        "abandonment": curves.ratio(played.abandoned, played.answered),
        "connects_per_agent_hour": curves.ratio(connected, staffed / _HOUR_TICKS),
    }


def effect_of(ratios: dict[str, Ratio], answers: float) -> Effect:
    """Return an effect with its intervals; `answers` are those of all days, for the case that none was abandoned."""
    dropped = _between(ratios["abandonment"], low=0.0, high=1.0)
    least = 1.0 - 0.025 ** (1.0 / answers) if answers > 0 else 1.0
    if dropped.mean * answers < 1:
        dropped = Between(mean=dropped.mean, low=0.0, high=max(dropped.high, dropped.mean + least))
    return Effect(
        utilisation=_between(ratios["utilisation"], low=0.0, high=1.0),
        abandonment=dropped,
        connects_per_agent_hour=_between(ratios["connects_per_agent_hour"], low=0.0, high=math.inf),
    )


def difference_of(then: dict[str, Ratio], now: dict[str, Ratio]) -> Effect:
    """Return what the first has more than the second, on the same days."""
    found = {name: _between(_less(then[name], now[name]), low=-math.inf, high=math.inf) for name in then}
    return Effect(**found)


def chance_of_difference(then: Ratio, now: Ratio) -> float:
    """Return half of the 95 % interval of a difference from the days alone."""
    return _less(then, now).chance


def _less(one: Ratio, other: Ratio) -> Ratio:
    return Ratio(
        mean=one.mean - other.mean,
        less=one.less - other.less,
        more=one.more - other.more,
        residuals=one.residuals - other.residuals,
        weight=one.weight,
    )


def _between(ratio: Ratio, *, low: float, high: float) -> Between:
    chance = ratio.chance
    down = math.hypot(chance, max(ratio.mean - ratio.less, ratio.mean - ratio.more, 0.0))
    up = math.hypot(chance, max(ratio.less - ratio.mean, ratio.more - ratio.mean, 0.0))
    mean = min(max(ratio.mean, low), high)
    return Between(mean=mean, low=min(max(mean - down, low), mean), high=max(min(mean + up, high), mean))


def _half_width(residuals: Floats, weight: float) -> float:
    from paceline.inference.quantiles import t_quantile

    freedom = residuals.size - _TERMS
    if freedom < 1:
        return math.inf
    return t_quantile(0.975, freedom) * math.sqrt(float(residuals @ residuals) / freedom * weight)
