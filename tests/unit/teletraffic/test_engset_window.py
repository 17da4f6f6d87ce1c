from __future__ import annotations

import heapq
import math
from collections import deque
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.teletraffic.abandonment import connected_late, wait_window
from paceline.teletraffic.engset import best_lines, fixed_lines
from paceline.teletraffic.engset_window import best_lines_with_window, fixed_lines_with_window, log_poisson_tails
from tests.unit.teletraffic.brute import birth_death


@given(agents=st.integers(1, 60), more=st.integers(-10, 60), load=st.floats(0.05, 20))
def test_a_window_of_nothing_is_engset(agents: int, more: int, load: float) -> None:
    lines = max(1, agents + more)
    at_once = fixed_lines(agents, lines, load)
    found = fixed_lines_with_window(agents, lines, load, handle_s=180.0, window_s=0.0)
    assert found.utilisation == pytest.approx(at_once.utilisation, rel=1e-9)
    assert found.abandonment == pytest.approx(at_once.abandonment, rel=1e-9, abs=1e-300)
    assert found.late == 0


@pytest.mark.parametrize("load", [30.0, 48.0, 50.0, 70.0])
def test_endless_lines_with_a_window_are_the_plain_queue_with_one(load: float) -> None:
    found = fixed_lines_with_window(50, 10_000_000, load / 10_000_000, handle_s=60.0, window_s=8.0, late_s=2.0)
    plain = wait_window(50, load / 60, 60.0, 8.0)
    assert found.abandonment == pytest.approx(plain.abandonment, rel=3e-4)
    assert found.utilisation == pytest.approx(plain.utilisation, rel=1e-4)
    assert found.late == pytest.approx(connected_late(50, load / 60, 60.0, 8.0, 2.0), rel=3e-4)


def test_an_endless_window_is_the_chain_in_which_nobody_leaves() -> None:
    shares = birth_death(9, lambda held: (9 - held) * 0.8, lambda held: float(min(held, 4)))
    found = fixed_lines_with_window(4, 9, 0.8, handle_s=1.0, window_s=600.0)
    busy = sum(min(held, 4) * share for held, share in enumerate(shares))
    assert found.abandonment == pytest.approx(0, abs=1e-12)
    assert found.utilisation == pytest.approx(busy / 4, rel=1e-10)


def played(agents: int, lines: int, load: float, window_s: float, late_s: float, answers: int) -> tuple[float, ...]:
    """Play the system with handle times of mean 1, and return utilisation, abandonment and late connections."""
    rng = np.random.Generator(np.random.Philox(7))
    handles, ages = rng.exponential(1.0, answers).tolist(), rng.exponential(1 / load, 5 * answers).tolist()
    events: list[tuple[float, str, int, float]] = [(ages.pop(), "answer", line, 0.0) for line in range(lines)]
    heapq.heapify(events)
    waiting: deque[tuple[float, int]] = deque()
    idle, lost, late, worked, now = agents, 0, 0, 0.0, 0.0
    while handles:
        now, kind, line, since = heapq.heappop(events)
        if kind == "answer":
            waiting.append((now, line))
            heapq.heappush(events, (now + window_s, "window", line, now))
        elif kind == "call end":
            idle += 1
            heapq.heappush(events, (now + ages.pop(), "answer", line, 0.0))
        elif waiting and waiting[0] == (since, line):
            waiting.popleft()
            lost += 1
            heapq.heappush(events, (now + ages.pop(), "answer", line, 0.0))
        while idle and waiting and handles:
            since, line = waiting.popleft()
            idle -= 1
            late += now - since > late_s
            handle = handles.pop()
            worked += handle
            heapq.heappush(events, (now + handle, "call end", line, 0.0))
    return worked / now / agents, lost / (lost + answers), late / (lost + answers)


@pytest.mark.parametrize(("agents", "lines", "load"), [(3, 6, 0.8), (5, 8, 2.5)])
def test_a_game_of_the_system_comes_to_the_same(agents: int, lines: int, load: float) -> None:
    utilisation, lost, late = played(agents, lines, load, 0.3, 0.1, 150_000)
    found = fixed_lines_with_window(agents, lines, load, handle_s=1.0, window_s=0.3, late_s=0.1)
    # Seven times the error that 150,000 independent answers would have: they come in bursts.
    assert utilisation == pytest.approx(found.utilisation, abs=0.006)
    assert lost == pytest.approx(found.abandonment, abs=0.006)
    assert late == pytest.approx(found.late, abs=0.006)


@given(agents=st.integers(1, 60), load=st.floats(0.05, 20), limit=st.floats(0.001, 0.3))
def test_waiting_two_seconds_allows_at_least_as_many_lines(agents: int, load: float, limit: float) -> None:
    found = best_lines_with_window(agents, load, limit, handle_s=180.0, window_s=2.0)
    assert found.lines >= best_lines(agents, load, limit).lines
    above = fixed_lines_with_window(agents, found.lines + 1, load, handle_s=180.0, window_s=2.0)
    assert found.abandonment <= limit < above.abandonment


@given(agents=st.integers(1, 60), lines=st.integers(1, 200), load=st.floats(0.05, 20), patience_s=st.floats(2.0, 60.0))
def test_a_longer_patience_never_hides_more_than_it_saves(
    agents: int, lines: int, load: float, patience_s: float
) -> None:
    short = fixed_lines_with_window(agents, lines, load, handle_s=180.0, window_s=2.0, late_s=2.0)
    long = fixed_lines_with_window(agents, lines, load, handle_s=180.0, window_s=patience_s, late_s=2.0)
    assert long.abandonment <= short.abandonment * (1 + 1e-9)
    assert long.abandonment + long.late >= short.abandonment * (1 - 1e-9)


@given(
    hundredths=st.integers(1, 3000),
    reached=st.integers(0, 80),
)
def test_poisson_tails_are_the_sums_in_exact_fractions(hundredths: int, reached: int) -> None:
    mean = Fraction(hundredths, 100)
    terms = [mean**number / math.factorial(number) for number in range(reached, reached + 250)]
    exact = math.log(sum(terms, Fraction(0))) - float(mean)
    assert log_poisson_tails(float(mean), reached)[reached] == pytest.approx(min(exact, 0.0), rel=1e-9, abs=1e-12)


def test_huge_systems_overflow_nothing() -> None:
    found = fixed_lines_with_window(5000, 100_000, 4.5, handle_s=180.0, window_s=60.0, late_s=2.0)
    assert found.abandonment + found.late == pytest.approx(1, abs=1e-3)
    assert found.utilisation <= 1
    assert fixed_lines_with_window(5000, 5001, 1e-4, handle_s=180.0, window_s=2.0).abandonment == 0.0
