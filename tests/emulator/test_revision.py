"""What moves the revision, by exactly one, and what does not move it at all."""

from __future__ import annotations

from collections.abc import Callable
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
    timetable,
    travel,
    weights,
)
from tests.emulator.caller import Caller
from tests.emulator.holds import holds

PATH = f"{OUTBOUND}/CMP-ACTIVE"
SCHEDULE = f"{CAMPAIGNS}/CMP-FULL/schedule"


def revision(platform: Caller, campaign: str = "CMP-ACTIVE") -> int:
    """Return the revision, having checked that its three places agree and that it is an integer."""
    answer = platform.get(f"{OUTBOUND}/{campaign}")
    seen = accepted(answer)
    assert type(seen["revision"]) is int
    assert type(seen["version"]) is int
    assert seen["revision"] == seen["version"]
    assert answer.headers["ETag"] == f'"{seen["revision"]}"'
    number: int = seen["revision"]
    return number


@holds("4.16", "4.15", "4.28")
@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    "body",
    [
        {"status": "PAUSED"},
        {"status": "PAUSED", "effectiveTime": "2026-06-15T13:00Z"},
        {"dialingRules": RULES},
        {"dialingRules": RULES, "revision": 42},
        {"predictiveDialer": PREDICTIVE},
        {"status": "ACTIVE", "predictiveDialer": PREDICTIVE},
        {"status": "STOPPED", "dialingRules": RULES, "predictiveDialer": PREDICTIVE},
    ],
)
def test_patch_raises_the_revision_by_one(platform: Caller, prefix: str, body: dict[str, Any]) -> None:
    answer = platform.patch(f"{prefix}/CMP-ACTIVE", body)
    seen = accepted(answer)
    assert (seen["revision"], seen["version"], answer.headers["ETag"]) == (43, 43, '"43"')
    assert revision(platform) == 43


@holds("4.17", "4.15", "4.28")
@pytest.mark.parametrize(
    "blocks",
    [
        {"predictiveDialerSettings": SETTINGS},
        {"configuration": CONFIGURATION},
        {"predictiveDialerSettings": SETTINGS, "configuration": CONFIGURATION},
        {"configuration": CONFIGURATION, "version": 42},
    ],
)
def test_put_raises_the_revision_by_one(platform: Caller, blocks: dict[str, Any]) -> None:
    answer = platform.put(PATH, weights("CMP-ACTIVE", **blocks))
    seen = accepted(answer)
    assert (seen["revision"], seen["version"], answer.headers["ETag"]) == (43, 43, '"43"')
    assert revision(platform) == 43


@holds("4.18")
@pytest.mark.parametrize("body", [{"dialingRules": RULES}, {"predictiveDialer": PREDICTIVE}])
def test_patch_of_the_same_content_raises_the_revision(platform: Caller, body: dict[str, Any]) -> None:
    assert [accepted(platform.patch(PATH, body))["revision"] for _ in range(4)] == [43, 44, 45, 46]


@holds("4.18")
def test_put_of_the_same_content_raises_the_revision(platform: Caller) -> None:
    body = weights("CMP-ACTIVE", predictiveDialerSettings=SETTINGS, configuration=CONFIGURATION)
    assert [accepted(platform.put(PATH, body))["revision"] for _ in range(4)] == [43, 44, 45, 46]


@holds("4.16", "4.17")
def test_revision_counts_all_writes_of_both_methods_and_prefixes(platform: Caller) -> None:
    platform.patch(PATH, {"dialingRules": RULES})
    platform.patch(f"{CAMPAIGNS}/CMP-ACTIVE", {"predictiveDialer": PREDICTIVE})
    platform.put(PATH, weights("CMP-ACTIVE", configuration=CONFIGURATION))
    platform.status("CMP-ACTIVE", "PAUSED")
    platform.arrange("CMP-ACTIVE", locked=True)
    assert revision(platform) == 47


@holds("4.16")
def test_write_to_one_campaign_moves_no_other(platform: Caller) -> None:
    platform.status("CMP-ACTIVE", "PAUSED")
    others = {"CMP-PAUSED": 7, "CMP-STOPPED": 3, "CMP-ARCHIVED": 9, "CMP-LOCKED": 5, "CMP-FULL": 100}
    assert {name: revision(platform, name) for name in others} == others


@holds("4.58", "4.59", "4.60")
def test_storing_replacing_cancelling_and_coming_due_move_it_by_one_each(platform: Caller) -> None:
    seen = [
        platform.status("CMP-ACTIVE", "PAUSED", effectiveTime="2026-06-15T12:30Z").json()["revision"],
        platform.status("CMP-ACTIVE", "STOPPED", effectiveTime="2026-06-15T12:30Z").json()["revision"],
        platform.status("CMP-ACTIVE", "ACTIVE").json()["revision"],
        platform.status("CMP-ACTIVE", "PAUSED", effectiveTime="2026-06-15T12:30Z").json()["revision"],
    ]
    assert seen == [43, 44, 45, 46]
    travel(platform, "2026-06-15T12:30:00Z")
    assert revision(platform) == 47


@holds("4.19", "4.20")
@pytest.mark.parametrize(
    ("changes", "moves"),
    [
        ([{"locked": True}], 1),
        ([{"locked": True}, {"locked": True}], 1),
        ([{"locked": True}, {"locked": False}], 2),
        ([{"locked": False}], 0),
        ([{"archived": True}], 1),
        ([{"archived": True}, {"archived": True}], 1),
        ([{"archived": True}, {"locked": True}], 2),
        ([{"locked": True, "archived": True}], 1),
        ([{"locked": True, "agents": 3}], 1),
    ],
)
def test_lock_and_archive_move_it_by_one(platform: Caller, changes: list[dict[str, Any]], moves: int) -> None:
    for change in changes:
        platform.arrange("CMP-PAUSED", **change)
    assert revision(platform, "CMP-PAUSED") == 7 + moves


@holds("4.62")
def test_counters_do_not_move_it(platform: Caller) -> None:
    platform.arrange("CMP-ACTIVE", agents=3)
    platform.arrange("CMP-ACTIVE", callsInFlight=[{"state": "ringing", "secondsLeft": 5}])
    platform.arrange("CMP-ACTIVE", live={"agentsTalking": 2})
    platform.arrange("CMP-ACTIVE", records={"total": 10, "dialable": 8, "exhausted": 2})
    platform.arrange("CMP-ACTIVE", statistics=[{"dials": 100, "connects": 30, "abandons": 1}])
    platform.advance(600)
    assert revision(platform) == 42


@holds("4.63")
def test_schedule_has_a_counter_of_its_own(platform: Caller) -> None:
    first = platform.put(SCHEDULE, timetable("CMP-FULL"), headers={"If-Match": 'W/"1"'})
    accepted(first)
    second = platform.put(SCHEDULE, timetable("CMP-FULL"), headers={"If-Match": first.headers["ETag"]})
    accepted(second)
    assert [first.headers["ETag"], second.headers["ETag"]] == ['W/"2"', 'W/"3"']
    assert revision(platform, "CMP-FULL") == 100


@holds("4.63")
def test_writes_to_the_campaign_do_not_move_the_schedule(platform: Caller) -> None:
    platform.patch(f"{OUTBOUND}/CMP-FULL", {"dialingRules": RULES})
    platform.status("CMP-FULL", "PAUSED")
    assert platform.get(SCHEDULE).headers["ETag"] == 'W/"1"'


@holds("4.21")
def test_simulation_does_not_move_it(platform: Caller) -> None:
    order = {"campaignId": "CMP-ACTIVE", "simulationType": "predictive_weight_validation", "durationSeconds": 60}
    started = accepted(platform.post(f"{OUTBOUND}/simulations", order), 202)
    assert revision(platform) == 42
    platform.advance(3000)
    platform.get(f"{OUTBOUND}/simulations/{started['id']}")
    assert revision(platform) == 42


@holds("4.21", "4.17")
def test_simulation_that_a_put_started_does_not_move_it_again(platform: Caller) -> None:
    body = weights("CMP-ACTIVE", configuration={**CONFIGURATION, "simulationTrigger": "automatic"})
    assert accepted(platform.put(PATH, body))["revision"] == 43
    platform.advance(3000)
    assert revision(platform) == 43


@holds("4.22")
def test_delivery_does_not_move_it(platform: Caller) -> None:
    hook = {"name": "tuned", "url": "http://127.0.0.1:9/tuned", "events": ["campaign.predictive.tuned"]}
    made = accepted(platform.post("/api/v2/webhooks", hook), 201)
    assert accepted(platform.put(PATH, weights("CMP-ACTIVE", configuration=CONFIGURATION)))["revision"] == 43
    deliveries = platform.control("GET", "/deliveries")["deliveries"]
    assert [delivery["webhookId"] for delivery in deliveries] == [made["id"]]
    for _ in range(3):
        platform.advance(1000)
        assert revision(platform) == 43


READS: list[tuple[str, str]] = [
    ("GET", PATH),
    ("GET", f"{CAMPAIGNS}/CMP-ACTIVE"),
    ("GET", OUTBOUND),
    ("GET", f"{CAMPAIGNS}/CMP-ACTIVE/schedule"),
    ("GET", f"{CAMPAIGNS}/CMP-ACTIVE/statistics"),
    ("GET", f"{CAMPAIGNS}/statistics"),
    ("HEAD", PATH),
]


@holds("4.16", "4.17")
@pytest.mark.parametrize(("method", "path"), READS)
def test_read_does_not_move_it(platform: Caller, method: str, path: str) -> None:
    assert platform.send(method, path).status_code == 200
    assert revision(platform) == 42


def refusals() -> list[tuple[str, Callable[[Caller], Any], int]]:
    """Return refused writes of CMP-ACTIVE, each with a word for it and its status."""
    rules = {"dialingRules": RULES}
    return [
        ("field fault", lambda p: p.patch(PATH, {"dialingRules": {**RULES, "maxCallsPerAgent": 0}}), 400),
        ("unparsable", lambda p: p.patch(PATH, body=b"{"), 400),
        ("no block", lambda p: p.patch(PATH, {}), 400),
        ("content type", lambda p: p.patch(PATH, body=b"{}", headers={"Content-Type": "text/plain"}), 415),
        ("illegal transition", lambda p: p.patch(PATH, {"status": "ACTIVE"}), 409),
        ("stale header", lambda p: p.patch(PATH, rules, headers={"X-If-Match": "41"}), 409),
        ("stale tag", lambda p: p.patch(PATH, rules, headers={"If-Match": '"41"'}), 409),
        ("stale body", lambda p: p.patch(PATH, {**rules, "revision": 41}), 409),
        ("stale version", lambda p: p.put(PATH, weights("CMP-ACTIVE", configuration=CONFIGURATION, version=41)), 409),
        ("other id", lambda p: p.put(PATH, weights("CMP-PAUSED", configuration=CONFIGURATION)), 400),
        ("no scope", lambda p: p.patch(PATH, rules, client="acme-read"), 403),
        ("other tenant", lambda p: p.patch(PATH, rules, client="small-all"), 403),
        ("no token", lambda p: p.patch(PATH, rules, client=None), 401),
        ("method", lambda p: p.delete(PATH), 405),
    ]


@holds("4.16", "4.17")
@pytest.mark.parametrize(("send", "status"), [pytest.param(send, code, id=word) for word, send, code in refusals()])
def test_refused_write_does_not_move_it(platform: Caller, send: Callable[[Caller], Any], status: int) -> None:
    answer = send(platform)
    assert answer.status_code == status, answer.text
    assert revision(platform) == 42


@holds("4.16", "4.19")
def test_write_refused_by_a_lock_does_not_move_it(platform: Caller) -> None:
    for prefix, status in zip(PREFIXES, (409, 403), strict=True):
        assert platform.patch(f"{prefix}/CMP-LOCKED", {"dialingRules": RULES}).status_code == status
    assert revision(platform, "CMP-LOCKED") == 5


@holds("4.16", "4.30")
def test_replayed_answer_does_not_move_it(platform: Caller) -> None:
    for _ in range(3):
        headers = {"Idempotency-Key": "once"}
        assert accepted(platform.patch(PATH, {"dialingRules": RULES}, headers=headers))["revision"] == 43
    assert revision(platform) == 43


@holds("4.16", "4.17")
def test_faulty_writes_between_good_ones_leave_no_gap(platform: Caller) -> None:
    for expected in (43, 44, 45):
        assert faulty(platform.patch(PATH, {"dialingRules": RULES, "unknown": 1})) == {"unknown"}
        assert accepted(platform.patch(PATH, {"dialingRules": RULES}))["revision"] == expected
