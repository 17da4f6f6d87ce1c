"""How many requests may go: an exact sliding log, never more than the limit in any window, whoever goes first.

Rules:
* A request goes when fewer than `limit` went in the last `window_s` plus a margin. The whole budget may go at once.
* Who is refused asks again after the wait that was told; nothing is reserved meanwhile. While someone in a lane waits,
  nobody in a lane behind it goes.
* The platform's own "come back later" shuts every lane until then.

This one lives in memory and knows one process. The arithmetic (`wait_ns`) is pure: the throttle whose log lies in a
database that all processes share (`shared_throttle`) reckons by it too.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from paceline.campaign.change import Lane
from paceline.primitives.clock import Clock
from paceline.primitives.errors import PacelineError

_SECOND = 1_000_000_000
GRACE_NS = _SECOND // 4
"""How much later than told a waiting lane may ask again without losing its turn to the lanes behind it."""
LONGEST_PUSH_S = 300.0
"""The longest that one word of the platform shuts all lanes; what it means by more is found out by asking again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """So many requests in any window; `margin_s` is for requests that travel slower than those after them."""

    limit: int = 100
    window_s: float = 60.0
    margin_s: float = 0.25

    def __post_init__(self) -> None:
        if self.limit < 1 or self.window_s <= 0 or self.margin_s < 0:
            raise ValueError("an allowance is at least one request in a window of more than no time")

    @property
    def window_ns(self) -> int:
        """The window with its margin, nanoseconds."""
        return round((self.window_s + self.margin_s) * _SECOND)


class ThrottleAwayError(PacelineError):
    """nobody can tell how many requests went"""

    code = "throttle-away"
    retryable = True


class Throttle(Protocol):
    """Who lets requests go."""

    def take(self, lane: Lane) -> float:
        """Return 0 when a request may go now, which counts it; else after how many seconds to ask again.

        Raises:
            ThrottleAwayError: what is shared by all processes cannot be read; what stops is let go all the same.
        """
        ...

    def push(self, seconds: float) -> None:
        """Let nobody go for so many seconds: the platform said so."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand when someone asks, in nanoseconds of one clock.

    `oldest_ns` is when the request went that is `limit` requests back; None when there were fewer. `shut_until_ns` is
    what the platform said, `awaited_until_ns` until when somebody in a lane is expected to ask again.
    """

    oldest_ns: int | None = None
    shut_until_ns: int | None = None
    awaited_until_ns: Mapping[Lane, int] = field(default_factory=dict, hash=False)


def wait_ns(standing: Standing, *, window_ns: int, lane: Lane, now_ns: int) -> int:
    """Return how many nanoseconds someone in a lane has to wait; 0 means that they go."""
    ahead = [until for other, until in standing.awaited_until_ns.items() if other < lane]
    oldest = [] if standing.oldest_ns is None else [standing.oldest_ns + window_ns]
    shut = [] if standing.shut_until_ns is None else [standing.shut_until_ns]
    return max(now_ns, *ahead, *oldest, *shut, now_ns) - now_ns


class MemoryThrottle:
    """A throttle for one process; it may be used by many threads."""

    def __init__(self, clock: Clock, allowance: Allowance | None = None) -> None:
        """Start with nothing gone."""
        self._clock = clock
        self._allowance = allowance or Allowance()
        self._lock = threading.Lock()
        self._gone_ns: deque[int] = deque(maxlen=self._allowance.limit)
        self._shut_until_ns: int | None = None
        self._awaited_until_ns: dict[Lane, int] = {}

    def take(self, lane: Lane) -> float:
        """Return 0 when a request may go now, which counts it; else after how many seconds to ask again."""
        with self._lock:
            now_ns = self._clock.running_ns()
            full = len(self._gone_ns) == self._allowance.limit
            standing = Standing(
                oldest_ns=self._gone_ns[0] if full else None,
                shut_until_ns=self._shut_until_ns,
                awaited_until_ns=self._awaited_until_ns,
            )
            left_ns = wait_ns(standing, window_ns=self._allowance.window_ns, lane=lane, now_ns=now_ns)
            if left_ns == 0:
                self._gone_ns.append(now_ns)
            else:
                asks_ns = now_ns + left_ns + GRACE_NS
                self._awaited_until_ns[lane] = max(asks_ns, self._awaited_until_ns.get(lane, asks_ns))
            return left_ns / _SECOND

    def push(self, seconds: float) -> None:
        """Let nobody go for so many seconds; a longer word of the platform is taken for five minutes."""
        with self._lock:
            until_ns = self._clock.running_ns() + round(min(seconds, LONGEST_PUSH_S) * _SECOND)
            self._shut_until_ns = max(until_ns, self._shut_until_ns or until_ns)
