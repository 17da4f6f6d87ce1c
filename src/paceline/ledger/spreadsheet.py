"""Entries of the ledger as rows of a spreadsheet: one line each, and no cell that a spreadsheet would run."""

from __future__ import annotations

from paceline.ledger.entry import Entry
from paceline.ledger.shown import ended_word, entry_document, finding_lines, part

COLUMNS = (
    "entry", "at", "kind", "campaign", "actor", "known_by", "reason", "ticket", "dry_run", "outcome", "verdict",
    "revision_before", "revision_after", "requests", "findings", "hash",
)  # fmt: skip
"""The columns of an export as CSV."""
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_row(entry: Entry) -> tuple[object, ...]:
    """Return the cells of an export as CSV; none begins like a formula, for spreadsheets would run it."""
    told = entry_document(entry)
    actor = part(told, "actor")
    findings = told["findings"]
    cells = (
        told["entry"], told["at"], told["kind"], told["campaign"], actor["name"], actor["known_by"], told["reason"],
        told["ticket"], "yes" if told["dry_run"] else "no", ended_word(entry), told["verdict"],
        part(told, "before").get("revision"), part(told, "after").get("revision"), told["requests"],
        "; ".join(finding_lines(findings)), entry.rows[-1].hash,
    )  # fmt: skip
    return tuple(harmless(cell) for cell in cells)


def harmless(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; None is an empty one."""
    if isinstance(cell, str) and cell.startswith(_STARTS_FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell
