"""What is due at its time: the rows as they are put and shown, and how putting and finishing can fail."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, literal_column, select

from paceline.storage.failures import StorageError
from paceline.storage.tables import DUE_WORK


class WorkExistsError(StorageError):
    """there is work with this key already"""

    code = "work-exists"


class FencedError(StorageError):
    """this work is not ours any more"""

    code = "work-fenced"


class WorkState(Enum):
    """Whether somebody may claim it: only what waits."""

    WAITING = "waiting"
    PAUSED = "paused"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Something to be done once `due_ns` has come, in the room's own time, nanoseconds since 1970.

    The key is unique in tenant and room. Of what is due the lower lane goes first. The payload is canonical JSON; it
    may hold what a log must not.
    """

    tenant: str
    room: str
    key: str
    due_ns: int
    lane: int = 0
    payload: str = field(default="{}", repr=False)
    campaign: str | None = None

    @property
    def name(self) -> str:
        """Room and key, for people."""
        return f"{self.room}/{self.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """Work as it stands: `owner` has its lease, or had it last and died; `error` is of the last attempt that failed.

    `attempts` counts the claims, `put_ns` is the civil time of the machine that put it, nanoseconds since 1970.
    """

    work: Work
    state: WorkState
    attempts: int
    owner: str | None
    error: str | None
    put_ns: int


def listing(
    connection: Connection,
    tenant: str,
    *,
    room: str | None = None,
    campaign: str | None = None,
    state: WorkState | None = None,
) -> list[WorkRow]:
    """Return the rows of a tenant, of all that is left open, in the order of rooms and of what is due first."""
    of = DUE_WORK.c
    asked = select(DUE_WORK).where(of.tenant == tenant)
    if room is not None:
        asked = asked.where(of.room == room)
    if campaign is not None:
        asked = asked.where(of.campaign == campaign)
    if state is not None:
        asked = asked.where(of.state == state.value)
    found = connection.execute(asked.order_by(of.room, of.due_ns, of.lane, of.number))
    return [shown(row) for row in found]


def counts(connection: Connection, tenant: str, room: str) -> dict[WorkState, int]:
    """Return how many rows of a room are in each state, 0 for none."""
    asked = select(DUE_WORK.c.state, func.count()).where(in_room(tenant, room)).group_by(DUE_WORK.c.state)
    numbers = dict.fromkeys(WorkState, 0)
    for state, number in connection.execute(asked):
        numbers[WorkState(state)] = number
    return numbers


def next_due_ns(connection: Connection, tenant: str, room: str) -> int | None:
    """Return when the first of what waits, and nobody is at, is due, in the room's own time; None without any."""
    found: int | None = connection.execute(
        select(func.min(DUE_WORK.c.due_ns)).where(in_room(tenant, room), is_free())
    ).scalar()
    return found


@lru_cache(maxsize=256)  # asked with the same few words at every turn
def in_room(tenant: str, room: str) -> ColumnElement[bool]:
    """Return the condition of belonging to a room."""
    return (DUE_WORK.c.tenant == tenant) & (DUE_WORK.c.room == room)


@cache
def is_waiting() -> ColumnElement[bool]:
    """Return the condition of waiting, in the words of the indexes: a value of the driver's would not find them."""
    condition: ColumnElement[bool] = literal_column("state = 'waiting'")
    return condition


@cache
def is_free() -> ColumnElement[bool]:
    """Return the condition of waiting without an owner."""
    return is_waiting() & DUE_WORK.c.owner.is_(None)


def is_in_lanes(lanes: Collection[int] | None) -> ColumnElement[bool]:
    """Return the condition of a lane among these; None is every lane."""
    if lanes is None:
        return literal_column("1 = 1")
    # Numbers of ours, written out: a statement that is prepared has as many values each time.
    return literal_column(f"lane IN ({', '.join(str(int(lane)) for lane in sorted(lanes))})" if lanes else "1 = 0")


def shown(row: Row[Any]) -> WorkRow:
    """Return a row of the table as a record."""
    return WorkRow(
        work=work_of(row),
        state=WorkState(row.state),
        attempts=row.attempts,
        owner=row.owner,
        error=row.error,
        put_ns=row.put_ns,
    )


def work_of(row: Row[Any]) -> Work:
    """Return what was put in this row, at the time for which it is due now."""
    return Work(
        tenant=row.tenant,
        room=row.room,
        key=row.key,
        due_ns=row.due_ns,
        lane=row.lane,
        payload=row.payload,
        campaign=row.campaign,
    )
