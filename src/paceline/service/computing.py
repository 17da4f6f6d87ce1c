"""What a simulation that a request asks for may cost: bounds, so that one request takes a few CPU seconds at most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NoReturn

from paceline.service.problems import ProblemError
from paceline.simulation.players import Engine, fitting_engine
from paceline.simulation.reading import scenario_in
from paceline.simulation.scenario import Pacing, Policy, Scenario

MOST_DAYS = 366
"""Days that one request may play."""
MOST_DIALS: Mapping[Engine, int] = {Engine.FAST: 20_000_000, Engine.EXACT: 4_000_000, Engine.REFERENCE: 400_000}
"""Dials, of all days together, that one request may come to at most, by who plays them."""
MOST_RECORDS = 200_000
"""Records of a list that one request may play with."""
MOST_AGENT_HOURS = 8_000
"""Agents times hours of a day, of a scenario for which one request may have the best pacing looked for."""
_SHORTEST_RING_S = 1.0


def bounded_scenario(document: Mapping[str, object], engine: Engine | None) -> tuple[Scenario, Engine]:
    """Return the scenario of a request and who plays it: the engine that was asked for, else the one that fits.

    Raises:
        ScenarioError: a field is unknown, of another kind, or out of its bounds.
        UnstableScenarioError: its queue would grow without limit.
        ProblemError: it is sound, and would take too long here (422).
    """
    scenario = _read(document)
    if scenario.pacing is None:
        raise ProblemError(422, "a simulation wants [pacing]: how fast is dialled", code="scenario")
    chosen = fitting_engine(scenario) if engine is None else engine
    for told, found, most in (
        ("days", scenario.run.days, MOST_DAYS),
        ("records", scenario.records.count, MOST_RECORDS),
        (f"dials of the {chosen} engine", round(most_dials(scenario)), MOST_DIALS[chosen]),
    ):
        if found > most:
            _too_large(f"this scenario may have {found:,} {told}, and the service plays {most:,}", "simulate")
    return scenario, chosen


def searchable_scenario(document: Mapping[str, object]) -> Scenario:
    """Return the scenario of a request for which the best pacing is to be looked for.

    Raises:
        ScenarioError: a field is unknown, of another kind, or out of its bounds.
        UnstableScenarioError: its queue would grow without limit.
        ProblemError: it is sound, and would take too long here (422).
    """
    scenario = _read(document)
    played = replace(scenario, pacing=scenario.pacing or Pacing(policy=Policy.IDLE_LINES, lines_per_idle=1.0))
    if fitting_engine(played) is not Engine.FAST or scenario.records.count > MOST_RECORDS:
        _too_large("this scenario needs to know who is who, which takes too long to look through here", "optimise")
    if _most_agents(scenario) * scenario.run.hours_per_day > MOST_AGENT_HOURS:
        _too_large(f"the service looks through {MOST_AGENT_HOURS:,} hours of agents in a day at most", "optimise")
    return scenario


def most_dials(scenario: Scenario) -> float:
    """Return a number of dials that all days together do not exceed, roughly: from lines and rings, or from gaps."""
    span_s = scenario.run.hours_per_day * 3600 * scenario.run.days
    answer = scenario.answer
    ring_s = answer.probability * answer.ring_answered.mean_s + (1 - answer.probability) * answer.ring_unanswered.mean_s
    ring_s = max(min(ring_s, answer.timeout_s), _SHORTEST_RING_S)
    pacings = [scenario.pacing, *(change.pacing for change in scenario.changes)]
    agents = _most_agents(scenario)
    return max(_rate(pacing, agents, ring_s) for pacing in pacings if pacing is not None) * span_s


def _rate(pacing: Pacing, agents: int, ring_s: float) -> float:
    """Return dials per second at most."""
    if pacing.policy is Policy.INTERVAL:
        return 1000 / (pacing.interval_ms or 1.0)
    lines = [
        float(pacing.lines or 0),
        (pacing.ratio or 0.0) * agents,
        (pacing.lines_per_idle or 0.0) * agents,
        float(max((*pacing.table, *pacing.table_above), default=0)),
    ]
    found = max(lines)
    if not found:
        found = agents * (pacing.max_level if pacing.policy.value.startswith("vicidial") else 4.0)
    return found / ring_s


def _read(document: Mapping[str, object]) -> Scenario:
    try:
        return scenario_in(document)
    except OverflowError:
        raise ProblemError(422, "the scenario holds a number that nothing can be", code="scenario") from None


def _most_agents(scenario: Scenario) -> int:
    return max([scenario.agents, *(shift.agents for shift in scenario.shifts)])


def _too_large(why: str, command: str) -> NoReturn:
    hint = f"play fewer days or hours, or use `paceline {command}`, which has no such bound"
    raise ProblemError(422, why, code="too-large", hint=hint)
