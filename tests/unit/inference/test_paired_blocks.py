from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.inference.errors import InputError
from paceline.inference.inputs import generator
from paceline.inference.paired_blocks import (
    SUPPOSED_EFFECT,
    gain_evidence,
    least_shown,
    old_blocks,
    running_gain,
)

TIMES = 8


def days_of(rows: np.ndarray) -> tuple[list[int], list[int], list[float]]:
    """Return days, times and values of [days, times] values."""
    places = list(product(range(rows.shape[0]), range(rows.shape[1])))
    return [day for day, _ in places], [time for _, time in places], [float(rows[place]) for place in places]


def test_old_blocks_are_told_by_time_of_day() -> None:
    rows = generator(3).normal(0.9, 0.01, (6, TIMES)) + np.linspace(0.0, 0.1, TIMES)
    found = old_blocks(*days_of(rows))
    assert found is not None
    assert [found.means[time] for time in range(TIMES)] == pytest.approx(rows.mean(axis=0).tolist())
    spread = ((rows - rows.mean(axis=0)) ** 2).sum() / (6 * TIMES - TIMES)
    assert found.variance == pytest.approx(spread)
    assert found.n == 6 * TIMES
    assert set(found.days.values()) == {6}


def test_days_that_differ_count_for_as_much_as_they_do() -> None:
    chance = generator(4)
    rows = chance.normal(0.9, 0.01, (200, TIMES)) + chance.normal(0.0, 0.01, (200, 1))
    found = old_blocks(*days_of(rows))
    assert found is not None
    between = TIMES * rows.mean(axis=1).var(ddof=1)
    assert found.day_effect == pytest.approx(between / found.variance)
    assert 3.0 < found.day_effect < 6.0  # (1 + 8) / 2
    few = old_blocks(*days_of(rows[:3]))
    assert few is not None
    assert few.day_effect == SUPPOSED_EFFECT


def test_blocks_that_show_no_spread_are_nothing_to_compare_with() -> None:
    assert old_blocks([], [], []) is None
    assert old_blocks([1], [9], [0.9]) is None
    assert old_blocks([1, 1], [9, 10], [0.9, 0.8]) is None
    assert old_blocks([1, 2], [9, 9], [0.9, 0.9]) is None
    with pytest.raises(InputError, match="values"):
        old_blocks([1, 2], [9], [0.9])


@given(
    times=st.lists(st.integers(0, TIMES - 1), min_size=1, max_size=30),
    seed=st.integers(0, 1000),
)
def test_gain_and_error_after_each_block_are_what_is_written_out(times: list[int], seed: int) -> None:
    chance = generator(seed)
    old = old_blocks(*days_of(chance.normal(0.9, 0.01, (6, TIMES))))
    assert old is not None
    values = chance.normal(0.91, 0.01, len(times)).tolist()
    found = running_gain(old, times, values, weight=8.0)
    for n in range(1, len(times) + 1):
        differences = [value - old.means[time] for value, time in zip(values[:n], times[:n], strict=True)]
        squares = sum((one - sum(differences) / n) ** 2 for one in differences)
        variance = (8.0 * old.variance + squares) / (8.0 + n - 1)
        shared = sum(times[:n].count(time) ** 2 / old.days[time] for time in set(times[:n])) / n**2
        assert found.gains[n - 1] == pytest.approx(sum(differences) / n)
        error = math.sqrt(old.day_effect * (variance / n + old.variance * shared))
        assert found.errors[n - 1] == pytest.approx(error, rel=1e-6)


def test_time_of_day_that_was_never_seen_is_refused() -> None:
    old = old_blocks([1, 2], [9, 9], [0.9, 0.8])
    assert old is not None
    with pytest.raises(InputError, match="times"):
        running_gain(old, [10], [0.9])


def test_gain_that_is_none_is_shown_at_any_look_in_at_most_one_run_in_twenty() -> None:
    chance, runs, days, times = generator(5), 1000, 6, 24
    shown = 0
    for _ in range(runs):
        old = old_blocks(*days_of(chance.normal(0.9, 0.006, (10, times))))
        assert old is not None
        values = chance.normal(0.9, 0.006, days * times)
        found = running_gain(old, list(range(times)) * days, values)
        shown += bool(gain_evidence(found.gains, found.errors, least=0.0, expected=0.005)[7:].max() >= math.log(20.0))
    assert shown <= 0.05 * runs


@given(gain=st.floats(-0.05, 0.05), error=st.floats(0.0002, 0.02), mistake=st.sampled_from((0.05, 0.01)))
def test_least_that_is_shown_is_where_the_evidence_is_just_enough(gain: float, error: float, mistake: float) -> None:
    least = least_shown(gain, error, expected=0.005, mistake=mistake)
    assert least < gain
    at = gain_evidence([gain], [error], least=least, expected=0.005)[0]
    assert at == pytest.approx(-math.log(mistake), abs=1e-3)


def test_evidence_is_the_mean_over_gains_of_the_likelihood_ratio() -> None:
    gain, error, expected = 0.004, 0.0017, 0.005
    sizes = np.linspace(0.0, 0.1, 400_001)[1:]
    density = 2.0 * np.exp(-0.5 * (sizes / expected) ** 2) / (expected * math.sqrt(2 * math.pi))
    ratios = np.exp((sizes * gain - 0.5 * sizes**2) / error**2)
    written_out = math.log(float(np.sum(density * ratios) * (sizes[1] - sizes[0])))
    assert gain_evidence([gain], [error], least=0.0, expected=expected)[0] == pytest.approx(written_out, abs=1e-3)
    for wrong in ([0.0], [math.nan]):
        with pytest.raises(InputError, match="errors"):
            gain_evidence([gain], wrong, least=0.0, expected=expected)
    with pytest.raises(InputError, match="expected"):
        gain_evidence([gain], [error], least=0.0, expected=0.0)
