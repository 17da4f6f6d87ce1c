"""How often one caller may ask: a sliding minute for each, in the memory of this process.

Several services each count for themselves: the limit protects a process, the platform has a throttle of its own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque

from paceline.primitives.clock import Clock

WINDOW_NS = 60_000_000_000
"""The minute in which requests are counted."""
CALLERS = 10_000
"""So many callers are remembered; who asked longest ago is forgotten first."""


class RequestLimits:
    """Counts the requests of each caller in the last minute; serves all threads."""

    def __init__(self, clock: Clock, *, per_minute: int) -> None:
        """Allow so many in any minute."""
        self._clock = clock
        self._per_minute = per_minute
        self._lock = threading.Lock()
        self._asked: OrderedDict[str, deque[int]] = OrderedDict()

    def wait_s(self, caller: str) -> float:
        """Count a request and return 0, or return after how many seconds the caller may ask again, uncounted."""
        now = self._clock.running_ns()
        with self._lock:
            asked = self._asked.setdefault(caller, deque())
            self._asked.move_to_end(caller)
            while len(self._asked) > CALLERS:
                self._asked.popitem(last=False)
            while asked and asked[0] <= now - WINDOW_NS:
                asked.popleft()
            if len(asked) >= self._per_minute:
                return max((asked[0] + WINDOW_NS - now) / 1e9, 0.001)
            asked.append(now)
            return 0.0

    def is_over(self, caller: str) -> bool:
        """Return whether the caller has used up the minute; nothing is counted."""
        now = self._clock.running_ns()
        with self._lock:
            asked = self._asked.get(caller, ())
            return sum(one > now - WINDOW_NS for one in asked) >= self._per_minute
