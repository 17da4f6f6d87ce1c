"""Requests that come with a key of their own: carried out once, and answered again when they come again.

Rules:
* A key belongs to who sent it, and to one request: another request under it is refused.
* What was answered is kept for 24 hours, and answered again as it was.
* While the process that carries it out lives, whoever repeats the request is told so. Where that process is gone, and
  nobody knows how far it came, what was ordered may have happened. A repetition is told that it was lost, and carries
  nothing out: the ledger tells what became of it, and a request that is wanted still comes under a new key. What stops
  may say that it is repeated all the same: a campaign that is stopped already is not stopped twice, and one that dials
  on because a process died must not wait for somebody to read.
* A mark is drawn for everybody who carries a request out: whoever was taken for dead says nothing any more.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Row, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from paceline.control.owners import Owner
from paceline.ledger.failures import at_the_ledger
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.chance import fresh_key
from paceline.primitives.clock import Clock, instant_of, ns_of
from paceline.primitives.ids import TenantId
from paceline.storage.database import Database
from paceline.storage.failures import StorageError
from paceline.storage.tables import ACCESS_REPLAYS

KEPT = timedelta(hours=24)
"""How long an answer is kept."""
_REPLAYS = ACCESS_REPLAYS.c
_PURGE_NS = 60_000_000_000


class WhenLost(Enum):
    """What a repetition does where nobody knows what became of the request."""

    TELL = "tell"
    """It is told that, and nothing is carried out."""
    REPEAT = "repeat"
    """It is carried out once more: only for what stops, and whatever else can be done twice with no more effect."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """Nobody has carried it out: the caller does, and ends this by `finish`, `abandon` or `lose`."""

    principal: str
    key: str = field(repr=False)
    mark: str


@dataclass(frozen=True, slots=True)
class Replay:
    """It was carried out, and this was answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class AnotherRequest:
    """Another request came under this key."""


@dataclass(frozen=True, slots=True)
class UnderWay:
    """Somebody carries it out since then, and lives."""

    since: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """It was begun then, and whoever did is gone: it may have happened."""

    since: datetime


Begun = Fresh | Replay | AnotherRequest | UnderWay | Lost


class Replays:
    """The requests of one tenant that came with keys; serves all threads, and any number of processes."""

    def __init__(self, database: Database, *, tenant: TenantId, owner: Owner, clock: Clock) -> None:
        """Keep them in this database; this process carries them out as `owner`, whose beats say that it lives."""
        self._database = database
        self._tenant = tenant
        self._owner = owner
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, ExitStack] = {}
        self._purges_again_ns = clock.running_ns()

    def begin(self, key: str, principal: str, digest: str, *, lost: WhenLost = WhenLost.TELL) -> Begun:
        """Return what is to be done with a request.

        Args:
            key: what came with the request, any text.
            principal: the name of who sent it.
            digest: of the request: all that makes it another one.
            lost: what is done where nobody knows what became of it.

        Raises:
            LedgerUnavailableError: nobody can tell, so nothing may be carried out.
        """
        fresh = Fresh(principal, hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest(), fresh_key(12).hex())
        self._purge()
        self._hold(fresh)
        begun: Begun | None = None
        try:
            with at_the_ledger():
                begun = self._begun(fresh, digest, lost)
        finally:
            if not isinstance(begun, Fresh):
                self._let_go(fresh)
        return begun

    def finish(self, fresh: Fresh, *, status: int, headers: Sequence[tuple[str, str]] = (), body: bytes = b"") -> None:
        """Keep what is answered; where that fails, a repetition is told that the request was lost.

        Nothing that only the answer may hold belongs here: what is kept can be read by whoever holds the database.

        Raises:
            LedgerUnavailableError: the answer is not kept.
        """
        with self._ending(fresh):
            told: list[Json] = [[name, value] for name, value in headers]
            answer = {"owner": None, "status": status, "headers": canonical_json(told), "body": body}
            self._write(update(ACCESS_REPLAYS).where(self._is_held(fresh)).values(**answer))

    def lose(self, fresh: Fresh) -> None:
        """Say that nobody knows what became of it: something failed on the way that nobody expected.

        Raises:
            LedgerUnavailableError: a repetition is told that all the same.
        """
        with self._ending(fresh):
            self._write(update(ACCESS_REPLAYS).where(self._is_held(fresh)).values(owner=None))

    def abandon(self, fresh: Fresh) -> None:
        """Forget it: nothing was carried out for certain, and the key may be used again.

        Raises:
            LedgerUnavailableError: a repetition is told that it was lost.
        """
        with self._ending(fresh):
            self._write(delete(ACCESS_REPLAYS).where(self._is_held(fresh)))

    def _begun(self, fresh: Fresh, digest: str, lost: WhenLost) -> Begun:
        row = self._database.read(lambda connection: self._row(connection, fresh))
        while True:
            told = None if row is None else self._told(row, digest, lost)
            if told is not None:
                return told
            row = self._taken(fresh, digest, over=None if row is None else row.mark)
            if row is not None and row.mark == fresh.mark:
                return fresh

    def _told(self, row: Row[Any], digest: str, lost: WhenLost) -> Begun | None:
        """Return what a row says to a repetition; None where it may be taken over."""
        since = instant_of(row.begun_ns)
        if self._now() - since >= KEPT:
            return None
        if row.digest != digest:
            return AnotherRequest()
        if row.status is not None:
            return Replay(row.status, tuple((name, value) for name, value in json.loads(row.headers)), row.body)
        if self._is_alive(row):
            return UnderWay(since)
        return Lost(since) if lost is WhenLost.TELL else None

    def _is_alive(self, row: Row[Any]) -> bool:
        if row.owner == self._owner.name:
            with self._lock:
                return row.mark in self._held
        return row.owner is not None and not self._owner.is_dead(row.owner)

    def _taken(self, fresh: Fresh, digest: str, *, over: str | None) -> Row[Any] | None:
        """Take a request over from who has this mark, or from nobody; return whose it is then."""
        place = {"tenant": self._tenant, "principal": fresh.principal, "key": fresh.key}
        values = {"digest": digest, "mark": fresh.mark, "owner": self._owner.name, "begun_ns": self._clock.wall_ns()}
        nothing = {"status": None, "headers": None, "body": None}

        def take(connection: Connection) -> Row[Any] | None:
            self._owner.beat(connection)
            if over is None:
                kind = postgresql if connection.dialect.name == "postgresql" else sqlite
                connection.execute(kind.insert(ACCESS_REPLAYS).values(**place, **values).on_conflict_do_nothing())
            else:
                same = self._is(fresh) & (_REPLAYS.mark == over)
                connection.execute(update(ACCESS_REPLAYS).where(same).values(**values, **nothing))
            return self._row(connection, fresh)

        row = self._database.write(take)
        self._owner.has_beaten()
        return row

    def _row(self, connection: Connection, fresh: Fresh) -> Row[Any] | None:
        return connection.execute(select(ACCESS_REPLAYS).where(self._is(fresh))).one_or_none()

    def _write(self, statement: Executable) -> None:
        with at_the_ledger():
            self._database.write(lambda connection: connection.execute(statement))

    def _is(self, fresh: Fresh) -> ColumnElement[bool]:
        return (_REPLAYS.tenant == self._tenant) & (_REPLAYS.principal == fresh.principal) & (_REPLAYS.key == fresh.key)

    def _is_held(self, fresh: Fresh) -> ColumnElement[bool]:
        return self._is(fresh) & (_REPLAYS.mark == fresh.mark)

    @contextmanager
    def _ending(self, fresh: Fresh) -> Iterator[None]:
        """Be done with a request, however the block ends."""
        try:
            yield
        finally:
            self._let_go(fresh)

    def _hold(self, fresh: Fresh) -> None:
        """Beat from now on, so that everybody knows that this process lives."""
        stack = ExitStack()
        stack.enter_context(self._owner.at_work())
        with self._lock:
            self._held[fresh.mark] = stack

    def _let_go(self, fresh: Fresh) -> None:
        with self._lock:
            stack = self._held.pop(fresh.mark, None)
        if stack is not None:
            stack.close()

    def _now(self) -> datetime:
        return instant_of(self._clock.wall_ns())

    def _purge(self) -> None:
        """Forget what is older than it is kept, once a minute; another time where it cannot be done now."""
        now_ns = self._clock.running_ns()
        with self._lock:
            if now_ns < self._purges_again_ns:
                return
            self._purges_again_ns = now_ns + _PURGE_NS
        old = (_REPLAYS.tenant == self._tenant) & (_REPLAYS.begun_ns <= ns_of(self._now() - KEPT))
        with suppress(StorageError):
            self._database.write(lambda connection: connection.execute(delete(ACCESS_REPLAYS).where(old)))
