"""What becomes of the changes that an undertaking sends through the corridor, each on the version that was looked at.

Rules:
* Nothing is sent while another change of the same kind has not come to its end. What a dead process left, or was never
  answered, is settled first as far as it can be.
* The way back is never refused for being a long step: findings that a person may answer for are answered for by whoever
  began the undertaking. Nor does it wait for approval.
* What is not taken is tried again, each time twice as long after the one before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from paceline.campaign.observed import Observed, Stage
from paceline.control.approving.withdrawal import Withdrawal
from paceline.control.kept import Unended
from paceline.control.order import Override
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
from paceline.control.pipeline import Corridor
from paceline.control.recorder import Recorder
from paceline.control.settlement import Settlement
from paceline.primitives.findings import Severity
from paceline.primitives.ids import EntryId

ANSWERED_FOR = (
    "pacing.step-limit",
    "pacing.declared",
    "pacing.no-projection",
    "pacing.fit",
    "pacing.breach",
    "pacing.answer-rate",
)
"""Rules whose findings want a person's word, which the way back is given: what it leads to was live before."""
ANSWERS_FOR = timedelta(days=1)
"""How long that word counts."""
SOON = timedelta(minutes=1)
"""Time between the first two tries, of the platform; each after that is twice as long."""
SOON_BACK = timedelta(minutes=5)
"""At most between two tries of the way back: what harms goes on until one of them is taken."""
WAITS = "waits"
"""The word of what waits for a second person or for its hour."""
_IN_THE_WAY = frozenset({"lifecycle.locked", "lifecycle.unfinished", "lifecycle.transition"})
"""Rules whose refusal says nothing of the change: the campaign takes no change just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What was wanted is live; `observed` is the campaign after it."""

    entry: EntryId | None
    observed: Observed


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """It was judged and may not be, or its approval was not given."""

    entry: EntryId | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedOn:
    """Somebody changed the campaign between the look and the request: it has to be looked at again."""

    entry: EntryId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """It has not come to its end: it waits for approval, was not answered, or cannot be sent just now.

    `entry` is of a change that may come yet; None where none may.
    """

    entry: EntryId | None
    word: str
    why: str


Came = Arrived | Refusal | MovedOn | Waits
"""What became of a change that was sent."""


class Sending:
    """Sends the changes of undertakings through one corridor."""

    def __init__(self, corridor: Corridor, recorder: Recorder, settlement: Settlement, withdrawal: Withdrawal) -> None:
        """Send by this corridor; settle what others left open, and withdraw what waits and is not wanted any more."""
        self._corridor = corridor
        self._recorder = recorder
        self._settlement = settlement
        self._withdrawal = withdrawal

    def _unsettled(self, other: Unended) -> Waits | None:
        """Return that a change has to come to its end before anything else is sent; None where it has not."""
        if other.stage is Stage.SETTLING:
            return None
        is_alive = other.stage is Stage.OPEN and not self._recorder.owner.is_dead(other.owner)
        if is_alive or self._settlement.settle_all([other]):
            return Waits(entry=other.entry, word="unsettled", why=f"{other.kind} by {other.actor} has not ended")
        return None


def answered_for(at: datetime) -> tuple[Override, ...]:
    """Return the word of whoever began an undertaking for its way back, as it counts from this instant on."""
    return tuple(Override(rule=rule, until=at + ANSWERS_FOR) for rule in ANSWERED_FOR)


def next_try(at: datetime, tries: int, *, longest: timedelta) -> datetime:
    """Return when the next try may be, after so many that were not taken."""
    wait: timedelta = min(SOON * 2 ** min(tries, 10), longest)
    return at + wait


def came_of(outcome: Outcome) -> Came:
    """Return what became of a change that is wanted on the version that was looked at."""
    entry = outcome.entry
    match outcome.ending:
        case Applied() | Unchanged():
            shown = outcome.after or outcome.before
            if shown is not None and outcome.verdict in {None, "achieved"}:
                return Arrived(entry=entry, observed=shown)
            # What could not be read back, or is not as wanted, is for the next look to tell.
            return Waits(entry=entry, word="unsettled", why=f"entry {entry} was applied, and is not as wanted yet")
        case Scheduled():
            return Waits(entry=entry, word=WAITS, why=f"entry {entry} waits for approval by a second person")
        case Conflicted():
            return MovedOn(entry=entry)
        case Refused() | Expired():
            against = [one for one in outcome.findings if one.severity is not Severity.INFO]
            why = "; ".join(one.message for one in against) or outcome.word
            if against and {one.rule for one in against} <= _IN_THE_WAY:
                return Waits(entry=None, word="in-the-way", why=why)
            return Refusal(entry=entry, why=why)
        case InDoubt(failure):
            return Waits(entry=entry, word="unanswered", why=failure.message)
        case Failed(failure):
            return Waits(entry=None, word="unanswered", why=failure.message)
        case _:
            assert_never(outcome.ending)
