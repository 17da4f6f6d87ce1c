"""What is due gives way to a stop that came since, is tried against a lock, and holds nothing else up."""

from __future__ import annotations

from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.control.agenda.agenda import ROOM
from paceline.storage.due_work import Work, WorkState, listing
from tests.contract.later import HOUR, later
from tests.contract.systems import ACTIVE, LOCKED, PAUSED, Office


def test_resumption_planned_before_a_stop_gives_way_to_it_though_both_fall_due_together(office: Office) -> None:
    ada = office.system()
    ada.run(Pause(campaign=ACTIVE))
    back, stop = later(ada, Resume(campaign=ACTIVE)), later(ada, Stop(campaign=ACTIVE), after=2 * HOUR)
    office.emulated.advance(3 * 3600)
    ended = {one.entry: one for one in ada.worker.once().ended}
    assert ended[stop.entry].word == "applied"
    assert ended[back.entry].word == "conflicted"
    assert "agenda.stopped-since" in ended[back.entry].findings.rules
    assert office.emulated.shown(ACTIVE)["status"] == "STOPPED"


def test_resumption_that_waits_does_not_undo_a_stop_by_hand(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    back = later(ada, Resume(campaign=PAUSED), after=3 * HOUR)
    assert bob.run(Stop(campaign=PAUSED)).word == "applied"
    office.emulated.advance(3 * 3600)
    (ended,) = ada.worker.once().ended
    assert (ended.entry, ended.word) == (back.entry, "conflicted")
    assert "bob" in str(ended.findings)
    assert office.emulated.shown(PAUSED)["status"] == "STOPPED"


def test_due_stop_of_a_locked_campaign_is_tried_until_it_yields(office: Office) -> None:
    ada = office.system()
    stop = later(ada, Stop(campaign=LOCKED))
    office.emulated.advance(3600)
    assert (ada.worker.once().ended, ada.worker.once().ended) == ((), ())
    office.emulated.arrange(LOCKED, isLocked=False)
    office.emulated.advance(60)
    (ended,) = ada.worker.once().ended
    assert (ended.entry, ended.word) == (stop.entry, "applied")


def test_work_that_nobody_can_read_is_put_aside_and_holds_up_no_other(office: Office) -> None:
    ada = office.system()
    stop = later(ada, Stop(campaign=ACTIVE))
    spoilt = Work(tenant=ada.book.tenant, room=ROOM, key="999999", due_ns=0)
    ada.recorder.in_transaction(lambda connection: ada.leases.put(connection, spoilt))
    office.emulated.advance(3600)
    assert [one.entry for one in ada.worker.once().ended] == [stop.entry]
    (aside,) = ada.recorder.looked_up(lambda connection: listing(connection, ada.book.tenant, state=WorkState.DEAD))
    assert aside.work.key == "999999"
