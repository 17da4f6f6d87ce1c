"""The campaign that all contenders simulate: a list, machines, retries, wrap-ups, and a policy near 3 % abandonment."""

from __future__ import annotations

import math

from paceline.simulation.checks import check_scenario
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.plan import Plan, plan_of
from paceline.simulation.scenario import Answer, Pacing, Patience, Policy, Records, Run, Scenario, Unanswered

SCALE = {10: 2.2, 100: 4.3, 1000: 23.0, 10_000: 190.0}
"""Idle agents with which 63 % of the most lines ring, so that about 3 % are abandoned; by agents."""
ANSWER = 0.26
BY_HOUR = (0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.15, 1.0)
"""Factors on the answer rate: 22 to 30 %."""
MEAN_RING_S = 21.5
"""Mean ring of the dials."""
HANDLE_S = 150.0


def table(agents: int, scale: float) -> tuple[int, ...]:
    """Return lines by idle agents: a curve that saturates a little above what the worst hour needs."""
    most = 1.15 * agents * MEAN_RING_S / HANDLE_S / (ANSWER * min(BY_HOUR))
    return tuple(round(most * (1 - math.exp(-idle / scale))) for idle in range(min(agents, math.ceil(12 * scale)) + 1))


def campaign(agents: int, hours: float) -> Scenario:
    """Return the campaign with so many agents, on a day of so many hours."""
    return Scenario(
        agents=agents,
        talk=Duration(family=Family.LOGNORMAL, mean_s=120.0, cv=1.0),
        wrap=Duration(family=Family.EXPONENTIAL, mean_s=30.0),
        answer=Answer(
            probability=ANSWER,
            ring_answered=Duration(family=Family.GAMMA, mean_s=13.0, cv=0.4),
            ring_unanswered=Duration(family=Family.DETERMINISTIC, mean_s=30.0),
            by_time=BY_HOUR,
        ),
        unanswered=Unanswered(
            machine=0.4, busy=0.07, machine_ring=Duration(family=Family.GAMMA, mean_s=21.0, cv=0.2), busy_s=2.5
        ),
        patience=Patience(seconds=2.0),
        pacing=Pacing(policy=Policy.OPTIMAL, table=table(agents, SCALE[agents])),
        records=Records(
            count=500 * agents,
            max_attempts=3,
            machine_retry_s=(7200.0,),
            busy_retry_s=(600.0,),
            no_answer_retry_s=(3600.0,),
        ),
        run=Run(days=1, hours_per_day=hours),
    )


def plan_for(agents: int, hours: float) -> Plan:
    """Return the plan of the campaign."""
    return plan_of(check_scenario(campaign(agents, hours)))
