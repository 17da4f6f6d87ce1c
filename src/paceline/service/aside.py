"""Threads that compute beside requests, and hold up nobody who ends the process.

The pools of the standard library are waited for at the end of a process, and a search takes minutes: a service that was
told to end would go on computing what nobody can be told any more. Here what is being computed is given up at its next
step, as by Ctrl-C; it changes no campaign, and what it keeps it keeps in one transaction.
"""

from __future__ import annotations

import atexit
import ctypes
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from typing import Generic, TypeVar

T = TypeVar("T")
LEAVES_S = 10.0
"""So long the process waits at its end for what was given up: a step of compiled code is shorter."""


class GivenUpError(BaseException):
    """the process ends"""  # whoever catches errors of a computation must not catch this one


class Aside(Generic[T]):
    """Computes what it is given, in so many threads, first come first served; serves all threads."""

    def __init__(self, threads: int, *, name: str) -> None:
        """Have nothing to do yet; threads begin with the work, `threads` at most."""
        self._most = threads
        self._name = name
        self._lock = threading.Lock()
        self._waiting: SimpleQueue[tuple[Future[T], Callable[[], T]]] = SimpleQueue()
        self._given: set[Future[T]] = set()
        self._hands: list[threading.Thread] = []
        self._busy: set[int] = set()
        self._is_ended = False

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Return what will come of this work; after the end it is cancelled already."""
        future: Future[T] = Future()
        with self._lock:
            if self._is_ended:
                future.cancel()
                return future
            self._given.add(future)
            self._waiting.put((future, work))
            if len(self._hands) < self._most:
                self._begin()
        future.add_done_callback(self._given.discard)
        return future

    def end(self) -> None:
        """Take nothing more, drop what has not begun, and give up what is being computed; waits for nothing."""
        with self._lock:
            is_first, self._is_ended = not self._is_ended, True
            given = [*self._given]
            if is_first:
                for ident in [*self._busy]:
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(GivenUpError))
        for future in given:
            future.cancel()

    def _begin(self) -> None:
        if not self._hands:
            atexit.register(self._leave)
        hand = threading.Thread(target=self._compute, name=f"{self._name}-{len(self._hands) + 1}", daemon=True)
        self._hands.append(hand)
        hand.start()

    def _leave(self) -> None:
        """Give up, and let compiled code come back before the interpreter is taken down under it."""
        self.end()
        for hand in self._hands:
            if hand.ident in self._busy:
                hand.join(LEAVES_S)

    def _compute(self) -> None:
        # No lock is taken here: what gives this thread up may come at any step of it.
        with suppress(GivenUpError):
            while not self._is_ended:
                self._computed(*self._waiting.get())

    def _computed(self, future: Future[T], work: Callable[[], T]) -> None:
        if not future.set_running_or_notify_cancel():
            return
        me = threading.get_ident()
        self._busy.add(me)
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001  # whatever it was, whoever waits hears of it
            future.set_exception(error)
        else:
            future.set_result(result)
        finally:
            self._busy.discard(me)
