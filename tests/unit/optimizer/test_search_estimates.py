"""Estimates of the search: errors over days, control variates that narrow and do not shift, curves that cross."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.inference.ratio import delta_ratio
from paceline.optimizer.curve import Point, crossing, logit
from paceline.optimizer.knobs import Knob, knob_of
from paceline.optimizer.sample import Sample
from paceline.optimizer.trials import ScenarioTrial
from paceline.simulation import counters as c
from paceline.simulation.errors import ScenarioError
from paceline.simulation.scenario import Pacing, Policy, Run
from paceline.teletraffic.erlang import erlang_b
from tests.unit.optimizer.known_days import KnownTrial, load_knob, ten_agents, unset
from tests.unit.simulation.scenarios import plain


def test_plain_errors_are_those_of_the_ratio_over_days() -> None:
    sample = Sample(KnownTrial(ten_agents, 1), 5.5, 0)
    sample.grow(10)
    sample.grow(30)
    rows, found = sample.tallies, sample.abandonment()
    stated = delta_ratio(rows[:, c.ABANDONED], rows[:, c.ABANDONED] + rows[:, c.CONNECTED])
    assert (found.days, found.freedom) == (40, 39)
    assert found.mean == found.plain_mean == pytest.approx(stated.estimate)
    assert found.error == pytest.approx(stated.standard_error)
    assert found.half_width == pytest.approx((stated.high - stated.low) / 2)
    assert found.merit == pytest.approx(2 * found.half_width * math.sqrt(0.04))


def test_control_variates_narrow_both_estimates_and_keep_them_true() -> None:
    scenario = plain(Pacing(policy=Policy.INTERVAL, interval_ms=9500.0, even=False), run=Run(hours_per_day=8))
    sample = Sample(ScenarioTrial(scenario, Policy.INTERVAL, None, seed=3), 0.0, 0)
    sample.grow(300)
    load = 1000 / 9500 * 0.3 * 180
    lost, busy = sample.abandonment(), sample.utilisation()
    # A day starts empty: a share of T / 8 h of the offered work, and a little of the abandonment, is missing.
    assert busy.mean == pytest.approx(load * (1 - erlang_b(10, load)) / 10 * (1 - 180 / 28_800), abs=0.004)
    for one in (lost, busy):
        assert one.error < 0.9 * one.plain_error
        assert one.merit < one.plain_merit
        assert abs(one.mean - one.plain_mean) < 4 * one.plain_error
    assert busy.error < 0.5 * busy.plain_error


def test_intervals_with_control_variates_cover_the_mean_as_often_as_they_say() -> None:
    scenario = plain(Pacing(policy=Policy.INTERVAL, interval_ms=9500.0, even=False), run=Run(hours_per_day=2))
    trial = ScenarioTrial(scenario, Policy.INTERVAL, None, seed=4)
    whole = Sample(trial, 0.0, 100_000)
    whole.grow(4000)
    truth, covered = whole.abandonment(), 0
    for number in range(100):
        part = Sample(trial, 0.0, 20 * number)
        part.grow(20)
        one = part.abandonment()
        covered += abs(one.mean - truth.mean) <= one.half_width
    assert covered >= 88  # fewer has a chance of 0.4 % if the interval covers 95 %


def test_bound_of_few_abandoned_answers_is_never_below_their_rate() -> None:
    for rate in (0.0, 0.0005, 0.002):
        sample = Sample(KnownTrial(lambda _, rate=rate: rate, 5), 1.0, 0)  # type: ignore[misc]  # a default binds the rate
        sample.grow(16)
        assert sample.bound(0.95) > max(rate, 12 * 3 / 16 / 800 * 0.9 if rate == 0 else 0.0)


@settings(max_examples=40, deadline=None)
@given(slope=st.floats(0.5, 6), bend=st.floats(-0.2, 0.2), root=st.floats(-0.4, 0.4))
def test_curve_through_exact_points_crosses_where_the_parabola_does(slope: float, bend: float, root: float) -> None:
    def rate(at: float) -> float:
        height = logit(0.03) + slope * (at - root) + bend * (at - root) ** 2
        return 1 / (1 + math.exp(-height))

    points = [Point(at, rate(at), 1e-4) for at in np.linspace(-1, 1, 5)]
    assert crossing(points, 0.03, -1.0, 1.0) == pytest.approx(root, abs=1e-6)


def test_crossing_stays_in_the_bracket_and_is_its_middle_where_nothing_rises() -> None:
    falling = [Point(0.0, 0.05, 0.001), Point(1.0, 0.01, 0.001)]
    assert crossing(falling, 0.03, 0.0, 1.0) == 0.5
    assert crossing(falling[:1], 0.03, 0.0, 1.0) == 0.5
    below = [Point(0.0, 0.001, 1e-4), Point(1.0, 0.002, 1e-4)]
    assert crossing(below, 0.03, 0.0, 1.0) == 1.0


@given(value=st.floats(1.0, 40.0), whole=st.booleans())
def test_a_value_survives_the_scale(value: float, whole: bool) -> None:
    knob = load_knob(whole=whole)
    back = knob.from_scale(knob.to_scale(value))
    assert back == pytest.approx(math.floor(value + 1e-9) if whole else value)


def test_ranges_that_hold_nothing_are_refused() -> None:
    with pytest.raises(ScenarioError, match=r"load.low is 2.0; it must be below load.high \(1\)"):
        load_knob(2.0, 1.0)
    with pytest.raises(ScenarioError, match=r"load.low is 0.0; it must be above 0 on a logarithmic scale"):
        load_knob(0.0, 1.0)
    with pytest.raises(ScenarioError, match=r"load.start is 9; it must be from 1 to 2"):
        Knob(name="load", low=1, high=2, start=9, put=unset)


@pytest.mark.parametrize("agents", [1, 3, 50, 1000])
@pytest.mark.parametrize("answer", [0.02, 0.3, 1.0])
def test_every_knob_has_a_range_in_every_scenario(agents: int, answer: float) -> None:
    scenario = plain(None, agents=agents)
    scenario = replace(scenario, answer=replace(scenario.answer, probability=answer))
    for policy in Policy:
        if policy is not Policy.PROGRESSIVE:
            knob = knob_of(scenario, policy)
            assert knob.low <= knob.start <= knob.high
