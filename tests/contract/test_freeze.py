"""A freeze stops before all else, and what is frozen does not dial again until a person unfreezes it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Resume, Stop
from paceline.campaign.observed import Observed, State, Unreadable
from paceline.campaign.ports import PlatformError, Prepared, Receipt
from paceline.control.fleet.enforcement import not_stopped
from paceline.control.fleet.fleet import Target
from paceline.control.fleet.freeze import FreezeOutcome
from paceline.control.order import Order
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import CampaignId, campaign_id
from tests.contract.systems import (
    ACTIVE,
    LOCKED,
    PAUSED,
    RESUME,
    STARTED,
    STOPPED,
    Office,
    Through,
    Unlooked,
    left_behind,
    steps,
)


def froze(system: Any, *campaigns: CampaignId, reason: str | None = None) -> FreezeOutcome:
    found = system.fleet.find(Target(named=campaigns), lane=Lane.STOPPING)
    outcome: FreezeOutcome = system.freeze.freeze(found, Order(actor=system.actor, reason=reason))
    return outcome


def states(office: Office, *campaigns: CampaignId) -> set[str]:
    return {str(office.emulated.shown(campaign)["status"]) for campaign in campaigns}


def test_frozen_campaigns_are_stopped_and_every_resumption_is_refused_naming_who_and_why(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    outcome = froze(ada, ACTIVE, PAUSED, STOPPED, reason="complaint 17")
    assert outcome.not_yet == {}
    assert states(office, ACTIVE, PAUSED, STOPPED) == {"STOPPED"}
    sent = len(office.sent())
    for campaign in (ACTIVE, PAUSED, STOPPED):
        refused = bob.run(Resume(campaign=campaign))
        assert refused.word == "refused"
        (told,) = [found for found in refused.findings if found.rule == "lifecycle.frozen"]
        assert "ada" in told.message
        assert "complaint 17" in told.message
        later = bob.run(Resume(campaign=campaign, effective_at=datetime(2026, 6, 16, tzinfo=UTC)))
        assert "lifecycle.frozen" in later.findings.rules
    assert len(office.sent()) == sent


def test_freeze_leaves_a_note_for_each_campaign_and_the_first_one_counts(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    first = froze(ada, ACTIVE, reason="first").frozen[ACTIVE]
    assert steps(ada, first.entry) == ["noted"]
    assert froze(bob, ACTIVE, reason="second").frozen[ACTIVE] == first


def test_unfrozen_campaign_is_not_resumed_by_that_and_may_be_afterwards(office: Office) -> None:
    ada = office.system("ada")
    froze(ada, ACTIVE)
    assert ada.freezes.unfreeze([ACTIVE, PAUSED], Order(actor=ada.actor)) == (ACTIVE,)
    assert states(office, ACTIVE) == {"STOPPED"}
    assert ada.run(Resume(campaign=ACTIVE)).word == "applied"


def test_resumption_that_the_platform_was_to_carry_out_is_withdrawn(office: Office) -> None:
    ada = office.system("ada")
    tomorrow = datetime(2026, 6, 15, 13, tzinfo=UTC)
    assert ada.run(Resume(campaign=STOPPED, effective_at=tomorrow)).word == "scheduled"
    froze(ada, STOPPED)
    assert office.emulated.shown(STOPPED)["pendingTransition"] is None
    office.emulated.advance(timedelta(hours=2).total_seconds())
    assert states(office, STOPPED) == {"STOPPED"}


def test_locked_campaign_stays_frozen_and_is_stopped_when_it_yields(office: Office) -> None:
    ada = office.system("ada")
    outcome = froze(ada, ACTIVE, LOCKED)
    assert list(outcome.not_yet) == [LOCKED]
    assert "locked" in outcome.not_yet[LOCKED]
    assert set(ada.freezes.frozen(stopped=False)) == {LOCKED}
    order = Order(actor=ada.actor)
    assert not_stopped(ada.enforcement.enforce(order) or outcome.stops).keys() == {LOCKED}
    office.emulated.arrange(LOCKED, isLocked=False)
    ada.enforcement.enforce(order)
    assert states(office, LOCKED) == {"STOPPED"}
    assert ada.freezes.frozen(stopped=False) == {}


def test_campaign_that_somebody_outside_resumes_is_stopped_again(office: Office) -> None:
    ada = office.system("ada")
    froze(ada, ACTIVE)
    office.outside(Resume(campaign=ACTIVE))
    ada.enforcement.enforce(Order(actor=ada.actor))
    assert states(office, ACTIVE) == {"STOPPED"}


def test_freeze_between_the_judgement_and_the_intent_keeps_a_resumption_from_being_sent(office: Office) -> None:
    ada = office.system("ada")

    class Overtaken(Through):
        def prepare(self, change: Any, version: Any) -> Prepared:
            ada.freezes.freeze([PAUSED], Order(actor=ada.actor, reason="overtaken"))
            return self.beyond.prepare(change, version)

    bob = office.system("bob", platform=Overtaken(office.emulated.platform()))
    refused = bob.run(RESUME)
    assert (refused.word, refused.findings.rules) == ("refused", ("lifecycle.frozen",))
    assert states(office, PAUSED) == {"PAUSED"}


def test_resumption_that_was_intended_before_the_freeze_is_stopped_after_it(office: Office) -> None:
    clock = MachineClock()
    ada = office.system("ada", clock=clock, lease_s=2.0)
    frozen: list[FreezeOutcome] = []

    with ThreadPoolExecutor(1) as pool:

        class Late(Unlooked):
            def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
                running = pool.submit(lambda: frozen.append(froze(ada, STOPPED)))
                while STOPPED not in ada.freezes.frozen():
                    clock.wait(0.01)
                receipt = self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)
                assert not running.done()
                return receipt

        bob = office.system("bob", platform=Late(office.emulated.platform()), clock=clock, lease_s=2.0)
        assert bob.run(Resume(campaign=STOPPED)).word == "applied"
    assert frozen[0].not_yet == {}
    assert states(office, STOPPED) == {"STOPPED"}


def test_resumption_of_a_process_that_died_is_settled_and_stopped(office: Office) -> None:
    gone, ada = office.system("bob"), office.system("ada")
    left_behind(gone, Resume(campaign=STOPPED), happened=True)
    assert states(office, STOPPED) == {"ACTIVE"}
    office.clock.advance(60)
    froze(ada, STOPPED)
    assert states(office, STOPPED) == {"STOPPED"}
    assert ada.book.unfinished() == []


def test_sixty_campaigns_with_locks_and_pendings_do_not_dial_again_though_others_edit_throughout(
    office: Office,
) -> None:
    """Five are locked and dial; ten wait to be resumed, by the platform and by the agenda; a worker runs beside it."""
    names = [campaign_id(f"WIDE-{number:03}") for number in range(60)]
    wide, clock, over = office.emulated.platform("wide"), MachineClock(), Event()
    ada, bob, eve = (
        office.system(name, platform=office.emulated.platform("wide"), clock=clock, lease_s=3.0)
        for name in ("ada", "bob", "eve")
    )
    for number, name in enumerate(names):
        state = "ACTIVE" if number >= 40 else "STOPPED"
        office.emulated.control("POST", "/campaigns", {"tenant": "wide", "id": name, "status": state})
        if number < 5:
            assert bob.run(Resume(campaign=name, effective_at=STARTED + timedelta(hours=12))).word == "scheduled"
        elif number < 10:
            hours = 12 if number < 8 else 0
            order = Order(actor=bob.actor)
            assert bob.agenda.schedule(Resume(campaign=name), order, STARTED + timedelta(hours=hours)).entry
        elif number >= 55:
            office.emulated.arrange(name, isLocked=True)
    found = ada.fleet.find(Target(named=tuple(names)), lane=Lane.STOPPING)

    def edit(name: CampaignId) -> None:
        bob.run(Resume(campaign=name))
        with suppress(PlatformError):
            wide.apply(wide.prepare(Resume(campaign=name), None), idempotency_key=f"outside-{name}")

    with ThreadPoolExecutor(5) as pool:
        working = pool.submit(eve.worker.run, over)
        try:
            editing = [pool.submit(edit, name) for name in names]
            frozen = ada.freeze.freeze(found, Order(actor=ada.actor)).frozen
            for one in editing:
                one.result()
            assert set(frozen) == set(names)
            assert set(ada.freezes.frozen(stopped=False)) >= set(names[55:])
            for name in names[55:]:
                office.emulated.arrange(name, isLocked=False)
            ada.enforcement.enforce(Order(actor=ada.actor))
            office.emulated.advance(2 * 86_400)
        finally:
            over.set()
        working.result()
    eve.worker.once()
    assert {str(office.emulated.shown(name)["status"]) for name in names} == {"STOPPED"}
    assert ada.freezes.frozen(stopped=False) == {}
    assert [one for one in ada.recorder.unended() if one.kind == Resume.kind] == []
    assert bob.run(Resume(campaign=names[1])).findings.rules == ("lifecycle.frozen",)


def test_id_that_no_campaign_has_is_let_go_of_and_named(office: Office) -> None:
    ada, nobody = office.system("ada"), campaign_id("NOBODY")
    outcome = froze(ada, nobody, ACTIVE)
    assert (outcome.unknown, list(outcome.frozen), outcome.not_yet) == ((nobody,), [ACTIVE], {})
    assert list(ada.freezes.frozen()) == [ACTIVE]


def test_campaign_that_is_gone_from_the_platform_stays_frozen(office: Office) -> None:
    ada = office.system("ada")
    ada.explain(PAUSED)
    office.emulated.order("status", path=f"*/{PAUSED}", status=404, times=None)
    outcome = froze(ada, PAUSED)
    assert (outcome.unknown, list(outcome.not_yet)) == ((), [PAUSED])
    assert list(ada.freezes.frozen()) == [PAUSED]


def test_unknown_id_is_frozen_while_the_platform_is_away(office: Office) -> None:
    ada, nobody = office.system("ada"), campaign_id("NOBODY")
    office.emulated.order("status", path="/api/v2/*", status=503, times=None)
    outcome = froze(ada, nobody)
    assert (outcome.unknown, list(outcome.not_yet)) == ((), [nobody])
    assert list(ada.freezes.frozen()) == [nobody]


class Illegible(Through):
    """A platform that shows some campaigns in a form that nobody here knows, one of them without an id."""

    def list(self, *, state: State | None = None, lane: Lane = Lane.READING) -> Iterator[Observed | Unreadable]:
        for one in self.beyond.list(state=state, lane=lane):
            yield Unreadable(campaign=PAUSED, why="no status") if one.campaign == PAUSED else one
        yield Unreadable(campaign=None, why="no id")


def test_campaign_that_nobody_can_read_is_latched_when_it_has_an_id(office: Office) -> None:
    ada = office.system("ada", platform=Illegible(office.emulated.platform()))
    found = ada.fleet.find(Target(everything=True), lane=Lane.STOPPING)
    outcome = ada.freeze.freeze(found, Order(actor=ada.actor))
    assert PAUSED in outcome.frozen
    assert PAUSED in ada.freezes.frozen(stopped=False)
    assert outcome.not_yet[PAUSED] == "no status"
    assert [one.campaign for one in outcome.stops.unreadable] == [PAUSED, None]
    assert office.system("bob").run(RESUME).findings.rules == ("lifecycle.frozen",)


def test_stop_and_pause_of_a_frozen_campaign_are_not_refused(office: Office) -> None:
    ada = office.system("ada")
    froze(ada, ACTIVE)
    assert ada.run(Stop(campaign=ACTIVE)).word == "unchanged"
