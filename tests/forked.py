"""`paceline` as a process of its own that need not import everything first: each is a fork of one that has."""

from __future__ import annotations

import atexit
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from tests import typed

PIPE = subprocess.PIPE


class Forked:
    """A `paceline` that was started with these words: as much of `subprocess.Popen` as the tests use."""

    def __init__(
        self,
        words: list[str],
        *,
        folder: Path | None = None,
        environment: dict[str, str] | None = None,
        stderr: int | TextIO | None = None,
    ) -> None:
        """Start it, in this process's folder and environment unless told; `stderr` is PIPE, a file, or our own."""
        reading, writing = os.pipe()
        self.stdout: TextIO = os.fdopen(reading, encoding="utf-8")
        self.stderr: TextIO | None = None
        nothing = os.open(os.devnull, os.O_RDONLY)
        errors = sys.__stderr__.fileno() if sys.__stderr__ is not None else 2
        ours = [nothing, writing]
        if stderr == PIPE:
            heard, errors = os.pipe()
            ours.append(errors)
            self.stderr = os.fdopen(heard, encoding="utf-8")
        elif stderr is not None and not isinstance(stderr, int):
            errors = stderr.fileno()
        self.returncode: Any = None  # what `subprocess.Popen` calls it, and of the same type
        asked = {
            "words": words,
            "folder": str(folder or Path.cwd()),
            "environment": dict(os.environ) if environment is None else environment,
            "group": 0,
        }
        self._talk = socket.socket(socket.AF_UNIX)
        self._talk.connect(str(forking().address))
        typed.ask(self._talk, asked, [nothing, writing, errors])
        self._answers = self._talk.makefile(encoding="ascii")
        self.pid = int(self._answers.readline())
        for one in ours:
            os.close(one)

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
        """Read both of its streams to their ends and wait for its own."""
        told: list[str] = []
        reader = threading.Thread(target=lambda: told.append(_rest(self.stdout)))
        reader.start()
        errors = "" if self.stderr is None else _rest(self.stderr)
        reader.join()
        self.wait()
        return "".join(told), errors


def _rest(stream: TextIO) -> str:
    if stream.closed:
        return ""
    with stream:
        return stream.read()


class Forking:
    """The process that has imported everything; it ends with this one."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="forking-")
        self.address = Path(self._folder.name) / "asked"
        self._talk, theirs = socket.socketpair()
        with socket.socket(socket.AF_UNIX) as listening, theirs:
            listening.bind(str(self.address))
            listening.listen(64)  # those that ask before it has imported everything wait here
            numbers = [listening.fileno(), theirs.fileno()]
            command = [sys.executable, "-m", "tests.forking", *map(str, numbers)]
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                command,
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


@cache
def forking() -> Forking:
    """Return the process that forks, started when it is first asked for."""
    return Forking()
