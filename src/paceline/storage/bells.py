"""Waking up whoever waits for work: by the server's notices on PostgreSQL, by a bell within the process on SQLite.

Rules:
1. A bell that rings between a look for work and the waiting after it still wakes: it rings until it is heard.
2. On PostgreSQL the notice is part of the transaction that puts the work: it comes when that is committed, to every
   process. When listening begins, or begins anew after the server was away, every bell rings: a notice may be missed.
3. On SQLite the bell rings before the commit; whoever hears it goes once through the writer, which is done with that
   transaction then. Other processes cannot ring, so nobody waits for longer than `POLL_S`.
4. A ring is a reason to look, no promise: the work may be somebody else's by then.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, func, select

from paceline.primitives.clock import WaitingClock
from paceline.storage.database import Database
from paceline.storage.failures import StorageError
from paceline.storage.postgres import PostgresDatabase

POLL_S = 0.5
"""After so many seconds one looks anyway, where not every process can ring."""
CHANNEL = "paceline_due_work"
"""Of the notices on PostgreSQL; each names its room."""
HEARING_S = 0.25
"""How long the listening thread listens before it sees whether it has to end."""


class Bell:
    """What wakes one thread; it rings for the rooms that it was made for."""

    def __init__(self, bells: Bells, rooms: frozenset[str]) -> None:
        """Ring at once: there may be work already."""
        self.rooms = rooms
        self._bells = bells
        self._rung = threading.Event()
        self._rung.set()

    def ring(self) -> None:
        """Wake whoever waits, or will."""
        self._rung.set()

    def wait_for_work(self, timeout_s: float) -> bool:
        """Return when there may be work, True when somebody rang; after `timeout_s` at the latest, often before.

        By then a lease of somebody who died may have ended, too. Look for work and wait again, whatever it returned.
        """
        return self._bells.wait(self._rung, self.rooms, timeout_s)

    def close(self) -> None:
        """Ring no more."""
        self._bells.forget(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Bells:
    """All bells of a process, and the thread that listens to the server once there is one."""

    def __init__(
        self,
        database: Database,
        clock: WaitingClock,
        *,
        longest_s: float,
        next_end_s: Callable[[frozenset[str]], float],
    ) -> None:
        """Let nobody wait for longer than `longest_s`, nor than `next_end_s` says for the rooms."""
        self._database = database
        self._clock = clock
        self._longest_s = longest_s
        self._next_end_s = next_end_s
        self._lock = threading.Lock()
        self._bells: list[Bell] = []
        self._hears = threading.Event()
        self._ended = threading.Event()
        self._listener: threading.Thread | None = None

    def bell(self, rooms: frozenset[str]) -> Bell:
        """Return a new bell for these rooms."""
        bell = Bell(self, rooms)
        with self._lock:
            self._bells.append(bell)
            if self._listener is None and isinstance(self._database, PostgresDatabase):
                self._listener = threading.Thread(
                    target=self._listen, args=(self._database,), name="paceline-listener", daemon=True
                )
                self._listener.start()
        return bell

    def forget(self, bell: Bell) -> None:
        """Ring this one no more."""
        with self._lock:
            self._bells = [other for other in self._bells if other is not bell]

    def put(self, connection: Connection, room: str) -> None:
        """Ring for this room when the transaction of this connection is committed."""
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_notify(CHANNEL, room)))
        else:
            self._ring(room)

    def wait(self, rung: threading.Event, rooms: frozenset[str], timeout_s: float) -> bool:
        """Wait for a bell; see there."""
        longest_s = self._longest_s if self._hears.is_set() else min(self._longest_s, POLL_S)
        heard = self._clock.wait_for(rung, max(0.0, min(timeout_s, longest_s, self._next_end_s(rooms))))
        if heard:
            rung.clear()
            if not self._hears.is_set():
                # Whoever cannot reach the database now will hear of it when he looks.
                with suppress(StorageError):
                    self._database.write(_nothing)
        return heard

    def close(self) -> None:
        """Listen no more; every bell rings a last time."""
        with self._lock:
            listener = self._listener
            self._ended.set()
        self._ring(None)
        if listener is not None:
            # It may be waiting for a server that does not answer; it ends by itself, and nothing depends on it.
            listener.join(4 * HEARING_S)

    def _ring(self, room: str | None) -> None:
        with self._lock:
            bells = [bell for bell in self._bells if room is None or room in bell.rooms]
        for bell in bells:
            bell.ring()

    def _listen(self, database: PostgresDatabase) -> None:
        while not self._ended.is_set():
            try:
                with database.listening(CHANNEL) as notices:
                    self._hears.set()
                    self._ring(None)
                    while not self._ended.is_set():
                        for room in notices.within(HEARING_S):
                            self._ring(room)
            except StorageError:
                self._hears.clear()
                self._ended.wait(POLL_S)


def _nothing(_connection: Connection) -> None:
    """Write nothing: it only takes its turn."""
