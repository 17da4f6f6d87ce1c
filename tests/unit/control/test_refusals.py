"""From what the platform said to how the change ends: the whole table."""

from __future__ import annotations

import pytest

from paceline.campaign.observed import State
from paceline.campaign.ports import (
    CampaignLockedError,
    FleetLimitError,
    ForbiddenError,
    NoAnswerError,
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
from paceline.control.outcome import Conflicted, Ending, Failed, InDoubt, Refused
from paceline.control.refusals import PLATFORM, ending_of
from paceline.primitives.findings import Severity
from paceline.primitives.ids import Version

TABLE: list[tuple[type[PlatformError], type[Ending], tuple[str, ...]]] = [
    (CampaignLockedError, Refused, ("lifecycle.locked",)),
    (WrongStateError, Refused, ("lifecycle.transition",)),
    (FleetLimitError, Refused, ("lifecycle.fleet-limit",)),
    (RejectedError, Refused, ("platform.rejected",)),
    (RevisionConflictError, Conflicted, ("change.conflict",)),
    (UnauthorizedError, Failed, ()),
    (ForbiddenError, Failed, ()),
    (NotFoundError, Failed, ()),
    (RateLimitedError, Failed, ()),
    (UnavailableError, Failed, ()),
    (UnexpectedAnswerError, Failed, ()),
    (PlatformError, Failed, ()),
]


@pytest.mark.parametrize("sent", [True, False])
@pytest.mark.parametrize(("kind", "ending", "rules"), TABLE)
def test_error_that_is_certain_ends_as_the_table_says(
    kind: type[PlatformError], ending: type[Ending], rules: tuple[str, ...], sent: bool
) -> None:
    ended, found = ending_of(kind("said so", operation="pause"), sent=sent)
    assert (type(ended), found.rules) == (ending, rules)
    assert all((finding.severity, finding.source) == (Severity.ERROR, PLATFORM) for finding in found)


@pytest.mark.parametrize("kind", [kind for kind, _, _ in TABLE])
def test_error_that_leaves_a_doubt_is_in_doubt_only_when_the_change_was_on_its_way(kind: type[PlatformError]) -> None:
    error = kind("said so", operation="pause")
    error.may_have_happened = True
    ended, found = ending_of(error, sent=True)
    assert isinstance(ended, InDoubt)
    assert (ended.failure.code, len(found)) == (kind.code, 0)
    assert not isinstance(ending_of(error, sent=False)[0], InDoubt)


def test_answer_that_never_came_to_a_look_is_a_failure() -> None:
    error = NoAnswerError(operation="read", request_sent=True)
    error.may_have_happened = True
    assert isinstance(ending_of(error, sent=False)[0], Failed)


def test_findings_carry_what_the_platform_told() -> None:
    state = WrongStateError(operation="pause")
    state.state, state.allowed = State.STOPPED, (State.ACTIVE,)
    (finding,) = ending_of(state, sent=True)[1]
    assert (finding.field, finding.found, finding.limit) == ("state", "STOPPED", ("ACTIVE",))
    fleet = FleetLimitError(operation="resume")
    fleet.active, fleet.limit = 4, 4
    (finding,) = ending_of(fleet, sent=True)[1]
    assert (finding.found, finding.limit) == (4, 4)
    moved = RevisionConflictError(operation="resume")
    moved.sent, moved.current = Version("7"), Version("9")
    (finding,) = ending_of(moved, sent=True)[1]
    assert (finding.field, finding.limit, finding.found) == ("revision", "7", "9")
    locked = CampaignLockedError(operation="pause")
    locked.holder = "bob"
    (finding,) = ending_of(locked, sent=True)[1]
    assert "locked by bob" in finding.message


def test_rejected_request_has_a_finding_for_each_field_or_one_for_the_whole() -> None:
    error = RejectedError("bad", operation="pause")
    (finding,) = ending_of(error, sent=True)[1]
    assert (finding.field, "bad" in finding.message) == (None, True)
    error.violations = (Violation(field="status", message="odd"), Violation(field="", message="also"))
    assert [(one.field, one.message) for one in ending_of(error, sent=True)[1]] == [
        ("status", "the platform refused it: odd"),
        (None, "the platform refused it: also"),
    ]
