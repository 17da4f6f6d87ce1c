"""The randomisation test of two settings whose coins were thrown within strata: hours of the day, lists, pairs.

The measure is a ratio of sums, so a block weighs by its denominator. What the test supposes is in `randomisation`.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from paceline.inference.errors import InputError
from paceline.inference.estimate import Sides
from paceline.inference.inputs import Series, checked_count, checked_series, generator
from paceline.inference.randomisation import Coins, RandomisationTest, Throws, placed

Places = list[npt.NDArray[np.intp]]
"""The blocks of each stratum."""


def stratified_randomisation(
    numerators: npt.ArrayLike,
    denominators: npt.ArrayLike,
    *,
    new: Sequence[bool],
    strata: Sequence[str],
    seed: SupportsIndex,
    level: float = 0.95,
    sides: Sides = Sides.BOTH,
    draws: SupportsIndex = 9999,
) -> RandomisationTest:
    """Test the difference of two ratios of sums, new - old, where coins gave the settings to blocks within strata.

    Each stratum's difference weighs as much as its share of all denominators. The interval supposes that the setting
    adds effect x denominator to the numerators and leaves the denominators alone; the p-value supposes nothing of it.

    Args:
        numerators: [blocks] at least 0.
        denominators: [blocks] above 0.
        new: [blocks] whether the block had the new setting.
        strata: [blocks] what the coins were thrown within: the hour of the week, the list, the pair.
        seed: decides which throws are drawn when there are too many to try all.
        level: above 0.5 and below 1.
        sides: which bounds to state, and which p-value.
        draws: throws to draw when there are more ways; at least 99.

    Raises:
        InputError: when a number is not as asked, the lengths differ, or a stratum saw only one setting.
        TooLittleDataError: with fewer than two blocks.

    >>> coins = {"new": [False, True, False, True], "strata": ["9", "9", "10", "10"]}
    >>> found = stratified_randomisation([30, 20, 33, 24], [1000] * 4, seed=1, **coins)
    >>> round(found.estimate, 4), found.p_value, found.throws
    (-0.0095, 0.5, 4)
    """
    above, below, observed, places = _checked_blocks(numerators, denominators, new, strata)
    coins, exact = _throws(observed, places, checked_count("draws", draws, least=99), seed)
    own = float(contrast(above, below, observed[None, :], places)[0])
    overlaps = contrast(below * observed, below, coins, places)
    moved = overlaps < 1.0 - 1e-9
    thresholds = (own - contrast(above, below, coins, places)[moved]) / (1.0 - overlaps[moved])
    throws = Throws(thresholds=thresholds, count=len(coins), exact=exact, scale=float(np.max(above / below)))
    method = f"randomisation within {len(places)} strata"
    return placed(own, throws, level=level, sides=sides, n=above.size, method=method)


def contrast(above: Series, below: Series, coins: Coins, places: Places) -> Series:
    """Return [throws] the weighted difference of the ratios of sums, new - old.

    Args:
        above: [blocks] numerators.
        below: [blocks] denominators, above 0.
        coins: [throws, blocks] whether a block has the new setting; both settings in each stratum.
        places: the blocks of each stratum.
    """
    total = np.zeros(len(coins))
    for place in places:
        chosen = coins[:, place].astype(np.float64)
        rest = 1.0 - chosen
        difference = (chosen @ above[place]) / (chosen @ below[place]) - (rest @ above[place]) / (rest @ below[place])
        total += below[place].sum() / below.sum() * difference
    return total


def _checked_blocks(
    numerators: npt.ArrayLike, denominators: npt.ArrayLike, new: Sequence[bool], strata: Sequence[str]
) -> tuple[Series, Series, Coins, Places]:
    above = checked_series("numerators", numerators, fewest=2)
    below = checked_series("denominators", denominators, fewest=2)
    if not above.size == below.size == len(new) == len(strata):
        raise InputError("blocks", (above.size, below.size, len(new), len(strata)), "equally many in each argument")
    if not below.all():
        raise InputError("denominators", 0.0, "above 0 in each block; merge blocks or lengthen them")
    observed = np.array(new, dtype=np.bool_)
    places = [np.flatnonzero(np.array(strata) == one) for one in dict.fromkeys(strata)]
    for place in places:
        if len(set(observed[place])) < 2:
            raise InputError(f"stratum {strata[place[0]]!r}", "one setting", "blocks of both settings")
    return above, below, observed, places


def _throws(observed: Coins, places: Places, most: int, seed: SupportsIndex) -> tuple[Coins, bool]:
    """Return every way the coins could have fallen within the strata, or the observed one and `most` drawn ones."""
    counts = [(place.size, int(observed[place].sum())) for place in places]
    if math.prod(math.comb(size, chosen) for size, chosen in counts) <= most:
        ways = itertools.product(
            *(itertools.combinations(place, c) for place, (_, c) in zip(places, counts, strict=True))
        )
        coins = []
        for way in ways:
            row = np.zeros(observed.size, dtype=np.bool_)
            row[list(itertools.chain.from_iterable(way))] = True
            coins.append(row)
        return np.array(coins), True
    chance = generator(seed)
    drawn = np.tile(observed, (most + 1, 1))
    for place in places:
        drawn[1:, place] = chance.permuted(drawn[1:, place], axis=1)
    return drawn, False
