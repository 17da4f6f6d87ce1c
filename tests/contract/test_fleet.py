"""One kind of change for many campaigns: an item each, few requests, and nothing that keeps one keeps the others."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from paceline.bootstrap import System
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Observed, State, Unreadable
from paceline.campaign.ports import Platform, Prepared, Receipt, UnavailableError
from paceline.control.fleet.fleet import FleetOutcome, Found, Target
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.database import open_database
from tests.contract.emulated import Emulated
from tests.contract.systems import ACTIVE, ARCHIVED, LOCKED, PAUSED, STOPPED, Office, Through

EVERYTHING = Target(everything=True)


def stop(campaign: CampaignId) -> AnyChange:
    return Stop(campaign=campaign)


def resume(campaign: CampaignId) -> AnyChange:
    return Resume(campaign=campaign)


def ordered(system: System, found: Found, change: Any = stop, **more: Any) -> FleetOutcome:
    return system.fleet.run(found, change, Order(actor=system.actor), **more)


def words(ended: FleetOutcome) -> dict[str, str]:
    return {item.change.campaign: item.word for item in ended.items}


def create(emulated: Emulated, many: int, status: str = "ACTIVE") -> list[CampaignId]:
    named = [CampaignId(f"WIDE-{number:03}") for number in range(many)]
    for campaign in named:
        emulated.control("POST", "/campaigns", {"id": campaign, "status": status, "tenant": "wide"})
    return named


def asked(emulated: Emulated) -> int:
    """How many requests the platform has seen, those for tokens aside."""
    return len(emulated.entries(path="/api/v2/*campaigns*", limit="100000"))


def test_300_campaigns_are_stopped_with_little_more_than_a_request_each(office: Office) -> None:
    named = create(office.emulated, 300)
    system = office.system(platform=office.emulated.platform("wide"), clock=MachineClock())
    told: list[Outcome] = []
    ended = ordered(system, system.fleet.find(EVERYTHING, lane=Lane.STOPPING), told=told.append)
    assert [item.change.campaign for item in ended.items] == named
    assert ended.summary == {"applied": 300}
    assert len(told) == 300
    assert ended.requests == asked(office.emulated)
    assert ended.requests / 300 <= 1.05
    assert {office.emulated.shown(campaign)["status"] for campaign in named} == {"STOPPED"}
    assert system.recorder.unended() == []


def test_items_stand_in_the_order_of_the_ids_whatever_their_end(desk: Office) -> None:
    system = desk.system()
    ended = ordered(system, system.fleet.find(EVERYTHING))
    assert words(ended) == {
        "ACTIVE": "applied",
        "ARCHIVED": "refused",
        "LOCKED": "refused",
        "PAUSED": "applied",
        "STOPPED": "unchanged",
    }
    assert [item.change.campaign for item in ended.items] == [ACTIVE, ARCHIVED, LOCKED, PAUSED, STOPPED]
    assert ended.summary == {"applied": 2, "refused": 2, "unchanged": 1}
    assert {item.change.campaign: item.requests for item in ended.items} == {
        ACTIVE: 1, ARCHIVED: 0, LOCKED: 0, PAUSED: 1, STOPPED: 0,
    }  # fmt: skip
    document: Any = ended.document()
    assert (len(document["items"]), document["summary"]["requests"]) == (5, 3)


@pytest.mark.parametrize(
    ("target", "found"),
    [
        (Target(state=State.ACTIVE), [ACTIVE, LOCKED]),
        (Target(labelled=frozenset({PAUSED, CampaignId("ELSEWHERE")})), [PAUSED]),
        (Target(labelled=frozenset({PAUSED, ACTIVE}), state=State.ACTIVE), [ACTIVE]),
        (Target(named=(STOPPED, ACTIVE)), [STOPPED, ACTIVE]),
        (Target(named=(STOPPED, PAUSED, ACTIVE)), [ACTIVE, PAUSED, STOPPED]),
        (Target(named=(PAUSED,), state=State.ACTIVE), [ACTIVE, LOCKED, PAUSED]),
    ],
)
def test_target_finds_those_that_are_named_and_those_that_fit(
    desk: Office, target: Target, found: list[CampaignId]
) -> None:
    assert list(desk.system().fleet.find(target).campaigns) == found


def test_name_that_is_not_there_is_an_item_that_failed(desk: Office) -> None:
    system = desk.system()
    ended = ordered(system, system.fleet.find(Target(named=(ACTIVE, PAUSED, CampaignId("NONE")))))
    assert words(ended) == {"ACTIVE": "applied", "NONE": "failed", "PAUSED": "applied"}
    assert ended.requests == asked(desk.emulated)


class Blurred(Through):
    """A platform that shows some campaigns in a form that nobody knows."""

    def list(self, *, state: State | None = None, lane: Lane = Lane.READING) -> Iterator[Observed | Unreadable]:
        for one in self.beyond.list(state=state, lane=lane):
            yield Unreadable(campaign=PAUSED, why="status: odd") if one.campaign == PAUSED else one
        yield Unreadable(campaign=None, why="id: missing")


def test_campaign_that_nobody_can_read_is_told_and_keeps_no_other(office: Office) -> None:
    system = office.system(platform=Blurred(office.emulated.platform()))
    ended = ordered(system, system.fleet.find(EVERYTHING))
    assert words(ended) == {"ACTIVE": "applied", "ARCHIVED": "refused", "LOCKED": "refused", "STOPPED": "unchanged"}
    assert ended.summary == {"applied": 1, "refused": 2, "unchanged": 1, "failed": 2}
    document: Any = ended.document()
    failed = [item for item in document["items"] if item["outcome"] == "failed"]
    assert [item["change"]["campaign"] for item in failed] == ["PAUSED", None]
    assert all("unknown form" in item["error"]["message"] for item in failed)
    assert {frozenset(item) - {"error"} for item in document["items"]} == {frozenset(document["items"][0])}


def test_list_that_cannot_be_read_is_an_error_and_changes_nothing(desk: Office) -> None:
    desk.emulated.order("status", method="GET", status=503, times=None)
    system = desk.system(platform=desk.emulated.platform(attempts=1))
    with pytest.raises(UnavailableError):
        system.fleet.find(EVERYTHING)
    assert desk.sent() == []


class InterruptedRunError(Exception):
    """somebody has pressed the key"""


class Gated(Through):
    """A platform that takes so many changes, and no more before somebody has opened the gate."""

    def __init__(self, beyond: Platform, free: int) -> None:
        super().__init__(beyond)
        self.gate = threading.Event()
        self.free = threading.Semaphore(free)

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        if not self.free.acquire(blocking=False):
            assert self.gate.wait(20)
        return self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)


def test_run_that_was_interrupted_is_resumed_and_what_was_done_is_left_alone(office: Office) -> None:
    named = create(office.emulated, 40)
    platform = Gated(office.emulated.platform("wide"), free=12)
    system = office.system(platform=platform, clock=MachineClock(), concurrency=4)
    told: list[Outcome] = []

    def interrupted(outcome: Outcome) -> None:
        told.append(outcome)
        if len(told) == 10:
            platform.gate.set()
            raise InterruptedRunError

    with pytest.raises(InterruptedRunError):
        ordered(system, system.fleet.find(EVERYTHING), told=interrupted)
    done = len(office.sent())
    assert 10 <= done < 40
    assert system.recorder.unended() == []
    ended = ordered(system, system.fleet.find(EVERYTHING))
    assert [item.change.campaign for item in ended.items] == named
    assert ended.summary == {"unchanged": done, "applied": 40 - done}
    assert ended.requests == 1 + 40 - done
    assert len(office.sent()) == 40


def test_campaign_that_moved_on_since_the_list_is_judged_again(desk: Office) -> None:
    system = desk.system()
    found = system.fleet.find(EVERYTHING)
    desk.outside(Pause(campaign=ACTIVE))
    ended = ordered(system, found)
    assert words(ended)["ACTIVE"] == "applied"
    assert {item.change.campaign: item.requests for item in ended.items}[ACTIVE] == 3


def test_places_under_the_limit_go_to_the_first_in_order(desk: Office) -> None:
    named = create(desk.emulated, 6, "PAUSED")
    system = desk.system(platform=desk.emulated.platform("wide"), active_limit=lambda: 4)
    ended = ordered(system, system.fleet.find(EVERYTHING), resume)
    assert [item.word for item in ended.items] == ["applied"] * 4 + ["refused"] * 2
    assert [item.change.campaign for item in ended.items] == named


def test_declared_limit_is_never_exceeded_by_systems_that_resume_at_once(url: str, emulated: Emulated) -> None:
    """The emulator itself counts: after every write the number of active campaigns is at most the limit."""
    limit, named = 5, create(emulated, 12, "PAUSED")
    with open_database(url) as first, open_database(url) as second:
        office = Office(emulated, first, TenantId("wide"))
        systems = [
            office.system(
                name,
                platform=emulated.platform("wide"),
                database=database,
                clock=MachineClock(),
                active_limit=lambda: limit,
            )
            for name, database in (("ada", first), ("bob", second), ("cyd", first))
        ]
        ended: list[Outcome] = []

        def work(system: System, turn: int) -> None:
            for step in range(8):
                campaign = named[(turn * 5 + step * 7) % len(named)]
                ended.append(system.run(Pause(campaign=campaign) if step % 4 == 3 else Resume(campaign=campaign)))

        threads = [
            threading.Thread(target=work, args=(system, turn)) for turn, system in enumerate([*systems, *systems])
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(ended) == 48
        assert {item.word for item in ended} <= {"applied", "unchanged", "refused"}
        assert most_active(office) == limit
        assert systems[0].recorder.unended() == []
        office.close()


def most_active(office: Office) -> int:
    """The most campaigns that were active at one time, by the platform's own record of its answers."""
    active: set[str] = set()
    most = 0
    for entry in office.sent():
        if entry["status"] != 200:
            continue
        shown = json.loads(entry["answer"]["body"])
        (active.add if shown["status"] == "ACTIVE" else active.discard)(shown["id"])
        most = max(most, len(active))
    return most


def test_target_that_no_campaign_fits_ends_at_once_with_nothing_done(office: Office) -> None:
    system = office.system()
    ended = ordered(system, system.fleet.find(Target(labelled=frozenset())))
    assert (ended.items, dict(ended.summary)) == ((), {})
    assert office.sent() == []
