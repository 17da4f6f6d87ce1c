"""The rows of the ledger as they come, for everybody who listens: one look at the database serves all streams.

Whoever listens names the row after which news begin. What lies further back than memory is read from the ledger, so a
stream that broke goes on where it was, at this service or at another one on the same database.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator

from starlette.concurrency import run_in_threadpool

from paceline.ledger.book import Book
from paceline.ledger.entry import Row
from paceline.primitives.errors import PacelineError

KEPT = 2_000
"""Rows kept in memory."""
AT_ONCE = 500
"""Rows given to a listener at once."""
QUIET_S = 15.0
"""After so many seconds without news a listener is told so, that nobody on the way takes the stream for dead."""


class News:
    """Follows the ledger while anybody listens; all listeners share one look."""

    def __init__(self, book: Book, *, poll_s: float) -> None:
        """Look at this book every `poll_s` seconds."""
        self._book = book
        self._poll_s = poll_s
        self._kept: deque[Row] = deque(maxlen=KEPT)
        self._seen: int | None = None
        self._came = asyncio.Event()
        self._following: asyncio.Task[None] | None = None
        self._listeners = 0
        self._ended = False
        self._lock = threading.Lock()

    def end(self) -> None:
        """Let every listener go; to be called in the loop of the listeners."""
        self._ended = True
        self._came.set()

    async def after(self, place: int) -> AsyncGenerator[list[Row], None]:
        """Yield the rows after a number as they come, in order and without a gap; an empty list when it is quiet.

        The iterator ends when the service does, or the ledger cannot be read: the client asks again then.
        """
        self._listeners += 1
        self._follow()
        try:
            while not self._ended:
                came = self._came
                try:
                    rows = await self._rows_after(place)
                except PacelineError:
                    return
                if rows:
                    place = rows[-1].sequence
                    yield rows
                    continue
                try:
                    await asyncio.wait_for(came.wait(), QUIET_S)
                except TimeoutError:
                    yield []
        finally:
            self._listeners -= 1

    async def _rows_after(self, place: int) -> list[Row]:
        if self._seen is not None and place >= self._seen:
            return []
        kept = list(self._kept)
        if kept and kept[0].sequence <= place + 1:
            return [row for row in kept if row.sequence > place][:AT_ONCE]
        return await run_in_threadpool(self._read, place)

    def _read(self, place: int) -> list[Row]:
        return list(self._book.rows(first=place + 1, last=place + AT_ONCE))

    def _follow(self) -> None:
        if self._following is None or self._following.done():
            self._following = asyncio.get_running_loop().create_task(self._look_on())

    async def _look_on(self) -> None:
        """Look for new rows while anybody listens."""
        self._seen, self._kept = None, deque(maxlen=KEPT)
        while self._listeners and not self._ended:
            try:
                fresh = await run_in_threadpool(self._fresh)
            except PacelineError:
                fresh = []  # the database is away; its rows are read when it is back
            if fresh:
                self._kept.extend(fresh)
                self._seen = fresh[-1].sequence
                came, self._came = self._came, asyncio.Event()
                came.set()
            await asyncio.sleep(self._poll_s)

    def _fresh(self) -> list[Row]:
        with self._lock:
            if self._seen is None:
                self._seen = self._book.head().size
                return []
            return list(self._book.rows(first=self._seen + 1, last=self._seen + KEPT))
