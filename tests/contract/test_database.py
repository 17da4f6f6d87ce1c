"""What every database promises to those who write and read through it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, insert, select, text

from paceline.storage.database import Database, open_database
from paceline.storage.failures import ConstraintError, NewerDatabaseError, StorageClosedError, StorageError
from paceline.storage.migrations import LATEST
from paceline.storage.tables import LEDGER_HEADS


def add(connection: Connection, tenant: str) -> str:
    connection.execute(insert(LEDGER_HEADS).values(tenant=tenant, size=0, hash=""))
    return tenant


def tenants(connection: Connection) -> set[str]:
    return set(connection.execute(select(LEDGER_HEADS.c.tenant)).scalars())


def test_what_was_written_is_read_by_another_opening(url: str) -> None:
    with open_database(url) as first, open_database(url) as second:
        assert first.write(lambda connection: add(connection, "a")) == "a"
        assert second.read(tenants) == {"a"}


def test_work_that_raises_leaves_nothing_and_its_exception_comes_back(database: Database) -> None:
    def work(connection: Connection) -> None:
        add(connection, "a")
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        database.write(work)
    assert database.read(tenants) == set()


def test_failure_of_one_caller_does_not_undo_the_others(database: Database) -> None:
    gate = threading.Event()

    def write(number: int) -> str | None:
        def work(connection: Connection) -> str:
            add(connection, f"t{number}")
            if number % 3 == 0:
                raise LookupError(str(number))
            return f"t{number}"

        gate.wait()
        try:
            return database.write(work)
        except LookupError as problem:
            assert str(problem) == str(number)  # noqa: PT017 - each caller has to get its own exception
            return None

    with ThreadPoolExecutor(32) as pool:
        calls = [pool.submit(write, number) for number in range(96)]
        gate.set()
        results = {call.result() for call in calls}
    kept = {f"t{number}" for number in range(96) if number % 3}
    assert results == kept | {None}
    assert database.read(tenants) == kept


def test_broken_rule_of_the_database_is_our_error_and_chained(database: Database) -> None:
    database.write(lambda connection: add(connection, "a"))
    with pytest.raises(ConstraintError) as caught:
        database.write(lambda connection: add(connection, "a"))
    assert caught.value.__cause__ is not None
    assert not caught.value.retryable


def test_senseless_statement_is_not_worth_a_retry(database: Database) -> None:
    with pytest.raises(StorageError) as caught:
        database.write(lambda connection: connection.execute(text("SELECT nothing FROM nowhere")))
    assert not caught.value.retryable
    assert database.read(tenants) == set()


def test_values_of_a_failed_statement_are_not_in_its_error(database: Database) -> None:
    def work(connection: Connection) -> None:
        connection.execute(text("INSERT INTO ledger_heads (tenant, nothing) VALUES (:t, 1)"), {"t": "hunter2"})

    with pytest.raises(StorageError) as caught:
        database.write(work)
    assert "hunter2" not in caught.value.report()
    assert "hunter2" not in str(caught.value.__cause__)


def test_reader_writes_nothing(database: Database) -> None:
    with pytest.raises(StorageError):
        database.read(lambda connection: add(connection, "a"))
    assert database.read(tenants) == set()


def test_reader_sees_one_picture_while_others_write(database: Database) -> None:
    def twice(connection: Connection) -> tuple[set[str], set[str]]:
        before = tenants(connection)
        database.write(lambda other: add(other, "a"))
        return before, tenants(connection)

    assert database.read(twice) == (set(), set())
    assert database.read(tenants) == {"a"}


def test_closed_database_refuses(database: Database) -> None:
    database.close()
    database.close()
    with pytest.raises(StorageClosedError):
        database.write(tenants)
    with pytest.raises(StorageClosedError):
        database.read(tenants)


def test_many_openings_at_once_make_the_tables_once(url: str) -> None:
    gate = threading.Barrier(8)

    def open_it(number: int) -> str:
        gate.wait()
        with open_database(url) as database:
            return database.write(lambda connection: add(connection, f"t{number}"))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(open_it, range(8))) == {f"t{number}" for number in range(8)}
    with open_database(url) as database:
        asked = text("SELECT version_num FROM alembic_version")
        assert database.read(lambda connection: connection.execute(asked).scalars().all()) == [LATEST]


def test_database_of_a_newer_version_is_refused_and_left_alone(url: str) -> None:
    with open_database(url) as database:
        database.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(NewerDatabaseError) as caught:
        open_database(url)
    assert "9999" in caught.value.message
    assert caught.value.hint is not None
