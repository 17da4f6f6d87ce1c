"""The platform is away when a change is due: stops are made however late, everything else expires, nobody storms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from paceline.bootstrap import System
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.lifecycle.changes import Resume, Stop
from paceline.control.outcome import Outcome
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import EntryId, campaign_id
from tests.contract.later import HOUR, messages, pass_by, planned
from tests.contract.systems import ACTIVE, PAUSED, RESUME, STOP, STOPPED, Office, steps

AWAY_AT = timedelta(minutes=47)


def through_outage(office: Office, system: System, *, step: timedelta, kind: str, **fault: Any) -> list[Outcome]:
    """Be without the platform from 12:47 to 13:27, with a round at every step; return what ended meanwhile."""
    office.emulated.order(kind, path="/api/v2/*", **fault)
    ended: list[Outcome] = []
    for _ in range(timedelta(minutes=40) // step - 1):
        pass_by(office, step)
        done = system.worker.once()
        assert done.platform_away is not None
        ended += done.ended
    pass_by(office, step)
    office.emulated.control("DELETE", "/faults")
    return ended


def asked(office: Office, path: str = "/api/v2/*") -> int:
    """How much the platform was asked so far, whatever it answered."""
    return len(office.emulated.entries(path=path, limit="1000"))


def targets(office: Office) -> list[str]:
    """The campaigns of the changes that the platform took, in order."""
    return [entry["path"].rpartition("/")[2] for entry in office.sent() if entry["status"] == 200]


LATE = "late by 27 min: it was not looked at when its hour came, or the platform was away"


def is_landed_once(office: Office, system: System, stop: EntryId) -> None:
    assert steps(system, stop) == ["opened", "intent", "closed"]
    assert LATE in messages(system, stop)
    assert targets(office) == [ACTIVE]
    assert office.emulated.shown(ACTIVE)["revision"] == 43
    assert system.book.unfinished() == []


def test_stop_lands_once_when_the_platform_is_back_and_the_resumption_has_expired(office: Office) -> None:
    ada = office.system()
    stop, resume = planned(ada, STOP), planned(ada, RESUME)
    pass_by(office, AWAY_AT)
    ada.worker.once()
    expired = through_outage(office, ada, step=timedelta(minutes=1), kind="reset_before", times=None)
    assert [(one.entry, one.word) for one in expired] == [(resume, "expired")]
    assert messages(ada, resume) == [
        "late by 16 min: it was not looked at when its hour came, or the platform was away"
    ]
    before, measured = asked(office), asked(office, path="*/statistics")
    (landed,) = ada.worker.once().ended
    assert (landed.entry, landed.word, landed.verdict) == (stop, "applied", "achieved")
    # One look at the time, one look and the stop itself, one look at all for drift: nothing was saved up.
    counted = asked(office, path="*/statistics") - measured
    assert asked(office) - before - counted <= 5
    # What was measured of all campaigns is one request, however long nobody could ask.
    assert counted <= 1
    is_landed_once(office, ada, stop)
    assert office.emulated.shown(PAUSED)["status"] == "PAUSED"
    assert ada.worker.once().ended == ()


def test_silence_is_outlasted_and_another_worker_makes_the_stop(office: Office) -> None:
    ada = office.system()
    bob = office.system("bob", platform=office.emulated.platform(attempts=1, attempt_s=0.2))
    stop, resume = planned(ada, STOP), planned(ada, RESUME)
    pass_by(office, AWAY_AT)
    bob.worker.once()
    expired = through_outage(office, bob, step=timedelta(minutes=10), kind="silence", seconds=2400)
    assert [one.entry for one in expired] == [resume]
    assert [one.entry for one in ada.worker.once().ended] == [stop]
    is_landed_once(office, ada, stop)


def test_stop_lands_before_a_resumption_that_was_due_earlier_and_has_not_expired(office: Office) -> None:
    ada = office.system()
    resume = planned(ada, RESUME, after=timedelta(minutes=75))
    stop = planned(ada, STOP, after=timedelta(minutes=80))
    pass_by(office, AWAY_AT)
    ada.worker.once()
    assert through_outage(office, ada, step=timedelta(seconds=30), kind="reset_before", times=None) == []
    assert [one.entry for one in ada.worker.once().ended] == [stop, resume]
    assert targets(office) == [ACTIVE, PAUSED]


def test_many_changes_that_fell_due_meanwhile_make_no_storm(office: Office) -> None:
    names = [campaign_id(f"STORM-{number:02}") for number in range(30)]
    ada = office.system(platform=office.emulated.platform("wide", attempts=1))
    for number, name in enumerate(names):
        state = "ACTIVE" if number < 10 else "STOPPED"
        office.emulated.control("POST", "/campaigns", {"tenant": "wide", "id": name, "status": state})
        planned(ada, (Stop if number < 10 else Resume)(campaign=name), after=HOUR + timedelta(minutes=20))
    pass_by(office, AWAY_AT)
    ada.worker.once()
    before = asked(office)
    assert through_outage(office, ada, step=timedelta(minutes=1), kind="status", status=503, times=None) == []
    # Of the 33 minutes until they are due nothing is asked but the time, and of the last seven each stop once a round.
    assert asked(office) - before <= 39 + 7 * 12
    before = asked(office)
    ended = ada.worker.once().ended
    assert [one.word for one in ended] == ["applied"] * 30
    assert {one.change.kind for one in ended[:10]} == {"lifecycle.stop"}
    assert asked(office) - before <= 2 * len(names) + 5


def fallen_into_doubt(office: Office, system: System, change: AnyChange, *, kind: str) -> EntryId:
    """Have every answer to a due change lost, from the first to the last attempt."""
    entry = planned(system, change)
    pass_by(office, HOUR)
    office.emulated.order(kind, method="PATCH", path="/api/v2/*", times=None)
    done = system.worker.once()
    assert (done.ended, done.waiting, done.drifts) == ((), 1, ())
    assert steps(system, entry) == ["opened", "intent"]
    return entry


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_stop_in_doubt_is_found_out_and_has_one_effect(office: Office, kind: str) -> None:
    ada = office.system()
    stop = fallen_into_doubt(office, ada, STOP, kind=kind)
    office.emulated.control("DELETE", "/faults")
    pass_by(office, timedelta(seconds=21))
    (ended,) = ada.worker.once().ended
    assert (ended.entry, ended.word, ended.verdict) == (stop, "applied", "achieved")
    assert steps(ada, stop) == ["opened", "intent", "closed"]
    assert (office.emulated.shown(ACTIVE)["revision"], len(office.sent_keys())) == (43, 1)
    made = {one.revision: one.made_by for one in ada.readings.sightings(ACTIVE)}
    assert made == {"42": None, "43": stop}


@pytest.mark.parametrize(("kind", "word"), [("reset_before", "expired"), ("reset_after", "applied")])
def test_resumption_in_doubt_that_is_too_late_is_looked_for_before_it_is_called_expired(
    office: Office, kind: str, word: str
) -> None:
    ada = office.system()
    resume = fallen_into_doubt(office, ada, Resume(campaign=STOPPED), kind=kind)
    pass_by(office, timedelta(minutes=16))
    office.emulated.control("DELETE", "/faults")
    (ended,) = ada.worker.once().ended
    assert (ended.entry, ended.word) == (resume, word)
    assert office.emulated.shown(STOPPED)["revision"] == (3 if word == "expired" else 4)
    assert office.emulated.shown(STOPPED)["status"] == ("STOPPED" if word == "expired" else "ACTIVE")
    assert (ada.book.unfinished(), ada.recorder.unended()) == ([], [])


def test_resumption_in_doubt_that_is_too_late_while_the_platform_is_away_is_settled_planned(office: Office) -> None:
    ada = office.system()
    resume = fallen_into_doubt(office, ada, Resume(campaign=STOPPED), kind="reset_after")
    office.emulated.order("reset_before", path="/api/v2/*", times=None)
    pass_by(office, timedelta(minutes=16))
    (ended,) = ada.worker.once().ended
    assert (ended.entry, ended.word) == (resume, "in_doubt")
    office.emulated.control("DELETE", "/faults")
    ada.worker.once()
    assert steps(ada, resume) == ["opened", "intent", "closed", "verdict"]
    assert ada.book.read(resume).verdict == "achieved"
    assert ada.recorder.unended() == []


def test_change_is_not_made_before_anybody_has_seen_the_platforms_clock(office: Office) -> None:
    ada, bob = office.system("ada"), office.system("bob", clock=ManualClock())
    planned(ada, STOP)
    office.emulated.order("reset_before", path="/api/v2/*", times=None)
    office.emulated.advance(7200)
    done = bob.worker.once()
    assert (done.ended, done.waiting, done.platform_away is not None) == ((), 0, True)
