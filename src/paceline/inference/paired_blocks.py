"""A measure of blocks under a new setting, against blocks of the same time of day under the old one, block by block.

Days differ, and blocks of a day go together: how much so is what the old days show, as a factor on the variance that
is never less than 1 and stands for both. From few old days it is supposed.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.inference.errors import InputError
from paceline.inference.inputs import Series, checked_series

FEWEST_DAYS = 5
"""Old days below which what they show of days is not believed."""
SUPPOSED_EFFECT = 1.5
"""The factor on the variance for days, until enough of them show it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OldBlocks:
    """What blocks under the old setting show.

    Attributes:
        means: mean of the measure by time of day.
        days: on how many days each time of day was seen.
        variance: of a block about the mean of its time of day.
        day_effect: factor on the variance for days that differ and blocks that go together, at least 1.
        n: how many blocks.
    """

    means: dict[Hashable, float]
    days: dict[Hashable, int]
    variance: float
    day_effect: float
    n: int


def old_blocks(days: Sequence[Hashable], times: Sequence[Hashable], values: npt.ArrayLike) -> OldBlocks | None:
    """Return what blocks under the old setting show; None unless some time of day was seen on two days, and differed.

    Args:
        days: [blocks] which day each was on.
        times: [blocks] which time of day.
        values: [blocks] the measure, any unit.

    Raises:
        InputError: when a number is not finite, or the lengths differ.

    >>> found = old_blocks([1, 1, 2, 2], ["9", "10", "9", "10"], [0.90, 0.92, 0.92, 0.92])
    >>> found.means["9"], found.days["9"], round(found.variance, 6)
    (0.91, 2, 0.0001)
    """
    if len(values := checked_series("values", values, fewest=0, below_zero=True)) != len(days) or len(days) != len(
        times
    ):
        raise InputError("values", len(values), f"as many as days ({len(days)}) and times ({len(times)})")
    if not len(values):
        return None
    names = list(dict.fromkeys(times))
    place = {name: at for at, name in enumerate(names)}
    at = np.array([place[name] for name in times])
    counts = np.bincount(at)
    means = np.bincount(at, weights=values) / counts
    residuals = values - means[at]
    freedom = len(values) - len(names)
    if freedom < 1 or not (variance := float(np.sum(residuals**2)) / freedom) > 0.0:
        return None
    return OldBlocks(
        means={name: float(means[n]) for name, n in place.items()},
        days={name: int(counts[n]) for name, n in place.items()},
        variance=variance,
        day_effect=_day_effect(days, residuals, variance),
        n=len(values),
    )


def _day_effect(days: Sequence[Hashable], residuals: Series, variance: float) -> float:
    """Return the variance of the sums of days over what independent blocks would give."""
    place = {day: at for at, day in enumerate(dict.fromkeys(days))}
    if len(place) < FEWEST_DAYS:
        return SUPPOSED_EFFECT
    at = np.array([place[day] for day in days])
    sums, counts = np.bincount(at, weights=residuals), np.bincount(at)
    between = float(np.sum(sums**2 / counts)) / (len(place) - 1)
    return max(1.0, between / variance)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningGain:
    """The difference new - old after each new block.

    Attributes:
        gains: [blocks] mean difference so far.
        errors: [blocks] its standard error, the error of the old blocks included.
    """

    gains: Series
    errors: Series


def running_gain(
    old: OldBlocks, times: Sequence[Hashable], values: npt.ArrayLike, *, weight: float = 8.0
) -> RunningGain:
    """Return the difference after each new block to old blocks of the same time of day, with its standard error.

    Args:
        old: what blocks under the old setting show.
        times: [blocks] which time of day each new block has; each is one that the old ones have.
        values: [blocks] the measure.
        weight: how many blocks the old variance is worth where the new one is estimated, above 0.

    Raises:
        InputError: when a number is not finite, the lengths differ, or a time of day has no old block.
    """
    found = checked_series("values", values, below_zero=True)
    if found.size != len(times) or not all(time in old.means for time in times):
        raise InputError("times", len(times), f"{found.size} times of day that old blocks have")
    names = list(dict.fromkeys(times))
    place = {name: at for at, name in enumerate(names)}
    at = np.array([place[name] for name in times])
    seen = np.arange(1, found.size + 1, dtype=np.float64)
    differences = found - np.array([old.means[name] for name in times])
    gains = np.cumsum(differences) / seen
    squares = np.maximum(0.0, np.cumsum(differences**2) - seen * gains**2)
    variance = (weight * old.variance + squares) / (weight + seen - 1.0)
    before = np.array([np.count_nonzero(at[:n] == at[n]) for n in range(found.size)])
    days = np.array([old.days[name] for name in times], dtype=np.float64)
    shared = np.cumsum((2.0 * before + 1.0) / days) / seen**2  # the square of a time's count grows by 2 x before + 1
    errors = np.sqrt(old.day_effect * (variance / seen + old.variance * shared))
    return RunningGain(gains=gains, errors=errors)


def gain_evidence(gains: npt.ArrayLike, errors: npt.ArrayLike, *, least: float, expected: float) -> Series:
    """Return [blocks] the logarithm of the evidence that the gain is above `least`, after each block.

    A normal mixture over gains above `least`, in information: estimates whose errors shrink as they do here have
    independent increments in 1 / error squared. Holds at any time for normal blocks, and nearly, once there are some,
    for others: look from a number of blocks on that is said before.

    Args:
        gains: [blocks] estimates, any unit; for a loss, negate them.
        errors: [blocks] their standard errors, above 0.
        least: the gain in question.
        expected: the size of gain beyond it for which the evidence grows fastest, above 0, same unit.

    Raises:
        InputError: when a number is not as asked.

    References:
        Robbins 1970, Annals of Mathematical Statistics 41(5); Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas 2024,
        "Time-uniform central limit theory and asymptotic confidence sequences", Annals of Statistics 52(6).

    >>> gain_evidence([0.010, 0.010], [0.010, 0.002], least=0.0, expected=0.005).round(2).tolist()
    [0.29, 10.48]
    """
    from scipy.special import log_ndtr

    found = checked_series("gains", gains, below_zero=True)
    spread = checked_series("errors", errors)
    if spread.size != found.size or not (spread > 0.0).all():
        raise InputError("errors", errors, f"{found.size} numbers above 0")
    if not (expected > 0.0 and math.isfinite(expected) and math.isfinite(least)):
        raise InputError("expected", expected, "finite and above 0")
    information = 1.0 / spread**2
    grown = 1.0 + expected**2 * information
    pull = expected * information * (found - least) / np.sqrt(grown)
    path: Series = math.log(2.0) - 0.5 * np.log(grown) + 0.5 * pull**2 + log_ndtr(pull)
    return path


def least_shown(gain: float, error: float, *, expected: float, mistake: float) -> float:
    """Return the greatest `least` above which evidence at any time shows the gain to be; a lower bound for it.

    Args:
        gain: the estimate.
        error: its standard error, above 0.
        expected: as in `gain_evidence`.
        mistake: how often the bound may ever be above the truth, above 0 and below 1.

    >>> round(least_shown(0.010, 0.002, expected=0.005, mistake=0.01), 4)
    0.0033
    """
    enough, low, high = -math.log(mistake), gain - 50.0 * error, gain
    for _ in range(60):
        middle = (low + high) / 2.0
        if gain_evidence([gain], [error], least=middle, expected=expected)[0] >= enough:
            low = middle
        else:
            high = middle
    return low
