"""A manual clock that several threads wait by: it moves on when all of them wait, to the first whose wait is over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from threading import Event

from paceline.primitives.clock import ManualClock

_SECOND = 1_000_000_000


class JointClock:
    """The time of so many threads, and of whoever else is told of every step: the platform's clock."""

    def __init__(self, wall_ns: int, *, threads: int, stepped: Callable[[float], None]) -> None:
        """Stand still until all threads wait; `stepped` hears of each step, in seconds, before anybody goes on."""
        self._time = ManualClock(wall_ns)
        self._stepped = stepped
        self._changed = threading.Condition()
        self._threads = threads
        self._until_ns: dict[int, int] = {}

    def wall_ns(self) -> int:
        """Return nanoseconds since 1970."""
        return self._time.wall_ns()

    def running_ns(self) -> int:
        """Return by how many nanoseconds the clock has moved."""
        return self._time.running_ns()

    def wait(self, seconds: float) -> None:
        """Return when so many seconds have passed, which they do as soon as every thread waits."""
        me = threading.get_ident()
        with self._changed:
            until_ns = self._until_ns[me] = self._time.running_ns() + round(seconds * _SECOND)
            self._changed.notify_all()
            self._step_if_all_wait()
            self._changed.wait_for(lambda: self._time.running_ns() >= until_ns)
            del self._until_ns[me]

    def wait_for(self, event: Event, seconds: float) -> bool:
        """Wait so long unless the event is set; return whether it is."""
        if not event.is_set():
            self.wait(seconds)
        return event.is_set()

    def leave(self) -> None:
        """Say that this thread waits no more."""
        with self._changed:
            self._threads -= 1
            self._step_if_all_wait()

    def let_wait(self, threads: int) -> None:
        """Return when so many threads wait."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._until_ns) >= threads)

    def _step_if_all_wait(self) -> None:
        late = [until_ns for until_ns in self._until_ns.values() if until_ns > self._time.running_ns()]
        # Whoever's time has come is at work, though he has not heard of it yet.
        if not late or len(late) < self._threads:
            return
        step_s = (min(late) - self._time.running_ns()) / _SECOND
        self._stepped(step_s)
        self._time.advance(step_s)
        self._changed.notify_all()
