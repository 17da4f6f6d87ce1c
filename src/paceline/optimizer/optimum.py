"""The best any dialer can do under an abandonment limit when every time is exponential, and the table that does it.

1. Abandonment has a price c: a policy's worth is connects per second minus c times abandons per second.
2. For one price, policy iteration finds the best policy: from each state, dial up to the lines worth most.
3. Two policies, one above the limit and one below, define a price at which they are worth the same. If no policy is
   worth more at that price, mixing the two is the optimum; else the better one takes the place of one of them.
4. The worth at the last price bounds what any policy can reach within the limit, so the answer carries its proof.

References:
    Altman 1999, "Constrained Markov decision processes"; dialer-science, 1.6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from paceline.optimizer.chain import Instance, Performance, Solved, box_of
from paceline.simulation.errors import ScenarioError, SimulationError

if TYPE_CHECKING:  # numpy loads only when something is solved
    from paceline.optimizer.chain import Box, Floats, Integers

_TIE = 1e-10
"""A choice replaces another only when it is worth this much more, in connects."""
_GAP = 1e-9
"""Largest distance from the bound, as a share of the agents' time, with which the search ends."""
_ROUNDS = 200
_FIRST_PRICE = 0.4
_STEP, _STEP_NEAR = 1.6, 1.1
"""Factor between two prices while all are on one side of the limit; the first of a search that begins near its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimum:
    """The best policy within the limit: two neighbouring tables, mixed.

    Attributes:
        utilisation: share of the agents' time spent handling calls, 0 to 1.
        abandonment: abandoned answers over answers of the mixture; the limit, or less where the limit does not bind.
        bound: no policy at all has a utilisation above this within the limit.
        price: connects worth giving up to avoid one abandonment, at the optimum.
        table: lines that ring with 0, 1, 2, ... agents idle, of the policy at or below the limit.
        table_above: the same of the neighbour above the limit; equal to `table` where there is none.
        mixing: share of the time in which `table_above` is followed.
        below: long-run means of `table`.
        above: long-run means of `table_above`.
    """

    utilisation: float
    abandonment: float
    bound: float
    price: float
    table: tuple[int, ...]
    table_above: tuple[int, ...]
    mixing: float
    below: Performance
    above: Performance


def solve_optimum(instance: Instance, *, limit: float = 0.03) -> Optimum:
    """Return the policy of greatest utilisation whose long-run abandonment is at most the limit.

    Args:
        instance: the campaign; every time is exponential.
        limit: abandoned answers over answers, above 0 and below 1.

    Raises:
        ScenarioError: when the limit is out of bounds.
        SimulationError: when the search does not end; nothing is known then.

    Ten agents, as in dialer-science 3.6, case 11:

    >>> found = solve_optimum(Instance(agents=10, handle_s=180.0, ring_s=12.0, answer=0.3))
    >>> round(found.utilisation, 4), found.table[:6]
    (0.8785, (0, 1, 3, 5, 8, 11))
    """
    return Optima(instance).within(limit)


class Optima:
    """Optima of one instance under several limits: each search begins where the one before it ended."""

    def __init__(self, instance: Instance) -> None:
        """Begin with the instance; every time is exponential."""
        self.instance = instance
        self._near: _Near | None = None

    def within(self, limit: float) -> Optimum:
        """Return the policy of greatest utilisation whose long-run abandonment is at most the limit.

        Raises:
            ScenarioError: when the limit is out of bounds.
            SimulationError: when the search does not end; nothing is known then.
        """
        if not 0 < limit < 1:
            raise ScenarioError("limit", limit, "above 0 and below 1")
        margin = 1.0
        while margin < 9:
            box = box_of(self.instance, margin=margin)
            near = self._near if self._near is not None and self._near.best.box == box else None
            found = _solved(self.instance, box, limit=limit, near=near)
            if found is not None:
                optimum, self._near = found
                return optimum
            margin *= 1.5
        raise SimulationError("the chain runs over every edge that was tried", hint="is the instance a campaign?")


class _Near(NamedTuple):
    """A policy that was best at a price, from which another search may begin."""

    best: Solved
    price: float


def _solved(instance: Instance, box: Box, *, limit: float, near: _Near | None) -> tuple[Optimum, _Near] | None:
    """Return the optimum, and where it was found; None when the chain runs over the edge of the box."""
    allowed = limit / (1 - limit)
    below, above, price = _bracket(box, allowed, near)
    if above is None:
        alone = _mixture(instance, below, below, price=price, allowed=allowed)
        return (alone, _Near(below, price)) if below.is_wide_enough() else None
    for _ in range(_ROUNDS):
        price = (above.rates[0] - below.rates[0]) / (above.rates[1] - below.rates[1])
        found = _mixture(instance, below, above, price=price, allowed=allowed)
        best = _best(below, price)
        bound = _worth(best, price) / (1 - price * allowed) * instance.handle_s / instance.agents
        if bound - found.utilisation < _GAP:
            if not (below.is_wide_enough() and above.is_wide_enough()):
                return None
            return replace(found, bound=max(bound, found.utilisation)), _Near(best, price)
        if _excess(best, allowed) > 0:
            above = best
        else:
            below = best
    raise SimulationError("the price of an abandonment was not found", hint="report the instance: this is a fault")


def _bracket(box: Box, allowed: float, near: _Near | None) -> tuple[Solved, Solved | None, float]:
    """Return best policies below and above the limit and a price; None where even free abandonments stay below."""
    price, step = (_FIRST_PRICE, _STEP) if near is None else (near.price, _STEP_NEAR)
    best = _best(_proportional(box) if near is None else near.best, price)
    below, above = (None, best) if _excess(best, allowed) > 0 else (best, None)
    while below is None or above is None:
        price = price * step if below is None else price / step
        step = max(step, min(step * step, _STEP))
        best = _best(best, price)
        if _excess(best, allowed) > 0:
            above = best
        else:
            below = best
        if below is best and price < 1e-6:
            break
    return below, above, price


def _proportional(box: Box) -> Solved:
    """Return a first policy: so many lines for each idle agent that the idle-agent law holds, or more."""
    import numpy as np

    instance = box.instance
    each = max(1 / instance.answer, instance.freed_per_ring / instance.answer / instance.idle_by_law)
    wanted = np.minimum(np.ceil(np.maximum(box.standings(), 0) * each), box.lines).astype(np.int64)
    return Solved(box, np.maximum(wanted[:, None], np.arange(box.lines + 1)[None, :]))


def _best(start: Solved, price: float) -> Solved:
    """Return the policy that is best at a price, by policy iteration from a start."""
    import numpy as np

    solved = start
    for _ in range(_ROUNDS):
        worth = solved.values[0] - price * solved.values[1]
        worth[-1, 0] = -np.inf  # never to dial while all are idle would end the campaign
        better = _last_of_best(worth)
        gained = np.take_along_axis(worth, better, axis=1) - np.take_along_axis(worth, solved.target, axis=1)
        changed = gained > _TIE
        if not changed.any():
            return solved
        solved = Solved(solved.box, np.where(changed, better, solved.target))
    raise SimulationError("policy iteration does not end", hint="report the instance: this is a fault")


def _last_of_best(worth: Floats) -> Integers:
    """Return for each state the line count, not below its own, that is worth most."""
    import numpy as np

    best = np.maximum.accumulate(worth[:, ::-1], axis=1)[:, ::-1]
    own = np.broadcast_to(np.arange(worth.shape[1]), worth.shape)
    at_best = np.where(worth == best, own, worth.shape[1])
    nearest: Integers = np.minimum.accumulate(at_best[:, ::-1], axis=1)[:, ::-1]
    return nearest


def _worth(solved: Solved, price: float) -> float:
    return solved.rates[0] - price * solved.rates[1]


def _excess(solved: Solved, allowed: float) -> float:
    """Return abandons per second above what the limit allows for that many connects."""
    return solved.rates[1] - allowed * solved.rates[0]


def _mixture(instance: Instance, below: Solved, above: Solved, *, price: float, allowed: float) -> Optimum:
    """Return the mixture of two policies that meets the limit exactly, or `below` alone when they are the same."""
    under, over = -_excess(below, allowed), _excess(above, allowed)
    share = 0.0 if above is below else under / (under + over)
    connected, abandoned = (
        (1 - share) * one + share * other for one, other in zip(below.rates, above.rates, strict=True)
    )
    utilisation = connected * instance.handle_s / instance.agents
    return Optimum(
        utilisation=utilisation,
        abandonment=abandoned / (connected + abandoned),
        bound=utilisation,
        price=price,
        table=_table(below),
        table_above=_table(above),
        mixing=share,
        below=below.performance(),
        above=above.performance(),
    )


def _table(solved: Solved) -> tuple[int, ...]:
    """Return the lines by idle agents, up to the most that are ever idle, with no step down at the edge."""
    rows = solved.target[solved.box.instance.places :, 0]
    seen = solved.mass[solved.box.instance.places :].sum(axis=1) > 1e-12
    table: list[int] = []
    for lines, often in zip(rows.tolist(), seen.tolist(), strict=True):
        if not often and table:
            break
        table.append(max(lines, table[-1] if table else 0))
    return tuple(table)
