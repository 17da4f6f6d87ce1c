"""A dialer with exponential times as a Markov chain, and what a dialing table gives there in the long run, exactly.

A state is (standing, ringing) after a decision: standing is idle agents minus waiting calls, ringing is lines. Lines
are only ever added, so a policy maps the state after an event to a state with at least as many lines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from paceline.simulation.errors import ScenarioError

if TYPE_CHECKING:  # numpy and scipy load only when something is solved
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Integers = npt.NDArray[np.int64]

MOST_AGENTS = 2_000
"""Agents up to which an instance is accepted; the solver is measured up to 1,000."""
_EDGE = 1e-9
"""Largest probability that the chain may have at the edge of the part of it that is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A campaign in which every time is exponential, the list never ends and lines are unlimited.

    Attributes:
        agents: agents, 1 to 2,000.
        handle_s: mean talk and wrap-up, seconds, above 0.
        ring_s: mean ring of a line, answered or not, seconds, above 0.
        answer: share of the dials answered by a person, above 0 and at most 1.
        patience_s: mean time an answered call waits for an agent, seconds; 0: abandoned at once.
        places: calls that may wait at once; only with a patience.
    """

    agents: int
    handle_s: float
    ring_s: float
    answer: float
    patience_s: float = 0.0
    places: int = 0

    def __post_init__(self) -> None:
        """Refuse what is out of bounds."""
        bounds: tuple[tuple[str, float, bool, str], ...] = (
            ("agents", self.agents, 1 <= self.agents <= MOST_AGENTS, f"from 1 to {MOST_AGENTS}"),
            ("handle_s", self.handle_s, 0 < self.handle_s < math.inf, "above 0 seconds"),
            ("ring_s", self.ring_s, 0 < self.ring_s < math.inf, "above 0 seconds"),
            ("answer", self.answer, 0 < self.answer <= 1, "above 0 and at most 1"),
            ("patience_s", self.patience_s, 0 <= self.patience_s < math.inf, "0 seconds or more"),
            ("places", self.places, 0 <= self.places <= 200, "from 0 to 200"),
        )
        for name, found, within, bound in bounds:
            if not within:
                raise ScenarioError(name, found, bound)
        if (self.places > 0) != (self.patience_s > 0):
            raise ScenarioError("places", self.places, "above 0 exactly where patience_s is")

    @property
    def freed_per_ring(self) -> float:
        """Return how many agents come free in a mean ring when all are busy."""
        return self.agents * self.ring_s / self.handle_s

    @property
    def idle_by_law(self) -> float:
        """Return the mean idle agents at the optimum with a limit of 3 %, by the law of dialer-science 3.1."""
        return 0.34 + 1.66 * math.log1p(self.freed_per_ring)


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """Long-run means of an instance under a policy.

    Attributes:
        utilisation: share of the agents' time spent handling calls, 0 to 1.
        abandonment: abandoned answers over answers, 0 to 1; 0 where nobody answers.
        idle: mean idle agents.
        waiting: mean waiting calls.
        ringing: mean lines ringing.
        answers_per_min: answers per minute, abandoned ones included.
    """

    utilisation: float
    abandonment: float
    idle: float
    waiting: float
    ringing: float
    answers_per_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """The part of the state space that is looked at: the instance, how many idle agents, how many lines."""

    instance: Instance
    idle: int
    lines: int

    @property
    def shape(self) -> tuple[int, int]:
        """Return the number of standings and of line counts."""
        return self.instance.places + self.idle + 1, self.lines + 1

    def standings(self) -> Integers:
        """Return the standings: [places + idle + 1] idle agents minus waiting calls, ascending."""
        import numpy as np

        return np.arange(-self.instance.places, self.idle + 1)


def box_of(instance: Instance, *, margin: float = 1.0) -> Box:
    """Return a box wide enough for tables near the optimum; a larger margin makes it wider.

    References:
        The idle-agent law of dialer-science, 3.1, gives the middle; the width is checked after each solution.
    """
    idle = min(instance.agents, math.ceil(margin * (24 + 6 * math.log1p(instance.freed_per_ring))))
    mean = instance.freed_per_ring / instance.answer
    lines = math.ceil(margin * (mean + 7 * math.sqrt(mean / instance.answer) + 8 / instance.answer + 6))
    return Box(instance=instance, idle=idle, lines=lines)


def evaluate_table(instance: Instance, table: Sequence[int]) -> Performance:
    """Return the long-run means when, with 0, 1, 2, ... agents idle, lines are dialled until `table` many ring.

    Args:
        instance: the campaign.
        table: lines by idle agents; the last entry holds for more. Never dials where it is 0.

    Raises:
        ScenarioError: when the table is empty or has a negative entry.

    Two agents, two lines for each of them that is idle (dialer-science 3.6, case 9):

    >>> found = evaluate_table(Instance(agents=2, handle_s=180.0, ring_s=12.0, answer=0.3), [0, 2, 4])
    >>> round(found.utilisation, 6), round(found.abandonment, 6)
    (0.900873, 0.197551)
    """
    if not table or min(table) < 0:
        raise ScenarioError("table", tuple(table), "one entry at least, none of them negative")
    if table[min(instance.agents, len(table) - 1)] == 0:
        raise ScenarioError("table", tuple(table), "above 0 where all are idle: else nobody is ever called")
    import numpy as np

    margin = 1.0
    while True:
        box = box_of(instance, margin=margin)
        lines = max(box.lines, *table[: box.idle + 1])
        box = Box(instance=instance, idle=box.idle, lines=lines)
        by_standing = np.array([table[min(max(k, 0), len(table) - 1)] for k in box.standings()])
        target = np.maximum(by_standing[:, None], np.arange(lines + 1)[None, :])
        found = Solved(box, target)
        if found.is_wide_enough():
            return found.performance()
        margin *= 2.0


def lines_per_idle(agents: int, ratio: float) -> tuple[int, ...]:
    """Return the table that keeps `ratio` lines ringing for each idle agent, rounded down.

    >>> lines_per_idle(3, 1.5)
    (0, 1, 3, 4)
    """
    return tuple(math.floor(ratio * idle + 1e-9) for idle in range(agents + 1))


class Solved:
    """The long-run rates of a policy, and the relative values of its states, from one factorisation."""

    def __init__(self, box: Box, target: Integers) -> None:
        """Solve the chain in which an event that leads to (standing, j) is followed by `target[standing, j]` lines.

        Args:
            box: the part of the state space looked at.
            target: [standings, lines + 1] line counts after the decision, none below the one before it.
        """
        import numpy as np
        from scipy import sparse
        from scipy.sparse.linalg import splu

        self.box, self.target = box, target
        matrix, gains = _generator(box, target)
        size = matrix.shape[0]
        pinned = np.zeros(size)
        pinned[size // 2] = 1.0  # values are differences; any state may be the one they are taken from
        ones = sparse.csr_matrix(np.ones((size, 1)))
        bordered = sparse.bmat([[matrix, ones], [sparse.csr_matrix(pinned), None]], format="csc")
        factor = splu(bordered, permc_spec="COLAMD")
        solutions = [factor.solve(np.append(gain, 0.0)) for gain in gains]
        self.rates = tuple(float(solution[-1]) for solution in solutions)
        self.values = [solution[:-1].reshape(box.shape) for solution in solutions]
        mass = factor.solve(np.append(np.zeros(size), 1.0), trans="T")[:-1]
        self.mass: Floats = mass.reshape(box.shape)

    def is_wide_enough(self) -> bool:
        """Return whether the chain hardly ever meets the edge of the box where that cuts off real states."""
        cut = self.box.idle < self.box.instance.agents
        return not cut or float(self.mass[-1].sum()) < _EDGE

    def performance(self) -> Performance:
        """Return the long-run means."""
        import numpy as np

        instance, (connected, abandoned) = self.box.instance, self.rates
        standings = self.box.standings()
        share = self.mass.sum(axis=1)
        answers = connected + abandoned
        return Performance(
            utilisation=connected * instance.handle_s / instance.agents,
            abandonment=max(0.0, abandoned) / answers if answers > 0 else 0.0,
            idle=float(share @ np.maximum(standings, 0)),
            waiting=float(share @ np.maximum(-standings, 0)),
            ringing=float(self.mass.sum(axis=0) @ np.arange(self.box.lines + 1)),
            answers_per_min=60.0 * answers,
        )


def _generator(box: Box, target: Integers) -> tuple[Any, tuple[Floats, Floats]]:
    """Return the sparse matrix of rates out less rates on, and each state's gains: connects and abandons per second."""
    import numpy as np
    from scipy import sparse

    instance, lines = box.instance, box.lines
    standings = np.repeat(box.standings(), lines + 1)
    ringing = np.tile(np.arange(lines + 1), box.shape[0])
    here = np.arange(standings.size)
    row = here // (lines + 1)
    after = (np.arange(box.shape[0])[:, None] * (lines + 1) + target).ravel()
    last, full = row == box.shape[0] - 1, row == 0
    ends = np.where(last, 0.0, (instance.agents - np.maximum(standings, 0)) / instance.handle_s)
    gives_up = np.maximum(-standings, 0) / instance.patience_s if instance.places else np.zeros(standings.size)
    answered = ringing * instance.answer / instance.ring_s
    silent = ringing * (1.0 - instance.answer) / instance.ring_s
    fewer = np.where(ringing > 0, here - 1, here)
    # All idle and nothing rings: nothing happens until it is decided again, say after a mean ring.
    still = np.where(last & (ringing == 0), 1.0 / instance.ring_s, 0.0)
    moves = (
        (still, after),
        (ends + gives_up, after[np.where(last, here, here + lines + 1)]),
        (silent, after[fewer]),
        (answered, after[np.where(full, fewer, fewer - lines - 1)]),
    )
    out = sum(rate for rate, _ in moves)
    size = here.size
    matrix = sparse.diags(out, format="csr")
    for rate, to in moves:
        used = rate > 0
        matrix = matrix - sparse.csr_matrix((rate[used], (here[used], to[used])), shape=(size, size))
    connects = (instance.agents - np.maximum(standings, 0)) / instance.handle_s
    return matrix, (connects, np.where(full, answered, 0.0) + gives_up)
