from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paceline.inference.errors import InputError
from paceline.inference.estimate import Estimate, Sides
from paceline.inference.rate_bounds import certifying_power, clopper_pearson, largest_certifying_count, wilson

ALTERNATIVES = {Sides.BOTH: "two-sided", Sides.UPPER: "less", Sides.LOWER: "greater"}
COUNTS = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
LEVELS = st.sampled_from((0.8, 0.95, 0.999))


@pytest.mark.parametrize("method", ["exact", "wilson"])
@given(counts=COUNTS, level=LEVELS, sides=st.sampled_from(Sides))
def test_bounds_are_those_of_scipy(method: str, counts: tuple[int, int], level: float, sides: Sides) -> None:
    events, trials = counts
    ours = {"exact": clopper_pearson, "wilson": wilson}[method](events, trials, level=level, sides=sides)
    theirs = stats.binomtest(events, trials, alternative=ALTERNATIVES[sides]).proportion_ci(level, method=method)
    assert ours.low == pytest.approx(theirs.low, rel=1e-9, abs=1e-12)
    assert ours.high == pytest.approx(theirs.high, rel=1e-9, abs=1e-12)
    assert ours.low <= ours.estimate <= ours.high


@pytest.mark.parametrize(
    ("trials", "most", "powers"),
    [
        (99, 0, (0.14, None, None)),
        (500, 8, (0.33, 0.12, 0.06)),
        (2_000, 47, (0.88, 0.37, 0.12)),
        (10_000, 271, (1.00, 0.91, 0.31)),
        (50_000, 1_437, (1.00, 1.00, 0.85)),
        (150_000, 4_391, (1.00, 1.00, 1.00)),
    ],
)
def test_published_table_of_counts_that_certify_three_in_a_hundred(
    trials: int, most: int, powers: tuple[float | None, ...]
) -> None:
    assert largest_certifying_count(trials, limit=0.03) == most
    for truth, power in zip((0.02, 0.025, 0.028), powers, strict=True):
        if power is not None:
            assert certifying_power(trials, limit=0.03, truth=truth) == pytest.approx(power, abs=0.005)


@given(trials=st.integers(1, 20_000), limit=st.sampled_from((0.01, 0.03, 0.2, 0.9)), level=LEVELS)
def test_one_more_event_than_the_largest_certifying_count_does_not_certify(
    trials: int, limit: float, level: float
) -> None:
    most = largest_certifying_count(trials, limit=limit, level=level)

    def certifies(events: int) -> bool:
        return clopper_pearson(events, trials, level=level, sides=Sides.UPPER).shows_at_most(limit)

    assert most is None or certifies(most)
    assert not certifies(0 if most is None else most + 1)


def test_too_few_trials_certify_nothing_even_without_an_event() -> None:
    assert largest_certifying_count(98, limit=0.03) is None
    assert certifying_power(98, limit=0.03, truth=0.0001) == 0.0


@pytest.mark.parametrize("rate", [0.005, 0.03, 0.3])
def test_exact_upper_bound_covers_every_rate_at_least_as_often_as_it_says(rate: float) -> None:
    covered = [
        stats.binom.pmf(x, 400, rate) for x in range(401) if clopper_pearson(x, 400, sides=Sides.UPPER).high >= rate
    ]
    assert math.fsum(covered) >= 0.95


@pytest.mark.parametrize(
    ("events", "trials", "level", "field"),
    [
        (5, 4, 0.95, "events"),
        (-1, 4, 0.95, "events"),
        (0, 0, 0.95, "trials"),
        (1, 4, 1.0, "level"),
        (1, 4, 0.4, "level"),
    ],
)
def test_nonsense_is_refused_by_name(events: int, trials: int, level: float, field: str) -> None:
    for bounds in (clopper_pearson, wilson):
        with pytest.raises(InputError, match=rf"^{field} is") as refused:
            bounds(events, trials, level=level)
        assert isinstance(refused.value, ValueError)


def test_fractions_of_a_call_are_refused() -> None:
    with pytest.raises(InputError, match="whole number"):
        clopper_pearson(1.0, 10)  # type: ignore[arg-type] # what is tried


def test_one_sided_statement_shows_nothing_of_the_other_side() -> None:
    upper = clopper_pearson(10, 1000, sides=Sides.UPPER)
    lower = clopper_pearson(10, 1000, sides=Sides.LOWER)
    assert (upper.shows_at_most(0.03), upper.shows_at_least(0.0)) == (True, False)
    assert (lower.shows_at_most(1.0), lower.shows_at_least(0.001)) == (False, True)
    assert isinstance(upper, Estimate)
