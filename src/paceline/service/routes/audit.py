"""The ledger: what was done by whom and why, whether it is whole, and what was so at an instant. Numbers stay words."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from paceline.campaign.observed import Part
from paceline.control.outcome import WORDS
from paceline.control.reviewing.metrics import measured
from paceline.ledger import entry as entries
from paceline.ledger.book import OPEN
from paceline.ledger.known_settings import known_document
from paceline.ledger.shown import entry_document, rows_document
from paceline.ledger.verify import Verification, verify_database
from paceline.primitives.canonical import Json
from paceline.primitives.ids import EntryId, campaign_id
from paceline.service.bodies import Instant
from paceline.service.cursors import LONGEST_PAGE, PAGE, cursor_of, numbered
from paceline.service.identity import Reader
from paceline.service.operations import answer_within
from paceline.service.parts import Here
from paceline.service.problems import ProblemError
from paceline.service.routes.changes import Number
from paceline.service.shapes import READ, READ_ONE, Document, ListShape, OperationShape, Shape

router = APIRouter(prefix="/v1/audit", tags=["audit"])
"""The routes of the ledger."""
From = Annotated[Instant | None, Query(alias="from", description="Opened at this instant or later.")]
To = Annotated[Instant | None, Query(alias="to", description="Opened before this instant.")]
_WAIT_S = 2.0


class EntryShape(Shape):
    """An entry with all its rows."""

    entry: int
    at: str
    kind: str
    campaign: str | None
    outcome: str | None
    rows: list[Document]


class VerificationShape(Shape):
    """Whether the ledger is as it was written."""

    ok: bool
    entries: int
    head: str
    first_bad: int | None


@router.get("", responses=READ, response_model=ListShape)
def list_entries(  # noqa: PLR0917  # a route is called by name
    parts: Here,
    _: Reader,
    campaign: Annotated[str | None, Query(max_length=128)] = None,
    since: From = None,
    until: To = None,
    actor: Annotated[str | None, Query(max_length=200)] = None,
    kind: Annotated[str | None, Query(max_length=100, description="Whole, or `lifecycle.*` for an aspect.")] = None,
    outcome: Annotated[str | None, Query(max_length=20, description=f"{', '.join(WORDS)}, or {OPEN}.")] = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
    cursor: str | None = None,
) -> Response:
    """List entries, the newest first; pages stay where they are while new entries come."""
    if outcome is not None and outcome not in {*WORDS, OPEN}:
        raise ProblemError(422, "this is no outcome", code="outcome", hint=f"known: {', '.join((*WORDS, OPEN))}")
    _hold_period(since, until)
    query = entries.Query(
        campaign=None if campaign is None else campaign_id(campaign),
        since=since,
        until=until,
        actor=plain(actor),
        kind=plain(kind),
        outcome=outcome,
        before=numbered(cursor),
        limit=limit + 1,
    )
    found = [*reversed(parts.system.book.entries(query))]
    page = found[:limit]
    further = cursor_of(str(page[-1].number)) if len(found) > limit else None
    items: list[Json] = [entry_document(one) for one in page]
    return JSONResponse({"items": items, "next": further})


@router.get("/verify", responses={200: {"model": VerificationShape}, 202: {"model": OperationShape}, **READ})
def verify_audit(parts: Here, _: Reader) -> Response:
    """Verify the whole ledger: each row, its hash, and the chain; 202 with an operation where that takes longer."""
    system = parts.system

    def work() -> dict[str, Json]:
        return _verified(verify_database(system.database, tenant=system.book.tenant))

    running = parts.operations.begin("audit.verify", work, shared="audit.verify")
    return answer_within(running, _WAIT_S)


@router.get("/at", responses=READ)
def read_settings_at(
    parts: Here,
    _: Reader,
    instant: Annotated[Instant, Query(description="Such as 2026-06-15T17:00:00-04:00.")],
    campaign: Annotated[str, Query(max_length=128)],
) -> Response:
    """Return what is known of a campaign's settings at an instant: since when, by whom, and what nobody saw.

    `schedule` says the same of its schedule, which the platform keeps under a version of its own.
    """
    named, readings = campaign_id(campaign), parts.system.readings
    schedule = readings.settings_at(named, instant, Part.SCHEDULE)
    return JSONResponse(known_document(readings.settings_at(named, instant), schedule=schedule))


@router.get("/stats", responses={200: {"model": Shape}, 202: {"model": OperationShape}, **READ})
def read_stats(parts: Here, _: Reader, since: From = None, until: To = None) -> Response:
    """Return how changes went in a period: outcomes, accuracy, latency, refusals; from the ledger alone."""
    _hold_period(since, until)
    book = parts.system.book

    def work() -> dict[str, Json]:
        return dict(measured(book.rows(), since=since, until=until).document())

    running = parts.operations.begin("audit.stats", work, shared=f"audit.stats {since} {until}")
    return answer_within(running, _WAIT_S)


@router.get("/{number}", responses=READ_ONE, response_model=EntryShape)
def read_entry(number: Number, parts: Here, _: Reader) -> Response:
    """Return one entry with all its rows, as they were hashed."""
    found = parts.system.book.read(EntryId(number))
    return JSONResponse({**entry_document(found), "rows": rows_document(found)})


def plain(text: str | None) -> str | None:
    """Return a text that a database takes; nothing holds a text with a null character, and PostgreSQL refuses it.

    Raises:
        ProblemError: it holds one, or what no UTF-8 holds.
    """
    if text is not None and ("\0" in text or not text.isprintable()):
        raise ProblemError(422, "this text holds characters that cannot be printed", code="text")
    return text


def _verified(found: Verification) -> dict[str, Json]:
    told: dict[str, Json] = {
        "ok": found.ok,
        "entries": found.entries,
        "head": found.head,
        "first_bad": found.first_bad,
    }
    return told | ({} if found.ok else {"faults": [{"row": one.sequence, "what": one.what} for one in found.faults]})


def _hold_period(since: datetime | None, until: datetime | None) -> None:
    if since is not None and until is not None and until <= since:
        raise ProblemError(422, "`to` must be later than `from`", code="period")
