"""`paceline law judge`: what it says of a file of call records, and by which code it ends."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from paceline.cli import exits
from paceline.cli.main import main
from paceline.compliance.shelf import the_rulebook
from tests.acceptance.shift import Shift

HEADER = "at,number,ending,campaign,ring_s,debt,region\n"
LAWFUL = "2026-11-18T17:00:00Z,+13055550123,no_answer,CMP-1,20,,\n"
NIGHT = "2026-11-19T02:00:00Z,+13055550123,no_answer,CMP-1,20,,\n"
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Return a desk at which a file is judged where nothing was ever kept."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PACELINE_DATA_FOLDER", str(tmp_path / "data"))

    def type_words(*words: str) -> tuple[int, str, str]:
        code = main(["law", "judge", *words])
        captured = capsys.readouterr()
        assert "5550123" not in captured.out + captured.err
        return code, captured.out, captured.err

    return type_words


def judged(typed: Typed, text: str, *words: str) -> tuple[int, Any]:
    Path("calls.csv").write_text(text, encoding="utf-8")
    code, out, _ = typed("--calls", "calls.csv", "-o", "json", *words)
    return code, json.loads(out)


def test_lawful_calls_end_with_0_and_leave_nothing_behind(typed: Typed, tmp_path: Path) -> None:
    code, told = judged(typed, HEADER + LAWFUL, "--purpose", "sales")
    assert (code, told["calls"]["judged"], told["rules"]) == (exits.DONE, 1, [])
    assert not (tmp_path / "data").exists()


def test_every_violation_has_its_rule_citation_row_and_reason(typed: Typed) -> None:
    code, told = judged(typed, HEADER + LAWFUL + NIGHT, "--purpose", "sales")
    assert code == exits.REFUSED
    assert (told["calls"]["certain"], told["calls"]["possible"]) == (1, 0)
    by_id = {rule["id"]: rule for rule in told["rules"]}
    assert {"US-1", "US-4", "US-FL-hours"} <= set(by_id)
    for rule_id, rule in by_id.items():
        known = the_rulebook().of(rule_id)
        assert known is not None
        assert rule["citation"] == known.citation
    (example,) = by_id["US-FL-hours"]["examples"]
    assert (example["row"], example["at"], example["class"]) == (2, "2026-11-19T02:00:00Z", "certain")
    assert "it is 21:00:00 on 2026-11-18 there" in example["why"]
    assert by_id["US-FL-hours"]["share"] == 0.5


@pytest.mark.parametrize(
    "bad", ["soon,+13055550123,busy,CMP-1,,,\n", "2026-11-18T17:00:00Z,+18005550123,busy,CMP-1,,,\n"]
)
def test_rows_that_could_not_be_judged_end_with_7(typed: Typed, bad: str) -> None:
    code, told = judged(typed, HEADER + LAWFUL + bad, "--purpose", "sales", "--out", "found.csv")
    assert code == exits.PARTLY
    with Path("found.csv").open(encoding="utf-8", newline="") as stream:
        (line,) = csv.DictReader(stream)
    assert (line["row"], line["class"], bool(line["why"])) == ("2", "not judged", True)
    assert told["calls"]["bad"]["count"] + told["calls"]["unplaced"]["count"] == 1


def test_a_file_that_cannot_be_read_ends_with_1(typed: Typed) -> None:
    Path("calls.csv").write_bytes((HEADER + LAWFUL).encode("utf-16"))
    code, _, err = typed("--calls", "calls.csv")
    assert (code, "UTF-8" in err) == (exits.ERROR, True)
    assert typed("--calls", "none.csv")[0] == exits.ERROR


def test_what_is_read_is_not_written_over(typed: Typed, tmp_path: Path) -> None:
    Path("calls.csv").write_text(HEADER + LAWFUL, encoding="utf-8")
    Path("link.csv").symlink_to("calls.csv")
    for out in ("calls.csv", "link.csv", str(tmp_path / "calls.csv")):
        assert typed("--calls", "calls.csv", "--out", out)[0] == exits.USAGE
    assert Path("calls.csv").read_text(encoding="utf-8") == HEADER + LAWFUL


def test_what_is_said_wrongly_is_told_as_usage(typed: Typed) -> None:
    Path("calls.csv").write_text(HEADER + LAWFUL, encoding="utf-8")
    for words in (
        ("--from", "2026-11-18"),
        ("--from", "2026-11-18T00:00:00Z", "--to", "2026-11-18T00:00:00Z"),
        ("--days-of", "Mars/Base"),
        ("--anchor", "CMP-2=2026-01-01T00:00:00Z"),
        ("--anchor", "CMP-1"),
    ):
        assert typed("--calls", "calls.csv", *words)[0] == exits.USAGE


def test_every_violation_is_written_for_the_owner_only(typed: Typed, tmp_path: Path) -> None:
    rows = LAWFUL.replace("no_answer", "abandoned") + NIGHT
    code, told = judged(typed, HEADER + rows, "--purpose", "sales", "--out", "found.csv")
    with Path("found.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert code == exits.REFUSED
    assert stat.S_IMODE((tmp_path / "found.csv").stat().st_mode) == 0o600
    assert {line["row"] for line in lines} == {"2", ""}
    assert {line["rule"] for line in lines if not line["row"]} == {"US-2", "US-5"}
    counted = sum(rule["certain"] + rule["possible"] for rule in told["rules"])
    assert len([line for line in lines if line["row"]]) == counted
    judged(typed, HEADER + rows, "--purpose", "sales", "--out", "found.jsonl")
    as_json = [json.loads(line) for line in Path("found.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(one["row"], one["rule"], one["class"]) for one in as_json] == [
        (int(line["row"]) if line["row"] else None, line["rule"], line["class"]) for line in lines
    ]


def test_people_are_told_by_rule_by_period_and_what_was_not_judged(typed: Typed) -> None:
    rows = LAWFUL.replace("no_answer", "abandoned") + NIGHT + LAWFUL.replace(",20,", ",,")
    Path("calls.csv").write_text(HEADER + rows, encoding="utf-8")
    code, out, _ = typed("--calls", "calls.csv")
    assert code == exits.REFUSED
    for words in (
        "3 calls judged, from 2026-11-18T17:00:00Z to before 2026-11-19T02:00:01Z",
        "nobody said what",
        "US-FL-hours",
        "Fla. Stat. 501.616(6)",
        "perhaps over",
        "two seconds of the completed greeting",
        "1 unanswered calls without a ring time",
        "rules that no record shows to be kept",
    ):
        assert words in out


def test_parquet_is_judged_as_csv_is(typed: Typed) -> None:
    code, told = judged(typed, HEADER + LAWFUL + NIGHT, "--purpose", "sales")
    with duckdb.connect(":memory:") as connection:
        connection.execute("COPY (SELECT * FROM read_csv('calls.csv', all_varchar = true)) TO 'calls.parquet'")
    again, out, _ = typed("--calls", "calls.parquet", "-o", "json", "--purpose", "sales")
    assert (again, json.loads(out)) == (code, told)


def test_a_period_is_certain_from_the_first_dial_that_was_said(typed: Typed) -> None:
    rows = HEADER + LAWFUL.replace("no_answer", "abandoned")
    span = ("--from", "2026-11-18T00:00:00Z", "--to", "2026-12-30T00:00:00Z")
    anchored = ("--anchor", "CMP-1=2026-11-18T16:00:00Z")
    code, told = judged(typed, rows, "--purpose", "sales", *span, *anchored)
    verdicts = {one["rule"]: one["verdict"] for one in told["abandonment"]["periods"]}
    assert (code, verdicts) == (exits.REFUSED, {"US-2": "over", "US-5": "over"})


def test_what_was_declared_of_a_campaign_is_what_it_called_for(shift: Shift) -> None:
    (shift.folder / "calls.csv").write_text(HEADER + LAWFUL.replace("CMP-1", "CMP-A"), encoding="utf-8")
    before = shift.data_of("law", "judge", "--calls", "calls.csv")
    assert (before["call"]["campaigns"], before["call"]["purposes"]) == ({}, ["debt", "info", "research", "sales"])
    shift.type("declare", "CMP-A", "purpose=sales", "anchor=2026-11-01T00:00:00Z")
    told = shift.data_of("law", "judge", "--calls", "calls.csv")
    assert told["call"]["campaigns"] == {"CMP-A": ["sales"]}
    over = shift.data_of("law", "judge", "--calls", "calls.csv", "--purpose", "debt")
    assert (over["call"]["campaigns"], over["call"]["purposes"]) == ({}, ["debt"])
