"""How things stand in the database of one tenant right now, and what the ledger has had since: two small reads.

Nothing is asked of the platform, nothing is written, and no row is held. The counts go by indexes or through tables
that hold only what waits, so that they cost little whatever the length of the ledger is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Text, case, cast, exists, func, literal, select

from paceline.campaign.observed import Stage
from paceline.control.agenda.agenda import ROOM
from paceline.control.owners import SKEW_S
from paceline.control.told import ON_TIME
from paceline.control.work.worker import PRESENCE
from paceline.ledger.entry import Step, instant_from
from paceline.outbox.subscribers import Standing as Doing
from paceline.storage.due_work import WorkState, in_room
from paceline.storage.tables import (
    CAMPAIGN_FREEZES,
    CONTROL_OWNERS,
    CONTROL_UNFINISHED,
    DUE_WORK,
    LEDGER_ENTRIES,
    LEDGER_HEADS,
    OUTBOX_DEAD,
    OUTBOX_DELIVERIES,
    OUTBOX_STREAMS,
    OUTBOX_SUBSCRIBERS,
)
from paceline.telemetry.foretold import NOTHING, Foretold, foretold_in
from paceline.telemetry.ledger_counts import LedgerRow

_SECOND = 1_000_000_000
_LATE_NS = round(ON_TIME.total_seconds() * _SECOND)
_LEDGER, _UNENDED, _DUE = LEDGER_ENTRIES.c, CONTROL_UNFINISHED.c, DUE_WORK.c
_FROZEN, _OWNER, _STREAM = CAMPAIGN_FREEZES.c, CONTROL_OWNERS.c, OUTBOX_STREAMS.c
_DELIVERY, _DEAD, _SUBSCRIBER = OUTBOX_DELIVERIES.c, OUTBOX_DEAD.c, OUTBOX_SUBSCRIBERS.c
_WITH_BODY = (Step.OPENED.value, Step.CLOSED.value, Step.VERDICT.value)
_COUNTED = (*_WITH_BODY, Step.INTENT.value, Step.NOTED.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """For whom and when it is looked; all three in nanoseconds, the instants since 1970.

    Attributes:
        tenant: whose rows.
        here_ns: the civil time of this machine.
        platform_ns: the platform's time, by which changes are due.
        lease_ns: how long an owner is taken for alive after a beat.
    """

    tenant: str
    here_ns: int
    platform_ns: int
    lease_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What waits, who works, and who has to be told.

    Attributes:
        rows: of the ledger.
        unended: changes by stage, every stage named.
        oldest_at: when the oldest change of a stage was opened; stages without any are absent.
        waiting: changes that wait for their hour, also those that are being made.
        due: those of them whose hour has come.
        late: those of them that are later than on time, or were tried and could not be made yet.
        aside: work of the agenda that is not tried any more.
        frozen_stopped: frozen campaigns that were seen stopped since.
        frozen_dialing: frozen campaigns that were not.
        workers: that gave a sign of life within a lease.
        messages: that are not delivered yet.
        oldest_message_ns: when the oldest of them was put, for subscribers that are not disabled; None without any.
        dead_letters: messages that were given up.
        subscribers: by how they are doing, every word named.
        foretold: what was predicted of changes, and how much of it held.
    """

    rows: int
    unended: Mapping[str, int] = field(hash=False)
    oldest_at: Mapping[str, datetime] = field(hash=False)
    waiting: int
    due: int
    late: int
    aside: int
    frozen_stopped: int
    frozen_dialing: int
    workers: int
    messages: int
    oldest_message_ns: int | None
    dead_letters: int
    subscribers: Mapping[str, int] = field(hash=False)
    foretold: Foretold = NOTHING


def standing_of(connection: Connection, moment: Moment) -> Standing:
    """Return how things stand, in a transaction of the caller's own."""
    rows = connection.execute(select(LEDGER_HEADS.c.size).where(LEDGER_HEADS.c.tenant == moment.tenant)).scalar()
    unended, oldest_at = _unended(connection, moment.tenant)
    waiting, due, late, aside = _agenda(connection, moment)
    stopped, dialing = _frozen(connection, moment.tenant)
    messages = select(func.coalesce(func.sum(_STREAM.waiting), 0)).where(_STREAM.tenant == moment.tenant)
    dead = select(func.count()).select_from(OUTBOX_DEAD).where(_DEAD.tenant == moment.tenant)
    return Standing(
        rows=rows or 0,
        unended=unended,
        oldest_at=oldest_at,
        waiting=waiting,
        due=due,
        late=late,
        aside=aside,
        frozen_stopped=stopped,
        frozen_dialing=dialing,
        workers=_workers(connection, moment),
        messages=int(connection.execute(messages).scalar_one()),
        oldest_message_ns=_oldest_message(connection, moment.tenant),
        dead_letters=connection.execute(dead).scalar_one(),
        subscribers=_subscribers(connection, moment.tenant),
        foretold=foretold_in(connection, moment.tenant),
    )


def rows_after(connection: Connection, tenant: str, last: int, *, limit: int) -> list[LedgerRow]:
    """Return the next rows that are counted, at most `limit`, in their order; no body of an intent is read."""
    body = case((_LEDGER.step.in_(_WITH_BODY), _LEDGER.body), else_=literal("{}"))
    asked = (
        select(_LEDGER.sequence, _LEDGER.entry, _LEDGER.step, _LEDGER.kind, body.label("body"))
        .where(_LEDGER.tenant == tenant, _LEDGER.sequence > last, _LEDGER.step.in_(_COUNTED))
        .order_by(_LEDGER.sequence)
        .limit(limit)
    )
    return [
        LedgerRow(
            sequence=row.sequence, entry=row.entry, step=Step(row.step), kind=row.kind, document=json.loads(row.body)
        )
        for row in connection.execute(asked)
    ]


def _unended(connection: Connection, tenant: str) -> tuple[dict[str, int], dict[str, datetime]]:
    asked = select(_UNENDED.stage, func.count(), func.min(_UNENDED.entry)).where(_UNENDED.tenant == tenant)
    numbers, oldest = {stage.value: 0 for stage in Stage}, {}
    for stage, number, entry in connection.execute(asked.group_by(_UNENDED.stage)):
        numbers[stage] = number
        at = select(_LEDGER.at).where(_LEDGER.tenant == tenant, _LEDGER.sequence == entry)
        found = connection.execute(at).scalar()
        if found is not None:
            oldest[stage] = instant_from(found)
    return numbers, oldest


def _agenda(connection: Connection, moment: Moment) -> tuple[int, int, int, int]:
    """Return what waits, is due, is late, and is put aside; what waits for approval has no hour yet."""
    unapproved = exists().where(
        _UNENDED.tenant == _DUE.tenant,
        cast(_UNENDED.entry, Text) == _DUE.key,
        _UNENDED.stage == Stage.WAITS_FOR_APPROVAL.value,
    )
    waits = _DUE.state != WorkState.DEAD.value
    asked = select(
        _sum(waits),
        _sum(waits & (_DUE.due_ns <= moment.platform_ns)),
        # What was tried and put off is due again in a moment, and its own hour stands in the ledger alone.
        _sum(waits & ((_DUE.due_ns <= moment.platform_ns - _LATE_NS) | _DUE.error.is_not(None))),
        _sum(~waits),
    ).where(in_room(moment.tenant, ROOM), ~unapproved)
    waiting, due, late, aside = connection.execute(asked).one()
    return int(waiting), int(due), int(late), int(aside)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    counted: ColumnElement[int] = func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
    return counted


def _frozen(connection: Connection, tenant: str) -> tuple[int, int]:
    asked = select(_FROZEN.stopped, func.count()).where(_FROZEN.tenant == tenant).group_by(_FROZEN.stopped)
    found = {int(stopped): number for stopped, number in connection.execute(asked)}
    return found.get(1, 0), found.get(0, 0)


def _workers(connection: Connection, moment: Moment) -> int:
    alive_ns = moment.here_ns - moment.lease_ns - round(SKEW_S * _SECOND)
    asked = (
        select(func.count())
        .select_from(DUE_WORK)
        .join(CONTROL_OWNERS, _OWNER.owner == _DUE.key)
        .where(in_room(moment.tenant, PRESENCE), _OWNER.beat_ns >= alive_ns)
    )
    return connection.execute(asked).scalar_one()


def _oldest_message(connection: Connection, tenant: str) -> int | None:
    asked = (
        select(func.min(_DELIVERY.put_ns))
        .join(OUTBOX_SUBSCRIBERS, (_SUBSCRIBER.tenant == _DELIVERY.tenant) & (_SUBSCRIBER.id == _DELIVERY.subscriber))
        .where(_DELIVERY.tenant == tenant, _SUBSCRIBER.state != Doing.DISABLED.value)
    )
    found: int | None = connection.execute(asked).scalar()
    return found


def _subscribers(connection: Connection, tenant: str) -> dict[str, int]:
    asked = select(_SUBSCRIBER.state, _SUBSCRIBER.failing_since_ns.is_not(None), func.count())
    asked = asked.where(_SUBSCRIBER.tenant == tenant)
    numbers = {word.value: 0 for word in Doing}
    for state, fails, number in connection.execute(
        asked.group_by(_SUBSCRIBER.state, _SUBSCRIBER.failing_since_ns.is_not(None))
    ):
        word = Doing.FAILING.value if fails and state != Doing.DISABLED.value else state
        numbers[word] = numbers.get(word, 0) + number
    return numbers
