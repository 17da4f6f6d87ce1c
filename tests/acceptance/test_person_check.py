"""`paceline schedule check` and `paceline list check` as people and scripts use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from paceline.cli.main import main

NOON = "2026-11-20T12:00:00-05:00"
LIST = "phone,name,state\n+18502340123,A,\n+12122340123,B,FL\n+18002340123,C,\n"


def typed(capsys: pytest.CaptureFixture[str], *words: str, code: int) -> str:
    capsys.readouterr()
    assert main(words) == code
    return capsys.readouterr().out


def data_of(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    return json.loads(typed(capsys, *words, "-o", "json", code=code))


def check(capsys: pytest.CaptureFixture[str], *words: str, code: int) -> Any:
    return data_of(capsys, "schedule", "check", *words, code=code)


def test_callable_person_is_exit_0(capsys: pytest.CaptureFixture[str]) -> None:
    told = check(capsys, "--number", "+18502340123", "--at", NOON, "--purpose", "sales", code=0)
    assert (told["callable"], told["next"]) == (True, "2026-11-20T17:00:00Z")
    assert told["zones"] == ["America/Chicago", "America/New_York"]
    assert {"id": "US-FL-hours", "verdict": "open"}.items() <= told["rules"][-1].items()


def test_person_who_may_not_be_called_is_exit_3_with_the_next_instant(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--number", "+12122340123", "--at", "2026-11-20T20:30:00-05:00", "--purpose", "sales")
    told = check(capsys, *words, code=0)
    for signal in (("--region", "US-FL"), ("--state", "FL"), ("--state", "us-fl")):
        told = check(capsys, *words, *signal, code=3)
        closed = {one["id"] for one in told["rules"] if one["verdict"] == "closed"}
        assert (told["next"], closed) == ("2026-11-21T14:00:00Z", {"US-FL-hours"})
    assert check(capsys, *words, "--address-zone", "America/Los_Angeles", code=0)["callable"]


@pytest.mark.parametrize("number", ["+18002340123", "nonsense", "+12423220123", "", "+1", "8502340123"])
def test_number_that_leads_nowhere_is_closed_and_no_error(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = check(capsys, "--number", number, "--at", NOON, code=3)
    assert (told["callable"], told["next"], told["zones"], told["rules"]) == (False, None, [], [])
    assert told["reasons"]


def test_signals_that_lead_nowhere_are_closed_and_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    for signal in (("--address-zone", "America/New_Yrok"), ("--region", "US-XX"), ("--state", "ZZ")):
        told = check(capsys, "--number", "+12122340123", "--at", NOON, *signal, code=3)
        assert told["callable"] is False


def test_words_that_are_off_are_exit_64(capsys: pytest.CaptureFixture[str]) -> None:
    said = ("schedule", "check", "--number", "+12122340123")
    typed(capsys, *said, "--at", "2026-11-20T12:00:00", code=64)
    typed(capsys, *said, "--at", "9999-12-31T23:59:59Z", code=64)
    typed(capsys, *said, "--at", "0001-01-01T00:00:00+14:00", code=64)
    typed(capsys, *said, "--at", NOON, "--purpose", "gifts", code=64)
    typed(capsys, *said, "--at", NOON, "--region", "US-FL", "--state", "GA", code=64)


def test_people_are_told_the_local_times_and_what_is_not_judged(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("schedule", "check", "--number", "+18502340123", "--at", "2026-11-20T21:30:00-05:00")
    told = typed(capsys, *words, "--purpose", "sales", code=3)
    assert "Fri 2026-11-20 20:30:00 -0600" in told
    assert "next: 2026-11-21T14:00:00Z" in told
    assert "US-FL-hours" in told
    assert "not judged" in told
    assert "2340123" not in told
    assert typed(capsys, *words, "-o", "name", code=3) == "closed\n"


def test_line_and_mode_are_judged(capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--number", "+14802340123", "--at", "2026-11-20T12:00:00-07:00", "--purpose", "sales")
    assert check(capsys, *words, code=0)["callable"]
    assert not check(capsys, *words, "--line", "mobile", code=3)["callable"]
    nevada = ("--number", "+17022340123", "--at", "2026-11-20T08:30:00-08:00", "--purpose", "sales")
    assert check(capsys, *nevada, code=0)["callable"]
    assert not check(capsys, *nevada, "--mode", "prerecorded", code=3)["callable"]


def test_list_is_counted_and_bad_rows_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text(LIST, encoding="utf-8")
    told = data_of(capsys, "list", "check", str(file), "--at", NOON)
    assert (told["rows"], told["contacts"], told["callable_now"]) == (3, 2, 2)
    assert told["regions"]["US-FL"]["contacts"] == 2
    assert told["zones"]["America/Chicago"]["callable_now"] == 2
    assert len(told["by_hour"]) == 24
    assert told["by_hour"][9] == {"at": "2026-11-21T02:00:00Z", "callable": 0}
    assert [row["row"] for row in told["bad"]["rows"]] == [4]
    assert "2340123" not in json.dumps(told)
    people = typed(capsys, "list", "check", str(file), "--at", NOON, code=0)
    assert "3 rows: 2 contacts, 1 bad rows" in people
    assert "toll-free" in people


def test_list_with_a_mark_at_its_beginning_and_other_bytes_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "contacts.csv"
    file.write_bytes(b"\xef\xbb\xbfphone;name\r\n+18502340123;Jos\xe9\r\n")
    assert data_of(capsys, "list", "check", str(file), "--at", NOON)["contacts"] == 1


def test_list_without_a_callable_contact_is_exit_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text(LIST, encoding="utf-8")
    assert data_of(capsys, "list", "check", str(file), "--at", "2026-11-21T03:00:00Z")["callable_now"] == 0


def test_list_that_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed(capsys, "list", "check", str(tmp_path / "none.csv"), "--at", NOON, code=64)
    typed(capsys, "list", "check", str(tmp_path), "--at", NOON, code=64)
    empty = tmp_path / "empty.csv"
    empty.touch()
    typed(capsys, "list", "check", str(empty), "--at", NOON, code=1)
    empty.write_text("name,city\nA,B\n", encoding="utf-8")
    typed(capsys, "list", "check", str(empty), "--at", NOON, code=1)
    empty.write_text("cell phone #\n8502340123\n", encoding="utf-8")
    words = ("list", "check", str(empty), "--at", NOON, "--number-column", "cell phone #", "--country", "US")
    assert data_of(capsys, *words)["contacts"] == 1
    typed(capsys, *words[:-1], "USA", code=64)
    typed(capsys, *words, "--delimiter", "x", code=64)
