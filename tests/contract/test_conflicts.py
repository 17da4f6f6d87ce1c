"""Campaigns that move on while a change is on its way: who wins, and what everybody is told of it."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Observed, Part, State
from paceline.campaign.ports import Platform, Prepared, Receipt
from paceline.control.order import OnConflict
from paceline.control.outcome import Outcome
from paceline.control.pipeline import MOST_TRIES
from paceline.cxone.exchange import Request
from paceline.primitives.clock import MachineClock
from paceline.primitives.findings import Finding, Severity
from paceline.primitives.ids import CampaignId, Version
from tests.contract.systems import ACTIVE, PAUSE, PAUSED, RESUME, STOP, Meddled, Office, Through, revision, steps

OUTSIDE = "outside paceline"


def touched(office: Office, campaign: str = "ACTIVE") -> None:
    """Somebody touches the campaign without changing what is shown of it."""
    office.emulated.arrange(campaign, locked=True)
    office.emulated.arrange(campaign, locked=False)


class Announcing(Through):
    """A platform that tells when it has taken a change."""

    def __init__(self, beyond: Platform, arrived: threading.Event) -> None:
        super().__init__(beyond)
        self.arrived = arrived

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        receipt = self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)
        self.arrived.set()
        return receipt


def told(finding: Finding) -> tuple[str, str | None, object, object, str | None]:
    return finding.rule, finding.field, finding.limit, finding.found, finding.source


def test_revision_that_is_looked_at_lets_the_change_through(desk: Office) -> None:
    for named in ("42", '"43"', 'W/"44"', "*"):
        system = desk.system()
        change = PAUSE if named in {"42", 'W/"44"'} else Resume(campaign=ACTIVE)
        assert system.run(change, if_revision=named).word == "applied"


def test_revision_that_is_over_is_a_conflict_that_names_field_values_and_actor(office: Office) -> None:
    first = office.system("bob").run(PAUSE)
    outcome = office.system().run(Resume(campaign=ACTIVE), if_revision="42")
    (finding,) = outcome.findings
    assert (outcome.word, outcome.after, outcome.requests) == ("conflicted", None, 1)
    assert told(finding) == ("change.conflict", "status", "ACTIVE", "PAUSED", f"bob (entry {first.entry})")
    assert len(office.sent()) == 1


def test_revision_that_nobody_here_saw_is_a_conflict_about_the_revision(desk: Office) -> None:
    (finding,) = desk.system().run(RESUME, if_revision="5").findings
    assert told(finding) == ("change.conflict", "revision", "5", 7, OUTSIDE)


def test_stop_on_an_old_revision_is_judged_as_it_is_now_and_says_so(desk: Office) -> None:
    outcome = desk.system().run(STOP, if_revision="40")
    assert outcome.word == "applied"
    assert "change.revision" in outcome.findings.rules


def test_stop_that_is_to_report_is_a_conflict(desk: Office) -> None:
    assert desk.system().run(STOP, if_revision="40", on_conflict=OnConflict.REPORT).word == "conflicted"


def test_resume_that_a_stop_overtakes_is_a_conflict_with_what_changed_and_by_whom(office: Office) -> None:
    """The stop does not wait for the resume, and what it made is told while its own entry may be open still."""
    arrived = threading.Event()
    stopping = office.system("bob", clock=MachineClock(), platform=Announcing(office.emulated.platform(), arrived))
    stop = threading.Thread(target=stopping.run, args=(Stop(campaign=PAUSED),))

    def overtake() -> None:
        stop.start()
        assert arrived.wait(20)

    system = office.system(clock=MachineClock(), platform=Meddled(office.emulated.platform(), overtake))
    outcome = system.run(RESUME)
    stop.join()
    (finding,) = outcome.findings
    assert (outcome.word, outcome.requests, revision(outcome.before)) == ("conflicted", 3, 7)
    assert finding.severity is Severity.ERROR
    made = system.readings.sightings(PAUSED)[-1]
    assert told(finding)[:4] == ("change.conflict", "status", "PAUSED", "STOPPED")
    # Its own entry may not know yet that it was the one.
    bob = f"bob (entry {made.made_by})"
    assert finding.source in {bob, f"{bob} or {OUTSIDE}"}
    assert steps(system, outcome.entry) == ["opened", "intent", "closed"]
    assert system.recorder.unended() == []


def test_edit_from_outside_is_told_as_one(office: Office) -> None:
    system = office.system(
        platform=Meddled(office.emulated.platform(), lambda: office.emulated.arrange("PAUSED", locked=True))
    )
    (finding,) = system.run(RESUME).findings
    assert told(finding) == ("change.conflict", "isLocked", False, True, OUTSIDE)


def test_edit_that_shows_nowhere_is_told_by_the_revision(desk: Office) -> None:
    system = desk.system(platform=Meddled(desk.emulated.platform(), lambda: touched(desk, "PAUSED")))
    outcome = system.run(RESUME)
    assert outcome.word == "conflicted"
    (finding,) = outcome.findings
    assert told(finding) == ("change.conflict", "revision", 7, 9, OUTSIDE)


def test_stop_wins_over_a_resume_and_an_edit_and_tells_what_changed_and_by_whom(office: Office) -> None:
    at_the_door, resumed = threading.Event(), threading.Event()

    def wait_for_the_resume() -> None:
        at_the_door.set()
        assert resumed.wait(20)

    platform = Meddled(office.emulated.platform(), wait_for_the_resume, lambda: touched(office, "PAUSED"))
    system = office.system(clock=MachineClock(), platform=platform)
    ended: list[Outcome] = []
    stop = threading.Thread(target=lambda: ended.append(system.run(Stop(campaign=PAUSED))))

    def let_it_come() -> None:
        stop.start()
        assert at_the_door.wait(20)

    other = office.system("bob", clock=MachineClock(), platform=Meddled(office.emulated.platform(), let_it_come))
    first = other.run(RESUME)
    resumed.set()
    stop.join()
    (outcome,) = ended
    assert (first.word, outcome.word, outcome.verdict) == ("applied", "applied", "achieved")
    assert (revision(outcome.before), revision(outcome.after)) == (10, 11)
    conflicts = [finding for finding in outcome.findings if finding.rule == "change.conflict"]
    assert [told(finding)[1:] for finding in conflicts] == [
        ("status", "PAUSED", "ACTIVE", f"bob (entry {first.entry})"),
        ("revision", 8, 10, OUTSIDE),
    ]
    assert {finding.severity for finding in conflicts} == {Severity.INFO}
    assert steps(system, outcome.entry) == ["opened", "intent", "intent", "intent", "closed"]
    assert {one.revision: one.made_by for one in system.readings.sightings(PAUSED)}["11"] == outcome.entry
    assert len(office.sent_keys()) == 4


def test_stop_that_somebody_else_made_in_between_is_unchanged(desk: Office) -> None:
    platform = Meddled(desk.emulated.platform(), lambda: desk.outside(STOP))
    outcome = desk.system(platform=platform).run(STOP)
    (finding,) = outcome.findings
    assert (outcome.word, told(finding)[1:]) == ("unchanged", ("status", "ACTIVE", "STOPPED", OUTSIDE))


def test_resume_that_may_be_judged_again_is_sent_again(desk: Office) -> None:
    platform = Meddled(desk.emulated.platform(), lambda: touched(desk, "PAUSED"))
    outcome = desk.system(platform=platform).run(RESUME, on_conflict=OnConflict.REJUDGE)
    assert (outcome.word, revision(outcome.after)) == ("applied", 10)


@pytest.mark.parametrize("change", [STOP, RESUME], ids=lambda one: str(one.kind))
def test_campaign_that_never_rests_is_given_up_as_a_conflict(desk: Office, change: Stop | Resume) -> None:
    most = MOST_TRIES[change.lane]
    meddling = [lambda: touched(desk, change.campaign)] * (most + 5)
    system = desk.system(platform=Meddled(desk.emulated.platform(), *meddling))
    outcome = system.run(change, on_conflict=OnConflict.REJUDGE)
    assert (outcome.word, outcome.after) == ("conflicted", None)
    assert steps(system, outcome.entry).count("intent") == most
    assert all(finding.field and finding.source for finding in outcome.findings if finding.rule == "change.conflict")
    assert outcome.findings.of_severity(Severity.ERROR).rules == ("change.conflict",)


def test_conflict_at_a_campaign_that_cannot_be_read_again_is_told_in_the_platforms_words(desk: Office) -> None:
    def away() -> None:
        touched(desk, "PAUSED")
        desk.emulated.order("status", method="GET", status=404, times=None)

    outcome = desk.system(platform=Meddled(desk.emulated.platform(), away)).run(RESUME)
    (finding,) = outcome.findings
    assert (outcome.word, told(finding)) == ("conflicted", ("change.conflict", "revision", "7", "9", "the platform"))


def test_lock_that_comes_in_between_refuses_a_stop(desk: Office) -> None:
    platform = Meddled(desk.emulated.platform(), lambda: desk.emulated.arrange("ACTIVE", locked=True))
    outcome = desk.system(platform=platform).run(STOP)
    assert (outcome.word, "lifecycle.locked" in outcome.findings.rules) == ("refused", True)
    assert "change.conflict" in outcome.findings.rules


class Unguarded(Through):
    """A platform that is told no version."""

    def prepare(self, change: AnyChange, version: Version | None) -> Prepared:  # noqa: ARG002  # that is the point
        return self.beyond.prepare(change, None)


def test_state_that_is_wrong_at_another_version_is_a_conflict(desk: Office) -> None:
    platform = Meddled(Unguarded(desk.emulated.platform()), lambda: desk.outside(RESUME))
    (finding,) = desk.system(platform=platform).run(RESUME).findings
    assert told(finding)[1:] == ("status", "PAUSED", "ACTIVE", OUTSIDE)


class Willing(Unguarded):
    """A platform that shows every campaign as paused."""

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Lane = Lane.READING) -> Observed:
        return replace(self.beyond.read(campaign, part=part, lane=lane), state=State.PAUSED)


def test_state_that_is_wrong_for_the_platform_alone_is_a_refusal(desk: Office) -> None:
    outcome = desk.system(platform=Willing(desk.emulated.platform())).run(Resume(campaign=ACTIVE))
    assert (outcome.word, outcome.findings.rules) == ("refused", ("lifecycle.transition",))


def test_phone_number_in_a_name_is_no_difference_though_the_ledger_keeps_it_apart(desk: Office) -> None:
    named = CampaignId("NAMED")
    document = {"id": named, "name": "Renewals (415) 555-0132", "status": "ACTIVE"}
    desk.emulated.control("POST", "/campaigns", document)
    system = desk.system()
    first = system.run(Pause(campaign=named))
    outcome = system.run(Resume(campaign=named), if_revision=str(revision(first.before)))
    assert [told(finding)[1:4] for finding in outcome.findings] == [("status", "ACTIVE", "PAUSED")]


def test_settings_with_parts_are_told_as_json(desk: Office) -> None:
    body = '{"dialingRules": {"dialingMethod": "PREVIEW", "retrySettings": {"maxAttempts": 3, "intervalMinutes": [30]}'
    body += ', "abandonmentRateThreshold": {"maxRate": 0.03, "coolDownSec": 60}, "maxCallsPerAgent": 2}}'

    def edit() -> None:
        target = "/api/v2/outbound/campaigns/PAUSED"
        headers = {"Content-Type": "application/json"}
        desk.emulated.transport().send(
            Request(operation="edit", method="PATCH", target=target, headers=headers, body=body.encode())
        )

    (finding,) = desk.system(platform=Meddled(desk.emulated.platform(), edit)).run(RESUME).findings
    assert (finding.field, finding.limit) == ("dialingRules", None)
    assert {"dialingRules": json.loads(str(finding.found))} == json.loads(body)
    assert "was nothing when this was judged" in finding.message
