"""Every way in which a change ends: what was sent, what is in the ledger, what the actor is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Ability, Drain
from paceline.campaign.ports import Prepared
from paceline.primitives.findings import Severity
from paceline.primitives.ids import CampaignId, Version
from tests.contract.systems import (
    ACTIVE,
    ARCHIVED,
    LOCKED,
    PAUSE,
    PAUSED,
    RESUME,
    STARTED,
    STOP,
    STOPPED,
    Office,
    Through,
    revision,
    steps,
)


def test_pause_is_applied_and_recorded_in_its_three_steps_with_what_was_seen_before_and_after(office: Office) -> None:
    system = office.system()
    outcome = system.run(PAUSE, reason="lunch", ticket="T-1")
    assert (outcome.word, outcome.verdict, outcome.requests) == ("applied", "achieved", 2)
    assert (revision(outcome.before), revision(outcome.after)) == (42, 43)
    assert outcome.entry is not None
    entry = system.book.read(outcome.entry)
    assert [row.step.value for row in entry.rows] == ["opened", "intent", "closed"]
    assert (entry.actor.name, entry.rows[0].document["reason"], entry.rows[0].document["ticket"]) == (
        "ada",
        "lunch",
        "T-1",
    )
    seen = [(one.revision, one.made_by) for one in system.readings.sightings(ACTIVE)]
    assert seen == [("42", None), ("43", outcome.entry)]
    assert system.recorder.unended() == []


def test_request_that_was_sent_is_the_one_that_was_recorded(office: Office) -> None:
    system = office.system()
    outcome = system.run(PAUSE)
    assert outcome.entry is not None
    intent = system.book.read(outcome.entry).intent
    assert intent is not None
    (sent,) = office.sent()
    request: Any = intent["request"]
    assert sent["request"]["body"] == request["body"]
    assert sent["request"]["headers"]["if-match"] == '"42"' == request["headers"]["If-Match"]
    assert office.sent_keys() == {intent["key"]}


def test_pause_that_drains_is_settling_until_a_later_look(office: Office) -> None:
    office.emulated.arrange("ACTIVE", callsInFlight=[{"state": "connected", "secondsLeft": 30}])
    system = office.system()
    outcome = system.run(PAUSE)
    assert (outcome.word, outcome.verdict) == ("applied", "settling")
    assert [other.entry for other in system.recorder.unended()] == [outcome.entry]
    office.emulated.advance(31)
    again = system.run(PAUSE)
    assert again.word == "unchanged"
    assert steps(system, outcome.entry) == ["opened", "intent", "closed", "verdict"]
    assert outcome.entry is not None
    assert system.book.read(outcome.entry).verdict == "achieved"
    assert system.recorder.unended() == []


def test_change_that_settled_by_a_look_is_not_called_settling_afterwards(desk: Office) -> None:
    desk.emulated.arrange("ACTIVE", callsInFlight=[{"state": "connected", "secondsLeft": 30}])
    system = desk.system()
    system.run(PAUSE)
    desk.emulated.advance(31)
    assert system.run(STOP).findings.rules == ()


def test_drop_tells_how_many_calls_it_cuts_and_costs_one_request_more(desk: Office) -> None:
    desk.emulated.arrange("ACTIVE", live={"callsRinging": 3, "callsWaiting": 2})
    outcome = desk.system().run(replace(PAUSE, drain=Drain.DROP))
    (cut,) = [finding for finding in outcome.findings if finding.rule == "lifecycle.drop"]
    assert (cut.found, outcome.requests, outcome.word) == (5, 3, "applied")


@pytest.mark.parametrize(
    "change", [Pause(campaign=PAUSED), Stop(campaign=STOPPED), Resume(campaign=ACTIVE)], ids=lambda one: str(one.kind)
)
def test_what_is_so_already_sends_nothing_and_is_recorded(office: Office, change: AnyChange) -> None:
    system = office.system()
    outcome = system.run(change)
    assert (outcome.word, outcome.verdict, outcome.after, outcome.requests) == ("unchanged", None, None, 1)
    assert office.sent() == []
    assert steps(system, outcome.entry) == ["opened", "closed"]


def test_dry_run_is_judged_to_the_end_sends_nothing_and_is_recorded_as_one(office: Office) -> None:
    system = office.system()
    outcome = system.run(PAUSE, dry_run=True)
    assert (outcome.word, outcome.document()["dry_run"]) == ("unchanged", True)
    assert outcome.findings.rules == ("lifecycle.agents",)
    assert office.sent() == []
    assert outcome.entry is not None
    opened, closed = system.book.read(outcome.entry).rows
    assert [row.document["details"]["dry_run"] for row in (opened, closed)] == [True, True]  # type: ignore[index,call-overload]  # an object


def test_dry_run_of_what_may_not_be_is_refused(desk: Office) -> None:
    assert desk.system().run(Stop(campaign=LOCKED), dry_run=True).word == "refused"


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        (Pause(campaign=STOPPED), ("lifecycle.transition",)),
        (Stop(campaign=LOCKED), ("lifecycle.locked",)),
        (Resume(campaign=ARCHIVED), ("lifecycle.transition",)),
        (Pause(campaign=ACTIVE, effective_at=STARTED - timedelta(days=1)), ("lifecycle.effective-time",)),
    ],
)
def test_refusal_names_its_rule_sends_nothing_and_is_recorded(
    office: Office, change: AnyChange, rules: tuple[str, ...]
) -> None:
    system = office.system()
    outcome = system.run(change)
    assert (outcome.word, outcome.after, outcome.requests) == ("refused", None, 1)
    assert outcome.findings.of_severity(Severity.ERROR).rules == rules
    assert office.sent() == []
    assert steps(system, outcome.entry) == ["opened", "closed"]


def test_instant_without_an_offset_is_refused_before_the_platform_is_asked(desk: Office) -> None:
    outcome = desk.system().run(replace(PAUSE, effective_at=STARTED.replace(tzinfo=None)))
    assert (outcome.word, outcome.requests, outcome.before) == ("refused", 0, None)


class Unable(Through):
    """A platform that cannot drop calls."""

    @property
    def abilities(self) -> frozenset[Ability]:
        return self.beyond.abilities - {Ability.DROP_CALLS, Ability.LIVE_CALLS}


def test_what_the_platform_cannot_do_is_refused_by_name(desk: Office) -> None:
    system = desk.system(platform=Unable(desk.emulated.platform()))
    outcome = system.run(replace(PAUSE, drain=Drain.DROP))
    assert outcome.findings.of_severity(Severity.ERROR).rules == ("lifecycle.unsupported",)
    assert desk.sent() == []


def test_limit_that_only_the_platform_knows_is_a_refusal_in_our_words(office: Office) -> None:
    for number in range(2):
        office.emulated.control("POST", "/campaigns", {"id": f"MORE-{number}", "status": "ACTIVE"})
    system = office.system()
    outcome = system.run(RESUME)
    (finding,) = outcome.findings
    assert (outcome.word, finding.rule, finding.found, finding.limit) == ("refused", "lifecycle.fleet-limit", 4, 4)
    assert finding.source == "the platform"
    assert steps(system, outcome.entry) == ["opened", "intent", "closed"]
    assert system.recorder.unended() == []


def test_declared_limit_is_kept_before_the_platform_is_asked(desk: Office) -> None:
    outcome = desk.system(active_limit=lambda: 2).run(RESUME)
    (finding,) = outcome.findings
    assert (outcome.word, finding.rule, finding.found, finding.limit) == ("refused", "lifecycle.fleet-limit", 2, 2)
    assert desk.sent() == []


def test_campaign_that_is_not_there_is_a_failure_that_says_so(office: Office) -> None:
    system = office.system()
    outcome = system.run(Pause(campaign=CampaignId("NONE")))
    assert outcome.failure is not None
    assert (outcome.word, outcome.failure.code, outcome.before, outcome.requests) == ("failed", "not-found", None, 1)
    assert steps(system, outcome.entry) == ["opened", "closed"]


def test_wrong_secret_is_a_failure_without_a_request(desk: Office) -> None:
    outcome = desk.system(platform=desk.emulated.platform(secret="wrong")).run(PAUSE)
    assert outcome.failure is not None
    assert (outcome.word, outcome.failure.code, outcome.requests) == ("failed", "unauthorized", 0)


def test_missing_scope_is_a_failure_after_the_look_and_nothing_is_in_doubt(desk: Office) -> None:
    outcome = desk.system(platform=desk.emulated.platform("reader")).run(PAUSE)
    assert outcome.failure is not None
    assert (outcome.word, outcome.failure.code, outcome.requests) == ("failed", "forbidden", 2)
    assert desk.emulated.shown("ACTIVE")["revision"] == 42


def test_rejected_request_is_refused_with_the_platforms_own_fields(desk: Office) -> None:
    class Odd(Through):
        def prepare(self, change: AnyChange, version: Version | None) -> Prepared:
            made = self.beyond.prepare(change, version)
            return replace(made, request={**made.request, "body": '{"status": "PAUSED", "drainQueue": 1}'})

    outcome = desk.system(platform=Odd(desk.emulated.platform())).run(PAUSE)
    assert (outcome.word, outcome.findings.rules) == ("refused", ("lifecycle.agents", "platform.rejected"))
    assert [finding.field for finding in outcome.findings][1] == "drainQueue"
