"""The end of a chain, looked at cheaply: its last rows alone. Only `verify` looks at all of them.

1. The rows up to the head's size are there, numbered without a gap.
2. Each has the hash of its own text, and names the hash of the row before it.
3. The last one has the hash that the head names, and nothing lies behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paceline.ledger.book import Book, Head
from paceline.ledger.chain import hash_of, start_of
from paceline.ledger.entry import Row
from paceline.primitives.checks import Check, bad, fine

ROWS = 100
"""How many rows are looked at when nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How many rows the chain has, how many of them were looked at, and what is wrong; None when nothing is."""

    size: int
    seen: int
    fault: str | None


def ending_of(book: Book, *, rows: int = ROWS) -> Ending:
    """Return what the last rows of a ledger show, at least one.

    Raises:
        LedgerUnavailableError: it cannot be read now.
    """
    head = book.head()
    first = max(1, head.size - rows + 1)
    try:
        # Somebody may append meanwhile, so only rows that the head as it was read has seen are asked for.
        found = list(book.rows(first=first, last=head.size))
        fault = _fault(found, head, first=first, start=start_of(book.tenant)) or _beyond(book, head)
    except (ValueError, TypeError, KeyError):
        return Ending(size=head.size, seen=0, fault=f"a row from {first} on cannot be read")
    return Ending(size=head.size, seen=len(found), fault=fault)


def _beyond(book: Book, head: Head) -> str | None:
    """Say that there are rows behind the head; a row that was appended since has moved the head too."""
    behind = any(book.rows(first=head.size + 1, last=head.size + 1))
    return f"there are rows behind the head, which has seen {head.size}" if behind and book.head() == head else None


def ledger_check(book: Book) -> Check:
    """Return whether the ledger is whole at its end.

    Raises:
        LedgerUnavailableError: it cannot be read now.
    """
    found = ending_of(book)
    of_whom = f"{found.size} {'row' if found.size == 1 else 'rows'} of tenant {book.tenant}"
    if found.fault is not None:
        hint = "see what else is wrong with `paceline audit verify`; restore the database from a copy"
        return bad("ledger", f"{of_whom}: {found.fault}", hint)
    if found.size == 0:
        return fine("ledger", f"{of_whom}: nothing was recorded yet")
    return fine("ledger", f"{of_whom}; the last {found.seen} are chained to the head")


def _fault(rows: Sequence[Row], head: Head, *, first: int, start: str) -> str | None:
    if len(rows) != head.size - first + 1:
        return f"{head.size - first + 1 - len(rows)} rows from {first} to {head.size} are missing"
    before = start if first == 1 else None
    for number, row in enumerate(rows, start=first):
        if row.sequence != number:
            return f"row {row.sequence} lies where row {number} has to be"
        digest = hash_of(tenant=row.tenant, sequence=row.sequence, previous=row.previous, body=row.body)
        if digest != row.hash:
            return f"row {number} has not the hash of its text"
        if before is not None and row.previous != before:
            return f"row {number} is chained to another row than the one before it"
        before = row.hash
    if (before or start) != head.hash:
        return f"the head names another row than row {head.size}"
    return None
