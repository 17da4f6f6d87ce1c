"""The emulator's dialer against the project's own simulation, which shares no code with it: the same campaign's day."""

from __future__ import annotations

from statistics import mean, stdev

import pytest

from paceline.simulation.distributions import Duration, Family
from paceline.simulation.engine import simulate
from paceline.simulation.scenario import Answer, Lines, Pacing, Policy, Scenario, Unanswered
from tests.emulator.dialers import dialer, orders, play, total, utilisation

DAYS = 3
LINES_PER_IDLE = 3.5
RING = Duration(family=Family.LOGNORMAL, mean_s=10, cv=0.4)
SCENARIO = Scenario(
    agents=50,
    talk=Duration(family=Family.LOGNORMAL, mean_s=155, cv=1),
    wrap=Duration(family=Family.LOGNORMAL, mean_s=25, cv=0.6),
    answer=Answer(
        probability=0.3, ring_answered=RING, ring_unanswered=Duration(family=Family.DETERMINISTIC, mean_s=25)
    ),
    unanswered=Unanswered(machine=0.3, busy=0.05, machine_ring=RING, busy_s=2.0),
    lines=Lines(cap=80),
    pacing=Pacing(policy=Policy.IDLE_LINES, lines_per_idle=LINES_PER_IDLE),
)
WORLD = {
    "machineShare": 0.3, "busyShare": 0.05, "ringSeconds": 10, "ringVariation": 0.4, "noAnswerSeconds": 25,
    "talkSeconds": 155, "talkVariation": 1, "wrapSeconds": 25, "wrapVariation": 0.6,
}  # fmt: skip


def test_day_of_fifty_agents_agrees_with_the_simulation_within_error() -> None:
    simulated = simulate(SCENARIO, seed=11, days=DAYS, engine="reference")
    played = [
        total(play(dialer(orders(lines_per_idle=LINES_PER_IDLE, line_cap=80), key, **WORLD), 8))
        for key in range(100, 100 + DAYS)
    ]
    for found, told in (
        ([utilisation(day) for day in played], simulated.utilisation),
        ([day["abandons"] / day["connects"] for day in played], simulated.abandonment),
    ):
        error = stdev(found) / DAYS**0.5
        half = told.half_width or 1.0
        assert mean(found) == pytest.approx(told.mean, abs=2 * half + 4 * error)
        assert half < 0.02  # what is agreed on is known well enough to say so
