"""A database that goes away: nothing is sent that cannot be recorded, and what was left open is settled later."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

import pytest
from sqlalchemy import Connection

from paceline.bootstrap import System
from paceline.campaign.lifecycle.changes import Pause, Stop
from paceline.control.fleet.fleet import Target
from paceline.control.order import Order
from paceline.control.owners import LEASE_S, SKEW_S
from paceline.ledger.failures import LedgerUnavailableError
from paceline.storage.database import Database
from paceline.storage.failures import StorageClosedError, StorageUnavailableError
from tests.contract.systems import ACTIVE, PAUSE, RESUME, STOP, Office, left_behind, revision, steps

T = TypeVar("T")
OPEN, INTEND, CLOSE = 1, 2, 3
"""Which write of a change is which."""


class Failing:
    """A database that is away from its n-th write on, for so many; before each of them, or just after it."""

    def __init__(
        self, beyond: Database, *, nth: int = 10**9, times: int = 10**9, reads: bool = False, kept: bool = False
    ) -> None:
        self.beyond = beyond
        self.away = range(nth, nth + times)
        self.reads = reads
        self.kept = kept
        self.writes = 0

    def write(self, work: Callable[[Connection], T]) -> T:
        self.writes += 1
        if self.writes not in self.away:
            return self.beyond.write(work)
        if self.kept:
            self.beyond.write(work)
        raise StorageUnavailableError("the database cannot be used now: it is away", hint="wait for it")

    def read(self, work: Callable[[Connection], T]) -> T:
        if self.reads:
            raise StorageUnavailableError("the database cannot be used now: it is away")
        return self.beyond.read(work)

    def close(self) -> None:
        raise AssertionError("it is its owner's to close")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        return


def failing(office: Office, nth: int, *, times: int = 10**9, kept: bool = False) -> System:
    return office.system(database=Failing(office.database, nth=nth, times=times, kept=kept))


def let_the_lease_run_out(office: Office) -> None:
    office.clock.advance(LEASE_S + SKEW_S + 1)


def test_change_that_cannot_be_opened_fails_before_the_platform_is_asked(office: Office) -> None:
    outcome = failing(office, OPEN).run(PAUSE)
    assert outcome.failure is not None
    assert (outcome.word, outcome.failure.code, outcome.failure.retryable) == ("failed", "ledger-unavailable", True)
    assert (outcome.entry, outcome.requests, outcome.failure.hint) == (None, 0, "wait for it")
    assert office.emulated.entries(path="/api/v2/*") == []
    assert office.system().book.head().size == 0


def test_change_whose_request_cannot_be_recorded_is_not_sent(office: Office) -> None:
    outcome = failing(office, INTEND, times=1).run(PAUSE)
    assert outcome.failure is not None
    assert (outcome.word, outcome.failure.code, outcome.requests) == ("failed", "ledger-unavailable", 1)
    assert office.sent() == []
    assert steps(office.system(), outcome.entry) == ["opened", "closed"]


def test_change_that_cannot_be_recorded_any_more_is_left_open_and_closed_as_failed_by_the_next(office: Office) -> None:
    outcome = failing(office, INTEND).run(PAUSE)
    assert (outcome.word, outcome.findings.rules[-1]) == ("failed", "ledger.left-open")
    let_the_lease_run_out(office)
    system = office.system("bob")
    assert system.run(PAUSE).word == "applied"
    assert outcome.entry is not None
    assert system.book.read(outcome.entry).outcome == "failed"
    assert system.recorder.unended() == []


def test_change_whose_end_cannot_be_recorded_says_so_and_is_settled_as_applied_by_the_next(office: Office) -> None:
    outcome = failing(office, CLOSE).run(PAUSE)
    assert (outcome.word, outcome.verdict, outcome.findings.rules[-1]) == ("applied", "achieved", "ledger.left-open")
    assert outcome.entry is not None
    assert str(outcome.entry) in list(outcome.findings)[-1].message
    let_the_lease_run_out(office)
    system = office.system("bob")
    assert system.run(PAUSE).word == "unchanged"
    assert (system.book.read(outcome.entry).outcome, len(office.sent_keys())) == ("applied", 1)
    assert {one.revision: one.made_by for one in system.readings.sightings(ACTIVE)}["43"] == outcome.entry


def test_process_that_left_an_entry_open_settles_it_itself_at_its_next_change(office: Office) -> None:
    system = failing(office, CLOSE, times=1)
    left = system.run(PAUSE)
    again = system.run(Stop(campaign=ACTIVE))
    assert (left.word, again.word, revision(again.after)) == ("applied", "applied", 44)
    assert left.entry is not None
    assert system.book.read(left.entry).outcome == "applied"
    assert system.recorder.unended() == []


@pytest.mark.parametrize("nth", [OPEN, INTEND, CLOSE])
def test_write_that_was_kept_though_its_answer_was_lost_does_no_harm(office: Office, nth: int) -> None:
    """A connection that breaks at the very commit leaves its caller in the dark."""
    outcome = failing(office, nth, times=1, kept=True).run(PAUSE)
    assert outcome.word == ("applied" if nth == CLOSE else "failed")
    assert len(office.sent()) == (nth == CLOSE)
    let_the_lease_run_out(office)
    system = office.system("bob")
    assert system.run(PAUSE).word == ("unchanged" if nth == CLOSE else "applied")
    assert office.emulated.shown("ACTIVE")["revision"] == 43
    assert (system.recorder.unended(), system.book.unfinished()) == ([], [])


def test_nobody_sends_while_it_cannot_be_told_who_else_is_at_it(office: Office) -> None:
    left_behind(office.system("bob"), PAUSE)
    outcome = office.system(database=Failing(office.database, reads=True)).run(STOP)
    assert outcome.failure is not None
    assert (outcome.word, outcome.failure.code) == ("failed", "ledger-unavailable")
    assert office.sent() == []


def test_limit_is_not_judged_while_the_ledger_cannot_be_read(desk: Office) -> None:
    system = desk.system(database=Failing(desk.database, reads=True), active_limit=lambda: 9)
    outcome = system.run(Pause(campaign=ACTIVE))
    assert outcome.word == "applied", "a pause asks for no place"
    assert system.run(RESUME).word == "failed"


def test_fleet_that_cannot_keep_what_it_read_changes_nothing(desk: Office) -> None:
    system = failing(desk, 1)
    with pytest.raises(LedgerUnavailableError):
        system.fleet.find(Target(everything=True))
    assert desk.sent() == []


def test_fleet_goes_on_when_the_ledger_comes_back(desk: Office) -> None:
    system = desk.system(database=Failing(desk.database, nth=2, times=1), concurrency=1)
    found = system.fleet.find(Target(everything=True))
    ended = system.fleet.run(found, lambda campaign: Stop(campaign=campaign), Order(actor=system.actor))
    assert [item.word for item in ended.items] == ["failed", "refused", "refused", "applied", "unchanged"]


def test_database_that_was_closed_is_a_fault_of_the_program_and_nothing_is_sent(desk: Office) -> None:
    class Closed(Failing):
        def write(self, work: Callable[[Connection], T]) -> T:  # noqa: ARG002  # nothing is done
            raise StorageClosedError

    with pytest.raises(StorageClosedError):
        desk.system(database=Closed(desk.database)).run(PAUSE)
    assert desk.emulated.entries(path="/api/v2/*") == []
