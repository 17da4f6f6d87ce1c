"""Random walks over leases beside a model in memory: every work ends once, fences only grow, two never have one row."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Connection

from paceline.primitives.clock import ManualClock
from paceline.storage.database import Database
from paceline.storage.due_work import FencedError, Work, WorkExistsError, WorkState, listing
from paceline.storage.leases import Claim, Leases
from tests.contract.leased import LEASE_S, ROOM, SECOND, START_NS, Walls

OWNERS = 3
KEYS = st.sampled_from("abcdef")
DUE = st.integers(0, 20)
LANES = st.integers(0, 2)
PICKS = st.integers(0, 99)
STEPS_S = st.sampled_from([-3600, -1, 1, 3600])
_TENANTS = count(1)


@dataclass(slots=True)
class Expected:
    """A row as it has to be: `has_it` is the claim that may still end it."""

    work: Work
    put: int
    state: WorkState = WorkState.WAITING
    fence: int = 0
    attempts: int = 0
    error: str | None = None
    has_it: Claim | None = None


@dataclass(slots=True)
class Model:
    """What has to be in the room, and how every put has ended."""

    rows: dict[str, Expected] = field(default_factory=dict)
    puts: int = 0
    ended: list[int] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)

    def put(self, work: Work) -> None:
        self.puts += 1
        self.rows[work.key] = Expected(work, self.puts)

    def end(self, key: str) -> None:
        self.ended.append(self.rows.pop(key).put)


class Walk(RuleBasedStateMachine):
    """Three owners of one room, whose clocks are moved and set at will."""

    database: Database

    @initialize()
    def begin(self) -> None:
        self.clock = ManualClock(START_NS)
        self.walls = Walls(self.clock)
        self.tenant = f"tenant-{next(_TENANTS)}"
        self.owners = [
            Leases(self.database, self.clock, owner=str(number), lease_s=LEASE_S, times=self.walls.times)
            for number in range(OWNERS)
        ]
        self.model = Model()
        self.claims: list[tuple[Leases, Claim]] = []
        self.look()

    def look(self) -> None:
        for leases in self.owners:
            assert leases.claim(self.tenant, ROOM, now_ns=-1, limit=9) == []

    def work(self, key: str, due_ns: int, lane: int) -> Work:
        return Work(tenant=self.tenant, room=ROOM, key=key, due_ns=due_ns, lane=lane)

    @rule(key=KEYS, due_ns=DUE, lane=LANES)
    def put(self, key: str, due_ns: int, lane: int) -> None:
        work = self.work(key, due_ns, lane)
        if key in self.model.rows:
            with pytest.raises(WorkExistsError):
                self.database.write(lambda connection: self.owners[0].put(connection, work))
        else:
            self.database.write(lambda connection: self.owners[0].put(connection, work))
            self.model.put(work)

    @rule(key=KEYS, due_ns=DUE, lane=LANES)
    def replace(self, key: str, due_ns: int, lane: int) -> None:
        work = self.work(key, due_ns, lane)
        before = self.model.rows.get(key)
        replaced = self.database.write(lambda connection: self.owners[0].replace(connection, work))
        assert replaced == (before.work if before else None)
        if before:
            self.model.end(key)
        self.model.put(work)

    @rule(key=KEYS)
    def cancel(self, key: str) -> None:
        gone = self.database.write(lambda connection: self.owners[0].cancel(connection, self.tenant, ROOM, key))
        assert gone == (key in self.model.rows)
        if gone:
            self.model.end(key)

    @rule(of=st.integers(0, OWNERS - 1), now_ns=DUE, limit=st.integers(1, 4))
    def claim(self, of: int, now_ns: int, limit: int) -> None:
        leases, rows = self.owners[of], self.model.rows
        waiting = [row for row in rows.values() if row.state is WorkState.WAITING and row.work.due_ns <= now_ns]
        free = [row for row in waiting if row.has_it is None]
        claims = leases.claim(self.tenant, ROOM, now_ns=now_ns, limit=limit)
        had = [rows[claim.work.key] for claim in claims]
        assert len(had) <= limit
        assert all(row in waiting and (row.has_it is None or row.has_it.is_over()) for row in had)
        assert had == sorted(had, key=order)
        passed_over = [row for row in free if row not in had]
        assert not passed_over or (len(had) == limit and order(had[-1]) < min(map(order, passed_over)))
        for row, claim in zip(had, claims, strict=True):
            row.fence, row.attempts = row.fence + 1, row.attempts + 1
            assert (claim.work, claim.fence, claim.attempts) == (row.work, row.fence, row.attempts)
            assert self.model.numbers.get(claim.number, 0) < claim.fence
            self.model.numbers[claim.number] = claim.fence
            row.has_it = claim
            self.claims.append((leases, claim))

    def pick(self, which: int) -> tuple[Leases, Claim, Expected | None]:
        leases, claim = self.claims[which % len(self.claims)]
        row = self.model.rows.get(claim.work.key)
        return leases, claim, row if row is not None and row.has_it is claim else None

    @precondition(lambda self: self.claims)
    @rule(which=PICKS, deed=st.sampled_from(["settle", "postpone", "bury", "undone"]), due_ns=DUE)
    def finish(self, which: int, deed: str, due_ns: int) -> None:
        leases, claim, row = self.pick(which)

        def work(connection: Connection) -> None:
            if deed == "postpone":
                leases.postpone(connection, claim, due_ns, error="later")
            elif deed == "bury":
                leases.bury(connection, claim, "no")
            else:
                leases.settle(connection, claim)
            if deed == "undone":
                raise LookupError

        if row is None:
            with pytest.raises(FencedError):
                self.database.write(work)
            return
        if deed == "undone":
            with pytest.raises(LookupError):
                self.database.write(work)
            return
        self.database.write(work)
        row.has_it = None
        if deed == "settle":
            self.model.end(claim.work.key)
        elif deed == "bury":
            row.state, row.error = WorkState.DEAD, "no"
        else:
            row.work, row.error = self.work(row.work.key, due_ns, row.work.lane), "later"

    @precondition(lambda self: self.claims)
    @rule(which=PICKS)
    def release(self, which: int) -> None:
        leases, claim, row = self.pick(which)
        leases.release(claim)
        assert claim.is_over()
        if row is not None:
            row.has_it, row.attempts = None, row.attempts - 1

    @precondition(lambda self: self.claims)
    @rule(which=PICKS)
    def extend(self, which: int) -> None:
        leases, claim, row = self.pick(which)
        assert leases.extend([claim]) == ([] if row is None else [claim])
        assert claim.is_over() == (row is None)

    @rule(key=KEYS)
    def pause(self, key: str) -> None:
        self.move(key, WorkState.WAITING, WorkState.PAUSED)

    @rule(key=KEYS)
    def resume(self, key: str) -> None:
        self.move(key, WorkState.PAUSED, WorkState.WAITING)

    def move(self, key: str, before: WorkState, after: WorkState) -> None:
        move = self.owners[0].pause if after is WorkState.PAUSED else self.owners[0].resume
        row = self.model.rows.get(key)
        fits = row is not None and row.state is before
        assert self.database.write(lambda connection: move(connection, self.tenant, ROOM, key=key)) == int(fits)
        if row is not None and fits:
            row.state = after

    @rule(key=KEYS, due_ns=DUE)
    def revive(self, key: str, due_ns: int) -> None:
        row = self.model.rows.get(key)
        revive = self.owners[0].revive
        fits = row is not None and row.state is WorkState.DEAD
        assert self.database.write(lambda connection: revive(connection, self.tenant, ROOM, key, due_ns=due_ns)) == fits
        if row is not None and fits:
            row.state, row.attempts, row.work = WorkState.WAITING, 0, self.work(key, due_ns, row.work.lane)

    @rule(seconds=st.sampled_from([0.1, 1, 3, 9.9, LEASE_S, 25]))
    def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(seconds=STEPS_S)
    def set_clock(self, seconds: int) -> None:
        self.walls.set_ns += seconds * SECOND
        # Whoever works looks often; who was not there before a step is told of in `lease_watch`.
        self.look()

    @invariant()
    def rows_are_those_of_the_model(self) -> None:
        shown = self.database.read(lambda connection: listing(connection, self.tenant))
        assert {row.work.key: (row.work, row.state, row.attempts, row.error) for row in shown} == {
            key: (row.work, row.state, row.attempts, row.error) for key, row in self.model.rows.items()
        }
        ends = self.model.ended + [row.put for row in self.model.rows.values()]
        assert sorted(ends) == list(range(1, self.model.puts + 1))

    @invariant()
    def no_row_has_two_owners(self) -> None:
        live = [claim.number for _, claim in self.claims if not claim.is_over() and self.still_open(claim)]
        assert len(live) == len(set(live))

    def still_open(self, claim: Claim) -> bool:
        """Return whether its owner has not ended it himself."""
        row = self.model.rows.get(claim.work.key)
        return row is not None and row.fence == claim.fence and row.has_it is not None


def order(row: Expected) -> tuple[int, int, int]:
    return row.work.lane, row.work.due_ns, row.put


def test_walks_agree_with_the_model(database: Database) -> None:
    class WalkHere(Walk):
        pass

    WalkHere.database = database
    some = settings(
        max_examples=25, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    run_state_machine_as_test(WalkHere, settings=some)
