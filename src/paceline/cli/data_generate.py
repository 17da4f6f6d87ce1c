"""`paceline data generate`: realistic call records with known truth, as files; the numbers in them are nobody's."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.render import show_data, show_table, tell
from paceline.cli.schedule import date_said
from paceline.cli.whole import whole
from paceline.cli.words import UsageError

if TYPE_CHECKING:  # numpy, numba and DuckDB load only when something is generated
    from datetime import date

    from paceline.primitives.canonical import Json
    from paceline.records.generator.files import Written
    from paceline.records.generator.rows import Rows
    from paceline.records.generator.truth import Truth

_TOLD_TIMES = 10
"""So often people hear how far it is."""


class As(StrEnum):
    """In what kind of file calls are written."""

    CSV = "csv"
    PARQUET = "parquet"


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is true in the generated world; the rest is in `truth.json` beside the records."""

    agents: Annotated[int, Parameter(converter=whole)] = 50
    """Agents of all three shifts together, at least 3."""
    zone: str = "America/New_York"
    """Zone of hours and numbers, one that has area codes of its own in the United States or Canada."""
    lines: float = 4.0
    """Lines that ring for each idle agent: how boldly the dialer dials."""
    drift_day: Annotated[int, Parameter(converter=whole)] = 0
    """Number of the day, from 1, from which people answer otherwise; 0: they do not."""
    drift_factor: float = 0.8
    """What the propensity to answer is multiplied by from that day on."""
    ageing: float = 1.0
    """Factor on the propensity to answer for each earlier attempt at a record."""
    shared: float = 0.3
    """Share of persons whom all campaigns have in their lists, where there are several."""


def generate(
    *,
    out: Path,
    days: Annotated[int, Parameter(converter=whole)] = 30,
    seed: Annotated[int, Parameter(converter=whole)] = 0,
    start: str = "2026-09-07",
    campaign: tuple[str, ...] = ("CMP-12345",),
    format: As = As.CSV,  # noqa: A002 - what people type
    world: World | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Generate call records of a campaign whose truth is known, with published parameters and numbers that nobody has.

    Writes calls.csv or calls.parquet, shifts.csv with the agents' logins, and truth.json. The same words give the same
    records. Exit code 0 when they were written, 1 when there are such files already, 64 when the words are off.

    Parameters
    ----------
    out
        Folder to write into; it is made where it is not there.
    days
        Local days, from `--start` on.
    seed
        The same seed gives the same people, who do the same.
    start
        The first local day.
    campaign
        Whose records they are; several have lists that share persons and debts.
    format
        csv or parquet.
    """
    output = (everywhere or Everywhere()).output
    begins = date_said(start, option="--start")
    names = tuple(dict.fromkeys(campaign))
    if days < 1 or not 0 <= seed < 1 << 64:
        raise UsageError(f"--days {days} --seed {seed}: at least one day, and a seed from 0 to 2^64 - 1")
    truth = _truth(world or World(), shared=len(names) > 1)
    written = _written(truth, out, days=days, seed=seed, start=begins, names=names, form=format)
    files = [str(path) for path in (written.calls, written.shifts, written.truth)]
    if output is Output.TABLE:
        show_table(("FILE", "HOLDS"), zip(files, _holds(written), strict=True))
    else:
        show_data({"files": list(files), "rows": written.rows, "truth": truth.document()}, output, names=files)
    return exits.DONE


def _truth(world: World, *, shared: bool) -> Truth:
    from paceline.primitives.zones import canonical_zone
    from paceline.records.generator.numbers import areas_of
    from paceline.records.generator.plan import check
    from paceline.records.generator.truth import TruthError, demo_truth

    try:
        zone = canonical_zone(world.zone)
        areas_of(zone)
        truth = dataclasses.replace(
            demo_truth(world.agents),
            zone=zone,
            lines=world.lines,
            drift_day=world.drift_day,
            drift_factor=world.drift_factor if world.drift_day else 1.0,
            ageing=world.ageing,
            shared=world.shared if shared else 0.0,
        )
        return check(truth)
    except TruthError as off:
        raise UsageError(str(off), hint=off.hint) from off


def _written(
    truth: Truth, out: Path, *, days: int, seed: int, start: date, names: tuple[str, ...], form: As
) -> Written:
    from paceline.records.generator.files import Form, write
    from paceline.records.generator.generator import generated_days

    tell(f"generating {days} days of {', '.join(names)}")
    every = (
        generated_days(truth, days, seed, campaign=name, start=start, place=place, campaigns=len(names))
        for place, name in enumerate(names)
    )
    made: dict[str, Json] = {"campaigns": list(names), "start": start.isoformat(), "days": days, "seed": seed}
    return write(every, truth, out, form=Form(form.value), made=made, heard=_progress(days * len(names)))


def _progress(days: int) -> Callable[[Rows], None]:
    """Return who tells people how far it is."""
    done = rows = 0

    def heard(day: Rows) -> None:
        nonlocal done, rows
        done, rows = done + 1, rows + len(day)
        if done * _TOLD_TIMES // days > (done - 1) * _TOLD_TIMES // days:
            tell(f"{done} of {days} days, {rows:,} calls")

    return heard


def _holds(written: Written) -> tuple[str, str, str]:
    return f"{written.rows:,} calls", "when agents were there", "every parameter that they came from"
