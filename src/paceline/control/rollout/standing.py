"""Where a rollout stands, as a value: its plan, the step that is live, where it is going, and why. Pure.

Steps are counted from 0, the pacing that was live before, to the last, the one that was wanted. What a rollout is about
to send is part of where it stands, and is kept before it is sent: whoever comes after a process that died finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from paceline.campaign.blocks import Pacing
from paceline.control.order import overrides_of
from paceline.control.rollout.plan import Plan, pacing_document, pacing_of
from paceline.control.settings_shown import pacing_shown
from paceline.control.undertakings.reading import (
    actor_in,
    count_in,
    instant_in,
    instant_or_none,
    object_in,
    objects_in,
    word_in,
)
from paceline.control.undertakings.standing import Note, Undertaking, actor_shown
from paceline.ledger.entry import Actor
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import CampaignId, EntryId


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
            "since": utc_text(self.since),
            "actor": actor_shown(self.actor),
            "why": self.why,
            "then": self.then.value,
            "entry": self.entry,
            "tries": self.tries,
            "not_before": None if self.not_before is None else utc_text(self.not_before),
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
        return {"by": self.by, "why": self.why, "at": utc_text(self.at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout(Undertaking):
    """A pacing that is applied in steps, and where that stands.

    Attributes:
        original: the pacing that was live before.
        mode: the dialing mode that it is measured in, None where the campaign has no dialing rules.
        started: when it was begun; this and all other instants are of the platform's clock.
        measured_since: what was measured from then to `started` is what steps are compared with.
        others: beginnings and ends of spans in it in which something else was live, or may have been.
        step: which step is live; 0 is the original.
        began: since when that step is live.
        going: the step that it is being brought to, None when it is there.
        judgement: the last decision, with its reason and numbers.
        latch: set when it was undone by evidence or aborted, until a person clears it.
    """

    phase: Phase
    plan: Plan
    original: Pacing
    mode: str | None
    started: datetime
    measured_since: datetime
    others: tuple[tuple[datetime, datetime], ...] = ()
    step: int = 0
    began: datetime
    going: Going | None = None
    judgement: Mapping[str, Json] | None = None
    latch: Latch | None = None

    @property
    def last(self) -> int:
        """The number of the last step."""
        return len(self.plan.steps)

    def pacing_at(self, step: int) -> Pacing:
        """Return the pacing of a step, 0 being what was live before."""
        return self.original if step == 0 else self.plan.steps[step - 1]

    def place(self) -> dict[str, Json]:
        """Return which step is live, for an event of its history."""
        return {"step": self.step}

    def told(self) -> dict[str, Json]:
        """Return where it stands, for the details of a note."""
        return {**self.place(), "steps": self.last, "phase": self.phase.value, "way_back": self.way_back}

    def has_moved_since(self, before: Rollout) -> bool:
        """Return whether a look noted something of it, or brought it to another step."""
        return len(self.history) != len(before.history) or self.step != before.step

    def with_note(self, note: Note, entry: EntryId) -> Rollout:
        """Return it with a note as an event of its history, and the numbers of a decision with it."""
        numbers: dict[str, Json] = {"numbers": note.figures["numbers"]} if "numbers" in note.figures else {}
        what = note.kind.partition(".")[2]
        return self.with_event(what, note.why, note.at, entry=entry, by=note.actor.name, **numbers)

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
            "started": utc_text(self.started),
            "measured_since": utc_text(self.measured_since),
            "others": [[utc_text(since), utc_text(until)] for since, until in self.others],
            "step": self.step,
            "began": utc_text(self.began),
            "version": self.version,
            "seen": None if self.seen is None else utc_text(self.seen),
            "looked": None if self.looked is None else utc_text(self.looked),
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
    return Rollout(
        entry=EntryId(entry),
        campaign=CampaignId(campaign),
        phase=Phase(state),
        plan=Plan.of(object_in(document["plan"])),
        actor=actor_in(document["actor"]),
        reason=word_in(document["reason"]),
        ticket=word_in(document["ticket"]),
        overrides=overrides_of(document["overrides"]),
        original=pacing_of(object_in(document["original"])),
        mode=word_in(document["mode"]),
        started=instant_in(document["started"]),
        measured_since=instant_in(document["measured_since"]),
        others=_spans(document.get("others")),
        step=count_in(document["step"]),
        began=instant_in(document["began"]),
        version=str(document["version"]),
        seen=instant_or_none(document["seen"]),
        looked=instant_or_none(document["looked"]),
        going=None if going is None else going_of(object_in(going)),
        held=word_in(document["held"]),
        judgement=None if judgement is None else object_in(judgement),
        latch=None if latch is None else latch_of(object_in(latch)),
        history=objects_in(document["history"]),
        fence=fence,
    )


def going_of(document: Mapping[str, Json]) -> Going:
    """Return what `Going.document` described."""
    entry, left = document["entry"], document["left"]
    return Going(
        to=count_in(document["to"]),
        left=None if left is None else count_in(left),
        since=instant_in(document["since"]),
        actor=actor_in(document["actor"]),
        why=str(document["why"]),
        then=Phase(str(document["then"])),
        entry=None if entry is None else EntryId(count_in(entry)),
        tries=count_in(document["tries"]),
        not_before=instant_or_none(document["not_before"]),
        gentler=document["gentler"] is True,
    )


def latch_of(document: Mapping[str, Json]) -> Latch:
    """Return what `Latch.document` described."""
    return Latch(by=str(document["by"]), why=str(document["why"]), at=instant_in(document["at"]))


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


def _spans(told: Json) -> tuple[tuple[datetime, datetime], ...]:
    rows = told if isinstance(told, list | tuple) else ()
    return tuple((instant_in(row[0]), instant_in(row[1])) for row in rows if isinstance(row, list | tuple))
