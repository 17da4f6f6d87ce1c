from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.campaign.blocks import DAY_S, Directive, Schedule, Window
from paceline.campaign.schedule.model import WEEKDAYS, split_midnight, time_of_day, written
from paceline.campaign.schedule.windows import OddHour, intervals_between, local_text, odd_hours
from paceline.primitives.intervals import seconds_of
from paceline.primitives.zones import zone
from tests.unit.campaign.schedule.schedules import schedule, weekly, window

HOUR = 3600
NIGHT = tuple(Window(weekday=day, start_s=HOUR, end_s=4 * HOUR) for day in range(7))
ZONES = ("America/New_York", "America/Phoenix", "America/St_Johns", "Australia/Lord_Howe", "America/Havana", "UTC")


def is_open(told: Schedule, at: datetime) -> bool:
    """Return whether the standard library's clock shows a time in a window."""
    wall = at.astimezone(zone(told.zone))
    second = wall.hour * HOUR + wall.minute * 60 + wall.second
    return any(one.weekday == wall.weekday() and one.start_s <= second < one.end_s for one in told.windows)


windows = st.builds(
    lambda day, start, length: window(day, start, min(start + length, 1440)),
    st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    zone_key=st.sampled_from(ZONES),
    drawn=st.lists(windows, max_size=5),
    start=st.sampled_from([datetime(2026, 10, 30, 3, 30, tzinfo=UTC), datetime(2027, 3, 12, 22, 1, tzinfo=UTC)]),
    days=st.integers(1, 4),
)
def test_open_instants_are_those_at_which_the_wall_clock_is_in_a_window(
    zone_key: str, drawn: list[Window], start: datetime, days: int
) -> None:
    told = schedule(zone=zone_key, windows=tuple(drawn))
    found = intervals_between(told, start, start + timedelta(days=days))
    for minute in range(0, days * 1440, 7):
        at = start + timedelta(minutes=minute)
        assert (at in found) == is_open(told, at)
    assert not found.holds(seconds_of(start) - 1)
    assert not found.holds(seconds_of(start + timedelta(days=days)))


def test_window_that_ends_at_midnight_touches_the_next_day_without_a_seam() -> None:
    told = schedule(windows=split_midnight(0, 22 * HOUR, 2 * HOUR))
    monday = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert [*intervals_between(told, monday, monday + timedelta(days=2))] == [
        (datetime(2026, 11, 24, 3, tzinfo=UTC), datetime(2026, 11, 24, 7, tzinfo=UTC))
    ]


def test_odd_hours_are_told_with_their_date() -> None:
    told = schedule(windows=NIGHT)
    year = (datetime(2026, 11, 21, tzinfo=UTC), datetime(2027, 11, 21, tzinfo=UTC))
    assert odd_hours(told, *year) == (
        OddHour(on=date(2027, 3, 14), start_s=2 * HOUR, end_s=3 * HOUR, is_repeated=False),
        OddHour(on=date(2027, 11, 7), start_s=HOUR, end_s=2 * HOUR, is_repeated=True),
    )
    assert odd_hours(weekly(8, 20), *year) == ()
    assert odd_hours(schedule(zone="America/Phoenix", windows=NIGHT), *year) == ()


def test_span_within_a_day_is_one_window_and_over_midnight_two() -> None:
    assert split_midnight(2, 0, 60) == (Window(weekday=2, start_s=0, end_s=60),)
    assert split_midnight(2, 60, 0) == (Window(weekday=2, start_s=60, end_s=DAY_S),)
    assert split_midnight(6, 120, 60) == (
        Window(weekday=6, start_s=120, end_s=DAY_S),
        Window(weekday=0, start_s=0, end_s=60),
    )
    assert [one.weekday for one in split_midnight(6, 60, 60)] == [6, 0]


def test_windows_are_written_for_people() -> None:
    assert [written(window(day, 480, 1440)) for day in (0, 6)] == ["Monday 08:00-24:00", "Sunday 08:00-24:00"]
    assert written(window(9, 0, 1)) == "weekday 9 00:00-00:01"
    assert time_of_day(8 * HOUR + 61) == "08:01:01"
    assert len(WEEKDAYS) == 7


def test_instants_are_told_by_the_clock_of_their_zone() -> None:
    assert local_text("America/New_York", seconds_of(datetime(2026, 11, 24, 1, tzinfo=UTC))) == "2026-11-23 20:00"


def test_directive_changes_no_instant() -> None:
    start, end = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC)
    strict, ignore = weekly(7, 22), weekly(7, 22, directive=Directive.IGNORE)
    assert intervals_between(strict, start, end) == intervals_between(ignore, start, end)
