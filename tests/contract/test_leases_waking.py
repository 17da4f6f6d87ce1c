"""What leases do by themselves: the beats of what is kept, and the bell that wakes whoever waits for work."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from paceline.primitives.clock import ManualClock
from paceline.storage.database import Database
from paceline.storage.leases import Leases
from tests.contract.leased import LEASE_S, ROOM, TENANT, Walls, claimed, due, eventually, keys, owner_of, put_all


@pytest.fixture
def ours(database: Database, clock: ManualClock) -> Leases:
    return owner_of(database, clock, "ours")


def test_kept_claims_are_extended_while_the_block_runs(database: Database, clock: ManualClock) -> None:
    beats: list[int] = []

    def times(_connection: Connection) -> int:
        beats.append(clock.wall_ns())
        return clock.wall_ns()

    with Leases(database, clock, owner="ours", lease_s=0.03, times=times) as leases:
        put_all(database, leases, [due("a"), due("b")])
        a, b = claimed(leases)
        end_ns = a.ends_ns
        with leases.kept([a]):
            clock.advance(0.01)
            eventually(lambda: a.ends_ns > end_ns)
            asked = len(beats)
            eventually(lambda: len(beats) > asked + 2)
        assert b.ends_ns == end_ns


def test_kept_claim_that_another_took_is_over(database: Database, clock: ManualClock) -> None:
    with Leases(database, clock, owner="ours", lease_s=0.3, times=Walls(clock).times) as leases:
        put_all(database, leases, [due("a")])
        (claim,) = claimed(leases)
        with leases.kept([claim]):
            database.write(lambda connection: leases.cancel(connection, TENANT, ROOM, "a"))
            eventually(claim.is_over)


def test_bell_that_rang_before_the_waiting_wakes_and_then_waits_by_the_clock(
    database: Database, clock: ManualClock, ours: Leases
) -> None:
    with ours, ours.bell("watch") as bell:
        assert bell.wait_for_work(0)
        eventually(lambda: not bell.wait_for_work(0))
        before_ns = clock.wall_ns()
        assert not bell.wait_for_work(0.25)
        assert clock.wall_ns() - before_ns == 250_000_000
        put_all(database, ours, [due("a", room="watch")])
        eventually(lambda: bell.wait_for_work(0))
        assert clock.wall_ns() - before_ns == 250_000_000


def test_nobody_waits_longer_than_until_the_next_lease_ends(
    database: Database, clock: ManualClock, ours: Leases
) -> None:
    theirs = owner_of(database, clock, "theirs")
    put_all(database, ours, [due("a")])
    claimed(ours)
    assert claimed(theirs) == []
    clock.advance(LEASE_S - 0.125)
    with theirs, theirs.bell(ROOM) as bell:
        eventually(lambda: not bell.wait_for_work(0))
        assert not bell.wait_for_work(60)
        assert keys(claimed(theirs)) == ["a"]
