"""The ledger of one tenant: open, intend, close, judge again, read. What a call returned is on disk.

Who has a transaction of its own, to write something else together with a row, makes a draft (`drafts`) and puts it
there with `Book.put`; all other methods write by themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, func, select

from paceline.ledger import drafts
from paceline.ledger.appending import append, hold_head, row_from
from paceline.ledger.chain import start_of
from paceline.ledger.copies import ERASED, erase_copies
from paceline.ledger.drafts import Draft
from paceline.ledger.entry import NOTHING, Deed, Entry, Query, Row, Step, instant_text
from paceline.ledger.failures import EntryNotFoundError, at_the_ledger
from paceline.ledger.numbers import forget, normal_number, with_numbers
from paceline.primitives.canonical import Json
from paceline.primitives.clock import Clock, instant_of
from paceline.primitives.ids import CampaignId, EntryId, TenantId
from paceline.storage.database import Database
from paceline.storage.prepared import Prepared
from paceline.storage.tables import LEDGER_ENTRIES, LEDGER_HEADS

PAGE = 1000
"""Rows read at once when the whole chain is walked."""

OPEN = "open"
"""The outcome to ask for in a query when entries without one are wanted."""

_NAMES = tuple(LEDGER_ENTRIES.c.keys())
_ROWS = Prepared(
    select(LEDGER_ENTRIES)
    .where(LEDGER_ENTRIES.c.tenant == bindparam("tenant"), LEDGER_ENTRIES.c.entry == bindparam("entry"))
    .order_by(LEDGER_ENTRIES.c.sequence)
)
_OPENS = (Step.OPENED.value, Step.NOTED.value)
# Built once: another name for the table costs as much as the question.
_CLOSING = LEDGER_ENTRIES.alias("closing")
_SAME = and_(
    _CLOSING.c.tenant == LEDGER_ENTRIES.c.tenant,
    _CLOSING.c.entry == LEDGER_ENTRIES.c.entry,
    _CLOSING.c.step == Step.CLOSED.value,
)
_IS_CLOSED = exists().where(_SAME)
_ORDER = (LEDGER_ENTRIES.c.entry, LEDGER_ENTRIES.c.sequence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where a chain ends: how many rows it has, and the hash of the last."""

    size: int
    hash: str


def tenants_in(database: Database) -> list[TenantId]:
    """Return the tenants whose ledgers this database holds.

    Raises:
        LedgerUnavailableError: it cannot be read now.
    """
    asked = select(LEDGER_HEADS.c.tenant).order_by(LEDGER_HEADS.c.tenant)
    with at_the_ledger():
        found = database.read(lambda connection: connection.execute(asked).scalars().all())
    return [TenantId(tenant) for tenant in found]


class Book:
    """One tenant's ledger; serves all threads, and any number of processes on one database."""

    def __init__(self, database: Database, *, tenant: TenantId, clock: Clock) -> None:
        """Keep the ledger of `tenant` in this database."""
        self.tenant = tenant
        self._database = database
        self._clock = clock

    def now(self) -> datetime:
        """Return the instant that a row written now would carry; order comes from the sequence, never from this."""
        return instant_of(self._clock.wall_ns())

    def open(self, deed: Deed) -> EntryId:
        """Begin an entry that has to be closed, and return its number.

        Raises:
            LedgerUnavailableError: nothing was recorded, so nothing may be done.
        """
        return self._write(drafts.opened(deed, at=self.now())).entry

    def intend(self, entry: EntryId, request: Mapping[str, Json]) -> Row:
        """Keep the exact request before it is sent.

        Raises:
            EntryNotFoundError: no such entry was opened.
            EntryClosedError: somebody has closed it.
            LedgerUnavailableError: nothing was recorded, so nothing may be sent.
        """
        return self._write(drafts.intent(entry, request, at=self.now()))

    def close(
        self, entry: EntryId, *, outcome: str, verdict: str | None = None, details: Mapping[str, Json] = NOTHING
    ) -> Row:
        """Say how the entry ended; possible once.

        Raises:
            EntryNotFoundError: no such entry was opened.
            EntryClosedError: somebody has closed it already.
            LedgerUnavailableError: it stays open.
        """
        return self._write(drafts.closed(entry, outcome=outcome, verdict=verdict, details=details, at=self.now()))

    def judge_again(self, entry: EntryId, *, verdict: str, details: Mapping[str, Json] = NOTHING) -> Row:
        """Say what a later look at a closed entry showed.

        Raises:
            EntryNotFoundError: no such entry was opened.
            EntryOpenError: it is not closed yet.
            LedgerUnavailableError: nothing was recorded.
        """
        return self._write(drafts.later_verdict(entry, verdict=verdict, details=details, at=self.now()))

    def note(self, deed: Deed) -> EntryId:
        """Record a deed of one row, and return its number.

        Raises:
            LedgerUnavailableError: nothing was recorded.
        """
        return self._write(drafts.noted(deed, at=self.now())).entry

    def hold(self, connection: Connection) -> None:
        """Keep everybody else from appending until the caller's transaction ends."""
        hold_head(connection, self.tenant)

    def put(self, connection: Connection, draft: Draft) -> Row:
        """Append a row in a transaction of the caller's own: it is durable when that is, or never was."""
        return append(connection, self.tenant, draft)

    def within(self, connection: Connection, entry: EntryId) -> tuple[Row, ...]:
        """Return the rows of an entry, in order, as a transaction of the caller's own sees them."""
        found = _ROWS.run(connection, {"tenant": self.tenant, "entry": entry})
        return tuple(map(_row, found))

    def erase_number(self, number: str, deed: Deed) -> EntryId | None:
        """Erase a phone number and note that; return the note's number, or None when the number was not known.

        It goes from the copies beside the chain too. The note holds the word that stood for it, under `erased` in its
        details.
        """
        at = self.now()

        def erase(connection: Connection) -> EntryId | None:
            hold_head(connection, self.tenant)  # nobody else writes what holds the number between the two
            word = forget(connection, self.tenant, normal_number(number))
            erase_copies(connection, self.tenant, normal_number(number), word or ERASED)
            if word is None:
                return None
            told = Deed(
                kind=deed.kind,
                actor=deed.actor,
                campaign=deed.campaign,
                reason=deed.reason,
                ticket=deed.ticket,
                details={**deed.details, "erased": word},
            )
            return append(connection, self.tenant, drafts.noted(told, at=at)).entry

        with at_the_ledger():
            return self._database.write(erase)

    def revealed(self, value: Json) -> Json:
        """Return the value with the phone numbers that its words stand for, as far as they are not erased."""
        with at_the_ledger():
            return self._database.read(lambda connection: with_numbers(connection, self.tenant, value))

    def read(self, entry: EntryId) -> Entry:
        """Return an entry with all its rows.

        Raises:
            EntryNotFoundError: the ledger has no entry of this number; what the platform was seen to hold is none.
            LedgerUnavailableError: it cannot be read now.
        """
        asked = select(LEDGER_ENTRIES).where(self._ours(), LEDGER_ENTRIES.c.entry == entry)
        found = self._entries(asked.order_by(*_ORDER))
        if not found or found[0].rows[0].step is Step.READING:
            newest = self.entries(Query(limit=1))
            held = f"it has {newest[0].number}: `paceline audit list` shows them" if newest else "it is empty"
            raise EntryNotFoundError(f"the ledger has no entry {entry}", hint=held)
        return found[0]

    def entries(self, query: Query) -> list[Entry]:
        """Return the entries that fit, the oldest first; readings are none.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        return self._entries(_fitting(self.tenant, query))

    def unfinished(self, campaigns: Collection[CampaignId] | None = None) -> list[Entry]:
        """Return the entries that nobody has closed yet, the oldest first: of these campaigns, or all.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        column = LEDGER_ENTRIES.c
        fits = [self._ours(), column.step == Step.OPENED.value, ~_closed()]
        if campaigns is not None:
            fits.append(column.campaign.in_(sorted(campaigns)))
        numbers = select(column.entry).where(*fits)
        return self._entries(_whole(self.tenant, numbers))

    def head(self) -> Head:
        """Return where the chain ends now.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        asked = select(LEDGER_HEADS.c.size, LEDGER_HEADS.c.hash).where(LEDGER_HEADS.c.tenant == self.tenant)
        with at_the_ledger():
            found = self._database.read(lambda connection: connection.execute(asked).one_or_none())
        return Head(size=0, hash=start_of(self.tenant)) if found is None else Head(size=found.size, hash=found.hash)

    def rows(self, *, first: int = 1, last: int | None = None) -> Iterator[Row]:
        """Yield the rows of the chain in order, from `first` to `last` or the end, a page in memory at a time.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        column = LEDGER_ENTRIES.c
        while last is None or first <= last:
            asked = select(LEDGER_ENTRIES).where(self._ours(), column.sequence >= first)
            if last is not None:
                asked = asked.where(column.sequence <= last)
            page = self._rows(asked.order_by(column.sequence).limit(PAGE))
            yield from page
            if len(page) < PAGE:
                return
            first = page[-1].sequence + 1

    def _write(self, draft: Draft) -> Row:
        with at_the_ledger():
            return self._database.write(lambda connection: append(connection, self.tenant, draft))

    def _rows(self, asked: Select[tuple[object, ...]]) -> list[Row]:
        with at_the_ledger():
            found = self._database.read(lambda connection: connection.execute(asked).all())
        return [_row(values) for values in found]

    def _entries(self, asked: Select[tuple[object, ...]]) -> list[Entry]:
        gathered: dict[EntryId, list[Row]] = {}
        for row in self._rows(asked):
            gathered.setdefault(row.entry, []).append(row)
        return [Entry(rows=tuple(rows)) for rows in gathered.values()]

    def _ours(self) -> ColumnElement[bool]:
        return _of_tenant(self.tenant)


def _row(values: Sequence[Any]) -> Row:
    """Return the row of these values, in the order of the columns; the library's own view by name takes far longer."""
    return row_from(dict(zip(_NAMES, values, strict=True)))


@lru_cache(maxsize=256)
def _of_tenant(tenant: TenantId) -> ColumnElement[bool]:
    return LEDGER_ENTRIES.c.tenant == tenant


@lru_cache(maxsize=256)  # asked with the same words at every turn of a worker; it takes longer to build than to answer
def _fitting(tenant: TenantId, query: Query) -> Select[Any]:
    """Return the question for the entries that fit."""
    column = LEDGER_ENTRIES.c
    asked = {column.campaign: query.campaign, column.actor: query.actor}
    fits = [_of_tenant(tenant), column.step.in_(_OPENS)]
    if query.kind is not None:
        fits.append(_is_of_kind(query.kind))
    fits += [where == wanted for where, wanted in asked.items() if wanted is not None]
    if query.since is not None:
        fits.append(column.at >= instant_text(query.since))
    if query.until is not None:
        fits.append(column.at < instant_text(query.until))
    if query.before is not None:
        fits.append(column.entry < query.before)
    if query.outcome == OPEN:
        fits += [column.step == Step.OPENED.value, ~_closed()]
    elif query.outcome is not None:
        fits.append(_closed(query.outcome))
    return _whole(tenant, select(column.entry).where(*fits).order_by(column.sequence.desc()).limit(query.limit))


def _whole(tenant: TenantId, numbers: Select[Any]) -> Select[Any]:
    """Return the question for all rows of the entries with these numbers."""
    whole = select(LEDGER_ENTRIES).where(_of_tenant(tenant), LEDGER_ENTRIES.c.entry.in_(numbers))
    return whole.order_by(*_ORDER)


def _closed(outcome: str | None = None) -> ColumnElement[bool]:
    return _IS_CLOSED if outcome is None else exists().where(_SAME, _CLOSING.c.outcome == outcome)


def _is_of_kind(kind: str) -> ColumnElement[bool]:
    column = LEDGER_ENTRIES.c.kind
    if not kind.endswith(".*"):
        return column == kind
    aspect = kind.removesuffix("*")
    # Not LIKE: SQLite would take LIFECYCLE for lifecycle.
    return func.substr(column, 1, len(aspect)) == aspect
