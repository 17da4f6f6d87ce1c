"""The one door to the database. What is asked is a function of a connection; what comes back is durable.

`write` runs the function in a transaction and returns its result once that transaction is on disk. When the function
raises, nothing of it stays, and the exception goes to the caller. The function may be called in another thread, so it
touches nothing but the connection and what it was given; it neither commits nor waits for anything. It may also be
called once more, when a transaction that it shared with others was undone because one of those raised.

`read` runs the function on one consistent picture of the database, beside other readers and the writer.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self, TypeVar

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import ArgumentError

from paceline.storage.failures import StorageError

T = TypeVar("T")

WAIT_S = 30.0
"""How long a call waits for a lock or a connection, in seconds, when nothing else is said."""


class Database(Protocol):
    """A database, open until it is closed; one object serves all threads of a process."""

    def write(self, work: Callable[[Connection], T]) -> T:
        """Return what the work returns, when all it wrote is durable.

        Raises:
            StorageUnavailableError: locked, unreachable or full; nothing was written, unless the connection was lost
                at the very commit, when it may have been.
            StorageError: the database refused a statement.
        """
        ...

    def read(self, work: Callable[[Connection], T]) -> T:
        """Return what the work reads.

        Raises:
            StorageUnavailableError: locked or unreachable.
            StorageError: the database refused a statement.
        """
        ...

    def close(self) -> None:
        """Finish what was begun, then let go of the database; a second time does nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_database(url: str, *, wait_s: float = WAIT_S) -> Database:
    """Return the database of this address, with all its tables: they are made, or moved on, at first use.

    Args:
        url: `sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql+psycopg://user:secret@host/name`.
        wait_s: how long a call waits for a lock or a connection.

    Raises:
        StorageUnavailableError: it cannot be reached, opened or locked.
        NewerDatabaseError: a newer paceline has made its tables.
        StorageError: the address is none, or of another kind of database.
    """
    # Either brings a driver of its own: only the one that is wanted is loaded.
    try:
        address = make_url(url)
    except ArgumentError as problem:
        # The address may hold a secret, so it is not repeated.
        raise StorageError("this is not the address of a database", hint=ADDRESSES) from problem
    if address.drivername in {"sqlite", "sqlite+pysqlite"} and address.database not in {None, "", ":memory:"}:
        from paceline.storage.sqlite import SqliteDatabase

        return SqliteDatabase(address, wait_s=wait_s)
    if address.drivername == "postgresql+psycopg":
        from paceline.storage.postgres import PostgresDatabase

        return PostgresDatabase(address, wait_s=wait_s)
    raise StorageError(f"no such database is known: {address.drivername}", hint=ADDRESSES)


ADDRESSES = "an address looks like sqlite:///paceline.db or postgresql+psycopg://user@host/name"
