"""A day of the running emulator, read through the contract, agrees with the simulation of the same campaign."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.emulator_dialer.day import MEASURES, SCENARIO, compared, emulated_days
from paceline.simulation.engine import simulate
from paceline.simulation.reading import read_scenario


@pytest.fixture(scope="module")
def days() -> list[dict[str, Any]]:
    """Six days of fifty agents, as the contract tells them."""
    return emulated_days(6, speed=0)


def test_eight_hours_of_fifty_agents_agree_with_the_simulation_within_error(days: list[dict[str, Any]]) -> None:
    assert all(day["dials"] > 20_000 and day["agentSeconds"]["staffed"] > 49 * 8 * 3600 for day in days)
    scenario = read_scenario(SCENARIO)
    rows = compared(days, simulate(scenario, seed=5, days=40))
    assert [one.name for one in rows] == list(MEASURES)
    assert all(abs(one.z) < 4 for one in rows), rows


def test_a_campaign_that_is_paced_otherwise_does_not_agree(days: list[dict[str, Any]]) -> None:
    scenario = read_scenario(SCENARIO)
    assert scenario.pacing is not None
    faster = replace(scenario, pacing=replace(scenario.pacing, lines_per_idle=4.2))
    rows = {one.name: one.z for one in compared(days, simulate(faster, seed=5, days=40))}
    assert rows["abandonment"] < -4
    assert rows["utilisation"] < -4
