"""Who is asking: API keys, one-time links, sessions. What people do with them are notes in the ledger, without secrets.

Rules:
* There is no password, and nobody is known before somebody who holds the database makes a key or a link.
* A secret is returned once, by the call that makes it; the database has its hash.
* A session is new each time somebody signs in: one that was there before is never raised.
* What is revoked counts at once, in every process on the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from paceline.control.access import secret_words
from paceline.control.access.keys import Key, Keys, KeyStanding, is_worth_noting
from paceline.control.access.rights import RIGHTS, Principal, Right, Role
from paceline.control.access.sessions import Session, Sessions
from paceline.control.order import Order
from paceline.ledger import drafts
from paceline.ledger.book import Book
from paceline.ledger.entry import Deed, Row, instant_text
from paceline.ledger.failures import at_the_ledger
from paceline.ledger.numbers import holds_number
from paceline.primitives.canonical import Json
from paceline.primitives.clock import Clock, instant_of
from paceline.primitives.errors import PacelineError
from paceline.storage.database import Database
from paceline.storage.failures import StorageError

__all__ = ["RIGHTS", "Access", "AccessError", "Key", "KeyNotFoundError", "Principal", "Right", "Role", "Session"]
T = TypeVar("T")
LINK_S = 600
"""How long a link is good when nothing else is said, in seconds."""
LONGEST_LINK_S = 86_400
"""How long a link is good at most, in seconds."""
LONGEST_NAME = 80
"""Characters that a name may have."""
NO_KEY = secret_words.digest_of("")
"""The hash that a key is compared with that nobody has."""


class AccessError(PacelineError):
    """nobody can be given access like this"""

    code = "access"


class KeyNotFoundError(AccessError):
    """there is no such key"""

    code = "key-not-found"


class Access:
    """Keys, links and sessions of one tenant; serves all threads, and any number of processes on one database."""

    def __init__(self, database: Database, book: Book, clock: Clock) -> None:
        """Keep them beside this book, in the same database; what expires does so by this clock."""
        self._database = database
        self._book = book
        self._clock = clock
        self._keys = Keys(book.tenant)
        self._sessions = Sessions(book.tenant)

    def now(self) -> datetime:
        """Return the instant by which it is judged what is over."""
        return instant_of(self._clock.wall_ns())

    def make_key(self, name: str, role: Role, order: Order, *, expires_at: datetime | None = None) -> tuple[Key, str]:
        """Return a new key, and the whole of it, which is shown to nobody again.

        Args:
            name: whose deeds are done with it: 1 to 80 characters that can be printed.
            role: what it may do.
            order: who wants it, and why.
            expires_at: from when on it is good for nothing; None is never.

        Raises:
            AccessError: the name cannot be one, or it would have expired already.
            LedgerUnavailableError: no key was made.
        """
        now, called = self.now(), _new_name(name)
        if expires_at is not None and expires_at <= now:
            raise AccessError(f"it would have expired already, at {instant_text(expires_at)}")
        key_id = secret_words.fresh_key_id()
        secret = secret_words.fresh_key_secret(key_id)
        key = Key(id=key_id, name=called, role=role, made_at=now, made_by=order.actor.name, expires_at=expires_at)
        expires = None if expires_at is None else instant_text(expires_at)

        def make(connection: Connection) -> None:
            self._note(connection, "access.add", order, {**_of(key), "expires_at": expires})
            self._keys.add(connection, key, secret_words.digest_of(secret))

        self._written(make)
        return key, secret

    def keys(self) -> list[Key]:
        """Return every key there ever was, the oldest first.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        return self._looked_up(self._keys.all)

    def revoke(self, key_id: str, order: Order) -> Key:
        """Make a key good for nothing, end the sessions that were begun with it, and return it.

        One that is revoked already stays as it is, without another note.

        Raises:
            KeyNotFoundError: there is no such key.
            LedgerUnavailableError: it is as good as before.
        """
        now = self.now()

        def revoke(connection: Connection) -> Key:
            self._book.hold(connection)
            key = self._found(connection, key_id)
            if key.revoked_at is not None:
                return key
            self._keys.revoke(connection, key.id, now)
            ended = self._sessions.end_of_key(connection, key.id)
            self._note(connection, "access.revoke", order, {**_of(key), "sessions_ended": ended})
            return self._found(connection, key.id)

        return self._written(revoke)

    def known_by_key(self, secret: str) -> Principal | None:
        """Return who has this key; None for what is no key, and for one that has expired or is revoked.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        now = self.now()
        key = self._good(secret, now)
        if key is None:
            return None
        if is_worth_noting(key.used_at, now):
            self._try_to_write(lambda connection: self._keys.used(connection, key.id, now))
        return Principal(name=key.name, role=key.role, key=key.id)

    def make_link(self, name: str, role: Role, order: Order, *, valid_s: float = LINK_S) -> str:
        """Return a secret that signs somebody in, once.

        Args:
            name: whose deeds are done in that session.
            role: what it may do.
            order: who wants it, and why.
            valid_s: for how long, seconds, above 0 and at most a day.

        Raises:
            AccessError: the name cannot be one, or the time cannot.
            LedgerUnavailableError: no link was made.
        """
        now, called = self.now(), _new_name(name)
        if not 0 < valid_s <= LONGEST_LINK_S:
            raise AccessError(f"a link cannot be good for {valid_s:g} seconds", hint="give it a day at most")
        whom, until = Principal(name=called, role=role, signed_in=True), now + timedelta(seconds=valid_s)
        link = secret_words.fresh_link()

        def make(connection: Connection) -> None:
            told: dict[str, Json] = {"name": called, "role": role.value, "until": instant_text(until)}
            entry = self._note(connection, "access.link", order, told).entry
            self._sessions.forget_ended(connection, now)
            self._sessions.add_link(connection, link, whom, entry=entry, until=until)

        self._written(make)
        return link

    def enter(self, link: str) -> tuple[Session, str] | None:
        """Sign in by a link, once; return the session and its secret for the cookie, None when the link is not good.

        Raises:
            LedgerUnavailableError: nobody is signed in, and the link is as good as before.
        """
        now, cookie = self.now(), secret_words.fresh_cookie()
        # Whoever only guesses locks nothing.
        if not secret_words.is_link(link) or not self._looked_up(
            lambda connection: self._sessions.has_link(connection, link, now)
        ):
            return None

        def enter(connection: Connection) -> Session | None:
            self._book.hold(connection)
            taken = self._sessions.take_link(connection, link, now)
            if taken is None:
                return None
            return self._begun(connection, cookie, taken.principal, now=now, by={"link": taken.entry})

        session = self._written(enter)
        return None if session is None else (session, cookie)

    def enter_with_key(self, secret: str) -> tuple[Session, str] | None:
        """Sign in with a key, and return the session and its secret for the cookie; None when the key is not good.

        Raises:
            LedgerUnavailableError: nobody is signed in.
        """
        now, cookie = self.now(), secret_words.fresh_cookie()
        if self._good(secret, now) is None:
            return None

        def enter(connection: Connection) -> Session | None:
            self._book.hold(connection)
            key = self._good_within(connection, secret, now)  # it may have been revoked just now
            if key is None:
                return None
            self._keys.used(connection, key.id, now)
            whom = Principal(name=key.name, role=key.role, key=key.id, signed_in=True)
            return self._begun(connection, cookie, whom, now=now, by={"key": key.id})

        session = self._written(enter)
        return None if session is None else (session, cookie)

    def session(self, cookie: str) -> Session | None:
        """Return who is signed in with this cookie; None when nobody is, or no longer.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        if not secret_words.is_cookie(cookie):
            return None
        now = self.now()
        found = self._looked_up(lambda connection: self._sessions.of(connection, cookie, now))
        if found is not None and is_worth_noting(found.seen_at, now):
            self._try_to_write(lambda connection: self._sessions.used(connection, cookie, now))
            return replace(found, seen_at=now)
        return found

    def leave(self, cookie: str) -> None:
        """Sign out; a cookie of no session is no error.

        Raises:
            LedgerUnavailableError: the session goes on.
        """
        if secret_words.is_cookie(cookie):
            self._written(lambda connection: self._sessions.end(connection, cookie))

    def sign_out(self, name: str, order: Order) -> tuple[int, int]:
        """End every session of a name, and its links that nobody has used; return how many of both.

        Keys stay good: `revoke` ends those.

        Raises:
            AccessError: the name cannot be one.
            LedgerUnavailableError: they go on.
        """
        called = _checked_name(name)

        def sign_out(connection: Connection) -> tuple[int, int]:
            self._book.hold(connection)
            sessions, links = self._sessions.end_of_name(connection, called)
            if sessions or links:
                told: dict[str, Json] = {"name": called, "sessions_ended": sessions, "links_ended": links}
                self._note(connection, "access.sign_out", order, told)
            return sessions, links

        return self._written(sign_out)

    def _good(self, secret: str, now: datetime) -> Key | None:
        return self._looked_up(lambda connection: self._good_within(connection, secret, now))

    def _good_within(self, connection: Connection, secret: str, now: datetime) -> Key | None:
        """Return the key whose whole this is, if it is good; what is no key at all takes the same steps."""
        held = self._keys.of(connection, secret_words.key_id_in(secret))
        fits = secret_words.is_same(NO_KEY if held is None else held.digest, secret_words.digest_of(secret))
        is_good = held is not None and fits and held.key.standing(now) is KeyStanding.GOOD
        return held.key if held is not None and is_good else None

    def _begun(
        self, connection: Connection, cookie: str, whom: Principal, *, now: datetime, by: Mapping[str, Json]
    ) -> Session | None:
        self._sessions.forget_ended(connection, now)
        self._sessions.begin(connection, cookie, whom, now)
        self._note(connection, "access.enter", Order(actor=whom.actor()), {"role": whom.role.value, **by})
        return self._sessions.of(connection, cookie, now)

    def _found(self, connection: Connection, key_id: str) -> Key:
        # What cannot be an id is not looked for: the database refuses some of it.
        held = self._keys.of(connection, key_id) if secret_words.is_key_id(key_id) else None
        if held is None:
            # Somebody may have typed the key itself: no more of it is repeated than its id is long.
            told = key_id[: len(secret_words.NOBODY)]
            raise KeyNotFoundError(f"there is no key {told!r}", hint="`paceline keys list` shows those there are")
        return held.key

    def _note(self, connection: Connection, kind: str, order: Order, details: Mapping[str, Json]) -> Row:
        deed = Deed(kind=kind, actor=order.actor, reason=order.reason, ticket=order.ticket, details=details)
        return self._book.put(connection, drafts.noted(deed, at=self._book.now()))

    def _looked_up(self, work: Callable[[Connection], T]) -> T:
        with at_the_ledger():
            return self._database.read(work)

    def _written(self, work: Callable[[Connection], T]) -> T:
        with at_the_ledger():
            return self._database.write(work)

    def _try_to_write(self, work: Callable[[Connection], None]) -> None:
        """Write what nobody is kept waiting for when it cannot be written now."""
        with suppress(StorageError):
            self._database.write(work)


def _of(key: Key) -> dict[str, Json]:
    return {"key": key.id, "name": key.name, "role": key.role.value}


def _new_name(name: str) -> str:
    """Return a name under which somebody will be known: it stands beside every deed, where no number is erased."""
    called = _checked_name(name)
    if holds_number(called):
        raise AccessError("a name must hold no phone number", hint="name the person, or the program")
    return called


def _checked_name(name: str) -> str:
    said = name.strip()
    if not said or len(said) > LONGEST_NAME or not said.isprintable():
        raise AccessError(
            f"{name[:LONGEST_NAME]!r} cannot be a name", hint=f"give 1 to {LONGEST_NAME} characters that can be printed"
        )
    return said
