"""The predictive parameters block: every field, every bound, every way to get it wrong."""

from __future__ import annotations

from math import nextafter
from typing import Any

import httpx2
import pytest

from tests.emulator.blocks import (
    CAMPAIGNS,
    NOT_INTEGERS,
    NOT_NUMBERS,
    NOT_OBJECTS,
    NOT_STRINGS,
    OUTBOUND,
    PREDICTIVE,
    PREFIXES,
    accepted,
    changed,
    fault_status,
    faulty,
    refused,
    same_instant,
    without,
)
from tests.emulator.caller import START, Caller
from tests.emulator.holds import holds

PATH = f"{CAMPAIGNS}/CMP-ACTIVE"
HUGE = 10**30


def send(platform: Caller, field: str, value: Any) -> httpx2.Response:
    """PATCH the predictive parameters with one value changed."""
    return platform.patch(PATH, {"predictiveDialer": changed(PREDICTIVE, field, value)})


def assert_stored(platform: Caller, field: str, value: Any) -> None:
    expected = changed(PREDICTIVE, field, value)
    assert accepted(send(platform, field, value))["predictiveDialer"] == expected
    assert platform.campaign("CMP-ACTIVE")["predictiveDialer"] == expected


def assert_fault(platform: Caller, field: str, value: Any) -> None:
    assert faulty(send(platform, field, value), 422) == {f"predictiveDialer.{field}"}
    seen = platform.campaign("CMP-ACTIVE")
    assert (seen["predictiveDialer"], seen["revision"]) == (None, 42)


@holds("4.87", "4.95")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("campaign", ["CMP-ACTIVE", "CMP-PAUSED", "CMP-STOPPED"])
def test_parameters_are_written_alone_without_a_precondition(platform: Caller, prefix: str, campaign: str) -> None:
    before = platform.campaign(campaign)
    seen = accepted(platform.patch(f"{prefix}/{campaign}", {"predictiveDialer": PREDICTIVE}))
    number = before["revision"] + 1
    assert seen == {**before, "predictiveDialer": PREDICTIVE, "revision": number, "version": number}


@holds("4.87")
@pytest.mark.parametrize("prefix", PREFIXES)
def test_parameters_are_written_together_with_a_transition(platform: Caller, prefix: str) -> None:
    body = {"predictiveDialer": PREDICTIVE, "status": "PAUSED"}
    seen = accepted(platform.patch(f"{prefix}/CMP-ACTIVE", body))
    assert (seen["predictiveDialer"], seen["status"], seen["revision"]) == (PREDICTIVE, "PAUSED", 43)
    assert same_instant(seen["transitionTime"], START)


@holds("4.87")
def test_parameters_are_written_beside_the_present_status(platform: Caller) -> None:
    seen = accepted(platform.patch(PATH, {"predictiveDialer": PREDICTIVE, "status": "ACTIVE"}))
    assert (seen["predictiveDialer"], seen["status"], seen["transitionTime"]) == (PREDICTIVE, "ACTIVE", None)


@holds("4.87")
def test_parameters_beside_an_illegal_status_are_refused(platform: Caller) -> None:
    body = {"predictiveDialer": PREDICTIVE, "status": "PAUSED"}
    refused(platform.patch(f"{CAMPAIGNS}/CMP-STOPPED", body), 409, "illegal_transition")
    assert platform.campaign("CMP-STOPPED")["predictiveDialer"] is None


@holds("4.88")
@pytest.mark.parametrize("value", [0.40, nextafter(0.4, 1), 0.41, 0.5, 0.94, nextafter(0.95, 0), 0.95])
def test_answer_rate_from_40_to_95_hundredths_is_stored(platform: Caller, value: float) -> None:
    assert_stored(platform, "answerRate", value)


@holds("4.88")
@pytest.mark.parametrize(
    "value", [nextafter(0.4, 0), 0.39, 0, -0.5, nextafter(0.95, 1), 0.951, 1, 1.0, 40, 95, HUGE, -HUGE, *NOT_NUMBERS]
)
def test_answer_rate_is_a_number_from_40_to_95_hundredths(platform: Caller, value: Any) -> None:
    assert_fault(platform, "answerRate", value)


@holds("4.89")
@pytest.mark.parametrize("value", [0, 0.0, 5e-324, 0.001, 0.015, nextafter(0.03, 0), 0.03])
def test_abandon_rate_from_0_to_3_hundredths_is_stored(platform: Caller, value: float) -> None:
    assert_stored(platform, "abandonRate", value)


@holds("4.89")
@pytest.mark.parametrize("value", [-5e-324, -0.01, nextafter(0.03, 1), 0.031, 0.3, 1, 3, HUGE, *NOT_NUMBERS])
def test_abandon_rate_is_a_number_from_0_to_3_hundredths(platform: Caller, value: Any) -> None:
    assert_fault(platform, "abandonRate", value)


@holds("4.90")
@pytest.mark.parametrize("value", [5, 6, 77, 149, 150])
def test_concurrent_calls_from_5_to_150_are_stored(platform: Caller, value: int) -> None:
    assert_stored(platform, "maxConcurrentCalls", value)


@holds("4.90")
@pytest.mark.parametrize("value", [4, 0, -5, 151, HUGE, 5.5, *NOT_INTEGERS])
def test_concurrent_calls_are_an_integer_from_5_to_150(platform: Caller, value: Any) -> None:
    assert_fault(platform, "maxConcurrentCalls", value)


@holds("4.91")
@pytest.mark.parametrize("value", [50, 51, 275, 499, 500])
def test_call_interval_from_50_to_500_is_stored(platform: Caller, value: int) -> None:
    assert_stored(platform, "callInterval", value)


@holds("4.91")
@pytest.mark.parametrize("value", [49, 0, -50, 501, HUGE, 50.5, 50.0, *NOT_INTEGERS])
def test_call_interval_is_an_integer_from_50_to_500(platform: Caller, value: Any) -> None:
    assert_fault(platform, "callInterval", value)


@holds("4.92")
@pytest.mark.parametrize(
    "value", ["PREDICTIVE", "Predictive", "predictive ", "", "progressive", "predictive\n", *NOT_STRINGS]
)
def test_strategy_is_predictive_and_nothing_else(platform: Caller, value: Any) -> None:
    assert_fault(platform, "strategy", value)


@holds("4.93")
@pytest.mark.parametrize("value", [0, 1, 2, 86400, 2**31 - 1, 2**31])
def test_warm_up_from_0_up_is_stored(platform: Caller, value: int) -> None:
    assert_stored(platform, "warmUpPeriod", value)


@holds("4.93")
@pytest.mark.parametrize("value", [-1, -2, -HUGE, 0.5, *NOT_INTEGERS])
def test_warm_up_is_an_integer_from_0_up(platform: Caller, value: Any) -> None:
    assert_fault(platform, "warmUpPeriod", value)


@holds("4.94")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("field", PREDICTIVE)
@pytest.mark.parametrize("campaign", ["CMP-ACTIVE", "CMP-FULL"])
def test_missing_parameter_is_a_fault_whatever_is_stored(
    platform: Caller, prefix: str, field: str, campaign: str
) -> None:
    before = platform.campaign(campaign)
    answer = platform.patch(f"{prefix}/{campaign}", {"predictiveDialer": without(PREDICTIVE, field)})
    assert faulty(answer, fault_status(prefix)) == {f"predictiveDialer.{field}"}
    assert platform.campaign(campaign) == before


@holds("4.94")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("field", ["extra", "answerrate", "answer_rate", "status", "maxCallsPerAgent"])
def test_unknown_parameter_is_a_fault(platform: Caller, prefix: str, field: str) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {"predictiveDialer": {**PREDICTIVE, field: 0.5}})
    assert faulty(answer, fault_status(prefix)) == {f"predictiveDialer.{field}"}


@holds("4.94")
@pytest.mark.parametrize("value", NOT_OBJECTS)
def test_parameters_that_are_no_object_are_a_fault(platform: Caller, value: Any) -> None:
    assert faulty(platform.patch(PATH, {"predictiveDialer": value}), 422) == {"predictiveDialer"}


@holds("4.94")
@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_missing_parameter_is_told(platform: Caller, prefix: str) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {"predictiveDialer": {}})
    assert faulty(answer, fault_status(prefix)) == {f"predictiveDialer.{field}" for field in PREDICTIVE}


@holds("4.88", "4.89", "4.90", "4.91", "4.92", "4.93")
def test_every_parameter_at_fault_is_told(platform: Caller) -> None:
    wrong = {
        "answerRate": 0.96,
        "abandonRate": "0.01",
        "maxConcurrentCalls": 5.0,
        "callInterval": True,
        "strategy": "fast",
        "warmUpPeriod": -1,
    }
    fields = faulty(platform.patch(PATH, {"predictiveDialer": wrong}), 422)
    assert fields == {f"predictiveDialer.{field}" for field in PREDICTIVE}


@holds("4.94")
def test_parameters_replace_the_stored_ones_and_nothing_else(platform: Caller) -> None:
    before = platform.campaign("CMP-FULL")
    after = accepted(platform.patch(f"{CAMPAIGNS}/CMP-FULL", {"predictiveDialer": PREDICTIVE}))
    assert after == {**before, "predictiveDialer": PREDICTIVE, "revision": 101, "version": 101}


@holds("4.95")
def test_parameters_heed_a_precondition_that_is_sent_all_the_same(platform: Caller) -> None:
    body = {"predictiveDialer": PREDICTIVE}
    stale = platform.patch(PATH, body, headers={"X-If-Match": "41"})
    refused(stale, 409, "revision_conflict")
    accepted(platform.patch(PATH, body, headers={"X-If-Match": "42"}))


@holds("4.90", "4.91", "4.93")
@pytest.mark.parametrize("field", ["maxConcurrentCalls", "callInterval", "warmUpPeriod"])
@pytest.mark.parametrize("number", ["100.0", "1e2", "1E2", "100.00", "1000e-1"])
def test_integer_with_a_point_or_an_exponent_is_a_fault(platform: Caller, field: str, number: str) -> None:
    parts = [f'"{name}": {number if name == field else repr(value)}' for name, value in PREDICTIVE.items()]
    text = '{"predictiveDialer": {' + ", ".join(parts).replace("'", '"') + "}}"
    assert faulty(platform.patch(PATH, body=text.encode()), 422) == {f"predictiveDialer.{field}"}


@holds("4.88", "4.89")
@pytest.mark.parametrize(
    ("field", "number"), [("answerRate", "1e400"), ("abandonRate", "-1e400"), ("answerRate", "6e-1000")]
)
def test_number_beyond_every_float_is_a_fault(platform: Caller, field: str, number: str) -> None:
    parts = [f'"{name}": {number if name == field else repr(value)}' for name, value in PREDICTIVE.items()]
    text = '{"predictiveDialer": {' + ", ".join(parts).replace("'", '"') + "}}"
    assert faulty(platform.patch(PATH, body=text.encode()), 422) == {f"predictiveDialer.{field}"}


@holds("4.88", "4.89")
@pytest.mark.parametrize(("field", "number"), [("answerRate", "5e-1"), ("answerRate", "0.50"), ("abandonRate", "1E-2")])
def test_number_may_be_written_with_an_exponent(platform: Caller, field: str, number: str) -> None:
    parts = [f'"{name}": {number if name == field else repr(value)}' for name, value in PREDICTIVE.items()]
    text = '{"predictiveDialer": {' + ", ".join(parts).replace("'", '"') + "}}"
    assert accepted(platform.patch(PATH, body=text.encode()))["predictiveDialer"][field] == float(number)


@holds("4.87")
def test_parameters_read_the_same_under_the_outbound_prefix(platform: Caller) -> None:
    platform.patch(PATH, {"predictiveDialer": PREDICTIVE})
    assert accepted(platform.get(f"{OUTBOUND}/CMP-ACTIVE"))["predictiveDialer"] == PREDICTIVE
