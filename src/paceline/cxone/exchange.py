"""One request and its answer as plain records, so that what judges them needs no HTTP library."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any

from paceline.campaign.change import Lane

_REQUEST_IDS = ("x-request-id", "x-correlation-id", "request-id")
_FARTHEST_S = 10**9
"""What a longer number of seconds is taken for: some thirty years."""


class Repeat(Enum):
    """When a request may be sent again although the first may have had its effect."""

    SAFE = "safe"
    """At any time: it only reads."""
    GUARDED = "guarded"
    """At any time: the same idempotency key or a precondition keeps the effect to one."""
    NEVER = "never"
    """Only where it is certain that nothing has happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request without its token; `operation` says it in words, `target` is path and query."""

    operation: str
    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    body: bytes = b""
    lane: Lane = Lane.READING
    repeat: Repeat = Repeat.SAFE


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as it came; names of headers in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, hash=False)
    body: bytes = b""

    @property
    def request_id(self) -> str | None:
        """The platform's own id of the request, where it tells one."""
        return next((self.headers[name] for name in _REQUEST_IDS if name in self.headers), None)

    @property
    def at(self) -> datetime | None:
        """The platform's time in whole seconds, where it tells one."""
        return http_date(self.headers.get("date", ""))

    def retry_after_s(self, now: datetime) -> float | None:
        """Return the seconds to wait by the `Retry-After` header, at least 0; None when it says nothing usable.

        Args:
            now: what a date is counted from where the answer does not tell its own time. A clock of ours that is off
                would make of 10 seconds an hour, so the answer's own time counts first.
        """
        told = self.headers.get("retry-after", "").strip()
        if told.isascii() and told.isdigit():
            return float(_FARTHEST_S if len(told) > 9 else int(told))
        then = http_date(told)
        if then is None:
            return None
        return max(0.0, (then - (self.at or now)).total_seconds())


def http_date(text: str) -> datetime | None:
    """Return the instant of an HTTP date, None when it is none."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def body_of(answer: Answer) -> dict[str, Any]:
    """Return the JSON object of an answer, empty when it is none."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
