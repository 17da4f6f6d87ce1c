"""Answers that never came: what is found out at once, what stays in doubt, and how the doubt ends."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from paceline.bootstrap import System
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Resume
from paceline.campaign.observed import Ability, Observed, Part, Stage
from paceline.campaign.ports import Platform
from paceline.control.outcome import InDoubt, Outcome
from paceline.primitives.ids import CampaignId
from tests.contract.systems import ACTIVE, PAUSE, STOP, Office, Through, left_behind, revision, steps

HOUR_S = 3600
FAULTS: dict[str, dict[str, Any]] = {
    "reset_before": {},
    "reset_after": {},
    "malformed": {},
    "truncate": {},
    "status": {"status": 502},
}
HAPPENS = {"reset_before": False, "reset_after": True, "malformed": True, "truncate": True, "status": False}


def lose(office: Office, kind: str, times: int | None) -> None:
    office.emulated.order(kind, method="PATCH", times=times, **FAULTS[kind])


def doubtful(office: Office, kind: str, name: str = "ada") -> tuple[System, Outcome]:
    """A pause whose every answer was lost, on a platform that answers again by now."""
    lose(office, kind, None)
    system = office.system(name, platform=office.emulated.platform(attempts=1))
    outcome = system.run(PAUSE)
    office.emulated.control("DELETE", "/faults")
    return system, outcome


def later(office: Office, hours: int) -> None:
    """Let as much time pass for us as for the platform."""
    office.clock.advance(hours * HOUR_S)
    office.emulated.advance(hours * HOUR_S)


def last(system: System, entry: int | None) -> dict[str, Any]:
    """What the last row of an entry says."""
    return dict([row for row in system.book.rows() if row.entry == entry][-1].document)


@pytest.mark.parametrize("kind", FAULTS)
def test_answer_lost_once_is_asked_for_again_under_the_same_key_and_nobody_notices(desk: Office, kind: str) -> None:
    lose(desk, kind, 1)
    outcome = desk.system(platform=desk.emulated.platform(attempts=3)).run(PAUSE)
    assert (outcome.word, outcome.verdict, revision(outcome.after)) == ("applied", "achieved", 43)
    assert (len(desk.sent()), len(desk.sent_keys()), desk.emulated.shown("ACTIVE")["revision"]) == (2, 1, 43)


@pytest.mark.parametrize("kind", FAULTS)
def test_answer_that_the_transport_gave_up_is_found_again_with_one_effect(office: Office, kind: str) -> None:
    lose(office, kind, 1)
    system = office.system(platform=office.emulated.platform(attempts=1))
    outcome = system.run(PAUSE)
    assert (outcome.word, outcome.verdict, outcome.requests) == ("applied", "achieved", 4)
    assert outcome.findings.rules == ("lifecycle.agents", "change.found-again")
    assert (revision(outcome.after), office.emulated.shown("ACTIVE")["revision"], len(office.sent_keys())) == (
        43,
        43,
        1,
    )
    made = {one.revision: one.made_by for one in system.readings.sightings(ACTIVE)}
    assert made == {"42": None, "43": outcome.entry}
    assert system.recorder.unended() == []


def test_silence_is_given_up_after_our_own_time_out_and_is_in_doubt(desk: Office) -> None:
    platform = desk.emulated.platform(attempts=1, attempt_s=0.15)
    platform.read(ACTIVE)
    desk.emulated.order("silence", seconds=1000, method="PATCH")
    system = desk.system(platform=platform)
    outcome = system.run(PAUSE)
    assert outcome.failure is not None
    assert (outcome.word, outcome.failure.code) == ("in_doubt", "no-answer")


@pytest.mark.parametrize("kind", FAULTS)
def test_change_whose_every_answer_is_lost_is_in_doubt_and_stands_so_in_the_ledger(office: Office, kind: str) -> None:
    system, outcome = doubtful(office, kind)
    assert isinstance(outcome.ending, InDoubt)
    assert (outcome.word, outcome.verdict, outcome.after, revision(outcome.before)) == ("in_doubt", None, None, 42)
    assert steps(system, outcome.entry) == ["opened", "intent", "closed"]
    assert [(other.entry, other.stage) for other in system.recorder.unended()] == [(outcome.entry, Stage.IN_DOUBT)]
    assert len(office.sent_keys()) == 1
    assert (office.emulated.shown("ACTIVE")["revision"] == 43) == HAPPENS[kind]


@pytest.mark.parametrize("kind", FAULTS)
def test_next_command_of_anybody_ends_the_doubt(office: Office, kind: str) -> None:
    first, doubt = doubtful(office, kind)
    outcome = office.system("bob").run(PAUSE)
    said = last(first, doubt.entry)
    assert (said["step"], said["details"]["happened"]) == ("verdict", HAPPENS[kind])
    assert said["verdict"] == ("achieved" if HAPPENS[kind] else "diverged")
    assert outcome.word == ("unchanged" if HAPPENS[kind] else "applied")
    assert office.emulated.shown("ACTIVE")["revision"] == 43
    made = {one.revision: one.made_by for one in first.readings.sightings(ACTIVE)}
    assert made["43"] == (doubt.entry if HAPPENS[kind] else outcome.entry)
    assert first.recorder.unended() == []


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_doubt_ends_truly_when_somebody_outside_has_moved_the_campaign_on(desk: Office, kind: str) -> None:
    first, doubt = doubtful(desk, kind)
    desk.outside(STOP)
    outcome = desk.system("bob").run(Resume(campaign=ACTIVE))
    assert last(first, doubt.entry)["details"]["happened"] == HAPPENS[kind]
    assert outcome.word == "applied"
    assert desk.emulated.shown("ACTIVE")["revision"] == (45 if HAPPENS[kind] else 44)


def test_doubt_stays_while_the_platform_is_away(desk: Office) -> None:
    first, doubt = doubtful(desk, "reset_after")
    desk.emulated.order("status", status=503, times=None)
    assert desk.system("bob", platform=desk.emulated.platform(attempts=1)).run(STOP).word == "failed"
    assert [(other.entry, other.stage) for other in first.recorder.unended()] == [(doubt.entry, Stage.IN_DOUBT)]


def test_platform_that_did_not_take_the_request_up_leaves_no_doubt(desk: Office) -> None:
    desk.emulated.order("status", method="PATCH", status=503, times=None)
    outcome = desk.system(platform=desk.emulated.platform(attempts=2)).run(PAUSE)
    assert outcome.failure is not None
    assert (outcome.word, outcome.failure.code, outcome.failure.retryable) == ("failed", "unavailable", True)


def test_look_that_gets_no_answer_is_a_failure_and_no_doubt(desk: Office) -> None:
    desk.emulated.order("reset_after", method="GET", times=None)
    outcome = desk.system(platform=desk.emulated.platform(attempts=2)).run(PAUSE)
    assert (outcome.word, outcome.before, len(desk.sent())) == ("failed", None, 0)


def test_key_that_is_too_old_is_not_relied_on_and_the_next_revision_as_wanted_is_ours(desk: Office) -> None:
    first, doubt = doubtful(desk, "reset_after")
    later(desk, 25)
    sent = len(desk.sent())
    assert desk.system("bob").run(PAUSE).word == "unchanged"
    assert last(first, doubt.entry)["details"]["happened"] is True
    assert len(desk.sent()) == sent


def test_key_that_is_too_old_leaves_the_doubt_when_the_campaign_has_moved_on(desk: Office) -> None:
    first, doubt = doubtful(desk, "reset_after")
    later(desk, 25)
    desk.outside(STOP)
    outcome = desk.system("bob").run(Resume(campaign=ACTIVE))
    assert outcome.findings.rules == ("lifecycle.unfinished",)
    assert outcome.word == "applied"
    assert [other.entry for other in first.recorder.unended()] == [doubt.entry]


def test_age_of_a_key_counts_from_the_sending_however_late_the_entry_was_closed(desk: Office) -> None:
    gone = desk.system("bob")
    opened, _ = left_behind(gone, PAUSE, happened=True)
    later(desk, 20)
    desk.emulated.order("status", method="PATCH", status=502, times=None)
    settling = desk.system(platform=desk.emulated.platform(attempts=1))
    settling.settlement.settle_all(settling.recorder.unended(), Lane.READING)
    assert settling.book.read(opened.entry).outcome == "in_doubt"
    desk.emulated.control("DELETE", "/faults")
    later(desk, 10)
    settling.settlement.settle_all(settling.recorder.unended(), Lane.READING)
    assert last(settling, opened.entry)["details"]["happened"] is True


class Keyless(Through):
    """A platform that knows no idempotency keys."""

    @property
    def abilities(self) -> frozenset[Ability]:
        return self.beyond.abilities - {Ability.IDEMPOTENCY_KEY}


@pytest.mark.parametrize(("kind", "word"), [("reset_before", "in_doubt"), ("reset_after", "applied")])
def test_platform_without_keys_is_only_looked_at(desk: Office, kind: str, word: str) -> None:
    lose(desk, kind, None)
    outcome = desk.system(platform=Keyless(desk.emulated.platform(attempts=1))).run(PAUSE)
    assert (outcome.word, len(desk.sent())) == (word, 1)


class Locking(Through):
    """A platform whose campaign is locked between a lost answer and the look for it."""

    def __init__(self, beyond: Platform, lock: Callable[[], object]) -> None:
        super().__init__(beyond)
        self.lock = lock
        self.reads = 0

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Lane = Lane.READING) -> Observed:
        self.reads += 1
        if self.reads == 2:
            self.lock()
        return self.beyond.read(campaign, part=part, lane=lane)


def test_refusal_that_comes_with_the_repeat_is_what_is_told(desk: Office) -> None:
    lose(desk, "reset_before", 1)
    lock = partial(desk.emulated.arrange, "ACTIVE", locked=True)
    outcome = desk.system(platform=Locking(desk.emulated.platform(attempts=1), lock)).run(STOP)
    assert (outcome.word, "lifecycle.locked" in outcome.findings.rules) == ("refused", True)


def test_platform_forgets_a_key_by_its_own_clock_however_little_time_has_passed_here(desk: Office) -> None:
    opened, _ = left_behind(desk.system("bob"), PAUSE, happened=True)
    desk.clock.advance(60)
    desk.emulated.advance(25 * HOUR_S)
    system = desk.system()
    assert system.run(PAUSE).word == "unchanged"
    assert system.book.read(opened.entry).outcome == "applied"
