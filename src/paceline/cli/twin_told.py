"""What `paceline twin` tells: parameters with their intervals, whether the twin has earned its say, and pictures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from paceline.cli.configured import Output
from paceline.cli.render import console_for, show_data, show_table

if TYPE_CHECKING:
    from paceline.primitives.canonical import Json
    from paceline.twin.checking import Checked
    from paceline.twin.judging import Judged
    from paceline.twin.model import Twin


def show_twin(twin: Twin, output: Output) -> None:
    """Show a twin that was fitted now."""
    from paceline.twin.judging import judged
    from paceline.twin.told import twin_document

    found = judged(twin.results)
    if output is not Output.TABLE:
        show_data(twin_document(twin), output, names=[f"twin/{twin.campaign}"])
        return
    _say(_headline(twin), "bold green" if twin.standing.passed else "bold red")
    if twin.standing.why:
        _say(f"  {twin.standing.why}", "red")
    show_table(
        ("parameter", "value", "95 % from", "to", "unit"),
        [(one.name, f"{one.value:.4g}", f"{one.low:.4g}", f"{one.high:.4g}", one.unit) for one in twin.parameters],
    )
    _show_judged(found)
    for words in twin.assumed:
        _say(f"taken for granted: {words}")


def show_checked(twin: Twin, checked: Checked, output: Output) -> None:
    """Show how a kept twin stands to newer data."""
    from paceline.twin.judging import judged
    from paceline.twin.told import twin_document

    if output is not Output.TABLE:
        document: dict[str, Json] = {**twin_document(twin), "newer": checked.document()}
        show_data(document, output, names=[f"twin/{twin.campaign}"])
        return
    _say(_headline(twin), "bold green" if twin.standing.passed else "bold red")
    _show_judged(judged(twin.results))
    if checked.result is None:
        _say(f"nothing was measured after {twin.standing.data_until:%Y-%m-%d %H:%M} UTC, the end of its data")
    else:
        _say(f"after its data, {checked.result.since:%Y-%m-%d %H:%M} to {checked.result.until:%Y-%m-%d %H:%M} UTC:")
        _show_judged(checked.judged)
    if checked.drifted is not None:
        one = checked.drifted
        _say(
            f"drift: {one.toward} {one.quantity.replace('_', ' ')} since about {one.since:%Y-%m-%d %H:%M} UTC, found "
            f"{one.found:%Y-%m-%d %H:%M}; without drift that comes once in {one.run_length_days:g} days of dialing",
            "bold red",
        )
    elif checked.result is not None:
        _say("no drift was found")


def write_pictures(twin: Twin, folder: Path) -> tuple[Path, ...]:
    """Write every picture of a twin into a folder, which is made when it is not there."""
    from paceline.figures.twin import pictures_of
    from paceline.twin.judging import judged

    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for name, svg in pictures_of(judged(twin.results), twin.results[-1]).items():
        path = folder / f"{twin.campaign}-{name}.svg"
        path.write_text(svg, encoding="utf-8")
        found.append(path)
    return tuple(found)


def _headline(twin: Twin) -> str:
    standing = twin.standing
    word = "has earned its say" if standing.passed else "has no say"
    entry = "" if standing.entry is None else f", entry {standing.entry}"
    return (
        f"{twin.campaign}  a twin of {len(twin.days)} days ({twin.made_of.value}) {word}: fitted until "
        f"{standing.fitted_until:%Y-%m-%d %H:%M} UTC, held out until {standing.data_until:%Y-%m-%d %H:%M}, "
        f"{standing.folds} folds{entry}"
    )


def _show_judged(found: Sequence[Judged]) -> None:
    from paceline.figures.twin import lines_of
    from paceline.twin.judging import NAMES

    show_table(
        ("measure", "90 % held", "95 % from", "to", "half-hours", "days", "skill", ""),
        [
            (
                NAMES.get(one.measure, one.measure),
                f"{one.held.covered:.1%}",
                f"{one.held.low:.1%}",
                f"{one.held.high:.1%}",
                one.held.half_hours,
                one.held.days,
                "-" if one.skill is None else f"{one.skill:.2f}",
                "failed" if one.why else "passed",
            )
            for one in found
        ],
    )
    _say("where measured values lie in what was predicted, by tenths (even is right):")
    for line in lines_of(found):
        _say(f"  {line}")


def _say(words: str, style: str = "") -> None:
    console_for(sys.stdout).print(words, markup=False, highlight=False, style=style)
