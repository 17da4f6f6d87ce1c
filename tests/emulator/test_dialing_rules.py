"""The dialing rules block: every field, every bound, every way to get it wrong."""

from __future__ import annotations

from math import nextafter
from typing import Any

import httpx2
import pytest

from tests.emulator.blocks import (
    NOT_INTEGERS,
    NOT_NUMBERS,
    NOT_OBJECTS,
    NOT_STRINGS,
    OUTBOUND,
    PREFIXES,
    RULES,
    accepted,
    changed,
    fault_status,
    faulty,
    refused,
    without,
)
from tests.emulator.caller import Caller
from tests.emulator.holds import holds

PATH = f"{OUTBOUND}/CMP-ACTIVE"
EMPTY = changed(RULES, "retrySettings.intervalMinutes", [])
"""Rules without intervals, so that any number of attempts goes with them."""
INTERVALS = "retrySettings.intervalMinutes"
HUGE = 10**30


def send(platform: Caller, path: str, value: Any, rules: dict[str, Any] = EMPTY) -> httpx2.Response:
    """PATCH the rules with one value changed."""
    return platform.patch(PATH, {"dialingRules": changed(rules, path, value)})


def assert_stored(platform: Caller, path: str, value: Any, rules: dict[str, Any] = EMPTY) -> None:
    expected = changed(rules, path, value)
    assert accepted(send(platform, path, value, rules))["dialingRules"] == expected
    assert platform.campaign("CMP-ACTIVE")["dialingRules"] == expected


def assert_fault(platform: Caller, path: str, value: Any, rules: dict[str, Any] = EMPTY) -> None:
    assert faulty(send(platform, path, value, rules)) == {f"dialingRules.{path}"}
    seen = platform.campaign("CMP-ACTIVE")
    assert (seen["dialingRules"], seen["revision"]) == (None, 42)


@holds("4.72", "4.73")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    ("rest", "headers"),
    [
        ({}, {}),
        ({"revision": 42}, {}),
        ({}, {"X-If-Match": "42"}),
        ({"revision": 42}, {"X-If-Match": "42"}),
        ({"revision": 42}, {"X-If-Match": "42", "If-Match": '"42"'}),
    ],
)
def test_rules_are_written_with_or_without_the_revision_they_are_meant_for(
    platform: Caller, prefix: str, rest: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {"dialingRules": RULES, **rest}, headers=headers)
    seen = accepted(answer)
    assert (seen["dialingRules"], seen["revision"]) == (RULES, 43)


@holds("4.72", "4.73")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    ("rest", "headers"),
    [({"revision": 41}, {}), ({}, {"X-If-Match": "43"}), ({"revision": 0}, {}), ({}, {"X-If-Match": "0"})],
)
def test_rules_meant_for_another_revision_are_refused(
    platform: Caller, prefix: str, rest: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {"dialingRules": RULES, **rest}, headers=headers)
    assert refused(answer, 409, "revision_conflict")["currentRevision"] == 42


@holds("4.74")
@pytest.mark.parametrize("value", ["PREDICTIVE", "PROGRESSIVE", "POWER", "PREVIEW"])
def test_dialing_method_is_one_of_four(platform: Caller, value: str) -> None:
    assert_stored(platform, "dialingMethod", value)


@holds("4.74")
@pytest.mark.parametrize("value", ["predictive", "POWER ", "", "MANUAL", "PROGRESSIVE\n", *NOT_STRINGS])
def test_dialing_method_is_nothing_else(platform: Caller, value: Any) -> None:
    assert_fault(platform, "dialingMethod", value)


@holds("4.75")
@pytest.mark.parametrize("value", [1, 2, 150, 299, 300])
def test_attempts_from_1_to_300_are_stored(platform: Caller, value: int) -> None:
    assert_stored(platform, "retrySettings.maxAttempts", value)


@holds("4.75")
@pytest.mark.parametrize("value", [0, -1, 301, HUGE, -HUGE, 1.5, *NOT_INTEGERS])
def test_attempts_are_an_integer_from_1_to_300(platform: Caller, value: Any) -> None:
    assert_fault(platform, "retrySettings.maxAttempts", value)


@holds("4.76", "4.77", "4.78")
@pytest.mark.parametrize(
    "value", [[1], [2], [49999], [50000], [1, 2], [1, 50000], [49999, 50000], [1, 2, 3, 4, 5], [10, 20, 40, 80, 160]]
)
def test_rising_intervals_are_stored(platform: Caller, value: list[int]) -> None:
    assert_stored(platform, INTERVALS, value)


@holds("4.78")
@pytest.mark.parametrize(
    ("value", "at"), [([0], 0), ([-1], 0), ([50001], 0), ([HUGE], 0), ([0, 5], 0), ([5, 50001], 1), ([1, 2, 50001], 2)]
)
def test_interval_is_from_1_to_50000(platform: Caller, value: list[int], at: int) -> None:
    assert faulty(send(platform, INTERVALS, value)) == {f"dialingRules.{INTERVALS}[{at}]"}


@holds("4.76")
@pytest.mark.parametrize("value", NOT_INTEGERS)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_interval_is_an_integer(platform: Caller, value: Any, at: int) -> None:
    intervals: list[Any] = [10, 20, 30]
    intervals[at] = value
    assert faulty(send(platform, INTERVALS, intervals)) == {f"dialingRules.{INTERVALS}[{at}]"}


@holds("4.76", "4.78")
def test_every_interval_at_fault_is_told(platform: Caller) -> None:
    fields = faulty(send(platform, INTERVALS, [0, "5", 50001]))
    assert {f"dialingRules.{INTERVALS}[{at}]" for at in range(3)} <= fields


@holds("4.76", "4.85")
@pytest.mark.parametrize("value", [None, True, 5, "30", {}, {"0": 30}])
def test_intervals_are_a_list_and_never_null(platform: Caller, value: Any) -> None:
    assert_fault(platform, INTERVALS, value)


@holds("4.77")
@pytest.mark.parametrize("value", [[1, 1], [2, 1], [50000, 1], [1, 3, 3], [1, 3, 2], [5, 4, 6], [10, 20, 10, 20]])
def test_intervals_that_do_not_rise_are_a_fault(platform: Caller, value: list[int]) -> None:
    fields = faulty(send(platform, INTERVALS, value))
    assert fields
    assert all(field.startswith(f"dialingRules.{INTERVALS}") for field in fields)
    assert platform.campaign("CMP-ACTIVE")["dialingRules"] is None


@holds("4.79")
@pytest.mark.parametrize("attempts", [1, 2, 3, 300])
def test_as_many_intervals_as_attempts_are_stored(platform: Caller, attempts: int) -> None:
    rules = changed(RULES, "retrySettings.maxAttempts", attempts)
    assert_stored(platform, INTERVALS, list(range(1, attempts + 1)), rules)


@holds("4.79")
@pytest.mark.parametrize("attempts", [1, 2, 3, 300])
def test_one_interval_more_than_attempts_is_a_fault(platform: Caller, attempts: int) -> None:
    rules = changed(RULES, "retrySettings.maxAttempts", attempts)
    assert_fault(platform, INTERVALS, list(range(1, attempts + 2)), rules)


@holds("4.84")
@pytest.mark.parametrize("attempts", [1, 5, 300])
def test_intervals_may_be_empty(platform: Caller, attempts: int) -> None:
    assert_stored(platform, INTERVALS, [], changed(RULES, "retrySettings.maxAttempts", attempts))


@holds("4.80")
@pytest.mark.parametrize("value", [0, 0.0, 5e-324, 0.001, 0.03, nextafter(0.05, 0), 0.05])
def test_rate_from_0_to_5_hundredths_is_stored(platform: Caller, value: float) -> None:
    assert_stored(platform, "abandonmentRateThreshold.maxRate", value)


@holds("4.80")
@pytest.mark.parametrize("value", [-5e-324, -0.01, nextafter(0.05, 1), 0.051, 0.5, 1, 3, 5, -1, HUGE, *NOT_NUMBERS])
def test_rate_is_a_number_from_0_to_5_hundredths(platform: Caller, value: Any) -> None:
    assert_fault(platform, "abandonmentRateThreshold.maxRate", value)


@holds("4.81")
@pytest.mark.parametrize("value", [0, 1, 2, 86400, 2**31 - 1, 2**31])
def test_cool_down_from_0_up_is_stored(platform: Caller, value: int) -> None:
    assert_stored(platform, "abandonmentRateThreshold.coolDownSec", value)


@holds("4.81")
@pytest.mark.parametrize("value", [-1, -2, -HUGE, 0.5, *NOT_INTEGERS])
def test_cool_down_is_an_integer_from_0_up(platform: Caller, value: Any) -> None:
    assert_fault(platform, "abandonmentRateThreshold.coolDownSec", value)


@holds("4.82")
@pytest.mark.parametrize("value", [1, 2, 9, 10])
def test_calls_per_agent_from_1_to_10_are_stored(platform: Caller, value: int) -> None:
    assert_stored(platform, "maxCallsPerAgent", value)


@holds("4.82")
@pytest.mark.parametrize("value", [0, -1, 11, HUGE, 1.5, *NOT_INTEGERS])
def test_calls_per_agent_are_an_integer_from_1_to_10(platform: Caller, value: Any) -> None:
    assert_fault(platform, "maxCallsPerAgent", value)


LEAVES = [
    "dialingMethod",
    "retrySettings",
    "retrySettings.maxAttempts",
    "retrySettings.intervalMinutes",
    "abandonmentRateThreshold",
    "abandonmentRateThreshold.maxRate",
    "abandonmentRateThreshold.coolDownSec",
    "maxCallsPerAgent",
]


@holds("4.83")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("path", LEAVES)
def test_missing_field_of_the_rules_is_a_fault(platform: Caller, prefix: str, path: str) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {"dialingRules": without(RULES, path)})
    assert faulty(answer, fault_status(prefix)) == {f"dialingRules.{path}"}


@holds("4.83")
def test_stored_rules_do_not_stand_in_for_a_missing_field(platform: Caller) -> None:
    body = {"dialingRules": without(RULES, "maxCallsPerAgent")}
    assert faulty(platform.patch(f"{OUTBOUND}/CMP-FULL", body)) == {"dialingRules.maxCallsPerAgent"}


@holds("4.83")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    "path", ["extra", "dialingmethod", "retrySettings.extra", "abandonmentRateThreshold.maxrate", "revision"]
)
def test_unknown_field_of_the_rules_is_a_fault(platform: Caller, prefix: str, path: str) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {"dialingRules": changed(RULES, path, 1)})
    assert faulty(answer, fault_status(prefix)) == {f"dialingRules.{path}"}


@holds("4.83")
@pytest.mark.parametrize("value", NOT_OBJECTS)
@pytest.mark.parametrize("path", ["retrySettings", "abandonmentRateThreshold"])
def test_part_of_the_rules_that_is_no_object_is_a_fault(platform: Caller, path: str, value: Any) -> None:
    assert_fault(platform, path, value)


@holds("4.83")
@pytest.mark.parametrize("value", NOT_OBJECTS)
def test_rules_that_are_no_object_are_a_fault(platform: Caller, value: Any) -> None:
    assert faulty(platform.patch(PATH, {"dialingRules": value})) == {"dialingRules"}


@holds("4.83")
def test_every_missing_field_of_empty_rules_is_told(platform: Caller) -> None:
    fields = faulty(platform.patch(PATH, {"dialingRules": {}}))
    assert fields == {f"dialingRules.{path}" for path in LEAVES if "." not in path}


@holds("4.86")
def test_rules_replace_the_stored_ones_whole(platform: Caller) -> None:
    seen = accepted(platform.patch(f"{OUTBOUND}/CMP-FULL", {"dialingRules": EMPTY}))
    assert seen["dialingRules"] == EMPTY
    assert platform.campaign("CMP-FULL")["dialingRules"] == EMPTY


@holds("4.86")
def test_rules_leave_every_other_block_alone(platform: Caller) -> None:
    before = platform.campaign("CMP-FULL")
    after = accepted(platform.patch(f"{OUTBOUND}/CMP-FULL", {"dialingRules": RULES}))
    assert after == {**before, "dialingRules": RULES, "revision": 101, "version": 101}


@holds("4.74", "4.75", "4.78", "4.80", "4.81", "4.82")
@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_fault_of_the_rules_is_told_at_once(platform: Caller, prefix: str) -> None:
    rules = {
        "dialingMethod": "FAST",
        "retrySettings": {"maxAttempts": 301, "intervalMinutes": [0], "extra": None},
        "abandonmentRateThreshold": {"maxRate": 3, "coolDownSec": -1},
        "maxCallsPerAgent": "2",
    }
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {"dialingRules": rules})
    paths = [*LEAVES[:1], LEAVES[2], f"{INTERVALS}[0]", "retrySettings.extra", *LEAVES[5:]]
    assert faulty(answer, fault_status(prefix)) == {f"dialingRules.{path}" for path in paths}
