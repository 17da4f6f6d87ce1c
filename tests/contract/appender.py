"""A process that records until it has recorded enough, or is killed: `appender URL TENANT N`.

Each line that it writes, `sequence hash`, is a row that was reported durable.
"""

from __future__ import annotations

import os
import sys
import threading

from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Deed
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import TenantId
from paceline.storage.database import open_database

LANES = 4
DEED = Deed(kind="lifecycle.pause", actor=Actor(name="ada", known_by="key"))


def main() -> None:
    url, tenant, entries = sys.argv[1], TenantId(sys.argv[2]), int(sys.argv[3])
    with open_database(url) as database:
        book = Book(database, tenant=tenant, clock=MachineClock())

        def lane() -> None:
            for _ in range(entries // LANES):
                row = book.close(book.open(DEED), outcome="applied")
                os.write(1, f"{row.sequence} {row.hash}\n".encode())

        threads = [threading.Thread(target=lane) for _ in range(LANES)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
