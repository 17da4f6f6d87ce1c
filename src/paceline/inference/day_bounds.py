"""Bounds of a difference between two settings, and of a rate, that come from days: what binds their blocks is in them.

Coins say that there is a difference; how large it is on other days only days can say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.inference.clusters import FEWEST_RESAMPLED, clustered_bootstrap, design_effect, korn_graubard
from paceline.inference.errors import InferenceError, NoVariationError, TooLittleDataError
from paceline.inference.estimate import Sides
from paceline.inference.inputs import Series
from paceline.inference.paired_blocks import SUPPOSED_EFFECT
from paceline.inference.ratio import jackknife_ratio

Places = npt.NDArray[np.intp]
"""[blocks] the number of what each belongs to."""
Chosen = npt.NDArray[np.bool_]
"""[blocks] whether a block has the new setting."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratios:
    """A ratio of sums in blocks under two settings.

    Attributes:
        above: [blocks] numerators, at least 0.
        below: [blocks] denominators, above 0.
        new: [blocks] whether the block had the new setting.
        strata: [blocks] what settings are compared within; both settings in each.
        days: [blocks] which day.
    """

    above: Series
    below: Series
    new: Chosen
    strata: Sequence[str]
    days: Sequence[str]


def difference_by_days(ratios: Ratios, *, level: float, seed: int) -> tuple[float, float]:
    """Return the bounds of the difference within strata that days, drawn or left out one at a time, show.

    The difference is the coefficient of the setting in a regression on the strata, blocks weighed by denominators: a
    ratio of sums over days, to which the bounds of such ratios apply. Where enough days can be drawn from, both are
    made, and the wider one holds.

    Args:
        ratios: of at least two days.
        level: above 0.5 and below 1; both bounds together.
        seed: decides which days are drawn.

    Raises:
        TooLittleDataError: with fewer than two days.

    References:
        Frisch, Waugh 1933, Econometrica 1(4); Cameron, Gelbach, Miller 2008, Review of Economics and Statistics 90(3).
    """
    strata, days = _places(ratios.strata), _places(ratios.days)
    below, chosen = ratios.below, ratios.new.astype(np.float64)
    weights = np.bincount(strata, weights=below)
    apart = chosen - (np.bincount(strata, weights=below * chosen) / weights)[strata]
    moved = ratios.above / below - (np.bincount(strata, weights=ratios.above) / weights)[strata]
    upper, lower = _summed(days, below * apart * moved), _summed(days, below * apart**2)
    shift = 1.0 + float(np.max(np.abs(upper / lower)))  # the bounds of a ratio of sums want nothing below 0
    try:
        low, high = _bounds(upper + shift * lower, lower, level=level, seed=seed)
    except NoVariationError:
        same = float(upper.sum() / lower.sum())
        return same, same
    return low - shift, high - shift


def _bounds(above: Series, below: Series, *, level: float, seed: int) -> tuple[float, float]:
    """Return the bounds that leaving out days shows, and where enough days can be drawn from, the wider of both.

    Raises:
        NoVariationError: when all days have the same ratio.
    """
    left_out = jackknife_ratio(above, below, level=level)
    if above.size < FEWEST_RESAMPLED:
        return left_out.low, left_out.high
    try:
        drawn = clustered_bootstrap(above, below, seed=seed, level=level)
    except InferenceError:  # the days are too skew to draw from
        return left_out.low, left_out.high
    return min(left_out.low, drawn.low), max(left_out.high, drawn.high)


def rate_below(
    events: npt.ArrayLike, trials: npt.ArrayLike, *, days: Sequence[str], level: float, least_design_effect: float
) -> float:
    """Return the upper bound of a rate by blocks, days as clusters; 1 where too few days tell it.

    Args:
        events: [blocks] whole numbers.
        trials: [blocks] whole numbers, at least the events.
        days: [blocks] which day.
        level: above 0.5 and below 1, of the one bound.
        least_design_effect: at least 1; how much events go together by what else is known: `known_effect`.

    Raises:
        InputError: when a number is not as asked.
    """
    places = _places(days)
    happened, tried = (_summed(places, np.asarray(row, dtype=np.float64)) for row in (events, trials))
    if not tried.any():
        return 1.0
    try:
        found = korn_graubard(happened, tried, level=level, sides=Sides.UPPER, least_design_effect=least_design_effect)
    except TooLittleDataError:
        return 1.0
    return found.high


def known_effect(events: npt.ArrayLike, trials: npt.ArrayLike) -> float:
    """Return how much events go together by blocks of whatever setting, at least 1; supposed where they do not tell.

    Raises:
        InputError: when a number is not as asked.
    """
    if not np.asarray(trials, dtype=np.float64).any():
        return SUPPOSED_EFFECT
    try:
        return max(1.0, design_effect(events, trials).estimate)
    except (NoVariationError, TooLittleDataError):
        return SUPPOSED_EFFECT


def _places(names: Sequence[str]) -> Places:
    place = {name: at for at, name in enumerate(dict.fromkeys(names))}
    return np.array([place[name] for name in names], dtype=np.intp)


def _summed(places: Places, values: Series) -> Series:
    sums: Series = np.bincount(places, weights=values).astype(np.float64)
    return sums
