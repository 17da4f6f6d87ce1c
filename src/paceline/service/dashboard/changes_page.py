"""*Changes*: what waits, is being made, settles, is in doubt or wants approval; each change with its steps; live."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query
from fastapi.requests import Request
from fastapi.responses import Response, StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.concurrency import run_in_threadpool

from paceline.campaign.catalogue import CATALOGUE
from paceline.campaign.observed import Stage
from paceline.ledger.entry import Query as Wanted
from paceline.ledger.entry import Row, Step
from paceline.ledger.shown import ended_word, entry_document
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId
from paceline.service.dashboard.change_shown import change_shown, may_approve
from paceline.service.dashboard.following import QUIET_S
from paceline.service.dashboard.pages import render
from paceline.service.dashboard.visitors import Viewing, Visitor
from paceline.service.parts import Here, Parts
from paceline.service.streams import AGAIN_MS, UNBUFFERED, is_known_still, open_stream, want_room

router = APIRouter(include_in_schema=False)
"""The routes of the pages of changes."""
Number = Annotated[int, Path(ge=1, le=2**53)]
"""The number of an entry in an address."""
ENDED = 20
"""So many changes that have ended are shown."""
_LOOKED_THROUGH = 100
_LARGEST = 2**53
_UNSAID: Mapping[str, Json] = {"approve_until": None, "trouble": None, "put_aside": False}
STAGES = (
    (Stage.IN_DOUBT, "In doubt", "Sent, and no answer came: it may have happened. The worker looks until it knows."),
    (Stage.WAITS_FOR_APPROVAL, "Wants approval", "Waits for a second person, who approves or rejects it."),
    (Stage.WAITING, "Waits for its hour", "Is judged again and made when its hour has come."),
    (Stage.OPEN, "Being made", "Somebody is at it right now."),
    (Stage.SETTLING, "Settles", "The platform has taken it; its effect is still coming."),
)
"""The stages in the order in which they need a person, each with its title and what it means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What the page lists: changes stage by stage, and those that ended lately, each with the word for how.

    Attributes:
        count: how many have not ended.
        not_to_approve: the entries that the visitor may not approve.
    """

    stages: tuple[tuple[Stage, str, str, list[dict[str, Json]]], ...]
    count: int
    ended: list[tuple[Mapping[str, Json], str]]
    not_to_approve: set[Json]


@router.get("/changes")
def show_changes(
    request: Request, parts: Here, who: Viewing, campaign: Annotated[str, Query(max_length=128)] = ""
) -> Response:
    """Show the changes that have not come to their end, and those that ended lately."""
    # Where the news begin is read before what is shown: nothing falls between the two.
    place = parts.system.book.head().size
    return render(request, "changes.html", who, place=place, campaign=campaign, listed=_listed(parts, who, campaign))


@router.get("/live/changes/list")
def show_list(
    request: Request, parts: Here, who: Viewing, campaign: Annotated[str, Query(max_length=128)] = ""
) -> Response:
    """Show the lists of the page alone, for whoever has the page and saw that something moved."""
    return render(request, "changes_list.html", who, campaign=campaign, listed=_listed(parts, who, campaign))


@router.get("/changes/{number}")
def show_change(number: Number, request: Request, parts: Here, who: Viewing) -> Response:
    """Show one change, or any other entry of the ledger, with its steps."""
    place = parts.system.book.head().size
    return render(request, "change.html", who, place=place, one=change_shown(parts, EntryId(number), who))


@router.get("/live/changes/{number}")
def show_change_now(number: Number, request: Request, parts: Here, who: Viewing) -> Response:
    """Show what stands on the page of one change, for whoever has the page and saw that something moved."""
    return render(request, "change_now.html", who, one=change_shown(parts, EntryId(number), who))


@router.get("/live/changes")
def stream_changes(  # a route is called by name
    request: Request,
    parts: Here,
    _: Viewing,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    campaign: Annotated[str, Query(max_length=128)] = "",
    last_event_id: Annotated[str, Header(alias="Last-Event-ID", max_length=20)] = "",
) -> Response:
    """Stream that something moved: the event `moved`, which the page answers by a look."""
    want_room(parts)
    told_last = last_event_id if last_event_id.isascii() and last_event_id.isdigit() else str(after)
    place = min(int(told_last), _LARGEST)
    told = _moves(request, parts, place, campaign)
    return StreamingResponse(told, media_type="text/event-stream", headers=UNBUFFERED)


async def _moves(request: Request, parts: Parts, place: int, campaign: str) -> AsyncIterator[bytes]:
    """Yield an event for each batch of rows that is of this campaign, or of any, until the session ends."""
    async with open_stream(parts, parts.news.after(place), quiet_s=QUIET_S) as news:
        yield format_sse_event(retry=AGAIN_MS, comment="live")
        async for rows in news:
            if not await run_in_threadpool(is_known_still, request, parts):
                yield format_sse_event(event="left", data_str="the session has ended")
                return
            if rows and any(_concerns(row, campaign) for row in rows):
                yield format_sse_event(id=str(rows[-1].sequence), event="moved", data_str="{}")
            else:
                yield KEEPALIVE_COMMENT


def _concerns(row: Row, campaign: str) -> bool:
    """Return whether a row may change what a page shows; one that opens no entry may be of any campaign."""
    return row.step is not Step.READING and (not campaign or row.document.get("campaign", campaign) == campaign)


def _listed(parts: Parts, who: Visitor, campaign: str) -> Listed:
    named = [CampaignId(campaign)] if campaign else None
    unended = [{**_UNSAID, **one} for one in parts.system.unended.documents(campaigns=named)]
    asked_oneself = {one["entry"] for one in unended if not may_approve(one, who)}
    return Listed(
        stages=tuple(
            (stage, title, meaning, [one for one in unended if one["status"] == stage.value])
            for stage, title, meaning in STAGES
        ),
        count=len(unended),
        ended=_ended(parts, {one["entry"] for one in unended}, named),
        not_to_approve=asked_oneself,
    )


def _ended(parts: Parts, going_on: set[Json], named: list[CampaignId] | None) -> list[tuple[Mapping[str, Json], str]]:
    """Return the changes that ended last, the newest first, each with the word for how."""
    wanted = Wanted(campaign=named[0] if named else None, limit=_LOOKED_THROUGH)
    found = parts.system.book.entries(wanted)
    changes = [entry for entry in reversed(found) if entry.kind in CATALOGUE and entry.number not in going_on]
    return [(entry_document(entry), ended_word(entry)) for entry in changes[:ENDED]]
