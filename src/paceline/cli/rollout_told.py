"""Rollouts as people read them: where one stands, what was decided on which numbers, and the way back."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from paceline.cli.configured import Output
from paceline.cli.render import console_for, show_data, show_outcome
from paceline.primitives.canonical import Json

if TYPE_CHECKING:
    from paceline.campaign.blocks import Pacing
    from paceline.control.rollout.standing import Rollout
    from paceline.control.rollout.starting import Started

LAST = 12
"""So many events are shown."""
_STYLES = {"completed": "green", "undone": "red", "aborted": "red", "conflicted": "red", "undoing": "yellow"}


def show_started(started: Started, output: Output) -> None:
    """Print what came of a wish to begin a rollout."""
    if output is not Output.TABLE:
        show_data(started.document(), output, names=[f"campaign/{started.judged.change.campaign}"])
        return
    console = console_for(sys.stdout)
    if started.rollout is None:
        show_outcome(started.judged, output)
        if started.findings.refused:
            console.print("no rollout was begun", markup=False, highlight=False, style="red")
    for found in (*(started.judged.findings if started.rollout is not None else ()), *started.findings):
        console.print(f"  {found.severity}: {found.message} [{found.rule}]", markup=False, highlight=False)
    if started.rollout is not None:
        show_rollout(started.rollout, output)
    elif started.plan is not None:
        console.print("it would go like this; no rollout was begun", markup=False, highlight=False)
        for step, pacing in enumerate(started.plan.steps, start=1):
            console.print(f"  step {step:<3} {pacing_line(pacing)}", markup=False, highlight=False)


def show_rollout(rollout: Rollout, output: Output) -> None:
    """Print where a rollout stands."""
    if output is not Output.TABLE:
        show_data(rollout.document(), output, names=[f"rollout/{rollout.entry}"])
        return
    console = console_for(sys.stdout)
    phase = rollout.phase.value
    head = f"{rollout.campaign}  rollout {rollout.entry} by {rollout.actor.name}: {phase}, step {rollout.step} of "
    console.print(
        f"{head}{rollout.last}", markup=False, highlight=False, style=f"bold {_STYLES.get(phase, '')}".strip()
    )
    for line in _lines(rollout):
        console.print(f"  {line}", markup=False, highlight=False)


def pacing_line(pacing: Pacing) -> str:
    """Return a pacing in one line."""
    return (
        f"belief {pacing.answer_rate}, aim {pacing.abandonment_aim}, {pacing.max_calls} lines, a look every "
        f"{pacing.call_interval_ms} ms, warm-up {pacing.warm_up_s} s"
    )


def _lines(rollout: Rollout) -> list[str]:
    lines = []
    for step in range(rollout.last + 1):
        mark = "->" if step == rollout.step else "  "
        name = "before" if step == 0 else f"step {step}"
        lines.append(f"{mark} {name:<8} {pacing_line(rollout.pacing_at(step))}")
    if rollout.going is not None:
        waits = "" if rollout.held is None else f" ({rollout.held})"
        lines.append(f"on its way to step {rollout.going.to}{waits}: {rollout.going.why}")
    if rollout.judgement is not None:
        lines.append(f"last decided: {_word(rollout.judgement, 'decision')}, {_word(rollout.judgement, 'reason')}")
    if rollout.latch is not None:
        lines.append(f"latched by {rollout.latch.by}: {rollout.latch.why}")
    lines += [
        f"{_word(event, 'at')}  {_word(event, 'what'):<8} {_word(event, 'why')} (entry {_word(event, 'entry')})"
        for event in rollout.history[-LAST:]
    ]
    if rollout.way_back is not None:
        lines.append(f"way back: {rollout.way_back}")
    return lines


def _word(document: Mapping[str, Json], name: str) -> str:
    return str(document.get(name, ""))
