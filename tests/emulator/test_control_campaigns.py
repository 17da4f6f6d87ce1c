"""Campaigns through the control surface: made, seen whole, locked, archived, staffed and measured."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.caller import START, Caller
from tests.emulator.documents import CAM, OUT, pacing, rules, schedule, weights
from tests.emulator.holds import holds
from tests.emulator.refusals import refused

A = "CMP-ACTIVE"
LIVE = ("agentsAvailable", "agentsTalking", "agentsWrapUp", "agentsUnavailable")


@holds("C.10")
def test_campaign_made_of_an_id_has_the_defaults(platform: Caller) -> None:
    view = platform.control("POST", "/campaigns", {"id": "NEW"})
    assert (view["id"], view["status"], view["isLocked"], view["revision"]) == ("NEW", "STOPPED", False, 1)
    assert (view["tenant"], view["agents"], view["callsInFlight"]) == ("acme", 0, [])
    assert view == platform.control("GET", "/campaigns/NEW")
    campaign = platform.campaign("NEW")
    assert isinstance(campaign["name"], str)
    assert campaign["transitionTime"] is None
    for block in ("dialingRules", "predictiveDialer", "predictiveDialerSettings", "configuration", "pendingTransition"):
        assert campaign[block] is None
    assert platform.get(f"{CAM}/NEW/schedule").headers["etag"] == 'W/"initial"'


@holds("C.10", "C.12")
def test_campaign_is_made_with_every_field(platform: Caller) -> None:
    blocks = {
        "dialingRules": rules(),
        "predictiveDialer": pacing(),
        "predictiveDialerSettings": weights("NEW")["predictiveDialerSettings"],
        "configuration": weights("NEW")["configuration"],
    }
    calendar = {k: v for k, v in schedule("NEW").items() if k != "campaignId"}
    plain = {"id": "NEW", "name": "Näw", "status": "ACTIVE", "locked": True, "revision": 77, "agents": 12}
    answer = platform.post(
        "/_emulator/campaigns", {**plain, **blocks, "schedule": calendar, "tenant": "bulk"}, client=None
    )
    assert answer.status_code == 201
    view = answer.json()
    assert (view["tenant"], view["name"], view["status"], view["isLocked"]) == ("bulk", "Näw", "ACTIVE", True)
    campaign = platform.campaign("NEW", "bulk-all")
    assert (campaign["revision"], campaign["version"], campaign["activeAgents"]) == (77, 77, 12)
    assert {block: campaign[block] for block in blocks} == blocks
    seen = platform.get(f"{CAM}/NEW/schedule", client="bulk-all")
    assert seen.headers["etag"] == 'W/"1"'
    assert {k: seen.json()[k] for k in calendar} == calendar
    refused(platform.get(f"{OUT}/NEW"), 403, "forbidden")


@holds("C.11")
@pytest.mark.parametrize("tenant", ["acme", "bulk"])
def test_campaign_that_exists_is_not_made_again(platform: Caller, tenant: str) -> None:
    before = platform.control("GET", f"/campaigns/{A}")
    answer = platform.post("/_emulator/campaigns", {"id": A, "tenant": tenant, "revision": 5}, client=None)
    assert answer.status_code == 409
    assert answer.json()["code"] == "validation"
    assert platform.control("GET", f"/campaigns/{A}") == before


@holds("C.07", "C.10")
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "id"),
        ({"id": ""}, "id"),
        ({"id": "a b"}, "id"),
        ({"id": ".."}, "id"),
        ({"id": "."}, "id"),
        ({"id": "x" * 129}, "id"),
        ({"id": 5}, "id"),
        ({"id": "NEW", "tenant": "nobody"}, "tenant"),
        ({"id": "NEW", "status": "paused"}, "status"),
        ({"id": "NEW", "locked": "no"}, "locked"),
        ({"id": "NEW", "revision": 1.0}, "revision"),
        ({"id": "NEW", "agents": -1}, "agents"),
        ({"id": "NEW", "agents": 100_001}, "agents"),
        ({"id": "NEW", "agents": True}, "agents"),
        ({"id": "NEW", "name": 5}, "name"),
        ({"id": "NEW", "colour": "red"}, "colour"),
        ({"id": "NEW", "dialingRules": rules(maxCallsPerAgent=11)}, "dialingRules.maxCallsPerAgent"),
        ({"id": "NEW", "predictiveDialer": pacing(answerRate=0.1)}, "predictiveDialer.answerRate"),
        ({"id": "NEW", "schedule": {"timezone": "CST"}}, None),
        ([], ""),
    ],
)
def test_campaign_of_the_wrong_form_is_not_made(platform: Caller, body: Any, field: str | None) -> None:
    document = refused(platform.post("/_emulator/campaigns", body, client=None), 422, "validation")
    if field is not None:
        assert {error["field"] for error in document["errors"]} == {field}
    refused(platform.get("/_emulator/campaigns/NEW", client=None), 404, "not_found")


@holds("C.12")
def test_control_view_is_the_campaign_and_what_a_reader_cannot_see(platform: Caller) -> None:
    view = platform.control("GET", "/campaigns/CMP-FULL")
    own = {"tenant", "agents", "callsInFlight", "live", "records", "schedule", "simulations", "lastDue"}
    campaign = platform.campaign("CMP-FULL")
    assert set(view) >= set(campaign) | own
    assert {k: view[k] for k in campaign} == campaign
    assert (view["tenant"], view["agents"], view["callsInFlight"], view["lastDue"]) == ("acme", 25, [], None)
    assert set(LIVE) <= set(view["live"])
    assert set(view["records"]) == {"total", "dialable", "exhausted"}
    assert view["schedule"]["timezone"] == "America/New_York"


@holds("C.13", "C.14")
@pytest.mark.parametrize(
    ("campaign", "changes", "raised"),
    [
        (A, {"locked": True}, 1),
        (A, {"isLocked": True}, 1),
        (A, {"locked": False}, 0),
        (A, {"archived": True}, 1),
        (A, {"status": "ARCHIVED"}, 1),
        (A, {"locked": True, "archived": True}, 1),
        (A, {"locked": True, "agents": 5}, 1),
        (A, {"agents": 5}, 0),
        (A, {"callsInFlight": [{"state": "connected", "secondsLeft": 5}]}, 0),
        (A, {"live": {"agentsTalking": 3}}, 0),
        (A, {"records": {"total": 3, "dialable": 2, "exhausted": 1}}, 0),
        (A, {"statistics": [{"dials": 1}]}, 0),
        ("CMP-LOCKED", {"locked": True}, 0),
        ("CMP-LOCKED", {"locked": False}, 1),
        ("CMP-ARCHIVED", {"archived": True}, 0),
    ],
)
def test_revision_rises_only_when_lock_or_archive_really_changes(
    platform: Caller, campaign: str, changes: dict[str, Any], raised: int
) -> None:
    before = platform.campaign(campaign)
    view = platform.arrange(campaign, **changes)
    assert view["revision"] == before["revision"] + raised
    seen = platform.campaign(campaign)
    assert seen["revision"] == seen["version"] == before["revision"] + raised
    if changes.get("locked", changes.get("isLocked")) is not None:
        assert seen["isLocked"] is changes.get("locked", changes.get("isLocked"))
    if "archived" in changes or "status" in changes:
        assert seen["status"] == "ARCHIVED"


@holds("C.13", "C.07")
def test_archived_campaign_stays_archived(platform: Caller) -> None:
    before = platform.control("GET", "/campaigns/CMP-ARCHIVED")
    for changes in ({"archived": False}, {"status": "STOPPED"}):
        refused(platform.patch("/_emulator/campaigns/CMP-ARCHIVED", changes, client=None), 422, "validation")
    assert platform.control("GET", "/campaigns/CMP-ARCHIVED") == before


@holds("C.15")
def test_agents_are_shown_while_the_campaign_is_active(platform: Caller) -> None:
    for word, number in (("agents", 3), ("activeAgents", 100_000), ("agents", 0)):
        assert platform.arrange(A, **{word: number})["agents"] == number
        assert platform.campaign(A)["activeAgents"] == number
    platform.arrange("CMP-PAUSED", agents=9)
    assert platform.campaign("CMP-PAUSED")["activeAgents"] == 0
    assert platform.status("CMP-PAUSED", "ACTIVE").json()["activeAgents"] == 9


@holds("C.16")
def test_calls_in_flight_end_by_themselves(platform: Caller) -> None:
    calls = [("ringing", 10), ("waiting", 20.5), ("connected", 30), ("connected", 31)]
    platform.arrange(A, callsInFlight=[{"state": s, "secondsLeft": n} for s, n in calls])
    for elapsed, left in ((0, 4), (9.5, 4), (10, 3), (20, 3), (20.5, 2), (30, 1), (30.5, 1), (31, 0), (99, 0)):
        platform.control("PUT", "/clock", {"now": START})
        platform.reset()
        platform.arrange(A, callsInFlight=[{"state": s, "secondsLeft": n} for s, n in calls])
        platform.advance(elapsed)
        view = platform.control("GET", f"/campaigns/{A}")
        assert len(view["callsInFlight"]) == left, elapsed
        assert view["queueDrained"] is (left == 0)
        live = platform.get(f"{CAM}/{A}/statistics").json()["live"]
        assert live["callsRinging"] + live["callsWaiting"] + live["callsConnected"] == left


@holds("C.17")
def test_live_and_record_counts_are_told_by_the_statistics(platform: Caller) -> None:
    platform.arrange(A, live={"agentsAvailable": 1, "agentsTalking": 2, "agentsWrapUp": 3, "agentsUnavailable": 4})
    platform.arrange(A, live={"agentsTalking": 7}, records={"total": 100, "dialable": 60, "exhausted": 40})
    told = platform.get(f"{CAM}/{A}/statistics").json()
    assert [told["live"][name] for name in LIVE] == [1, 7, 3, 4]
    assert told["records"] == {"total": 100, "dialable": 60, "exhausted": 40}


@holds("C.18")
def test_measured_numbers_of_a_minute_are_replaced(platform: Caller) -> None:
    numbers = {"dials": 10, "connects": 4, "abandons": 1, "machines": 2, "noAnswers": 2, "busies": 1}
    platform.arrange(A, statistics=[numbers | {"talk": 60, "wrap": 5, "idle": 4, "staffed": 69}])
    platform.arrange(A, statistics=[{"minute": "2026-06-15T11:59:00Z", "dials": 5}])
    told = platform.get(f"{CAM}/{A}/statistics").json()
    assert told["dials"] == 15
    assert {name: told[name] for name in numbers if name != "dials"} == {
        k: v for k, v in numbers.items() if k != "dials"
    }
    assert told["agentSeconds"] == {"talk": 60, "wrap": 5, "idle": 4, "staffed": 69}
    platform.arrange(A, statistics=[{"dials": 1}])
    again = platform.get(f"{CAM}/{A}/statistics").json()
    assert (again["dials"], again["connects"], again["agentSeconds"]["talk"]) == (6, 0, 0)


@holds("C.07")
@pytest.mark.parametrize(
    "changes",
    [
        {"locked": "yes"},
        {"locked": None},
        {"archived": "yes"},
        {"status": "PAUSED"},
        {"agents": -1},
        {"agents": 1.0},
        {"agents": 100_001},
        {"callsInFlight": {}},
        {"callsInFlight": [{"state": "talking", "secondsLeft": 5}]},
        {"callsInFlight": [{"state": "ringing", "secondsLeft": 0}]},
        {"callsInFlight": [{"state": "ringing"}]},
        {"callsInFlight": [{"state": "ringing", "secondsLeft": 5, "colour": 1}]},
        {"live": {"agentsTalking": -1}},
        {"live": {"callsRinging": -1}},
        {"records": {"total": "5", "dialable": 1, "exhausted": 1}},
        {"statistics": [{"dials": -1}]},
        {"statistics": [{"minute": "soon", "dials": 1}]},
        {"statistics": [{"colour": 1}]},
        {"colour": "red"},
        {"revision": 5},
        {"agents": 5, "colour": "red"},
        {"locked": True, "agents": -5},
    ],
)
def test_change_of_the_wrong_form_is_refused_whole(platform: Caller, changes: dict[str, Any]) -> None:
    before = platform.control("GET", f"/campaigns/{A}")
    refused(platform.patch(f"/_emulator/campaigns/{A}", changes, client=None), 422, "validation")
    assert platform.control("GET", f"/campaigns/{A}") == before
