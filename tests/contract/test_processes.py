"""Many processes on one ledger, and processes that die: what was reported durable is there, and the chain is whole."""

from __future__ import annotations

from itertools import islice

from paceline.ledger.book import Book
from paceline.ledger.verify import verify_database
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import TenantId
from paceline.storage.database import Database, open_database
from tests.contract.appender import DEED
from tests.forked import MODULES, Forked

ENDLESS = 1_000_000
TENANT = TenantId("acme")


def appender(url: str, entries: int) -> Forked:
    return Forked(["tests.contract.appender", url, TENANT, str(entries)], of=MODULES)


def reported(lines: list[str]) -> dict[int, str]:
    # The last line of a process that was killed may be cut off.
    whole = [line.split() for line in lines if line.endswith("\n")]
    return {int(sequence): digest for sequence, digest in whole}


def in_the_chain(database: Database) -> dict[int, str]:
    book = Book(database, tenant=TENANT, clock=MachineClock())
    return {row.sequence: row.hash for row in book.rows()}


def test_processes_that_start_at_once_make_one_chain(url: str) -> None:
    processes = [appender(url, 40) for _ in range(4)]
    told = [reported(process.communicate()[0].splitlines(keepends=True)) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    with open_database(url) as database:
        found = verify_database(database, tenant=TENANT)
        assert (found.ok, found.entries) == (True, 320)
        chain = in_the_chain(database)
        assert all(len(lines) == 40 and lines.items() <= chain.items() for lines in told)


def test_process_killed_in_mid_append_loses_nothing_that_it_had_reported(url: str) -> None:
    killed, other = appender(url, ENDLESS), appender(url, ENDLESS)
    lines: dict[int, str] = {}
    # A reader of its own for each; what a process says after it was told to die counts too.
    for process, wanted in ((killed, 60), (other, 20)):
        said = list(islice(process.stdout, wanted))
        process.kill()
        said += process.communicate()[0].splitlines(keepends=True)
        lines |= reported(said)
    assert len(lines) >= 80
    with open_database(url) as database:
        assert verify_database(database, tenant=TENANT).ok
        assert lines.items() <= in_the_chain(database).items()
        after = Book(database, tenant=TENANT, clock=MachineClock())
        assert after.open(DEED) == after.head().size
        assert verify_database(database, tenant=TENANT).ok
