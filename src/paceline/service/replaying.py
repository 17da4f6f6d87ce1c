"""`Idempotency-Key`: a request that changes something is carried out once, and answered again when it comes again.

The route is wrapped, so that whatever it answers is what is kept. Refusals that nothing was done for (401, 403, 428,
429, and what the form refuses) are not kept: the key stays free. Nor is 503, after which nothing was sent and the
caller is asked to come again: a stop that met an outage would else be answered by that outage for a day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from anyio import CancelScope
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.requests import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from paceline.control.access.replays import AnotherRequest, Begun, Fresh, Lost, Replay, UnderWay, WhenLost
from paceline.control.access.rights import Right
from paceline.ledger.failures import LedgerError
from paceline.primitives.errors import PacelineError
from paceline.service.identity import principal_of
from paceline.service.parts import Parts, parts_of
from paceline.service.problems import problem, problem_of

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
"""Where the key stands, and what an answer says that was given before."""
SHOWN_ONCE = "Paceline-Shown-Once"
"""The header of an answer that shows a secret: it is not kept, and a repetition hears that the request is lost."""
LONGEST = 200
"""Characters that a key may have."""
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_NOT_KEPT = frozenset({400, 401, 403, 404, 405, 413, 428, 429, 503})
_STOPPING = (":pause", ":stop", ":freeze")
_OF_EACH_ANSWER = frozenset({"content-length", "x-request-id", "date"})
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class OnceRoute(APIRoute):
    """A route whose requests are carried out once under a key."""

    def get_route_handler(self) -> Handler:
        """Return the handler that looks at the key first."""
        handler, rights = super().get_route_handler(), _rights_of(self.dependant)

        async def once(request: Request) -> Response:
            key = request.headers.get(HEADER)
            if key is None or request.method not in _CHANGING:
                return await handler(request)
            return await _once(request, key, handler, rights)

        return once


async def _once(request: Request, key: str, handler: Handler, rights: frozenset[Right]) -> Response:
    if not 1 <= len(key) <= LONGEST:
        return problem(400, f"{HEADER} has 1 to {LONGEST} characters", code="idempotency-key")
    parts = parts_of(request)
    try:
        who = await run_in_threadpool(principal_of, request, parts)
        if who is None or not all(who.may(right) for right in rights):
            return await handler(request)  # which refuses it: a role that was lowered hears no old answers either
        digest = _digest(request, await request.body())
        lost = WhenLost.REPEAT if request.url.path.endswith(_STOPPING) else WhenLost.TELL
        begun = await run_in_threadpool(parts.system.replays.begin, key, who.name, digest, lost=lost)
    except PacelineError as error:
        return problem_of(error)
    return await _carried_out(parts, request, begun, handler) if isinstance(begun, Fresh) else _told(begun)


async def _carried_out(parts: Parts, request: Request, fresh: Fresh, handler: Handler) -> Response:
    replays, is_unknown = parts.system.replays, False
    try:
        answer = await handler(request)
    except PacelineError as error:
        # A ledger that went away in between leaves nobody to tell how far it came.
        answer, is_unknown = problem_of(error), isinstance(error, LedgerError)
    except (RequestValidationError, HTTPException):
        await run_in_threadpool(replays.abandon, fresh)  # the form was off: nothing was carried out
        raise
    except BaseException:
        # Cancelled, or a fault of ours: nobody knows how far it came.
        with CancelScope(shield=True), suppress(LedgerError):
            await run_in_threadpool(replays.lose, fresh)
        raise
    body = getattr(answer, "body", None)
    is_kept = answer.status_code not in _NOT_KEPT and SHOWN_ONCE not in answer.headers and isinstance(body, bytes)
    headers = [(name, value) for name, value in answer.headers.items() if name not in _OF_EACH_ANSWER]
    # What was carried out is told whether it can be kept or not; a repetition hears that it was lost then.
    with suppress(LedgerError):
        if is_kept and isinstance(body, bytes):
            await run_in_threadpool(replays.finish, fresh, status=answer.status_code, headers=headers, body=body)
        elif SHOWN_ONCE in answer.headers or (is_unknown and answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE):
            await run_in_threadpool(replays.lose, fresh)
        else:
            await run_in_threadpool(replays.abandon, fresh)
    return answer


def _rights_of(dependant: Dependant) -> frozenset[Right]:
    """Return the rights that a route wants of who asks."""
    scopes = {scope for one in dependant.dependencies for scope in one.own_oauth_scopes or ()}
    return frozenset(Right(scope) for scope in scopes)


def _told(begun: Begun) -> Response:
    match begun:
        case Replay(status, headers, body):
            answer = Response(body, status)
            answer.raw_headers += [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
            answer.headers[REPLAYED] = "true"
            return answer
        case AnotherRequest():
            return problem(422, f"another request came under this {HEADER}", code="idempotency-mismatch",
                           hint="take a new key for a new request")  # fmt: skip
        case UnderWay():
            return problem(409, "this request is being carried out", code="under-way",
                           hint="ask again in a second under the same key", headers={"Retry-After": "1"})  # fmt: skip
        case Lost(since):
            return problem(
                HTTPStatus.GATEWAY_TIMEOUT,
                f"this request was begun at {since.isoformat()} by a process that is gone; it may have happened",
                code="in-doubt",
                hint="GET /v1/changes and /v1/audit say what became of it; what is wanted still wants a new key",
            )
        case Fresh():
            raise TypeError("a fresh request is carried out")


def _digest(request: Request, body: bytes) -> str:
    told = hashlib.sha256()
    for part in (request.method, request.url.path, request.url.query, request.headers.get("If-Match", "")):
        told.update(f"{len(part)}:{part}".encode())
    told.update(body)
    return told.hexdigest()
