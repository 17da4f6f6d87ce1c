"""What was counted in a block of an experiment, minute by minute, and whether the block was carried out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import cast

from paceline.campaign.statistics import Tally
from paceline.control.experiments.plan import MINUTE, ExperimentPlan, PlannedBlock, Setting
from paceline.primitives.canonical import Json

Minutes = Sequence[tuple[datetime, Tally]]
"""Complete minutes, each with its beginning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was counted over a span.

    Attributes:
        dials: calls that were placed.
        answered: calls that a person answered, the abandoned ones included.
        abandoned: those of them that found no agent in time.
        busy_s: talk and wrap-up, agent seconds.
        staffed_s: agent seconds available, busy or idle.
    """

    dials: int = 0
    answered: int = 0
    abandoned: int = 0
    busy_s: int = 0
    staffed_s: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(Counts)})

    @property
    def utilisation(self) -> float | None:
        """Busy over available seconds, a fraction; None while nobody was there."""
        return self.busy_s / self.staffed_s if self.staffed_s else None

    def document(self) -> dict[str, Json]:
        """Return it as JSON, from which `counts_of` makes it again."""
        return {one.name: getattr(self, one.name) for one in fields(Counts)}


def counts_of(document: Mapping[str, Json]) -> Counts:
    """Return what `Counts.document` described; a KeyError or TypeError tells that it is none."""
    return Counts(**{one.name: cast("int", document[one.name]) for one in fields(Counts)})


def counted(minutes: Iterable[tuple[datetime, Tally]]) -> Counts:
    """Return what minutes come to."""
    tally = sum((one for _, one in minutes), Tally())
    return Counts(
        dials=tally.dials,
        answered=tally.connects,
        abandoned=tally.abandons,
        busy_s=tally.talk_s + tally.wrap_s,
        staffed_s=tally.staffed_s,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRecord:
    """What became of a block that is over.

    Attributes:
        number: of the plan.
        carried: whether it had its setting, and dialed, from its guard to its end.
        why: why it was not carried out; empty when it was.
        kept: what was counted after its guard; None where it is to be counted yet, or was not carried out.
        whole: the same with nothing dropped, to see the carry-over.
    """

    number: int
    carried: bool
    why: str = ""
    kept: Counts | None = None
    whole: Counts | None = None

    def document(self) -> dict[str, Json]:
        """Return it as JSON, from which `record_of` makes it again."""
        return {
            "block": self.number,
            "carried_out": self.carried,
            "why": self.why,
            "kept": None if self.kept is None else self.kept.document(),
            "whole": None if self.whole is None else self.whole.document(),
        }


def record_of(document: Mapping[str, Json]) -> BlockRecord:
    """Return what `BlockRecord.document` described."""
    kept, whole = document["kept"], document["whole"]
    return BlockRecord(
        number=cast("int", document["block"]),
        carried=document["carried_out"] is True,
        why=str(document["why"]),
        kept=counts_of(kept) if isinstance(kept, Mapping) else None,
        whole=counts_of(whole) if isinstance(whole, Mapping) else None,
    )


def closed(plan: ExperimentPlan, block: PlannedBlock, *, live: Setting, since: datetime, missed: str) -> BlockRecord:
    """Return what is known of a block at its end, before it is counted.

    Args:
        plan: said before.
        block: over by now.
        live: the setting that is live up to its end.
        since: from when on it is known to be.
        missed: why the block was given up while it was under way; empty where it was not.
    """
    why = missed
    if not why and live is not block.setting:
        why = f"the {live} setting was live, not the {block.setting} one"
    if not why and since > block.start + plan.latest:
        late = (since - block.start) // MINUTE
        why = f"its setting is known to be live since {late} minutes after it began, later than {plan.latest // MINUTE}"
    return BlockRecord(number=block.number, carried=not why, why=why)


def filled(plan: ExperimentPlan, block: PlannedBlock, minutes: Minutes) -> BlockRecord:
    """Return the record of a block that had its setting: its counts, or why it was not carried out all the same."""
    end, guarded = block.start + plan.block, block.start + plan.guard
    whole = [one for one in minutes if block.start <= one[0] < end]
    kept = [one for one in whole if one[0] >= guarded]
    wanted = (plan.block - plan.guard) // MINUTE
    staffed = sum(1 for _, tally in kept if tally.staffed_s)
    why = ""
    if staffed < wanted:
        why = f"agents were there in {staffed} of its {wanted} minutes"
    elif not any(tally.dials for _, tally in kept):
        why = "nothing was dialed in it"
    if why:
        return BlockRecord(number=block.number, carried=False, why=why)
    return BlockRecord(number=block.number, carried=True, kept=counted(kept), whole=counted(whole))


def in_pairs(plan: ExperimentPlan, records: Iterable[BlockRecord]) -> list[tuple[PlannedBlock, BlockRecord]]:
    """Return the counted blocks whose partner was carried out too, in the order of the plan."""
    good = {one.number: one for one in records if one.carried and one.kept is not None}
    pairs = [plan.blocks[number].pair for number in good]
    return [(plan.blocks[at], good[at]) for at in sorted(good) if pairs.count(plan.blocks[at].pair) == 2]
