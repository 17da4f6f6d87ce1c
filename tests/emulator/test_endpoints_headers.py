"""What the headers of a write ask for: the kind of answer (Prefer) and the revision it is meant for."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from tests.emulator.blocks import (
    CAMPAIGNS,
    CONFIGURATION,
    OUTBOUND,
    PREDICTIVE,
    PREFIXES,
    RULES,
    accepted,
    fault_status,
    faulty,
    refused,
    timetable,
    weights,
)
from tests.emulator.caller import Caller
from tests.emulator.holds import holds

MINIMAL = {"Prefer": "return=minimal"}
ASYNC = {"Prefer": "respond-async"}

BODIES: list[dict[str, Any]] = [
    {"status": "PAUSED"},
    {"status": "STOPPED", "effectiveTime": "2026-06-15T13:00Z"},
    {"dialingRules": RULES},
    {"predictiveDialer": PREDICTIVE},
]


def put_weights(platform: Caller, headers: dict[str, str]) -> httpx2.Response:
    body = weights("CMP-ACTIVE", configuration=CONFIGURATION)
    return platform.put(f"{OUTBOUND}/CMP-ACTIVE", body, headers=headers)


def put_schedule(platform: Caller, headers: dict[str, str]) -> httpx2.Response:
    body = timetable("CMP-FULL")
    return platform.put(f"{CAMPAIGNS}/CMP-FULL/schedule", body, headers={"If-Match": 'W/"1"', **headers})


@holds("3.44", "3.46")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("body", BODIES)
def test_minimal_answer_to_a_patch_is_204_and_empty(platform: Caller, prefix: str, body: dict[str, Any]) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", body, headers=MINIMAL)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["ETag"] == '"43"'
    assert platform.campaign("CMP-ACTIVE")["revision"] == 43


@holds("3.44", "3.46")
def test_minimal_answer_comes_after_the_effect(platform: Caller) -> None:
    path = f"{OUTBOUND}/CMP-ACTIVE"
    platform.patch(path, {"status": "PAUSED", "dialingRules": RULES}, headers=MINIMAL)
    seen = platform.campaign("CMP-ACTIVE")
    assert (seen["status"], seen["dialingRules"]) == ("PAUSED", RULES)


@holds("3.45", "3.46")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("body", BODIES)
def test_async_answer_to_a_patch_is_202(platform: Caller, prefix: str, body: dict[str, Any]) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", body, headers=ASYNC)
    assert answer.status_code == 202
    assert answer.headers["ETag"] == '"43"'
    assert platform.campaign("CMP-ACTIVE")["revision"] == 43


@holds("3.45", "3.46")
def test_async_answer_comes_after_the_effect(platform: Caller) -> None:
    path = f"{OUTBOUND}/CMP-ACTIVE"
    platform.patch(path, {"status": "PAUSED", "predictiveDialer": PREDICTIVE}, headers=ASYNC)
    seen = platform.campaign("CMP-ACTIVE")
    assert (seen["status"], seen["predictiveDialer"]) == ("PAUSED", PREDICTIVE)


@holds("3.44", "3.45", "3.46")
@pytest.mark.parametrize(("headers", "status"), [(MINIMAL, 204), (ASYNC, 202)])
def test_put_of_weights_heeds_the_preference(platform: Caller, headers: dict[str, str], status: int) -> None:
    answer = put_weights(platform, headers)
    assert answer.status_code == status
    assert answer.headers["ETag"] == '"43"'
    assert platform.campaign("CMP-ACTIVE")["configuration"] == CONFIGURATION


@holds("3.44", "3.45", "3.46")
@pytest.mark.parametrize(("headers", "status"), [(MINIMAL, 204), (ASYNC, 202)])
def test_put_of_a_schedule_heeds_the_preference(platform: Caller, headers: dict[str, str], status: int) -> None:
    answer = put_schedule(platform, headers)
    assert answer.status_code == status
    seen = platform.get(f"{CAMPAIGNS}/CMP-FULL/schedule")
    assert seen.headers["ETag"] == answer.headers["ETag"]
    assert accepted(seen)["maxConcurrentCalls"] == 20


@holds("3.47")
@pytest.mark.parametrize("headers", [{}, {"Prefer": "return=representation"}, {"Prefer": "handling=lenient"}])
def test_write_without_either_preference_is_200(platform: Caller, headers: dict[str, str]) -> None:
    assert accepted(platform.patch(f"{CAMPAIGNS}/CMP-ACTIVE", {"status": "PAUSED"}, headers=headers))
    assert accepted(put_weights(platform, headers))
    assert accepted(put_schedule(platform, headers))


@holds("3.44", "3.45")
@pytest.mark.parametrize(
    ("preference", "status"),
    [("respond-async, wait=10", 202), ("handling=strict, return=minimal", 204), ("Return=minimal", 204)],
)
def test_preference_is_found_among_others(platform: Caller, preference: str, status: int) -> None:
    answer = platform.patch(f"{OUTBOUND}/CMP-ACTIVE", {"status": "PAUSED"}, headers={"Prefer": preference})
    assert answer.status_code == status


@holds("3.44", "3.45")
@pytest.mark.parametrize("headers", [MINIMAL, ASYNC])
def test_preference_changes_no_refusal_and_no_read(platform: Caller, headers: dict[str, str]) -> None:
    path = f"{OUTBOUND}/CMP-ACTIVE"
    assert faulty(platform.patch(path, {"status": "paused"}, headers=headers)) == {"status"}
    refused(platform.patch(path, {"status": "ACTIVE"}, headers=headers), 409, "illegal_transition")
    assert accepted(platform.get(path, headers=headers))["revision"] == 42


@holds("3.48")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("body", BODIES)
def test_star_matches_at_a_patch(platform: Caller, prefix: str, body: dict[str, Any]) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", body, headers={"If-Match": "*"})
    assert accepted(answer)["revision"] == 43


@holds("3.48")
def test_star_matches_at_a_put_of_weights(platform: Caller) -> None:
    assert accepted(put_weights(platform, {"If-Match": "*"}))["revision"] == 43


@holds("3.48")
def test_star_matches_a_schedule(platform: Caller) -> None:
    accepted(put_schedule(platform, {"If-Match": "*"}))


@holds("3.48")
def test_star_does_not_make_what_does_not_exist(platform: Caller) -> None:
    answer = platform.patch(f"{OUTBOUND}/NOPE", {"status": "PAUSED"}, headers={"If-Match": "*"})
    assert answer.status_code == 404


@holds("3.49", "4.73")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("value", ['"42"', 'W/"42"', "*", "abc", "-42", "+42", "42.0", "4 2", "42,43", "0x2A", "4_2"])
def test_revision_header_that_is_no_plain_decimal_is_a_fault(platform: Caller, prefix: str, value: str) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {"dialingRules": RULES}, headers={"X-If-Match": value})
    assert faulty(answer, fault_status(prefix)) == {"X-If-Match"}
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42


@holds("3.49")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("value", ["42", 'W/"42"', '"abc"', '"-42"', '"42', "abc", '"42" "43"', '"4.2"', "**"])
def test_tag_that_is_no_quoted_revision_is_a_fault(platform: Caller, prefix: str, value: str) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {"status": "PAUSED"}, headers={"If-Match": value})
    assert faulty(answer, fault_status(prefix)) == {"If-Match"}
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42


@holds("3.49")
def test_tag_of_the_wrong_form_is_a_fault_of_a_put(platform: Caller) -> None:
    assert faulty(put_weights(platform, {"If-Match": "42"})) == {"If-Match"}
    assert faulty(put_schedule(platform, {"If-Match": "initial"}), 422) == {"If-Match"}


@holds("3.49")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("value", [True, "42", 42.0, None, [], {}])
def test_revision_in_the_body_that_is_no_integer_is_a_fault(platform: Caller, prefix: str, value: Any) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {"dialingRules": RULES, "revision": value})
    assert faulty(answer, fault_status(prefix)) == {"revision"}


@holds("3.49")
def test_faults_of_header_and_body_are_told_together(platform: Caller) -> None:
    body = {"dialingRules": {**RULES, "maxCallsPerAgent": 11}, "revision": "42"}
    answer = platform.patch(f"{OUTBOUND}/CMP-ACTIVE", body, headers={"X-If-Match": "abc"})
    assert faulty(answer) == {"X-If-Match", "revision", "dialingRules.maxCallsPerAgent"}


@holds("3.48")
@pytest.mark.parametrize("value", ['"42"', '"41", "42"', '"42","43"', '"7" , "42"'])
def test_tag_or_a_list_with_it_matches(platform: Caller, value: str) -> None:
    answer = platform.patch(f"{OUTBOUND}/CMP-ACTIVE", {"status": "PAUSED"}, headers={"If-Match": value})
    assert accepted(answer)["revision"] == 43
