"""Schedules through the corridor: set, read back, in conflict, refused by the platform, lost and found again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from paceline.campaign.blocks import Directive, Window
from paceline.campaign.observed import Observed, Part, Stage
from paceline.campaign.schedule.changes import SetSchedule
from paceline.control.order import OnConflict
from paceline.control.outcome import Outcome
from paceline.primitives.findings import Severity
from paceline.primitives.ids import campaign_id
from tests.contract.set_up import (
    BARE,
    HELD,
    MONDAY,
    SCHEDULE,
    TUESDAY,
    TWO_DAYS,
    WHOLE,
    Lossy,
    Spoiling,
    declare,
    furnish,
    furnished,
    held,
    puts,
    rewrite,
)
from tests.contract.systems import Meddled, Office, Unlooked, steps

CALLS = SetSchedule(campaign=HELD, max_calls=60)
LATE = SetSchedule(campaign=HELD, windows=(Window(weekday=0, start_s=9 * 3600, end_s=20 * 3600 + 60),))


def errors(outcome: Outcome) -> tuple[str, ...]:
    return outcome.findings.of_severity(Severity.ERROR).rules


def shown(observed: Observed | None) -> Any:
    assert observed is not None
    return observed.schedule


def test_schedule_is_set_and_read_back_from_the_platform(office: Office) -> None:
    outcome = furnished(office).run(TWO_DAYS, reason="one more day")
    assert (outcome.word, outcome.verdict, len(puts(office))) == ("applied", "achieved", 1)
    assert (shown(outcome.before).windows, shown(outcome.after).windows) == ((MONDAY,), (MONDAY, TUESDAY))
    told: Any = outcome.document()
    assert (told["before"]["revision"], told["after"]["revision"]) == (1, 2)
    assert told["before"]["schedule"]["windows"] == ["Monday 09:00-17:00"]
    assert told["after"]["schedule"] == {
        "zone": "America/New_York",
        "directive": "STRICT",
        "windows": ["Monday 09:00-17:00", "Tuesday 09:00-17:00"],
        "max_calls": 80,
        "schedule_id": held(office)["schedule"]["scheduleId"],
    }
    assert (told["law"]["zone_data"], set(told["law"])) == ("2026f", {"edition", "zone_data", "zones_sha256"})
    assert held(office)["schedule"]["timeWindows"][1]["dayOfWeek"] == "TUESDAY"
    assert office.emulated.shown(HELD)["revision"] == 42


def test_schedule_that_is_so_already_sends_nothing_and_has_an_entry(office: Office) -> None:
    system = furnished(office)
    outcome = system.run(SetSchedule(campaign=HELD, windows=(MONDAY,), zone="America/New_York"))
    assert (outcome.word, outcome.after, puts(office), steps(system, outcome.entry)) == (
        "unchanged",
        None,
        [],
        ["opened", "closed"],
    )
    assert outcome.findings.of_severity(Severity.ERROR) == outcome.findings.of_severity(Severity.REVIEW)


def test_unlawful_schedule_that_is_so_already_is_told_to_be_unlawful(desk: Office) -> None:
    system = furnished(desk)
    rewrite(desk, LATE)
    outcome = system.run(LATE)
    assert (outcome.word, len(puts(desk))) == ("unchanged", 1)
    (found,) = [one for one in outcome.findings if one.rule == "schedule.calling-time"]
    assert (found.severity, found.limit) == (Severity.INFO, ("US-FL-hours",))
    assert found.message.startswith("it is so already, and would be refused as a change: ")


def test_campaign_that_was_never_scheduled_gets_a_whole_schedule_under_the_tag_of_none(office: Office) -> None:
    system = furnished(office)
    part = system.run(replace(CALLS, campaign=BARE))
    assert (part.word, errors(part)) == ("refused", ("schedule.incomplete",))
    outcome = system.run(WHOLE)
    assert (outcome.word, outcome.verdict) == ("applied", "achieved")
    (sent,) = puts(office)
    assert sent["request"]["headers"]["if-match"] == 'W/"initial"'
    assert outcome.before is not None
    assert (outcome.before.version, shown(outcome.before)) == ("initial", None)
    assert (shown(outcome.after).max_calls, system.run(WHOLE).word) == (50, "unchanged")


@pytest.mark.parametrize("named", ['W/"1"', '"1"', "1", "*"])
def test_tag_that_was_looked_at_lets_the_change_through(desk: Office, named: str) -> None:
    assert furnished(desk).run(TWO_DAYS, if_revision=named).word == "applied"


def test_tag_that_is_over_is_a_conflict_that_names_fields_values_and_maker(office: Office) -> None:
    system = furnished(office)
    first = office.system("bob").run(TWO_DAYS)
    outcome = system.run(CALLS, if_revision='W/"1"')
    (found,) = outcome.findings
    assert (outcome.word, found.rule, found.field, found.source) == (
        "conflicted",
        "change.conflict",
        "timeWindows",
        f"bob (entry {first.entry})",
    )
    assert ("MONDAY" in str(found.limit), "TUESDAY" in str(found.limit), "TUESDAY" in str(found.found)) == (
        True,
        False,
        True,
    )
    assert len(puts(office)) == 1


def test_schedule_that_another_operator_replaced_in_between_is_a_conflict(office: Office) -> None:
    furnish(office)
    bob = office.system("bob")
    declare(bob)
    made: list[Outcome] = []
    # It is in the network already when bob, who takes its sender for dead, makes his own change.
    meddled = Meddled(Unlooked(office.emulated.platform()), lambda: made.append(bob.run(CALLS)))
    system = office.system(platform=meddled)
    outcome = system.run(TWO_DAYS)
    (theirs,) = made
    (found,) = [one for one in outcome.findings if one.rule == "change.conflict"]
    assert (outcome.word, outcome.after, theirs.word) == ("conflicted", None, "applied")
    assert (found.field, found.limit, found.found) == ("maxConcurrentCalls", 80, 60)
    assert found.source == f"bob (entry {theirs.entry})"
    # Under a clock that only waiting moves, who stands still for a lease is taken for dead.
    assert "ledger.closed-by-another" in outcome.findings.rules


def test_schedule_that_was_replaced_outside_is_a_conflict_with_both_values(office: Office) -> None:
    furnish(office)
    meddled = Meddled(office.emulated.platform(), lambda: rewrite(office, CALLS))
    system = office.system(platform=meddled)
    declare(system)
    outcome = system.run(TWO_DAYS)
    (found,) = [one for one in outcome.findings if one.rule == "change.conflict"]
    assert (outcome.word, outcome.after, len(puts(office))) == ("conflicted", None, 2)
    assert (found.field, found.limit, found.found, found.source) == ("maxConcurrentCalls", 80, 60, "outside paceline")
    assert steps(system, outcome.entry) == ["opened", "intent", "closed"]


def test_schedule_may_be_judged_again_and_keeps_what_the_other_operator_set(office: Office) -> None:
    furnish(office)
    system = office.system(platform=Meddled(office.emulated.platform(), lambda: rewrite(office, CALLS)))
    declare(system)
    outcome = system.run(TWO_DAYS, on_conflict=OnConflict.REJUDGE)
    assert (outcome.word, shown(outcome.after).max_calls, shown(outcome.after).windows) == (
        "applied",
        60,
        (MONDAY, TUESDAY),
    )


@pytest.mark.parametrize(
    ("spoilt", "fields"),
    [
        ({"timeWindows": SCHEDULE["timeWindows"] * 2}, [None]),
        (
            {"timezone": "EST", "timeWindows": [{**SCHEDULE["timeWindows"][0], "endTime": "25:00:00"}]},
            ["timezone", "timeWindows[0].endTime"],
        ),
        ({"maxConcurrentCalls": 501}, ["maxConcurrentCalls"]),
        ({"someday": 1}, ["someday"]),
    ],
    ids=["overlap", "two-fields", "bound", "unknown"],
)
def test_schedule_that_the_platform_refuses_is_refused_with_its_fields(
    desk: Office, spoilt: dict[str, Any], fields: list[str | None]
) -> None:
    outcome = furnished(desk, platform=Spoiling(desk.emulated.platform(), spoilt)).run(TWO_DAYS)
    assert (outcome.word, outcome.after) == ("refused", None)
    assert sorted(str(one.field) for one in outcome.findings if one.rule == "platform.rejected") == sorted(
        str(field) for field in fields
    )
    assert held(desk)["schedule"]["timeWindows"] == SCHEDULE["timeWindows"]


def test_lock_is_a_refusal_before_it_is_sent_and_after(desk: Office) -> None:
    lock = Meddled(desk.emulated.platform(), lambda: desk.emulated.arrange(HELD, locked=True))
    system = furnished(desk, platform=lock)
    sent, unsent = system.run(TWO_DAYS), system.run(TWO_DAYS)
    assert [(one.word, errors(one), one.requests) for one in (sent, unsent)] == [
        ("refused", ("lifecycle.locked",), 3),
        ("refused", ("lifecycle.locked",), 2),
    ]
    assert [entry["status"] for entry in puts(desk)] == [403]


def test_answer_that_cannot_be_read_leaves_no_doubt_for_the_schedule_is_read_back(desk: Office) -> None:
    system = furnished(desk, platform=desk.emulated.platform(attempts=1))
    desk.emulated.order("malformed", method="PUT", times=1)
    outcome = system.run(TWO_DAYS)
    assert (outcome.word, outcome.verdict, len(puts(desk))) == ("applied", "achieved", 1)


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_schedule_whose_answer_was_lost_is_found_again_with_one_effect(office: Office, kind: str) -> None:
    system = furnished(office, platform=office.emulated.platform(attempts=1))
    office.emulated.order(kind, method="PUT", times=1)
    outcome = system.run(TWO_DAYS)
    assert (outcome.word, outcome.verdict) == ("applied", "achieved")
    assert "change.found-again" in outcome.findings.rules
    keys = {entry["request"]["headers"]["idempotency-key"] for entry in puts(office)}
    assert (len(keys), len(puts(office)), shown(outcome.after).windows) == (1, 2, (MONDAY, TUESDAY))
    made = {one.revision: one.made_by for one in system.readings.sightings(HELD, "schedule")}
    assert made == {"1": None, "2": outcome.entry}


@pytest.mark.parametrize(("kind", "word"), [("reset_before", "applied"), ("reset_after", "unchanged")])
def test_schedule_that_nobody_answered_for_is_in_doubt_until_the_next_command(
    office: Office, kind: str, word: str
) -> None:
    system = furnished(office, platform=office.emulated.platform(attempts=1))
    office.emulated.order(kind, method="PUT", times=None)
    doubt = system.run(TWO_DAYS)
    office.emulated.control("DELETE", "/faults")
    assert (doubt.word, doubt.after) == ("in_doubt", None)
    assert [(one.entry, one.stage) for one in system.recorder.unended()] == [(doubt.entry, Stage.IN_DOUBT)]
    again = office.system("bob").run(TWO_DAYS)
    assert (again.word, system.recorder.unended()) == (word, [])
    assert doubt.entry is not None
    last: Any = system.book.read(doubt.entry).rows[-1].document
    assert (last["step"], last["details"]["happened"]) == ("verdict", word == "unchanged")
    assert last["details"]["schedule"]["windows"][0] == "Monday 09:00-17:00"


def test_what_somebody_made_right_after_us_is_not_taken_for_ours(office: Office) -> None:
    furnish(office)
    system = office.system(platform=Lossy(office.emulated.platform(), office, CALLS))
    declare(system)
    outcome = system.run(TWO_DAYS)
    assert (outcome.word, outcome.verdict, shown(outcome.after).max_calls) == ("applied", "achieved", 80)
    assert outcome.after is not None
    assert outcome.after.version == "2"
    assert held(office)["schedule"]["maxConcurrentCalls"] == 60
    made = {one.revision: one.made_by for one in system.readings.sightings(HELD, "schedule")}
    assert made["2"] == outcome.entry
    found = system.run(replace(TWO_DAYS, max_calls=70), if_revision="2").findings
    assert [(one.field, one.source) for one in found] == [("maxConcurrentCalls", "outside paceline")]


def test_schedule_of_a_campaign_whose_id_looks_like_a_phone_number_is_found_again(office: Office) -> None:
    named = campaign_id("415-555-0132")
    office.emulated.control("POST", "/campaigns", {"id": named, "status": "ACTIVE", "schedule": SCHEDULE})
    system = office.system(platform=office.emulated.platform(attempts=1))
    declare(system, named)
    office.emulated.order("reset_after", method="PUT", times=None)
    doubt = system.run(replace(TWO_DAYS, campaign=named))
    office.emulated.control("DELETE", "/faults")
    assert doubt.word == "in_doubt"
    assert office.system("bob").run(replace(TWO_DAYS, campaign=named)).word == "unchanged"
    assert system.recorder.unended() == []
    assert {entry["path"].count(named) for entry in puts(office)} == {1}


def test_directive_that_ignores_hours_wants_a_person_and_widens_nothing(desk: Office) -> None:
    system = furnished(desk)
    ignoring = SetSchedule(campaign=HELD, directive=Directive.IGNORE)
    asked = system.run(ignoring)
    assert (asked.word, asked.findings.of_severity(Severity.REVIEW).rules) == ("refused", ("schedule.directive",))
    night = Window(weekday=0, start_s=6 * 3600, end_s=10 * 3600)
    assert "schedule.calling-time" in errors(system.run(replace(ignoring, windows=(night,))))
    assert puts(desk) == []


def test_hours_that_become_illegal_within_the_year_are_refused_with_the_day(desk: Office) -> None:
    """Pennsylvania's hours become shorter on 18 October, four months after this is asked."""
    system = furnished(desk)
    declare(system, HELD, regions=["US-PA"], closed_days="paused")
    evening = SetSchedule(campaign=HELD, windows=(Window(weekday=0, start_s=9 * 3600, end_s=20 * 3600),))
    (found,) = [one for one in system.run(evening).findings if one.rule == "schedule.calling-time"]
    assert found.limit == ("US-PA-hours",)
    assert "2026-10-19 19:00" in found.message
    assert system.run(TWO_DAYS).word == "applied"


def test_schedule_is_read_with_its_own_version(desk: Office) -> None:
    furnish(desk)
    observed = desk.emulated.platform().read(HELD, part=Part.SCHEDULE)
    assert (observed.version, observed.part, observed.rules is not None) == ("1", Part.SCHEDULE, True)
    assert observed.at == datetime(2026, 6, 15, 12, tzinfo=UTC)
