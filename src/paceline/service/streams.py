"""Event streams: how many may be open at once, those of the pages too, and whether who reads one still may.

Who has signed out, or whose key was revoked or has expired, is told nothing more: a stream asks while it is open.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import TypeVar

from starlette.requests import HTTPConnection

from paceline.primitives.errors import PacelineError
from paceline.service.identity import session_of
from paceline.service.parts import Parts
from paceline.service.problems import ProblemError

T = TypeVar("T")
AGAIN_MS = 2_000
"""After so many milliseconds a page or a client that lost its stream asks again."""
UNBUFFERED = {"X-Accel-Buffering": "no"}
"""What keeps a proxy from holding events back."""


def want_room(parts: Parts) -> None:
    """Let one stream more be opened.

    Raises:
        ProblemError: so many are open that there is room for none (503).
    """
    if parts.requests.streams >= parts.options.streams:
        busy = {"Retry-After": "5"}
        raise ProblemError(503, "too many event streams are open", code="too-many-streams", headers=busy)


def is_known_still(connection: HTTPConnection, parts: Parts) -> bool:
    """Return whether the key or the session that a stream was opened with is good still.

    A database that is away ends nothing.
    """
    with suppress(PacelineError):
        scheme, _, secret = connection.headers.get("Authorization", "").partition(" ")
        if scheme:
            return parts.system.access.known_by_key(secret.strip()) is not None
        return session_of(connection, parts) is not None
    return True


@asynccontextmanager
async def open_stream(
    parts: Parts, coming: AsyncGenerator[T, None], *, quiet_s: float
) -> AsyncIterator[AsyncIterator[T | None]]:
    """Count a stream as open while the block runs, and give what comes to it, or None where nothing came for a while.

    Args:
        parts: of the service.
        coming: what is told; it is closed with the block.
        quiet_s: the longest silence, seconds; one look of the pages and a second, where that is shorter.
    """
    longest_s = min(quiet_s, parts.options.look_s + 1.0)
    with parts.requests.stream():
        async with aclosing(coming), aclosing(_with_silence(coming, longest_s)) as told:
            yield told


async def _with_silence(coming: AsyncIterator[T], longest_s: float) -> AsyncGenerator[T | None, None]:
    """Yield what comes, and None where nothing came for so long; nothing of it is lost by that."""
    awaited: asyncio.Future[T] | None = None
    try:
        while True:
            awaited = awaited or asyncio.ensure_future(anext(coming))
            done, _ = await asyncio.wait({awaited}, timeout=longest_s)
            if not done:
                yield None
                continue
            try:
                found = awaited.result()
            except StopAsyncIteration:
                return
            finally:
                awaited = None
            yield found
    finally:
        if awaited is not None:
            awaited.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await awaited
