"""News of what the ledger keeps, put in the transaction of its rows: who hears of a change, and the row, are one.

Rules:
* A change that has ended is told once, refusals too, and every later verdict on it; a dry run is not.
* A freeze, its end, and drift are told with who, why, and what differs.
* While there is no subscriber nothing is put, and nothing is counted: the first one hears of what comes after it.
* What is told is made from the documents of rows, in which no phone number stands; a subscriber's address and its
  secrets stand in no row.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from paceline.ledger import drafts
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Deed, Row, Step
from paceline.outbox.box import Box
from paceline.outbox.dead_letters import DeadLetter
from paceline.outbox.message import Ended, News, told
from paceline.outbox.subscribers import Subscriber
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId

FROZEN, UNFROZEN, DRIFTED = "campaign.frozen", "campaign.unfrozen", "campaign.drift"
"""The types of the news of notes."""
RELAY = Actor(name="relay", known_by="paceline")
"""Who notes that somebody could not be told."""


class Crier(Protocol):
    """Who tells of rows, in the transaction in which they were put."""

    def ended(self, connection: Connection, row: Row, *, effective_at: datetime | None) -> None:
        """Tell of a row that closes an entry or judges it again; `effective_at` is when the change took effect."""
        ...

    def noted(self, connection: Connection, row: Row, kind: str) -> None:
        """Tell of a note, as news of this type."""
        ...


class Silence:
    """Tells nobody anything."""

    def ended(self, connection: Connection, row: Row, *, effective_at: datetime | None) -> None:
        """Do nothing."""

    def noted(self, connection: Connection, row: Row, kind: str) -> None:
        """Do nothing."""


class Announcer:
    """Puts news of rows into the outbox; serves all threads, and any number of processes on one database."""

    def __init__(self, book: Book, box: Box) -> None:
        """Tell what this book keeps to those who hear from this box."""
        self._book = book
        self._box = box

    def ended(self, connection: Connection, row: Row, *, effective_at: datetime | None) -> None:
        """Tell of a row that closes an entry or judges it again."""
        if not self._box.subscribers.exist(connection):
            return
        rows = self._book.within(connection, row.entry)
        opened = rows[0]
        closed = row if row.step is Step.CLOSED else next(one for one in rows if one.step is Step.CLOSED)
        news = told(
            Ended(
                entry=row.entry,
                opened=opened.document,
                closed=closed.document,
                verdict=row.document if row.step is Step.VERDICT else None,
                effective_at=effective_at,
            )
        )
        if news is not None:
            self._box.put(connection, news)

    def noted(self, connection: Connection, row: Row, kind: str) -> None:
        """Tell of a note, as news of this type."""
        if not self._box.subscribers.exist(connection):
            return
        said = row.document
        campaign, details = said["campaign"], said["details"]
        data: dict[str, Json] = {name: said[name] for name in ("actor", "reason", "ticket")}
        news = News(
            type=kind,
            at=row.at,
            campaign=None if campaign is None else CampaignId(str(campaign)),
            entry=row.entry,
            data={**data, **(details if isinstance(details, Mapping) else {})},
        )
        self._box.put(connection, news)


class Undelivered:
    """Notes in the ledger that somebody was not told."""

    def __init__(self, book: Book) -> None:
        """Note it in this book."""
        self._book = book

    def gave_up(self, connection: Connection, letter: DeadLetter, *, host: str) -> None:
        """Keep that a message became a dead letter; `host` is its subscriber's."""
        details: dict[str, Json] = {
            "message": letter.message_id,
            "type": letter.type,
            "sequence": letter.sequence,
            "subscriber": letter.subscriber,
            "host": host,
            "attempts": letter.attempts,
            "error": letter.error,
        }
        self._note(connection, Deed(kind="delivery.failed", actor=RELAY, campaign=letter.campaign, details=details))

    def was_disabled(self, connection: Connection, subscriber: Subscriber, *, why: str) -> None:
        """Keep that a subscriber is disabled."""
        details: dict[str, Json] = {"subscriber": subscriber.id, "host": subscriber.host, "why": why}
        self._note(connection, Deed(kind="webhook.disabled", actor=RELAY, details=details))

    def _note(self, connection: Connection, deed: Deed) -> None:
        self._book.put(connection, drafts.noted(deed, at=self._book.now()))
