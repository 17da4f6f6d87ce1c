"""A ledger of every kind of row, made by the real book in a real file, and its rows as they lie there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Deed
from paceline.ledger.keys import Signer, rotation
from paceline.ledger.proofs import exported, seal
from paceline.ledger.readings import Reading, Readings
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.database import open_database

ACME = TenantId("acme")
ADA = Actor(name="ada", known_by="key")
EAST = CampaignId("EAST")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A ledger's rows and export, its keys, and a checkpoint from its middle and one from its end."""

    rows: list[dict[str, Any]]
    lines: list[str]
    old: Signer
    new: Signer
    middle: str
    last: str
    head: str


def made_ledger(folder: Path) -> Made:
    clock = ManualClock(wall_ns=1_795_000_000_000_000_000)
    old, new = Signer.fresh(), Signer.fresh()
    with open_database(f"sqlite:///{folder / 'made.db'}") as database:
        book = Book(database, tenant=ACME, clock=clock)
        readings = Readings(database, book)
        book.note(rotation(tenant=ACME, new=old, old=None, actor=ADA))
        middle = ""
        for number in range(5):
            entry = book.open(
                Deed(kind="lifecycle.pause", actor=ADA, campaign=EAST, reason=f"why? +1415555013{number}")
            )
            book.intend(entry, {"body": {"status": "PAUSED"}})
            look = Reading(campaign=EAST, revision=str(number), at=book.now(), settings={"n": number}, made_by=entry)
            readings.keep([look])
            book.close(entry, outcome="applied", verdict="settling")
            book.judge_again(entry, verdict="achieved")
            clock.advance(timedelta(minutes=1).total_seconds())
            if number == 1:
                middle = seal(book, old).text
        book.note(rotation(tenant=ACME, new=new, old=old, actor=ADA))
        book.open(Deed(kind="lifecycle.stop", actor=ADA, campaign=EAST))
        last = seal(book, new).text
        asked = text("SELECT * FROM ledger_entries ORDER BY sequence")
        found = database.read(lambda connection: connection.execute(asked).mappings().all())
        return Made(
            rows=[dict(row) for row in found],
            lines=list(exported(book)),
            old=old,
            new=new,
            middle=middle,
            last=last,
            head=book.head().hash,
        )
