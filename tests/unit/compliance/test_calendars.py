"""The calendars of closed days: made by a tool, reviewed, and the same when they are made again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from paceline.compliance.shelf import the_rulebook
from tests.calendars import FIRST, FOLDER, LAST, texts

CALENDARS = the_rulebook().calendars


def closed(name: str, *days: str) -> list[bool]:
    return [CALENDARS[name].closes(date.fromisoformat(day)) is not None for day in days]


def test_made_again_they_are_the_same() -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.toml")}
    made = texts()
    assert kept.keys() == made.keys()
    assert [name for name in made if made[name] != kept[name]] == []


def test_they_reach_from_2024_to_2031_and_close_what_lies_beyond() -> None:
    for calendar in CALENDARS.values():
        assert (calendar.first, calendar.last) == (FIRST, LAST) == (date(2024, 1, 1), date(2031, 12, 31))
        assert calendar.closes(date(2023, 12, 30)) is not None
        assert calendar.closes(date(2032, 1, 5)) is not None


@pytest.mark.parametrize("name", ["us-al", "us-la", "us-ne", "us-pa", "us-ri", "us-ut"])
def test_federal_holidays_are_in_the_calendar_of_every_state(name: str) -> None:
    assert set(CALENDARS["us-federal"].days) <= set(CALENDARS[name].days)


def test_federal_holidays_of_2026_are_those_of_the_statute() -> None:
    days = "01-01 01-19 02-16 05-25 06-19 07-03 07-04 09-07 10-12 11-11 11-26 12-25".split()  # noqa: SIM905 - a row
    found = [f"{on:%m-%d}" for on in CALENDARS["us-federal"].days if on.year == 2026]
    assert sorted(found) == days


def test_a_new_year_on_saturday_closes_the_last_day_of_the_year_before() -> None:
    assert closed("us-federal", "2027-12-31", "2028-01-01") == [True, True]


def test_the_hand_rules_of_the_states_hold() -> None:
    assert closed("us-al", "2026-04-27", "2026-06-01", "2026-07-03", "2027-07-05", "2027-12-24") == [True] * 5
    assert closed("us-la", "2026-02-17", "2026-04-03", "2026-11-03", "2026-11-27") == [True] * 4
    assert closed("us-pa", "2026-04-03", "2026-06-14", "2026-11-03", "2027-11-02") == [True] * 4
    assert closed("us-ri", "2026-08-10", "2027-08-09", "2026-11-03", "2027-11-02") == [True, True, True, False]
    assert closed("us-ut", "2026-07-24", "2027-07-23", "2026-06-15", "2026-06-19", "2027-06-21") == [True] * 5


def test_holidays_of_one_state_do_not_close_another() -> None:
    assert closed("us-pa", "2026-07-24", "2026-08-10") == [False, False]
    assert closed("us-ut", "2026-08-10", "2026-02-17") == [False, False]
    assert closed("us-federal", "2026-11-27", "2026-02-17") == [False, False]


def test_alabama_keeps_a_day_at_the_weekend_beside_it_too() -> None:
    days = CALENDARS["us-al"].days
    for on, why in days.items():
        if "(observed)" not in why and FIRST < on < LAST and on.weekday() > 4:
            beside = on + timedelta(days=-1 if on.weekday() == 5 else 1)
            assert beside in days, on


def test_holidays_of_other_countries_are_the_national_ones_of_the_law() -> None:
    assert sum(on.year == 2026 for on in CALENDARS["fr"].days) == 11
    assert (
        closed("fr", "2026-04-06", "2026-05-14", "2026-05-25", "2026-04-03", "2026-12-26") == [True] * 3 + [False] * 2
    )
    assert closed("au-national", "2026-01-26", "2026-04-27", "2026-12-28", "2026-06-01", "2026-06-08") == [
        *([True] * 3),
        *([False] * 2),
    ]
    assert closed("es", "2026-01-06", "2026-09-11", "2026-05-30", "2026-10-13") == [True, True, True, False]
    assert closed("br", "2026-02-17", "2026-06-04", "2026-11-20", "2026-11-19") == [True, True, True, False]
    assert closed("mx", "2026-11-16", "2026-04-03", "2026-11-20") == [True, True, False]
