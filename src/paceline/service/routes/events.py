"""`GET /v1/events`: what the ledger keeps, as it comes, as server-sent events that can be taken up again anywhere.

An event's id is the number of a row of the ledger. `Last-Event-ID`, or `after`, names the last one that was seen; any
service on the same database goes on behind it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Header, Query
from fastapi.responses import Response, StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event

from paceline.ledger.entry import Row, Step, instant_text
from paceline.primitives.canonical import Json
from paceline.service.identity import Reader
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError
from paceline.service.shapes import Document, problems

router = APIRouter(prefix="/v1", tags=["events"])
"""The route of the event stream."""
ENDED = b": this stream ends here; ask again with the last id\n\n"
"""The last line of a stream that the service ends: at its own end, or when the ledger cannot be read."""
AGAIN_MS = 2_000
"""After so many milliseconds a client that lost the stream asks again."""
_LARGEST = 2**53
ANSWERS: dict[int | str, Document] = {
    200: {"description": "Events, as they come", "content": {"text/event-stream": {"schema": {"type": "string"}}}},
    **problems(401, 403, 422, 429, 503),
}
"""The answers of the stream."""


@router.get("/events", response_class=StreamingResponse, responses=ANSWERS)
def stream_events(
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
    if parts.news.listeners >= parts.options.streams:
        busy = {"Retry-After": "5"}
        raise ProblemError(503, "too many event streams are open", code="too-many-streams", headers=busy)
    begin = parts.system.book.head().size if place is None else place
    unbuffered = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_told(parts, begin, campaign), media_type="text/event-stream", headers=unbuffered)


async def _told(parts: Parts, place: int, campaign: str | None) -> AsyncIterator[bytes]:
    """Yield events, or a comment where it is quiet, until the client goes or the service ends."""
    yield format_sse_event(retry=AGAIN_MS, id=str(place), event="place", data_str=f'{{"sequence":{place}}}')
    with parts.requests.stream():
        async with aclosing(parts.news.after(place)) as news:
            async for rows in news:
                told = [row for row in rows if row.step is not Step.READING and _is_of(row, campaign)]
                yield b"".join(_event(row.sequence, row.step.value, event_document(row)) for row in told)
                if rows and not told:
                    # What was passed over moves the place on all the same.
                    yield _event(rows[-1].sequence, "place", {"sequence": rows[-1].sequence})
                if not rows:
                    yield KEEPALIVE_COMMENT
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


def _is_of(row: Row, campaign: str | None) -> bool:
    """Return whether a row is of a campaign; rows that name none are told of every campaign: they may be."""
    return campaign is None or row.document.get("campaign", campaign) == campaign


def _place(last_event_id: str | None, after: int | None) -> int | None:
    if last_event_id is None or not last_event_id.strip():
        return after
    text = last_event_id.strip()
    if not (text.isascii() and text.isdigit() and int(text) <= _LARGEST):
        raise ProblemError(422, "Last-Event-ID is no number of a row", code="last-event-id")
    return int(text)
