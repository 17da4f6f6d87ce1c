"""One thread that writes, and the group commit: whatever has gathered while it wrote goes into the next transaction.

1. A caller hands in its work and waits.
2. The thread takes everything that waits, at most `LARGEST_GROUP`, and begins one transaction. When fewer are there
   than the last time, it waits a moment (`MOMENT_S`) for each: they were told together and come back together.
3. The works run one after the other, and rows that they put are gathered. When one raises, the transaction is undone,
   and all are run anew without gathering: whoever raises then learns it alone, and the others are run once more.
   Failures are rare, and a savepoint for each work would cost more than all of them.
4. The transaction is committed: one wait for the disk, however many works.
5. Only now the callers learn their results. When the commit fails, all of them learn that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from paceline.storage.failures import StorageClosedError, StorageUnavailableError, translated
from paceline.storage.prepared import gather, write_gathered

T = TypeVar("T")

MOMENT_S = 0.0005
"""How long the thread waits for the next of the callers it expects; the first one that is missing ends the waiting."""

LARGEST_GROUP = 256
"""More works than this are not held up by each other: they go into the transaction after."""


class Work:
    """What one caller wants written, and the place where it waits for the result."""

    __slots__ = ("_problem", "_result", "_settled", "function", "is_settled")

    def __init__(self, function: Callable[[Connection], Any]) -> None:
        """Hold a function of a connection."""
        self.function = function
        self.is_settled = False
        self._result: Any = None
        self._problem: BaseException | None = None
        # A bare lock that somebody else opens: a Future costs as much as a whole append.
        self._settled = threading.Lock()
        self._settled.acquire()

    def settle(self, result: object = None, problem: BaseException | None = None) -> None:
        """Give the caller its result, or the exception instead."""
        self._result, self._problem, self.is_settled = result, problem, True
        self._settled.release()

    def wait(self) -> Any:  # noqa: ANN401 - what the function returned
        """Return the result when there is one, or raise."""
        self._settled.acquire()
        if self._problem is None:
            return self._result
        try:
            raise self._problem
        finally:
            # The exception knows this frame; the frame must not know the exception, or both live too long.
            self._problem = None


class GroupWriter:
    """The thread, its queue and its only connection."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        """Start the thread; it opens its connection itself, at the first work."""
        self._connect = connect
        self._queue: SimpleQueue[Work | None] = SimpleQueue()
        self._gate = threading.Lock()
        self._closed = False
        self._expected = 1
        # A process that ends without closing must end: nothing that was reported durable is in this thread.
        self._thread = threading.Thread(target=self._run, name="paceline-writer", daemon=True)
        self._thread.start()

    def write(self, function: Callable[[Connection], T]) -> T:
        """Return what the function returns, when its transaction is on disk."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a work wants to write through the writer that is running it: it would wait for ever")
        work = Work(function)
        with self._gate:
            if self._closed:
                raise StorageClosedError
            self._queue.put(work)
        result: T = work.wait()
        return result

    def close(self) -> None:
        """Write what waits, then end the thread."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        opened: Connection | None = None
        going_on = True
        while going_on:
            group, going_on = self._gathered()
            if not group:
                continue
            try:
                opened = opened or self._connect()
                _write_group(group, opened)
            except BaseException as problem:  # noqa: BLE001 - whatever it is, the callers must not wait for ever
                _fail(group, problem)
                _let_go(opened)
                opened = None
        _let_go(opened)

    def _gathered(self) -> tuple[list[Work], bool]:
        """Return what waits, at least one work, and whether there may be more afterwards."""
        group: list[Work] = []
        work = self._queue.get()
        while work is not None:
            group.append(work)
            if len(group) == LARGEST_GROUP:
                break
            try:
                # To go on with the first one alone would cost all the others a wait for the disk more.
                late = len(group) < self._expected
                work = self._queue.get(timeout=MOMENT_S) if late else self._queue.get_nowait()
            except Empty:
                break
        self._expected = len(group)
        return group, work is not None


def _write_group(group: list[Work], connection: Connection) -> None:
    works, refused = list(group), list[tuple[Work, BaseException]]()
    results = _written_together(works, connection)
    while results is None:
        results = _written(works, connection, refused)
    for work, result in zip(works, results, strict=True):
        work.settle(result)
    for work, reason in refused:
        work.settle(problem=translated_or_same(reason))


def _written_together(works: list[Work], connection: Connection) -> list[Any] | None:
    """Return the results once they are durable, rows gathered on the way; None when anything failed.

    Whose fault it was is not known then, for a row is written later than it was put: they are run anew one by one.
    """
    gather(connection, rows=True)
    with connection.begin() as transaction:
        try:
            results = [work.function(connection) for work in works]
            write_gathered(connection)
        except Exception:  # noqa: BLE001 - it is met again, by the work that it belongs to
            transaction.rollback()
            return None
        finally:
            gather(connection, rows=False)
        # What fails here is no work's fault, and nobody may take it for not written.
        transaction.commit()
    return results


def _written(works: list[Work], connection: Connection, refused: list[tuple[Work, BaseException]]) -> list[Any] | None:
    """Return the results once they are durable; None when a work raised, which is taken out of the list then."""
    results = []
    with connection.begin() as transaction:
        for work in works:
            try:
                results.append(work.function(connection))
            except BaseException as problem:  # noqa: BLE001 - it belongs to the caller, not to this thread
                # Raises when the disk was full: then all must be told.
                transaction.rollback()
                works.remove(work)
                refused.append((work, problem))
                return None
        transaction.commit()
    return results


def translated_or_same(problem: BaseException) -> BaseException:
    """Return our error, chained, for one of the library's, and every other exception as it is."""
    if not isinstance(problem, SQLAlchemyError):
        return problem
    ours = translated(problem)
    ours.__cause__ = problem
    return ours


def _fail(group: list[Work], problem: BaseException) -> None:
    for work in group:
        if work.is_settled:
            continue
        # Each caller gets an exception of its own: a shared one would gather the traces of all of them.
        if isinstance(problem, SQLAlchemyError):
            ours: BaseException = translated_or_same(problem)
        else:
            ours = StorageUnavailableError(f"the transaction was lost: {problem}")
            ours.__cause__ = problem
        work.settle(problem=ours)


def _let_go(opened: Connection | None) -> None:
    if opened is None:
        return
    try:
        opened.close()
    except SQLAlchemyError:
        opened.invalidate()
