"""Work that is due, claimed by one owner at a time: what changes for later, the watch and the relay live on.

Rules:
1. Work is put, finished and given up in transactions of the caller's own: a row of the ledger and the row here are both
   there or neither.
2. A claim is a lease, in real time, whatever time the work is due in; and a number, its fence, that grows with every
   claim of the row. Nobody claims a row while another has a lease of it.
3. Only the fence decides who may finish. Whoever comes after another has claimed the row, after it was replaced or
   cancelled, is refused. A lease that is over, and that nobody has taken, is still its owner's.
4. An owner extends its leases every third of one; a lease that is not extended is over after its time. How that is
   known though clocks may be set stands in `lease_watch`.
5. Of what is due the lower lane goes first, then what was due earlier, then what was put earlier.
6. What is paused is not claimed; whoever is at it already may finish. What is dead waits for a person to revive it.
7. A row that was replaced, or cancelled and put again, is another row: no claim of the old one reaches it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache
from types import TracebackType
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, Row, Update, bindparam, delete, select, tuple_, update

from paceline.primitives.clock import Clock, WaitingClock
from paceline.storage.bells import Bell, Bells
from paceline.storage.database import Database
from paceline.storage.due_work import (
    FencedError,
    Work,
    WorkState,
    in_room,
    is_free,
    is_in_lanes,
    is_waiting,
    work_of,
)
from paceline.storage.heartbeat import Heartbeat
from paceline.storage.lease_watch import LeaseWatch, Look, SeenLease, moment_ns
from paceline.storage.prepared import Prepared, Value
from paceline.storage.shelf import Shelf
from paceline.storage.tables import DUE_WORK
from paceline.storage.times import Times, times_of

LEASE_S = 10.0
"""How long a claim holds without being extended, in seconds, when nothing else is said."""
_SECOND = 1_000_000_000
_OF = DUE_WORK.c
_Fence = tuple[int, int]
_NOBODY: dict[str, Any] = {"owner": None, "lease_ns": 0, "lease_until_ns": 0}
# Built once: to build one of these costs more than the database needs for it.
_LEASES = Prepared(
    select(_OF.number, _OF.beats, _OF.lease_ns, _OF.lease_until_ns).where(
        _OF.tenant == bindparam("tenant"), _OF.room == bindparam("room"), is_waiting(), _OF.owner.is_not(None)
    )
)
_OURS = (
    (_OF.number == bindparam("of_number")) & (_OF.fence == bindparam("of_fence")) & (_OF.owner == bindparam("of_owner"))
)
_SETTLED = delete(DUE_WORK).where(_OURS)
_LATER = update(DUE_WORK).where(_OURS).values(**_NOBODY, due_ns=bindparam("to_due_ns"), error=bindparam("to_error"))
_BURIED = update(DUE_WORK).where(_OURS).values(**_NOBODY, state=WorkState.DEAD.value, error=bindparam("to_error"))
_RELEASED = update(DUE_WORK).where(_OURS).values(**_NOBODY, attempts=_OF.attempts - 1)


@cache
def _free(lanes: frozenset[int] | None) -> Prepared:
    """Return the question whether anything is due in these lanes that nobody has."""
    return Prepared(
        select(_OF.number)
        .where(_OF.tenant == bindparam("tenant"), _OF.room == bindparam("room"), is_free(), is_in_lanes(lanes))
        .where(_OF.due_ns <= bindparam("now_ns"))
        .limit(1)
    )


@dataclass(slots=True, kw_only=True, eq=False)
class Claim:
    """Work that this process may do now; `attempts` counts this one.

    `ends_ns` is when the lease is over by the owner's running clock, nanoseconds, and moves on when it is extended.
    """

    work: Work
    number: int
    fence: int
    attempts: int
    ends_ns: int
    clock: Clock = field(repr=False)

    def left_s(self) -> float:
        """Return for how many seconds nobody else can have it, for certain; 0 when somebody may."""
        return max(0.0, (self.ends_ns - self.clock.running_ns()) / _SECOND)

    def is_over(self) -> bool:
        """Return whether somebody else may have it by now; what is done only once must not be begun any more."""
        return self.left_s() == 0


class Leases(Shelf):
    """The claims of one process, whose owner's name nobody else has; serves all its threads."""

    def __init__(
        self,
        database: Database,
        clock: WaitingClock,
        *,
        owner: str,
        lease_s: float = LEASE_S,
        times: Times | None = None,
    ) -> None:
        """Claim nothing yet; `times` is the time of the leases, the database's own when nothing is said."""
        bells = Bells(database, clock, longest_s=lease_s / 4, next_end_s=self._next_end_s)
        super().__init__(clock, bells)
        self.owner = owner
        self._database = database
        self._lease_ns = round(lease_s * _SECOND)
        self._times = times or times_of(clock)
        self._watch = LeaseWatch()
        self._heartbeat: Heartbeat[Claim] = Heartbeat(self.extend, every_s=lease_s / 3)

    def claim(
        self, tenant: str, room: str, *, now_ns: int, limit: int, lanes: Collection[int] | None = None
    ) -> list[Claim]:
        """Return at most `limit` rows due by `now_ns`, the room's own time, which are this owner's for a lease.

        Raises:
            StorageUnavailableError: the database cannot be used now; what was claimed all the same comes back after
                a lease.
        """
        look, has_free = self._database.read(lambda connection: self._look(connection, tenant, room, now_ns, lanes))
        over = self._watch.over(tenant, room, look)
        if not has_free and not over:
            return []
        open_to_us: ColumnElement[bool] = _OF.owner.is_(None)
        if over:
            open_to_us |= tuple_(_OF.number, _OF.beats).in_(over)
        picked = (
            select(_OF.number)
            .where(in_room(tenant, room), is_waiting(), is_in_lanes(lanes), _OF.due_ns <= now_ns, open_to_us)
            .order_by(_OF.lane, _OF.due_ns, _OF.number)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("picked")
        )
        taken = update(DUE_WORK).where(_OF.number.in_(select(picked.c.number)))
        taken = taken.values(owner=self.owner, fence=_OF.fence + 1, attempts=_OF.attempts + 1)
        ends_ns = self._ends_ns()
        rows = self._database.write(lambda connection: self._leased(connection, taken))
        rows.sort(key=lambda row: (row.lane, row.due_ns, row.number))
        return [self._claim(row, ends_ns) for row in rows]

    def take(self, connection: Connection, tenant: str, room: str, key: str, *, due_ns: int) -> Claim | None:
        """Claim this one row, due from `due_ns` on, in a transaction of the caller's own; None when nobody may now."""
        taken = update(DUE_WORK).where(in_room(tenant, room), is_free(), _OF.key == key)
        taken = taken.values(owner=self.owner, fence=_OF.fence + 1, attempts=_OF.attempts + 1, due_ns=due_ns)
        ends_ns = self._ends_ns()
        rows = self._leased(connection, taken)
        return self._claim(rows[0], ends_ns) if rows else None

    def extend(self, claims: Sequence[Claim]) -> list[Claim]:
        """Let the leases begin anew, and return the claims that are this owner's still; the others are over.

        A row that a transaction is at right now is not extended, and nobody else claims it either.
        """
        pairs = [(claim.number, claim.fence) for claim in claims]
        if not pairs:
            return []
        ours = tuple_(_OF.number, _OF.fence).in_(pairs) & (_OF.owner == self.owner)
        picked = select(_OF.number).where(ours).with_for_update(skip_locked=True).cte("picked")
        extended = update(DUE_WORK).where(_OF.number.in_(select(picked.c.number)))

        def work(connection: Connection) -> tuple[set[_Fence], set[_Fence]]:
            beaten = {(row.number, row.fence) for row in self._leased(connection, extended)}
            found = connection.execute(select(_OF.number, _OF.fence).where(ours))
            return beaten, beaten | {(number, fence) for number, fence in found}

        ends_ns = self._ends_ns()
        beaten, still_ours = self._database.write(work)
        # A claim and an older one of the same row may both be here: the number alone would not tell them apart.
        for pair, claim in zip(pairs, claims, strict=True):
            if pair in beaten:
                claim.ends_ns = ends_ns
            elif pair not in still_ours:
                claim.ends_ns = self._clock.running_ns()
        return [claim for pair, claim in zip(pairs, claims, strict=True) if pair in still_ours]

    def kept(self, claims: Sequence[Claim]) -> AbstractContextManager[None]:
        """Extend these claims every third of a lease while the block runs."""
        return self._heartbeat.kept(claims)

    def settle(self, connection: Connection, claim: Claim) -> None:
        """Remove what is done.

        Raises:
            FencedError: somebody else has claimed, replaced or cancelled it, or it was given back.
        """
        done = connection.execute(_SETTLED, self._as_ours(claim))
        _expect_one(done.rowcount, claim)

    def postpone(self, connection: Connection, claim: Claim, due_ns: int, *, error: str | None = None) -> None:
        """Give it back, to be done when `due_ns` has come; the error is for people, and replaces the one before.

        Raises:
            FencedError: as for `settle`.
        """
        later = {**self._as_ours(claim), "to_due_ns": due_ns, "to_error": error}
        _expect_one(connection.execute(_LATER, later).rowcount, claim)

    def bury(self, connection: Connection, claim: Claim, error: str) -> None:
        """Give it up, until a person revives it.

        Raises:
            FencedError: as for `settle`.
        """
        dead = {**self._as_ours(claim), "to_error": error}
        _expect_one(connection.execute(_BURIED, dead).rowcount, claim)

    def release(self, claim: Claim) -> None:
        """Give it back untouched: others may have it at once, and it does not count as an attempt."""

        def work(connection: Connection) -> None:
            connection.execute(_RELEASED, self._as_ours(claim))
            self._bells.put(connection, claim.work.room)

        self._database.write(work)
        claim.ends_ns = self._clock.running_ns()

    def bell(self, *rooms: str) -> Bell:
        """Return what wakes a thread that waits for work in these rooms; close it after use."""
        return self._bells.bell(frozenset(rooms))

    def close(self) -> None:
        """Extend nothing and listen no more; what is claimed still comes free after its lease."""
        self._heartbeat.close()
        self._bells.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _look(
        self, connection: Connection, tenant: str, room: str, now_ns: int, lanes: Collection[int] | None
    ) -> tuple[Look, bool]:
        """Return the leases of the room, and whether anything is due that nobody has."""
        leased_now_ns = self._times(connection)
        of: dict[str, Value] = {"tenant": tenant, "room": room}
        leases = [
            SeenLease(number=number, beats=beats, lease_ns=lease_ns, until_ns=until_ns)
            for number, beats, lease_ns, until_ns in _LEASES.run(connection, of)
        ]
        free = _free(None if lanes is None else frozenset(lanes))
        has_free = bool(free.run(connection, {**of, "now_ns": now_ns}))
        return Look(now_ns=leased_now_ns, leases=leases, running_ns=self._clock.running_ns()), has_free

    def _leased(self, connection: Connection, taken: Update) -> list[Row[Any]]:
        """Give the rows of this statement a lease from now, and return them."""
        until_ns = self._times(connection) + self._lease_ns
        taken = taken.values(beats=_OF.beats + 1, lease_ns=self._lease_ns, lease_until_ns=until_ns)
        return list(connection.execute(taken.returning(DUE_WORK)))

    def _claim(self, row: Row[Any], ends_ns: int) -> Claim:
        return Claim(
            work=work_of(row),
            number=row.number,
            fence=row.fence,
            attempts=row.attempts,
            ends_ns=ends_ns,
            clock=self._clock,
        )

    def _as_ours(self, claim: Claim) -> dict[str, object]:
        return {"of_number": claim.number, "of_fence": claim.fence, "of_owner": self.owner}

    def _ends_ns(self) -> int:
        """Return when a lease that is given after this call is over for certain, by our running clock."""
        return self._clock.running_ns() + self._lease_ns - moment_ns(self._lease_ns)

    def _next_end_s(self, rooms: frozenset[str]) -> float:
        now_ns = self._clock.running_ns()
        end_ns = self._watch.next_end_ns(rooms, after_ns=now_ns)
        return math.inf if end_ns is None else (end_ns - now_ns) / _SECOND


def _expect_one(rows: int, claim: Claim) -> None:
    if rows != 1:
        hint = "somebody else has claimed, replaced or cancelled it since; read what became of it before doing more"
        raise FencedError(f"this work is not ours any more: {claim.work.name}", hint=hint)
