"""The heartbeat extends what is kept, goes on after a failure, and leaves alone what is over or let go."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from paceline.storage.failures import StorageUnavailableError
from paceline.storage.heartbeat import Heartbeat


class Lease:
    def __init__(self) -> None:
        self.ended = False
        self.extended = threading.Semaphore(0)

    def is_over(self) -> bool:
        return self.ended


def test_what_is_kept_is_extended_until_it_is_let_go_or_over() -> None:
    kept, other, over = Lease(), Lease(), Lease()
    over.ended = True

    def extend(leases: Sequence[Lease]) -> None:
        for lease in leases:
            lease.extended.release()

    beating: Heartbeat[Lease] = Heartbeat(extend, every_s=0.001)
    with beating.kept([kept, over]), beating.kept([other]):
        assert all(lease.extended.acquire(timeout=30) for lease in (kept, other, kept, other))
    beating.close()
    assert not over.extended.acquire(blocking=False)


def test_beat_that_fails_is_made_up_for_by_the_next() -> None:
    failed, done = threading.Event(), threading.Event()

    def extend(_leases: Sequence[Lease]) -> None:
        if not failed.is_set():
            failed.set()
            raise StorageUnavailableError
        done.set()

    beating: Heartbeat[Lease] = Heartbeat(extend, every_s=0.001)
    with beating.kept([Lease()]):
        assert done.wait(30)
    beating.close()
    beating.close()


def test_heartbeat_that_was_never_used_has_no_thread() -> None:
    before = threading.active_count()
    Heartbeat[Lease](lambda _leases: None, every_s=0.001).close()
    assert threading.active_count() == before
