"""Waiting for calls to end: what was found meanwhile, what fails meanwhile, and what is not waited for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from paceline.bootstrap import System
from paceline.campaign.change import Achieved, Diverged, Lane, Settling
from paceline.campaign.lifecycle.changes import Resume
from paceline.campaign.observed import Observed, Part
from paceline.campaign.ports import Platform
from paceline.control.draining import Limit, due_of, settled
from paceline.control.order import Order
from paceline.primitives.clock import ManualClock
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId
from tests.contract.systems import ACTIVE, PAUSE, STARTED, STOP, Office, Through

CALL_S = 5
MINUTE = Limit(here_s=60.0)


class Together(ManualClock):
    """A clock of ours that takes the platform's along when somebody waits by it."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.clock.wall_ns())
        self.office = office

    def wait(self, seconds: float) -> None:
        super().wait(seconds)
        self.office.emulated.advance(seconds)


@pytest.fixture
def system(desk: Office) -> System:
    desk.emulated.arrange(ACTIVE, callsInFlight=[{"state": "connected", "secondsLeft": CALL_S}])
    return desk.system(clock=Together(desk))


def looks(desk: Office) -> int:
    return len(desk.sent("GET"))


class Noting(Through):
    """A platform that notes in which lanes campaigns were read."""

    def __init__(self, beyond: Platform) -> None:
        super().__init__(beyond)
        self.lanes: list[Lane] = []

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Lane = Lane.READING) -> Observed:
        self.lanes.append(lane)
        return super().read(campaign, part=part, lane=lane)


def test_looks_give_way_to_whatever_stops(desk: Office) -> None:
    platform = Noting(desk.emulated.platform())
    desk.emulated.arrange(ACTIVE, callsInFlight=[{"state": "connected", "secondsLeft": CALL_S}])
    system = desk.system(clock=Together(desk), platform=platform)
    paused = system.run(PAUSE)
    assert set(platform.lanes) == {Lane.STOPPING}
    platform.lanes.clear()
    assert system.draining.waited_for(paused, MINUTE).verdict == "achieved"
    assert set(platform.lanes) == {Lane.READING}


def test_calls_of_an_applied_change_are_waited_for_and_its_end_is_recorded(system: System) -> None:
    paused = system.run(PAUSE)
    ended = system.draining.waited_for(paused, MINUTE)
    assert (paused.verdict, ended.verdict, settled(ended)) == ("settling", "achieved", Achieved())
    assert ended.entry is not None
    assert system.book.read(ended.entry).verdict == "achieved"
    assert ended.timings_ms["total"] >= paused.timings_ms["total"] + CALL_S * 1000 - 1000
    assert ended.requests > paused.requests


def test_calls_are_waited_for_where_there_was_nothing_to_do_and_nothing_is_recorded(
    desk: Office, system: System
) -> None:
    desk.outside(PAUSE)
    found = system.run(PAUSE)
    rows = system.book.head().size
    assert (found.word, type(settled(found))) == ("unchanged", Settling)
    ended = system.draining.waited_for(found, MINUTE)
    assert (ended.word, settled(ended), system.book.head().size) == ("unchanged", Achieved(), rows)
    assert ended.timings_ms["total"] > found.timings_ms["total"]
    still = system.draining.waited_for(found, Limit(here_s=0.0))
    assert settled(still) == Achieved()


def test_one_looks_once_at_least(desk: Office, system: System) -> None:
    paused = system.run(PAUSE)
    before = looks(desk)
    still = system.draining.waited_for(paused, Limit(here_s=0.0))
    assert (still.word, still.verdict, looks(desk) - before) == ("applied", "settling", 1)
    desk.emulated.advance(CALL_S + 1)
    assert system.draining.waited_for(paused, Limit(here_s=0.0)).verdict == "achieved"


def test_looks_that_fail_are_told_and_the_outcome_is_kept(desk: Office, system: System) -> None:
    paused = system.run(PAUSE)
    desk.emulated.order("status", method="GET", status=503, times=None)
    told: list[PacelineError] = []
    ended = system.draining.waited_for(paused, MINUTE, failed=told.append)
    assert (ended.word, ended.verdict, ended.entry) == ("applied", "settling", paused.entry)
    assert 2 <= len(told) < 20
    assert ended.timings_ms["total"] >= paused.timings_ms["total"] + 60_000
    assert paused.entry is not None
    assert system.book.read(paused.entry).verdict == "settling"


def test_look_that_succeeds_after_some_that_failed_ends_the_wait(desk: Office, system: System) -> None:
    paused = system.run(PAUSE)
    desk.emulated.order("status", method="GET", status=404, times=3)
    told: list[PacelineError] = []
    ended = system.draining.waited_for(paused, MINUTE, failed=told.append)
    assert (ended.verdict, [error.code for error in told]) == ("achieved", ["not-found"] * 3)


def test_end_that_cannot_be_recorded_leaves_the_verdict_that_is_recorded(system: System) -> None:
    paused = system.run(PAUSE)
    still_open = replace(paused, entry=system.recorder.open(PAUSE, Order(actor=system.actor)).entry)
    told: list[PacelineError] = []
    ended = system.draining.waited_for(still_open, MINUTE, failed=told.append)
    assert (ended.verdict, [error.code for error in told]) == ("settling", ["entry-open"])


def test_change_for_an_hour_of_the_platform_is_not_waited_for(desk: Office, system: System) -> None:
    due = STARTED + timedelta(hours=1)
    planned = system.run(replace(STOP, effective_at=due))
    again = system.run(replace(STOP, effective_at=due))
    before = looks(desk)
    assert [system.draining.waited_for(one, MINUTE) for one in (planned, again)] == [planned, again]
    assert [(one.word, due_of(one), settled(one)) for one in (planned, again)] == [
        ("scheduled", due, None),
        ("unchanged", due, None),
    ]
    assert looks(desk) == before


def test_dry_run_is_not_waited_for(desk: Office, system: System) -> None:
    desk.outside(PAUSE)
    judged = system.run(PAUSE, dry_run=True)
    before = looks(desk)
    assert system.draining.waited_for(judged, MINUTE) is judged
    assert (settled(judged), looks(desk)) == (None, before)


def test_what_was_so_already_and_was_undone_meanwhile_is_seen(desk: Office, system: System) -> None:
    desk.outside(PAUSE)
    found = system.run(PAUSE)
    desk.outside(Resume(campaign=ACTIVE))
    ended = system.draining.waited_for(found, MINUTE)
    assert (ended.word, type(settled(ended))) == ("unchanged", Diverged)
