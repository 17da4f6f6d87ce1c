"""`audit list --kind`: one kind, a whole aspect, and an answer to who names none."""

from __future__ import annotations

import pytest

from paceline.bootstrap import open_system
from paceline.campaign.lifecycle.changes import Stop
from paceline.control.reviewing.kinds import KINDS
from paceline.ledger import drafts
from paceline.ledger.entry import Actor, Deed
from tests.acceptance.audited import Desk
from tests.acceptance.shift import Shift
from tests.contract.receivers import receiving
from tests.contract.systems import PAUSED


def listed(desk: Desk, kind: str) -> list[str]:
    return [one["kind"] for one in desk.data_of("audit", "list", "--kind", kind)["items"]]


def test_kind_that_nobody_knows_is_a_usage_error_that_names_those_that_there_are(desk: Desk) -> None:
    error = desk.data_of("audit", "list", "--kind", "bogus", code=64)["error"]
    assert error["message"] == "--kind: 'bogus' is no kind of entry"
    assert all(kind in error["hint"] for kind in (*KINDS, "lifecycle.*"))
    for near, meant in (("lifecycle.pase", "lifecycle.pause"), ("Lifecycle.*", "lifecycle.*"), ("lifecycle", None)):
        hint = desk.data_of("audit", "list", "--kind", near, code=64)["error"]["hint"]
        assert meant is None or f"did you mean {meant}?" in hint


def test_aspect_stands_for_all_its_kinds(desk: Desk) -> None:
    assert listed(desk, "lifecycle.*") == ["lifecycle.pause", "lifecycle.stop", "lifecycle.stop", "lifecycle.resume"]
    assert listed(desk, "lifecycle.resume") == ["lifecycle.resume"]
    assert listed(desk, "webhook.*") == listed(desk, "campaign.freeze") == []


def test_kind_of_another_version_is_known_where_the_ledger_holds_it(shift: Shift) -> None:
    with open_system() as system:
        deed = Deed(kind="dialing.rules", actor=Actor(name="ada", known_by="test"))
        draft = drafts.noted(deed, at=system.book.now())
        system.database.write(lambda connection: system.book.put(connection, draft))
    for kind in ("dialing.rules", "dialing.*"):
        (item,) = shift.data_of("audit", "list", "--kind", kind)["items"]
        assert item["kind"] == "dialing.rules"
    shift.type("audit", "list", "--kind", "dialing.pacing", code=64)


def test_every_kind_that_commands_note_is_known(shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACELINE_WEBHOOK_ALLOW_LOOPBACK", "yes")
    shift.type("declare", "ACTIVE", "purpose=sales")
    shift.type("freeze", "ACTIVE")
    shift.type("unfreeze", "ACTIVE")
    shift.type("resume", "ACTIVE")
    shift.type("audit", "checkpoint", "--out", str(shift.folder / "checkpoint.txt"))
    with receiving() as receiver:
        name = shift.data_of("webhook", "add", receiver.url)["id"]
        for verb in ("test", "replay", "rotate", "enable", "remove"):
            shift.type("webhook", verb, name)
    shift.type("get", "campaigns")
    shift.outside(Stop(campaign=PAUSED))
    shift.type("work", "--once")
    kinds = {one["kind"] for one in shift.data_of("audit", "list")["items"]}
    assert len(kinds) >= 10
    assert "campaign.drift" in kinds
    assert kinds <= set(KINDS)
