"""What a campaign shows: its fields, their types, and what each of them follows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.blocks import (
    CAMPAIGNS,
    CONFIGURATION,
    FIELDS,
    OUTBOUND,
    PREDICTIVE,
    PREFIXES,
    RULES,
    SETTINGS,
    accepted,
    fault_status,
    faulty,
    refused,
    same_instant,
    timetable,
    travel,
    weights,
)
from tests.emulator.caller import START, Caller
from tests.emulator.holds import holds

STATES = {
    "CMP-ACTIVE": "ACTIVE",
    "CMP-PAUSED": "PAUSED",
    "CMP-STOPPED": "STOPPED",
    "CMP-ARCHIVED": "ARCHIVED",
    "CMP-LOCKED": "ACTIVE",
    "CMP-FULL": "ACTIVE",
}
LATER = "2026-06-15T13:00:00Z"


def is_integer(value: Any) -> bool:
    return type(value) is int


@pytest.mark.parametrize("campaign", STATES)
def test_campaign_shows_every_field_and_no_other(platform: Caller, campaign: str) -> None:
    assert set(platform.campaign(campaign)) == FIELDS


@holds("4.01", "4.02", "4.03", "4.06", "4.07", "4.09", "4.10", "4.14", "4.15")
@pytest.mark.parametrize("campaign", STATES)
def test_fields_have_the_types_of_the_table(platform: Caller, campaign: str) -> None:
    seen = platform.campaign(campaign)
    assert seen["id"] == campaign
    assert isinstance(seen["name"], str)
    assert seen["status"] == STATES[campaign]
    assert seen["isLocked"] is (campaign == "CMP-LOCKED")
    assert is_integer(seen["activeAgents"])
    assert is_integer(seen["totalCallsAttempted"])
    assert seen["totalCallsAttempted"] >= 0
    assert seen["transitionTime"] is None
    assert seen["queueDrained"] is True
    assert is_integer(seen["revision"])
    assert is_integer(seen["version"])
    assert seen["version"] == seen["revision"]


@holds("4.02")
def test_name_is_the_one_of_the_tenants_file(platform: Caller) -> None:
    assert platform.campaign("CMP-FULL")["name"] == "Collections West"


@holds("4.23", "4.24", "4.25", "4.26", "4.27")
def test_blocks_that_were_never_stored_are_null(platform: Caller) -> None:
    seen = platform.campaign("CMP-ACTIVE")
    blocks = ("pendingTransition", "dialingRules", "predictiveDialer", "predictiveDialerSettings", "configuration")
    assert {block: seen[block] for block in blocks} == dict.fromkeys(blocks)


@holds("4.24", "4.25", "4.26", "4.27")
def test_blocks_are_shown_as_they_were_stored(platform: Caller) -> None:
    platform.patch(f"{OUTBOUND}/CMP-ACTIVE", {"dialingRules": RULES, "predictiveDialer": PREDICTIVE})
    body = weights("CMP-ACTIVE", predictiveDialerSettings=SETTINGS, configuration=CONFIGURATION)
    platform.put(f"{OUTBOUND}/CMP-ACTIVE", body)
    seen = platform.campaign("CMP-ACTIVE")
    assert seen["dialingRules"] == RULES
    assert seen["predictiveDialer"] == PREDICTIVE
    assert seen["predictiveDialerSettings"] == SETTINGS
    assert seen["configuration"] == CONFIGURATION


@holds("4.24", "4.25", "4.26", "4.27")
def test_blocks_of_the_tenants_file_are_shown(platform: Caller) -> None:
    seen = platform.campaign("CMP-FULL")
    assert seen["dialingRules"]["retrySettings"] == {"maxAttempts": 3, "intervalMinutes": [60, 240]}
    assert seen["predictiveDialer"]["callInterval"] == 200
    assert seen["predictiveDialerSettings"]["parameterWeights"] == {"answer_rate": 0.1, "call_rate": 0.2}
    assert seen["configuration"]["driftProtection"] is True


@holds("4.03")
def test_status_follows_the_lifecycle(platform: Caller) -> None:
    seen = [accepted(platform.status("CMP-ACTIVE", wanted))["status"] for wanted in ("PAUSED", "STOPPED", "ACTIVE")]
    assert seen == ["PAUSED", "STOPPED", "ACTIVE"]


@holds("4.04")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("campaign", ["CMP-ACTIVE", "CMP-PAUSED", "CMP-STOPPED"])
def test_no_patch_archives(platform: Caller, prefix: str, campaign: str) -> None:
    before = platform.campaign(campaign)
    answer = platform.patch(f"{prefix}/{campaign}", {"status": "ARCHIVED"})
    assert answer.status_code in (409, fault_status(prefix)), answer.text
    assert platform.campaign(campaign) == before


@holds("4.04")
def test_control_surface_archives(platform: Caller) -> None:
    platform.arrange("CMP-STOPPED", archived=True)
    assert platform.campaign("CMP-STOPPED")["status"] == "ARCHIVED"


@holds("4.05")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    "body",
    [
        {"status": "ACTIVE"},
        {"status": "STOPPED"},
        {"status": "PAUSED", "effectiveTime": LATER},
        {"dialingRules": RULES},
        {"predictiveDialer": PREDICTIVE},
        {"status": "ACTIVE", "dialingRules": RULES, "predictiveDialer": PREDICTIVE},
    ],
)
def test_archived_campaign_refuses_every_patch(platform: Caller, prefix: str, body: dict[str, Any]) -> None:
    before = platform.campaign("CMP-ARCHIVED")
    refused(platform.patch(f"{prefix}/CMP-ARCHIVED", body), 403, "archived")
    assert platform.campaign("CMP-ARCHIVED") == before


@holds("4.05")
def test_archived_campaign_refuses_weights(platform: Caller) -> None:
    body = weights("CMP-ARCHIVED", predictiveDialerSettings=SETTINGS)
    refused(platform.put(f"{OUTBOUND}/CMP-ARCHIVED", body), 403, "archived")


@holds("4.05")
def test_archived_campaign_refuses_a_schedule(platform: Caller) -> None:
    path = f"{CAMPAIGNS}/CMP-ARCHIVED/schedule"
    tag = platform.get(path).headers["ETag"]
    refused(platform.put(path, timetable("CMP-ARCHIVED"), headers={"If-Match": tag}), 403, "archived")
    assert platform.get(path).headers["ETag"] == tag


@holds("4.05")
def test_archived_campaign_can_still_be_read(platform: Caller) -> None:
    for path in (f"{OUTBOUND}/CMP-ARCHIVED", f"{CAMPAIGNS}/CMP-ARCHIVED", f"{CAMPAIGNS}/CMP-ARCHIVED/schedule"):
        assert platform.get(path).status_code == 200


@holds("4.06")
def test_lock_shows_as_a_boolean_and_goes_again(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", locked=True)
    assert platform.campaign("CMP-ACTIVE")["isLocked"] is True
    platform.arrange("CMP-ACTIVE", locked=False)
    assert platform.campaign("CMP-ACTIVE")["isLocked"] is False


@holds("4.07")
def test_active_campaign_shows_its_agents(platform: Caller) -> None:
    assert platform.campaign("CMP-ACTIVE")["activeAgents"] == 50
    platform.arrange("CMP-ACTIVE", agents=7)
    assert platform.campaign("CMP-ACTIVE")["activeAgents"] == 7


@holds("4.09")
def test_attempted_calls_are_those_that_the_dialer_placed(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", statistics=[{"dials": 5}, {"minute": "2026-06-15T11:00:00Z", "dials": 7}])
    assert platform.campaign("CMP-ACTIVE")["totalCallsAttempted"] == 12
    assert platform.campaign("CMP-FULL")["totalCallsAttempted"] == 0


@holds("4.08")
@pytest.mark.parametrize("campaign", ["CMP-PAUSED", "CMP-STOPPED", "CMP-ARCHIVED"])
def test_campaign_that_is_not_active_has_no_agents(platform: Caller, campaign: str) -> None:
    platform.arrange(campaign, agents=10)
    assert platform.campaign(campaign)["activeAgents"] == 0


@holds("4.08")
def test_agents_go_and_come_with_the_status(platform: Caller) -> None:
    assert accepted(platform.status("CMP-ACTIVE", "PAUSED"))["activeAgents"] == 0
    assert accepted(platform.status("CMP-ACTIVE", "ACTIVE"))["activeAgents"] == 50


@holds("4.10", "4.11", "4.13")
def test_transition_time_of_an_immediate_transition_is_now_in_utc(platform: Caller) -> None:
    travel(platform, "2026-06-15T12:34:56Z")
    for seen in (accepted(platform.status("CMP-ACTIVE", "PAUSED")), platform.campaign("CMP-ACTIVE")):
        assert seen["transitionTime"].endswith("Z")
        assert same_instant(seen["transitionTime"], "2026-06-15T12:34:56Z")


@holds("4.10", "4.11", "4.13")
def test_transition_time_of_a_pending_transition_is_its_effective_time_in_utc(platform: Caller) -> None:
    seen = accepted(platform.status("CMP-ACTIVE", "PAUSED", effectiveTime="2026-06-15T18:30:15.123456789+05:30"))
    for shown in (seen["transitionTime"], platform.campaign("CMP-ACTIVE")["transitionTime"]):
        assert shown.endswith("Z")
        assert same_instant(shown, "2026-06-15T13:00:15.123456789Z")


@holds("4.11")
def test_transition_time_stays_the_effective_time_once_it_acted(platform: Caller) -> None:
    platform.status("CMP-ACTIVE", "PAUSED", effectiveTime=LATER)
    travel(platform, "2026-06-17T00:00:00Z")
    seen = platform.campaign("CMP-ACTIVE")
    assert seen["status"] == "PAUSED"
    assert same_instant(seen["transitionTime"], LATER)


@holds("4.11")
def test_transition_time_of_a_transition_meant_for_the_past_is_now(platform: Caller) -> None:
    seen = accepted(platform.status("CMP-ACTIVE", "PAUSED", effectiveTime="2024-06-15T14:30Z"))
    assert same_instant(seen["transitionTime"], START)


@holds("4.12")
def test_transition_time_stays_null_whatever_else_is_written(platform: Caller) -> None:
    path = f"{OUTBOUND}/CMP-ACTIVE"
    platform.patch(path, {"dialingRules": RULES})
    platform.patch(path, {"predictiveDialer": PREDICTIVE})
    platform.put(path, weights("CMP-ACTIVE", configuration=CONFIGURATION))
    platform.arrange("CMP-ACTIVE", locked=True)
    assert platform.campaign("CMP-ACTIVE")["transitionTime"] is None


@holds("4.12")
def test_refused_lifecycle_patch_leaves_transition_time_null(platform: Caller) -> None:
    assert platform.status("CMP-ACTIVE", "ACTIVE").status_code == 409
    assert faulty(platform.status("CMP-ACTIVE", "paused")) == {"status"}
    assert platform.campaign("CMP-ACTIVE")["transitionTime"] is None


@holds("4.12", "4.13")
def test_transition_time_is_never_null_after_a_lifecycle_patch(platform: Caller) -> None:
    path = f"{OUTBOUND}/CMP-ACTIVE"
    bodies: list[dict[str, Any]] = [
        {"status": "PAUSED", "effectiveTime": LATER},
        {"status": "ACTIVE"},
        {"status": "STOPPED", "effectiveTime": LATER},
        {"status": "STOPPED"},
        {"dialingRules": RULES},
        {"status": "ACTIVE", "predictiveDialer": PREDICTIVE},
    ]
    for body in bodies:
        assert accepted(platform.patch(path, body))["transitionTime"] is not None, body
    assert platform.campaign("CMP-ACTIVE")["transitionTime"] is not None


@holds("4.14")
@pytest.mark.parametrize("state", ["ringing", "waiting", "connected"])
@pytest.mark.parametrize("campaign", ["CMP-ACTIVE", "CMP-PAUSED"])
def test_queue_is_not_drained_while_a_call_is_queued_or_in_flight(platform: Caller, campaign: str, state: str) -> None:
    platform.arrange(campaign, callsInFlight=[{"state": state, "secondsLeft": 30}])
    assert platform.campaign(campaign)["queueDrained"] is False
    platform.advance(30)
    assert platform.campaign(campaign)["queueDrained"] is True


@holds("4.23")
def test_pending_transition_is_an_object_of_three_fields(platform: Caller) -> None:
    seen = accepted(platform.status("CMP-ACTIVE", "PAUSED", effectiveTime=LATER, drainQueue=False))
    assert set(seen["pendingTransition"]) == {"status", "effectiveTime", "drainQueue"}
    assert seen["pendingTransition"]["status"] == "PAUSED"
    assert same_instant(seen["pendingTransition"]["effectiveTime"], LATER)
    assert seen["pendingTransition"]["drainQueue"] is False


@holds("4.28")
@pytest.mark.parametrize("prefix", PREFIXES)
def test_etag_of_a_campaign_is_its_revision_in_quotes(platform: Caller, prefix: str) -> None:
    path = f"{prefix}/CMP-ACTIVE"
    assert platform.get(path).headers["ETag"] == '"42"'
    assert platform.patch(path, {"dialingRules": RULES}).headers["ETag"] == '"43"'
    assert platform.get(path).headers["ETag"] == '"43"'


@holds("4.28")
def test_etag_of_a_weights_put_is_the_new_revision(platform: Caller) -> None:
    body = weights("CMP-FULL", configuration=CONFIGURATION)
    assert platform.put(f"{OUTBOUND}/CMP-FULL", body).headers["ETag"] == '"101"'
