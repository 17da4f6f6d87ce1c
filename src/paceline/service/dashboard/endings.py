"""How it ended, in words for people: the headline of an outcome, and whether it is what was wanted."""

from __future__ import annotations

from typing import assert_never

from paceline.campaign.change import Achieved, Diverged, Settling, Verdict
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


def headline(outcome: Outcome) -> str:
    """Return how a change ended, in a few words."""
    match outcome.ending:
        case Applied(verdict):
            return _of_verdict(verdict)
        case Unchanged():
            return "Nothing to do: it is so already"
        case Scheduled(wants_approval=True):
            return "It waits for a second person"
        case Scheduled():
            return "It waits for its hour"
        case Refused():
            return "Refused: nothing was sent"
        case Conflicted():
            return "Somebody else changed it since you looked: nothing was sent"
        case Expired():
            return "Too late: it was not possible in time"
        case InDoubt():
            return "In doubt: it was sent, and no answer came"
        case Failed():
            return "It could not be done, and did not happen"
        case _:
            assert_never(outcome.ending)


def is_good(outcome: Outcome) -> bool:
    """Return whether it ended as it was wanted, or is on its way there."""
    match outcome.ending:
        case Applied(verdict=Diverged()):
            return False
        case Applied() | Unchanged() | Scheduled():
            return True
        case _:
            return False


def _of_verdict(verdict: Verdict) -> str:
    match verdict:
        case Achieved():
            return "Done"
        case Settling():
            return "Taken: its effect is still coming"
        case Diverged():
            return "Taken, and the platform shows something else than was wanted"
        case _:
            assert_never(verdict)
