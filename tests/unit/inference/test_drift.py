from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.inference.drift import Toward, answer_cusum, residual_cusum, standardised
from paceline.inference.errors import InputError
from paceline.inference.inputs import Series, generator
from paceline.inference.run_length import lattice_run_length, normal_run_length


@pytest.mark.parametrize(
    ("reference", "threshold", "shift", "published"),
    [
        (0.5, 4.0, 0.0, 2 * 168.0),
        (0.5, 4.0, 1.0, 8.38),
        (0.5, 4.0, 2.0, 3.34),
        (0.5, 5.0, 0.0, 2 * 465.0),
        (0.5, 5.0, 1.0, 10.4),
        (0.5, 5.0, 2.0, 4.01),
    ],
)
def test_run_lengths_of_the_normal_chart_are_the_published_ones(
    reference: float, threshold: float, shift: float, published: float
) -> None:
    """Lucas, Crosier 1982: two-sided charts, which without a shift run half as long as one side does."""
    assert normal_run_length(reference, threshold, mean=shift) == pytest.approx(published, rel=4e-3)


def brook_evans(reference: float, threshold: float, mean: float, states: int) -> float:
    """Return the run length by a Markov chain of so many bands of the chart."""
    width = 2 * threshold / (2 * states - 1)
    step = np.arange(states)[None, :] - np.arange(states)[:, None]
    edges = np.vectorize(lambda x: 0.5 * math.erfc(-x / math.sqrt(2)))
    upper, lower = (edges((step + half) * width + reference - mean) for half in (0.5, -0.5))
    chain = upper - lower
    chain[:, 0] = upper[:, 0]
    return float(np.linalg.solve(np.eye(states) - chain, np.ones(states))[0])


@pytest.mark.parametrize(("reference", "threshold", "mean"), [(0.5, 3.0, 0.0), (0.25, 6.0, 0.0), (1.0, 2.0, 0.7)])
def test_integral_equation_is_the_limit_of_the_markov_approximation(
    reference: float, threshold: float, mean: float
) -> None:
    coarse, fine = (brook_evans(reference, threshold, mean, states) for states in (100, 200))
    limit = fine + (fine - coarse) / 3  # the error falls with the square of the width
    assert normal_run_length(reference, threshold, mean=mean) == pytest.approx(limit, rel=1e-4)


def simulated(steps: Series, threshold: float) -> Series:
    """Return how long each row runs until its chart alarms; every row must alarm."""
    chart, lasted = np.zeros(len(steps)), np.zeros(len(steps))
    alive = np.ones(len(steps), dtype=bool)
    for number in range(steps.shape[1]):
        chart = np.maximum(0.0, chart + steps[:, number])
        lasted[alive] = number + 1
        alive &= chart < threshold
    assert not alive.any()
    return lasted


@pytest.mark.parametrize(("rate", "shifted"), [(0.3, 0.2), (0.3, 0.42), (0.1, 0.15), (0.6, 0.5)])
def test_run_lengths_of_the_answer_chart_are_those_of_brute_simulation(rate: float, shifted: float) -> None:
    chart = answer_cusum(rate, shifted, run_length=300)
    for truth, exact in ((rate, chart.run_length), (shifted, chart.delay)):
        event = generator(51).random((1500, 6000)) < (truth if chart.toward is Toward.MORE else 1 - truth)
        lasted = simulated(np.where(event, chart.up, -chart.down), chart.threshold)
        assert abs(lasted.mean() - exact) < 4 * lasted.std() / math.sqrt(1500)


def test_run_length_of_the_residual_chart_is_that_of_brute_simulation() -> None:
    chart = residual_cusum(1.0, toward=Toward.MORE, run_length=150)
    for mean, solved in ((0.0, chart.run_length), (1.0, chart.delay)):
        steps = generator(52).normal(mean - chart.reference, 1.0, (1500, 2500))
        lasted = simulated(steps, chart.threshold)
        assert abs(lasted.mean() - solved) < 4 * lasted.std() / math.sqrt(1500)


@given(
    rate=st.sampled_from((0.05, 0.2, 0.5, 0.8)),
    factor=st.sampled_from((0.6, 0.8, 1.2)),
    run_length=st.sampled_from((100.0, 5000.0)),
)
def test_threshold_is_the_smallest_that_keeps_the_wished_run_length(
    rate: float, factor: float, run_length: float
) -> None:
    chart = answer_cusum(rate, rate * factor, run_length=run_length)
    event = rate if chart.toward is Toward.MORE else 1 - rate
    below = (
        lattice_run_length(event, up=chart.up, down=chart.down, threshold=chart.threshold - 1)
        if (chart.threshold > 1)
        else 0.0
    )
    assert chart.run_length >= run_length > below
    assert chart.delay < chart.run_length
    low, high = sorted((event, 1 - rate * factor if chart.toward is Toward.FEWER else rate * factor))
    assert low < chart.down / (chart.up + chart.down) < high


@given(outcomes=st.lists(st.integers(0, 1), min_size=1, max_size=80), shifted=st.sampled_from((0.2, 0.4)))
def test_chart_is_pages_recursion(outcomes: list[int], shifted: float) -> None:
    chart = answer_cusum(0.3, shifted, run_length=50)
    value, first = 0, None
    expected = []
    for number, outcome in enumerate(outcomes):
        event = outcome if chart.toward is Toward.MORE else 1 - outcome
        value = max(0, value + (chart.up if event else -chart.down))
        expected.append(value)
        if first is None and value >= chart.threshold:
            first = number
    assert chart.path(outcomes).tolist() == expected
    assert chart.first_alarm(outcomes) == first


def test_residuals_that_fall_alarm_only_the_chart_that_watches_for_fewer() -> None:
    row = [0.1, -0.2] * 20 + [-2.0] * 10
    fewer = residual_cusum(1.0, toward=Toward.FEWER, run_length=1000)
    more = residual_cusum(1.0, toward=Toward.MORE, run_length=1000)
    alarm = fewer.first_alarm(row)
    assert alarm is not None
    assert 40 <= alarm < 50
    assert more.first_alarm(row) is None


def test_ageing_list_alarms_on_plain_rates_and_not_on_residuals_by_attempt() -> None:
    rates = np.repeat([0.43, 0.35, 0.29, 0.23], 40)
    events = generator(53).binomial(200, rates)
    plain = standardised(events, np.full(160, 200 * 0.43), np.full(160, 200 * 0.43 * 0.57))
    aged = standardised(events, 200 * rates, 200 * rates * (1 - rates))
    chart = residual_cusum(0.5, toward=Toward.FEWER, run_length=5000)
    assert chart.first_alarm(plain) is not None
    assert chart.first_alarm(aged) is None


def test_bursts_are_taken_out_of_residuals_by_their_design_effect() -> None:
    events, expected, variances = [33, 20], [27.0, 27.0], [18.9, 18.9]
    plain = standardised(events, expected, variances)
    assert standardised(events, expected, variances, design_effect=4.0) == pytest.approx(plain / 2)


def test_nonsense_is_refused_by_name() -> None:
    with pytest.raises(InputError, match=r"shifted_rate is 0\.3"):
        answer_cusum(0.3, 0.3, run_length=1000)
    with pytest.raises(InputError, match="no fraction with a denominator"):
        answer_cusum(0.001, 0.0011, run_length=1000)
    with pytest.raises(InputError, match="rate is 0"):
        answer_cusum(0.0, 0.1, run_length=1000)
    with pytest.raises(InputError, match="run_length is 2"):
        answer_cusum(0.3, 0.2, run_length=2)
    with pytest.raises(InputError, match="shift is 9"):
        residual_cusum(9, toward=Toward.MORE, run_length=1000)
    with pytest.raises(InputError, match="0 or 1 each"):
        answer_cusum(0.3, 0.2, run_length=100).path([0.5])
    with pytest.raises(InputError, match="variances is 0"):
        standardised([1], [1.0], [0.0])
