"""Transitions that wait for their hour: stored, replaced, cancelled, and acting at their very instant."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.blocks import (
    CAMPAIGNS,
    CONFIGURATION,
    OUTBOUND,
    PREDICTIVE,
    PREFIXES,
    RULES,
    SETTINGS,
    accepted,
    faulty,
    refused,
    same_instant,
    timetable,
    travel,
    weights,
)
from tests.emulator.caller import START, Caller
from tests.emulator.holds import holds

HALF_PAST = "2026-06-15T12:30:00Z"
ONE = "2026-06-15T13:00:00Z"
TWO = "2026-06-15T14:00:00Z"
PATH = f"{OUTBOUND}/CMP-ACTIVE"


def pend(platform: Caller, status: str = "PAUSED", when: str = ONE, campaign: str = "CMP-ACTIVE", **rest: Any) -> Any:
    """Store a pending transition and return the campaign."""
    return accepted(platform.status(campaign, status, effectiveTime=when, **rest))


@holds("4.51", "4.52", "4.23")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    ("campaign", "present", "wanted"),
    [
        ("CMP-ACTIVE", "ACTIVE", "PAUSED"),
        ("CMP-ACTIVE", "ACTIVE", "STOPPED"),
        ("CMP-PAUSED", "PAUSED", "ACTIVE"),
        ("CMP-PAUSED", "PAUSED", "STOPPED"),
        ("CMP-STOPPED", "STOPPED", "ACTIVE"),
    ],
)
def test_future_transition_is_stored_and_changes_no_status(
    platform: Caller, prefix: str, campaign: str, present: str, wanted: str
) -> None:
    seen = accepted(platform.patch(f"{prefix}/{campaign}", {"status": wanted, "effectiveTime": ONE}))
    assert seen["status"] == present
    assert seen["pendingTransition"]["status"] == wanted
    assert same_instant(seen["pendingTransition"]["effectiveTime"], ONE)
    assert platform.campaign(campaign) == seen


@holds("4.64", "4.52")
@pytest.mark.parametrize(("rest", "stored"), [({}, True), ({"drainQueue": True}, True), ({"drainQueue": False}, False)])
def test_pending_transition_keeps_its_way_of_draining(platform: Caller, rest: dict[str, Any], stored: bool) -> None:
    assert pend(platform, **rest)["pendingTransition"]["drainQueue"] is stored


@holds("4.59", "4.60")
def test_storing_and_coming_due_raise_the_revision_by_one_each(platform: Caller) -> None:
    assert pend(platform)["revision"] == 43
    travel(platform, "2026-06-15T12:59:59.999999Z")
    assert platform.campaign("CMP-ACTIVE")["revision"] == 43
    travel(platform, ONE)
    assert platform.campaign("CMP-ACTIVE")["revision"] == 44
    travel(platform, TWO)
    assert platform.campaign("CMP-ACTIVE")["revision"] == 44


@holds("4.53")
def test_transition_acts_at_its_instant_and_not_before(platform: Caller) -> None:
    pend(platform)
    travel(platform, "2026-06-15T12:59:59.999999Z")
    assert platform.campaign("CMP-ACTIVE")["status"] == "ACTIVE"
    travel(platform, ONE)
    seen = platform.campaign("CMP-ACTIVE")
    assert (seen["status"], seen["pendingTransition"], seen["activeAgents"]) == ("PAUSED", None, 0)
    assert same_instant(seen["transitionTime"], ONE)


@holds("4.53", "4.43")
def test_instant_of_a_transition_is_exact_to_the_nanosecond(platform: Caller) -> None:
    pend(platform, when="2026-06-15T12:30:00.000000002Z")
    travel(platform, "2026-06-15T12:30:00.000000001Z")
    assert platform.campaign("CMP-ACTIVE")["status"] == "ACTIVE"
    travel(platform, "2026-06-15T12:30:00.000000002Z")
    seen = platform.campaign("CMP-ACTIVE")
    assert seen["status"] == "PAUSED"
    assert same_instant(seen["transitionTime"], "2026-06-15T12:30:00.000000002Z")


@holds("4.53")
@pytest.mark.parametrize("path", [PATH, f"{CAMPAIGNS}/CMP-ACTIVE"])
def test_transition_that_came_due_shows_on_both_prefixes_at_the_first_read(platform: Caller, path: str) -> None:
    pend(platform)
    travel(platform, ONE)
    answer = platform.get(path)
    assert (accepted(answer)["status"], answer.headers["ETag"]) == ("PAUSED", '"44"')


@holds("4.53", "4.60", "4.11")
def test_clock_moved_far_beyond_several_lets_each_act_at_its_own_instant(platform: Caller) -> None:
    stored = {
        "CMP-ACTIVE": ("PAUSED", "2026-06-16T01:00:00Z"),
        "CMP-PAUSED": ("STOPPED", "2026-06-15T13:00:00.5Z"),
        "CMP-STOPPED": ("ACTIVE", "2026-06-20T00:00:00Z"),
        "CMP-FULL": ("STOPPED", "2026-06-15T12:00:00.000000001Z"),
    }
    revisions = {name: pend(platform, *how, name)["revision"] for name, how in stored.items()}
    travel(platform, "2027-01-01T00:00:00Z")
    for name, (status, when) in stored.items():
        seen = platform.campaign(name)
        assert (seen["status"], seen["pendingTransition"]) == (status, None)
        assert same_instant(seen["transitionTime"], when)
        assert seen["revision"] == revisions[name] + 1


@holds("4.53")
def test_pending_transitions_of_one_campaign_follow_each_other(platform: Caller) -> None:
    for when, wanted in ((ONE, "PAUSED"), (TWO, "STOPPED"), ("2026-06-15T15:00:00Z", "ACTIVE")):
        pend(platform, wanted, when)
        travel(platform, when)
        assert platform.campaign("CMP-ACTIVE")["status"] == wanted
    assert platform.campaign("CMP-ACTIVE")["revision"] == 42 + 6


@holds("4.60")
def test_revision_read_before_a_transition_came_due_is_stale_after_it(platform: Caller) -> None:
    tag = str(pend(platform)["revision"])
    travel(platform, ONE)
    answer = platform.patch(PATH, {"dialingRules": RULES}, headers={"X-If-Match": tag})
    assert refused(answer, 409, "revision_conflict")["currentRevision"] == 44
    assert answer.json()["currentState"] == "PAUSED"


@holds("4.53", "4.37")
def test_legality_is_judged_from_the_state_after_what_came_due(platform: Caller) -> None:
    pend(platform, "STOPPED")
    travel(platform, ONE)
    refused(platform.status("CMP-ACTIVE", "PAUSED"), 409, "illegal_transition")


@holds("4.55")
def test_pending_transition_blocks_no_other_write(platform: Caller) -> None:
    pending = pend(platform, campaign="CMP-FULL", status="PAUSED")["pendingTransition"]
    path = f"{OUTBOUND}/CMP-FULL"
    accepted(platform.patch(path, {"dialingRules": RULES, "revision": 101}))
    accepted(platform.patch(f"{CAMPAIGNS}/CMP-FULL", {"predictiveDialer": PREDICTIVE}))
    accepted(platform.put(path, weights("CMP-FULL", predictiveDialerSettings=SETTINGS, configuration=CONFIGURATION)))
    schedule = f"{CAMPAIGNS}/CMP-FULL/schedule"
    accepted(platform.put(schedule, timetable("CMP-FULL"), headers={"If-Match": 'W/"1"'}))
    seen = platform.campaign("CMP-FULL")
    assert (seen["pendingTransition"], seen["revision"]) == (pending, 104)


@holds("4.55", "4.57")
def test_immediate_transition_replaces_the_pending_one(platform: Caller) -> None:
    pend(platform, "PAUSED")
    seen = accepted(platform.status("CMP-ACTIVE", "STOPPED"))
    assert (seen["status"], seen["pendingTransition"]) == ("STOPPED", None)
    assert same_instant(seen["transitionTime"], START)
    travel(platform, TWO)
    assert platform.campaign("CMP-ACTIVE")["revision"] == 44
    assert platform.campaign("CMP-ACTIVE")["status"] == "STOPPED"


@holds("4.57")
@pytest.mark.parametrize(("first", "second"), [(ONE, TWO), (TWO, ONE), (ONE, ONE)])
def test_later_order_replaces_the_pending_transition(platform: Caller, first: str, second: str) -> None:
    pend(platform, "PAUSED", first)
    seen = pend(platform, "STOPPED", second, drainQueue=False)
    assert seen["pendingTransition"]["status"] == "STOPPED"
    assert same_instant(seen["pendingTransition"]["effectiveTime"], second)
    assert seen["pendingTransition"]["drainQueue"] is False
    assert same_instant(seen["transitionTime"], second)
    travel(platform, "2026-06-16T00:00:00Z")
    seen = platform.campaign("CMP-ACTIVE")
    assert (seen["status"], seen["revision"]) == ("STOPPED", 45)
    assert same_instant(seen["transitionTime"], second)


@holds("4.57")
def test_replaced_transition_does_not_act_at_its_instant(platform: Caller) -> None:
    pend(platform, "PAUSED", ONE)
    pend(platform, "STOPPED", TWO)
    travel(platform, "2026-06-15T13:30:00Z")
    assert platform.campaign("CMP-ACTIVE")["status"] == "ACTIVE"


@holds("4.57")
def test_refused_lifecycle_patch_leaves_the_pending_transition(platform: Caller) -> None:
    before = pend(platform, "ACTIVE", campaign="CMP-STOPPED")
    path = f"{OUTBOUND}/CMP-STOPPED"
    refused(platform.status("CMP-STOPPED", "PAUSED"), 409, "illegal_transition")
    refused(platform.status("CMP-STOPPED", "PAUSED", effectiveTime=TWO), 409, "illegal_transition")
    assert faulty(platform.status("CMP-STOPPED", "ACTIVE", effectiveTime="soon")) == {"effectiveTime"}
    refused(platform.patch(path, {"status": "ACTIVE"}, headers={"If-Match": '"3"'}), 409, "revision_conflict")
    assert platform.campaign("CMP-STOPPED") == before


@holds("4.57")
@pytest.mark.parametrize("wanted", ["ACTIVE", "STOPPED"])
def test_lifecycle_patch_refused_by_a_lock_leaves_the_pending_transition(platform: Caller, wanted: str) -> None:
    pending = pend(platform, "PAUSED")["pendingTransition"]
    platform.arrange("CMP-ACTIVE", locked=True)
    refused(platform.status("CMP-ACTIVE", wanted), 409, "locked")
    assert platform.campaign("CMP-ACTIVE")["pendingTransition"] == pending


@holds("4.58")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    ("campaign", "present", "wanted"),
    [("CMP-ACTIVE", "ACTIVE", "PAUSED"), ("CMP-PAUSED", "PAUSED", "STOPPED"), ("CMP-STOPPED", "STOPPED", "ACTIVE")],
)
def test_present_status_cancels_the_pending_transition(
    platform: Caller, prefix: str, campaign: str, present: str, wanted: str
) -> None:
    revision = pend(platform, wanted, campaign=campaign)["revision"]
    seen = accepted(platform.patch(f"{prefix}/{campaign}", {"status": present}))
    assert (seen["status"], seen["pendingTransition"], seen["revision"]) == (present, None, revision + 1)
    travel(platform, TWO)
    assert platform.campaign(campaign) == seen


@holds("4.58", "4.38")
def test_second_cancellation_finds_nothing_to_cancel(platform: Caller) -> None:
    pend(platform)
    accepted(platform.status("CMP-ACTIVE", "ACTIVE"))
    refused(platform.status("CMP-ACTIVE", "ACTIVE"), 409, "illegal_transition")


@holds("4.58", "4.53")
def test_cancelling_at_the_very_instant_comes_too_late(platform: Caller) -> None:
    pend(platform, "STOPPED", HALF_PAST, "CMP-PAUSED")
    travel(platform, HALF_PAST)
    body = refused(platform.status("CMP-PAUSED", "PAUSED"), 409, "illegal_transition")
    assert (body["currentState"], body["allowed"]) == ("STOPPED", ["ACTIVE"])


@holds("4.58", "4.53")
def test_cancelling_just_before_the_instant_comes_in_time(platform: Caller) -> None:
    pend(platform, "STOPPED", HALF_PAST, "CMP-PAUSED")
    travel(platform, "2026-06-15T12:29:59.999999Z")
    accepted(platform.status("CMP-PAUSED", "PAUSED"))
    travel(platform, TWO)
    assert platform.campaign("CMP-PAUSED")["status"] == "PAUSED"


@holds("4.58", "4.11", "4.13")
def test_cancelling_shows_when_the_present_status_took_effect(platform: Caller) -> None:
    accepted(platform.status("CMP-ACTIVE", "PAUSED"))
    travel(platform, "2026-06-15T12:10:00Z")
    pend(platform, "ACTIVE")
    travel(platform, "2026-06-15T12:20:00Z")
    assert same_instant(accepted(platform.status("CMP-ACTIVE", "PAUSED"))["transitionTime"], START)


@holds("4.58", "4.11", "4.13")
def test_cancelling_the_first_transition_ever_shows_now(platform: Caller) -> None:
    pend(platform)
    travel(platform, "2026-06-15T12:20:00Z")
    seen = accepted(platform.status("CMP-ACTIVE", "ACTIVE"))
    assert same_instant(seen["transitionTime"], "2026-06-15T12:20:00Z")


@holds("4.65", "4.55")
@pytest.mark.parametrize("blocks", [{"dialingRules": RULES}, {"predictiveDialer": PREDICTIVE}])
def test_present_status_beside_other_blocks_leaves_the_pending_transition(
    platform: Caller, blocks: dict[str, Any]
) -> None:
    before = pend(platform)
    seen = accepted(platform.patch(PATH, {"status": "ACTIVE", **blocks}))
    assert seen == {**before, **blocks, "revision": 44, "version": 44}
    travel(platform, ONE)
    assert platform.campaign("CMP-ACTIVE")["status"] == "PAUSED"


@holds("4.51")
def test_blocks_beside_a_future_transition_are_stored_at_once(platform: Caller) -> None:
    seen = pend(platform, dialingRules=RULES, predictiveDialer=PREDICTIVE)
    assert (seen["status"], seen["dialingRules"], seen["predictiveDialer"]) == ("ACTIVE", RULES, PREDICTIVE)
    assert (seen["pendingTransition"]["status"], seen["revision"]) == ("PAUSED", 43)


@holds("4.57")
def test_other_status_beside_blocks_replaces_the_pending_transition(platform: Caller) -> None:
    pend(platform, "PAUSED")
    seen = accepted(platform.status("CMP-ACTIVE", "STOPPED", dialingRules=RULES))
    assert (seen["status"], seen["pendingTransition"]) == ("STOPPED", None)
