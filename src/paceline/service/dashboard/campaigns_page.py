"""*Campaigns*: all of them, those first that need a person; live by one event stream."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import Response, StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.concurrency import run_in_threadpool

from paceline.campaign.observed import State
from paceline.control.wall import WallLook
from paceline.service.dashboard.chosen import Chosen, Filter, Shown, shown
from paceline.service.dashboard.pages import render, rendered, templates
from paceline.service.dashboard.rows import Rows, row_id, standing_of
from paceline.service.dashboard.visitors import Viewing, Visitor
from paceline.service.parts import Here, Parts
from paceline.service.streams import AGAIN_MS, UNBUFFERED, is_known_still, open_stream, want_room

router = APIRouter(include_in_schema=False)
"""The routes of the page of campaigns."""
QUIET_S = 10.0
"""After so many seconds without a look the stream says that it lives, and why nothing comes."""


def rows_of(request: Request) -> Rows:
    """Return what makes the rows of this application."""
    found = request.app.state.rows
    if not isinstance(found, Rows):
        raise TypeError("the pages were not joined by `joining.install`")
    return found


@router.get("/")
def show_campaigns(request: Request, parts: Here, who: Viewing, wanted: Chosen) -> Response:
    """Show the campaigns that fit."""
    page = shown(parts.live.look(), wanted, parts.system.facts)
    texts = rows_of(request).texts(page.look, page.rows, is_operator=who.is_operator)
    return render(
        request,
        "campaigns.html",
        who,
        shown=page,
        texts=texts,
        standing=standing_of(page.look),
        away=parts.live.away,
        states=[state.value for state in State],
    )


@router.get("/live/campaigns")
def stream_campaigns(request: Request, parts: Here, who: Viewing, wanted: Chosen) -> Response:
    """Stream what changes of the campaigns that fit, as parts of the page."""
    want_room(parts)
    told = _told(request, parts, who, wanted)
    return StreamingResponse(told, media_type="text/event-stream", headers=UNBUFFERED)


async def _told(request: Request, parts: Parts, who: Visitor, wanted: Filter) -> AsyncIterator[bytes]:
    """Yield the rows that changed, or all of them where their order did, until the page goes or the session ends."""
    async with open_stream(parts, parts.live.changes(), quiet_s=QUIET_S) as looks:
        yield format_sse_event(retry=AGAIN_MS, comment="live")
        seen: dict[str, str] = {}
        async for look in looks:
            if not await run_in_threadpool(is_known_still, request, parts):
                yield format_sse_event(event="left", data_str="the session has ended")
                return
            if look is None:
                yield KEEPALIVE_COMMENT
                if parts.live.away is not None:
                    yield _event(away_part(parts))
                continue
            page = await run_in_threadpool(shown, look, wanted, parts.system.facts)
            texts = await run_in_threadpool(rows_of(request).texts, look, page.rows, is_operator=who.is_operator)
            yield _event(_changed(request, parts, page, seen, texts))
            seen = texts


def _changed(request: Request, parts: Parts, page: Shown, seen: dict[str, str], texts: dict[str, str]) -> str:
    """Return the parts of the page that are not as they were seen."""
    look: WallLook = page.look
    around = rendered(
        request, "campaigns_standing.html", None, shown=page, standing=standing_of(look), away=parts.live.away
    )
    told = [f'<hx-partial hx-target="#standing" hx-swap="innerMorph">{around}</hx-partial>']
    if list(seen) != list(texts):
        whole = "".join(texts.values()) or templates().get_template("campaigns_none.html").render()
        told.append(f'<hx-partial hx-target="#rows" hx-swap="innerMorph">{whole}</hx-partial>')
    else:
        told += [
            f'<hx-partial hx-target="#{row_id(campaign)}" hx-swap="outerMorph">{text}</hx-partial>'
            for campaign, text in texts.items()
            if seen[campaign] != text
        ]
    return "".join(told)


def away_part(parts: Parts) -> str:
    """Return the part of a page that says that the platform is away."""
    text = templates().get_template("away.html").render(away=parts.live.away)
    return f'<hx-partial hx-target="#away" hx-swap="outerHTML">{text}</hx-partial>'


def _event(text: str) -> bytes:
    return format_sse_event(data_str=text)
