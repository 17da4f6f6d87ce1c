"""Knobs put their number into a pacing and leave the rest; the optimal table is that of the exponential twin."""

from __future__ import annotations

from dataclasses import replace

import pytest

from paceline.optimizer.chain import Instance
from paceline.optimizer.knobs import knob_of
from paceline.optimizer.optimum import solve_optimum
from paceline.optimizer.search import tune
from paceline.optimizer.trials import ScenarioTrial
from paceline.optimizer.twin_tables import twin_of
from paceline.simulation.checks import check_scenario
from paceline.simulation.errors import ScenarioError
from paceline.simulation.scenario import Pacing, Patience, Policy, Scenario
from tests.unit.simulation.scenarios import exponential, plain

GIVEN = {
    Policy.INTERVAL: Pacing(policy=Policy.INTERVAL, interval_ms=900.0, even=False),
    Policy.RATIO: Pacing(policy=Policy.RATIO, ratio=1.5, tick_s=1.0),
    Policy.IDLE_LINES: Pacing(policy=Policy.IDLE_LINES, lines_per_idle=1.0, tick_s=2.5),
    Policy.OPTIMAL: Pacing(policy=Policy.OPTIMAL, table=(0, 1), tick_s=0.5),
    Policy.CERTAINTY: Pacing(policy=Policy.CERTAINTY, safety=1.0, belief=0.2),
    Policy.TELESCOPING: Pacing(policy=Policy.TELESCOPING, gain=0.3),
    Policy.VICIDIAL_TAPERED: Pacing(policy=Policy.VICIDIAL_TAPERED, intensity=-20, latest_s=9000.0),
}


@pytest.mark.parametrize("policy", GIVEN)
def test_a_knob_sets_its_number_and_leaves_the_others(policy: Policy) -> None:
    scenario = plain(GIVEN[policy])
    knob = knob_of(scenario, policy)
    paced = ScenarioTrial(scenario, policy, knob, seed=0).paced(knob.start)
    check_scenario(replace(scenario, pacing=paced))
    kept = set(Pacing.__slots__) - {knob.name, "ratio", "table", "table_above", "mixing"}
    assert {name: getattr(paced, name) for name in kept} == {name: getattr(GIVEN[policy], name) for name in kept}
    assert paced != GIVEN[policy]


def test_a_pacing_of_another_policy_is_not_taken_over() -> None:
    scenario = plain(GIVEN[Policy.RATIO])
    assert ScenarioTrial(scenario, Policy.IDLE_LINES, None, seed=0).pacing == Pacing(policy=Policy.IDLE_LINES)


def test_twin_has_the_means_of_the_scenario() -> None:
    scenario = plain(None, wrap=exponential(20), patience=Patience(seconds=2.0))
    scenario = replace(scenario, answer=replace(scenario.answer, ring_unanswered=exponential(25)))
    ring_s = 0.3 * 12 + 0.7 * 25
    wanted = Instance(agents=10, handle_s=200.0, ring_s=ring_s, answer=0.3, patience_s=2.0, places=8)
    assert twin_of(scenario) == wanted
    assert twin_of(replace(scenario, patience=Patience(seconds=0.0))).places == 0


def test_tables_of_a_pacing_are_the_two_of_the_optimum_and_equally_long() -> None:
    scenario = plain(None)
    best = solve_optimum(twin_of(scenario), limit=0.03)
    paced = knob_of(scenario, Policy.OPTIMAL).put(Pacing(policy=Policy.OPTIMAL), 0.03)
    assert len(paced.table) == len(paced.table_above)
    assert paced.table[: len(best.table)] == best.table
    assert paced.table_above[: len(best.table_above)] == best.table_above
    assert paced.mixing == best.mixing


def test_lines_shrink_steadily_below_a_tenth_of_the_limit() -> None:
    knob = knob_of(plain(None, agents=50), Policy.OPTIMAL)
    values = [0.003, 0.001, 0.0003, 0.0001, knob.low]
    tables = [knob.put(Pacing(policy=Policy.OPTIMAL), value).table for value in values]
    sums = [sum(table) for table in tables]
    assert sums == sorted(sums, reverse=True)
    assert sums[-1] < 0.3 * sums[0]
    assert all(table[-1] >= 1 and list(table) == sorted(table) for table in tables)


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        (plain(None, agents=2001), "agents.count is 2001; it must be at most 2000 for the optimal table"),
        (plain(None, patience=Patience(seconds=float("inf"))), "patience.seconds is inf; it must be finite"),
    ],
)
def test_scenarios_without_a_solvable_twin_are_refused(scenario: Scenario, message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        tune(scenario, policy=Policy.OPTIMAL)
