"""What somebody ended, froze or began anew is not sent any more, however late its process wakes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from paceline.bootstrap import System
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Resume, Stop
from paceline.campaign.observed import Stage
from paceline.campaign.ports import NoAnswerError, Prepared, Receipt
from paceline.control.fleet.fleet import Found
from paceline.control.freezes import FrozenError
from paceline.control.last_look import LastLook
from paceline.control.order import Order
from paceline.ledger.failures import EntryClosedError
from paceline.primitives.ids import CampaignId
from tests.contract.emulated import Emulated
from tests.contract.later import HOUR, pass_by, planned, status
from tests.contract.systems import ACTIVE, PAUSED, STOPPED, Meddled, Office, Through, left_behind
from tests.contract.test_suspended import LONG_GONE_S

RESUMED = Resume(campaign=STOPPED)


def froze(system: System, campaign: CampaignId = STOPPED) -> None:
    system.freeze.freeze(Found(campaigns={campaign: None}), Order(actor=system.actor))


def test_resumption_of_a_process_that_slept_through_a_freeze_is_not_sent(office: Office) -> None:
    bob = office.system("bob")

    def slept() -> None:
        office.clock.advance(LONG_GONE_S)
        froze(bob)

    woken = office.system("ada", platform=Meddled(office.emulated.platform(), slept)).run(RESUMED)
    assert (woken.word, woken.findings.rules) == ("refused", ("lifecycle.frozen", "ledger.closed-by-another"))
    assert (status(office, STOPPED), office.sent()) == ("STOPPED", [])


def test_resumption_that_somebody_took_for_dead_and_ended_is_not_sent(office: Office) -> None:
    bob = office.system("bob")

    def slept() -> None:
        office.clock.advance(LONG_GONE_S)
        assert bob.run(Stop(campaign=STOPPED)).word == "unchanged"

    woken = office.system("ada", platform=Meddled(office.emulated.platform(), slept)).run(RESUMED)
    assert woken.failure is not None
    assert (woken.word, woken.failure.code) == ("failed", "entry-closed")
    assert (status(office, STOPPED), office.sent()) == ("STOPPED", [])


def test_due_resumption_is_not_sent_once_its_campaign_is_frozen(desk: Office) -> None:
    bob = desk.system("bob")
    worker = desk.system("worker", platform=Meddled(desk.emulated.platform(), lambda: froze(bob)))
    entry = planned(bob, RESUMED)
    pass_by(desk, HOUR)
    # Under a clock that stands still whoever is waited for is dead.
    assert worker.worker.once().ended == ()
    assert (bob.book.read(entry).outcome, status(desk, STOPPED), desk.sent()) == ("failed", "STOPPED", [])


def test_stop_is_sent_however_late(desk: Office) -> None:
    bob = desk.system("bob")

    def slept() -> None:
        desk.clock.advance(LONG_GONE_S)
        bob.settlement.settle_all(bob.recorder.unended())
        bob.freezes.freeze([ACTIVE], Order(actor=bob.actor))

    desk.system("ada", platform=Meddled(desk.emulated.platform(), slept)).run(Stop(campaign=ACTIVE))
    assert status(desk, ACTIVE) == "STOPPED"


def test_resumption_whose_request_was_lost_is_not_sent_again_and_is_in_doubt(office: Office) -> None:
    bob = office.system("bob")

    class Lossy(Through):
        def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
            del prepared, idempotency_key, lane
            bob.freezes.freeze([STOPPED], Order(actor=bob.actor))
            lost = NoAnswerError("lost", operation="apply", request_sent=True)
            lost.may_have_happened = True
            raise lost

    ada = office.system("ada", platform=Lossy(office.emulated.platform()))
    assert ada.run(RESUMED).word == "in_doubt"
    assert office.sent() == []
    bob.watch.settle()
    assert (bob.recorder.unended(), status(office, STOPPED)) == ([], "STOPPED")


def test_attempt_is_looked_at_before_each_and_the_first_stays_in_doubt(emulated: Emulated) -> None:
    platform, looks = emulated.platform(attempts=3), 0
    emulated.order("reset_before", method="PATCH", path="/api/v2/*", times=1)

    def look() -> None:
        nonlocal looks
        looks += 1
        if looks > 1:
            raise EntryClosedError("somebody froze it")

    seen = platform.read(STOPPED)
    with (
        pytest.raises(NoAnswerError, match="not sent again: somebody froze it") as told,
        platform.last_look(look),
    ):
        platform.apply(platform.prepare(RESUMED, seen.version), idempotency_key="once")
    assert told.value.may_have_happened
    assert (looks, len(emulated.entries(method="PATCH", path="/api/v2/*"))) == (2, 1)


def test_what_only_reads_is_not_looked_at(emulated: Emulated) -> None:
    platform = emulated.platform()

    def look() -> None:
        raise EntryClosedError

    with platform.last_look(look):
        assert platform.read(STOPPED).campaign == STOPPED
        with pytest.raises(EntryClosedError):
            platform.apply(platform.prepare(RESUMED, None), idempotency_key="never")
    assert emulated.entries(method="PATCH", path="/api/v2/*") == []


def test_entry_that_was_frozen_begun_anew_or_withdrawn_may_not_go(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    opened, sent = left_behind(ada, RESUMED)
    look = LastLook(ada.recorder, ada.freezes)
    look.may_go(opened, STOPPED, number=1)
    with pytest.raises(EntryClosedError, match="is not this process's"):
        LastLook(bob.recorder, bob.freezes).may_go(opened, STOPPED, number=1)
    assert sent is not None
    ada.recorder.intend(opened, sent.prepared, ada.platform.read(STOPPED), number=2)
    with pytest.raises(EntryClosedError, match="begun anew"):
        look.may_go(opened, STOPPED, number=1)
    bob.freezes.freeze([STOPPED], Order(actor=bob.actor))
    with pytest.raises(FrozenError):
        look.may_go(opened, STOPPED, number=2)


def test_change_that_waits_for_its_hour_is_anybodys_to_send(desk: Office) -> None:
    ada = desk.system("ada")
    entry = planned(ada, Resume(campaign=PAUSED), after=timedelta(minutes=1))
    assert [one.stage for one in ada.recorder.unended()] == [Stage.WAITING]
    pass_by(desk, timedelta(minutes=2))
    assert [one.entry for one in desk.system("worker").worker.once().ended] == [entry]
    assert status(desk, PAUSED) == "ACTIVE"
