from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.teletraffic.errors import ParameterError
from paceline.teletraffic.ringing import (
    lines_in_use,
    mean_ring_s,
    mean_ringing_at,
    mean_ringing_under_wave,
    ringing_at_most,
)


@given(mean=st.floats(0, 60), exceeded=st.floats(0.001, 0.9))
def test_ringing_lines_are_poisson(mean: float, exceeded: float) -> None:
    def above(count: int) -> float:
        return 1 - math.fsum(math.exp(-mean) * mean**number / math.factorial(number) for number in range(count + 1))

    found = ringing_at_most(mean / 20, 20.0, exceeded)
    assert above(found) <= exceeded + 1e-12
    assert found == 0 or above(found - 1) > exceeded - 1e-12


def test_thousands_of_ringing_lines_overflow_nothing() -> None:
    assert ringing_at_most(1000.0, 20.0, 0.5) == pytest.approx(20_000, abs=2)
    assert ringing_at_most(1000.0, 20.0, 0.00135) == pytest.approx(20_000 + 3 * math.sqrt(20_000), abs=5)
    assert ringing_at_most(1.0, 20.0, 1e-300) < 1000


@given(at_s=st.floats(0, 600), swing=st.floats(0, 1), period_s=st.floats(60, 3600), ring_s=st.floats(5, 30))
def test_exponential_ringing_under_a_wave_is_the_general_integral(
    at_s: float, swing: float, period_s: float, ring_s: float
) -> None:
    general = mean_ringing_at(
        at_s,
        lambda instant: 2.0 * (1 + swing * math.sin(2 * math.pi * instant / period_s)),
        lambda age: math.exp(-age / ring_s),
        longest_s=40 * ring_s,
    )
    closed = mean_ringing_under_wave(at_s, dials_per_s=2.0, swing=swing, period_s=period_s, ring_s=ring_s)
    assert closed == pytest.approx(general, rel=1e-6)


def test_ringing_of_one_length_under_a_wave_is_the_integral_done_by_hand() -> None:
    turn, ring_s, at_s = 2 * math.pi / 300, 12.0, 77.0
    by_hand = 2.0 * (ring_s + 0.5 / turn * (math.cos(turn * (at_s - ring_s)) - math.cos(turn * at_s)))
    found = mean_ringing_at(
        at_s, lambda instant: 2.0 * (1 + 0.5 * math.sin(turn * instant)), lambda _: 1.0, longest_s=ring_s
    )
    assert found == pytest.approx(by_hand, rel=1e-10)


def test_lines_in_use_are_those_that_talk_and_those_that_ring() -> None:
    ring_s = mean_ring_s(0.3, 10.0, 25.0)
    assert ring_s == pytest.approx(20.5)
    assert lines_in_use(50, 0.94, 0.9, ring_s) == pytest.approx(47 + 18.45)


def test_a_value_out_of_bounds_is_named_with_its_bound() -> None:
    with pytest.raises(ParameterError, match="utilisation is 94; it must be a fraction from 0 to 1"):
        lines_in_use(50, 94, 0.9, 20.0)
    with pytest.raises(ParameterError, match=r"exceeded is 0\.0"):
        ringing_at_most(1.0, 1.0, 0.0)
    with pytest.raises(ParameterError, match=r"swing is 2\.0"):
        mean_ringing_under_wave(0.0, dials_per_s=1.0, swing=2.0, period_s=60.0, ring_s=1.0)
