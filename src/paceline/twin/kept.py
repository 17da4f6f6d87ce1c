"""Kept twins: the last one of each campaign, with the entry of the ledger that says how it was made and checked.

Rules:
* Row and entry are written in one transaction; a twin that failed its check is kept, too, and has no say.
* The entry holds parameters, standing and the digest of the data; no person is in it, nor any half-hour.
* That a twin has drifted is an entry of its own, `twin.drifted`, written once for each twin, and told with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from paceline.ledger import drafts
from paceline.ledger.appending import hold_head
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Deed, Row, instant_from, instant_text
from paceline.ledger.failures import at_the_ledger
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.database import Database
from paceline.storage.weights_tables import TWINS
from paceline.twin.model import Drifted, Twin

FITTED, DRIFTED = "twin.fitted", "twin.drifted"
"""The kinds of the entries."""
_TWINS = TWINS.c
Tell = Callable[[Connection, Row, str], None]
"""Tells of a note as news of a type, in the transaction in which it was put."""


@dataclass(frozen=True, slots=True, kw_only=True)
class By:
    """Who keeps a twin, and why."""

    actor: Actor
    reason: str | None = None
    ticket: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTwin:
    """That a twin is kept.

    Attributes:
        entry: of the ledger.
        fitted_at: when it was kept, UTC.
    """

    campaign: CampaignId
    entry: EntryId
    fitted_at: datetime


class Twins:
    """The kept twins of one tenant; serves all threads, and any number of processes on one database."""

    def __init__(self, database: Database, book: Book, *, tell: Tell | None = None) -> None:
        """Keep twins beside this book, in the same database; `tell` tells others of a drift, nobody without it."""
        self._database = database
        self._book = book
        self._tell = tell

    def of(self, campaign: CampaignId) -> Twin | None:
        """Return the kept twin of a campaign; None where there is none, or one that this version cannot read.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        with at_the_ledger():
            text = self._database.read(lambda connection: self._document(connection, campaign))
        if text is None:
            return None
        try:
            return Twin.of(json.loads(text))
        except ValueError:
            return None

    def all(self) -> tuple[KeptTwin, ...]:
        """Return which campaigns have one.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """

        def work(connection: Connection) -> tuple[KeptTwin, ...]:
            asked = select(_TWINS.campaign, _TWINS.entry, _TWINS.fitted_at).where(_TWINS.tenant == self._book.tenant)
            return tuple(
                KeptTwin(
                    campaign=CampaignId(row.campaign), entry=EntryId(row.entry), fitted_at=instant_from(row.fitted_at)
                )
                for row in connection.execute(asked.order_by(_TWINS.campaign))
            )

        with at_the_ledger():
            return self._database.read(work)

    def keep(self, twin: Twin, by: By) -> Twin:
        """Keep a twin in the place of the one before, and return it with its entry.

        Raises:
            LedgerUnavailableError: it is not kept.
        """

        def work(connection: Connection) -> Twin:
            at = self._book.now()
            deed = Deed(
                kind=FITTED,
                campaign=twin.campaign,
                actor=by.actor,
                reason=by.reason,
                ticket=by.ticket,
                details=fitted_details(twin),
            )
            row = self._book.put(connection, drafts.noted(deed, at=at))
            kept = replace(twin, standing=replace(twin.standing, entry=row.entry))
            self._write(connection, kept, entry=row.entry, at=at)
            return kept

        with at_the_ledger():
            return self._database.write(work)

    def drifted(
        self, campaign: CampaignId, found: Drifted, by: By, *, of: EntryId, done: Mapping[str, Json] | None = None
    ) -> EntryId | None:
        """Mark the kept twin as drifted, and tell it; None where it is marked already, or another one is kept since.

        Args:
            campaign: whose.
            found: what has moved.
            by: who found it.
            of: the entry of the twin that was looked at.
            done: what is done about it, for the entry and whoever is told.

        Raises:
            LedgerUnavailableError: it is not marked.
        """

        def work(connection: Connection) -> EntryId | None:
            hold_head(connection, self._book.tenant)  # nobody else marks it between the look and the entry
            text = self._document(connection, campaign)
            twin = None if text is None else Twin.of(json.loads(text))
            if twin is None or twin.drifted is not None or twin.standing.entry != of:
                return None
            at = self._book.now()
            details: dict[str, Json] = {**found.document(), "twin": of, **(done or {})}
            del details["entry"]
            deed = Deed(
                kind=DRIFTED,
                campaign=campaign,
                actor=by.actor,
                reason=by.reason,
                ticket=by.ticket,
                details=details,
            )
            row = self._book.put(connection, drafts.noted(deed, at=at))
            self._write(connection, replace(twin, drifted=replace(found, entry=row.entry)), entry=of, at=None)
            if self._tell is not None:
                self._tell(connection, row, DRIFTED)
            return row.entry

        with at_the_ledger():
            return self._database.write(work)

    def _write(self, connection: Connection, twin: Twin, *, entry: EntryId, at: datetime | None) -> None:
        mine = (_TWINS.tenant == self._book.tenant, _TWINS.campaign == twin.campaign)
        before = connection.execute(select(_TWINS.fitted_at).where(*mine)).scalar_one_or_none()
        connection.execute(delete(TWINS).where(*mine))
        values = {
            "tenant": self._book.tenant,
            "campaign": twin.campaign,
            "entry": entry,
            "fitted_at": before if at is None else instant_text(at),
            "document": canonical_json(twin.document()),
        }
        connection.execute(insert(TWINS).values(**values))

    def _document(self, connection: Connection, campaign: CampaignId) -> str | None:
        asked = select(_TWINS.document).where(_TWINS.tenant == self._book.tenant, _TWINS.campaign == campaign)
        found: str | None = connection.execute(asked).scalar_one_or_none()
        return found


def fitted_details(twin: Twin) -> Mapping[str, Json]:
    """Return what the ledger says of a twin."""
    standing = twin.standing.document()
    if isinstance(standing, dict):
        standing = {name: value for name, value in standing.items() if name != "entry"}
    return {
        "made_of": twin.made_of.value,
        "data": twin.data,
        "days": len(twin.days),
        "half_hours": int(twin.half_hours.start.size),
        "zone": twin.zone,
        "parameters": [one.document() for one in twin.parameters],
        "standing": standing,
        "seed": twin.seed,
    }
