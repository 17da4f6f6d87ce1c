"""What every undertaking has, as a value: who began it and why, where it stands, and what became of it. Pure.

What is about to be sent is part of where it stands, and is kept before it is sent: whoever comes after a process that
died finds it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol, Self

from paceline.control.order import Override
from paceline.ledger.entry import Actor
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import CampaignId, EntryId

HISTORY = 200
"""So many events of an undertaking are kept beside it; the ledger keeps all."""


class Phased(Protocol):
    """How far an undertaking has come; each kind of undertaking has a list of its own."""

    @property
    def value(self) -> str:
        """As the table keeps it."""
        ...

    @property
    def is_under_way(self) -> bool:
        """Whether something may be sent for it yet."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is noted of an undertaking.

    Attributes:
        why: in words, with what was decided on.
        at: when, by the platform's clock.
        figures: the same for programs.
        reason, ticket: in the words of the person who did it; None where nobody said more than `why`.
    """

    kind: str
    actor: Actor
    why: str
    at: datetime
    figures: Mapping[str, Json] = field(default_factory=dict)
    reason: str | None = None
    ticket: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Undertaking(ABC):
    """Something that is done to one campaign, a look at a time, by whoever has its turn.

    Attributes:
        entry: of the ledger, in which it began.
        actor, reason, ticket: who began it, why, and where that is discussed.
        overrides: findings that this person answers for, for the changes of it.
        version: the campaign as it was last seen with what is live.
        seen: up to when what is live was measured; None while nothing was. All instants are of the platform's clock.
        looked: when it was looked at last.
        held: why it does not go on, as a word.
        history: what became of it, the oldest first, `HISTORY` at most.
        fence: grows with every write: who read an older one writes nothing.
    """

    entry: EntryId
    campaign: CampaignId
    phase: Phased
    actor: Actor
    reason: str | None
    ticket: str | None
    overrides: tuple[Override, ...] = ()
    version: str
    seen: datetime | None = None
    looked: datetime | None = None
    held: str | None = None
    history: tuple[Mapping[str, Json], ...] = ()
    fence: int = 0

    @abstractmethod
    def kept(self) -> dict[str, Json]:
        """Return what the table keeps beside entry, campaign, phase and fence, as JSON."""

    @abstractmethod
    def place(self) -> dict[str, Json]:
        """Return which of its settings is live, for an event of its history."""

    @abstractmethod
    def told(self) -> dict[str, Json]:
        """Return where it stands, for the details of a note."""

    @abstractmethod
    def has_moved_since(self, before: Self) -> bool:
        """Return whether a look did something to it, for whoever counts what was done."""

    def with_event(self, what: str, why: str, at: datetime, **more: Json) -> Self:
        """Return it with one more event in its history."""
        event: dict[str, Json] = {"at": utc_text(at), "what": what, **self.place(), "why": why, **more}
        return replace(self, history=(*self.history, event)[-HISTORY:])

    def with_note(self, note: Note, entry: EntryId) -> Self:
        """Return it with a note as an event of its history; `entry` is that of the note."""
        return self.with_event(note.kind.partition(".")[2], note.why, note.at, entry=entry, by=note.actor.name)


def next_minute(at: datetime) -> datetime:
    """Return the beginning of the minute after this instant: by then the present one is complete."""
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)


def actor_shown(actor: Actor) -> dict[str, Json]:
    """Return who it is as JSON shows it."""
    return {"name": actor.name, "known_by": actor.known_by}
