"""Commands that fail before there is an outcome: what programs read on standard output, and people beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from paceline.cli.failing import wants_data
from paceline.testing import RunningEmulator
from tests.acceptance.counter import Counter, counter_at


@pytest.fixture
def counter(
    standing_emulator: RunningEmulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> Iterator[Counter]:
    with counter_at(standing_emulator, tmp_path, monkeypatch, capsys) as opened:
        yield opened


def told(counter: Counter, *words: str, code: int) -> dict[str, Any]:
    """The error that a command tells as data; the message stands on standard error too, the exit code is the same."""
    found: dict[str, Any] = counter.data_of(*words, code=code)
    assert set(found) == {"error"}
    assert set(found["error"]) == {"code", "message", "hint"}
    assert " ".join(found["error"]["message"].split()) in " ".join(counter.err.replace("│", " ").split())
    assert counter.type(*words, code=code) == counter.type(*words, "-o", "name", code=code) == ""
    error: dict[str, Any] = found["error"]
    return error


@pytest.mark.parametrize(
    ("words", "code", "known_as"),
    [
        (("stop", "--all", "ACTIVE"), 64, "usage"),
        (("stop",), 64, "usage"),
        (("stop", "ACTIVE", "PAUSED"), 64, "usage"),
        (("stop", "--all", "--yes"), 64, "usage"),
        (("stop", "ACTIVE", "--count", "3"), 3, "count"),
        (("stop", "--status", "ACTIVE", "--yes", "--count", "9"), 3, "count"),
        (("stop", "not an id"), 64, "malformed-id"),
        (("stop", "ACTIVE", "--at", "tomorrow"), 64, "usage"),
        (("stop", "ACTIVE", "--no-such-option"), 64, "usage"),
        (("get", "campaign", "NOWHERE"), 1, "not-found"),
        (("audit", "show", "999"), 1, "entry-not-found"),
        (("changes", "undo", "999"), 1, "entry-not-found"),
    ],
)
def test_error_before_the_corridor_is_data_where_data_was_wanted(
    counter: Counter, words: tuple[str, ...], code: int, known_as: str
) -> None:
    assert told(counter, *words, code=code)["code"] == known_as


def test_wrong_setting_and_a_missing_platform_are_errors_with_a_hint(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACELINE_LEASE_S", "nonsense")
    wrong = told(counter, "stop", "ACTIVE", code=1)
    assert (wrong["code"], "lease_s" in wrong["message"]) == ("settings", True)
    monkeypatch.delenv("PACELINE_LEASE_S")
    monkeypatch.delenv("PACELINE_API_URL")
    missing = told(counter, "get", "campaigns", code=1)
    assert "paceline up" in missing["hint"]


def test_credentials_that_are_not_accepted_are_an_error_without_them(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PACELINE_CLIENT_SECRET", "hidden-word")
    error = told(counter, "get", "campaigns", code=4)
    assert error["code"] == "unauthorized"
    assert "hidden-word" not in json.dumps(error) + counter.err


def test_yaml_reads_the_same_error(counter: Counter) -> None:
    text = counter.type("stop", "not an id", "-o", "yaml", code=64)
    assert yaml.safe_load(text) == json.loads(text) == counter.data_of("stop", "not an id", code=64)


@pytest.mark.parametrize(
    "words", ["-o json", "-o=json", "-ojson", "--output json", "--output=yaml", "-o JSON", "x -p a -o yaml y"]
)
def test_every_spelling_of_the_option_is_heard(words: str) -> None:
    assert wants_data(words.split())


@pytest.mark.parametrize("words", ["", "-o", "-o table", "--output=name", "json", "--reason json", "-- -o json"])
def test_nothing_else_is_taken_for_it(words: str) -> None:
    assert not wants_data(words.split())
