"""The fields of the weights PUT: their types and bounds, and the simulation that it may start."""

from __future__ import annotations

from collections.abc import Callable
from math import nextafter
from typing import Any

import httpx2
import pytest

from tests.emulator.blocks import (
    CONFIGURATION,
    NOT_BOOLEANS,
    NOT_NUMBERS,
    NOT_OBJECTS,
    NOT_STRINGS,
    OUTBOUND,
    SETTINGS,
    accepted,
    changed,
    faulty,
    weights,
)
from tests.emulator.caller import Caller
from tests.emulator.holds import holds

BLOCKS: dict[str, Any] = {"predictiveDialerSettings": SETTINGS, "configuration": CONFIGURATION}
FIVE = ("answer_rate", "call_rate", "predictive_factor", "max_concurrent", "agent_efficiency")
HUGE = 10**30


def send(platform: Caller, path: str, value: Any) -> httpx2.Response:
    """PUT both blocks with one value changed."""
    return platform.put(f"{OUTBOUND}/CMP-ACTIVE", weights("CMP-ACTIVE", **changed(BLOCKS, path, value)))


def assert_stored(platform: Caller, path: str, value: Any) -> None:
    expected = changed(BLOCKS, path, value)
    accepted(send(platform, path, value))
    seen = platform.campaign("CMP-ACTIVE")
    assert {block: seen[block] for block in BLOCKS} == expected


def assert_fault(platform: Caller, path: str, value: Any) -> None:
    assert faulty(send(platform, path, value)) == {path}
    seen = platform.campaign("CMP-ACTIVE")
    assert {block: seen[block] for block in BLOCKS} == dict.fromkeys(BLOCKS)
    assert seen["revision"] == 42


@holds("4.97")
@pytest.mark.parametrize("value", ["algo-1", "a", "Ünïcode ✓", "x" * 200])
def test_algorithm_is_any_string(platform: Caller, value: str) -> None:
    assert_stored(platform, "predictiveDialerSettings.algorithmId", value)


@holds("4.97")
@pytest.mark.parametrize("value", NOT_STRINGS)
def test_algorithm_is_nothing_but_a_string(platform: Caller, value: Any) -> None:
    assert_fault(platform, "predictiveDialerSettings.algorithmId", value)


@holds("4.98", "4.99")
@pytest.mark.parametrize("name", FIVE)
@pytest.mark.parametrize("value", [-1, -1.0, nextafter(-1, 0), -0.5, 0, 0.0, 5e-324, 0.5, nextafter(1, 0), 1.0, 1])
def test_weight_from_minus_1_to_1_is_stored(platform: Caller, name: str, value: float) -> None:
    assert_stored(platform, f"predictiveDialerSettings.parameterWeights.{name}", value)


@holds("4.99")
@pytest.mark.parametrize("name", FIVE)
@pytest.mark.parametrize("value", [nextafter(-1, -2), -1.01, -2, nextafter(1, 2), 1.01, 2, HUGE, -HUGE, *NOT_NUMBERS])
def test_weight_is_a_number_from_minus_1_to_1(platform: Caller, name: str, value: Any) -> None:
    assert_fault(platform, f"predictiveDialerSettings.parameterWeights.{name}", value)


@holds("4.98")
@pytest.mark.parametrize("value", [*NOT_OBJECTS, [0.1, 0.2]])
def test_weights_are_a_map(platform: Caller, value: Any) -> None:
    assert_fault(platform, "predictiveDialerSettings.parameterWeights", value)


@holds("4.100")
@pytest.mark.parametrize("value", [0.1, nextafter(0.1, 1), 0.5, nextafter(0.9, 0), 0.9])
def test_validation_split_from_1_to_9_tenths_is_stored(platform: Caller, value: float) -> None:
    assert_stored(platform, "predictiveDialerSettings.validationSplit", value)


@holds("4.100")
@pytest.mark.parametrize(
    "value", [nextafter(0.1, 0), 0.09, 0, -0.1, nextafter(0.9, 1), 0.91, 1, 20, HUGE, *NOT_NUMBERS]
)
def test_validation_split_is_a_number_from_1_to_9_tenths(platform: Caller, value: Any) -> None:
    assert_fault(platform, "predictiveDialerSettings.validationSplit", value)


@holds("4.101", "4.117")
@pytest.mark.parametrize("value", [0.01, nextafter(0.01, 1), 0.25, nextafter(0.5, 0), 0.5])
def test_deviation_limit_from_1_to_50_hundredths_is_stored(platform: Caller, value: float) -> None:
    assert_stored(platform, "predictiveDialerSettings.maxDeviationLimit", value)


@holds("4.101")
@pytest.mark.parametrize(
    "value", [nextafter(0.01, 0), 0.009, 0, -0.1, nextafter(0.5, 1), 0.51, 1, 15, HUGE, *NOT_NUMBERS]
)
def test_deviation_limit_is_a_number_from_1_to_50_hundredths(platform: Caller, value: Any) -> None:
    assert_fault(platform, "predictiveDialerSettings.maxDeviationLimit", value)


@holds("4.102")
@pytest.mark.parametrize("value", [0.001, nextafter(0.001, 1), 0.05, nextafter(0.1, 0), 0.1])
def test_convergence_threshold_from_1_to_100_thousandths_is_stored(platform: Caller, value: float) -> None:
    assert_stored(platform, "predictiveDialerSettings.convergenceThreshold", value)


@holds("4.102")
@pytest.mark.parametrize(
    "value", [nextafter(0.001, 0), 0.0009, 0, -0.1, nextafter(0.1, 1), 0.11, 1, HUGE, *NOT_NUMBERS]
)
def test_convergence_threshold_is_a_number_from_1_to_100_thousandths(platform: Caller, value: Any) -> None:
    assert_fault(platform, "predictiveDialerSettings.convergenceThreshold", value)


@holds("4.103", "4.105", "4.117")
@pytest.mark.parametrize("field", ["enablePredictiveTuning", "driftProtection"])
@pytest.mark.parametrize("value", [True, False])
def test_switch_is_stored(platform: Caller, field: str, value: bool) -> None:
    assert_stored(platform, f"configuration.{field}", value)
    assert platform.campaign("CMP-ACTIVE")["configuration"][field] is value


@holds("4.103", "4.105")
@pytest.mark.parametrize("field", ["enablePredictiveTuning", "driftProtection"])
@pytest.mark.parametrize("value", [*NOT_BOOLEANS, "false", ""])
def test_switch_is_a_boolean(platform: Caller, field: str, value: Any) -> None:
    assert_fault(platform, f"configuration.{field}", value)


@holds("4.104")
@pytest.mark.parametrize("value", ["manual", "automatic"])
def test_trigger_is_a_string(platform: Caller, value: str) -> None:
    assert_stored(platform, "configuration.simulationTrigger", value)


@holds("4.104")
@pytest.mark.parametrize("value", NOT_STRINGS)
def test_trigger_is_nothing_but_a_string(platform: Caller, value: Any) -> None:
    assert_fault(platform, "configuration.simulationTrigger", value)


@holds("4.98", "4.112")
@pytest.mark.parametrize("value", NOT_OBJECTS)
@pytest.mark.parametrize("block", BLOCKS)
def test_block_that_is_no_object_is_a_fault(platform: Caller, block: str, value: Any) -> None:
    assert_fault(platform, block, value)


@holds("4.97", "4.99", "4.100", "4.101", "4.102", "4.103", "4.104", "4.105", "4.106", "4.96")
def test_every_fault_of_a_put_is_told_at_once(platform: Caller) -> None:
    settings = {
        "algorithmId": 5,
        "parameterWeights": {"answer_rate": 1.5, "extra": 0.1},
        "validationSplit": 0.95,
        "maxDeviationLimit": "0.1",
        "convergenceThreshold": True,
    }
    configuration = {"enablePredictiveTuning": "yes", "simulationTrigger": 1, "driftProtection": 0, "extra": None}
    body = {"id": "CMP-FULL", "version": "42", "predictiveDialerSettings": settings, "configuration": configuration}
    inner = [field for field in settings if field != "parameterWeights"]
    weighed = ["parameterWeights.answer_rate", "parameterWeights.extra"]
    expected = {"id", "version", *(f"predictiveDialerSettings.{field}" for field in [*inner, *weighed])}
    expected |= {f"configuration.{field}" for field in configuration}
    assert faulty(platform.put(f"{OUTBOUND}/CMP-ACTIVE", body)) == expected


def simulation_started_by(launch: Callable[..., Caller], **blocks: Any) -> httpx2.Response:
    """Answer what became of the first simulation of an emulator after a PUT.

    Nothing tells the id of a simulation that started by itself. But ids follow from the seed and the requests, so the
    first simulation of a twin that is asked for one outright has the same.
    """
    order = {"campaignId": "CMP-ACTIVE", "simulationType": "predictive_weight_validation", "durationSeconds": 60}
    expected = accepted(launch().post(f"{OUTBOUND}/simulations", order), 202)["id"]
    platform = launch()
    accepted(platform.put(f"{OUTBOUND}/CMP-ACTIVE", weights("CMP-ACTIVE", **blocks)))
    return platform.get(f"{OUTBOUND}/simulations/{expected}")


@holds("4.115")
@pytest.mark.parametrize("rest", [{}, {"predictiveDialerSettings": SETTINGS}])
def test_automatic_trigger_starts_a_simulation(launch: Callable[..., Caller], rest: dict[str, Any]) -> None:
    configuration = {**CONFIGURATION, "simulationTrigger": "automatic"}
    seen = accepted(simulation_started_by(launch, configuration=configuration, **rest))
    assert seen["campaignId"] == "CMP-ACTIVE"


@holds("4.116")
@pytest.mark.parametrize("rest", [{}, {"predictiveDialerSettings": SETTINGS}])
def test_manual_trigger_starts_no_simulation(launch: Callable[..., Caller], rest: dict[str, Any]) -> None:
    assert simulation_started_by(launch, configuration=CONFIGURATION, **rest).status_code == 404
