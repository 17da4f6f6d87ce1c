"""What becomes of a change that was due and tried: whether it is tried again, and how late it was.

Rules:
* A pause or stop is tried again until it is made, until its campaign is found not to dial, or until no try can ever
  help: the campaign is unknown or archived, or the platform cannot do it. That somebody else is at the campaign, that
  it is locked, and that the credentials are not accepted are no reasons to end it. A conflict is one only where its
  order says so (`--on-conflict report`).
* Everything else is tried again while the platform is away, or nobody knows what became of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from paceline.campaign.change import Lane
from paceline.campaign.observed import Observed, State
from paceline.campaign.ports import NotFoundError
from paceline.control.order import Order
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
from paceline.control.refusals import is_away
from paceline.primitives.findings import Severity

_PASSING = frozenset({"lifecycle.locked", "lifecycle.unfinished"})


def may_succeed_later(outcome: Outcome, order: Order) -> bool:
    """Return whether a change of this order that ended so is tried again."""
    if outcome.change.lane is not Lane.STOPPING:
        return isinstance(outcome.ending, InDoubt) or (outcome.failure is not None and is_away(outcome.failure))
    against = {found.rule for found in outcome.findings if found.severity is not Severity.INFO}
    match outcome.ending:
        case Applied() | Unchanged() | Scheduled() | Expired():
            return False
        case InDoubt():
            return True
        case Conflicted():
            # Who asked to be told of a conflict, and not to go on, has his answer.
            return order.rejudges(Lane.STOPPING) or against <= _PASSING
        case Failed(failure):
            return failure.code != NotFoundError.code
        case Refused():
            return against <= _PASSING or ("lifecycle.unsupported" not in against and _dials(outcome.before))
        case _:
            assert_never(outcome.ending)


def why_not(outcome: Outcome) -> str:
    """Return for people why a change could not be made."""
    if outcome.failure is not None:
        return outcome.failure.message
    return "; ".join(found.message for found in outcome.findings if found.severity is not Severity.INFO) or outcome.word


def lateness(outcome: Outcome, due: datetime | None, now: datetime) -> timedelta:
    """Return how late a change took effect, or ended without one, by the platform's own time where it told any.

    Args:
        outcome: how it ended.
        due: when it was to be made; None is never late.
        now: the platform's time when it was begun.
    """
    if due is None:
        return timedelta()
    after = outcome.after
    if isinstance(outcome.ending, Applied) and after is not None and after.pending is None:
        took = after.effective_at
        if took is not None and due <= took <= after.at:
            return took - due
    seen = [one.at for one in (outcome.before, after) if one is not None]
    return max(now, *seen) - due if seen else now - due


def _dials(observed: Observed | None) -> bool:
    """Return whether a campaign dials, or will by itself."""
    if observed is None:
        return False
    return observed.state is State.ACTIVE or (observed.pending is not None and observed.pending.state is State.ACTIVE)
