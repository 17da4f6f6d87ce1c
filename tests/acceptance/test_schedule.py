"""`paceline set schedule` and `get schedule` as people and scripts use them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from paceline.testing import RunningEmulator
from tests.acceptance.clerk import EAST, NEW, WEST, at_the_desk, rules_of, settings_emulator
from tests.acceptance.shift import Shift
from tests.contract.receivers import receiving

TOML = """
timezone = "America/New_York"
businessHoursDirective = "STRICT"
maxConcurrentCalls = 20
[[timeWindows]]
dayOfWeek = "FRIDAY"
startTime = "10:00:00"
endTime = "16:00:00"
"""
WHOLE = {
    "timezone": "America/New_York",
    "businessHoursDirective": "STRICT",
    "timeWindows": [{"dayOfWeek": "FRIDAY", "startTime": "10:00:00", "endTime": "16:00:00"}],
    "maxConcurrentCalls": 20,
}


@pytest.fixture(scope="module")
def emulator() -> Iterator[RunningEmulator]:
    with settings_emulator() as running:
        yield running


@pytest.fixture
def desk(
    emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shift]:
    with at_the_desk(emulator, tmp_path, monkeypatch, capsys) as begun:
        yield begun


def windows(desk: Shift, campaign: str = EAST) -> list[tuple[str, str, str]]:
    """The windows that the platform holds."""
    shown: list[dict[str, Any]] = desk.emulated.shown(campaign)["schedule"]["timeWindows"]
    return [(one["dayOfWeek"], one["startTime"], one["endTime"]) for one in shown]


def puts(desk: Shift) -> int:
    return len(desk.emulated.entries(method="PUT", path="/api/v2/*"))


def test_schedule_is_set_by_words_and_told_with_the_law_it_was_judged_by(desk: Shift) -> None:
    told = desk.data_of(
        "set", "schedule", EAST, "timeWindows=MON-FRI 09:00-17:00, SAT 10:00-14:00", "--ticket", "OPS-1"
    )
    assert (told["outcome"], told["verdict"], told["change"]) == (
        "applied",
        "achieved",
        {"kind": "schedule.set", "campaign": EAST},
    )
    assert (told["before"]["revision"], told["after"]["revision"]) == (1, 2)
    assert (len(told["before"]["schedule"]["windows"]), len(told["after"]["schedule"]["windows"])) == (2, 6)
    assert told["law"]["zone_data"] == "2026f"
    assert windows(desk)[-1] == ("SATURDAY", "10:00:00", "14:00:00")
    shown = desk.type("get", "schedule", EAST)
    assert "timeWindows: MON 09:00-17:00, TUE 09:00-17:00" in shown


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_what_get_prints_is_unchanged_when_it_is_fed_back(desk: Shift, form: str) -> None:
    block = desk.folder / f"schedule.{form}"
    block.write_text(desk.type("get", "schedule", EAST, "-o", form), encoding="utf-8")
    told = desk.data_of("set", "schedule", EAST, "--file", str(block))
    assert (told["outcome"], told["findings"], puts(desk)) == ("unchanged", [], 0)


@pytest.mark.parametrize("form", ["toml", "json", "yaml"])
def test_campaign_gets_its_first_schedule_from_a_file(desk: Shift, form: str) -> None:
    desk.type("get", "schedule", NEW, code=64)
    assert f"paceline set schedule {NEW} --file FILE" in desk.err
    block = desk.folder / f"schedule.{form}"
    # The body of the contract, whole: what is filled in by us may stand in it.
    told = {**WHOLE, "campaignId": NEW, "scheduleId": None, "status": "ACTIVE"}
    block.write_text(TOML if form == "toml" else json.dumps(told), encoding="utf-8")
    made = desk.data_of("set", "schedule", NEW, "--file", str(block), "maxConcurrentCalls=30")
    assert (made["outcome"], made["before"]["schedule"], made["after"]["schedule"]["max_calls"]) == (
        "applied",
        None,
        30,
    )
    found = desk.data_of("get", "schedule", NEW)
    assert found.pop("scheduleId")
    assert found == {**WHOLE, "maxConcurrentCalls": 30}


def test_window_over_midnight_is_two_and_24_is_an_end(desk: Shift) -> None:
    told = desk.data_of("set", "schedule", EAST, "timeWindows=SUN 22:00-02:00", code=3)
    assert {"schedule.calling-time", "schedule.hours-of-platform"} <= set(rules_of(told))
    assert "Sunday 22:00-24:00" in str(told["findings"])
    assert "Monday 00:00-02:00" in str(told["findings"])


def test_hours_that_the_law_closes_are_refused_with_citation_local_time_and_what_would_do(desk: Shift) -> None:
    words = ("set", "schedule", EAST, "timeWindows=MON-FRI 09:00-20:01")
    refused = desk.data_of(*words, code=3)
    assert (refused["outcome"], refused["after"], rules_of(refused)) == ("refused", None, ["schedule.calling-time"])
    found = {one["rule"]: one for one in refused["findings"]}
    assert (found["schedule.calling-time"]["limit"], found["schedule.calling-time"]["source"]) == (
        ["US-FL-hours"],
        "Fla. Stat. 501.616(6)(a)",
    )
    assert "2026-06-15 20:00" in found["schedule.calling-time"]["message"]
    # Florida has two zones: what is lawful in both begins at nine in New York.
    assert found["schedule.lawful-windows"]["limit"][0] == "Monday 09:00-20:00"
    assert "Fla. Stat." not in desk.type("set", "schedule", EAST, "timeWindows=MON-FRI 09:00-20:00")
    assert puts(desk) == 1


def test_dry_run_shows_findings_and_sends_nothing(desk: Shift) -> None:
    told = desk.data_of("set", "schedule", EAST, "timeWindows=TUE 09:00-17:00", "--dry-run")
    assert (told["outcome"], told["would"], told["law"]["zone_data"]) == ("unchanged", "applied", "2026f")
    refused = desk.data_of("set", "schedule", EAST, "timezone=EST", "--dry-run", code=3)
    assert rules_of(refused) == ["schedule.zone"]
    assert "zone data 2026f" in refused["findings"][0]["message"]
    assert puts(desk) == 0


def test_override_of_the_directive_is_recorded_told_and_shown_until_it_ends(desk: Shift) -> None:
    words = ("set", "schedule", EAST, "businessHoursDirective=IGNORE")
    assert rules_of(desk.data_of(*words, code=3)) == ["schedule.directive"]
    word = ("--override", "schedule.directive", "--until", "2026-06-16T12:00:00Z", "--reason", "a test of the dialer")
    told = desk.data_of(*words, *word)
    (found,) = [one for one in told["findings"] if one["rule"] == "schedule.directive"]
    assert (told["outcome"], found["severity"]) == ("applied", "info")
    assert found["message"].endswith("ada answers for it until 2026-06-16T12:00:00Z")
    opening = desk.data_of("audit", "show", str(told["entry"]))
    assert "schedule.directive" in json.dumps(opening)
    assert desk.data_of("explain", EAST)["overrides"] == [
        {"rule": "schedule.directive", "until": "2026-06-16T12:00:00Z", "by": "ada", "entry": told["entry"]}
    ]
    assert "ada answers for schedule.directive until 2026-06-16T12:00:00Z" in desk.type("explain", EAST)
    desk.emulated.advance(86_400)
    assert desk.data_of("explain", EAST)["overrides"] == []


def test_no_override_lets_a_call_outside_of_legal_hours_pass(desk: Shift) -> None:
    words = ("set", "schedule", EAST, "businessHoursDirective=IGNORE", "timeWindows=MON 06:00-09:00")
    rules = ("schedule.directive", "schedule.calling-time", "schedule.closed-day")
    overrides = [word for rule in rules for word in ("--override", rule)]
    refused = desk.data_of(*words, *overrides, "--until", "2026-06-16T12:00:00Z", code=3)
    assert set(rules_of(refused)) == {"schedule.calling-time", "schedule.directive"}
    told = [one["found"] for one in refused["findings"] if one["rule"] == "change.override"]
    assert set(told) == {"schedule.calling-time", "schedule.directive"}
    assert puts(desk) == 0


def test_closed_days_hold_a_schedule_up_until_somebody_answers_for_them(desk: Shift) -> None:
    desk.type("declare", EAST, "regions=US-AL")
    words = ("set", "schedule", EAST, "timeWindows=MON 09:00-17:00")
    assert rules_of(desk.data_of(*words, code=3)) == ["schedule.closed-day"]
    desk.type("declare", EAST, "closed_days=paused")
    assert desk.data_of(*words)["outcome"] == "applied"


def test_campaign_of_which_nothing_is_declared_is_judged_by_everything_and_told_so(desk: Shift) -> None:
    desk.type("declare", EAST, "purpose=", "regions=")
    refused = desk.data_of("set", "schedule", EAST, "timeWindows=TUE 09:00-17:00", code=3)
    found = {one["rule"]: one for one in refused["findings"]}
    assert found["schedule.assumed"]["found"] == ["purpose", "regions"]
    assert desk.data_of("explain", EAST)["assumed"] == ["purpose", "regions"]
    assert "nobody declared its purpose, so the tightest was assumed" in desk.type("explain", EAST)


def test_many_campaigns_have_an_outcome_each(desk: Shift) -> None:
    told = desk.data_of("set", "schedule", EAST, WEST, "maxConcurrentCalls=60", "--yes")
    assert [(one["change"]["campaign"], one["outcome"]) for one in told["items"]] == [
        (EAST, "applied"),
        (WEST, "applied"),
    ]
    assert told["items"][0]["after"]["schedule"]["windows"] != told["items"][1]["after"]["schedule"]["windows"]
    mixed = desk.data_of("set", "schedule", "--all", "--yes", "--count", "3", "maxConcurrentCalls=61", code=7)
    assert {one["change"]["campaign"]: one["outcome"] for one in mixed["items"]}[NEW] == "refused"


@pytest.mark.parametrize("named", ['W/"1"', '"1"', "1"])
def test_tag_that_was_looked_at_lets_it_through_and_one_that_is_over_does_not(desk: Shift, named: str) -> None:
    words = ("set", "schedule", EAST, "--if-revision", named)
    assert desk.data_of(*words, "maxConcurrentCalls=60")["outcome"] == "applied"
    told = desk.data_of(*words, "maxConcurrentCalls=70", code=5)
    assert (told["outcome"], told["findings"][0]["field"]) == ("conflicted", "maxConcurrentCalls")
    assert (told["findings"][0]["limit"], told["findings"][0]["found"]) == (80, 60)
    assert told["findings"][0]["source"].startswith("ada (entry ")
    assert desk.data_of(*words, "maxConcurrentCalls=70", "--on-conflict", "rejudge")["outcome"] == "applied"


def test_schedule_for_later_is_made_by_a_worker_and_judged_by_then(desk: Shift) -> None:
    words = ("set", "schedule", EAST, "timeWindows=TUE 09:00-17:00", "--at", "2026-06-15T13:00:00Z")
    assert rules_of(desk.data_of(*words, code=3)) == ["agenda.no-worker"]
    with desk.worker():
        told = desk.data_of(*words)
        assert (told["outcome"], told["change"]["due"]) == ("scheduled", "2026-06-15T13:00:00Z")
    desk.emulated.advance(3600)
    desk.type("work", "--once")
    shown = desk.data_of("changes", "show", str(told["entry"]))
    assert (shown["status"], shown["outcome"]) == ("ended", "applied")
    assert windows(desk) == [("TUESDAY", "09:00:00", "17:00:00")]


def test_calendar_hears_of_it(desk: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACELINE_WEBHOOK_ALLOW_LOOPBACK", "yes")
    with receiving() as receiver:
        secret = desk.data_of("webhook", "add", receiver.url, "--kinds", "schedule.*,dialing.*")["secret"]
        desk.type("set", "schedule", EAST, "timeWindows=TUE 09:00-17:00")
        desk.type("set", "rules", EAST, "maxAttempts=9", code=3)
        desk.type("work", "--once")
        first, second = (Webhook(secret).verify(one.body, one.headers) for one in receiver.got)
    assert (first["type"], first["campaign"], first["data"]["zone"], first["data"]["windows"]) == (
        "schedule.applied",
        EAST,
        "America/New_York",
        ["Tuesday 09:00-17:00"],
    )
    assert (second["type"], second["data"]["dialing_method"], second["data"]["success"]) == (
        "dialing.refused",
        "PROGRESSIVE",
        False,
    )


def test_explanation_says_when_the_schedule_opens(desk: Shift) -> None:
    told = desk.data_of("explain", EAST)
    assert (told["schedule"]["open"], told["schedule"]["opens_at"], told["schedule"]["lawful"]) == (
        False,
        "2026-06-15T13:00:00Z",
        True,
    )
    shown = desk.type("explain", EAST)
    assert "its schedule is closed, and opens at 2026-06-15T13:00:00Z" in shown
    assert "schedule: lawful, as far as it is judged here\n" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("timeWindow=MON 09:00-17:00",), "did you mean timeWindows?"),
        (("timeWindows=MON 9-17",), "is no time of day"),
        (("timeWindows=FOO 09:00-17:00",), "is no day such as MON"),
        (("timeWindows=MON 09:00",), "is no window such as MON-FRI 09:00-17:00"),
        (("timeWindows=MON 09:00-09:00",), "ends where it begins"),
        (("timeWindows=MON 24:00-09:00",), "24:00 is an end, never a start"),
        (('timeWindows=[{"dayOfWeek": "MONDAY"}]',), "a window has dayOfWeek, endTime, startTime"),
        (("timeWindows=[{",), "timeWindows:"),
        (("businessHoursDirective=LAX",), "must be one of STRICT, FLEXIBLE, IGNORE"),
        (("maxConcurrentCalls=many",), "must be a whole number"),
        (("timezone=",), "must be the name of a zone"),
        (("campaignId=X",), "is no key"),
    ],
    ids=lambda one: "_".join(one) if isinstance(one, tuple) else "",
)
def test_words_that_are_off_are_usage_errors(desk: Shift, words: tuple[str, ...], said: str) -> None:
    assert desk.type("set", "schedule", EAST, *words, code=64) == ""
    assert said in desk.err
    assert puts(desk) == 0
