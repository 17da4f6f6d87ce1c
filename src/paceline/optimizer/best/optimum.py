"""The provable best for a scenario, where it is a chain that can be solved; else why it is none."""

from __future__ import annotations

from paceline.optimizer.chain import MOST_AGENTS
from paceline.optimizer.optimum import Optimum
from paceline.simulation.distributions import Family
from paceline.simulation.scenario import INFINITE, Scenario


def why_not_solvable(scenario: Scenario) -> str | None:
    """Return why no optimum can be proven for a scenario, in words; None where it can.

    The chain knows exponential times, one mean ring, a list without end, lines without limit, and agents who stay.
    """
    answer, rest = scenario.answer, scenario.unanswered
    rings = [answer.ring_answered, answer.ring_unanswered]
    rings += [rest.machine_ring] if rest.machine and rest.machine_ring is not None else []
    waits = scenario.patience
    reasons = (
        (scenario.agents > MOST_AGENTS, f"there are more than {MOST_AGENTS:,} agents"),
        (scenario.talk.family is not Family.EXPONENTIAL, f"handle times are {scenario.talk.family}"),
        (scenario.wrap is not None, "talk and wrap-up are two times"),
        (any(ring.family is not Family.EXPONENTIAL for ring in rings), "rings are not exponential"),
        (len({ring.mean_s for ring in rings}) > 1, "answered dials ring for another time than others"),
        (answer.timeout_s != INFINITE, "rings are cut at a time-out"),
        ({*answer.by_time, *answer.by_attempt, *answer.by_day} != {1.0}, "the answer rate changes"),
        (answer.concentration != INFINITE, "records differ in how they answer"),
        (rest.busy + rest.failed > 0, "some dials end sooner, engaged or failed"),
        (scenario.detection is not None, "machine detection errs"),
        (scenario.greeting is not None, "people greet before they are offered"),
        (waits.seconds == INFINITE, "callers wait for ever"),
        (waits.seconds > 0 and waits.family is not Family.EXPONENTIAL, "callers all wait equally long"),
        (scenario.records.count > 0, "the list ends"),
        (scenario.lines.cap > 0 or scenario.lines.calls_per_s > 0, "lines are limited"),
        (bool(scenario.shifts or scenario.breaks), "agents come and go"),
        (bool(scenario.changes), "something is done to the campaign in the day"),
    )
    return next((f"{why}: no chain that can be solved" for holds, why in reasons if holds), None)


def reach_at(optimum: Optimum, abandonment: float) -> float:
    """Return about what the best policy would use at another abandonment than the optimum's, near it.

    By the price of an abandonment: at the optimum, one more of them buys that many connects more.
    """
    left = 1 - optimum.abandonment
    bought = optimum.utilisation * optimum.price / (left * left)
    slope = bought / (1 - optimum.price * optimum.abandonment / left)
    return optimum.bound - slope * (optimum.abandonment - abandonment)
