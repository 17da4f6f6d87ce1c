from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paceline.inference.errors import InputError, NoVariationError, TooLittleDataError
from paceline.inference.estimate import Estimate, Sides
from paceline.inference.inputs import generator
from paceline.inference.ratio import delta_ratio, jackknife_ratio
from tests.unit.inference.days import beta_binomial_days

DAYS = st.lists(st.tuples(st.integers(0, 40), st.integers(41, 2000)), min_size=3, max_size=40).filter(
    lambda days: len({a * 10_000 // b for a, b in days}) > 2
)


@given(days=DAYS)
def test_ratio_is_that_of_the_sums_and_not_the_average_of_days(days: list[tuple[int, int]]) -> None:
    above, below = zip(*days, strict=True)
    expected = sum(above) / sum(below)
    assert jackknife_ratio(above, below).estimate == pytest.approx(expected)
    assert delta_ratio(above, below).estimate == pytest.approx(expected)


@given(days=DAYS)
def test_jackknife_is_the_definition_written_out(days: list[tuple[int, int]]) -> None:
    left = [
        sum(a for j, (a, _) in enumerate(days) if j != i) / sum(b for j, (_, b) in enumerate(days) if j != i)
        for i in range(len(days))
    ]
    count = len(days)
    error = ((count - 1) / count * sum((one - sum(left) / count) ** 2 for one in left)) ** 0.5
    found = jackknife_ratio(*zip(*days, strict=True))
    assert found.standard_error == pytest.approx(error, rel=1e-9)
    assert found.high - found.estimate == pytest.approx(stats.t.ppf(0.975, count - 1) * error, rel=1e-9)


def test_days_of_one_size_have_the_interval_of_the_plain_mean() -> None:
    counts = [20, 35, 28, 31, 26]
    theirs = stats.ttest_1samp(np.array(counts) / 1000, 0.0).confidence_interval(0.9)
    for method in (jackknife_ratio, delta_ratio):
        ours = method(counts, [1000] * 5, level=0.9)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high))


def test_day_without_an_answer_changes_nothing() -> None:
    assert jackknife_ratio([3, 0, 5, 4], [100, 0, 90, 110]) == jackknife_ratio([3, 5, 4], [100, 90, 110])


@pytest.mark.parametrize("method", [jackknife_ratio, delta_ratio])
def test_upper_bound_from_22_days_of_bursts_covers_about_as_often_as_it_says(method: Callable[..., Estimate]) -> None:
    days = beta_binomial_days(generator(11), rate=0.03, answers=1000, effect=4.0, shape=(1500, 22))
    kept = [method(row, [1000] * 22, sides=Sides.UPPER).high >= 0.03 for row in days]
    assert 0.92 <= np.mean(kept) <= 0.97


def test_days_that_are_all_alike_are_refused_and_not_called_certain() -> None:
    for method in (jackknife_ratio, delta_ratio):
        with pytest.raises(NoVariationError):
            method([0, 0, 0], [100, 200, 300])
        with pytest.raises(NoVariationError):
            method([3, 6, 9], [100, 200, 300])


def test_nonsense_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="denominators is 2; it must be as many as numerators"):
        jackknife_ratio([1, 2, 3], [10, 20])
    with pytest.raises(InputError, match=r"numerators\[1\] is 2.0; it must be 0 where"):
        jackknife_ratio([1, 2, 3], [10, 0, 20])
    with pytest.raises(InputError, match="numerators is nan"):
        jackknife_ratio([1, float("nan")], [10, 20])
    with pytest.raises(TooLittleDataError, match="denominators above 0: 1 are too few; it takes at least 2"):
        jackknife_ratio([1, 0], [10, 0])
