"""A campaign's day from minutes that are known, and why there may be none."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from paceline.campaign.blocks import Directive, Schedule, Window
from paceline.campaign.forecast import NoProjection
from paceline.campaign.statistics import Statistics, Tally
from paceline.inference.quantiles import normal_quantile
from paceline.twin.measured.answers import USUAL_SPREAD
from paceline.twin.measured.day import MeasuredDay, measured_day
from tests.unit.optimizer.histories import history

MONDAY = datetime(2026, 6, 15, tzinfo=UTC)
Rate = Callable[[int, int], float]


def minute(agents: int = 40, dials: int = 80, rate: float = 0.3) -> Tally:
    """Return a minute: the share of dials is answered, calls last 180 s, and what is left of the time is idle."""
    connects = round(dials * rate)
    return Tally(
        dials=dials,
        connects=connects,
        machines=(dials - connects) // 2,
        no_answers=dials - connects - (dials - connects) // 2,
        talk_s=150 * connects,
        wrap_s=30 * connects,
        staffed_s=60 * agents,
    )


def told(
    days: int = 5,
    hours: range = range(13, 21),
    rate: Rate = lambda day, hour: 0.3,  # noqa: ARG005  # the usual one is always the same
    agents: Callable[[int], int] = lambda hour: 40,  # noqa: ARG005  # as well
    off: frozenset[int] = frozenset(),
    at: datetime | None = None,
) -> Statistics:
    """Return days of a campaign, Monday first, but those that are off; hours from 24 on are of the next date."""
    rows = [
        (MONDAY + timedelta(days=day, hours=hour, minutes=one), minute(agents(hour), rate=rate(day, hour)))
        for day in range(days)
        if day not in off
        for hour in hours
        for one in range(60)
    ]
    return history(tuple(rows), at)


def made(of: Statistics, schedule: Schedule | None = None) -> MeasuredDay:
    found = measured_day(of, schedule)
    assert isinstance(found, MeasuredDay)
    return found


def test_means_are_those_of_the_counts() -> None:
    day = made(told())
    assert day.handle_s == pytest.approx(180)
    assert day.scenario.talk.mean_s == pytest.approx(150)
    assert day.scenario.wrap is not None
    assert day.scenario.wrap.mean_s == pytest.approx(30)
    assert day.answer_rate.mean == pytest.approx(0.3)
    assert day.scenario.unanswered.machine == pytest.approx(0.5)


@pytest.mark.parametrize("hours", [range(13, 21), range(20, 29), range(1, 9)], ids=str)
def test_day_is_found_wherever_the_clock_stands(hours: range) -> None:
    day = made(told(hours=hours))
    assert len(day.days) == 5
    assert day.scenario.day_s == len(hours) * 3600
    assert day.roster.mean_agents == 40


def test_agents_who_leave_are_gone_in_the_afternoon() -> None:
    day = made(told(agents=lambda hour: 40 if hour < 17 else 25))
    assert [(one.start_s, one.end_s, one.agents) for one in day.scenario.shifts] == [
        (0, 4 * 3600, 40),
        (4 * 3600, 8 * 3600, 25),
    ]


def test_minutes_in_which_only_the_last_calls_end_are_no_part_of_the_day() -> None:
    rows = [*told().minutes]
    for day in range(5):
        evening = MONDAY + timedelta(days=day, hours=21)
        rows += [(evening + timedelta(minutes=one), Tally(talk_s=300, staffed_s=300)) for one in range(12)]
    assert made(history(tuple(sorted(rows, key=lambda row: row[0])))).scenario.day_s == 8 * 3600


def test_answer_rate_follows_the_time_of_day() -> None:
    day = made(told(days=10, rate=lambda _, hour: 0.2 if hour < 17 else 0.4))
    factors = day.scenario.answer.by_time
    rates = [day.scenario.answer.probability * one for one in factors]
    assert rates[:8] == pytest.approx([0.2] * 8, abs=0.005)
    assert rates[8:] == pytest.approx([0.4] * 8, abs=0.005)


def test_days_that_differ_are_expected_to_differ() -> None:
    own = [0.3 * math.exp(0.15 * normal_quantile((at * 5 % 14 + 0.5) / 14)) for at in range(14)]
    day = made(told(days=14, rate=lambda number, _: own[number]))
    logs = [math.log(one) for one in own]
    mean = sum(logs) / 14
    spread = math.sqrt(sum((one - mean) ** 2 for one in logs) / 13)
    assert day.rates.spread == pytest.approx(spread, rel=0.15)
    assert day.rates.error == pytest.approx(spread / math.sqrt(14), rel=0.15)
    low, high = day.answer_rate.low, day.answer_rate.high
    assert sum(low <= one <= high for one in own) >= 12


def test_few_days_that_are_alike_do_not_show_that_all_are() -> None:
    two, ten = made(told(days=2)), made(told(days=10))
    assert two.rates.spread == pytest.approx(USUAL_SPREAD * math.sqrt(3 / 4), rel=0.05)
    assert 0 < ten.rates.spread < two.rates.spread
    assert ten.rates.of_the_mean < two.rates.of_the_mean / 2


def test_days_left_leave_out_the_weekday_that_is_off() -> None:
    day = made(told(days=14, off=frozenset({6, 13}), at=MONDAY + timedelta(days=14)))
    assert day.week.left_until(MONDAY + timedelta(days=21)) == pytest.approx(6, abs=0.05)
    assert day.week.left_until(MONDAY + timedelta(days=20)) == pytest.approx(6, abs=0.05)
    assert day.week.left_until(MONDAY + timedelta(days=14, hours=17)) == pytest.approx(0.5, abs=0.01)
    assert day.week.left_until(MONDAY) == 0


def test_days_left_leave_out_the_weekday_without_windows() -> None:
    windows = tuple(Window(weekday=one, start_s=9 * 3600, end_s=17 * 3600) for one in range(5))
    schedule = Schedule(zone="America/New_York", directive=Directive.STRICT, windows=windows, max_calls=80)
    day = made(told(days=5, at=MONDAY + timedelta(days=5)), schedule)
    assert day.week.left_until(MONDAY + timedelta(days=7)) == 0
    assert day.week.left_until(MONDAY + timedelta(days=14)) == pytest.approx(5, abs=0.05)


def test_rest_of_the_running_day_is_left() -> None:
    day = made(told(days=5, at=MONDAY + timedelta(days=4, hours=19)))
    assert day.week.left_until(MONDAY + timedelta(days=5)) == pytest.approx(0.25, abs=0.01)


def test_first_hours_of_a_campaign_make_days_of_its_schedule() -> None:
    windows = tuple(Window(weekday=one, start_s=9 * 3600, end_s=21 * 3600) for one in range(7))
    schedule = Schedule(zone="America/New_York", directive=Directive.STRICT, windows=windows, max_calls=80)
    first = told(days=1, hours=range(13, 16))
    assert made(first, schedule).week.left_until(MONDAY + timedelta(days=2)) == pytest.approx(4, abs=0.05)
    assert made(first).week.guessed


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ((), "nothing was measured"),
        (tuple((MONDAY + timedelta(minutes=one), minute()) for one in range(60)), "60 more"),
        (tuple((MONDAY + timedelta(minutes=one), minute(dials=2, rate=0.5)) for one in range(200)), "2 more hours"),
        (tuple((MONDAY + timedelta(minutes=one), minute(rate=0.0)) for one in range(200)), "nobody answered yet"),
    ],
    ids=["nothing", "an hour", "few answers", "no answers"],
)
def test_too_little_is_told_with_what_is_missing(rows: tuple[tuple[datetime, Tally], ...], why: str) -> None:
    found = measured_day(history(rows, MONDAY + timedelta(hours=5)), None)
    assert isinstance(found, NoProjection)
    assert why in found.why


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"connects": 90}, "43200 answers of 38400 dials"),
        ({"abandons": 25}, "12000 abandoned of 11520 answers"),
        ({"abandons": -1}, "a count is below 0"),
        ({"no_answers": -1}, "a count is below 0"),
    ],
)
def test_counts_that_no_dialer_can_have_are_not_made_a_day_of(wrong: dict[str, int], why: str) -> None:
    found = measured_day(history(tuple((begin, replace(one, **wrong)) for begin, one in told(days=1).minutes)), None)
    assert isinstance(found, NoProjection)
    assert found.why == f"what the platform measured contradicts itself: {why}"


def test_answers_that_no_agent_ever_took_are_not_made_a_day_of() -> None:
    rows = tuple((begin, replace(one, abandons=one.connects)) for begin, one in told(days=1).minutes)
    found = measured_day(history(rows), None)
    assert isinstance(found, NoProjection)
    assert found.why == "no agent talked to anybody"
