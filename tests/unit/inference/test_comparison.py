from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paceline.inference.comparison import paired_difference, paired_ratio_difference
from paceline.inference.errors import InputError, NoVariationError, TooLittleDataError
from paceline.inference.estimate import Sides
from paceline.inference.inputs import generator

NUMBERS = st.floats(-1000, 1000).map(lambda x: round(x, 3))


@given(pairs=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=30), level=st.sampled_from((0.8, 0.95)))
def test_paired_interval_is_that_of_scipy(pairs: list[tuple[float, float]], level: float) -> None:
    old, new = (np.array(row) for row in zip(*pairs, strict=True))
    if np.ptp(new - old) < 1e-3:
        return
    theirs = stats.ttest_rel(new, old).confidence_interval(level)
    ours = paired_difference(old, new, level=level)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), rel=1e-6, abs=1e-6)


def test_lower_bound_alone_is_that_of_scipy() -> None:
    old, new = [0.90, 0.91, 0.92, 0.90], [0.93, 0.93, 0.95, 0.94]
    theirs = stats.ttest_rel(new, old, alternative="greater").confidence_interval(0.95)
    ours = paired_difference(old, new, sides=Sides.LOWER)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


def test_difference_of_ratios_on_days_of_one_size_is_the_paired_difference() -> None:
    old, new, answers = [30, 33, 28, 31], [25, 29, 26, 24], [1000] * 4
    ours = paired_ratio_difference((old, answers), (new, answers))
    plain = paired_difference(np.array(old) / 1000, np.array(new) / 1000)
    assert (ours.estimate, ours.low, ours.high) == pytest.approx((plain.estimate, plain.low, plain.high))


def test_what_both_settings_share_does_not_widen_the_difference() -> None:
    chance = generator(8)
    level = chance.normal(0.0, 1.0, 200)
    old, new = level + chance.normal(0, 0.1, 200), level + 0.2 + chance.normal(0, 0.1, 200)
    found = paired_difference(old, new)
    assert found.low < 0.2 < found.high
    assert found.high - found.low < 0.06


def test_day_on_which_one_setting_had_no_answer_compares_nothing() -> None:
    with_it = paired_ratio_difference(([3, 1, 5, 4], [100, 90, 90, 110]), ([2, 0, 5, 6], [100, 0, 90, 120]))
    without = paired_ratio_difference(([3, 5, 4], [100, 90, 110]), ([2, 5, 6], [100, 90, 120]))
    assert with_it == without


def test_settings_that_never_differ_are_refused_and_not_called_equal() -> None:
    with pytest.raises(NoVariationError):
        paired_difference([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    with pytest.raises(NoVariationError):
        paired_difference([0.1, 0.2, 0.3], [0.2, 0.3, 0.4])
    with pytest.raises(NoVariationError):
        paired_ratio_difference(([3, 4], [100, 110]), ([3, 4], [100, 110]))


def test_nonsense_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="new is inf"):
        paired_difference([1.0, 2.0], [1.0, float("inf")])
    with pytest.raises(TooLittleDataError, match="old: 1 are too few"):
        paired_difference([1.0], [2.0])
    with pytest.raises(InputError, match="new is 3; it must be as many days as old"):
        paired_ratio_difference(([3, 4], [100, 110]), ([3, 4, 5], [100, 110, 90]))
    with pytest.raises(InputError, match="new denominators is -1"):
        paired_ratio_difference(([3, 4], [100, 110]), ([0, 4], [-1, 110]))
