"""The solved decision process against a linear programme of its own, published values, and the other chain."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from paceline.optimizer.chain import Instance, evaluate_table, lines_per_idle
from paceline.optimizer.optimum import solve_optimum
from paceline.simulation.errors import ScenarioError
from paceline.teletraffic.agents_chain import lines_by_idle_agents


def instance(agents: int, *, handle_s: float = 180.0, ring_s: float = 12.0, answer: float = 0.3) -> Instance:
    return Instance(agents=agents, handle_s=handle_s, ring_s=ring_s, answer=answer)


def best_by_programme(found: Instance, limit: float, most_lines: int) -> float:
    """Return the greatest utilisation, from the shares of time and the decisions as unknowns of a linear programme.

    Unknown are the time spent in each state (idle k, ringing j), and how often (k, j) is turned into (k, j').
    """
    states = [(k, j) for k in range(found.agents + 1) for j in range(most_lines + 1)]
    place = {state: number for number, state in enumerate(states)}
    moves = [(k, j, more) for k, j in states for more in range(j, most_lines + 1)]
    size = len(states) + len(moves)
    enters, leaves = np.zeros((len(states), size)), np.zeros((len(states), size))
    gain, lost = np.zeros(size), np.zeros(size)
    for (k, j), at in place.items():
        for rate, to in _events(found, k, j):
            enters[place[to], at] += rate
            leaves[at, at] -= rate
        gain[at] = (found.agents - k) / found.handle_s
        lost[at] = j * found.answer / found.ring_s if k == 0 else 0.0
    for number, (k, j, more) in enumerate(moves, len(states)):
        enters[place[k, j], number] -= 1.0
        leaves[place[k, more], number] += 1.0
    total = np.append(np.ones(len(states)), np.zeros(len(moves)))[None, :]
    solved = linprog(
        -gain,
        A_ub=(lost - limit / (1 - limit) * gain)[None, :],
        b_ub=[0.0],
        A_eq=np.vstack([enters, leaves, total]),
        b_eq=np.append(np.zeros(2 * len(states)), 1.0),
    )
    return float(-solved.fun * found.handle_s / found.agents)


def _events(found: Instance, k: int, j: int) -> list[tuple[float, tuple[int, int]]]:
    events = []
    if k < found.agents:
        events.append(((found.agents - k) / found.handle_s, (k + 1, j)))
    if j:
        events.append((j * (1 - found.answer) / found.ring_s, (k, j - 1)))
        events.append((j * found.answer / found.ring_s, (max(k - 1, 0), j - 1)))
    return events


@pytest.mark.parametrize(
    ("agents", "limit", "answer"), [(1, 0.03, 0.3), (2, 0.03, 0.3), (2, 0.1, 0.5), (3, 0.03, 0.4), (3, 0.01, 0.3)]
)
def test_optimum_is_that_of_the_linear_programme(agents: int, limit: float, answer: float) -> None:
    found = instance(agents, answer=answer)
    assert solve_optimum(found, limit=limit).utilisation == pytest.approx(best_by_programme(found, limit, 14), abs=1e-7)


@pytest.mark.parametrize(("agents", "utilisation"), [(2, 0.83727), (3, 0.84460), (5, 0.85675), (10, 0.87850)])
def test_optimum_has_the_published_digits(agents: int, utilisation: float) -> None:
    assert solve_optimum(instance(agents)).utilisation == pytest.approx(utilisation, abs=6e-6)


@pytest.mark.parametrize(
    ("agents", "table", "price"),
    [(10, (0, 1, 3, 5, 8, 11), 0.80), (50, (0, 2, 5, 9, 13, 17), 0.46), (100, (0, 2, 8, 14, 20, 25), 0.34)],
)
def test_optimal_table_and_price_are_the_published_ones(agents: int, table: tuple[int, ...], price: float) -> None:
    found = solve_optimum(instance(agents))
    assert found.table[:6] == table
    assert found.price == pytest.approx(price, abs=0.006)


def test_mixture_meets_the_limit_and_its_parts_lie_on_both_sides() -> None:
    found = solve_optimum(instance(50))
    assert found.abandonment == pytest.approx(0.03, abs=1e-12)
    assert found.below.abandonment < 0.03 < found.above.abandonment
    assert 0 < found.mixing < 1


@settings(max_examples=10, deadline=None)
@given(
    agents=st.integers(1, 20),
    ring_s=st.floats(3.0, 40.0),
    answer=st.floats(0.1, 0.9),
    limit=st.floats(0.005, 0.2),
)
def test_bound_proves_the_optimum_and_no_table_of_its_kind_is_better(
    agents: int, ring_s: float, answer: float, limit: float
) -> None:
    campaign = instance(agents, ring_s=ring_s, answer=answer)
    found = solve_optimum(campaign, limit=limit)
    assert 0 <= found.bound - found.utilisation < 1e-8
    for ratio in (0.8 / answer, 1.0 / answer, 1.5 / answer):
        other = evaluate_table(campaign, lines_per_idle(agents, max(ratio, 1.0)))
        assert other.abandonment > limit or other.utilisation <= found.utilisation + 1e-9


@settings(max_examples=10, deadline=None)
@given(agents=st.integers(1, 12), ratio=st.floats(1.0, 5.0), answer=st.floats(0.1, 0.9))
def test_table_performs_as_in_the_chain_of_teletraffic(agents: int, ratio: float, answer: float) -> None:
    table = lines_per_idle(agents, ratio)
    ours = evaluate_table(instance(agents, answer=answer), table)
    theirs = lines_by_idle_agents(table, handle_s=180.0, ring_s=12.0, answer_rate=answer)
    assert ours.utilisation == pytest.approx(theirs.utilisation, abs=1e-8)
    assert ours.abandonment == pytest.approx(theirs.abandonment, abs=1e-8)


def test_table_obeys_littles_law() -> None:
    found = evaluate_table(instance(20), lines_per_idle(20, 3.0))
    dials_per_s = found.answers_per_min / 60 / 0.3
    assert found.ringing == pytest.approx(dials_per_s * 12.0, rel=1e-9)
    assert found.idle == pytest.approx(20 * (1 - found.utilisation), rel=1e-9)


def test_waiting_two_seconds_is_worth_what_the_chain_says() -> None:
    waits = Instance(agents=5, handle_s=180.0, ring_s=12.0, answer=0.3, patience_s=2.0, places=3)
    found = evaluate_table(waits, lines_per_idle(5, 3.0))
    assert (round(found.utilisation, 6), round(found.abandonment, 6)) == (0.934768, 0.263658)
    assert solve_optimum(waits).utilisation > solve_optimum(instance(5)).utilisation


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("agents", {"agents": 0}),
        ("handle_s", {"handle_s": 0.0}),
        ("ring_s", {"ring_s": math.inf}),
        ("answer", {"answer": 1.2}),
    ],
)
def test_instance_out_of_bounds_is_refused_by_name(field: str, values: dict[str, float]) -> None:
    given_values = {"agents": 5, "handle_s": 180.0, "ring_s": 12.0, "answer": 0.3, **values}
    with pytest.raises(ScenarioError) as refused:
        Instance(**given_values)  # type: ignore[arg-type]  # agents are whole here
    assert refused.value.field == field


def test_table_that_never_dials_is_refused() -> None:
    with pytest.raises(ScenarioError, match="nobody is ever called"):
        evaluate_table(instance(2), [0, 0, 0])


def test_limit_out_of_bounds_is_refused() -> None:
    with pytest.raises(ScenarioError, match="limit"):
        solve_optimum(instance(2), limit=1.0)
