"""The likelihood of counts by step, cut off or not, and its highest place.

What ended in a step has the share of the family that lies in it; what was cut off in one has the share beyond its
middle. Where nothing is seen that lasts longer than a time-out, all shares are of those that do not: truncated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.records.fits.families import Family, Values, bounds, free, natural, starts, survival
from paceline.records.fits.survival import kaplan_meier
from paceline.records.summary import Durations

Floats = npt.NDArray[np.float64]

_LEAST = 1e-15
"""Shares below this cannot be told from rounding."""
_SCORE_STEP, _CURVE_STEP = 1e-5, 1e-3
_CLIMBS, _STUCK = 200, 1e8
_LEVEL = 1e-7
"""Gain in the logarithm of the likelihood below which the top is reached: a thousandth of a standard error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Counts where there are any.

    Attributes:
        begin_s, end_s: [rows] seconds; what was cut off has both in the middle of its step, and no end.
        count: [rows].
        truncated_s: seconds beyond which nothing is seen; None where everything is.
        mean_s, cv: of what was seen, roughly: where the search begins.
    """

    begin_s: Floats
    end_s: Floats
    count: Floats
    truncated_s: float | None
    mean_s: float
    cv: float

    @property
    def total(self) -> float:
        """Return how many times there are."""
        return float(self.count.sum())


def seen_of(durations: Durations, truncated_s: float | None) -> Seen:
    """Return the counts by step; what lies beyond the truncation is counted in the last step before it."""
    step, steps = durations.step_s, durations.ended.size
    ended = durations.ended.astype(float)
    if truncated_s is not None:
        last = max(int(np.ceil(truncated_s / step - 1e-9)) - 1, 0)
        if last < steps - 1:
            ended[last] += ended[last + 1 :].sum()
            ended[last + 1 :] = 0.0
    at, cut = np.flatnonzero(ended), np.flatnonzero(durations.censored)
    ends = np.where(at == steps - 1, np.inf, (at + 1) * step)
    if truncated_s is not None:
        ends = np.minimum(ends, truncated_s)
    cut_s = np.where(cut == steps - 1, cut * step, (cut + 0.5) * step)
    mean_s, cv = _rough(durations)
    return Seen(
        begin_s=np.append(at * step, cut_s),
        end_s=np.append(ends, np.full(cut.size, np.inf)),
        count=np.append(ended[at], durations.censored[cut].astype(float)),
        truncated_s=truncated_s,
        mean_s=mean_s,
        cv=cv,
    )


def _rough(durations: Durations) -> tuple[float, float]:
    curve = kaplan_meier(durations)
    middle = (curve.at_s[1:] + curve.at_s[:-1]) / 2
    share = -np.diff(curve.share)
    if not share.sum() > 0:
        return durations.step_s, 1.0
    mean = float((middle * share).sum() / share.sum())
    spread = float(np.sqrt(((middle - mean) ** 2 * share).sum() / share.sum()))
    cut = max(1.0 - float(share.sum()), 0.0)
    return mean / max(1.0 - cut, 0.05), max(spread / mean, 0.05)


def logs_of(family: Family, values: Values, seen: Seen) -> Floats:
    """Return [rows] the logarithm of the share of the family that each row of the counts has."""
    begin, end = survival(family, values, seen.begin_s), survival(family, values, seen.end_s)
    share = begin - end
    if seen.truncated_s is not None:
        within = 1.0 - float(survival(family, values, np.array([seen.truncated_s]))[0])
        share = share / max(within, _LEAST)
    return np.asarray(np.log(np.maximum(share, _LEAST)))


def log_likelihood(family: Family, values: Values, seen: Seen) -> float:
    """Return the logarithm of the likelihood of the counts."""
    return float(seen.count @ logs_of(family, values, seen))


def highest(family: Family, seen: Seen, *, near: Values | None = None) -> Values:
    """Return the parameters with the highest likelihood within the family's bounds.

    Args:
        family: any but the deterministic one, which has no likelihood by step.
        seen: the counts.
        near: where to begin; where None, from what was seen.

    References:
        Berndt, Hall, Hall, Hausman 1974, Annals of Economic and Social Measurement 3(4); Marquardt 1963.
    """
    begin = [near] if near is not None else starts(family, seen.mean_s, seen.cv)
    found = [_climbed(family, seen, free(family, start)) for start in begin]
    return natural(family, max(found, key=lambda one: one[0])[1])


def _climbed(family: Family, seen: Seen, start: Floats) -> tuple[float, Floats]:
    """Return the height and the place that steps uphill come to: scores as in regression, shorter where they fail."""
    low, high = np.array(bounds(family)).T
    weight = seen.count / seen.total

    def height_of(at: Floats) -> float:
        return float(weight @ logs_of(family, natural(family, at), seen))

    at = np.clip(start, low, high)
    height, damped = height_of(at), 1e-3
    for _ in range(_CLIMBS):
        scores = _scores(family, at, seen)
        slope, bend = scores.T @ weight, scores.T @ (scores * weight[:, None])
        reached, after = -np.inf, at
        while reached <= height and damped < _STUCK:
            step = np.linalg.solve(bend + np.diag(damped * np.diag(bend) + 1e-12), slope)
            after = np.clip(at + np.clip(step, -1.0, 1.0), low, high)
            reached = height_of(after)
            damped *= 4
        if reached <= height:
            break
        gain = (reached - height) * seen.total
        at, height, damped = after, reached, max(damped / 32, 1e-6)
        if gain < _LEVEL:
            break
    return height, at


def covariance(family: Family, values: Values, seen: Seen) -> Floats:
    """Return [parameters, parameters] the covariance of the free parameters' estimates.

    It is the sandwich, which holds for the nearest member of a family that is not quite that of the data, too.

    References:
        Huber 1967, Fifth Berkeley Symposium 1; White 1982, Econometrica 50(1).
    """
    at = free(family, values)
    scores = _scores(family, at, seen)
    middle = scores.T @ (scores * seen.count[:, None])
    bread = np.empty((at.size, at.size))
    for place in range(at.size):
        move = np.zeros(at.size)
        move[place] = _CURVE_STEP
        below, above = (seen.count @ _scores(family, at + way, seen) for way in (-move, move))
        bread[place] = (below - above) / (2 * _CURVE_STEP)
    bread = (bread + bread.T) / 2
    if np.linalg.eigvalsh(bread).min() <= 1e-9 * max(np.abs(bread).max(), 1e-300):
        return np.asarray(np.linalg.pinv(middle, rcond=1e-9, hermitian=True))
    inverse = np.linalg.inv(bread)
    return np.asarray(inverse @ middle @ inverse)


def _scores(family: Family, at: Floats, seen: Seen) -> Floats:
    """Return [rows, parameters] how the logarithm of each row's share moves with the free parameters."""
    columns = []
    for place in range(at.size):
        move = np.zeros(at.size)
        move[place] = _SCORE_STEP
        above, below = (logs_of(family, natural(family, at + way), seen) for way in (move, -move))
        columns.append((above - below) / (2 * _SCORE_STEP))
    return np.column_stack(columns)
