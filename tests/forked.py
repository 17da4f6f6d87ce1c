"""Processes of their own that need not import everything first: each is a fork of one that has (tests/forking.py)."""

from __future__ import annotations

import atexit
import io
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from tests import typed

PIPE = subprocess.PIPE
COMMANDS, MODULES = "commands", "modules"
"""What is forked: `paceline`, or a module of the tests, for which every warning is an error."""


class Forked:
    """A process that was started with these words: as much of `subprocess.Popen` as the tests use.

    The words are those of `paceline`; or the name of a module, and what its `main` finds after that. A module can be
    written to, and leads a group of its own.
    """

    def __init__(
        self,
        words: list[str],
        *,
        of: str = COMMANDS,
        folder: Path | None = None,
        environment: dict[str, str] | None = None,
        stdout: int = PIPE,
        stderr: int | TextIO | None = None,
    ) -> None:
        """Start it, in this process's folder and environment unless told.

        `stdout` is PIPE or a file's number; `stderr` is PIPE, a file, or our own.
        """
        self.stdin: TextIO | None = None
        self.stdout: TextIO = io.StringIO()  # where it writes elsewhere
        self.stderr: TextIO | None = None
        self.returncode: Any = None  # what `subprocess.Popen` calls it, and of the same type
        ours: list[int] = []
        if of == MODULES:
            given, self.stdin = _written_to(ours)
        else:
            given = os.open(os.devnull, os.O_RDONLY)
            ours.append(given)
        if stdout == PIPE:
            stdout, self.stdout = _read_from(ours)
        errors = sys.__stderr__.fileno() if sys.__stderr__ is not None else 2
        if stderr == PIPE:
            errors, self.stderr = _read_from(ours)
        elif stderr is not None and not isinstance(stderr, int):
            errors = stderr.fileno()
        asked = {
            "words": words if of == MODULES else ["paceline", *words],
            "folder": str(folder or Path.cwd()),
            "environment": dict(os.environ) if environment is None else environment,
            "group": 0 if of == MODULES else None,
        }
        self._talk = socket.socket(socket.AF_UNIX)
        self._talk.connect(str(forking(of).address))
        typed.ask(self._talk, asked, [given, stdout, errors])
        self._answers = self._talk.makefile(encoding="ascii")
        self.pid = int(self._answers.readline())
        for one in ours:
            os.close(one)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, wrong: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.communicate()

    def poll(self) -> int | None:
        """Return how it ended, as `wait` does, or None while it runs."""
        if self.returncode is None:
            try:
                has_ended = bool(self._talk.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
            except BlockingIOError:
                has_ended = False
            return self.wait() if has_ended else None
        return int(self.returncode)

    def wait(self) -> int:
        """Wait for its end and return its code, or the signal's number, negative."""
        if self.returncode is None:
            self.returncode = int(self._answers.readline())
            self._answers.close()
            self._talk.close()
        return int(self.returncode)

    def send_signal(self, how: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, how)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def communicate(self) -> tuple[str, str]:
        """Close what it reads, read both of its streams to their ends and wait for its own."""
        if self.stdin is not None:
            with suppress(BrokenPipeError):  # it reads no more
                self.stdin.close()
        told: list[str] = []
        reader = threading.Thread(target=lambda: told.append(_rest(self.stdout)))
        reader.start()
        errors = "" if self.stderr is None else _rest(self.stderr)
        reader.join()
        self.wait()
        return "".join(told), errors


def _written_to(ours: list[int]) -> tuple[int, TextIO]:
    """Return the end of a pipe that a process is given, to be closed here, and the one that we write to."""
    given, told = os.pipe()
    ours.append(given)
    return given, os.fdopen(told, "w", encoding="utf-8")


def _read_from(ours: list[int]) -> tuple[int, TextIO]:
    """Return the end of a pipe that a process writes to, to be closed here, and the one that we read."""
    heard, given = os.pipe()
    ours.append(given)
    return given, os.fdopen(heard, encoding="utf-8")


def _rest(stream: TextIO) -> str:
    if stream.closed:
        return ""
    with stream:
        return stream.read()


class Forking:
    """The process that has imported what is forked; it ends with this one."""

    def __init__(self, of: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="forking-")
        self.address = Path(self._folder.name) / "asked"
        self._talk, theirs = socket.socketpair()
        with socket.socket(socket.AF_UNIX) as listening, theirs:
            listening.bind(str(self.address))
            listening.listen(64)  # those that ask before it has imported all of that wait here
            numbers = [listening.fileno(), theirs.fileno()]
            strict = ["-W", "error"] if of == MODULES else []
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, *strict, "-m", "tests.forking", of, *map(str, numbers)],
                cwd=Path(__file__).resolve().parents[1],  # a test may have gone elsewhere
                pass_fds=numbers,
                stdin=subprocess.DEVNULL,
            )
        atexit.register(self._close)

    def commands(self) -> Path:
        """Return a folder for the PATH of a shell, in which `paceline` is a fork of that process."""
        place = Path(self._folder.name) / "bin"
        if not place.exists():
            place.mkdir()
            command = place / "paceline"
            command.write_text(f"#!{sys.executable} -IS\n{Path(typed.__file__).read_text(encoding='utf-8')}")
            command.chmod(0o755)
        return place

    def _close(self) -> None:
        self._talk.close()
        self._process.wait()
        self._folder.cleanup()


def forking(of: str) -> Forking:
    """Return the process that forks these, started when it is first asked for."""
    with _STARTING:
        return _forking(of)


_STARTING = threading.Lock()


@cache
def _forking(of: str) -> Forking:
    return Forking(of)
