"""The hours that the rules leave open, state by state and country by country, against tables written by hand."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from paceline.compliance.call import EVERY_LINE, EVERY_PURPOSE, Call, Line, Mode, Place, Purpose
from paceline.compliance.calling_time import callable_at, legal, local_openings
from paceline.compliance.shelf import the_rulebook
from paceline.primitives.intervals import Intervals
from paceline.primitives.zones import zone

BOOK = the_rulebook()
FOLDER = Path(__file__).parents[2] / "cases"
DAYS = {"weekday": date(2026, 10, 21), "saturday": date(2026, 10, 24), "sunday": date(2026, 10, 25)}
STATES = (
    *("AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "DC", "FL", "GA", "HI", "ID", "IL", "IN", "IA", "KS"),
    *("KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ", "NM", "NY", "NC"),
    *("ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT", "VA", "WA", "WV", "WI", "WY"),
)  # fmt: skip
TERRITORIES = ["AS", "GU", "MP", "PR", "VI"]


def cases() -> list[tuple[str, str, date, str]]:
    found = []
    for name in ("us-hours.toml", "world-hours.toml"):
        for group, regions in tomllib.loads((FOLDER / name).read_text(encoding="utf-8")).items():
            for region, days in regions.items():
                for day, windows in days.items():
                    found.append((group, region, DAYS.get(day) or date.fromisoformat(day), windows))
    return found


def call_of(group: str) -> Call:
    mode, purpose = group.split("-")
    purposes = EVERY_PURPOSE if purpose == "any" else frozenset({Purpose(purpose)})
    return Call(purposes=purposes, modes=frozenset({Mode(mode)}))


def local_windows(found: Intervals, key: str) -> str:
    """Return what is open as local times; a day that ends in the next date does not occur here."""
    there = zone(key)
    return " ".join(f"{start.astimezone(there):%H:%M}-{end.astimezone(there):%H:%M}" for start, end in found)


def whole_day(on: date, key: str) -> tuple[datetime, datetime]:
    there = zone(key)
    start = datetime(on.year, on.month, on.day, tzinfo=there)
    after = on + timedelta(days=1)
    return start.astimezone(UTC), datetime(after.year, after.month, after.day, tzinfo=there).astimezone(UTC)


@pytest.mark.parametrize("group", sorted({case[0] for case in cases()}))
def test_hours_of_each_zone_are_those_written_by_hand(group: str) -> None:
    wrong = []
    for _, region, on, windows in (case for case in cases() if case[0] == group):
        for place in BOOK.places([region]):
            found = legal(BOOK, place, call_of(group), whole_day(on, place.zone))
            if local_windows(found, place.zone) != windows:
                wrong.append(f"{region} {place.zone} {on}: {local_windows(found, place.zone)!r}, not {windows!r}")
    assert wrong == []


@pytest.mark.parametrize("region", [f"US-{state}" for state in STATES])
def test_edges_of_a_window_are_half_open_to_the_second(region: str) -> None:
    (place, *_) = BOOK.places([region])
    (windows,) = {case[3] for case in cases() if case[:3] == ("live-sales", region, DAYS["weekday"])}
    open_at, closed_at = windows.split("-")
    there, on, second = zone(place.zone), DAYS["weekday"], timedelta(seconds=1)
    start, end = (
        datetime.fromisoformat(f"{on}T{clock}").replace(tzinfo=there).astimezone(UTC) for clock in (open_at, closed_at)
    )
    found = legal(BOOK, place, call_of("live-sales"), (start - timedelta(hours=3), end + timedelta(hours=3)))
    assert [start - second in found, start in found, end - second in found, end in found] == [False, True, True, False]


def test_every_state_territory_and_country_has_a_case() -> None:
    written = {case[1] for case in cases() if case[0] == "live-sales"}
    assert {f"US-{code}" for code in (*STATES, *TERRITORIES)} <= written
    assert {region[:2] for region in BOOK.zones} == {region[:2] for region in written}


def test_every_state_is_known_and_territories_have_to_be_named() -> None:
    assert BOOK.regions_of("US") == tuple(sorted(f"US-{state}" for state in STATES))
    assert {f"US-{code}" for code in TERRITORIES} <= BOOK.outlying
    assert BOOK.regions_of("FR") == ("FR",)
    assert BOOK.regions_of("ZZ") == ()


def test_where_nobody_said_which_state_the_safe_national_default_comes_out() -> None:
    jurisdictions = ("US", *BOOK.regions_of("US"))
    monday, sunday = date(2026, 10, 19), date(2026, 10, 25)
    opened = local_openings(BOOK, jurisdictions, Call(), monday, sunday)
    midnight = (monday - date(1970, 1, 1)).days * 86_400
    shown = [((start - midnight) // 3600, (end - midnight) // 3600) for start, end in opened]
    assert shown == [*((day * 24 + 10, day * 24 + 18) for day in range(5)), (5 * 24 + 10, 5 * 24 + 17)]


def test_an_undeclared_campaign_can_dial_on_each_working_day_of_the_year_that_is_no_holiday() -> None:
    places = BOOK.places(BOOK.regions_of("US"))
    begin, end = datetime(2027, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    open_days = {start.date() for start, _ in callable_at(BOOK, places, Call(), (begin, end))}
    closed = {on for name in ("us-al", "us-la", "us-pa", "us-ri", "us-ut") for on in BOOK.calendars[name].days}
    working = {begin.date() + timedelta(days=n) for n in range(365)}
    assert open_days == {day for day in working if day.weekday() < 6 and day not in closed}


@pytest.mark.parametrize("country", sorted({region[:2] for region in BOOK.zones}))
def test_every_kind_of_call_has_hours_in_every_country(country: str) -> None:
    week = (datetime(2026, 10, 19, tzinfo=UTC), datetime(2026, 10, 26, tzinfo=UTC))
    region = next(region for region in BOOK.regions_of(country) if region != "US-AZ")
    for purpose, mode, line in product(Purpose, Mode, Line):
        call = Call(purposes=frozenset({purpose}), modes=frozenset({mode}), lines=frozenset({line}))
        for place in BOOK.places([region]):
            assert legal(BOOK, place, call, week), (place, call)


def test_no_country_is_open_outside_of_seven_to_half_past_ten() -> None:
    for region in BOOK.zones:
        for place in BOOK.places([region]):
            day = whole_day(date(2026, 10, 21), place.zone)
            for mode in Mode:
                shown = local_windows(legal(BOOK, place, Call(modes=frozenset({mode})), day), place.zone)
                assert shown == "" or (shown[:5] >= "07:00" and shown[-5:] <= "22:00"), (place, shown)


def test_a_mobile_in_arizona_gets_no_sales_call_and_an_unknown_line_is_not_judged() -> None:
    day = whole_day(DAYS["weekday"], "America/Phoenix")
    place = Place(zone="America/Phoenix", jurisdictions=("US", "US-AZ"))
    sales = frozenset({Purpose.SALES})
    assert not legal(BOOK, place, Call(purposes=sales, lines=frozenset({Line.MOBILE})), day)
    assert legal(BOOK, place, Call(purposes=sales, lines=EVERY_LINE), day)
    assert legal(BOOK, place, Call(purposes=frozenset({Purpose.INFO}), lines=frozenset({Line.MOBILE})), day)


def test_hurricane_ida_closed_louisiana_for_sales_and_for_debt_until_the_hour_named() -> None:
    place = Place(zone="America/Chicago", jurisdictions=("US", "US-LA"))
    debt = Call(purposes=frozenset({Purpose.DEBT}))
    day = (datetime(2021, 9, 17, 5, tzinfo=UTC), datetime(2021, 9, 18, 5, tzinfo=UTC))
    # The hours of Regulation F begin later than the storm: what is judged here is the blackout.
    hours = replace(BOOK.of("US-6") or BOOK.rules[0], effective_from=None)
    blackout = BOOK.of("US-LA-blackout-2021")
    assert blackout is not None
    assert blackout.binds(call_of("live-sales"))
    before, after = (
        replace(BOOK, edition=f"test {n}", rules=rules) for n, rules in enumerate([(hours,), (hours, blackout)])
    )
    assert local_windows(legal(before, place, debt, day), place.zone) == "08:00-21:00"
    # Announced as 18:00 "Central Standard Time"; it is read as the clocks of that summer day, which were an hour ahead.
    assert local_windows(legal(after, place, debt, day), place.zone) == "18:00-21:00"
