"""Carries messages beside the work of a worker, in a thread of its own: who does not answer holds up no stop.

One round carries until nothing is due any more. When the database is away the thread ends, and the worker is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, Lock

from paceline.outbox.ports import Round
from paceline.outbox.relay import Relay
from paceline.outbox.streams import ROOM
from paceline.primitives.clock import Clock
from paceline.storage.leases import Leases

PAUSE_S = 0.5
"""Between two rounds, in seconds, unless a message is put."""


class Carrying:
    """The relay of a worker."""

    def __init__(self, relay: Relay, leases: Leases, clock: Clock) -> None:
        """Carry with this relay, when this clock says that a message is due."""
        self._relay = relay
        self._leases = leases
        self._clock = clock
        self._lock = Lock()
        self._untold = Round()

    def news(self) -> Round:
        """Return what came of messages since this was asked last."""
        with self._lock:
            news, self._untold = self._untold, Round()
        return news

    def once(self) -> Round:
        """Carry what is due now, and what that makes due, and return what came of it.

        Raises:
            StorageUnavailableError: the database cannot be used now; what was sent and not kept will be sent again.
        """
        return self._carried(Event())

    @contextmanager
    def going_on(self, stopped: Event) -> Iterator[Future[None]]:
        """Carry until it is stopped or the block ends; the future is done before that when the database is away."""
        over = Event()
        with ThreadPoolExecutor(1, "paceline-carrying") as hand:
            carried = hand.submit(self._go_on, stopped, over)
            try:
                yield carried
            finally:
                over.set()

    def _go_on(self, stopped: Event, over: Event) -> None:
        with self._leases.bell(ROOM) as bell:
            while not stopped.is_set() and not over.is_set():
                self._hear(self._carried(stopped))
                bell.wait_for_work(PAUSE_S)

    def _hear(self, done: Round) -> None:
        with self._lock:
            self._untold += done

    def _carried(self, stopped: Event) -> Round:
        done = Round()
        while (more := self._relay.run_due(self._clock.wall_ns())).taken:
            done += more
            if stopped.is_set():
                break
        return done
