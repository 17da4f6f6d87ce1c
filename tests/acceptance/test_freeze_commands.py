"""`paceline freeze` and `unfreeze` as people use them: who froze, why, what is not stopped yet, and the way out."""

from __future__ import annotations

import pytest

from paceline.campaign.lifecycle.changes import Resume
from paceline.primitives.ids import CampaignId
from tests.acceptance.shift import LATER, Shift


def test_frozen_campaign_is_stopped_and_its_resumption_refused_naming_who_and_why(shift: Shift) -> None:
    told = shift.data_of("freeze", "ACTIVE", "--reason", "complaint 17", "--ticket", "OPS-2")
    (frozen,) = told["frozen"]
    assert (frozen["campaign"], frozen["by"], frozen["reason"], told["not_yet_stopped"]) == (
        "ACTIVE", "ada", "complaint 17", [],
    )  # fmt: skip
    assert shift.state("ACTIVE") == "STOPPED"
    assert "ada froze it" in shift.type("resume", "ACTIVE", code=3)
    refused = shift.data_of("resume", "ACTIVE", "--at", LATER, "--by", "platform", code=3)
    (finding,) = [one for one in refused["findings"] if one["rule"] == "lifecycle.frozen"]
    assert "complaint 17" in finding["message"]
    assert finding["source"] == f"ada (entry {frozen['entry']})"
    note = shift.data_of("audit", "show", str(frozen["entry"]))
    assert (note["kind"], note["reason"], note["ticket"]) == ("campaign.freeze", "complaint 17", "OPS-2")


def test_freeze_is_shown_wherever_the_campaign_is(shift: Shift) -> None:
    entry = shift.data_of("freeze", "PAUSED", "--reason", "complaint 17")["frozen"][0]["entry"]
    listed = {one["campaign"]: one["frozen"] for one in shift.data_of("get", "campaigns")["campaigns"]}
    assert [campaign for campaign, frozen in listed.items() if frozen] == ["PAUSED"]
    assert shift.data_of("get", "campaign", "PAUSED")["frozen"]
    (row,) = [line for line in shift.type("get", "campaigns").splitlines() if line.startswith("PAUSED")]
    assert "FROZEN" in row
    told = shift.data_of("explain", "PAUSED")
    assert (told["frozen"]["by"], told["frozen"]["reason"], told["frozen"]["entry"]) == ("ada", "complaint 17", entry)
    assert "only `paceline unfreeze` lets it be resumed" in shift.type("explain", "PAUSED")
    assert shift.data_of("explain", "ACTIVE")["frozen"] is None


def test_frozen_campaign_needs_a_person_before_a_locked_one_with_why_and_what_to_do(shift: Shift) -> None:
    assert [one["campaign"] for one in shift.data_of("get", "needs")["items"]] == ["LOCKED"]
    shift.type("freeze", "PAUSED", "--reason", "complaint 17")
    told = shift.data_of("get", "needs")
    assert [(one["campaign"], one["needs"][0]["word"]) for one in told["items"]] == [
        ("PAUSED", "frozen"), ("LOCKED", "locked"),
    ]  # fmt: skip
    assert (told["well"], told["unreadable"]) == (3, [])
    shown = shift.type("get", "needs").splitlines()
    assert "ada froze it: complaint 17" in shown[1]
    assert "Look why, unfreeze" in shown[1]
    assert shift.err.endswith("2 of 5 campaigns need a person\n")
    shift.type("get", "predictions", "ACTIVE")
    assert "nothing was predicted of ACTIVE yet" in shift.err


def test_freeze_withdraws_what_waits_for_its_hour(shift: Shift) -> None:
    with shift.worker():
        waiting = shift.data_of("resume", "PAUSED", "--at", LATER)["entry"]
        shift.type("freeze", "PAUSED")
        assert shift.waiting() == []
        refused = shift.data_of("resume", "PAUSED", "--at", LATER, code=3)
        assert [one["rule"] for one in refused["findings"]] == ["lifecycle.frozen"]
    shift.emulated.advance(3700)
    shift.type("work", "--once")
    assert shift.state("PAUSED") == "STOPPED"
    assert shift.data_of("changes", "show", str(waiting))["outcome"] == "expired"


def test_locked_campaign_is_frozen_named_as_not_yet_stopped_and_stopped_by_a_worker(shift: Shift) -> None:
    told = shift.data_of("freeze", "ACTIVE", "LOCKED", "--yes", code=7)
    ((left, why),) = [(one["campaign"], one["why"]) for one in told["not_yet_stopped"]]
    assert left == "LOCKED"
    assert "locked" in why
    (row,) = [line for line in shift.type("get", "campaigns").splitlines() if line.startswith("LOCKED")]
    assert "locked, FROZEN" in row
    assert "not yet stopped" in shift.type("freeze", "LOCKED", code=6)
    shift.emulated.arrange("LOCKED", locked=False)
    shift.type("work", "--once")
    assert shift.state("LOCKED") == "STOPPED"


def test_freeze_that_waits_ends_when_its_time_is_over(shift: Shift) -> None:
    told = shift.data_of("freeze", "LOCKED", "--wait", "--timeout", "1s", code=6)
    assert [one["campaign"] for one in told["not_yet_stopped"]] == ["LOCKED"]


def test_dry_run_shows_what_a_freeze_would_stop_and_freezes_and_sends_nothing(shift: Shift) -> None:
    told = shift.data_of("freeze", "ACTIVE", "LOCKED", "--dry-run", code=7)
    assert "nothing was frozen" in shift.err
    assert {one["change"]["campaign"]: one["outcome"] for one in told["items"]} == {
        "ACTIVE": "unchanged", "LOCKED": "refused",
    }  # fmt: skip
    assert shift.state("ACTIVE") == "ACTIVE"
    assert not any(one["frozen"] for one in shift.data_of("get", "campaigns")["campaigns"])
    shift.type("freeze", "ACTIVE")
    assert shift.data_of("unfreeze", "ACTIVE", "STOPPED", "--dry-run") == {"would_unfreeze": ["ACTIVE"]}
    assert "ACTIVE  would be let go of" in shift.type("unfreeze", "ACTIVE", "--dry-run")
    assert shift.data_of("get", "campaign", "ACTIVE")["frozen"]


def test_unfreezing_resumes_nothing_and_lets_it_be_resumed(shift: Shift) -> None:
    shift.type("freeze", "ACTIVE", "PAUSED", "--yes")
    told = shift.data_of("unfreeze", "ACTIVE", "STOPPED", "--reason", "list was cleaned")
    assert told == {"unfrozen": ["ACTIVE"]}
    assert "STOPPED is not frozen" in shift.err
    assert shift.state("ACTIVE") == "STOPPED"
    assert shift.type("resume", "ACTIVE", "-o", "name") == "campaign/ACTIVE\n"
    shift.type("resume", "PAUSED", code=3)
    (note,) = shift.data_of("audit", "list", "--kind", "campaign.unfreeze")["items"]
    assert (note["campaign"], note["reason"], note["actor"]["name"]) == ("ACTIVE", "list was cleaned", "ada")
    shift.type("freeze", "ACTIVE")
    shift.type("unfreeze", "ACTIVE", "PAUSED", code=64)
    assert "want --yes" in shift.err


def test_whole_tenant_is_frozen_and_what_dials_again_is_stopped_again(shift: Shift) -> None:
    before = len(shift.data_of("get", "campaigns")["campaigns"])
    shift.type("freeze", "--all", code=64)
    told = shift.data_of("freeze", "--all", "--yes", "--count", str(before), "--reason", "stop everything", code=7)
    assert len(told["frozen"]) == before
    assert {one["campaign"] for one in told["not_yet_stopped"]} == {"LOCKED"}
    shift.outside(Resume(campaign=CampaignId("ACTIVE")))
    assert shift.state("ACTIVE") == "ACTIVE"
    shift.type("work", "--once")
    assert shift.state("ACTIVE") == "STOPPED"


def test_freezing_an_id_that_no_campaign_has_freezes_nothing_and_says_where_to_look(shift: Shift) -> None:
    told = shift.data_of("freeze", "CMP-99999", code=1)
    assert (told["unknown"], told["frozen"], told["not_yet_stopped"]) == (["CMP-99999"], [], [])
    assert "the platform has no campaign CMP-99999" in shift.err
    assert "`paceline get campaigns`" in shift.err
    shift.type("unfreeze", "CMP-99999")
    assert "CMP-99999 is not frozen" in shift.err
    assert shift.data_of("freeze", "ACTIVE", "CMP-99999", "--yes", code=7)["unknown"] == ["CMP-99999"]
    assert shift.state("ACTIVE") == "STOPPED"


@pytest.mark.parametrize("words", [("freeze",), ("unfreeze",), ("freeze", "ACTIVE", "--timeout", "soon")], ids=" ".join)
def test_freeze_without_a_campaign_or_with_a_wrong_span_is_a_usage_error(shift: Shift, words: tuple[str, ...]) -> None:
    assert shift.type(*words, code=64) == ""
    assert shift.state("ACTIVE") == "ACTIVE"


def test_freeze_without_a_worker_says_that_nobody_tries_again_and_so_does_the_doctor(shift: Shift) -> None:
    shift.type("freeze", "ACTIVE", "LOCKED", "--yes", code=7)
    assert "no worker lives, so nobody tries again to stop the 1 that are not stopped yet" in shift.err
    missed = shift.workers()
    assert (missed["state"], missed["hint"]) == ("warning", "start one: paceline work")
    assert missed["found"] == "none lives, and 1 frozen and not seen stopped: nobody tries again"
    shift.emulated.arrange("LOCKED", locked=False)
    shift.type("freeze", "LOCKED")
    assert "no worker lives, so nobody stops what somebody outside paceline resumes" in shift.err
    assert shift.workers()["found"] == "none lives, and 2 frozen: nobody stops what is resumed outside paceline"
    with shift.worker():
        shift.type("freeze", "ACTIVE")
        assert "no worker lives" not in shift.err
        assert shift.workers()["state"] == "ok"


def test_paused_campaign_that_is_locked_is_frozen_and_shown_as_not_dialing(shift: Shift) -> None:
    shift.emulated.arrange("PAUSED", locked=True)
    told = shift.data_of("freeze", "PAUSED")
    assert ([one["campaign"] for one in told["not_dialing"]], told["not_yet_stopped"]) == (["PAUSED"], [])
    shown = shift.type("freeze", "PAUSED")
    assert "PAUSED  frozen, does not dial: " in shown
    assert "1 frozen, 0 of them stopped, 1 do not dial" in shown
    assert shift.workers()["found"] == "none lives, and 1 frozen: nobody stops what is resumed outside paceline"
