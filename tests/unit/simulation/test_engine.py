"""Simulated days agree with closed forms, do not depend on workers, and come out the same everywhere."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from paceline.primitives.clock import ManualClock
from paceline.simulation import counters as c
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.engine import simulate
from paceline.simulation.errors import ScenarioError
from paceline.simulation.players import Engine, fitting_engine
from paceline.simulation.result import Measured, measured
from paceline.simulation.scenario import (
    Answer,
    Change,
    Detection,
    Drain,
    Pacing,
    Patience,
    Policy,
    Records,
    Run,
    Scenario,
    Shift,
)
from paceline.teletraffic.abandonment import erlang_a, wait_window
from paceline.teletraffic.engset import fixed_lines
from paceline.teletraffic.erlang import erlang_b
from tests.unit.simulation.scenarios import exponential, lasting_always, plain
from tests.unit.simulation.test_policies import listened

LONG = Run(days=12, hours_per_day=12, warm_up_s=3600)
HEAVY = Duration(family=Family.LOGNORMAL, mean_s=180, cv=2.0)
PROGRESSIVE = Pacing(policy=Policy.PROGRESSIVE)


def agrees(found: Measured, exact: float) -> None:
    """Hold an estimate to within four standard errors, which are two half-widths of a dozen days."""
    assert found.half_width is not None
    assert abs(found.mean - exact) <= 2 * found.half_width + 1e-12, (found, exact)


def play(scenario: Scenario, engine: str = "exact") -> tuple[Measured, Measured]:
    found = simulate(scenario, seed=11, engine=engine)
    return found.utilisation, found.abandonment


def test_progressive_is_talk_over_talk_and_dialling() -> None:
    answer = Answer(probability=0.3, ring_answered=exponential(10), ring_unanswered=lasting_always(25))
    utilisation, abandonment = play(plain(PROGRESSIVE, answer=answer, run=LONG))
    agrees(utilisation, 180 / (180 + 10 + 0.7 / 0.3 * 25))
    assert (abandonment.mean, abandonment.n) == (0.0, 12)


@pytest.mark.parametrize(
    "talk", [exponential(180), lasting_always(180), HEAVY], ids=["exponential", "constant", "heavy"]
)
def test_fixed_lines_are_engset_however_talks_are_distributed(talk: Duration) -> None:
    scenario = plain(Pacing(policy=Policy.RATIO, lines=12), talk=talk, run=LONG)
    utilisation, abandonment = play(scenario)
    exact = fixed_lines(10, 12, 180 * 0.3 / 12)
    agrees(utilisation, exact.utilisation)
    agrees(abandonment, exact.abandonment)


def test_an_open_loop_is_erlang_b() -> None:
    pacing = Pacing(policy=Policy.INTERVAL, interval_ms=1000 * 0.3 * 180 / 8, even=False)
    utilisation, abandonment = play(plain(pacing, talk=HEAVY, run=LONG))
    agrees(abandonment, erlang_b(10, 8.0))
    agrees(utilisation, 0.8 * (1 - erlang_b(10, 8.0)))


def test_an_open_loop_whose_callers_wait_is_erlang_a() -> None:
    pacing = Pacing(policy=Policy.INTERVAL, interval_ms=375.0, even=False)
    patience = Patience(seconds=120, family=Family.EXPONENTIAL)
    utilisation, abandonment = play(
        plain(pacing, agents=50, talk=exponential(60), patience=patience, run=replace(LONG, hours_per_day=4))
    )
    exact = erlang_a(50, 0.8, 60, 120)
    agrees(abandonment, exact.abandonment)
    agrees(utilisation, exact.utilisation)


def test_an_open_loop_with_a_connect_window_is_a_queue_with_constant_patience() -> None:
    pacing = Pacing(policy=Policy.INTERVAL, interval_ms=1000 * 0.3 * 180 / 8, even=False)
    _, abandonment = play(plain(pacing, patience=Patience(seconds=20.0), run=LONG))
    agrees(abandonment, wait_window(10, 8 / 180, 180, 20.0).abandonment)


def test_lines_per_idle_agent_are_the_solved_chain() -> None:
    utilisation, abandonment = play(plain(Pacing(policy=Policy.IDLE_LINES, lines_per_idle=3), agents=5, run=LONG))
    agrees(utilisation, 0.933554)
    agrees(abandonment, 0.276437)


def test_attempts_reach_whom_the_geometric_law_says() -> None:
    scenario = plain(
        Pacing(policy=Policy.RATIO, lines=400),
        agents=400,
        talk=lasting_always(1),
        answer=Answer(probability=0.3, ring_answered=lasting_always(1), ring_unanswered=lasting_always(1)),
        records=Records(count=20_000, max_attempts=6, retry_s=(60.0,)),
        run=Run(days=1, hours_per_day=2),
    )
    found = simulate(scenario, seed=3, engine="exact").tallies[0]
    assert found[c.ANSWERS] / 20_000 == pytest.approx(1 - 0.7**6, abs=4 * math.sqrt(0.88 * 0.12 / 20_000))
    assert found[c.DIALS] / 20_000 == pytest.approx((1 - 0.7**6) / 0.3, abs=0.06)


def test_answer_rates_by_attempt_fall_as_the_beta_geometric_law_says() -> None:
    scenario = plain(
        Pacing(policy=Policy.RATIO, lines=60),
        agents=60,
        talk=lasting_always(1),
        answer=Answer(
            probability=0.3, ring_answered=lasting_always(1), ring_unanswered=lasting_always(1), concentration=4.0
        ),
        records=Records(count=3_000, max_attempts=4, retry_s=(60.0,)),
        run=Run(days=1, hours_per_day=1),
    )
    fates = listened(scenario).fates
    for attempt in range(1, 5):
        endings = [ending == c.PERSON for (_, made), (ending, _) in fates.items() if made == attempt]
        rate = 1.2 / (4 + attempt - 1)
        assert np.mean(endings) == pytest.approx(rate, abs=4 * math.sqrt(rate / len(endings)))


def test_people_taken_for_machines_are_abandoned_even_when_agents_are_free() -> None:
    scenario = plain(PROGRESSIVE, detection=Detection(sensitivity=0.97, specificity=1.0), run=LONG)
    _, abandonment = play(scenario)
    agrees(abandonment, 0.03)


def test_littles_law_holds_to_the_tick_once_all_calls_have_ended() -> None:
    scenario = plain(
        Pacing(policy=Policy.RATIO, lines=16),
        patience=Patience(seconds=15),
        greeting=exponential(2),
        changes=(Change(at_s=3 * 3600, stop=Drain.FINISH),),
        talk=lasting_always(120),
    )
    for day in simulate(scenario, seed=1, engine="exact").tallies:
        assert day[c.RINGING] == day[c.WAITING] == day[c.BUSY] == 0
        assert day[c.RINGING_AREA] == day[c.RANG]
        assert day[c.WAITING_AREA] == day[c.WAITED] > 0
        assert day[c.BUSY_AREA] == day[c.CONNECTED] * 1_200_000


def test_nobody_is_called_before_a_shift_and_nobody_connected_after_it() -> None:
    shift = Shift(start_s=3600, end_s=7200, agents=10)
    found = simulate(plain(PROGRESSIVE, shifts=(shift,)), seed=1, days=2, engine="exact")
    dials, connected = c.SERIES.index(c.DIALS), c.SERIES.index(c.CONNECTED)
    for series in found.series:
        assert series[58, dials] == 0
        assert series[59, dials] == 10  # at the instant at which they log in
        assert series[119, dials] == series[-1, dials]
        assert series[119, connected] == series[-1, connected]
    assert (found.tallies[:, c.STAFFED] == 0).all()


@pytest.mark.parametrize("engine", ["exact", "fast"])
def test_any_number_of_workers_gives_the_same_numbers(engine: str) -> None:
    scenario = plain(Pacing(policy=Policy.IDLE_LINES, lines_per_idle=3.5), records=Records(count=4_000))
    one = simulate(scenario, seed=5, days=11, engine=engine)
    three = simulate(scenario, seed=5, days=11, engine=engine, workers=3)
    assert (one.tallies == three.tallies).all()
    assert (one.series == three.series).all()
    assert one.hashes == three.hashes


def test_reference_and_exact_give_the_same_result_warm_up_and_all() -> None:
    scenario = plain(Pacing(policy=Policy.RATIO, lines=13), run=Run(days=2, hours_per_day=1, warm_up_s=900))
    exact, reference = (simulate(scenario, seed=8, engine=engine) for engine in ("exact", "reference"))
    counted = [*range(c.COUNTS), *range(c.BUSY_AREA, c.SAFETY)]
    assert (exact.tallies[:, counted] == reference.tallies[:, counted]).all()
    assert exact.hashes == reference.hashes
    assert (exact.series == reference.series).all()
    assert exact.provenance == reference.provenance


GOLDEN = {
    "ratio": (Pacing(policy=Policy.RATIO, lines=13), 0x83B7E152EC349105),
    "certainty": (Pacing(policy=Policy.CERTAINTY, safety=2.0, memory_dials=100), 0x8C89431BF13A8819),
    "interval": (Pacing(policy=Policy.INTERVAL, interval_ms=5_000, even=False), 0xAE497A257824A7D5),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_days_come_out_the_same_on_every_machine(name: str) -> None:
    policy, golden = GOLDEN[name]
    scenario = plain(policy, talk=HEAVY, run=Run(days=1, hours_per_day=4))
    assert hex(simulate(scenario, seed=2026, engine="exact").hashes[0]) == hex(golden)


def test_the_engine_fits_the_scenario() -> None:
    assert fitting_engine(plain(PROGRESSIVE)) is Engine.FAST
    assert fitting_engine(plain(Pacing(policy=Policy.CERTAINTY, safety=1.0))) is Engine.EXACT
    dropping = (Change(at_s=60, stop=Drain.DROP),)
    assert fitting_engine(plain(PROGRESSIVE, changes=dropping)) is Engine.EXACT


def test_a_document_has_what_scripts_read() -> None:
    found = simulate(plain(PROGRESSIVE), seed=1, days=3, engine="exact", clock=ManualClock())
    document = found.document()
    for measure in ("utilisation", "abandonment", "connects_per_agent_hour"):
        assert set(document[measure]) == {"mean", "half_width", "n"}  # type: ignore[arg-type]  # a mapping
    assert document["dials"] == found.dials > 0
    assert document["events"] == found.events > found.dials
    assert document["wall_s"] == 0.0
    assert found.dials_per_s > 0


def test_an_interval_comes_from_days_and_one_day_has_none() -> None:
    assert measured(np.array([30]), np.array([1000])) == Measured(mean=0.03, half_width=None, n=1)
    assert measured(np.array([0, 0]), np.array([10, 20])) == Measured(mean=0.0, half_width=0.0, n=2)
    found = measured(np.array([20, 35, 28, 31]), np.array([1000, 1100, 900, 1000]))
    assert (round(found.mean, 4), round(found.half_width or 0, 4), found.n) == (0.0285, 0.0091, 4)


@pytest.mark.parametrize(("name", "value"), [("seed", -1), ("days", 0), ("workers", 65)])
def test_bounds_of_a_run_are_named(name: str, value: int) -> None:
    with pytest.raises(ScenarioError, match=name):
        simulate(plain(PROGRESSIVE), **{name: value})  # type: ignore[arg-type]  # one of three numbers
