"""*Audit trail*: what was done, searched, exported and verified; phone numbers stay the words that stand for them."""

from __future__ import annotations

import csv
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import Response, StreamingResponse

from paceline.ledger.entry import Entry
from paceline.ledger.shown import ended_word, entry_document, part, rows_document
from paceline.ledger.spreadsheet import COLUMNS, csv_row
from paceline.ledger.verify import verify_database
from paceline.service.dashboard.pages import render
from paceline.service.dashboard.searching import OUTCOMES, PAGE, PROPOSED, Search, Searched
from paceline.service.dashboard.visitors import Viewing
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError

router = APIRouter(include_in_schema=False)
"""The routes of the audit trail."""
AT_ONCE = 500
"""Entries of an export in memory at once."""
_VERIFYING = threading.Lock()
"""Held while the ledger is verified: the whole of it is read, so one reader at a time is enough."""


class Form(StrEnum):
    """Forms of an export."""

    CSV = "csv"
    JSONL = "jsonl"


_MEDIA = {Form.CSV: "text/csv; charset=utf-8", Form.JSONL: "application/x-ndjson"}


@router.get("/audit")
def show_trail(request: Request, parts: Here, who: Viewing, search: Searched) -> Response:
    """Show the entries that fit, the newest first."""
    query = search.query(limit=PAGE + 1)
    wrong = query if isinstance(query, str) else None
    found = [] if isinstance(query, str) else parts.system.book.entries(query)
    # One more than is shown says whether there are older ones.
    entries = found[-PAGE:]
    further = entries[0].number if len(found) > PAGE else None
    return render(
        request,
        "audit.html",
        who,
        search=search,
        wrong=wrong,
        rows=[(entry_document(entry), ended_word(entry), _moved(entry)) for entry in reversed(entries)],
        further=further,
        kinds=PROPOSED,
        outcomes=OUTCOMES,
        forms=[form.value for form in Form],
    )


@router.get("/audit/export")
def export_trail(parts: Here, _: Viewing, search: Searched, form: Form = Form.CSV) -> Response:
    """Send the entries that fit as a file, the newest first."""
    query = search.query(limit=AT_ONCE)
    if isinstance(query, str):
        raise ProblemError(422, query, code="request-invalid")
    lines = _csv_lines if form is Form.CSV else _json_lines
    headers = {"Content-Disposition": f'attachment; filename="paceline-audit.{form.value}"'}
    return StreamingResponse(lines(_entries(parts, search)), media_type=_MEDIA[form], headers=headers)


@router.post("/audit/verify")
def verify_trail(request: Request, parts: Here, who: Viewing) -> Response:
    """Verify the whole ledger, and show what was found."""
    if not _VERIFYING.acquire(blocking=False):
        raise ProblemError(409, "somebody verifies the ledger right now", code="under-way", hint="try again soon")
    try:
        found = verify_database(parts.system.database, tenant=parts.system.book.tenant)
    finally:
        _VERIFYING.release()
    return render(request, "verified.html", who, found=found, at=parts.system.book.now())


def _entries(parts: Parts, search: Search) -> Iterator[Entry]:
    """Yield all entries that fit, the newest first, a part of them in memory at a time."""
    before = search.before
    while True:
        query = replace(search, before=before).query(limit=AT_ONCE)
        found = [] if isinstance(query, str) else parts.system.book.entries(query)
        yield from reversed(found)
        if len(found) < AT_ONCE:
            return
        before = found[0].number


def _json_lines(entries: Iterator[Entry]) -> Iterator[str]:
    for entry in entries:
        yield json.dumps({**entry_document(entry), "rows": rows_document(entry)}, ensure_ascii=False) + "\n"


def _csv_lines(entries: Iterator[Entry]) -> Iterator[str]:
    line = _Line()
    told = csv.writer(line, lineterminator="\r\n")
    told.writerow(COLUMNS)
    yield line.text
    for entry in entries:
        told.writerow(csv_row(entry))
        yield line.text


class _Line:
    """The last line that was written to it."""

    text = ""

    def write(self, text: str) -> int:
        self.text = text
        return len(text)


def _moved(entry: Entry) -> tuple[str, str]:
    """Return the campaign before and after in a few words each; empty where nobody looked."""
    details = part(entry.closed.document, "details") if entry.closed else {}
    seen = [part(details, "before"), part(details, "after")]
    before, after = (f"{one.get('state')} at revision {one.get('revision')}" if one else "" for one in seen)
    return before, after
