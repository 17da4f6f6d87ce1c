"""A breaker for each host: after failures in a row nobody knocks for a while, then one knocks for all.

Closed lets everything through and counts failures in a row. Open refuses until its rest is over. Half open lets one
through: if it succeeds the breaker closes, if it fails it opens again. What stops dialing is never refused: it knocks.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import Enum

from paceline.campaign.change import Lane
from paceline.primitives.clock import Clock

_SECOND = 1_000_000_000


class Position(Enum):
    """How a breaker stands."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How many failures in a row open a breaker, at least 1, and how long it then rests."""

    failures: int = 8
    rest_s: float = 10.0


class Breaker:
    """The breaker of one host; it may be used by many threads."""

    def __init__(self, clock: Clock, tolerance: Tolerance | None = None) -> None:
        """Start closed."""
        self._clock = clock
        self._tolerance = tolerance or Tolerance()
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_ns: int | None = None
        self._knocked_ns: int | None = None

    def position(self) -> Position:
        """Return how it stands now."""
        with self._lock:
            if self._opened_ns is None:
                return Position.CLOSED
            return Position.HALF_OPEN if self._rest_left_s(self._opened_ns) == 0 else Position.OPEN

    def admit(self, lane: Lane) -> float:
        """Return 0 when a request may go, else after how many seconds one may try again."""
        with self._lock:
            if self._opened_ns is None or lane is Lane.STOPPING:
                return 0.0
            left_s = self._rest_left_s(self._opened_ns)
            if left_s > 0:
                return left_s
            # Who knocks and never tells what came of it must not keep the door shut for ever.
            knocking_s = 0.0 if self._knocked_ns is None else self._rest_left_s(self._knocked_ns)
            if knocking_s == 0:
                self._knocked_ns = self._clock.running_ns()
            return knocking_s

    def succeeded(self) -> None:
        """Close: the host answers, whatever it said."""
        with self._lock:
            self._failures = 0
            self._opened_ns = self._knocked_ns = None

    def failed(self) -> None:
        """Count a failure of the host, and open when there were too many in a row."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._tolerance.failures:
                self._opened_ns = self._clock.running_ns()
                self._knocked_ns = None

    def _rest_left_s(self, since_ns: int) -> float:
        return max(0.0, self._tolerance.rest_s - (self._clock.running_ns() - since_ns) / _SECOND)


class Breakers:
    """The breakers of all hosts."""

    def __init__(self, clock: Clock, tolerance: Tolerance | None = None) -> None:
        """Start with all closed."""
        self._clock = clock
        self._tolerance = tolerance
        self._lock = threading.Lock()
        self._by_host: dict[str, Breaker] = {}

    def of(self, host: str) -> Breaker:
        """Return the one breaker of a host (`name:port`)."""
        with self._lock:
            if host not in self._by_host:
                self._by_host[host] = Breaker(self._clock, self._tolerance)
            return self._by_host[host]
