"""Policies see what a dialer sees, meet the same calls, and keep what they promise."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import pytest

from paceline.simulation import counters as c
from paceline.simulation import pacing
from paceline.simulation.checks import check_pacing, check_scenario
from paceline.simulation.engine import simulate
from paceline.simulation.errors import ScenarioError
from paceline.simulation.plan import Plan, plan_of
from paceline.simulation.policies import Observation, policy_of
from paceline.simulation.reference import Dialer
from paceline.simulation.scenario import Answer, Lines, Pacing, Policy, Records, Run, Scenario
from tests.unit.simulation.scenarios import exponential, plain

PROGRESSIVE = Pacing(policy=Policy.PROGRESSIVE)
SEEN = Observation(
    now=36_000_000,
    idle=3,
    busy=7,
    staffed=10,
    waiting=0,
    greeting=0,
    talking=7,
    launched=(35_990_000, 35_900_000),
    dials=500,
    answers=150,
    abandoned=3,
)


class Listening(Dialer):
    """A dialer that writes down how each attempt ends, and for how long it rings."""

    def __init__(self, plan: Plan, seed: int) -> None:
        super().__init__(plan, seed, 0)
        self.fates: dict[tuple[int, int], tuple[int, int]] = {}

    def _fate(self, record: int, attempt: int) -> tuple[int, int]:
        self.fates[record, attempt] = super()._fate(record, attempt)
        return self.fates[record, attempt]


def listened(scenario: Scenario, seed: int = 4) -> Listening:
    dialer = Listening(plan_of(check_scenario(scenario)), seed)
    dialer.play()
    return dialer


def wanted(policy: Pacing, seen: Observation = SEEN, *, agents: int = 10) -> int:
    plan = plan_of(plain(policy, agents=agents))
    return policy_of(plan, 0, {"mixing": 1, "spacing": 2}).wanted(seen)


def test_an_observation_says_nothing_of_how_ringing_lines_will_end() -> None:
    assert {field.name for field in fields(Observation)} == {
        *("now", "idle", "busy", "staffed", "waiting", "greeting", "talking"),
        *("launched", "dials", "answers", "abandoned"),
    }


def test_two_policies_meet_the_same_calls() -> None:
    records = Records(count=2_000, max_attempts=3, retry_s=(600.0,))
    one = listened(plain(PROGRESSIVE, records=records)).fates
    other = listened(plain(Pacing(policy=Policy.RATIO, lines=14), records=records)).fates
    met = one.keys() & other.keys()
    assert len(met) > 700
    assert {call: one[call] for call in met} == {call: other[call] for call in met}


def test_worked_examples_of_the_simple_policies() -> None:
    assert wanted(PROGRESSIVE) == 1
    assert wanted(Pacing(policy=Policy.RATIO, lines=12)) == 12 - 2 - 7
    assert wanted(Pacing(policy=Policy.RATIO, ratio=1.25)) == 13 - 2 - 7
    assert wanted(Pacing(policy=Policy.IDLE_LINES, lines_per_idle=2.5)) == 7 - 2
    assert wanted(Pacing(policy=Policy.OPTIMAL, table=(0, 2, 5))) == 5 - 2
    assert wanted(Pacing(policy=Policy.INTERVAL, interval_ms=1000)) == 1


def test_certainty_launches_while_expected_answers_stay_below_expected_agents() -> None:
    found = wanted(Pacing(policy=Policy.CERTAINTY, safety=0.5, belief=0.3, horizon_s=12))
    freed = 7 * (1 - math.exp(-12 / 180))
    # rings of both endings are alike, so a line that still rings is answered with the belief itself
    assert found == math.floor((3 + freed - 0.5 - 2 * 0.3) / 0.3)


def test_a_ring_that_outlasts_most_answers_counts_for_less() -> None:
    answer = Answer(probability=0.3, ring_answered=exponential(5), ring_unanswered=exponential(25))
    plan = plan_of(plain(Pacing(policy=Policy.CERTAINTY, safety=1.0), answer=answer))
    policy = policy_of(plan, 0, {})
    posterior = [policy.posterior(age * 10_000) / 2**20 for age in (0, 10, 20)]  # type: ignore[attr-defined]  # certainty
    expected = [0.3 * math.exp(-t / 5) / (0.3 * math.exp(-t / 5) + 0.7 * math.exp(-t / 25)) for t in (0, 10, 20)]
    assert posterior == pytest.approx(expected, rel=5e-3)


@pytest.mark.parametrize("carried", [False, True])
@pytest.mark.parametrize("lowest", [-1000.0, 0.5])
def test_the_telescoping_safety_is_the_sum_of_its_steps(*, carried: bool, lowest: float) -> None:
    policy = Pacing(
        policy=Policy.TELESCOPING, gain=0.3, target=0.0295, carried=carried, safety=2.0, safety_lowest=lowest
    )
    swings = Answer(
        probability=0.3,
        ring_answered=exponential(10),
        ring_unanswered=exponential(25),
        by_time=(0.6, 1.4, 1.0, 0.5),
        by_day=(1.0, 0.5, 1.5),
    )
    scenario = plain(policy, agents=20, answer=swings, run=Run(days=6, hours_per_day=8))
    row = plan_of(scenario).parameters[0]
    days = simulate(scenario, seed=9, engine="exact").tallies
    safety = int(row[pacing.SAFETY])
    for day in days:
        moved = int(row[pacing.RISE]) * int(day[c.ABANDONED]) - int(row[pacing.FALL]) * int(day[c.CONNECTED])
        if lowest == -1000.0:
            assert day[c.SAFETY] == safety + moved
        else:  # it came down to the lowest now and then, and what was saved below that is not kept
            assert day[c.SAFETY] >= max(safety + moved, int(row[pacing.LOWEST]))
        safety = int(day[c.SAFETY]) if carried else safety


def test_telescoping_keeps_its_bound_whatever_the_answer_rate_does() -> None:
    policy = Pacing(policy=Policy.TELESCOPING, gain=0.3, target=0.0295, safety=6.0, safety_highest=9.0, carried=True)
    wild = Answer(
        probability=0.3,
        ring_answered=exponential(10),
        ring_unanswered=exponential(25),
        by_time=(0.5, 1.5, 0.7, 1.3, 0.5, 1.5, 1.0, 0.6),
        by_day=(1.0, 0.6, 1.5, 0.5, 1.4),
    )
    scenario = plain(policy, agents=20, answer=wild, lines=Lines(cap=90), run=Run(days=30, hours_per_day=8))
    days = simulate(scenario, seed=2, engine="exact").tallies
    answers, abandoned = int(days[:, c.CONNECTED].sum() + days[:, c.ABANDONED].sum()), int(days[:, c.ABANDONED].sum())
    in_flight = 90
    bound = 0.0295 + (9.0 + 0.3 * in_flight - 6.0) / (0.3 * answers)
    assert abandoned / answers <= bound
    assert abandoned / answers == pytest.approx(0.0295, abs=5e-4)


def test_adaptive_modes_pin_the_level_at_one_until_the_day_is_back_at_its_limit() -> None:
    answer = Answer(probability=0.3, ring_answered=exponential(10), ring_unanswered=exponential(25))
    scenario = plain(Pacing(policy=Policy.VICIDIAL_HARD), agents=50, answer=answer, run=Run(days=4, hours_per_day=8))
    found = simulate(scenario, seed=1, engine="exact")
    assert found.abandonment.mean == pytest.approx(0.031, abs=0.002)
    assert found.utilisation.mean == pytest.approx(0.727, abs=0.015)
    capped = replace(scenario, pacing=Pacing(policy=Policy.VICIDIAL_HARD, max_level=1.2))
    assert simulate(capped, seed=1, engine="exact").utilisation.mean > found.utilisation.mean + 0.08


def test_a_parameter_of_another_policy_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"pacing\.lines is 5"):
        check_pacing(Pacing(policy=Policy.PROGRESSIVE, lines=5))
    with pytest.raises(ScenarioError, match=r"pacing\.tick_s"):
        check_pacing(Pacing(policy=Policy.VICIDIAL_HARD, tick_s=1.0))
