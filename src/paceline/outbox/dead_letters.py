"""Dead letters: what was given up, kept until it is replayed or its subscriber removed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from paceline.outbox.subscribers import SubscriberId
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.tables import OUTBOX_DEAD, OUTBOX_MESSAGES

_MESSAGE, _DEAD = OUTBOX_MESSAGES.c, OUTBOX_DEAD.c


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A message that was given up; instants are nanoseconds since 1970."""

    subscriber: SubscriberId
    message_id: str
    type: str
    campaign: CampaignId | None
    sequence: int | None
    attempts: int
    put_ns: int
    dead_ns: int
    error: str


def dead_letters(
    connection: Connection, tenant: TenantId, *, subscriber: SubscriberId | None = None, since_ns: int = 0
) -> list[DeadLetter]:
    """Return what was given up since then, for one subscriber or all, the oldest first."""
    asked = (
        select(OUTBOX_DEAD, _MESSAGE.type, _MESSAGE.campaign, _MESSAGE.sequence)
        .join(OUTBOX_MESSAGES, (_MESSAGE.tenant == _DEAD.tenant) & (_MESSAGE.id == _DEAD.message))
        .where(_DEAD.tenant == tenant, _DEAD.dead_ns >= since_ns)
        .order_by(_DEAD.dead_ns, _MESSAGE.campaign, _MESSAGE.sequence)
    )
    if subscriber is not None:
        asked = asked.where(_DEAD.subscriber == subscriber)
    return [
        DeadLetter(
            subscriber=SubscriberId(row.subscriber),
            message_id=row.message,
            type=row.type,
            campaign=CampaignId(row.campaign) if row.campaign else None,
            sequence=row.sequence,
            attempts=row.attempts,
            put_ns=row.put_ns,
            dead_ns=row.dead_ns,
            error=row.error,
        )
        for row in connection.execute(asked)
    ]


def bury(connection: Connection, tenant: TenantId, letter: DeadLetter) -> None:
    """Keep a message that was given up."""
    row = {
        "tenant": tenant,
        "subscriber": letter.subscriber,
        "message": letter.message_id,
        "attempts": letter.attempts,
        "put_ns": letter.put_ns,
        "dead_ns": letter.dead_ns,
        "error": letter.error,
    }
    connection.execute(
        delete(OUTBOX_DEAD).where(
            _DEAD.tenant == tenant,
            _DEAD.subscriber == letter.subscriber,
            _DEAD.message == letter.message_id,
        )
    )
    connection.execute(insert(OUTBOX_DEAD), row)
