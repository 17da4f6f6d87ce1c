"""Chance by counting is the same in Python and compiled, and times drawn from tables are what was asked for."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from paceline.simulation import draws
from paceline.simulation.compiled import counting
from paceline.simulation.distributions import (
    TICKS_PER_S,
    Duration,
    Family,
    lasting,
    mean_of,
    propensities,
    survival_of,
    table_of,
)

TIMES = [
    (Duration(family=Family.EXPONENTIAL, mean_s=180), stats.expon(scale=180)),
    (Duration(family=Family.GAMMA, mean_s=8, cv=0.35), stats.gamma(1 / 0.35**2, scale=8 * 0.35**2)),
    (
        Duration(family=Family.LOGNORMAL, mean_s=120, cv=1.0),
        stats.lognorm(np.sqrt(np.log(2)), scale=120 / np.sqrt(2)),
    ),
]


def test_compiled_draws_are_those_of_python() -> None:
    for replication in range(20):
        key = draws.stream(2**64 - 3, replication, draws.Purpose.DIAL)
        for index in (0, 1, 77, 2**32, 2**50):
            number = draws.draw(key, index)
            compiled = np.uint64(counting.draw(np.uint64(key), index))
            assert int(compiled) == number
            assert (counting.high(compiled), counting.low(compiled)) == (draws.high(number), draws.low(number))


def test_compiled_times_are_those_of_python() -> None:
    table = table_of(TIMES[0][0])
    for half in [0, 1, 2**20, 2**31, 2**32 - 2**20, 2**32 - 2**20 + 255, 2**32 - 1]:
        assert counting.lasting(np.ascontiguousarray(table), 0, half) == lasting(table, half)


def test_streams_differ_by_seed_replication_and_purpose() -> None:
    keys = {
        draws.stream(seed, replication, purpose)
        for seed in range(20)
        for replication in range(20)
        for purpose in draws.Purpose
    }
    assert len(keys) == 20 * 20 * len(draws.Purpose)


def test_draws_of_a_stream_are_uniform_and_their_halves_unrelated() -> None:
    key = draws.stream(1, 0, draws.Purpose.DIAL)
    numbers = [draws.draw(key, draws.index_of(record, 1)) for record in range(20_000)]
    high = np.array([draws.high(number) for number in numbers]) / 2**32
    low = np.array([draws.low(number) for number in numbers]) / 2**32
    assert stats.kstest(high, "uniform").pvalue > 0.001
    assert stats.kstest(low, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(high, low)[0, 1]) < 4 / np.sqrt(20_000)


@pytest.mark.parametrize(("duration", "expected"), TIMES)
def test_a_table_has_the_mean_and_quantiles_of_its_distribution(duration: Duration, expected: object) -> None:
    table = table_of(duration)
    assert mean_of(table) / TICKS_PER_S == pytest.approx(duration.mean_s, rel=1e-5)
    assert (np.diff(table) >= 0).all()
    for probability in (0.01, 0.1, 0.5, 0.9, 0.99, 0.999):
        drawn = lasting(table, round(probability * 2**32)) / TICKS_PER_S
        assert drawn == pytest.approx(expected.ppf(probability), rel=2e-3)  # type: ignore[attr-defined]  # no stubs
        assert survival_of(table, drawn * TICKS_PER_S) == pytest.approx(1 - probability, rel=2e-3)


def test_a_hyperexponential_table_has_its_coefficient_of_variation() -> None:
    table = table_of(Duration(family=Family.HYPEREXPONENTIAL, mean_s=60, cv=2.0))
    drawn = np.array([lasting(table, (2 * n + 1) << 15) for n in range(2**16)]) / TICKS_PER_S
    assert drawn.mean() == pytest.approx(60, rel=1e-3)
    assert drawn.std() / drawn.mean() == pytest.approx(2.0, rel=5e-3)


def test_propensities_are_beta_distributed() -> None:
    table = propensities(0.3, 4.0)
    assert mean_of(table) / 2**32 == pytest.approx(0.3, rel=1e-5)
    median = lasting(table, 2**31) / 2**32
    assert median == pytest.approx(float(stats.beta(1.2, 2.8).median()), rel=2e-3)
