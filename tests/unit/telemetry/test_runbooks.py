"""Every rule, alert and outcome has a page that says what to do, and every command on a page exists."""

from __future__ import annotations

import io
import re
import shlex
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
import yaml
from rich.console import Console

from paceline.cli import exits
from paceline.cli.main import app, main
from paceline.control.outcome import WORDS
from paceline.telemetry import runbooks
from paceline.telemetry.ledger_counts import LedgerCounts
from tests.architecture.generated_rules import stated_rules
from tests.architecture.tree import ROOT

ALERTS = ROOT / "deploy" / "alerts" / "paceline.yml"
WANT_SOMEBODY = ("diverged", "settling")
"""Verdicts that have a page of their own."""
HEADINGS = ["## What it means", "## How to see it", "## What to do", "## Whom to tell"]
EVERY = [*runbooks.rules(), *runbooks.alerts(), *runbooks.outcomes()]
COMMAND = re.compile(r"`(paceline[^`]*)`")
METRIC = re.compile(r"`(paceline_[a-z_]+)")


def alerts() -> list[dict[str, object]]:
    (group,) = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"]
    return list(group["rules"])


def text_of(name: str) -> str:
    text = runbooks.page(name)
    assert text is not None
    return text


@cache  # pages name the same few commands, and help takes longer than a page
def help_of(*words: str) -> str:
    screen = io.StringIO()
    app.help_print(list(words), console=Console(file=screen, width=200, color_system=None))
    return screen.getvalue()


def split(command: str) -> tuple[list[str], list[str]]:
    """The words of the tree that a command line begins with, and the rest."""
    words, tree = shlex.split(command)[1:], app
    found: list[str] = []
    while words and words[0] in tree and not words[0].startswith("-"):
        tree = tree[words[0]]
        found.append(words.pop(0))
    return found, words


def faults_in(command: str) -> list[str]:
    """What a command line names that there is not."""
    found, rest = split(command)
    if not found:
        return [f"no such command: {command}"]
    told = help_of(*found)
    if "COMMAND" in told.splitlines()[0]:
        return [f"a command is missing after: {command}"]
    return [f"{word} is no option of {command}" for word in rest if word.startswith("-") and f"{word} " not in told]


def test_every_rule_has_a_page_and_no_page_is_without_a_rule() -> None:
    assert sorted(runbooks.rules()) == sorted(stated_rules())


def test_every_alert_has_a_page_and_no_page_is_without_an_alert() -> None:
    assert sorted(runbooks.alerts()) == sorted(str(one["alert"]) for one in alerts())


def test_every_outcome_has_a_page_and_no_page_is_without_one() -> None:
    assert sorted(runbooks.outcomes()) == sorted([*WORDS, *WANT_SOMEBODY])


def test_no_id_is_on_two_shelves() -> None:
    assert len(EVERY) == len(set(EVERY))


@pytest.mark.parametrize("name", EVERY)
def test_page_says_what_it_means_how_to_see_it_what_to_do_and_whom_to_tell(name: str) -> None:
    lines = text_of(name).splitlines()
    assert lines[0] == f"# {name}"
    assert [line for line in lines if line.startswith("## ")] == HEADINGS
    sections = re.split(r"^## .*$", text_of(name), flags=re.MULTILINE)[1:]
    assert [section for section in sections if len(section.strip()) < len("Nobody.")] == []


@pytest.mark.parametrize("name", EVERY)
def test_commands_of_a_page_exist_with_their_options(name: str) -> None:
    told = COMMAND.findall(text_of(name))
    found = [fault for command in told if not command.startswith("paceline_") and command != "paceline.toml"
             for fault in faults_in(command)]  # fmt: skip
    assert found == []


@pytest.mark.parametrize("name", EVERY)
def test_page_named_by_a_page_exists(name: str) -> None:
    named = re.findall(r"`paceline runbook ([^`]+)`", text_of(name))
    assert [one for one in named if runbooks.page(one) is None] == []


def test_command_that_is_not_there_is_found() -> None:
    assert faults_in("paceline changes shew 17") == ["a command is missing after: paceline changes shew 17"]
    assert faults_in("paceline freeze X --now") == ["--now is no option of paceline freeze X --now"]
    assert faults_in("paceline dance") == ["no such command: paceline dance"]


@pytest.mark.parametrize(
    "name", ["", ".", "..", "rules", "lifecycle.locked.md", "../rules/lifecycle.locked", "rules/lifecycle.locked",
             "lifecycle.locked\0", "/etc/passwd", "LIFECYCLE.LOCKED", "<script>"]
)  # fmt: skip
def test_what_is_no_id_has_no_page_and_becomes_no_path(name: str) -> None:
    assert runbooks.page(name) is None
    assert runbooks.path_of(name) is None


def test_paths_for_the_service_name_the_shelf() -> None:
    assert runbooks.path_of("in_doubt") == runbooks.runbook_of_outcome("in_doubt") == "/runbooks/outcomes/in_doubt"
    assert runbooks.path_of("lifecycle.locked") == runbooks.runbook_of_rule("lifecycle.locked")
    name = "PacelineWorkerAway"
    assert runbooks.path_of(name) == runbooks.runbook_of_alert(name) == f"/runbooks/alerts/{name}"


def test_pages_lie_in_the_package_so_that_the_wheel_holds_them() -> None:
    place = Path(str(files("paceline.telemetry.runbooks")))
    assert place.is_relative_to(ROOT / "src" / "paceline")
    assert len(list(place.rglob("*.md"))) == len(EVERY)


def test_rules_that_are_counted_by_name_are_those_that_have_pages() -> None:
    assert LedgerCounts()._rules == set(runbooks.rules())  # noqa: SLF001 # the closed list behind a label


def test_command_prints_a_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runbook", "lifecycle.locked"]) == exits.DONE
    assert capsys.readouterr().out == text_of("lifecycle.locked")


def test_command_without_a_name_lists_every_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runbook"]) == exits.DONE
    listed = [line.strip() for line in capsys.readouterr().out.splitlines() if line.startswith("  ")]
    assert sorted(listed) == sorted(EVERY)


def test_command_that_knows_no_page_proposes_one_that_is_near(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runbook", "lifecycle.lockd"]) == exits.USAGE
    assert "lifecycle.locked" in capsys.readouterr().err
    assert main(["runbook", "workeraway"]) == exits.USAGE
    assert "did you mean PacelineWorkerAway?" in capsys.readouterr().err
