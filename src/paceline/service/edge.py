"""What every answer has, whatever was asked: an id and headers that tie a browser's hands.

Plain ASGI, because event streams pass through it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from paceline.primitives.chance import fresh_key
from paceline.primitives.clock import Clock
from paceline.service.options import BODY_LIMIT, LIST_READ, LISTS, Options
from paceline.service.problems import internal
from paceline.telemetry.logs import bound
from paceline.telemetry.requests import RequestCounts

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

GONE = 499
"""The status of a request whose client went before there was an answer: it stands in the log and in the metrics."""
_LOG = logging.getLogger("paceline.service")


class Edge:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, options: Options, requests: RequestCounts, clock: Clock) -> None:
        """Wrap this application; `requests` counts what it is asked, and `clock` tells how long that took."""
        self._app = app
        self._requests = requests
        self._clock = clock
        self._headers = {**_HEADERS, **(_TLS if options.behind_tls else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _named(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        began_ns, status, took_s = self._clock.running_ns(), GONE, 0.0

        async def sent(message: Message) -> None:
            nonlocal status, took_s
            if message["type"] == "http.response.start":
                status, took_s = int(message["status"]), (self._clock.running_ns() - began_ns) / 1e9
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = request_id
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        self._requests.begun()
        try:
            with bound(request=request_id):
                await self._served(scope, _bounded(scope, receive), sent, is_begun=lambda: status != GONE)
        finally:
            took_s = took_s or (self._clock.running_ns() - began_ns) / 1e9
            asked = _asked(scope)
            self._requests.ended(route=asked["route"], method=scope["method"], status=status, seconds=took_s)
            told = {**asked, "request": request_id, "status": status, "ms": round(took_s * 1000, 1)}
            _LOG.info("request", extra=told)

    async def _served(self, scope: Scope, receive: Receive, send: Send, *, is_begun: Callable[[], bool]) -> None:
        """Serve it, and answer a fault of ours too: what happened stands in the log, under the request's id."""
        try:
            await self._app(scope, receive, send)
        except Exception:
            _LOG.exception("a request met a fault of ours", extra=_asked(scope))
            if is_begun():
                raise  # half an answer is out: the connection ends, which the client sees
            await internal()(scope, receive, send)


def _asked(scope: Scope) -> dict[str, str | None]:
    """Return what was asked and by whom, for the log: never the address, which may hold what nobody should read."""
    route, principal = scope.get("route"), scope.get("state", {}).get("principal")
    return {
        "method": scope["method"],
        "route": getattr(route, "path", None),
        "principal": getattr(principal, "name", None),
    }


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """Return what receives a body, and refuses it where it gets longer than a body may be."""
    most = LIST_READ if scope["path"] in LISTS else BODY_LIMIT
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    length = int(told) if told.isdigit() else 0
    received = 0

    async def bounded() -> Message:
        nonlocal received
        if length > most:
            raise _too_long(most)
        message = await receive()
        received += len(message.get("body", b""))
        if received > most:
            raise _too_long(most)
        return message

    return bounded


def _too_long(most: int) -> HTTPException:
    told = f"the body is longer than {most} bytes"
    return HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, told, headers={"Connection": "close"})


def _named(scope: Scope) -> str:
    """Return the id of a request: the caller's own where it is one that a log can hold."""
    told = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    text: str = told.decode("latin-1")
    is_good = 1 <= len(text) <= 64 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()
    return text if is_good else fresh_key(12).hex()
