from __future__ import annotations

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.teletraffic.agents_chain import lines_by_idle_agents, lines_per_idle_agent
from paceline.teletraffic.errors import ParameterError
from paceline.teletraffic.progressive import utilisation_progressive
from tests.unit.teletraffic.brute import State, steady_state


@pytest.mark.parametrize(
    ("agents", "ratio", "utilisation", "abandonment"),
    [
        (2, 2, 0.900873, 0.197551),
        (5, 2, 0.902758, 0.144517),
        (5, 3, 0.933554, 0.276437),
        (10, 2, 0.904361, 0.086861),
        (20, 3, 0.937122, 0.109637),
    ],
)
def test_the_chain_is_the_published_one(agents: int, ratio: int, utilisation: float, abandonment: float) -> None:
    found = lines_per_idle_agent(agents, ratio, answer_rate=0.3, handle_s=180.0, ring_s=12.0)
    assert found.utilisation == pytest.approx(utilisation, abs=6e-7)
    assert found.abandonment == pytest.approx(abandonment, abs=6e-7)


def test_the_chain_with_patience_is_the_published_one() -> None:
    found = lines_per_idle_agent(5, 3, answer_rate=0.3, handle_s=180.0, ring_s=12.0, patience_s=2.0, places=8)
    assert found.utilisation == pytest.approx(0.934768, abs=6e-7)
    assert found.abandonment == pytest.approx(0.263658, abs=6e-7)


def by_force(lines: Sequence[int], answer_rate: float, patience_s: float | None, places: int) -> tuple[float, float]:
    """Return utilisation and abandonment from the chain of (busy, waiting, ringing), handle 180 s and ring 12 s."""
    agents, lost_per_s = len(lines) - 1, 0.0 if patience_s is None else 1 / patience_s

    def dialled(busy: int, waiting: int, ringing: int) -> State:
        return busy, waiting, max(ringing, 0 if waiting else lines[agents - busy])

    def moves(state: State) -> Iterable[tuple[State, float]]:
        busy, waiting, ringing = state
        served = (busy, waiting - 1) if waiting else (busy - 1, 0)
        if busy:
            yield dialled(*served, ringing), busy / 180
        if waiting:
            yield dialled(busy, waiting - 1, ringing), waiting * lost_per_s
        if ringing:
            yield dialled(busy, waiting, ringing - 1), ringing / 12 * (1 - answer_rate)
            answered = (busy + 1, 0) if busy < agents else (busy, min(waiting + 1, places))
            yield dialled(*answered, ringing - 1), ringing / 12 * answer_rate

    shares = steady_state(dialled(0, 0, 0), moves)
    answers = sum(share * ringing / 12 * answer_rate for (_, _, ringing), share in shares.items())
    lost = sum(
        share * (waiting * lost_per_s + (ringing / 12 * answer_rate if busy == agents and waiting == places else 0))
        for (busy, waiting, ringing), share in shares.items()
    )
    return sum(share * busy for (busy, _, _), share in shares.items()) / agents, lost / answers


@settings(max_examples=40)
@given(
    lines=st.lists(st.integers(0, 9), min_size=1, max_size=6),
    last=st.integers(1, 9),
    answer_rate=st.floats(0.05, 1.0),
    places=st.integers(0, 3),
)
def test_any_table_of_lines_is_the_chain_solved_by_force(
    lines: list[int], last: int, answer_rate: float, places: int
) -> None:
    patience_s = 2.0 if places else None
    table = (*lines, last)
    found = lines_by_idle_agents(
        table, answer_rate=answer_rate, handle_s=180.0, ring_s=12.0, patience_s=patience_s, places=places
    )
    utilisation, abandonment = by_force(table, answer_rate, patience_s, places)
    assert found.utilisation == pytest.approx(utilisation, rel=1e-8)
    assert found.abandonment == pytest.approx(abandonment, rel=1e-7, abs=1e-10)


def test_the_published_optimal_table_meets_its_limit_and_its_utilisation() -> None:
    # Section 1.6 of the science notes, N = 10: the table ends at 5 idle agents, beyond which its slope goes on.
    found = lines_by_idle_agents((0, 1, 3, 5, 8, 11, 14, 17, 20, 23, 26), answer_rate=0.3, handle_s=180.0, ring_s=12.0)
    assert found.utilisation == pytest.approx(0.8785, abs=0.01)
    assert found.abandonment == pytest.approx(0.03, abs=0.01)


def test_one_line_for_each_idle_agent_is_progressive() -> None:
    found = lines_per_idle_agent(7, 1, answer_rate=0.3, handle_s=180.0, ring_s=12.0)
    assert found.abandonment == pytest.approx(0, abs=1e-12)
    assert found.utilisation == pytest.approx(utilisation_progressive(0.3, 180.0, 12.0), rel=1e-9)
    assert found.idle == pytest.approx(found.ringing, rel=1e-9)


@given(agents=st.integers(2, 8), ratio=st.integers(1, 4))
def test_answers_are_what_the_ringing_lines_bring(agents: int, ratio: int) -> None:
    found = lines_per_idle_agent(agents, ratio, answer_rate=0.3, handle_s=180.0, ring_s=12.0)
    connected_per_s = found.ringing / 12 * 0.3 * (1 - found.abandonment)
    assert connected_per_s * 180 == pytest.approx(found.utilisation * agents, rel=1e-9)


@pytest.mark.parametrize(
    ("lines", "places", "patience_s", "told"),
    [
        ((0, 0), 0, None, r"lines\[1\] is 0; it must be a whole number from 1"),
        ((1,), 0, None, "agents is 0"),
        ((0, 1), 2, None, "patience_s is None; it must be given when answers may wait, and only then"),
        ((0, 1), 0, 2.0, "patience_s is 2.0"),
        ((0, 99_999), 2, 2.0, "states is 400000; it must be at most 200000"),
    ],
)
def test_a_chain_that_cannot_be_solved_is_refused(
    lines: tuple[int, ...], places: int, patience_s: float | None, told: str
) -> None:
    with pytest.raises(ParameterError, match=told):
        lines_by_idle_agents(lines, answer_rate=0.3, handle_s=180.0, ring_s=12.0, patience_s=patience_s, places=places)
