"""A line before a throttle: processes that share it, a clock that the test moves, and may set back on the wall."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count
from threading import Event
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection

from paceline.campaign.change import Lane
from paceline.cxone.shared_throttle import DatabaseThrottle
from paceline.cxone.throttle import Allowance, MemoryThrottle, Throttle
from paceline.primitives.clock import ManualClock
from paceline.storage.database import Database

SECOND = 1_000_000_000
START_NS = 1_795_000_000 * SECOND
T = TypeVar("T")

_CLIENTS = count(1)


class Line:
    """The processes of one client of the platform; without a database they are threads of one process."""

    def __init__(self, database: Database | None, allowance: Allowance) -> None:
        self.clock = ManualClock(START_NS)
        self.set_back_ns = 0
        self.client = f"client-{next(_CLIENTS)}"
        self.database = database
        self.allowance = allowance
        self._in_memory = MemoryThrottle(self.clock, allowance)

    def process(self, name: str = "one", allowance: Allowance | None = None) -> Throttle:
        if self.database is None:
            return self._in_memory
        return DatabaseThrottle(
            self.database,
            self.clock,
            allowance or self.allowance,
            client=self.client,
            process=name,
            times=lambda _connection: self.clock.wall_ns() - self.set_back_ns,
        )

    def served(self, threads: dict[str, int], *, turns: int, lane: Lane = Lane.CHANGING) -> list[str]:
        """Return whose turns they were, when every thread asks again right after its turn, or after its wait."""
        processes = {name: self.process(name) for name in threads}
        order = count()
        asking = [(self.clock.running_ns(), next(order), name) for name, many in threads.items() for _ in range(many)]
        heapify(asking)
        gone: list[str] = []
        while len(gone) < turns:
            at_ns, _, name = heappop(asking)
            self.clock.advance(max(at_ns - self.clock.running_ns(), 0) / SECOND)
            wait_s = processes[name].take(lane)
            if wait_s == 0:
                gone.append(name)
            again_ns = self.clock.running_ns() + round((wait_s or 0.001) * SECOND)
            heappush(asking, (again_ns, next(order), name))
        return gone


class Watched:
    """A database that counts the writes through it, and holds up the first one until it is let go."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.writes = 0
        self.is_in = Event()
        self.let_go = Event()

    def write(self, work: Callable[[Connection], T]) -> T:
        self.writes += 1
        self.is_in.set()
        if self.writes == 1:
            self.let_go.wait()
        return self._database.write(work)

    def read(self, work: Callable[[Connection], T]) -> T:
        return self._database.read(work)

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def most_in_a_window(gone_ns: list[int], window_ns: int) -> int:
    """Return the largest number of requests in any window, by counting in the window that begins at each of them."""
    return max((sum(begin <= at < begin + window_ns for at in gone_ns) for begin in gone_ns), default=0)
