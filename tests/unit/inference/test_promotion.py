"""What blocks under two settings are said to show, against sums done by hand and against data of nothing."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from paceline.inference.errors import InputError, TooLittleDataError
from paceline.inference.multiplicity import holm
from paceline.inference.promotion import FEWEST_DAYS, Block, Judged, Metric, looked

GAIN, CEILING = 0.0025, 0.03


def block(day: int, pair: int, *, new: bool, busy: float = 0.9, abandoned: int = 10, answered: int = 1_000) -> Block:
    """Return an hour of 50 agents."""
    return Block(
        day=f"{day}",
        stratum=f"{day} {pair}",
        new=new,
        busy_s=busy * 180_000.0,
        available_s=180_000.0,
        abandoned=abandoned,
        answered=answered,
        connects=answered - abandoned,
    )


def week(seed: int, *, gain: float = 0.0, days: int = 7, pairs: int = 4, day_gain: float = 0.0) -> list[Block]:
    """Return pairs of hours; days differ, and what they gain differs by `day_gain`."""
    chance = np.random.default_rng(seed)
    found = []
    for day in range(days):
        level, more = chance.normal(0.90, 0.01), gain + chance.normal(0.0, day_gain)
        for pair in range(pairs):
            for new in (False, True):
                busy = level + more * new + chance.normal(0.0, 0.004)
                answered = int(chance.poisson(800))
                abandoned = int(chance.binomial(answered, 0.015))
                found.append(block(day, pair, new=new, busy=busy, abandoned=abandoned, answered=answered))
    return found


def judged(blocks: list[Block], *, look: int = 1, looks: int = 1, draws: int = 999, seed: int = 5) -> Judged:
    """Return what they show."""
    return looked(blocks, look=look, looks=looks, least_gain=GAIN, ceiling=CEILING, seed=seed, draws=draws)


def test_a_p_value_of_pairs_counts_every_way_the_coins_could_fall() -> None:
    """By hand: eight ways for three pairs, two of which are as far from nothing as the observed one."""
    gains = (0.010, 0.004, -0.002)
    blocks = [block(day, 0, new=new, busy=0.9 + gain * new) for day, gain in enumerate(gains) for new in (False, True)]
    sums = [sum(s * g for s, g in zip(signs, gains, strict=True)) for signs in itertools.product((1, -1), repeat=3)]
    above = sum(one >= sum(gains) - 1e-12 for one in sums) / len(sums)
    shown = judged(blocks).of(Metric.UTILISATION)
    assert shown.p_value == pytest.approx(2 * above)
    assert shown.difference == pytest.approx(sum(gains) / 3)


def test_an_interval_of_even_days_is_that_of_student() -> None:
    """Days of equal size: the bounds are those of Student's t over the days' mean differences."""
    blocks = week(3, gain=0.004)
    days = {
        day: np.mean([(1 if one.new else -1) * one.busy_s / one.available_s for one in blocks if one.day == day]) * 2
        for day in {one.day for one in blocks}
    }
    values = np.array([days[day] for day in sorted(days)])
    low, high = stats.t.interval(0.95, 6, loc=values.mean(), scale=stats.sem(values))
    shown = judged(blocks).of(Metric.UTILISATION)
    assert shown.low == pytest.approx(low)
    assert shown.high == pytest.approx(high)


def test_looks_and_metrics_share_one_error() -> None:
    """The p-values are Holm's over the metrics, times the looks."""
    one = judged(week(4, gain=0.01))
    five = judged(week(4, gain=0.01), look=2, looks=5)
    adjusted = {each.name: each.adjusted for each in holm({m.metric: m.p_value for m in one.metrics})}
    assert {m.metric: m.p_adjusted for m in one.metrics} == pytest.approx(adjusted)
    assert {m.metric: m.p_adjusted for m in five.metrics} == pytest.approx(
        {name: min(1.0, 5 * value) for name, value in adjusted.items()}
    )
    assert five.of(Metric.UTILISATION).low < one.of(Metric.UTILISATION).low


def test_a_gain_of_a_point_in_a_week_is_worth_having_and_lawful() -> None:
    """Both conditions hold, and the bound says so."""
    found = judged(week(1, gain=0.01), look=7, looks=7, draws=9_999)
    assert found.promote
    assert found.of(Metric.UTILISATION).low > GAIN
    assert found.abandonment_high < CEILING
    assert found.half_width > 0.0


def test_a_change_that_changes_nothing_is_never_significant() -> None:
    """Replays under a change of 1e-9 are the same to the last bit."""
    blocks = [replace(one, new=new) for one in week(2) if not one.new for new in (False, True)]
    found = judged(blocks)
    assert [(one.difference, one.low, one.high, one.p_value) for one in found.metrics] == [(0.0, 0.0, 0.0, 1.0)] * 3
    assert not any(one.significant for one in found.metrics)
    assert not found.worth_having


def test_a_real_gain_below_the_least_is_significant_and_not_worth_having() -> None:
    """A tenth of a point in every hour, without noise."""
    blocks = [
        block(day, pair, new=new, busy=0.9 + 0.001 * new)
        for day in range(5)
        for pair in range(3)
        for new in (False, True)
    ]
    found = judged(blocks)
    assert found.of(Metric.UTILISATION).significant
    assert not found.worth_having


def test_a_gain_that_abandons_too_many_is_not_promoted() -> None:
    """It is worth having, and against the law."""
    blocks = [replace(one, abandoned=one.abandoned + 16 * one.new) for one in week(1, gain=0.02)]
    found = judged(blocks)
    assert found.worth_having
    assert not found.lawful
    assert not found.promote


def test_days_that_gain_differently_are_not_called_a_gain_by_their_coins() -> None:
    """Days that gain two points more or less, and nothing on average: coins alone are sure too often."""
    weeks = [judged(week(seed, day_gain=0.02)).of(Metric.UTILISATION) for seed in range(80)]
    by_coins = sum(one.p_value <= 0.05 for one in weeks)
    assert sum(one.significant for one in weeks) <= 10  # more has a chance of less than 1 in 100
    assert by_coins > 12


def test_weeks_of_nothing_are_rarely_called_something() -> None:
    """At 5 % of 100 weeks more than 11 have a chance of less than 1 in 100; three daily looks included."""
    called = 0
    for seed in range(100):
        blocks = week(seed, pairs=3)
        upto = ([one for one in blocks if int(one.day) < days] for days in (3, 5, 7))
        called += any(
            any(one.significant for one in judged(some, look=look, looks=3, draws=199).metrics)
            for look, some in enumerate(upto, 1)
        )
    assert called <= 11


def test_an_hour_without_answers_is_left_out_of_abandonment_alone() -> None:
    """With its partner; what it says of utilisation counts."""
    blocks = week(6)
    silent = [replace(one, abandoned=0, answered=0, connects=0) if one is blocks[0] else one for one in blocks]
    found, before = judged(silent), judged(blocks)
    without = judged([one for one in blocks if one.stratum != blocks[0].stratum])
    assert found.of(Metric.UTILISATION).difference == before.of(Metric.UTILISATION).difference
    assert found.of(Metric.ABANDONMENT).difference == pytest.approx(without.of(Metric.ABANDONMENT).difference)


def test_too_few_days_say_nothing() -> None:
    """Two days do not tell how days differ."""
    with pytest.raises(TooLittleDataError):
        judged(week(1, days=FEWEST_DAYS - 1))


def test_a_stratum_of_one_setting_compares_nothing() -> None:
    """It is a mistake of the caller, and told."""
    with pytest.raises(InputError, match="stratum"):
        judged([one for one in week(1) if one.new or one.stratum != "0 0"])


@pytest.mark.parametrize(
    ("field", "value"),
    [("look", 3), ("looks", 0), ("level", 0.5), ("least_gain", -0.1), ("ceiling", 0.0), ("ceiling", 1.5), ("seed", -1)],
)
def test_what_makes_no_sense_is_refused(field: str, value: float) -> None:
    """Each argument by its name."""
    asked: dict[str, object] = {"look": 1, "looks": 2, "level": 0.95, "least_gain": 0.0, "ceiling": 0.03, "seed": 1}
    with pytest.raises(InputError, match=field if field != "looks" else "look"):
        looked(week(1), **(asked | {field: value}))  # type: ignore[arg-type]  # that is what is refused


def test_without_a_law_nothing_is_unlawful_but_the_unknown() -> None:
    """A ceiling of 1 binds nothing; without any answer nobody can tell, and nothing is lawful."""
    assert looked(week(1), least_gain=0.0, ceiling=1.0, seed=1, draws=99).lawful


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), gain=st.floats(-0.03, 0.03))
def test_old_and_new_swapped_say_the_opposite(seed: int, gain: float) -> None:
    """Differences and bounds change their sign, p-values stay."""
    blocks = week(seed, gain=gain, days=3, pairs=2)
    found, swapped = judged(blocks), judged([replace(one, new=not one.new) for one in blocks])
    for one, other in zip(found.metrics, swapped.metrics, strict=True):
        assert math.isclose(one.difference, -other.difference, abs_tol=1e-9)
        assert math.isclose(one.low, -other.high, abs_tol=1e-7)
        assert one.p_value == pytest.approx(other.p_value)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), looks=st.integers(1, 30))
def test_more_looks_never_make_more_significant(seed: int, looks: int) -> None:
    """Whoever may look more often has to be surer each time."""
    blocks = week(seed, gain=0.006, days=4, pairs=2)
    one, many = judged(blocks), judged(blocks, look=1, looks=looks)
    for few, more in zip(one.metrics, many.metrics, strict=True):
        assert more.low <= few.low + 1e-12
        assert more.p_adjusted >= few.p_adjusted
        assert few.significant or not more.significant
    assert many.abandonment_high >= one.abandonment_high - 1e-12
