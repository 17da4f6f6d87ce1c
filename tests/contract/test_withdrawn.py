"""Changes that wait are withdrawn by a person or a freeze; what may have been sent tells what came of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from paceline.bootstrap import System
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause, Resume
from paceline.campaign.observed import Stage
from paceline.campaign.ports import Prepared, Receipt
from paceline.control.fleet.fleet import Target
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.ledger.failures import EntryNotFoundError
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import EntryId, campaign_id
from tests.contract.later import closing, effects, later, messages, number, pass_by, planned, status, waiting
from tests.contract.leased import eventually
from tests.contract.systems import ACTIVE, PAUSED, RESUME, STOP, STOPPED, Office, Through, Unlooked


def test_cancelled_change_expires_and_names_who_and_why(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    waits = later(ada, STOP)
    order = Order(actor=bob.actor, reason="too early")
    assert bob.agenda.cancel(number(waits), order).word == "expired"
    assert messages(ada, number(waits)) == ["bob withdrew it before its hour: too early"]
    office.emulated.advance(3600)
    assert ada.worker.once().ended == ()
    assert (office.sent(), waiting(ada)) == ([], [])
    for nobodys in (number(waits), EntryId(999)):
        with pytest.raises(EntryNotFoundError, match=f"no change of number {nobodys} waits"):
            bob.agenda.cancel(nobodys, order)


def froze(system: System, *campaigns: str) -> None:
    found = system.fleet.find(Target(named=tuple(campaign_id(one) for one in campaigns)), lane=Lane.STOPPING)
    system.freeze.freeze(found, Order(actor=system.actor, reason="complaint 17"))


def test_freeze_withdraws_what_waits_for_its_campaigns_and_nothing_else(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    resumed, stopped = later(bob, RESUME), later(bob, STOP)
    froze(ada, PAUSED)
    assert messages(ada, number(resumed)) == ["ada withdrew it before its hour: complaint 17"]
    assert waiting(ada) == [stopped.entry]
    assert later(bob, RESUME).findings.rules == ("lifecycle.frozen",)
    office.emulated.advance(3600)
    ada.worker.once()
    assert office.emulated.shown(PAUSED)["status"] == "STOPPED"


def test_resumption_that_is_on_its_way_when_it_is_frozen_tells_its_effect_and_is_stopped(office: Office) -> None:
    ada = office.system("ada")
    withdrawn: list[Outcome] = []

    class Late(Unlooked):
        def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
            # What a freeze does first, while this request is still in the network.
            ada.freezes.freeze([STOPPED], Order(actor=ada.actor))
            withdrawn.append(ada.agenda.cancel(number(waits), Order(actor=ada.actor)))
            return self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)

    bob = office.system("bob", platform=Late(office.emulated.platform()))
    waits = later(bob, Resume(campaign=STOPPED))
    office.emulated.advance(3600)
    (made,) = bob.worker.once().ended
    assert [one.word for one in withdrawn] == ["in_doubt"]
    assert (made.word, closing(ada, number(waits))["outcome"], waiting(ada)) == ("applied", "applied", [])
    ada.worker.once()
    assert office.emulated.shown(STOPPED)["status"] == "STOPPED"


def test_freeze_finds_out_what_a_dead_worker_had_sent(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")

    class Dies(Through):
        def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
            self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)
            raise KeyboardInterrupt

    gone = office.system("eve", platform=Dies(office.emulated.platform()))
    waits = later(bob, Resume(campaign=STOPPED))
    office.emulated.advance(3600)
    with pytest.raises(KeyboardInterrupt):
        gone.worker.once()
    office.clock.advance(60)
    froze(ada, STOPPED)
    assert (closing(ada, number(waits))["outcome"], waiting(ada)) == ("applied", [])
    assert office.emulated.shown(STOPPED)["status"] == "STOPPED"


def test_freeze_waits_for_a_due_resumption_that_is_on_its_way_and_stops_it(office: Office) -> None:
    clock = MachineClock()
    ada = office.system("ada", clock=clock, lease_s=3.0)
    with ThreadPoolExecutor(1) as pool:

        class Late(Unlooked):
            def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
                freezing = pool.submit(froze, ada, STOPPED)
                # By then the freeze has found the campaign stopped, and sent nothing.
                eventually(lambda: ada.recorder.unended(stage=Stage.OPEN))
                receipt = self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)
                assert not freezing.done()
                return receipt

        bob = office.system("bob", platform=Late(office.emulated.platform()), clock=clock, lease_s=3.0)
        resume = planned(bob, Resume(campaign=STOPPED))
        office.emulated.advance(3600)
        assert [one.entry for one in bob.worker.once().ended] == [resume]
    assert closing(ada, resume)["outcome"] == "applied"
    assert status(office, STOPPED) == "STOPPED"


def test_change_in_doubt_that_is_cancelled_is_found_out_and_not_sent_again(office: Office) -> None:
    ada = office.system()
    for kind, campaign, word in (("reset_before", PAUSED, "failed"), ("reset_after", STOPPED, "applied")):
        entry = planned(ada, Resume(campaign=campaign), after=timedelta())
        office.emulated.order(kind, method="PATCH", path="/api/v2/*", times=None)
        assert ada.worker.once().waiting == 1
        assert ada.agenda.cancel(entry, Order(actor=ada.actor)).word == "in_doubt"
        office.emulated.control("DELETE", "/faults")
        ada.worker.once()
        assert (closing(ada, entry)["outcome"], waiting(ada)) == (word, [])
    assert effects(office) == [STOPPED]


def test_newer_change_leaves_the_older_one_that_may_have_been_sent(office: Office) -> None:
    ada = office.system()
    stop = planned(ada, STOP, after=timedelta())
    office.emulated.order("reset_before", method="PATCH", path="/api/v2/*", times=None)
    assert ada.worker.once().waiting == 1
    newer = later(ada, Pause(campaign=ACTIVE))
    assert (newer.findings.rules, waiting(ada)) == ((), [stop, newer.entry])
    office.emulated.control("DELETE", "/faults")
    pass_by(office, timedelta(seconds=21))
    assert [one.entry for one in ada.worker.once().ended] == [stop]
    assert status(office, ACTIVE) == "STOPPED"
