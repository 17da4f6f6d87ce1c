from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.campaign.blocks import Schedule
from paceline.campaign.schedule.proof import (
    HORIZON,
    BindingLaw,
    ClosedDay,
    closed_days,
    lawful_instants,
    proof,
    widest_lawful,
)
from paceline.compliance.call import Call
from paceline.compliance.rule import Blackout, ClosedDays, Hours, Rule
from paceline.primitives.intervals import Intervals, seconds_of
from tests.unit.campaign.laws import FEDERAL, FLORIDA, PENNSYLVANIA, THANKSGIVING, ZONES, law
from tests.unit.campaign.schedule.schedules import schedule, weekly, window
from tests.unit.compliance.law_made import hours, may_call, rule

START = datetime(2026, 11, 21, 3, 38, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def binding(regions: tuple[str, ...], *rules: Rule) -> BindingLaw:
    rulebook = law(*rules)
    return BindingLaw(rulebook=rulebook, places=rulebook.places(regions), call=Call())


def test_lawful_schedule_is_proven_for_a_year_in_every_place() -> None:
    found = proof(weekly(9, 20), binding(("US-FL",), FEDERAL, FLORIDA), START)
    # Nine o'clock in New York is eight in Chicago, and eight in the evening is seven.
    assert found.holds
    assert (found.end - found.start, len(found.law.places)) == (timedelta(days=365), 2)
    assert found.examined_minutes == 2 * 365 * 11 * 60
    assert found.violating_minutes == 0


def test_nothing_is_proven_without_a_place() -> None:
    assert not proof(weekly(9, 20), binding(()), START).holds


@pytest.mark.parametrize(
    ("start_h", "end_h"), [(9, 20 + 1 / 60), (9 - 1 / 60, 20)], ids=["a minute late", "a minute early"]
)
def test_single_illegal_minute_is_found(start_h: float, end_h: float) -> None:
    told = weekly(start_h, end_h, days=[2])
    found = proof(told, binding(("US-FL",), FEDERAL, FLORIDA), START)
    # One minute each Wednesday, late in New York or early in Chicago.
    assert found.violating_minutes == 52
    assert [len(breach.hours) for breach in found.breaches] == [52]
    assert not found.holds


def test_illegal_hour_of_half_the_year_is_found() -> None:
    # Phoenix keeps its clock while Denver puts it forward: 20:00 there is 21:00 here, in summer only.
    found = proof(weekly(9, 21, zone="America/Phoenix"), binding(("US-CO",)), START)
    (breach,) = found.breaches
    first, *_, last = breach.hours
    assert (first[0], last[1]) == (
        datetime(2027, 3, 15, 3, tzinfo=UTC),
        datetime(2027, 11, 7, 4, tzinfo=UTC),
    )
    assert found.violating_minutes == 238 * 60


def test_rule_that_takes_effect_within_the_year_is_found() -> None:
    later = rule("US-NY/later", hours(9, 19), begins=date(2027, 10, 18))
    found = proof(weekly(9, 20), binding(("US-NY",), FEDERAL, later), START)
    assert next(iter(found.breaches[0].hours))[0] == datetime(2027, 10, 18, 23, tzinfo=UTC)
    assert proof(weekly(9, 19), binding(("US-NY",), FEDERAL, later), START).holds


def test_closed_day_is_told_apart_from_hours() -> None:
    found = proof(weekly(9, 20), binding(("US-PA",), FEDERAL, PENNSYLVANIA), START)
    (breach,) = found.breaches
    assert breach.hours == Intervals()
    assert found.violating_minutes == 11 * 60
    assert closed_days(found) == (
        ClosedDay(
            on=THANKSGIVING,
            name="Thanksgiving Day",
            rules=("US-PA-closed",),
            instants=Intervals.between(datetime(2026, 11, 26, 14, tzinfo=UTC), datetime(2026, 11, 27, 1, tzinfo=UTC)),
        ),
    )
    assert not found.holds


def test_hours_that_are_illegal_on_other_days_too_are_not_excused_by_a_holiday() -> None:
    found = proof(weekly(9, 22, days=[3]), binding(("US-PA",), FEDERAL, PENNSYLVANIA), START)
    (breach,) = found.breaches
    assert len(breach.hours) == 51
    assert breach.closed_days.total_s == 13 * 3600


def test_date_that_no_calendar_reaches_is_closed() -> None:
    short = law(FEDERAL, PENNSYLVANIA)
    short = replace(short, calendars={"holidays": replace(short.calendars["holidays"], last=date(2027, 11, 18))})
    asked = BindingLaw(rulebook=short, places=short.places(["US-PA"]), call=Call())
    days = closed_days(proof(weekly(9, 20), asked, START))
    assert [day.on for day in days] == [THANKSGIVING, date(2027, 11, 19), date(2027, 11, 20)]
    assert "reaches from" in days[-1].name


def test_emergency_closes_a_lawful_schedule() -> None:
    dark = rule("US-NY/dark", Blackout(start_s=seconds_of(START), end_s=None))
    found = proof(weekly(9, 20), binding(("US-NY",), FEDERAL, dark), START)
    assert found.breaches[0].hours == found.scheduled


def test_country_whose_hours_nobody_knows_is_closed() -> None:
    found = proof(weekly(9, 20), binding(("US-NY",), PENNSYLVANIA), START)
    assert found.breaches[0].hours == found.scheduled


def test_lawful_instants_are_scheduled_and_legal_everywhere() -> None:
    asked = binding(("US-FL",), FEDERAL, FLORIDA)
    day = (datetime(2026, 11, 23, 6, tzinfo=UTC), datetime(2026, 11, 24, 6, tzinfo=UTC))
    assert [*lawful_instants(weekly(6, 23), asked, *day)] == [
        (datetime(2026, 11, 23, 14, tzinfo=UTC), datetime(2026, 11, 24, 1, tzinfo=UTC))
    ]


def test_widest_lawful_windows_are_lawful_and_no_wider_ones_are() -> None:
    asked = binding(("US-FL", "US-AZ"), FEDERAL, FLORIDA)
    found = widest_lawful(asked, "America/New_York", START)
    # Phoenix is three hours behind in summer, two in winter.
    assert {(one.start_s, one.end_s) for one in found} == {(11 * 3600, 20 * 3600)}
    assert proof(schedule(windows=found), asked, START).holds
    for place, one in enumerate(found):
        for wider in (replace(one, start_s=one.start_s - 60), replace(one, end_s=one.end_s + 60)):
            told = schedule(windows=(*found[:place], wider, *found[place + 1 :]))
            assert not proof(told, asked, START).holds


def test_widest_lawful_windows_leave_closed_days_aside_and_closed_weekdays_out() -> None:
    weekdays = rule("US-PA/hours", hours(9, 18, range(5)))
    asked = binding(("US-PA",), FEDERAL, PENNSYLVANIA, weekdays)
    found = widest_lawful(asked, "America/New_York", START)
    assert [(one.weekday, one.start_s, one.end_s) for one in found] == [(d, 9 * 3600, 18 * 3600) for d in range(5)]


def test_at_most_eight_windows_are_suggested_and_those_are_the_longest() -> None:
    morning, evening = hours(10, 13).openings, hours(14, 20).openings
    asked = binding(("US-NY",), rule("US/hours", Hours(openings=(*morning, *evening))))
    found = widest_lawful(asked, "America/New_York", START)
    assert [one.end_s for one in found].count(20 * 3600) == 7
    assert len(found) == 8
    assert list(found) == sorted(found)


def test_suggestion_keeps_within_the_hours_of_the_platform() -> None:
    asked = binding(("US-NY",), rule("US/hours", hours(7, 22)))
    found = widest_lawful(asked, "America/New_York", START, within=(8 * 3600, 21 * 3600))
    assert {(one.start_s, one.end_s) for one in found} == {(8 * 3600, 21 * 3600)}


def test_nothing_is_suggested_where_nothing_is_lawful() -> None:
    assert widest_lawful(binding(()), "UTC", START) == ()
    assert widest_lawful(binding(("US-NY",), PENNSYLVANIA), "UTC", START) == ()


rules = st.lists(
    st.one_of(
        st.builds(
            lambda region, start, length, days: rule(f"{region}/hours", hours(start, min(start + length, 24), days)),
            st.sampled_from(["US", *sorted(ZONES)]), st.integers(0, 20), st.integers(1, 16),
            st.sets(st.integers(0, 6), min_size=3),
        ),
        st.builds(lambda region: rule(f"{region}/closed", ClosedDays(calendar="holidays")), st.sampled_from([*ZONES])),
    ),
    max_size=3,
)  # fmt: skip
regions = st.sets(st.sampled_from(sorted(ZONES)), min_size=1, max_size=3)
windows = st.builds(
    lambda day, start, length: window(day, start, min(start + length, 1440)),
    st.integers(0, 6), st.integers(0, 1439), st.integers(1, 1440),
)  # fmt: skip
schedules = st.builds(
    lambda zone_key, drawn: schedule(zone=zone_key, windows=tuple(drawn)),
    st.sampled_from(["America/New_York", "America/Phoenix", "Europe/London", "UTC"]), st.lists(windows, max_size=6),
)  # fmt: skip
starts = st.sampled_from([datetime(2026, 11, 24, tzinfo=UTC), datetime(2027, 3, 13, 5, 5, tzinfo=UTC)])


@settings(max_examples=30, deadline=None)
@given(told=schedules, added=rules, where=regions, start=starts)
def test_breaches_are_the_scheduled_minutes_at_which_a_person_may_not_be_called(
    told: Schedule, added: list[Rule], where: set[str], start: datetime
) -> None:
    rulebook = law(FEDERAL, *added)
    asked = BindingLaw(rulebook=rulebook, places=rulebook.places(where), call=Call())
    found = proof(told, asked, start, timedelta(days=4))
    breached = {one.place: one.hours | one.closed_days for one in found.breaches}
    for at in (start + minute * MINUTE for minute in range(0, 4 * 1440, 13)):
        for place in asked.places:
            wrong = at in found.scheduled and not may_call(rulebook, place, asked.call, at)
            assert (at in breached.get(place, Intervals())) == wrong


@settings(max_examples=30, deadline=None)
@given(told=schedules, added=rules, where=regions, more=regions, start=starts)
def test_another_rule_or_region_never_makes_a_minute_lawful(
    told: Schedule, added: list[Rule], where: set[str], more: set[str], start: datetime
) -> None:
    def lawful(rulebook_rules: list[Rule], regions: set[str]) -> Intervals:
        asked = binding(tuple(regions), FEDERAL, *rulebook_rules)
        found = proof(told, asked, start, timedelta(days=4))
        wrong = [one.hours | one.closed_days for one in found.breaches]
        return found.scheduled - Intervals.of(span for one in wrong for span in one.spans)

    few = lawful([], where)
    assert lawful(added, where) - few == Intervals()
    assert lawful([], where | more) - few == Intervals()


@settings(max_examples=15, deadline=None)
@given(added=rules, where=regions, zone_key=st.sampled_from(["America/New_York", "Europe/London"]), start=starts)
def test_what_is_suggested_is_refused_for_no_hours(
    added: list[Rule], where: set[str], zone_key: str, start: datetime
) -> None:
    asked = binding(tuple(where), FEDERAL, *added)
    found = widest_lawful(asked, zone_key, start, timedelta(days=30))
    told = schedule(zone=zone_key, windows=found)
    assert all(one.hours == Intervals() for one in proof(told, asked, start, timedelta(days=30)).breaches)


def test_horizon_is_a_year() -> None:
    assert timedelta(days=365) == HORIZON
