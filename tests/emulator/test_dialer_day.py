"""A day of the running emulator, read through the contract, agrees with the simulation of the same campaign."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchmarks.emulator_dialer.day import CAMPAIGN, MEASURES, SCENARIO, START, TENANT, compared, emulated_days
from paceline.simulation.engine import simulate
from paceline.simulation.reading import read_scenario
from paceline.testing import running_emulator
from tests.trust import http_client


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


def test_after_a_reset_the_same_requests_have_the_same_calls() -> None:
    tenants = TENANT + CAMPAIGN.format(number=0)
    with running_emulator(tenants, now=START, speed=0.0, seed=11) as emulator, http_client() as http:
        told = []
        for _ in range(2):
            http.put(f"{emulator.url}/_emulator/clock", json={"advanceSeconds": 600}).raise_for_status()
            form = {"grant_type": "client_credentials", "client_id": "bench", "client_secret": "bench"}
            token = http.post(f"{emulator.url}/oauth/token", data=form).json()["access_token"]
            asked = {"from": START, "to": "2030-01-01T00:00:00Z"}
            answer = http.get(
                f"{emulator.url}/api/v2/campaigns/statistics",
                params=asked,
                headers={"Authorization": f"Bearer {token}"},
            )
            told.append(answer.json()["campaigns"])
            emulator.reset()
    assert told[0] == told[1]
    assert told[0][0]["dials"] > 100, told
