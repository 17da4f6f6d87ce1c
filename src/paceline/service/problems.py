"""Problem documents (RFC 9457): every answer that is no success says what is wrong, in one form.

`code` is stable for programs, `hint` says what to do next, `findings` are all findings at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from paceline.campaign.ports import PlatformError
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError

MEDIA_TYPE = "application/problem+json"
"""The media type of a problem document."""
_TYPE = "urn:paceline:problem:"

STATUS_OF: Mapping[str, int] = {
    "access": 422,
    "being-decided": 409,
    "campaign-locked": 423,
    "chain-broken": 409,
    "checkpoint": 409,
    "contact-list": 422,
    "count": 422,
    "empty-calendar": 422,
    "entry-closed": 409,
    "entry-not-found": 404,
    "entry-open": 409,
    "experiment-overtaken": 409,
    "experiment-plan": 422,
    "experiment-settings": 422,
    "experiment-state": 409,
    "fact": 422,
    "facts-file": 503,
    "facts-moved": 412,
    "incomplete-change": 422,
    "key-not-found": 404,
    "ledger-unavailable": 503,
    "malformed-id": 422,
    "no-answer": 504,
    "no-experiment": 404,
    "no-rollout": 404,
    "no-setting": 422,
    "no-way-back": 409,
    "not-asked": 409,
    "not-found": 404,
    "not-waiting": 409,
    "nothing-good": 409,
    "parameter": 422,
    "phone-number": 422,
    "rate-limited": 503,
    "reason-holds-number": 422,
    "rejected": 422,
    "revision-conflict": 412,
    "rollout-overtaken": 409,
    "rollout-plan": 422,
    "rollout-state": 409,
    "scenario": 422,
    "stale-zone-data": 503,
    "storage-unavailable": 503,
    "subscriber-disabled": 409,
    "subscriber-not-found": 404,
    "throttle-away": 503,
    "unavailable": 503,
    "under-way": 409,
    "unknown-zone": 422,
    "unstable-queue": 422,
    "unstable-scenario": 422,
    "webhook-address": 422,
    "webhook-kinds": 422,
    "webhook-name": 422,
    "wrong-state": 409,
}
"""The status of an error by its code; an error of the platform that is not here is 502, every other one 500."""


One = TypeVar("One")


class ProblemError(PacelineError):
    """the request cannot be served as it is"""

    code = "problem"

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str,
        hint: str | None = None,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Json] | None = None,
    ) -> None:
        """Answer with this status and code; `more` are further members of the document."""
        super().__init__(message, hint=hint)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})
        self.more = dict(more or {})


def problem(
    status: int,
    detail: str,
    *,
    code: str,
    hint: str | None = None,
    instance: str | None = None,
    headers: Mapping[str, str] | None = None,
    more: Mapping[str, Json] | None = None,
) -> JSONResponse:
    """Return a problem document as an answer."""
    told: dict[str, Json] = {
        "type": f"{_TYPE}{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "hint": hint,
        "findings": [],
    }
    if instance is not None:
        told["instance"] = instance
    return JSONResponse({**told, **(more or {})}, status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def named_one(word: str, among: Mapping[str, One]) -> One:
    """Return what an address names by a word.

    Raises:
        ProblemError: there is nothing of that name (404).
    """
    if word not in among:
        raise ProblemError(404, "Not Found", code="no-such-address")
    return among[word]


def status_of(error: PacelineError) -> int:
    """Return the status that an error is answered with."""
    found = STATUS_OF.get(error.code)
    if found is not None:
        return found
    return 502 if isinstance(error, PlatformError) else 500


def problem_of(error: PacelineError) -> JSONResponse:
    """Return the answer to a request that met this error."""
    if isinstance(error, ProblemError):
        return problem(
            error.status, error.message, code=error.code, hint=error.hint, headers=error.headers, more=error.more
        )
    status = status_of(error)
    headers = {"Retry-After": "2"} if status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    return problem(status, error.message, code=error.code, hint=error.hint, headers=headers)


def install(app: FastAPI) -> None:
    """Have every error of this application answered by a problem document."""
    app.add_exception_handler(PacelineError, _paceline)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def _paceline(_: Request, error: Exception) -> Response:
    if not isinstance(error, PacelineError):
        raise error
    return problem_of(error)


def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = [_told(one) for one in error.errors()]
    findings: list[Json] = [
        {
            "rule": "request.invalid",
            "severity": "error",
            "message": message,
            "field": field,
            "found": None,
            "limit": None,
            "source": None,
        }
        for field, message in found
    ]
    detail = f"the request is off at {', '.join(dict.fromkeys(field for field, _ in found))}"
    hint = "findings say what is wrong"
    if "body" in (field for field, _ in found) and not _says_json(request):
        hint = "a body is read as JSON where the request says so: send Content-Type: application/json"
    return problem(422, detail, code="request-invalid", hint=hint, more={"findings": findings})


def _told(one: Mapping[str, Any]) -> tuple[str, str]:
    """Return where a request is off, and how: a body that is no JSON is off as a whole, at a character."""
    if one["type"] == "json_invalid":
        return "body", f"this is no JSON: {one['ctx']['error']}, at character {one['loc'][-1]}"
    return _place(one["loc"]), str(one["msg"])


def _says_json(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def _place(where: Sequence[str | int]) -> str:
    """Return a place in the request, such as `body.reason`; what a caller named is cut, for it may be anything."""
    return ".".join(str(one)[:80] for one in where)


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    codes = {404: "no-such-address", 405: "method-not-allowed", 413: "body-too-large", 400: "bad-request"}
    code, detail, hint = codes.get(error.status_code, "http"), str(error.detail), None
    if code == "no-such-address":
        is_page = "text/html" in request.headers.get("Accept", "")
        detail, hint = "there is nothing at this address", None if is_page else "GET /openapi.json lists every address"
    elif code == "method-not-allowed":
        detail, hint = f"this address takes no {request.method}", "the header Allow says what it takes"
    return problem(error.status_code, detail, code=code, hint=hint, headers=error.headers)


def _unforeseen(_: Request, error: Exception) -> Response:
    """Answer a fault of ours: what happened stands in the log, under the request's id, never in the answer."""
    del error
    return internal()


def internal() -> JSONResponse:
    """Return the answer to a request that met a fault of ours."""
    return problem(500, "something is wrong on this side; the log tells it by the request's id", code="internal")
