"""Settings that wait for their hour: judged when they are planned, and again when the law has changed meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from paceline.campaign.blocks import Directive, Window
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.lifecycle.changes import Pause
from paceline.campaign.schedule.changes import SetSchedule
from paceline.compliance.shelf import the_rulebook
from paceline.control.order import Order, Override
from paceline.control.outcome import Outcome
from paceline.primitives.findings import Severity
from paceline.primitives.ids import CampaignId
from tests.contract.later import closing, later, number, waiting
from tests.contract.set_up import (
    CLOSING,
    FEWER,
    FEWER_CALLS,
    FEWER_HOURS,
    HELD,
    TWO_DAYS,
    declare,
    furnish,
    furnished,
    held,
    rewrite,
)
from tests.contract.systems import STARTED, Office

DAY = timedelta(days=1)
THREE = SetDialingRules(campaign=HELD, attempt_limit=3, retry_intervals_min=(30, 240))


def bill(folder: Path, *, kind: str, terms: str, since: str) -> Path:
    """Write a file of rules with one rule for Florida that is invented."""
    file = folder / "bill.toml"
    file.write_text(CLOSING.format(id=f"{kind}-of-a-bill", kind=kind, terms=terms, since=since), encoding="utf-8")
    return file


def errors(outcome: Outcome) -> tuple[str, ...]:
    return outcome.findings.of_severity(Severity.ERROR).rules


@pytest.mark.parametrize("change", [FEWER, TWO_DAYS], ids=lambda one: str(one.kind))
def test_settings_for_later_are_made_at_their_hour(office: Office, change: AnyChange) -> None:
    system = furnished(office)
    planned = later(system, change, reason="from tomorrow on")
    assert (planned.word, waiting(system), office.sent() + office.sent("PUT")) == ("scheduled", [planned.entry], [])
    office.emulated.advance(3600)
    (made,) = system.worker.once().ended
    assert (made.entry, made.word, made.verdict) == (planned.entry, "applied", "achieved")
    assert made.law is not None
    assert closing(system, number(planned))["details"]["law"]["edition"] == system.law.rulebook.edition


@pytest.mark.parametrize(
    ("change", "kind", "terms", "rule"),
    [
        (THREE, "attempts", FEWER_CALLS, "dialing.attempts"),
        (TWO_DAYS, "hours", FEWER_HOURS, "schedule.calling-time"),
    ],
    ids=["rules", "schedule"],
)
def test_plan_that_was_lawful_is_refused_when_the_law_has_changed_meanwhile(
    office: Office, tmp_path: Path, change: AnyChange, kind: str, terms: str, rule: str
) -> None:
    """Between planning and hour somebody gave the workers another rulebook."""
    system = furnished(office)
    planned = later(system, change)
    assert planned.word == "scheduled"
    file = bill(tmp_path, kind=kind, terms=terms, since="2026-06-01")
    worker = office.system("worker", rulebook=lambda: the_rulebook([file]))
    office.emulated.advance(3600)
    (made,) = worker.worker.once().ended
    assert (made.word, errors(made)) == ("refused", (rule,))
    assert (office.sent(), office.sent("PUT")) == ([], [])
    closed = closing(system, number(planned))
    assert (closed["outcome"], closed["details"]["law"]["edition"]) == ("refused", worker.law.rulebook.edition)
    assert worker.law.rulebook.edition != system.law.rulebook.edition


def test_rule_that_takes_effect_between_planning_and_hour_refuses_the_plan_at_once(
    office: Office, tmp_path: Path
) -> None:
    file = bill(tmp_path, kind="attempts", terms=FEWER_CALLS, since="2026-06-20")
    system = furnished(office, rulebook=lambda: the_rulebook([file]))
    assert later(system, THREE, after=2 * DAY).word == "scheduled"
    refused = later(system, THREE, after=10 * DAY)
    assert (refused.word, errors(refused)) == ("refused", ("dialing.attempts",))
    assert closing(system, number(refused))["outcome"] == "refused"


def test_hours_of_pennsylvania_are_known_to_whoever_plans_a_schedule_for_its_eve(office: Office) -> None:
    """From 18 October 2026 nobody may be called there after 19:00; a schedule that starts on the 17th would do it."""
    system = furnished(office)
    declare(system, HELD, regions=["US-PA"], closed_days="paused")
    evening = SetSchedule(campaign=HELD, windows=(Window(weekday=0, start_s=9 * 3600, end_s=20 * 3600),))
    eve = datetime(2026, 10, 17, 12, tzinfo=UTC)
    refused = system.agenda.schedule(evening, Order(actor=system.actor), eve)
    assert (refused.word, errors(refused)) == ("refused", ("schedule.calling-time",))
    assert "2026-10-19 19:00" in str(refused.findings)
    planned = system.agenda.schedule(TWO_DAYS, Order(actor=system.actor), eve)
    assert planned.word == "scheduled"
    office.emulated.advance((eve - STARTED).total_seconds())
    (made,) = system.worker.once().ended
    assert (made.entry, made.word) == (planned.entry, "applied")


@pytest.mark.parametrize("change", [FEWER, TWO_DAYS, Pause(campaign=HELD)], ids=lambda one: str(one.kind))
@pytest.mark.parametrize("off", [timedelta(minutes=-2), timedelta(days=400)], ids=["past", "far"])
def test_change_for_an_hour_that_cannot_be_is_refused_and_never_made_at_once(
    office: Office, change: AnyChange, off: timedelta
) -> None:
    system = furnished(office)
    before = held(office)

    def make(_: CampaignId, at: datetime | None) -> AnyChange:
        return replace(change, effective_at=at) if isinstance(change, Pause) else change

    keep = system.later.keeper(make, Order(actor=system.actor), STARTED + off, lane=change.lane)
    refused = keep(HELD, None)
    assert (refused.word, errors(refused)) == ("refused", ("lifecycle.effective-time",))
    assert closing(system, number(refused))["outcome"] == "refused"
    assert (held(office), waiting(system), office.sent(), office.sent("PUT")) == (before, [], [], [])


def test_what_was_declared_meanwhile_counts_when_the_hour_has_come(office: Office) -> None:
    system = furnished(office)
    planned = later(system, SetSchedule(campaign=HELD, windows=TWO_DAYS.windows))
    declare(system, HELD, regions=["US-RI"])
    office.emulated.advance(3600)
    (made,) = system.worker.once().ended
    assert (made.entry, made.word) == (planned.entry, "refused")
    # Rhode Island closes holidays, and its hours are those of the window.
    assert "schedule.closed-day" in errors(made)


def test_settings_that_were_changed_meanwhile_are_told_and_nothing_is_forced(office: Office) -> None:
    system = furnished(office)
    planned = later(system, TWO_DAYS, if_revision='W/"1"')
    rewrite(office, SetSchedule(campaign=HELD, max_calls=60))
    office.emulated.advance(3600)
    (made,) = system.worker.once().ended
    assert (made.entry, made.word) == (planned.entry, "conflicted")
    assert [one.field for one in made.findings if one.rule == "change.conflict"] == ["maxConcurrentCalls"]
    assert held(office)["schedule"]["maxConcurrentCalls"] == 60


def test_newer_settings_take_the_place_of_those_that_waited_and_a_pause_does_not(office: Office) -> None:
    system = furnished(office)
    older, pause = later(system, TWO_DAYS), later(system, Pause(campaign=HELD))
    newer = later(system, SetSchedule(campaign=HELD, max_calls=60), after=2 * timedelta(hours=1))
    assert waiting(system) == [pause.entry, newer.entry]
    assert closing(system, number(older))["outcome"] == "expired"


def test_word_for_a_directive_counts_at_the_hour_and_not_after_its_end(desk: Office) -> None:
    system = furnished(desk)
    ignoring = SetSchedule(campaign=HELD, directive=Directive.IGNORE)
    short = (Override(rule="schedule.directive", until=STARTED + timedelta(minutes=30)),)
    assert later(system, ignoring, overrides=short).word == "refused"
    long = (Override(rule="schedule.directive", until=STARTED + DAY),)
    assert later(system, ignoring, overrides=long).word == "scheduled"
    desk.emulated.advance(3600)
    (made,) = system.worker.once().ended
    assert (made.word, held(desk)["schedule"]["businessHoursDirective"]) == ("applied", "IGNORE")
    told = system.explain(HELD).settings
    assert [(one.rule, one.until, one.by) for one in told.overrides] == [("schedule.directive", STARTED + DAY, "ada")]
    desk.emulated.advance(86_400)
    assert system.explain(HELD).settings.overrides == ()


def test_dry_run_for_later_tells_what_the_law_of_that_day_says(desk: Office, tmp_path: Path) -> None:
    file = bill(tmp_path, kind="hours", terms=FEWER_HOURS, since="2027-01-01")
    system = furnished(desk, rulebook=lambda: the_rulebook([file]))
    told = later(system, TWO_DAYS, dry_run=True)
    assert (told.word, errors(told), waiting(system)) == ("refused", ("schedule.calling-time",), [])


def test_archived_campaign_takes_no_plan_and_is_told_that_alone(desk: Office) -> None:
    furnish(desk)
    system = desk.system()
    declare(system)
    desk.emulated.arrange(HELD, archived=True)
    refused = later(system, FEWER)
    assert (refused.word, errors(refused)) == ("refused", ("lifecycle.transition",))
