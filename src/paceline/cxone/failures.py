"""What the platform refuses, as our errors: one table from status and code to error.

A row names the statuses and, where a status has several meanings, the codes in the body; the first that fits decides.
Bodies are read leniently: `message`, or OAuth's `error_description`, or the header that some of the vendor's services
put the reason in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
from paceline.cxone.exchange import Answer, body_of
from paceline.primitives.ids import Version

PASSING = frozenset({425, 500, 502, 503, 504, 509, 529})
"""Statuses of a platform that may well answer the next time."""
UNTOUCHED = frozenset({425, 429, 503, 509, 529})
"""Statuses that say that the request was not taken up; after any other 5xx it may have happened."""
LONGEST_MESSAGE = 500
"""How much of the platform's words is kept, in characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refusal as it is judged: the answer, what its body says, and the time by our clock."""

    answer: Answer
    body: dict[str, Any]
    now: datetime

    @property
    def code(self) -> str:
        """The platform's word for the refusal, empty when it has none."""
        return _text(self.body.get("code")) or _text(self.body.get("error"))

    @property
    def message(self) -> str:
        """The platform's reason in its own words, or the bare status."""
        told = (self.body.get(name) for name in ("message", "error_description", "errorDescription", "errorMessage"))
        words = next((_text(word) for word in told if _text(word)), "") or self.answer.headers.get(
            "icstatusdescription", ""
        )
        return words[:LONGEST_MESSAGE] or f"the platform answered {self.answer.status}"

    @property
    def retry_after_s(self) -> float | None:
        """The seconds to wait by the answer's word."""
        return self.answer.retry_after_s(self.now)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: `codes` empty means any, `fill` adds what the error carries beyond its message."""

    statuses: frozenset[int]
    codes: frozenset[str]
    error: type[PlatformError]
    fill: Callable[[Any, Refusal], None] = lambda _error, _refusal: None
    hint: str | None = None


def _forbidden(error: ForbiddenError, refusal: Refusal) -> None:
    error.missing_right = refusal.message


def _conflict(error: RevisionConflictError, refusal: Refusal) -> None:
    current = refusal.body.get("currentRevision", refusal.body.get("currentETag"))
    error.current = None if current is None else Version(str(current))


def _wrong_state(error: WrongStateError, refusal: Refusal) -> None:
    archived = State.ARCHIVED if refusal.code == "archived" else None
    error.state = _state(refusal.body.get("currentState")) or archived
    allowed = refusal.body.get("allowed")
    states = [_state(name) for name in allowed] if isinstance(allowed, list) else []
    error.allowed = tuple(state for state in states if state is not None)


def _fleet_limit(error: FleetLimitError, refusal: Refusal) -> None:
    error.limit, error.active = _count(refusal.body.get("limit")), _count(refusal.body.get("active"))


def _locked(error: CampaignLockedError, refusal: Refusal) -> None:
    error.holder = _text(refusal.body.get("lockedBy")) or None


def _rejected(error: RejectedError, refusal: Refusal) -> None:
    told = refusal.body.get("errors")
    faults = [fault for fault in told if isinstance(fault, dict)] if isinstance(told, list) else []
    error.violations = tuple(
        Violation(field=_text(fault.get("field")), message=_text(fault.get("message"))[:LONGEST_MESSAGE])
        for fault in faults
    )


def _waits(error: RateLimitedError | UnavailableError, refusal: Refusal) -> None:
    error.retry_after_s = refusal.retry_after_s
    error.retryable = refusal.answer.status in PASSING or refusal.answer.status == 429


def _row(
    statuses: set[int] | range,
    error: type[PlatformError],
    fill: Callable[[Any, Refusal], None] | None = None,
    *,
    codes: set[str] | None = None,
    hint: str | None = None,
) -> Row:
    return Row(frozenset(statuses), frozenset(codes or ()), error, fill or (lambda _error, _refusal: None), hint)


TABLE: tuple[Row, ...] = (
    _row(
        {401}, UnauthorizedError, hint="check the client id and secret, and that the address is of the same environment"
    ),
    _row({403, 409, 423}, CampaignLockedError, _locked, codes={"locked"}, hint="wait until it is unlocked"),
    _row({423}, CampaignLockedError, _locked, hint="wait until it is unlocked"),
    _row({403}, WrongStateError, _wrong_state, codes={"archived"}),
    _row({403}, RejectedError, _rejected, codes={"licence"}, hint="ask for a tier that has it"),
    _row({403}, ForbiddenError, _forbidden, hint="ask for the right that is missing"),
    _row({404}, NotFoundError, hint="check the id, and that the address is of the same environment"),
    _row({409}, WrongStateError, _wrong_state, codes={"illegal_transition"}),
    _row({409}, FleetLimitError, _fleet_limit, codes={"campaign_limit"}, hint="pause or stop another campaign first"),
    _row({409}, RejectedError, _rejected, codes={"idempotency_conflict", "overlap"}),
    _row({409, 412}, RevisionConflictError, _conflict, hint="read it again and judge the change anew"),
    _row({429}, RateLimitedError, _waits),
    _row({425}, UnavailableError, _waits),
    _row(range(400, 500), RejectedError, _rejected),
    _row(range(500, 600), UnavailableError, _waits),
)
"""Status and code to error; what is in no row is an unexpected answer."""


def error_of(answer: Answer, *, operation: str, now: datetime) -> PlatformError:
    """Return the error that an answer other than 2xx stands for.

    Args:
        answer: what came, without secrets in it.
        operation: what was asked, in words.
        now: our own time, for a `Retry-After` date of an answer that tells no time.
    """
    refusal = Refusal(answer=answer, body=body_of(answer), now=now)
    for row in TABLE:
        if answer.status in row.statuses and (not row.codes or refusal.code in row.codes):
            error = row.error(
                refusal.message, operation=operation, status=answer.status, request_id=answer.request_id, hint=row.hint
            )
            row.fill(error, refusal)
            error.may_have_happened = answer.status >= 500 and answer.status not in UNTOUCHED
            return error
    return UnexpectedAnswerError(
        f"the platform answered {answer.status}, which no request of ours asks for",
        operation=operation,
        status=answer.status,
        request_id=answer.request_id,
        hint="check the address of the platform: it must be the API's own, without a redirection",
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _state(value: object) -> State | None:
    return next((state for state in State if state.value == value), None)
