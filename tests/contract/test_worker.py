"""A worker does what has no person in front of it, and several share it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Connection

from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.control.order import Order
from paceline.control.work.worker import PRESENCE, SWEPT_S, Round
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import campaign_id
from paceline.storage.due_work import Work, listing
from tests.contract.later import effects, number, planned, status
from tests.contract.leased import eventually
from tests.contract.systems import ACTIVE, LOCKED, PAUSE, PAUSED, STARTED, STOP, Office, left_behind, steps


def test_what_settles_is_looked_at_and_gets_its_last_verdict(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    planned = ada.run(Stop(campaign=ACTIVE, effective_at=STARTED + timedelta(minutes=1)))
    assert bob.worker.once().unsettled == 1
    office.emulated.advance(61)
    assert bob.worker.once().unsettled == 0
    assert steps(ada, planned.entry) == ["opened", "intent", "closed", "verdict"]
    assert ada.recorder.unended() == []


def test_drain_gets_its_verdict_when_its_last_call_has_ended(office: Office) -> None:
    office.emulated.arrange(ACTIVE, callsInFlight=[{"state": "connected", "secondsLeft": 30}])
    ada, bob = office.system("ada"), office.system("bob")
    pause = ada.run(PAUSE)
    assert (pause.verdict, bob.worker.once().unsettled) == ("settling", 1)
    office.emulated.advance(31)
    assert bob.worker.once().unsettled == 0
    assert ada.book.read(number(pause)).verdict == "achieved"


@pytest.mark.parametrize(("kind", "happened"), [("reset_before", False), ("reset_after", True)])
def test_doubt_is_cleared_up(office: Office, kind: str, happened: bool) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    office.emulated.order(kind, method="PATCH", times=None)
    doubtful = ada.run(PAUSE)
    assert doubtful.word == "in_doubt"
    assert doubtful.entry is not None
    office.emulated.control("DELETE", "/faults")
    assert bob.worker.once().unsettled == 0
    said: Any = ada.book.read(doubtful.entry).rows[-1].document
    assert (said["step"], said["details"]["happened"]) == ("verdict", happened)
    assert len(effects(office)) == happened


def test_entry_of_a_dead_process_is_ended_and_that_of_a_living_one_is_left(office: Office) -> None:
    gone, ada = office.system("eve"), office.system("ada")
    opened, _ = left_behind(gone, PAUSE, happened=True)
    assert ada.worker.once().unsettled == 1
    assert steps(ada, opened.entry) == ["opened", "intent"]
    office.clock.advance(60)
    assert ada.worker.once().unsettled == 0
    assert ada.book.read(opened.entry).outcome == "applied"


def test_drift_is_noted_once_with_both_values(office: Office) -> None:
    ada = office.system()
    assert ada.worker.once().drifts == ()
    ada.run(Stop(campaign=PAUSED))
    assert ada.worker.once().drifts == ()
    office.outside(PAUSE)
    (drift,) = ada.worker.once().drifts
    told = {one.field: (one.limit, one.found, one.source) for one in drift.findings}
    assert (drift.campaign, told["status"]) == (ACTIVE, ("ACTIVE", "PAUSED", "outside paceline"))
    noted: Any = ada.book.read(drift.entry).rows[0].document
    assert (noted["kind"], noted["campaign"], noted["details"]["revision"]) == ("campaign.drift", ACTIVE, 43)
    assert [one["field"] for one in noted["details"]["findings"]] == [one.field for one in drift.findings]
    assert ada.worker.once().drifts == ()
    assert office.system("bob").worker.once().drifts == ()


def test_what_was_changed_outside_while_one_of_ours_was_open_is_noted_afterwards(office: Office) -> None:
    ada, eve = office.system("ada"), office.system("eve")
    ada.worker.once()
    opened, _ = left_behind(eve, PAUSE, intended=False)
    office.outside(STOP)
    assert ada.worker.once().drifts == ()
    office.clock.advance(60)
    assert [one.campaign for one in ada.worker.once().drifts] == [ACTIVE]
    assert ada.book.read(opened.entry).outcome == "failed"


def test_frozen_campaigns_are_kept_stopped_and_tried_until_they_yield(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    ada.freezes.freeze([ACTIVE, LOCKED], Order(actor=ada.actor, reason="complaint 17"))
    bob.worker.once()
    assert (status(office, ACTIVE), status(office, LOCKED)) == ("STOPPED", "ACTIVE")
    office.outside(Resume(campaign=ACTIVE))
    office.emulated.arrange(LOCKED, isLocked=False)
    bob.worker.once()
    assert (status(office, ACTIVE), status(office, LOCKED)) == ("STOPPED", "STOPPED")
    assert ada.freezes.frozen(stopped=False) == {}


def test_two_workers_share_what_becomes_due_and_know_of_each_other(office: Office) -> None:
    clock, stopped = MachineClock(), Event()
    names = [campaign_id(f"SHARED-{number}") for number in range(8)]
    for name in names:
        office.emulated.control("POST", "/campaigns", {"tenant": "wide", "id": name, "status": "ACTIVE"})
    systems = [
        office.system(name, platform=office.emulated.platform("wide"), clock=clock, lease_s=3.0)
        for name in ("ada", "bob", "eve")
    ]
    rounds: list[Round] = []
    assert not systems[2].worker.has_company()
    with ThreadPoolExecutor(2) as pool:
        try:
            running = [pool.submit(one.worker.run, stopped, told=rounds.append) for one in systems[:2]]
            eventually(lambda: len(rounds) >= 2)
            assert all(one.worker.has_company() for one in systems)
            pauses = [planned(systems[2], Pause(campaign=name), after=timedelta()) for name in names]
            eventually(lambda: not systems[2].recorder.unended())
        finally:
            stopped.set()
        for one in running:
            one.result()
    assert sorted(int(one.entry or 0) for done in rounds for one in done.ended) == pauses
    assert sorted(effects(office, "SHARED-*")) == names
    assert not any(one.worker.has_company() for one in systems)


def test_round_tells_what_it_stopped_and_settled(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    ada.freezes.freeze([ACTIVE], Order(actor=ada.actor))
    scheduled = ada.run(Stop(campaign=PAUSED, effective_at=STARTED + timedelta(minutes=1)))
    done = bob.worker.once()
    assert [(one.change.campaign, one.word) for one in done.stopped] == [(ACTIVE, "applied")]
    assert (done.settled, done.unsettled) == ((), 1)
    office.emulated.advance(61)
    done = bob.worker.once()
    assert done.stopped == ()
    (settled,) = done.settled
    assert (settled.entry, settled.campaign, settled.kind) == (scheduled.entry, PAUSED, "lifecycle.stop")
    assert (settled.outcome, settled.verdict) == ("scheduled", "achieved")


def test_presence_of_a_worker_that_is_long_dead_is_swept_and_that_of_a_silent_one_is_not(office: Office) -> None:
    tenant, stopped = office.tenant, Event()
    ada = office.system("ada")

    def present() -> list[str]:
        rows = ada.recorder.looked_up(lambda connection: listing(connection, tenant, room=PRESENCE))
        return sorted(row.work.key for row in rows)

    def left_by_a_killed_one(name: str) -> str:
        killed = office.system(name)

        def come(connection: Connection) -> None:
            killed.owner.beat(connection)
            killed.leases.put(connection, Work(tenant=tenant, room=PRESENCE, key=killed.owner.name, due_ns=0))

        killed.recorder.in_transaction(come)
        return killed.owner.name

    left_by_a_killed_one("eve")
    office.clock.advance(SWEPT_S)
    silent = left_by_a_killed_one("bob")
    office.clock.advance(60.0)
    assert ada.owner.is_dead(silent)
    seen: list[list[str]] = []

    def told(_round: Round) -> None:
        seen.append(present())
        stopped.set()

    ada.worker.run(stopped, told=told)
    assert seen == [sorted([silent, ada.owner.name])]
    assert present() == [silent]


def test_worker_alone_has_no_company(office: Office) -> None:
    clock, stopped = MachineClock(), Event()
    ada = office.system(clock=clock)
    alone: list[bool] = []

    def told(_round: Round) -> None:
        alone.append(ada.worker.has_company())
        stopped.set()

    ada.worker.run(stopped, told=told)
    assert alone == [False]
