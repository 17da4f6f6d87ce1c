"""Experiments as people read them: the plan, each block with its setting and what was measured, and what looks say."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from paceline.cli.configured import Output
from paceline.cli.evidence_told import COLUMNS, below, rows_of
from paceline.cli.render import console_for, show_data, show_outcome, show_table

if TYPE_CHECKING:
    from paceline.control.experiments.counts import BlockRecord
    from paceline.control.experiments.looking import Look
    from paceline.control.experiments.plan import ExperimentPlan
    from paceline.control.experiments.standing import Experiment
    from paceline.control.experiments.starting import Began

LAST = 12
"""So many events are shown."""
BARS = "▁▂▃▄▅▆▇█"
"""Utilisation of a block, from the lowest to the highest of them all."""
GIVEN_UP, TO_COME = "x", "."
"""In the place of the bar of a block that was not carried out, and of one that is to come."""
_STYLES = {"finished": "green", "aborted": "red", "conflicted": "red", "ending": "yellow", "paused": "yellow"}


def show_began(began: Began, output: Output) -> None:
    """Print what came of a wish to plan or start an experiment."""
    if output is not Output.TABLE:
        name = began.judged.change.campaign if began.judged is not None else ""
        entry = f"campaign/{name}" if began.experiment is None else f"experiment/{began.experiment.entry}"
        show_data(began.document(), output, names=[entry])
        return
    console = console_for(sys.stdout)
    if began.experiment is None and began.judged is not None and (began.plan is None or began.findings.refused):
        show_outcome(began.judged, output)
    for found in began.findings:
        console.print(f"  {found.severity}: {found.message} [{found.rule}]", markup=False, highlight=False)
    if began.experiment is not None:
        show_experiment(began.experiment, output)
    elif began.plan is not None and not began.findings.refused:
        console.print("it would go like this; nothing was kept", markup=False, highlight=False)
        for line in timeline(began.plan, ()):
            console.print(f"  {line}", markup=False, highlight=False)
    elif began.findings.refused:
        console.print("no experiment was kept or started", markup=False, highlight=False, style="red")


def show_experiment(experiment: Experiment, output: Output) -> None:
    """Print where an experiment stands."""
    if output is not Output.TABLE:
        show_data(experiment.document(), output, names=[f"experiment/{experiment.entry}"])
        return
    console = console_for(sys.stdout)
    phase = experiment.phase.value
    head = f"{experiment.campaign}  experiment {experiment.entry} by {experiment.actor.name}: {phase}, the "
    style = f"bold {_STYLES.get(phase, '')}".strip()
    console.print(f"{head}{experiment.live} setting is live", markup=False, highlight=False, style=style)
    for line in _lines(experiment):
        console.print(f"  {line}", markup=False, highlight=False)


def show_analysis(experiment: Experiment, look: Look | None, output: Output) -> None:
    """Print what the last look of an experiment says."""
    if output is not Output.TABLE:
        told = None if look is None else look.document()
        show_data({"experiment": experiment.entry, "look": told}, output, names=[f"experiment/{experiment.entry}"])
        return
    console = console_for(sys.stdout)
    if look is None:
        first = experiment.plan.looks[0]
        console.print(
            f"experiment {experiment.entry}: no look is taken before the end of block {first}",
            markup=False,
            highlight=False,
        )
        return
    console.print(f"experiment {experiment.entry}, {look.words()}", markup=False, highlight=False)
    if look.evidence is not None:
        show_table(COLUMNS, rows_of(look.evidence))
        for line in below(look.evidence):
            console.print(line, markup=False, highlight=False)
    if look.unguarded is not None:
        console.print(
            f"with nothing dropped at the start of blocks: {100 * look.unguarded:+.2f} points of utilisation",
            markup=False,
            highlight=False,
        )


def show_experiments(experiments: Sequence[Experiment]) -> None:
    """Print experiments, a line each."""
    from paceline.control.experiments.settings import in_words

    rows = [
        (
            one.entry,
            one.campaign,
            one.phase.value,
            f"{len(one.blocks)}/{len(one.plan.blocks)}",
            in_words(one.new),
            one.actor.name,
            one.outcome or "",
        )
        for one in experiments
    ]
    show_table(("entry", "campaign", "phase", "blocks", "new setting", "by", "outcome"), rows)


def timeline(plan: ExperimentPlan, records: Sequence[BlockRecord]) -> Iterator[str]:
    """Yield the blocks of a plan day by day: `o` is the old setting, `n` the new one, and below it the utilisation."""
    known = {one.number: one for one in records}
    seen = {at: one.kept.utilisation for at, one in known.items() if one.kept is not None}
    rates = [rate for rate in seen.values() if rate is not None]
    for day, blocks in groupby(plan.blocks, key=lambda one: one.day):
        row = list(blocks)
        yield f"{day} from {row[0].start:%H:%M}Z  {' '.join(one.setting.value[0] for one in row)}"
        if any(one.number in known for one in row):
            marks = " ".join(_mark(one.number, known, seen, rates) for one in row)
            yield f"{'utilisation':>23}  {marks}"
    if rates:
        yield f"{BARS[0]} is {min(rates):.1%}, {BARS[-1]} {max(rates):.1%}; {GIVEN_UP} was not carried out"


def _mark(number: int, known: dict[int, BlockRecord], seen: dict[int, float | None], rates: Sequence[float]) -> str:
    rate = seen.get(number)
    if rate is not None:
        height = (rate - min(rates)) / (max(rates) - min(rates)) if max(rates) > min(rates) else 1.0
        return BARS[round(height * (len(BARS) - 1))]
    return GIVEN_UP if number in known and not known[number].carried else TO_COME


def _lines(experiment: Experiment) -> Iterator[str]:
    from paceline.control.experiments.plan import MINUTE
    from paceline.control.experiments.settings import in_words

    plan = experiment.plan
    looks = ", ".join(str(one) for one in plan.looks)
    yield f"old: {in_words(experiment.old)}"
    yield f"new: {in_words(experiment.new)}"
    yield (
        f"{len(plan.blocks)} blocks of {plan.block // MINUTE} minutes in {plan.pairs} pairs, the first "
        f"{plan.guard // MINUTE} minutes of each dropped; looks after blocks {looks}"
    )
    yield from timeline(plan, experiment.blocks)
    for record in experiment.blocks:
        if not record.carried:
            yield f"block {record.number} was not carried out: {record.why}"
    if experiment.going is not None:
        waits = "" if experiment.held is None else f" ({experiment.held})"
        yield f"on its way to the {experiment.going.to} setting{waits}: {experiment.going.why}"
    if experiment.outcome is not None:
        yield f"outcome: {experiment.outcome}"
    for event in experiment.history[-LAST:]:
        yield f"{event.get('at')}  {event.get('what'):<6} {event.get('why')} (entry {event.get('entry')})"
    if experiment.next_command is not None:
        yield f"next: {experiment.next_command}"
