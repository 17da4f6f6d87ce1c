from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.teletraffic.abandonment import connected_late, erlang_a, load_for_window, wait_window
from paceline.teletraffic.erlang import erlang_b, erlang_c
from paceline.teletraffic.errors import ParameterError
from paceline.teletraffic.general_patience import abandonment_with_patience
from tests.unit.teletraffic.brute import birth_death


def test_the_published_example_of_erlang_a() -> None:
    found = erlang_a(50, 48 / 60, 60.0, 120.0)
    assert found.abandonment == pytest.approx(0.03091225, abs=5e-9)
    assert found.waits == pytest.approx(0.46777, abs=5e-6)
    assert found.utilisation == pytest.approx(0.930324, abs=5e-7)
    assert found.mean_wait_s == pytest.approx(3.709, abs=5e-4)


@settings(max_examples=30)
@given(agents=st.integers(1, 12), load=st.floats(0.2, 15), patience_s=st.floats(0.5, 10))
def test_erlang_a_is_the_chain_solved_by_force(agents: int, load: float, patience_s: float) -> None:
    shares = birth_death(
        260, lambda _: load, lambda present: min(present, agents) + max(present - agents, 0) / patience_s
    )
    found = erlang_a(agents, load, 1.0, patience_s)
    waiting = sum((present - agents) * share for present, share in enumerate(shares) if present > agents)
    assert found.waits == pytest.approx(sum(shares[agents:]), rel=1e-7)
    assert found.mean_wait_s == pytest.approx(waiting / load, rel=1e-6, abs=1e-10)
    assert found.abandonment == pytest.approx(waiting / patience_s / load, rel=1e-6, abs=1e-10)
    busy = sum(min(present, agents) * share for present, share in enumerate(shares))
    assert found.utilisation == pytest.approx(busy / agents, rel=1e-9)


@pytest.mark.parametrize(
    ("agents", "rho", "window", "exponential"),
    [(10, 0.9, 0.16116, 0.16165), (100, 0.95, 0.04180, 0.04423), (1000, 1.0, 0.01755, 0.02233)],
)
def test_both_patiences_agree_with_an_independent_study(
    agents: int, rho: float, window: float, exponential: float
) -> None:
    # performance.md, section 1: exponential talk of 120 s, patience 2 s, in plain queues
    answers = agents * rho / 120
    assert wait_window(agents, answers, 120.0, 2.0).abandonment == pytest.approx(window, abs=6e-6)
    assert erlang_a(agents, answers, 120.0, 2.0).abandonment == pytest.approx(exponential, abs=6e-6)


@pytest.mark.parametrize(("agents", "load"), [(10, 5.591), (50, 42.390), (100, 91.767)])
def test_loads_for_three_in_a_hundred_with_a_window_are_the_published_values(agents: int, load: float) -> None:
    found = load_for_window(agents, 180.0, 2.0, 0.03)
    assert found == pytest.approx(load, abs=6e-4)
    assert wait_window(agents, found / 180, 180.0, 2.0).abandonment == pytest.approx(0.03, rel=1e-12)


@pytest.mark.parametrize(
    ("agents", "utilisation"), [(10, 0.542), (25, 0.725), (50, 0.822), (100, 0.890), (200, 0.935), (500, 0.971)]
)
def test_open_loop_utilisation_with_a_window_is_the_published_one(agents: int, utilisation: float) -> None:
    load = load_for_window(agents, 180.0, 2.0, 0.03)
    assert wait_window(agents, load / 180, 180.0, 2.0).utilisation == pytest.approx(utilisation, abs=6e-4)


@given(agents=st.integers(1, 200), load=st.floats(0.1, 300))
def test_a_window_of_nothing_is_erlang_b_and_an_endless_one_is_erlang_c(agents: int, load: float) -> None:
    at_once = wait_window(agents, load / 180, 180.0, 0.0)
    assert at_once.abandonment == pytest.approx(erlang_b(agents, load), rel=1e-12)
    if load < 0.9 * agents:
        endless = wait_window(agents, load / 180, 180.0, 86_400.0)
        assert endless.waits == pytest.approx(erlang_c(agents, load), rel=1e-9)


@pytest.mark.parametrize("load", [4.5, 5.0, 5.00001, 7.0, 40.0])
def test_a_window_is_the_limit_of_a_patience_with_ever_more_phases(load: float) -> None:
    window = wait_window(5, load / 60, 60.0, 6.0).abandonment
    integral = abandonment_with_patience(5, load / 60, 60.0, lambda age: 1.0 if age < 6.0 else 0.0, step_s=0.0005)
    assert window == pytest.approx(integral, rel=2e-4)


@pytest.mark.parametrize("load", [30.0, 48.0, 50.0, 90.0])
def test_the_integrals_give_erlang_a(load: float) -> None:
    integral = abandonment_with_patience(50, load / 60, 60.0, lambda age: math.exp(-age / 120), step_s=0.02)
    assert integral == pytest.approx(erlang_a(50, load / 60, 60.0, 120.0).abandonment, rel=1e-4)


def test_a_patience_without_end_in_an_overloaded_queue_is_refused() -> None:
    with pytest.raises(ParameterError, match="survival"):
        abandonment_with_patience(1, 2.0, 1.0, lambda _: 1.0, step_s=86.4)


@given(
    agents=st.integers(1, 40),
    load=st.floats(0.5, 80),
    window_s=st.floats(0.5, 60),
    part=st.floats(0, 1),
)
def test_late_connections_are_the_integral_of_the_wait_met(
    agents: int, load: float, window_s: float, part: float
) -> None:
    drift, late_s, steps = (load - agents) / 60, part * window_s, 2000
    whole = wait_window(agents, load / 60, 60.0, window_s)

    def area(begin: float, end: float) -> float:
        step = (end - begin) / steps
        return step * sum(math.exp(drift * (begin + (n + 0.5) * step) - max(drift, 0) * window_s) for n in range(steps))

    share = area(late_s, window_s) / area(0.0, window_s)
    found = connected_late(agents, load / 60, 60.0, window_s, late_s)
    assert found == pytest.approx(share * (whole.waits - whole.abandonment), rel=1e-4, abs=1e-12)


@given(agents=st.integers(1, 60), load=st.floats(0.1, 120), window_s=st.floats(0, 60))
def test_waiting_loses_fewer_and_its_shares_are_shares(agents: int, load: float, window_s: float) -> None:
    shorter = wait_window(agents, load / 180, 180.0, window_s)
    longer = wait_window(agents, load / 180, 180.0, window_s + 1)
    assert longer.abandonment <= shorter.abandonment <= erlang_b(agents, load) * (1 + 1e-12)
    for share in (shorter.abandonment, shorter.waits, shorter.utilisation):
        assert 0 <= share <= 1 + 1e-12
    assert 0 <= shorter.mean_wait_s <= window_s * (1 + 1e-12)


@pytest.mark.parametrize("load", [1.0, 4990.0, 5000.0, 20_000.0])
def test_thousands_of_agents_overflow_nothing(load: float) -> None:
    for found in (wait_window(5000, load / 180, 180.0, 60.0), erlang_a(5000, load / 180, 180.0, 60.0)):
        assert 0 <= found.abandonment < 1
        assert found.abandonment >= 1 - 5000 / load - 1e-9
        assert found.utilisation <= 1 + 1e-9
