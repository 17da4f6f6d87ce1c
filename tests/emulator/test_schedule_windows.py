"""The windows and the zone of a schedule: forms, hours, directives, midnight, overlaps, and every zone there is."""

from __future__ import annotations

import re
from importlib import resources
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.emulator.caller import Caller
from tests.emulator.holds import holds
from tests.emulator.schedules import NEVER, SCHEDULED, fields, path, put, tag_of, window, without

DAYS = ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
DAY_SECONDS = 24 * 60 * 60
Span = tuple[str, int, int]
TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]|24:00:00")


def zone_keys() -> list[str]:
    """Return every key of the IANA zone data, as the tzdata package lists them."""
    return resources.files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()


def clock(second: int) -> str:
    """Return a second of the day as HH:MM:SS."""
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def overlapping(spans: list[Span]) -> bool:
    """Tell whether two spans share a second: one bit a second and day, nothing cleverer."""
    taken = dict.fromkeys(DAYS, 0)
    for day, start, end in spans:
        mine = (1 << end) - (1 << start)
        if taken[day] & mine:
            return True
        taken[day] |= mine
    return False


# ---- forms


@holds("5.07")
def test_schedule_without_windows_is_accepted(platform: Caller) -> None:
    assert put(platform, NEVER, timeWindows=[]).json()["timeWindows"] == []


@holds("5.07", "5.40")
def test_eight_windows_are_accepted_in_the_order_sent(platform: Caller) -> None:
    windows = [window("SUNDAY", clock(h * 3600), clock(h * 3600 + 1)) for h in (15, 14, 13, 12, 11, 10, 9, 8)]
    assert put(platform, NEVER, timeWindows=windows).json()["timeWindows"] == windows


@holds("5.07", "5.40")
def test_nine_windows_are_a_field_fault(platform: Caller) -> None:
    windows = [window("SUNDAY", clock(h * 3600), clock(h * 3600 + 1)) for h in range(8, 17)]
    assert fields(put(platform, NEVER, timeWindows=windows)) == {"timeWindows"}


@holds("5.07")
@pytest.mark.parametrize("windows", [{}, "MONDAY", 5, True])
def test_windows_that_are_no_list_are_a_field_fault(platform: Caller, windows: Any) -> None:
    assert fields(put(platform, NEVER, timeWindows=windows)) == {"timeWindows"}


@holds("5.08")
@pytest.mark.parametrize("entry", [None, "MONDAY", 5, []])
def test_window_that_is_no_object_is_a_field_fault(platform: Caller, entry: Any) -> None:
    assert fields(put(platform, NEVER, timeWindows=[window(), entry])) == {"timeWindows[1]"}


@holds("5.08")
@pytest.mark.parametrize("name", ["dayOfWeek", "startTime", "endTime"])
def test_window_field_left_out_is_a_field_fault(platform: Caller, name: str) -> None:
    windows = [window("TUESDAY"), without(window(), name)]
    assert fields(put(platform, NEVER, timeWindows=windows)) == {f"timeWindows[1].{name}"}


@holds("5.08", "5.54")
def test_unknown_window_field_is_a_field_fault(platform: Caller) -> None:
    assert fields(put(platform, NEVER, timeWindows=[{**window(), "zone": "UTC"}])) == {"timeWindows[0].zone"}


@holds("5.09")
@pytest.mark.parametrize("day", DAYS)
def test_every_day_of_the_week_is_accepted(platform: Caller, day: str) -> None:
    assert put(platform, NEVER, timeWindows=[window(day)]).json()["timeWindows"] == [window(day)]


@holds("5.09")
@pytest.mark.parametrize("day", ["monday", "Monday", "MON", "", "MONTAG", " MONDAY", 1, None, ["MONDAY"]])
def test_other_names_of_days_are_a_field_fault(platform: Caller, day: Any) -> None:
    assert fields(put(platform, NEVER, timeWindows=[window(day)])) == {"timeWindows[0].dayOfWeek"}


FORMLESS = [
    "9:00:00", "09:00", "0900", "09:00:60", "09:60:00", "25:00:00", "24:00:01", "24:01:00", "24:30:00", "-9:00:00",
    "09:00:00Z", "09:00:00.0", " 09:00:00", "09:00:00 ", "09:00:00\n", "09:00:00+00:00", "9:00 AM", "T09:00:00", "",
    "０９:00:00", "٠٩:00:00", "09-00-00", 90000, 9.5, None, True, ["09:00:00"],
]  # fmt: skip


@holds("5.10", "5.38", "5.45")
@pytest.mark.parametrize("directive", ["STRICT", "IGNORE"])
@pytest.mark.parametrize("time", FORMLESS)
def test_time_of_another_form_is_a_field_fault(platform: Caller, time: Any, directive: str) -> None:
    windows = [{"dayOfWeek": "MONDAY", "startTime": time, "endTime": "20:00:00"}]
    answer = put(platform, NEVER, timeWindows=windows, businessHoursDirective=directive)
    assert fields(answer) == {"timeWindows[0].startTime"}
    windows = [{"dayOfWeek": "MONDAY", "startTime": "09:00:00", "endTime": time}]
    answer = put(platform, NEVER, timeWindows=windows, businessHoursDirective=directive)
    assert fields(answer) == {"timeWindows[0].endTime"}


@holds("5.10", "5.38", "5.47")
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(time=st.text("0123456789:", min_size=7, max_size=9) | st.integers(1, DAY_SECONDS).map(clock))
@example("24:00:00")
@example("23:59:59")
@example("00:00:01")
def test_end_is_accepted_exactly_when_it_is_a_time_of_the_day(platform: Caller, time: str) -> None:
    accepted = TIME.fullmatch(time) is not None and time != "00:00:00"
    answer = put(
        platform,
        "BULK-1",
        tag_of(platform, "BULK-1", "bulk-all"),
        "bulk-all",
        businessHoursDirective="IGNORE",
        timeWindows=[window("MONDAY", "00:00:00", time)],
    )
    assert answer.status_code == (200 if accepted else 422), answer.text


# ---- hours and midnight


@holds("5.43", "5.44")
@pytest.mark.parametrize("directive", ["STRICT", "FLEXIBLE"])
def test_window_from_eight_to_nine_in_the_evening_is_accepted(platform: Caller, directive: str) -> None:
    windows = [window("MONDAY", "08:00:00", "21:00:00")]
    assert put(platform, NEVER, timeWindows=windows, businessHoursDirective=directive).status_code == 200


@holds("5.43", "5.44")
@pytest.mark.parametrize("directive", ["STRICT", "FLEXIBLE"])
@pytest.mark.parametrize(
    ("start", "end", "faults"),
    [
        ("07:59:59", "12:00:00", {"startTime"}),
        ("00:00:00", "00:00:01", {"startTime"}),
        ("12:00:00", "21:00:01", {"endTime"}),
        ("12:00:00", "24:00:00", {"endTime"}),
        ("07:00:00", "22:00:00", {"startTime", "endTime"}),
    ],
)
def test_window_out_of_hours_is_a_field_fault(
    platform: Caller, start: str, end: str, faults: set[str], directive: str
) -> None:
    windows = [window("TUESDAY"), window("MONDAY", start, end)]
    answer = put(platform, NEVER, timeWindows=windows, businessHoursDirective=directive)
    assert fields(answer) == {f"timeWindows[1].{name}" for name in faults}


@holds("5.43")
@pytest.mark.parametrize(("start", "end"), [("21:00:00", "22:00:00"), ("06:00:00", "08:00:00")])
def test_window_wholly_out_of_hours_is_a_field_fault(platform: Caller, start: str, end: str) -> None:
    found = fields(put(platform, NEVER, timeWindows=[window("MONDAY", start, end)]))
    assert found
    assert found <= {"timeWindows[0].startTime", "timeWindows[0].endTime"}


@holds("5.44", "5.47")
@pytest.mark.parametrize(
    ("start", "end"), [("00:00:00", "24:00:00"), ("07:59:59", "08:00:00"), ("21:00:00", "23:59:59")]
)
def test_ignore_accepts_any_hours(platform: Caller, start: str, end: str) -> None:
    windows = [window("MONDAY", start, end)]
    answer = put(platform, NEVER, timeWindows=windows, businessHoursDirective="IGNORE")
    assert (answer.status_code, answer.json()["timeWindows"]) == (200, windows)


@holds("5.42", "5.45")
@pytest.mark.parametrize("directive", ["STRICT", "FLEXIBLE", "IGNORE"])
@pytest.mark.parametrize(
    ("start", "end"), [("09:00:00", "09:00:00"), ("12:00:01", "12:00:00"), ("20:00:00", "09:00:00")]
)
def test_window_that_does_not_start_before_its_end_is_a_field_fault(
    platform: Caller, start: str, end: str, directive: str
) -> None:
    windows = [window("MONDAY", start, end)]
    answer = put(platform, NEVER, timeWindows=windows, businessHoursDirective=directive)
    assert fields(answer) == {"timeWindows[0].endTime"}


@holds("5.48", "5.45")
@pytest.mark.parametrize("directive", ["STRICT", "IGNORE"])
def test_midnight_at_the_end_of_the_day_is_never_a_start(platform: Caller, directive: str) -> None:
    windows = [window("MONDAY", "24:00:00", "24:00:00")]
    answer = put(platform, NEVER, timeWindows=windows, businessHoursDirective=directive)
    assert "timeWindows[0].startTime" in fields(answer)


@holds("5.49")
def test_time_over_midnight_in_one_window_is_a_field_fault(platform: Caller) -> None:
    windows = [window("MONDAY", "22:00:00", "06:00:00")]
    answer = put(platform, NEVER, timeWindows=windows, businessHoursDirective="IGNORE")
    assert fields(answer) == {"timeWindows[0].endTime"}


@holds("5.49", "5.46", "5.47")
def test_time_over_midnight_in_two_windows_is_accepted(platform: Caller) -> None:
    windows = [window("SUNDAY", "22:00:00", "24:00:00"), window("MONDAY", "00:00:00", "06:00:00")]
    answer = put(platform, NEVER, timeWindows=windows, businessHoursDirective="IGNORE")
    assert (answer.status_code, answer.json()["timeWindows"]) == (200, windows)


@holds("5.45")
def test_ignore_relaxes_no_other_test(platform: Caller) -> None:
    nine = [window("SUNDAY", clock(h * 3600), clock(h * 3600 + 1)) for h in range(9)]
    refused = put(platform, NEVER, businessHoursDirective="IGNORE", timeWindows=nine)
    assert fields(refused) == {"timeWindows"}
    refused = put(platform, NEVER, businessHoursDirective="IGNORE", timezone="CST", maxConcurrentCalls=501)
    assert fields(refused) == {"timezone", "maxConcurrentCalls"}
    assert put(platform, NEVER, None, businessHoursDirective="IGNORE").status_code == 428


# ---- overlaps


@holds("5.46")
def test_windows_that_touch_are_accepted(platform: Caller) -> None:
    windows = [window("MONDAY", "12:00:00", "15:00:00"), window("MONDAY", "09:00:00", "12:00:00")]
    assert put(platform, NEVER, timeWindows=windows).status_code == 200


@holds("5.32", "5.45")
@pytest.mark.parametrize("directive", ["STRICT", "IGNORE"])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("09:00:00", "12:00:00"), ("11:59:59", "15:00:00")),
        (("11:59:59", "15:00:00"), ("09:00:00", "12:00:00")),
        (("09:00:00", "12:00:00"), ("09:00:00", "12:00:00")),
        (("09:00:00", "18:00:00"), ("12:00:00", "13:00:00")),
        (("12:00:00", "13:00:00"), ("09:00:00", "18:00:00")),
    ],
)
def test_windows_that_share_a_second_are_refused_with_409(
    platform: Caller, first: tuple[str, str], second: tuple[str, str], directive: str
) -> None:
    windows = [window("MONDAY", *first), window("TUESDAY"), window("MONDAY", *second)]
    answer = put(platform, NEVER, timeWindows=windows, businessHoursDirective=directive)
    assert (answer.status_code, answer.json()["code"]) == (409, "overlap")
    assert answer.json()["message"]
    assert answer.json()["errors"] == []


@holds("5.32")
def test_same_hours_on_different_days_do_not_overlap(platform: Caller) -> None:
    windows = [window(day) for day in DAYS]
    assert put(platform, NEVER, timeWindows=windows).status_code == 200


@holds("5.33")
def test_windows_about_to_be_replaced_do_not_count(platform: Caller) -> None:
    windows = [window("MONDAY", "09:00:00", "12:00:00")]
    assert put(platform, SCHEDULED, 'W/"1"', timeWindows=windows).status_code == 200
    wider = [window("MONDAY", "10:00:00", "18:00:00")]
    assert put(platform, SCHEDULED, 'W/"2"', timeWindows=wider).json()["timeWindows"] == wider
    assert platform.get(path(SCHEDULED)).json()["timeWindows"] == wider


@holds("5.33")
def test_windows_of_another_campaign_do_not_count(platform: Caller) -> None:
    windows = [window("MONDAY", "09:00:00", "12:00:00")]
    assert put(platform, NEVER, timeWindows=windows).status_code == 200
    assert put(platform, "CMP-PAUSED", timeWindows=windows).status_code == 200


spans = st.tuples(
    st.sampled_from(DAYS[:2]),
    st.integers(0, DAY_SECONDS - 1) | st.integers(0, 23).map(lambda hour: hour * 3600),
    st.integers(1, DAY_SECONDS) | st.integers(1, 24).map(lambda hour: hour * 3600),
).filter(lambda span: span[1] < span[2])


@holds("5.32", "5.46", "5.47", "5.60", "5.17")
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=st.lists(spans, max_size=8))
def test_windows_are_refused_exactly_when_two_share_a_second(platform: Caller, drawn: list[Span]) -> None:
    before = tag_of(platform, "BULK-2", "bulk-all")
    windows = [window(day, clock(start), clock(end)) for day, start, end in drawn]
    answer = put(platform, "BULK-2", before, "bulk-all", businessHoursDirective="IGNORE", timeWindows=windows)
    if overlapping(drawn):
        assert (answer.status_code, answer.json()["code"]) == (409, "overlap")
        assert tag_of(platform, "BULK-2", "bulk-all") == before
    else:
        assert (answer.status_code, answer.json()["timeWindows"]) == (200, windows)
        assert answer.headers["ETag"] != before


# ---- zones


@holds("5.35")
def test_every_zone_key_with_a_slash_is_accepted(platform: Caller) -> None:
    keys = [key for key in zone_keys() if "/" in key]
    assert len(keys) > 400
    tag, refused = 'W/"initial"', []
    for key in keys:
        answer = put(platform, "BULK-3", tag, "bulk-all", timezone=key)
        if answer.status_code == 200 and answer.json()["timezone"] == key:
            tag = answer.headers["ETag"]
        else:
            refused.append(key)
    assert refused == []


@holds("5.37", "5.34", "5.36")
def test_every_zone_key_without_a_slash_but_utc_is_refused(platform: Caller) -> None:
    keys = [key for key in zone_keys() if "/" not in key and key != "UTC"]
    assert {"EST", "EST5EDT", "CST6CDT", "GMT", "Factory"} <= set(keys)
    for key in keys:
        assert fields(put(platform, "BULK-3", client="bulk-all", timezone=key)) == {"timezone"}, key


@holds("5.36")
def test_utc_is_accepted(platform: Caller) -> None:
    assert put(platform, NEVER, timezone="UTC").json()["timezone"] == "UTC"


ZONELESS = [
    "CST", "EST", "PDT", "EST5EDT", "+05:30", "-0500", "UTC+5", "Z", "utc", "Utc", "UTC ", " UTC", "GMT", "Factory",
    "america/new_york", "America/new_york", "AMERICA/NEW_YORK", "America/New York", "America/Nowhere", "Mars/Olympus",
    "America", "America/", "/America/New_York", "America//New_York", "America/../America/New_York", "../etc/passwd",
    "/etc/localtime", "posix/America/New_York", "right/America/New_York", "posixrules", "localtime", "zone.tab",
    "America/New_York\n", "America/New_York\x00", "", "Etc", "America/Argentina", "Europe/Berlin/", "x" * 5000,
    5, True, ["UTC"], {"zone": "UTC"},
]  # fmt: skip


@holds("5.34", "5.37", "5.05")
@pytest.mark.parametrize("zone", ZONELESS, ids=lambda zone: repr(zone)[:40])
def test_what_is_no_zone_key_is_a_field_fault(platform: Caller, zone: Any) -> None:
    assert fields(put(platform, NEVER, timezone=zone)) == {"timezone"}
