"""Changes for later as people use them: `--at`, `paceline changes`, and the way back."""

from __future__ import annotations

import pytest

from tests.acceptance.shift import LATER, NOW, PAST, Shift


def later(shift: Shift, verb: str, campaign: str, *words: str, code: int = 0) -> dict[str, object]:
    found: dict[str, object] = shift.data_of(verb, campaign, "--at", LATER, *words, code=code)
    return found


def test_change_for_later_is_refused_without_a_worker_and_names_the_command_that_starts_one(shift: Shift) -> None:
    told = shift.data_of("stop", "ACTIVE", "--at", LATER, code=3)
    assert (told["outcome"], told["verdict"], told["requests"]) == ("refused", None, 0)
    (finding,) = told["findings"]
    assert finding["rule"] == "agenda.no-worker"
    assert "`paceline work`" in finding["message"]
    assert shift.data_of("audit", "show", str(told["entry"]))["outcome"] == "refused"
    # What the platform does by itself needs nobody here.
    assert later(shift, "stop", "ACTIVE", "--by", "platform")["outcome"] == "scheduled"


def test_change_waits_for_its_hour_and_is_made_then(shift: Shift) -> None:
    with shift.worker():
        told = shift.data_of("stop", "ACTIVE", "--at", "2026-06-15T09:00:00-04:00", "--reason", "shift ends")
        assert (told["outcome"], told["verdict"], told["after"]) == ("scheduled", None, None)
        assert told["change"] == {"kind": "lifecycle.stop", "campaign": "ACTIVE", "due": LATER}
        assert shift.data_of("changes", "list")["items"] == [
            {
                "entry": told["entry"],
                "status": "waiting",
                "kind": "lifecycle.stop",
                "campaign": "ACTIVE",
                "due": LATER,
                "by": "ada",
                "reason": "shift ends",
            }
        ]
        explained = shift.data_of("explain", "ACTIVE")
        assert [(one["entry"], one["due"]) for one in explained["waiting"]] == [(told["entry"], LATER)]
        assert f"lifecycle.stop at {LATER} by ada (entry {told['entry']}): shift ends" in shift.type(
            "explain", "ACTIVE"
        )
        assert shift.sent() == 0
    missed = shift.workers()
    assert (missed["state"], missed["hint"]) == ("warning", "start one: paceline work")
    assert missed["found"] == "none lives, and a change waits for one"
    shift.emulated.advance(3600)
    shift.type("work", "--once")
    assert (shift.state("ACTIVE"), shift.sent(), shift.waiting()) == ("STOPPED", 1, [])
    shown = shift.data_of("changes", "show", str(told["entry"]))
    assert (shown["status"], shown["due"], shown["outcome"]) == ("ended", LATER, "applied")
    assert shown["actor"]["name"] == "ada"


def test_many_campaigns_wait_each_with_an_entry(shift: Shift) -> None:
    with shift.worker():
        words = ("stop", "ACTIVE", "PAUSED", "ARCHIVED", "--at", LATER, "--yes")
        told = shift.data_of(*words, code=7)
        assert {one["change"]["campaign"]: one["outcome"] for one in told["items"]} == {
            "ACTIVE": "scheduled",
            "ARCHIVED": "refused",
            "PAUSED": "scheduled",
        }
        assert (told["summary"]["scheduled"], told["summary"]["refused"]) == (2, 1)
        assert len(shift.waiting()) == 2
        assert f"scheduled  for {LATER}" in shift.type("pause", "ACTIVE", "--at", LATER)


def test_stop_is_planned_while_the_platform_is_away_and_a_resumption_is_not(
    shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACELINE_TOTAL_S", "0.1")
    with shift.worker():
        shift.emulated.order("status", path="/*", status=503, times=None)
        told = later(shift, "stop", "ACTIVE")
        assert (told["outcome"], told["before"]) == ("scheduled", None)
        findings = told["findings"]
        assert isinstance(findings, list)
        assert [one["rule"] for one in findings] == ["agenda.unjudged"]
        shift.type("resume", "PAUSED", "--at", LATER, code=1)
        assert shift.waiting() == [told["entry"]]
        shift.emulated.control("DELETE", "/faults")
        shift.emulated.advance(3600)
    shift.type("work", "--once")
    assert (shift.state("ACTIVE"), shift.waiting()) == ("STOPPED", [])


def test_stops_of_named_campaigns_are_planned_while_the_platform_is_away_though_they_are_many(
    shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACELINE_TOTAL_S", "0.1")
    with shift.worker():
        shift.emulated.order("status", path="/*", status=503, times=None)
        told = shift.data_of("stop", "ACTIVE", "PAUSED", "STOPPED", "--at", LATER, "--yes")
        assert [one["outcome"] for one in told["items"]] == ["scheduled"] * 3
        assert len(shift.waiting()) == 3
        shift.type("stop", "ACTIVE", "--at", "2126-06-15T13:00:00Z", code=3)
        shift.type("stop", "--all", "--at", LATER, "--yes", code=1)
        shift.emulated.control("DELETE", "/faults")


def test_due_stop_that_could_not_be_made_says_why_in_the_list_and_to_the_doctor(shift: Shift) -> None:
    with shift.worker():
        later(shift, "stop", "LOCKED")
    shift.emulated.advance(3600)
    shift.type("work", "--once", code=6)
    (listed,) = shift.data_of("changes", "list")["items"]
    assert ("is locked" in listed["trouble"], listed["put_aside"]) == (True, False)
    assert "(not made yet: campaign LOCKED is locked" in " ".join(shift.type("changes", "list").split())
    changes = next(one for one in shift.data_of("doctor")["checks"] if one["check"] == "changes")
    assert (changes["state"], "it is not made yet" in changes["found"]) == ("warning", True)


def test_past_instant_is_refused_and_one_of_a_moment_ago_is_due_at_once(shift: Shift) -> None:
    with shift.worker() as rounds:
        told = shift.data_of("stop", "ACTIVE", "--at", PAST, code=3)
        assert [one["rule"] for one in told["findings"] if one["severity"] == "error"] == ["lifecycle.effective-time"]
        settings = shift.data_of("set", "rules", "ACTIVE", "maxCallsPerAgent=2", "--at", PAST, code=3)
        assert [one["rule"] for one in settings["findings"]] == ["lifecycle.effective-time"]
        assert (settings["outcome"], settings["requests"]) == ("refused", 0)
        assert shift.data_of("stop", "ACTIVE", "--at", "2027-12-31T00:00:00Z", code=3)["outcome"] == "refused"
        assert shift.data_of("stop", "ACTIVE", "--at", "2026-06-15T11:59:30Z")["outcome"] == "scheduled"
        while not (ended := rounds.get(timeout=20).ended):
            pass
    assert [(one.change.campaign, one.word) for one in ended] == [("ACTIVE", "applied")]


def test_dry_run_keeps_nothing_for_later(shift: Shift) -> None:
    assert later(shift, "stop", "ACTIVE", "--dry-run", code=3)["outcome"] == "refused"
    with shift.worker():
        told = later(shift, "stop", "ACTIVE", "--dry-run")
        assert (told["outcome"], told["dry_run"]) == ("unchanged", True)
        assert later(shift, "stop", "ARCHIVED", "--dry-run", code=5)["outcome"] == "refused"
    assert (shift.waiting(), shift.sent()) == ([], 0)


def test_resumption_expires_when_it_is_later_than_not_after(shift: Shift) -> None:
    with shift.worker():
        short = later(shift, "resume", "PAUSED", "--not-after", "5m")["entry"]
        long = later(shift, "resume", "STOPPED", "--not-after", "30m")["entry"]
    shift.emulated.advance(3600 + 6 * 60)
    shift.type("work", "--once")
    ended = {entry: shift.data_of("changes", "show", str(entry))["outcome"] for entry in (short, long)}
    assert ended == {short: "expired", long: "applied"}
    assert (shift.state("PAUSED"), shift.state("STOPPED")) == ("PAUSED", "ACTIVE")


def test_list_shows_what_was_asked_for(shift: Shift) -> None:
    with shift.worker():
        stop, resume = later(shift, "stop", "ACTIVE")["entry"], later(shift, "resume", "PAUSED")["entry"]
    platform = later(shift, "resume", "STOPPED", "--by", "platform")["entry"]

    def found(*words: str) -> list[str]:
        return shift.type("changes", "list", *words, "-o", "name").split()

    assert found() == [f"entry/{entry}" for entry in (stop, resume, platform)]
    assert found("--campaign", "PAUSED") == [f"entry/{resume}"]
    assert found("--status", "settling") == [f"entry/{platform}"]
    assert found("--status", "in-doubt") == []
    assert LATER in shift.type("changes", "list", "--status", "settling")


def test_cancelled_change_is_not_made_and_says_who_withdrew_it(shift: Shift) -> None:
    with shift.worker():
        entry = str(later(shift, "stop", "ACTIVE")["entry"])
    told = shift.data_of("changes", "cancel", entry, "--reason", "the shift goes on")
    assert (told["withdrawn"], told["outcome"], told["entry"]) == (True, "expired", int(entry))
    assert "ada withdrew it before its hour: the shift goes on" in told["findings"][0]["message"]
    shift.emulated.advance(3700)
    shift.type("work", "--once")
    assert shift.state("ACTIVE") == "ACTIVE"
    shift.type("changes", "cancel", entry, code=5)
    assert f"entry {entry} has ended: expired" in shift.err
    shift.type("changes", "cancel", "9999", code=1)
    assert "no entry 9999" in shift.err


def test_what_waits_on_the_platform_is_not_cancelled_here(shift: Shift) -> None:
    entry = str(later(shift, "stop", "ACTIVE", "--by", "platform")["entry"])
    shift.type("changes", "cancel", entry, code=5)
    assert "waits on the platform" in shift.err
    shift.type("changes", "undo", entry, code=3)
    assert "has not been made yet" in shift.err


@pytest.mark.parametrize(
    ("verb", "campaign", "before", "after"),
    [("stop", "ACTIVE", "ACTIVE", "STOPPED"), ("resume", "PAUSED", "PAUSED", "ACTIVE")],
)
def test_undo_leads_back_to_the_state_before(shift: Shift, verb: str, campaign: str, before: str, after: str) -> None:
    entry = str(shift.data_of(verb, campaign)["entry"])
    assert shift.state(campaign) == after
    told = shift.data_of("changes", "undo", entry, "--dry-run")
    assert (told["outcome"], shift.state(campaign)) == ("unchanged", after)
    told = shift.data_of("changes", "undo", entry, "--reason", "a mistake")
    assert (told["outcome"], shift.state(campaign)) == ("applied", before)
    assert shift.data_of("audit", "show", str(told["entry"]))["reason"] == f"a mistake (undo of entry {entry})"


def test_undo_is_a_conflict_when_somebody_has_changed_the_state_since(shift: Shift) -> None:
    entry = str(shift.data_of("pause", "ACTIVE")["entry"])
    since = shift.data_of("stop", "ACTIVE")["entry"]
    told = shift.data_of("changes", "undo", entry, code=5)
    assert told["outcome"] == "conflicted"
    assert f"entry {since}" in json_text(told["findings"])
    assert shift.state("ACTIVE") == "STOPPED"


def test_undo_of_a_stop_of_a_paused_campaign_says_how_it_goes(shift: Shift) -> None:
    entry = str(shift.data_of("stop", "PAUSED")["entry"])
    told = shift.data_of("changes", "undo", entry, code=5)
    assert "lifecycle.transition" in json_text(told["findings"])
    assert "resume PAUSED first, then bring it to PAUSED" in shift.err


def test_what_did_nothing_cannot_be_undone(shift: Shift) -> None:
    refused = str(shift.data_of("pause", "STOPPED", code=5)["entry"])
    unchanged = str(shift.data_of("pause", "PAUSED")["entry"])
    declared = str(shift.data_of("declare", "ACTIVE", "purpose=sales")["entry"])
    for entry, why in ((refused, "ended as refused"), (unchanged, "ended as unchanged"), (declared, "no change of")):
        assert shift.type("changes", "undo", entry, code=3) == ""
        assert why in shift.err


@pytest.mark.parametrize(
    "words",
    [
        ("--at", "2026-06-15T13:00:00"),
        ("--at", LATER, "--by", "bob"),
        ("--at", LATER, "--wait"),
        ("--not-after", "30m"),
        ("--at", LATER, "--by", "platform", "--not-after", "30m"),
        ("--at", LATER, "--not-after", "soon"),
        ("--by", "platform"),
    ],
    ids=" ".join,
)
def test_words_that_contradict_each_other_are_usage_errors(shift: Shift, words: tuple[str, ...]) -> None:
    assert shift.type("stop", "ACTIVE", *words, code=64) == ""
    assert shift.sent() == 0


def test_change_for_now_waits_for_nobody(shift: Shift) -> None:
    with shift.worker() as rounds:
        shift.type("resume", "PAUSED", "--at", NOW)
        while not rounds.get(timeout=20).ended:
            pass
    assert shift.state("PAUSED") == "ACTIVE"


def json_text(findings: list[dict[str, object]]) -> str:
    return " ".join(f"{one['rule']} {one['message']}" for one in findings)
