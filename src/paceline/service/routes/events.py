"""`GET /v1/events`: what the ledger keeps, as it comes, as server-sent events that can be taken up again anywhere.

An event's id is the number of a row of the ledger. `Last-Event-ID`, or `after`, names the last one that was seen; any
service on the same database goes on behind it.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.requests import Request
from fastapi.responses import Response, StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.concurrency import run_in_threadpool

from paceline.ledger.book import Book
from paceline.ledger.entry import Row, Step, instant_text
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import EntryId
from paceline.service.identity import Reader
from paceline.service.news import QUIET_S
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError
from paceline.service.shapes import Document, problems
from paceline.service.streams import AGAIN_MS, UNBUFFERED, is_known_still, open_stream, want_room

router = APIRouter(prefix="/v1", tags=["events"])
"""The route of the event stream."""
ENDED = b": this stream ends here; ask again with the last id\n\n"
"""The last line of a stream that the service ends: at its own end, or when the ledger cannot be read."""
_ASK_NS = 1_000_000_000
_LARGEST = 2**53
_ENTRIES = 1_000
"""Of so many entries a stream remembers whose they are; of older ones the ledger is asked."""
ANSWERS: dict[int | str, Document] = {
    200: {"description": "Events, as they come", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
    **problems(401, 403, 422, 429, 503),
}
"""The answers of the stream."""


@router.get("/events", response_class=StreamingResponse, responses=ANSWERS)
def stream_events(
    request: Request,
    parts: Here,
    _: Reader,
    campaign: Annotated[str | None, Query(description="Of this campaign only.", max_length=128)] = None,
    after: Annotated[int | None, Query(ge=0, le=_LARGEST, description="Begin after this number.")] = None,
    last_event_id: Annotated[str | None, Header(alias="Last-Event-ID", max_length=20)] = None,
) -> Response:
    """Stream what the ledger keeps: changes opened, closed and judged again, freezes, declarations and other notes.

    Without a place it begins with what comes from now on.
    """
    place = _place(last_event_id, after)
    want_room(parts)
    head = parts.system.book.head().size
    if place is not None and place > head:
        raise ProblemError(
            422, f"the ledger ends at {head}, before that number", code="last-event-id",
            hint="it was told by another ledger, or by this one before it was restored: read the ledger, begin anew",
        )  # fmt: skip
    begin = head if place is None else place
    told = _told(request, parts, begin, campaign)
    return StreamingResponse(told, media_type="text/event-stream", headers=UNBUFFERED)


async def _told(request: Request, parts: Parts, place: int, campaign: str | None) -> AsyncIterator[bytes]:
    """Yield events, or a comment where it is quiet, until the client goes, is known no longer, or the service ends."""
    asked_ns, clock, whose = 0, parts.system.clock, _Whose(parts.system.book)
    async with open_stream(parts, parts.news.after(place), quiet_s=QUIET_S) as news:
        yield format_sse_event(retry=AGAIN_MS, id=str(place), event="place", data_str=f'{{"sequence":{place}}}')
        async for rows in news:
            # Many rows may come in a second: who reads them is not asked for each.
            if not rows or clock.running_ns() - asked_ns > _ASK_NS:
                if not await run_in_threadpool(is_known_still, request, parts):
                    break
                asked_ns = clock.running_ns()
            if not rows:
                yield KEEPALIVE_COMMENT
                continue
            told = [row for row in rows if row.step is not Step.READING and await whose.is_of(row, campaign)]
            yield b"".join(_event(row.sequence, row.step.value, event_document(row)) for row in told)
            if not told:
                # What was passed over moves the place on all the same.
                yield _event(rows[-1].sequence, "place", {"sequence": rows[-1].sequence})
    yield ENDED


def _event(sequence: int, name: str, data: dict[str, Json]) -> bytes:
    return format_sse_event(id=str(sequence), event=name, data_str=json.dumps(data, separators=(",", ":")))


def event_document(row: Row) -> dict[str, Json]:
    """Return a row as an event tells it; phone numbers stay words."""
    document = row.document
    told: dict[str, Json] = {
        "sequence": row.sequence,
        "entry": row.entry,
        "step": row.step.value,
        "at": instant_text(row.at),
        "hash": row.hash,
    }
    names = ("kind", "campaign", "actor", "reason", "ticket", "outcome", "verdict", "details")
    return told | {name: document[name] for name in names if name in document}


class _Whose:
    """Tells of which campaign a row is, for one stream: the row that opens an entry says it, the later ones do not."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._known: OrderedDict[EntryId, str | None] = OrderedDict()

    async def is_of(self, row: Row, campaign: str | None) -> bool:
        """Return whether a row is of a campaign; entries that name none are told of every campaign: they may be."""
        if campaign is None:
            return True
        if row.sequence == row.entry:
            named = row.document.get("campaign")
            self._known[row.entry] = named if isinstance(named, str) else None
            while len(self._known) > _ENTRIES:
                self._known.popitem(last=False)
        elif row.entry not in self._known:
            self._known[row.entry] = await run_in_threadpool(self._read, row.entry)
        return self._known[row.entry] in {None, campaign}

    def _read(self, entry: EntryId) -> str | None:
        with suppress(PacelineError):  # told to one too many rather than to one too few
            return self._book.read(entry).campaign
        return None


def _place(last_event_id: str | None, after: int | None) -> int | None:
    if last_event_id is None or not last_event_id.strip():
        return after
    text = last_event_id.strip()
    if not (text.isascii() and text.isdigit() and int(text) <= _LARGEST):
        raise ProblemError(422, "Last-Event-ID is no number of a row", code="last-event-id")
    return int(text)
