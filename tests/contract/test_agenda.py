"""Changes that wait for their hour: kept, replaced, withdrawn, judged again when it has come, and made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Ability
from paceline.control.order import OnConflict, Order
from paceline.control.under_way import changes_check
from paceline.primitives.findings import Severity
from paceline.primitives.ids import campaign_id
from tests.contract.later import HOUR, closing, later, messages, number, waiting
from tests.contract.systems import (
    ACTIVE,
    ARCHIVED,
    PAUSE,
    PAUSED,
    RESUME,
    STARTED,
    STOP,
    STOPPED,
    Office,
    Through,
    actor,
    revision,
    steps,
)


def test_change_for_later_is_an_open_entry_and_sends_nothing(office: Office) -> None:
    ada = office.system()
    outcome = later(ada, STOP)
    assert (outcome.word, outcome.verdict, revision(outcome.before)) == ("scheduled", None, 42)
    assert steps(ada, outcome.entry) == ["opened"]
    assert (outcome.document()["change"], waiting(ada)) == (
        {"kind": "lifecycle.stop", "campaign": ACTIVE, "due": "2026-06-15T13:00:00Z"},
        [outcome.entry],
    )
    assert ada.worker.once().ended == ()
    assert office.sent() == []
    assert "waits for its hour" in ada.explain(ACTIVE).why[-1]
    assert "waiting" in changes_check(ada.recorder).found


class Unable(Through):
    @property
    def abilities(self) -> frozenset[Ability]:
        return self.beyond.abilities - {Ability.STOP}


@pytest.mark.parametrize("change", [Stop(campaign=ARCHIVED), Resume(campaign=PAUSED), STOP], ids=lambda one: one.kind)
def test_what_can_never_be_made_is_refused_at_once(office: Office, change: AnyChange) -> None:
    ada = office.system(platform=Unable(office.emulated.platform()))
    ada.freezes.freeze([PAUSED], Order(actor=actor("bob")))
    outcome = later(ada, change)
    assert (outcome.word, closing(ada, number(outcome))["outcome"], waiting(ada)) == ("refused", "refused", [])


def test_unknown_campaign_fails_at_once(office: Office) -> None:
    ada = office.system()
    outcome = later(ada, Stop(campaign=campaign_id("NOBODY")))
    assert (outcome.word, closing(ada, number(outcome))["outcome"], waiting(ada)) == ("failed", "failed", [])


@pytest.mark.parametrize(
    ("due", "told"),
    [
        (datetime(2026, 6, 15, 13), "has no offset"),  # noqa: DTZ001  # that is what is refused
        (STARTED - timedelta(minutes=2), "is past"),
        (STARTED + timedelta(days=400), "more than a year ahead"),
    ],
    ids=["naive", "past", "far"],
)
def test_instant_that_is_off_is_refused_with_a_finding(office: Office, due: datetime, told: str) -> None:
    ada = office.system()
    outcome = ada.agenda.schedule(STOP, Order(actor=ada.actor), due)
    (finding,) = [one for one in outcome.findings if one.severity is Severity.ERROR]
    assert (outcome.word, finding.rule, told in finding.message) == ("refused", "lifecycle.effective-time", True)
    assert (closing(ada, number(outcome))["outcome"], waiting(ada)) == ("refused", [])
    assert ada.book.read(number(outcome)).outcome == "refused"


def test_stop_can_be_planned_while_the_platform_is_away_and_is_judged_at_its_hour(office: Office) -> None:
    ada = office.system()
    office.emulated.order("reset_before", path="/api/v2/*", times=None)
    outcome = later(ada, STOP)
    assert (outcome.word, outcome.before, outcome.findings.rules) == ("scheduled", None, ("agenda.unjudged",))
    archived = later(ada, Stop(campaign=ARCHIVED))
    assert archived.word == "scheduled"
    office.emulated.control("DELETE", "/faults")
    office.emulated.advance(3600)
    ended = {one.entry: one.word for one in ada.worker.once().ended}
    assert ended == {outcome.entry: "applied", archived.entry: "refused"}


def test_resumption_and_dry_run_are_not_planned_while_the_platform_is_away(office: Office) -> None:
    ada = office.system()
    office.emulated.order("reset_before", path="/api/v2/*", times=None)
    outcomes = [later(ada, RESUME), later(ada, STOP, dry_run=True)]
    assert [one.word for one in outcomes] == ["failed", "failed"]
    assert waiting(ada) == []


def test_dry_run_for_later_is_never_made(office: Office) -> None:
    ada = office.system()
    outcome = later(ada, STOP, dry_run=True)
    assert (outcome.word, outcome.dry_run, waiting(ada)) == ("unchanged", True, [])
    office.emulated.advance(3600)
    assert ada.worker.once().ended == ()
    assert office.sent() == []


def test_newer_change_takes_the_place_of_the_one_that_waits_and_both_say_so(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    older, other = later(ada, STOP), later(ada, RESUME)
    newer = later(bob, STOP, after=2 * HOUR)
    told = f"entry {newer.entry} takes the place of entry {older.entry}, which waited for its hour"
    assert [finding.message for finding in newer.findings] == [told]
    assert (closing(ada, number(older))["outcome"], messages(ada, number(older))) == ("expired", [told])
    assert waiting(ada) == [other.entry, newer.entry]
    office.emulated.advance(3600)
    assert [one.entry for one in ada.worker.once().ended] == [other.entry]
    assert office.emulated.shown(ACTIVE)["status"] == "ACTIVE"


def test_stop_tonight_and_resumption_tomorrow_both_stand(office: Office) -> None:
    ada = office.system()
    stop, back = later(ada, STOP), later(ada, Resume(campaign=ACTIVE), after=2 * HOUR)
    assert waiting(ada) == [stop.entry, back.entry]
    office.emulated.advance(3600)
    assert [one.entry for one in ada.worker.once().ended] == [stop.entry]
    office.emulated.advance(3600)
    assert [one.entry for one in ada.worker.once().ended] == [back.entry]
    assert office.emulated.shown(ACTIVE)["status"] == "ACTIVE"


def test_hour_is_the_platforms_and_not_ours(office: Office) -> None:
    ada = office.system()
    planned = later(ada, STOP)
    office.clock.advance(86_400)
    assert ada.worker.once().ended == ()
    office.emulated.advance(3599)
    assert ada.worker.once().ended == ()
    office.emulated.advance(1)
    (made,) = ada.worker.once().ended
    assert (made.entry, made.word, made.verdict, revision(made.after)) == (planned.entry, "applied", "achieved", 43)
    assert "agenda.late" not in made.findings.rules


def test_entry_keeps_who_ordered_it_and_why_whoever_makes_it(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob")
    planned = later(ada, STOP, reason="end of shift", ticket="OPS-9", not_after=timedelta(minutes=3))
    office.emulated.advance(3600)
    (made,) = bob.worker.once().ended
    entry = ada.book.read(number(planned))
    opening: Any = entry.rows[0].document
    assert (entry.actor.name, opening["reason"], opening["ticket"]) == ("ada", "end of shift", "OPS-9")
    assert (opening["details"]["due"], opening["details"]["not_after_s"]) == ("2026-06-15T13:00:00+00:00", 180)
    assert steps(ada, made.entry) == ["opened", "intent", "closed"]
    assert {one.made_by for one in ada.readings.sightings(ACTIVE)} == {None, planned.entry}
    assert ada.book.unfinished() == []


@pytest.mark.parametrize(
    ("before", "change", "word"),
    [
        (Stop(campaign=PAUSED), Pause(campaign=PAUSED), "refused"),
        (Resume(campaign=PAUSED), RESUME, "unchanged"),
    ],
)
def test_change_is_judged_on_what_is_there_when_it_is_due(
    office: Office, before: AnyChange, change: AnyChange, word: str
) -> None:
    ada = office.system()
    planned = later(ada, change)
    office.outside(before)
    office.emulated.advance(3600)
    (ended,) = ada.worker.once().ended
    assert (ended.word, closing(ada, number(planned))["outcome"], waiting(ada)) == (word, word, [])
    assert len(office.sent()) == 1


def test_due_stop_is_judged_again_and_told_what_changed_and_a_resumption_is_a_conflict(office: Office) -> None:
    ada = office.system()
    stop, resume = later(ada, STOP, if_revision="42"), later(ada, RESUME, if_revision="7")
    pausing = later(ada, Pause(campaign=STOPPED), if_revision="3", on_conflict=OnConflict.REPORT)
    for change in (PAUSE, Stop(campaign=PAUSED), Resume(campaign=STOPPED)):
        office.outside(change)
    office.emulated.advance(3600)
    ended = {one.entry: one for one in ada.worker.once().ended}
    words = [ended[number(one)].word for one in (stop, resume, pausing)]
    assert words == ["applied", "conflicted", "conflicted"]
    for planned in (stop, resume, pausing):
        assert "outside paceline" in " ".join(messages(ada, number(planned)))
    told = " ".join(messages(ada, number(pausing)))
    assert "status was STOPPED when this was judged and is ACTIVE now" in told


def test_resumption_that_is_due_over_the_active_limit_is_refused(office: Office) -> None:
    ada = office.system(active_limit=lambda: 3)
    first, second = later(ada, Resume(campaign=STOPPED)), later(ada, RESUME)
    office.emulated.advance(3600)
    ended = {one.entry: one for one in ada.worker.once().ended}
    assert [ended[number(one)].word for one in (first, second)] == ["applied", "refused"]
    assert ended[number(second)].findings.rules == ("lifecycle.fleet-limit",)


def test_resumption_that_waits_takes_no_place_among_the_active_before_its_hour(office: Office) -> None:
    ada = office.system(active_limit=lambda: 3)
    later(ada, RESUME)
    assert ada.run(Resume(campaign=STOPPED)).word == "applied"


def test_two_workers_at_once_make_each_change_once(office: Office) -> None:
    names = [campaign_id(f"TWICE-{one:02}") for one in range(12)]
    for name in names:
        office.emulated.control("POST", "/campaigns", {"tenant": "wide", "id": name, "status": "ACTIVE"})
    systems = [office.system(name, platform=office.emulated.platform("wide")) for name in ("ada", "bob")]
    planned = [later(systems[0], Stop(campaign=name)) for name in names]
    office.emulated.advance(3600)
    with ThreadPoolExecutor(4) as pool:
        rounds = list(pool.map(lambda system: system.worker.once(), systems * 3))
    ended = [one.entry for one in rounds for one in one.ended]
    assert sorted(map(int, filter(None, ended))) == [one.entry for one in planned]
    for one in planned:
        assert closing(systems[0], number(one))["outcome"] == "applied"
    effects = office.emulated.entries(method="PATCH", path="*/TWICE-*")
    assert len(effects) == len(names)
    assert waiting(systems[0]) == []
