"""`paceline data` as people use it."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

import pytest

from tests.acceptance.audited import Desk

CALLS = """at,number,ending,talk_s,agent
2026-03-02T12:00:00-05:00,+12125550123,connected,30,ann
2026-03-02T12:40:00-05:00,+12125550124,ANSWERED,12,ann
2026-03-02T12:41:00-05:00,+12125550125,no answer,,
"""


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    file = tmp_path / "calls.csv"
    file.write_text(CALLS, encoding="utf-8")
    return file


def test_import_is_an_entry_that_holds_no_number(desk: Desk, calls: Path, tmp_path: Path) -> None:
    words = ("data", "import", str(calls), "--campaign", "ACTIVE", "--ending", "ANSWERED=connected")
    made = desk.data_of(*words, "--reason", "first look", "--ticket", "T-1")
    assert (made["calls"], made["bad"]["count"]) == (3, 0)
    entry = desk.data_of("audit", "show", str(made["entry"]))
    assert (entry["kind"], entry["reason"], entry["ticket"]) == ("records.imported", "first look", "T-1")
    again = desk.data_of(*words)
    assert (again["already"], again["entry"]) == (True, made["entry"])
    assert desk.data_of("audit", "verify")["ok"]
    for file in (tmp_path / "data").rglob("*"):
        assert not file.is_file() or b"2125550" not in file.read_bytes(), file
    told = desk.data_of("data", "describe", "ACTIVE", "--zone", "America/New_York")
    assert (told["rows"], told["persons"], told["endings"]["connected"]) == (3, 3, 2)
    assert told["answers"]["unknown"]["12"] == {"dials": 3, "answered": 2, "rate": 2 / 3}
    assert "66.7% of 3" in desk.type("data", "describe", "ACTIVE")
    assert [one["campaign"] for one in desk.data_of("data", "describe")["items"]] == ["ACTIVE"]


def test_bad_rows_refuse_a_file_unless_they_are_left_out(desk: Desk, calls: Path) -> None:
    words = ("data", "import", str(calls), "--campaign", "ACTIVE")
    refused = desk.data_of(*words, code=1)
    assert (refused["kept"], refused["entry"]) == (None, None)
    assert [(one["row"], one["column"], one["value"]) for one in refused["bad"]["rows"]] == [(2, "ending", "ANSWERED")]
    assert "nothing was kept" in desk.type(*words, code=1)
    assert "would be kept" in desk.type(*words, "--ending", "ANSWERED=connected", "--dry-run")
    assert desk.data_of("data", "describe")["items"] == []
    kept = desk.data_of(*words, "--skip-bad")
    assert (kept["calls"], Path(kept["left_out"]).read_text(encoding="utf-8").count("+12125550124")) == (2, 1)


def test_file_is_described_without_being_kept(desk: Desk, calls: Path) -> None:
    told = desk.data_of("data", "describe", "--calls", str(calls))
    assert (told["rows"], told["bad"]) == (2, 1)
    assert "left out: 1 of 3 rows" in desk.err
    assert desk.data_of("data", "describe")["items"] == []
    assert "no call records" in desk.type("data", "describe", "ACTIVE", code=1) + desk.err


def test_fits_are_drawn_beside_what_is_described_where_there_is_enough_of_it(
    desk: Desk, calls: Path, tmp_path: Path
) -> None:
    made, drawn = tmp_path / "made", tmp_path / "drawn"
    desk.type("data", "generate", "--out", str(made), "--days", "3", "--agents", "6", "--seed", "3")
    told = desk.data_of("data", "describe", "--calls", str(made / "calls.csv"), "--pictures", str(drawn))
    assert told["bad"] == 0
    assert "calls-talk" in desk.err
    assert "answers by attempt" in desk.err
    assert {one.name for one in drawn.iterdir()} >= {"calls-talk.svg", "calls-answers-by-attempt.svg"}
    few = ("data", "describe", "--calls", str(calls), "--pictures", str(drawn))
    desk.type(*few, code=1)
    assert "it takes at least 30" in desk.err
    desk.type("data", "describe", "--pictures", str(drawn), code=64)


def test_import_whose_entry_was_never_written_gets_it_the_next_time(desk: Desk, calls: Path, tmp_path: Path) -> None:
    words = ("data", "import", str(calls), "--campaign", "ACTIVE", "--skip-bad")
    database = sqlite3.connect(tmp_path / "data" / "paceline.db", isolation_level=None)
    before = desk.data_of("audit", "verify")["entries"]
    database.execute("CREATE TRIGGER held BEFORE INSERT ON ledger_entries BEGIN SELECT RAISE(ABORT, 'held'); END")
    desk.type(*words, code=1)
    database.execute("DROP TRIGGER held")
    database.close()
    assert desk.data_of("audit", "verify")["entries"] == before
    told = desk.data_of(*words)
    assert (told["already"], told["entry"] is not None) == (True, True)
    assert desk.data_of("audit", "verify")["entries"] == before + 1


def test_words_that_are_off_are_usage_errors(desk: Desk, calls: Path) -> None:
    for more in (("--map", "nuber=x"), ("--unit", "min"), ("--zone", "Mars/Base")):
        desk.type("data", "import", str(calls), "--campaign", "ACTIVE", *more, code=64)
    desk.type("data", "import", str(calls), code=64)
    desk.type("data", "import", "nowhere.csv", "--campaign", "ACTIVE", code=1)


def test_missing_library_names_the_extra_that_brings_it(
    desk: Desk, calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    desk.type("data", "import", str(calls), "--campaign", "ACTIVE", code=1)
    assert "pip install 'paceline[cdr]'" in desk.err
