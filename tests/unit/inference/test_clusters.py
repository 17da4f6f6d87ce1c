from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paceline.inference.clusters import Resampling, clustered_bootstrap, design_effect, korn_graubard
from paceline.inference.errors import InputError, NoVariationError, TooLittleDataError
from paceline.inference.estimate import Sides
from paceline.inference.inputs import Series, generator
from paceline.inference.rate_bounds import clopper_pearson
from tests.unit.inference.days import beta_binomial_days

ABANDONED = (26, 31, 24, 22, 29, 27, 35, 18, 30, 28, 41, 25)
ANSWERED = (900, 1000, 950, 1000, 1000, 880, 1100, 1000, 1000, 970, 1010, 1000)


@pytest.mark.parametrize("effect", [1.5, 4.0, 12.0])
def test_design_effect_of_known_bursts_is_found(effect: float) -> None:
    days = beta_binomial_days(generator(3), rate=0.03, answers=1000, effect=effect, shape=(4000,))
    found = design_effect(days, np.full(4000, 1000))
    assert found.estimate == pytest.approx(effect, rel=0.08)
    assert found.low < effect < found.high


def test_design_effect_of_independent_calls_is_one_and_its_bounds_say_how_surely() -> None:
    days = generator(4).binomial(1000, 0.03, (1000, 20))
    found = [design_effect(row, [1000] * 20) for row in days]
    assert np.mean([one.estimate for one in found]) == pytest.approx(1.0, abs=0.03)
    assert np.mean([one.low <= 1.0 <= one.high for one in found]) == pytest.approx(0.95, abs=0.02)


def test_korn_graubard_covers_where_clopper_pearson_on_calls_does_not() -> None:
    days = beta_binomial_days(generator(5), rate=0.03, answers=1000, effect=4.0, shape=(1500, 15))
    by_day = [korn_graubard(row, [1000] * 15, sides=Sides.UPPER).high >= 0.03 for row in days]
    by_call = [clopper_pearson(int(row.sum()), 15_000, sides=Sides.UPPER).high >= 0.03 for row in days]
    assert np.mean(by_day) >= 0.935
    assert np.mean(by_call) < 0.85


@given(st.lists(st.integers(0, 60), min_size=2, max_size=12).filter(sum), st.sampled_from(Sides))
def test_korn_graubard_is_never_narrower_than_independent_calls_would_be(counts: list[int], sides: Sides) -> None:
    ours = korn_graubard(counts, [1000] * len(counts), sides=sides)
    plain = clopper_pearson(sum(counts), 1000 * len(counts), sides=sides)
    assert ours.low <= plain.low + 1e-12
    assert ours.high >= plain.high - 1e-12


def test_many_even_days_give_nearly_clopper_pearson() -> None:
    counts = [29, 30, 31] * 400
    ours = korn_graubard(counts, [1000] * 1200)
    plain = clopper_pearson(36_000, 1_200_000)
    assert (ours.low, ours.high) == pytest.approx((plain.low, plain.high), rel=1e-4)


def test_no_abandoned_call_at_all_certifies_only_with_a_design_effect_from_elsewhere() -> None:
    with pytest.raises(NoVariationError) as refused:
        korn_graubard([0, 0, 0], [1000, 1000, 1000])
    assert refused.value.hint is not None
    known = korn_graubard([0, 0, 0], [1000, 1000, 1000], sides=Sides.UPPER, least_design_effect=4.0)
    effective = 3000 / 4 * (stats.t.ppf(0.95, 2999) / stats.t.ppf(0.95, 2)) ** 2
    assert known.high == pytest.approx(1 - 0.05 ** (1 / effective))


def test_known_design_effect_is_used_only_where_the_days_show_less() -> None:
    least = korn_graubard([30, 30, 31], [1000] * 3, least_design_effect=5.0)
    assert least.method.endswith("5.00")
    assert korn_graubard([5, 90, 10], [1000] * 3, least_design_effect=5.0) == korn_graubard([5, 90, 10], [1000] * 3)


@pytest.mark.parametrize("resampling", Resampling)
@pytest.mark.parametrize("sides", Sides)
def test_bootstrap_is_that_of_scipy(resampling: Resampling, sides: Sides) -> None:
    def ratio(above: Series, below: Series, axis: int = -1) -> Series:
        quotient: Series = above.sum(axis=axis) / below.sum(axis=axis)
        return quotient

    ours = clustered_bootstrap(ABANDONED, ANSWERED, seed=1, sides=sides, resamples=40_000, resampling=resampling)
    theirs = stats.bootstrap(
        (np.array(ABANDONED), np.array(ANSWERED)),
        ratio,
        paired=True,
        vectorized=True,
        n_resamples=40_000,
        method={Resampling.PERCENTILE: "percentile", Resampling.BCA: "BCa"}[resampling],
        alternative={Sides.BOTH: "two-sided", Sides.UPPER: "less", Sides.LOWER: "greater"}[sides],
        rng=np.random.default_rng(2),
    )
    assert ours.low == pytest.approx(theirs.confidence_interval.low, rel=5e-3)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, rel=5e-3)
    assert ours.standard_error == pytest.approx(theirs.standard_error, rel=0.02)


def test_bootstrap_is_decided_by_its_seed() -> None:
    first, same, other = (clustered_bootstrap(ABANDONED, ANSWERED, seed=seed, resamples=999) for seed in (1, 1, 2))
    assert first == same
    assert first != other


def test_nonsense_is_refused_by_name() -> None:
    with pytest.raises(TooLittleDataError, match="9 are too few; it takes at least 10"):
        clustered_bootstrap(ABANDONED[:9], ANSWERED[:9], seed=1)
    with pytest.raises(NoVariationError):
        clustered_bootstrap([3] * 12, [100] * 12, seed=1)
    with pytest.raises(InputError, match="resamples is 10; it must be at least 999"):
        clustered_bootstrap(ABANDONED, ANSWERED, seed=1, resamples=10)
    with pytest.raises(InputError, match="seed is -1"):
        clustered_bootstrap(ABANDONED, ANSWERED, seed=-1)
    with pytest.raises(InputError, match=r"events\[1\] is 11; it must be at most trials, 10"):
        design_effect([1, 11], [10, 10])
    with pytest.raises(InputError, match=r"events is 1.5; it must be whole numbers"):
        design_effect([1.5, 1], [10, 10])
    with pytest.raises(InputError, match="trials is 0; it must be above 0 somewhere"):
        korn_graubard([0, 0], [0, 0])
    with pytest.raises(InputError, match=r"least_design_effect is 0\.5"):
        korn_graubard([1, 2], [10, 10], least_design_effect=0.5)
