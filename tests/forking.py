"""A process that has imported much, and forks whoever is to be `paceline`, or a part of a test: imports are saved.

Each fork is a real process with its own id, signals and files, told what to do by words as a shell tells it. It lives
no longer than the connection by which it was asked for: a test that ends, or dies, leaves nothing running.

`python -m tests.forking commands` forks `paceline`, and `modules` what processes of the contract suites run: it has not
imported the rest, for the more a process has, the longer its fork takes.
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
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

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
"""What commands import when they run, and every fork of theirs has."""
PARTS = (
    "benchmarks.torture.runner",
    "tests.contract.appender",
    "tests.contract.bearer",
    "tests.contract.holder",
    "tests.contract.taker",
    "tests.contract.walker",
)
"""What the others are; more may be asked for."""
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
            if asked["group"] is not None:
                os.setpgid(0, asked["group"])
            connection.sendall(f"{os.getpid()}\n".encode())  # by then it is in its group, and can be killed with that
            connection.close()
            return asked, streams
        for one in streams:
            os.close(one)
        self._asked[pid] = connection
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


def serve(listening: socket.socket, alive: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Fork while the other end of `alive` is open, then end; return what was asked for to each fork."""
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
                os._exit(0)  # without taking apart what was loaded
            if heard is woken:
                woken.recv(4096)
            elif heard is listening:
                connection, _address = listening.accept()
                asked = forks.add(connection)
                if asked is not None:
                    _close(ears)
                    waker.close()
                    return asked
                ears.register(connection, selectors.EVENT_READ)
            else:
                forks.leave(heard)
                ears.unregister(heard)
                heard.close()
            forks.bury()


def _close(ears: selectors.BaseSelector) -> None:
    """Close what a process listens to, also the connections of forks that have ended, if nobody has heard of it yet."""
    for key in list(ears.get_map().values()):
        assert isinstance(key.fileobj, socket.socket)
        key.fileobj.close()
    ears.close()


def become(run: Callable[[], int | None], asked: dict[str, Any], streams: list[int]) -> NoReturn:
    """Be what was asked for, its words in `sys.argv`."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for own, given in enumerate(streams):
        os.dup2(given, own)
        os.close(given)
    os.environ.clear()
    os.environ.update(asked["environment"])
    tempfile.tempdir = None  # what was found before the fork may not be what these variables say
    os.chdir(asked["folder"])
    sys.argv = asked["words"]
    try:
        code = run() or 0
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


def prepared_commands() -> Callable[[], int | None]:
    """Import what commands need, do once what most of them begin with, and return what runs one.

    The trust store and the law are read once in a process; to make tables loads a library that no command names.
    """
    from paceline.cli.main import COMMANDS, main

    for module in (*HEAVY, *(f"paceline.cli.{place.partition(':')[0]}" for _app, place, *_rest in COMMANDS)):
        importlib.import_module(module)
    from paceline.compliance.shelf import the_rulebook
    from paceline.cxone.attempt import HttpClient
    from paceline.primitives.clock import MachineClock
    from paceline.storage.database import open_database
    from tests.reading import read_words_alone

    the_rulebook()
    HttpClient(MachineClock()).close()
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        open_database(f"sqlite:///{folder}/paceline.db").close()
    read_words_alone()
    load_engines()
    return main


def load_engines() -> None:
    """Load the machine code of engines that is kept on disk, and make none: a fork that finds none makes its own."""
    from paceline.simulation.distributions import Duration, Family
    from paceline.simulation.plan import plan_of
    from paceline.simulation.players import Engine, is_compiled, player_of
    from paceline.simulation.scenario import Answer, Pacing, Policy, Run, Scenario

    short = Duration(family=Family.EXPONENTIAL, mean_s=12.0)
    answer = Answer(probability=0.3, ring_answered=short, ring_unanswered=short)
    pacing = Pacing(policy=Policy.PROGRESSIVE)
    scenario = Scenario(agents=2, talk=short, answer=answer, pacing=pacing, run=Run(days=1, hours_per_day=1.0))
    for engine in (Engine.FAST, Engine.EXACT):
        if is_compiled(engine):
            player_of(engine, plan_of(scenario), 0)


def prepared_modules() -> Callable[[], int | None]:
    """Import the modules, do once what a change begins with, and return what runs the one that is named first."""
    for module in PARTS:
        importlib.import_module(module)
    from tests.contract.walker import warm

    warm()
    return lambda: importlib.import_module(sys.argv[0]).main()


PREPARED = {"commands": prepared_commands, "modules": prepared_modules}

if __name__ == "__main__":
    runs = PREPARED[sys.argv[1]]()
    gc.freeze()  # what all forks share is not looked through by each
    become(runs, *serve(*(socket.socket(fileno=int(number)) for number in sys.argv[2:])))
