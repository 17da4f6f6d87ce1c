"""Ring times, and abandoned calls in legal periods: whole numbers on each side of the ceiling."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import pytest

from paceline.compliance.abandonment import Measured
from paceline.compliance.call import Call
from paceline.records.calls import Ending
from paceline.records.judging.abandoned import PeriodJudged
from paceline.records.judging.judge import JudgedCalls, Question
from tests.unit.records.judging.calls_made import LONDON, NEW_YORK, SALES, Made, broken_by, judged_made

FIRST = datetime(2026, 9, 1, 15, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def answered(
    count: int, abandoned: int, *, at: datetime = FIRST, number: str = NEW_YORK, campaign: str = "C"
) -> list[Made]:
    """Return calls that a person answered, a second apart."""
    return [
        Made(
            at=(at + timedelta(seconds=n)).isoformat(),
            number=number,
            campaign=campaign,
            ending=Ending.ABANDONED if n < abandoned else Ending.CONNECTED,
        )
        for n in range(count)
    ]


def periods_of(found: JudgedCalls, rule: str) -> list[PeriodJudged]:
    return [one for one in found.periods if one.rule.id == rule]


@pytest.mark.parametrize(("count", "verdict"), [(100, "within"), (99, "over")])
def test_three_in_a_hundred_are_within_the_ceiling_and_three_in_99_are_not(count: int, verdict: str) -> None:
    question = Question(call=SALES, anchors={"C": FIRST}, until=FIRST + 30 * DAY)
    (period,) = periods_of(judged_made(answered(count, 3), question), "US-2")
    assert (period.measured, period.verdict) == (Measured(abandoned=3, answered_live=count), verdict)
    assert (period.start, period.end, period.is_complete) == (FIRST, FIRST + 30 * DAY, True)


def test_machines_and_unanswered_calls_are_in_no_rate() -> None:
    others = [Made(at=FIRST.isoformat(), ending=ending) for ending in (Ending.MACHINE, Ending.NO_ANSWER, Ending.BUSY)]
    (period,) = periods_of(judged_made([*answered(10, 1), *others]), "US-2")
    assert period.measured == Measured(abandoned=1, answered_live=10)


def test_blocks_begin_with_the_first_dial_and_with_nothing_else() -> None:
    made = [
        *answered(10, 0),
        *answered(20, 5, at=FIRST + 30 * DAY - timedelta(seconds=10)),  # ten fall into the first block
    ]
    blocks = periods_of(judged_made(made, Question(call=SALES, anchors={"C": FIRST})), "US-2")
    assert [(one.start, one.measured.abandoned, one.measured.answered_live) for one in blocks] == [
        (FIRST, 5, 20),
        (FIRST + 30 * DAY, 0, 10),
    ]
    assert [one.is_complete for one in blocks] == [True, False]


def test_without_a_told_first_dial_or_a_whole_block_nothing_is_certain() -> None:
    whole = Question(call=SALES, until=FIRST + 30 * DAY)
    cut = Question(call=SALES, anchors={"C": FIRST}, until=FIRST + 29 * DAY)
    impossible = Question(call=SALES, anchors={"C": FIRST + DAY}, until=FIRST + 30 * DAY)
    for question in (whole, cut, impossible):
        (period,) = periods_of(judged_made(answered(10, 5), question), "US-2")
        assert (period.verdict, period.start) == ("perhaps over", FIRST)


def in_one_block(days: list[list[Made]], since: datetime) -> bool:
    """Return by hand whether 3 % hold in each whole block of 30 days from an instant on."""
    last = max(one.instant for day in days for one in day)
    calls = [(one.instant, one.ending is Ending.ABANDONED) for day in days for one in day]
    while since + 30 * DAY <= last + timedelta(seconds=1):
        mine = [lost for at, lost in calls if since <= at < since + 30 * DAY]
        if sum(mine) * 100 > 3 * len(mine):
            return False
        since += 30 * DAY
    return True


@pytest.mark.parametrize("spread", [range(75), range(28, 32), range(2), range(58, 62)])
def test_blocks_of_an_unknown_first_dial_hold_from_whatever_day_they_begin(spread: range) -> None:
    days = [answered(10, 4 * (day in spread), at=FIRST + day * DAY) for day in range(75)]
    whole = all(in_one_block(days, FIRST + shift * DAY) for shift in range(30))
    of_file = in_one_block(days, FIRST)
    made = [one for day in days for one in day]
    found = periods_of(judged_made(made), "US-2")
    assert all(one.holds for one in found[:2]) == whole
    assert any(one.depends_on_anchor for one in found[:2]) == (of_file and not whole)
    assert all(one.verdict != "over" for one in found)
    told = periods_of(judged_made(made, Question(call=SALES, anchors={"C": FIRST})), "US-2")
    assert all(one.holds for one in told[:2]) == of_file


def test_a_block_that_the_span_cuts_is_counted_whole() -> None:
    made = [*answered(10, 2), *answered(10, 0, at=FIRST + DAY)]
    question = Question(call=SALES, anchors={"C": FIRST}, since=FIRST + DAY, until=FIRST + 30 * DAY)
    (period,) = periods_of(judged_made(made, question), "US-2")
    assert period.measured == Measured(abandoned=2, answered_live=20)
    assert period.verdict == "over"


def test_each_campaign_has_its_own_rate() -> None:
    made = [*answered(100, 0), *answered(10, 1, campaign="D")]
    periods = periods_of(judged_made(made), "US-2")
    assert {one.campaign: one.holds for one in periods} == {"C": True, "D": False}


def test_days_and_months_are_those_of_the_zone() -> None:
    late = datetime(2026, 9, 30, 23, 30, tzinfo=UTC)  # October in London
    british = answered(10, 1, at=late, number=LONDON)
    (day,) = periods_of(judged_made(british, Question(zone="Europe/London", call=SALES)), "GB-abandonment")
    assert (day.start, day.end) == (datetime(2026, 9, 30, 23, tzinfo=UTC), datetime(2026, 10, 1, 23, tzinfo=UTC))
    canadian = answered(10, 1, at=late, number="+14165550123")
    for key, start in (
        ("UTC", datetime(2026, 9, 1, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 9, 30, 23, tzinfo=UTC)),
    ):
        (month,) = [
            one
            for one in judged_made(canadian, Question(zone=key, call=SALES)).periods
            if one.rule.jurisdiction == "CA"
        ]
        assert (month.start, month.measured.answered_live) == (start, 10)


def test_a_call_given_up_before_15_seconds_breaks_the_law_where_no_rings_stand_beside_them() -> None:
    made = [
        Made(number=LONDON, ring_s=14.999),
        Made(number=LONDON, ring_s=15.0),
        Made(number=LONDON, ring_s=math.nan),
        Made(number=LONDON, ring_s=3.0, ending=Ending.MACHINE),
        Made(number=NEW_YORK, ring_s=10.0),
    ]
    found = judged_made(made)
    assert broken_by(found, "GB-ring") == {1: True}
    assert broken_by(found, "US-3") == {5: False}
    assert found.rings_untold == 1


def test_what_nobody_can_judge_from_records_is_named() -> None:
    found = judged_made([Made()], Question(call=Call()))
    named = {rule.id for rule in found.not_judged}
    assert {"US-8", "US-9", "US-FL-consent"} <= named
    assert not named & {"US-1", "US-2", "US-3", "US-FL-attempts", "US-7"}
