"""`paceline schedule intervals` as people and scripts use it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from paceline.cli.main import main

CASES = json.loads((Path(__file__).parents[1] / "cases" / "dst-cases.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def words(zone: str, on: str, window: str, *more: str) -> list[str]:
    return ["schedule", "intervals", "--zone", zone, "--date", on, "--window", window, *more]


def test_worked_cases_are_printed_for_scripts(capsys: pytest.CaptureFixture[str]) -> None:
    for case in CASES:
        assert main(words(case["zone"], case["date"], f"{case['start']}-{case['end']}", "-o", "json")) == 0
        assert json.loads(capsys.readouterr().out) == case["utc"], case


def test_odd_day_is_shown_to_people_with_its_offsets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words("America/New_York", "2026-11-01", "00:30-01:30")) == 0
    shown = capsys.readouterr().out
    assert "2026-11-01T04:30:00Z  2026-11-01T05:30:00Z  2026-11-01 00:30 -04:00  2026-11-01 01:30 -04:00" in shown
    assert "2026-11-01T06:00:00Z  2026-11-01T06:30:00Z  2026-11-01 01:00 -05:00  2026-11-01 01:30 -05:00" in shown
    assert "2026-11-01 has 25 hours there" in shown
    assert "2026-11-01 01:00 to 2026-11-01 02:00 comes twice: the clock goes from -04:00 to -05:00" in shown


def test_ordinary_day_has_nothing_odd(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words("Asia/Kolkata", "2026-06-15", "10:00-21:00")) == 0
    shown = capsys.readouterr().out.splitlines()
    assert " ".join(shown[1].split()) == (
        "2026-06-15T04:30:00Z 2026-06-15T15:30:00Z 2026-06-15 10:00 +05:30 2026-06-15 21:00 +05:30 11:00"
    )
    assert [line.split()[:2] for line in shown[2:]] == [["zone", "data"]]


def test_window_that_no_clock_ever_shows_is_empty_and_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words("America/New_York", "2026-03-08", "02:00-03:00", "-o", "json")) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(words("Pacific/Apia", "2011-12-30", "08:00-21:00")) == 0
    assert "2011-12-30 never was a date there" in capsys.readouterr().out


def test_both_dates_of_a_window_over_midnight_are_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words("Australia/Sydney", "2026-10-03", "23:00-03:00")) == 0
    assert "2026-10-04 has 23 hours there" in capsys.readouterr().out
    assert main(words("UTC", "2026-10-03", "08:00-08:00", "-o", "name")) == 0
    assert capsys.readouterr().out == "2026-10-03T08:00:00Z/2026-10-04T08:00:00Z\n"


@pytest.mark.parametrize(
    ("zone", "on", "window", "said"),
    [
        ("america/new_york", "2026-03-08", "08:00-21:00", "perhaps America/New_York"),
        ("Chicago", "2026-03-08", "08:00-21:00", "perhaps America/Chicago"),
        ("EST", "2026-03-08", "08:00-21:00", "names no place"),
        ("CST", "2026-03-08", "08:00-21:00", "names are Area/Location"),
        ("Etc/Unknown", "2026-03-08", "08:00-21:00", "is no zone of the zone data 2026"),
        ("UTC", "2026-02-30", "08:00-21:00", "is no date"),
        ("UTC", "20260308", "08:00-21:00", "write it as 2026-03-08"),
        ("UTC", "0001-01-01", "08:00-21:00", "years are 1900 to 2500"),
        ("UTC", "2026-03-08", "8-21", "is no window"),
        ("UTC", "2026-03-08", "24:00-01:00", "no clock shows"),
        ("UTC", "2026-03-08", "08:00-24:01", "no clock shows"),
        ("UTC", "2026-03-08", "08:60-21:00", "no clock shows"),
    ],
)
def test_words_that_are_off_are_told_how_they_are_written(
    zone: str, on: str, window: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words(zone, on, window, "-o", "json")) == 64
    told = capsys.readouterr()
    assert told.out.startswith('{"error": {')
    assert said in told.err
