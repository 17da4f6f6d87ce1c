"""`paceline` as a shell of a listing finds it: it has itself forked (tests/forking.py), and ends as its fork does.

Run as a script it imports as little as it can: it is there for a listing to be quick. Signals are handed on; where it
is killed its fork is too, for nobody waits for that any more. A server that cannot start ends its listing: that would
wait for its first line for ever.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ADDRESS = "FORKING"
"""The variable with the place of the socket at which forks are asked for."""


def ask(talk: socket.socket, asked: dict[str, Any], streams: list[int]) -> None:
    """Send what is to be run, with the streams it has: in, out and for errors."""
    text = json.dumps(asked).encode()
    socket.send_fds(talk, [f"{len(text):8}".encode()], streams)
    talk.sendall(text)


def typed() -> int:
    """Have the words that were typed run, and return the code of that, or its signal's number, negative."""
    talk = socket.socket(socket.AF_UNIX)
    talk.connect(os.environ[ADDRESS])
    environment = {name: value for name, value in os.environ.items() if name != ADDRESS}
    asked = {
        "words": ["paceline", *sys.argv[1:]],
        "folder": os.getcwd(),  # noqa: PTH109  # pathlib takes as long as all the rest
        "environment": environment,
        "group": os.getpgrp(),
    }
    ask(talk, asked, [0, 1, 2])
    with talk.makefile(encoding="ascii") as answers:
        pid = int(answers.readline())
        for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(how, lambda number, _frame: os.kill(pid, number))
        return int(answers.readline())


SERVERS = ("up", "emulator")

if __name__ == "__main__":
    try:
        code = typed()
    except OSError as away:
        sys.stderr.write(f"nobody forks: {away}\n")
        code = 1
    if code == 1 and sys.argv[1] in SERVERS:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.killpg(os.getpgrp(), signal.SIGTERM)
    if code < 0:
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)
