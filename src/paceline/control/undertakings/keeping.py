"""The undertakings of one tenant as they are kept: a row each, written in one transaction with the notes of it.

Rules:
* A row is written only by whoever has read it as it is: every write raises its fence, and one by an older fence writes
  nothing, its notes included.
* Who is at an undertaking has a lease of its work, which is due in the platform's time; one that is not under way has
  none.
* A campaign has one of a kind that is under way at most: seen in the transaction in which it would begin.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Table, insert, select, update

from paceline.control.recorder import Recorder
from paceline.control.telling.announcing import Crier
from paceline.control.undertakings.standing import Note, Undertaking
from paceline.ledger import drafts
from paceline.ledger.entry import Deed
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.clock import ns_of, utc_text
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.due_work import FencedError, Work, WorkExistsError
from paceline.storage.leases import Claim, Leases

U = TypeVar("U", bound=Undertaking)
T = TypeVar("T")


class Undertakings(ABC, Generic[U]):
    """Keeps undertakings of one kind; serves all threads, and any number of processes on one database."""

    noun: ClassVar[str]
    """What one is called; the key of its entry in the details of its notes."""
    room: ClassVar[str]
    """The room of the due work in which they stand."""
    table: ClassVar[Table]
    """Where they are kept, with the columns tenant, entry, campaign, state, document and fence."""
    states: ClassVar[Sequence[str]]
    """The states of one that is under way."""
    overtaken: ClassVar[type[PacelineError]]
    """Raised where somebody else has written one since it was read."""

    def __init__(self, recorder: Recorder, leases: Leases, crier: Crier) -> None:
        """Keep them beside this recorder's book, their work with these leases, and tell the crier."""
        self._recorder = recorder
        self._leases = leases
        self._crier = crier
        self._tenant = recorder.book.tenant

    @abstractmethod
    def _of_row(self, row: Row[Any]) -> U:
        """Return the undertaking that a row of the table tells of."""

    @abstractmethod
    def _missing(self, entry: EntryId) -> PacelineError:
        """Return what is raised where no undertaking began with this entry."""

    @abstractmethod
    def _hold_alone(self, connection: Connection, kept: U) -> None:
        """Raise `overtaken` where one that is under way may not be, for what else steers its campaign by now."""

    def keep(self, undertaking: U, *notes: Note, claim: Claim | None = None, due: datetime | None = None) -> U:
        """Write where it stands now, with what is noted of it, and return it as it is kept.

        Args:
            undertaking: as it shall be, with the fence by which it was read.
            notes: put in the same transaction, each told as news, each an event of its history.
            claim: the lease of whoever is at it: given back until `due`, or ended when it is not under way any more.
            due: when it is looked at next, by the platform's time; None keeps the lease.

        Raises:
            PacelineError: as `overtaken`: somebody else has written it since, or something else steers the campaign by
                now; nothing was written.
            LedgerUnavailableError: nothing was written.
        """

        def work(connection: Connection) -> U:
            self._recorder.book.hold(connection)
            kept = replace(undertaking, fence=undertaking.fence + 1)
            for note in notes:
                row = self._recorder.book.put(connection, drafts.noted(self._deed(kept, note), at=self._now()))
                self._crier.noted(connection, row, note.kind)
                kept = kept.with_note(note, row.entry)
            done = connection.execute(update(self.table).where(self._is(undertaking)), _values(kept))
            if done.rowcount != 1:
                raise self.overtaken(f"{self.noun} {undertaking.entry} was changed by somebody else meanwhile")
            if claim is None and kept.phase.is_under_way:
                self._hold_alone(connection, kept)
            self._release(connection, kept, claim, due)
            return kept

        return self._written(work)

    def put_back(self, claim: Claim, due: datetime, *, error: str | None = None) -> None:
        """Give a claim back without a word about the undertaking, to be looked at when `due` has come.

        Raises:
            LedgerUnavailableError: it comes back after its lease.
        """
        with suppress(FencedError):
            self._recorder.in_transaction(
                lambda connection: self._leases.postpone(connection, claim, ns_of(due), error=error)
            )

    def drop(self, claim: Claim) -> None:
        """End the work of an undertaking that is over.

        Raises:
            LedgerUnavailableError: it comes back after its lease.
        """
        with suppress(FencedError):
            self._recorder.in_transaction(lambda connection: self._leases.settle(connection, claim))

    def read(self, entry: EntryId) -> U:
        """Return an undertaking by the entry in which it began.

        Raises:
            PacelineError: there is none.
            LedgerUnavailableError: it cannot be read now.
        """
        of = self.table.c
        asked = select(self.table).where(of.tenant == self._tenant, of.entry == entry)
        found = self._recorder.looked_up(lambda connection: connection.execute(asked).one_or_none())
        if found is None:
            raise self._missing(entry)
        return self._of_row(found)

    def all_of(self, campaign: CampaignId) -> list[U]:
        """Return the undertakings of a campaign, the oldest first.

        Raises:
            LedgerUnavailableError: they cannot be read now.
        """
        return self._recorder.looked_up(lambda connection: self._within(connection, campaign))

    def listed(self, *, under_way: bool = False) -> list[U]:
        """Return all of them, the oldest first, or only those that are under way.

        Raises:
            LedgerUnavailableError: they cannot be read now.
        """
        of = self.table.c
        asked = select(self.table).where(of.tenant == self._tenant).order_by(of.entry)
        if under_way:
            asked = asked.where(of.state.in_(self.states))
        found = self._recorder.looked_up(lambda connection: connection.execute(asked).all())
        return [self._of_row(one) for one in found]

    def under_way(self, campaign: CampaignId) -> U | None:
        """Return the one of a campaign that is under way, None when none is.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        return next((one for one in self.all_of(campaign) if one.phase.is_under_way), None)

    def entry_under_way(self, campaign: CampaignId) -> EntryId | None:
        """Return the entry of the one of a campaign that is under way, None when none is.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        found = self.under_way(campaign)
        return None if found is None else found.entry

    def _within(self, connection: Connection, campaign: CampaignId) -> list[U]:
        of = self.table.c
        asked = select(self.table).where(of.tenant == self._tenant, of.campaign == campaign)
        return [self._of_row(one) for one in connection.execute(asked.order_by(of.entry))]

    def _added(self, connection: Connection, undertaking: U, note: Note) -> U:
        """Return an undertaking that begins, kept and told."""
        row = self._recorder.book.put(connection, drafts.noted(self._deed(undertaking, note), at=self._now()))
        made = replace(undertaking, entry=row.entry, fence=1).with_note(note, row.entry)
        values = {"tenant": self._tenant, "entry": made.entry, "campaign": made.campaign, **_values(made)}
        connection.execute(insert(self.table), values)
        self._crier.noted(connection, row, note.kind)
        return made

    def _rewritten(self, connection: Connection, before: U, after: U) -> None:
        """Write a row that is held by this transaction, without a note."""
        connection.execute(update(self.table).where(self._is(before)), _values(after))

    def _hold_against_others(self, connection: Connection, kept: U) -> None:
        """Hold one that is taken up against another of its kind that has begun meanwhile."""
        for other in self._within(connection, kept.campaign):
            if other.entry != kept.entry and other.phase.is_under_way:
                raise self.overtaken(f"{self.noun} {other.entry} by {other.actor.name} is under way by now")

    def _put_work(self, connection: Connection, undertaking: U) -> None:
        work = Work(
            tenant=self._tenant,
            room=self.room,
            key=str(undertaking.entry),
            due_ns=0,
            campaign=undertaking.campaign,
        )
        with suppress(WorkExistsError):
            self._leases.put(connection, work)

    def _release(self, connection: Connection, kept: U, claim: Claim | None, due: datetime | None) -> None:
        if not kept.phase.is_under_way:
            if claim is None:
                self._leases.cancel(connection, self._tenant, self.room, str(kept.entry))
            else:
                with suppress(FencedError):
                    self._leases.settle(connection, claim)
            return
        if claim is not None and due is not None:
            with suppress(FencedError):
                self._leases.postpone(connection, claim, ns_of(due))
        elif claim is None:
            # Whoever took one up again that was over has it looked at; one that is under way is due already.
            self._put_work(connection, kept)

    def _is(self, undertaking: U) -> ColumnElement[bool]:
        of = self.table.c
        return (of.tenant == self._tenant) & (of.entry == undertaking.entry) & (of.fence == undertaking.fence)

    def _deed(self, undertaking: U, note: Note) -> Deed:
        at = {"why": note.why, "at": utc_text(note.at)}
        details: dict[str, Json] = {**undertaking.told(), **at, **note.figures}
        if undertaking.entry:
            details[self.noun] = undertaking.entry
        return Deed(
            kind=note.kind,
            actor=note.actor,
            campaign=undertaking.campaign,
            reason=note.reason or note.why,
            ticket=note.ticket or undertaking.ticket,
            details=details,
        )

    def _written(self, work: Callable[[Connection], T]) -> T:
        made: list[T] = []
        self._recorder.in_transaction(lambda connection: made.append(work(connection)))
        return made[-1]

    def _now(self) -> datetime:
        return self._recorder.book.now()


def _values(undertaking: Undertaking) -> dict[str, object]:
    document = canonical_json(undertaking.kept())
    return {"state": undertaking.phase.value, "document": document, "fence": undertaking.fence}


def row_of(row: Row[Any]) -> tuple[int, str, str, dict[str, Json], int]:
    """Return entry, campaign, state, document and fence of a row."""
    return row.entry, row.campaign, row.state, json.loads(row.document), row.fence
