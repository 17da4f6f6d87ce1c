"""Four processes under one limit, by real clocks: never too many in any window, and equal shares."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

import pytest
from sqlalchemy import Connection, text

from paceline.storage.database import Database, open_database
from tests.contract.lines import most_in_a_window
from tests.contract.taker import ALLOWANCE
from tests.databases import KINDS, PostgresServer
from tests.forked import MODULES, Forked

NAMES = ("a", "b", "c", "d")
TURNS = 80
RECORD = {
    "sqlite": "CREATE TRIGGER every_turn AFTER INSERT ON throttle_requests"
    " BEGIN INSERT INTO every_turn VALUES (new.number, new.went_ns); END",
    "postgresql": "CREATE RULE every_turn AS ON INSERT TO throttle_requests"
    " DO ALSO INSERT INTO every_turn VALUES (new.number, new.went_ns)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """What the database recorded of every turn, and what the processes said of those that they were given."""

    recorded_ns: list[int]
    names: list[str]
    before_ns: list[int]
    after_ns: list[int]


@contextmanager
def takers(url: str) -> Iterator[TextIO]:
    """Run the processes, all told to begin at once, and give what they say, in one stream."""
    told, say = os.pipe()
    processes = [Forked(["tests.contract.taker", url, name], of=MODULES, stdout=say) for name in NAMES]
    os.close(say)
    with os.fdopen(told, encoding="utf-8") as lines:
        try:
            assert sorted(islice(lines, len(NAMES))) == [f"{name} ready\n" for name in NAMES]
            for process in processes:
                assert process.stdin is not None
                process.stdin.write("begin\n")
                process.stdin.flush()
            yield lines
        finally:
            for process in processes:
                process.kill()
                process.communicate()


def witness(database: Database, url: str) -> Witnessed:
    with takers(url) as lines:
        said = [line.split() for line in islice(lines, TURNS)]
    return Witnessed(
        recorded_ns=recorded(database),
        names=[name for name, _, _ in said],
        before_ns=[int(before) for _, before, _ in said],
        after_ns=[int(after) for _, _, after in said],
    )


def recording(kind: str, url: str) -> Database:
    """Return a database that keeps the time of every turn, also of those that the throttle prunes."""

    def record(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE every_turn (number BIGINT, at BIGINT)"))
        connection.execute(text(RECORD[kind]))

    database = open_database(url)
    database.write(record)
    return database


def recorded(database: Database) -> list[int]:
    asked = text("SELECT at FROM every_turn ORDER BY number")
    return database.read(lambda connection: list(connection.execute(asked).scalars()))


@pytest.fixture(scope="module")
def witnessed(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Witnessed]:
    """Return what was seen on each kind of database; they run beside each other, for real time passes."""
    sqlite = f"sqlite:///{tmp_path_factory.mktemp('takers') / 'paceline.db'}"
    urls = {"sqlite": sqlite, "postgresql": postgres.new_database()}
    # One after the other: the library that makes the tables does not do it in two threads at once.
    databases = {kind: recording(kind, url) for kind, url in urls.items()}
    with ThreadPoolExecutor(len(KINDS)) as pool:
        seen = list(pool.map(lambda kind: witness(databases[kind], urls[kind]), KINDS))
    for database in databases.values():
        database.close()
    return dict(zip(KINDS, seen, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_processes_together_never_go_beyond_the_limit_in_any_window(witnessed: dict[str, Witnessed], kind: str) -> None:
    seen = witnessed[kind]
    assert len(seen.recorded_ns) >= TURNS
    assert seen.recorded_ns == sorted(seen.recorded_ns)
    assert most_in_a_window(seen.recorded_ns, ALLOWANCE.window_ns) == ALLOWANCE.limit


@pytest.mark.parametrize("kind", KINDS)
def test_recorded_turns_lie_between_asking_and_going(witnessed: dict[str, Witnessed], kind: str) -> None:
    seen = witnessed[kind]
    # The processes' words come in their own order; a killed one may have had a turn that it did not tell.
    latest = sorted(seen.after_ns)
    assert all(at <= after for at, after in zip(seen.recorded_ns, latest, strict=False))
    told = zip(sorted(seen.before_ns), seen.recorded_ns, strict=False)
    assert all(before // 1000 * 1000 <= at for before, at in told)


@pytest.mark.parametrize("kind", KINDS)
def test_processes_that_all_want_more_get_equal_shares(witnessed: dict[str, Witnessed], kind: str) -> None:
    # While the first budget lasts nobody waits, so there is nothing to share.
    shares = Counter(witnessed[kind].names[ALLOWANCE.limit :])
    equal = (TURNS - ALLOWANCE.limit) / len(NAMES)
    assert all(shares[name] >= equal * 3 / 4 for name in NAMES), shares
