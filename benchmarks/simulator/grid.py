"""The campaigns on which the fast and the exact engine are compared: each part of the model alone, and a grid."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

from paceline.simulation.distributions import Duration, Family
from paceline.simulation.scenario import (
    Answer,
    Break,
    Change,
    Detection,
    Drain,
    Lines,
    Pacing,
    Patience,
    Policy,
    Records,
    Run,
    Scenario,
    Shift,
    Unanswered,
)


def _exponential(mean_s: float) -> Duration:
    return Duration(family=Family.EXPONENTIAL, mean_s=mean_s)


def _gamma(mean_s: float, cv: float) -> Duration:
    return Duration(family=Family.GAMMA, mean_s=mean_s, cv=cv)


AGENTS = (1, 10, 50, 300)
POLICIES = (Policy.PROGRESSIVE, Policy.INTERVAL, Policy.RATIO, Policy.IDLE_LINES, Policy.OPTIMAL)
TALKS = {
    "exponential": _exponential(120.0),
    "constant": Duration(family=Family.DETERMINISTIC, mean_s=120.0),
    "lognormal": Duration(family=Family.LOGNORMAL, mean_s=120.0, cv=1.0),
    "hyperexponential": Duration(family=Family.HYPEREXPONENTIAL, mean_s=120.0, cv=2.0),
}
_ANSWER = Answer(
    probability=0.3,
    ring_answered=_gamma(10.0, 0.5),
    ring_unanswered=Duration(family=Family.DETERMINISTIC, mean_s=25.0),
)
_BASE = Scenario(
    agents=20,
    talk=TALKS["lognormal"],
    wrap=_exponential(30.0),
    answer=_ANSWER,
    patience=Patience(seconds=2.0),
    pacing=Pacing(policy=Policy.IDLE_LINES, lines_per_idle=3.0),
    run=Run(days=1, hours_per_day=3.0),
)
_REST = Unanswered(machine=0.4, busy=0.05, failed=0.03, machine_ring=_gamma(15.0, 0.3))
_LIST = Records(count=3000, max_attempts=3, retry_s=(600.0, 1200.0), busy_retry_s=(120.0,))
_DETECTION = Detection(sensitivity=0.95, specificity=0.9)


def grid() -> dict[str, Scenario]:
    """Return every policy with every number of agents and every kind of talk."""
    return {
        f"{policy.value}, {agents} agents, {name} talks": replace(
            _BASE, agents=agents, talk=talk, pacing=pacing_of(policy, agents)
        )
        for policy, agents, (name, talk) in product(POLICIES, AGENTS, TALKS.items())
    }


def pacing_of(policy: Policy, agents: int) -> Pacing:
    """Return a pacing at which some answers are abandoned by so many agents with handle times of 150 s."""
    match policy:
        case Policy.RATIO:
            return Pacing(policy=policy, lines=round(agents * 1.25) + 1)
        case Policy.INTERVAL:
            return Pacing(policy=policy, interval_ms=47_000 / agents, even=agents % 4 != 0)
        case Policy.IDLE_LINES:
            return Pacing(policy=policy, lines_per_idle=2.5 + math.log(agents))
        case Policy.OPTIMAL:
            step = 1 + agents / 60
            table = tuple(round(step * idle * 1.8) for idle in range(20))
            return Pacing(policy=policy, table=table, table_above=tuple(lines + 1 for lines in table), mixing=0.4)
        case _:
            return Pacing(policy=policy)


def parts() -> dict[str, Scenario]:
    """Return campaigns that each use one part of the model."""
    return {**_callers(), **_days()}


def _callers() -> dict[str, Scenario]:
    """Return campaigns in which those who are called differ."""
    return {
        "no patience": replace(_BASE, patience=Patience(seconds=0.0)),
        "impatience": replace(_BASE, patience=Patience(seconds=5.0, family=Family.EXPONENTIAL)),
        "long patience": replace(_BASE, patience=Patience(seconds=60.0)),
        "machines": replace(_BASE, unanswered=_REST),
        "time-out": replace(_BASE, unanswered=_REST, answer=replace(_ANSWER, timeout_s=18.0)),
        "greeting": replace(_BASE, greeting=_gamma(2.0, 0.5)),
        "detection": replace(_BASE, unanswered=_REST, detection=_DETECTION, greeting=_gamma(2.0, 0.5)),
        "detection, no greeting": replace(_BASE, unanswered=_REST, detection=_DETECTION),
        "list": replace(_BASE, unanswered=_REST, records=_LIST),
        "list runs dry": replace(_BASE, records=Records(count=900, max_attempts=2, retry_s=(900.0,))),
        "list, records differ": replace(
            _BASE,
            records=_LIST,
            answer=replace(_ANSWER, concentration=2.0, by_time=(1.0, 1.3, 0.8), by_attempt=(1.0, 0.8)),
        ),
    }


def _days() -> dict[str, Scenario]:
    """Return campaigns whose day has something in it."""
    looking = Pacing(policy=Policy.IDLE_LINES, lines_per_idle=3.0, tick_s=2.5)
    return {
        "ticks of 2.5 s": replace(_BASE, pacing=looking),
        "shifts": replace(
            _BASE,
            shifts=(Shift(start_s=0, end_s=7200, agents=12), Shift(start_s=1800, end_s=10_000, agents=8)),
            breaks=(Break(at_s=3600, length_s=900, agents=5),),
        ),
        "changes": replace(
            _BASE,
            changes=(
                Change(at_s=2000, stop=Drain.FINISH),
                Change(at_s=3000, resume=True),
                Change(at_s=6000, pacing=Pacing(policy=Policy.RATIO, ratio=1.3)),
            ),
        ),
        "line cap": replace(_BASE, lines=Lines(cap=22)),
        "calls per second": replace(_BASE, lines=Lines(calls_per_s=1), agents=40),
        "warm-up": replace(_BASE, run=Run(days=1, hours_per_day=3.0, warm_up_s=1800.0)),
    }
