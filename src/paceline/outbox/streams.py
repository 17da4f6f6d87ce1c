"""A campaign's messages on their way to one subscriber: in order, only the oldest is tried.

1. A stream has one row of due work while something waits in it and its subscriber is not disabled; whoever holds that
   work's lease may try the oldest message.
2. Whoever adds a message or takes one away holds the stream's row first, so that the work is there exactly when it has
   to be. Who holds several takes them in the order of their campaigns; a subscriber's row comes before its streams.
3. A message is taken away in the transaction that settles the lease: who was too slow and lost it takes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from paceline.outbox.subscribers import SubscriberId
from paceline.primitives.canonical import canonical_json
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.due_work import Work
from paceline.storage.leases import Claim, Leases
from paceline.storage.prepared import Prepared, Value
from paceline.storage.tables import OUTBOX_DEAD, OUTBOX_DELIVERIES, OUTBOX_MESSAGES, OUTBOX_STREAMS

Columns: TypeAlias = "ReadOnlyColumnCollection[str, Column[Any]]"
"""The columns of a table."""
ROOM = "relay"
"""Whose work the streams are, among all that is due."""

_STREAM, _DELIVERY, _MESSAGE, _DEAD = OUTBOX_STREAMS.c, OUTBOX_DELIVERIES.c, OUTBOX_MESSAGES.c, OUTBOX_DEAD.c
_GROW = text(
    "INSERT INTO outbox_streams (tenant, subscriber, campaign, last, waiting, delivered)"
    " VALUES (:tenant, :subscriber, :campaign, :count, :count, 0)"
    " ON CONFLICT (tenant, subscriber, campaign) DO UPDATE SET"
    " last = outbox_streams.last + excluded.last, waiting = outbox_streams.waiting + excluded.waiting"
    " RETURNING last, due_ns"
)
_OLDEST = Prepared(
    select(
        _DELIVERY.position, _DELIVERY.message, _DELIVERY.put_ns, _DELIVERY.attempts, _MESSAGE.type,
        _MESSAGE.sequence, _MESSAGE.body
    )
    .join(OUTBOX_MESSAGES, (_MESSAGE.tenant == _DELIVERY.tenant) & (_MESSAGE.id == _DELIVERY.message))
    .where(
        _DELIVERY.tenant == bindparam("tenant"),
        _DELIVERY.subscriber == bindparam("subscriber"),
        _DELIVERY.campaign == bindparam("campaign"),
    )
    .order_by(_DELIVERY.position)
    .limit(1)
)  # fmt: skip


def _of(column: Columns) -> tuple[ColumnElement[bool], ...]:
    return tuple(column[name] == bindparam(f"of_{name}") for name in ("tenant", "subscriber", "campaign"))


_HELD = Prepared(select(_STREAM.waiting).where(*_of(_STREAM)).with_for_update())
_SET_DUE = Prepared(update(OUTBOX_STREAMS).where(*_of(_STREAM)).values(due_ns=bindparam("to_due_ns")))
_TAKEN = Prepared(delete(OUTBOX_DELIVERIES).where(*_of(_DELIVERY), _DELIVERY.position == bindparam("of_position")))
_LEFT = Prepared(
    update(OUTBOX_STREAMS)
    .where(*_of(_STREAM))
    .values(
        waiting=bindparam("to_waiting"),
        delivered=_STREAM.delivered + bindparam("delivered_now"),
        due_ns=bindparam("to_due_ns"),
    )
)
_TRIED = Prepared(
    update(OUTBOX_DELIVERIES)
    .where(*_of(_DELIVERY), _DELIVERY.position == bindparam("of_position"))
    .values(attempts=bindparam("to_attempts"), error=bindparam("to_error"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """Which stream: the messages of a campaign, or of none, for one subscriber."""

    subscriber: SubscriberId
    campaign: CampaignId | None

    @property
    def key(self) -> str:
        """Its name among the work that is due; neither part has a blank."""
        return f"{self.subscriber} {self.campaign or ''}"

    def document(self) -> str:
        """Return it as the due work keeps it."""
        return canonical_json({"subscriber": self.subscriber, "campaign": self.campaign})


def stream_of(payload: str) -> Stream:
    """Return the stream that due work is about."""
    said = json.loads(payload)
    campaign = said["campaign"]
    return Stream(
        subscriber=SubscriberId(said["subscriber"]), campaign=None if campaign is None else CampaignId(campaign)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The oldest message of a stream; `attempts` counts those that failed, `put_ns` is when it was put there."""

    position: int
    message_id: str
    type: str
    sequence: int | None
    body: str
    put_ns: int
    attempts: int


class Streams:
    """All streams of one tenant; every method is part of the caller's transaction."""

    def __init__(self, tenant: TenantId, leases: Leases) -> None:
        """Keep them for `tenant`, with their work among these leases."""
        self.tenant = tenant
        self._leases = leases

    def add(self, connection: Connection, stream: Stream, messages: Sequence[str], *, now_ns: int) -> None:
        """Add messages, by their ids, behind what waits."""
        if not messages:
            return
        grown = connection.execute(_GROW, {**self._names(stream), "count": len(messages)}).one()
        first = grown.last - len(messages) + 1
        rows = [
            {**self._names(stream), "position": first + number, "message": message, "put_ns": now_ns, "attempts": 0}
            for number, message in enumerate(messages)
        ]
        connection.execute(insert(OUTBOX_DELIVERIES), rows)
        if grown.due_ns is None:
            self._leases.put(connection, self._work(stream, now_ns))
            self._set_due(connection, stream, now_ns)

    def oldest(self, connection: Connection, stream: Stream) -> Waiting | None:
        """Return what is to be tried, None when nothing waits."""
        found = _OLDEST.run(connection, self._names(stream))
        if not found:
            return None
        ((position, message, put_ns, attempts, kind, sequence, body),) = found
        return Waiting(
            position=position,
            message_id=message,
            type=kind,
            sequence=sequence,
            body=body,
            put_ns=put_ns,
            attempts=attempts,
        )

    def take(
        self, connection: Connection, claim: Claim, stream: Stream, waiting: Waiting, *, now_ns: int, delivered: int
    ) -> None:
        """Take the oldest message away, `delivered` (1) or given up (0); the next one is due at once.

        Raises:
            FencedError: somebody else has the stream by now.
        """
        held = self._held(connection, stream)
        left = 0 if held is None else held - 1
        if left > 0:
            self._leases.postpone(connection, claim, now_ns)
        else:
            self._leases.settle(connection, claim)
        of, due_ns = self._named(stream), now_ns if left > 0 else None
        _TAKEN.run(connection, {**of, "of_position": waiting.position})
        _LEFT.run(connection, {**of, "to_waiting": left, "delivered_now": delivered, "to_due_ns": due_ns})

    def postpone(
        self, connection: Connection, claim: Claim, stream: Stream, waiting: Waiting, *, due_ns: int, error: str
    ) -> None:
        """Try the oldest message again at `due_ns`; `waiting` is as it is after the attempt.

        Raises:
            FencedError: somebody else has the stream by now.
        """
        self.put_off(connection, claim, stream, due_ns=due_ns, error=error)
        tried: dict[str, Value] = {"to_attempts": waiting.attempts, "to_error": error}
        _TRIED.run(connection, {**self._named(stream), "of_position": waiting.position, **tried})

    def put_off(self, connection: Connection, claim: Claim, stream: Stream, *, due_ns: int, error: str | None) -> None:
        """Try the oldest message at `due_ns`; it was not tried now.

        Raises:
            FencedError: somebody else has the stream by now; the transaction may go on.
        """
        self._held(connection, stream)
        self._leases.postpone(connection, claim, due_ns, error=error)
        self._set_due(connection, stream, due_ns)

    def stand_behind(self, connection: Connection, subscriber: SubscriberId, *, now_ns: int) -> None:
        """Let others go first: what is due of this subscriber, and nobody is at, is due from now on."""
        due = (_STREAM.tenant == self.tenant) & (_STREAM.subscriber == subscriber) & (_STREAM.due_ns < now_ns)
        # Whoever holds several streams takes them in the order of their campaigns.
        connection.execute(select(_STREAM.campaign).where(due).order_by(_STREAM.campaign).with_for_update()).all()
        self._leases.defer(connection, self.tenant, ROOM, prefix=f"{subscriber} ", due_ns=now_ns)
        connection.execute(update(OUTBOX_STREAMS).where(due).values(due_ns=now_ns))

    def rest(self, connection: Connection, claim: Claim, stream: Stream, *, now_ns: int, whole: bool) -> None:
        """Ask nothing of the relay any more: nothing waits, or the subscriber is disabled or gone (`whole`).

        Raises:
            FencedError: somebody else has the stream by now.
        """
        held = self._held(connection, stream)
        if whole or not held:
            self._leases.settle(connection, claim)
            self._set_due(connection, stream, None)
        else:
            # Something was put since somebody looked.
            self._leases.postpone(connection, claim, now_ns)
            self._set_due(connection, stream, now_ns)

    def wake(self, connection: Connection, subscriber: SubscriberId, *, now_ns: int) -> int:
        """Make due what waits for this subscriber, as if nothing had failed; return how many streams that were.

        The age of a message still counts: what is three days old is tried once more.
        """
        asked = (
            select(_STREAM.campaign, _STREAM.due_ns)
            .where(_STREAM.tenant == self.tenant, _STREAM.subscriber == subscriber, _STREAM.waiting > 0)
            .order_by(_STREAM.campaign)
            .with_for_update()
        )
        woken = 0
        for row in connection.execute(asked).all():
            if row.due_ns is not None and row.due_ns <= now_ns:
                continue
            stream = Stream(subscriber=subscriber, campaign=CampaignId(row.campaign) if row.campaign else None)
            if row.due_ns is None:
                self._leases.put(connection, self._work(stream, now_ns))
            else:
                self._leases.replace(connection, self._work(stream, now_ns))
            connection.execute(update(OUTBOX_DELIVERIES).where(*self._where(_DELIVERY, stream)).values(attempts=0))
            self._set_due(connection, stream, now_ns)
            woken += 1
        return woken

    def waits_for(self, connection: Connection, stream: Stream) -> set[str]:
        """Return the ids of the messages that wait in a stream."""
        asked = select(_DELIVERY.message).where(*self._where(_DELIVERY, stream))
        return set(connection.execute(asked).scalars())

    def waits(self, connection: Connection, subscriber: SubscriberId, kind: str) -> bool:
        """Return whether a message of this type, outside every campaign, waits for a subscriber."""
        asked = (
            select(_DELIVERY.position)
            .join(OUTBOX_MESSAGES, (_MESSAGE.tenant == _DELIVERY.tenant) & (_MESSAGE.id == _DELIVERY.message))
            .where(*self._where(_DELIVERY, Stream(subscriber=subscriber, campaign=None)), _MESSAGE.type == kind)
            .limit(1)
        )
        return connection.execute(asked).first() is not None

    def late(self, connection: Connection, subscriber: SubscriberId) -> int:
        """Return how many messages wait for a subscriber."""
        asked = select(func.coalesce(func.sum(_STREAM.waiting), 0)).where(
            _STREAM.tenant == self.tenant, _STREAM.subscriber == subscriber
        )
        return int(connection.execute(asked).scalar_one())

    def forget(self, connection: Connection, subscriber: SubscriberId) -> None:
        """Forget all that waits for a subscriber, its dead letters too."""
        asked = (
            select(_STREAM.campaign)
            .where(_STREAM.tenant == self.tenant, _STREAM.subscriber == subscriber)
            .order_by(_STREAM.campaign)
            .with_for_update()
        )
        for campaign in connection.execute(asked).scalars().all():
            stream = Stream(subscriber=subscriber, campaign=CampaignId(campaign) if campaign else None)
            self._leases.cancel(connection, self.tenant, ROOM, stream.key)
        for column, table in ((_DELIVERY, OUTBOX_DELIVERIES), (_STREAM, OUTBOX_STREAMS), (_DEAD, OUTBOX_DEAD)):
            connection.execute(delete(table).where(column.tenant == self.tenant, column.subscriber == subscriber))

    def _held(self, connection: Connection, stream: Stream) -> int | None:
        """Return how many messages wait in a stream, and hold it; None where there is none."""
        found = _HELD.run(connection, self._named(stream))
        return int(found[0][0]) if found else None

    def _set_due(self, connection: Connection, stream: Stream, due_ns: int | None) -> None:
        _SET_DUE.run(connection, {**self._named(stream), "to_due_ns": due_ns})

    def _work(self, stream: Stream, due_ns: int) -> Work:
        return Work(
            tenant=self.tenant,
            room=ROOM,
            key=stream.key,
            due_ns=due_ns,
            lane=0,
            payload=stream.document(),
            campaign=stream.campaign,
        )

    def _names(self, stream: Stream) -> dict[str, str | int | None]:
        return {"tenant": self.tenant, "subscriber": stream.subscriber, "campaign": stream.campaign or ""}

    def _named(self, stream: Stream) -> dict[str, Value]:
        return {f"of_{name}": value for name, value in self._names(stream).items()}

    def _where(self, column: Columns, stream: Stream) -> tuple[ColumnElement[bool], ...]:
        return (
            column.tenant == self.tenant,
            column.subscriber == stream.subscriber,
            column.campaign == (stream.campaign or ""),
        )
