"""How the best pacing is looked for, by whom, and how it is told: for a scenario, and for a measured campaign alike."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output, settings_of
from paceline.cli.optimise_told import show_best
from paceline.cli.render import show_data, tell
from paceline.cli.whole import whole
from paceline.cli.writing import written

if TYPE_CHECKING:  # numpy and numba load only when something is simulated
    from paceline.optimizer.best.settings import Terms
    from paceline.optimizer.best.told import Best
    from paceline.primitives.canonical import Json
    from paceline.simulation.scenario import Scenario

_MOST_THREADS = 8


class Among(StrEnum):
    """Which policies are tuned."""

    IDLE_LINES = "idle_lines"
    RATIO = "ratio"
    INTERVAL = "interval"
    CERTAINTY = "certainty"
    TELESCOPING = "telescoping"
    OPTIMAL = "optimal"
    BEST = "best"


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Searching:
    """How it is looked for."""

    policy: Among | None = None
    """One policy alone, or best: all that can be. Without: the contract's own, and what reaches further if need be."""
    seed: Annotated[int | None, Parameter(converter=whole)] = None
    """The same seed finds the same; without, 0 for a scenario, and for a campaign one of what was measured."""
    workers: Annotated[int | None, Parameter(converter=whole)] = None
    """Threads, 1 to 64; without, one for each processor, 8 at most. What is found does not depend on it."""
    cluster: str | None = None
    """Dask scheduler whose workers play instead of threads, such as tcp://10.0.0.5:8786; the setting without."""
    out: Path | None = None
    """File to write the pacing to, as `set pacing --file` and `rollout start --file` take it: .yaml, or .json."""


def found_for(
    scenario: Scenario,
    searching: Searching,
    everywhere: Everywhere,
    *,
    terms: Terms | None = None,
    seed: int | None = None,
) -> Best:
    """Return the best pacing, played by whom the options and settings say.

    Args:
        scenario: the campaign's day.
        searching: how it is looked for.
        everywhere: where settings are read from.
        terms: of the contract's pacing, what is not tuned; None: what the scenario's lines leave.
        seed: the same seed finds the same; None: that of the options.
    """
    from paceline.optimizer.best.pacing import Wish, best_pacing
    from paceline.optimizer.cluster import executor_for
    from paceline.simulation.scenario import Policy

    cluster = searching.cluster or settings_of(everywhere).cluster
    workers = searching.workers or min(os.cpu_count() or 1, _MOST_THREADS)
    compares = searching.policy is Among.BEST
    _tell_of_compiling()
    with executor_for(cluster, workers=workers) as executor:
        wish = Wish(
            policy=None if compares or searching.policy is None else Policy(searching.policy.value),
            compare=compares,
            terms=terms,
            seed=(searching.seed or 0) if seed is None else seed,
            executor=executor,
        )
        return best_pacing(scenario, wish)


def told(
    best: Best,
    searching: Searching,
    everywhere: Everywhere,
    *,
    campaign: str | None = None,
    document: dict[str, Json] | None = None,
) -> int:
    """Print what was found, write it where that was asked for, and return the exit code.

    Args:
        best: what was found.
        searching: how it was looked for, and where it is written to.
        everywhere: the form of the output.
        campaign: for which; None for a scenario.
        document: what programs are told; None is what was found alone.
    """
    if searching.out is not None and best.sent is not None:
        _write(best.sent.settings, searching.out)
    if everywhere.output is Output.TABLE:
        show_best(best, campaign=campaign or "ID", out=searching.out)
    else:
        data = best.document() if document is None else document
        show_data(data, everywhere.output, names=[best.found.pacing.policy.value])
    if searching.out is not None and best.sent is None:
        tell(f"{searching.out} is not written: {best.why_not_sent}")
        return exits.REFUSED
    return exits.DONE


def _tell_of_compiling() -> None:
    from paceline.simulation.players import Engine, is_compiled

    if not is_compiled(Engine.FAST):
        tell("the fast engine is being compiled; this takes up to a minute")


def _write(settings: dict[str, Json], out: Path) -> None:
    block: dict[str, Json] = {"predictiveDialer": settings}
    with written(out) as stream:
        # JSON is YAML too, but people read the other form.
        if out.suffix.lower() == ".json":
            stream.write(json.dumps(block, indent=2) + "\n")
            return
        stream.write("predictiveDialer:\n")
        stream.writelines(f"  {name}: {json.dumps(value)}\n" for name, value in settings.items())
