"""Who is told: where they listen, what they want to hear, what their messages are signed with, how they are doing.

1. A subscriber hears all kinds of messages, or those it names: a type (`lifecycle.refused`) or an aspect
   (`lifecycle.*`). What is meant for it alone it hears always.
2. It is `active`; `failing` from the first attempt that fails to the next that does not; or `disabled`, by its own word
   (410) or by a person's. Who is disabled is put nothing new and sent nothing; what waits for it goes on waiting.
3. Its address and its secrets stand in no text; its host does, and its name, which people gave it and which need not be
   its alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NewType

from sqlalchemy import Connection, RowMapping, Select, bindparam, delete, insert, select, update

from paceline.outbox.addresses import Endpoint, Reach, endpoint_of, listed
from paceline.outbox.failures import NameRefusedError, SubscriberNotFoundError, UnknownKindsError
from paceline.outbox.signing import OVERLAP_S, Secrets, fresh_secret
from paceline.primitives.canonical import canonical_json
from paceline.primitives.chance import fresh_key
from paceline.primitives.clock import Clock
from paceline.primitives.ids import TenantId
from paceline.storage.prepared import Prepared
from paceline.storage.tables import OUTBOX_SUBSCRIBERS

SubscriberId = NewType("SubscriberId", str)
"""A subscriber, as we name it: `sub_` and 24 hex digits."""

_COLUMN = OUTBOX_SUBSCRIBERS.c
_ANY = Prepared(select(_COLUMN.id).where(_COLUMN.tenant == bindparam("tenant")).limit(1))
_KIND = re.compile(r"[a-z][a-z_]{0,40}\.(?:\*|[a-z][a-z_]{0,40})", re.ASCII)
_MOST_KINDS = 100
LONGEST_NAME = 80
"""Characters that the name of a subscriber may have."""


class Standing(StrEnum):
    """How a subscriber is doing."""

    ACTIVE = "active"
    FAILING = "failing"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One who is told; instants are nanoseconds since 1970."""

    id: SubscriberId
    url: str = field(repr=False)
    host: str
    kinds: tuple[str, ...]
    secrets: Secrets
    is_disabled: bool
    failing_since_ns: int | None
    created_ns: int
    name: str | None = None

    @property
    def standing(self) -> Standing:
        """How it is doing."""
        if self.is_disabled:
            return Standing.DISABLED
        return Standing.ACTIVE if self.failing_since_ns is None else Standing.FAILING

    def wants(self, kind: str) -> bool:
        """Return whether it hears messages of this type."""
        return not self.kinds or kind in self.kinds or f"{kind.partition('.')[0]}.*" in self.kinds


class Subscribers:
    """The subscribers of one tenant; every method is part of the caller's transaction."""

    def __init__(
        self, tenant: TenantId, clock: Clock, *, reach: Reach = Reach.PUBLIC, hosts: frozenset[str] = frozenset()
    ) -> None:
        """Keep them for `tenant`; what they may be is bounded by `reach`, and by these hosts where there are any."""
        self.tenant = tenant
        self.reach = reach
        self.hosts = hosts
        self._clock = clock

    def add(
        self, connection: Connection, *, url: str, kinds: Collection[str] = (), name: str | None = None
    ) -> Subscriber:
        """Return a new subscriber, with the secret that its messages are signed with.

        Raises:
            AddressRefusedError: nothing may be sent to this `url`.
            UnknownKindsError: a kind is neither a type nor an aspect.
            NameRefusedError: the name is empty, too long, or cannot be printed.
        """
        listed(endpoint_of(url, self.reach), self.hosts)
        called = None if name is None else _checked_name(name)
        wanted = _checked(kinds)
        values: dict[str, Any] = {
            "tenant": self.tenant,
            "id": f"sub_{fresh_key(12).hex()}",
            "url": url,
            "kinds": canonical_json(wanted),
            "secret": fresh_secret(),
            "old_until_ns": 0,
            "state": Standing.ACTIVE.value,
            "created_ns": self._clock.wall_ns(),
            "name": called,
        }
        connection.execute(insert(OUTBOX_SUBSCRIBERS), values)
        return self.find(connection, SubscriberId(values["id"]))

    def exist(self, connection: Connection) -> bool:
        """Return whether there is any; asked for every row of the ledger that is worth telling."""
        return bool(_ANY.run(connection, {"tenant": self.tenant}))

    def all(self, connection: Connection) -> list[Subscriber]:
        """Return every subscriber, in the order of their names."""
        asked = select(OUTBOX_SUBSCRIBERS).where(_COLUMN.tenant == self.tenant).order_by(_COLUMN.id)
        return [self._from(row) for row in connection.execute(asked).mappings()]

    def find(self, connection: Connection, subscriber: SubscriberId) -> Subscriber:
        """Return one.

        Raises:
            SubscriberNotFoundError: there is none of this name.
        """
        row = connection.execute(self._one(subscriber)).mappings().one_or_none()
        if row is None:
            raise _unknown(subscriber)
        return self._from(row)

    def hold(self, connection: Connection, subscriber: SubscriberId) -> Subscriber:
        """Return one, as it stays until the transaction ends.

        Raises:
            SubscriberNotFoundError: there is none of this name.
        """
        row = connection.execute(self._one(subscriber).with_for_update()).mappings().one_or_none()
        if row is None:
            raise _unknown(subscriber)
        return self._from(row)

    def endpoint(self, subscriber: Subscriber) -> Endpoint:
        """Return where it listens.

        Raises:
            AddressRefusedError: nothing may be sent there any more: loopback was open when it was added, or its host
                was listed.
        """
        return listed(endpoint_of(subscriber.url, self.reach), self.hosts)

    def rotate(self, connection: Connection, subscriber: SubscriberId, *, overlap_s: float = OVERLAP_S) -> Subscriber:
        """Return it with a new secret; the one it had is signed with as well for `overlap_s`.

        Raises:
            SubscriberNotFoundError: there is none of this name.
        """
        before = self.find(connection, subscriber)
        secrets = before.secrets.rotated(now_ns=self._clock.wall_ns(), overlap_s=overlap_s)
        self._change(
            connection,
            subscriber,
            secret=secrets.current,
            old_secret=secrets.previous,
            old_until_ns=secrets.previous_until_ns,
        )
        return self.find(connection, subscriber)

    def has_failed(self, connection: Connection, subscriber: SubscriberId, *, at_ns: int) -> None:
        """Keep that an attempt failed; the first one after a success counts."""
        connection.execute(
            update(OUTBOX_SUBSCRIBERS)
            .where(_COLUMN.tenant == self.tenant, _COLUMN.id == subscriber, _COLUMN.failing_since_ns.is_(None))
            .values(failing_since_ns=at_ns)
        )

    def has_heard(self, connection: Connection, subscriber: SubscriberId) -> int | None:
        """Keep that an attempt succeeded; return since when none had, None when the last one had."""
        asked = select(_COLUMN.failing_since_ns).where(_COLUMN.tenant == self.tenant, _COLUMN.id == subscriber)
        since_ns: int | None = connection.execute(asked.with_for_update()).scalar()
        if since_ns is not None:
            self._change(connection, subscriber, failing_since_ns=None)
        return since_ns

    def disable(self, connection: Connection, subscriber: SubscriberId) -> None:
        """Send it nothing any more.

        Raises:
            SubscriberNotFoundError: there is none of this name.
        """
        self._change(connection, subscriber, state=Standing.DISABLED.value)

    def enable(self, connection: Connection, subscriber: SubscriberId) -> None:
        """Send to it again; `box.Box.enable` also takes up what waits.

        Raises:
            SubscriberNotFoundError: there is none of this name.
        """
        self._change(connection, subscriber, state=Standing.ACTIVE.value, failing_since_ns=None)

    def remove(self, connection: Connection, subscriber: SubscriberId) -> None:
        """Forget it; `box.Box.remove` also forgets what waits.

        Raises:
            SubscriberNotFoundError: there is none of this name.
        """
        gone = delete(OUTBOX_SUBSCRIBERS).where(_COLUMN.tenant == self.tenant, _COLUMN.id == subscriber)
        if connection.execute(gone).rowcount == 0:
            raise _unknown(subscriber)

    def _one(self, subscriber: SubscriberId) -> Select[Any]:
        return select(OUTBOX_SUBSCRIBERS).where(_COLUMN.tenant == self.tenant, _COLUMN.id == subscriber)

    def _change(self, connection: Connection, subscriber: SubscriberId, **values: str | int | None) -> None:
        changed = update(OUTBOX_SUBSCRIBERS).where(_COLUMN.tenant == self.tenant, _COLUMN.id == subscriber)
        if connection.execute(changed.values(**values)).rowcount == 0:
            raise _unknown(subscriber)

    def _from(self, row: RowMapping) -> Subscriber:
        secrets = Secrets(current=row["secret"], previous=row["old_secret"], previous_until_ns=row["old_until_ns"])
        return Subscriber(
            id=SubscriberId(row["id"]),
            url=row["url"],
            # It was read once with loopback open or not; its host is the same.
            host=endpoint_of(row["url"], Reach.LOOPBACK).host,
            kinds=tuple(json.loads(row["kinds"])),
            secrets=secrets,
            is_disabled=row["state"] == Standing.DISABLED.value,
            failing_since_ns=row["failing_since_ns"],
            created_ns=row["created_ns"],
            name=row["name"],
        )


def _checked(kinds: Collection[str]) -> list[str]:
    for kind in kinds:
        if not _KIND.fullmatch(kind):
            raise UnknownKindsError(
                f"{kind[:80]!r} is no kind of message",
                hint="name a type such as lifecycle.refused, an aspect such as lifecycle.*, or nothing for all",
            )
    if len(kinds) > _MOST_KINDS:
        raise UnknownKindsError(f"there are {len(kinds)} kinds: at most {_MOST_KINDS} may be named")
    return sorted(set(kinds))


def _checked_name(name: str) -> str:
    said = name.strip()
    if not said or len(said) > LONGEST_NAME or not said.isprintable():
        raise NameRefusedError(
            f"{name[:LONGEST_NAME]!r} cannot be a name", hint=f"give 1 to {LONGEST_NAME} characters that can be printed"
        )
    return said


def _unknown(subscriber: SubscriberId) -> SubscriberNotFoundError:
    return SubscriberNotFoundError(
        f"there is no subscriber {subscriber[:80]!r}", hint="`paceline webhook list` shows those there are"
    )
