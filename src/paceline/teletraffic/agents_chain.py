"""The dialer that looks at its idle agents, solved exactly: for each count of idle agents, lines up to some number.

All times are exponential. The state is (level, lines ringing); the level is busy agents plus waiting answers. A level
is left for its neighbours only, so the steady state is a product of small matrices from the top level downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from paceline.teletraffic.bounds import answer_rate, count, seconds
from paceline.teletraffic.errors import ParameterError

if TYPE_CHECKING:  # numpy loads only when a chain is solved
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.floating[Any]]

MOST_STATES = 200_000
"""Larger chains are refused: they want the solver of the optimum, or a simulation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleLines:
    """How a dialer does that looks at its idle agents.

    Attributes:
        utilisation: share of the agents' time that is talk or wrap-up.
        abandonment: share of the live answers that are abandoned.
        ringing: mean number of lines ringing.
        idle: mean number of idle agents.
    """

    utilisation: float
    abandonment: float
    ringing: float
    idle: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """Rates per second, and what each level orders."""

    agents: int
    places: int
    service: float
    ring_end: float
    answered: float
    patience_end: float
    orders: tuple[int, ...]

    def blocks(self, level: int) -> tuple[Matrix, Matrix, Matrix]:
        """Return the rates from a level to the one below, within it (diagonal included), and to the one above."""
        import numpy as np

        most, here = max(self.orders), self.orders[level]
        down = np.zeros((most + 1 - here, most + 1 - self.orders[max(level - 1, 0)]))
        within = np.zeros((most + 1 - here, most + 1 - here))
        top = level == self.agents + self.places
        up = np.zeros((most + 1 - here, 0 if top else most + 1 - self.orders[level + 1]))
        busy = min(level, self.agents)
        leaving = busy * self.service + (level - busy) * self.patience_end
        for ringing in range(here, most + 1):
            row = ringing - here
            if level > 0:
                below = self.orders[level - 1]
                down[row, max(ringing, below) - below] += leaving
                within[row, row] -= leaving
            again = max(ringing - 1, here) - here
            within[row, again] += ringing * self.ring_end * (1 - self.answered)
            within[row, row] -= ringing * self.ring_end
            if top:
                within[row, again] += ringing * self.ring_end * self.answered
            else:
                above = self.orders[level + 1]
                up[row, max(ringing - 1, above) - above] += ringing * self.ring_end * self.answered
        return down, within, up


def lines_per_idle_agent(
    agents: int,
    ratio: int,
    *,
    answer_rate: float,
    handle_s: float,
    ring_s: float,
    patience_s: float | None = None,
    places: int = 0,
) -> IdleLines:
    """Return how a dialer does that keeps a whole number of lines ringing for each idle agent.

    Args:
        agents: at least 1.
        ratio: lines for each idle agent, at least 1.
        answer_rate: share of dials that a person answers, a fraction above 0.
        handle_s: mean talk plus wrap-up, seconds, above 0.
        ring_s: mean ringing, answered or not, seconds, above 0.
        patience_s: mean patience of an answer that waits, seconds; None when there are no places.
        places: answers that may wait at the same time; 0 when an answer without an agent is abandoned at once.

    Raises:
        ParameterError: a value is out of its bounds.

    >>> done = lines_per_idle_agent(5, 2, answer_rate=0.3, handle_s=180.0, ring_s=12.0)
    >>> round(done.utilisation, 6), round(done.abandonment, 6)
    (0.902758, 0.144517)
    """
    count("agents", agents)
    count("ratio", ratio)
    return lines_by_idle_agents(
        tuple(ratio * idle for idle in range(agents + 1)),
        answer_rate=answer_rate,
        handle_s=handle_s,
        ring_s=ring_s,
        patience_s=patience_s,
        places=places,
    )


def lines_by_idle_agents(
    lines: Sequence[int],
    *,
    answer_rate: float,
    handle_s: float,
    ring_s: float,
    patience_s: float | None = None,
    places: int = 0,
) -> IdleLines:
    """Return how a dialer does that orders lines up to a number that depends on the idle agents.

    After each event it dials until as many lines ring as `lines` says, and never takes one back. While answers wait it
    dials nothing.

    Args:
        lines: [agents + 1] whole numbers: lines to ring with 0, 1, ... all agents idle; the last at least 1.
        answer_rate: share of dials that a person answers, a fraction above 0.
        handle_s: mean talk plus wrap-up, seconds, above 0.
        ring_s: mean ringing, answered or not, seconds, above 0.
        patience_s: mean patience of an answer that waits, seconds; None when there are no places.
        places: answers that may wait at the same time, at least 0.

    Raises:
        ParameterError: a value is out of its bounds, or the chain has more than 200,000 states.

    References:
        docs/background/queueing.md, "A dialer that looks".

    >>> round(lines_by_idle_agents((0, 1), answer_rate=1.0, handle_s=30.0, ring_s=10.0).utilisation, 6)
    0.75
    """
    chain = _chain(lines, share=answer_rate, handle_s=handle_s, ring_s=ring_s, patience_s=patience_s, places=places)
    shares = _steady_state(chain)
    agents, most = chain.agents, max(chain.orders)
    busy = ringing = lost = answers = ringing_here = 0.0
    for level, share in enumerate(shares):
        ringing_here = float(share @ [float(lines_ringing) for lines_ringing in range(chain.orders[level], most + 1)])
        busy += min(level, agents) * float(share.sum())
        ringing += ringing_here
        answers += ringing_here * chain.ring_end * chain.answered
        lost += max(level - agents, 0) * chain.patience_end * float(share.sum())
    lost += ringing_here * chain.ring_end * chain.answered  # at the top level every answer is abandoned
    return IdleLines(utilisation=busy / agents, abandonment=lost / answers, ringing=ringing, idle=agents - busy)


def _chain(
    lines: Sequence[int],
    *,
    share: float,
    handle_s: float,
    ring_s: float,
    patience_s: float | None,
    places: int,
) -> _Chain:
    agents = count("agents", len(lines) - 1)
    for idle, ordered in enumerate(lines):
        count(f"lines[{idle}]", ordered, lowest=1 if idle == agents else 0)
    count("places", places, lowest=0)
    if (patience_s is None) != (places == 0):
        raise ParameterError("patience_s", patience_s, "given when answers may wait, and only then")
    states = (agents + places + 1) * (max(lines) + 1)
    if states > MOST_STATES:
        raise ParameterError("states", states, f"at most {MOST_STATES}", hint="fewer agents, or fewer lines for each")
    return _Chain(
        agents=agents,
        places=places,
        service=1 / seconds("handle_s", handle_s),
        ring_end=1 / seconds("ring_s", ring_s),
        answered=answer_rate("answer_rate", share),
        patience_end=0.0 if patience_s is None else 1 / seconds("patience_s", patience_s),
        orders=(*reversed(lines), *(0 for _ in range(places))),
    )


def _steady_state(chain: _Chain) -> list[Matrix]:
    """Return the share of time in each state: for each level, [lines ringing from its order upwards].

    From the top: share(level) = share(level - 1) x step(level), step = up x inverse of -(within + step above x down).
    """
    import numpy as np

    steps: list[Matrix] = []
    down, within, _ = chain.blocks(chain.agents + chain.places)
    for level in range(chain.agents + chain.places - 1, -1, -1):
        below_down, below_within, up = chain.blocks(level)
        step: Matrix = np.linalg.solve(-within.T, up.T).T
        steps.append(step)
        within = below_within + step @ down
        down = below_down
    # At level 0 one equation says nothing new; in its place the shares add up to 1.
    balance = np.vstack([within.T[:-1], np.ones(len(within))])
    shares: list[Matrix] = []
    shares.append(np.linalg.solve(balance, np.eye(len(within))[-1]))
    for step in reversed(steps):
        shares.append(shares[-1] @ step)
    whole = sum(float(share.sum()) for share in shares)
    return [share / whole for share in shares]
