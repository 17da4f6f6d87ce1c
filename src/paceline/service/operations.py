"""What takes longer than a request should: begun here, looked at by `GET /v1/operations/{id}`, computed in few threads.

An operation belongs to this process and is forgotten with it: it reads or computes, and changes nothing, so it can be
begun again.

Rules:
* What is computed here ends in a result or in an error of ours: a fault stands in the log, and is told as `internal`.
* What was given up before it began is told as that, by whoever gave it up.
* A search of many seconds has a thread of its own: what pages and programs wait for does not stand behind it.
* A service that is told to end waits for none of it.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as NotYetError
from dataclasses import dataclass
from http import HTTPStatus

from fastapi.responses import JSONResponse, Response

from paceline.primitives.canonical import Json
from paceline.primitives.chance import fresh_key
from paceline.primitives.errors import PacelineError
from paceline.service.aside import Aside, GivenUpError
from paceline.service.problems import ProblemError, problem_of

KEPT = 200
"""Operations that are remembered."""
WAITING = 16
"""Operations that may wait or run at once; more are refused with 503."""
THREADS = 2
"""Threads for what ends within seconds."""
SEARCHES = 4
"""Searches that may wait or run at once; one runs."""
LOOK_AGAIN_S = 1
"""After so many seconds it is worth looking again."""

Work = Callable[[], dict[str, Json]]
_LOG = logging.getLogger("paceline.service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """An operation, ended or not."""

    id: str
    kind: str
    shared: str | None
    future: Future[dict[str, Json]]
    pool: Aside[dict[str, Json]]


class Operations:
    """The operations of this process; serves all threads."""

    def __init__(self, *, threads: int = THREADS) -> None:
        """Have nothing to do yet; threads begin with the work."""
        self._pool: Aside[dict[str, Json]] = Aside(threads, name="paceline-operation")
        self._searches: Aside[dict[str, Json]] = Aside(1, name="paceline-search")
        # Its ids begin with this, so that another process can tell that one is not its own.
        self._process = fresh_key(3).hex()
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Running] = OrderedDict()

    def begin(self, kind: str, work: Work, *, shared: str | None = None) -> Running:
        """Begin something of seconds, or return what runs already under the same word.

        Args:
            kind: what it is, for whoever looks.
            work: what is computed.
            shared: what asks for the same has the same word.

        Raises:
            ProblemError: too much is being computed already (503).
        """
        return self._begun(kind, work, shared, pool=self._pool, most=WAITING)

    def begin_search(self, kind: str, work: Work, *, shared: str | None = None) -> Running:
        """Begin something of many seconds, in a thread that only such things wait for; else as `begin`.

        Raises:
            ProblemError: too much is being looked for already (503).
        """
        return self._begun(kind, work, shared, pool=self._searches, most=SEARCHES)

    def _begun(self, kind: str, work: Work, shared: str | None, *, pool: Aside[dict[str, Json]], most: int) -> Running:
        with self._lock:
            unended = [one for one in self._known.values() if not one.future.done()]
            same = [one for one in unended if shared is not None and one.shared == shared]
            if same:
                return same[0]
            if sum(one.pool is pool for one in unended) >= most:
                raise ProblemError(
                    503, "too much is being computed", code="too-busy", headers={"Retry-After": "5"},
                    hint="ask again in a few seconds",
                )  # fmt: skip
            name = f"op_{self._process}{fresh_key(9).hex()}"
            made = Running(id=name, kind=kind, shared=shared, future=pool.submit(_sound(work)), pool=pool)
            self._known[made.id] = made
            while len(self._known) > KEPT:
                oldest = next((name for name, one in self._known.items() if one.future.done()), None)
                if oldest is None:
                    break
                del self._known[oldest]
            return made

    def of(self, name: str) -> Running:
        """Return an operation.

        Raises:
            ProblemError: this process knows none of that id (404).
        """
        with self._lock:
            found = self._known.get(name)
        if found is None:
            is_ours = name.startswith(f"op_{self._process}")
            told = "this operation is forgotten" if is_ours else "another process began this operation, if anybody did"
            raise ProblemError(
                404, told, code="no-operation",
                hint="an operation lives in the process that began it, and ends with it: ask that one, or begin it "
                "again; it changes no campaign. Before several processes, have a proxy keep a client with one of them",
            )  # fmt: skip
        return found

    def end(self) -> None:
        """Take nothing more; what has not begun is dropped, and the process waits for nothing else."""
        self._pool.end()
        self._searches.end()


def answer_within(running: Running, longest_s: float) -> Response:
    """Return the result as it is where it comes within so many seconds, else 202 and where to look."""
    try:
        running.future.exception(timeout=longest_s)
    except NotYetError:
        where = {"Location": f"/v1/operations/{running.id}", "Retry-After": str(LOOK_AGAIN_S)}
        return JSONResponse(operation_document(running), HTTPStatus.ACCEPTED, headers=where)
    except CancelledError:
        pass  # `result_of` says so
    try:
        return JSONResponse(result_of(running))
    except PacelineError as error:
        return problem_of(error)


def result_of(running: Running, longest_s: float | None = None) -> dict[str, Json]:
    """Return what came of an operation, waited for so many seconds; None waits for its end.

    Raises:
        NotYetError: it goes on.
        PacelineError: what it failed of.
    """
    try:
        return running.future.result(timeout=longest_s)
    except CancelledError:
        raise _given_up("before it began") from None


def operation_document(running: Running) -> dict[str, Json]:
    """Return an operation as JSON shows it: `running`, `done` with its result, or `failed` with its error."""
    told: dict[str, Json] = {"operation": running.id, "kind": running.kind, "result": None, "error": None}
    if not running.future.done():
        return {**told, "state": "running"}
    try:
        return {**told, "state": "done", "result": result_of(running)}
    except PacelineError as error:
        return {**told, "state": "failed", "error": {"code": error.code, "message": error.message, "hint": error.hint}}


def _sound(work: Work) -> Work:
    """Return work whose every failure is an error of ours, so that whoever looks is told that it failed."""

    def done() -> dict[str, Json]:
        try:
            return work()
        except PacelineError:
            raise
        except GivenUpError:
            raise _given_up("for the service ends") from None
        except ModuleNotFoundError as missing:
            raise ProblemError(
                501, f"this wants {missing.name}, which is not installed where the service runs", code="extra",
                hint="install paceline[all] there",
            ) from None  # fmt: skip
        except Exception:  # noqa: BLE001  # whatever it was, whoever looks is told that it failed
            _LOG.exception("a computation failed")
            raise ProblemError(
                500, "something is wrong on this side; the log tells it", code="internal", hint="tell who runs it"
            ) from None

    return done


def _given_up(when: str) -> ProblemError:
    return ProblemError(503, f"it was given up {when}", code="given-up", headers={"Retry-After": "1"}, hint="ask again")
