"""Control variates: chance with mean 0, a regression that is ordinary least squares, and narrower honest intervals."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paceline.simulation import counters as c
from paceline.simulation.controls import FEWEST_DAYS, controlled_ratio, controls_of
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.engine import simulate
from paceline.simulation.result import MEASURES
from paceline.simulation.scenario import (
    Answer,
    Change,
    Detection,
    Drain,
    Pacing,
    Patience,
    Policy,
    Records,
    Run,
    Scenario,
    Unanswered,
)
from paceline.teletraffic.erlang import erlang_b
from tests.unit.simulation.scenarios import exponential, lasting_always, plain

RATIO = Pacing(policy=Policy.RATIO, ratio=1.2)
LIVELY = plain(
    RATIO,
    talk=Duration(family=Family.LOGNORMAL, mean_s=150, cv=1.2),
    wrap=Duration(family=Family.GAMMA, mean_s=30, cv=0.5),
    answer=Answer(probability=0.3, ring_answered=exponential(10), ring_unanswered=lasting_always(25), timeout_s=25.0),
    unanswered=Unanswered(machine=0.4, busy=0.1),
    detection=Detection(sensitivity=0.95, specificity=0.9),
    patience=Patience(seconds=2),
    records=Records(count=4000, max_attempts=3),
    run=Run(days=300, hours_per_day=4),
)


@pytest.mark.parametrize("warm_up_s", [0.0, 3600.0])
def test_what_chance_gives_has_mean_zero(warm_up_s: float) -> None:
    found = simulate(replace(LIVELY, run=replace(LIVELY.run, warm_up_s=warm_up_s)), seed=3, engine="fast")
    assert found.controls is not None
    assert found.controls.shape == (300, 2)
    errors = found.controls.std(axis=0, ddof=1) / math.sqrt(300)
    assert (np.abs(found.controls.mean(axis=0)) < 4 * errors).all()
    assert (errors < 0.01).all()  # of answers and of handle time: a bias of one in a hundred would show


def test_controlled_interval_covers_the_closed_form_and_is_much_narrower() -> None:
    pacing = Pacing(policy=Policy.INTERVAL, interval_ms=1500.0, even=False)
    scenario = plain(pacing, agents=30, run=Run(days=120, hours_per_day=6, warm_up_s=3600))
    found = simulate(scenario, seed=8, engine="fast")
    blocked = erlang_b(30, 180 * 0.3 / 1.5)
    exact = {"utilisation": 36 * (1 - blocked) / 30, "abandonment": blocked}
    for name, truth in exact.items():
        merit = found.merit(name)
        assert merit.controlled is not None
        assert merit.controlled.half_width is not None
        assert abs(merit.controlled.mean - truth) < 2 * merit.controlled.half_width
        assert merit.width_per_cpu_s is not None
        assert merit.controlled_width_per_cpu_s is not None
        assert merit.controlled_width_per_cpu_s < 0.7 * merit.width_per_cpu_s


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(-5, 5)), min_size=FEWEST_DAYS, max_size=40),
    st.floats(0.5, 20),
)
def test_one_control_is_a_regression_line_read_at_zero(days: list[tuple[float, float]], below: float) -> None:
    above, control = (np.array(column) for column in zip(*days, strict=True))
    found = controlled_ratio(above, np.full(above.size, below), control[:, None])
    if found is None:
        flat = control.std() <= 1e-6 or above.std() <= 1e-6
        assert flat or np.linalg.matrix_rank(np.column_stack([np.ones(above.size), control])) < 2
        return
    if control.std() < 1e-3:
        return  # the line is then known to a few digits only
    line = stats.linregress(control, above / below)
    half = stats.t.ppf(0.975, above.size - 2) * line.intercept_stderr
    assert found[0] == pytest.approx(line.intercept, rel=1e-6, abs=1e-6)
    assert found[1] == pytest.approx(half, rel=1e-4, abs=1e-6)


def test_few_days_or_nothing_to_explain_give_no_controlled_estimate() -> None:
    controls = np.arange(20.0)[:, None]
    ones = np.ones(20)
    assert controlled_ratio(ones[:11], ones[:11], controls[:11]) is None
    assert controlled_ratio(ones, ones, controls) is None
    assert controlled_ratio(np.arange(20), ones, np.empty((20, 0))) is None
    assert controlled_ratio(np.zeros(20), np.zeros(20), controls) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"answer": replace(LIVELY.answer, by_time=(1.0, 0.8))},
        {"answer": replace(LIVELY.answer, concentration=5.0)},
        {"changes": (Change(at_s=3600, stop=Drain.DROP),)},
    ],
)
def test_where_the_chance_of_an_answer_is_not_one_number_it_is_no_control(changed: dict[str, object]) -> None:
    scenario: Scenario = replace(LIVELY, **changed)  # type: ignore[arg-type]  # fields of a scenario, by their names
    tallies = np.random.default_rng(1).integers(1, 1000, size=(20, c.LENGTH))
    assert controls_of(LIVELY, tallies).shape == (20, 2)
    assert controls_of(scenario, tallies).shape == (20, 1)


def test_every_measure_has_its_merit_and_says_it_in_json() -> None:
    found = simulate(replace(LIVELY, run=Run(days=14, hours_per_day=1)), seed=3, engine="fast")
    document = found.document()
    merit = document["merit"]
    assert isinstance(merit, dict)
    assert set(merit) == set(MEASURES)
    for name in MEASURES:
        measured, one = found.measure(name), found.merit(name)
        assert merit[name] == one.document()
        assert one.width_per_cpu_s == pytest.approx(2 * (measured.half_width or 0) * math.sqrt(found.cpu_s))
        assert set(document[name]) == {"mean", "half_width", "n"}  # type: ignore[arg-type]  # a JSON object
    alone = simulate(replace(LIVELY, run=Run(days=1, hours_per_day=1)), seed=3, engine="fast").merit("abandonment")
    assert alone.document() == {"width_per_cpu_s": None, "controlled": None, "controlled_width_per_cpu_s": None}
