"""`paceline` as a process of its own that need not import everything first: each is a fork of one that has.

It is a real process with its own id, files and signals, told what to do by words as a shell tells it; what is saved is
the second that its imports take.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path
from typing import Any, TextIO

LOADED = (
    "paceline.bootstrap",
    "paceline.cli.company",
    "paceline.cli.main",
    "paceline.cli.serve",
    "paceline.cli.up",
    "paceline.cli.work",
    "paceline.emulator.server",
    "paceline.service.app",
)
"""What the first process imports, and every fork has."""
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
        errors = sys.__stderr__.fileno() if sys.__stderr__ is not None else 2
        ours = [writing]
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
        }
        self.pid = _first().start(asked, writing, errors)
        for one in ours:
            os.close(one)

    def poll(self) -> int | None:
        """Return how it ended, as `wait` does, or None while it runs."""
        if self.returncode is None:
            self.returncode = _first().ended(self.pid, is_awaited=False)
        return None if self.returncode is None else int(self.returncode)

    def wait(self) -> int:
        """Wait for its end and return its code, or the signal's number, negative."""
        if self.returncode is None:
            self.returncode = _first().ended(self.pid, is_awaited=True)
        return int(self.returncode)

    def send_signal(self, how: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, how)  # it is there, if only to be buried

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


class _First:
    """The process that has imported everything; it ends when nobody talks to it any more."""

    def __init__(self) -> None:
        self._talk, theirs = socket.socketpair()
        self._lock = threading.Lock()
        command = [sys.executable, "-m", "tests.forked", str(theirs.fileno())]
        self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])  # noqa: S603 - our own interpreter
        theirs.close()
        self._answers = self._talk.makefile(encoding="utf-8")
        atexit.register(self._close)

    def start(self, asked: dict[str, Any], *streams: int) -> int:
        return int(self._ask(asked, streams)["pid"])

    def ended(self, pid: int, *, is_awaited: bool) -> int | None:
        code: int | None = self._ask({"pid": pid, "is_awaited": is_awaited})["code"]
        return code

    def _ask(self, asked: dict[str, Any], streams: tuple[int, ...] = ()) -> dict[str, Any]:
        with self._lock:
            line = json.dumps(asked).encode() + b"\n"
            sent = socket.send_fds(self._talk, [line], list(streams)) if streams else 0
            self._talk.sendall(line[sent:])
            answer: dict[str, Any] = json.loads(self._answers.readline())
        return answer

    def _close(self) -> None:
        self._answers.close()
        self._talk.close()
        self._process.wait()


@cache
def _first() -> _First:
    return _First()


def _serve(talk: socket.socket) -> None:
    """Start and bury processes for as long as somebody asks for it."""
    for module in LOADED:
        importlib.import_module(module)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests and for the forks
    kept = b""
    streams: list[int] = []
    while True:
        got, sent, _, _ = socket.recv_fds(talk, 1 << 16, 2)
        if not got:
            return
        kept, streams = kept + got, [*streams, *sent]
        if not kept.endswith(b"\n"):
            continue
        asked = json.loads(kept)
        if "words" in asked:
            answer: dict[str, int | None] = {"pid": _fork(talk, asked, streams)}
        else:
            answer = {"code": _buried(asked["pid"], is_awaited=asked["is_awaited"])}
        for one in streams:
            os.close(one)
        kept, streams = b"", []
        talk.sendall(json.dumps(answer).encode() + b"\n")


def _buried(pid: int, *, is_awaited: bool) -> int | None:
    buried, status = os.waitpid(pid, 0 if is_awaited else os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if buried else None


def _fork(talk: socket.socket, asked: dict[str, Any], streams: list[int]) -> int:
    """Return a fork's id; the fork itself never returns, but ends as a command that was typed does."""
    pid = os.fork()
    if pid:
        return pid
    talk.close()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    for own, given in zip((1, 2), streams, strict=True):
        os.dup2(given, own)
        os.close(given)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.argv = ["paceline", *asked["words"]]
    from paceline.cli.main import main

    sys.exit(main())


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
