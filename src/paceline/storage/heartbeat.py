"""A thread that extends what this process is at, every third of a lease, for as long as it says that it is at it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Generic, Protocol, TypeVar

from paceline.storage.failures import StorageError


class Leased(Protocol):
    """Something under a lease."""

    def is_over(self) -> bool:
        """Return whether the lease may have ended."""
        ...


L = TypeVar("L", bound=Leased)


class Heartbeat(Generic[L]):
    """The thread, which starts with the first that is kept, and what it keeps."""

    def __init__(self, extend: Callable[[Sequence[L]], object], *, every_s: float) -> None:
        """Keep nothing yet; `extend` extends the leases, or raises a `StorageError` and is asked again next time."""
        self._extend = extend
        self._every_s = every_s
        self._lock = threading.Lock()
        self._kept: dict[object, tuple[L, ...]] = {}
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def kept(self, leased: Sequence[L]) -> Iterator[None]:
        """Extend them while the block runs; what is over by then is left to whoever comes next."""
        mark = object()
        with self._lock:
            self._kept[mark] = tuple(leased)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="paceline-leases", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._kept[mark]

    def close(self) -> None:
        """Extend nothing any more."""
        with self._lock:
            thread = self._thread
            self._ended.set()
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._every_s):
            with self._lock:
                live = [one for kept in self._kept.values() for one in kept if not one.is_over()]
            if live:
                with suppress(StorageError):
                    self._extend(live)
