"""From the network to the platform and back: ASGI in, one `handle` call, ASGI out, and the faults of networks alone.

Every body is read to its end, so that a connection can be used again, but kept only up to the largest that is taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from collections.abc import Awaitable, Callable, MutableMapping
from functools import lru_cache
from typing import Any, Protocol
from urllib.parse import urlsplit

from paceline.emulator.faults import Disturbance
from paceline.emulator.messages import LARGEST_BODY, Answer, Request
from paceline.emulator.platform import Platform

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Peer = tuple[str, int]
"""Address and port of a client."""

LONGEST_NAP_S = 3600.0
"""After how many seconds of real time a silence is looked at anew, whatever was reckoned."""
_MALFORMED = b'{"id": "CMP-1", "status":'


class Connections(Protocol):
    """The open connections, which an ordered fault can break; a peer that has none is left alone."""

    def close(self, peer: Peer | None) -> None:
        """End a peer's connection after what was written."""
        ...

    def reset(self, peer: Peer | None) -> None:
        """End a peer's connection at once, with nothing more sent."""
        ...


class Application:
    """The ASGI application of one platform."""

    def __init__(self, platform: Platform, connections: Connections) -> None:
        """Serve `platform`; `connections` are broken when a fault orders it."""
        self._platform = platform
        self._connections = connections
        self._ending = False
        self._stirred: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        platform.listeners.append(self._wake)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = await _read(scope, receive)
        if request is not None:
            await self._answer(scope, request, receive, send)

    def end(self) -> None:
        """Let go of the requests that are held in silence: their connections are reset."""
        self._ending = True
        self._wake()

    async def _answer(self, scope: Scope, request: Request, receive: Receive, send: Send) -> None:
        reply = self._platform.handle(request)
        disturbance = reply.disturbance
        if disturbance.delay_s:
            await asyncio.sleep(disturbance.delay_s)
        if disturbance.kind == "silence":
            await self._stay_silent(disturbance, receive)
        if reply.answer is None or disturbance.kind == "reset_after":
            self._connections.reset(scope.get("client"))
            await _until_gone(receive)
            return
        told = reply.answer
        if disturbance.kind == "malformed" and told.body:
            told = Answer(told.status, _MALFORMED, told.headers)
        if disturbance.kind == "truncate":
            await _send(told, send, told.body[: len(told.body) // 2], end=False)
            self._connections.close(scope.get("client"))
            await _until_gone(receive)
        else:
            await _send(told, send, b"" if request.method == "HEAD" else told.body, end=True)

    async def _stay_silent(self, disturbance: Disturbance, receive: Receive) -> None:
        """Wait until the silence is over or the client has gone."""
        gone = asyncio.ensure_future(_until_gone(receive))
        try:
            while not gone.done():
                left = self._platform.seconds_of_silence(disturbance.order)
                if left == 0 or self._ending:
                    return
                stirred = asyncio.ensure_future(self._stirring().wait())
                await asyncio.wait(
                    {gone, stirred},
                    timeout=None if left is None else min(left, LONGEST_NAP_S),
                    return_when=asyncio.FIRST_COMPLETED,
                )
                stirred.cancel()
        finally:
            gone.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await gone

    def _stirring(self) -> asyncio.Event:
        self._loop = asyncio.get_running_loop()
        if self._stirred is None:
            self._stirred = asyncio.Event()
        return self._stirred

    def _wake(self) -> None:
        """Let those who wait look again: the clock was moved, or a fault withdrawn."""
        stirred, self._stirred = self._stirred, None
        if stirred is not None and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(stirred.set)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read(scope: Scope, receive: Receive) -> Request | None:
    """Return the request, or None when its client has gone."""
    body, too_large = b"", False
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        if not too_large:
            body += message.get("body", b"")
            too_large = len(body) > LARGEST_BODY
        more = message.get("more_body", False)
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1").strip()
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    path, query = _target(scope)
    return Request(
        method=scope["method"],
        path=path,
        query=query,
        headers=headers,
        body=b"" if too_large else body,
        too_large=too_large,
        from_loopback=_is_loopback(scope.get("client")),
    )


def _target(scope: Scope) -> tuple[str, str]:
    """Return path and query as sent; a request target in absolute form gives its path, a doubled first slash is one."""
    path, query = scope["raw_path"].decode("latin-1"), scope["query_string"].decode("latin-1")
    if path.lower().startswith(("http://", "https://")):
        path = urlsplit(path).path or "/"
    while path.startswith("//"):
        path = path[1:]
    return path, query


def _is_loopback(client: Peer | None) -> bool:
    """Return whether a peer is this machine; a peer that cannot be told is not."""
    return client is not None and _is_own(client[0])


@lru_cache(maxsize=256)
def _is_own(address: str) -> bool:
    try:
        return ipaddress.ip_address(address.removeprefix("::ffff:")).is_loopback
    except ValueError:
        return False


async def _send(told: Answer, send: Send, body: bytes, *, end: bool) -> None:
    length = [] if told.status == 204 else [(b"content-length", str(len(told.body)).encode())]
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in told.headers]
    await send({"type": "http.response.start", "status": told.status, "headers": headers + length})
    await send({"type": "http.response.body", "body": body, "more_body": not end})
