"""What blocks of an experiment show at a look that was planned, as the evidence that a change is judged by. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paceline.campaign.evidence import ABANDONMENT, UTILISATION, Evidence, Source
from paceline.control.experiments.counts import BlockRecord, Counts, in_pairs
from paceline.control.experiments.plan import ExperimentPlan, PlannedBlock, Setting
from paceline.control.experiments.standing import Experiment
from paceline.primitives.canonical import Json
from paceline.primitives.clock import computed_ns

if TYPE_CHECKING:  # numpy loads only when something is judged
    from paceline.inference.promotion import Block

_NS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look shows.

    Attributes:
        number: which of the planned ones, from 1.
        of: how many were planned.
        block: after which block of the plan it is.
        evidence: what the pairs show; None where they cannot say anything.
        lack: why not; empty where they can.
        unguarded: the difference of utilisation with nothing dropped, a fraction; beside the evidence it shows what
            carry-over the guard kept out.
    """

    number: int
    of: int
    block: int
    evidence: Evidence | None
    lack: str
    unguarded: float | None

    @property
    def shows_gain(self) -> bool:
        """Whether a gain worth having is shown, and abandonment below the ceiling."""
        found = self.evidence
        return found is not None and found.worth_having and found.abandonment_high < found.ceiling

    @property
    def shows_loss(self) -> bool:
        """Whether utilisation is shown to be lower under the new setting."""
        found = None if self.evidence is None else self.evidence.of(UTILISATION)
        return found is not None and found.significant and found.difference.high < 0.0

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "look": self.number,
            "of": self.of,
            "block": self.block,
            "evidence": None if self.evidence is None else self.evidence.document(),
            "lack": self.lack,
            "unguarded": self.unguarded,
        }

    def words(self) -> str:
        """Return it in a sentence with its numbers."""
        which = f"look {self.number} of {self.of}"
        if self.evidence is None:
            return f"{which}: nothing can be said yet, {self.lack}"
        gain, lost = self.evidence.of(UTILISATION), self.evidence.of(ABANDONMENT)
        most, ceiling = self.evidence.abandonment_high, self.evidence.ceiling
        between = gain.difference
        told = "worth having" if self.shows_gain else "lower" if self.shows_loss else "not shown to be worth having"
        return (
            f"{which}: utilisation {100 * between.mean:+.2f} points (between {100 * between.low:+.2f} and "
            f"{100 * between.high:+.2f}, p {gain.p_adjusted:.3f}), {told}; abandonment {lost.new:.2%} against "
            f"{lost.old:.2%}, at most {most:.2%}, the ceiling being {ceiling:.2%}"
        )


def due_look(plan: ExperimentPlan, records: Sequence[BlockRecord], taken: int) -> int | None:
    """Return the number, from 1, of the last planned look whose blocks are over and counted; None without a new one.

    Looks that nobody took in time are passed over: the last one knows all that they would have known.
    """
    known = {one.number for one in records if not one.carried or one.kept is not None}
    over = [at for at, block in enumerate(plan.looks, start=1) if all(one in known for one in range(block + 1))]
    return over[-1] if over and over[-1] > taken else None


def look_at(
    experiment: Experiment,
    number: int,
    *,
    ceiling: float,
    least_gain: float | None = None,
    level: float | None = None,
) -> Look:
    """Return what the blocks up to a planned look show.

    Args:
        experiment: with the records of those blocks.
        number: of the look, from 1.
        ceiling: the abandonment that binds, a fraction.
        least_gain: the smallest gain worth having; None is that of the plan.
        level: of all looks together; None is that of the plan.
    """
    block = experiment.plan.looks[number - 1]
    pairs = in_pairs(experiment.plan, [one for one in experiment.blocks if one.number <= block])
    counts = [(one, record.kept) for one, record in pairs if record.kept is not None]
    found = _evidence(experiment, counts, number, ceiling=ceiling, least_gain=least_gain, level=level)
    whole = [(one, record.whole) for one, record in pairs if record.whole is not None]
    return Look(
        number=number,
        of=len(experiment.plan.looks),
        block=block,
        evidence=None if isinstance(found, str) else found,
        lack=found if isinstance(found, str) else "",
        unguarded=gain_in(whole),
    )


def _evidence(
    experiment: Experiment,
    counts: Sequence[tuple[PlannedBlock, Counts]],
    number: int,
    *,
    ceiling: float,
    least_gain: float | None,
    level: float | None,
) -> Evidence | str:
    """Return what pairs show at a look, or why they cannot say anything."""
    from paceline.inference.errors import InferenceError
    from paceline.inference.promotion import looked
    from paceline.twin.evidence import evidence_of

    plan, began = experiment.plan, computed_ns()
    if not counts:
        return "no pair of blocks was carried out"
    try:
        judged = looked(
            [_block(one, found) for one, found in counts],
            look=number,
            looks=len(plan.looks),
            level=plan.level if level is None else level,
            least_gain=plan.least_gain if least_gain is None else least_gain,
            ceiling=ceiling,
            seed=plan.seed + 1,
        )
    except InferenceError as wrong:
        return wrong.message
    return evidence_of(
        judged,
        source=Source.EXPERIMENT,
        since=counts[0][0].start,
        until=counts[-1][0].start + plan.block,
        cpu_s=(computed_ns() - began) / _NS,
        entry=experiment.entry,
    )


def gain_in(counts: Sequence[tuple[PlannedBlock, Counts]]) -> float | None:
    """Return the difference of utilisation, new less old, each pair weighed by its agent seconds; None without one."""
    pairs: dict[str, dict[Setting, Counts]] = {}
    for block, found in counts:
        pairs.setdefault(block.pair, {})[block.setting] = found
    both = [(one[Setting.OLD], one[Setting.NEW]) for one in pairs.values() if len(one) == 2]
    total = sum(old.staffed_s + new.staffed_s for old, new in both)
    if not total or not all(old.staffed_s and new.staffed_s for old, new in both):
        return None
    return sum(
        (old.staffed_s + new.staffed_s) / total * (new.busy_s / new.staffed_s - old.busy_s / old.staffed_s)
        for old, new in both
    )


def last_evidence(experiment: Experiment) -> Mapping[str, Json] | None:
    """Return the last look that said something, as it was kept; None without one."""
    return next((one for one in reversed(experiment.looks) if one["evidence"] is not None), None)


def last_look(experiment: Experiment) -> Look | None:
    """Return the last look that was taken, computed anew from the blocks; None before the first."""
    if not experiment.looks:
        return None
    kept = experiment.looks[-1]
    evidence = kept["evidence"]
    ceiling = evidence["ceiling"] if isinstance(evidence, Mapping) else experiment.plan.ceiling
    return look_at(experiment, int(str(kept["look"])), ceiling=float(str(ceiling)))


def _block(block: PlannedBlock, found: Counts) -> Block:
    from paceline.inference.promotion import Block

    return Block(
        day=block.day,
        stratum=block.pair,
        new=block.setting is Setting.NEW,
        busy_s=float(found.busy_s),
        available_s=float(found.staffed_s),
        abandoned=found.abandoned,
        answered=found.answered,
        connects=found.answered - found.abandoned,
    )
