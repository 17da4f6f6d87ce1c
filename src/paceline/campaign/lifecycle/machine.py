"""Which state may follow which: the table as data, and what asking for a state would do to a campaign as it stands.

Rules:
* ACTIVE goes to PAUSED or STOPPED, PAUSED to ACTIVE or STOPPED, STOPPED to ACTIVE; ARCHIVED goes nowhere, and nothing
  here leads to it.
* Asking for the state that is already held is no transition. While another one is pending, it cancels that one.
* A pending transition blocks nothing: the next accepted one takes its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from paceline.campaign.lifecycle.model import Wanted
from paceline.campaign.observed import Drain, Observed, State

TRANSITIONS: Mapping[State, tuple[State, ...]] = MappingProxyType(
    {
        State.ACTIVE: (State.PAUSED, State.STOPPED),
        State.PAUSED: (State.ACTIVE, State.STOPPED),
        State.STOPPED: (State.ACTIVE,),
        State.ARCHIVED: (),
    }
)
"""Each state and those that may follow it."""


class Step(StrEnum):
    """What asking for a state would do."""

    NOTHING = "nothing"
    """It is so already, and nothing is pending against it."""
    MOVE = "move"
    """A transition of the table, at once or later."""
    CANCEL = "cancel"
    """The state is held; asking for it again withdraws the transition that is pending."""
    ILLEGAL = "illegal"
    """The platform would refuse it, or do something else than what is wanted."""


def legal_transition(present: State, wanted: State) -> bool:
    """Return whether the table leads from one state to the other."""
    return wanted in TRANSITIONS[present]


def step_to(wanted: Wanted, observed: Observed) -> Step:
    """Return what asking for `wanted` would do to the campaign as it was seen."""
    if wanted.is_pending_in(observed):
        return Step.NOTHING
    if observed.state is not wanted.state:
        return Step.MOVE if legal_transition(observed.state, wanted.state) else Step.ILLEGAL
    if observed.state is State.ARCHIVED:
        return Step.ILLEGAL
    if observed.pending is not None:
        # Asking for the held state cancels at once, whatever instant is named with it.
        return Step.ILLEGAL if wanted.lies_ahead_of(observed.at) else Step.CANCEL
    # Those who drain can no longer be dropped: the platform takes no second transition to the same state.
    too_late = wanted.drain is Drain.DROP and wanted.state is not State.ACTIVE and observed.drained is False
    return Step.ILLEGAL if too_late else Step.NOTHING
