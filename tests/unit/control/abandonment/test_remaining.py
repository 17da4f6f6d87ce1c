"""What is left of an allowance, how likely it breaks, and when a breach is acted upon; numbers by other ways."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paceline.compliance.abandonment import Measured, allowance, within
from paceline.compliance.rule import AbandonmentCeiling, Denominator, Period
from paceline.control.abandonment.kept import Counts
from paceline.control.abandonment.remaining import (
    ENOUGH,
    Standing,
    cause_to_act,
    excess,
    foretold,
    standing_of,
    used,
)

US = AbandonmentCeiling(most=3, per=100, within_s=2, denominator=Denominator.ANSWERED_LIVE, period=Period.BLOCKS_30D)
COUNTS = st.tuples(st.integers(0, 5000), st.integers(0, 300)).map(lambda one: counted(one[0], min(one)))


def counted(answered: int, abandoned: int) -> Counts:
    return Counts(dials=3 * answered, answered=answered, abandoned=abandoned)


def days(number: int, answered: int = 1000, abandoned: int = 25, seed: int = 7) -> list[Counts]:
    chance = np.random.default_rng(seed)
    made = []
    for _ in range(number):
        scale = chance.normal(1.0, 0.1)
        made.append(counted(round(answered * scale), round(abandoned * scale * chance.normal(1.0, 0.2))))
    return made


def test_remaining_is_what_the_ceiling_allows_for_the_answers_that_are_expected() -> None:
    same = [counted(1000, 25)] * 10
    found = foretold(US, counted(10_000, 250), same, days_left=20)
    assert found is not None
    # 3 in 100 of 30,000 answers are 900, of which 250 are used.
    assert (found.remaining[0], found.answers[0]) == (650, 20_000.0)
    assert found.remaining[1] < 650 < found.remaining[2]
    assert found.days == 10


def test_interval_of_what_is_left_holds_about_95_in_100_of_months_that_come_true() -> None:
    chance, inside, tried = np.random.default_rng(11), 0, 400
    for _ in range(tried):
        truth = [counted(max(round(chance.normal(1000, 150)), 0), 0) for _ in range(24)]
        found = foretold(US, Counts(), truth[:10], days_left=14)
        assert found is not None
        left = math.floor(Fraction(3 * sum(day.answered for day in truth[10:]), 100))
        inside += found.remaining[1] <= left <= found.remaining[2]
    # 380 are expected, give or take 9.
    assert 355 <= inside <= 399


def test_probability_of_a_breach_is_that_of_months_played_on_from_the_same_days() -> None:
    chance, sample = np.random.default_rng(3), days(14)
    so_far = counted(14_000, 400)
    found = foretold(US, so_far, sample, days_left=16)
    assert found is not None
    over = [100 * day.abandoned - 3 * day.answered for day in sample]
    mean, deviation = sum(over) / 14, math.sqrt(sum((one - sum(over) / 14) ** 2 for one in over) / 13)
    broken = 0
    for _ in range(20_000):
        # A posterior draw of mean and deviation, then sixteen days: by another way than the formula.
        spread = deviation * math.sqrt(13 / chance.gamma(6.5, 2.0))
        drift = chance.normal(mean, spread / math.sqrt(14))
        broken += 100 * 400 - 3 * 14_000 + chance.normal(16 * drift, spread * 4) > 0
    assert found.breach == pytest.approx(broken / 20_000, abs=0.015)


def test_days_that_vary_less_than_single_calls_do_are_taken_to_vary_as_those() -> None:
    found = foretold(US, Counts(), [counted(100, 3)] * 8, days_left=4)
    assert found is not None
    half = stats.t.ppf(0.975, 7) * math.sqrt(100 * (4 + 16 / 8))
    assert found.answers == pytest.approx((400.0, 400.0 - half, 400.0 + half))


@pytest.mark.parametrize("number", [0, 1])
def test_nothing_is_foretold_from_fewer_than_two_days(number: int) -> None:
    assert foretold(US, counted(500, 5), days(number), days_left=20) is None


def test_over_period_that_is_at_its_end_is_broken_for_certain() -> None:
    for abandoned, expected in ((31, 1.0), (30, 0.0)):
        found = foretold(US, counted(1000, abandoned), days(5), days_left=0)
        assert found is not None
        assert found.breach == expected


@given(so_far=COUNTS, sample=st.lists(COUNTS, min_size=2, max_size=14), left=st.floats(0, 30))
def test_what_is_left_never_falls_below_what_is_sure_and_rises_with_the_answers(
    so_far: Counts, sample: list[Counts], left: float
) -> None:
    found = foretold(US, so_far, sample, days_left=left)
    assert found is not None
    mean, low, high = found.remaining
    assert 0 <= low <= mean <= high
    assert 0.0 <= found.breach <= 1.0
    if low > 0:
        measured = Measured(
            abandoned=so_far.abandoned + low, answered_live=so_far.answered + math.ceil(found.answers[1])
        )
        assert within(US, measured) or low <= allowance(
            US, Measured(abandoned=so_far.abandoned, answered_live=so_far.answered)
        )


def test_one_abandoned_call_of_ten_stands_as_breached_and_is_not_acted_upon() -> None:
    young = counted(10, 1)
    assert standing_of(US, young, None) is Standing.BREACHED
    assert cause_to_act(US, young, None) is None


@pytest.mark.parametrize("answered", [60, 120, 199])
def test_rate_that_cannot_be_chance_is_acted_upon_before_there_are_enough_answers(answered: int) -> None:
    least = next(one for one in range(answered) if stats.binom.sf(one - 1, answered, 0.03) <= 0.001)
    assert (
        cause_to_act(US, counted(answered, least), None) == "calls at the ceiling would not show such a rate by chance"
    )
    assert cause_to_act(US, counted(answered, least - 1), None) is None


def test_breach_after_enough_answers_is_acted_upon_unless_somebody_steers_it_back() -> None:
    slight = counted(ENOUGH, 7)
    assert cause_to_act(US, slight, None) == "it is over the ceiling after 200 answers"
    assert cause_to_act(US, slight, None, is_steered=True) is None
    assert cause_to_act(US, counted(ENOUGH, 6), None) is None


def test_breach_that_no_number_of_answers_can_undo_is_acted_upon_though_somebody_steers_it() -> None:
    few = [counted(10, 0), counted(12, 0), counted(11, 1)]
    so_far = counted(150, 9)
    to_come = foretold(US, so_far, few, days_left=1)
    assert to_come is not None
    told = cause_to_act(US, so_far, to_come, is_steered=True)
    assert told is not None
    assert told.startswith("no number of answers")


def test_allowance_that_is_nearly_used_up_is_an_approach_though_the_rate_is_within_the_ceiling() -> None:
    so_far, calm = counted(27_000, 729), [counted(1000, 27)] * 14
    to_come = foretold(US, so_far, calm, days_left=3)
    assert to_come is not None
    assert used(US, so_far, to_come) == pytest.approx(729 / 900)
    assert standing_of(US, so_far, to_come) is Standing.APPROACHING
    assert standing_of(US, counted(20_000, 540), foretold(US, counted(20_000, 540), calm, days_left=10)) is Standing.OK


def test_campaign_that_goes_on_at_five_in_a_hundred_approaches_before_it_breaches() -> None:
    so_far, bad = counted(20_000, 500), [counted(1000, 50), counted(1100, 56), counted(900, 44)]
    to_come = foretold(US, so_far, bad, days_left=10)
    assert to_come is not None
    assert to_come.breach > 0.9
    assert standing_of(US, so_far, to_come) is Standing.APPROACHING


def test_excess_is_the_calls_above_what_the_answers_allow() -> None:
    assert excess(US, counted(1000, 45)) == pytest.approx(15.0)
    assert excess(US, counted(1000, 20)) == pytest.approx(-10.0)


def test_abandoned_calls_without_answers_use_more_than_all_of_the_allowance() -> None:
    assert used(US, Counts(abandoned=1), None) == math.inf
    assert used(US, Counts(), None) == 0.0


def test_breach_that_no_expected_number_of_answers_makes_good_is_as_good_as_certain() -> None:
    # Most was abandoned on the first day, nothing since: what is over stays over.
    past = [Counts(answered=6000, abandoned=1500), Counts(answered=6000), Counts(answered=6000)]
    told = foretold(US, sum(past, Counts()), past, days_left=2)
    assert told is not None
    assert told.remaining == (0, 0, 0)
    assert told.breach >= 0.975
