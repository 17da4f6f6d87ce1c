"""A pause or stop that finds nothing to do does not believe it while a resumption is on its way; superseded changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest

from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.ports import Prepared, Receipt
from paceline.primitives.clock import MachineClock
from tests.contract.systems import ACTIVE, PAUSED, STOPPED, Office, Through, left_behind, steps

LATER = datetime(2026, 6, 15, 13, tzinfo=UTC)
HELD_S = 20.0


class Held(Through):
    """A platform whose first change is held until somebody lets it go."""

    def __init__(self, beyond: Any) -> None:
        super().__init__(beyond)
        self.arrived, self.let_go = Event(), Event()

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        self.arrived.set()
        assert self.let_go.wait(HELD_S)
        return self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)


def test_stop_of_a_stopped_campaign_waits_for_a_resumption_on_its_way_and_stops_what_it_made(office: Office) -> None:
    clock = MachineClock()
    held = Held(office.emulated.platform())
    bob = office.system("bob", platform=held, clock=clock, lease_s=5.0)
    ada = office.system("ada", clock=clock, lease_s=5.0)
    with ThreadPoolExecutor(2) as pool:
        resuming = pool.submit(bob.run, Resume(campaign=STOPPED))
        assert held.arrived.wait(HELD_S)
        stopping = pool.submit(ada.run, Stop(campaign=STOPPED))
        while len(ada.recorder.unended()) < 2:
            clock.wait(0.01)
        held.let_go.set()
        assert resuming.result().word == "applied"
        assert stopping.result().word == "applied"
    assert office.emulated.shown(STOPPED)["status"] == "STOPPED"


def test_stop_that_finds_nothing_to_do_is_a_conflict_while_a_resumption_does_not_end(office: Office) -> None:
    clock = MachineClock()
    held = Held(office.emulated.platform())
    bob = office.system("bob", platform=held, clock=clock, lease_s=0.6)
    ada = office.system("ada", clock=clock, lease_s=0.6)
    with ThreadPoolExecutor(1) as pool:
        resuming = pool.submit(bob.run, Resume(campaign=STOPPED))
        assert held.arrived.wait(HELD_S)
        stopped = ada.run(Stop(campaign=STOPPED))
        held.let_go.set()
        resuming.result()
    assert stopped.word == "conflicted"
    (told,) = [found for found in stopped.findings if found.rule == "lifecycle.unfinished"]
    assert "bob" in told.message


def test_resumption_of_a_dead_process_is_settled_before_a_stop_says_that_nothing_is_to_be_done(office: Office) -> None:
    gone, ada = office.system("bob"), office.system("ada")
    opened, _ = left_behind(gone, Resume(campaign=STOPPED))
    office.clock.advance(60)
    assert ada.run(Stop(campaign=STOPPED)).word == "unchanged"
    entry = ada.book.read(opened.entry)
    assert (entry.outcome, entry.rows[-1].document["details"]["settled_by"]) == ("failed", "ada")  # type: ignore[call-overload,index]  # an object


def test_settling_change_that_a_later_one_replaces_is_superseded_and_not_diverged(office: Office) -> None:
    ada = office.system("ada")
    office.emulated.arrange(ACTIVE, callsInFlight=[{"state": "connected", "secondsLeft": 300}])
    paused = ada.run(Pause(campaign=ACTIVE))
    assert paused.verdict == "settling"
    stopped = ada.run(Stop(campaign=ACTIVE))
    assert paused.entry is not None
    told = ada.book.read(paused.entry).rows[-1].document
    assert (told["verdict"], told["details"]) == ("superseded", {"superseded_by": stopped.entry})


def test_settling_change_that_somebody_outside_replaces_is_superseded_by_nobody_here(office: Office) -> None:
    ada = office.system("ada")
    office.emulated.arrange(ACTIVE, callsInFlight=[{"state": "connected", "secondsLeft": 300}])
    paused = ada.run(Pause(campaign=ACTIVE))
    office.outside(Resume(campaign=ACTIVE))
    ada.run(Resume(campaign=ACTIVE))
    assert paused.entry is not None
    assert ada.book.read(paused.entry).verdict == "superseded"
    assert steps(ada, paused.entry) == ["opened", "intent", "closed", "verdict"]


@pytest.mark.parametrize("scheduled", [True, False])
def test_resumption_that_was_scheduled_and_withdrawn_takes_no_place_under_the_limit(
    office: Office, scheduled: bool
) -> None:
    ada = office.system("ada", active_limit=lambda: 3)
    if scheduled:
        assert ada.run(Resume(campaign=PAUSED, effective_at=LATER)).word == "scheduled"
        assert ada.run(Pause(campaign=PAUSED)).word == "applied"
    assert ada.run(Resume(campaign=STOPPED)).word == "applied"
