"""How many agents are idle under the best possible dialer: a law fitted to exact optima, with its range and its error.

At 3 % abandonment the idle agents are almost a function of x = N R / T alone, the agents who become free while a line
rings: idle = 0.34 + 1.66 ln(1 + x). The fit is within 8.5 % for x from 0.4 to 100 at an answer rate of 0.3. Other
answer rates move it by about 10 % with 50 agents and by 30 % with 10, of whom 3 to 4 points more are busy at a rate of
0.6; long rings move it too. `is_near` says where it is within about a point. It supposes that all rings are alike and
that nobody waits; it is a measure for claims, not a proof, and says nothing of other limits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from paceline.teletraffic.bounds import count, seconds
from paceline.teletraffic.errors import ParameterError

ABANDONMENT = 0.03
"""The limit at which the law was fitted."""
SMALLEST, LARGEST = 0.4, 100.0
"""Range of x = N R / T in which it was fitted."""
FIT_ERROR, ANSWER_RATE_ERROR = 0.085, 0.10
"""Largest error of the fit relative to the exact optimum, and how far other answer rates move it with 50 agents."""
NEAR = ((50, 0.1, 0.6), (25, 0.2, 0.4), (10, 0.26, 0.35))
"""Agents from which on the law is near the optimum, with the lowest and the highest answer rate."""
LONGEST_RING = 1 / 6
"""Longest ring, as a share of the handle time, with which it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleAgents:
    """What the law says.

    Attributes:
        idle: mean number of idle agents under the best dialer.
        lowest: the fewest that the errors of the fit and of other answer rates leave possible.
        highest: the most.
        utilisation: share of the agents' time that is talk or wrap-up, from `idle`.
    """

    idle: float
    lowest: float
    highest: float
    utilisation: float


def is_near(agents: int, answer_rate: float, handle_s: float, ring_s: float) -> bool:
    """Return whether the law is within about a point of utilisation of the exact optimum.

    Args:
        agents: at least 1.
        answer_rate: a fraction.
        handle_s: mean talk plus wrap-up, seconds.
        ring_s: mean ringing of a dial, seconds.

    References:
        `paceline.optimizer.optimum`, solved for 5 to 200 agents, rings of 4 to 60 s, talks of 180 s: within 1.1 points.

    >>> is_near(50, 0.25, 180.0, 12.0), is_near(10, 0.6, 180.0, 12.0)
    (True, False)
    """
    rates = [(lowest, highest) for least, lowest, highest in NEAR if agents >= least]
    return bool(rates) and rates[0][0] <= answer_rate <= rates[0][1] and ring_s <= LONGEST_RING * handle_s


def idle_agents(agents: int, handle_s: float, ring_s: float) -> IdleAgents:
    """Return how many agents are idle under the best dialer that abandons 3 %.

    Args:
        agents: at least 1.
        handle_s: mean talk plus wrap-up, seconds, above 0.
        ring_s: mean ringing of a dial, seconds, above 0.

    Raises:
        ParameterError: a value is out of its bounds, or agents x ring_s / handle_s is outside 0.4 to 100, where nothing
            was fitted.

    References:
        docs/background/queueing.md, "The best possible"; Pang and Perry 2014 for the logarithm.

    >>> law = idle_agents(50, 180.0, 12.0)
    >>> round(law.idle, 2), round(law.utilisation, 3)
    (2.77, 0.945)
    """
    count("agents", agents)
    freed = agents * seconds("ring_s", ring_s) / seconds("handle_s", handle_s)
    # A product that is 0.4 or 100 but for rounding is in the range.
    if not SMALLEST * (1 - 1e-12) <= freed <= LARGEST * (1 + 1e-12):
        raise ParameterError(
            "agents x ring_s / handle_s",
            round(freed, 6),
            f"from {SMALLEST:g} to {LARGEST:g}",
            hint="the law was fitted there and says nothing elsewhere; simulate, or solve the optimum",
        )
    idle = 0.34 + 1.66 * math.log1p(freed)
    error = FIT_ERROR + ANSWER_RATE_ERROR
    return IdleAgents(
        idle=idle, lowest=idle / (1 + error), highest=idle / (1 - error), utilisation=max(0.0, 1 - idle / agents)
    )
