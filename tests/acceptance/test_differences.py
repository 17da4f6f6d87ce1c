"""`--detailed-exitcode`: a dry run that would do something ends with 2; and `paceline completion`."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from paceline.cli.completion import Shell
from tests.acceptance.shift import LATER, Shift

DRY = ("--dry-run", "--detailed-exitcode")


def test_dry_run_that_would_apply_something_ends_with_2_and_sends_nothing(shift: Shift) -> None:
    told = shift.data_of("pause", "ACTIVE", *DRY, code=2)
    assert (told["outcome"], told["would"]) == ("unchanged", "applied")
    shift.type("pause", "PAUSED", *DRY)
    shift.type("pause", "ACTIVE", "--dry-run")
    assert shift.sent() == 0


def test_dry_run_of_many_asks_nobody_and_says_how_many_would_be_changed(shift: Shift) -> None:
    told = shift.type("stop", "ACTIVE", "PAUSED", "STOPPED", "LOCKED", "--dry-run", code=7)
    assert told.splitlines()[-1].startswith("2 would be applied, 1 unchanged, 1 refused; ")
    assert shift.sent() == 0


def test_undo_that_would_lead_back_is_a_difference(shift: Shift) -> None:
    entry = str(shift.data_of("pause", "ACTIVE")["entry"])
    shift.type("changes", "undo", entry, *DRY, code=2)
    assert shift.state("ACTIVE") == "PAUSED"
    shift.type("changes", "undo", entry, "--detailed-exitcode", code=64)


def test_what_may_not_be_done_keeps_its_code(shift: Shift) -> None:
    shift.type("pause", "STOPPED", *DRY, code=5)
    shift.type("stop", "LOCKED", *DRY, code=5)
    shift.type("get", "campaign", "NOWHERE", code=1)


def test_many_campaigns_differ_when_one_does_and_a_refusal_counts_more(shift: Shift) -> None:
    shift.type("stop", "ACTIVE", "STOPPED", "--yes", *DRY, code=2)
    shift.type("stop", "STOPPED", "--all", *DRY, code=64)
    shift.type("stop", "ACTIVE", "ARCHIVED", "--yes", *DRY, code=7)


def test_plan_for_later_is_a_difference(shift: Shift) -> None:
    with shift.worker():
        told = shift.data_of("stop", "ACTIVE", "--at", LATER, *DRY, code=2)
    assert (told["would"], shift.waiting()) == ("applied", [])


def test_declaration_that_says_something_new_is_a_difference(shift: Shift) -> None:
    shift.type("declare", "ACTIVE", "purpose=sales", *DRY, code=2)
    shift.type("declare", "ACTIVE", "purpose=sales")
    shift.type("declare", "ACTIVE", "purpose=sales", *DRY)


@pytest.mark.parametrize("words", [("pause", "ACTIVE"), ("declare", "ACTIVE", "purpose=sales")])
def test_without_a_dry_run_it_is_a_usage_error_and_nothing_is_done(shift: Shift, words: tuple[str, ...]) -> None:
    shift.type(*words, "--detailed-exitcode", code=64)
    assert "--dry-run" in shift.err
    assert (shift.sent(), shift.data_of("audit", "list")["items"]) == (0, [])


@pytest.mark.parametrize("shell", Shell)
def test_script_for_a_shell_knows_the_commands_and_is_sound_where_the_shell_is_here(shift: Shift, shell: Shell) -> None:
    script = shift.type("completion", shell.value)
    assert all(word in script for word in ("paceline", "unfreeze", "detailed-exitcode"))
    found = shutil.which(shell.value)
    if found is not None:
        subprocess.run([found, "-n"], input=script, text=True, check=True)  # noqa: S603  # a shell that only parses


def test_shell_is_the_one_that_is_used_when_none_is_named(shift: Shift, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    assert shift.type("completion") == shift.type("completion", "fish")
    monkeypatch.setenv("SHELL", "/bin/dash")
    shift.type("completion", code=64)
    assert "bash, zsh, fish" in shift.err
