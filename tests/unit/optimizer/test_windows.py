"""Bounds of windows hold about as often as they say, over bursty days whose truth is known; so do foretold breaches."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from paceline.inference.quantiles import noncentral_t_quantile, t_share
from paceline.inference.rate_bounds import largest_certifying_count
from paceline.optimizer.certificate import FIRST_FRESH
from paceline.optimizer.sample import Sample
from paceline.optimizer.search import tune_knob
from paceline.optimizer.windows import breach_of, days_wanted, mean_below, room_for, window_bound
from paceline.simulation.scenario import Window
from tests.unit.optimizer.known_days import ANSWERS, KnownTrial, load_knob, ten_agents

LIMIT = 0.03
LOAD = 5.0


def sample(seed: int, days: int, *, load: float = LOAD, first: int = 0) -> Sample:
    found = Sample(KnownTrial(ten_agents, seed), load, first)
    found.grow(days)
    return found


def truth(window: Window) -> float:
    """Return what 95 of 100 windows stay below, of very many."""
    rates = _window_rates(window, days=60_000)
    return float(np.quantile(rates, 0.95))


def _window_rates(window: Window, *, days: int, load: float = LOAD) -> np.ndarray:
    chance = np.random.Generator(np.random.PCG64(99))
    bursts = np.exp(0.25 * chance.standard_normal(days) - 0.25**2 / 2)
    lost = chance.binomial(ANSWERS, np.minimum(ten_agents(load) * bursts, 1.0))
    whole = lost[: days // window.days * window.days].reshape(-1, window.days).sum(axis=1)
    return np.asarray(whole / (ANSWERS * window.days))


@pytest.mark.parametrize(("window", "days"), [(Window.DAY, 100), (Window.MONTH, 20), (Window.MONTH, 80)])
def test_bound_of_windows_is_above_the_truth_about_as_often_as_it_says(window: Window, days: int) -> None:
    known = truth(window)
    bounds = [window_bound(sample(seed, days), window, 0.9) for seed in range(120)]
    above = sum(bound >= known for bound in bounds)
    least = 0.9 if window is Window.DAY else 0.86  # bursts are skewed, which costs a normal bound some of its level
    assert above >= 120 * least - 3 * math.sqrt(120 * 0.09)
    assert float(np.median(bounds)) < 1.4 * known


def test_bound_of_days_needs_days_enough() -> None:
    assert window_bound(sample(1, 40), Window.DAY, 0.95) == 1.0


def test_bound_of_days_is_the_highest_of_59_of_them_at_95_per_cent() -> None:
    found = sample(2, 59)
    rows = found.tallies
    shares = rows[:, 8] / (rows[:, 8] + rows[:, 7])
    assert window_bound(found, Window.DAY, 0.95) == pytest.approx(float(shares.max()))


def test_foretold_breaches_are_near_those_that_come() -> None:
    load = 5.35
    came = {days: _window_rates(window, days=60_000, load=load) > LIMIT for days, window in _WINDOWS.items()}
    told = [breach_of(sample(seed, 60, load=load), LIMIT) for seed in range(60)]
    assert np.mean([one.per_day for one in told]) == pytest.approx(float(came[1].mean()), abs=0.06)
    assert np.mean([one.per_30_days for one in told]) == pytest.approx(float(came[30].mean()), abs=0.06)


_WINDOWS = {1: Window.DAY, 30: Window.MONTH}


def test_nothing_abandoned_leaves_room_for_bursts_all_the_same() -> None:
    trial = KnownTrial(lambda _: 0.0, 1)
    found = Sample(trial, 1.0, 0)
    found.grow(20)
    assert 0 < breach_of(found, LIMIT).per_day < 0.5
    assert window_bound(found, Window.MONTH, 0.95) > found.bound(0.95) > 0


def test_mean_leaves_the_room_that_windows_need() -> None:
    found = sample(3, 200)
    for window in Window:
        mean = mean_below(LIMIT, found, window)
        rate = found.abandonment().mean
        assert mean + room_for(found, window) * math.sqrt(mean / rate) == pytest.approx(LIMIT, rel=0.02)
    assert mean_below(LIMIT, found, None) == LIMIT
    assert days_wanted(found, None, confidence=0.95, width=0.001) == 0
    assert days_wanted(found, Window.DAY, confidence=0.95, width=0.001) >= 100


@pytest.mark.parametrize("window", list(Window))
def test_certified_windows_are_within_the_limit(window: Window) -> None:
    for seed in range(8):
        found = tune_knob(KnownTrial(ten_agents, seed), load_knob(), limit=LIMIT, precision=0.1, window=window)
        assert found.certificate.window is window
        assert found.certificate.window_upper is not None
        assert max(found.certificate.upper, found.certificate.window_upper) <= LIMIT
        assert found.certificate.first_day >= FIRST_FRESH
        assert (_window_rates(window, days=30_000, load=found.value) > LIMIT).mean() < 0.05


@pytest.mark.parametrize(("freedom", "noncentrality"), [(9, 0.0), (9, 2.0), (19, 1.34), (399, 32.9)])
def test_quantiles_are_those_of_another_library_route(freedom: int, noncentrality: float) -> None:
    for probability in (0.6, 0.95, 0.9975):
        known = stats.nct.ppf(probability, freedom, noncentrality)
        assert noncentral_t_quantile(probability, freedom, noncentrality) == pytest.approx(known, rel=1e-6)
    assert t_share(1.5, freedom) == pytest.approx(stats.t.cdf(1.5, freedom))


def test_days_are_enough_for_every_error_that_a_late_look_has() -> None:
    found = sample(4, 60)
    for halvings in range(1, 40):
        confidence = 1 - 0.05 / 2**halvings
        days = days_wanted(found, Window.DAY, confidence=confidence, width=1.0)
        assert largest_certifying_count(days, limit=0.05, level=confidence) is not None
