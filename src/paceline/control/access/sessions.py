"""Sessions of the pages, and the one-time links that begin them; every method is part of the caller's transaction.

Rules:
* A link signs in once: whoever takes it first has it, and it is gone.
* A session ends 12 hours after it began, after an hour without a request, when somebody signs out, and with the key
  that it was begun with.
* When it was used last is kept to the minute.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, insert, select, update

from paceline.control.access.rights import Principal, Role
from paceline.control.access.secret_words import digest_of, is_same, page_token
from paceline.primitives.clock import instant_of, ns_of
from paceline.primitives.ids import EntryId, TenantId
from paceline.storage.prepared import Prepared
from paceline.storage.tables import ACCESS_KEYS, ACCESS_LINKS, ACCESS_SESSIONS

LONGEST = timedelta(hours=12)
"""How long a session lasts at most."""
IDLE = timedelta(hours=1)
"""How long a session lasts without a request."""
_LINKS, _SESSIONS, _KEYS = ACCESS_LINKS.c, ACCESS_SESSIONS.c, ACCESS_KEYS.c
_LINK = Prepared(
    select(_LINKS.until_ns).where(_LINKS.tenant == bindparam("tenant"), _LINKS.digest == bindparam("digest"))
)
_SESSION = Prepared(
    select(
        _SESSIONS.name, _SESSIONS.role, _SESSIONS.key, _SESSIONS.begun_ns, _SESSIONS.seen_ns, _KEYS.id,
        _KEYS.revoked_ns, _KEYS.expires_ns,
    )
    .outerjoin(ACCESS_KEYS, and_(_KEYS.tenant == _SESSIONS.tenant, _KEYS.id == _SESSIONS.key))
    .where(_SESSIONS.tenant == bindparam("tenant"), _SESSIONS.digest == bindparam("digest"))
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who is signed in.

    Attributes:
        csrf: what the session's pages send back with every change.
        seen_at: about when it was used last, to the minute.
        expires_at: when it ends though it be used.
    """

    principal: Principal
    csrf: str = field(repr=False)
    begun_at: datetime
    seen_at: datetime
    expires_at: datetime

    @property
    def ends_at(self) -> datetime:
        """When it ends unless it is used before."""
        return min(self.expires_at, self.seen_at + IDLE)

    def is_ours(self, token: str) -> bool:
        """Return whether what a page sent back proves that it is one of this session."""
        return is_same(self.csrf, token)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Whom a link signs in, and the entry of the ledger in which it was made."""

    principal: Principal
    entry: EntryId


class Sessions:
    """The sessions of one tenant."""

    def __init__(self, tenant: TenantId) -> None:
        """Keep them for `tenant`."""
        self._tenant = tenant

    def add_link(self, connection: Connection, link: str, whom: Principal, *, entry: EntryId, until: datetime) -> None:
        """Keep a new link, by the hash of its secret."""
        values = {"tenant": self._tenant, "digest": digest_of(link), "name": whom.name, "role": whom.role.value}
        connection.execute(insert(ACCESS_LINKS), {**values, "entry": entry, "until_ns": ns_of(until)})

    def has_link(self, connection: Connection, link: str, now: datetime) -> bool:
        """Return whether a link is there and good still; nothing is locked."""
        found = _LINK.run(connection, {"tenant": self._tenant, "digest": digest_of(link)})
        return bool(found) and ns_of(now) < found[0][0]

    def take_link(self, connection: Connection, link: str, now: datetime) -> Link | None:
        """Take a link out and return whom it signs in; None when it is gone, or over."""
        taken = (
            delete(ACCESS_LINKS)
            .where(_LINKS.tenant == self._tenant, _LINKS.digest == digest_of(link))
            .returning(_LINKS.name, _LINKS.role, _LINKS.entry, _LINKS.until_ns)
        )
        found = connection.execute(taken).one_or_none()
        if found is None or ns_of(now) >= found.until_ns:
            return None
        whom = Principal(name=found.name, role=Role(found.role), signed_in=True)
        return Link(principal=whom, entry=EntryId(found.entry))

    def begin(self, connection: Connection, cookie: str, whom: Principal, now: datetime) -> None:
        """Begin a session under a new secret."""
        now_ns = ns_of(now)
        values = {"tenant": self._tenant, "digest": digest_of(cookie), "name": whom.name, "role": whom.role.value}
        connection.execute(insert(ACCESS_SESSIONS), {**values, "key": whom.key, "begun_ns": now_ns, "seen_ns": now_ns})

    def of(self, connection: Connection, cookie: str, now: datetime) -> Session | None:
        """Return the session of a cookie; None when there is none, or it has ended."""
        found = _SESSION.run(connection, {"tenant": self._tenant, "digest": digest_of(cookie)})
        if not found:
            return None
        ((name, role, key, begun_ns, seen_ns, held, revoked_ns, key_until_ns),) = found
        expires_at = instant_of(begun_ns) + LONGEST
        if key is not None:
            if held is None or revoked_ns is not None:
                return None
            expires_at = expires_at if key_until_ns is None else min(expires_at, instant_of(key_until_ns))
        session = Session(
            principal=Principal(name=name, role=Role(role), key=key, signed_in=True),
            csrf=page_token(cookie),
            begun_at=instant_of(begun_ns),
            seen_at=instant_of(seen_ns),
            expires_at=expires_at,
        )
        return session if now < session.ends_at else None

    def used(self, connection: Connection, cookie: str, at: datetime) -> None:
        """Write down that a session was used."""
        connection.execute(update(ACCESS_SESSIONS).where(self._is(cookie)).values(seen_ns=ns_of(at)))

    def end(self, connection: Connection, cookie: str) -> None:
        """End one session."""
        connection.execute(delete(ACCESS_SESSIONS).where(self._is(cookie)))

    def end_of_key(self, connection: Connection, key_id: str) -> int:
        """End the sessions that were begun with a key, and return how many there were."""
        gone = delete(ACCESS_SESSIONS).where(_SESSIONS.tenant == self._tenant, _SESSIONS.key == key_id)
        return len(connection.execute(gone.returning(_SESSIONS.digest)).all())

    def end_of_name(self, connection: Connection, name: str) -> tuple[int, int]:
        """End everybody's sessions and links of this name; return how many sessions, and how many links."""
        sessions = delete(ACCESS_SESSIONS).where(_SESSIONS.tenant == self._tenant, _SESSIONS.name == name)
        links = delete(ACCESS_LINKS).where(_LINKS.tenant == self._tenant, _LINKS.name == name)
        ended = connection.execute(sessions.returning(_SESSIONS.digest)).all()
        return len(ended), len(connection.execute(links.returning(_LINKS.digest)).all())

    def forget_ended(self, connection: Connection, now: datetime) -> None:
        """Forget links and sessions whose time is over."""
        over = (_SESSIONS.begun_ns <= ns_of(now - LONGEST)) | (_SESSIONS.seen_ns <= ns_of(now - IDLE))
        connection.execute(delete(ACCESS_SESSIONS).where(_SESSIONS.tenant == self._tenant, over))
        links = delete(ACCESS_LINKS).where(_LINKS.tenant == self._tenant, _LINKS.until_ns <= ns_of(now))
        connection.execute(links)

    def _is(self, cookie: str) -> ColumnElement[bool]:
        return (_SESSIONS.tenant == self._tenant) & (_SESSIONS.digest == digest_of(cookie))
