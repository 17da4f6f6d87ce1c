"""What a simulation that a request asks for may cost: bounds, so that one request takes a few CPU seconds at most."""

from __future__ import annotations

from collections.abc import Mapping

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
_SHORTEST_RING_S = 1.0


def bounded_scenario(document: Mapping[str, object], engine: Engine | None) -> tuple[Scenario, Engine]:
    """Return the scenario of a request and who plays it: the engine that was asked for, else the one that fits.

    Raises:
        ScenarioError: a field is unknown, of another kind, or out of its bounds.
        UnstableScenarioError: its queue would grow without limit.
        ProblemError: it is sound, and would take too long here (422).
    """
    try:
        scenario = scenario_in(document)
    except OverflowError:
        raise ProblemError(422, "the scenario holds a number that nothing can be", code="scenario") from None
    if scenario.pacing is None:
        raise ProblemError(422, "a simulation wants [pacing]: how fast is dialled", code="scenario")
    chosen = fitting_engine(scenario) if engine is None else engine
    for told, found, most in (
        ("days", scenario.run.days, MOST_DAYS),
        ("records", scenario.records.count, MOST_RECORDS),
        (f"dials of the {chosen} engine", round(most_dials(scenario)), MOST_DIALS[chosen]),
    ):
        if found > most:
            raise ProblemError(
                422,
                f"this scenario may have {found:,} {told}, and the service plays {most:,}",
                code="too-large",
                hint="play fewer days or hours, or use `paceline simulate`, which has no such bound",
            )
    return scenario, chosen


def most_dials(scenario: Scenario) -> float:
    """Return a number of dials that all days together do not exceed, roughly: from lines and rings, or from gaps."""
    span_s = scenario.run.hours_per_day * 3600 * scenario.run.days
    answer = scenario.answer
    ring_s = answer.probability * answer.ring_answered.mean_s + (1 - answer.probability) * answer.ring_unanswered.mean_s
    ring_s = max(min(ring_s, answer.timeout_s), _SHORTEST_RING_S)
    pacings = [scenario.pacing, *(change.pacing for change in scenario.changes)]
    agents = max([scenario.agents, *(shift.agents for shift in scenario.shifts)])
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
