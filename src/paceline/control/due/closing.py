"""What is said of a change that a worker has claimed, when it is done with it: the entry and its work, as one.

Rules:
* Who closes the entry settles its work in the same transaction; who was fenced out says nothing.
* What is tried again keeps why it was not made, for people.
* Work that belongs to no entry is put aside, and the ledger notes that. Nothing else ever is.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum

from sqlalchemy import Connection

from paceline.campaign.change import Lane
from paceline.campaign.observed import Stage
from paceline.control.approving.findings import approved_by
from paceline.control.due.endings import lateness, why_not
from paceline.control.due.judgement import Due
from paceline.control.outcome import Failed, Outcome
from paceline.control.recorder import Recorder
from paceline.control.refusals import is_away
from paceline.control.told import late_by
from paceline.ledger import drafts
from paceline.ledger.entry import Actor, Deed
from paceline.ledger.failures import EntryClosedError, EntryNotFoundError
from paceline.primitives.clock import ns_of
from paceline.primitives.findings import Findings
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.due_work import FencedError
from paceline.storage.leases import Claim, Leases

AGAIN = timedelta(seconds=20)
"""How long a change waits, by the platform's clock, before it is tried again."""
ASIDE = "agenda.aside"
"""The kind of the note that work of the agenda, which belongs to no entry, was put aside."""
AGENDA = Actor(name="agenda", known_by="paceline")
"""Who notes that."""


class Left(Enum):
    """Why a change that was claimed did not end here."""

    WAITING = "waiting"
    """It is tried again."""
    AWAY = "away"
    """It is tried again, and got no answer when it looked at its campaign."""
    TO_OTHERS = "to-others"
    """Somebody else has it, or has ended it."""
    ASIDE = "aside"
    """It belongs to no entry, and is not tried again."""


class DueClosing:
    """Ends, or puts off, what a worker of one tenant has claimed."""

    def __init__(self, *, recorder: Recorder, leases: Leases) -> None:
        """Close entries here, and settle their work there."""
        self._recorder = recorder
        self._leases = leases

    def postponed(self, claim: Claim, due: Due, outcome: Outcome, now: datetime) -> Outcome | Left:
        """Have a change tried again in a moment, and keep why it was not made; say what came of it.

        Raises:
            LedgerUnavailableError: it comes back after its lease.
        """
        again, order = now + AGAIN, due.order
        if due.change.lane is not Lane.STOPPING and order.due is not None:
            again = min(again, order.due + order.not_after + timedelta(seconds=1))
        try:
            self._recorder.in_transaction(
                lambda connection: self._leases.postpone(connection, claim, ns_of(again), error=why_not(outcome))
            )
        except FencedError:
            return self._ended_if_left_to_us(due.entry.number, replace(outcome, entry=due.entry.number))
        # What was sent says nothing of the platform for others; what could not even be looked at does.
        unanswered = isinstance(outcome.ending, Failed) and is_away(outcome.ending.failure)
        return Left.AWAY if unanswered else Left.WAITING

    def close(self, claim: Claim, due: Due, outcome: Outcome, now: datetime) -> Outcome | Left:
        """Close the entry and settle its work in one transaction, and return how it ended, or that others had it.

        Raises:
            LedgerUnavailableError: it comes back after its lease.
        """
        given = None if due.asked is None else due.asked.given
        approved = None if given is None else approved_by(given.by, given.note)
        found = outcome.findings + Findings.of([approved, late_by(lateness(outcome, due.order.due, now))])
        told = replace(outcome, entry=due.entry.number, findings=found)
        try:
            self._recorder.close(due.entry.number, told, also=lambda connection: self._leases.settle(connection, claim))
        except FencedError:
            return self._ended_if_left_to_us(due.entry.number, told)
        except EntryClosedError:
            return Left.TO_OTHERS
        return told

    def _ended_if_left_to_us(self, entry: EntryId, outcome: Outcome) -> Outcome | Left:
        """Close an entry that was withdrawn while it was being sent, and so was left to whoever was at it."""
        unended = self._recorder.unended(stage=Stage.OPEN)
        if not any(one.entry == entry and one.owner == self._recorder.owner.name for one in unended):
            return Left.TO_OTHERS
        try:
            self._recorder.close(entry, outcome)
        except EntryClosedError:
            return Left.TO_OTHERS
        return outcome

    def tried_again(self, claim: Claim, fault: Exception, now: datetime) -> Left:
        """Have a change tried again that could not be made for a fault.

        Raises:
            LedgerUnavailableError: it comes back after its lease.
        """
        due_ns = ns_of(now + AGAIN)
        with suppress(FencedError):
            self._recorder.in_transaction(
                lambda connection: self._leases.postpone(connection, claim, due_ns, error=_words(fault))
            )
        return Left.WAITING

    def back(self, claim: Claim, due: datetime) -> Left:
        """Give back what was claimed too early, by an estimate.

        Raises:
            LedgerUnavailableError: it comes back after its lease.
        """
        with suppress(FencedError):
            self._recorder.in_transaction(lambda connection: self._leases.postpone(connection, claim, ns_of(due)))
        return Left.TO_OTHERS

    def give_back(self, claims: Sequence[Claim]) -> None:
        """Let others have at once what was not begun."""
        for claim in claims:
            self._leases.release(claim)

    def put_aside(self, claim: Claim, why: EntryNotFoundError) -> Left:
        """Put work aside that belongs to no entry, and note it.

        Raises:
            LedgerUnavailableError: it comes back after its lease.
        """
        named = None if claim.work.campaign is None else CampaignId(claim.work.campaign)
        deed = Deed(kind=ASIDE, actor=AGENDA, campaign=named, details={"work": claim.work.key, "error": why.message})
        note = drafts.noted(deed, at=self._recorder.book.now())

        def bury(connection: Connection) -> None:
            self._recorder.book.put(connection, note)
            self._leases.bury(connection, claim, _words(why))

        with suppress(FencedError):
            self._recorder.in_transaction(bury)
        return Left.ASIDE


def _words(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"
