"""A plan of an experiment: which blocks, which coins, which looks, and what no plan may be."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.campaign.blocks import Directive, Schedule, Window
from paceline.control.experiments.blocks import blocks_of, is_open_in
from paceline.control.experiments.plan import Balanced, ExperimentPlan, PlanError, Setting
from paceline.control.experiments.planning import LEAST_HANDLES, Terms, guard_for, hold, planned

SINCE = datetime(2026, 6, 15, 3, tzinfo=UTC)
TERMS = Terms(seed=3, days=6, hours=(9 * 3600, 13 * 3600))
WEEKDAYS = Schedule(
    zone="America/New_York",
    directive=Directive.STRICT,
    windows=tuple(Window(weekday=day, start_s=9 * 3600, end_s=12 * 3600 + 1800) for day in range(5)),
    max_calls=80,
)


def made(terms: Terms = TERMS, *, schedule: Schedule | None = None, handle_s: float = 180.0) -> ExperimentPlan:
    return planned(blocks_of(schedule, SINCE, terms), terms, handle_s=handle_s)


def held_and_made(terms: Terms) -> ExperimentPlan:
    hold(terms)
    return made(terms)


def test_blocks_are_whole_ones_within_the_hours_of_the_schedule() -> None:
    blocks = blocks_of(WEEKDAYS, SINCE, replace(TERMS, hours=None, days=6))
    starts = [one.start for one in blocks]
    assert {(one.hour, one.minute) for one in starts} == {(13, 0), (14, 0), (15, 0)}, "the last half-hour is no block"
    assert [one.day for one in blocks[::3]] == [
        "2026-06-15", "2026-06-16", "2026-06-17", "2026-06-18", "2026-06-19", "2026-06-22"
    ]  # fmt: skip
    assert {one.time for one in blocks} == {"09:00", "10:00", "11:00"}


def test_first_day_is_a_whole_one() -> None:
    noon = SINCE.replace(hour=14)
    assert blocks_of(WEEKDAYS, noon, replace(TERMS, hours=None))[0].day == "2026-06-16"


def test_clock_change_moves_the_instants_and_not_the_times() -> None:
    since = datetime(2026, 10, 29, 3, tzinfo=UTC)
    blocks = blocks_of(WEEKDAYS, since, replace(TERMS, hours=None, days=4))
    assert {(one.day, one.start.hour) for one in blocks if one.time == "09:00"} == {
        ("2026-10-29", 13), ("2026-10-30", 13), ("2026-11-02", 14), ("2026-11-03", 14)
    }  # fmt: skip


def test_hours_are_those_of_the_clock_on_days_that_it_changes_too() -> None:
    always = replace(WEEKDAYS, windows=tuple(Window(weekday=day, start_s=0, end_s=24 * 3600) for day in range(7)))
    for since in (datetime(2026, 3, 6, 12, tzinfo=UTC), datetime(2026, 10, 30, 12, tzinfo=UTC)):
        blocks = blocks_of(always, since, TERMS)
        assert [one.time for one in blocks] == ["09:00", "10:00", "11:00", "12:00"] * 6


@pytest.mark.parametrize(
    ("month", "day", "times"), [(3, 6, ["00:00", "01:00", "03:00"]), (10, 30, ["00:00", "01:00", "02:00", "03:00"])]
)
def test_time_that_a_day_has_twice_is_a_block_once_and_one_that_it_skips_none(
    month: int, day: int, times: list[str]
) -> None:
    nights = replace(WEEKDAYS, windows=tuple(Window(weekday=day, start_s=0, end_s=4 * 3600) for day in range(7)))
    terms = replace(TERMS, hours=None, days=6)
    blocks = blocks_of(nights, datetime(2026, month, day, 12, tzinfo=UTC), terms)
    assert [one.time for one in blocks if one.day in {"2026-03-08", "2026-11-01"}] == times
    days = Counter((one.pair, one.day) for one in planned(blocks, terms, handle_s=180.0).blocks)
    assert set(days.values()) == {1}, "no pair lies on one day"


def test_span_is_open_only_without_a_hole() -> None:
    opens = datetime(2026, 6, 15, 13, tzinfo=UTC)
    assert is_open_in(WEEKDAYS, opens, opens + timedelta(hours=3))
    assert not is_open_in(WEEKDAYS, opens, opens + timedelta(hours=4))
    assert not is_open_in(WEEKDAYS, opens + timedelta(hours=5), opens + timedelta(hours=6))
    assert is_open_in(None, opens, opens + timedelta(days=3))


def test_campaign_without_a_schedule_is_always_open() -> None:
    blocks = blocks_of(None, SINCE, replace(TERMS, hours=None, days=3))
    assert (len(blocks), blocks[0].start) == (72, datetime(2026, 6, 16, tzinfo=UTC))


def test_pairs_have_the_same_time_on_days_that_follow_each_other() -> None:
    plan = made()
    for pair in {one.pair for one in plan.blocks}:
        first, second = (one for one in plan.blocks if one.pair == pair)
        assert {first.setting, second.setting} == set(Setting)
        assert second.start - first.start == timedelta(days=1)
    assert (plan.pairs, plan.days, plan.looks) == (12, 6, (23,))


def test_hour_of_week_pairs_the_same_weekday_of_two_weeks() -> None:
    terms = replace(TERMS, hours=None, days=10, balanced=Balanced.HOUR_OF_WEEK)
    plan = made(terms, schedule=WEEKDAYS)
    for pair in {one.pair for one in plan.blocks}:
        first, second = (one for one in plan.blocks if one.pair == pair)
        assert second.start - first.start == timedelta(days=7)
    assert plan.pairs == 15


@settings(max_examples=25)
@given(seed=st.integers(0, 2**40), days=st.integers(6, 11))
def test_coins_are_of_the_seed_alone_and_each_pair_has_both_settings(seed: int, days: int) -> None:
    terms = replace(TERMS, seed=seed, days=days)
    plan = made(terms)
    assert plan == made(terms)
    assert plan == ExperimentPlan.of(plan.document())
    pairs = Counter((one.pair, one.setting) for one in plan.blocks)
    assert set(pairs.values()) == {1}
    assert len(plan.blocks) == days // 2 * 2 * 4, "a block without a partner is left out"
    assert plan.looks[-1] == plan.blocks[-1].number


def test_other_seeds_throw_other_coins() -> None:
    coins = {tuple(one.setting for one in made(replace(TERMS, seed=seed)).blocks) for seed in range(40)}
    assert len(coins) > 30


def test_looks_are_after_days_that_complete_pairs_from_the_fifth_day_on() -> None:
    plan = made(replace(TERMS, days=8))
    assert plan.looks == (23, 31)
    assert [plan.blocks[one].day for one in plan.looks] == ["2026-06-20", "2026-06-22"]


@given(handle_s=st.floats(1.0, 2000.0), handles=st.floats(LEAST_HANDLES, 10.0))
def test_three_handle_times_are_dropped_however_late_a_setting_may_be(handle_s: float, handles: float) -> None:
    guard, latest = guard_for(handle_s, handles)
    assert guard % timedelta(minutes=1) == timedelta(0)
    assert latest >= timedelta(minutes=3)
    assert (guard - latest).total_seconds() >= LEAST_HANDLES * handle_s - 1e-5
    assert guard.total_seconds() >= handles * handle_s - 1e-5


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"days": 4}, "days cannot be 4"),
        ({"block": timedelta(seconds=90)}, "block cannot be"),
        ({"block": timedelta(0)}, "block cannot be"),
        ({"block": timedelta(days=400)}, "block cannot be"),
        ({"guard_handles": 1e300}, "guard_handles cannot be"),
        ({"guard_handles": 2.5}, "guard_handles cannot be 2.5"),
        ({"hours": (3600, 3600)}, "hours cannot be"),
        ({"level": 0.5}, "level cannot be 0.5"),
        ({"least_gain": -0.1}, "least_gain cannot be"),
        ({"seed": -1}, "seed cannot be -1"),
        ({"seed": None}, "seed cannot be None"),
        ({"hours": (9 * 3600, 10 * 3600)}, "show nothing at a level"),
        ({"days": 5}, "show nothing of how days differ"),
        ({"block": timedelta(minutes=20)}, "leaves less than half of a block"),
    ],
)
def test_what_could_not_be_judged_is_refused_by_name(wrong: dict[str, Any], word: str) -> None:
    with pytest.raises(PlanError, match=word):
        held_and_made(replace(TERMS, **wrong))


def test_days_without_hours_are_refused() -> None:
    with pytest.raises(PlanError, match="no pair of blocks"):
        planned([], TERMS, handle_s=180.0)


def test_block_and_edge_of_an_instant() -> None:
    plan = made()
    first = plan.blocks[0]
    assert plan.at(first.start) == first
    assert plan.at(first.start - timedelta(seconds=1)) is None
    assert plan.at(first.start + plan.block) == plan.blocks[1]
    assert plan.next_edge(first.start) == first.start + plan.block
    assert plan.next_edge(plan.end) is None


def test_document_of_something_else_is_no_plan() -> None:
    with pytest.raises(PlanError, match="not the document of a plan"):
        ExperimentPlan.of({"blocks": 3})
