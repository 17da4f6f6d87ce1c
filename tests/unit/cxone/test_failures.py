from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.campaign.observed import State
from paceline.campaign.ports import (
    CampaignLockedError,
    FleetLimitError,
    ForbiddenError,
    NotFoundError,
    PlatformError,
    RateLimitedError,
    RejectedError,
    RevisionConflictError,
    UnauthorizedError,
    UnavailableError,
    UnexpectedAnswerError,
    Violation,
    WrongStateError,
)
from paceline.cxone.exchange import Answer
from paceline.cxone.failures import LONGEST_MESSAGE, error_of

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def failed(status: int, body: Any = None, **headers: str) -> PlatformError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = Answer(status=status, headers={name.replace("_", "-"): text for name, text in headers.items()}, body=raw)
    return error_of(answer, operation="pause", now=NOW)


TABLE: list[tuple[int, str, type[PlatformError]]] = [
    (301, "", UnexpectedAnswerError),
    (400, "validation", RejectedError),
    (400, "invalid_client", RejectedError),
    (401, "unauthorized", UnauthorizedError),
    (403, "forbidden", ForbiddenError),
    (403, "licence", RejectedError),
    (403, "locked", CampaignLockedError),
    (403, "archived", WrongStateError),
    (404, "not_found", NotFoundError),
    (405, "method_not_allowed", RejectedError),
    (409, "revision_conflict", RevisionConflictError),
    (409, "", RevisionConflictError),
    (409, "locked", CampaignLockedError),
    (409, "illegal_transition", WrongStateError),
    (409, "campaign_limit", FleetLimitError),
    (409, "idempotency_conflict", RejectedError),
    (409, "overlap", RejectedError),
    (412, "", RevisionConflictError),
    (413, "too_large", RejectedError),
    (415, "unsupported_media_type", RejectedError),
    (422, "validation", RejectedError),
    (423, "", CampaignLockedError),
    (425, "", UnavailableError),
    (428, "precondition_required", RejectedError),
    (429, "rate_limited", RateLimitedError),
    (500, "internal", UnavailableError),
    (503, "", UnavailableError),
    (599, "", UnavailableError),
    (700, "", UnexpectedAnswerError),
]


@pytest.mark.parametrize(("status", "code", "error"), TABLE, ids=[f"{status}-{code}" for status, code, _ in TABLE])
def test_status_and_code_have_one_error(status: int, code: str, error: type[PlatformError]) -> None:
    found = failed(status, {"code": code, "message": "because"})
    assert type(found) is error
    assert (found.status, found.operation) == (status, "pause")


@pytest.mark.parametrize(
    ("status", "retryable", "doubt"),
    [(429, True, False), (425, True, False), (503, True, False), (500, True, True), (502, True, True),
     (504, True, True), (501, False, True), (403, False, False), (409, False, False)],
)  # fmt: skip
def test_status_tells_whether_to_come_back_and_whether_it_may_have_happened(
    status: int, retryable: bool, doubt: bool
) -> None:
    found = failed(status)
    assert (found.retryable, found.may_have_happened) == (retryable, doubt)


def test_conflict_tells_what_is_there_now() -> None:
    body = {"code": "illegal_transition", "message": "no", "currentState": "PAUSED", "allowed": ["ACTIVE", "ASLEEP", 3]}
    wrong = failed(409, body)
    assert isinstance(wrong, WrongStateError)
    assert (wrong.state, wrong.allowed) == (State.PAUSED, (State.ACTIVE,))
    stale = failed(409, {"code": "revision_conflict", "currentRevision": 43})
    assert isinstance(stale, RevisionConflictError)
    assert stale.current == "43"
    full = failed(409, {"code": "campaign_limit", "limit": 20, "active": True})
    assert isinstance(full, FleetLimitError)
    assert (full.limit, full.active) == (20, None)
    gone = failed(403, {"code": "archived"})
    assert isinstance(gone, WrongStateError)
    assert gone.state is State.ARCHIVED


def test_every_field_at_fault_is_told() -> None:
    body = {"code": "validation", "errors": [{"field": "status", "message": "bad"}, "odd", {"field": 3}]}
    found = failed(422, body)
    assert isinstance(found, RejectedError)
    assert found.violations == (Violation(field="status", message="bad"), Violation(field="", message=""))


@pytest.mark.parametrize(
    ("body", "headers", "message"),
    [
        ({"message": "m", "error_description": "d"}, {}, "m"),
        ({"error": "invalid_client", "error_description": "d"}, {}, "d"),
        ({"errorDescription": "d"}, {}, "d"),
        ({"error": "x"}, {"icstatusdescription": "h"}, "h"),
        (b"<html>bad gateway</html>", {}, "the platform answered 404"),
        (b"", {}, "the platform answered 404"),
        ({"message": "x" * 10_000}, {}, "x" * LONGEST_MESSAGE),
    ],
)
def test_reason_is_found_where_services_put_it(body: Any, headers: dict[str, str], message: str) -> None:
    assert failed(404, body, **headers).message == message


def test_platforms_own_id_of_the_request_is_kept() -> None:
    found = failed(500, {"message": "boom"}, x_request_id="r-9")
    assert found.request_id == "r-9"
    assert found.report() == "pause: boom (request r-9)"


NAMES = st.sampled_from(["code", "message", "errors", "allowed", "currentState", "limit", "field", "error"])
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner))


@settings(max_examples=50)
@given(status=st.integers(300, 999), body=JSON)
def test_no_body_is_too_odd_to_be_told(status: int, body: Any) -> None:
    assert isinstance(failed(status, body), PlatformError)


@given(status=st.integers(300, 999), body=st.binary())
def test_no_bytes_are_too_odd_to_be_told(status: int, body: bytes) -> None:
    assert isinstance(failed(status, body), PlatformError)
