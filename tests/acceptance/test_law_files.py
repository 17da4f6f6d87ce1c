"""The operator's own rules (`law_files`) wherever somebody asks for the law on the command line, without a platform."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from paceline.cli.main import main

BILL = """
[[rule]]
id = "{id}"
jurisdiction = "US-FL"
kind = "hours"
citation = "a bill, invented for this test"
summary = "Invented."
open = {{ "mon-sun" = ["13:00-14:00"] }}
effective_from = 2026-01-01
confidence = "high"
source = "house"
verified_on = 2026-11-20
"""
NOON = "2026-11-20T12:00:00-05:00"
PERSON = ("schedule", "check", "--number", "+13052340123", "--at", NOON, "--purpose", "sales")
LIST = ("list", "check", "list.csv", "--at", NOON, "--purpose", "sales")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PACELINE_DATA_FOLDER", str(tmp_path / "data"))
    (tmp_path / "bill.toml").write_text(BILL.format(id="US-FL-bill"), encoding="utf-8")
    (tmp_path / "list.csv").write_text("phone\n+13052340123\n", encoding="utf-8")
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int) -> Any:
    capsys.readouterr()
    ended = main([*words, "-o", "json"])
    out, err = capsys.readouterr()
    assert (ended, words) == (code, words), err + out
    return json.loads(out) if code in {0, 3} else err


def asked(capsys: pytest.CaptureFixture[str], *where: str) -> tuple[Any, Any, Any]:
    person = told(capsys, *PERSON, *where, code=3)
    people = told(capsys, *LIST, *where, code=0)
    return person, people, told(capsys, "law", "list", "--state", "FL", *where, code=0)


def test_every_command_about_the_law_heeds_the_setting(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, *PERSON, code=0)["callable"]
    (folder / "paceline.toml").write_text('law_files = ["bill.toml"]\n', encoding="utf-8")
    person, people, law = asked(capsys)
    assert "US-FL-bill" in {one["id"] for one in person["rules"] if one["verdict"] == "closed"}
    assert (people["callable_now"], people["closed_now"]) == (0, {"US-FL-bill": 1})
    assert "US-FL-bill" in {rule["id"] for rule in law["rules"]}
    assert told(capsys, "law", "show", "US-FL-bill", code=0)["edition"] == law["edition"] == people["edition"]


def test_settings_are_read_from_where_the_options_say(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "other.toml").write_text('[profiles.us]\nlaw_files = ["bill.toml"]\n', encoding="utf-8")
    asked(capsys, "--config", "other.toml", "--profile", "us")
    (folder / "some.env").write_text(f"PACELINE_LAW_FILES={folder / 'bill.toml'}\n", encoding="utf-8")
    asked(capsys, "--env-file", "some.env")
    assert told(capsys, *PERSON, code=0)["callable"]
    monkeypatch.setenv("PACELINE_LAW_FILES", str(folder / "bill.toml"))
    asked(capsys)


def test_file_that_cannot_be_used_refuses_every_answer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "paceline.toml").write_text('law_files = ["broken.toml"]\n', encoding="utf-8")
    for content in (None, "[[rule]]\nid = 1\n"):
        if content is not None:
            (folder / "broken.toml").write_text(content, encoding="utf-8")
        for words in (PERSON, LIST, ("law", "list"), ("law", "show", "US-FL-hours")):
            assert "broken.toml" in told(capsys, *words, code=1)


def test_extra_rules_stand_beside_those_of_the_setting(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "paceline.toml").write_text('law_files = ["bill.toml"]\n', encoding="utf-8")
    (folder / "next.toml").write_text(BILL.format(id="US-FL-next"), encoding="utf-8")
    for extra in (("--extra", "next.toml"), ("--extra", "next.toml", "--extra", "bill.toml")):
        law = told(capsys, "law", "list", "--state", "FL", *extra, code=0)
        assert {"US-FL-bill", "US-FL-next"} <= {rule["id"] for rule in law["rules"]}
