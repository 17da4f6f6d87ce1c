"""Joins who tells of a ledger's rows where no whole system stands: a command that notes something, and ends."""

from __future__ import annotations

from paceline.control.telling.announcing import Announcer
from paceline.ledger.book import Book
from paceline.outbox.box import Box
from paceline.outbox.streams import Streams
from paceline.outbox.subscribers import Subscribers
from paceline.primitives.clock import WaitingClock
from paceline.storage.database import Database
from paceline.storage.leases import Leases


def crier_of(database: Database, book: Book, clock: WaitingClock) -> Announcer:
    """Return who puts news of rows into the outbox, for a worker to carry."""
    tenant = book.tenant
    streams = Streams(tenant, Leases(database, clock, owner="nobody"))  # it puts work, and never claims any
    return Announcer(
        book, Box(database, tenant=tenant, clock=clock, subscribers=Subscribers(tenant, clock), streams=streams)
    )
