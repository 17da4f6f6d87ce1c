"""Where legal periods begin and end, whatever the zone in which they are counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from paceline.compliance.rule import Period
from paceline.control.allowance import bounds

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 # has a zone
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


def test_month_runs_in_the_west_while_it_has_ended_at_greenwich() -> None:
    span = bounds(Period.CALENDAR_MONTH, None, datetime(2026, 7, 1, 6, tzinfo=UTC))
    # In Vancouver it is the 30th of June, 23:00.
    assert span == (datetime(2026, 5, 31, 10, tzinfo=UTC), datetime(2026, 7, 1, 12, tzinfo=UTC))


@given(INSTANTS, OFFSETS)
def test_month_that_runs_anywhere_holds_what_the_zone_has_counted_of_it_until_it_has_ended_there(
    now: datetime, zone: timezone
) -> None:
    span = bounds(Period.CALENDAR_MONTH, None, now)
    assert span is not None
    assert span[0] < now < span[1] or now == span[0]
    local = now.astimezone(zone)
    begun = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    assert span[0] <= begun.astimezone(UTC)


@given(INSTANTS, st.integers(0, 400), st.integers(0, 86_399))
def test_blocks_follow_each_other_from_the_anchor_without_a_gap(now: datetime, days: int, seconds: int) -> None:
    anchor = now - timedelta(days=days, seconds=seconds)
    span = bounds(Period.BLOCKS_30D, anchor, now)
    assert span is not None
    assert span[0] <= now < span[1]
    assert span[1] - span[0] == timedelta(days=30)
    assert (span[0] - anchor) % timedelta(days=30) == timedelta()
    after = bounds(Period.BLOCKS_30D, anchor, span[1])
    assert after is not None
    assert after[0] == span[1]
