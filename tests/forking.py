"""A process that has imported everything, and forks whoever is to be `paceline`: what is saved is a second of imports.

Each fork is a real process with its own id, signals and files, told what to do by words as a shell tells it. It lives
no longer than the connection by which it was asked for: a test that ends, or dies, leaves nothing running.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import tempfile
import threading
from contextlib import suppress
from typing import Any, NoReturn

from paceline.cli.main import COMMANDS, main
from paceline.primitives.clock import MachineClock
from tests.reading import read_words_alone

HEAVY = (
    "cmaes",
    "duckdb",
    "encodings.idna",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "numba",
    "paceline.bootstrap",
    "paceline.emulator.server",
    "paceline.service.app",
    "paceline.twin",
    "pydantic.dataclasses",
    "scipy.optimize",
    "scipy.stats",
)
"""What commands import when they run, and every fork has."""
HEAD_BYTES = 8
"""A request begins with its length; the streams in, out and for errors come with that."""
STREAMS = 3


class Forks:
    """The forks that live, each with the connection by which it was asked for."""

    def __init__(self) -> None:
        self._asked: dict[int, socket.socket] = {}

    def add(self, connection: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
        """Fork by what a connection asks for; return that, and its streams, to the fork alone."""
        head, streams, _flags, _address = socket.recv_fds(connection, HEAD_BYTES, STREAMS)
        asked = json.loads(connection.recv(int(head), socket.MSG_WAITALL))
        pid = os.fork()
        if not pid:
            for other in (connection, *self._asked.values()):
                other.close()
            return asked, streams
        for one in streams:
            os.close(one)
        self._asked[pid] = connection
        connection.sendall(f"{pid}\n".encode())
        return None

    def bury(self) -> None:
        """Tell whoever asked how each fork has ended: its code, or the signal's number, negative."""
        while self._asked:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            with suppress(OSError):  # nobody waits for it
                self._asked.pop(pid).sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())

    def leave(self, connection: socket.socket | None = None) -> None:
        """Kill the fork that nobody waits for any more; all of them, where no connection is named."""
        for pid, asked in self._asked.items():
            if connection in {None, asked}:
                os.kill(pid, signal.SIGKILL)  # it is there, if only to be buried


def serve(listening: socket.socket, alive: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Fork while the other end of `alive` is open; return what was asked for to each fork, and None in the end."""
    forks, ears = Forks(), selectors.DefaultSelector()
    woken, waker = socket.socketpair()
    waker.setblocking(False)  # noqa: FBT003  # its name says what
    signal.set_wakeup_fd(waker.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests and for the forks
    for one in (listening, alive, woken):
        ears.register(one, selectors.EVENT_READ)
    while True:
        for key, _events in ears.select():
            heard = key.fileobj
            assert isinstance(heard, socket.socket)
            if heard is alive:
                forks.leave()
                return None
            if heard is woken:
                woken.recv(4096)
            elif heard is listening:
                connection, _address = listening.accept()
                asked = forks.add(connection)
                if asked is not None:
                    ears.close()
                    for one in (listening, alive, woken, waker):
                        one.close()
                    return asked
                ears.register(connection, selectors.EVENT_READ)
            else:
                forks.leave(heard)
                ears.unregister(heard)
                heard.close()
            forks.bury()


def become(asked: dict[str, Any], streams: list[int]) -> NoReturn:
    """Be the command that was typed."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for own, given in enumerate(streams):
        os.dup2(given, own)
        os.close(given)
    if asked["group"]:
        os.setpgid(0, asked["group"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    sys.argv = ["paceline", *asked["words"]]
    try:
        code = main()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # noqa: BLE001  # told as the interpreter tells it, which is left without taking it apart
        sys.excepthook(*sys.exc_info())
        code = 1
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.current_thread():
            thread.join()
    atexit._run_exitfuncs()  # noqa: SLF001  # as documented: there is no other way to end without the interpreter's own
    for stream in (sys.stdout, sys.stderr):
        with suppress(BrokenPipeError):
            stream.flush()
    os._exit(code)


def warm_up() -> None:
    """Do once what most commands begin with, for every fork to find it done.

    The trust store and the law are read once in a process; to make tables loads a library that no command names.
    """
    from paceline.compliance.shelf import the_rulebook
    from paceline.cxone.attempt import HttpClient
    from paceline.storage.database import open_database

    the_rulebook()
    HttpClient(MachineClock()).close()
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        open_database(f"sqlite:///{folder}/paceline.db").close()


if __name__ == "__main__":
    for module in (*HEAVY, *(f"paceline.cli.{place.partition(':')[0]}" for _app, place, *_rest in COMMANDS)):
        importlib.import_module(module)
    warm_up()
    read_words_alone()
    gc.freeze()  # what all forks share is not looked through by each
    told = serve(socket.socket(fileno=int(sys.argv[1])), socket.socket(fileno=int(sys.argv[2])))
    if told is not None:
        become(*told)
    os._exit(0)  # without taking apart what was loaded
