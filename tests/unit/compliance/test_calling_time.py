"""When a person may be called: one window on one date, and all the rules that bind, in every zone where they may be."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.calling_time.witnesses import by_the_c_library, by_the_minute, drawn
from paceline.compliance.call import Call, Line, Mode, Place, Purpose
from paceline.compliance.calling_time import callable_at, legal, local_openings, next_callable, window_on
from paceline.compliance.rule import Banned, Blackout, ClosedDays
from paceline.compliance.rulebook import Calendar
from paceline.primitives.intervals import Intervals, seconds_of
from paceline.primitives.zones import UnknownZoneError
from tests.unit.compliance.law_made import book, hours, instant, place, rule

CASES = json.loads((Path(__file__).parents[2] / "cases" / "dst-cases.json").read_text(encoding="utf-8"))
FEDERAL = rule("US/hours", hours(8, 21))
NEW_YORK = place("America/New_York")
SALES = Call(purposes=frozenset({Purpose.SALES}))


def minutes(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def written(found: Intervals) -> list[list[str]]:
    return [[f"{one:%Y-%m-%dT%H:%M:%SZ}" for one in pair] for pair in found]


def day(text: str) -> tuple[datetime, datetime]:
    start = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return start, start + timedelta(days=1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['zone']}-{case['date']}-{case['start']}")
def test_worked_case_is_met(case: dict[str, Any]) -> None:
    on = date.fromisoformat(case["date"])
    assert written(window_on(case["zone"], on, minutes(case["start"]), minutes(case["end"]))) == case["utc"]


def test_three_ways_that_share_no_code_agree_to_the_minute() -> None:
    cases = drawn(300, seed=20261120)
    ours = [list(window_on(*case).spans) for case in cases]
    assert sum(len(spans) > 1 for spans in ours) > 10
    assert ours == [by_the_minute(case) for case in cases]
    assert ours == by_the_c_library(cases)


def test_date_that_a_zone_never_had_has_no_window() -> None:
    skipped = date(2011, 12, 30)
    assert not window_on("Pacific/Apia", skipped, 480, 1260)
    assert not window_on("Pacific/Apia", skipped, 1260, 60)
    before = window_on("Pacific/Apia", date(2011, 12, 29), 1380, 60)
    assert written(before) == [["2011-12-30T09:00:00Z", "2011-12-30T10:00:00Z"]]


@pytest.mark.parametrize(("start", "end"), [(-1, 60), (1440, 60), (0, 1441), (60, -1)])
def test_minute_that_no_day_has_is_an_error(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no window of one day"):
        window_on("UTC", date(2026, 1, 1), start, end)


def test_window_in_an_unknown_zone_is_an_error() -> None:
    with pytest.raises(UnknownZoneError, match="Etc/Unknown"):
        window_on("Etc/Unknown", date(2026, 1, 1), 0, 60)


AUSTRALIA = ("Sydney", "Brisbane", "Adelaide", "Darwin", "Perth", "Eucla", "Lord_Howe")
INTERSECTIONS = (
    ("New_York Chicago", "2026-11-20 08:00-20:00", "20T14:00 21T01:00"),
    ("New_York Chicago", "2026-03-08 08:00-20:00", "08T13:00 09T00:00"),
    ("Boise Los_Angeles", "2026-11-01 08:00-21:00", "01T16:00 02T04:00"),
    ("Phoenix Denver", "2026-01-15 08:00-21:00", "15T15:00 16T04:00"),
    ("Phoenix Denver", "2026-07-15 08:00-21:00", "15T15:00 16T03:00"),
    ("Chicago Denver", "2026-11-20 08:00-21:00", "20T15:00 21T03:00"),
    ("Anchorage Adak Juneau", "2026-11-20 08:00-21:00", "20T18:00 21T06:00"),
    ("St_Johns Halifax Goose_Bay", "2026-11-20 09:00-21:30", "20T13:00 21T01:00"),
    ("Toronto Etc/GMT+6", "2026-11-20 09:00-21:30", "20T15:00 21T02:30"),
    ("Vancouver Edmonton Fort_Nelson Creston", "2026-11-20 09:00-21:30", "20T16:00 21T03:30"),
    (
        "Whitehorse Yellowknife Inuvik Iqaluit Rankin_Inlet Cambridge_Bay Resolute",
        "2026-11-20 09:00-21:30",
        "20T16:00 21T02:30",
    ),
    ("New_York Chicago Denver Phoenix Los_Angeles", "2026-07-15 08:00-21:00", "15T15:00 16T01:00"),
    (
        "New_York Chicago Denver Phoenix Los_Angeles Anchorage Adak Pacific/Honolulu",
        "2026-07-15 08:00-21:00",
        "15T18:00 16T01:00",
    ),
    (
        "New_York Chicago Denver Phoenix Los_Angeles Anchorage Adak Pacific/Honolulu",
        "2026-01-15 08:00-21:00",
        "15T18:00 16T02:00",
    ),
    (
        "New_York Los_Angeles Pacific/Honolulu Puerto_Rico Pacific/Guam Pacific/Pago_Pago",
        "2026-01-15 08:00-21:00",
        "15T22:00 16T01:00",
    ),
    (
        " ".join(f"Australia/{city}" for city in AUSTRALIA),
        "2026-10-06 09:00-20:00",
        "06T01:00 06T09:00",
    ),
    (
        "Australia/Sydney Australia/Perth Australia/Lord_Howe Indian/Christmas Indian/Cocos",
        "2026-10-06 09:00-20:00",
        "06T02:30 06T09:00",
    ),
    ("Chicago Etc/GMT+6", "2026-07-15 08:00-20:00", "15T14:00 16T01:00"),
    ("Europe/Madrid Atlantic/Canary", "2026-10-26 09:00-21:00", "26T09:00 26T20:00"),
)


@pytest.mark.parametrize(("zones", "asked", "expected"), INTERSECTIONS, ids=[f"{z}-{w}" for z, w, _ in INTERSECTIONS])
def test_person_who_may_be_in_several_zones_is_called_when_all_are_open(zones: str, asked: str, expected: str) -> None:
    keys = [key if "/" in key else f"America/{key}" for key in zones.split()]
    on, window = asked.split()
    start, end = (minutes(part) for part in window.split("-"))
    found: Intervals | None = None
    for key in keys:
        here = window_on(key, date.fromisoformat(on), start, end)
        found = here if found is None else found & here
    # Guam's evening belongs to another date, so for the territories the rule of the week is what counts.
    if "Guam" in zones:
        law = book(rule("US/hours", hours(8, 21)))
        asked_of = day(on)[0] + timedelta(hours=10)
        found = callable_at(law, [place(key) for key in keys], Call(), (asked_of, asked_of + timedelta(days=1)))
    assert found is not None
    assert written(found) == [[f"{on[:8]}{each}:00Z" for each in expected.split()]]


def test_all_hours_that_bind_are_intersected() -> None:
    law = book(FEDERAL, rule("US-FL/hours", hours(9, 20)), rule("US-GA/hours", hours(0, 24)))
    found = legal(law, place("America/New_York", "US", "US-FL"), Call(), day("2026-11-20"))
    assert written(found) == [
        ["2026-11-20T00:00:00Z", "2026-11-20T01:00:00Z"],
        ["2026-11-20T14:00:00Z", "2026-11-21T00:00:00Z"],
    ]


def test_rule_is_in_force_by_the_local_date() -> None:
    law = book(FEDERAL, rule("US-PA/hours", hours(9, 19, range(6)), begins=date(2026, 10, 18)))
    found = legal(
        law,
        place("America/New_York", "US", "US-PA"),
        Call(),
        (instant("2026-10-17T12:00Z"), instant("2026-10-20T00:00Z")),
    )
    assert written(found) == [
        ["2026-10-17T12:00:00Z", "2026-10-18T01:00:00Z"],
        ["2026-10-19T13:00:00Z", "2026-10-19T23:00:00Z"],
    ]


def test_statute_that_names_a_fixed_clock_binds_on_both() -> None:
    law = book(FEDERAL, rule("US-MS/hours", hours(8, 20, range(6), also_in=("Etc/GMT+6",))))
    found = legal(
        law,
        place("America/Chicago", "US", "US-MS"),
        Call(),
        (instant("2026-07-15T10:00Z"), instant("2026-07-16T10:00Z")),
    )
    assert written(found) == [["2026-07-15T14:00:00Z", "2026-07-16T01:00:00Z"]]


def test_clock_that_a_statute_names_does_not_count_before_it_is_in_force() -> None:
    begins = date(2026, 7, 15)
    law = book(FEDERAL, rule("US-MS/hours", hours(8, 20, also_in=("Etc/GMT+6",)), begins=begins))
    asked = (instant("2026-07-14T10:00Z"), instant("2026-07-16T10:00Z"))
    assert written(legal(law, place("America/Chicago", "US", "US-MS"), Call(), asked)) == [
        ["2026-07-14T13:00:00Z", "2026-07-15T02:00:00Z"],
        ["2026-07-15T14:00:00Z", "2026-07-16T01:00:00Z"],
    ]


def test_closed_days_and_what_a_calendar_does_not_reach_are_closed() -> None:
    calendar = Calendar(
        name="days", first=date(2026, 11, 25), last=date(2026, 11, 28), days={date(2026, 11, 26): "Thanksgiving"}
    )
    law = book(FEDERAL, rule("US-RI/days", ClosedDays(calendar="days")), calendars={"days": calendar})
    asked = (instant("2026-11-23T05:00Z"), instant("2026-12-01T05:00Z"))
    found = legal(law, place("America/New_York", "US", "US-RI"), Call(), asked)
    assert [f"{start:%d}" for start, _ in found] == ["25", "27", "28"]


def test_blackout_closes_instants_and_an_open_end_lasts() -> None:
    dark = Blackout(start_s=seconds_of(instant("2026-11-20T15:30Z")), end_s=seconds_of(instant("2026-11-20T18:00Z")))
    where = place("America/Chicago", "US", "US-LA")
    law = book(FEDERAL, rule("US-LA/dark", dark))
    assert written(legal(law, where, Call(), (instant("2026-11-20T12:00Z"), instant("2026-11-21T12:00Z")))) == [
        ["2026-11-20T14:00:00Z", "2026-11-20T15:30:00Z"],
        ["2026-11-20T18:00:00Z", "2026-11-21T03:00:00Z"],
    ]
    law = book(FEDERAL, rule("US-LA/dark", Blackout(start_s=dark.start_s, end_s=None)))
    assert next_callable(law, [where], Call(), instant("2026-11-20T16:00Z")) is None


def test_blackout_of_a_rule_that_is_not_in_force_closes_nothing() -> None:
    dark = rule("US-LA/dark", Blackout(start_s=0, end_s=None), begins=date(2026, 11, 20), ends=date(2026, 11, 21))
    where = place("America/Chicago", "US", "US-LA")
    found = legal(book(FEDERAL, dark), where, Call(), (instant("2026-11-19T12:00Z"), instant("2026-11-22T06:00Z")))
    assert [f"{start:%d %H:%M}" for start, _ in found] == ["19 14:00", "21 14:00"]


def test_clock_that_a_statute_names_counts_though_its_own_date_is_before_the_rule() -> None:
    early = rule("US-MS/hours", hours(0, 8, also_in=("Etc/GMT+6",)), begins=date(2026, 7, 15))
    law = book(rule("US/hours", hours(0, 24)), early)
    found = legal(law, place("UTC", "US", "US-MS"), Call(), day("2026-07-15"))
    assert written(found) == [["2026-07-15T06:00:00Z", "2026-07-15T08:00:00Z"]]


def test_rule_that_begins_on_the_last_day_of_a_year_holds_on_it() -> None:
    law = book(rule("US/hours", hours(0, 24)), rule("US-XX/hours", hours(9, 10), begins=date(2026, 12, 31)))
    found = legal(
        law, place("UTC", "US", "US-XX"), Call(), (instant("2026-12-30T00:00Z"), instant("2027-01-01T00:00Z"))
    )
    assert written(found) == [
        ["2026-12-30T00:00:00Z", "2026-12-31T00:00:00Z"],
        ["2026-12-31T09:00:00Z", "2026-12-31T10:00:00Z"],
    ]


def test_next_callable_instant_is_not_missed_where_a_search_goes_on() -> None:
    law = book(rule("US/hours", hours(8, 9, [2])))
    opens = instant("2026-11-25T08:00Z")
    for back in (timedelta(days=2), timedelta(days=2, seconds=-1), timedelta(days=2, seconds=1), timedelta(days=6)):
        assert next_callable(law, [place("UTC")], Call(), opens - back) == opens


def test_ban_closes_only_when_every_line_is_one_that_it_names() -> None:
    law = book(FEDERAL, rule("US-AZ/mobile", Banned(), lines=frozenset({Line.MOBILE})))
    where = place("America/Phoenix", "US", "US-AZ")
    assert legal(law, where, Call(), day("2026-11-20"))
    assert not legal(law, where, Call(lines=frozenset({Line.MOBILE})), day("2026-11-20"))


@pytest.mark.parametrize(
    "where",
    [place("Europe/Lisbon", "PT"), place("America/New_York", "PT", "US"), Place(zone="UTC", jurisdictions=())],
    ids=["unknown country", "one unknown country of two", "nowhere"],
)
def test_place_whose_law_nobody_knows_is_closed(where: Place) -> None:
    assert not legal(book(FEDERAL), where, Call(), day("2026-11-20"))


def test_kind_of_call_that_no_hours_bind_closes_every_call_that_may_be_one() -> None:
    law = book(rule("US/hours", hours(8, 21), purposes=frozenset({Purpose.SALES})))
    assert legal(law, NEW_YORK, SALES, day("2026-11-20"))
    assert not legal(law, NEW_YORK, Call(purposes=frozenset({Purpose.INFO})), day("2026-11-20"))
    assert not legal(law, NEW_YORK, Call(), day("2026-11-20"))
    assert not legal(law, NEW_YORK, Call(purposes=frozenset()), day("2026-11-20"))


def test_hours_that_ended_leave_nothing_open() -> None:
    law = book(rule("US/hours", hours(8, 21), ends=date(2026, 11, 20)))
    assert written(legal(law, NEW_YORK, Call(), (instant("2026-11-19T12:00Z"), instant("2027-11-19T12:00Z")))) == [
        ["2026-11-19T13:00:00Z", "2026-11-20T02:00:00Z"]
    ]


def test_nobody_is_called_nowhere() -> None:
    assert not callable_at(book(FEDERAL), [], Call(), day("2026-11-20"))
    assert next_callable(book(FEDERAL), [], Call(), instant("2026-11-20T12:00Z")) is None


def test_zones_that_are_never_open_together_are_never_callable() -> None:
    law = book(rule("US/hours", hours(9, 17)))
    apart = [place("America/New_York"), place("Asia/Tokyo")]
    assert next_callable(law, apart, Call(), instant("2026-11-20T12:00Z")) is None


def test_next_callable_instant_is_this_one_when_it_is_open() -> None:
    at = instant("2026-11-20T15:00:00.250000Z")
    assert next_callable(book(FEDERAL), [NEW_YORK], Call(), at) == at


def test_next_callable_instant_is_found_after_months_and_not_beyond_the_horizon() -> None:
    law = book(FEDERAL, rule("US-XX/dark", Blackout(start_s=0, end_s=seconds_of(instant("2027-06-01T00:30Z")))))
    where = [place("America/New_York", "US", "US-XX")]
    at = instant("2026-11-20T12:00Z")
    assert next_callable(law, where, Call(), at) == instant("2027-06-01T00:30Z")
    assert next_callable(law, where, Call(), at, timedelta(days=30)) is None


def test_last_second_is_open_and_the_end_is_not() -> None:
    found = legal(book(FEDERAL), NEW_YORK, Call(), day("2026-11-20"))
    assert instant("2026-11-20T01:59:59.999999Z") in found
    assert instant("2026-11-20T02:00:00Z") not in found


def test_turn_of_the_year_is_no_border() -> None:
    law = book(rule("US/hours", hours(0, 24)))
    asked = (instant("2025-12-30T00:00Z"), instant("2028-01-02T00:00Z"))
    assert written(legal(law, NEW_YORK, Call(), asked)) == [["2025-12-30T00:00:00Z", "2028-01-02T00:00:00Z"]]


def test_rulebooks_of_one_edition_keep_their_own_tables() -> None:
    for end in (20, 21):
        found = legal(book(rule("US/hours", hours(8, end))), NEW_YORK, Call(), day("2026-06-15"))
        assert found.total_s == (end - 8) * 3600


def test_local_openings_are_those_of_the_wall_clock() -> None:
    law = book(FEDERAL, rule("US-FL/hours", hours(8, 20, range(6))))
    found = local_openings(law, ["US-FL", "US"], Call(), date(2026, 11, 1), date(2026, 11, 2))
    monday = seconds_of(instant("2026-11-02T00:00Z"))
    assert found == [(monday + 8 * 3600, monday + 20 * 3600)]
    assert local_openings(law, ["US"], Call(), date(2026, 11, 2), date(2026, 11, 1)) == []


def test_prerecorded_calls_have_hours_of_their_own() -> None:
    law = book(FEDERAL, rule("US-ME/adad", hours(9, 17, range(5)), modes=frozenset({Mode.PRERECORDED})))
    where = place("America/New_York", "US", "US-ME")
    live, taped = (legal(law, where, Call(modes=frozenset({mode})), day("2026-11-20")) for mode in Mode)
    assert taped.total_s < live.total_s
    assert not (taped - live)
