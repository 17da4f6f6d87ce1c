"""What becomes of the calls when a campaign is paused or stopped: finished or dropped."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.blocks import CAMPAIGNS, CONFIGURATION, OUTBOUND, PREDICTIVE, RULES, accepted, timetable, weights
from tests.emulator.caller import Caller
from tests.emulator.holds import holds

QUEUED = [
    {"state": "ringing", "secondsLeft": 5},
    {"state": "ringing", "secondsLeft": 8},
    {"state": "waiting", "secondsLeft": 10},
]
CONNECTED = [{"state": "connected", "secondsLeft": 60}, {"state": "connected", "secondsLeft": 90.5}]


def states(platform: Caller, campaign: str = "CMP-ACTIVE") -> list[str]:
    """Return the states of the calls in flight, sorted."""
    calls = platform.control("GET", f"/campaigns/{campaign}")["callsInFlight"]
    return sorted(call["state"] for call in calls)


def measured(platform: Caller) -> dict[str, Any]:
    return accepted(platform.get(f"{CAMPAIGNS}/CMP-ACTIVE/statistics"))


@holds("4.66", "4.64")
@pytest.mark.parametrize("wanted", ["PAUSED", "STOPPED"])
@pytest.mark.parametrize("rest", [{}, {"drainQueue": True}])
def test_finishing_transition_changes_the_status_at_once(platform: Caller, wanted: str, rest: dict[str, Any]) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=QUEUED + CONNECTED)
    seen = accepted(platform.status("CMP-ACTIVE", wanted, **rest))
    assert (seen["status"], seen["queueDrained"]) == (wanted, False)


@holds("4.68", "4.64")
@pytest.mark.parametrize("rest", [{}, {"drainQueue": True}])
def test_finishing_transition_keeps_the_queued_calls(platform: Caller, rest: dict[str, Any]) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=QUEUED + CONNECTED)
    platform.status("CMP-ACTIVE", "PAUSED", **rest)
    assert states(platform) == ["connected", "connected", "ringing", "ringing", "waiting"]
    assert measured(platform)["abandons"] == 0
    platform.advance(5)
    assert states(platform) == ["connected", "connected", "ringing", "waiting"]
    platform.advance(5)
    assert states(platform) == ["connected", "connected"]


@holds("4.69", "4.14")
def test_queue_is_drained_when_the_last_call_has_ended(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=QUEUED + CONNECTED)
    platform.status("CMP-ACTIVE", "PAUSED", drainQueue=True)
    for seconds in (10, 50, 30, 0.25):
        platform.advance(seconds)
        assert platform.campaign("CMP-ACTIVE")["queueDrained"] is False
    platform.advance(0.25)
    assert platform.campaign("CMP-ACTIVE")["queueDrained"] is True
    assert states(platform) == []


@holds("4.69")
@pytest.mark.parametrize("state", ["ringing", "waiting", "connected"])
def test_one_call_of_any_state_keeps_the_queue_from_being_drained(platform: Caller, state: str) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=[{"state": state, "secondsLeft": 20}])
    assert accepted(platform.status("CMP-ACTIVE", "STOPPED"))["queueDrained"] is False
    platform.advance(19)
    assert platform.campaign("CMP-ACTIVE")["queueDrained"] is False
    platform.advance(1)
    assert platform.campaign("CMP-ACTIVE")["queueDrained"] is True


@holds("4.14", "4.66")
@pytest.mark.parametrize("drain", [True, False])
def test_queue_without_calls_is_drained_at_once(platform: Caller, drain: bool) -> None:
    assert accepted(platform.status("CMP-ACTIVE", "PAUSED", drainQueue=drain))["queueDrained"] is True


@holds("4.67", "4.09")
@pytest.mark.parametrize("drain", [True, False])
def test_nothing_is_dialled_after_the_change(platform: Caller, drain: bool) -> None:
    platform.arrange(
        "CMP-ACTIVE", callsInFlight=QUEUED + CONNECTED, records={"total": 9, "dialable": 9, "exhausted": 0}
    )
    seen = accepted(platform.status("CMP-ACTIVE", "PAUSED", drainQueue=drain))
    dials = measured(platform)["dials"]
    for _ in range(3):
        platform.advance(300)
        assert platform.campaign("CMP-ACTIVE")["totalCallsAttempted"] == seen["totalCallsAttempted"]
    assert measured(platform)["dials"] == dials
    assert states(platform) == []


@holds("4.70", "4.71")
@pytest.mark.parametrize("wanted", ["PAUSED", "STOPPED"])
def test_dropping_transition_cuts_the_queued_calls_and_no_live_one(platform: Caller, wanted: str) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=QUEUED + CONNECTED)
    seen = accepted(platform.status("CMP-ACTIVE", wanted, drainQueue=False))
    assert (seen["status"], seen["queueDrained"]) == (wanted, False)
    assert states(platform) == ["connected", "connected"]
    live = measured(platform)["live"]
    assert (live["callsRinging"], live["callsWaiting"], live["callsConnected"]) == (0, 0, 2)


@holds("4.71")
def test_live_calls_end_by_themselves_after_a_drop(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=QUEUED + CONNECTED)
    platform.status("CMP-ACTIVE", "PAUSED", drainQueue=False)
    platform.advance(59.5)
    assert states(platform) == ["connected", "connected"]
    platform.advance(0.5)
    assert states(platform) == ["connected"]
    assert platform.campaign("CMP-ACTIVE")["queueDrained"] is False
    platform.advance(30.5)
    assert platform.campaign("CMP-ACTIVE")["queueDrained"] is True


@holds("4.70", "4.14")
def test_drop_of_a_queue_without_live_calls_drains_at_once(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=QUEUED)
    assert accepted(platform.status("CMP-ACTIVE", "PAUSED", drainQueue=False))["queueDrained"] is True
    assert states(platform) == []


@holds("4.70")
def test_dropped_caller_who_waited_counts_as_abandoned(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=QUEUED + CONNECTED)
    platform.status("CMP-ACTIVE", "PAUSED", drainQueue=False)
    assert measured(platform)["abandons"] == 1


@holds("4.61")
@pytest.mark.parametrize("drain", [True, False])
def test_draining_does_not_raise_the_revision(platform: Caller, drain: bool) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=QUEUED + CONNECTED)
    assert accepted(platform.status("CMP-ACTIVE", "PAUSED", drainQueue=drain))["revision"] == 43
    for seconds in (4, 4, 4, 50, 40):
        platform.advance(seconds)
        answer = platform.get(f"{OUTBOUND}/CMP-ACTIVE")
        assert (answer.json()["revision"], answer.headers["ETag"]) == (43, '"43"')
    assert platform.campaign("CMP-ACTIVE")["queueDrained"] is True


@holds("4.56")
def test_running_drain_blocks_no_write(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=QUEUED + CONNECTED)
    platform.status("CMP-ACTIVE", "PAUSED")
    path = f"{OUTBOUND}/CMP-ACTIVE"
    accepted(platform.patch(path, {"dialingRules": RULES}))
    accepted(platform.patch(path, {"predictiveDialer": PREDICTIVE}))
    accepted(platform.put(path, weights("CMP-ACTIVE", configuration=CONFIGURATION)))
    schedule = f"{CAMPAIGNS}/CMP-ACTIVE/schedule"
    accepted(platform.put(schedule, timetable("CMP-ACTIVE"), headers={"If-Match": 'W/"initial"'}))
    seen = platform.campaign("CMP-ACTIVE")
    assert (seen["status"], seen["queueDrained"], seen["revision"]) == ("PAUSED", False, 46)


@holds("4.56")
@pytest.mark.parametrize("wanted", ["ACTIVE", "STOPPED"])
def test_running_drain_blocks_no_transition(platform: Caller, wanted: str) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=QUEUED + CONNECTED)
    platform.status("CMP-ACTIVE", "PAUSED")
    seen = accepted(platform.status("CMP-ACTIVE", wanted))
    assert (seen["status"], seen["queueDrained"]) == (wanted, False)
    assert len(states(platform)) == 5


@holds("4.56")
def test_running_drain_blocks_no_pending_transition(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=CONNECTED)
    platform.status("CMP-ACTIVE", "PAUSED")
    accepted(platform.status("CMP-ACTIVE", "ACTIVE", effectiveTime="2026-06-15T12:00:30Z"))
    platform.advance(30)
    seen = platform.campaign("CMP-ACTIVE")
    assert (seen["status"], seen["queueDrained"]) == ("ACTIVE", False)


@holds("4.56", "4.70")
def test_drop_cuts_a_drain_short(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", callsInFlight=QUEUED)
    assert accepted(platform.status("CMP-ACTIVE", "PAUSED"))["queueDrained"] is False
    assert accepted(platform.status("CMP-ACTIVE", "STOPPED", drainQueue=False))["queueDrained"] is True


@holds("4.69")
def test_calls_of_one_campaign_do_not_hold_up_another(platform: Caller) -> None:
    platform.arrange("CMP-FULL", callsInFlight=CONNECTED)
    assert accepted(platform.status("CMP-ACTIVE", "PAUSED"))["queueDrained"] is True
