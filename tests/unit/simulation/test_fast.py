"""The fast engine agrees with the exact one in distribution, keeps the laws of conservation, and repeats itself."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from paceline.simulation import counters as c
from paceline.simulation.checks import check_scenario
from paceline.simulation.compiled import fast_list
from paceline.simulation.compiled import fast_places as f
from paceline.simulation.compiled.fast import Prepared, play_days
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.engine import simulate
from paceline.simulation.errors import ScenarioError, SimulationError
from paceline.simulation.plan import plan_of
from paceline.simulation.players import fitting_engine
from paceline.simulation.scenario import (
    Answer,
    Change,
    Detection,
    Drain,
    Lines,
    Pacing,
    Patience,
    Policy,
    Records,
    Run,
    Scenario,
    Shift,
    Unanswered,
)
from paceline.teletraffic.engset import fixed_lines
from paceline.teletraffic.erlang import erlang_b
from tests.unit.simulation.scenarios import exponential, lasting_always, plain, scenarios

COMPARED = (c.DIALS, c.ANSWERS, c.CONNECTED, c.ABANDONED, c.WAITED, c.RANG, c.BUSY_AREA, c.RINGING_AREA, c.STAFFED_AREA)
MORE = (c.MACHINES, c.UNANSWERED, c.MISJUDGED, c.MACHINES_CONNECTED, c.TALKING_AREA, c.WAITING_AREA)
SHORT = Run(days=1, hours_per_day=2)
BUSY = Pacing(policy=Policy.IDLE_LINES, lines_per_idle=4.0)
REST = Unanswered(machine=0.4, busy=0.05, failed=0.05)
GRID = {
    "patience": plain(BUSY, patience=Patience(seconds=2.0), wrap=exponential(20)),
    "impatience": plain(BUSY, patience=Patience(seconds=6.0, family=Family.EXPONENTIAL)),
    "interval": plain(Pacing(policy=Policy.INTERVAL, interval_ms=4500, even=False)),
    "tables": plain(Pacing(policy=Policy.OPTIMAL, table=(0, 1, 4), table_above=(1, 3, 6), mixing=0.5)),
    "ticks": plain(replace(BUSY, tick_s=2.5)),
    "detection": plain(
        BUSY,
        patience=Patience(seconds=2.0),
        unanswered=REST,
        detection=Detection(sensitivity=0.9, specificity=0.8),
        greeting=exponential(2),
    ),
    "list": plain(
        BUSY,
        unanswered=REST,
        records=Records(count=900, max_attempts=3, retry_s=(300.0,), busy_retry_s=(60.0,)),
        answer=Answer(
            probability=0.3,
            ring_answered=exponential(8),
            ring_unanswered=lasting_always(20),
            timeout_s=18.0,
            by_time=(1.0, 1.4),
            concentration=4.0,
        ),
    ),
    "day": plain(
        BUSY,
        shifts=(Shift(start_s=0, end_s=5000, agents=6), Shift(start_s=600, end_s=7200, agents=4)),
        changes=(Change(at_s=2000, stop=Drain.FINISH), Change(at_s=2500, resume=True)),
        lines=Lines(cap=14, calls_per_s=2),
    ),
}


@pytest.mark.parametrize("name", GRID)
def test_fast_engine_agrees_with_the_exact_one(name: str) -> None:
    scenario = replace(GRID[name], run=SHORT)
    fast = simulate(scenario, seed=11, days=60, engine="fast").tallies.astype(float)
    exact = simulate(scenario, seed=12, days=60, engine="exact").tallies.astype(float)
    for place in COMPARED + MORE:
        apart = fast[:, place].mean() - exact[:, place].mean()
        error = np.sqrt((fast[:, place].var(ddof=1) + exact[:, place].var(ddof=1)) / 60)
        assert abs(apart) <= 4 * error, (place, apart, error)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(scenario=scenarios(), seed=st.integers(0, 2**64 - 1))
def test_nothing_is_lost(scenario: Scenario, seed: int) -> None:
    assume(fitting_engine(scenario) == "fast")
    plan = plan_of(check_scenario(scenario))
    days = play_days(plan, seed, 0, 2)
    for n, before, minutes in zip(days.tally, days.before, days.series, strict=True):
        ended = n[c.ANSWERS] + n[c.MACHINES] + n[c.ENGAGED] + n[c.UNANSWERED] + n[c.FAILURES]
        assert n[c.DIALS] == ended + n[c.RINGING]
        undecided = n[c.ANSWERS] - n[c.CONNECTED] - n[c.ABANDONED]
        assert 0 <= undecided <= n[c.GREETING] + n[c.WAITING]
        assert plan.detects or undecided == n[c.GREETING] + n[c.WAITING]
        assert n[c.MISJUDGED] <= n[c.ABANDONED]
        assert 0 <= n[c.LEAVING] <= n[c.BUSY]
        assert n[c.STAFFED] == n[c.IDLE] + n[c.BUSY] <= plan.agents
        assert n[c.TALKING] <= n[c.BUSY]
        assert n[c.TALKING_AREA] <= n[c.BUSY_AREA] <= n[c.STAFFED_AREA] <= plan.agents * plan.horizon
        assert n[c.RINGING] + n[c.GREETING] + n[c.WAITING] + n[c.TALKING] <= plan.cap
        assert (n[: c.COUNTS] >= before[: c.COUNTS]).all()
        assert (np.diff(minutes, axis=0) >= 0).all()
        assert minutes[-1].tolist() == [n[place] for place in c.SERIES]
        if plan.records:
            assert n[c.DIALS] <= plan.records * plan.max_attempts


@pytest.mark.parametrize("family", [Family.EXPONENTIAL, Family.LOGNORMAL, Family.DETERMINISTIC])
def test_fixed_lines_do_as_engset_says_whatever_the_talks(family: Family) -> None:
    scenario = plain(
        Pacing(policy=Policy.RATIO, lines=12),
        talk=Duration(family=family, mean_s=180.0, cv=2.0 if family is Family.LOGNORMAL else 1.0),
        run=Run(days=1, hours_per_day=24, warm_up_s=3600),
    )
    found, expected = simulate(scenario, seed=5, days=40, engine="fast"), fixed_lines(10, 12, 4.5)
    assert found.utilisation.half_width is not None
    assert found.abandonment.half_width is not None
    assert abs(found.utilisation.mean - expected.utilisation) < 2.1 * found.utilisation.half_width
    assert abs(found.abandonment.mean - expected.abandonment) < 2.1 * found.abandonment.half_width


def test_open_loop_does_as_erlang_says() -> None:
    scenario = plain(
        Pacing(policy=Policy.INTERVAL, interval_ms=6000, even=False), run=Run(days=1, hours_per_day=24, warm_up_s=3600)
    )
    found = simulate(scenario, seed=6, days=40, engine="fast").abandonment
    assert found.half_width is not None
    assert abs(found.mean - erlang_b(10, 9.0)) < 2.1 * found.half_width


def test_days_are_the_same_alone_in_any_block_and_on_any_number_of_threads() -> None:
    plan = plan_of(plain(BUSY, patience=Patience(seconds=2.0), run=SHORT))
    prepared = Prepared(plan)
    together = prepared.play(9, 0, 6)
    alone = [prepared.play(9, day, 1) for day in (5, 3, 0)]
    for day, one in zip((5, 3, 0), alone, strict=True):
        assert np.array_equal(one.tally[0], together.tally[day])
        assert np.array_equal(one.series[0], together.series[day])
    scenario = plain(BUSY, run=SHORT)
    first, second = (simulate(scenario, seed=9, days=13, engine="fast", workers=workers) for workers in (1, 3))
    assert np.array_equal(first.tallies, second.tallies)
    assert np.array_equal(first.series, second.series)


def test_a_day_has_the_numbers_it_always_had() -> None:
    day = play_days(plan_of(check_scenario(replace(GRID["list"], run=SHORT))), 2026, 3, 1)
    assert day.tally[0, : c.COUNTS].tolist() == GOLDEN
    assert len(day.series[0]) == 120


GOLDEN = [1941, 526, 489, 68, 794, 64, 0, 407, 119, 0, 0, 0, 2368, 0, 204701400]


def test_policies_meet_the_same_calls() -> None:
    scenarios_of = [replace(plain(pacing), run=SHORT) for pacing in (BUSY, Pacing(policy=Policy.PROGRESSIVE))]
    rates = [simulate(one, seed=4, days=30, engine="fast").tallies for one in scenarios_of]
    apart = [row[:, c.ANSWERS] / row[:, c.DIALS] - 0.3 for row in rates]
    together: np.ndarray = np.corrcoef(apart[0], apart[1])
    assert together[0, 1] > 0.5


def test_what_needs_identities_is_refused() -> None:
    with pytest.raises(ScenarioError, match="fast engine"):
        play_days(plan_of(plain(Pacing(policy=Policy.CERTAINTY, safety=1.0))), 1, 0, 1)
    with pytest.raises(ScenarioError, match="stop"):
        play_days(plan_of(plain(BUSY, changes=(Change(at_s=60, stop=Drain.DROP),))), 1, 0, 1)


def test_more_lines_than_a_slot_can_count_are_refused() -> None:
    with pytest.raises(SimulationError, match="in use at once"):
        play_days(plan_of(plain(Pacing(policy=Policy.RATIO, lines=31_000), run=SHORT)), 1, 0, 1)


@settings(max_examples=40, deadline=None)
@given(deeds=st.lists(st.tuples(st.integers(0, 2), st.booleans(), st.integers(0, 3)), max_size=1500))
def test_queues_of_contacts_are_first_in_first_out(deeds: list[tuple[int, bool, int]]) -> None:
    records, delays = 1200, (5, 9, 30)
    n = np.zeros(200, dtype=np.int64)
    n[[f.RECORDS, f.QUEUES, f.DELAYS_AT]] = records, 3, 100
    n[100:103] = delays
    m = np.zeros(f.POOL + f.PIECE * fast_list.pieces_of(records, 3), dtype=np.int64)
    expected: list[deque[tuple[int, int]]] = [deque() for _ in delays]
    fast_list.forget.py_func(n, m)  # type: ignore[attr-defined]  # the same function, not compiled
    number = 0
    for queue, adds, later in deeds * 3:
        m[f.NOW] += later
        if adds and sum(map(len, expected)) < records:
            number += 1
            fast_list.put_back.py_func(m, queue, number)  # type: ignore[attr-defined]  # the same
            expected[queue].append((int(m[f.NOW]) + delays[queue], number))
        first = min((one[0][0], which) for which, one in enumerate(expected) if one) if any(expected) else None
        assert (int(m[f.EARLIEST_DUE]) == f.NEVER) == (first is None)
        if first is not None:
            assert (int(m[f.EARLIEST_DUE]), int(m[f.EARLIEST])) == first
            if not adds:
                due, contact = expected[first[1]].popleft()
                assert due == first[0]
                assert fast_list.take.py_func(n, m, first[1]) == contact  # type: ignore[attr-defined]  # the same
