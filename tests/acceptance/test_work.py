"""`paceline work` as people run it: processes that are started, told to end, and killed."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from paceline.campaign.lifecycle.changes import Stop
from paceline.primitives.ids import CampaignId
from tests.acceptance.shift import LATER, NOW, Shift, Working
from tests.databases import KINDS, PostgresServer

Start = Callable[..., Working]


@pytest.fixture
def start(shift: Shift) -> Iterator[Start]:
    with ExitStack() as stack:

        def begin(*words: str) -> Working:
            working = Working(shift.folder, "-o", "json", *words)
            stack.callback(working.process.communicate)
            stack.callback(working.process.kill)
            return working

        yield begin


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 0)])
def test_worker_says_what_it_works_on_makes_what_is_due_and_ends_when_told(
    shift: Shift, start: Start, how: signal.Signals, code: int
) -> None:
    working = start()
    assert working.said == [
        f"database  sqlite:///{shift.folder / 'data' / 'paceline.db'}",
        "tenant    acme",
        f"platform  {shift.emulated.emulator.url}",
        "at work; Ctrl-C ends it",
    ]
    entry = shift.data_of("stop", "ACTIVE", "--at", NOW)["entry"]
    told = working.next()
    assert (told["did"], told["entry"], told["outcome"], told["verdict"]) == ("change", entry, "applied", "achieved")
    assert shift.workers() == {"check": "workers", "state": "ok", "found": "one lives", "hint": None}
    assert working.end(how) == code
    assert working.said[-1] == "paceline: the worker has ended"
    # It has taken its presence with it: nobody relies on it any more.
    assert shift.workers()["found"].startswith("none lives, and nothing waits")
    shift.type("stop", "PAUSED", "--at", LATER, code=3)


def test_worker_that_is_told_to_end_ends_first_what_it_has_begun(shift: Shift, start: Start) -> None:
    working = start()
    shift.emulated.order("delay", method="PATCH", path="/api/*", delayMs=500)
    entry = shift.data_of("stop", "ACTIVE", "--at", NOW)["entry"]
    while shift.state("ACTIVE") == "ACTIVE":
        pass
    # It was done, and the answer is on its way.
    assert working.end(signal.SIGTERM) == 0
    assert shift.data_of("changes", "show", str(entry))["outcome"] == "applied"
    assert shift.sent() == 1


def test_what_a_killed_worker_left_is_made_by_another_one(shift: Shift, start: Start) -> None:
    killed = start()
    entry = shift.data_of("stop", "ACTIVE", "--at", LATER)["entry"]
    assert killed.end(signal.SIGKILL) == -signal.SIGKILL
    shift.emulated.advance(3600)
    told = start().next()
    assert (told["entry"], told["outcome"]) == (entry, "applied")
    assert (shift.state("ACTIVE"), shift.sent()) == ("STOPPED", 1)
    shift.type("audit", "verify")


@pytest.mark.parametrize("kind", KINDS)
def test_several_workers_make_a_change_once(
    shift: Shift, start: Start, kind: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    if kind == "postgresql":
        monkeypatch.setenv("PACELINE_DATABASE_URL", request.getfixturevalue("postgres").new_database())
    first, second = start(), start()
    entries = [shift.data_of("stop", campaign, "--at", NOW)["entry"] for campaign in ("ACTIVE", "PAUSED")]
    shift.type("work", "--once")
    ended = [first.end(signal.SIGTERM), second.end(signal.SIGTERM)]
    assert (ended, shift.sent(), shift.waiting()) == ([0, 0], 2, [])
    closed = [shift.data_of("audit", "show", str(entry))["rows"][-1]["step"] for entry in entries]
    assert closed == ["closed", "closed"]
    shift.type("audit", "verify")


def test_one_round_sees_what_was_changed_outside_and_ends(shift: Shift) -> None:
    shift.type("get", "campaigns")
    shift.outside(Stop(campaign=CampaignId("PAUSED")))
    told = json.loads(shift.type("work", "--once", "-o", "json"))
    assert (told["did"], told["campaign"]) == ("drift", "PAUSED")
    assert any((one["found"], one["limit"]) == ("STOPPED", "PAUSED") for one in told["findings"])
    assert shift.data_of("audit", "show", str(told["entry"]))["kind"] == "campaign.drift"
    assert shift.type("work", "--once", "-o", "name") == ""
    assert shift.err.endswith("paceline: 0 ended, 0 wait for the platform, 0 settle or are in doubt\n")
    assert f"tenant    acme\nplatform  {shift.emulated.emulator.url}\n" in shift.err


def test_round_ends_with_6_while_the_platform_is_away_and_the_stop_lands_late(
    shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("paceline.cli.work.PATIENCE_S", 0.1)
    with shift.worker():
        entry = shift.data_of("stop", "ACTIVE", "--at", LATER)["entry"]
    shift.emulated.advance(3600 + 27 * 60)
    shift.emulated.order("status", path="/*", status=503, times=None)
    (away,) = [json.loads(line) for line in shift.type("work", "--once", "-o", "json", code=6).splitlines()]
    assert away["did"] == "platform-away"
    assert shift.waiting() == [entry]
    shift.emulated.control("DELETE", "/faults")
    shift.type("work", "--once")
    assert f"entry {entry}  lifecycle.stop of ACTIVE  applied (achieved): " in shift.err
    assert "late by 27 min" in shift.err
    assert shift.state("ACTIVE") == "STOPPED"


def test_worker_without_settings_says_what_is_missing(shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PACELINE_API_URL")
    assert shift.type("work", "--once", code=1) == ""
    assert "PACELINE_API_URL" in shift.err


def test_password_of_the_database_is_not_said(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = "s3cret-of-the-database"
    monkeypatch.setenv("PACELINE_DATABASE_URL", f"postgresql+psycopg://ada:{secret}@127.0.0.1:1/paceline")
    working = start()
    assert working.process.wait() == 1
    assert secret not in "".join(working.said) + working.process.stdout.read()


def test_worker_goes_on_after_the_database_server_was_killed_and_restarted(
    shift: Shift, start: Start, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACELINE_DATABASE_URL", postgres.new_database())
    working = start()
    postgres.kill()
    assert working.process.stderr is not None
    assert working.process.stderr.readline().startswith("paceline: it is tried again in 1 s: ")
    postgres.restart()
    while shift.workers()["found"] != "one lives":
        pass
    entry = shift.data_of("stop", "ACTIVE", "--at", NOW)["entry"]
    assert working.next()["entry"] == entry
    assert working.end(signal.SIGTERM) == 0
