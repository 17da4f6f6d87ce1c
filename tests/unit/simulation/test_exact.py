"""The exact kernel plays the reference's days, event for event, and its counts obey the laws of conservation."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paceline.simulation import counters as c
from paceline.simulation.checks import check_scenario
from paceline.simulation.compiled import layout as a
from paceline.simulation.compiled.exact import play
from paceline.simulation.compiled.outcome import agents_of, left_of, minutes_of, trace_of
from paceline.simulation.draws import MASK
from paceline.simulation.plan import NEVER, Plan, plan_of
from paceline.simulation.reference import play_day
from paceline.simulation.reference_floor import Day
from paceline.simulation.scenario import Change, Drain, Pacing, Patience, Policy, Scenario
from tests.unit.simulation.scenarios import plain, scenarios

COUNTED = (*range(c.COUNTS), *range(c.RINGING, c.SAFETY))
MANY = settings(max_examples=110, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def kernel_day(plan: Plan, seed: int, day: int) -> npt.NDArray[np.int64]:
    s = a.blank_day(plan, seed, day, lines=2048, trace=100_000)
    assert play(a.flat_plan(plan), s, NEVER) == c.DONE
    return s


def conserve(plan: Plan, day: Day) -> None:
    n = day.tally
    rings, undecided = day.left
    ended = n[c.ANSWERS] + n[c.MACHINES] + n[c.ENGAGED] + n[c.UNANSWERED] + n[c.FAILURES] + n[c.CUT]
    assert n[c.DIALS] == ended + rings
    assert n[c.ANSWERS] == n[c.CONNECTED] + n[c.ABANDONED] + undecided
    assert n[c.MISJUDGED] <= n[c.ABANDONED]
    assert n[c.RINGING] == rings
    assert n[c.STAFFED] == n[c.IDLE] + n[c.BUSY] <= plan.agents
    assert n[c.TALKING] <= n[c.BUSY]
    assert sum(day.busy) == n[c.BUSY_AREA]
    assert sum(day.calls) == n[c.CONNECTED] + n[c.MACHINES_CONNECTED]
    assert n[c.STAFFED_AREA] <= plan.agents * plan.horizon
    assert [row[0] for row in day.trace] == sorted(row[0] for row in day.trace)
    assert len(day.trace) == n[c.EVENTS]
    if plan.records:
        assert n[c.DIALS] <= plan.records * plan.max_attempts


@MANY
@given(scenario=scenarios(), seed=st.integers(0, 2**64 - 1))
def test_kernel_equals_reference_event_for_event_and_nothing_is_lost(scenario: Scenario, seed: int) -> None:
    plan = plan_of(check_scenario(scenario))
    for day in range(2):
        expected = play_day(plan, seed, day)
        s = kernel_day(plan, seed, day)
        assert trace_of(s).tolist() == [list(row) for row in expected.trace]
        assert [int(s[place]) for place in COUNTED] == [expected.tally[place] for place in COUNTED]
        assert int(s[c.HASH]) & MASK == expected.hash
        assert minutes_of(s).tolist() == expected.series
        busy, calls = agents_of(plan, s)
        assert (busy.tolist(), calls.tolist()) == (expected.busy, expected.calls)
        assert left_of(s) == expected.left
        conserve(plan, expected)


def test_too_little_room_for_lines_is_told_and_more_room_changes_nothing() -> None:
    plan = plan_of(plain(Pacing(policy=Policy.RATIO, ratio=3.0), agents=20))
    flat = a.flat_plan(plan)
    assert play(flat, a.blank_day(plan, 1, 0, lines=16), NEVER) == c.LINES_FULL
    small, large = a.blank_day(plan, 1, 0, lines=64), a.blank_day(plan, 1, 0, lines=4096)
    assert play(flat, small, NEVER) == play(flat, large, NEVER) == c.DONE
    assert small[c.HASH] == large[c.HASH]


@pytest.mark.parametrize("seconds", [0.0, 10.0])
def test_a_dropping_stop_counts_answers_without_an_agent_as_abandoned(seconds: float) -> None:
    scenario = plain(
        Pacing(policy=Policy.RATIO, ratio=4.0),
        patience=Patience(seconds=seconds),
        changes=(Change(at_s=3600, stop=Drain.DROP),),
    )
    plan = plan_of(check_scenario(scenario))
    day = play_day(plan, 5)
    n = day.tally
    assert n[c.CUT] > 0
    assert n[c.RINGING] == n[c.GREETING] == n[c.WAITING] == 0
    assert n[c.ANSWERS] == n[c.CONNECTED] + n[c.ABANDONED]
    last = max(tick for tick, kind, _, _ in day.trace if kind == c.CHANGE)
    assert last == 36_000_000
    minutes = [row[c.SERIES.index(c.DIALS)] for row in day.series]
    assert minutes[59] == minutes[-1]


def test_places_of_a_flat_plan_are_those_of_the_plan() -> None:
    names = {"engaged_after": "busy", "failed_after": "failed", "greeting_time": "greeting"}
    for place, name in enumerate(Plan._fields):
        ours = next((one for one, plans in names.items() if plans == name), name)
        assert getattr(a, ours.upper()) == place
    assert len(Plan._fields) == a.CLASSES
