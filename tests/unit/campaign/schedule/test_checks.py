from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paceline.campaign.blocks import Directive, Schedule, Window
from paceline.campaign.change import HouseRules
from paceline.campaign.observed import Ability, Limits, Observed, Part, Situation, Stage, State, Unfinished
from paceline.campaign.schedule.changes import SetSchedule
from paceline.campaign.schedule.model import split_midnight
from paceline.campaign.schedule.windows import intervals_between
from paceline.compliance.call import Call, Purpose
from paceline.compliance.zonedata import NEWEST_SEEN, SEEN_ON, WARN_AFTER
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.ids import EntryId
from paceline.primitives.zones import zone
from tests.unit.campaign.laws import FEDERAL, FLORIDA, PENNSYLVANIA, judged_in, law, made
from tests.unit.campaign.schedule.schedules import schedule, weekly, window
from tests.unit.campaign.situations import C1, seen
from tests.unit.compliance.law_made import hours, may_call, rule

NOW = datetime(2026, 11, 21, 3, 38, tzinfo=UTC)


def setting(told: Schedule) -> SetSchedule:
    """Return the change that names everything of a schedule."""
    return SetSchedule(
        campaign=C1, zone=told.zone, directive=told.directive, windows=told.windows, max_calls=told.max_calls
    )


def live(told: Schedule | None = None, **more: Any) -> Observed:
    return seen(part=Part.SCHEDULE, schedule=told, **more)


def around(*regions: str, **more: Any) -> Situation:
    """Return the situation in these regions, in Florida when none is named, by the hours of both laws."""
    plain = {"now": NOW, "observed": live(), "rulebook": law(FEDERAL, FLORIDA)}
    return judged_in(regions or ("US-FL",), **{**plain, **more})


def validated(**named: Any) -> Findings:
    return SetSchedule(campaign=C1, **named).validate(HouseRules())


def only(found: Findings) -> Finding:
    (finding,) = found
    return finding


def refusals(found: Findings) -> set[str]:
    return set(found.of_severity(Severity.ERROR).rules)


def test_nothing_is_found_about_a_lawful_schedule() -> None:
    change = setting(weekly(9, 20))
    assert change.validate(HouseRules()) == Findings()
    assert change.guard(around()) == Findings()


def test_change_that_names_nothing_is_refused() -> None:
    assert validated().rules == ("schedule.incomplete",)
    assert validated().refused


def test_change_that_is_unsound_in_itself_passes_no_guard() -> None:
    assert SetSchedule(campaign=C1).guard(around()).refused
    assert SetSchedule(campaign=C1, zone="CST").guard(around(observed=live(weekly(9, 20)))).refused


def test_first_schedule_has_to_name_everything() -> None:
    found = only(SetSchedule(campaign=C1, zone="America/New_York").guard(around()))
    assert (found.rule, found.limit) == ("schedule.incomplete", ("directive", "windows", "max_calls"))


def test_what_is_not_named_stays_and_is_judged_too() -> None:
    change = SetSchedule(campaign=C1, max_calls=10)
    assert change.guard(around(observed=live(weekly(9, 20)))) == Findings()
    found = change.guard(around(observed=live(weekly(9, 21))))
    assert "schedule.calling-time" in refusals(found)


def test_live_windows_that_are_no_windows_are_told_when_they_would_be_sent_again() -> None:
    broken = schedule(windows=(window(0, 600, 540),))
    found = SetSchedule(campaign=C1, max_calls=10).guard(around(observed=live(broken)))
    assert found.rules == ("schedule.form",)


@pytest.mark.parametrize("key", ["America/New_York", "America/Argentina/Buenos_Aires", "UTC"])
def test_key_of_the_zone_data_is_a_zone(key: str) -> None:
    assert validated(zone=key) == Findings()


@pytest.mark.parametrize("key", ["CST", "EST", "+05:30", "america/new_york", "Etc/Unknown", "", "New York", "GMT"])
def test_anything_else_is_no_zone(key: str) -> None:
    found = only(validated(zone=key))
    assert (found.rule, found.severity, found.field) == ("schedule.zone", Severity.ERROR, "zone")


def test_unknown_zone_is_refused_with_what_may_have_been_meant() -> None:
    assert "America/New_York" in str(only(validated(zone="America/NewYork")).message)


def test_other_name_of_a_zone_is_told_with_its_own() -> None:
    found = only(validated(zone="US/Eastern"))
    assert (found.rule, found.severity, found.limit) == ("schedule.zone", Severity.INFO, "America/New_York")


@pytest.mark.parametrize(("calls", "sound"), [(0, False), (1, True), (500, True), (501, False), (-1, False)])
def test_concurrency_is_1_to_500(calls: int, sound: bool) -> None:
    found = validated(max_calls=calls)
    assert found.refused is not sound
    assert found.rules == (() if sound else ("schedule.concurrency",))


def test_concurrency_keeps_within_what_was_declared() -> None:
    change = setting(weekly(9, 20, max_calls=50))
    assert change.guard(around(limits=Limits(max_calls=50))) == Findings()
    found = only(change.guard(around(limits=Limits(max_calls=49))))
    assert (found.rule, found.found, found.limit) == ("schedule.concurrency", 50, 49)


def test_at_most_eight_windows_are_taken() -> None:
    each = [window(day, 540 + 60 * part, 590 + 60 * part) for day in range(5) for part in range(2)]
    assert validated(windows=tuple(each[:8])) == Findings()
    assert validated(windows=tuple(each[:9])).rules == ("schedule.window-count",)


def test_schedule_without_windows_is_refused_for_it_reads_like_none() -> None:
    assert validated(windows=()).rules == ("schedule.window-count",)


@pytest.mark.parametrize(
    "wrong",
    [
        Window(weekday=0, start_s=3600, end_s=3600),
        Window(weekday=0, start_s=22 * 3600, end_s=3600),
        Window(weekday=0, start_s=86_400, end_s=86_401),
        Window(weekday=0, start_s=0, end_s=86_401),
        Window(weekday=0, start_s=-1, end_s=60),
        Window(weekday=7, start_s=0, end_s=60),
    ],
)
def test_window_that_is_no_span_of_a_weekday_is_refused(wrong: Window) -> None:
    assert validated(windows=(wrong,)).rules == ("schedule.form",)


def test_span_over_midnight_is_two_windows_that_may_touch() -> None:
    assert validated(windows=split_midnight(6, 22 * 3600, 3600)) == Findings()


def test_windows_may_touch_and_may_not_overlap() -> None:
    touching = (window(0, 540, 600), window(0, 600, 660), window(1, 540, 660))
    assert validated(windows=touching) == Findings()
    found = validated(windows=(*touching, window(0, 659, 700), window(1, 500, 700)))
    assert found.rules == ("schedule.overlap", "schedule.overlap")
    assert [one.found for one in found] == [
        ("Monday 10:00-11:00", "Monday 10:59-11:40"),
        ("Tuesday 08:20-11:40", "Tuesday 09:00-11:00"),
    ]


def test_window_over_two_others_overlaps_both() -> None:
    found = validated(windows=(window(0, 540, 1000), window(0, 550, 560), window(0, 900, 910)))
    assert len(found) == 2


@pytest.mark.parametrize(("start_h", "end_h", "taken"), [(8, 21, True), (7.5, 21, False), (8, 21 + 1 / 60, False)])
def test_platform_takes_windows_within_its_own_hours_unless_they_are_to_be_ignored(
    start_h: float, end_h: float, taken: bool
) -> None:
    wide = around("US-NY", rulebook=law(rule("US/hours", hours(0, 24))))
    found = setting(weekly(start_h, end_h)).guard(wide)
    assert set(found.rules) == (set() if taken else {"schedule.hours-of-platform"})
    assert found.refused is not taken
    ignoring = setting(weekly(start_h, end_h, directive=Directive.IGNORE)).guard(wide)
    assert "schedule.hours-of-platform" not in ignoring.rules


def test_refusal_names_when_where_which_law_and_what_would_do() -> None:
    rulebook = law(made("US/hours", hours(8, 21)), made("US-FL/hours", hours(8, 20)))
    found = setting(weekly(9, 21)).guard(around("US-FL", rulebook=rulebook))
    refused, told = found
    assert (refused.rule, refused.severity, refused.field) == ("schedule.calling-time", Severity.ERROR, "windows")
    assert refused.found == "2026-11-21 20:00 America/New_York"
    assert (refused.limit, refused.source) == (("US-FL-hours",), "the law of US-FL/hours")
    assert "US-FL-hours" in refused.message
    assert "2026-11-22T01:00:00Z" in refused.message
    assert (told.rule, told.severity) == ("schedule.lawful-windows", Severity.INFO)
    assert told.limit == tuple(
        f"{day} 09:00-20:00" for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    )


def test_every_rule_that_is_broken_is_named_once_and_those_that_say_the_same_together() -> None:
    rulebook = law(FEDERAL, FLORIDA, rule("US-NY/hours", hours(8, 21)), rule("US-FL/weekdays", hours(0, 24, range(5))))
    found = setting(weekly(7, 22, directive=Directive.IGNORE)).guard(around("US-FL", "US-NY", rulebook=rulebook))
    named = [one.limit for one in found if one.rule == "schedule.calling-time"]
    # It is Friday evening: on Saturday Florida's weekdays are over from the first minute on.
    assert sorted(map(str, named)) == ["('US-FL-hours',)", "('US-FL-weekdays',)", "('US-NY-hours', 'US-hours')"]


def test_place_without_known_hours_is_closed_and_says_so() -> None:
    found = setting(weekly(9, 20)).guard(around("US-NY", rulebook=law(PENNSYLVANIA)))
    assert "nobody knows the hours" in next(iter(found)).message
    assert "schedule.calling-time" in refusals(found)


def test_what_was_assumed_is_told_beside_a_refusal() -> None:
    found = setting(weekly(9, 21)).guard(around(assumed=frozenset({"regions", "purpose"})))
    told = next(one for one in found if one.rule == "schedule.assumed")
    assert (told.severity, told.found) == (Severity.INFO, ("purpose", "regions"))
    assert setting(weekly(9, 20)).guard(around(assumed=frozenset({"regions"}))) == Findings()


def test_rule_for_other_purposes_does_not_bind() -> None:
    sales = rule("US-NY/sales", hours(8, 20), purposes=frozenset({Purpose.SALES}))
    change = setting(weekly(8, 21))
    of_debt = around("US-NY", rulebook=law(FEDERAL, sales), call=Call(purposes=frozenset({Purpose.DEBT})))
    assert change.guard(of_debt) == Findings()
    assert change.guard(around("US-NY", rulebook=law(FEDERAL, sales))).refused


def test_closed_day_is_refused_until_somebody_declares_that_the_campaign_is_paused_on_it() -> None:
    change = setting(weekly(9, 20))
    pennsylvania = law(FEDERAL, made("US-PA/closed", PENNSYLVANIA.terms))
    refused = only(change.guard(around("US-PA", rulebook=pennsylvania)))
    assert (refused.rule, refused.severity) == ("schedule.closed-day", Severity.ERROR)
    assert refused.found == ("2026-11-26 Thanksgiving Day (US-PA-closed)",)
    assert refused.source == "the law of US-PA/closed"
    told = only(change.guard(around("US-PA", rulebook=pennsylvania, closed_days_paused=True)))
    assert (told.rule, told.severity, told.found) == ("schedule.closed-day", Severity.INFO, refused.found)


def test_pause_on_closed_days_excuses_no_other_hour() -> None:
    late = setting(weekly(9, 22, directive=Directive.IGNORE))
    found = late.guard(around("US-PA", rulebook=law(FEDERAL, PENNSYLVANIA), closed_days_paused=True))
    assert {"schedule.calling-time", "schedule.directive"} == refusals(found)


def test_directive_widens_no_legal_hours() -> None:
    ignoring = setting(weekly(9, 20, directive=Directive.IGNORE)).guard(around())
    assert (only(ignoring).rule, only(ignoring).severity) == ("schedule.directive", Severity.REVIEW)
    outside = setting(weekly(9, 21, directive=Directive.IGNORE)).guard(around())
    assert {"schedule.calling-time", "schedule.directive"} == refusals(outside)
    flexible = only(setting(weekly(9, 20, directive=Directive.FLEXIBLE)).guard(around()))
    assert (flexible.rule, flexible.severity) == ("schedule.directive", Severity.INFO)
    assert "schedule.calling-time" in refusals(setting(weekly(9, 21, directive=Directive.FLEXIBLE)).guard(around()))


def test_change_of_the_clock_inside_a_window_is_told_and_refused_by_nobody() -> None:
    night = around("US-NY", rulebook=law(rule("US/hours", hours(0, 24))))
    change = setting(weekly(0, 5, directive=Directive.IGNORE))
    told = next(one for one in change.guard(night) if one.rule == "schedule.dst")
    assert (told.severity, told.found) == (
        Severity.INFO,
        ("2027-03-14 02:00-03:00 does not exist", "2027-11-07 01:00-02:00 comes twice"),
    )
    assert not change.guard(night).refused


def test_schedule_that_ends_with_the_law_of_calls_received_is_told_to_leave_room_to_ring() -> None:
    received = law(made("US/hours", hours(8, 20, received=True)))
    told = only(setting(weekly(9, 20)).guard(around("US-NY", rulebook=received)))
    assert (told.rule, told.severity) == ("schedule.ring-room", Severity.INFO)
    assert setting(weekly(9, 19.5)).guard(around("US-NY", rulebook=received)) == Findings()


def test_region_that_nobody_knows_is_closed() -> None:
    found = only(setting(weekly(9, 20)).guard(around("US-NY", "US-ZZ", "XX")))
    assert (found.rule, found.severity, found.found) == ("schedule.unknown-region", Severity.ERROR, ("US-ZZ", "XX"))


def test_nothing_is_lawful_where_nobody_knows_the_regions_or_the_law() -> None:
    change = setting(weekly(9, 20))
    assert change.guard(judged_in((), now=NOW, observed=live())).rules == ("schedule.unknown-region",)
    lawless = Situation(observed=live(), abilities=frozenset(Ability), now=NOW)
    assert refusals(change.guard(lawless)) == {"schedule.unknown-region"}


def test_old_zone_data_is_told_and_data_below_the_minimum_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    change = setting(weekly(9, 20))
    much_later = datetime.combine(SEEN_ON + WARN_AFTER + timedelta(days=2), datetime.min.time(), UTC)
    told = only(change.guard(around(now=much_later)))
    assert (told.rule, told.severity, told.found) == ("schedule.zone-data", Severity.INFO, NEWEST_SEEN)
    monkeypatch.setattr("tzdata.IANA_VERSION", "2026e")
    refused = only(change.guard(around()))
    assert (refused.rule, refused.severity, refused.found) == ("schedule.zone-data", Severity.ERROR, "2026e")


def test_obstacles_are_told_beside_what_is_unlawful() -> None:
    other = Unfinished(entry=EntryId(9), kind="schedule.set", by="ann", stage=Stage.OPEN)
    blocked = around(
        observed=live(state=State.ARCHIVED, locked=True), abilities=frozenset(Ability) - {Ability.SCHEDULE},
        unfinished=(other,),
    )  # fmt: skip
    assert setting(weekly(9, 21)).guard(blocked).rules == (
        "lifecycle.unsupported",
        "lifecycle.locked",
        "lifecycle.transition",
        "lifecycle.unfinished",
        "schedule.calling-time",
        "schedule.lawful-windows",
    )


def test_change_that_settles_is_told_and_does_not_stand_in_the_way() -> None:
    other = Unfinished(entry=EntryId(9), kind="lifecycle.pause", by="ann", stage=Stage.SETTLING)
    found = only(setting(weekly(9, 20)).guard(around(unfinished=(other,))))
    assert (found.rule, found.severity) == ("lifecycle.unfinished", Severity.INFO)


windows = st.builds(
    lambda day, start, length: window(day, 420 + start, min(420 + start + length, 1380)),
    st.integers(0, 6), st.integers(0, 900), st.integers(1, 700),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    drawn=st.lists(windows, min_size=1, max_size=3),
    directive=st.sampled_from(Directive),
    zone_key=st.sampled_from(["America/New_York", "America/Chicago", "UTC"]),
    regions=st.sets(st.sampled_from(["US-FL", "US-PA", "US-AZ"]), min_size=1),
    paused=st.booleans(),
    max_calls=st.integers(1, 500),
)
def test_no_setting_lets_a_minute_pass_at_which_somebody_may_not_be_called(
    *, drawn: list[Window], directive: Directive, zone_key: str, regions: set[str], paused: bool, max_calls: int
) -> None:
    rulebook = law(FEDERAL, FLORIDA, PENNSYLVANIA)
    told = schedule(zone=zone_key, windows=tuple(drawn), directive=directive, max_calls=max_calls)
    change = setting(told)
    found = change.validate(HouseRules()) + change.guard(around(*regions, rulebook=rulebook, closed_days_paused=paused))
    if found.refused:
        return
    spared = {date(2026, 11, 26)} if paused else set()
    week = intervals_between(told, NOW, NOW + timedelta(days=8))
    for start, end in week:
        for at in (start, start + (end - start) / 2, end - timedelta(seconds=1)):
            for place in rulebook.places(regions):
                lawful = may_call(rulebook, place, Call(), at)
                assert lawful or at.astimezone(zone(place.zone)).date() in spared
