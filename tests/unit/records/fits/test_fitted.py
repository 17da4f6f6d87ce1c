"""Everything together: intervals hold the truth, draws spread as they say, and the simulator gets a day."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from benchmarks.fits.coverage import covered, kind_of
from benchmarks.fits.sampler import World, sampled
from paceline.records.fits.fitted import FittedRecords, fit_records
from paceline.records.fits.scenarios import attempts_level, pooled_concentration
from paceline.simulation.checks import check_scenario
from paceline.simulation.errors import ScenarioError
from paceline.simulation.scenario import Pacing, Policy, Records, Scenario

SMALL = World(persons=4000)


@lru_cache(maxsize=1)
def fitted() -> FittedRecords:
    return fit_records(sampled(SMALL, 3))


def test_intervals_hold_the_truth() -> None:
    found = covered(World(persons=4000, days=12), 2)
    hits, asked = (sum(getattr(held, name) for held in found.values()) for name in ("hits", "asked"))
    assert asked == 2 * (17 + 24)
    assert hits / asked >= 0.9


def test_hours_of_a_line_are_one_kind() -> None:
    assert kind_of("answers.cell.09h") == "answers.cell, by hour"
    assert kind_of("talk.mean_s") == "talk.mean_s"


def test_a_fit_outlives_its_json_and_holds_no_person() -> None:
    told = json.dumps(fitted().document())
    assert FittedRecords.of(json.loads(told)) == fitted()
    assert "person" not in told.replace('"persons"', "")


def test_parameters_lie_within_their_intervals_and_have_units() -> None:
    for one in fitted().parameters():
        assert one.low <= one.value <= one.high, one
        assert one.unit in {"s", "fraction", "ratio", "log"}
    names = [one.name for one in fitted().parameters()]
    assert len(set(names)) == len(names)


def test_draws_spread_as_wide_as_the_intervals_say() -> None:
    draws = np.array(fitted().draws)
    parameters = fitted().parameters()
    assert draws.shape == (64, len(parameters))
    for place, one in enumerate(parameters):
        if one.low == one.high or one.name in {"answers.day_spread", "answers.heterogeneity"}:
            continue
        ratio = draws[:, place].std() * 2 * 1.96 / (one.high - one.low)
        assert 0.6 < ratio < 1.4, (one.name, ratio)


def test_a_draw_is_a_fit_with_other_parameters() -> None:
    one = fitted().drawn(5)
    told = {parameter.name: parameter.value for parameter in one.parameters()}
    for (name, value), drawn in zip(told.items(), fitted().draws[5], strict=True):
        assert value == drawn, name
    assert one.draws == ()
    assert one.drawn(0) == one
    assert fitted().drawn(5 + 64) == one


def test_the_same_seed_gives_the_same_draws() -> None:
    summary = sampled(World(persons=1500, days=5), 1)
    one, again, other = (fit_records(summary, draws=4, seed=seed) for seed in (2, 2, 3))
    assert one == again
    assert one.draws != other.draws


def played(scenario: Scenario) -> Scenario:
    return check_scenario(replace(scenario, pacing=Pacing(policy=Policy.PROGRESSIVE)))


def test_the_simulator_takes_the_day() -> None:
    day = played(fitted().scenario(agents=20, hours=(9, 21)))
    assert len(day.answer.by_time) == 12
    assert np.mean(day.answer.by_time) == pytest.approx(1.0)
    assert day.answer.timeout_s == 25.0
    assert day.answer.concentration == float("inf")
    # What a person answers in time is what the records show, at the attempts that they show.
    in_time = 1 - day.answer.ring_answered.survival_s(25.0)
    seen = sampled(SMALL, 3).cells
    assert day.answer.probability * in_time == pytest.approx(seen.answered.sum() / seen.dials.sum(), rel=0.06)
    assert day.unanswered.busy == pytest.approx(0.04, rel=0.15)


def test_a_list_in_the_simulator_has_people_who_differ() -> None:
    records = Records(count=4000, max_attempts=4)
    day = played(fitted().scenario(agents=20, hours=(9, 21), records=records))
    without = fitted().scenario(agents=20, hours=(9, 21))
    assert day.answer.probability > without.answer.probability
    assert 3.0 < day.answer.concentration < 10.0
    assert pooled_concentration(fitted().answers) < fitted().answers.concentration
    assert 0.6 < attempts_level(fitted().answers) < 1.0


def test_hours_that_are_no_day_are_refused() -> None:
    with pytest.raises(ScenarioError, match="hours"):
        fitted().scenario(agents=20, hours=(21, 9))
