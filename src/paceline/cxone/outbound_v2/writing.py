"""From changes to the platform's requests: the exact bytes, the precondition, and back from the record of one.

The revision travels as `If-Match: "<revision>"`: in the body it would make a repeat under the same key another request.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import Enum
from typing import assert_never

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Document, Drain
from paceline.campaign.ports import Prepared, UnknownRequestError
from paceline.cxone.exchange import Repeat, Request
from paceline.primitives.ids import CampaignId, Version, campaign_id

DIALECT = "outbound-v2"
"""The name under which requests of this dialect are kept."""


class Prefix(Enum):
    """The two addresses of one campaign: they differ in the statuses of refusals alone."""

    OUTBOUND = "/api/v2/outbound/campaigns"
    SHORT = "/api/v2/campaigns"


def place_of(campaign: CampaignId, prefix: Prefix) -> str:
    """Return the path of a campaign.

    Raises:
        MalformedIdError: when the id would lead the address elsewhere.
    """
    return f"{prefix.value}/{campaign_id(campaign)}"


def prepared(change: AnyChange, version: Version | None, prefix: Prefix) -> Prepared:
    """Return the exact request of a change.

    Raises:
        MalformedIdError: when the change names no campaign that an address can name.
    """
    headers = {"Content-Type": "application/json"}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    request: Document = {
        "method": "PATCH",
        "target": place_of(change.campaign, prefix),
        "headers": headers,
        "body": json.dumps(_body(change), separators=(",", ":")),
        "operation": f"{change.kind} of campaign {change.campaign}",
    }
    return Prepared(dialect=DIALECT, campaign=change.campaign, request=request)


def request_of(told: Prepared, *, idempotency_key: str, lane: Lane) -> Request:
    """Return the request that was prepared, under its key.

    Raises:
        UnknownRequestError: when another dialect prepared it, or nobody did.
    """
    parts = told.request
    headers = parts.get("headers")
    if told.dialect != DIALECT or not isinstance(headers, dict) or not isinstance(parts.get("body"), str):
        raise UnknownRequestError(f"this is no request of the dialect {DIALECT}")
    return Request(
        operation=str(parts.get("operation")),
        method=str(parts.get("method")),
        target=str(parts.get("target")),
        headers={**{str(name): str(value) for name, value in headers.items()}, "Idempotency-Key": idempotency_key},
        body=str(parts["body"]).encode(),
        lane=lane,
        repeat=Repeat.GUARDED,
    )


def sent_version(told: Prepared) -> Version | None:
    """Return the version that a prepared request names."""
    headers = told.request.get("headers")
    tag = headers.get("If-Match") if isinstance(headers, dict) else None
    return Version(tag.strip('"')) if isinstance(tag, str) else None


def _body(change: AnyChange) -> dict[str, str | bool]:
    body: dict[str, str | bool] = {"status": change.state.value}
    if change.effective_at is not None:
        body["effectiveTime"] = _instant(change.effective_at)
    match change:
        case Pause() | Stop():
            body["drainQueue"] = change.drain is Drain.FINISH
        case Resume():
            pass
        case _:
            assert_never(change)
    return body


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
