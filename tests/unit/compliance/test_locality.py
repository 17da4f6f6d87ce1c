"""Numbers to places: hand-written cases, intersections to the minute, and what must never be."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.compliance.call import Call
from paceline.compliance.calling_time import callable_at
from paceline.compliance.locality import Locality, Standing, international, locate
from paceline.compliance.rule import Hours, Opening
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.shelf import the_rulebook
from paceline.primitives.intervals import Intervals
from paceline.primitives.zones import countries_by_zone, schedulable, zone_keys
from tests.unit.compliance.law_made import instant, rule

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[2] / "cases" / "numbers.toml").read_text(encoding="utf-8")
)["case"]
COUNTRIES = ("US", "CA", "AU", "ES", "GB", "FR")

# One day's window, and the instants at which it is open for a number: section 4.3 of the law reference.
INTERSECTIONS = (
    ("850", "2026-11-20", 8, 20, "20T14:00", "21T01:00"),
    ("448", "2026-11-20", 8, 20, "20T14:00", "21T01:00"),
    ("850", "2026-03-08", 8, 20, "08T13:00", "09T00:00"),
    ("448", "2026-03-08", 8, 20, "08T13:00", "09T00:00"),
    ("208", "2026-11-01", 8, 21, "01T16:00", "02T04:00"),
    ("986", "2026-11-01", 8, 21, "01T16:00", "02T04:00"),
    ("928", "2026-01-15", 8, 21, "15T15:00", "16T04:00"),
    ("928", "2026-07-15", 8, 21, "15T15:00", "16T03:00"),
    ("605", "2026-11-20", 8, 21, "20T15:00", "21T03:00"),
    ("907", "2026-11-20", 8, 21, "20T18:00", "21T06:00"),
    ("709", "2026-11-20", 9, 21.5, "20T13:00", "21T01:00"),
    ("879", "2026-11-20", 9, 21.5, "20T13:00", "21T01:00"),
    ("807", "2026-11-20", 9, 21.5, "20T15:00", "21T02:30"),
    ("250", "2026-11-20", 9, 21.5, "20T16:00", "21T03:30"),
    ("236", "2026-11-20", 9, 21.5, "20T16:00", "21T03:30"),
    ("672", "2026-11-20", 9, 21.5, "20T16:00", "21T03:30"),
    ("778", "2026-11-20", 9, 21.5, "20T16:00", "21T03:30"),
    ("257", "2026-11-20", 9, 21.5, "20T16:00", "21T03:30"),
    ("867", "2026-11-20", 9, 21.5, "20T16:00", "21T02:30"),
    ("+61412345678", "2026-10-06", 9, 20, "06T02:30", "06T09:00"),
    ("+34612345678", "2026-10-26", 9, 21, "26T09:00", "26T20:00"),
)


def one_window(on: date, start: float, end: float) -> Rulebook:
    """Return the zones of the law library, and one window on one local date in a few countries."""
    opening = (Opening(weekday=day, start=int(start * 60), end=int(end * 60)) for day in range(7))
    terms = Hours(openings=tuple(opening))
    rules = tuple(rule(f"{country}/one", terms, begins=on, ends=on + timedelta(days=1)) for country in COUNTRIES)
    return Rulebook(edition="one window", rules=rules, calendars={}, zones=the_rulebook().zones)


def where(number: str, **signals: str | None) -> Locality:
    return locate(number, rulebook=the_rulebook(), **signals)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["says"]))
def test_number_leads_to_its_places(case: Mapping[str, Any]) -> None:
    found = where(case["number"])
    assert found.standing.value == case.get("standing", "located"), found.why
    if found.standing is not Standing.LOCATED:
        assert (found.zones, found.jurisdictions, found.places) == (frozenset(), frozenset(), ())
        assert found.why
        return
    assert sorted(found.jurisdictions) == case["jurisdictions"]
    assert found.zones >= set(case.get("among", []))
    if "zones" in case:
        assert sorted(found.zones) == case["zones"]


@pytest.mark.parametrize(("number", "on", "start", "end", "opens", "closes"), INTERSECTIONS)
def test_intersection_is_right_to_the_minute(
    number: str, on: str, start: float, end: float, opens: str, closes: str
) -> None:
    law = one_window(date.fromisoformat(on), start, end)
    found = locate(number if number[0] == "+" else f"+1{number}2340123", rulebook=law)
    begun = datetime.fromisoformat(f"{on}T00:00:00+00:00")
    open_then = callable_at(law, found.places, Call(), (begun - timedelta(days=2), begun + timedelta(days=3)))
    month = on[:8]
    assert list(open_then) == [(instant(f"{month}{opens}:00+00:00"), instant(f"{month}{closes}:00+00:00"))]


def test_address_and_region_add_zones_and_laws() -> None:
    moved = where("+12125550123", address_zone="America/Los_Angeles", region="US-AZ")
    assert moved.zones == {"America/New_York", "America/Los_Angeles", "America/Phoenix", "America/Denver"}
    assert moved.jurisdictions == {"US", "US-NY", "US-AZ"}
    assert [origin.signal for origin in moved.origins] == ["number", "address", "region"]


def test_region_of_another_country_adds_its_law() -> None:
    abroad = where("+12125550123", region="CA-ON")
    assert {"US", "US-NY", "CA", "CA-ON"} == abroad.jurisdictions
    assert {"America/New_York", "Etc/GMT+6"} <= abroad.zones


def test_address_in_another_country_adds_its_law() -> None:
    assert where("+12125550123", address_zone="Europe/London").jurisdictions == {"US", "US-NY", "GB"}
    assert where("+12125550123", address_zone="US/Pacific").jurisdictions == {"US", "US-NY"}
    assert where("+61412345678", address_zone="Indian/Cocos").jurisdictions == {"AU"}


@pytest.mark.parametrize(
    "key",
    [
        *("Africa/Asmera", "Africa/Nairobi", "America/Curacao", "America/Panama", "America/Port_of_Spain"),
        *("Antarctica/South_Pole", "Arctic/Longyearbyen", "Asia/Dubai", "Asia/Muscat", "Atlantic/Jan_Mayen"),
        *("Europe/Copenhagen", "Europe/Guernsey", "Europe/Monaco", "Europe/Oslo", "Europe/Zurich"),
    ],
)
def test_address_in_a_country_without_rules_closes_though_another_country_keeps_its_time(key: str) -> None:
    found = where("+12125550123", address_zone=key)
    assert (found.standing, found.places) == (Standing.UNKNOWN_COUNTRY, ())


def test_every_zone_of_an_address_leads_to_the_law_of_its_own_country_or_to_none() -> None:
    codes = {"AS": "US", "GU": "US", "MP": "US", "PR": "US", "VI": "US", "CC": "AU", "CX": "AU"}
    codes |= dict.fromkeys(("BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "WF", "YT"), "FR")
    known = {region[:2] for region in the_rulebook().zones}
    lines = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8").splitlines()
    for country, _, key, *_ in (line.split("\t") for line in lines if not line.startswith("#")):
        found = {each for each in where("+4930234567", address_zone=key).jurisdictions if each != "DE"}
        mine = codes.get(country, country)
        assert found == ({mine} if mine in known else set()) - {"DE"}, key


OLDER = {
    "US": "America/Atka America/Fort_Wayne America/Indianapolis America/Knox_IN America/Louisville America/Shiprock "
    "America/Virgin Pacific/Johnston Pacific/Samoa",
    "CA": "America/Coral_Harbour America/Montreal America/Nipigon America/Pangnirtung America/Rainy_River "
    "America/Thunder_Bay America/Yellowknife",
    "MX": "America/Ensenada America/Santa_Isabel",
    "BR": "America/Porto_Acre",
    "IN": "Asia/Calcutta",
    "GB": "Europe/Belfast",
}
"""Older names of zones in countries with rules, read one by one; those that begin with a country are not here."""
NAMED = {"Australia": "AU", "Brazil": "BR", "Canada": "CA", "Mexico": "MX", "US": "US"}


def test_older_names_of_zones_lead_to_their_country_and_those_that_nobody_has_read_to_none() -> None:
    expected = {key: country for country, keys in OLDER.items() for key in keys.split()}
    for key in sorted(each for each in zone_keys() - set(countries_by_zone()) if schedulable(each)):
        country = NAMED.get(key.partition("/")[0], expected.get(key))
        found = where("+4930234567", address_zone=key)
        added = found.jurisdictions - {"DE"}
        if country is None:
            assert found.standing is Standing.UNKNOWN_COUNTRY, key
        else:
            assert added == {country}, key


def test_country_that_the_rules_come_to_know_is_located_by_its_zones() -> None:
    japan = replace(the_rulebook(), zones={**the_rulebook().zones, "JP": frozenset({"Asia/Tokyo"})})
    found = locate("+81312345678", rulebook=japan)
    assert (sorted(found.zones), sorted(found.jurisdictions)) == (["Asia/Tokyo"], ["JP"])
    assert locate("+12125550123", address_zone="Asia/Tokyo", rulebook=japan).jurisdictions == {"US", "US-NY", "JP"}


@pytest.mark.parametrize(
    ("signals", "standing"),
    [
        ({"address_zone": "Asia/Tokyo"}, Standing.UNKNOWN_COUNTRY),
        ({"address_zone": "UTC"}, Standing.UNKNOWN_COUNTRY),
        ({"address_zone": "Etc/GMT+6"}, Standing.UNKNOWN_COUNTRY),
        ({"address_zone": "Etc/UTC"}, Standing.UNKNOWN_COUNTRY),
        ({"address_zone": "America/New_Yrok"}, Standing.UNKNOWN_ZONE),
        ({"address_zone": "EST"}, Standing.UNKNOWN_ZONE),
        ({"address_zone": "Etc/Unknown"}, Standing.UNKNOWN_ZONE),
        ({"address_zone": "../../etc/passwd"}, Standing.UNKNOWN_ZONE),
        ({"address_zone": ""}, Standing.UNKNOWN_ZONE),
        ({"region": "US-XX"}, Standing.UNKNOWN_REGION),
        ({"region": "FL"}, Standing.UNKNOWN_REGION),
        ({"region": "JP-13"}, Standing.UNKNOWN_REGION),
    ],
)
def test_signal_that_leads_nowhere_closes(signals: dict[str, str], standing: Standing) -> None:
    found = where("+12125550123", **signals)
    assert (found.standing, found.places) == (standing, ())


@pytest.mark.parametrize("number", ["+18002340123", "+15002340123", "+12912340123", "nonsense", "+12423220123"])
def test_address_and_region_open_no_number_that_is_closed(number: str) -> None:
    found = where(number, address_zone="America/New_York", region="US-NY")
    assert (found.standing is Standing.LOCATED, found.places) == (False, ())


def test_nothing_that_is_printed_holds_the_number() -> None:
    for case in CASES:
        digits = "".join(each for each in case["number"] if each.isdigit())
        assert digits[-7:] not in repr(where(case["number"]))


def test_national_form_is_read_by_its_country() -> None:
    assert international("(850) 234-0123", "US") == "+18502340123"
    assert international("1-850-234-0123", "US") == "+18502340123"
    assert international("020 7946 0018", "GB") == "+442079460018"
    assert international("call me", "US") is None
    assert international("8502340123", "ZZ") is None


ADDRESSES = st.none() | st.sampled_from(sorted(key for key in zone_keys() if schedulable(key)))
REGIONS = st.none() | st.sampled_from(sorted(the_rulebook().zones))
NUMBERS = st.sampled_from([case["number"] for case in CASES])
DAYS = st.integers(min_value=0, max_value=400)


@settings(max_examples=60, deadline=None)
@given(number=NUMBERS, address=ADDRESSES, region=REGIONS, day=DAYS)
def test_another_signal_never_opens_a_minute(number: str, address: str | None, region: str | None, day: int) -> None:
    law = the_rulebook()
    begun = instant("2026-01-01T00:00:00+00:00") + timedelta(days=day)

    def opened(address_zone: str | None, given_region: str | None) -> Intervals:
        found = locate(number, address_zone=address_zone, region=given_region, rulebook=law)
        return callable_at(law, found.places, Call(), (begun, begun + timedelta(days=2)))

    both = opened(address, region)
    for fewer in (opened(None, None), opened(address, None), opened(None, region)):
        assert not both - fewer


def test_two_thousand_numbers_are_read_without_an_error() -> None:
    law = the_rulebook()
    # A fixed walk over the digits: a multiplier that visits every residue.
    for step in range(2_000):
        digits = str((step * 7_368_787_123 + 12_345) % 10**12)
        found = locate(f"+{digits[: 4 + step % 9]}", rulebook=law)
        assert (found.standing is Standing.LOCATED) == bool(found.places)
        national = locate(f"+1{digits[-10:]}", rulebook=law)
        assert (national.standing is Standing.LOCATED) == bool(national.places)


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=40), address=st.none() | st.text(max_size=40), region=st.none() | st.text(max_size=10))
def test_any_text_is_read_without_an_error(text: str, address: str | None, region: str | None) -> None:
    found = locate(text, address_zone=address, region=region, rulebook=the_rulebook())
    assert (found.standing is Standing.LOCATED) == bool(found.places)
