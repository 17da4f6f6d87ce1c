"""Times: closed forms, scipy's own fits of the raw numbers, and what cutting does to them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from benchmarks.fits.sampler import counted
from paceline.records.fits.duration_fit import DurationFit
from paceline.records.fits.durations import RINGING, TALKING, chance_of, cut_at, fit_durations, timeout_of
from paceline.records.fits.errors import TooFewRecordsError
from paceline.records.fits.families import Family, free, moments, names_of, natural, slopes, survival
from paceline.records.fits.simulated import is_known, lost_after, to_duration
from paceline.records.fits.survival import kaplan_meier
from paceline.records.summary import Durations
from paceline.simulation.distributions import Family as Simulated

NONE = np.empty(0)


def by_step(times: np.ndarray, step_s: float, steps: int = 4000, cut: np.ndarray = NONE) -> Durations:
    return counted(times, cut, step_s, steps)


def test_an_exponential_mean_with_cut_times_is_exposure_over_events() -> None:
    chance = np.random.default_rng(1)
    times, ends = chance.exponential(60.0, 20_000), chance.uniform(0, 200, 20_000)
    ended, cut = times[times <= ends], ends[times > ends]
    fit = fit_durations(by_step(ended, 0.1, 3000, cut), (Family.EXPONENTIAL,))
    exposure = float(ended.sum() + cut.sum())
    assert fit.values[0] == pytest.approx(exposure / ended.size, rel=2e-4)
    low, high = fit.intervals()[0]
    wide = 1.96 / ended.size**0.5
    assert (low, high) == pytest.approx((fit.values[0] * np.exp(-wide), fit.values[0] * np.exp(wide)), rel=2e-3)


@pytest.mark.parametrize("family", [Family.LOGNORMAL, Family.GAMMA, Family.WEIBULL])
def test_grouped_fits_of_uncut_times_are_those_of_the_raw_numbers(family: Family) -> None:
    chance = np.random.default_rng(2)
    times = chance.gamma(2.5, 40.0, 4000)
    fit = fit_durations(by_step(times, 0.05, 40_000), (family,))
    if family is Family.LOGNORMAL:
        shape, _, scale = stats.lognorm.fit(times, floc=0)
        oracle = stats.lognorm(shape, scale=scale)
    elif family is Family.GAMMA:
        shape, _, scale = stats.gamma.fit(times, floc=0)
        oracle = stats.gamma(shape, scale=scale)
    else:
        shape, _, scale = stats.weibull_min.fit(times, floc=0)
        oracle = stats.weibull_min(shape, scale=scale)
    mean, cv = moments(family, fit.values)
    assert mean == pytest.approx(oracle.mean(), rel=2e-3)
    assert cv == pytest.approx(oracle.std() / oracle.mean(), rel=5e-3)
    at = np.array([10.0, 60.0, 150.0, 400.0])
    assert survival(family, fit.values, at) == pytest.approx(oracle.sf(at), abs=2e-3)


def test_kaplan_meier_is_that_of_scipy_where_nothing_is_cut_in_a_step_in_which_something_ends() -> None:
    chance = np.random.default_rng(3)
    times, ends = np.ceil(chance.exponential(30, 500)), np.ceil(chance.uniform(1, 60, 500)) + 0.5
    ended, cut = times[times <= ends], ends[times > ends]
    oracle = stats.ecdf(stats.CensoredData(uncensored=ended, right=cut)).sf
    curve = kaplan_meier(by_step(ended, 0.5, 400, cut))
    assert np.interp(ended + 0.5, curve.at_s, curve.share) == pytest.approx(oracle.evaluate(ended), abs=1e-12)


def test_cutting_does_not_bend_the_fit() -> None:
    chance = np.random.default_rng(4)
    times, ends = chance.lognormal(5.164, 0.927, 30_000), chance.uniform(0, 1200, 30_000)
    ended, cut = times[times <= ends], ends[times > ends]
    fit = fit_durations(by_step(ended, 2.0, 3600, cut))
    raw = fit_durations(by_step(ended, 2.0, 3600))
    true = np.exp(5.164 + 0.927**2 / 2)
    assert fit.family is Family.LOGNORMAL
    assert fit.intervals()[0][0] < true < fit.intervals()[0][1]
    assert fit.distance < fit.chance
    assert raw.values[0] < 0.8 * true  # what comes of leaving out the calls that were cut
    assert fit.rests[0].seen_s == pytest.approx(fit.rests[0].fitted_s, rel=0.03)


def test_the_published_mixture_of_rings_is_found_behind_its_time_out() -> None:
    chance = np.random.default_rng(5)
    near = chance.random(12_000) < 0.7
    rings = np.where(near, chance.gamma(0.35**-2, 8 * 0.35**2, 12_000), chance.gamma(0.15**-2, 19 * 0.15**2, 12_000))
    fit = fit_durations(by_step(rings[rings < 25], 0.25, 240), RINGING, truncated_s=25.0)
    assert fit.family is Family.TWO_GAMMAS
    for (low, high), true in zip(fit.intervals(), (0.7, 8.0, 0.35, 19.0, 0.15), strict=True):
        assert low - (high - low) / 2 < true < high + (high - low) / 2
    assert fit.within == pytest.approx(1 - 0.3 * stats.gamma(0.15**-2, scale=19 * 0.15**2).sf(25), abs=5e-3)
    seen = rings[rings < 25]
    assert fit.moments == pytest.approx((seen.mean(), seen.std() / seen.mean()), rel=0.01)
    assert [one.family for one in fit.tried[1:]] == [
        one.family for one in sorted(fit.tried[1:], key=lambda other: other.aic)
    ]


def test_a_mixture_is_not_chosen_for_a_hair() -> None:
    chance = np.random.default_rng(6)
    fit = fit_durations(by_step(chance.gamma(9, 2.0, 3000), 0.25, 400), RINGING)
    assert fit.family is Family.GAMMA


def test_a_few_stray_times_do_not_buy_a_mixture() -> None:
    chance = np.random.default_rng(12)
    rings = np.append(chance.gamma(100, 0.19, 110_000), chance.uniform(0, 12, 27))
    fit = fit_durations(by_step(rings[rings < 25], 0.25, 240), RINGING, truncated_s=25.0)
    assert fit.family is Family.GAMMA
    assert fit.tried[1].family is Family.TWO_GAMMAS
    assert fit.tried[1].aic < fit.tried[0].aic - 10


def test_a_time_that_is_always_the_same_is_certain() -> None:
    fit = fit_durations(by_step(np.full(50, 10.2), 0.5, 100))
    assert (fit.family, fit.values) == (Family.DETERMINISTIC, (10.25,))
    assert fit.intervals() == ((10.25, 10.25),)
    assert fit.drawn(np.random.default_rng(1)) == (10.25,)
    assert to_duration(fit).family is Simulated.DETERMINISTIC
    assert chance_of(by_step(np.full(50, 10.2), 0.5, 100), fit) == 1.0


def test_too_few_times_are_not_fitted() -> None:
    with pytest.raises(TooFewRecordsError, match="29 found, and it takes at least 30"):
        fit_durations(by_step(np.full(29, 10.2), 0.5, 100))


@pytest.mark.parametrize(("times", "timeout"), [(25.0, 25.0), (18.0, 18.0), (24.9, 24.75)])
def test_the_time_out_is_where_rings_end_that_nobody_answers(times: float, timeout: float) -> None:
    chance = np.random.default_rng(7)
    early = chance.uniform(2, 15, 400)
    assert timeout_of(by_step(np.append(np.full(2000, times), early), 0.25, 240)) == timeout


def test_rings_without_a_time_out_show_none() -> None:
    assert timeout_of(by_step(np.random.default_rng(8).gamma(4, 5, 3000), 0.25, 240)) is None
    assert timeout_of(by_step(NONE, 0.25, 240)) is None


def test_what_the_time_out_ended_is_cut_there_and_nothing_is_lost() -> None:
    rings = by_step(np.append(np.full(100, 25.0), [3.0, 24.8]), 0.25, 240)
    cut = cut_at(rings, 25.0)
    assert (int(cut.ended.sum()), int(cut.censored.sum())) == (2, 100)
    assert cut.censored[99] == 100
    assert rings.ended.sum() == 102


def test_a_family_that_is_true_is_seldom_rejected_and_another_is() -> None:
    chance = np.random.default_rng(9)
    times, ends = chance.gamma(4, 10.0, 600), chance.uniform(20, 200, 600)
    durations = by_step(times[times <= ends], 1.0, 300, ends[times > ends])
    assert chance_of(durations, fit_durations(durations, (Family.GAMMA,)), repeats=39) > 0.05
    assert chance_of(durations, fit_durations(durations, (Family.EXPONENTIAL,)), repeats=39) <= 0.05


def test_the_simulator_gets_the_family_itself_where_it_knows_it() -> None:
    chance = np.random.default_rng(10)
    fit = fit_durations(by_step(chance.lognormal(3, 0.5, 3000), 0.5, 800))
    assert is_known(fit)
    assert (to_duration(fit).mean_s, to_duration(fit).cv) == fit.values
    weibull = fit_durations(by_step(20 * chance.weibull(2.0, 3000), 0.5, 800), (Family.WEIBULL,))
    assert not is_known(weibull)
    assert (to_duration(weibull).mean_s, to_duration(weibull).cv) == pytest.approx(weibull.moments)
    assert lost_after(to_duration(weibull), None) == 0.0


def test_a_fit_outlives_its_json() -> None:
    fit = fit_durations(by_step(np.random.default_rng(11).gamma(4, 5, 500), 0.25, 240), RINGING, truncated_s=60.0)
    assert DurationFit.of(fit.document()) == fit


@settings(max_examples=60)
@given(
    family=st.sampled_from([*TALKING, Family.TWO_GAMMAS]),
    mean=st.floats(1.0, 500.0),
    cv=st.floats(0.1, 3.0),
    share=st.floats(0.05, 0.95),
    further=st.floats(1.1, 5.0),
)
def test_free_parameters_are_the_natural_ones_again(
    family: Family, mean: float, cv: float, share: float, further: float
) -> None:
    given_values = {
        Family.EXPONENTIAL: (mean,),
        Family.TWO_GAMMAS: (share, mean, cv, mean * further, cv / 2),
    }.get(family, (mean, cv))
    assert len(given_values) == len(names_of(family))
    at = free(family, given_values)
    assert natural(family, at) == pytest.approx(given_values)
    turned = slopes(family, given_values)
    for place in range(at.size):
        move = np.zeros(at.size)
        move[place] = 1e-6
        slope = (np.array(natural(family, at + move)) - np.array(natural(family, at - move))) / 2e-6
        assert turned[:, place] == pytest.approx(slope, rel=1e-4, abs=1e-6)
    left = survival(family, given_values, np.array([0.0, mean, 2 * mean, np.inf]))
    assert left[0] == pytest.approx(1.0)
    assert left[-1] == 0.0
    assert (np.diff(left) <= 1e-12).all()
