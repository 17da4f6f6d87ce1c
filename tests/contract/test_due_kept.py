"""Due stops are never lost, time is asked for anew, nothing is kept behind a latch, and the rest is given back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from paceline.bootstrap import System
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Observed, Part
from paceline.campaign.ports import ForbiddenError, NoAnswerError, PlatformError, UnauthorizedError
from paceline.control.agenda.agenda import ROOM, troubles
from paceline.control.due.closing import ASIDE
from paceline.control.fleet.fleet import Found
from paceline.control.order import Order
from paceline.control.outcome import Failed, Failure, Outcome
from paceline.control.under_way import changes_check
from paceline.control.work.worker import Round
from paceline.ledger.entry import Query
from paceline.primitives.checks import Condition
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.storage.due_work import Work
from tests.contract.asking import people
from tests.contract.later import HOUR, closing, effects, later, number, pass_by, planned, status, waiting
from tests.contract.systems import (
    ACTIVE,
    PAUSED,
    RESUME,
    STARTED,
    STOP,
    STOPPED,
    Meddled,
    Office,
    Through,
    left_behind,
)

MOMENT = timedelta(seconds=21)


def test_due_stop_is_tried_again_while_somebody_else_is_at_its_campaign(office: Office) -> None:
    clock = MachineClock()
    bob, worker = (office.system(name, clock=clock, lease_s=0.6) for name in ("bob", "worker"))
    entry = planned(worker, STOP)
    office.emulated.advance(3600)
    with bob.recorder.at_work():
        opened, _ = left_behind(bob, Pause(campaign=ACTIVE))
        with bob.owner.at_entry(opened.entry):
            done = worker.worker.once()
    assert (done.ended, done.waiting, waiting(worker)) == ((), 1, [entry, opened.entry])
    assert "is being carried out right now" in troubles(worker.recorder)[entry].error
    gave_up = Failed(Failure(code="interrupted", message="it gave up"))
    bob.recorder.close(opened.entry, Outcome(change=Pause(campaign=ACTIVE), ending=gave_up, entry=opened.entry))
    office.emulated.advance(21)
    assert [one.word for one in worker.worker.once().ended] == ["applied"]


def test_due_stop_is_tried_again_while_a_resumption_may_still_arrive(office: Office) -> None:
    clock = MachineClock()
    bob, worker = (office.system(name, clock=clock, lease_s=0.6) for name in ("bob", "worker"))
    entry = planned(worker, Stop(campaign=STOPPED))
    office.emulated.advance(3600)
    with bob.recorder.at_work():
        opened, sent = left_behind(bob, Resume(campaign=STOPPED))
        with bob.owner.at_entry(opened.entry):
            done = worker.worker.once()
    assert (done.ended, done.waiting, waiting(worker)) == ((), 1, [entry, opened.entry])
    assert "is still on its way" in troubles(worker.recorder)[entry].error
    assert sent is not None
    bob.platform.apply(sent.prepared, idempotency_key=sent.key)
    office.emulated.advance(21)
    assert [one.word for one in worker.worker.once().ended] == ["applied"]
    assert status(office, STOPPED) == "STOPPED"


class Denied(Through):
    """A platform that says no, until it does not."""

    said: PlatformError | None = None

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Lane = Lane.READING) -> Observed:
        if self.said is not None:
            raise self.said
        return self.beyond.read(campaign, part=part, lane=lane)


@pytest.mark.parametrize("error", [UnauthorizedError, ForbiddenError])
def test_due_stop_outlasts_credentials_that_are_not_accepted_and_the_reason_is_shown(
    office: Office, error: type[PlatformError]
) -> None:
    denied = Denied(office.emulated.platform())
    denied.said = error(operation="look")
    ada = office.system(platform=denied)
    entry = planned(office.system("bob"), STOP)
    pass_by(office, HOUR)
    done = ada.worker.once()
    assert (done.ended, done.waiting) == ((), 1)
    assert troubles(ada.recorder)[entry].error == denied.said.message
    found = changes_check(ada.recorder)
    assert (found.state, denied.said.message in found.found) == (Condition.WARNING, True)
    denied.said = None
    pass_by(office, MOMENT)
    assert [(one.entry, one.word) for one in ada.worker.once().ended] == [(entry, "applied")]


def test_due_stop_that_meets_a_fault_is_tried_again_and_a_resumption_fails(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = office.system()
    stop, resume = planned(ada, STOP), planned(ada, RESUME)
    pass_by(office, HOUR)

    def fault(*_: Any, **__: Any) -> Outcome:
        raise ValueError("secret words")

    with monkeypatch.context() as broken:
        broken.setattr(ada.corridor, "carried", fault)
        done = ada.worker.once()
    assert ([(one.entry, one.word) for one in done.ended], done.waiting) == ([(resume, "failed")], 1)
    assert "ValueError" in str(closing(ada, resume))
    assert "secret words" not in str(closing(ada, resume))
    pass_by(office, MOMENT)
    assert [(one.entry, one.word) for one in ada.worker.once().ended] == [(stop, "applied")]


def test_work_without_an_entry_is_noted_when_it_is_put_aside(office: Office) -> None:
    ada = office.system()
    spoilt = Work(tenant=ada.book.tenant, room=ROOM, key="999999", due_ns=0)
    ada.recorder.in_transaction(lambda connection: ada.leases.put(connection, spoilt))
    assert ada.worker.once().aside == ("work 999999 belongs to no entry",)
    (note,) = ada.book.entries(Query(kind=ASIDE))
    assert "999999" in str(note.rows[0].document["details"])


def test_resumption_expires_by_the_time_at_which_it_would_be_sent(office: Office) -> None:
    ada = office.system()
    meddled = Meddled(office.emulated.platform(), lambda: office.emulated.advance(40 * 60))
    stop, resume = planned(ada, STOP), planned(ada, RESUME)
    pass_by(office, HOUR)
    ended = {one.entry: one for one in office.system("worker", platform=meddled).worker.once().ended}
    assert (ended[stop].word, ended[resume].word, status(office, PAUSED)) == ("applied", "expired", "PAUSED")
    late = "late by 40 min: it was not looked at when its hour came, or the platform was away"
    assert [late in str(ended[one].findings) for one in (stop, resume)] == [True, True]


def test_change_that_is_put_while_its_campaign_is_frozen_is_refused_and_never_made(office: Office) -> None:
    bob = office.system("bob")
    for ada in (office.system("ada"), people(office)[0]):
        keep = ada.recorder.saw

        def freeze_then_keep(looks: Iterable[Observed], keep: Any = keep) -> None:
            keep(looks)
            bob.freeze.freeze(Found(campaigns={PAUSED: None}), Order(actor=bob.actor, reason="complaint 17"))

        ada.recorder.saw = freeze_then_keep  # type: ignore[method-assign]  # between the look and the transaction
        outcome = later(ada, RESUME)
        ada.recorder.saw = keep  # type: ignore[method-assign]  # as it was
        assert (outcome.word, outcome.findings.rules[-1]) == ("refused", "lifecycle.frozen")
        assert (closing(ada, number(outcome))["outcome"], waiting(ada)) == ("refused", [])
        bob.freezes.unfreeze([PAUSED], Order(actor=bob.actor))
    pass_by(office, HOUR)
    assert bob.worker.once().ended == ()
    assert status(office, PAUSED) == "STOPPED"


def fleet(office: Office, count: int, **options: Any) -> tuple[System, list[CampaignId]]:
    """A system on a tenant with so many active campaigns, each with a stop that waits."""
    names = [campaign_id(f"MANY-{one:02}") for one in range(count)]
    for name in names:
        office.emulated.control("POST", "/campaigns", {"tenant": "wide", "id": name, "status": "ACTIVE"})
    ada = office.system(platform=office.emulated.platform("wide"), **options)
    for name in names:
        planned(ada, Stop(campaign=name))
    return ada, names


def test_many_due_stops_are_read_by_one_list_and_cost_a_request_each(desk: Office) -> None:
    ada, names = fleet(desk, 15)
    ada.worker.once()
    pass_by(desk, HOUR)

    def asked() -> list[int]:
        return [len(desk.emulated.entries(method=one, path="/api/v2/*", limit="1000")) for one in ("GET", "PATCH")]

    before = asked()
    ran = ada.due_changes.run(ada.time, is_fresh=False)
    assert [one.word for one in ran.ended] == ["applied"] * 15
    looks, stops = (now - then for now, then in zip(asked(), before, strict=True))
    assert (looks <= 3, stops) == (True, len(names))


def test_worker_that_is_told_to_end_gives_back_what_it_has_not_begun(office: Office) -> None:
    ada, names = fleet(office, 4)
    ada.worker.once()
    pass_by(office, HOUR)
    told_to_end = Event()
    real, begun = ada.corridor.carried, list[CampaignId]()

    def carried(change: Any, *args: Any, **named: Any) -> Outcome:
        begun.append(change.campaign)
        told_to_end.set()
        return real(change, *args, **named)

    ada.corridor.carried = carried  # type: ignore[method-assign]  # the signal comes in the middle of the first
    ran = ada.due_changes.run(ada.time, is_fresh=False, told_to_end=told_to_end)
    assert ([one.change.campaign for one in ran.ended], begun) == (names[:1], names[:1])
    bob = office.system("bob", platform=office.emulated.platform("wide"))
    ended: Round = bob.worker.once()
    assert sorted(one.change.campaign for one in ended.ended) == names[1:]
    assert sorted(effects(office, "MANY-*")) == names


def test_stops_that_are_planned_by_a_list_are_not_read_again(desk: Office) -> None:
    ada = desk.system()
    seen = {one.campaign: one for one in ada.platform.list() if isinstance(one, Observed)}
    before = len(desk.emulated.entries(path="/api/v2/*"))
    outcome = ada.agenda.schedule(STOP, Order(actor=ada.actor), STARTED + HOUR, seen=seen[ACTIVE])
    assert (outcome.word, outcome.before) == ("scheduled", seen[ACTIVE])
    away = NoAnswerError("nobody answers", operation="look", request_sent=False)
    kept = ada.agenda.schedule(Stop(campaign=PAUSED), Order(actor=ada.actor), STARTED + HOUR, seen=away)
    assert (kept.word, kept.findings.rules) == ("scheduled", ("agenda.unjudged",))
    assert len(desk.emulated.entries(path="/api/v2/*")) == before


def test_stop_is_not_kept_for_an_instant_beyond_any_bound_while_the_platform_is_away(desk: Office) -> None:
    ada = desk.system()
    away = NoAnswerError("nobody answers", operation="look", request_sent=False)
    far = STARTED + timedelta(days=400)
    outcome = ada.agenda.schedule(STOP, Order(actor=ada.actor), far, seen=away)
    assert (outcome.word, "more than a year ahead" in str(outcome.findings), waiting(ada)) == ("refused", True, [])
