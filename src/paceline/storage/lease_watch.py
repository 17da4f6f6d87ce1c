"""When the lease of somebody else is over, though clocks may be set.

Rules:
1. A lease that was seen is measured by our own running clock, from the moment when it was first seen as it is: one that
   is extended is another one. So it does not matter how the clock on the wall is set afterwards.
2. What was left of it at that moment says the database's time, at least nothing and at most the whole lease.
3. When the database's time has moved otherwise than our running clock since the last look, it says nothing about leases
   that were not seen before: they are taken to have just begun.
4. An owner takes its own lease for over `moment_ns` before anybody else may, so that a smaller step does no harm.

Only a process that begins to look within a lease after a step can be misled, and takes a row from a living owner, or
later than it could; the fence keeps the two apart even then.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass


def moment_ns(lease_ns: int) -> int:
    """Return by how much, in nanoseconds, two clocks may differ over a lease of so many nanoseconds."""
    return lease_ns // 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenLease:
    """A lease as it stood: its length, its end in the database's time, and its beats, which tell it from others."""

    number: int
    beats: int
    lease_ns: int
    until_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All leases of a room at one moment; our own clock was read after everything else."""

    now_ns: int
    leases: Sequence[SeenLease]
    running_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Room:
    """The last look: when it was by both clocks, and of each row its beats and when its lease is over by ours."""

    now_ns: int
    running_ns: int
    ends: dict[int, tuple[int, int]]


class LeaseWatch:
    """The leases that this process has seen; serves all its threads."""

    def __init__(self) -> None:
        """Have seen nothing."""
        self._lock = threading.Lock()
        self._rooms: dict[tuple[str, str], _Room] = {}

    def over(self, tenant: str, room: str, look: Look) -> list[tuple[int, int]]:
        """Keep what was seen; return number and beats of the leases that are over."""
        with self._lock:
            before = self._rooms.get((tenant, room))
            ends = {lease.number: (lease.beats, _end_ns(lease, look, before)) for lease in look.leases}
            self._rooms[tenant, room] = _Room(now_ns=look.now_ns, running_ns=look.running_ns, ends=ends)
        return [(number, beats) for number, (beats, end_ns) in ends.items() if end_ns <= look.running_ns]

    def next_end_ns(self, rooms: frozenset[str], *, after_ns: int) -> int | None:
        """Return when the next lease in these rooms, of any tenant, is over by our running clock; None without any."""
        with self._lock:
            known = [seen.ends.values() for (_, room), seen in self._rooms.items() if room in rooms]
        return min((end_ns for ends in known for _, end_ns in ends if end_ns > after_ns), default=None)


def _end_ns(lease: SeenLease, look: Look, before: _Room | None) -> int:
    if before is not None:
        beats, end_ns = before.ends.get(lease.number, (None, 0))
        if beats == lease.beats:
            return end_ns
        step_ns = (look.now_ns - before.now_ns) - (look.running_ns - before.running_ns)
        if abs(step_ns) > moment_ns(lease.lease_ns):
            return look.running_ns + lease.lease_ns
    left_ns = lease.until_ns - look.now_ns
    return look.running_ns + min(max(left_ns, 0), lease.lease_ns)
