"""The import of call records as a deed: an entry that says which file, how much, and of when; never a number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from paceline.control.order import Order
from paceline.ledger.book import Book
from paceline.ledger.entry import Deed, Query
from paceline.ledger.failures import at_the_ledger
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId

if TYPE_CHECKING:
    from paceline.records.importing.taking_in import Taken

IMPORTED = "records.imported"
"""The kind of the entry of an import."""


def note_import(book: Book, campaign: CampaignId, taken: Taken, order: Order) -> EntryId | None:
    """Write the entry of what was kept, and return its number; None where nothing was.

    Of a file that was kept before, the entry that it has; where a process ended before it was written, it is now.

    Args:
        book: of the tenant.
        campaign: whose records they are.
        taken: what became of the file.
        order: who imported, and why.

    Raises:
        LedgerUnavailableError: it cannot be written now; the same import again will.
    """
    kept = taken.kept
    if kept is None:
        return None
    details: dict[str, Json] = {
        "source": taken.source,
        "calls": kept.rows,
        "left_out": kept.left_out,
        "first": kept.first.isoformat(),
        "last": kept.last.isoformat(),
        "logins": taken.logins,
    }
    with at_the_ledger():
        if taken.already and taken.logins is None:
            for entry in book.entries(Query(campaign=campaign, kind=IMPORTED)):
                told = entry.rows[0].document["details"]
                if isinstance(told, Mapping) and told.get("source") == taken.source:
                    return entry.number
        deed = Deed(
            kind=IMPORTED,
            campaign=campaign,
            actor=order.actor,
            reason=order.reason,
            ticket=order.ticket,
            details=details,
        )
        return book.note(deed)
