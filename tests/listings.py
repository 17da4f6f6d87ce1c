"""Runs the shell listings of the documents, as a reader would type them."""

from __future__ import annotations

import doctest
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from unittest import SkipTest

from sybil import Example

from tests import typed
from tests.forked import COMMANDS, forking

BETWEEN = "--- next command of the listing ---"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class Step(NamedTuple):
    """A command of a listing and the output shown below it."""

    command: str
    shown: str


def steps_of(listing: str) -> list[Step]:
    """Split a console listing: `$ ` begins a command, `> ` continues it, the rest is what it prints."""
    steps: list[Step] = []
    for line in listing.splitlines(keepends=True):
        if line.startswith("$ "):
            steps.append(Step(line[2:], ""))
        elif line.startswith("> ") and steps and not steps[-1].shown:
            steps[-1] = Step(steps[-1].command + line[2:], "")
        elif steps:
            steps[-1] = Step(steps[-1].command, steps[-1].shown + line)
        else:
            message = f"a console listing begins with '$ ', not with {line!r}"
            raise AssertionError(message)
    return steps


def reader() -> dict[str, str]:
    """Return the variables of a reader's shell: this environment's commands come first, and colours are off."""
    first = forking(COMMANDS)
    places = (str(first.commands()), str(Path(sys.executable).parent), os.environ["PATH"])
    return {**os.environ, "PATH": os.pathsep.join(places), typed.ADDRESS: str(first.address), "NO_COLOR": "1"}


def run(script: str) -> str:
    """Run a script in an empty folder, with this environment's commands first, and return all it printed.

    What it left running in the background is ended with it.
    """
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+", encoding="utf-8") as printed:
        shell = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607  # whichever bash the reader has
            cwd=folder,
            env=reader(),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        try:
            code = shell.wait()
        finally:
            end_group(shell.pid)
        printed.seek(0)
        text = printed.read()
    assert code == 0, f"exit status {code} of:\n{script}\n{text}"
    return text


def end_group(leader: int) -> None:
    """End what is left of a process group."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def evaluate_bash(example: Example) -> None:
    """Run a `bash` listing: it must succeed; one that needs curl says so where there is none."""
    script = str(example.parsed)
    if "curl" in script and shutil.which("curl") is None:
        raise SkipTest("needs curl, which is not installed here (Debian: apt-get install curl)")
    _run_of(example)(script)


def evaluate_console(example: Example) -> None:
    """Run a `console` listing: it must succeed and print what it shows, `...` standing for anything."""
    check_console(str(example.parsed), _run_of(example))


def _run_of(example: Example) -> Callable[[str], str]:
    """Return how a listing is run: by itself, or in the shell of its tutorial (tests/lessons.py)."""
    lesson = example.namespace.get("lesson")
    return run if lesson is None else lesson.run


def check_console(listing: str, run: Callable[[str], str] = run) -> None:
    """Run the steps of a console listing in one shell and compare what each printed with what is shown."""
    steps = steps_of(listing)
    printed = run(f"echo {shlex.quote(BETWEEN)}\n".join(step.command for step in steps))
    for step, got in zip(steps, printed.split(f"{BETWEEN}\n"), strict=True):
        fits = not step.shown.strip() or doctest.OutputChecker().check_output(step.shown, got, FLAGS)
        assert fits, f"$ {step.command}shown:\n{step.shown}printed:\n{got}"
