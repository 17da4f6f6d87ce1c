"""Two settings on the same days: the difference day by day, with Student's t over the days."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from paceline.inference.errors import InputError, TooLittleDataError
from paceline.inference.estimate import Estimate, Sides, around, tail
from paceline.inference.inputs import checked_level, checked_pairs
from paceline.inference.quantiles import t_quantile
from paceline.inference.ratio import FEWEST_DAYS, checked_rows, leave_one_out, refuse_constant


def paired_difference(
    old: npt.ArrayLike, new: npt.ArrayLike, *, level: float = 0.95, sides: Sides = Sides.BOTH
) -> Estimate:
    """Return the mean of new - old over pairs that share what is common: the same simulated day, hour or list.

    Args:
        old: [pairs] a measure under the old setting, any unit.
        new: [pairs] the same measure under the new one.
        level: above 0.5 and below 1.
        sides: which bounds to state.

    Raises:
        InputError: when a number is not finite or the lengths differ.
        TooLittleDataError: with fewer than two pairs.
        NoVariationError: when every pair differs by the same, also when by nothing.

    References:
        Law 2015, Simulation Modeling and Analysis, 5th edition, section 10.2.1.

    >>> found = paired_difference([0.90, 0.91, 0.92, 0.90], [0.93, 0.93, 0.95, 0.94])
    >>> round(found.estimate, 3), round(found.low, 3), round(found.high, 3)
    (0.03, 0.017, 0.043)
    """
    before, after = checked_pairs("old", old, "new", new, fewest=FEWEST_DAYS, below_zero=True)
    differences = after - before
    pairs = differences.size
    error = float(differences.std(ddof=1)) / math.sqrt(pairs)
    refuse_constant(error, float(np.abs(before).max() + np.abs(after).max()))
    quantile = t_quantile(1.0 - tail(checked_level(level), sides), pairs - 1)
    return around(
        float(differences.mean()), error, quantile, level=level, sides=sides, n=pairs, method="paired differences, t"
    )


def paired_ratio_difference(
    old: tuple[npt.ArrayLike, npt.ArrayLike],
    new: tuple[npt.ArrayLike, npt.ArrayLike],
    *,
    level: float = 0.95,
    sides: Sides = Sides.BOTH,
) -> Estimate:
    """Return the difference of two ratios of sums over the same days, new - old, by leaving out one day at a time.

    A day on which either has nothing below the line is left out of both: it compares nothing.

    Args:
        old: ([days] numerators, [days] denominators) under the old setting, all at least 0.
        new: the same under the new one, on the same days in the same order.
        level: above 0.5 and below 1.
        sides: which bounds to state.

    Raises:
        InputError: when a number is negative or not finite, or the lengths differ.
        TooLittleDataError: with fewer than two days.
        NoVariationError: when leaving out a day never changes the difference.

    >>> found = paired_ratio_difference(([30, 33, 28], [1000, 1000, 1000]), ([25, 29, 26], [1000, 1000, 1000]))
    >>> round(found.estimate, 5), round(found.standard_error or 0.0, 5)
    (-0.00367, 0.00088)
    """
    before, after = (
        checked_rows(f"{name} numerators", one[0], f"{name} denominators", one[1])
        for name, one in (("old", old), ("new", new))
    )
    if after[0].size != before[0].size:
        raise InputError("new", int(after[0].size), f"as many days as old, which are {before[0].size}")
    filled = (before[1] > 0.0) & (after[1] > 0.0)
    days = int(np.count_nonzero(filled))
    if days < FEWEST_DAYS:
        raise TooLittleDataError("days with denominators above 0", days, FEWEST_DAYS)
    before, after = ((above[filled], below[filled]) for above, below in (before, after))
    ratios = [float(above.sum() / below.sum()) for above, below in (before, after)]
    left_out = leave_one_out(*after) - leave_one_out(*before)
    error = math.sqrt((days - 1) / days * float(np.sum((left_out - left_out.mean()) ** 2)))
    refuse_constant(error, sum(ratios))
    quantile = t_quantile(1.0 - tail(checked_level(level), sides), days - 1)
    method = "paired ratios of sums, jackknife"
    return around(ratios[1] - ratios[0], error, quantile, level=level, sides=sides, n=days, method=method)
