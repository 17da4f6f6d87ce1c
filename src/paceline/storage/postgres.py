"""PostgreSQL: a pool of connections, one transaction for each call; the server groups the commits by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import URL, Connection, create_engine, event

from paceline.storage.failures import StorageClosedError, StorageUnavailableError, at_the_door
from paceline.storage.migrations import bring_up_to_date, is_up_to_date

T = TypeVar("T")

CONNECTIONS = 10
"""Connections kept open by a process, and as many more while they are needed."""

NOT_DURABLE = frozenset({"off"})
"""Settings of `synchronous_commit` under which a commit returns before it is on disk."""
_DURABILITY = "current_setting('synchronous_commit')"


class Notices:
    """What the server tells on a channel, from when this was made, over a connection of its own."""

    def __init__(self, connection: Connection, channel: str) -> None:
        """Listen to the channel, whose name is a word of the server's language."""
        self._driver: Any = connection.connection.dbapi_connection
        self._failures = connection.dialect.loaded_dbapi.Error
        connection.exec_driver_sql(f"LISTEN {channel}")

    def within(self, seconds: float) -> Iterator[str]:
        """Give each notice as it comes, for so many seconds.

        Raises:
            StorageUnavailableError: the connection was lost, and what was told since with it.
        """
        try:
            for notice in self._driver.notifies(timeout=seconds):
                yield notice.payload
        except self._failures as problem:
            raise StorageUnavailableError(f"the database told its last: {problem}") from problem


class PostgresDatabase:
    """One database of a server; see `Database` for what the methods promise."""

    def __init__(self, address: URL, *, wait_s: float) -> None:
        """Connect, and bring the tables up to date."""
        self._lock = threading.Lock()
        self._closed = False
        self._engine = create_engine(
            address,
            pool_size=CONNECTIONS,
            max_overflow=CONNECTIONS,
            pool_timeout=wait_s,
            pool_pre_ping=True,
            hide_parameters=True,
            use_native_hstore=False,  # no table has that type, which the library would ask the server about
            connect_args={"connect_timeout": max(1, round(wait_s)), "application_name": "paceline"},
        )
        self._wait_ms = round(wait_s * 1000)
        event.listen(self._engine, "connect", self._connected)
        # Made once: the library joins all listeners anew for each engine with options of its own.
        options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        self._for_reading = self._engine.execution_options(**options)
        try:
            self._make_ready()
        except BaseException:
            self._engine.dispose()
            raise

    def write(self, work: Callable[[Connection], T]) -> T:
        """Return what the work returns, when its transaction is on disk."""
        if self._closed:
            raise StorageClosedError
        with at_the_door(), self._engine.begin() as connection:
            return work(connection)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Return what the work reads, from one picture of the database."""
        if self._closed:
            raise StorageClosedError
        with at_the_door(), self._for_reading.begin() as connection:
            return work(connection)

    @contextmanager
    def listening(self, channel: str) -> Iterator[Notices]:
        """Listen to a channel while the block runs, beside the pool.

        Raises:
            StorageUnavailableError: the server cannot be reached.
            StorageClosedError: this database was closed.
        """
        if self._closed:
            raise StorageClosedError
        with at_the_door(), self._engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            connection.detach()
            yield Notices(connection, channel)

    def close(self) -> None:
        """Close every connection that nobody uses; the others when they come back."""
        with self._lock:
            self._closed = True
            self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _make_ready(self) -> None:
        with at_the_door(), self._engine.connect() as connection:
            with connection.begin():
                ready = is_up_to_date(connection)
            if not ready:
                bring_up_to_date(connection)

    def _connected(self, driver: Any, _record: object) -> None:  # noqa: ANN401 - the driver is an optional library
        # One question, and no transaction around it: each that is asked of the server is waited for.
        driver.autocommit = True
        with driver.cursor() as cursor:
            cursor.execute(f"SELECT set_config('lock_timeout', '{self._wait_ms}', false), {_DURABILITY}")
            if cursor.fetchone()[1] in NOT_DURABLE:
                cursor.execute("SET synchronous_commit = on")
        driver.autocommit = False
