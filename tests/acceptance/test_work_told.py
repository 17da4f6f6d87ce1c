"""`paceline work` says each thing that it did, and loses none of it with its database server."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from paceline.campaign.lifecycle.changes import Pause, Resume
from paceline.primitives.ids import CampaignId
from tests.acceptance.shift import LATER, NOW, Shift, Working
from tests.contract.leased import eventually
from tests.contract.receivers import Receiver, receiving
from tests.databases import PostgresServer


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """A receiver on this machine, to which messages may go."""
    monkeypatch.setenv("PACELINE_WEBHOOK_ALLOW_LOOPBACK", "yes")
    with receiving() as opened:
        yield opened


@contextmanager
def working(shift: Shift) -> Iterator[Working]:
    at_work = Working(shift.folder, "-o", "json")
    try:
        yield at_work
    finally:
        at_work.process.kill()
        at_work.process.communicate()


def told(shift: Shift) -> dict[str, Any]:
    """What one round said, by what it did."""
    lines = [json.loads(line) for line in shift.type("work", "--once", "-o", "json").splitlines()]
    return {line["did"]: line for line in lines}


def test_round_names_what_it_stopped_settled_found_drifted_and_delivered(shift: Shift, receiver: Receiver) -> None:
    shift.type("webhook", "add", receiver.url)
    shift.type("freeze", "STOPPED")
    settling = shift.data_of("stop", "PAUSED", "--at", LATER, "--by", "platform")["entry"]
    shift.type("work", "--once")
    shift.outside(Resume(campaign=CampaignId("STOPPED")))
    shift.outside(Pause(campaign=CampaignId("ACTIVE")))
    shift.emulated.advance(3600)
    heard = len(receiver.got)
    said = told(shift)
    assert list(said) == ["keep-frozen", "settle", "drift", "carry"]
    kept = said["keep-frozen"]
    assert (kept["change"]["campaign"], kept["outcome"], kept["after"]["state"]) == ("STOPPED", "applied", "STOPPED")
    assert (said["settle"]["entry"], said["settle"]["verdict"]) == (settling, "achieved")
    assert said["drift"]["campaign"] in {"ACTIVE", "STOPPED"}
    assert (said["carry"]["put_off"], said["carry"]["delivered"]) == (0, len(receiver.got) - heard)
    assert told(shift) == {}


def test_round_says_to_people_what_it_did(shift: Shift, receiver: Receiver) -> None:
    shift.type("webhook", "add", receiver.url)
    shift.type("freeze", "LOCKED", code=6)
    settling = shift.data_of("stop", "PAUSED", "--at", LATER, "--by", "platform")["entry"]
    shift.emulated.advance(3600)
    shift.type("work", "--once")
    assert "lifecycle.stop of LOCKED  refused" in shift.err
    assert "(it is frozen, and dialed all the same)" in shift.err
    assert f"entry {settling}  lifecycle.stop of PAUSED  settled: scheduled (achieved)" in shift.err
    assert "messages  " in shift.err
    assert " delivered, 0 put off, 0 given up" in shift.err


def test_stop_under_way_and_undelivered_messages_outlast_the_database_server(
    shift: Shift, receiver: Receiver, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACELINE_DATABASE_URL", postgres.new_database())
    name = shift.data_of("webhook", "add", receiver.url)["id"]
    receiver.always(500)
    with working(shift) as at_work:
        paused = shift.data_of("pause", "ACTIVE")["entry"]
        eventually(lambda: receiver.got)
        shift.emulated.order("delay", method="PATCH", path="*/PAUSED", delayMs=1000)
        stop = shift.data_of("stop", "PAUSED", "--at", NOW)["entry"]
        while shift.state("PAUSED") != "STOPPED":
            pass
        # The answer is on its way, and its end cannot be kept when it comes; nor can a message be read.
        postgres.kill()
        assert at_work.process.stderr is not None
        while "it is tried again in 1 s" not in at_work.process.stderr.readline():
            pass
        receiver.always(200)
        postgres.restart()
        while (said := at_work.next())["did"] != "change":
            pass
        assert (said["entry"], said["outcome"]) == (stop, "applied")
        shift.type("webhook", "enable", name)
        eventually(lambda: len(receiver.taken()) == 2)
        assert at_work.end(signal.SIGTERM) == 0
    assert [(one["type"], one["entry"]) for one in receiver.taken()] in (
        [("lifecycle.applied", paused), ("lifecycle.applied", stop)],
        [("lifecycle.applied", stop), ("lifecycle.applied", paused)],
    )
    assert shift.emulated.shown("PAUSED")["revision"] == 8
    assert shift.data_of("audit", "show", str(stop))["outcome"] == "applied"
    assert shift.waiting() == []
    shift.type("audit", "verify")
