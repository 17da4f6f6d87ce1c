"""How many calls may be abandoned: integers, their periods, and which ceiling binds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.compliance.abandonment import (
    BLOCK_S,
    Measured,
    Setting,
    allowance,
    block_number,
    ceilings,
    local_days,
    may_be_set,
    period_at,
    strictest,
    within,
)
from paceline.compliance.call import Call, Purpose
from paceline.compliance.rule import AbandonmentCeiling, Denominator, Period
from paceline.compliance.shelf import the_rulebook
from paceline.primitives.zones import zone

TODAY = date(2026, 11, 20)
SALES = Call(purposes=frozenset({Purpose.SALES}))
ANCHOR = datetime(2026, 10, 5, 14, 30, tzinfo=UTC)


def ceiling(most: int, per: int, period: Period = Period.BLOCKS_30D) -> AbandonmentCeiling:
    return AbandonmentCeiling(most=most, per=per, within_s=2, denominator=Denominator.ANSWERED_LIVE, period=period)


THREE = ceiling(3, 100)


@pytest.mark.parametrize(
    ("abandoned", "answered", "holds"),
    [
        (0, 0, True),
        (1, 0, False),
        (0, 1, True),
        (1, 33, False),
        (1, 34, True),
        (3, 100, True),
        (3, 99, False),
        (30_000_000_000_000_003, 1_000_000_000_000_000_100, True),
        (30_000_000_000_000_004, 1_000_000_000_000_000_100, False),
    ],
)
def test_a_ceiling_is_compared_in_integers(abandoned: int, answered: int, holds: bool) -> None:
    assert within(THREE, Measured(abandoned=abandoned, answered_live=answered)) is holds


@given(
    abandoned=st.integers(0, 10**6), answered=st.integers(1, 10**6), most=st.integers(0, 9), per=st.integers(10, 999)
)
def test_a_ceiling_holds_when_the_exact_fraction_is_not_above_it(
    abandoned: int, answered: int, most: int, per: int
) -> None:
    holds = within(ceiling(most, per), Measured(abandoned=abandoned, answered_live=answered))
    assert holds == (Fraction(abandoned, answered) <= Fraction(most, per))


@given(abandoned=st.integers(0, 400), answered=st.integers(0, 5_000), most=st.integers(0, 9), per=st.integers(10, 200))
def test_the_allowance_is_the_most_that_one_after_the_other_still_fits(
    abandoned: int, answered: int, most: int, per: int
) -> None:
    limit, more = ceiling(most, per), 0
    while within(limit, Measured(abandoned=abandoned + more + 1, answered_live=answered + more + 1)):
        more += 1
    assert allowance(limit, Measured(abandoned=abandoned, answered_live=answered)) == more


def test_nothing_is_allowed_at_the_beginning_and_at_the_ceiling() -> None:
    assert allowance(THREE, Measured(abandoned=0, answered_live=0)) == 0
    assert allowance(THREE, Measured(abandoned=3, answered_live=100)) == 0
    assert allowance(THREE, Measured(abandoned=9, answered_live=100)) == 0
    assert allowance(THREE, Measured(abandoned=0, answered_live=1000)) == 30


def test_measurements_add_up() -> None:
    halves = Measured(abandoned=1, answered_live=20), Measured(abandoned=2, answered_live=80)
    assert halves[0] + halves[1] == Measured(abandoned=3, answered_live=100)


@pytest.mark.parametrize(("rate", "may"), [("0.03", True), ("0.0300001", False), ("0", True), ("0.05", False)])
def test_a_setting_is_compared_exactly(rate: str, may: bool) -> None:
    assert may_be_set(THREE, Setting(rate=Decimal(rate))) is may


def test_three_per_cent_is_not_three() -> None:
    with pytest.raises(ValueError, match="fraction from 0 to 1"):
        Setting(rate=Decimal(3))
    with pytest.raises(ValueError, match="below zero"):
        Measured(abandoned=-1, answered_live=1)


def test_blocks_are_thirty_days_from_the_first_dial_to_the_second() -> None:
    one = timedelta(seconds=1)
    second = ANCHOR + timedelta(days=30)
    assert [block_number(at, anchor=ANCHOR) for at in (ANCHOR - one, ANCHOR, second - one, second)] == [-1, 0, 0, 1]
    found = period_at(Period.BLOCKS_30D, second + timedelta(days=3), anchor=ANCHOR, zone="America/New_York")
    # The clocks change in between; thirty days are thirty times 24 hours all the same.
    assert list(found) == [(second, second + timedelta(seconds=BLOCK_S))]


def test_before_the_first_dial_there_is_no_period() -> None:
    for period in Period:
        assert not period_at(period, ANCHOR - timedelta(seconds=1), anchor=ANCHOR, zone="Europe/London")


@pytest.mark.parametrize(
    ("key", "at", "start", "end"),
    [
        ("Europe/London", "2026-10-25T12:00+00:00", "2026-10-24T23:00+00:00", "2026-10-26T00:00+00:00"),
        ("America/New_York", "2026-11-01T12:00+00:00", "2026-11-01T04:00+00:00", "2026-11-02T05:00+00:00"),
        ("America/New_York", "2027-03-14T12:00+00:00", "2027-03-14T05:00+00:00", "2027-03-15T04:00+00:00"),
        # The clock goes from midnight to one: the day begins at one.
        ("America/Santiago", "2027-09-05T12:00+00:00", "2027-09-05T04:00+00:00", "2027-09-06T03:00+00:00"),
    ],
)
def test_a_day_is_that_of_the_zone_with_23_or_25_hours(key: str, at: str, start: str, end: str) -> None:
    found = period_at(Period.DAY, datetime.fromisoformat(at), anchor=ANCHOR, zone=key)
    assert list(found) == [(datetime.fromisoformat(start), datetime.fromisoformat(end))]


def test_a_calendar_month_is_that_of_the_zone() -> None:
    found = period_at(
        Period.CALENDAR_MONTH, datetime(2026, 12, 1, 4, tzinfo=UTC), anchor=ANCHOR, zone="America/Toronto"
    )
    # In Toronto it is still November, which begins in summer time.
    assert list(found) == [(datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 12, 1, 5, tzinfo=UTC))]


@given(
    key=st.sampled_from(["America/Havana", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"]),
    first=st.dates(date(2010, 1, 1), date(2030, 1, 1)),
    minutes=st.lists(st.integers(-1440, 2 * 1440 + 60), min_size=1, max_size=20),
)
def test_an_instant_is_in_a_day_when_its_local_date_is(key: str, first: date, minutes: list[int]) -> None:
    found = local_days(key, first, first + timedelta(days=1))
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC)
    for minute in minutes:
        at = begin + timedelta(minutes=minute)
        assert (at in found) == (at.astimezone(zone(key)).date() == first)


def test_all_ceilings_bind_together_the_lowest_first() -> None:
    book = the_rulebook()
    both = [found.rule.id for found in ceilings(book, ["US", "US-FL", "CA", "CA-ON"], SALES, on=TODAY)]
    assert both == ["US-2", "US-5", "CA-abandonment"]
    lowest = strictest(book, ["CA", "GB"], SALES, on=TODAY)
    assert lowest is not None
    assert (lowest.rule.id, lowest.ceiling.most, lowest.ceiling.per) == ("GB-abandonment", 3, 100)


def test_where_no_law_sets_a_ceiling_there_is_none() -> None:
    book = the_rulebook()
    assert strictest(book, ["US"], Call(purposes=frozenset({Purpose.DEBT})), on=TODAY) is None
    assert strictest(book, ["FR"], SALES, on=TODAY) is None
    assert strictest(book, ["US"], Call(), on=TODAY) is not None
