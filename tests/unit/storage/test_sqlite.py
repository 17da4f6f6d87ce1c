"""SQLite as it was opened: durable, patient for so long, and honest about what it cannot do."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Deed
from paceline.ledger.failures import LedgerUnavailableError
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import TenantId
from paceline.storage.database import open_database
from paceline.storage.failures import StorageError, StorageUnavailableError

DEED = Deed(kind="lifecycle.pause", actor=Actor(name="ada", known_by="key"))


def address(folder: Path) -> str:
    return f"sqlite:///{folder / 'paceline.db'}"


def setting(connection: Connection, name: str) -> object:
    return connection.execute(text(f"PRAGMA {name}")).scalar()


def test_every_commit_is_on_disk_and_the_rules_are_kept(tmp_path: Path) -> None:
    with open_database(address(tmp_path)) as database:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        found = database.write(lambda connection: {name: setting(connection, name) for name in names})
    full = 2
    assert found == {"journal_mode": "wal", "synchronous": full, "foreign_keys": 1, "secure_delete": 1}


def test_file_that_another_holds_for_long_is_a_ledger_that_is_away(tmp_path: Path) -> None:
    with open_database(address(tmp_path), wait_s=0.05) as database:
        book = Book(database, tenant=TenantId("acme"), clock=ManualClock())
        with closing(sqlite3.connect(tmp_path / "paceline.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(LedgerUnavailableError) as caught:
                book.open(DEED)
            assert book.head().size == 0
            other.execute("ROLLBACK")
        assert caught.value.retryable
        assert caught.value.hint is not None
        assert isinstance(caught.value.__cause__, StorageUnavailableError)
        assert book.open(DEED) == 1


def test_full_disk_is_a_ledger_that_is_away_until_there_is_space(tmp_path: Path) -> None:
    with open_database(address(tmp_path)) as database:
        book = Book(database, tenant=TenantId("acme"), clock=ManualClock())
        large = Deed(kind="lifecycle.pause", actor=DEED.actor, details={"text": "x" * 1_000_000})
        pages = int(str(database.write(lambda connection: setting(connection, "page_count"))))
        database.write(lambda connection: setting(connection, f"max_page_count = {pages}"))
        with pytest.raises(LedgerUnavailableError, match="full") as caught:
            book.open(large)
        assert caught.value.hint == "free space on the disk that holds the database"
        assert book.head().size == 0
        database.write(lambda connection: setting(connection, f"max_page_count = {2 * pages + 1000}"))
        assert book.open(large) == 1


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///:memory:", "mysql://user:hunter2@host/name", "nonsense", "postgresql://u@h/n"]
)
def test_address_of_no_database_that_is_known_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(StorageError) as caught:
        open_database(url)
    assert "hunter2" not in caught.value.report()
    assert caught.value.hint is not None


def test_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailableError) as caught:
        open_database(address(tmp_path / "nowhere"))
    assert caught.value.hint is not None


def test_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "paceline.db"
    place.write_bytes(b"something else entirely" * 100)
    with pytest.raises(StorageError):
        open_database(address(tmp_path))
    assert place.read_bytes() == b"something else entirely" * 100
    assert stat.S_ISREG(place.stat().st_mode)


def test_work_that_writes_through_its_own_writer_is_told_instead_of_waiting_for_ever(tmp_path: Path) -> None:
    with open_database(address(tmp_path)) as database:
        with pytest.raises(RuntimeError, match="wait for ever"):
            database.write(lambda _: database.write(lambda _: None))
        assert database.write(lambda _: 3) == 3
