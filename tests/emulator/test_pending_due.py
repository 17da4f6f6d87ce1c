"""What becomes of a pending transition when its hour comes: judged again, in order, with its calls."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.blocks import OUTBOUND, RULES, accepted, refused, same_instant, travel
from tests.emulator.caller import Caller
from tests.emulator.holds import holds

QUARTER = "2026-06-15T12:15:00Z"
HALF = "2026-06-15T12:30:00Z"
LAST = "2026-06-15T12:45:00Z"
NIGHT = "2026-06-16T00:00:00Z"


def ask(platform: Caller, campaign: str, status: str, when: str | None = None, **rest: Any) -> Any:
    """Send a lifecycle PATCH as the client of the campaign's tenant and return the answer."""
    client = "small-all" if campaign.startswith("SMALL") else "acme-all"
    body = {"status": status, **({} if when is None else {"effectiveTime": when}), **rest}
    return platform.patch(f"{OUTBOUND}/{campaign}", body, client=client)


def small(platform: Caller, campaign: str) -> dict[str, Any]:
    return platform.campaign(campaign, client="small-all")


def last_due(platform: Caller, campaign: str) -> Any:
    return platform.control("GET", f"/campaigns/{campaign}")["lastDue"]


@holds("4.53")
def test_control_surface_tells_what_became_of_it(platform: Caller) -> None:
    assert last_due(platform, "CMP-ACTIVE") is None
    accepted(ask(platform, "CMP-ACTIVE", "PAUSED", HALF))
    assert last_due(platform, "CMP-ACTIVE") is None
    travel(platform, NIGHT)
    told = last_due(platform, "CMP-ACTIVE")
    assert (told["status"], told["applied"], told["code"]) == ("PAUSED", True, None)
    assert same_instant(told["at"], HALF)


@holds("4.54", "4.60")
def test_transition_of_a_campaign_locked_by_then_is_dropped(platform: Caller) -> None:
    accepted(ask(platform, "CMP-ACTIVE", "PAUSED", HALF))
    platform.arrange("CMP-ACTIVE", locked=True)
    assert platform.campaign("CMP-ACTIVE")["revision"] == 44
    travel(platform, HALF)
    seen = platform.campaign("CMP-ACTIVE")
    assert (seen["status"], seen["pendingTransition"], seen["revision"]) == ("ACTIVE", None, 45)
    assert seen["transitionTime"] is not None
    told = last_due(platform, "CMP-ACTIVE")
    assert (told["applied"], told["code"]) == (False, "locked")


@holds("4.54")
def test_dropped_transition_does_not_come_back_with_the_lock_gone(platform: Caller) -> None:
    accepted(ask(platform, "CMP-ACTIVE", "PAUSED", HALF))
    platform.arrange("CMP-ACTIVE", locked=True)
    travel(platform, HALF)
    platform.arrange("CMP-ACTIVE", locked=False)
    travel(platform, NIGHT)
    seen = platform.campaign("CMP-ACTIVE")
    assert (seen["status"], seen["revision"]) == ("ACTIVE", 46)


@holds("4.54")
def test_lock_that_is_gone_before_the_hour_hinders_nothing(platform: Caller) -> None:
    accepted(ask(platform, "CMP-ACTIVE", "PAUSED", HALF))
    platform.arrange("CMP-ACTIVE", locked=True)
    travel(platform, QUARTER)
    platform.arrange("CMP-ACTIVE", locked=False)
    travel(platform, HALF)
    assert platform.campaign("CMP-ACTIVE")["status"] == "PAUSED"


@holds("4.54")
def test_lock_that_comes_after_the_hour_hinders_nothing(platform: Caller) -> None:
    accepted(ask(platform, "CMP-ACTIVE", "PAUSED", HALF))
    travel(platform, LAST)  # nobody has looked since the hour came
    platform.arrange("CMP-ACTIVE", locked=True)
    seen = platform.campaign("CMP-ACTIVE")
    assert (seen["status"], seen["isLocked"], seen["revision"]) == ("PAUSED", True, 45)


@holds("4.54", "4.60")
def test_transition_of_a_campaign_archived_by_then_is_dropped(platform: Caller) -> None:
    accepted(ask(platform, "CMP-PAUSED", "ACTIVE", HALF))
    platform.arrange("CMP-PAUSED", archived=True)
    assert platform.campaign("CMP-PAUSED")["revision"] == 9
    travel(platform, HALF)
    seen = platform.campaign("CMP-PAUSED")
    assert (seen["status"], seen["pendingTransition"], seen["revision"]) == ("ARCHIVED", None, 10)
    told = last_due(platform, "CMP-PAUSED")
    assert (told["applied"], told["code"]) == (False, "archived")


@holds("4.54")
def test_campaign_limit_is_judged_when_due_and_not_when_asked(platform: Caller) -> None:
    assert ask(platform, "SMALL-PAUSED", "ACTIVE").json()["code"] == "campaign_limit"
    seen = accepted(ask(platform, "SMALL-PAUSED", "ACTIVE", HALF))
    assert seen["pendingTransition"]["status"] == "ACTIVE"
    travel(platform, HALF)
    seen = small(platform, "SMALL-PAUSED")
    assert (seen["status"], seen["pendingTransition"], seen["revision"]) == ("PAUSED", None, 3)
    told = last_due(platform, "SMALL-PAUSED")
    assert (told["applied"], told["code"]) == (False, "campaign_limit")


@holds("4.54")
def test_campaign_limit_that_is_free_again_when_due_hinders_nothing(platform: Caller) -> None:
    accepted(ask(platform, "SMALL-PAUSED", "ACTIVE", HALF))
    accepted(ask(platform, "SMALL-ACTIVE", "STOPPED"))
    travel(platform, HALF)
    assert small(platform, "SMALL-PAUSED")["status"] == "ACTIVE"


@holds("4.53", "4.54")
@pytest.mark.parametrize("first_asked", ["SMALL-ACTIVE", "SMALL-PAUSED"])
@pytest.mark.parametrize("first_read", ["SMALL-ACTIVE", "SMALL-PAUSED"])
def test_what_is_due_first_acts_first_and_makes_room(platform: Caller, first_asked: str, first_read: str) -> None:
    orders = {"SMALL-ACTIVE": ("PAUSED", QUARTER), "SMALL-PAUSED": ("ACTIVE", HALF)}
    for name in sorted(orders, key=lambda name: name != first_asked):
        accepted(ask(platform, name, *orders[name]))
    travel(platform, NIGHT)
    seen = {name: small(platform, name)["status"] for name in sorted(orders, key=lambda name: name != first_read)}
    assert seen == {"SMALL-ACTIVE": "PAUSED", "SMALL-PAUSED": "ACTIVE"}


@holds("4.53", "4.54")
@pytest.mark.parametrize("first_asked", ["SMALL-ACTIVE", "SMALL-PAUSED"])
@pytest.mark.parametrize("first_read", ["SMALL-ACTIVE", "SMALL-PAUSED"])
def test_what_is_due_before_there_is_room_is_dropped(platform: Caller, first_asked: str, first_read: str) -> None:
    orders = {"SMALL-ACTIVE": ("PAUSED", HALF), "SMALL-PAUSED": ("ACTIVE", QUARTER)}
    for name in sorted(orders, key=lambda name: name != first_asked):
        accepted(ask(platform, name, *orders[name]))
    travel(platform, NIGHT)
    seen = {name: small(platform, name)["status"] for name in sorted(orders, key=lambda name: name != first_read)}
    assert seen == {"SMALL-ACTIVE": "PAUSED", "SMALL-PAUSED": "PAUSED"}


@holds("4.53", "4.54")
def test_due_order_runs_across_many_campaigns(platform: Caller) -> None:
    for name in ("SMALL-A", "SMALL-B", "SMALL-C"):
        platform.control("POST", "/campaigns", {"id": name, "tenant": "small"})
    # asked in no order; by due time: C comes too early, A gets the room, B comes too late, A leaves, PAUSED gets it
    accepted(ask(platform, "SMALL-PAUSED", "ACTIVE", "2026-06-15T12:50:00Z"))
    accepted(ask(platform, "SMALL-B", "ACTIVE", "2026-06-15T12:40:00Z"))
    accepted(ask(platform, "SMALL-A", "ACTIVE", "2026-06-15T12:20:00.000000001Z"))
    accepted(ask(platform, "SMALL-ACTIVE", "STOPPED", "2026-06-15T12:20:00Z"))
    accepted(ask(platform, "SMALL-C", "ACTIVE", "2026-06-15T12:19:59.999999999Z"))
    travel(platform, "2026-06-15T12:45:00Z")
    accepted(ask(platform, "SMALL-A", "STOPPED"))
    travel(platform, NIGHT)
    names = ("SMALL-ACTIVE", "SMALL-A", "SMALL-B", "SMALL-C", "SMALL-PAUSED")
    assert {name: small(platform, name)["status"] for name in names} == {
        "SMALL-ACTIVE": "STOPPED",
        "SMALL-A": "STOPPED",
        "SMALL-B": "STOPPED",
        "SMALL-C": "STOPPED",
        "SMALL-PAUSED": "ACTIVE",
    }
    codes = {name: last_due(platform, name)["code"] for name in names}
    assert codes == {**dict.fromkeys(names), "SMALL-B": "campaign_limit", "SMALL-C": "campaign_limit"}


@holds("4.53")
def test_write_to_one_campaign_sees_what_came_due_on_another(platform: Caller) -> None:
    accepted(ask(platform, "SMALL-ACTIVE", "PAUSED", QUARTER))
    travel(platform, QUARTER)
    accepted(ask(platform, "SMALL-PAUSED", "ACTIVE"))
    refused_answer = ask(platform, "SMALL-ACTIVE", "ACTIVE")
    body = refused(refused_answer, 409, "campaign_limit")
    assert (body["limit"], body["active"]) == (1, 1)


@holds("4.54", "4.12")
def test_dropped_transition_leaves_all_else_as_it_was(platform: Caller) -> None:
    accepted(ask(platform, "CMP-ACTIVE", "STOPPED", HALF, drainQueue=False))
    accepted(platform.patch(f"{OUTBOUND}/CMP-ACTIVE", {"dialingRules": RULES}))
    platform.arrange("CMP-ACTIVE", locked=True, callsInFlight=[{"state": "waiting", "secondsLeft": 7200}])
    before = platform.campaign("CMP-ACTIVE")
    travel(platform, HALF)
    after = platform.campaign("CMP-ACTIVE")
    moved = ("revision", "version", "pendingTransition", "transitionTime")
    assert {name: value for name, value in after.items() if name not in moved} == {
        name: value for name, value in before.items() if name not in moved
    }
    assert after["queueDrained"] is False
    assert platform.control("GET", "/campaigns/CMP-ACTIVE")["callsInFlight"]


@holds("4.53", "4.70")
def test_pending_transition_drops_its_queue_only_when_due(platform: Caller) -> None:
    accepted(ask(platform, "CMP-ACTIVE", "PAUSED", HALF, drainQueue=False))
    platform.arrange("CMP-ACTIVE", callsInFlight=[{"state": "waiting", "secondsLeft": 7200}])
    travel(platform, QUARTER)
    assert platform.campaign("CMP-ACTIVE")["queueDrained"] is False
    travel(platform, HALF)
    seen = platform.campaign("CMP-ACTIVE")
    assert (seen["status"], seen["queueDrained"]) == ("PAUSED", True)


@holds("4.53", "4.68", "4.69")
def test_pending_transition_lets_its_queue_finish_when_due(platform: Caller) -> None:
    accepted(ask(platform, "CMP-ACTIVE", "PAUSED", HALF))
    platform.arrange("CMP-ACTIVE", callsInFlight=[{"state": "waiting", "secondsLeft": 2000}])
    travel(platform, HALF)
    seen = platform.campaign("CMP-ACTIVE")
    assert (seen["status"], seen["queueDrained"]) == ("PAUSED", False)
    platform.advance(200)
    assert platform.campaign("CMP-ACTIVE")["queueDrained"] is True


@holds("4.53", "4.70")
@pytest.mark.parametrize(("seconds_left", "abandons"), [(1799, 0), (7200, 1)])
def test_clock_moved_beyond_drops_only_what_waited_at_the_hour(
    platform: Caller, seconds_left: int, abandons: int
) -> None:
    accepted(ask(platform, "CMP-ACTIVE", "PAUSED", HALF, drainQueue=False))
    platform.arrange("CMP-ACTIVE", callsInFlight=[{"state": "waiting", "secondsLeft": seconds_left}])
    travel(platform, NIGHT)
    seen = accepted(platform.get("/api/v2/campaigns/CMP-ACTIVE/statistics?bucket=minute"))
    assert seen["abandons"] == abandons
    assert platform.campaign("CMP-ACTIVE")["queueDrained"] is True
    with_abandons = [bucket["minute"] for bucket in seen["buckets"] if bucket["abandons"]]
    assert all(same_instant(minute, HALF) for minute in with_abandons)
    assert len(with_abandons) == abandons
