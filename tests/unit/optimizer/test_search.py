"""The search finds what closed forms know, certifies within its promise, repeats itself, and refuses by name."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.optimizer.certificate import FIRST_FRESH, Certifier
from paceline.optimizer.errors import NoSettingError
from paceline.optimizer.optimum import solve_optimum
from paceline.optimizer.search import tune, tune_knob
from paceline.optimizer.twin_tables import twin_of
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.errors import ScenarioError
from paceline.simulation.scenario import Detection, Pacing, Policy, Run
from paceline.teletraffic.engset import best_lines, load_per_line
from paceline.teletraffic.erlang import erlang_b
from tests.unit.optimizer.known_days import KnownTrial, load_knob, ten_agents
from tests.unit.simulation.scenarios import plain

LIMIT = 0.03
STEADY = Run(days=1, hours_per_day=5, warm_up_s=3600)
LOGNORMAL = Duration(family=Family.LOGNORMAL, mean_s=180.0, cv=1.0)


@pytest.mark.parametrize("agents", [8, 25, 50])
def test_lines_found_are_the_most_that_engset_allows(agents: int) -> None:
    found = tune(plain(None, agents=agents, talk=LOGNORMAL, run=STEADY), policy=Policy.RATIO, seed=1)
    assert found.pacing.lines == best_lines(agents, load_per_line(0.3, 180, 12), LIMIT).lines
    assert found.knob.certificate.upper <= LIMIT


def test_interval_found_offers_nearly_the_load_that_erlang_allows() -> None:
    scenario = plain(Pacing(policy=Policy.INTERVAL, interval_ms=1.0, even=False), agents=25, run=STEADY)
    found = tune(scenario, policy=Policy.INTERVAL, seed=2)
    load = 1000 / found.knob.value * 0.3 * 180
    assert 0.985 * 18.483 < load < 18.483  # dialer-science, 3.1
    assert not found.pacing.even
    apart = found.knob.abandonment.mean - erlang_b(25, load)
    assert abs(apart) < 4 * found.knob.abandonment.error


def test_table_found_is_near_the_optimum_of_the_markov_instance() -> None:
    scenario = plain(None, run=STEADY)
    best = solve_optimum(twin_of(scenario), limit=LIMIT)
    found = tune(scenario, policy=Policy.OPTIMAL, seed=3).knob
    assert best.utilisation - 0.003 < found.utilisation.mean < best.utilisation + 3 * found.utilisation.error


def test_the_same_seed_finds_the_same_and_another_seed_nearly() -> None:
    scenario = plain(None, run=STEADY)
    one, again, other = (tune(scenario, policy=Policy.CERTAINTY, seed=seed, precision=0.1) for seed in (4, 4, 5))
    assert one == again
    assert one != other
    assert abs(one.knob.utilisation.mean - other.knob.utilisation.mean) < 0.01


def test_certified_settings_of_the_simulator_keep_the_limit_of_the_closed_form() -> None:
    scenario = plain(Pacing(policy=Policy.INTERVAL, interval_ms=1.0, even=False), agents=5, run=STEADY)
    found = [tune(scenario, policy=Policy.INTERVAL, seed=seed, precision=0.1) for seed in range(12)]
    above = sum(erlang_b(5, 1000 / one.knob.value * 0.3 * 180) > LIMIT for one in found)
    assert above <= 2  # more than 2 of 12 has a chance of 2 % if 5 % are permitted


def test_certified_settings_keep_the_limit_as_often_as_promised() -> None:
    found = [
        tune_knob(KnownTrial(ten_agents, seed), load_knob(), limit=LIMIT, confidence=0.8, precision=0.1)
        for seed in range(60)
    ]
    rates = [ten_agents(one.value) for one in found]
    assert sum(rate > LIMIT for rate in rates) <= 60 * 0.2
    assert sum(rates) / 60 > 0.8 * LIMIT


@settings(max_examples=15, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**6), load=st.floats(4.0, 6.0), more=st.floats(1.0, 2.0))
def test_what_keeps_a_limit_surely_keeps_a_higher_one_and_less_surely(seed: int, load: float, more: float) -> None:
    def certified(limit: float, confidence: float) -> bool:
        certifier = Certifier(KnownTrial(ten_agents, seed), limit=limit, confidence=confidence, spend=lambda _: None)
        return certifier.look(load, 16)[1] is not None

    if certified(LIMIT, 0.95):
        assert certified(LIMIT * more, 0.95)
        assert certified(LIMIT, 0.9)


def test_days_that_certify_were_never_searched_on() -> None:
    trial = KnownTrial(ten_agents, 6)
    found = tune_knob(trial, load_knob(), limit=LIMIT)
    searched = [first + days for _, first, days in trial.played if first < FIRST_FRESH]
    fresh = [(first, first + days) for _, first, days in trial.played if first >= FIRST_FRESH]
    assert max(searched) < FIRST_FRESH
    assert fresh == sorted(fresh)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(fresh))
    assert found.days == sum(days for _, _, days in trial.played)


def test_each_look_has_half_of_the_error_of_the_one_before() -> None:
    certifier = Certifier(KnownTrial(ten_agents, 7), limit=LIMIT, confidence=0.95, spend=lambda _: None)
    assert certifier.next_error == pytest.approx(0.025)
    assert certifier.look(9.0, 16)[1] is None
    assert certifier.next_error == pytest.approx(0.0125)


def test_value_below_a_leap_of_abandonment_is_found() -> None:
    def leap(value: float) -> float:
        return 0.01 if value < 5.0 else 0.08

    found = tune_knob(KnownTrial(leap, 8), load_knob(), limit=LIMIT)
    assert 4.5 < found.value < 5.0


def test_end_of_the_range_is_returned_where_even_there_the_limit_is_kept() -> None:
    found = tune_knob(KnownTrial(lambda _: 0.005, 9), load_knob(), limit=LIMIT)
    assert (found.value, found.binding) == (40.0, False)


def test_nothing_abandoned_is_certified_by_the_number_of_calls() -> None:
    found = tune_knob(KnownTrial(lambda _: 0.0, 10), load_knob(), limit=LIMIT)
    assert found.value == 40.0
    assert 0 < found.certificate.upper <= LIMIT


def test_knob_whose_utilisation_peaks_is_left_at_the_peak() -> None:
    def hill(value: float) -> float:
        return 0.9 - 0.5 * (value / 3 - 1) ** 2 if value < 20 else 0.0

    trial = KnownTrial(lambda value: min(0.01 * value / 3, 0.031), 11, utilisation=hill)
    found = tune_knob(trial, load_knob(high=10.0, peaked=True), limit=LIMIT)
    assert found.value == pytest.approx(3.0, rel=0.1)
    assert not found.binding


def test_no_setting_is_refused_with_its_knob_and_bound() -> None:
    scenario = plain(None, detection=Detection(sensitivity=0.9))
    with pytest.raises(
        NoSettingError, match=r"no setting of lines_per_idle keeps abandonment at most 3.00%.* 0.5"
    ) as e:
        tune(scenario, policy=Policy.IDLE_LINES)
    assert e.value.knob == "lines_per_idle"


def test_too_few_days_are_refused_with_how_many_there_were() -> None:
    with pytest.raises(NoSettingError, match=r"load keeps abandonment at most 3.00%: 150 days did not suffice"):
        tune_knob(KnownTrial(ten_agents, 12), load_knob(), limit=LIMIT, precision=0.005, most_days=150)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"limit": 0.0}, "limit.abandonment is 0.0; it must be above 0"),
        ({"limit": 1.0}, "limit.abandonment is 1.0"),
        ({"confidence": 0.5}, "confidence is 0.5; it must be above 0.5"),
        ({"precision": 0.0}, "precision is 0.0; it must be from 0.001 to 0.5"),
        ({"most_days": 99}, "most_days is 99; it must be from 100 to 1000000"),
    ],
)
def test_numbers_out_of_bounds_are_refused_by_name(changed: dict[str, float], message: str) -> None:
    with pytest.raises(ScenarioError, match=message):
        tune_knob(KnownTrial(ten_agents, 13), load_knob(), **{"limit": LIMIT, **changed})  # type: ignore[arg-type]  # numbers by their names


def test_policies_without_a_knob_and_days_that_depend_are_refused() -> None:
    with pytest.raises(
        ScenarioError, match=r"pacing.policy is 'progressive'; it must be one that has something to tune"
    ):
        tune(plain(None), policy=Policy.PROGRESSIVE)
    carried = plain(Pacing(policy=Policy.TELESCOPING, carried=True))
    with pytest.raises(ScenarioError, match=r"pacing.carried is True"):
        tune(carried, policy=Policy.TELESCOPING)
    # The sixteen days of a first look may all be poor ones, and the good ones would abandon four times the limit.
    changing = plain(None)
    changing = replace(changing, answer=replace(changing.answer, by_day=(0.7, 1.4)))
    with pytest.raises(ScenarioError, match=r"answer.by_day is \(0.7, 1.4\); it must be one factor"):
        tune(changing, policy=Policy.IDLE_LINES)


@pytest.mark.parametrize("policy", [one for one in Policy if one is not Policy.PROGRESSIVE])
def test_every_policy_with_a_knob_is_tuned_and_certified(policy: Policy) -> None:
    scenario = replace(plain(None, agents=6), talk=LOGNORMAL)
    found = tune(scenario, policy=policy, precision=0.1)
    assert found.pacing.policy is policy
    assert found.knob.certificate.upper <= LIMIT
    assert found.knob.abandonment.mean < LIMIT
    assert 0.4 < found.knob.utilisation.mean < 0.95
