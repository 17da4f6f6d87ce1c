"""A scenario's policy over its knob: the number that makes it dial faster or slower, and what each value comes to.

Every value meets the same days (common random numbers), so that the curve is smoother than its intervals say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from paceline.simulation.checks import check_scenario
from paceline.simulation.engine import simulate
from paceline.simulation.errors import ScenarioError, UnstableScenarioError
from paceline.simulation.players import Engine
from paceline.simulation.result import Measured
from paceline.simulation.scenario import Pacing, Policy, Scenario

_SLOWER_AND_FASTER = (0.6, 0.75, 0.85, 0.92, 1.0, 1.08, 1.18, 1.35, 1.6)
_FEW_MORE_LINES = (0.86, 0.91, 0.95, 0.98, 1.0, 1.03, 1.06, 1.1, 1.15, 1.2)
_STEPS = (-3, -2, -1, 0, 1, 2, 3, 4)
_SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What one value of the knob came to.

    Attributes:
        value: of the knob.
        utilisation: with its interval, fractions.
        abandonment: with its interval, fractions.
    """

    value: float
    utilisation: Measured
    abandonment: Measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """A policy over its knob.

    Attributes:
        knob: the number's name in a scenario; empty where the policy has none.
        points: in the order of the knob; empty where it has none.
    """

    knob: str
    points: tuple[Point, ...]


def knob_values(scenario: Scenario) -> tuple[str, tuple[float, ...]]:
    """Return the name of the policy's knob and values around the scenario's own; an empty name where it has none.

    Raises:
        ScenarioError: when there is no pacing.
    """
    pacing = scenario.pacing
    if pacing is None:
        raise ScenarioError("pacing", None, "given: without it nothing is dialled")
    match pacing.policy:
        case Policy.PROGRESSIVE:
            return "", ()
        case Policy.INTERVAL:
            return "interval_ms", _times(pacing.interval_ms or 1000.0, _SLOWER_AND_FASTER)
        case Policy.RATIO if pacing.lines is not None:
            lines = {float(max(1, round(pacing.lines * factor))) for factor in _FEW_MORE_LINES}
            return "lines", tuple(sorted(lines))
        case Policy.RATIO:
            return "ratio", _times(pacing.ratio or 1.0, _FEW_MORE_LINES)
        case Policy.IDLE_LINES:
            return "lines_per_idle", _times(pacing.lines_per_idle or 1.0, _SLOWER_AND_FASTER)
        case Policy.OPTIMAL:
            return ("mixing", _SHARES) if pacing.table_above else ("", ())
        case Policy.CERTAINTY:
            step = max(0.5, math.sqrt(scenario.agents) / 10)
            return "safety", tuple((pacing.safety or 0.0) + number * step for number in _STEPS)
        case Policy.TELESCOPING:
            aim = scenario.limit if pacing.target is None else pacing.target
            return "target", _times(aim, (0.25, *_SLOWER_AND_FASTER, 2.0))
        case _:
            return "max_level", tuple(max(1.0, one) for one in _times(pacing.max_level, _FEW_MORE_LINES))


def sweep(scenario: Scenario, *, seed: int, days: int, engine: Engine, workers: int = 1) -> Sweep:
    """Play the same days at each value of the policy's knob; values that the bounds do not allow are left out.

    Args:
        scenario: whose pacing is swept; pacings that its changes put in force later stay as they are.
        seed: as for `engine.simulate`.
        days: of each value, at least 1.
        engine: who plays.
        workers: threads.

    Raises:
        ScenarioError: when there is no pacing, or the engine cannot play it.
    """
    knob, values = knob_values(scenario)
    points = []
    for value in values:
        one = replace(scenario, pacing=_set(scenario.pacing, knob, value))
        try:
            check_scenario(one)
        except (ScenarioError, UnstableScenarioError):
            continue
        found = simulate(one, seed=seed, days=days, engine=engine, workers=workers)
        points.append(Point(value=value, utilisation=found.utilisation, abandonment=found.abandonment))
    return Sweep(knob=knob, points=tuple(points))


def _times(value: float, factors: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(value * factor for factor in factors)


def _set(pacing: Pacing | None, knob: str, value: float) -> Pacing:
    known = pacing or Pacing(policy=Policy.PROGRESSIVE)
    changed: dict[str, float | int] = {knob: int(value) if knob == "lines" else value}
    return replace(known, **changed)  # type: ignore[arg-type]  # the knob is a number of this pacing, from `knob_values`
