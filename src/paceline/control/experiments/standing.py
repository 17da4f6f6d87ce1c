"""Where an experiment stands, as a value: its plan, the setting that is live, where it is going, and why. Pure.

What is about to be sent is part of where it stands, and is kept before it is sent: whoever comes after a process that
died finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from paceline.campaign.catalogue import document_of
from paceline.campaign.observed import Observed
from paceline.control.experiments.counts import BlockRecord, record_of
from paceline.control.experiments.plan import ExperimentPlan, PlannedBlock, Setting
from paceline.control.experiments.settings import Switch, shown, surroundings, switch_from
from paceline.control.order import Override, overrides_of
from paceline.control.rollout.standing import actor_shown
from paceline.ledger.entry import Actor
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId

HISTORY = 200
"""So many events of an experiment are kept beside it; the ledger keeps all."""


class Phase(StrEnum):
    """How far an experiment has come; the last three are its end."""

    PLANNED = "planned"
    """It is said and kept; nothing is sent before somebody starts it."""
    RUNNING = "running"
    """Blocks get their settings."""
    PAUSED = "paused"
    """The old setting is live until a person says otherwise; blocks go by and are not carried out."""
    ENDING = "ending"
    """The old setting is being brought back, for good."""
    FINISHED = "finished"
    """All blocks are over, or a look showed a gain worth having; the old setting is live."""
    ABORTED = "aborted"
    """It was ended before that, by a person or by what was measured; the old setting is live."""
    CONFLICTED = "conflicted"
    """Somebody else changed the setting: it was left as he made it."""

    @property
    def is_under_way(self) -> bool:
        """Whether something may be sent for it yet."""
        return self in UNDER_WAY


UNDER_WAY = frozenset({Phase.RUNNING, Phase.PAUSED, Phase.ENDING})
"""The phases in which somebody returns to an experiment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """The setting that a campaign is being changed over to, kept before anything is sent for it.

    Attributes:
        to: the setting.
        since: when that was decided, an instant of the platform's clock.
        why: in words.
        entry: of a change that may have been taken; None where none may.
        tries: how often it was tried and not taken.
        not_before: when the next try may be; None is at once.
    """

    to: Setting
    since: datetime
    why: str
    entry: EntryId | None = None
    tries: int = 0
    not_before: datetime | None = None

    def document(self) -> dict[str, Json]:
        """Return it as JSON, from which `going_of` makes it again."""
        return {
            "to": self.to.value,
            "since": text_of(self.since),
            "why": self.why,
            "entry": self.entry,
            "tries": self.tries,
            "not_before": None if self.not_before is None else text_of(self.not_before),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """Two settings of one campaign, and how their comparison stands.

    Attributes:
        entry: of the ledger, in which it was planned.
        actor, reason, ticket: who planned it, why, and where that is discussed.
        overrides: findings that this person answers for, for its switches.
        old, new: each as the change that brings it about, which names what the two differ in.
        around: the other settings that decide how boldly it dials, as they were when it was planned.
        judged: the entry of the dry run by which the new setting was judged.
        power: what it is likely to find; None where nobody can tell.
        planned: when it was planned; this and all other instants are of the platform's clock.
        started: when it was started; None before that.
        live: the setting that is live.
        since: from when on that is known to be.
        version: the campaign as it was last seen with that setting.
        looked: when it was looked at last.
        seen: up to when what the new setting does was measured; None where it is not live, or was not yet.
        going: the setting that it is being changed over to, None when it is there.
        left: a setting that something was on its way to when something else was decided, and that may come yet; None
            where nothing may.
        missed: the block that was given up while it is under way, with why.
        held: why it does not go on, as a word.
        then: what it becomes once the old setting is live; None while it goes on.
        blocks: what became of the blocks that are over.
        looks: what its looks showed, the oldest first.
        outcome: why it ended, in words.
        harmed: whether it was ended by what was measured of the new setting, which so speaks against it.
        history: what became of it, the oldest first, `HISTORY` at most.
        fence: grows with every write: who read an older one writes nothing.
    """

    entry: EntryId
    campaign: CampaignId
    phase: Phase
    plan: ExperimentPlan
    actor: Actor
    reason: str | None
    ticket: str | None
    overrides: tuple[Override, ...] = ()
    old: Switch
    new: Switch
    around: str
    judged: EntryId | None = None
    power: Mapping[str, Json] | None = None
    planned: datetime
    started: datetime | None = None
    live: Setting = Setting.OLD
    since: datetime
    version: str
    looked: datetime | None = None
    seen: datetime | None = None
    going: Going | None = None
    left: Setting | None = None
    missed: tuple[int, str] | None = None
    held: str | None = None
    then: Phase | None = None
    blocks: tuple[BlockRecord, ...] = ()
    looks: tuple[Mapping[str, Json], ...] = ()
    outcome: str | None = None
    harmed: bool = False
    history: tuple[Mapping[str, Json], ...] = ()
    fence: int = 0

    def switch_to(self, setting: Setting) -> Switch:
        """Return the change that brings a setting about."""
        return self.new if setting is Setting.NEW else self.old

    def live_in(self, observed: Observed) -> Setting | None:
        """Return which setting a campaign shows, None when neither."""
        found = (one for one in Setting if self.switch_to(one).already_so(observed))
        return next(found, None)

    def is_surrounded_as_before(self, observed: Observed) -> bool:
        """Return whether the other settings that decide how boldly it dials are as they were."""
        return surroundings(observed, self.old) == self.around

    def why_missed(self, block: PlannedBlock) -> str:
        """Return why a block was given up; empty when it was not."""
        return self.missed[1] if self.missed is not None and self.missed[0] == block.number else ""

    def with_event(self, what: str, why: str, at: datetime, **more: Json) -> Experiment:
        """Return it with one more event in its history."""
        event: dict[str, Json] = {"at": text_of(at), "what": what, "setting": self.live.value, "why": why, **more}
        return replace(self, history=(*self.history, event)[-HISTORY:])

    def kept(self) -> dict[str, Json]:
        """Return what the table keeps beside entry, campaign, phase and fence; `experiment_of` makes it again."""
        return {
            "plan": self.plan.document(),
            "actor": actor_shown(self.actor),
            "reason": self.reason,
            "ticket": self.ticket,
            "overrides": [{"rule": one.rule, "until": one.until.isoformat()} for one in self.overrides],
            "old": document_of(self.old),
            "new": document_of(self.new),
            "around": self.around,
            "judged": self.judged,
            "power": None if self.power is None else dict(self.power),
            "planned": text_of(self.planned),
            "started": None if self.started is None else text_of(self.started),
            "live": self.live.value,
            "since": text_of(self.since),
            "version": self.version,
            "looked": None if self.looked is None else text_of(self.looked),
            "seen": None if self.seen is None else text_of(self.seen),
            "going": None if self.going is None else self.going.document(),
            "left": None if self.left is None else self.left.value,
            "missed": None if self.missed is None else [self.missed[0], self.missed[1]],
            "held": self.held,
            "then": None if self.then is None else self.then.value,
            "blocks": [one.document() for one in self.blocks],
            "looks": [dict(one) for one in self.looks],
            "outcome": self.outcome,
            "harmed": self.harmed,
            "history": [dict(one) for one in self.history],
        }

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it: as it is kept, with both settings in our words, and what may be done next."""
        kept = self.kept()
        del kept["around"]
        return {
            "experiment": self.entry,
            "campaign": self.campaign,
            "phase": self.phase.value,
            **kept,
            "old": shown(self.old),
            "new": shown(self.new),
            "carried_out": sum(1 for one in self.blocks if one.carried),
            "next": self.next_command,
        }

    @property
    def next_command(self) -> str | None:
        """The command that leads on from here, None where there is none."""
        match self.phase:
            case Phase.PLANNED | Phase.PAUSED:
                return f"paceline experiment start {self.campaign}"
            case Phase.RUNNING:
                return f"paceline experiment abort {self.campaign}"
            case Phase.FINISHED:
                return f"paceline experiment analyse {self.campaign}"
            case _:
                return None


def experiment_of(entry: int, campaign: str, state: str, document: Mapping[str, Json], fence: int) -> Experiment:
    """Return the experiment that a row of the table tells of."""
    going, missed, power, then = (document[name] for name in ("going", "missed", "power", "then"))
    judged, left = document["judged"], document["left"]
    return Experiment(
        entry=EntryId(entry),
        campaign=CampaignId(campaign),
        phase=Phase(state),
        plan=ExperimentPlan.of(_object(document["plan"])),
        actor=_actor(document["actor"]),
        reason=_word(document["reason"]),
        ticket=_word(document["ticket"]),
        overrides=overrides_of(document["overrides"]),
        old=switch_from(_object(document["old"])),
        new=switch_from(_object(document["new"])),
        around=str(document["around"]),
        judged=EntryId(judged) if isinstance(judged, int) else None,
        power=power if isinstance(power, Mapping) else None,
        planned=_instant(document["planned"]),
        started=_instant_or_none(document["started"]),
        live=Setting(str(document["live"])),
        since=_instant(document["since"]),
        version=str(document["version"]),
        looked=_instant_or_none(document["looked"]),
        seen=_instant_or_none(document["seen"]),
        going=going_of(going) if isinstance(going, Mapping) else None,
        left=None if left is None else Setting(str(left)),
        missed=_missed(missed),
        held=_word(document["held"]),
        then=None if then is None else Phase(str(then)),
        blocks=tuple(record_of(one) for one in _objects(document["blocks"])),
        looks=tuple(_objects(document["looks"])),
        outcome=_word(document["outcome"]),
        harmed=document["harmed"] is True,
        history=tuple(_objects(document["history"])),
        fence=fence,
    )


def going_of(document: Mapping[str, Json]) -> Going:
    """Return what `Going.document` described."""
    entry, tries = document["entry"], document["tries"]
    return Going(
        to=Setting(str(document["to"])),
        since=_instant(document["since"]),
        why=str(document["why"]),
        entry=EntryId(entry) if isinstance(entry, int) else None,
        tries=tries if isinstance(tries, int) else 0,
        not_before=_instant_or_none(document["not_before"]),
    )


def text_of(instant: datetime) -> str:
    """Return an instant of UTC as documents have it."""
    return instant.isoformat().replace("+00:00", "Z")


def _actor(told: Json) -> Actor:
    said = _object(told)
    return Actor(name=str(said["name"]), known_by=str(said["known_by"]))


def _missed(told: Json) -> tuple[int, str] | None:
    if not isinstance(told, list | tuple):
        return None
    number, why = told
    return (number, str(why)) if isinstance(number, int) else None


def _object(told: Json) -> Mapping[str, Json]:
    if not isinstance(told, Mapping):
        raise TypeError("a row of an experiment holds an object here")
    return told


def _objects(told: Json) -> list[Mapping[str, Json]]:
    return [one for one in told if isinstance(one, Mapping)] if isinstance(told, list | tuple) else []


def _word(told: Json) -> str | None:
    return None if told is None else str(told)


def _instant(told: Json) -> datetime:
    return datetime.fromisoformat(str(told))


def _instant_or_none(told: Json) -> datetime | None:
    return None if told is None else _instant(told)
