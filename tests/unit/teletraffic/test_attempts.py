from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.teletraffic.attempts import (
    answer_rate_at,
    dials_per_record,
    mixed_dials_per_record,
    mixed_reach,
    reach,
)
from paceline.teletraffic.errors import ParameterError

shapes = st.integers(1, 40)


def test_reach_and_dials_are_the_published_values() -> None:
    assert reach(0.3, 6) == pytest.approx(0.882351, abs=1e-12)
    assert dials_per_record(0.3, 6) == pytest.approx(2.941170, abs=1e-9)


@given(rate=st.floats(0.01, 1.0), attempts=st.integers(1, 40))
def test_dials_are_the_sum_over_the_attempt_that_ends_them(rate: float, attempts: int) -> None:
    ends = [rate * (1 - rate) ** (attempt - 1) for attempt in range(1, attempts)] + [(1 - rate) ** (attempts - 1)]
    dials = sum(attempt * share for attempt, share in enumerate(ends, start=1))
    assert dials_per_record(rate, attempts) == pytest.approx(dials, rel=1e-9)


def moment(answers: int, misses: int, hits: int, silent: int) -> Fraction:
    """Return E[p^hits (1-p)^silent] of a beta distribution with whole parameters: a quotient of factorials."""
    whole = Fraction(math.factorial(answers + misses - 1), math.factorial(answers - 1) * math.factorial(misses - 1))
    part = math.factorial(answers + hits - 1) * math.factorial(misses + silent - 1)
    return whole * part / math.factorial(answers + misses + hits + silent - 1)


@given(answers=shapes, misses=shapes, attempt=st.integers(1, 30))
def test_the_rate_of_an_attempt_is_that_of_those_still_silent(answers: int, misses: int, attempt: int) -> None:
    exact = moment(answers, misses, 1, attempt - 1) / moment(answers, misses, 0, attempt - 1)
    assert answer_rate_at(attempt, answers=answers, misses=misses) == pytest.approx(float(exact), rel=1e-12)
    assert float(exact) == pytest.approx(answers / (answers + misses + attempt - 1))


@given(answers=shapes, misses=shapes, attempts=st.integers(1, 30))
def test_reach_and_dials_of_unlike_records_are_those_of_the_mixture(answers: int, misses: int, attempts: int) -> None:
    silent = [moment(answers, misses, 0, attempt) for attempt in range(attempts + 1)]
    assert mixed_reach(attempts, answers=answers, misses=misses) == pytest.approx(float(1 - silent[-1]), rel=1e-9)
    dials = mixed_dials_per_record(attempts, answers=answers, misses=misses)
    assert dials == pytest.approx(float(sum(silent[:-1], Fraction(0))), rel=1e-9)


def test_records_that_are_all_alike_are_the_geometric_case() -> None:
    alike = {"answers": 0.3e9, "misses": 0.7e9}
    assert mixed_reach(6, **alike) == pytest.approx(reach(0.3, 6), rel=1e-7)
    assert mixed_dials_per_record(6, **alike) == pytest.approx(dials_per_record(0.3, 6), rel=1e-7)


def test_a_value_out_of_bounds_is_named_with_its_bound() -> None:
    with pytest.raises(ParameterError, match="attempts is 0; it must be a whole number from 1 to 10000"):
        reach(0.3, 0)
    with pytest.raises(ParameterError, match=r"misses is 0\.0; it must be a finite number above 0"):
        answer_rate_at(1, answers=1.0, misses=0.0)
