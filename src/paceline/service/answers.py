"""From an outcome to an answer: one table, and the document that says everything.

| outcome | status |
| --- | --- |
| applied (achieved), unchanged, expired | 200 |
| applied (settling), scheduled | 202, with `Location` and `Retry-After` |
| applied (diverged) | 502 |
| refused | 422; 409 for a wrong state, 423 for a lock |
| conflicted | 412 |
| in doubt | 504, with `Location` |
| failed | by its error: 502, 503, 504 |

A refusal, a conflict and a failure are problem documents that hold the whole outcome beside; 409 and 412 say what the
campaign is now and which states may follow.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import assert_never

from fastapi.responses import JSONResponse, Response

from paceline.campaign.change import Diverged, Settling
from paceline.campaign.lifecycle.machine import TRANSITIONS
from paceline.campaign.observed import Observed
from paceline.control.fleet.fleet import FleetOutcome
from paceline.control.outcome import (
    Applied,
    Conflicted,
    Expired,
    Failed,
    InDoubt,
    Outcome,
    Refused,
    Scheduled,
    Unchanged,
)
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Severity
from paceline.service.problems import STATUS_OF, problem
from paceline.telemetry.runbooks import path_of

WRONG_STATE = frozenset({"lifecycle.transition", "lifecycle.unfinished"})
"""Rules whose refusal says that the campaign is not as it would have to be."""
LOCKED = "lifecycle.locked"
"""The rule whose refusal says that somebody holds the campaign."""
LOOK_AGAIN_S = 5
"""After so many seconds it is worth looking at what settles."""


def status_of(outcome: Outcome) -> int:
    """Return the status that an outcome is answered with."""
    match outcome.ending:
        case Applied(verdict=Diverged()):
            return 502
        case Applied(verdict=Settling()) | Scheduled():
            return 202
        case Applied() | Unchanged() | Expired():
            return 200
        case Refused():
            against = {found.rule for found in outcome.findings if found.severity is not Severity.INFO}
            if against == {LOCKED}:
                return 423
            return 409 if against and against <= WRONG_STATE | {LOCKED} else 422
        case Conflicted():
            return 412
        case InDoubt():
            return 504
        case Failed(failure):
            return STATUS_OF.get(failure.code, 503 if failure.retryable else 502)
        case _:
            assert_never(outcome.ending)


def answer_of(outcome: Outcome) -> Response:
    """Return the answer to a change."""
    status, told = status_of(outcome), outcome.document()
    headers = _headers(outcome, status)
    if status < HTTPStatus.BAD_REQUEST:
        return JSONResponse(told, status, headers=headers)
    if status in {409, 412} and outcome.before is not None:
        told["current"] = current_of(outcome.before)
    return problem(
        status,
        _detail(outcome),
        code=outcome.word if outcome.failure is None else outcome.failure.code,
        hint=_hint(outcome),
        instance=None if outcome.entry is None else f"/v1/changes/{outcome.entry}",
        headers=headers,
        more=told,
    )


def answer_of_fleet(outcome: FleetOutcome) -> Response:
    """Return the answer to many changes: an item each, with its status; 202 when any of them goes on."""
    told = outcome.document()
    items = told["items"]
    statuses = [status_of(item) for item in outcome.items] + [502] * len(outcome.unreadable)
    if isinstance(items, list):
        told["items"] = [
            {**item, "status": status} for item, status in zip(items, statuses, strict=True) if isinstance(item, dict)
        ]
    return JSONResponse(told, 202 if 202 in statuses else 200)


def current_of(observed: Observed) -> dict[str, Json]:
    """Return what a campaign is now and which states may follow, for whoever was wrong about it."""
    return {
        "state": observed.state.value,
        "revision": observed.revision,
        "version": observed.version,
        "locked": observed.locked,
        "allowed": [state.value for state in TRANSITIONS[observed.state]],
    }


def _headers(outcome: Outcome, status: int) -> dict[str, str]:
    headers = {}
    if outcome.entry is not None:
        headers["Paceline-Entry"] = str(outcome.entry)
        if status in {202, 504}:
            headers["Location"] = f"/v1/changes/{outcome.entry}"
            headers["Retry-After"] = str(LOOK_AGAIN_S)
    if outcome.after is not None and status < HTTPStatus.BAD_REQUEST:
        headers["ETag"] = etag_of(outcome.after)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(LOOK_AGAIN_S)
    return headers


def etag_of(observed: Observed) -> str:
    """Return the tag of a campaign, or of its schedule, as it was seen."""
    return f'"{observed.version}"'


def _hint(outcome: Outcome) -> str | None:
    """Return what to do next: the advice of what failed, and the runbook of the first rule against it, or its end."""
    against = [found.rule for found in outcome.findings if found.severity is not Severity.INFO]
    page = next((path for rule in against if (path := path_of(rule)) is not None), path_of(outcome.word))
    told = [] if outcome.failure is None or outcome.failure.hint is None else [outcome.failure.hint]
    told += [] if page is None else [f"what it means and what to do: {page}"]
    return "; ".join(told) or None


def _detail(outcome: Outcome) -> str:
    about = f"{outcome.change.kind} of {outcome.change.campaign}"
    if outcome.failure is not None:
        return f"{about}: {outcome.failure.message}"
    against = [found.message for found in outcome.findings if found.severity is not Severity.INFO]
    return f"{about} was {outcome.word}: {'; '.join(against) or 'the platform holds something else than was wanted'}"
