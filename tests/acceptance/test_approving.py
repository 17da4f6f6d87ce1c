"""Approval by a second person as people use it: a policy in the file, one who asks, and one who decides."""

from __future__ import annotations

from typing import Any

import pytest

from paceline.campaign.lifecycle.changes import Pause
from paceline.primitives.ids import campaign_id
from tests.acceptance.shift import LATER, Shift

POLICY = '[approvals]\nrules = [{ kinds = ["lifecycle.resume"] }]\n'


@pytest.fixture
def guarded(shift: Shift) -> Shift:
    (shift.folder / "paceline.toml").write_text(POLICY)
    return shift


def asked(shift: Shift, *words: str) -> str:
    told = shift.data_of("resume", *(words or ("PAUSED",)))
    assert (told["outcome"], told["findings"][0]["rule"]) == ("scheduled", "approval.wanted")
    return str(told["entry"])


def as_bob(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACELINE_ACTOR", "bob")


def test_resumption_waits_until_another_person_approves_it(guarded: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    said = guarded.type("resume", "PAUSED", "--reason", "shift begins")
    assert "scheduled  waits for approval until 2026-06-16T12:00:00Z" in said
    (item,) = guarded.data_of("changes", "list", "--status", "waits-for-approval")["items"]
    entry = str(item["entry"])
    assert (item["kind"], item["due"], item["approve_until"]) == ("lifecycle.resume", None, "2026-06-16T12:00:00Z")
    assert f"`paceline changes approve {entry}`" in said
    shown = guarded.type("changes", "show", entry)
    assert "status: waits-for-approval" in shown
    assert f"anybody other than ada: paceline changes approve {entry}" in shown
    assert "waits-for-approval (until 2026-06-16T12:00:00Z)" in guarded.type("changes", "list")
    own = guarded.data_of("changes", "approve", entry, code=3)
    assert [one["rule"] for one in own["findings"]] == ["approval.second-person"]
    assert (guarded.state("PAUSED"), guarded.sent()) == ("PAUSED", 0)
    as_bob(monkeypatch)
    made = guarded.data_of("changes", "approve", entry, "--reason", "the list is clean")
    assert (made["outcome"], made["entry"], guarded.state("PAUSED")) == ("applied", int(entry), "ACTIVE")
    approval = guarded.data_of("changes", "show", entry)["approval"]
    assert (approval["asked_by"], approval["given"]["by"]) == ("ada", "bob")
    note = guarded.data_of("audit", "show", str(approval["given"]["entry"]))
    assert (note["kind"], note["reason"], note["actor"]["name"]) == ("approval.approve", "the list is clean", "bob")
    guarded.type("changes", "approve", entry, code=5)
    assert "does not wait for approval any more" in guarded.err


def test_several_are_approved_by_one_command(guarded: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    told = guarded.data_of("resume", "PAUSED", "STOPPED", "--yes")
    assert told["summary"]["scheduled"] == 2
    entries = [str(one["entry"]) for one in told["items"]]
    as_bob(monkeypatch)
    guarded.type("changes", "approve", *entries, "9999", code=1)
    assert guarded.sent() == 0
    done = guarded.data_of("changes", "approve", *entries)
    assert [one["outcome"] for one in done["items"]] == ["applied", "applied"]
    assert done["summary"] == {"applied": 2, "requests": sum(one["requests"] for one in done["items"])}
    guarded.type("changes", "approve", code=64)


def test_rejected_one_is_not_made(guarded: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = asked(guarded)
    as_bob(monkeypatch)
    told = guarded.data_of("changes", "reject", entry, "--reason", "not today")
    assert (told["outcome"], told["findings"][0]["rule"]) == ("refused", "approval.rejected")
    assert "bob rejected it" in told["findings"][0]["message"]
    guarded.type("changes", "approve", entry, code=5)
    guarded.type("work", "--once")
    assert (guarded.state("PAUSED"), guarded.data_of("changes", "list")["items"]) == ("PAUSED", [])
    guarded.type("changes", "reject", "9999", code=1)


def test_it_expires_when_nobody_approves_it(guarded: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    short, usual = asked(guarded, "PAUSED", "--not-after", "30m"), asked(guarded, "STOPPED")
    guarded.emulated.advance(1801)
    guarded.type("work", "--once")
    assert guarded.data_of("changes", "show", short)["outcome"] == "expired"
    as_bob(monkeypatch)
    guarded.emulated.advance(86_400)
    assert guarded.data_of("changes", "approve", usual, code=6)["outcome"] == "expired"
    assert guarded.sent() == 0


def test_what_is_approved_for_later_waits_for_its_hour(guarded: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    assert guarded.data_of("resume", "STOPPED", "--wait")["outcome"] == "scheduled"
    with guarded.worker():
        entry = asked(guarded, "PAUSED", "--at", LATER)
        as_bob(monkeypatch)
        waits = guarded.data_of("changes", "approve", entry)
        assert (waits["outcome"], waits["change"]["due"]) == ("scheduled", LATER)
    guarded.type("changes", "show", entry)
    assert guarded.waiting() == [int(entry)]
    guarded.emulated.advance(3600)
    guarded.type("work", "--once")
    assert guarded.state("PAUSED") == "ACTIVE"


def test_pauses_stops_and_freezes_wait_for_nobody_and_a_policy_that_says_so_is_refused(guarded: Shift) -> None:
    assert guarded.data_of("pause", "ACTIVE")["outcome"] == "applied"
    assert guarded.data_of("stop", "PAUSED")["outcome"] == "applied"
    guarded.type("freeze", "STOPPED")
    (guarded.folder / "paceline.toml").write_text(POLICY.replace("resume", "*"))
    guarded.type("get", "campaigns", code=1)
    assert "approvals, from paceline.toml, has a fault: rule 1, kinds: 'lifecycle.*' fits" in guarded.err


def test_way_back_of_a_pause_wants_approval_too(guarded: Shift) -> None:
    entry = str(guarded.data_of("pause", "ACTIVE")["entry"])
    told = guarded.data_of("changes", "undo", entry)
    assert (told["outcome"], guarded.state("ACTIVE")) == ("scheduled", "PAUSED")


def test_size_is_counted_by_command(shift: Shift) -> None:
    (shift.folder / "paceline.toml").write_text(POLICY.replace(" }", ", campaigns = 2 }"))
    assert shift.data_of("resume", "PAUSED")["outcome"] == "applied"
    shift.outside(Pause(campaign=campaign_id("PAUSED")))
    with shift.worker():
        planned = shift.data_of("resume", "PAUSED", "STOPPED", "--at", LATER, "--yes")["items"]
    at_once = shift.data_of("resume", "PAUSED", "STOPPED", "--yes")["items"]
    found: Any = [one["findings"][-1]["rule"] for one in (*planned, *at_once)]
    assert found == ["approval.wanted"] * 4


def test_time_to_wait_without_an_hour_goes_with_what_may_want_approval_alone(guarded: Shift) -> None:
    for words in (("stop", "ACTIVE"), ("pause", "ACTIVE")):
        assert guarded.type(*words, "--not-after", "30m", code=64) == ""
    assert guarded.sent() == 0
