"""What a look at an experiment leads to before anything is sent: blocks closed and counted, looks taken, harm found."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from paceline.campaign.observed import Observed, State
from paceline.campaign.ports import PlatformError
from paceline.control.experiments.counts import BlockRecord, closed
from paceline.control.experiments.experiments import ABORT, END, HOLD, LOOK
from paceline.control.experiments.guarding import BLIND, Harm, ceiling_of, harm_in
from paceline.control.experiments.looking import due_look, last_evidence, look_at
from paceline.control.experiments.measuring import Measuring
from paceline.control.experiments.plan import PlannedBlock, Setting
from paceline.control.experiments.standing import Experiment, Phase
from paceline.control.undertakings.standing import Note
from paceline.ledger.entry import Actor
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text

PAUSED = "the experiment was paused"
"""Why a block was given up that went by while nobody wanted the new setting live."""
Judged = tuple[Experiment, list[Note]]


class Judging:
    """Judges where an experiment stands by what was measured."""

    def __init__(self, measuring: Measuring, *, actor: Actor) -> None:
        """Ask this; `actor` is who notes what was decided."""
        self._measuring = measuring
        self._actor = actor

    def judged(self, experiment: Experiment, observed: Observed, *, is_frozen: bool) -> Judged:
        """Return where an experiment stands after what was measured up to now, and what is noted of it.

        Raises:
            LedgerUnavailableError: what was declared cannot be read.
        """
        experiment = closed_until(experiment, observed.at)
        experiment, is_counted = self._counted(experiment, observed)
        if experiment.phase is Phase.ENDING:
            return experiment, []
        if not experiment.is_surrounded_as_before(observed):
            # Before any look: nobody knows since when, and a block that is over by now may have been dialed so.
            why = (
                "other settings that decide how boldly it dials were changed: its blocks compare with nothing any more"
            )
            return ending(experiment, Phase.ABORTED, why), [self._aborts(experiment, observed, why)]
        experiment, notes = self._looked(experiment, observed)
        if experiment.phase is Phase.ENDING:
            return experiment, notes
        if is_counted and len(experiment.blocks) == len(experiment.plan.blocks):
            return ending(experiment, Phase.FINISHED, _finished(experiment)), notes
        experiment, more = self._stopped(experiment, observed, is_frozen=is_frozen)
        experiment, harmed = self._guarded(experiment, observed)
        return experiment, [*notes, *more, *harmed]

    def _counted(self, experiment: Experiment, observed: Observed) -> tuple[Experiment, bool]:
        """Return the experiment with its blocks counted, and whether all are."""
        records: list[BlockRecord] = []
        is_counted = True
        for record in experiment.blocks:
            one = record
            if one.carried and one.kept is None:
                try:
                    one = self._measuring.filled(experiment, one, observed)
                except PlatformError:
                    is_counted = False
                is_counted = is_counted and not (one.carried and one.kept is None)
            records.append(one)
        return replace(experiment, blocks=tuple(records)), is_counted

    def _looked(self, experiment: Experiment, observed: Observed) -> Judged:
        taken = max((int(str(one["look"])) for one in experiment.looks), default=0)
        number = due_look(experiment.plan, experiment.blocks, taken)
        if number is None:
            return experiment, []
        periods = self._measuring.periods(observed)
        look = look_at(experiment, number, ceiling=ceiling_of(experiment.plan, periods or ()))
        told: dict[str, Json] = {**look.document(), "at": utc_text(observed.at)}
        since = 0 if not experiment.looks else int(str(experiment.looks[-1]["block"])) + 1
        blocks: list[Json] = [one.document() for one in experiment.blocks if since <= one.number <= look.block]
        note = Note(
            kind=LOOK, actor=self._actor, why=look.words(), at=observed.at, figures={"numbers": told, "blocks": blocks}
        )
        experiment = replace(experiment, looks=(*experiment.looks, told))
        if look.shows_loss:
            lost = ending(experiment, Phase.ABORTED, look.words(), harmed=True)
            return lost, [note, self._aborts(experiment, observed, look.words())]
        if look.shows_gain and experiment.plan.ends_early:
            return ending(experiment, Phase.FINISHED, look.words()), [note]
        return experiment, [note]

    def _stopped(self, experiment: Experiment, observed: Observed, *, is_frozen: bool) -> Judged:
        """Pause what somebody froze or stopped, and give up the block in which the campaign does not dial."""
        word = "frozen" if is_frozen else "stopped" if observed.state is State.STOPPED else ""
        if word and experiment.phase is Phase.RUNNING:
            why = f"campaign {experiment.campaign} is {word}: the experiment waits for somebody to start it again"
            note = Note(kind=HOLD, actor=self._actor, why=why, at=observed.at, figures={"held": word})
            return missed(replace(experiment, phase=Phase.PAUSED, held=word), observed.at, why), [note]
        if experiment.phase is Phase.PAUSED:
            return missed(experiment, observed.at, PAUSED), []
        if observed.state is not State.ACTIVE:
            return missed(experiment, observed.at, f"the campaign was {observed.state}"), []
        return experiment, []

    def _guarded(self, experiment: Experiment, observed: Observed) -> Judged:
        """Take the new setting back where it harms, or where nobody can see what it does."""
        block = experiment.plan.at(observed.at)
        is_near = block is not None and block.setting is Setting.NEW and not experiment.why_missed(block)
        if experiment.live is not Setting.NEW and not (is_near and experiment.phase is Phase.RUNNING):
            return replace(experiment, seen=None), []
        harm, experiment = self._harm(experiment, observed, block)
        if harm is None:
            return experiment, []
        if harm.ends:
            harmed = ending(experiment, Phase.ABORTED, harm.why, harmed=harm.shown)
            return harmed, [self._aborts(experiment, observed, harm.why)]
        return missed(experiment, observed.at, harm.why), []

    def _harm(
        self, experiment: Experiment, observed: Observed, block: PlannedBlock | None
    ) -> tuple[Harm | None, Experiment]:
        new = [*self._measuring.new_so_far(experiment)]
        if block is not None and experiment.live is Setting.NEW:
            try:
                running, at = self._measuring.running(experiment, block)
            except PlatformError:
                since = experiment.since if experiment.seen is None else experiment.seen
                if observed.at - since > BLIND:
                    return Harm(why="nobody could see what the new setting does", ends=False), experiment
            else:
                new.append(running)
                experiment = replace(experiment, seen=at)
        periods = self._measuring.periods(observed)
        return harm_in(experiment.plan, periods=periods, new=new, now=observed.at), experiment

    def _aborts(self, experiment: Experiment, observed: Observed, why: str) -> Note:
        figures: dict[str, Json] = {"blocks": [one.document() for one in experiment.blocks]}
        return Note(kind=ABORT, actor=self._actor, why=why, at=observed.at, figures=figures)

    def ended(self, experiment: Experiment, observed: Observed) -> Judged:
        """Return an experiment that is over with the old setting live, and what is noted of it."""
        then = experiment.then or Phase.ABORTED
        over = replace(experiment, phase=then, going=None, left=None, held=None, missed=None, seen=None)
        told = last_evidence(over)
        why = f"the old setting is live: {experiment.outcome}"
        carried = sum(1 for one in over.blocks if one.carried)
        figures: dict[str, Json] = {
            "numbers": None if told is None else dict(told),
            "blocks_planned": len(over.plan.blocks),
            "blocks_carried_out": carried,
        }
        return over, [Note(kind=END, actor=self._actor, why=why, at=observed.at, figures=figures)]


def ending(experiment: Experiment, then: Phase, why: str, *, harmed: bool = False) -> Experiment:
    """Return an experiment that is to end so, once the old setting is live; `harmed` is by what was measured of it."""
    return replace(experiment, phase=Phase.ENDING, then=then, outcome=why, held=None, harmed=harmed)


def missed(experiment: Experiment, at: datetime, why: str) -> Experiment:
    """Return an experiment whose block that is under way at an instant is given up; the first reason stays."""
    block = experiment.plan.at(at)
    if block is None or experiment.why_missed(block):
        return experiment
    return replace(experiment, missed=(block.number, why))


def closed_until(experiment: Experiment, at: datetime, why_given_up: str = "") -> Experiment:
    """Return the experiment with a record of each block that is over at an instant.

    Where a reason is told to give them up, none of those that had no record yet was carried out. So it is too of what
    goes by while the experiment is paused: whether anybody looked meanwhile decides nothing.
    """
    plan, started = experiment.plan, experiment.started
    known = {one.number for one in experiment.blocks}
    over = [one for one in plan.blocks if one.number not in known and one.start + plan.block <= at]
    given_up = why_given_up or (PAUSED if experiment.phase is Phase.PAUSED else "")
    records = []
    for block in over:
        why = experiment.why_missed(block) or given_up
        if not why and (started is None or started > block.start):
            why = "the experiment had not begun"
        records.append(closed(plan, block, live=experiment.live, since=experiment.since, missed=why))
    return replace(experiment, blocks=(*experiment.blocks, *records))


def _finished(experiment: Experiment) -> str:
    carried = sum(1 for one in experiment.blocks if one.carried)
    told = f"{carried} of {len(experiment.blocks)} blocks were carried out"
    last = last_evidence(experiment)
    return f"{told}; nothing could be shown" if last is None else told
