from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paceline.inference.errors import InputError, TooLittleDataError
from paceline.inference.estimate import Sides
from paceline.inference.inputs import Series, generator
from paceline.inference.randomisation import paired_randomisation
from paceline.inference.stratified import stratified_randomisation

ALTERNATIVES = {Sides.BOTH: "two-sided", Sides.LOWER: "greater", Sides.UPPER: "less"}
PAIRS = st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=2, max_size=7)


def mean_difference(new: Series, old: Series, axis: int = -1) -> Series:
    difference: Series = np.mean(new - old, axis=axis)
    return difference


@given(pairs=PAIRS, sides=st.sampled_from(Sides))
def test_p_value_of_all_throws_is_that_of_scipy(pairs: list[tuple[int, int]], sides: Sides) -> None:
    old, new = (np.array(row, dtype=float) for row in zip(*pairs, strict=True))
    ours = paired_randomisation(old, new, seed=1, sides=sides)
    theirs = stats.permutation_test(
        (new, old),
        mean_difference,
        permutation_type="samples",
        alternative=ALTERNATIVES[sides],
        vectorized=True,
        n_resamples=np.inf,
    )
    assert ours.exact
    assert ours.throws == 2 ** len(pairs)
    assert ours.p_value == pytest.approx(theirs.pvalue)


@given(
    pairs=PAIRS,
    sides=st.sampled_from((Sides.LOWER, Sides.UPPER)),
    effect=st.integers(-40, 40).map(lambda x: x / 7 + 0.001),
    level=st.sampled_from((0.6, 0.9)),
)
def test_effect_is_in_the_interval_unless_taking_it_away_is_rejected(
    pairs: list[tuple[int, int]], sides: Sides, effect: float, level: float
) -> None:
    old, new = (np.array(row, dtype=float) for row in zip(*pairs, strict=True))
    found = paired_randomisation(old, new, seed=1, sides=sides, level=level)
    shifted = paired_randomisation(old, new - effect, seed=1, sides=sides, level=level)
    assert (found.low < effect < found.high) == (shifted.p_value > 1 - level + 1e-12)


def test_drawn_throws_agree_with_all_of_them() -> None:
    chance = generator(5)
    old, new = chance.normal(0, 1, 12), chance.normal(0.6, 1, 12)
    full = paired_randomisation(old, new, seed=1, draws=5000)
    drawn = paired_randomisation(old, new, seed=1, draws=4000)
    assert (full.exact, drawn.exact, drawn.throws) == (True, False, 4001)
    assert drawn.p_value == pytest.approx(full.p_value, abs=0.02)
    assert (drawn.low, drawn.high) == pytest.approx((full.low, full.high), abs=0.1)
    assert drawn == paired_randomisation(old, new, seed=1, draws=4000)


def test_a_drawn_test_never_claims_less_than_one_throw_in_all() -> None:
    found = paired_randomisation([0.0] * 30, [1.0] * 30, seed=1, draws=999, sides=Sides.LOWER)
    assert found.p_value == pytest.approx(1 / 1000)


def test_too_few_pairs_for_a_level_state_no_bound() -> None:
    found = paired_randomisation([1, 2, 3], [3, 4, 6], seed=1)
    assert (found.low, found.high) == (float("-inf"), float("inf"))
    assert found.p_value == pytest.approx(0.25)


def test_settings_that_never_differ_show_nothing() -> None:
    found = paired_randomisation([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6], seed=1)
    assert found.p_value == 1.0
    assert (found.low, found.high) == (0.0, 0.0)


def by_hand(above: list[float], below: list[float], new: tuple[bool, ...], strata: list[str]) -> float:
    """Return the weighted difference of ratios, by plain loops."""
    total = 0.0
    for one in set(strata):
        sums = {True: [0.0, 0.0], False: [0.0, 0.0]}
        for a, b, setting, stratum in zip(above, below, new, strata, strict=True):
            if stratum == one:
                sums[setting][0] += a
                sums[setting][1] += b
        weight = (sums[True][1] + sums[False][1]) / sum(below)
        total += weight * (sums[True][0] / sums[True][1] - sums[False][0] / sums[False][1])
    return total


@given(seed=st.integers(0, 10_000), sides=st.sampled_from((Sides.LOWER, Sides.UPPER)))
def test_stratified_test_is_the_enumeration_written_out(seed: int, sides: Sides) -> None:
    chance = generator(seed)
    strata = ["a"] * 4 + ["b"] * 2 + ["c"] * 3
    new = (True, False, True, False, True, False, True, False, False)
    above = chance.integers(0, 40, 9).astype(float).tolist()
    below = chance.integers(500, 1500, 9).astype(float).tolist()
    own = by_hand(above, below, new, strata)
    ways = [
        way
        for way in itertools.product((True, False), repeat=9)
        if (sum(way[:4]), sum(way[4:6]), sum(way[6:])) == (2, 1, 1)
    ]
    others = [by_hand(above, below, way, strata) for way in ways]
    extreme = [o >= own - 1e-12 if sides is Sides.LOWER else o <= own + 1e-12 for o in others]
    found = stratified_randomisation(above, below, new=new, strata=strata, seed=1, sides=sides)
    assert (found.throws, found.exact) == (36, True)
    assert found.estimate == pytest.approx(own)
    assert found.p_value == pytest.approx(sum(extreme) / 36)


@given(seed=st.integers(0, 10_000), effect=st.integers(-30, 30).map(lambda x: x / 1000 + 0.0001))
def test_stratified_interval_holds_the_effects_whose_removal_is_not_rejected(seed: int, effect: float) -> None:
    chance = generator(seed)
    strata = ["a", "a", "b", "b", "c", "c", "c", "c"]
    new = [True, False, False, True, True, False, False, True]
    below = chance.integers(500, 1500, 8).astype(float)
    above = below * 0.2 + chance.integers(0, 30, 8)
    found = stratified_randomisation(above, below, new=new, strata=strata, seed=1, sides=Sides.LOWER, level=0.9)
    removed = above - effect * below * np.array(new)
    shifted = stratified_randomisation(removed, below, new=new, strata=strata, seed=1, sides=Sides.LOWER, level=0.9)
    assert (found.low < effect) == (shifted.p_value > 0.1 + 1e-12)


def test_one_block_of_each_setting_per_pair_is_the_paired_test() -> None:
    old, new = [30.0, 33, 28, 31, 35, 29], [25.0, 29, 30, 24, 28, 27]
    above = [x for pair in zip(old, new, strict=True) for x in pair]
    strata = [str(i // 2) for i in range(12)]
    ours = stratified_randomisation(above, [1000] * 12, new=[False, True] * 6, strata=strata, seed=1, level=0.9)
    paired = paired_randomisation(np.array(old) / 1000, np.array(new) / 1000, seed=1, level=0.9)
    assert (ours.estimate, ours.p_value, ours.low, ours.high) == pytest.approx(
        (paired.estimate, paired.p_value, paired.low, paired.high)
    )


def test_when_nothing_changes_it_is_rejected_as_often_as_the_level_says() -> None:
    chance = generator(41)
    p_values = []
    for _ in range(400):
        old, new = chance.lognormal(0, 1, (2, 8))
        p_values.append(paired_randomisation(old, new, seed=1, sides=Sides.LOWER).p_value)
    rejected = np.mean(np.array(p_values) <= 0.05)
    assert 0.02 <= rejected <= 0.08


def test_drawn_stratified_throws_keep_the_settings_of_each_stratum() -> None:
    chance = generator(6)
    above, below = chance.integers(10, 50, 40), np.full(40, 1000)
    found = stratified_randomisation(
        above, below, new=[True, False] * 20, strata=["a"] * 20 + ["b"] * 20, seed=1, draws=500
    )
    assert (found.exact, found.throws) == (False, 501)
    assert 0.0 < found.p_value <= 1.0
    assert found.low < found.estimate < found.high


def test_nonsense_is_refused_by_name() -> None:
    with pytest.raises(TooLittleDataError, match="old: 1 are too few"):
        paired_randomisation([1], [2], seed=1)
    with pytest.raises(InputError, match="draws is 5"):
        paired_randomisation([1, 2], [2, 3], seed=1, draws=5)
    with pytest.raises(InputError, match="stratum 'b' is 'one setting'"):
        stratified_randomisation([1, 2, 3], [9, 9, 9], new=[True, False, True], strata=["a", "a", "b"], seed=1)
    with pytest.raises(InputError, match="denominators is 0"):
        stratified_randomisation([1, 0], [9, 0], new=[True, False], strata=["a", "a"], seed=1)
    with pytest.raises(InputError, match="equally many"):
        stratified_randomisation([1, 2], [9, 9], new=[True], strata=["a", "a"], seed=1)
