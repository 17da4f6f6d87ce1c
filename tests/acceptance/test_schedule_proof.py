"""`paceline schedule prove`, `next`, `week`, `export` and `law check`, on a platform whose clock stands still."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from icalendar import Calendar

from paceline.testing import RunningEmulator, running_emulator
from tests.acceptance.shift import Shift, shift_on

TENANTS = Path(__file__).with_name("scheduled.toml")
NOW = "2026-10-10T12:00:00Z"
"""Eight days before Pennsylvania's hours become shorter."""
FEWER_CALLS = """
[[rule]]
id = "US-FL-attempts-of-a-bill"
jurisdiction = "US-FL"
kind = "attempts"
citation = "a bill, invented for this test"
summary = "At most 2 calls in 24 hours."
most = 2
period = "24h"
counted = "rolling"
each = "subject"
effective_from = 2027-02-01
confidence = "high"
source = "house"
verified_on = 2026-11-20
"""


@pytest.fixture(scope="module")
def emulator() -> Iterator[RunningEmulator]:
    with running_emulator(TENANTS, now=NOW, speed=0.0, seed=7) as running:
        yield running


@pytest.fixture
def desk(
    emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shift]:
    with shift_on(emulator, tmp_path, monkeypatch, capsys) as begun:
        begun.declare("CMP-FL", "CMP-LATE")
        yield begun


def prove(desk: Shift, *words: str, code: int = 0) -> Any:
    return desk.data_of("schedule", "prove", *words, code=code)


def test_lawful_schedule_is_proven_in_every_place(desk: Shift) -> None:
    told = prove(desk, "CMP-FL", "--horizon", "365d")
    assert (told["proven"], told["from"], told["until"]) == (True, NOW, "2027-10-10T12:00:00Z")
    assert [place["zone"] for place in told["places"]] == ["America/Chicago", "America/New_York"]
    assert told["examined_minutes"] == 2 * told["scheduled_minutes"] == 2 * 52 * (11 + 8) * 60
    assert (told["violating_minutes"], told["violations"], told["illegal"]) == (0, [], [])
    assert set(told["zone_data"]["files"]) == {"America/Chicago", "America/New_York"}
    assert "CMP-FL  proven" in desk.type("schedule", "prove", "CMP-FL")


def test_single_illegal_minute_is_found_with_local_time_and_citation(desk: Shift) -> None:
    told = prove(desk, "CMP-LATE", code=3)
    assert (told["proven"], told["violating_minutes"], len(told["illegal"])) == (False, 52, 52)
    assert told["illegal"][0] == ["2026-10-15T00:00:00Z", "2026-10-15T00:01:00Z"]
    (violation,) = told["violations"]
    assert violation["rules"] == [{"id": "US-FL-hours", "citation": "Fla. Stat. 501.616(6)(a)"}]
    assert (violation["zone"], violation["local"][:10], violation["places"]) == ("America/New_York", "2026-10-14", 1)
    shown = desk.type("schedule", "prove", "CMP-LATE", code=3)
    assert "NOT proven" in shown
    assert "Fla. Stat. 501.616(6)(a)" in shown
    assert desk.type("schedule", "prove", "CMP-LATE", "-o", "name", code=3) == "not proven\n"


def test_what_is_not_judged_is_named(desk: Shift) -> None:
    told = {rule["id"]: rule["kind"] for rule in prove(desk, "CMP-FL")["not_judged"]}
    assert {"US-8": "duty", "US-13": "duty", "US-FL-attempts": "attempts"}.items() <= told.items()


def test_ban_of_lines_that_nobody_knows_is_named_as_not_judged(desk: Shift) -> None:
    desk.type("declare", "CMP-FL", "regions=US-AZ")
    assert "ban" in {rule["kind"] for rule in prove(desk, "CMP-FL", code=3)["not_judged"]}


def test_undeclared_campaign_is_judged_by_everything(desk: Shift) -> None:
    desk.type("declare", "CMP-FL", "purpose=", "regions=")
    told = prove(desk, "CMP-FL", code=3)
    assert told["assumed"] == ["purpose", "regions"]
    assert len(told["places"]) > 20


def test_region_whose_law_nobody_knows_is_never_proven(desk: Shift) -> None:
    desk.type("declare", "CMP-FL", "regions=US-FL,JP")
    told = prove(desk, "CMP-FL", code=3)
    assert (told["proven"], told["unknown_regions"], told["places"]) == (False, ["JP"], [])
    assert desk.data_of("schedule", "next", "CMP-FL", code=3)["next"] is None
    assert "nobody knows the law of JP" in desk.type("schedule", "prove", "CMP-FL", code=3)


def test_closed_days_hold_a_proof_up_until_somebody_answers_for_them(desk: Shift) -> None:
    desk.type("declare", "CMP-FL", "regions=US-AL")
    refused = prove(desk, "CMP-FL", "--horizon", "60d", code=3)
    columbus = {"on": "2026-10-12", "instants": [["2026-10-12T13:00:00Z", "2026-10-13T00:00:00Z"]]}
    assert refused["closed_days"][0].items() >= columbus.items()
    desk.type("declare", "CMP-FL", "closed_days=paused")
    told = prove(desk, "CMP-FL", "--horizon", "60d")
    assert (told["proven"], told["paused_on_closed_days"]) == (True, True)
    assert told["closed_days"] == refused["closed_days"]
    assert "if it is paused on the closed days below" in desk.type("schedule", "prove", "CMP-FL", "--horizon", "60d")


def test_declaration_of_closed_days_excuses_no_hour_of_an_open_day(desk: Shift) -> None:
    desk.type("declare", "CMP-LATE", "closed_days=paused")
    assert prove(desk, "CMP-LATE", code=3)["violating_minutes"] == 52


def test_file_of_campaigns_counts_before_anything_is_proven(desk: Shift) -> None:
    file = desk.folder / "campaigns.toml"
    file.write_text('[campaigns.CMP-FL]\npurpose = "sales"\nregions = ["US-RI"]\n', encoding="utf-8")
    assert prove(desk, "CMP-FL", code=3)["places"][0]["jurisdictions"] == ["US", "US-RI"]
    file.write_text("[campaigns.CMP-FL]\nregions = 7\n", encoding="utf-8")
    desk.type("schedule", "prove", "CMP-FL", code=1)


def test_next_opening_is_the_first_lawful_one(desk: Shift) -> None:
    told = desk.data_of("schedule", "next", "CMP-LATE")
    assert (told["next"], told["until"]) == ("2026-10-14T13:00:00Z", "2026-10-15T00:00:00Z")
    assert (told["scheduled"], told["state"]) == ("2026-10-14T13:00:00Z", "PAUSED")
    assert told["clock_changes"][0]["zones"] == ["America/New_York"]
    assert told["clock_changes"][0]["told"] == "2026-11-01 01:00 to 2026-11-01 02:00 comes twice"
    assert desk.type("schedule", "next", "CMP-LATE", "-o", "name") == "2026-10-14T13:00:00Z\n"
    desk.type("declare", "CMP-LATE", "regions=US-PA")
    told = desk.data_of("schedule", "next", "CMP-LATE")
    assert told["closed_days"][0]["on"] == "2026-11-11"
    assert "Veterans Day" in desk.type("schedule", "next", "CMP-LATE")


def test_campaign_without_a_schedule_is_told_so(desk: Shift) -> None:
    for words in (("prove",), ("next",), ("week",), ("export", "--format", "ics")):
        desk.type("schedule", words[0], "CMP-OLD", *words[1:], code=64)
        assert "has no schedule that can be read" in desk.err


@pytest.mark.parametrize("horizon", ["0d", "4000d", "1y", "-1d"])
def test_horizon_that_is_none_is_told_how_it_is_written(horizon: str, desk: Shift) -> None:
    desk.type("schedule", "prove", "CMP-FL", f"--horizon={horizon}", code=64)


def test_calendar_is_written_for_other_programs(desk: Shift) -> None:
    out = desk.folder / "fl.ics"
    assert desk.type("schedule", "export", "CMP-FL", "--format", "ics", "--horizon", "7d", "--out", str(out)) == ""
    found = Calendar.from_ical(out.read_bytes())
    assert [str(one["uid"]) for one in found.walk("VEVENT")] == [
        "CMP-FL-20261012T130000Z@paceline",
        "CMP-FL-20261015T130000Z@paceline",
    ]
    assert desk.err == ""
    assert desk.type("schedule", "export", "CMP-FL", "--format", "ics", "--horizon", "7d") == out.read_bytes().decode()
    desk.type("schedule", "export", "CMP-LATE", "--format", "ics")
    assert "not lawful" in desk.err


def test_days_on_which_somebody_pauses_are_not_in_the_calendar(desk: Shift) -> None:
    desk.type("declare", "CMP-FL", "regions=US-AL", "closed_days=paused")
    content = desk.type("schedule", "export", "CMP-FL", "--format", "ics", "--horizon", "7d")
    assert (content.count("BEGIN:VEVENT"), desk.err) == (1, "")
    assert "CMP-FL-20261015T130000Z@paceline" in content


def test_picture_of_a_week_is_written_for_people(desk: Shift) -> None:
    made = desk.type("schedule", "export", "CMP-FL", "--format", "svg", "--date", "2026-10-30")
    assert ET.fromstring(made).get("role") == "img"  # noqa: S314 - our own text
    assert "CMP-FL Renewals East: the week from 2026-10-30" in made
    assert "01:00-02:00 comes twice" in made
    desk.type("schedule", "export", "CMP-FL", "--format", "ics", "--date", "2026-10-30", code=64)


def test_week_is_shown_in_the_terminal_without_colours(desk: Shift) -> None:
    shown = desk.type("schedule", "week", "CMP-LATE")
    assert "\x1b" not in shown
    # Nine to eight in Florida, and the half hour in which one minute too many begins.
    assert "Wed 10-14  " + "·" * 18 + "█" * 22 + "X" + "·" * 7 in shown.splitlines()
    told = desk.data_of("schedule", "week", "CMP-LATE")
    assert told["minutes"] == {"legal": 6 * 11 * 60, "callable": 11 * 60, "illegal": 1}
    assert [clock["zone"] for clock in told["clocks"]] == ["America/Chicago", "America/New_York"]


def test_rule_that_takes_effect_later_breaks_a_schedule_that_is_lawful_today(desk: Shift) -> None:
    desk.type("declare", "CMP-LATE", "regions=US-PA", "closed_days=paused")
    assert prove(desk, "CMP-LATE", "--horizon", "7d")["proven"]
    told = desk.data_of("law", "check", code=3)
    assert told["breaking"] == ["CMP-LATE"]
    (broken,) = [one for one in told["campaigns"] if one["breaks"]]
    assert {one["limit"][0] for one in broken["breaks"]} == {"US-PA-hours"}
    assert broken["breaks"][0]["found"] == "2026-10-21 19:00 America/New_York"
    (turn,) = [turn for turn in told["turns"] if turn["rule"] == "US-PA-hours"]
    assert (turn["on"], turn["begins"], turn["judged"]) == ("2026-10-18", True, True)
    assert desk.type("law", "check", "-o", "name", code=3) == "campaign/CMP-LATE\n"
    assert "73 P.S. 2245(a)" in desk.type("law", "check", code=3)


def test_lawful_campaigns_break_nothing(desk: Shift) -> None:
    told = desk.data_of("law", "check", "CMP-FL", "--on", "2027-01-31")
    assert (told["on"], told["breaking"], told["unjudged"]) == ("2027-01-31", [], [])
    assert told["campaigns"][0]["judged"] == ["schedule", "rules"]
    assert [(turn["rule"], turn["judged"]) for turn in told["turns"]] == [("US-10-all", False)]
    assert "none of 1 campaigns breaks the law" in desk.type("law", "check", "CMP-FL")


def test_bill_that_is_no_law_yet_can_be_tried(desk: Shift) -> None:
    bill = desk.folder / "bill.toml"
    bill.write_text(FEWER_CALLS, encoding="utf-8")
    told = desk.data_of("law", "check", "CMP-FL", "--extra", str(bill), code=3)
    (broken,) = told["campaigns"][0]["breaks"]
    assert (broken["on"], broken["rule"]) == ("2027-02-01", "dialing.attempts")
    assert (broken["limit"], broken["source"]) == (2, "a bill, invented for this test")
    assert desk.data_of("law", "check", "CMP-FL")["breaking"] == []


@pytest.mark.parametrize("begins", ["2026-10-10", "2027-10-08", "2027-10-10"])
def test_hours_that_begin_on_any_day_of_the_year_are_seen(begins: str, desk: Shift) -> None:
    bill = desk.folder / "bill.toml"
    hours = 'kind = "hours"\nopen = { "mon-fri" = ["11:00-18:00"] }'
    text = FEWER_CALLS.replace('kind = "attempts"', hours).replace("2027-02-01", begins)
    lines = [line for line in text.splitlines() if line.split(" ")[0] not in {"most", "period", "counted", "each"}]
    bill.write_text("\n".join(lines), encoding="utf-8")
    told = desk.data_of("law", "check", "CMP-FL", "--extra", str(bill), code=3)
    broken = told["campaigns"][0]["breaks"]
    assert {rule for one in broken for rule in one["limit"]} == {"US-FL-attempts-of-a-bill"}


def test_day_that_is_past_is_not_judged(desk: Shift) -> None:
    desk.type("law", "check", "--on", "2026-10-09", code=64)
    assert "is past" in desk.err


def test_campaign_that_cannot_be_judged_is_no_all_clear(desk: Shift) -> None:
    told = desk.data_of("law", "check", "CMP-FL", "CMP-NONE", code=7)
    assert [one["campaign"] for one in told["unjudged"]] == ["CMP-NONE"]
