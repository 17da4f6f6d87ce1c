"""What the ledger keeps is told in its own transaction: each once, in order, or not at all."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import count
from queue import SimpleQueue
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection, select

from paceline.bootstrap import System
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.control.fleet.fleet import Target
from paceline.control.order import Order
from paceline.control.outcome import Outcome, Refused
from paceline.control.work.worker import Round
from paceline.ledger.entry import Actor
from paceline.ledger.failures import EntryClosedError
from paceline.outbox.addresses import Reach
from paceline.outbox.box import Range
from paceline.outbox.failures import SubscriberDisabledError, SubscriberNotFoundError
from paceline.outbox.subscribers import SubscriberId
from paceline.primitives.ids import CampaignId
from paceline.storage.tables import OUTBOX_MESSAGES
from tests.contract.receivers import Receiver, Reply, receiving
from tests.contract.systems import ACTIVE, PAUSE, PAUSED, RESUME, STARTED, STOPPED, Office

URL = "https://hooks.example.com/paceline?key=invented-secret"


def listening(office: Office, url: str = URL, kinds: tuple[str, ...] = (), **options: Any) -> System:
    """Return a system that somebody hears from."""
    system = office.system(**options)
    system.webhooks.add(url, kinds, Order(actor=system.actor))
    return system


def told(system: System) -> list[dict[str, Any]]:
    """Return what was told, in the order in which it was put."""
    column = OUTBOX_MESSAGES.c
    asked = select(column.body).order_by(column.put_ns, column.campaign, column.sequence)
    return [json.loads(body) for body in system.database.read(lambda link: link.execute(asked).scalars().all())]


def types(system: System) -> list[tuple[str, str | None, int | None]]:
    return [(one["type"], one["campaign"], one["sequence"]) for one in told(system)]


def test_each_change_that_ended_is_told_once_and_in_order(office: Office) -> None:
    ada = listening(office)
    applied, unchanged = ada.run(PAUSE, reason="training", ticket="WFM-17"), ada.run(PAUSE)
    refused, resumed = ada.run(replace(PAUSE, campaign=STOPPED)), ada.run(replace(RESUME, campaign=ACTIVE))
    assert [one.word for one in (applied, unchanged, refused, resumed)] == [
        "applied",
        "unchanged",
        "refused",
        "applied",
    ]
    assert types(ada) == [
        ("lifecycle.applied", ACTIVE, 1),
        ("lifecycle.unchanged", ACTIVE, 2),
        ("lifecycle.applied", ACTIVE, 3),
        ("lifecycle.refused", STOPPED, 1),
    ]
    first, _, _, last = told(ada)
    assert (first["entry"], first["tenant"], first["data"]["actor"]["name"]) == (applied.entry, "acme", "ada")
    assert (first["data"]["change"], first["data"]["state"]) == ("lifecycle.pause", "PAUSED")
    assert (first["data"]["reason"], first["data"]["ticket"]) == ("training", "WFM-17")
    assert applied.after is not None
    assert applied.after.effective_at is not None
    assert first["data"]["effective_at"] == applied.after.effective_at.isoformat(timespec="microseconds").replace(
        "+00:00", "Z"
    )
    assert (last["data"]["effective_at"], [one["rule"] for one in last["data"]["findings"]]) == (
        None,
        [one.rule for one in refused.findings],
    )


def test_later_verdict_on_what_was_scheduled_is_told_after_it(office: Office) -> None:
    ada = listening(office)
    due = STARTED + timedelta(minutes=1)
    ada.run(Stop(campaign=ACTIVE, effective_at=due))
    office.emulated.advance(61)
    ada.watch.settle()
    assert types(ada) == [("lifecycle.scheduled", ACTIVE, 1), ("lifecycle.verdict", ACTIVE, 2)]
    scheduled, verdict = (one["data"] for one in told(ada))
    assert (scheduled["outcome"], scheduled["verdict"]) == ("scheduled", "settling")
    assert (verdict["outcome"], verdict["verdict"], verdict["state"]) == ("scheduled", "achieved", "STOPPED")
    assert {scheduled["effective_at"][:19], verdict["effective_at"][:19]} == {due.isoformat()[:19]}
    ada.watch.settle()
    assert len(told(ada)) == 2


def test_freeze_and_its_end_are_told_with_who_and_why(office: Office) -> None:
    ada = listening(office, kinds=("campaign.*",))
    ada.freezes.freeze([PAUSED, ACTIVE], Order(actor=ada.actor, reason="complaint 17"))
    ada.freezes.freeze([ACTIVE], Order(actor=ada.actor, reason="again"))
    ada.freezes.unfreeze([ACTIVE, STOPPED], Order(actor=ada.actor, reason="checked"))
    assert types(ada) == [
        ("campaign.frozen", ACTIVE, 1),
        ("campaign.unfrozen", ACTIVE, 2),
        ("campaign.frozen", PAUSED, 1),
    ]
    assert [one["data"]["reason"] for one in told(ada)] == ["complaint 17", "checked", "complaint 17"]


def test_drift_is_told_once_with_both_values(office: Office) -> None:
    ada = listening(office)
    ada.watch.look_for_drift()
    assert told(ada) == []
    office.outside(PAUSE)
    (drift,) = ada.watch.look_for_drift()
    ada.watch.look_for_drift()
    (one,) = told(ada)
    assert (one["type"], one["campaign"], one["entry"]) == ("campaign.drift", ACTIVE, drift.entry)
    status = next(found for found in one["data"]["findings"] if found["field"] == "status")
    assert (status["limit"], status["found"]) == ("ACTIVE", "PAUSED")


def test_dry_run_is_not_told(office: Office) -> None:
    ada = listening(office)
    ada.run(PAUSE, dry_run=True)
    ada.run(replace(PAUSE, campaign=STOPPED), dry_run=True)
    assert told(ada) == []


def test_transaction_that_is_undone_tells_nothing(office: Office) -> None:
    ada = listening(office)
    opened = ada.recorder.open(PAUSE, Order(actor=ada.actor))

    def fail(_connection: Connection) -> None:
        raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        ada.recorder.close(opened.entry, Outcome(change=PAUSE, ending=Refused()), also=fail)
    assert ada.book.read(opened.entry).is_open
    assert told(ada) == []
    ada.recorder.close(opened.entry, Outcome(change=PAUSE, ending=Refused()))
    assert types(ada) == [("lifecycle.refused", ACTIVE, 1)]


def test_nothing_is_put_while_nobody_listens(office: Office) -> None:
    ada = office.system()
    ada.run(PAUSE)
    ada.freezes.freeze([ACTIVE], Order(actor=ada.actor))
    assert told(ada) == []
    ada.webhooks.add(URL, (), Order(actor=ada.actor))
    ada.run(PAUSE)
    assert types(ada) == [("lifecycle.unchanged", ACTIVE, 1)]


def test_what_a_freeze_withdraws_is_told(office: Office) -> None:
    ada = listening(office)
    ada.agenda.schedule(Resume(campaign=PAUSED), Order(actor=ada.actor), STARTED + timedelta(hours=1))
    ada.freeze.freeze(ada.fleet.find(Target(named=(PAUSED,))), Order(actor=ada.actor))
    found = [kind for kind, campaign, _ in types(ada) if campaign == PAUSED]
    assert found == ["campaign.frozen", "lifecycle.expired", "lifecycle.applied"]


def test_phone_number_in_a_reason_is_in_no_message(office: Office) -> None:
    ada = listening(office)
    ada.run(PAUSE, reason="call back +1 305 555 0123")
    (one,) = told(ada)
    assert one["data"]["reason"] == "call back (a phone number)"


def test_every_deed_with_a_webhook_is_noted_without_address_and_secret(desk: Office) -> None:
    ada = desk.system()
    order = Order(actor=Actor(name="ada", known_by="test"), reason="monthly")
    made = ada.webhooks.add(URL, ["lifecycle.*"], order)
    rotated = ada.webhooks.rotate(made.id, order)
    ada.webhooks.test(made.id, order)
    assert ada.webhooks.replay(made.id, Range(campaign=ACTIVE, first=1), order) == 0
    ada.webhooks.enable(made.id, order)
    assert [(one.subscriber.id, one.waiting) for one in ada.webhooks.all()] == [(made.id, 1)]
    ada.webhooks.remove(made.id, order)
    rows = [row for row in ada.book.rows() if row.step.value == "noted"]
    assert [row.document["kind"] for row in rows] == [
        f"webhook.{deed}" for deed in ("add", "rotate", "test", "replay", "enable", "remove")
    ]
    kept = "".join(row.body for row in rows)
    for secret in ("invented-secret", made.secrets.current, rotated.secrets.current):
        assert secret not in kept
    assert kept.count("hooks.example.com") == len(rows)
    assert kept.count("monthly") == len(rows)


def test_deed_with_a_webhook_that_is_not_there_or_disabled_is_refused_and_not_noted(desk: Office) -> None:
    ada = desk.system()
    order = Order(actor=ada.actor)
    with pytest.raises(SubscriberNotFoundError):
        ada.webhooks.test(SubscriberId("sub_none"), order)
    made = ada.webhooks.add(URL, (), order)
    ada.database.write(lambda link: ada.box.subscribers.disable(link, made.id))
    for deed in (lambda: ada.webhooks.test(made.id, order), lambda: ada.webhooks.replay(made.id, Range(), order)):
        with pytest.raises(SubscriberDisabledError):
            deed()
    assert [row.document["kind"] for row in ada.book.rows()] == ["webhook.add"]


def delivered(receiver: Receiver) -> list[str]:
    return [one["type"] for one in receiver.taken()]


def test_worker_delivers_though_the_platform_is_away(office: Office) -> None:
    with receiving() as receiver:
        ada = listening(office, receiver.url, webhook_reach=Reach.LOOPBACK)
        ada.run(Pause(campaign=ACTIVE))
        office.emulated.order("reset_before", times=None)
        done = ada.worker.once()
        office.emulated.control("DELETE", "/faults")
    assert done.platform_away is not None
    assert (done.carried.delivered, delivered(receiver)) == (1, ["lifecycle.applied"])


def test_receiver_that_wants_no_more_is_disabled_and_that_is_noted(office: Office) -> None:
    with receiving() as receiver:
        receiver.always(410)
        ada = listening(office, receiver.url, webhook_reach=Reach.LOOPBACK)
        ada.run(Pause(campaign=ACTIVE))
        ada.worker.once()
    (one,) = ada.webhooks.all()
    assert one.subscriber.is_disabled
    (row,) = [row for row in ada.book.rows() if row.document.get("kind") == "webhook.disabled"]
    details: Any = row.document["details"]
    assert (details["subscriber"], details["host"]) == (one.subscriber.id, "127.0.0.1")


def test_receiver_that_does_not_answer_holds_up_no_due_change(office: Office) -> None:
    asked, released, stopped, rounds = Event(), Event(), Event(), SimpleQueue[Round]()

    def hang(_path: str, _headers: dict[str, str], _body: bytes) -> Reply:
        asked.set()
        released.wait(20)
        return Reply()

    with receiving() as receiver, ThreadPoolExecutor(1) as hand:
        receiver.answers = hang
        ada = listening(office, receiver.url, webhook_reach=Reach.LOOPBACK)
        work = hand.submit(ada.worker.run, stopped, told=rounds.put)
        try:
            rounds.get(timeout=20)
            ada.run(Pause(campaign=ACTIVE))
            assert asked.wait(20)
            ada.agenda.schedule(Stop(campaign=ACTIVE), Order(actor=ada.actor), STARTED)
            while not (ended := rounds.get(timeout=20).ended):
                pass
        finally:
            stopped.set()
            released.set()
        work.result(20)
    assert [one.word for one in ended] == ["applied"]
    assert delivered(receiver)[0] == "lifecycle.applied"


def test_many_at_once_are_told_without_a_gap_while_messages_are_carried(office: Office) -> None:
    asked, stopped = count(), Event()

    def every_third_fails(_path: str, _headers: dict[str, str], _body: bytes) -> Reply:
        return Reply(429 if next(asked) % 3 == 0 else 200, {"Retry-After": "0"})

    with receiving() as receiver, ThreadPoolExecutor(9) as hands:
        receiver.answers = every_third_fails
        ada, bob = listening(office, receiver.url, webhook_reach=Reach.LOOPBACK), office.system("bob")
        work = hands.submit(ada.worker.run, stopped)

        def refuse(number: int) -> None:
            change = Pause(campaign=CampaignId(f"CMP-{number % 5}"))
            opened = bob.recorder.open(change, Order(actor=bob.actor))
            # The worker's waits move the clock on: it may take bob for dead, and close the entry before him.
            with suppress(EntryClosedError):
                bob.recorder.close(opened.entry, Outcome(change=change, ending=Refused()))

        try:
            list(hands.map(refuse, range(100)))
        finally:
            stopped.set()
        work.result(20)
        while any(one.waiting for one in ada.webhooks.all()):
            office.clock.advance(1)
            ada.worker.once()
    taken: dict[str, list[int]] = {}
    for one in receiver.taken():
        taken.setdefault(one["campaign"], []).append(one["sequence"])
    assert taken == {f"CMP-{number}": list(range(1, 21)) for number in range(5)}


def test_change_that_a_later_one_replaced_is_told_as_superseded_and_says_by_which(office: Office) -> None:
    ada, tomorrow = listening(office), STARTED + timedelta(days=1)
    scheduled = ada.run(Stop(campaign=ACTIVE, effective_at=tomorrow))
    paused = ada.run(PAUSE)
    *_, last = told(ada)
    assert (last["type"], last["entry"], last["data"]["verdict"]) == (
        "lifecycle.verdict",
        scheduled.entry,
        "superseded",
    )
    assert (last["data"]["superseded_by"], last["data"]["state"], last["data"]["pending"]) == (paused.entry, None, None)
