"""A scenario file is read to the letter, and what is off in it is named with its bound."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from paceline.simulation.distributions import Duration, Family
from paceline.simulation.errors import ScenarioError, UnstableScenarioError
from paceline.simulation.plan import Plan, plan_of
from paceline.simulation.reading import read_scenario
from paceline.simulation.scenario import Drain, Pacing, Policy
from tests.unit.simulation.scenarios import plain

PROGRESSIVE = Pacing(policy=Policy.PROGRESSIVE)
PUBLISHED = """
[agents]
count = 50
[handle]                    # talk and wrap-up together, seconds
distribution = "lognormal"  # exponential, lognormal, deterministic, hyperexponential, gamma
mean_s = 180
cv = 1.0                    # lognormal, gamma and hyperexponential only
[answer]
probability = 0.3
ring_answered_s = 10.0      # mean; distribution as in [handle], exponential when not said
ring_unanswered_s = 25.0
[patience]
seconds = 2.0               # an answer may wait this long for an agent; 0 = abandoned at once
[pacing]
policy = "ratio"            # progressive, interval, ratio, idle_lines, certainty, ...
lines = 61                  # what the policy needs
[limit]
abandonment = 0.03          # of answers by a person; the default
[run]
days = 30
hours_per_day = 8
warm_up_s = 0               # only for stationary validation
"""
FULL = """
shifts = [{start_s = 0, end_s = 3600, agents = 3}]
breaks = [{at_s = 600, length_s = 60, agents = 1}]
[agents]
count = 5
[talk]
mean_s = 100
[wrap]
distribution = "gamma"
mean_s = 20
cv = 0.6
[answer]
probability = 0.3
distribution = "deterministic"
ring_answered_s = 10
ring_unanswered_s = {distribution = "lognormal", mean_s = 20, cv = 0.5}
timeout_s = 30
by_time = [1, 0.8]
by_attempt = 1
concentration = 5
[unanswered]
machine = 0.4
busy = 0.05
machine_ring_s = 12
[detection]
sensitivity = 0.95
specificity = 0.9
[greeting]
mean_s = 2
[patience]
seconds = 90
distribution = "exponential"
[list]
records = 1000
max_attempts = 3
retry_s = [600, 3600]
busy_retry_s = 120
[lines]
cap = 20
calls_per_s = 2
[[changes]]
at_s = 900
stop = "drop"
[[changes]]
at_s = 1000
resume = true
[[changes]]
at_s = 1200
[changes.pacing]
policy = "telescoping"
gain = 0.3
[run]
hours_per_day = 1
"""


def test_the_published_scenario_is_read() -> None:
    scenario = read_scenario(PUBLISHED)
    assert scenario.agents == 50
    assert scenario.talk == Duration(family=Family.LOGNORMAL, mean_s=180, cv=1.0)
    assert scenario.answer.ring_unanswered == Duration(family=Family.EXPONENTIAL, mean_s=25)
    assert scenario.pacing is not None
    assert (scenario.pacing.policy, scenario.pacing.lines) == (Policy.RATIO, 61)
    assert (scenario.limit, scenario.run.days, scenario.day_s) == (0.03, 30, 28_800)


def test_everything_a_scenario_may_have_is_read() -> None:
    scenario = read_scenario(FULL)
    assert scenario.wrap == Duration(family=Family.GAMMA, mean_s=20, cv=0.6)
    assert scenario.answer.ring_answered.family is Family.DETERMINISTIC
    assert scenario.answer.ring_unanswered == Duration(family=Family.LOGNORMAL, mean_s=20, cv=0.5)
    assert scenario.records.busy_retry_s == (120.0,)
    assert [change.stop for change in scenario.changes] == [Drain.DROP, None, None]
    assert scenario.changes[2].pacing is not None
    assert scenario.changes[2].pacing.gain == 0.3
    assert scenario.shifts[0].agents == 3


def test_a_file_is_read_as_its_text_is(tmp_path: Path) -> None:
    file = tmp_path / "day.toml"
    file.write_text(FULL, encoding="utf-8")
    assert read_scenario(file) == read_scenario(FULL)


@pytest.mark.parametrize(
    ("old", "new", "field", "bound"),
    [
        ("count = 50", "count = 0", "agents.count", "from 1 to 20000"),
        ("count = 50", "count = 5.5", "agents.count", "a whole number"),
        ("count = 50", "", "agents.count", "given"),
        ("count = 50", "count = 50\nrest = 1", "agents.rest", "left out"),
        ("[agents]", "[agent]", "agents", "given"),
        ("probability = 0.3", "probability = 30", "answer.probability", "from 0.0001 to 1"),
        ("probability = 0.3", "probability = nan", "answer.probability", "finite"),
        ("mean_s = 180", "mean_s = true", "handle.mean_s", "a number"),
        ("mean_s = 180", f"mean_s = 1{'0' * 400}", "handle.mean_s", "a finite number"),
        ("count = 50", f"count = 0x{'f' * 6000}", "agents.count", "from 1 to 20000"),
        ("count = 50", f"count = {'9' * 5000}", "the file", "TOML"),
        ("count = 50", f"count = {'[' * 3000}{']' * 3000}", "the file", "TOML"),
        ('"lognormal"', '"normal"', "handle.distribution", "one of exponential"),
        ('"lognormal"', '"exponential"', "handle.cv", "left out"),
        ("cv = 1.0", "cv = 0", "handle.cv", "from 0.01 to 10"),
        ("seconds = 2.0", "seconds = -1", "patience.seconds", "from 0 to 3600"),
        ("lines = 61", "safety = 1", "pacing.safety", "left out"),
        ("lines = 61", "", "pacing.lines", "given, or ratio"),
        ('"ratio"', '"fastest"', "pacing.policy", "one of progressive"),
        ("days = 30", "days = 0", "run.days", "from 1 to 1e+06"),
        ("warm_up_s = 0 ", "warm_up_s = 28800 ", "run.warm_up_s", "below the day's 28800"),
        ("abandonment = 0.03", 'window = "week"', "limit.window", "day"),
    ],
)
def test_a_bad_value_is_named_with_its_bound(old: str, new: str, field: str, bound: str) -> None:
    assert old in PUBLISHED
    with pytest.raises(ScenarioError) as refused:
        read_scenario(PUBLISHED.replace(old, new, 1))
    assert refused.value.field == field
    assert bound in str(refused.value)


def test_a_file_that_begins_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    file = tmp_path / "day.toml"
    file.write_text(FULL, encoding="utf-8-sig")
    assert read_scenario(file) == read_scenario(FULL)


def test_what_is_no_toml_is_told() -> None:
    with pytest.raises(ScenarioError, match="must be TOML"):
        read_scenario("[agents")


def test_an_open_loop_whose_callers_wait_for_ever_is_refused_when_it_offers_too_much() -> None:
    endless = PUBLISHED.replace("seconds = 2.0", "seconds = inf").replace('"ratio"', '"interval"')
    with pytest.raises(UnstableScenarioError, match=r"54\.0 erlangs to 50 agents"):
        read_scenario(endless.replace("lines = 61", "interval_ms = 1000"))
    read_scenario(endless.replace("lines = 61", "interval_ms = 1200"))


def test_shifts_and_breaks_that_leave_fewer_than_none_are_refused() -> None:
    scenario = read_scenario(
        FULL.replace("at_s = 600, length_s = 60, agents = 1", "at_s = 600, length_s = 60, agents = 4")
    )
    with pytest.raises(ScenarioError, match="shifts and breaks is -1"):
        plan_of(replace(scenario, pacing=PROGRESSIVE))


def test_a_plan_has_every_field_in_whole_numbers() -> None:
    plan = plan_of(plain(PROGRESSIVE))
    assert isinstance(plan, Plan)
    assert all(isinstance(value, int) or value.dtype == "int64" for value in plan)


def test_without_pacing_there_is_nothing_to_simulate() -> None:
    with pytest.raises(ScenarioError, match="pacing is None"):
        plan_of(plain(None))
