"""Zone data comes from the package and from nowhere else, and each change of an offset is found exactly."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.primitives.posix_rule import read_rule, turns_in
from paceline.primitives.tzif import Segment, ZoneFile, ZoneFileError, read_zone_file
from paceline.primitives.zones import (
    UnknownZoneError,
    canonical_zone,
    countries_by_zone,
    file_hash,
    resembling,
    schedulable,
    segments,
    zone,
    zone_keys,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CASES = Path(__file__).parents[2] / "cases" / "dst-cases.json"
LIED_TO = """
from datetime import datetime
from zoneinfo import ZoneInfo
print(datetime(2026, 7, 1, tzinfo=ZoneInfo("America/New_York")))
"""
LIED_TO = """
from datetime import datetime
from zoneinfo import ZoneInfo
print(datetime(2026, 7, 1, tzinfo=ZoneInfo("America/New_York")))
"""
TOLD = """
import json, sys
from datetime import date
from paceline.compliance.calling_time import window_on
from paceline.primitives.zones import zone
minutes = lambda text: int(text[:2]) * 60 + int(text[3:])
for case in json.load(open(sys.argv[1], encoding="utf-8")):
    on = date.fromisoformat(case["date"])
    found = window_on(case["zone"], on, minutes(case["start"]), minutes(case["end"]))
    assert [[f"{one:%Y-%m-%dT%H:%M:%SZ}" for one in pair] for pair in found] == case["utc"], case
    assert all(zone(case["zone"]).utcoffset(start.replace(tzinfo=None)) is not None for start, _ in found)
print("met")
"""


def seconds(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(seconds=1)


def test_offset_at_both_ends_of_each_stretch_is_that_of_the_standard_library() -> None:
    first, last = seconds("1850-01-01T00:00Z"), seconds("2060-01-01T00:00Z")
    for key in sorted(zone_keys()):
        clock = zone(key)
        found = segments(key, first, last)
        assert (found[0].start_s, found[-1].end_s) == (first, last)
        assert all(one.end_s == after.start_s and one.offset_s != after.offset_s for one, after in pairwise(found))
        ends = [(at, one.offset_s) for one in found for at in (one.start_s, one.end_s - 1)]
        assert [datetime.fromtimestamp(at, clock).utcoffset() for at, _ in ends] == [
            timedelta(seconds=offset) for _, offset in ends
        ], key


@given(
    key=st.sampled_from(sorted(zone_keys())), at=st.integers(seconds("1600-01-01T00:00Z"), seconds("9998-01-01T00:00Z"))
)
def test_offset_at_any_time_is_that_of_the_standard_library(key: str, at: int) -> None:
    ((_, _, offset),) = segments(key, at, at + 1)
    assert datetime.fromtimestamp(at, zone(key)).utcoffset() == timedelta(seconds=offset)


@given(
    key=st.sampled_from(("America/New_York", "Europe/Dublin", "Asia/Gaza", "America/Nuuk", "Antarctica/Troll")),
    start=st.integers(seconds("1990-01-01T00:00Z"), seconds("2060-01-01T00:00Z")),
    cuts=st.lists(st.integers(1, 10**8), min_size=1, max_size=3),
)
def test_stretches_of_a_part_are_part_of_the_stretches_of_all(key: str, start: int, cuts: list[int]) -> None:
    at = start
    parts: list[Segment] = []
    for cut in cuts:
        parts += segments(key, at, at + cut)
        at += cut
    joined: list[Segment] = []
    for part in parts:
        if joined and joined[-1].offset_s == part.offset_s:
            joined[-1] = joined[-1]._replace(end_s=part.end_s)
        else:
            joined.append(part)
    assert tuple(joined) == segments(key, start, at)


def test_no_time_has_no_stretches() -> None:
    assert segments("UTC", 5, 5) == ()
    assert segments("UTC", 5, 7) == ((5, 7, 0),)


@pytest.mark.parametrize(
    ("text", "year", "turns"),
    [
        ("EST5EDT,M3.2.0,M11.1.0", 2026, [("2026-03-08T07:00Z", -4), ("2026-11-01T06:00Z", -5)]),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", 2026, [("2026-10-25T01:00Z", 0), ("2026-03-29T01:00Z", 1)]),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026, [("2026-03-29T01:00Z", -1), ("2026-10-25T01:00Z", -2)]),
        ("EET-2EEST,M3.4.4/50,M10.4.4/50", 2026, [("2026-03-28T00:00Z", 3), ("2026-10-23T23:00Z", 2)]),
        ("AAA0BBB,J60/0,J300", 2024, [("2024-03-01T00:00Z", 1), ("2024-10-27T01:00Z", 0)]),
        ("AAA0BBB,59/0,300/2:30:15", 2024, [("2024-02-29T00:00Z", 1), ("2024-10-27T01:30:15Z", 0)]),
        ("<+1130>-11:30<+12>-12,M12.5.6,M1.1.1/3", 2026, [("2026-12-25T14:30Z", 12), ("2026-01-04T15:00Z", 11.5)]),
    ],
)
def test_turns_of_a_rule_are_found(text: str, year: int, turns: list[tuple[str, float]]) -> None:
    assert list(turns_in(read_rule(text), year)) == [(seconds(at), hours * 3600) for at, hours in turns]


@pytest.mark.parametrize("text", ["", "EST", "E5", "EST5EDT", "EST5EDT,M3.2.0", "EST5;rm", "EST5EDT,M3.2.0,M11.1.0 "])
def test_what_is_no_rule_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="no rule"):
        read_rule(text)


def test_zone_that_saves_all_the_year_does_so_at_its_turn() -> None:
    file = ZoneFile(changes=(), offsets=(0,), rule=read_rule("XXX3EDT4,0/0,J365/23"))
    assert file.segments(seconds("2026-01-01T00:00Z"), seconds("2029-01-01T00:00Z")) == (
        Segment(seconds("2026-01-01T00:00Z"), seconds("2029-01-01T00:00Z"), -4 * 3600),
    )


def test_turn_that_belongs_to_the_next_year_is_not_missed() -> None:
    file = ZoneFile(changes=(), offsets=(0,), rule=read_rule("AAA0BBB,M1.1.0/-167,M6.1.0"))
    assert file.segments(seconds("2026-12-01T00:00Z"), seconds("2026-12-31T00:00Z")) == (
        Segment(seconds("2026-12-01T00:00Z"), seconds("2026-12-27T01:00Z"), 0),
        Segment(seconds("2026-12-27T01:00Z"), seconds("2026-12-31T00:00Z"), 3600),
    )


def test_file_that_is_none_is_an_error() -> None:
    data = files("tzdata").joinpath("zoneinfo", "America", "New_York").read_bytes()
    for broken in (b"", b"TZif", data[:-1], data[:200], data.replace(b"EST5EDT", b"EST5;DT"), b"TZif1" + data[5:]):
        with pytest.raises(ZoneFileError):
            read_zone_file(broken)
    at = data.index(b"TZif", 4) + 28
    with pytest.raises(ZoneFileError, match="leap seconds"):
        read_zone_file(data[:at] + struct.pack(">l", 1) + data[at + 4 :])


@pytest.mark.parametrize(
    "key", ["Etc/Unknown", "CST", "america/new_york", "../zones", "America/New_York\0", "", "America"]
)
def test_only_keys_of_the_list_are_zones(key: str) -> None:
    for ask in (zone, file_hash, canonical_zone, lambda name: segments(name, 0, 1)):
        with pytest.raises(UnknownZoneError):
            ask(key)
    assert not schedulable(key)


@pytest.mark.parametrize(
    ("key", "target"),
    [
        ("US/Eastern", "America/New_York"),
        ("America/New_York", "America/New_York"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("America/Rainy_River", "America/Winnipeg"),
    ],
)
def test_other_name_of_a_zone_leads_to_it(key: str, target: str) -> None:
    assert canonical_zone(key) == target


def test_each_link_of_the_zone_data_has_the_offsets_of_what_it_leads_to() -> None:
    year = seconds("2026-01-01T00:00Z"), seconds("2027-01-01T00:00Z")
    links = {key: canonical_zone(key) for key in zone_keys() if canonical_zone(key) != key}
    assert len(links) > 200
    assert [key for key, target in links.items() if segments(key, *year) != segments(target, *year)] == []
    assert {canonical_zone(target) for target in links.values()} == set(links.values())


@pytest.mark.parametrize(
    ("key", "country"),
    [
        ("America/New_York", "US"),
        ("Asia/Dubai", "AE"),
        ("Indian/Reunion", "RE"),
        ("Europe/Guernsey", "GG"),
        ("US/Eastern", None),
        ("Etc/GMT+6", None),
        ("UTC", None),
    ],
)
def test_zone_is_in_the_country_that_the_zone_data_says(key: str, country: str | None) -> None:
    assert countries_by_zone().get(key) == country


def test_every_zone_of_a_country_is_a_key() -> None:
    assert set(countries_by_zone()) <= zone_keys()
    assert len(countries_by_zone()) > 400
    assert all(len(code) == 2 and code.isupper() for code in countries_by_zone().values())


@pytest.mark.parametrize(
    ("key", "fits"),
    [
        ("America/New_York", True),
        ("UTC", True),
        ("Etc/GMT+6", True),
        ("EST", False),
        ("EST5EDT", False),
        ("+05:30", False),
    ],
)
def test_schedule_names_places(key: str, fits: bool) -> None:
    assert schedulable(key) is fits


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("america/new_york", "America/New_York"),
        ("Chicago", "America/Chicago"),
        ("New York", "America/New_York"),
        ("Amerika/Denver", "America/Denver"),
        ("Europe/Londn", "Europe/London"),
    ],
)
def test_zone_that_somebody_may_have_meant_is_named_first(typed: str, nearest: str) -> None:
    assert resembling(typed)[0] == nearest
    assert resembling("?" * 10_000) == ()


@pytest.mark.parametrize("tz", ["America/Los_Angeles", ":/nowhere", "XYZ-13:30"])
def test_worked_cases_are_met_whatever_the_machine_says_of_zones(tz: str, tmp_path: Path) -> None:
    false = files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes()
    for key in {case["zone"] for case in json.loads(CASES.read_text(encoding="utf-8"))}:
        path = tmp_path.joinpath(*key.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(false)
    machine = {**os.environ, "TZ": tz, "TZDIR": str(tmp_path), "PYTHONTZPATH": str(tmp_path)}
    for script, answer in ((LIED_TO, "2026-07-01 00:00:00+09:00"), (TOLD, "met")):
        asked = subprocess.run(  # noqa: S603 - our own scripts
            [sys.executable, "-c", script, str(CASES)], check=False, capture_output=True, text=True, env=machine
        )
        assert asked.stdout.strip() == answer, asked.stderr
