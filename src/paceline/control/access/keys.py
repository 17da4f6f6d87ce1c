"""API keys as they lie in the database; every method is part of the caller's transaction.

Rules:
* A key is good from its making until it expires or is revoked; neither can be taken back.
* When it was used last is kept to the minute, so that whoever rotates keys sees which are not used any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from paceline.control.access.rights import Role
from paceline.ledger.entry import instant_text
from paceline.primitives.canonical import Json
from paceline.primitives.clock import instant_of, ns_of
from paceline.primitives.ids import TenantId
from paceline.storage.prepared import Prepared
from paceline.storage.tables import ACCESS_KEYS

TOUCH_S = 60
"""A use is written down when the last one that was is so many seconds ago."""
_KEYS = ACCESS_KEYS.c
_NAMES = tuple(_KEYS.keys())
_OF = Prepared(select(ACCESS_KEYS).where(_KEYS.tenant == bindparam("tenant"), _KEYS.id == bindparam("id")))


class KeyStanding(StrEnum):
    """Whether a key is good for anything."""

    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key, without its secret.

    Attributes:
        id: such as `pk_3f9a0c1d2e4b`; the key begins with it, and it is no secret.
        name: whose deeds are done with it.
        made_by: the name of who ordered it.
        expires_at: from then on it is good for nothing; None is never.
        used_at: about when it was good for something last, to the minute; None when it never was.
    """

    id: str
    name: str
    role: Role
    made_at: datetime
    made_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def standing(self, now: datetime) -> KeyStanding:
        """Return whether it is good for anything at this instant."""
        if self.revoked_at is not None:
            return KeyStanding.REVOKED
        is_over = self.expires_at is not None and now >= self.expires_at
        return KeyStanding.EXPIRED if is_over else KeyStanding.GOOD

    def document(self, now: datetime) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "role": self.role.value,
            "standing": self.standing(now).value,
            "made_at": instant_text(self.made_at),
            "made_by": self.made_by,
            "expires_at": _text(self.expires_at),
            "revoked_at": _text(self.revoked_at),
            "used_at": _text(self.used_at),
        }


@dataclass(frozen=True, slots=True)
class Held:
    """A key and the hash of its secret."""

    key: Key
    digest: str


class Keys:
    """The keys of one tenant."""

    def __init__(self, tenant: TenantId) -> None:
        """Keep them for `tenant`."""
        self._tenant = tenant

    def add(self, connection: Connection, key: Key, digest: str) -> None:
        """Keep a new key, by the hash of its secret."""
        values = {
            "tenant": self._tenant,
            "id": key.id,
            "name": key.name,
            "role": key.role.value,
            "digest": digest,
            "made_ns": ns_of(key.made_at),
            "made_by": key.made_by,
            "expires_ns": None if key.expires_at is None else ns_of(key.expires_at),
        }
        connection.execute(insert(ACCESS_KEYS), values)

    def of(self, connection: Connection, key_id: str) -> Held | None:
        """Return a key by its id; None when there is none."""
        found = _OF.run(connection, {"tenant": self._tenant, "id": key_id})
        return _held(dict(zip(_NAMES, found[0], strict=True))) if found else None

    def all(self, connection: Connection) -> list[Key]:
        """Return every key there ever was, the oldest first."""
        asked = select(ACCESS_KEYS).where(_KEYS.tenant == self._tenant).order_by(_KEYS.made_ns, _KEYS.id)
        return [_held(dict(row)).key for row in connection.execute(asked).mappings()]

    def revoke(self, connection: Connection, key_id: str, at: datetime) -> None:
        """Make a key good for nothing from now on."""
        one = (_KEYS.tenant == self._tenant) & (_KEYS.id == key_id) & _KEYS.revoked_ns.is_(None)
        connection.execute(update(ACCESS_KEYS).where(one).values(revoked_ns=ns_of(at)))

    def used(self, connection: Connection, key_id: str, at: datetime) -> None:
        """Write down that a key was used."""
        one = (_KEYS.tenant == self._tenant) & (_KEYS.id == key_id)
        connection.execute(update(ACCESS_KEYS).where(one).values(used_ns=ns_of(at)))


def is_worth_noting(last: datetime | None, now: datetime) -> bool:
    """Return whether a use now is to be written down, when `last` is what was written before."""
    return last is None or (now - last).total_seconds() >= TOUCH_S


def _held(row: Mapping[str, Any]) -> Held:
    key = Key(
        id=row["id"],
        name=row["name"],
        role=Role(row["role"]),
        made_at=instant_of(row["made_ns"]),
        made_by=row["made_by"],
        expires_at=_instant(row["expires_ns"]),
        revoked_at=_instant(row["revoked_ns"]),
        used_at=_instant(row["used_ns"]),
    )
    return Held(key, row["digest"])


def _instant(wall_ns: int | None) -> datetime | None:
    return None if wall_ns is None else instant_of(wall_ns)


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)
