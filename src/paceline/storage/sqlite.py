"""SQLite: write-ahead log, every commit on disk, one writer in this process, as many readers as there are threads.

Several processes may use one file: the writers take turns by SQLite's own lock (`BEGIN IMMEDIATE`). The file has to
lie on a disk of this machine; network file systems do not keep that lock.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar, cast

from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, event

from paceline.storage.failures import StorageClosedError, StorageUnavailableError, at_the_door
from paceline.storage.migrations import bring_up_to_date, is_up_to_date
from paceline.storage.prepared import write_gathered
from paceline.storage.writer import GroupWriter

T = TypeVar("T")

PAUSE_S = 0.01
"""Between two attempts at what SQLite does not wait for."""

READERS = 8
"""Connections kept open for reading; more are opened when more threads read at once."""


class SqliteDatabase:
    """One file; see `Database` for what the methods promise."""

    def __init__(self, address: URL, *, wait_s: float) -> None:
        """Open the file, or make it, and bring its tables up to date."""
        self._lock = threading.Lock()
        self._closed = False
        self._for_writing = _engine(address, wait_s=wait_s, begin="BEGIN IMMEDIATE", pool=NullPool, settings=WRITING)
        self._for_reading = _engine(address, wait_s=wait_s, begin="BEGIN", pool=QueuePool, settings=READING)
        try:
            with at_the_door():
                self._make_ready(wait_s)
        except BaseException:
            self._dispose()
            raise
        self._writer = GroupWriter(self._for_writing.connect)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Return what the work returns, when the transaction that it shared with others is on disk."""
        return self._writer.write(work)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Return what the work reads, from one picture of the file."""
        if self._closed:
            raise StorageClosedError
        with at_the_door(), self._for_reading.connect() as connection, connection.begin():
            return work(connection)

    def close(self) -> None:
        """Write what waits, then close every connection."""
        with self._lock:
            self._closed = True
            self._writer.close()
            self._dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _dispose(self) -> None:
        # The engine's own way makes new pools for what is never opened again.
        self._for_reading.pool.dispose()
        self._for_writing.pool.dispose()

    def _make_ready(self, wait_s: float) -> None:
        with self._for_reading.connect() as connection, connection.begin():
            if is_up_to_date(connection):
                return
        with self._for_writing.connect() as connection:
            _write_ahead(_driver(connection), wait_s)
            bring_up_to_date(connection)


WRITING = (
    "PRAGMA synchronous = FULL",  # durable when the call returns, at a loss of power too
    "PRAGMA foreign_keys = ON",
    "PRAGMA recursive_triggers = ON",  # a REPLACE must not slip past the triggers on DELETE
    "PRAGMA secure_delete = ON",  # what was erased is overwritten
)
READING = ("PRAGMA query_only = ON",)


def _engine(address: URL, *, wait_s: float, begin: str, pool: type[Any], settings: tuple[str, ...]) -> Engine:
    sizes = {"pool_size": READERS, "max_overflow": -1} if pool is QueuePool else {}
    asked = {"timeout": wait_s, "check_same_thread": False, "isolation_level": None}
    engine = create_engine(address, poolclass=pool, connect_args=asked, hide_parameters=True, **sizes)

    def connected(driver: sqlite3.Connection, _record: object) -> None:
        # Text that somebody spoilt is read all the same, so that it can be shown to be spoilt.
        driver.text_factory = _decoded if settings is READING else str
        for setting in settings:
            driver.execute(setting)

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    def about_to_run(connection: Connection, *_more: object) -> None:
        write_gathered(connection)

    if settings is WRITING:
        event.listen(engine, "before_cursor_execute", about_to_run)
    event.listen(engine, "connect", connected)
    event.listen(engine, "begin", begun)
    return engine


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", errors="surrogateescape")


def _driver(connection: Connection) -> sqlite3.Connection:
    return cast("sqlite3.Connection", connection.connection.driver_connection)


def _write_ahead(driver: sqlite3.Connection, wait_s: float) -> None:
    """Switch the file to the write-ahead log, for good; SQLite does not wait its turn for that, so we do."""
    pause = threading.Event()
    for _ in range(max(1, round(wait_s / PAUSE_S))):
        try:
            driver.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as problem:
            if "locked" not in str(problem):
                raise StorageUnavailableError(f"the database cannot be used now: {problem}") from problem
            pause.wait(PAUSE_S)
        else:
            return
    raise StorageUnavailableError("the database is locked by another process")
