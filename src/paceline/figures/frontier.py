"""The trade-off of a campaign in numbers: how busy its agents can be for how much abandonment; `curves.py` draws it.

The optimum's frontier is told only where it is exact: every time exponential, rings alike, nobody waits, an endless
list, nothing that limits or changes in the day.
"""

from __future__ import annotations

from dataclasses import dataclass

from paceline.optimizer.chain import Instance
from paceline.optimizer.optimum import solve_optimum
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.players import Engine
from paceline.simulation.result import Measured, Result
from paceline.simulation.scenario import INFINITE, Lines, Records, Scenario, Unanswered
from paceline.simulation.sweep import Sweep, sweep

MOST_DAYS = 30
"""Days that each point of the curve is played for at most."""
MOST_AGENTS = 100
"""Agents up to which the optimum is solved for a picture: beyond, it takes longer than anybody wants to wait."""
_HIGHEST_LIMIT = 0.3
_OF_LIMIT = (0.1, 0.2, 0.35, 0.5, 0.7, 1.0, 1.3, 1.7, 2.2, 2.8)
"""Where the optimum is solved, in limits; each solution brings its two neighbours on the frontier with it."""
_WORDS = {
    "lines": "lines",
    "ratio": "lines per agent",
    "interval_ms": "milliseconds from dial to dial",
    "lines_per_idle": "lines per idle agent",
    "mixing": "share of the second table",
    "safety": "safety, agents",
    "target": "abandonment aimed at",
    "max_level": "highest lines per agent",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frontier:
    """What the picture of the trade-off shows; all shares are fractions.

    Attributes:
        policy: the scenario's policy, by its name.
        knob: in words, what the curve goes along; empty where the policy has nothing to turn.
        curve: the policy over its knob.
        optimum: abandonment and utilisation of the best possible dialers; empty where they are not known exactly.
        utilisation: of the scenario as it is.
        abandonment: of the scenario as it is.
        limit: highest abandonment.
        days: of the scenario's own point.
        agents: of the scenario.
        seed: of all days.
    """

    policy: str
    knob: str
    curve: Sweep
    optimum: tuple[tuple[float, float], ...]
    utilisation: Measured
    abandonment: Measured
    limit: float
    days: int
    agents: int
    seed: int


def frontier_of(scenario: Scenario, result: Result, *, workers: int = 1) -> Frontier:
    """Return the trade-off around a simulated scenario; plays days at about ten values of the policy's knob.

    Args:
        scenario: with a pacing.
        result: of that scenario.
        workers: threads.

    Raises:
        ScenarioError: when there is no pacing.
    """
    curve = sweep(
        scenario,
        seed=result.seed,
        days=min(result.days, MOST_DAYS),
        engine=Engine(result.engine),
        workers=workers,
    )
    return Frontier(
        policy="" if scenario.pacing is None else scenario.pacing.policy.value,
        knob=_WORDS.get(curve.knob, curve.knob),
        curve=curve,
        optimum=optimum_of(scenario),
        utilisation=result.utilisation,
        abandonment=result.abandonment,
        limit=scenario.limit,
        days=result.days,
        agents=scenario.agents,
        seed=result.seed,
    )


def optimum_of(scenario: Scenario) -> tuple[tuple[float, float], ...]:
    """Return abandonment and utilisation, in the long run, of the best dialers of a campaign; empty where not exact."""
    if not is_solvable(scenario):
        return ()
    instance = Instance(
        agents=scenario.agents,
        handle_s=scenario.talk.mean_s,
        ring_s=scenario.answer.ring_answered.mean_s,
        answer=scenario.answer.probability,
    )
    limits = [share * scenario.limit for share in _OF_LIMIT]
    found = [solve_optimum(instance, limit=limit) for limit in limits]
    points = {(one.abandonment, one.utilisation) for one in found}
    for one in found:
        points |= {(part.abandonment, part.utilisation) for part in (one.below, one.above)}
    return tuple(sorted(points))


def is_solvable(scenario: Scenario) -> bool:
    """Return whether the solved decision process is this campaign, and not only one like it."""
    answer = scenario.answer
    factors = {*answer.by_time, *answer.by_attempt, *answer.by_day}
    return (
        scenario.agents <= MOST_AGENTS
        and 0 < scenario.limit <= _HIGHEST_LIMIT
        and all(_exponential(one) for one in (scenario.talk, answer.ring_answered, answer.ring_unanswered))
        and answer.ring_answered.mean_s == answer.ring_unanswered.mean_s
        and factors == {1.0}
        and (answer.timeout_s, answer.concentration) == (INFINITE, INFINITE)
        and scenario.patience.seconds == 0
        and scenario.unanswered == Unanswered()
        and (scenario.wrap, scenario.greeting, scenario.detection) == (None, None, None)
        and scenario.lines == Lines()
        and scenario.records == Records()
        and not (scenario.shifts or scenario.breaks or scenario.changes)
    )


def _exponential(duration: Duration) -> bool:
    return duration.family is Family.EXPONENTIAL
