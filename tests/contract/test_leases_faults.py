"""Leases when things go wrong: many threads and processes, processes and servers that are killed in the middle."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection

from paceline.primitives.clock import MachineClock, ManualClock
from paceline.storage.database import Database, open_database
from paceline.storage.due_work import FencedError
from paceline.storage.failures import StorageUnavailableError
from paceline.storage.leases import Claim, Leases
from tests.contract.holder import EXTENDED_AFTER_S
from tests.contract.leased import (
    LEASE_S,
    ROOM,
    SECOND,
    TENANT,
    Walls,
    claimed,
    due,
    effects,
    eventually,
    keys,
    left,
    make_effects,
    owner_of,
    put_all,
    settle_with_effect,
)
from tests.databases import PostgresServer
from tests.forked import MODULES, Forked

ROWS = 90
NAMES = [f"row-{number:03}" for number in range(ROWS)]


@contextmanager
def holder(url: str, name: str, mode: str) -> Iterator[Forked]:
    process = Forked(["tests.contract.holder", url, name, mode], of=MODULES)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def put_rows(database: Database, leases: Leases) -> None:
    make_effects(database)

    def work(connection: Connection) -> None:
        for name in NAMES:
            leases.put(connection, due(name))

    database.write(work)


def test_eight_threads_never_have_the_same_row(database: Database, clock: ManualClock) -> None:
    owners = [owner_of(database, clock, f"owner-{number}") for number in range(8)]
    put_rows(database, owners[0])
    lock, gate = threading.Lock(), threading.Barrier(len(owners))
    holding: set[int] = set()

    def run(leases: Leases) -> list[tuple[int, int]]:
        had = []
        gate.wait()
        while claims := claimed(leases, limit=4):
            numbers = {claim.number for claim in claims}
            with lock:
                assert not numbers & holding
                holding.update(numbers)
            had += [(claim.number, claim.fence) for claim in claims]
            for claim in claims:
                with lock:
                    holding.discard(claim.number)
                end(leases, claim)
        return had

    def end(leases: Leases, claim: Claim) -> None:
        if claim.attempts == 1 and claim.number % 3 == 0:
            database.write(lambda connection: leases.postpone(connection, claim, 0, error="again"))
        else:
            settle_with_effect(database, leases, claim)

    with ThreadPoolExecutor(len(owners)) as pool:
        had = [pair for pairs in pool.map(run, owners) for pair in pairs]
    assert len(set(had)) == len(had) == ROWS + ROWS // 3
    assert effects(database) == NAMES
    assert left(database) == []


def test_three_processes_do_each_work_once(url: str, database: Database, clock: ManualClock) -> None:
    put_rows(database, owner_of(database, clock, "test"))
    with holder(url, "a", "drain") as a, holder(url, "b", "drain") as b, holder(url, "c", "drain") as c:
        said = [line.split() for process in (a, b, c) for line in process.communicate()[0].splitlines()]
        assert [process.returncode for process in (a, b, c)] == [0, 0, 0]
    assert sorted((key, fence) for _, key, fence in said) == [(name, "1") for name in NAMES]
    assert effects(database) == NAMES
    assert left(database) == []


@pytest.mark.parametrize(
    ("mode", "step_s"),
    [("claimed", 0), ("claimed", -3600), ("extended", 3600), ("settling", -3600), ("settling", 3600)],
)
def test_work_of_a_killed_process_is_taken_over_one_lease_after_its_last_beat(
    url: str, database: Database, clock: ManualClock, mode: str, step_s: int
) -> None:
    walls = Walls(clock)
    theirs = owner_of(database, clock, "theirs", times=walls.times)
    make_effects(database)
    put_all(database, theirs, [due("a")])
    with holder(url, "dead", mode) as process:
        assert process.stdout.readline() == f"{mode}\n"
        clock.advance(EXTENDED_AFTER_S if mode == "extended" else 0)
        assert claimed(theirs) == []
        process.kill()
        process.wait()
    walls.set_ns += step_s * SECOND
    clock.advance(LEASE_S - 0.001)
    assert claimed(theirs) == []
    clock.advance(0.001)
    # The server needs a moment to see that a client has died in the middle of its transaction.
    (claim,) = eventually(lambda: claimed(theirs))
    assert (claim.work.key, claim.fence, claim.attempts) == ("a", 2, 2)
    settle_with_effect(database, theirs, claim)
    assert (effects(database), left(database)) == (["a"], [])


def test_work_that_is_put_wakes_a_process_that_waits(postgres: PostgresServer, clock: ManualClock) -> None:
    url = postgres.new_database()
    with open_database(url) as database, holder(url, "waiting", "wait") as process:
        assert process.stdout.readline() == "listening\n"
        leases = owner_of(database, clock, "test")
        with pytest.raises(LookupError):
            database.write(lambda connection: put_and_fail(leases, connection))
        put_all(database, leases, [due("b", room="relay"), due("a")])
        assert process.stdout.readline() == "woken, 1 claimed\n"


def put_and_fail(leases: Leases, connection: Connection) -> None:
    leases.put(connection, due("never"))
    raise LookupError


def test_server_that_is_killed_and_started_again_loses_nothing(postgres: PostgresServer, clock: ManualClock) -> None:
    with open_database(postgres.new_database()) as database:
        put_rows(database, owner_of(database, clock, "test"))
        down, up = threading.Event(), threading.Event()

        def run(name: str) -> int:
            away = 0
            with Leases(database, MachineClock(), owner=name, lease_s=0.5) as leases, leases.bell(ROOM) as bell:
                while True:
                    try:
                        for claim in leases.claim(TENANT, ROOM, now_ns=0, limit=4):
                            with leases.kept([claim]):
                                settle_with_effect(database, leases, claim)
                            if len(effects(database)) > ROWS // 3:
                                down.set()
                                up.wait()
                        if not left(database):
                            return away
                        bell.wait_for_work(0.1)
                    except StorageUnavailableError:
                        away += 1
                    except FencedError:
                        continue  # its commit was told to have failed, and had not

        with ThreadPoolExecutor(3) as pool:
            ran = [pool.submit(run, name) for name in "abc"]
            assert down.wait(30)
            postgres.kill()
            up.set()
            eventually(lambda: is_away(database))
            postgres.restart()
            assert sum(one.result() for one in ran) > 0
        assert effects(database) == NAMES


def is_away(database: Database) -> bool:
    try:
        left(database)
    except StorageUnavailableError:
        return True
    return False


def test_bell_hears_again_after_the_server_was_away(postgres: PostgresServer, clock: ManualClock) -> None:
    with (
        open_database(postgres.new_database()) as database,
        owner_of(database, clock, "ours") as leases,
        leases.bell(ROOM) as bell,
    ):
        bell.wait_for_work(0)
        eventually(lambda: bell.wait_for_work(0))
        postgres.kill()
        eventually(lambda: is_away(database))
        postgres.restart()
        eventually(lambda: bell.wait_for_work(0))
        put_all(database, leases, [due("a")])
        eventually(lambda: bell.wait_for_work(0))
        assert keys(claimed(leases)) == ["a"]
