"""Families of times: how many last longer, their moments, and their parameters on a scale without bounds.

Natural parameters are seconds and ratios, in the order of `names_of`; free ones are any numbers, for searching and for
drawing. Bounds are those of the simulator: a mean up to 8,640 s, a standard deviation of 0.01 to 10 means.
"""

from __future__ import annotations

import math
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]
Values = tuple[float, ...]

LONGEST_MEAN_S = 8640.0
"""Highest mean that is looked for, seconds."""
_SHORTEST_MEAN_S = 0.01
_LEAST_CV, _MOST_CV = 0.01, 10.0
_SHARE = (0.005, 0.995)
_APART = (0.02, 50.0)
"""How much longer the second of two gammas lasts than the first, less 1."""


class Family(StrEnum):
    """A family of distributions of a time."""

    EXPONENTIAL = "exponential"
    LOGNORMAL = "lognormal"
    GAMMA = "gamma"
    WEIBULL = "weibull"
    DETERMINISTIC = "deterministic"
    TWO_GAMMAS = "two gammas"
    """A mixture: people who answer at once, and those who walk to the telephone."""


_NAMES: dict[Family, tuple[str, ...]] = {
    Family.EXPONENTIAL: ("mean_s",),
    Family.LOGNORMAL: ("mean_s", "cv"),
    Family.GAMMA: ("mean_s", "cv"),
    Family.WEIBULL: ("scale_s", "shape"),
    Family.DETERMINISTIC: ("mean_s",),
    Family.TWO_GAMMAS: ("share", "mean_s", "cv", "second_mean_s", "second_cv"),
}


def names_of(family: Family) -> tuple[str, ...]:
    """Return the names of the natural parameters; `_s` are seconds, the others have no unit."""
    return _NAMES[family]


def survival(family: Family, values: Values, at: Floats) -> Floats:
    """Return [times] the shares that last longer than each of the times, seconds, from 0 to infinity."""
    match family:
        case Family.EXPONENTIAL:
            return np.asarray(np.exp(-at / values[0]))
        case Family.LOGNORMAL:
            return _lognormal(values[0], values[1], at)
        case Family.GAMMA:
            return _gamma(values[0], values[1], at)
        case Family.WEIBULL:
            return np.asarray(np.exp(-((at / values[0]) ** values[1])))
        case Family.DETERMINISTIC:
            return np.where(at < values[0], 1.0, 0.0)
        case Family.TWO_GAMMAS:
            share, mean, cv, second, second_cv = values
            return np.asarray(share * _gamma(mean, cv, at) + (1 - share) * _gamma(second, second_cv, at))


def _lognormal(mean: float, cv: float, at: Floats) -> Floats:
    spread = math.sqrt(math.log1p(cv * cv))
    with np.errstate(divide="ignore"):
        return np.asarray(special.ndtr((math.log(mean) - spread * spread / 2 - np.log(at)) / spread))


def _gamma(mean: float, cv: float, at: Floats) -> Floats:
    return np.asarray(special.gammaincc(1 / cv**2, at / (mean * cv**2)))


def moments(family: Family, values: Values) -> tuple[float, float]:
    """Return mean, seconds, and standard deviation over mean, of times that nothing cuts."""
    match family:
        case Family.EXPONENTIAL:
            return values[0], 1.0
        case Family.LOGNORMAL | Family.GAMMA:
            return values[0], values[1]
        case Family.WEIBULL:
            first, second = (math.gamma(1 + power / values[1]) for power in (1, 2))
            return values[0] * first, math.sqrt(max(second / first**2 - 1, 0.0))
        case Family.DETERMINISTIC:
            return values[0], 0.0
        case Family.TWO_GAMMAS:
            share, one, cv, two, second_cv = values
            mean = share * one + (1 - share) * two
            square = share * one**2 * (1 + cv**2) + (1 - share) * two**2 * (1 + second_cv**2)
            return mean, math.sqrt(max(square / mean**2 - 1, 0.0))


def free(family: Family, values: Values) -> Floats:
    """Return the parameters on scales without bounds: logarithms, and that of the odds of a share."""
    if family is Family.TWO_GAMMAS:
        share, one, cv, two, second_cv = values
        return np.array(
            [math.log(share / (1 - share)), math.log(one), math.log(cv), math.log(two / one - 1), math.log(second_cv)]
        )
    return np.asarray(np.log(np.array(values)))


def natural(family: Family, at: Floats) -> Values:
    """Return the natural parameters of free ones."""
    if family is Family.TWO_GAMMAS:
        odds, one, cv, apart, second_cv = (float(value) for value in at)
        mean = math.exp(one)
        share = 1 / (1 + math.exp(-odds))
        return share, mean, math.exp(cv), mean * (1 + math.exp(apart)), math.exp(second_cv)
    return tuple(math.exp(value) for value in at.tolist())


def slopes(family: Family, values: Values) -> Floats:
    """Return [parameters, parameters] how natural parameters move with free ones."""
    if family is not Family.TWO_GAMMAS:
        return np.diag(np.array(values))
    share, one, cv, two, second_cv = values
    found = np.diag([share * (1 - share), one, cv, two - one, second_cv])
    found[3, 1] = two
    return found


def bounds(family: Family) -> list[tuple[float, float]]:
    """Return the bounds of the search for free parameters."""
    mean, cv = _logs(_SHORTEST_MEAN_S, LONGEST_MEAN_S), _logs(_LEAST_CV, _MOST_CV)
    match family:
        case Family.EXPONENTIAL | Family.DETERMINISTIC:
            return [mean]
        case Family.LOGNORMAL | Family.GAMMA:
            return [mean, cv]
        case Family.WEIBULL:
            return [mean, _logs(0.2, 100.0)]
        case Family.TWO_GAMMAS:
            odds = tuple(math.log(share / (1 - share)) for share in _SHARE)
            return [(odds[0], odds[1]), mean, cv, _logs(*_APART), cv]


def starts(family: Family, mean: float, cv: float) -> list[Values]:
    """Return where to begin the search, given mean, seconds, and spread over mean of what was seen."""
    cv = min(max(cv, 0.05), 5.0)
    match family:
        case Family.EXPONENTIAL | Family.DETERMINISTIC:
            return [(mean,)]
        case Family.LOGNORMAL | Family.GAMMA:
            return [(mean, cv)]
        case Family.WEIBULL:
            return [(mean, cv**-1.086)]  # the usual approximation of a Weibull's shape by its spread
        case Family.TWO_GAMMAS:
            near, wide = 1 - 0.4 * min(cv, 1.0), 1 + 0.8 * min(cv, 1.0)
            return [(share, mean * near, cv / 2, mean * wide, cv / other) for share, other in ((0.6, 3.0), (0.85, 2.0))]


def _logs(low: float, high: float) -> tuple[float, float]:
    return math.log(low), math.log(high)
