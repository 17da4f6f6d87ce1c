"""The throttle that all processes share: its log of requests lies in the database, and every turn is one transaction.

Rules, beyond those of `throttle`:

1. Whoever asks holds the client's row, so that turns are taken one after the other, whatever the process.
2. The time is the database's own on PostgreSQL, this machine's civil time on SQLite. A clock that is set back is taken
   to have stood still: what it lost is added to all that it says from then on.
3. The log keeps one request more than the limit. Where a larger limit, or a longer window, asks for older ones, they
   are taken to have gone when the oldest that is known went: never later than that.
4. A turn that is free goes to the process, of those that wait in the lane and whose told wait is over, whose last
   request in this lane went earliest; a newcomer counts as one that went just now. The others ask again after a
   short pause.
5. A process that does not ask again within its grace is not waited for any more.
6. A stop does not wait for a database that is away; everything else is refused then.
7. Threads of one process ask one at a time, in each lane for itself. While nothing can become free they are told so
   without the database; but what only courtesy holds up, a stop always asks anew.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from paceline.campaign.change import Lane
from paceline.cxone.throttle import GRACE_NS, LONGEST_PUSH_S, Allowance, Standing, ThrottleAwayError, wait_ns
from paceline.cxone.throttle_log import Look, Place, ThrottleLog
from paceline.primitives.clock import Clock
from paceline.storage.database import Database
from paceline.storage.failures import StorageError
from paceline.storage.times import Times, times_of

_SECOND = 1_000_000_000
PAUSE_NS = _SECOND // 100
"""After how long one that left its turn to another asks again."""
FORGOTTEN_NS = 600 * _SECOND
"""How long after it last waited a process keeps its place; processes come and go, and each leaves a row."""


def pause_ns(mine: Place, others: Sequence[Place], *, now_ns: int) -> int:
    """Return how many nanoseconds a process leaves a free turn to others in its lane; 0 means that it is its own."""
    before = [
        other.until_ns
        for other in others
        # One that was told a longer wait cannot use the turn: it may go by a smaller limit than ours.
        if other.lane == mine.lane and other.went < mine.went and 0 < other.until_ns - now_ns <= GRACE_NS + PAUSE_NS
    ]
    return min(PAUSE_NS, max(before) - now_ns) if before else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """The wait that was told, 0 for none, and when by our own clock it ends; `is_sure` when nothing can end it before.

    A courtesy ends as soon as the other one has gone, so it is not sure.
    """

    left_ns: int
    ends_ns: int
    is_sure: bool


class DatabaseThrottle:
    """A throttle for all processes that use one database; it may be used by many threads."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        allowance: Allowance,
        *,
        client: str,
        process: str,
        times: Times | None = None,
    ) -> None:
        """Write nothing yet.

        Args:
            database: where the log lies.
            clock: what this process counts told waits by, and the time on SQLite.
            allowance: what the platform grants to all processes together.
            client: as whom the platform knows us; one log for each.
            process: a name that no other process has, nor had in the last minutes.
            times: where the time comes from, when not from where the second rule says.
        """
        if not client or not process:
            raise ValueError("a shared throttle needs the name of its client and of its process: give both")
        self._database = database
        self._clock = clock
        self._allowance = allowance
        self._process = process
        self._log = ThrottleLog(client, clock, times or times_of(clock))
        self._doors = {lane: threading.Lock() for lane in Lane}
        self._not_before_ns: dict[Lane, int] = {}

    def take(self, lane: Lane) -> float:
        """Return 0 when a request may go now, which counts it; else after how many seconds to ask again.

        Raises:
            ThrottleAwayError: the database cannot be used; what stops goes all the same, and the platform's own limit
                is all that holds it then.
        """
        try:
            return self._taken(lane)
        except StorageError as away:
            if lane is Lane.STOPPING:
                return 0.0
            raise ThrottleAwayError(f"nobody can tell how many requests went: {away.message}") from away

    def _taken(self, lane: Lane) -> float:
        with self._doors[lane]:
            known_ns = self._not_before_ns.get(lane)
            if known_ns is not None and (left_ns := known_ns - self._clock.running_ns()) > 0:
                return left_ns / _SECOND
            told = self._database.write(lambda connection: self._turn(connection, lane))
            if told.left_ns == 0:
                return 0.0
            if told.is_sure or lane is not Lane.STOPPING:
                self._not_before_ns[lane] = told.ends_ns
            # The commit took its time too; what is left may be nothing, but it is never a turn.
            return max(told.ends_ns - self._clock.running_ns(), 1) / _SECOND

    def push(self, seconds: float) -> None:
        """Let nobody go, in any process, for so many seconds; a longer word of the platform is taken for five minutes.

        Where the database cannot be used, the others are not told; each of them hears the same from the platform.
        """

        def work(connection: Connection) -> None:
            look = self._log.look(connection)
            until_ns = look.now_ns + round(min(seconds, LONGEST_PUSH_S) * _SECOND)
            self._log.keep(connection, look, shut_until_ns=max(until_ns, look.shut_until_ns))

        with suppress(StorageError):
            self._database.write(work)

    def _turn(self, connection: Connection, lane: Lane) -> _Told:
        look = self._log.look(connection)
        line = self._log.line(connection, process=self._process, now_ns=look.now_ns)
        known = next((place for place in line if (place.process, place.lane) == (self._process, lane)), None)
        if known is None:
            self._log.forget(connection, before_ns=look.now_ns - FORGOTTEN_NS)
        mine = known or Place(process=self._process, lane=lane, until_ns=look.now_ns, went=look.went)
        sure_ns = self._wait_ns(connection, look, line, lane)
        left_ns = sure_ns or pause_ns(mine, line, now_ns=look.now_ns)
        if left_ns == 0:
            # Its place stays as long as it was told: others of its threads may wait.
            self._log.stand(
                connection, replace(mine, went=self._log.add(connection, look, limit=self._allowance.limit))
            )
            return _Told(left_ns=0, ends_ns=look.running_ns, is_sure=True)
        asks_ns = look.now_ns + left_ns
        # One that asks every few moments is written down every few times only.
        is_expected = known is not None and known.until_ns >= asks_ns + GRACE_NS // 2
        if not is_expected:
            self._log.stand(connection, replace(mine, until_ns=asks_ns + GRACE_NS))
        if look.set_back or not is_expected:
            self._log.keep(connection, look)
        return _Told(left_ns=left_ns, ends_ns=look.running_ns + left_ns, is_sure=sure_ns > 0)

    def _wait_ns(self, connection: Connection, look: Look, line: Sequence[Place], lane: Lane) -> int:
        """Return for how long nobody in this lane can go, here or elsewhere."""
        back = look.went - self._allowance.limit + 1
        awaited_ns: dict[Lane, int] = {}
        for place in line:
            awaited_ns[place.lane] = max(place.until_ns, awaited_ns.get(place.lane, place.until_ns))
        standing = Standing(
            oldest_ns=self._log.went_ns(connection, back) if back > 0 else None,
            shut_until_ns=look.shut_until_ns,
            awaited_until_ns=awaited_ns,
        )
        return wait_ns(standing, window_ns=self._allowance.window_ns, lane=lane, now_ns=look.now_ns)
