"""Changes that have not come to their end, as documents and as rows of a table."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from paceline.campaign.observed import Stage
from paceline.cli.entries import part, printable
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.control.agenda import Trouble
    from paceline.control.kept import Unended
    from paceline.ledger.entry import Entry

COLUMNS = ("ENTRY", "STATUS", "KIND", "CAMPAIGN", "DUE", "BY", "REASON")
"""The columns of a table for people."""
_ON_THIS_SIDE = "due"
_ON_THE_PLATFORM = "effective_at"


def unended_documents(
    system: System, *, campaigns: Collection[CampaignId] | None = None, stage: Stage | None = None
) -> list[dict[str, Json]]:
    """Return the changes that have not come to their end, the oldest first.

    Raises:
        LedgerUnavailableError: nobody can tell.
    """
    from paceline.control.agenda import troubles

    found, known = system.recorder.unended(campaigns=campaigns, stage=stage), troubles(system.recorder)
    return [_document(system, one, known.get(one.entry)) for one in found]


def due_of(entry: Entry) -> str | None:
    """Return the instant that an entry is for, as JSON shows it: ours, or the platform's; None when it is for now."""
    details = part(entry.rows[0].document, "details")
    due = details.get(_ON_THIS_SIDE) or part(details, "change").get(_ON_THE_PLATFORM)
    return None if due is None else str(due).replace("+00:00", "Z")


def table_row(document: dict[str, Json]) -> tuple[str, ...]:
    """Return the cells of a table for people."""
    told = [document[name] for name in ("entry", "status", "kind", "campaign", "due", "by", "reason")]
    if "approve_until" in document:
        told[1] = f"{document['status']} (until {document['approve_until']})"
    if "trouble" in document:
        why = "put aside" if document["put_aside"] else "not made yet"
        told[1] = f"{told[1]} ({why}: {document['trouble']})"
    return tuple("" if cell is None else printable(str(cell)) for cell in told)


def _document(system: System, one: Unended, trouble: Trouble | None) -> dict[str, Json]:
    entry = system.book.read(one.entry)
    reason = entry.rows[0].document["reason"]
    asked = system.desk.of(one.entry) if one.stage is Stage.WAITS_FOR_APPROVAL else None
    told: dict[str, Json] = {
        "entry": one.entry,
        "status": one.stage.value,
        "kind": one.kind,
        "campaign": one.campaign,
        "due": due_of(entry),
        "by": one.actor,
        "reason": reason,
    }
    if asked is not None:
        told["approve_until"] = asked.document()["until"]
    if trouble is not None:
        told |= {"trouble": trouble.error, "put_aside": trouble.is_aside}
    return told
