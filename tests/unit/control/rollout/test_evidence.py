from __future__ import annotations

import subprocess
import sys
from dataclasses import fields
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.statistics import Tally
from paceline.control.rollout.evidence import Block, Trail, complete_blocks, settled_since, trail, trail_of
from tests.unit.control.rollout.weeks_told import AGENT_S, BEGAN, DAY, MINUTE, Rows, earlier, minutes, plan, waving

QUARTER = timedelta(minutes=15)


def cut(rows: Rows) -> tuple[Block, ...]:
    return complete_blocks(rows, block=QUARTER, since=BEGAN)


def test_blocks_are_the_sums_of_their_minutes() -> None:
    rows = minutes(37, abandons=lambda at: at % 2, busy=lambda at: 0.5 if at < 15 else 0.8)
    found = cut(rows)
    assert [one.start for one in found] == [BEGAN, BEGAN + QUARTER]
    assert [one.answered for one in found] == [240, 240]
    assert [one.abandoned for one in found] == [7, 8]
    assert [one.utilisation for one in found] == pytest.approx([0.5, 0.8])
    assert found[0].staffed_s == 15 * AGENT_S


def test_block_with_a_minute_that_nobody_told_or_nobody_worked_in_is_left_out() -> None:
    rows = minutes(45)
    assert len(cut(rows[:20] + rows[21:])) == 2
    empty = [(rows[3][0], Tally(dials=50, connects=16))]
    assert [one.start for one in cut(rows[:3] + empty + rows[4:])] == [BEGAN + QUARTER, BEGAN + 2 * QUARTER]


@pytest.mark.parametrize(("resting", "counts"), [(7, True), (8, False)])
def test_block_in_which_dialing_rested_for_half_of_it_is_left_out(resting: int, counts: bool) -> None:
    rows = [
        (start, Tally(talk_s=AGENT_S, staffed_s=AGENT_S)) if at < resting else (start, tally)
        for at, (start, tally) in enumerate(minutes(15))
    ]
    assert bool(cut(rows)) is counts


def test_blocks_of_other_days_are_on_the_same_times_of_day() -> None:
    times = {one.time_of_day for one in cut(minutes(480))}
    before = complete_blocks(minutes(500, since=BEGAN - 3 * DAY - 7 * MINUTE), block=QUARTER, since=BEGAN)
    assert {one.time_of_day for one in before} >= times


def test_more_abandoned_than_answered_in_a_minute_counts_as_all_of_them() -> None:
    assert cut(minutes(15, abandons=lambda at: 40 if at == 2 else 0))[0].abandoned == 16


def test_what_was_called_before_the_change_is_left_out() -> None:
    asked = plan(settle=timedelta(seconds=200))
    assert settled_since(asked, BEGAN + timedelta(seconds=30)) == BEGAN + timedelta(minutes=4)
    assert settled_since(asked, BEGAN + timedelta(seconds=40)) == BEGAN + timedelta(minutes=4)
    found = trail(asked, baseline=earlier(), minutes=minutes(60), began=BEGAN, ceiling=0.03)
    assert [one.start for one in found.blocks] == [BEGAN + timedelta(minutes=4 + 15 * at) for at in range(3)]


BLOCK = st.builds(
    lambda answered, share, busy: (answered, int(share * answered), busy),
    st.integers(0, 400),
    st.floats(0.0, 0.3),
    st.integers(1, 15 * AGENT_S),
)


def blocks(rows: list[tuple[int, int, int]], *, days_ago: int = 0) -> tuple[Block, ...]:
    return tuple(
        Block(
            start=BEGAN - days_ago * DAY + at * QUARTER,
            answered=answered,
            abandoned=abandoned,
            busy_s=busy,
            staffed_s=15 * AGENT_S,
        )
        for at, (answered, abandoned, busy) in enumerate(rows)
    )


@given(
    new=st.lists(BLOCK, min_size=1, max_size=20),
    old=st.lists(st.lists(BLOCK, min_size=0, max_size=12), max_size=6),
    seen=st.integers(1, 20),
)
def test_what_was_shown_at_a_block_does_not_depend_on_what_comes_after_it(
    new: list[tuple[int, int, int]], old: list[list[tuple[int, int, int]]], seen: int
) -> None:
    before = tuple(one for number, rows in enumerate(old) for one in blocks(rows, days_ago=6 - number))
    whole = trail_of(plan(), old=before, new=blocks(new), ceiling=0.03)
    begun = trail_of(plan(), old=before, new=blocks(new)[:seen], ceiling=0.03)
    for one in fields(Trail):
        then, now = getattr(begun, one.name), getattr(whole, one.name)
        if one.name in {"blocks", "paired", "old", "days"}:
            assert then == (now if one.name in {"old", "days"} else now[: len(begun.blocks)])
        else:
            assert then == pytest.approx(now[: len(begun.blocks)], rel=1e-6, abs=1e-7)


def test_without_earlier_days_utilisation_is_compared_with_nothing() -> None:
    found = trail(plan(), baseline=[], minutes=minutes(150), began=BEGAN, ceiling=0.03)
    assert found.paired == (0,) * 10
    assert found.gained == found.lost == (0.0,) * 10
    at_night = [(start - timedelta(hours=12), tally) for start, tally in earlier()]
    assert trail(plan(), baseline=at_night, minutes=minutes(150), began=BEGAN, ceiling=0.03).paired[-1] == 0


@pytest.mark.parametrize(("days", "compared"), [(4, 0), (5, 20)])
def test_too_few_earlier_days_to_show_how_far_days_differ_are_compared_with_nothing(days: int, compared: int) -> None:
    rows = minutes(300, busy=lambda at: waving(at) + 0.02)
    found = trail(plan(), baseline=earlier(days), minutes=rows, began=BEGAN, ceiling=0.03)
    assert (found.paired[-1], found.days, found.old > 20) == (compared, days, True)


def test_gain_is_that_over_the_same_times_of_earlier_days() -> None:
    rows = minutes(300, busy=lambda at: waving(at) + 0.02)
    found = trail(plan(), baseline=earlier(), minutes=rows, began=BEGAN, ceiling=0.03)
    assert found.gains[-1] == pytest.approx(0.02, abs=1e-4)
    assert found.paired[-1] == 20
    assert found.gained[-1] > 10
    assert found.lost[-1] < 0


def test_nothing_answered_is_evidence_of_nothing() -> None:
    quiet = [(start, Tally(dials=5, staffed_s=AGENT_S)) for start, _ in minutes(150)]
    found = trail(plan(), baseline=[], minutes=quiet, began=BEGAN, ceiling=0.03)
    assert found.above == found.bets == found.below == (0.0,) * 10


def test_more_answers_than_any_earlier_block_let_bets_grow_no_faster() -> None:
    few, many = blocks([(100, 3, 40_000)] * 30, days_ago=1), blocks([(1000, 1000, 40_000)])
    found = trail_of(plan(), old=few, new=many, ceiling=0.03)
    as_held = trail_of(plan(), old=few, new=blocks([(200, 200, 40_000)]), ceiling=0.03)
    assert found.bets == as_held.bets


def test_importing_what_decides_loads_no_numpy() -> None:
    code = "import sys, paceline.control.rollout.decision; sys.exit('numpy' in sys.modules or 'scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603  # our own interpreter
