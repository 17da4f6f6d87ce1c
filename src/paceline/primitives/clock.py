"""The only source of time: what the machine's clocks say, and a clock that tests move by hand."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """A pair of clocks: civil time, which may be set, and running time, which only goes forward."""

    def wall_ns(self) -> int:
        """Return nanoseconds since 1970-01-01T00:00:00Z."""
        ...

    def running_ns(self) -> int:
        """Return nanoseconds since an arbitrary start; never goes back."""
        ...


class MachineClock:
    """The clocks of this machine."""

    def wall_ns(self) -> int:
        """Return nanoseconds since 1970-01-01T00:00:00Z by the system's clock."""
        return time.time_ns()

    def running_ns(self) -> int:
        """Return nanoseconds of the system's monotonic clock."""
        return time.monotonic_ns()


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
