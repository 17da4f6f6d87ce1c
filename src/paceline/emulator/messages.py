"""Requests and answers: the records that pass between the network and the platform, and the forms that answers take."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from paceline.emulator.forms import Faults
from paceline.emulator.tenant import Json

LARGEST_BODY = 1_048_576
"""The largest body that is read, in bytes (1 MB)."""

MOST_FAULTS = 10_000
"""How many faults one answer lists: more than any request has that is not hostile."""
# Made once: `json.dumps` makes an encoder anew for each document of another form than its own.
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)

Headers = tuple[tuple[str, str], ...]

Code = Literal[
    "invalid_request",
    "validation",
    "unauthorized",
    "forbidden",
    "not_found",
    "method_not_allowed",
    "too_large",
    "unsupported_media_type",
    "precondition_required",
    "revision_conflict",
    "idempotency_conflict",
    "overlap",
    "locked",
    "archived",
    "licence",
    "illegal_transition",
    "campaign_limit",
    "rate_limited",
    "internal",
]
CODES: dict[Code, str] = {
    "invalid_request": "400: the body is no JSON, or the request is no HTTP",
    "validation": "400 or 422: fields at fault, each named in `errors`",
    "unauthorized": "401: no bearer token, an unknown one, or one that has expired",
    "forbidden": "403: another tenant's, or a token without the scope",
    "not_found": "404: no such address, or nothing of that id",
    "method_not_allowed": "405: the address takes other methods, which `Allow` names",
    "too_large": "413: the body is over 1 MB",
    "unsupported_media_type": "415: the body does not call itself `application/json`",
    "precondition_required": "428: a schedule is replaced under `If-Match` only",
    "revision_conflict": "409: the campaign or the schedule has moved on from what was named",
    "idempotency_conflict": "409: the Idempotency-Key was used for another request",
    "overlap": "409: windows of the schedule overlap each other",
    "locked": "409 under `/api/v2/outbound`, 403 under `/api/v2/campaigns`: the campaign is locked",
    "archived": "403: the campaign is archived",
    "licence": "403: the tenant's tier does not allow it",
    "illegal_transition": "409: the present state cannot become the one asked for; `allowed` names those that can",
    "campaign_limit": "409: one active campaign more than the tenant's `limit`",
    "rate_limited": "429: too many requests in 60 s; `Retry-After` says how long to wait",
    "internal": "5xx: the platform failed, or was ordered to",
}
"""Every code that an answer can have, and what it means."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came: header names in lower case, repeated ones joined by a comma, no body above the largest."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    too_large: bool = False
    from_loopback: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it goes out; `body` is JSON, empty only for 204."""

    status: int
    body: bytes = b""
    headers: Headers = ()


def json_bytes(document: object) -> bytes:
    """Return compact JSON in UTF-8."""
    return _COMPACT.encode(document).encode()


def answer(status: int, document: object, headers: Iterable[tuple[str, str]] = ()) -> Answer:
    """Return an answer whose body is `document`."""
    return Answer(status, json_bytes(document), tuple(headers))


def refusal(status: int, code: Code, message: str, **more: object) -> Answer:
    """Return a refusal in the one form that all errors have, without field faults."""
    return answer(status, {"code": code, "message": message, "errors": [], **more})


def field_faults(status: int, faults: Faults) -> Answer:
    """Return the answer that lists every field at fault, so many as fit an answer; the message counts all."""
    errors: list[Json] = [{"field": fault.field, "message": fault.message} for fault in faults[:MOST_FAULTS]]
    message = "1 field is at fault" if len(faults) == 1 else f"{len(faults)} fields are at fault"
    return answer(status, {"code": "validation", "message": message, "errors": errors})
