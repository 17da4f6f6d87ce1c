"""A pacing in the simulator's words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from paceline.campaign.blocks import DialingMode, DialingRules
from paceline.campaign.forecaster import ForecastAsked
from paceline.campaign.statistics import LivePicture, Statistics, Tally
from paceline.optimizer.forecast.play import live_boldness, wanted_boldness
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.engine import simulate
from paceline.simulation.plan import plan_of
from paceline.simulation.scenario import Answer, Run, Scenario
from paceline.twin.boldness import MOST_LINES, Boldness
from tests.unit.optimizer.histories import BEGAN, CAMPAIGN, asked, pacing

RULES = DialingRules(
    mode=DialingMode.POWER,
    attempt_limit=3,
    retry_intervals_min=(60,),
    abandonment_threshold=Decimal("0.03"),
    cool_down_s=300,
    calls_per_agent=3,
)
SCENARIO = Scenario(
    agents=10,
    talk=Duration(family=Family.EXPONENTIAL, mean_s=180.0),
    answer=Answer(
        probability=0.3,
        ring_answered=Duration(family=Family.EXPONENTIAL, mean_s=12.0),
        ring_unanswered=Duration(family=Family.EXPONENTIAL, mean_s=12.0),
    ),
    run=Run(days=8, hours_per_day=10.0),
)
EMPTY = Statistics(campaign=CAMPAIGN, at=BEGAN, tally=Tally(), live=LivePicture())


def question(**changes: object) -> ForecastAsked:
    """Return a question of a campaign with these differences, live and wanted at three lines for each idle agent."""
    live = changes.pop("live", pacing())
    return asked(EMPTY, live, pacing(), **changes)  # type: ignore[arg-type]  # a pacing or none


def test_pacing_is_read_as_lines_for_each_idle_agent() -> None:
    found = wanted_boldness(question(), agents=50)
    assert found == Boldness(lines=3.0, cap=150, calls_per_s=9, warm_up_s=0.0)


def test_fewest_lines_of_all_that_cap_them_hold() -> None:
    few = replace(question(), max_calls=40)
    assert wanted_boldness(few, agents=50).cap == 40
    rules = replace(RULES, mode=DialingMode.PREDICTIVE)
    assert wanted_boldness(question(rules=rules), agents=10).cap == 30
    assert live_boldness(question(rules=RULES, live=None), agents=100) == Boldness(
        lines=3.0, cap=MOST_LINES, calls_per_s=0, warm_up_s=0.0
    )


@pytest.mark.parametrize(
    ("mode", "lines"), [(DialingMode.POWER, 3.0), (DialingMode.PROGRESSIVE, 1.0), (DialingMode.PREVIEW, 1.0)]
)
def test_campaign_that_does_not_predict_dials_by_its_mode(mode: DialingMode, lines: float) -> None:
    found = live_boldness(question(rules=replace(RULES, mode=mode)), agents=50)
    assert found is not None
    assert found.lines == lines


def test_nobody_knows_how_a_campaign_dials_without_pacing_and_rules() -> None:
    assert live_boldness(question(live=None), agents=50) is None


@pytest.mark.parametrize("lines", [1.1, 2.2, 3.3, 10 / 3, 4.4, 5.0])
def test_no_line_is_lost_to_the_simulators_units(lines: float) -> None:
    on = Boldness(lines=lines, cap=0, calls_per_s=0, warm_up_s=0.0).on(SCENARIO)
    each = int(plan_of(on).parameters[0, 1])
    wanted = [int(round(lines, 9) * idle + 1e-6) for idle in range(50)]
    assert [(each * idle) >> 16 for idle in range(50)] == wanted


def test_warm_up_dials_one_line_for_each_idle_agent() -> None:
    bold = Boldness(lines=3.0, cap=0, calls_per_s=0, warm_up_s=0.0)
    one, all_day = simulate(bold.scaled(1 / 3).on(SCENARIO)), simulate(replace(bold, warm_up_s=36_000.0).on(SCENARIO))
    half, none = simulate(replace(bold, warm_up_s=18_000.0).on(SCENARIO)), simulate(bold.on(SCENARIO))
    assert one.utilisation.mean == pytest.approx(180 / 220, abs=0.01)
    assert all_day.utilisation.mean == one.utilisation.mean
    assert one.abandonment.mean == 0
    middle = (one.utilisation.mean + none.utilisation.mean) / 2
    assert half.utilisation.mean == pytest.approx(middle, abs=0.01)
    assert 0 < half.abandonment.mean < none.abandonment.mean


def test_longer_warm_up_takes_nothing_off_what_is_projected() -> None:
    longer = replace(pacing(), warm_up_s=86_400)
    assert wanted_boldness(replace(question(), wanted=longer), agents=50).warm_up_s == 0
    live = replace(pacing(), warm_up_s=300)
    assert wanted_boldness(replace(question(live=live), wanted=longer), agents=50).warm_up_s == 300
    assert wanted_boldness(replace(question(live=longer), wanted=live), agents=50).warm_up_s == 300


def test_campaign_that_dials_day_and_night_is_never_warming_up() -> None:
    all_day = replace(SCENARIO, run=Run(days=2, hours_per_day=24.0))
    bold = Boldness(lines=3.0, cap=0, calls_per_s=0, warm_up_s=36_000.0)
    assert bold.on(all_day) == replace(bold, warm_up_s=0.0).on(all_day)
    assert bold.on(SCENARIO).changes


@pytest.mark.parametrize(("interval_ms", "most"), [(50, 20), (300, 4), (350, 3), (499, 3), (500, 2)])
def test_no_dial_is_lost_to_whole_seconds(interval_ms: int, most: int) -> None:
    wanted = replace(pacing(), call_interval_ms=interval_ms)
    assert wanted_boldness(replace(question(), wanted=wanted), agents=50).calls_per_s == most


def test_rules_that_the_change_makes_cap_what_is_wanted_and_not_what_is_live() -> None:
    live, made = (replace(RULES, mode=DialingMode.PREDICTIVE, calls_per_agent=each) for each in (1, 9))
    asked_for = replace(question(rules=live), rules=made)
    bold = live_boldness(asked_for, agents=10)
    assert (wanted_boldness(asked_for, agents=10).cap, bold is not None and bold.cap) == (90, 10)
