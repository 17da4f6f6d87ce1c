"""Scores of predicted distributions, held against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paceline.twin.scores import covered_of, crps_of, held_of, histogram_of, pit_of


def test_calibrated_forecast_holds_ninety_percent_and_has_an_even_pit() -> None:
    chance = np.random.default_rng(1)
    means = chance.uniform(1, 9, 4000)
    low, high = pit_of(chance.poisson(means).astype(float), chance.poisson(means, (40, 4000)).astype(float))
    assert covered_of(low, high).mean() == pytest.approx(0.90, abs=0.012)
    assert histogram_of(low, high) == pytest.approx(np.full(10, 0.1), abs=0.015)


def test_forecast_that_is_too_narrow_holds_less_and_one_too_wide_holds_more() -> None:
    chance = np.random.default_rng(2)
    measured, narrow = chance.normal(0, 1, 4000), chance.normal(0, 0.5, (60, 4000))
    wide = chance.normal(0, 2, (60, 4000))
    assert covered_of(*pit_of(measured, narrow)).mean() < 0.70
    assert covered_of(*pit_of(measured, wide)).mean() > 0.97


def test_measure_that_is_always_nought_is_held_as_often_as_the_level_says() -> None:
    low, high = pit_of(np.zeros(50), np.zeros((30, 50)))
    assert covered_of(low, high) == pytest.approx(np.full(50, 0.90))


@given(
    st.lists(st.integers(0, 6), min_size=2, max_size=12),
    st.integers(-1, 8),
)
def test_pit_is_the_mean_of_throwing_a_coin_for_equal_values(draws: list[int], measured: int) -> None:
    low, high = pit_of(np.array([float(measured)]), np.array(draws, dtype=float)[:, None])
    ranks = sorted([*draws, measured])
    first, last = ranks.index(measured), len(ranks) - ranks[::-1].index(measured)
    assert low[0] == pytest.approx(first / len(ranks))
    assert high[0] == pytest.approx(last / len(ranks))


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=15), st.floats(-5, 5))
def test_crps_is_its_double_sum(draws: list[float], measured: float) -> None:
    count = len(draws)
    away = sum(abs(one - measured) for one in draws) / count
    apart = sum(abs(one - other) for one in draws for other in draws) / (2 * count * (count - 1))
    found = crps_of(np.array([measured]), np.array(draws)[:, None])
    assert found[0] == pytest.approx(max(away - apart, 0.0), abs=1e-9)


def test_crps_of_many_normal_draws_is_the_closed_form() -> None:
    draws = stats.norm.ppf((np.arange(4000) + 0.5) / 4000)[:, None]
    at = 0.7
    exact = at * (2 * stats.norm.cdf(at) - 1) + 2 * stats.norm.pdf(at) - 1 / np.sqrt(np.pi)
    assert crps_of(np.array([at]), draws)[0] == pytest.approx(exact, abs=2e-3)


def test_days_that_differ_widen_the_interval_of_what_was_held() -> None:
    days = [day for day in range(10) for _ in range(20)]
    alike = held_of([0.9] * 200, days)
    apart = held_of([1.0 if day % 2 else 0.8 for day in days], days)
    assert alike.covered == pytest.approx(apart.covered)
    assert apart.high - apart.low > alike.high - alike.low
    assert (apart.half_hours, apart.days) == (200, 10)


def test_one_day_says_nothing_of_how_days_differ() -> None:
    assert (held_of([1.0] * 16, [7] * 16).low, held_of([1.0] * 16, [7] * 16).high) == (0.0, 1.0)
