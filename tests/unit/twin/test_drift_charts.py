"""What few days tell of a quantity, held against played chance: neither too many false alarms nor a drift missed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from paceline.twin.drift_charts import LOOKS, SHIFT_OF_DAY, Look, Ratios, Usual, looks_of, noise_of, path_of_days

NOISE, HALVES, USUAL = 0.012, 24, 0.05


def days_of(chance: np.random.Generator, count: int, *, spread: float, shift: float = 0.0) -> list[list[Look]]:
    """Return days with 24 looks each, whose logarithms are normal."""
    found = []
    for number in range(count):
        common = spread * chance.standard_normal() + shift
        so_far = common + np.cumsum(math.sqrt(NOISE) * chance.standard_normal(HALVES)) / np.arange(1, HALVES + 1)
        found.append(
            [
                Look(start=48 * number, end=48 * number + at + 1, log=float(log), noise=NOISE / (at + 1))
                for at, log in enumerate(so_far)
            ]
        )
    return found


def alarms(*, spread: float, shift: float, run_length: float, runs: int, watched: int) -> tuple[int, int]:
    """Return in how many runs of seven known days and some to come the chart alarmed, and in how many on the first."""
    chance = np.random.default_rng(17)
    anywhere = first = 0
    for _ in range(runs):
        usual = Usual([one[-1] for one in days_of(chance, 7, spread=spread)], spread=USUAL)
        days = days_of(chance, watched, spread=spread, shift=shift)
        path = path_of_days(usual, days, [0.0] * watched, run_length=run_length)
        over = np.maximum(path.fewer, path.more) >= path.threshold
        anywhere += bool(over.any())
        first += bool(over[:HALVES].any())
    return anywhere, first


def test_false_alarms_come_no_more_often_than_is_stated_though_seven_days_tell_the_spread() -> None:
    runs, watched, run_length = 150, 7, 35.0
    anywhere, _ = alarms(spread=USUAL, shift=0.0, run_length=run_length, runs=runs, watched=watched)
    stated = 1 - math.exp(-2 * watched / run_length)
    assert 0.25 * stated < anywhere / runs <= stated + 3 * math.sqrt(stated * (1 - stated) / runs)


def test_fall_by_a_fifth_is_found_on_the_first_day_or_the_second() -> None:
    runs = 60
    found, first = alarms(spread=0.04, shift=math.log(0.8), run_length=571.0, runs=runs, watched=2)
    assert first >= 0.6 * runs
    assert found >= 0.93 * runs


def test_residual_of_a_whole_day_is_students_t_with_the_error_of_level_and_spread_in_it() -> None:
    logs = [0.03, -0.05, 0.01, 0.06, -0.02]
    usual = Usual([Look(start=0, end=1, log=one, noise=0.0) for one in logs], spread=USUAL)
    between, freedom = usual.between
    assert between == pytest.approx((8 * USUAL**2 + np.var(logs) * 5) / 12)
    assert freedom == pytest.approx(12**2 / 4)
    from scipy import stats

    off = (-0.2 - np.mean(logs)) / math.sqrt(between * 1.2)
    wanted = stats.norm.ppf(stats.t.cdf(off, freedom))
    assert usual.residual(Look(start=0, end=1, log=-0.2, noise=0.0), 0.0) == pytest.approx(wanted)


def test_noise_of_counts_is_that_of_chance() -> None:
    chance = np.random.default_rng(3)
    day = np.repeat(np.arange(10), HALVES)
    below = np.full(day.size, 80.0)
    ratios = Ratios(start=np.arange(day.size), day=day, above=chance.poisson(below).astype(float), below=below)
    assert noise_of(ratios) == pytest.approx(1.0, abs=0.3)
    looks, looks_below = looks_of(ratios, 2, 1.0), 80 * HALVES
    assert len(looks) == HALVES
    assert looks[-1].noise == pytest.approx(1 / looks_below)


def test_days_that_stand_out_do_not_become_usual() -> None:
    days = days_of(np.random.default_rng(1), 3, spread=0.0, shift=-0.3)
    usual = Usual([one[-1] for one in days_of(np.random.default_rng(2), 7, spread=0.02)], spread=USUAL)
    level = usual.level
    path_of_days(usual, days, [0.0] * 3, run_length=100.0)
    assert usual.level == level
    assert (LOOKS, SHIFT_OF_DAY) == (2.0, 4.0)
