"""Tests whose only assumption is the coin that was really thrown: which of two settings each block had.

Every other way the coins could have fallen is tried (or drawn, when they are too many), and the observed difference is
placed among them. The same comparison gives the interval: an effect is in it unless taking it away leaves a difference
that the coins would rarely give. Blocks must be long enough that one does not reach into the next: see `switchback`.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from paceline.inference.errors import TooLittleDataError
from paceline.inference.estimate import Sides, tail
from paceline.inference.inputs import Series, checked_count, checked_level, checked_pairs, generator

Coins = npt.NDArray[np.bool_]
"""[throws, blocks] whether a block has the new setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomisationTest:
    """A difference, new - old, among all the differences that chance alone would make.

    Attributes:
        estimate: the observed difference, in the unit of the measure.
        low: least effect not rejected; -inf when not stated, or when there are too few coins for the level.
        high: greatest effect not rejected; inf likewise.
        level: of the bounds; above 0.5 and below 1.
        sides: BOTH: the p-value is two-sided. LOWER: it is for "not more than 0". UPPER: for "not less than 0".
        n: how many pairs or blocks.
        method: how it was computed.
        p_value: chance of so extreme a difference if the setting changed nothing at all.
        throws: how many ways the coins fell, the observed one included.
        exact: whether these were all ways.
    """

    estimate: float
    low: float
    high: float
    level: float
    sides: Sides
    n: int
    method: str
    p_value: float
    throws: int
    exact: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Throws:
    """All the ways the coins fell, as `placed` needs them.

    Attributes:
        thresholds: [throws that differ] the effect at which each throw becomes as extreme as the observed one; a throw
            that equals the observed one has no such effect, and always is.
        count: how many throws there are, the observed one included.
        exact: whether these are all ways.
        scale: size of the numbers that were added up, for their rounding.
    """

    thresholds: Series
    count: int
    exact: bool
    scale: float


def paired_randomisation(
    old: npt.ArrayLike,
    new: npt.ArrayLike,
    *,
    seed: SupportsIndex,
    level: float = 0.95,
    sides: Sides = Sides.BOTH,
    draws: SupportsIndex = 9999,
) -> RandomisationTest:
    """Test the mean of new - old over pairs of blocks, in each of which a coin gave the new setting to one.

    Args:
        old: [pairs] the measure under the old setting, any unit.
        new: [pairs] the measure under the new one.
        seed: decides which throws are drawn when there are too many to try all.
        level: above 0.5 and below 1.
        sides: which bounds to state, and which p-value.
        draws: throws to draw when 2^pairs are more; at least 99.

    Raises:
        InputError: when a number is not finite, or the lengths differ.
        TooLittleDataError: with fewer than two pairs.

    References:
        Fisher 1935, The Design of Experiments, chapter 3; Hartigan 1969, "Using subsample values as typical values".

    >>> found = paired_randomisation([5, 6, 7, 5, 6, 8], [6, 8, 8, 7, 9, 9], seed=1)
    >>> round(found.estimate, 3), found.p_value, found.exact
    (1.667, 0.03125, True)
    """
    before, after = checked_pairs("old", old, "new", new, fewest=2, below_zero=True)
    differences = after - before
    pairs = differences.size
    flipped, exact = _flips(pairs, checked_count("draws", draws, least=99), seed)
    sizes = flipped.sum(axis=1)
    thresholds = (flipped[sizes > 0] @ differences) / sizes[sizes > 0]
    scale = float(np.abs(before).max() + np.abs(after).max())
    throws = Throws(thresholds=thresholds, count=len(flipped), exact=exact, scale=scale)
    return placed(float(differences.mean()), throws, level=level, sides=sides, n=pairs, method="randomisation of pairs")


def _flips(pairs: int, most: int, seed: SupportsIndex) -> tuple[Coins, bool]:
    """Return in which pairs the coin falls the other way: all combinations, or none and `most` drawn ones."""
    if 2**pairs <= most:
        return np.array(list(itertools.product((False, True), repeat=pairs))), True
    drawn = generator(seed).random((most, pairs)) < 0.5
    return np.vstack([np.zeros((1, pairs), dtype=np.bool_), drawn]), False


def placed(estimate: float, throws: Throws, *, level: float, sides: Sides, n: int, method: str) -> RandomisationTest:
    """Return the test and the interval that follow from where the observed difference stands among the throws.

    Args:
        estimate: the observed difference.
        throws: all others.
        level: above 0.5 and below 1.
        sides: which bounds to state, and which p-value.
        n: how many pairs or blocks.
        method: in a few words.

    Raises:
        InputError: when the level is outside its bounds.
        TooLittleDataError: when the coins could have fallen in one way only.
    """
    ordered = np.sort(throws.thresholds)
    if ordered.size == 0:
        raise TooLittleDataError("ways the coins could have fallen", throws.count, 2)
    ties = throws.count - ordered.size
    grain = 1e-12 * throws.scale  # sums of the same numbers in another order
    greater = (ties + int(np.count_nonzero(ordered <= grain))) / throws.count
    less = (ties + int(np.count_nonzero(ordered >= -grain))) / throws.count
    spare = math.floor(tail(checked_level(level), sides) * throws.count * (1.0 + 1e-12)) - ties
    told = 0 <= spare < ordered.size
    return RandomisationTest(
        estimate=estimate,
        low=float(ordered[spare]) if told and sides is not Sides.UPPER else float("-inf"),
        high=float(ordered[-1 - spare]) if told and sides is not Sides.LOWER else float("inf"),
        level=level,
        sides=sides,
        n=n,
        method=f"{method}, {'all' if throws.exact else 'drawn'} {throws.count} throws",
        p_value={Sides.LOWER: greater, Sides.UPPER: less, Sides.BOTH: min(1.0, 2.0 * min(greater, less))}[sides],
        throws=throws.count,
        exact=throws.exact,
    )
