"""A ratio of sums over days, r = sum A / sum L, with an error that comes from the days.

Never the average of daily rates: a day of ten calls would weigh as much as one of ten thousand. The days are the
independent things; whatever binds calls of one day together is then in the error by itself.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from paceline.inference.errors import InputError, NoVariationError, TooLittleDataError
from paceline.inference.estimate import Estimate, Sides, around, tail
from paceline.inference.inputs import Series, checked_level, checked_pairs
from paceline.inference.quantiles import t_quantile

FEWEST_DAYS = 2
"""With fewer nothing can be said about how days differ."""


def jackknife_ratio(
    numerators: npt.ArrayLike, denominators: npt.ArrayLike, *, level: float = 0.95, sides: Sides = Sides.BOTH
) -> Estimate:
    """Return the ratio of sums with the error that leaving out one day at a time shows, and Student's t.

    Args:
        numerators: [days] what is counted above the line: abandoned calls, seconds of handling. At least 0.
        denominators: [days] what is counted below it: live answers, seconds available. At least 0.
        level: above 0.5 and below 1.
        sides: which bounds to state.

    Raises:
        InputError: when a number is negative or not finite, or the lengths differ.
        TooLittleDataError: when fewer than two days have something below the line.
        NoVariationError: when all days have the same ratio, so that the error cannot be told from them. No event on
            any day is such a case: `clusters.korn_graubard` can state a bound there.

    References:
        Quenouille 1956; Miller 1974, "The jackknife: a review", Biometrika 61(1).

    >>> found = jackknife_ratio([20, 35, 28, 31], [1000, 1100, 900, 1000])
    >>> round(found.estimate, 4), round(found.low, 4), round(found.high, 4), found.n
    (0.0285, 0.0194, 0.0376, 4)
    """
    above, below = checked_ratio(numerators, denominators)
    left_out = leave_one_out(above, below)
    days = above.size
    spread = float(np.sum((left_out - left_out.mean()) ** 2))
    return _stated(above, below, math.sqrt((days - 1) / days * spread), level=level, sides=sides, method="jackknife")


def delta_ratio(
    numerators: npt.ArrayLike, denominators: npt.ArrayLike, *, level: float = 0.95, sides: Sides = Sides.BOTH
) -> Estimate:
    """Return the ratio of sums with the error of its residuals A - r L by day, and Student's t.

    Nearly the same as `jackknife_ratio`, a little narrower where days differ much in size.

    Args:
        numerators: [days] at least 0.
        denominators: [days] at least 0.
        level: above 0.5 and below 1.
        sides: which bounds to state.

    Raises:
        InputError: when a number is negative or not finite, or the lengths differ.
        TooLittleDataError: when fewer than two days have something below the line.
        NoVariationError: when all days have the same ratio.

    References:
        Cochran 1977, Sampling Techniques, 3rd edition, section 2.11.

    >>> found = delta_ratio([20, 35, 28, 31], [1000, 1100, 900, 1000])
    >>> round(found.estimate, 4), round(found.low, 4), round(found.high, 4)
    (0.0285, 0.0194, 0.0376)
    """
    above, below = checked_ratio(numerators, denominators)
    return _stated(above, below, delta_error(above, below), level=level, sides=sides, method="delta")


def checked_ratio(numerators: npt.ArrayLike, denominators: npt.ArrayLike) -> tuple[Series, Series]:
    """Return the days that have something below the line; one without is no observation and must not count as one.

    Raises:
        InputError: when a number is negative or not finite, or the lengths differ.
        TooLittleDataError: when fewer than two days have something below the line.
    """
    above, below = checked_rows("numerators", numerators, "denominators", denominators)
    filled = below > 0.0
    days = int(np.count_nonzero(filled))
    if days < FEWEST_DAYS:
        raise TooLittleDataError("denominators above 0", days, FEWEST_DAYS)
    return above[filled], below[filled]


def checked_rows(
    above_field: str, numerators: npt.ArrayLike, below_field: str, denominators: npt.ArrayLike
) -> tuple[Series, Series]:
    """Return both rows, days without anything below the line too.

    Raises:
        InputError: when a number is negative or not finite, the lengths differ, or something is above the line where
            nothing is below it.
        TooLittleDataError: when there is no day.
    """
    above, below = checked_pairs(above_field, numerators, below_field, denominators)
    stray = np.flatnonzero((below == 0.0) & (above > 0.0))
    if stray.size:
        where = int(stray[0])
        raise InputError(f"{above_field}[{where}]", float(above[where]), f"0 where {below_field} is 0")
    return above, below


def leave_one_out(above: Series, below: Series) -> Series:
    """Return [days] the ratio of sums without each day in turn; both rows as `checked_ratio` gives them."""
    left: Series = (above.sum() - above) / (below.sum() - below)
    return left


def delta_error(above: Series, below: Series) -> float:
    """Return the standard error of the ratio of sums by its residuals; both rows as `checked_ratio` gives them."""
    days = above.size
    residuals = above - above.sum() / below.sum() * below
    return math.sqrt(days / (days - 1) * float(residuals @ residuals)) / float(below.sum())


def refuse_constant(standard_error: float, scale: float) -> None:
    """Refuse an error that is 0, or no more than rounding of numbers of the given scale.

    Raises:
        NoVariationError: when it is.
    """
    if standard_error <= 1e-12 * abs(scale):
        raise NoVariationError(hint="all have the same value; a bound from their spread would claim too much")


def _stated(above: Series, below: Series, error: float, *, level: float, sides: Sides, method: str) -> Estimate:
    quantile = t_quantile(1.0 - tail(checked_level(level), sides), above.size - 1)
    ratio = float(above.sum() / below.sum())
    refuse_constant(error, ratio)
    return around(ratio, error, quantile, level=level, sides=sides, n=above.size, method=f"ratio of sums, {method}")
