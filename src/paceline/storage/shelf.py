"""What may be done with work by those who do not do it: it is put, replaced, cancelled, held back and revived.

Every method takes part in a transaction of the caller's own; when that is undone, nothing has happened.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Update, delete, literal_column, text, update

from paceline.primitives.clock import Clock
from paceline.storage.bells import Bells
from paceline.storage.due_work import Work, WorkExistsError, WorkState, in_room, is_free, work_of
from paceline.storage.tables import DUE_WORK

_OF = DUE_WORK.c
_PUT = text(
    "INSERT INTO due_work (tenant, room, key, due_ns, lane, payload, campaign, attempts, lease_ns, lease_until_ns,"
    " beats, fence, state, put_ns) VALUES (:tenant, :room, :key, :due_ns, :lane, :payload, :campaign, 0, 0, 0, 0, 0,"
    " 'waiting', :put_ns) ON CONFLICT (tenant, room, key) DO NOTHING RETURNING number"
)


class Shelf:
    """The work of all rooms, as those see it who want it done."""

    def __init__(self, clock: Clock, bells: Bells) -> None:
        """Wake those who wait, by these bells, when there is work for them."""
        self._clock = clock
        self._bells = bells

    def put(self, connection: Connection, work: Work) -> None:
        """Put work, which is to be seen, and wakes whoever waits for it, when the transaction is committed.

        Raises:
            WorkExistsError: there is work of this key in the room, in whatever state; the transaction may go on.
        """
        if not self._is_put(connection, work):
            hint = "replace it, or cancel it first"
            raise WorkExistsError(f"there is work with this key already: {work.name}", hint=hint)

    def replace(self, connection: Connection, work: Work) -> Work | None:
        """Put work in place of what has its key, in whatever state, and return that; whoever is at it is fenced off."""
        old = delete(DUE_WORK).where(in_room(work.tenant, work.room), _OF.key == work.key).returning(DUE_WORK)
        while True:
            found = connection.execute(old).one_or_none()
            if self._is_put(connection, work):
                return None if found is None else work_of(found)
            # Another process has put the same since: it is that one's which is replaced.

    def cancel(self, connection: Connection, tenant: str, room: str, key: str) -> bool:
        """Remove it, in whatever state, and return whether it was there; whoever is at it cannot settle it any more."""
        gone = delete(DUE_WORK).where(in_room(tenant, room), _OF.key == key)
        return connection.execute(gone).rowcount == 1

    def pause(
        self, connection: Connection, tenant: str, room: str, *, key: str | None = None, campaign: str | None = None
    ) -> int:
        """Hold back what waits now, of this key, of this campaign, or all of the room; return how much that was."""
        held = _moved(WorkState.WAITING, WorkState.PAUSED).where(in_room(tenant, room), _is_of(key, campaign))
        return connection.execute(held).rowcount

    def resume(
        self, connection: Connection, tenant: str, room: str, *, key: str | None = None, campaign: str | None = None
    ) -> int:
        """Let what was paused wait again; return how much that was."""
        freed = _moved(WorkState.PAUSED, WorkState.WAITING).where(in_room(tenant, room), _is_of(key, campaign))
        self._bells.put(connection, room)
        return connection.execute(freed).rowcount

    def revive(self, connection: Connection, tenant: str, room: str, key: str, *, due_ns: int) -> bool:
        """Let what is dead wait again, as if never tried; return whether there was such work."""
        again = _moved(WorkState.DEAD, WorkState.WAITING).where(in_room(tenant, room), _OF.key == key)
        self._bells.put(connection, room)
        return connection.execute(again.values(due_ns=due_ns, attempts=0)).rowcount == 1

    def defer(self, connection: Connection, tenant: str, room: str, *, prefix: str, due_ns: int) -> int:
        """Let what would be due earlier be due then, where its key begins so and nobody is at it; return how much."""
        waits = (_OF.due_ns < due_ns) & _OF.key.startswith(prefix, autoescape=True)
        later = update(DUE_WORK).where(in_room(tenant, room), is_free(), waits).values(due_ns=due_ns)
        return connection.execute(later).rowcount

    def _is_put(self, connection: Connection, work: Work) -> bool:
        values = {
            "tenant": work.tenant,
            "room": work.room,
            "key": work.key,
            "due_ns": work.due_ns,
            "lane": work.lane,
            "payload": work.payload,
            "campaign": work.campaign,
            "put_ns": self._clock.wall_ns(),
        }
        if connection.execute(_PUT, values).one_or_none() is None:
            return False
        self._bells.put(connection, work.room)
        return True


def _moved(before: WorkState, after: WorkState) -> Update:
    return update(DUE_WORK).where(_OF.state == before.value).values(state=after.value)


def _is_of(key: str | None, campaign: str | None) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = literal_column("1 = 1")
    if key is not None:
        condition &= _OF.key == key
    if campaign is not None:
        condition &= _OF.campaign == campaign
    return condition
