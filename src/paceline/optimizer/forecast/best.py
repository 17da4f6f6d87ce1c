"""The utilisation that no dialer exceeds at the ceiling, for as many agents as were there with times of the same means.

Up to a hundred agents it is solved, with exponential times and a short patience; for more the law of the idle agents
tells it, about. Both are of numbers rounded a little, so that what was solved once is known the next time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from paceline.optimizer.chain import Instance
from paceline.optimizer.optimum import solve_optimum
from paceline.simulation.errors import SimulationError
from paceline.teletraffic.errors import ParameterError
from paceline.teletraffic.idle_agents import ABANDONMENT, idle_agents

if TYPE_CHECKING:
    from paceline.campaign.forecaster import LegalPeriod
    from paceline.twin.measured.day import MeasuredDay

MOST_SOLVED = 100
"""Agents up to which the optimum is solved."""
_PLACES = 8
_PATIENCE_S = 2.0
_HIGHEST = 0.5
"""A ceiling above which nobody is held by it."""


def strictest(periods: tuple[LegalPeriod, ...]) -> float:
    """Return the lowest ceiling, a fraction; that of the law of the idle agents where no law sets one."""
    return min((one.most / one.per for one in periods), default=ABANDONMENT)


def best_utilisation(measured: MeasuredDay, ceiling: float) -> float | None:
    """Return the highest utilisation at a ceiling, a fraction; None where it is not known."""
    if not 0 < ceiling <= _HIGHEST:
        return None
    answer = measured.scenario.answer
    rest = measured.scenario.unanswered
    machine_s = answer.ring_answered.mean_s if rest.machine_ring is None else rest.machine_ring.mean_s
    nobody_s = answer.ring_unanswered.mean_s
    others_s = rest.machine * machine_s + rest.busy * rest.busy_s + (1 - rest.machine - rest.busy) * nobody_s
    ring_s = answer.probability * answer.ring_answered.mean_s + (1 - answer.probability) * others_s
    agents = max(round(measured.roster.mean_agents), 1)
    if agents > MOST_SOLVED:
        return _by_law(agents, measured.handle_s, ring_s) if ceiling == ABANDONMENT else None
    return _solved(agents, round(measured.handle_s / 5) * 5.0, round(ring_s, 0), round(answer.probability, 2), ceiling)


@lru_cache(maxsize=64)
def _solved(agents: int, handle_s: float, ring_s: float, answer: float, ceiling: float) -> float | None:
    try:
        instance = Instance(
            agents=agents,
            handle_s=max(handle_s, 5.0),
            ring_s=max(ring_s, 1.0),
            answer=min(max(answer, 0.01), 1.0),
            patience_s=_PATIENCE_S,
            places=_PLACES,
        )
        return min(solve_optimum(instance, limit=ceiling).bound, 1.0)
    except SimulationError:
        return None


def _by_law(agents: int, handle_s: float, ring_s: float) -> float | None:
    try:
        return idle_agents(agents, handle_s, ring_s).utilisation
    except ParameterError:
        return None
