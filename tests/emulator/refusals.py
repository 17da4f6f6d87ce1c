"""What every refusal must look like, whole, and proof that a refused request changed nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2

from tests.emulator.caller import Caller
from tests.emulator.documents import CAM, HOOKS

CODES = frozenset(
    {
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
    }
)


def body_of(answer: httpx2.Response) -> dict[str, Any]:
    """Return the refusal's document after checking its form."""
    assert answer.headers["content-type"].split(";")[0] == "application/json"
    document: dict[str, Any] = answer.json()
    assert isinstance(document, dict)
    assert document["code"] in CODES
    assert isinstance(document["message"], str)
    assert document["message"]
    assert isinstance(document["errors"], list)
    for error in document["errors"]:
        assert set(error) == {"field", "message"}
        assert isinstance(error["field"], str)
        assert isinstance(error["message"], str)
        assert error["message"]
    return document


def refused(answer: httpx2.Response, status: int, code: str, *fields: str) -> dict[str, Any]:
    """Check the whole refusal and return its document; `fields` are all the fields at fault, in any order."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    document = body_of(answer)
    assert document["code"] == code, answer.text
    named = {error["field"] for error in document["errors"]}
    if fields:
        assert named == set(fields), answer.text
    elif code == "validation":
        assert document["errors"]
    else:
        assert document["errors"] == []
    return document


def told(document: dict[str, Any], campaign: dict[str, Any]) -> None:
    """Check that a 409's document tells the campaign's present state."""
    assert document["currentRevision"] == campaign["revision"]
    assert type(document["currentRevision"]) is int
    assert document["currentState"] == campaign["status"]
    assert isinstance(document["allowed"], list)


def snapshot(platform: Caller, *campaigns: str, client: str = "acme-all") -> list[Any]:
    """Return all that a reader and the control surface see of these campaigns, and the webhooks."""
    seen: list[Any] = []
    for campaign in campaigns:
        seen.append(platform.control("GET", f"/campaigns/{campaign}"))
        answer = platform.get(f"{CAM}/{campaign}/schedule", client=client)
        seen.append((answer.status_code, answer.headers.get("etag"), answer.json()))
    seen.append(platform.get(HOOKS, client=client).json())
    return seen


@contextmanager
def nothing_changes(platform: Caller, *campaigns: str, client: str = "acme-all") -> Iterator[None]:
    """Check that nothing of these campaigns, and no webhook, is another than before."""
    before = snapshot(platform, *campaigns, client=client)
    yield
    assert snapshot(platform, *campaigns, client=client) == before
