"""What the ledger promises to those who record in it, on every database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select, text

from paceline.ledger import drafts
from paceline.ledger.appending import hold_head
from paceline.ledger.book import OPEN, Book
from paceline.ledger.entry import Actor, Deed, Query, Step
from paceline.ledger.failures import (
    ChainBrokenError,
    EntryClosedError,
    EntryNotFoundError,
    EntryOpenError,
    LedgerUnavailableError,
)
from paceline.ledger.verify import verify_database
from paceline.primitives.clock import ManualClock
from paceline.primitives.ids import CampaignId, EntryId, TenantId
from paceline.storage.database import Database, open_database
from paceline.storage.failures import StorageError
from paceline.storage.tables import LEDGER_ENTRIES

ADA = Actor(name="ada", known_by="user of the operating system")
BOB = Actor(name="bob", known_by="key")
EAST, WEST = CampaignId("EAST"), CampaignId("WEST")


def pause(campaign: CampaignId = EAST, actor: Actor = ADA, **more: str) -> Deed:
    return Deed(kind="lifecycle.pause", actor=actor, campaign=campaign, **more)  # type: ignore[arg-type] # texts only


def test_entry_is_read_back_as_it_was_recorded(book: Book, clock: ManualClock) -> None:
    opened_at = book.now()
    entry = book.open(pause(reason="lunch", ticket="OPS-1"))
    book.intend(entry, {"body": {"status": "PAUSED"}, "revision": 42})
    clock.advance(1.5)
    book.close(entry, outcome="applied", verdict="settling", details={"after": {"revision": 43}})
    book.judge_again(entry, verdict="achieved")

    found = book.read(entry)
    assert [row.step for row in found.rows] == [Step.OPENED, Step.INTENT, Step.CLOSED, Step.VERDICT]
    assert (found.number, found.kind, found.campaign, found.actor) == (entry, "lifecycle.pause", EAST, ADA)
    assert (found.at, found.rows[2].at) == (opened_at, opened_at + timedelta(seconds=1.5))
    assert found.intent == {"body": {"status": "PAUSED"}, "revision": 42}
    assert (found.outcome, found.verdict, found.is_open) == ("applied", "achieved", False)


def test_number_of_an_entry_is_that_of_its_first_row(book: Book) -> None:
    first, second = book.open(pause()), book.open(pause())
    book.close(first, outcome="applied")
    third = book.open(pause())
    assert (first, second, third) == (1, 2, 4)


def test_entry_closes_once(book: Book) -> None:
    entry = book.open(pause())
    book.close(entry, outcome="applied")
    with pytest.raises(EntryClosedError):
        book.close(entry, outcome="failed")
    with pytest.raises(EntryClosedError):
        book.intend(entry, {})
    assert book.read(entry).outcome == "applied"


def test_of_many_that_close_an_entry_at_once_one_does(book: Book) -> None:
    entry = book.open(pause())
    gate = threading.Barrier(16)

    def close(number: int) -> bool:
        gate.wait()
        try:
            book.close(entry, outcome=f"by {number}")
        except EntryClosedError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(close, range(16))) == 1


def test_what_was_never_opened_is_not_continued(book: Book) -> None:
    noted = book.note(pause())
    for entry in (EntryId(99), noted):
        with pytest.raises(EntryNotFoundError):
            book.intend(entry, {})
        with pytest.raises(EntryNotFoundError):
            book.close(entry, outcome="applied")
    with pytest.raises(EntryNotFoundError):
        book.read(EntryId(99))


def test_open_entry_has_no_later_verdict(book: Book) -> None:
    entry = book.open(pause())
    with pytest.raises(EntryOpenError):
        book.judge_again(entry, verdict="achieved")


def test_entries_are_found_by_everything_one_asks_for(book: Book, clock: ManualClock) -> None:
    start = book.now()
    one = book.open(pause(EAST, ADA))
    clock.advance(60)
    two = book.open(pause(WEST, BOB))
    book.close(two, outcome="refused")
    clock.advance(60)
    three = book.note(Deed(kind="ledger.key", actor=ADA))

    def found(query: Query) -> list[int]:
        return [entry.number for entry in book.entries(query)]

    minute = timedelta(seconds=60)
    assert found(Query()) == [one, two, three]
    assert found(Query(campaign=WEST)) == [two]
    assert found(Query(actor="ada")) == [one, three]
    assert found(Query(kind="lifecycle.pause")) == [one, two]
    assert found(Query(outcome="refused")) == [two]
    assert found(Query(outcome=OPEN)) == [one]
    assert found(Query(since=start + minute)) == [two, three]
    assert found(Query(until=start + minute)) == [one]
    assert found(Query(limit=2)) == [two, three]
    assert found(Query(actor="ada", kind="ledger.key", outcome=OPEN)) == []
    assert [row.step for row in book.entries(Query(campaign=WEST))[0].rows] == [Step.OPENED, Step.CLOSED]


def test_unfinished_entries_are_those_that_nobody_closed(book: Book) -> None:
    one, two, three = book.open(pause(EAST)), book.open(pause(WEST)), book.open(pause(EAST))
    book.close(one, outcome="applied")
    book.note(pause(EAST))
    assert [entry.number for entry in book.unfinished()] == [two, three]
    assert [entry.number for entry in book.unfinished([EAST])] == [three]
    assert book.unfinished([]) == []


def test_tenants_have_chains_of_their_own(database: Database, clock: ManualClock) -> None:
    acme, other = (Book(database, tenant=TenantId(name), clock=clock) for name in ("acme", "other"))
    assert (acme.open(pause()), other.open(pause()), acme.open(pause())) == (1, 1, 2)
    assert (acme.head().size, other.head().size) == (2, 1)
    with pytest.raises(EntryNotFoundError):
        other.read(EntryId(2))
    assert verify_database(database, tenant="acme").ok
    assert verify_database(database, tenant="other").ok


def test_row_in_a_transaction_of_ones_own_is_lost_with_it(database: Database, book: Book) -> None:
    def work(connection: Connection) -> None:
        book.put(connection, drafts.opened(pause(), at=book.now()))
        raise LookupError

    with pytest.raises(LookupError):
        database.write(work)
    assert book.head().size == 0
    assert book.open(pause()) == 1


def test_order_is_that_of_the_sequence_when_the_clock_goes_back(database: Database) -> None:
    late, early = ManualClock(wall_ns=2 * 10**18), ManualClock(wall_ns=10**18)
    one = Book(database, tenant=TenantId("acme"), clock=late).open(pause())
    two = Book(database, tenant=TenantId("acme"), clock=early).open(pause())
    assert (one, two) == (1, 2)
    assert verify_database(database, tenant="acme").ok


def test_64_callers_at_once_leave_no_fork_and_no_gap(database: Database, book: Book) -> None:
    gate = threading.Barrier(64)

    def walk(number: int) -> list[int]:
        campaign = CampaignId(f"C{number}")
        gate.wait()
        entry = book.open(pause(campaign))
        rows = [book.intend(entry, {"number": number}).sequence, book.close(entry, outcome="applied").sequence]
        return [entry, *rows]

    with ThreadPoolExecutor(64) as pool:
        numbers = [number for walked in pool.map(walk, range(64)) for number in walked]
    assert sorted(numbers) == list(range(1, 193))
    verified = verify_database(database, tenant="acme")
    assert (verified.ok, verified.entries, verified.head) == (True, 192, book.head().hash)
    assert all(len(entry.rows) == 3 for entry in book.entries(Query()))


STRANGE = "INSERT INTO ledger_entries (tenant, sequence, entry, step, at, previous, hash, body) VALUES ('acme', {})"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET body = '{}' WHERE sequence = 1",
        "UPDATE ledger_entries SET campaign = 'WEST'",
        "DELETE FROM ledger_entries WHERE sequence = 2",
        STRANGE.format("9, 9, 'noted', '', '', '', '{}'"),
        STRANGE.format("2, 2, 'noted', '', '', '', '{}'"),
    ],
)
def test_database_itself_refuses_what_is_not_the_next_row(database: Database, book: Book, statement: str) -> None:
    book.close(book.open(pause()), outcome="applied")
    with pytest.raises(StorageError, match="append-only"):
        database.write(lambda connection: connection.execute(text(statement)))
    assert verify_database(database, tenant="acme").ok


@pytest.mark.parametrize("number", [2, 3])
def test_row_is_not_replaced_in_passing(database: Database, book: Book, number: int) -> None:
    book.close(book.open(pause()), outcome="applied")

    def replace(connection: Connection) -> None:
        row = STRANGE.format(f"{number}, 1, 'closed', '', '', '', '{{}}'")
        if connection.dialect.name == "sqlite":
            connection.execute(text(row.replace("INSERT", "INSERT OR REPLACE")))
        else:
            connection.execute(text("TRUNCATE ledger_entries" if number == 2 else row))

    with pytest.raises(StorageError):
        database.write(replace)
    assert verify_database(database, tenant="acme").entries == 2


def test_nothing_is_appended_to_a_ledger_with_a_lost_head(database: Database, book: Book) -> None:
    book.open(pause())
    database.write(lambda connection: connection.execute(text("DELETE FROM ledger_heads")))
    with pytest.raises(ChainBrokenError):
        book.open(pause())


def test_ledger_of_a_closed_database_refuses(url: str, clock: ManualClock) -> None:
    with open_database(url) as database:
        book = Book(database, tenant=TenantId("acme"), clock=clock)
    calls: list[Callable[[], object]] = [lambda: book.open(pause()), book.head, lambda: book.read(EntryId(1))]
    for call in calls:
        with pytest.raises(StorageError):
            call()


def test_ledger_that_somebody_holds_for_long_is_away_and_comes_back(
    database: Database, book: Book, url: str, clock: ManualClock
) -> None:
    book.open(pause())
    with open_database(url, wait_s=0.05) as impatient:
        other = Book(impatient, tenant=book.tenant, clock=clock)

        def hold(connection: Connection) -> None:
            hold_head(connection, book.tenant)
            with pytest.raises(LedgerUnavailableError) as caught:
                other.open(pause())
            assert caught.value.retryable
            assert caught.value.__cause__ is not None

        database.write(hold)
        assert other.open(pause()) == 2


def test_tenants_do_not_read_each_others_numbers_or_entries(database: Database, book: Book, clock: ManualClock) -> None:
    entry = book.open(pause(reason="call +14155550132"))
    said = book.read(entry).rows[0].document["reason"]
    other = Book(database, tenant=TenantId("other"), clock=clock)
    assert book.revealed(said) == "call +14155550132"
    assert other.revealed(said) == said
    assert other.entries(Query()) == []


def test_rows_gathered_in_a_transaction_are_seen_by_its_next_statement_and_undone_with_it(
    database: Database, book: Book
) -> None:
    def work(connection: Connection) -> int:
        first = book.put(connection, drafts.opened(pause(), at=book.now()))
        book.put(connection, drafts.opened(pause(), at=book.now()))
        count = select(func.count()).select_from(LEDGER_ENTRIES).where(LEDGER_ENTRIES.c.sequence >= first.sequence)
        return connection.execute(count).scalar_one()

    assert database.write(work) == 2

    def failing(connection: Connection) -> None:
        book.put(connection, drafts.opened(pause(), at=book.now()))
        raise LookupError

    with pytest.raises(LookupError):
        database.write(failing)
    assert book.head().size == 2
    assert verify_database(database, tenant=book.tenant).ok
