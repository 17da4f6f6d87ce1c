"""Who is at a change right now: processes that beat, and the lease that runs out when one beats no more.

Rules:
* A process beats when it opens an entry or says what it will send, in the same transaction, unless it did a tenth of a
  lease ago; and every third of a lease while it has an entry open.
* An owner is dead when its last beat is older than a lease by its own clock, clocks of two machines being allowed to
  differ by `SKEW_S`; or when whoever waits has seen no beat of it for a whole lease.
* An entry that a process left open, because its end could not be recorded, is nobody's: that process knows it after a
  lease, the others when it has nothing else to do.
* Whoever waits for an owner is done when the entry has come to its end, when the owner is dead, or when it has beaten
  again and a lease is over: then it is alive, and at it still.
* Whoever has to wait for several watches them all from the start: many who died are waited for as long as one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from enum import Enum

from sqlalchemy import Connection, bindparam, delete, select, text

from paceline.campaign.observed import Stage
from paceline.primitives.chance import fresh_key
from paceline.primitives.clock import WaitingClock
from paceline.storage.database import Database
from paceline.storage.failures import StorageError
from paceline.storage.prepared import Prepared, Value
from paceline.storage.tables import CONTROL_OWNERS, CONTROL_UNFINISHED

LEASE_S = 10.0
"""How long an owner is taken for alive after a beat, in seconds, when nothing else is said."""
SKEW_S = 5.0
"""How far the civil clocks of machines on one database may be apart, in seconds."""
POLL_S = 0.02
"""Between the first looks at somebody else's entry, in seconds."""
POLL_MOST_S = 0.25
"""Between later looks at most: a tenth of what was waited already, so that who waits long asks the database seldom."""
FORGET_S = 86_400
"""After so many seconds without a beat an owner with nothing unfinished is forgotten."""
_SECOND = 1_000_000_000

_BEAT = Prepared(
    text(
        "INSERT INTO control_owners (owner, beats, beat_ns) VALUES (:owner, 1, :beat_ns) ON CONFLICT (owner) "
        "DO UPDATE SET beats = control_owners.beats + 1, beat_ns = excluded.beat_ns"
    )
)
_LAST = Prepared(
    select(CONTROL_OWNERS.c.beats, CONTROL_OWNERS.c.beat_ns).where(CONTROL_OWNERS.c.owner == bindparam("owner"))
)
_BUSY = select(CONTROL_UNFINISHED.c.owner).where(CONTROL_UNFINISHED.c.stage == Stage.OPEN.value)
_FORGET = Prepared(
    delete(CONTROL_OWNERS).where(
        (CONTROL_OWNERS.c.beat_ns < bindparam("oldest_ns")) | (CONTROL_OWNERS.c.owner == bindparam("owner")),
        CONTROL_OWNERS.c.owner.not_in(_BUSY),
    )
)


class Standing(Enum):
    """What became of somebody else's entry while one waited for it."""

    ENDED = "ended"
    DEAD = "dead"
    ALIVE = "alive"


class Owner:
    """This process, as one that carries out changes; serves all its threads."""

    def __init__(self, database: Database, clock: WaitingClock, *, lease_s: float = LEASE_S) -> None:
        """Take a name that nobody else has; nothing is written before the first entry."""
        self.name = fresh_key(8).hex()
        self._database = database
        self._clock = clock
        self.lease_s = lease_s
        self._lock = threading.Lock()
        self._holds = 0
        self._entries: set[int] = set()
        # Of each other owner: the last beat that was seen here, and when it was first seen, by the running clock.
        self._watched: dict[str, tuple[int, int]] = {}
        self._beats_again_ns = self._clock.running_ns()
        self._wake = threading.Event()
        self._ended = False
        self._beater: threading.Thread | None = None

    def beat(self, connection: Connection) -> None:
        """Say in a transaction of the caller's own that this process is alive, unless that was said a moment ago."""
        if self._clock.running_ns() >= self._beats_again_ns:
            _BEAT.run(connection, {"owner": self.name, "beat_ns": self._clock.wall_ns()})

    def has_beaten(self) -> None:
        """Hear that a transaction with a beat in it is durable."""
        now_ns = self._clock.running_ns()
        if now_ns >= self._beats_again_ns:
            self._beats_again_ns = now_ns + round(self.lease_s / 10 * _SECOND)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Beat while the block runs."""
        with self._lock:
            self._holds += 1
            if self._beater is None:
                self._beater = threading.Thread(target=self._beat_on, name="paceline-owner", daemon=True)
                self._beater.start()
        try:
            yield
        finally:
            with self._lock:
                self._holds -= 1

    @contextmanager
    def at_entry(self, entry: int) -> Iterator[None]:
        """Be at this entry while the block runs; what is open afterwards, though this process lives, has nobody."""
        with self._lock:
            self._entries.add(entry)
        try:
            yield
        finally:
            with self._lock:
                self._entries.discard(entry)

    def close(self) -> None:
        """Beat no more, and forget this owner, when it left nothing open, and those that are long gone."""
        with self._lock:
            self._ended, beater = True, self._beater
        self._wake.set()
        if beater is not None:
            beater.join()
            self._forget()

    def watch(self, owners: Iterable[str]) -> None:
        """Note the beats of owners who may be waited for.

        Raises:
            StorageUnavailableError: the database cannot be read now.
        """
        for owner in set(owners) - {self.name}:
            last = self._last(owner)
            if last is not None:
                self._silent_ns(owner, last[0])

    def waited_for(self, owner: str, entry: int, *, has_ended: Callable[[], bool]) -> Standing:
        """Wait, a lease at most, until an entry of this owner has ended or it is known how its owner is.

        Raises:
            StorageUnavailableError: the database cannot be read now.
        """
        began_ns, lease_ns = self._clock.running_ns(), round(self.lease_s * _SECOND)
        while True:
            if has_ended():
                return Standing.ENDED
            last = self._last(owner)
            if last is None or (owner != self.name and self._is_over(last[1])):
                return Standing.DEAD
            if owner != self.name and self._silent_ns(owner, last[0]) >= lease_ns:
                return Standing.DEAD
            waited_ns = self._clock.running_ns() - began_ns
            if waited_ns >= lease_ns:
                return Standing.DEAD if owner == self.name and not self._is_at(entry) else Standing.ALIVE
            self._clock.wait(min(max(POLL_S, waited_ns / 10 / _SECOND), POLL_MOST_S, self.lease_s / 5))

    def is_dead(self, owner: str) -> bool:
        """Return whether an owner is dead for certain, without waiting."""
        last = self._last(owner)
        return owner != self.name and (last is None or self._is_over(last[1]))

    def is_silent(self, owner: str, seconds: float) -> bool:
        """Return whether an owner, not this one, has not beaten for so many seconds, or is forgotten already."""
        last = self._last(owner)
        return owner != self.name and (last is None or self._clock.wall_ns() - last[1] > seconds * _SECOND)

    def _is_at(self, entry: int) -> bool:
        """Return whether this process is at the entry still."""
        with self._lock:
            return entry in self._entries

    def _silent_ns(self, owner: str, beats: int) -> int:
        """Return for how long an owner has been seen at this beat; whoever has an entry open beats on."""
        now_ns = self._clock.running_ns()
        with self._lock:
            seen, since_ns = self._watched.get(owner, (None, now_ns))
            if seen != beats:
                since_ns = now_ns
                self._watched[owner] = (beats, now_ns)
        return now_ns - since_ns

    def _is_over(self, beat_ns: int) -> bool:
        return self._clock.wall_ns() - beat_ns > (self.lease_s + SKEW_S) * _SECOND

    def _last(self, owner: str) -> tuple[int, int] | None:
        found = self._database.read(lambda connection: _LAST.run(connection, {"owner": owner}))
        return (int(found[0][0]), int(found[0][1])) if found else None

    def _beat_on(self) -> None:
        while not self._wake.wait(self.lease_s / 3):
            with self._lock:
                idle, ended = self._holds == 0, self._ended
            if ended:
                return
            if not idle:
                try:
                    self._database.write(self.beat)
                except StorageError:
                    continue  # whoever holds an entry meets the same error himself, and the next beat may succeed

    def _forget(self) -> None:
        gone: dict[str, Value] = {"owner": self.name, "oldest_ns": self._clock.wall_ns() - FORGET_S * _SECOND}
        try:
            self._database.write(lambda connection: _FORGET.run(connection, gone))
        except StorageError:
            return  # they are forgotten another time
