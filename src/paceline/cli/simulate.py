"""`paceline simulate`: days of a campaign that is only a scenario, with honest intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.picture import Of, form_of, write_picture
from paceline.cli.render import show_data, show_table, tell
from paceline.cli.whole import whole
from paceline.cli.words import UsageError

if TYPE_CHECKING:  # numpy and numba load only when something is simulated
    from paceline.primitives.canonical import Json
    from paceline.simulation.players import Engine
    from paceline.simulation.result import Measured, Result
    from paceline.simulation.scenario import Scenario


_MEASURES = (
    ("occupancy", "utilisation", ".2%"),
    ("abandonment", "abandonment", ".2%"),
    ("connects per agent hour", "connects_per_agent_hour", ".2f"),
)
"""What people are told: in words, by its name, in which form."""
_ONCE = "this is done once and takes up to a minute"
_EACH_TIME = "this takes up to a minute each time, until NUMBA_CACHE_DIR names a folder that can be written"


class By(StrEnum):
    """Which engine plays the days."""

    FAST = "fast"
    EXACT = "exact"
    REFERENCE = "reference"


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Playing:
    """How much is played, and by whom."""

    days: Annotated[int | None, Parameter(converter=whole)] = None
    """How many days, at least 1; those of the scenario without."""
    seed: Annotated[int, Parameter(converter=whole)] = 0
    """The same seed meets the same calls under every policy."""
    engine: By | None = None
    """fast, exact or reference; without, fast unless the scenario needs to know who is who."""
    workers: Annotated[int, Parameter(converter=whole)] = 1
    """Threads, 1 to 64; the numbers do not depend on it."""


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What is drawn, and where."""

    picture: Path | None = None
    """File to draw into, .svg or .png."""
    of: Of = Of.FRONTIER
    """frontier: utilisation against abandonment, the policy over its knob; day: idle agents and abandonment by hour."""


def simulate(
    *,
    scenario: Path,
    against: Path | None = None,
    playing: Playing | None = None,
    drawing: Drawing | None = None,
    everywhere: Everywhere | None = None,
) -> int:
    """Play days of a scenario and say what they came to, each number with its 95 % interval over the days.

    Exit code 0 when they were played, 64 when the scenario is off, 3 when it has no steady state.

    Parameters
    ----------
    scenario
        TOML file of the campaign's day: agents, handle times, answers, pacing.
    against
        Another scenario, played on the same calls: what differs, with its interval.
    """
    output = (everywhere or Everywhere()).output
    playing, drawing = playing or Playing(), drawing or Drawing()
    for option, file in (("--scenario", scenario), ("--against", against)):
        if file is not None and not file.is_file():
            raise UsageError(f"{option} {file} is no file")
    if drawing.picture is not None:
        form_of(drawing.picture)  # a wrong name is told before anything is computed
    read = _read(scenario, named=against is not None)
    other = None if against is None else _read(against, named=True)
    engine = _engine(playing.engine, [one for one in (read, other) if one is not None])
    days = read.run.days if playing.days is None else playing.days
    result = _played(read, engine, days, playing)
    old = None if other is None else _played(other, engine, days, playing)
    if drawing.picture is not None:
        write_picture(drawing.picture, drawing.of, read, result, workers=playing.workers)
    if output is Output.TABLE:
        _show(result, limit=read.limit)
        if old is not None:
            _show_difference(result, old)
    else:
        compared = {} if old is None else {"against": _against(result, old)}
        show_data({**result.document(), **compared}, output, names=[result.provenance])
    return exits.DONE


def _read(file: Path, *, named: bool) -> Scenario:
    """Return a scenario; where there are two of them, what is off is told with the name of its file."""
    from paceline.simulation.errors import ScenarioError
    from paceline.simulation.reading import read_scenario

    try:
        return read_scenario(file)
    except ScenarioError as off:
        if not named:
            raise
        raise ScenarioError(f"{file}: {off.field}", off.found, off.bound, hint=off.hint) from off


def _engine(asked: By | None, scenarios: Sequence[Scenario]) -> Engine:
    """Return the engine for all scenarios alike: the same calls are the same in one engine only."""
    from paceline.simulation.players import Engine, can_be_kept, fitting_engine, is_compiled

    if asked is not None:
        chosen = Engine(asked.value)
    else:
        fitting = {fitting_engine(one) for one in scenarios}
        chosen = Engine.FAST if fitting == {Engine.FAST} else Engine.EXACT
    if not is_compiled(chosen):
        tell(f"the {chosen} engine is being compiled; {_ONCE if can_be_kept(chosen) else _EACH_TIME}")
    return chosen


def _played(scenario: Scenario, engine: Engine, days: int, playing: Playing) -> Result:
    from paceline.simulation.engine import simulate as play

    return play(scenario, seed=playing.seed, days=days, engine=engine, workers=playing.workers)


def _against(result: Result, old: Result) -> dict[str, Json]:
    from paceline.simulation.comparison import difference
    from paceline.simulation.result import MEASURES

    differences: dict[str, Json] = {name: difference(result, old, name).document() for name in MEASURES}
    return {**{name: old.measure(name).document() for name in MEASURES}, "difference": differences}


def _show_difference(result: Result, old: Result) -> None:
    from paceline.simulation.comparison import difference

    rows = []
    for words, name, form in _MEASURES:
        found = difference(result, old, name)
        apart = "" if found.half_width_apart is None else f"+- {found.half_width_apart:{form}}"
        rows.append((words, _value(old.measure(name), form), _value(found.measured, f"+{form}"), apart))
    print()
    show_table(("MEASURE", "AGAINST", "DIFFERENCE ON THE SAME CALLS", "ON DAYS OF THEIR OWN"), rows)


def _show(result: Result, *, limit: float) -> None:
    more = {"abandonment": f"{_seen(result)}, limit {limit:.2%}"}
    rows = [(words, *_told(result, name, form, more.get(name, ""))) for words, name, form in _MEASURES]
    rows += [
        ("dials", f"{result.dials:,} in {result.days} days of the {result.engine} engine, seed {result.seed}", "", ""),
        ("computing", f"{result.wall_s:.3g} s, {result.dials_per_s:,.0f} dials per CPU second", "", ""),
    ]
    show_table(("MEASURE", "VALUE", "WITH CONTROL VARIATES", "WIDTH PER CPU SECOND"), rows)


def _seen(result: Result) -> str:
    """Return of how many answers nobody was abandoned, if nobody was: no spread between days shows how rare it is."""
    abandoned, answers = (int(sum(days)) for days in result.sums("abandonment"))
    return "" if abandoned else f": none of {answers:,} answers" if answers else ": no answers"


def _told(result: Result, name: str, form: str, more: str = "") -> tuple[str, str, str]:
    """Return a measure, the same with control variates, and how wide their intervals are for what they cost."""
    merit = result.merit(name)
    finer = form.replace("2", "3", 1)
    widths = [merit.width_per_cpu_s, merit.controlled_width_per_cpu_s]
    told = " / ".join(f"{width:{finer}}" for width in widths if width is not None)
    controlled = "" if merit.controlled is None else _value(merit.controlled, form)
    return _value(result.measure(name), form) + more, controlled, told


def _value(measured: Measured, form: str) -> str:
    wide = "" if measured.half_width is None else f" +- {measured.half_width:{form.removeprefix('+')}}"
    return f"{measured.mean:{form}}{wide}"
