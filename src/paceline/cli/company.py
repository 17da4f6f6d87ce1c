"""What `paceline up` runs beside its emulator, in the same process: the service with its pages, and a worker."""

from __future__ import annotations

import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from paceline.cli.configured import Output
from paceline.cli.render import tell
from paceline.cli.rounds_told import Reporter, said_as
from paceline.cli.service import PATIENCE_S as SERVING_PATIENCE_S
from paceline.cli.service import budget_of, options_of
from paceline.cli.speaking import secrets_of
from paceline.cli.work import PATIENCE_S, keep_working
from paceline.control.access.rights import ENTRANCE, Role
from paceline.control.adoption import Adopt
from paceline.control.order import Order
from paceline.primitives.clock import MachineClock
from paceline.primitives.errors import PacelineError

if TYPE_CHECKING:  # the server's libraries, and pydantic, load only when it serves
    from paceline.bootstrap import System
    from paceline.control.work.worker import Round
    from paceline.service.server import ServiceServer
    from paceline.settings import Local, Settings
    from paceline.telemetry.collector import Process

HOST = "127.0.0.1"
"""Where it listens: what is tried with an emulator concerns nobody else."""
LINK_S = 3600.0
"""How long the link is good that is shown at the start, seconds."""
GRACE_S = 5.0
"""How long requests that run are waited for at the end, seconds."""
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A service and a worker that run.

    Attributes:
        url: where the service answers.
        link: an address that signs one person in, once, as administrator.
        taken: the port that was wanted and was another's, None where it was had.
    """

    url: str
    link: str = field(repr=False)
    taken: int | None


@contextmanager
def in_company(settings: Settings, local: Local, *, port: int, may_move: bool, ended: Event) -> Iterator[Company]:
    """Run both while the block runs.

    Args:
        settings: what counts here too, such as who acts; where the platform and the database are, `local` says.
        local: the emulator and its database.
        port: where the service listens; 0 takes a free one.
        may_move: whether it may take a free one where that one is another's.
        ended: set when the worker ended by itself.

    Raises:
        PacelineError: something could not start, or the worker could not go on.
    """
    from paceline.bootstrap import system_of
    from paceline.telemetry.attempts import AttemptCounts
    from paceline.telemetry.collector import Process
    from paceline.telemetry.logs import Form, logging_to
    from paceline.telemetry.rounds import RoundCounts

    own = replace(settings, reach=local, named_tenant=None, database_url=local.database_url)
    with ExitStack() as stack:
        stack.enter_context(logging_to(sys.stderr, form=Form.TEXT, level=logging.WARNING, secrets=secrets_of(own)))
        counts = Process(attempts=AttemptCounts(MachineClock()), rounds=RoundCounts(MachineClock()))
        heard = _heard(counts)
        system = stack.enter_context(
            system_of(own, patience_s=SERVING_PATIENCE_S, adopt=Adopt.TRY, notice=_notice, heard=heard)
        )
        link = _link_of(system)
        taken = port if may_move and _is_taken(port) else None
        server = _server(system, own, counts, port=0 if taken else port)
        server.start()
        stack.callback(server.stop)
        worker = Worker(ended, counts)
        worker.begin(own)
        stack.callback(worker.end)
        yield Company(url=server.url, link=f"{server.url}{ENTRANCE}#{link}", taken=taken)
    if worker.failure is not None:
        raise worker.failure


class Worker:
    """A worker in a thread."""

    def __init__(self, ended: Event, counts: Process) -> None:
        """Set `ended` when it is gone, for whatever reason; count what it does."""
        self._ended = ended
        self._counts = counts
        self._stopped = Event()
        self._thread: threading.Thread | None = None
        self.failure: PacelineError | None = None

    def begin(self, settings: Settings) -> None:
        """Go to work."""
        self._thread = threading.Thread(target=self._work, args=(settings,), name="paceline-worker", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """End what is begun, and return when it is."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self, settings: Settings) -> None:
        from paceline.bootstrap import system_of

        reporter = Reporter(said_as(Output.TABLE), tell)

        def heard(done: Round) -> None:
            if self._counts.rounds is not None:
                self._counts.rounds.hear(done)
            reporter.hear(done)

        try:
            # A system of its own: to the service it is a worker like any other.
            with system_of(
                settings, patience_s=PATIENCE_S, adopt=Adopt.NO, notice=_notice, heard=_heard(self._counts)
            ) as system:
                keep_working(system, self._stopped, heard=heard, told=tell)
        except PacelineError as failed:
            self.failure = failed
        finally:
            # Nobody may rely on a worker that is gone: the rest ends too.
            self._ended.set()


def _heard(counts: Process) -> Callable[[str | None, float], None]:
    """Return who counts attempts at the platform."""
    return lambda code, seconds: None if counts.attempts is None else counts.attempts.hear(code, seconds)


def _server(system: System, settings: Settings, counts: Process, *, port: int) -> ServiceServer:
    from paceline.bootstrap import diagnosis_of
    from paceline.service.app import application
    from paceline.service.server import Listening, ServiceServer

    options = options_of(replace(settings.serving, behind_tls=False))
    diagnose = partial(diagnosis_of, settings)
    app = application(system, options, process=counts, budget=budget_of(settings), diagnose=diagnose)
    return ServiceServer(app, Listening(host=HOST, port=port, grace_s=GRACE_S))


def _link_of(system: System) -> str:
    order = Order(actor=system.actor, reason="paceline up has started")
    return system.access.make_link(system.actor.name[:_LONGEST_NAME], Role.ADMINISTRATOR, order, valid_s=LINK_S)


def _is_taken(port: int) -> bool:
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
            tried.listen()
        except OSError:
            return True
    return False


def _notice(words: str) -> None:
    tell(f"paceline: {words}")
