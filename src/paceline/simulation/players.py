"""Who plays days of a plan: three engines behind one call, each giving the same kind of tally."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from paceline.primitives.clock import computed_ns
from paceline.simulation import counters as c
from paceline.simulation.errors import UnstableScenarioError
from paceline.simulation.plan import NEVER, Plan
from paceline.simulation.result import counted
from paceline.simulation.scenario import Drain, Policy, Scenario

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks

MOST_LINES = 1 << 18
"""Lines of a day that is given up as unstable."""
ANONYMOUS = frozenset({Policy.PROGRESSIVE, Policy.INTERVAL, Policy.RATIO, Policy.IDLE_LINES, Policy.OPTIMAL})
"""Policies that decide by counts alone."""


class Engine(StrEnum):
    """Who plays the days."""

    FAST = "fast"
    EXACT = "exact"
    REFERENCE = "reference"


class Played(NamedTuple):
    """Days: tallies with the warm-up taken off, minutes, hashes, the last safety, and nanoseconds computed."""

    tallies: list[Ticks]
    series: list[Ticks]
    hashes: list[int]
    safety: int
    computed_ns: int


Player = Callable[[int, int, int | None], Played]
"""Plays days: the number of the first, how many, and the safety of the day before where that is carried."""


def fitting_engine(scenario: Scenario) -> Engine:
    """Return the fast engine unless the scenario needs to know who is who; then the exact one."""
    pacings = [scenario.pacing, *(change.pacing for change in scenario.changes)]
    anonymous = all(pacing is None or pacing.policy in ANONYMOUS for pacing in pacings)
    dropping = any(change.stop is Drain.DROP for change in scenario.changes)
    return Engine.FAST if anonymous and not dropping else Engine.EXACT


def player_of(engine: Engine, plan: Plan, seed: int) -> Player:
    """Return who plays days of a plan; compiled code is loaded, or made, before it returns.

    Raises:
        ScenarioError: when the fast engine cannot play the plan.
    """
    match engine:
        case Engine.REFERENCE:
            return _reference(plan, seed)
        case Engine.FAST:
            return _fast(plan, seed)
        case Engine.EXACT:
            return _exact(plan, seed)


def is_compiled(engine: Engine) -> bool:
    """Return whether an engine can play at once: it needs no compiling, or was compiled on this machine before."""
    if engine is Engine.REFERENCE:
        return True
    from paceline.simulation.compiled.compiler import is_kept

    return is_kept(_kernel(engine))


def can_be_kept(engine: Engine) -> bool:
    """Return whether there is a folder in which a compiled engine is kept for the next process."""
    from paceline.simulation.compiled import compiler

    return compiler.can_be_kept(_kernel(engine))


def _kernel(engine: Engine) -> Callable[..., int]:
    """Return the function whose machine code is kept."""
    if engine is Engine.EXACT:
        from paceline.simulation.compiled.exact import play

        return play
    from paceline.simulation.compiled import fast

    return fast._play_all  # noqa: SLF001 - the function whose code is kept


def _exact(plan: Plan, seed: int) -> Player:
    from paceline.simulation.compiled.exact import play
    from paceline.simulation.compiled.layout import blank_day, flat_plan
    from paceline.simulation.compiled.outcome import played_day

    flat = flat_plan(plan)
    fewest = 1 << (4 * plan.agents + 255).bit_length()
    nothing = flat_plan(plan._replace(horizon=0))
    play(nothing, blank_day(plan, 0, 0, lines=fewest), NEVER)

    def exact(first: int, count: int, safety: int | None) -> Played:
        played = Played([], [], [], 0, 0)
        room = fewest
        for day in range(first, first + count):
            s, took = blank_day(plan, seed, day, lines=room), -computed_ns()
            while play(flat, s, NEVER if safety is None else safety) != c.DONE:
                room = _doubled(room)
                s = blank_day(plan, seed, day, lines=room)
            took += computed_ns()
            tally, series, trace_hash, last = played_day(s)
            played.tallies.append(tally)
            played.series.append(series)
            played.hashes.append(trace_hash)
            played = played._replace(safety=last, computed_ns=played.computed_ns + took)
        return played

    return exact


def _doubled(room: int) -> int:
    """Return twice the room for lines; a day is then played again, and comes out as if there had been more at once."""
    if room >= MOST_LINES:
        raise UnstableScenarioError(
            f"more than {MOST_LINES} lines are in use at once", hint="cap the lines, or dial less often"
        )
    return 2 * room


def _fast(plan: Plan, seed: int) -> Player:
    from paceline.simulation.compiled.fast import Prepared, play_days

    play_days(plan._replace(horizon=20_000, warm_up=0), seed, 0, 1)
    prepared = Prepared(plan)

    def fast(first: int, count: int, safety: int | None) -> Played:  # noqa: ARG001 - no fast policy has a safety
        began = computed_ns()
        days = prepared.play(seed, first, count)
        took = computed_ns() - began
        tallies = [counted(tally, before) for tally, before in zip(days.tally, days.before, strict=True)]
        return Played(tallies, list(days.series), [0] * count, 0, took)

    return fast


def _reference(plan: Plan, seed: int) -> Player:
    import numpy as np

    from paceline.simulation.reference import play_day

    def reference(first: int, count: int, safety: int | None) -> Played:
        began = computed_ns()
        days = [play_day(plan, seed, day, safety=safety) for day in range(first, first + count)]
        took = computed_ns() - began
        rows = [np.array([day.tally, day.before], dtype=np.int64) for day in days]
        series = [np.array(day.series, dtype=np.int64).reshape(-1, len(c.SERIES)) for day in days]
        return Played([counted(*row) for row in rows], series, [day.hash for day in days], days[-1].safety, took)

    return reference
