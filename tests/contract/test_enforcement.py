"""What is frozen is kept stopped: by one worker at a time, and without saying the same again and again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from paceline.bootstrap import System
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Resume, Stop
from paceline.campaign.observed import Observed, State, Unreadable
from paceline.campaign.ports import Prepared, Receipt
from paceline.control.fleet.enforcement import CALM_S, LONGEST_S, URGENT_S, not_stopped
from paceline.control.fleet.fleet import Found
from paceline.control.order import Order
from paceline.ledger.entry import Query
from paceline.primitives.ids import CampaignId
from tests.contract.later import status
from tests.contract.systems import ACTIVE, LOCKED, PAUSED, STOPPED, Office, Unlooked


def order(system: System) -> Order:
    return Order(actor=system.actor, reason="kept frozen")


def frozen(system: System, *campaigns: CampaignId) -> None:
    system.freeze.freeze(Found(campaigns=dict.fromkeys(campaigns)), order(system))


def stops(system: System, campaign: CampaignId) -> int:
    return len(system.book.entries(Query(campaign=campaign, kind=Stop.kind)))


def test_one_worker_at_a_time_looks_soon_while_something_dials_and_seldom_after(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    assert ada.enforcement.in_turn(order(ada)) is None
    frozen(ada, ACTIVE, LOCKED)
    assert ada.enforcement.in_turn(order(ada)) is not None
    assert bob.enforcement.in_turn(order(bob)) is None
    office.clock.advance(URGENT_S)
    assert bob.enforcement.in_turn(order(bob)) is not None
    office.emulated.arrange(LOCKED, isLocked=False)
    office.clock.advance(URGENT_S)
    assert ada.enforcement.in_turn(order(ada)) is not None
    assert ada.freezes.frozen(stopped=False) == {}
    office.clock.advance(CALM_S - 1)
    assert bob.enforcement.in_turn(order(bob)) is None
    office.clock.advance(1)
    assert bob.enforcement.in_turn(order(bob)) is not None


def test_resumption_that_was_in_the_network_when_the_latch_fell_is_stopped_soon(office: Office) -> None:
    ada = office.system("ada")

    class Late(Unlooked):
        def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
            frozen(ada, STOPPED)
            assert ada.enforcement.in_turn(order(ada)) is not None
            assert ada.freezes.frozen(stopped=False) == {}
            return self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)

    office.system("bob", platform=Late(office.emulated.platform())).run(Resume(campaign=STOPPED))
    # Its own process tells it, so that the next look does not come as seldom as where all stand still.
    assert (status(office, STOPPED), list(ada.freezes.frozen(stopped=False))) == ("ACTIVE", [STOPPED])
    office.clock.advance(URGENT_S)
    assert ada.enforcement.in_turn(order(ada)) is not None
    assert (status(office, STOPPED), ada.freezes.frozen(stopped=False)) == ("STOPPED", {})


def test_campaign_that_is_locked_still_is_not_tried_nor_told_anew(office: Office) -> None:
    ada = office.system("ada")
    frozen(ada, LOCKED)
    sent, tried = len(office.sent()), stops(ada, LOCKED)
    for _ in range(3):
        office.clock.advance(LONGEST_S)
        told = ada.enforcement.enforce(order(ada))
        assert told is not None
        assert "locked" in not_stopped(told)[LOCKED]
    assert (len(office.sent()), stops(ada, LOCKED), list(ada.freezes.frozen(stopped=False))) == (sent, tried, [LOCKED])
    office.emulated.arrange(LOCKED, isLocked=False)
    ada.enforcement.enforce(order(ada))
    assert (status(office, LOCKED), stops(ada, LOCKED)) == ("STOPPED", tried + 1)


def test_stop_that_fails_for_what_nobody_can_see_is_tried_at_longer_and_longer_intervals(desk: Office) -> None:
    ada = desk.system("ada", platform=desk.emulated.platform(attempts=1))
    desk.emulated.order("status", method="PATCH", path="/api/v2/*", status=403, times=None)
    frozen(ada, ACTIVE)
    begun, tried = stops(ada, ACTIVE), list[int]()
    for second in range(5, 320, 5):
        desk.clock.advance(URGENT_S)
        told = ada.enforcement.enforce(order(ada))
        assert told is not None
        assert list(not_stopped(told)) == [ACTIVE]
        if stops(ada, ACTIVE) > begun + len(tried):
            tried.append(second)
    gaps = [after - before for before, after in zip([0, *tried], tried, strict=False)]
    assert gaps == sorted(gaps)
    assert (gaps[0], len(tried)) == (URGENT_S, 6)
    desk.emulated.control("DELETE", "/faults")
    desk.clock.advance(LONGEST_S)
    ada.enforcement.enforce(order(ada))
    assert status(desk, ACTIVE) == "STOPPED"


def test_paused_campaign_that_is_locked_is_at_rest_and_not_called_dialing(office: Office) -> None:
    ada = office.system("ada")
    office.emulated.arrange(PAUSED, isLocked=True)
    outcome = ada.freeze.freeze(Found(campaigns={PAUSED: None, LOCKED: None}), order(ada))
    assert (list(outcome.not_yet), list(outcome.at_rest)) == ([LOCKED], [PAUSED])
    assert "locked" in outcome.at_rest[PAUSED]
    assert list(ada.freezes.frozen(stopped=False)) == [LOCKED]
    ada.enforcement.enforce(order(ada))
    assert list(ada.freezes.frozen(stopped=False)) == [LOCKED]


def test_locked_campaign_that_becomes_active_by_itself_is_not_at_rest(desk: Office) -> None:
    ada = desk.system("ada")
    tomorrow = datetime(2026, 6, 16, tzinfo=UTC)
    assert ada.run(Resume(campaign=STOPPED, effective_at=tomorrow)).word == "scheduled"
    desk.emulated.arrange(STOPPED, isLocked=True)
    outcome = ada.freeze.freeze(Found(campaigns={STOPPED: None}), order(ada))
    assert (list(outcome.not_yet), outcome.at_rest) == ([STOPPED], {})
    desk.emulated.advance(timedelta(days=2).total_seconds())
    desk.emulated.arrange(STOPPED, isLocked=False)
    ada.enforcement.enforce(order(ada))
    assert status(desk, STOPPED) == "STOPPED"


def test_freeze_of_somebody_else_outlives_a_slip_of_the_pen(office: Office) -> None:
    ada, bob, nobody = office.system("ada"), office.system("bob"), CampaignId("NOBODY")
    office.emulated.order("status", path="/api/v2/*", status=503, times=None)
    frozen(ada, nobody)
    office.emulated.control("DELETE", "/faults")
    outcome = bob.freeze.freeze(Found(campaigns={nobody: None}), order(bob))
    assert (outcome.unknown, list(outcome.not_yet)) == ((), [nobody])
    assert [one.by for one in bob.freezes.frozen().values()] == ["ada"]


def test_list_is_asked_for_behind_what_stops(desk: Office) -> None:
    lanes: list[Lane] = []

    class Noted(Unlooked):
        def list(self, *, state: State | None = None, lane: Lane = Lane.READING) -> Iterator[Observed | Unreadable]:
            lanes.append(lane)
            return self.beyond.list(state=state, lane=lane)

    ada = desk.system("ada", platform=Noted(desk.emulated.platform()))
    ada.freezes.freeze([ACTIVE], order(ada))
    ada.enforcement.enforce(order(ada))
    assert (lanes, status(desk, ACTIVE)) == ([Lane.CHANGING], "STOPPED")
