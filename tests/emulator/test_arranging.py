"""The control surface takes the words in which the platform itself tells calls, agents and counts."""

from __future__ import annotations

import pytest

from tests.emulator.caller import Caller

A = "CMP-ACTIVE"
LIVE = {"agentsAvailable": 4, "agentsTalking": 3, "agentsWrapUp": 2, "agentsUnavailable": 1}


def test_live_counts_as_the_statistics_tell_them_are_taken_back(platform: Caller) -> None:
    live = {**LIVE, "callsRinging": 1, "callsWaiting": 2, "callsConnected": 3}
    assert platform.arrange(A, live=live)["live"] == live
    assert platform.get(f"/api/v2/campaigns/{A}/statistics").json()["live"] == live


def test_live_calls_last_until_they_are_set_anew_and_hold_up_a_drain(platform: Caller) -> None:
    platform.arrange(A, live={"callsConnected": 2})
    assert platform.status(A, "PAUSED").json()["queueDrained"] is False
    platform.advance(10_000_000)
    platform.tokens.clear()
    assert platform.campaign(A)["queueDrained"] is False
    platform.arrange(A, live={"callsConnected": 0})
    assert platform.campaign(A)["queueDrained"] is True


def test_number_of_calls_is_so_many_connected_ones(platform: Caller) -> None:
    view = platform.arrange(A, callsInFlight=3)
    assert view["callsInFlight"] == [{"state": "connected", "secondsLeft": None}] * 3
    assert platform.arrange(A, callsInFlight=0)["callsInFlight"] == []


def test_length_of_a_call_has_two_names_and_needs_one(platform: Caller) -> None:
    view = platform.arrange(A, callsInFlight=[{"state": "waiting", "handleSeconds": 30}])
    assert view["callsInFlight"] == [{"state": "waiting", "secondsLeft": 30.0}]
    for wrong in ({"state": "waiting"}, {"state": "waiting", "handleSeconds": 3, "secondsLeft": 3}):
        path = f"/_emulator/campaigns/{A}"
        assert platform.patch(path, {"callsInFlight": [wrong]}, client=None).status_code == 422


@pytest.mark.parametrize("wrong", [True, -1, 1.5, "3", None])
def test_calls_in_flight_are_a_count_or_a_list(platform: Caller, wrong: object) -> None:
    assert platform.patch(f"/_emulator/campaigns/{A}", {"callsInFlight": wrong}, client=None).status_code == 422


def test_statistics_are_taken_in_the_shape_in_which_they_are_told(platform: Caller) -> None:
    platform.arrange(A, statistics={"dials": 5, "agentSeconds": {"talk": 60, "idle": 20}})
    told = platform.get(f"/api/v2/campaigns/{A}/statistics").json()
    assert (told["dials"], told["agentSeconds"]) == (5, {"talk": 60, "wrap": 0, "idle": 20, "staffed": 0})


def test_both_words_for_one_thing_must_agree(platform: Caller) -> None:
    assert platform.arrange(A, locked=True, isLocked=True)["isLocked"] is True
    answer = platform.patch(f"/_emulator/campaigns/{A}", {"agents": 1, "activeAgents": 2}, client=None)
    assert [fault["field"] for fault in answer.json()["errors"]] == ["activeAgents"]


def test_new_campaign_takes_both_words_too(platform: Caller) -> None:
    new = {"id": "NEW-1", "status": "ACTIVE", "isLocked": True, "activeAgents": 7}
    view = platform.control("POST", "/campaigns", new)
    assert (view["isLocked"], view["activeAgents"]) == (True, 7)


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        ({"status": 503}, "status"),
        ({"delayMs": 1}, "delay"),
        ({"skewSeconds": 5}, "clock_skew"),
        ({"seconds": 5}, "silence"),
    ],
)
def test_fault_is_known_by_its_one_field(platform: Caller, order: dict[str, int], kind: str) -> None:
    assert platform.control("POST", "/faults", order)["kind"] == kind


def test_fault_without_a_kind_that_can_be_told_is_refused(platform: Caller) -> None:
    for order in ({}, {"times": 2}, {"status": 503, "delayMs": 5}):
        answer = platform.post("/_emulator/faults", order, client=None)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "kind")


def test_plus_that_was_not_escaped_is_a_plus(platform: Caller) -> None:
    path = f"/api/v2/campaigns/{A}/statistics?from=2026-06-15T11:00:00+00:00"
    assert platform.get(path).json()["from"] == "2026-06-15T11:00:00Z"


def test_call_that_has_ended_stays_ended_when_the_clock_is_set_back(platform: Caller) -> None:
    platform.arrange(
        A, callsInFlight=[{"state": "connected", "secondsLeft": 10}, {"state": "ringing", "secondsLeft": 99}]
    )
    platform.advance(20)
    platform.set_now("2026-06-15T12:00:00Z")
    view = platform.control("GET", f"/campaigns/{A}")
    assert [call["state"] for call in view["callsInFlight"]] == ["ringing"]
