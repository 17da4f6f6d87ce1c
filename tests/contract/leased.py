"""Work for the tests of leases: owners on one database, whose time the test holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event
from typing import TypeVar

from sqlalchemy import Connection, text

from paceline.primitives.clock import ManualClock
from paceline.storage.database import Database
from paceline.storage.due_work import Work, WorkRow, listing
from paceline.storage.leases import Claim, Leases
from paceline.storage.times import Times

TENANT, ROOM = "acme", "agenda"
START_NS = 1_795_000_000_000_000_000
SECOND = 1_000_000_000
LEASE_S = 10.0
T = TypeVar("T")


class Walls:
    """The time of the database, moved by the clock of the test, and set by the test."""

    def __init__(self, clock: ManualClock) -> None:
        self.set_ns = 0
        self._clock = clock

    def times(self, _connection: Connection) -> int:
        return self._clock.wall_ns() + self.set_ns


def due(key: str, *, due_ns: int = 0, lane: int = 0, campaign: str | None = None, room: str = ROOM) -> Work:
    return Work(
        tenant=TENANT, room=room, key=key, due_ns=due_ns, lane=lane, payload=f'{{"key":"{key}"}}', campaign=campaign
    )


def owner_of(database: Database, clock: ManualClock, name: str, *, times: Times | None = None) -> Leases:
    return Leases(database, clock, owner=name, lease_s=LEASE_S, times=times or Walls(clock).times)


def put_all(database: Database, leases: Leases, works: Sequence[Work]) -> None:
    for work in works:
        database.write(lambda connection, work=work: leases.put(connection, work))  # type: ignore[misc] # a default binds it


def claimed(leases: Leases, *, now_ns: int = 0, limit: int = 100, lanes: Sequence[int] | None = None) -> list[Claim]:
    return leases.claim(TENANT, ROOM, now_ns=now_ns, limit=limit, lanes=lanes)


def settle(database: Database, leases: Leases, claim: Claim) -> None:
    database.write(lambda connection: leases.settle(connection, claim))


def keys(claims: Sequence[Claim]) -> list[str]:
    return [claim.work.key for claim in claims]


def left(database: Database) -> list[WorkRow]:
    return database.read(lambda connection: listing(connection, TENANT))


def make_effects(database: Database) -> None:
    """Make a table in which work leaves a mark, in the transaction that settles it."""
    database.write(lambda connection: connection.execute(text("CREATE TABLE effects (key TEXT, owner TEXT)")))


def settle_with_effect(database: Database, leases: Leases, claim: Claim) -> None:
    def work(connection: Connection) -> None:
        values = {"key": claim.work.key, "owner": leases.owner}
        connection.execute(text("INSERT INTO effects VALUES (:key, :owner)"), values)
        leases.settle(connection, claim)

    database.write(work)


def effects(database: Database) -> list[str]:
    asked = text("SELECT key FROM effects ORDER BY key")
    return database.read(lambda connection: list(connection.execute(asked).scalars()))


def eventually(look: Callable[[], T | None], *, looks: int = 2000) -> T:
    """Return what is not empty, looked for again and again with a moment between: others take their real time."""
    moment = Event()
    for _ in range(looks):
        found = look()
        if found:
            return found
        moment.wait(0.01)
    raise AssertionError("it never came")
