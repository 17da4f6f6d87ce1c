"""The mathematics of drift: what is usual of a quantity, what a day or a half-hour to come may be, and charts of that.

A quantity is a sum over another: answers over those expected, seconds of handling over calls, machines over dials that
no person answers. On the scale of logarithms it is what the day has in common and the noise of so many:

* days differ by a spread of which few days tell little. Their own spread is drawn towards the usual one, and what a day
  to come may be is Student's t, with the error of level and spread in it;
* noise is a multiple of one over what is below, as half-hours within days show it (quasi-likelihood).

A chart of days looks at the day so far after each half-hour. Its residual is weighted by how much of the whole day it
tells, so that it is a martingale, and looks in between at most double the false alarms (reflection principle). A chart
of half-hours holds each against what its day has shown before it. Days that stand out do not join the usual ones.

References:
    Page 1954, Biometrika 41; self-starting charts, Hawkins 1987, The Statistician 36(4); Satterthwaite 1946,
    Biometrics Bulletin 2(6), for the degrees of freedom; Harvey 1989, "Forecasting, structural time series models and
    the Kalman filter", 3.2, for residuals within a day.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from paceline.inference.drift import Toward, residual_cusum
from paceline.inference.quantiles import normal_quantile, t_share

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.inference.drift import ResidualCusum

    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int64]

DAYS_OF_USUAL = 8
"""Days that the usual spread counts for: campaigns are taken to differ by a quarter in how much their days differ."""
SHIFT_OF_HALF_HOUR, SHIFT_OF_DAY = 2.0, 4.0
"""The shift, in standard deviations of a residual, that charts of half-hours and of days are made to find soonest."""
LOOKS = 2.0
"""How many times more often a chart that is looked at in the course of days alarms, at most (reflection principle)."""
_FURTHEST = 3.0
"""A half-hour's residual further out is taken for one so far: its tails are longer than normal ones."""
_LEAST = 0.5
_LEAST_SHARE = 1e-290


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratios:
    """A quantity by half-hour.

    Attributes:
        start: [half-hours] since 1970.
        day: [half-hours] the number of the day that each belongs to, from 0.
        above, below: [half-hours] what it is, and over what.
    """

    start: Integers
    day: Integers
    above: Floats
    below: Floats

    def of_day(self, number: int) -> slice:
        """Return the places of a day."""
        import numpy as np

        first, last = np.searchsorted(self.day, [number, number + 1])
        return slice(int(first), int(last))

    @property
    def days(self) -> int:
        """Return how many days there are."""
        return int(self.day[-1]) + 1 if self.day.size else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A day, or a day so far.

    Attributes:
        start, end: half-hours since 1970.
        log: logarithm of the quantity.
        noise: variance of that beyond what the day has in common.
    """

    start: int
    end: int
    log: float
    noise: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A chart: of each look where it begins and ends, its residual, and both charts after it."""

    start: tuple[int, ...]
    end: tuple[int, ...]
    residuals: tuple[float, ...]
    more: tuple[float, ...]
    fewer: tuple[float, ...]
    threshold: float


class Usual:
    """What is usual of a quantity by day; days that are as usual join it."""

    def __init__(self, days: Sequence[Look], *, spread: float) -> None:
        """Begin.

        Args:
            days: whole ones, at least one.
            spread: standard deviation of days that a quantity is taken to have, for `DAYS_OF_USUAL` days.
        """
        self._logs = [one.log for one in days]
        self._noises = [one.noise for one in days]
        self._spread = spread

    @property
    def level(self) -> float:
        """Return the mean logarithm of days."""
        return sum(self._logs) / len(self._logs)

    @property
    def noise(self) -> float:
        """Return the noise of a usual day, a variance."""
        return sum(self._noises) / len(self._noises)

    @property
    def between(self) -> tuple[float, float]:
        """Return the variance of days beyond noise, and the degrees of freedom with which it is known."""
        own, level = len(self._logs) - 1, self.level
        beyond = max(sum((one - level) ** 2 for one in self._logs) - own * self.noise, 0.0)
        together = DAYS_OF_USUAL + own
        # Only what its own days show is by chance; the usual spread is given (Satterthwaite).
        freedom = together**2 / own if own else math.inf
        return (DAYS_OF_USUAL * self._spread**2 + beyond) / together, freedom

    def join(self, day: Look) -> None:
        """Take a day for a usual one."""
        self._logs.append(day.log)
        self._noises.append(day.noise)

    def residual(self, look: Look, drift_error: float) -> float:
        """Return what a day so far is off, in standard deviations of what a usual day will be off when it is over.

        Args:
            look: the day so far.
            drift_error: standard error of where the level is on that day, beside that of the usual days.
        """
        between, freedom = self.between
        estimated = between * (1 + 1 / len(self._logs))
        common = estimated + self.noise / len(self._logs) + drift_error**2
        now, whole = common + look.noise, common + min(self.noise, look.noise)
        off = (look.log - self.level) / math.sqrt(now)
        if math.isfinite(freedom):
            share = t_share(-abs(off), freedom * (now / max(estimated, 1e-300)) ** 2)
            off = math.copysign(-normal_quantile(max(share, _LEAST_SHARE)), off)
        return off * math.sqrt(whole / now)


def noise_of(usual: Ratios) -> float:
    """Return the variance of a logarithm for each 1 that is below, from half-hours within days."""
    import numpy as np

    above, below = (np.bincount(usual.day, weights=column) for column in (usual.above, usual.below))
    level = (above / below)[usual.day]
    off = (usual.above - level * usual.below) ** 2 / (level**2 * np.maximum(usual.below, _LEAST))
    return float(off.sum()) / max(usual.start.size - usual.days, 1)


def looks_of(ratios: Ratios, number: int, noise: float) -> list[Look]:
    """Return the looks at a day, one after each half-hour; the last is of all of it."""
    import numpy as np

    part = ratios.of_day(number)
    above, below = (np.maximum(np.cumsum(one[part]), _LEAST) for one in (ratios.above, ratios.below))
    start = int(ratios.start[part][0])
    return [
        Look(start=start, end=int(at) + 1, log=math.log(over / under), noise=noise / under)
        for at, over, under in zip(ratios.start[part].tolist(), above.tolist(), below.tolist(), strict=True)
    ]


def path_of_days(
    usual: Usual, days: Sequence[Sequence[Look]], drift_errors: Sequence[float], *, run_length: float
) -> Path:
    """Return the chart of days, a point for each look.

    Args:
        usual: what days are held against; those that do not stand out join it.
        days: looks at each day to come.
        drift_errors: of each day.
        run_length: days between false alarms of one side of the chart, at least.
    """
    chart = _cusum(round(run_length * (LOOKS if any(len(one) > 1 for one in days) else 1.0)), SHIFT_OF_DAY)
    looks, residuals, paths, before = [], [], [], (0.0, 0.0)
    for day, error in zip(days, drift_errors, strict=True):
        point = before
        for look in day:
            residual = usual.residual(look, error)
            point = (
                max(0.0, before[0] + residual - chart.reference),
                max(0.0, before[1] - residual - chart.reference),
            )
            looks.append(look)
            residuals.append(residual)
            paths.append(point)
        if before == (0.0, 0.0) == point:
            usual.join(day[-1])
        before = point
    return Path(
        start=tuple(one.start for one in looks),
        end=tuple(one.end for one in looks),
        residuals=tuple(residuals),
        more=tuple(one for one, _ in paths),
        fewer=tuple(one for _, one in paths),
        threshold=chart.threshold,
    )


def path_of_half_hours(usual: Usual, ratios: Ratios, noise: float, *, run_length: float) -> Path:
    """Return the chart of half-hours, each against what its day has shown before it.

    Args:
        usual: what is expected of a day before anything of it is seen.
        ratios: of days to come.
        noise: as `noise_of` gives it.
        run_length: half-hours between false alarms of one side of the chart.
    """
    import numpy as np

    chart = _cusum(round(run_length), SHIFT_OF_HALF_HOUR)
    residuals = np.zeros(ratios.start.size)
    level, between = usual.level, usual.between[0]
    for number in range(ratios.days):
        part = ratios.of_day(number)
        above, below = ratios.above[part], ratios.below[part]
        so_far_above = np.append(0.0, np.cumsum(above)[:-1])
        so_far_below = np.append(0.0, np.cumsum(below)[:-1])
        known = so_far_below / noise
        shown = np.log(np.maximum(so_far_above, _LEAST) / np.maximum(so_far_below, _LEAST))
        unsure = 1.0 / (1.0 / max(between, 1e-12) + known)
        expected = np.exp(unsure * (level / max(between, 1e-12) + shown * known)) * below
        spread = np.sqrt(unsure * expected**2 + noise * expected**2 / np.maximum(below, _LEAST))
        residuals[part] = (above - expected) / np.maximum(spread, 1e-12)
    residuals = np.clip(residuals, -_FURTHEST, _FURTHEST)
    fewer = _cusum(round(run_length), SHIFT_OF_HALF_HOUR, Toward.FEWER)
    return Path(
        start=tuple(ratios.start.tolist()),
        end=tuple((ratios.start + 1).tolist()),
        residuals=tuple(residuals.tolist()),
        more=tuple(chart.path(residuals).tolist()),
        fewer=tuple(fewer.path(residuals).tolist()),
        threshold=chart.threshold,
    )


@lru_cache(maxsize=32)
def _cusum(run_length: int, shift: float, toward: Toward = Toward.MORE) -> ResidualCusum:
    return residual_cusum(shift, toward=toward, run_length=float(max(run_length, 10)))
