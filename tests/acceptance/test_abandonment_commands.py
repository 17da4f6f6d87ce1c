"""`paceline abandonment` and `ease-off` as people and scripts use them."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from tests.acceptance.shift import Shift
from tests.contract.bold import BOLD, PACING

MINUTES: list[dict[str, Any]] = [
    {"minute": f"2026-06-{day:02}T11:{minute:02}:00Z", "dials": 300, "connects": 100 + day, "abandons": 2 + minute % 2}
    for day in range(4, 15)
    for minute in range(4)
]
"""Eleven days on which nearly three in a hundred were abandoned."""


@pytest.fixture
def dialing(shift: Shift) -> Shift:
    document = {"id": BOLD, "status": "ACTIVE", "agents": 3, "revision": 42, "predictiveDialer": PACING}
    shift.emulated.control("POST", "/campaigns", document)
    shift.emulated.arrange(BOLD, statistics=MINUTES)
    return shift


def test_one_campaign_is_told_with_its_period_and_what_is_left_before_its_end(dialing: Shift) -> None:
    found = dialing.data_of("abandonment", BOLD)
    assert (found["campaign"], found["first_dial"]) == (BOLD, "2026-06-04T11:00:00Z")
    (period,) = found["periods"]
    answered, abandoned = sum(one["connects"] for one in MINUTES), sum(one["abandons"] for one in MINUTES)
    assert (period["answered"], period["abandoned"], period["ceiling"]) == (answered, abandoned, "3/100")
    assert (period["period"], period["anchor"]) == ("30-day-blocks", "first-dial")
    assert (period["start"], period["end"]) == ("2026-06-04T11:00:00Z", "2026-07-04T11:00:00Z")
    assert period["rate"] == abandoned / answered
    assert period["allowance_now"] == (3 * answered - 100 * abandoned) // 97
    left = period["remaining"]
    assert 0 < left["low"] < left["mean"] < left["high"]
    assert (period["age_s"], period["standing"], period["rules"]) == (0.0, "ok", ["US-2", "US-5"])
    table = dialing.type("abandonment", BOLD)
    assert f"{left['mean']} ({left['low']} to {left['high']}) before 4 July" in table
    assert "the first dial that was seen" in table


def test_several_campaigns_are_items_and_a_label_chooses_among_them(dialing: Shift) -> None:
    found = dialing.data_of("abandonment", BOLD, "ACTIVE")
    assert [one["campaign"] for one in found["items"]] == [BOLD, "ACTIVE"]
    dialing.type("declare", BOLD, "label.team=east")
    (only,) = dialing.data_of("abandonment", "-l", "team=east")["items"]
    assert only["campaign"] == BOLD
    assert len(dialing.data_of("abandonment", "--all")["items"]) == 6
    assert dialing.type("abandonment", BOLD, "-o", "name") == f"campaign/{BOLD}\n"


def test_what_was_told_before_is_shown_while_the_platform_is_away(
    dialing: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACELINE_TOTAL_S", "0.1")
    before = dialing.data_of("abandonment", BOLD)
    dialing.emulated.order("status", status=503, path="/*", times=None)
    after = dialing.data_of("abandonment", BOLD, code=6)
    assert "shown is what it told before" in dialing.err
    assert after["periods"][0]["abandoned"] == before["periods"][0]["abandoned"]
    assert after["periods"][0]["age_s"] is None


def test_campaign_that_is_not_there_is_an_error(dialing: Shift) -> None:
    dialing.type("abandonment", "NOBODY", code=1)


def test_easing_off_is_recorded_with_its_reason_and_is_done_once(dialing: Shift) -> None:
    told = dialing.data_of("ease-off", BOLD, "--reason", "too bold for the evening")
    assert (told["outcome"], told["change"]["kind"]) == ("applied", "pacing.set")
    assert dialing.emulated.shown(BOLD)["predictiveDialer"]["abandonRate"] == 0
    entry = dialing.data_of("audit", "show", str(told["entry"]))
    assert entry["reason"] == "too bold for the evening"
    assert dialing.data_of("ease-off", BOLD)["outcome"] == "unchanged"


def test_dry_run_tells_that_something_would_be_done(dialing: Shift) -> None:
    dialing.type("ease-off", BOLD, "--dry-run", "--detailed-exitcode", code=2)
    assert dialing.emulated.shown(BOLD)["revision"] == 42


def test_campaign_without_an_earlier_good_pacing_is_refused_with_the_way_out(dialing: Shift) -> None:
    dialing.type("ease-off", BOLD, "--to", "last-good", code=3)
    assert "--to progressive" in dialing.err
    assert dialing.emulated.shown(BOLD)["revision"] == 42


def test_several_campaigns_are_eased_off_each_with_an_outcome_of_its_own(dialing: Shift) -> None:
    dialing.type("ease-off", BOLD, "PAUSED", code=64)
    found = dialing.data_of("ease-off", BOLD, "PAUSED", "--yes", code=7)
    assert [(one["change"]["campaign"], one["outcome"]) for one in found["items"]] == [
        (BOLD, "applied"),
        ("PAUSED", "refused"),
    ]
    last = dialing.data_of("ease-off", BOLD, "PAUSED", "--yes", "--to", "last-good", code=1)
    assert {one["error"]["code"] for one in last["items"]} == {"nothing-good"}


@pytest.mark.parametrize("words", [("--at", "2026-06-15T13:00:00Z"), ("--override", "pacing.step-limit")])
def test_options_of_changes_that_wait_or_override_are_refused(dialing: Shift, words: tuple[str, ...]) -> None:
    dialing.type("ease-off", BOLD, *words, code=64)


def test_report_holds_what_the_platform_told_of_abandonment(dialing: Shift) -> None:
    dialing.type("abandonment", BOLD)
    folder = dialing.folder / "report"
    dialing.type(
        "audit", "report", "--from", "2026-06-01T00:00:00Z", "--to", "2026-07-01T00:00:00Z", "--out", str(folder)
    )
    with (folder / "abandonment.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    hours = [row for row in rows if row["what"] == "hour"]
    assert sum(int(row["answered"]) for row in hours) == sum(one["connects"] for one in MINUTES)
    (period,) = [row for row in rows if row["what"] == "30-day-blocks"]
    assert (period["campaign"], period["from"], period["to"]) == (BOLD, "2026-06-04T11:00:00Z", "2026-07-04T11:00:00Z")
    assert int(period["abandoned"]) == sum(one["abandons"] for one in MINUTES)
    assert "abandonment.csv" in (folder / "README.txt").read_text(encoding="utf-8")


def test_notes_of_guards_are_kinds_that_can_be_asked_for(dialing: Shift) -> None:
    assert dialing.data_of("audit", "list", "--kind", "guard.breach")["items"] == []
