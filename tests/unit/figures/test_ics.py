from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from paceline.campaign.blocks import Schedule
from paceline.campaign.schedule.windows import intervals_between
from paceline.figures.ics import EmptyCalendarError, calendar_of
from paceline.primitives.intervals import Intervals, seconds_of
from tests.unit.campaign.schedule.schedules import schedule, weekly, window

START = datetime(2026, 11, 21, 4, 20, 30, 250_000, tzinfo=UTC)
YEAR = timedelta(days=365)
NAME = "Renewals; East, \\ \r\n\nBEGIN:VEVENT\x1b Co"


def made(asked: Schedule, start: datetime = START, ahead: timedelta = YEAR, paused: Intervals | None = None) -> str:
    return calendar_of("CMP-12345", NAME, asked, start=start, end=start + ahead, paused=paused)


def events(content: str) -> Iterator[Event]:
    for found in Calendar.from_ical(content).walk("VEVENT"):
        assert isinstance(found, Event)
        yield found


def instants(content: str) -> Intervals:
    """Return what a calendar program shows as dialing hours."""
    return Intervals.of((seconds_of(one.start), seconds_of(one.end)) for one in events(content))  # type: ignore[arg-type]  # no event of ours lasts whole days


def test_calendar_that_is_read_back_shows_the_openings_of_the_schedule() -> None:
    asked = weekly(9, 20, range(5))
    whole = (START - timedelta(days=2), START + YEAR + timedelta(days=2))
    openings = [span for span in intervals_between(asked, *whole).spans if seconds_of(START) < span[1]]
    assert instants(made(asked)).spans == tuple(span for span in openings if span[0] < seconds_of(START + YEAR))


@pytest.mark.parametrize(
    ("zone", "start", "lengths"),
    [
        ("America/New_York", datetime(2027, 3, 13, tzinfo=UTC), {1.0}),
        ("America/New_York", datetime(2027, 11, 6, tzinfo=UTC), {3.0}),
        ("Australia/Lord_Howe", datetime(2027, 4, 3, tzinfo=UTC), {2.5}),
    ],
)
def test_window_in_a_night_of_a_clock_change_is_as_long_as_it_is(
    zone: str, start: datetime, lengths: set[float]
) -> None:
    asked = schedule(zone=zone, windows=(window(6, 60, 180),))
    found = {(one.end - one.start) / timedelta(hours=1) for one in events(made(asked, start, timedelta(days=2)))}
    assert found == lengths


def test_stale_zone_data_of_a_reader_cannot_move_an_event() -> None:
    content = made(weekly(9, 20, zone="America/Vancouver"))
    assert "TZID" not in content
    assert "RRULE" not in content
    starts = [line for line in content.split("\r\n") if line.startswith("DTSTART")]
    assert len(starts) > 300
    assert all(start.endswith("Z") for start in starts)


def test_file_is_of_the_form_that_calendar_programs_ask_for() -> None:
    content = made(weekly(9, 20, range(5)))
    assert all(len(line.encode()) <= 75 for line in content.split("\r\n"))
    assert content.count("\n") == content.count("\r\n")
    found = Calendar.from_ical(content)
    assert (str(found["version"]), str(found["prodid"])) == ("2.0", "-//paceline//schedule//EN")
    assert not found.errors
    for one in events(content):
        assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY"} <= set(one.keys())


def test_name_of_the_campaign_comes_back_in_one_line_and_makes_no_event_of_its_own() -> None:
    found = [*events(made(weekly(9, 20, [0]), ahead=timedelta(days=7)))]
    assert [str(one["summary"]) for one in found] == ["CMP-12345 Renewals; East, \\ BEGIN:VEVENT Co may dial"]


def test_file_made_again_keeps_the_names_of_its_events() -> None:
    asked = weekly(9, 20, range(5))
    early = {str(one["uid"]): one.start for one in events(made(asked))}
    late = {str(one["uid"]): one.start for one in events(made(asked, START + timedelta(days=3, hours=11)))}
    assert len(early) == len(set(early)) > 250
    assert {uid: early[uid] for uid in early.keys() & late.keys()} == {
        uid: late[uid] for uid in early.keys() & late.keys()
    }
    assert len(early.keys() & late.keys()) > 250


def test_opening_under_way_is_whole_and_one_that_has_ended_is_left_out() -> None:
    noon = datetime(2026, 11, 23, 17, tzinfo=UTC)
    (only,) = events(made(weekly(9, 20, [0]), noon, timedelta(days=1)))
    assert only.start == datetime(2026, 11, 23, 14, tzinfo=UTC)
    with pytest.raises(EmptyCalendarError, match="a calendar file without an event is none"):
        made(weekly(9, 20, [0]), datetime(2026, 11, 24, 1, tzinfo=UTC), timedelta(days=1))


def test_pauses_are_left_out() -> None:
    thursday = Intervals.between(datetime(2026, 11, 26, 5, tzinfo=UTC), datetime(2026, 11, 27, 5, tzinfo=UTC))
    asked = weekly(9, 20, range(5))
    assert instants(made(asked)) - instants(made(asked, paused=thursday)) == instants(made(asked)) & thursday
    assert (instants(made(asked)) & thursday).total_s == 11 * 3600


@settings(max_examples=25)
@given(
    hours=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 22)), min_size=1, max_size=8, unique=True),
    zone=st.sampled_from(["America/New_York", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo", "UTC"]),
    day=st.integers(0, 700),
)
def test_what_is_read_back_is_what_the_schedule_says(hours: list[tuple[int, int]], zone: str, day: int) -> None:
    asked = schedule(zone=zone, windows=tuple(window(weekday, hour * 60, hour * 60 + 60) for weekday, hour in hours))
    start, ahead = START + timedelta(days=day), timedelta(days=21)
    inside = Intervals.between(start, start + ahead)
    assert instants(made(asked, start, ahead)) & inside == intervals_between(asked, start, start + ahead)
