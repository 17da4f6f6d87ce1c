"""What a page is told while it is open: what changed since the last look, and why nothing comes where nothing does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping

from fastapi.requests import Request
from fastapi.responses import Response, StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from starlette.concurrency import run_in_threadpool

from paceline.control.wall import WallLook
from paceline.service.parts import Parts
from paceline.service.streams import AGAIN_MS, UNBUFFERED, is_known_still, open_stream, want_room

QUIET_S = 10.0
"""After so many seconds without a look the stream says that it lives, and why nothing comes."""
Texts = dict[str, str]
"""What stands on a page for each campaign, by the id of its element, in their order."""
Told = Callable[[WallLook, Texts], tuple[str, Texts]]
"""Makes of a look, and of what the page shows, the parts that changed, if any, and what it shows then."""


def followed(request: Request, parts: Parts, told: Told, away: Callable[[], str]) -> Response:
    """Stream the parts that change with each look; `away` is the part that says why nothing comes.

    Raises:
        ProblemError: so many streams are open that there is room for none (503).
    """
    want_room(parts)
    coming = _coming(request, parts, told, away)
    return StreamingResponse(coming, media_type="text/event-stream", headers=UNBUFFERED)


async def _coming(request: Request, parts: Parts, told: Told, away: Callable[[], str]) -> AsyncIterator[bytes]:
    """Yield the parts that changed until the page goes or the session ends."""
    async with open_stream(parts, parts.live.changes(), quiet_s=QUIET_S) as looks:
        yield format_sse_event(retry=AGAIN_MS, comment="live")
        seen: Texts = {}
        async for look in looks:
            if not await run_in_threadpool(is_known_still, request, parts):
                yield format_sse_event(event="left", data_str="the session has ended")
                return
            if look is None:
                yield KEEPALIVE_COMMENT
                if parts.live.away is not None:
                    yield format_sse_event(data_str=away())
                    seen = {}  # whatever comes next takes the place of what was said
                continue
            text, seen = await run_in_threadpool(told, look, seen)
            if text:
                yield format_sse_event(data_str=text)


def part(target: str, text: str, swap: str = "innerMorph") -> str:
    """Return a part of a page that takes the place of what has this id."""
    return f'<hx-partial hx-target="#{target}" hx-swap="{swap}">{text}</hx-partial>'


def changed(seen: Mapping[str, str], texts: Mapping[str, str], *, within: str, none: str) -> str:
    """Return the elements that are not as they were seen, or all of them where their order is another one.

    Args:
        seen: by the ids of the elements, as the page shows them.
        texts: the same as they are now.
        within: the id of what holds them.
        none: what stands there where there are none.
    """
    if list(seen) != list(texts):
        return part(within, "".join(texts.values()) or none)
    return "".join(part(one, text, "outerMorph") for one, text in texts.items() if seen[one] != text)
