"""Where an experiment stands, as a value: its plan, the setting that is live, where it is going, and why. Pure.

What is about to be sent is part of where it stands, and is kept before it is sent: whoever comes after a process that
died finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from paceline.campaign.catalogue import document_of
from paceline.campaign.observed import Observed
from paceline.control.experiments.counts import BlockRecord, record_of
from paceline.control.experiments.plan import ExperimentPlan, PlannedBlock, Setting
from paceline.control.experiments.settings import Switch, shown, surroundings, switch_from
from paceline.control.order import overrides_of
from paceline.control.undertakings.reading import (
    actor_in,
    instant_in,
    instant_or_none,
    object_in,
    objects_in,
    word_in,
)
from paceline.control.undertakings.standing import Undertaking, actor_shown
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import CampaignId, EntryId


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
            "since": utc_text(self.since),
            "why": self.why,
            "entry": self.entry,
            "tries": self.tries,
            "not_before": None if self.not_before is None else utc_text(self.not_before),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment(Undertaking):
    """Two settings of one campaign, and how their comparison stands.

    Attributes:
        old, new: each as the change that brings it about, which names what the two differ in.
        around: the other settings that decide how boldly it dials, as they were when it was planned.
        judged: the entry of the dry run by which the new setting was judged.
        power: what it is likely to find; None where nobody can tell.
        planned: when it was planned; this and all other instants are of the platform's clock.
        started: when it was started; None before that.
        live: the setting that is live.
        since: from when on that is known to be.
        going: the setting that it is being changed over to, None when it is there.
        left: a setting that something was on its way to when something else was decided, and that may come yet; None
            where nothing may.
        missed: the block that was given up while it is under way, with why.
        then: what it becomes once the old setting is live; None while it goes on.
        blocks: what became of the blocks that are over.
        looks: what its looks showed, the oldest first.
        outcome: why it ended, in words.
        harmed: whether it was ended by what was measured of the new setting, which so speaks against it.
    """

    phase: Phase
    plan: ExperimentPlan
    old: Switch
    new: Switch
    around: str
    judged: EntryId | None = None
    power: Mapping[str, Json] | None = None
    planned: datetime
    started: datetime | None = None
    live: Setting = Setting.OLD
    since: datetime
    going: Going | None = None
    left: Setting | None = None
    missed: tuple[int, str] | None = None
    then: Phase | None = None
    blocks: tuple[BlockRecord, ...] = ()
    looks: tuple[Mapping[str, Json], ...] = ()
    outcome: str | None = None
    harmed: bool = False

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

    def place(self) -> dict[str, Json]:
        """Return which setting is live, for an event of its history."""
        return {"setting": self.live.value}

    def told(self) -> dict[str, Json]:
        """Return where it stands, for the details of a note."""
        return {"phase": self.phase.value, **self.place()}

    def has_moved_since(self, before: Experiment) -> bool:
        """Return whether a look changed it over, or closed a block."""
        return self.live is not before.live or len(self.blocks) != len(before.blocks)

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
            "planned": utc_text(self.planned),
            "started": None if self.started is None else utc_text(self.started),
            "live": self.live.value,
            "since": utc_text(self.since),
            "version": self.version,
            "looked": None if self.looked is None else utc_text(self.looked),
            "seen": None if self.seen is None else utc_text(self.seen),
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
        plan=ExperimentPlan.of(object_in(document["plan"])),
        actor=actor_in(document["actor"]),
        reason=word_in(document["reason"]),
        ticket=word_in(document["ticket"]),
        overrides=overrides_of(document["overrides"]),
        old=switch_from(object_in(document["old"])),
        new=switch_from(object_in(document["new"])),
        around=str(document["around"]),
        judged=EntryId(judged) if isinstance(judged, int) else None,
        power=power if isinstance(power, Mapping) else None,
        planned=instant_in(document["planned"]),
        started=instant_or_none(document["started"]),
        live=Setting(str(document["live"])),
        since=instant_in(document["since"]),
        version=str(document["version"]),
        looked=instant_or_none(document["looked"]),
        seen=instant_or_none(document["seen"]),
        going=going_of(going) if isinstance(going, Mapping) else None,
        left=None if left is None else Setting(str(left)),
        missed=_missed(missed),
        held=word_in(document["held"]),
        then=None if then is None else Phase(str(then)),
        blocks=tuple(record_of(one) for one in objects_in(document["blocks"])),
        looks=objects_in(document["looks"]),
        outcome=word_in(document["outcome"]),
        harmed=document["harmed"] is True,
        history=objects_in(document["history"]),
        fence=fence,
    )


def going_of(document: Mapping[str, Json]) -> Going:
    """Return what `Going.document` described."""
    entry, tries = document["entry"], document["tries"]
    return Going(
        to=Setting(str(document["to"])),
        since=instant_in(document["since"]),
        why=str(document["why"]),
        entry=EntryId(entry) if isinstance(entry, int) else None,
        tries=tries if isinstance(tries, int) else 0,
        not_before=instant_or_none(document["not_before"]),
    )


def _missed(told: Json) -> tuple[int, str] | None:
    if not isinstance(told, list | tuple):
        return None
    number, why = told
    return (number, str(why)) if isinstance(number, int) else None
