"""How a row gets its place in the chain: in somebody's transaction, while nobody else can append to the same tenant's.

1. The tenant's head row is held: locked on PostgreSQL; on SQLite the transaction excludes every other writer already.
   It is read once in a transaction, and known from then on.
2. A row that continues an entry is checked against the entry's steps.
3. Phone numbers in the body are replaced by their words.
4. The row is hashed after the head and inserted; the database sees that it follows the head, and makes it the head.

All of it is durable with that transaction, or none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, text
from sqlalchemy.exc import IntegrityError

from paceline.ledger.chain import hash_of, start_of
from paceline.ledger.drafts import FREE_TEXT, Draft
from paceline.ledger.entry import Row, Step, instant_from
from paceline.ledger.failures import ChainBrokenError, EntryClosedError, EntryNotFoundError, EntryOpenError
from paceline.ledger.numbers import without_numbers, word_for
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.ids import EntryId, TenantId
from paceline.storage.prepared import Prepared, Value
from paceline.storage.tables import LEDGER_ENTRIES, LEDGER_HEADS

_HEAD = Prepared(
    select(LEDGER_HEADS.c.size, LEDGER_HEADS.c.hash)
    .where(LEDGER_HEADS.c.tenant == bindparam("tenant"))
    .with_for_update()
)
_FIRST_HEAD = text("INSERT INTO ledger_heads (tenant, size, hash) VALUES (:tenant, 0, :hash) ON CONFLICT DO NOTHING")
_STEPS = Prepared(
    select(LEDGER_ENTRIES.c.step).where(
        LEDGER_ENTRIES.c.tenant == bindparam("tenant"), LEDGER_ENTRIES.c.entry == bindparam("entry")
    )
)
_INSERT = Prepared(insert(LEDGER_ENTRIES))


@dataclass(frozen=True, slots=True)
class _Held:
    """The head of a chain as this transaction has left it; nobody else can move it until the transaction ends."""

    transaction: object
    tenant: TenantId
    head: tuple[int, str]


_HELD = "paceline_head"


def append(connection: Connection, tenant: TenantId, draft: Draft) -> Row:
    """Return the row that the draft has become.

    Raises:
        EntryNotFoundError: it continues an entry that was never opened.
        EntryClosedError: it continues an entry that is closed already.
        EntryOpenError: a later verdict for an entry that is not closed yet.
        ChainBrokenError: the head is not where the rows end.
    """
    size, previous = hold_head(connection, tenant)
    if draft.entry is not None:
        _check_entry(connection, tenant, draft)
    document, body, actor = draft.document, draft.body, draft.actor
    if body is None:
        document = _without_numbers(connection, tenant, document)
        body, actor = canonical_json(document), _name_of(document.get("actor"))
    sequence = size + 1
    row = Row(
        tenant=tenant,
        sequence=sequence,
        entry=EntryId(sequence) if draft.entry is None else draft.entry,
        step=draft.step,
        at=draft.at,
        previous=previous,
        hash=hash_of(tenant=tenant, sequence=sequence, previous=previous, body=body),
        body=body,
        document=document,
    )
    _insert(connection, row, draft, actor)
    connection.info[_HELD] = _Held(connection.get_transaction(), tenant, (sequence, row.hash))
    return row


def _insert(connection: Connection, row: Row, draft: Draft, actor: str | None) -> None:
    values: dict[str, Value] = {
        "tenant": row.tenant,
        "sequence": row.sequence,
        "entry": row.entry,
        "step": row.step.value,
        "at": str(row.document["at"]),
        "campaign": draft.campaign,
        "actor": actor,
        "kind": draft.kind,
        "outcome": draft.outcome,
        "previous": row.previous,
        "hash": row.hash,
        "body": row.body,
    }
    try:
        _INSERT.put(connection, values)
    except IntegrityError as problem:
        raise ChainBrokenError(
            sequence=row.sequence, expected=f"a chain that ends with row {row.sequence - 1}", found="another end"
        ) from problem


def row_from(values: Mapping[str, Any]) -> Row:
    """Return the row that lies in the database with these columns.

    Raises:
        ChainBrokenError: no row of ours can look like that.
    """
    document = json.loads(values["body"])
    return Row(
        tenant=TenantId(values["tenant"]),
        sequence=values["sequence"],
        entry=EntryId(values["entry"]),
        step=Step(values["step"]),
        at=instant_from(values["at"]),
        previous=values["previous"],
        hash=values["hash"],
        body=values["body"],
        document=document,
    )


def hold_head(connection: Connection, tenant: TenantId) -> tuple[int, str]:
    """Return size and hash of the chain, and keep everybody else from appending until the transaction ends."""
    held: _Held | None = connection.info.get(_HELD)
    if held is not None and held.tenant == tenant and held.transaction is connection.get_transaction():
        return held.head
    found = _HEAD.run(connection, {"tenant": tenant})
    if not found:
        connection.execute(_FIRST_HEAD, {"tenant": tenant, "hash": start_of(tenant)})
        found = _HEAD.run(connection, {"tenant": tenant})
    ((size, digest),) = found
    connection.info[_HELD] = _Held(connection.get_transaction(), tenant, (size, digest))
    return size, digest


def _check_entry(connection: Connection, tenant: TenantId, draft: Draft) -> None:
    steps = {step for (step,) in _STEPS.run(connection, {"tenant": tenant, "entry": draft.entry})}
    if Step.OPENED.value not in steps:
        raise EntryNotFoundError(f"the ledger has no entry {draft.entry} that could be continued")
    is_closed = Step.CLOSED.value in steps
    if draft.step is Step.VERDICT and not is_closed:
        raise EntryOpenError(f"entry {draft.entry} is not closed yet, so it has no later verdict")
    if draft.step is not Step.VERDICT and is_closed:
        raise EntryClosedError(f"entry {draft.entry} is closed already")


def _without_numbers(connection: Connection, tenant: TenantId, document: Mapping[str, Json]) -> dict[str, Json]:
    def word(number: str) -> str:
        return word_for(connection, tenant, number)

    return {part: without_numbers(value, word) if part in FREE_TEXT else value for part, value in document.items()}


def _name_of(actor: Json) -> str | None:
    return str(actor["name"]) if isinstance(actor, Mapping) else None
