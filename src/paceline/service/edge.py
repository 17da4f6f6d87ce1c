"""What every answer has, whatever was asked: an id and headers that tie a browser's hands.

Plain ASGI, because event streams pass through it.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paceline.primitives.chance import fresh_key
from paceline.service.options import BODY_LIMIT, Options

REQUEST_ID = "X-Request-Id"
"""The header that names a request, in the answer and in the log."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_TLS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}

Ended = Callable[[Scope, str, int], None]
"""Hears of each request that was answered: what was asked, under which id, with which status."""


class Edge:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, options: Options) -> None:
        """Wrap this application."""
        self._app = app
        self._headers = {**_HEADERS, **(_TLS if options.behind_tls else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _named(scope)
        scope.setdefault("state", {})["request_id"] = request_id

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = request_id
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, _bounded(scope, receive), sent)


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Return what receives a body, and refuses it where it gets longer than a body may be."""
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    length = int(told) if told.isdigit() else 0
    received = 0

    async def bounded() -> Message:
        nonlocal received
        if length > BODY_LIMIT:
            raise _too_long()
        message = await receive()
        received += len(message.get("body", b""))
        if received > BODY_LIMIT:
            raise _too_long()
        return message

    return bounded


def _too_long() -> HTTPException:
    told = f"the body is longer than {BODY_LIMIT} bytes"
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, told, headers={"Connection": "close"})


def _named(scope: Scope) -> str:
    """Return the id of a request: the caller's own where it is one that a log can hold."""
    told = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    text: str = told.decode("latin-1")
    is_good = 1 <= len(text) <= 64 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()
    return text if is_good else fresh_key(12).hex()
