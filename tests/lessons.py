"""A tutorial is one sitting: its listings follow each other in one shell and one folder, from the top to the end."""

from __future__ import annotations

import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.listings import end_group, reader

DONE = "done"
LESSON = "lesson"
"""Under what name listings of a tutorial find their shell."""


class Lesson:
    """A shell that a tutorial is typed into; what it left running ends with it."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lesson-")
        self._printed = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  # closed by `close`
        ready = Path(self._folder.name, ".ready")
        os.mkfifo(ready)
        self._told = os.fdopen(os.open(ready, os.O_RDWR), encoding="ascii", buffering=1)
        self._ready = shlex.quote(str(ready))
        self._shell = subprocess.Popen(
            ["bash", "-euo", "pipefail"],  # noqa: S607  # whichever bash the reader has
            cwd=self._folder.name,
            env=reader(),
            stdin=subprocess.PIPE,
            stdout=self._printed,
            stderr=subprocess.STDOUT,
            process_group=0,
            text=True,
        )
        self._type(f"trap 'echo ended >{self._ready}' EXIT")
        self._seen = 0

    def run(self, script: str) -> str:
        """Type a listing, wait until it is done, and return what was printed meanwhile."""
        self._type(f"{{\n{script}\n}} </dev/null\necho {DONE} >{self._ready}")
        is_done = self._told.readline().strip() == DONE
        self._printed.seek(self._seen)
        text = self._printed.read()
        self._seen = self._printed.tell()
        assert is_done, f"exit status {self._shell.wait()} of:\n{script}\n{text}"
        return text

    def _type(self, text: str) -> None:
        assert self._shell.stdin is not None
        self._shell.stdin.write(f"{text}\n")
        self._shell.stdin.flush()

    def close(self) -> None:
        """End the shell and all that it started."""
        end_group(self._shell.pid)
        self._shell.wait()
        assert self._shell.stdin is not None
        for one in (self._shell.stdin, self._told, self._printed):
            one.close()
        self._folder.cleanup()


def begin(namespace: dict[str, Any]) -> None:
    """Give a tutorial a shell."""
    namespace[LESSON] = Lesson()


def end(namespace: dict[str, Any]) -> None:
    """Take it away."""
    namespace[LESSON].close()
