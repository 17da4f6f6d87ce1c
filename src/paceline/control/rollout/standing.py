"""Where a rollout stands, as a value: its plan, the step that is live, where it is going, and why. Pure.

Steps are counted from 0, the pacing that was live before, to the last, the one that was wanted. What a rollout is about
to send is part of where it stands, and is kept before it is sent: whoever comes after a process that died finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from paceline.campaign.blocks import Pacing
from paceline.control.order import Override, overrides_of
from paceline.control.rollout.plan import Plan, pacing_document, pacing_of
from paceline.control.settings_shown import pacing_shown
from paceline.ledger.entry import Actor
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId

HISTORY = 200
"""So many events of a rollout are kept beside it; the ledger keeps all."""


class Phase(StrEnum):
    """How far a rollout has come; the last four are its end."""

    RUNNING = "running"
    """It is looked at every minute of the platform, and goes on by evidence."""
    PAUSED = "paused"
    """It stays at its step until a person says otherwise; what harms is undone all the same."""
    UNDOING = "undoing"
    """It is being taken back to what was live before."""
    COMPLETED = "completed"
    """What was wanted is live, and was found good."""
    UNDONE = "undone"
    """What was live before is live again, or something gentler."""
    ABORTED = "aborted"
    """A person stopped it; what was live before is live again."""
    CONFLICTED = "conflicted"
    """Somebody else changed the pacing: it was left as he made it."""

    @property
    def is_under_way(self) -> bool:
        """Whether something may be sent for it yet."""
        return self in UNDER_WAY


UNDER_WAY = frozenset({Phase.RUNNING, Phase.PAUSED, Phase.UNDOING})
"""The phases in which somebody returns to a rollout."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """The step that a rollout is being brought to, kept before anything is sent for it.

    Attributes:
        to: the step.
        left: a step that something was on its way to when this was decided, and that may be live; None is nothing.
        since: when that was decided, an instant of the platform's clock.
        actor: in whose name it is sent.
        why: in words, for the reason of the change.
        then: the phase when it has arrived.
        entry: of the change that was last sent for it, None before the first.
        tries: how often something was sent for it, and was not taken.
        not_before: when it is tried again, an instant of the platform's clock; None is at once.
        gentler: whether the pacing before cannot be had, and the gentler of each field is sent in its place.
    """

    to: int
    since: datetime
    actor: Actor
    why: str
    then: Phase
    left: int | None = None
    entry: EntryId | None = None
    tries: int = 0
    not_before: datetime | None = None
    gentler: bool = False

    def document(self) -> dict[str, Json]:
        """Return it as JSON, from which `going_of` makes it again."""
        return {
            "to": self.to,
            "left": self.left,
            "since": _text(self.since),
            "actor": actor_shown(self.actor),
            "why": self.why,
            "then": self.then.value,
            "entry": self.entry,
            "tries": self.tries,
            "not_before": None if self.not_before is None else _text(self.not_before),
            "gentler": self.gentler,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Latch:
    """Why no other rollout of the campaign begins before a person has said so."""

    by: str
    why: str
    at: datetime

    def document(self) -> dict[str, Json]:
        """Return it as JSON, from which `latch_of` makes it again."""
        return {"by": self.by, "why": self.why, "at": _text(self.at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """A pacing that is applied in steps, and where that stands.

    Attributes:
        entry: of the ledger, in which it was begun.
        actor, reason, ticket: who began it, why, and where that is discussed.
        overrides: findings that this person answers for, for its steps.
        original: the pacing that was live before.
        mode: the dialing mode that it is measured in, None where the campaign has no dialing rules.
        started: when it was begun; this and all other instants are of the platform's clock.
        measured_since: what was measured from then to `started` is what steps are compared with.
        others: beginnings and ends of spans in it in which something else was live, or may have been.
        step: which step is live; 0 is the original.
        began: since when that step is live.
        version: the campaign as it was last seen with the pacing of this step.
        seen: up to when minutes of an active campaign were read; None while none was.
        looked: when it was looked at last.
        going: the step that it is being brought to, None when it is there.
        held: why it was held when it was looked at last, as a word.
        judgement: the last decision, with its reason and numbers.
        latch: set when it was undone by evidence or aborted, until a person clears it.
        history: what became of it, the oldest first, `HISTORY` at most.
        fence: grows with every write: who read an older one writes nothing.
    """

    entry: EntryId
    campaign: CampaignId
    phase: Phase
    plan: Plan
    actor: Actor
    reason: str | None
    ticket: str | None
    overrides: tuple[Override, ...] = ()
    original: Pacing
    mode: str | None
    started: datetime
    measured_since: datetime
    others: tuple[tuple[datetime, datetime], ...] = ()
    step: int = 0
    began: datetime
    version: str
    seen: datetime | None = None
    looked: datetime | None = None
    going: Going | None = None
    held: str | None = None
    judgement: Mapping[str, Json] | None = None
    latch: Latch | None = None
    history: tuple[Mapping[str, Json], ...] = ()
    fence: int = 0

    @property
    def last(self) -> int:
        """The number of the last step."""
        return len(self.plan.steps)

    def pacing_at(self, step: int) -> Pacing:
        """Return the pacing of a step, 0 being what was live before."""
        return self.original if step == 0 else self.plan.steps[step - 1]

    def with_event(self, what: str, why: str, at: datetime, **more: Json) -> Rollout:
        """Return it with one more event in its history."""
        event: dict[str, Json] = {"at": _text(at), "what": what, "step": self.step, "why": why, **more}
        return replace(self, history=(*self.history, event)[-HISTORY:])

    def kept(self) -> dict[str, Json]:
        """Return what the table keeps beside entry, campaign, phase and fence; `rollout_of` makes it again."""
        return {
            "plan": self.plan.document(),
            "actor": actor_shown(self.actor),
            "reason": self.reason,
            "ticket": self.ticket,
            "overrides": [{"rule": one.rule, "until": one.until.isoformat()} for one in self.overrides],
            "original": pacing_document(self.original),
            "mode": self.mode,
            "started": _text(self.started),
            "measured_since": _text(self.measured_since),
            "others": [[_text(since), _text(until)] for since, until in self.others],
            "step": self.step,
            "began": _text(self.began),
            "version": self.version,
            "seen": None if self.seen is None else _text(self.seen),
            "looked": None if self.looked is None else _text(self.looked),
            "going": None if self.going is None else self.going.document(),
            "held": self.held,
            "judgement": None if self.judgement is None else {**self.judgement},
            "latch": None if self.latch is None else self.latch.document(),
            "history": [dict(one) for one in self.history],
        }

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it: as it is kept, with the steps in words and the way back."""
        return {
            "rollout": self.entry,
            "campaign": self.campaign,
            "phase": self.phase.value,
            "steps": self.last,
            "pacing": pacing_shown(self.pacing_at(self.step)),
            "wanted": pacing_shown(self.pacing_at(self.last)),
            **self.kept(),
            "way_back": self.way_back,
        }

    @property
    def way_back(self) -> str | None:
        """The command that leads on from here, None where there is nothing to take back or to clear."""
        if self.latch is not None:
            return f"paceline rollout clear {self.campaign}"
        if self.phase in {Phase.RUNNING, Phase.PAUSED, Phase.COMPLETED}:
            return f"paceline rollout undo {self.campaign}"
        return None


def rollout_of(entry: int, campaign: str, state: str, document: Mapping[str, Json], fence: int) -> Rollout:
    """Return the rollout that a row of the table tells of."""
    going, latch, judgement = document["going"], document["latch"], document["judgement"]
    history = document["history"]
    return Rollout(
        entry=EntryId(entry),
        campaign=CampaignId(campaign),
        phase=Phase(state),
        plan=Plan.of(_object(document["plan"])),
        actor=_actor(document["actor"]),
        reason=_word(document["reason"]),
        ticket=_word(document["ticket"]),
        overrides=overrides_of(document["overrides"]),
        original=pacing_of(_object(document["original"])),
        mode=_word(document["mode"]),
        started=_instant(document["started"]),
        measured_since=_instant(document["measured_since"]),
        others=_spans(document.get("others")),
        step=_count(document["step"]),
        began=_instant(document["began"]),
        version=str(document["version"]),
        seen=_instant_or_none(document["seen"]),
        looked=_instant_or_none(document["looked"]),
        going=None if going is None else going_of(_object(going)),
        held=_word(document["held"]),
        judgement=None if judgement is None else _object(judgement),
        latch=None if latch is None else latch_of(_object(latch)),
        history=tuple(_object(one) for one in history) if isinstance(history, list | tuple) else (),
        fence=fence,
    )


def going_of(document: Mapping[str, Json]) -> Going:
    """Return what `Going.document` described."""
    entry, left = document["entry"], document["left"]
    return Going(
        to=_count(document["to"]),
        left=None if left is None else _count(left),
        since=_instant(document["since"]),
        actor=_actor(document["actor"]),
        why=str(document["why"]),
        then=Phase(str(document["then"])),
        entry=None if entry is None else EntryId(_count(entry)),
        tries=_count(document["tries"]),
        not_before=_instant_or_none(document["not_before"]),
        gentler=document["gentler"] is True,
    )


def latch_of(document: Mapping[str, Json]) -> Latch:
    """Return what `Latch.document` described."""
    return Latch(by=str(document["by"]), why=str(document["why"]), at=_instant(document["at"]))


def gentler_of(one: Pacing, other: Pacing) -> Pacing:
    """Return the pacing with the gentler value of each field: it lets no more calls be abandoned than either.

    >>> from decimal import Decimal as D
    >>> told = dict(call_interval_ms=200, warm_up_s=0)
    >>> a = Pacing(answer_rate=D("0.5"), abandonment_aim=D("0.01"), max_calls=80, **told)
    >>> b = Pacing(answer_rate=D("0.6"), abandonment_aim=D("0.02"), max_calls=60, **told)
    >>> gentle = gentler_of(a, b)
    >>> str(gentle.answer_rate), str(gentle.abandonment_aim), gentle.max_calls
    ('0.6', '0.01', 60)
    """
    return replace(
        one,
        answer_rate=max(one.answer_rate, other.answer_rate),
        abandonment_aim=min(one.abandonment_aim, other.abandonment_aim),
        max_calls=min(one.max_calls, other.max_calls),
        call_interval_ms=max(one.call_interval_ms, other.call_interval_ms),
        warm_up_s=max(one.warm_up_s, other.warm_up_s),
    )


def next_minute(at: datetime) -> datetime:
    """Return the beginning of the minute after this instant: by then the present one is complete."""
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)


def actor_shown(actor: Actor) -> dict[str, Json]:
    """Return who it is as JSON shows it."""
    return {"name": actor.name, "known_by": actor.known_by}


def _actor(told: Json) -> Actor:
    said = _object(told)
    return Actor(name=str(said["name"]), known_by=str(said["known_by"]))


def _object(told: Json) -> Mapping[str, Json]:
    if not isinstance(told, Mapping):
        raise TypeError("a row of a rollout holds an object here")
    return told


def _spans(told: Json) -> tuple[tuple[datetime, datetime], ...]:
    rows = told if isinstance(told, list | tuple) else ()
    return tuple((_instant(row[0]), _instant(row[1])) for row in rows if isinstance(row, list | tuple))


def _word(told: Json) -> str | None:
    return None if told is None else str(told)


def _count(told: Json) -> int:
    if not isinstance(told, int):
        raise TypeError("a row of a rollout holds a whole number here")
    return told


def _instant(told: Json) -> datetime:
    return datetime.fromisoformat(str(told))


def _instant_or_none(told: Json) -> datetime | None:
    return None if told is None else _instant(told)


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
