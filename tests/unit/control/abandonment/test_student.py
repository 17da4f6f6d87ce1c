"""Student's t in closed form is that of SciPy, which shares no code with it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paceline.control.abandonment.student import probability_below, quantile


@given(t=st.floats(min_value=-1e6, max_value=1e6), degrees=st.integers(min_value=1, max_value=60))
def test_probability_is_that_of_the_library(t: float, degrees: int) -> None:
    # Close to 0 the library itself is no closer.
    assert probability_below(t, degrees) == pytest.approx(float(stats.t.cdf(t, degrees)), abs=1e-8)


@given(share=st.floats(min_value=0.501, max_value=0.9999), degrees=st.integers(min_value=1, max_value=60))
def test_quantile_is_that_of_the_library(share: float, degrees: int) -> None:
    assert quantile(share, degrees) == pytest.approx(float(stats.t.ppf(share, degrees)), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(("t", "expected"), [(float("inf"), 1.0), (float("-inf"), 0.0), (0.0, 0.5)])
def test_ends_of_the_line_are_certain(t: float, expected: float) -> None:
    assert probability_below(t, 3) == expected
