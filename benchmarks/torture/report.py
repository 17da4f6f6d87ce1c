"""The figures of a run, for people and for programs."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.torture.run import BETWEEN, STARTING, Run

PLACES = {
    STARTING: "while it started",
    "begun": "before its entry was open",
    "open": "1, the entry open",
    "validate": "2, validated",
    "settling": "3, settling what others left, or waiting for them",
    "settle": "3, settled",
    "survey": "4, surveyed",
    "guard": "5, guarded",
    "intend": "6, the intent on disk",
    "unsent": "7, on the way to the platform and back",
    "unanswered": "7, between two attempts",
    "lost": "7, looking for an answer that was lost",
    "found": "7, it was found out what became of it",
    "answered": "7, answered",
    "verify": "8, verified, the entry being closed",
    "close": "9, the entry closed",
    "after": "after 9, with everything settled",
    BETWEEN: "between two changes",
}
"""Where a kill can strike, in the order of the walk."""


def report(runs: Sequence[Run], *, seed: str) -> str:
    """Return the tables for people."""
    kills = sum(run.kills for run in runs)
    seconds = sum(run.seconds for run in runs)
    machine = f"Python {platform.python_version()}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}"
    lines = [f"{kills} kills, seed {seed}, {seconds:.0f} s; {machine}", ""]
    struck = {told: place for place, told in PLACES.items()}
    lines += _table("the kill struck", runs, lambda run: _named(run.tally.struck, struck), list(struck))
    lines += _table("entries ended", runs, lambda run: run.endings)
    lines += _table("requests to the platform", runs, lambda run: run.requests)
    lines += _table("in all", runs, _totals, list(_totals(runs[0])))
    faults = [f"{run.kind}: {fault}" for run in runs for fault in run.faults]
    lines += faults or ["Nothing lost, nothing twice: no fault was found."]
    return "\n".join(lines) + "\n"


def as_json(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Return the figures for programs."""
    return [
        {
            "database": run.kind,
            "seconds": run.seconds,
            "struck": run.tally.struck,
            "endings": run.endings,
            "weather": run.weather,
            "requests": run.requests,
            **_totals(run),
            "faults": run.faults,
        }
        for run in runs
    ]


def _named(counted: Counter[str], names: dict[str, str]) -> Counter[str]:
    return Counter({told: counted[place] for told, place in names.items() if counted[place]})


def _totals(run: Run) -> Counter[str]:
    return Counter(
        {
            "kills": run.kills,
            "changes begun": run.tally.begun,
            "of them run again after a kill": run.tally.again,
            "of them finished": len(run.tally.told),
            "changes that the platform took": run.effects,
            "rows of the ledger": run.rows,
            "faults": len(run.faults),
        }
    )


def _table(
    title: str, runs: Sequence[Run], counted: Callable[[Run], Counter[str]], order: list[str] | None = None
) -> list[str]:
    counts = [counted(run) for run in runs]
    names = order or sorted({name for each in counts for name in each})
    lines = [f"{title:<52}" + "".join(f"{run.kind:>12}" for run in runs)]
    lines += [
        f"{name:<52}" + "".join(f"{each[name]:>12,}" for each in counts)
        for name in names
        if order is None or any(name in each for each in counts)
    ]
    return [*lines, ""]
