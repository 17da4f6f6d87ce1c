"""From what the platform refused to how the change ends: one table, in the words of our own rules.

| the platform said | the change ends as | rule |
| --- | --- | --- |
| locked | refused | `lifecycle.locked` |
| wrong state | refused | `lifecycle.transition` |
| too many active campaigns | refused | `lifecycle.fleet-limit` |
| the request is at fault | refused | `platform.rejected`, one finding for each field |
| the campaign has moved on | conflicted | `change.conflict` |
| nobody knows | in doubt | |
| everything else | failed | |

* `platform.rejected`: the platform finds no fault with the request itself.
"""

from __future__ import annotations

from paceline.campaign.ports import (
    CampaignLockedError,
    FleetLimitError,
    NoAnswerError,
    PlatformError,
    RejectedError,
    RevisionConflictError,
    UnexpectedAnswerError,
    WrongStateError,
)
from paceline.control.outcome import Conflicted, Ending, Failed, Failure, InDoubt, Refused
from paceline.primitives.findings import Finding, Findings, Severity

PLATFORM = "the platform"
"""The source of a finding that is the platform's own."""


UNANSWERED = frozenset({NoAnswerError.code, UnexpectedAnswerError.code})
"""Failures of a look that tell nothing of the change: the platform was away, or something answered in its place."""


def is_away(failure: Failure) -> bool:
    """Return whether a failure says that the platform is away, and nothing of the change."""
    return failure.retryable or failure.code in UNANSWERED


def ending_of(error: PlatformError, *, sent: bool) -> tuple[Ending, Findings]:
    """Return how a change ends that met this error, and what is to be told of it.

    Args:
        error: what the platform answered, or failed to.
        sent: whether it was the change itself that was on its way, and not a look at the campaign.
    """
    if sent and error.may_have_happened:
        return InDoubt(Failure.of(error)), Findings()
    match error:
        case CampaignLockedError():
            return Refused(), Findings(_locked(error))
        case WrongStateError():
            return Refused(), Findings(_wrong_state(error))
        case FleetLimitError():
            return Refused(), Findings(_fleet_limit(error))
        case RejectedError():
            return Refused(), _rejected(error)
        case RevisionConflictError():
            return Conflicted(), Findings(_moved_on(error))
        case _:
            return Failed(Failure.of(error)), Findings()


def _locked(error: CampaignLockedError) -> Finding:
    holder = "" if error.holder is None else f" by {error.holder}"
    return Finding(
        rule="lifecycle.locked",
        severity=Severity.ERROR,
        message=f"the campaign is locked{holder} on the platform and takes no change",
        field="locked",
        found=True,
        limit=False,
        source=PLATFORM,
    )


def _wrong_state(error: WrongStateError) -> Finding:
    return Finding(
        rule="lifecycle.transition",
        severity=Severity.ERROR,
        message=f"the platform refused the transition: {error.message}",
        field="state",
        found=None if error.state is None else error.state.value,
        limit=tuple(state.value for state in error.allowed),
        source=PLATFORM,
    )


def _fleet_limit(error: FleetLimitError) -> Finding:
    return Finding(
        rule="lifecycle.fleet-limit",
        severity=Severity.ERROR,
        message=f"the platform allows no further active campaign: {error.message}",
        field="state",
        found=error.active,
        limit=error.limit,
        source=PLATFORM,
    )


def _rejected(error: RejectedError) -> Findings:
    faults = [(fault.field, fault.message) for fault in error.violations] or [("", error.message)]
    return Findings(
        *(
            Finding(
                rule="platform.rejected",
                severity=Severity.ERROR,
                message=f"the platform refused it: {message}",
                field=field or None,
                source=PLATFORM,
            )
            for field, message in faults
        )
    )


def _moved_on(error: RevisionConflictError) -> Finding:
    return Finding(
        rule="change.conflict",
        severity=Severity.ERROR,
        message=f"the campaign has moved on: {error.message}",
        field="revision",
        found=error.current,
        limit=error.sent,
        source=PLATFORM,
    )
