"""Immediate transitions: which there are, which are refused, and what a lifecycle PATCH must look like."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.blocks import (
    OUTBOUND,
    PREDICTIVE,
    PREFIXES,
    RULES,
    accepted,
    fault_status,
    faulty,
    refused,
    same_instant,
)
from tests.emulator.caller import START, Caller
from tests.emulator.holds import holds

LEGAL = {"ACTIVE": {"PAUSED", "STOPPED"}, "PAUSED": {"ACTIVE", "STOPPED"}, "STOPPED": {"ACTIVE"}}
PAIRS = [(present, wanted) for present in LEGAL for wanted in LEGAL]
FIVE = [(present, wanted) for present, wanted in PAIRS if wanted in LEGAL[present]]
FOUR = [(present, wanted) for present, wanted in PAIRS if wanted not in LEGAL[present]]


@holds("4.32", "4.33", "4.34", "4.35", "4.36")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(("present", "wanted"), FIVE)
def test_legal_transition_acts_at_once(platform: Caller, prefix: str, present: str, wanted: str) -> None:
    before = platform.campaign(f"CMP-{present}")
    seen = accepted(platform.patch(f"{prefix}/CMP-{present}", {"status": wanted}))
    assert seen["status"] == wanted
    assert seen["revision"] == before["revision"] + 1
    assert seen["pendingTransition"] is None
    assert platform.campaign(f"CMP-{present}") == seen


@holds("4.37", "4.38", "4.39")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(("present", "wanted"), FOUR)
def test_illegal_transition_is_refused_and_says_what_is_allowed(
    platform: Caller, prefix: str, present: str, wanted: str
) -> None:
    before = platform.campaign(f"CMP-{present}")
    body = refused(platform.patch(f"{prefix}/CMP-{present}", {"status": wanted}), 409, "illegal_transition")
    assert body["currentState"] == present
    assert sorted(body["allowed"]) == sorted(LEGAL[present])
    assert body["currentRevision"] == before["revision"]
    assert platform.campaign(f"CMP-{present}") == before


def test_exactly_five_of_nine_pairs_are_legal(platform: Caller) -> None:
    succeeded = set()
    for present, wanted in PAIRS:
        platform.reset()
        if platform.status(f"CMP-{present}", wanted).status_code == 200:
            succeeded.add((present, wanted))
    assert succeeded == set(FIVE)
    assert len(succeeded) == 5


@holds("4.37")
@pytest.mark.parametrize(("present", "wanted"), [(p, w) for p, w in FOUR if p != w])
@pytest.mark.parametrize("when", ["2026-06-15T11:00Z", "2026-06-15T13:00Z"])
def test_illegal_transition_is_refused_whenever_it_is_meant_for(
    platform: Caller, present: str, wanted: str, when: str
) -> None:
    before = platform.campaign(f"CMP-{present}")
    answer = platform.status(f"CMP-{present}", wanted, effectiveTime=when)
    assert refused(answer, 409, "illegal_transition")["currentState"] == present
    assert platform.campaign(f"CMP-{present}") == before


@holds("4.38")
@pytest.mark.parametrize("present", LEGAL)
@pytest.mark.parametrize(
    "rest", [{}, {"drainQueue": False}, {"effectiveTime": "2026-06-15T11:00Z"}, {"effectiveTime": "2026-06-15T13:00Z"}]
)
def test_present_status_is_refused_when_nothing_is_pending(
    platform: Caller, present: str, rest: dict[str, Any]
) -> None:
    refused(platform.status(f"CMP-{present}", present, **rest), 409, "illegal_transition")


@holds("4.29")
@pytest.mark.parametrize(
    "rest",
    [
        {},
        {"drainQueue": True},
        {"drainQueue": False},
        {"effectiveTime": "2026-06-15T11:59:59Z"},
        {"effectiveTime": "2026-06-15T11:59:59Z", "drainQueue": True},
    ],
)
def test_lifecycle_patch_carries_status_and_what_else_it_likes(platform: Caller, rest: dict[str, Any]) -> None:
    assert accepted(platform.status("CMP-ACTIVE", "PAUSED", **rest))["status"] == "PAUSED"


@holds("4.29")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    "field", ["reason", "Status", "drain_queue", "effectivetime", "transitionTime", "isLocked", "id"]
)
def test_unknown_field_beside_status_is_a_fault(platform: Caller, prefix: str, field: str) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {"status": "PAUSED", field: True})
    assert faulty(answer, fault_status(prefix)) == {field}
    assert platform.campaign("CMP-ACTIVE")["status"] == "ACTIVE"


@holds("4.29")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    "rest", [{"drainQueue": True}, {"effectiveTime": "2026-06-15T13:00Z"}, {"drainQueue": True, "dialingRules": RULES}]
)
def test_rest_of_a_lifecycle_patch_without_status_is_a_fault(
    platform: Caller, prefix: str, rest: dict[str, Any]
) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", rest)
    fields = faulty(answer, fault_status(prefix))
    assert fields & {"status", "drainQueue", "effectiveTime"}
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42


@holds("4.30")
def test_lifecycle_patch_takes_an_idempotency_key(platform: Caller) -> None:
    headers = {"Idempotency-Key": "5f1c0a7e-pause"}
    path = f"{OUTBOUND}/CMP-ACTIVE"
    first = accepted(platform.patch(path, {"status": "PAUSED"}, headers=headers))
    again = accepted(platform.patch(path, {"status": "PAUSED"}, headers=headers))
    assert first == again
    assert platform.campaign("CMP-ACTIVE")["revision"] == 43


@holds("4.31")
@pytest.mark.parametrize("prefix", PREFIXES)
def test_lifecycle_patch_needs_no_precondition(platform: Caller, prefix: str) -> None:
    accepted(platform.patch(f"{prefix}/CMP-PAUSED", {"status": "ACTIVE"}))


@holds("4.40")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    "value",
    ["paused", "Paused", " PAUSED", "PAUSED ", "PAUSED\n", "PAUSE", "", "RUNNING", 1, True, None, ["PAUSED"], {}],
)
def test_status_that_is_not_spelt_exactly_is_a_fault(platform: Caller, prefix: str, value: Any) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {"status": value})
    assert faulty(answer, fault_status(prefix)) == {"status"}
    assert platform.campaign("CMP-ACTIVE")["status"] == "ACTIVE"


@holds("4.41")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("value", ["true", "false", "", 0, 1, 1.0, None, [], {}])
def test_drain_queue_that_is_no_boolean_is_a_fault(platform: Caller, prefix: str, value: Any) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", {"status": "PAUSED", "drainQueue": value})
    assert faulty(answer, fault_status(prefix)) == {"drainQueue"}
    assert platform.campaign("CMP-ACTIVE")["status"] == "ACTIVE"


@holds("4.40", "4.41", "4.49")
def test_every_fault_of_a_lifecycle_patch_is_told(platform: Caller) -> None:
    answer = platform.status("CMP-ACTIVE", "paused", drainQueue="yes", effectiveTime="soon", reason="none")
    assert faulty(answer) == {"status", "drainQueue", "effectiveTime", "reason"}


@holds("4.65")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("present", LEGAL)
@pytest.mark.parametrize(
    "blocks",
    [
        {"dialingRules": RULES},
        {"predictiveDialer": PREDICTIVE},
        {"dialingRules": RULES, "predictiveDialer": PREDICTIVE},
    ],
)
def test_present_status_beside_other_blocks_is_no_transition(
    platform: Caller, prefix: str, present: str, blocks: dict[str, Any]
) -> None:
    before = platform.campaign(f"CMP-{present}")
    seen = accepted(platform.patch(f"{prefix}/CMP-{present}", {"status": present, **blocks}))
    assert seen == {**before, **blocks, "revision": before["revision"] + 1, "version": before["version"] + 1}
    assert seen["transitionTime"] is None


@holds("4.65")
def test_present_status_beside_other_blocks_leaves_calls_alone(platform: Caller) -> None:
    calls = [{"state": "waiting", "secondsLeft": 30}]
    platform.arrange("CMP-ACTIVE", callsInFlight=calls)
    body = {"status": "ACTIVE", "drainQueue": False, "dialingRules": RULES}
    assert accepted(platform.patch(f"{OUTBOUND}/CMP-ACTIVE", body))["queueDrained"] is False


@holds("4.65", "4.11")
def test_other_status_beside_other_blocks_is_a_transition(platform: Caller) -> None:
    seen = accepted(platform.status("CMP-ACTIVE", "PAUSED", dialingRules=RULES))
    assert (seen["status"], seen["dialingRules"]) == ("PAUSED", RULES)
    assert same_instant(seen["transitionTime"], START)


@holds("4.37", "4.65")
def test_illegal_status_beside_other_blocks_is_refused(platform: Caller) -> None:
    before = platform.campaign("CMP-STOPPED")
    refused(platform.status("CMP-STOPPED", "PAUSED", dialingRules=RULES), 409, "illegal_transition")
    assert platform.campaign("CMP-STOPPED") == before
