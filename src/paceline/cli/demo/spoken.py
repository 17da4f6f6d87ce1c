"""A command of paceline, said within the story: the very command, with its words, its output and its exit code."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of a command: its exit code and what it printed."""

    code: int
    output: str


def said(environment: Mapping[str, str], *words: str) -> Said:
    """Run a command in this process, as it would run in that environment."""
    from paceline.cli.main import main  # it knows this story, so it is asked only now

    output = StringIO()
    with _within(environment), redirect_stdout(output), redirect_stderr(StringIO()):
        code = main(words)
    return Said(code=code, output=output.getvalue())


@contextmanager
def _within(environment: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
