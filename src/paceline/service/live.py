"""The wall, live: one look for everybody who watches, and what changed since the last one.

While nobody watches nobody looks, so that a service without pages open asks nothing of the platform.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator
from contextlib import suppress

from starlette.concurrency import run_in_threadpool

from paceline.control.wall import Wall, WallLook, WallRow
from paceline.primitives.clock import Clock
from paceline.primitives.errors import PacelineError

_SECOND_NS = 1_000_000_000
IN_LINE_S = 2.0
"""So long is waited for somebody else's look before what was seen last is shown as that, in seconds."""


class Live:
    """Keeps the last look, and tells who watches of each change; one for a process."""

    def __init__(self, wall: Wall, clock: Clock, *, look_s: float) -> None:
        """Look every `look_s` seconds while somebody watches; 0 only when somebody asks."""
        self._wall = wall
        self._clock = clock
        self._look_s = look_s
        self._lock = threading.Lock()
        self._last: WallLook | None = None
        self._looked_ns = 0
        self._was_thorough = False
        self.away: str | None = None
        self._watching = 0
        self._number = 0
        self._came = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self._ended = False

    @property
    def number(self) -> int:
        """How many looks there were; it tells one from the next."""
        return self._number

    def look(self, *, within_s: float | None = None, thorough: bool = False) -> WallLook:
        """Return the campaigns as they are, or as they were seen at most `within_s` seconds ago.

        Args:
            within_s: seconds; those between two looks where nothing is said.
            thorough: whether each that dials nothing has to be known by its schedule (`Wall.look`).

        Raises:
            PlatformError: the platform is away, and was never looked at.
            LedgerUnavailableError: the database is away, and nothing was ever seen.
        """
        longest = self._look_s if within_s is None else within_s
        last = self._last
        # Who has something to show waits a moment only: a slow platform would else hold every thread there is.
        if not self._lock.acquire(timeout=-1 if last is None else IN_LINE_S) and last is not None:
            self.away = self.away or "it has not answered yet"
            return last
        try:
            age_s = (self._clock.running_ns() - self._looked_ns) / _SECOND_NS
            if self._last is not None and age_s <= longest and (self._was_thorough or not thorough):
                return self._last
            return self._looked(thorough=thorough)
        finally:
            self._lock.release()

    def row(self, campaign: str) -> WallRow | None:
        """Return one campaign of the last look, None where it was not in it."""
        last = self._last
        return None if last is None else next((row for row in last.rows if row.campaign == campaign), None)

    async def changes(self) -> AsyncGenerator[WallLook, None]:
        """Yield each look as it comes, the present one first, until the service ends."""
        self._watching += 1
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().create_task(self._look_on())
        try:
            seen = -1
            while not self._ended:
                came = self._came
                if self._number != seen and self._last is not None:
                    seen = self._number
                    yield self._last
                    continue
                await came.wait()
        finally:
            self._watching -= 1

    def end(self) -> None:
        """Let everybody go who watches; to be called in their loop."""
        self._ended = True
        self._came.set()

    async def _look_on(self) -> None:
        while self._watching and not self._ended:
            with suppress(PacelineError):  # `away` says why; who watches is told with the next look that succeeds
                await run_in_threadpool(self.look)
            came, self._came = self._came, asyncio.Event()
            came.set()
            await asyncio.sleep(max(self._look_s, 0.2))

    def _looked(self, *, thorough: bool) -> WallLook:
        try:
            found = self._wall.look(thorough=thorough)
        except PacelineError as error:
            self.away = error.message
            if self._last is None:
                raise
            return self._last
        self.away = None
        self._last, self._looked_ns, self._was_thorough = found, self._clock.running_ns(), thorough
        self._number += 1
        return found
