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


def test_they_reach_from_2019_to_2031_and_close_what_lies_beyond() -> None:
    for calendar in CALENDARS.values():
        assert (calendar.first, calendar.last) == (FIRST, LAST) == (date(2019, 1, 1), date(2031, 12, 31))
        assert calendar.closes(date(2018, 12, 30)) is not None
        assert calendar.closes(date(2032, 1, 5)) is not None


@pytest.mark.parametrize("name", ["us-al", "us-la", "us-ne", "us-pa", "us-ri", "us-ut"])
def test_federal_holidays_are_in_the_calendar_of_every_state(name: str) -> None:
    # Utah's own law puts a Monday in the place of 19 June.
    moved = {on for on, why in CALENDARS["us-federal"].days.items() if "Juneteenth" in why and on.year >= 2022}
    kept = set(CALENDARS["us-federal"].days) - (moved if name == "us-ut" else set())
    assert kept <= set(CALENDARS[name].days)


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
    assert closed("us-ut", "2026-07-24", "2027-07-23", "2026-06-15", "2027-06-21", "2028-06-19") == [True] * 5


def test_utah_keeps_juneteenth_on_one_monday_alone() -> None:
    assert closed("us-ut", "2026-06-15", "2026-06-19") == [True, False]
    assert closed("us-ut", "2027-06-14", "2027-06-18", "2027-06-21") == [False, False, True]
    for year in range(2022, LAST.year + 1):
        (on,) = (each for each, why in CALENDARS["us-ut"].days.items() if each.year == year and "Juneteenth" in why)
        assert on.weekday() == 0
        assert abs(on - date(year, 6, 19)) <= timedelta(days=4)
    assert closed("us-ut", "2019-06-17", "2019-06-19", "2020-06-15", "2020-06-19") == [False] * 4


def test_pennsylvania_is_open_on_the_day_after_thanksgiving() -> None:
    assert closed("us-pa", "2025-11-28", "2026-11-26", "2026-11-27") == [False, True, False]


def test_rhode_island_keeps_its_independence_day_and_the_monday_after_a_sunday() -> None:
    assert closed("us-ri", "2026-05-04", "2026-05-05", "2025-05-04", "2025-05-05") == [True, False, True, True]


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
    assert closed("br", "2026-04-03", "2026-04-21", "2026-10-12", "2026-11-20", "2026-11-19") == [True] * 4 + [False]
    assert closed("mx", "2026-11-16", "2026-04-03", "2026-11-20") == [True, True, False]


def test_brazil_is_open_on_days_on_which_only_offices_are_free() -> None:
    offices = ("2026-02-16", "2026-02-17", "2026-02-18", "2026-06-04", "2026-10-28", "2026-12-24", "2026-12-31")
    assert closed("br", *offices) == [False] * 7


def test_calendars_know_the_days_of_years_that_are_over() -> None:
    assert closed("us-pa", "2020-07-03", "2022-06-20", "2023-06-14", "2023-06-13") == [True, True, True, False]
    assert closed("us-al", "2019-03-05", "2019-06-19", "2023-06-14") == [True, False, False]
    assert closed("fr", "2022-06-06", "2022-06-07") == [True, False]
    assert closed("au-national", "2022-09-22", "2022-09-21") == [True, False]
    assert closed("br", "2023-11-20", "2024-11-20") == [False, True]
