"""Simulations that are really played: when they are ready, what they say, and of which campaign they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from paceline.emulator.dialer.trial import ratio
from tests.emulator.caller import Caller
from tests.emulator.documents import OUT, SIMULATIONS, pacing, rules, simulation, weights
from tests.emulator.holds import holds

F = "CMP-FULL"
RATES = ("answerRate", "abandonmentRate", "agentUtilisation")


def begun(platform: Caller, **changes: Any) -> str:
    answer = platform.post(SIMULATIONS, simulation(F, **changes))
    assert (answer.status_code, answer.json()["status"]) == (202, "RUNNING")
    identifier: str = answer.json()["id"]
    return identifier


def read(platform: Caller, identifier: str) -> dict[str, Any]:
    document: dict[str, Any] = platform.get(f"{SIMULATIONS}/{identifier}").json()
    return document


@holds("6.06", "6.07", "6.08", "6.09")
def test_simulation_runs_for_its_seconds_and_then_tells_what_it_came_to(platform: Caller) -> None:
    identifier = begun(platform, durationSeconds=60)
    platform.advance(59.9)
    running = read(platform, identifier)
    assert (running["status"], running["result"]) == ("RUNNING", None)
    platform.advance(0.1)
    told = read(platform, identifier)
    assert told["status"] == "COMPLETED"
    assert set(told["result"]) == {*RATES, "calls"}
    for name in RATES:
        rate = told["result"][name]
        assert 0 <= rate["low"] <= rate["value"] <= rate["high"] <= 1
    assert type(told["result"]["calls"]) is int
    assert told["result"]["calls"] > 0
    platform.advance(600)
    assert read(platform, identifier) == told


@holds("6.09")
def test_simulation_is_of_the_campaign_as_it_was_when_it_was_asked_for(launch: Callable[..., Caller]) -> None:
    told = []
    for changes in (False, True):
        platform = launch()
        identifier = begun(platform)
        if changes:
            assert platform.patch(f"{OUT}/{F}", {"predictiveDialer": pacing(maxConcurrentCalls=5)}).status_code == 200
        platform.advance(60)
        told.append(read(platform, identifier))
    assert told[0] == told[1]
    assert told[0]["status"] == "COMPLETED"


@holds("6.09")
def test_simulated_harm_of_a_wrong_belief_is_seen(launch: Callable[..., Caller]) -> None:
    platform = launch()  # one of its own: what chance gives depends on what was asked before
    platform.arrange(F, dialer={"answerRate": 0.6})
    found = []
    for belief in (0.95, 0.4):
        blocks = {"dialingRules": rules(dialingMethod="PREDICTIVE"), "predictiveDialer": pacing(answerRate=belief)}
        assert platform.patch(f"{OUT}/{F}", blocks).status_code == 200
        identifier = begun(platform, durationSeconds=600)
        platform.advance(600)
        found.append(read(platform, identifier)["result"])
    assert found[0]["abandonmentRate"]["high"] < found[1]["abandonmentRate"]["low"]
    # An interval of 95 % misses one time in twenty; three times as wide it misses hardly ever.
    told = found[0]["answerRate"]
    assert abs(told["value"] - 0.6) < 3 * (told["high"] - told["low"]) / 2


@holds("6.13")
def test_automatic_simulation_is_completed_after_300_seconds(platform: Caller) -> None:
    body = weights(F, configuration={"enablePredictiveTuning": True, "simulationTrigger": "automatic",
                                     "driftProtection": True})  # fmt: skip
    assert platform.put(f"{OUT}/{F}", body).status_code == 200
    platform.advance(299)
    assert [one["status"] for one in platform.control("GET", f"/campaigns/{F}")["simulations"]] == ["RUNNING"]
    platform.advance(1)
    (told,) = platform.control("GET", f"/campaigns/{F}")["simulations"]
    assert (told["status"], told["durationSeconds"]) == ("COMPLETED", 300)


def test_simulation_leaves_what_was_measured_alone(platform: Caller) -> None:
    identifier = begun(platform)
    platform.advance(60)
    assert read(platform, identifier)["status"] == "COMPLETED"
    assert platform.get(f"/api/v2/campaigns/{F}/statistics").json()["dials"] == 0


@pytest.mark.parametrize(
    ("above", "below", "value", "error"),
    [
        ([1, 2, 3], [2, 4, 6], 0.5, 0.0),
        ([0, 2], [2, 2], 0.5, 2.093 * (2 * (1 + 1)) ** 0.5 / 4),
    ],
)
def test_interval_is_that_of_the_linearised_ratio(
    above: list[int], below: list[int], value: float, error: float
) -> None:
    found = ratio(above, below)
    assert found["value"] == value
    assert found["high"] == pytest.approx(min(1.0, value + error))
    assert found["low"] == pytest.approx(max(0.0, value - error))
