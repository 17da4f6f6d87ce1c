"""Projections against closed forms, and against what another dialer then does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from paceline.campaign.blocks import DialingMode, DialingRules, Directive, Pacing, Schedule, Window
from paceline.campaign.forecast import Between, NoProjection, Projection
from paceline.campaign.forecaster import Curve, ForecastAsked
from paceline.campaign.statistics import Statistics, Tally
from paceline.optimizer.forecast.forecaster import AIMS, SimulatedForecaster
from tests.unit.optimizer.histories import BEGAN, asked, block, history, minutes, pacing

AGENTS = 12
LIVE, BOLDER = pacing("0.5", "0.003"), pacing("0.5", "0.005")
"""1.6 lines for each idle agent, and two."""


def measured(how: Pacing = LIVE, **world: Any) -> Statistics:
    return history(minutes(how, days=3, agents=AGENTS, **world))


def truth(how: Pacing, **world: Any) -> Tally:
    """Return what another six days with a pacing come to."""
    return sum((one for _, one in minutes(how, days=6, agents=AGENTS, key=99, **world)), Tally())


def projected(question: ForecastAsked) -> Projection:
    found = SimulatedForecaster().forecast(question)
    assert isinstance(found, Projection)
    return found


def holds(value: float | None, between: Between) -> bool:
    return value is not None and between.low <= value <= between.high


def test_what_the_dialer_then_does_lies_in_the_projection() -> None:
    found, then = projected(asked(measured(), LIVE, BOLDER)), truth(BOLDER)
    assert found.fit is not None
    assert found.fit.holds
    assert found.fit.scale == 1
    assert holds(then.abandonment, found.then.abandonment)
    assert holds(then.occupancy, found.then.utilisation)
    assert found.difference is not None
    assert found.difference.abandonment.low > 0
    assert found.difference.utilisation.low > 0
    assert found.difference.abandonment.half_width < found.then.abandonment.half_width


def test_progressive_has_the_utilisation_of_the_closed_form() -> None:
    gentle = pacing("0.50", "0")
    found = projected(asked(measured(machineShare=0, busyShare=0), LIVE, gentle))
    rate, handle_s = found.measured_answer_rate.mean, found.measured_handle_s
    ring_s = found.ring_s + (1 - rate) / rate * found.ring_unanswered_s
    assert found.then.utilisation.mean == pytest.approx(handle_s / (handle_s + ring_s), abs=0.005)
    assert found.then.abandonment.mean == 0
    assert 0 < found.then.abandonment.high < 0.001


def test_same_question_has_the_same_answer() -> None:
    question = asked(measured(), LIVE, BOLDER, (block(answered=5000, abandoned=100),))
    first, second = projected(question), projected(question)
    assert replace(first, cpu_s=0.0) == replace(second, cpu_s=0.0)


def test_pacing_that_stays_changes_nothing() -> None:
    found = projected(asked(measured(), LIVE, LIVE))
    assert found.now == found.then
    assert found.difference is not None
    assert (found.difference.abandonment.low, found.difference.abandonment.high) == (0, 0)
    assert found.gap_closed == 0


def test_bolder_pacing_breaches_a_period_that_the_live_one_keeps() -> None:
    told = measured()
    before = block(answered=told.tally.connects, abandoned=told.tally.abandons)
    wild = pacing("0.5", "0.01")
    found = projected(asked(told, LIVE, wild, (before,)))
    risk = found.worst
    assert risk is not None
    assert risk.now is not None
    assert risk.now < 0.05
    assert risk.then > 0.95
    assert risk.days_left == pytest.approx(27, abs=0.5)
    assert risk.answers_left == pytest.approx(measured(wild).tally.connects / 3 * 27, rel=0.03)


def test_period_of_a_day_is_judged_by_a_whole_day_though_it_is_night_and_none_follows() -> None:
    told = measured()
    at = told.at.replace(hour=20) if told.at.hour < 20 else told.at
    windows = tuple(Window(weekday=day, start_s=0, end_s=86_400) for day in {told.minutes[0][0].weekday()})
    schedule = Schedule(zone="UTC", windows=windows, directive=Directive.STRICT, max_calls=100)
    night = history(minutes(LIVE, days=3, agents=AGENTS), at=at)
    day = replace(block(answered=0, abandoned=0, days=1, begin=at), period="24-hours")
    found = projected(asked(night, LIVE, BOLDER, (day,), schedule=schedule))
    assert found.risks[0].days_left == pytest.approx(1, abs=0.35)
    assert found.risks[0].answers_left > 500


def test_optimum_is_above_all_that_keeps_the_ceiling() -> None:
    found = projected(asked(measured(), LIVE, pacing("0.5", "0.004")))
    assert found.optimum is not None
    assert found.now is not None
    assert found.gap_closed is not None
    assert found.then.abandonment.high < 0.03
    assert found.now.utilisation.mean < found.then.utilisation.mean < found.optimum
    assert 0 < found.gap_closed < 1


def test_campaign_without_a_pacing_has_only_what_would_be() -> None:
    found = projected(asked(measured(), None, BOLDER, (block(answered=0, abandoned=0),)))
    assert (found.now, found.difference, found.fit, found.gap_closed) == (None, None, None, None)
    assert found.risks[0].now is None


def test_campaign_that_does_not_predict_is_played_as_it_dials() -> None:
    rules = DialingRules(
        mode=DialingMode.PROGRESSIVE,
        attempt_limit=3,
        retry_intervals_min=(60,),
        abandonment_threshold=Decimal("0.03"),
        cool_down_s=300,
        calls_per_agent=10,
    )
    found = projected(asked(measured(pacing("0.5", "0")), BOLDER, BOLDER, rules=rules))
    assert found.now is not None
    assert found.now.abandonment.mean == 0
    assert found.then.abandonment.mean > 0.01
    assert any("progressive" in one for one in found.assumed)


def test_gentler_past_does_not_make_the_present_gentle() -> None:
    told = measured(pacing("0.5", "0"))
    unknown = projected(asked(told, BOLDER, BOLDER))
    assert unknown.fit is not None
    assert not unknown.fit.holds
    assert unknown.fit.scale == 1
    assert unknown.now is not None
    assert holds(truth(BOLDER).abandonment, unknown.now.abandonment)


def test_only_what_was_measured_since_the_pacing_is_live_is_compared() -> None:
    change = BEGAN + timedelta(days=2, hours=1)
    before = [row for row in minutes(pacing("0.5", "0"), days=3, agents=AGENTS) if row[0] < change]
    after = [row for row in minutes(LIVE, days=3, agents=AGENTS) if row[0] >= change]
    question = replace(asked(history((*before, *after)), LIVE, BOLDER), paced_since=change)
    found = projected(question)
    assert found.fit is not None
    assert found.fit.holds
    assert found.fit.scale == pytest.approx(1, abs=0.15)
    assert holds(truth(BOLDER).abandonment, found.then.abandonment)


def test_nothing_measured_since_is_no_fit() -> None:
    told = measured()
    found = projected(replace(asked(told, BOLDER, BOLDER), paced_since=told.at))
    assert found.fit is None
    assert any("since" in one for one in found.assumed)


@pytest.mark.parametrize("since_known", [True, False])
def test_platform_that_dials_more_boldly_than_is_read_is_followed(since_known: bool) -> None:
    really_live, really_bolder = pacing("0.5", "0.005"), pacing("0.5", "0.0075")
    read_as, wanted = pacing("0.5", "0.003"), pacing("0.5", "0.005")
    question = asked(measured(really_live), read_as, wanted)
    found = projected(replace(question, paced_since=BEGAN if since_known else None))
    assert found.fit is not None
    assert found.fit.holds
    assert found.fit.scale == pytest.approx(1.25, abs=0.1)
    assert holds(truth(really_bolder).abandonment, found.then.abandonment)


def test_rings_that_are_longer_are_told_by_how_busy_agents_are() -> None:
    long: dict[str, Any] = {"ringSeconds": 14, "noAnswerSeconds": 34}
    question = asked(measured(**long), LIVE, BOLDER)
    found = projected(replace(question, paced_since=BEGAN))
    assert found.fit is not None
    assert found.fit.holds
    assert found.ring_unanswered_s == pytest.approx(34, rel=0.08)
    assert holds(truth(BOLDER, **long).occupancy, found.then.utilisation)
    # What was measured may also be of a gentler pacing, where nobody knows since when this one is live.
    unknown = projected(question)
    assert unknown.ring_unanswered_s == 25
    assert unknown.then.abandonment.mean > found.then.abandonment.mean


def test_list_that_ran_out_is_not_taken_for_the_model() -> None:
    found = projected(asked(measured(records=9_000), LIVE, BOLDER))
    assert found.fit is not None
    assert not found.fit.holds


def test_lines_that_are_capped_hold_the_projection_down() -> None:
    free = projected(asked(measured(), LIVE, BOLDER))
    tight = projected(asked(measured(), LIVE, pacing("0.5", "0.005", max_calls=AGENTS)))
    assert tight.then.abandonment.mean < 0.7 * free.then.abandonment.mean
    assert tight.then.utilisation.mean < free.then.utilisation.mean


def test_nothing_measured_has_no_projection() -> None:
    empty = Statistics(campaign=measured().campaign, at=BEGAN, tally=Tally(), live=measured().live)
    forecaster, question = SimulatedForecaster(), asked(empty, LIVE, BOLDER)
    assert isinstance(forecaster.forecast(question), NoProjection)
    assert isinstance(forecaster.curve(question), NoProjection)


def test_curve_rises_with_the_aim_and_goes_through_the_projection() -> None:
    question = asked(measured(), LIVE, BOLDER)
    curve, found = SimulatedForecaster().curve(question), projected(question)
    assert isinstance(curve, Curve)
    assert tuple(dot.pacing.abandonment_aim for dot in curve.dots) == AIMS
    abandoned = [dot.effect.abandonment.mean for dot in curve.dots]
    assert abandoned == sorted(abandoned)
    there = next(dot.effect for dot in curve.dots if dot.pacing == BOLDER)
    assert holds(found.then.abandonment.mean, there.abandonment)
    assert curve.optimum == found.optimum
