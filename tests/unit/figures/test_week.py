from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from paceline.campaign.blocks import Schedule
from paceline.campaign.schedule.proof import BindingLaw
from paceline.compliance.call import Call, Place
from paceline.figures.week import Panel, Shade, today_in, week_of
from paceline.primitives.zones import zone
from tests.unit.campaign.laws import FEDERAL, PENNSYLVANIA
from tests.unit.campaign.schedule.schedules import schedule, weekly, window
from tests.unit.compliance.law_made import hours, may_call, rule
from tests.unit.figures.weeks import MONDAY, binding, week

QUARTER = timedelta(minutes=15)
SPRING, AUTUMN = date(2027, 3, 11), date(2026, 10, 29)


def shade_by_the_minute(place: Place, asked: Schedule, bound: BindingLaw, at: datetime) -> Shade:
    """Return the shade of an instant, by reading each rule and each window on the standard library's clocks."""
    wall = at.astimezone(zone(asked.zone))
    second = wall.hour * 3600 + wall.minute * 60
    is_open = any(one.weekday == wall.weekday() and one.start_s <= second < one.end_s for one in asked.windows)
    is_legal = may_call(bound.rulebook, place, Call(), at)
    if is_open:
        return Shade.CALLABLE if is_legal else Shade.ILLEGAL
    return Shade.LEGAL if is_legal else Shade.CLOSED


def drawn(panel: Panel, at: datetime) -> Shade:
    wall = at.astimezone(zone(panel.zone))
    second = wall.hour * 3600 + wall.minute * 60
    return panel.shade_at((wall.date() - panel.dates[0]).days, second, second + 60)


@pytest.mark.parametrize("first", [MONDAY, SPRING, AUTUMN], ids=["an ordinary week", "in spring", "in autumn"])
def test_every_quarter_of_an_hour_is_what_the_rules_say(first: date) -> None:
    asked, bound = weekly(6, 21, range(6)), binding()
    found = week_of("CMP-1", asked, bound, first)
    panels = {panel.zone: panel for panel in found.panels}
    assert set(panels) == {"America/New_York", "America/Chicago"}
    start = datetime(first.year, first.month, first.day, 12, tzinfo=UTC)
    for place in bound.places:
        for number in range(6 * 96):
            at = start + number * QUARTER
            assert drawn(panels[place.zone], at) == shade_by_the_minute(place, asked, bound, at), (place, at)


def test_together_only_that_is_legal_which_is_legal_in_every_place() -> None:
    together = week().together
    # Florida ends at 20:00 in New York, and begins at 08:00 in Chicago, an hour later.
    assert together.zone == "America/New_York"
    edges = {(one.shade, one.start_s / 3600, one.end_s / 3600) for one in together.stretches}
    assert edges == {(Shade.CALLABLE, 9, 20)}
    wide = week(weekly(8, 20.5)).together
    assert wide.shade_at(0, 8 * 3600, 9 * 3600) is Shade.ILLEGAL
    assert wide.shade_at(0, 20 * 3600, 21 * 3600) is Shade.ILLEGAL
    assert wide.shade_at(0, 9 * 3600, 20 * 3600) is Shade.CALLABLE


def test_totals_are_of_the_seven_days_on_the_clock_of_the_schedule() -> None:
    found = week(weekly(8, 20)).totals_s
    assert found == {Shade.LEGAL: 0, Shade.CALLABLE: 7 * 11 * 3600, Shade.ILLEGAL: 7 * 3600}


def test_places_with_one_clock_and_one_law_share_a_panel() -> None:
    bound = binding(("US-NY", "US-FL", "US-CO"))
    twin = BindingLaw(
        rulebook=bound.rulebook,
        places=(*bound.places, Place(zone="America/Detroit", jurisdictions=bound.places[0].jurisdictions)),
        call=Call(),
    )
    panels = week(bound=twin).panels
    assert [(panel.zone, panel.alike) for panel in panels] == [
        ("America/Chicago", ()),
        ("America/Denver", ()),
        ("America/Detroit", ("America/New_York",)),
    ]


def test_closed_day_is_named_and_its_openings_are_illegal() -> None:
    bound = binding(("US-PA",), FEDERAL, PENNSYLVANIA)
    found = week(bound=bound)
    (panel,) = found.panels
    assert found.together.notes == panel.notes == {3: "closed: Thanksgiving Day"}
    assert {panel.shade_at(day, 9 * 3600, 20 * 3600) for day in (0, 1, 2, 4, 5, 6)} == {Shade.CALLABLE}
    assert panel.shade_at(3, 9 * 3600, 20 * 3600) is Shade.ILLEGAL


@pytest.mark.parametrize(
    ("first", "day", "told"),
    [(SPRING, 3, "02:00-03:00 does not exist"), (AUTUMN, 3, "01:00-02:00 comes twice")],
)
def test_odd_hour_is_told_on_its_day(first: date, day: int, told: str) -> None:
    assert week(first=first).together.notes == {day: told}


def test_coming_changes_of_the_clock_are_told() -> None:
    panel = week().together
    assert [one.told() for one in panel.changes] == [
        "2027-03-14 02:00 to 2027-03-14 03:00 does not exist",
        "2027-11-07 01:00 to 2027-11-07 02:00 comes twice",
    ]


def test_window_in_the_hour_that_comes_twice_is_drawn_at_both_times_and_the_worse_shows() -> None:
    nightly = schedule(windows=(window(6, 60, 120),))
    found = week(nightly, first=AUTUMN).together
    assert [(one.shade, one.start_s, one.end_s) for one in found.stretches if one.shade is Shade.ILLEGAL] == [
        (Shade.ILLEGAL, 3600, 7200),
        (Shade.ILLEGAL, 3600, 7200),
    ]
    assert week(nightly, first=AUTUMN).totals_s[Shade.ILLEGAL] == 7200


def test_nothing_is_legal_where_nobody_knows_a_place() -> None:
    found = week(bound=binding(()))
    assert found.panels == ()
    assert {one.shade for one in found.together.stretches} == {Shade.ILLEGAL}


def test_rule_that_begins_within_the_week_holds_from_its_date() -> None:
    later = rule("US-NY/later", hours(10, 19), begins=date(2026, 11, 25))
    together = week(bound=binding(("US-NY",), FEDERAL, later)).together
    assert [together.shade_at(day, 9 * 3600, 10 * 3600) for day in (1, 2)] == [Shade.CALLABLE, Shade.ILLEGAL]


def test_today_is_by_the_clock_of_the_zone() -> None:
    at = datetime(2026, 11, 23, 4, 59, 59, tzinfo=UTC)
    assert today_in("America/New_York", at) == date(2026, 11, 22)
    assert today_in("UTC", at) == date(2026, 11, 23)
