"""A database that is only looked at: it is not made when it is not there, its tables are not moved on, nothing is kept.

Everybody else opens a database by `open_database`, which makes what is missing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError

from paceline.primitives.checks import Check, bad, doubtful, fine, skipped
from paceline.storage.database import ADDRESSES
from paceline.storage.failures import StorageError, at_the_door
from paceline.storage.migrations import LATEST

T = TypeVar("T")

WAIT_S = 5.0
"""How long a look waits for a lock or a connection, in seconds."""
_FSYNC_OFF = "the server may lose or spoil what it said was on disk: set {} = on in postgresql.conf"


class OnlyReadError(StorageError):
    """this database was opened to be looked at"""

    code = "storage-only-read"


class AbsentDatabaseError(StorageError):
    """there is no database yet"""

    code = "storage-absent"


class ReadDatabase:
    """A database of which `read` alone may be asked; see `Database` for what it promises."""

    def __init__(self, engine: Engine, *, kind: str) -> None:
        """Connect to nothing yet; `kind` is the database's name for people."""
        self.kind = kind
        self._engine = engine

    def write(self, _work: Callable[[Connection], T]) -> NoReturn:
        """Refuse.

        Raises:
            OnlyReadError: always.
        """
        raise OnlyReadError

    def read(self, work: Callable[[Connection], T]) -> T:
        """Return what the work reads, from one picture of the database."""
        with at_the_door(), self._engine.connect() as connection, connection.begin():
            return work(connection)

    def close(self) -> None:
        """Let go of it."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_for_reading(url: str) -> ReadDatabase:
    """Return the database of this address, to be looked at.

    Raises:
        AbsentDatabaseError: it is a file that is not there.
        StorageError: the address is none, or of another kind of database.
    """
    address = _address(url)
    if address.drivername.startswith("sqlite") and address.database not in {None, "", ":memory:"}:
        path = Path(str(address.database))
        if not path.exists():
            raise AbsentDatabaseError(f"there is no file {path} yet", hint="the first command that needs it makes it")
        return ReadDatabase(_sqlite(path), kind="SQLite")
    if address.drivername == "postgresql+psycopg":
        return ReadDatabase(_postgres(address), kind="PostgreSQL")
    raise StorageError(f"no such database is known: {address.drivername}", hint=ADDRESSES)


def address_shown(url: str) -> str:
    """Return the address without its password and its parameters, in which another may stand.

    >>> address_shown("postgresql+psycopg://ada:invented@db.example.com/paceline?sslmode=require")
    'postgresql+psycopg://ada:***@db.example.com/paceline'
    """
    if url.startswith("sqlite"):
        return url.partition("?")[0]
    if is_ambiguous(url):
        return "a PostgreSQL address with more than one @, which is not shown"
    try:
        address = make_url(url)
    except ArgumentError:
        return "an address that cannot be read"
    return address.set(query={}).render_as_string(hide_password=True)


def is_ambiguous(url: str) -> bool:
    """Return whether nobody can tell where in the address the password ends."""
    return not url.startswith("sqlite") and url.count("@") > 1


def unopened(failed: StorageError, url: str) -> Check:
    """Return the check of a database that could not be opened or read."""
    if isinstance(failed, AbsentDatabaseError):
        return doubtful("database", failed.message, failed.hint)
    if is_ambiguous(url):
        # The driver takes part of the password for the host, and says it back.
        return bad("database", "it cannot be opened", "write the @ in user or password as %40")
    return bad("database", failed.message, failed.hint)


def database_checks(database: ReadDatabase, *, place: str) -> tuple[Check, Check]:
    """Return whether it can be used with its tables, and whether what it took is safe; `place` is its address.

    Raises:
        StorageError: it cannot be reached or read.
    """
    name = f"{database.kind}, {place}"
    version, unsafe = database.read(lambda connection: (_version(connection), _unsafe(connection)))
    if version is None:
        tables = doubtful("database", f"{name}: it has no tables yet", "the first command that needs them makes them")
        return tables, skipped("database.durable", "it has no tables yet")
    if version > LATEST:
        told = f"{name}: its tables are at step {version}, this paceline knows {LATEST}"
        tables = bad("database", told, "use the newer version of paceline, or name another database")
    elif version < LATEST:
        told = f"{name}: its tables are at step {version}, this paceline has {LATEST}"
        tables = doubtful("database", told, "the next command moves them on; older versions cannot use them then")
    else:
        tables = fine("database", f"{name}: tables at step {version}")
    if unsafe:
        return tables, doubtful("database.durable", *unsafe)
    safe = "write-ahead log, every commit on disk" if database.kind == "SQLite" else "every commit on disk"
    return tables, fine("database.durable", safe)


def _address(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        # The address may hold a secret, so neither it nor the cause is kept.
        raise StorageError("this is not the address of a database", hint=ADDRESSES) from None


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _unsafe(connection: Connection) -> tuple[str, str] | None:
    """Return which setting of the database lets what was kept be lost, and what to do; None when none does."""
    if connection.dialect.name == "sqlite":
        mode = str(connection.execute(text("PRAGMA journal_mode")).scalar())
        return None if mode == "wal" else (f"journal mode {mode}", "it is set to WAL when the tables are made")
    for name in ("fsync", "full_page_writes"):
        if connection.execute(text(f"SHOW {name}")).scalar() != "on":
            return f"{name} is off", _FSYNC_OFF.format(name)
    return None


def _sqlite(path: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        address = f"file:{quote(str(path))}?mode=ro"
        return sqlite3.connect(address, uri=True, timeout=WAIT_S, isolation_level=None, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _postgres(address: URL) -> Engine:
    asked: dict[str, Any] = {"connect_timeout": round(WAIT_S), "application_name": "paceline doctor"}
    engine = create_engine(address, poolclass=NullPool, hide_parameters=True, connect_args=asked)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
