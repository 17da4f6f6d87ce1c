from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.teletraffic.erlang import (
    agents_for_blocking,
    erlang_b,
    erlang_c,
    interval_of_load_s,
    load_for_blocking,
    load_of_interval,
    mean_wait_s,
)
from paceline.teletraffic.errors import ParameterError, UnstableQueueError
from paceline.teletraffic.queue_mg1 import mean_wait_mg1_s
from tests.unit.teletraffic.brute import birth_death

sizes = st.integers(1, 60)
loads = st.floats(0.01, 100)


@pytest.mark.parametrize(
    ("agents", "load", "blocking"),
    [
        (1, 1, 0.5),
        (2, 1, 0.2),
        (5, 3, 0.11005435),
        (10, 5, 0.01838457),
        (50, 40, 0.01869067),
        (100, 90, 0.02695738),
    ],
)
def test_erlang_b_is_the_published_value(agents: int, load: float, blocking: float) -> None:
    assert erlang_b(agents, load) == pytest.approx(blocking, abs=5e-9)


@given(agents=sizes, load=st.integers(1, 400).map(lambda tenths: Fraction(tenths, 10)))
def test_erlang_b_is_the_quotient_of_sums_in_exact_fractions(agents: int, load: Fraction) -> None:
    weights = [load**busy / math.factorial(busy) for busy in range(agents + 1)]
    assert erlang_b(agents, float(load)) == pytest.approx(float(weights[-1] / sum(weights)), rel=1e-12)


@given(agents=sizes, load=loads)
def test_more_load_abandons_more_and_more_agents_abandon_fewer(agents: int, load: float) -> None:
    assert erlang_b(agents, load) < erlang_b(agents, load * 1.01)
    assert erlang_b(agents + 1, load) < erlang_b(agents, load)


@pytest.mark.parametrize(
    ("agents", "load"),
    [
        (10, 5.529),
        (25, 18.483),
        (50, 41.933),
        (100, 90.794),
        (200, 190.886),
        (500, 495.899),
        (1000, 1008.139),
    ],
)
def test_load_for_three_in_a_hundred_is_the_published_value(agents: int, load: float) -> None:
    assert load_for_blocking(agents, 0.03) == pytest.approx(load, abs=6e-4)


@given(agents=st.integers(1, 300), exponent=st.floats(-60, -1e-6))
def test_the_inverse_leads_back(agents: int, exponent: float) -> None:
    blocking = math.exp(exponent)
    assert erlang_b(agents, load_for_blocking(agents, blocking)) == pytest.approx(blocking, rel=1e-9)


@pytest.mark.parametrize("blocking", [1e-200, 1e-9, 0.03, 0.999999])
def test_thousands_of_agents_overflow_nothing(blocking: float) -> None:
    assert erlang_b(5000, load_for_blocking(5000, blocking)) == pytest.approx(blocking, rel=1e-9)
    assert erlang_b(5000, 1e-3) == 0.0
    assert erlang_b(5000, 1e12) == pytest.approx(1.0)


def test_fewest_agents_are_enough_and_one_less_is_not() -> None:
    assert agents_for_blocking(108.0, 0.03) == 118
    assert erlang_b(118, 108.0) <= 0.03 < erlang_b(117, 108.0)
    assert agents_for_blocking(0.0, 0.03) == 1
    with pytest.raises(ParameterError, match="one that 100000 agents can carry"):
        agents_for_blocking(1e9, 0.03)
    with pytest.raises(ParameterError, match="blocking"):
        agents_for_blocking(10.0, 0.0)


@pytest.mark.parametrize(
    ("agents", "load", "waits"), [(1, 0.5, 0.5), (2, 1.5, 0.64285714), (10, 8, 0.40918015), (50, 48, 0.69445561)]
)
def test_erlang_c_is_the_published_value(agents: int, load: float, waits: float) -> None:
    assert erlang_c(agents, load) == pytest.approx(waits, abs=5e-9)


def test_erlang_c_and_its_wait_are_those_of_the_chain() -> None:
    shares = birth_death(400, lambda _: 4.0, lambda present: float(min(present, 5)))
    assert erlang_c(5, 4.0) == pytest.approx(sum(shares[5:]), rel=1e-9)
    waiting = sum((present - 5) * share for present, share in enumerate(shares) if present > 5)
    assert mean_wait_s(5, 4.0, 1.0) == pytest.approx(waiting / 4.0, rel=1e-9)


def test_waits_are_the_published_values() -> None:
    assert mean_wait_s(10, 8.0, 1.0) == pytest.approx(0.204590, abs=5e-7)
    assert mean_wait_s(50, 48.0, 60.0) == pytest.approx(20.83, abs=0.005)


def test_a_queue_without_limit_is_refused() -> None:
    with pytest.raises(UnstableQueueError, match="50 erlangs for 50 agents: the queue grows without limit"):
        erlang_c(50, 50.0)
    with pytest.raises(UnstableQueueError):
        mean_wait_mg1_s(1.0, 1.0, 1.0)


def test_waits_of_one_server_are_the_published_values_and_agree_with_erlang() -> None:
    assert [mean_wait_mg1_s(0.8, 1.0, squared) for squared in (0.0, 1.0, 4.0)] == pytest.approx([2, 4, 10])
    assert mean_wait_mg1_s(0.8, 30.0, 1.0) == pytest.approx(mean_wait_s(1, 0.8, 30.0))


def test_an_interval_offers_a_load_and_back() -> None:
    assert load_of_interval(0.120, 0.72, 180.0) == pytest.approx(1080)
    assert load_of_interval(0.500, 0.3, 180.0) == pytest.approx(0.94 * 115, abs=0.2)
    assert interval_of_load_s(0.94 * 50, 0.3, 180.0) == pytest.approx(1.149, abs=5e-4)


@pytest.mark.parametrize(
    ("agents", "load", "told"),
    [
        (-1, 1.0, "agents is -1; it must be a whole number from 0 to 100000"),
        (True, 1.0, "agents is True; it must be a whole number"),
        (10, -0.1, "load is -0.1; it must be a finite number of at least 0"),
        (10, math.nan, "load is nan"),
        (10, math.inf, "load is inf"),
    ],
)
def test_a_value_out_of_bounds_is_named_with_its_bound(agents: int, load: float, told: str) -> None:
    with pytest.raises(ParameterError, match=told):
        erlang_b(agents, load)


@pytest.mark.parametrize("blocking", [0.0, 1.0, -0.1, math.nan])
def test_no_load_is_sought_for_a_share_that_no_load_has(blocking: float) -> None:
    with pytest.raises(ParameterError, match="blocking"):
        load_for_blocking(10, blocking)
