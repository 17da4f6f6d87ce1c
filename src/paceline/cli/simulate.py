"""`paceline simulate`: days of a campaign that is only a scenario, with honest intervals."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.render import show_data, show_table, tell
from paceline.cli.words import UsageError

if TYPE_CHECKING:  # numpy and numba load only when something is simulated
    from paceline.simulation.result import Measured, Result


class By(StrEnum):
    """Which engine plays the days."""

    FAST = "fast"
    EXACT = "exact"
    REFERENCE = "reference"


def simulate(
    *,
    scenario: Path,
    days: int | None = None,
    seed: int = 0,
    engine: By | None = None,
    workers: Annotated[int, Parameter()] = 1,
    everywhere: Everywhere | None = None,
) -> int:
    """Play days of a scenario and say what they came to, each number with its 95 % interval over the days.

    Exit code 0 when they were played, 64 when the scenario is off, 3 when it has no steady state.

    Parameters
    ----------
    scenario
        TOML file of the campaign's day: agents, handle times, answers, pacing.
    days
        How many days, at least 1; those of the scenario without.
    seed
        The same seed meets the same calls under every policy.
    engine
        fast, exact or reference; without, fast unless the scenario needs to know who is who.
    workers
        Threads, 1 to 64; the numbers do not depend on it.
    """
    from paceline.simulation import engine as engines
    from paceline.simulation.players import Engine, fitting_engine, is_compiled
    from paceline.simulation.reading import read_scenario

    output = (everywhere or Everywhere()).output
    if not scenario.is_file():
        raise UsageError(f"--scenario {scenario} is no file")
    read = read_scenario(scenario)
    chosen = fitting_engine(read) if engine is None else Engine(engine.value)
    if not is_compiled(chosen):
        tell(f"the {chosen} engine is being compiled; this is done once and takes up to a minute")
    result = engines.simulate(read, seed=seed, days=days, engine=chosen, workers=workers)
    if output is Output.TABLE:
        _show(result, limit=read.limit)
    else:
        show_data(result.document(), output, names=[result.provenance])
    return exits.DONE


def _show(result: Result, *, limit: float) -> None:
    rows = [
        ("occupancy", _share(result.utilisation)),
        ("abandonment", f"{_share(result.abandonment)}, limit {limit:.2%}"),
        ("connects per agent hour", _plain(result.connects_per_agent_hour)),
        ("dials", f"{result.dials:,} in {result.days} days of the {result.engine} engine, seed {result.seed}"),
        ("computing", f"{result.wall_s:.3g} s, {result.dials_per_s:,.0f} dials per CPU second"),
    ]
    show_table(("MEASURE", "VALUE"), rows)


def _share(measured: Measured) -> str:
    wide = "" if measured.half_width is None else f" +- {measured.half_width:.2%}"
    return f"{measured.mean:.2%}{wide}"


def _plain(measured: Measured) -> str:
    wide = "" if measured.half_width is None else f" +- {measured.half_width:.2f}"
    return f"{measured.mean:.2f}{wide}"
