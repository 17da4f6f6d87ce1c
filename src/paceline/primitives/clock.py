"""The only source of time: what the machine's clocks say, and a clock that tests move by hand."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Protocol

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """A pair of clocks: civil time, which may be set, and running time, which only goes forward."""

    def wall_ns(self) -> int:
        """Return nanoseconds since 1970-01-01T00:00:00Z."""
        ...

    def running_ns(self) -> int:
        """Return nanoseconds since an arbitrary start; never goes back."""
        ...


class WaitingClock(Clock, Protocol):
    """A clock that one can also wait by."""

    def wait(self, seconds: float) -> None:
        """Return when so many seconds, at least 0, have passed."""
        ...

    def wait_for(self, event: Event, seconds: float) -> bool:
        """Return when the event is set, or when so many seconds, at least 0, have passed; say whether it is set."""
        ...


class MachineClock:
    """The clocks of this machine."""

    def wall_ns(self) -> int:
        """Return nanoseconds since 1970-01-01T00:00:00Z by the system's clock."""
        return time.time_ns()

    def running_ns(self) -> int:
        """Return nanoseconds of the system's monotonic clock."""
        return time.monotonic_ns()

    def wait(self, seconds: float) -> None:
        """Hold this thread for so many seconds, at least 0."""
        time.sleep(seconds)

    def wait_for(self, event: Event, seconds: float) -> bool:
        """Hold this thread until the event is set, for so many seconds at most; return whether it is."""
        return event.wait(seconds)


class ManualClock:
    """A clock that stands still until it is moved."""

    def __init__(self, wall_ns: int = 0) -> None:
        """Start at `wall_ns`, nanoseconds since 1970."""
        self._wall_ns = wall_ns
        self._running_ns = 0

    def wall_ns(self) -> int:
        """Return the nanoseconds since 1970 that this clock was moved to."""
        return self._wall_ns

    def running_ns(self) -> int:
        """Return the nanoseconds by which this clock was moved forward."""
        return self._running_ns

    def advance(self, seconds: float) -> None:
        """Move both clocks forward by `seconds`, at least 0."""
        step = round(seconds * 1_000_000_000)
        self._wall_ns += step
        self._running_ns += step

    def wait(self, seconds: float) -> None:
        """Move forward by so many seconds: whoever waits by this clock never really does."""
        self.advance(seconds)

    def wait_for(self, event: Event, seconds: float) -> bool:
        """Move forward by so many seconds unless the event is set; return whether it is now."""
        if not event.is_set():
            self.advance(seconds)
        return event.is_set()


def instant_of(wall_ns: int) -> datetime:
    """Return the instant in UTC of these nanoseconds since 1970, cut to whole microseconds."""
    return _EPOCH + timedelta(microseconds=wall_ns // 1000)


def computed_ns() -> int:
    """Return nanoseconds that this thread has computed, waiting excluded; for measures of speed only."""
    return time.thread_time_ns()


def ns_of(instant: datetime) -> int:
    """Return nanoseconds since 1970 of an aware instant.

    >>> instant_of(ns_of(datetime(2026, 6, 15, 12, tzinfo=UTC))).isoformat()
    '2026-06-15T12:00:00+00:00'
    """
    return (instant - _EPOCH) // timedelta(microseconds=1) * 1000


def utc_text(instant: datetime) -> str:
    """Return an instant of UTC as documents and people have it, with a Z at its end.

    >>> utc_text(datetime(2026, 6, 15, 12, tzinfo=UTC))
    '2026-06-15T12:00:00Z'
    """
    return instant.isoformat().replace("+00:00", "Z")
