"""Changes that have not come to their end, as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping

from paceline.cli.entries import printable
from paceline.primitives.canonical import Json

COLUMNS = ("ENTRY", "STATUS", "KIND", "CAMPAIGN", "DUE", "BY", "REASON")
"""The columns of a table for people."""


def table_row(document: Mapping[str, Json]) -> tuple[str, ...]:
    """Return the cells of a table for people."""
    told = [document[name] for name in ("entry", "status", "kind", "campaign", "due", "by", "reason")]
    if "approve_until" in document:
        told[1] = f"{document['status']} (until {document['approve_until']})"
    if "trouble" in document:
        why = "put aside" if document["put_aside"] else "not made yet"
        told[1] = f"{told[1]} ({why}: {document['trouble']})"
    return tuple("" if cell is None else printable(str(cell)) for cell in told)
