"""Contact lists that are sent here: read to a limit, held against the law a few at a time, and kept nowhere.

Rules:
* What is sent lies in memory, and from a megabyte on in a temporary file that has no name: when the answer is made it
  is gone, and a process that is killed takes it along.
* What comes of a list are counts; a phone number is in no answer, no address, no log and no ledger.
* A list that is too long is read on and thrown away, so that who sent it hears what the limit is.
"""

from __future__ import annotations

import io
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO

from starlette.requests import Request

from paceline.compliance.call import Call
from paceline.compliance.list_told import ListTold, told_of
from paceline.compliance.rulebook import Rulebook
from paceline.service.options import LIST_LIMIT
from paceline.service.problems import ProblemError

AT_ONCE = 2
"""So many lists are held against the law at once; whoever comes then waits a moment."""
WAIT_S = 10.0
"""So long a list waits for its turn, in seconds."""
IN_MEMORY = 1_048_576
"""Bytes of a list that lie in memory; what is longer lies in a temporary file without a name."""
_MEBIBYTE = 1_048_576


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAsked:
    """What a contact list is asked about.

    Attributes:
        at: the instant that counts as now, aware.
        call: what holds of every contact; a row's own purpose counts over it.
        country: ISO 3166-1, whose national form numbers without a + are read in; None reads none.
        columns: the names of columns that somebody gave, by `number`, `zone`, `region`, `purpose`.
        delimiter: what parts the cells; None finds it out.
    """

    at: datetime
    call: Call
    country: str | None = None
    columns: Mapping[str, str | None] = field(default_factory=dict)
    delimiter: str | None = None


class ListChecks:
    """Holds lists against the law, a few at a time, for one costs seconds of this process; serves all threads."""

    def __init__(self, *, at_once: int = AT_ONCE, wait_s: float = WAIT_S) -> None:
        """Let so many in at once, and others wait so long."""
        self._turns = threading.BoundedSemaphore(at_once)
        self._wait_s = wait_s

    def check(self, file: IO[bytes], rulebook: Rulebook, asked: ListAsked) -> ListTold:
        """Return whom of a list may be called; the file is read from its beginning, and stays the caller's to close.

        Raises:
            ContactListError: it is no list, or nobody knows which column holds the numbers.
            StaleZoneDataError: the zone data is too old to decide by.
            ProblemError: too many lists are being read already (503).
        """
        if not self._turns.acquire(timeout=self._wait_s):
            raise ProblemError(
                503, "other contact lists are being read", code="too-busy", headers={"Retry-After": "5"},
                hint="ask again in a few seconds",
            )  # fmt: skip
        try:
            file.seek(0)
            lines = io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline="")
            try:
                return told_of(
                    lines,
                    rulebook,
                    at=asked.at,
                    call=asked.call,
                    country=asked.country,
                    said=asked.columns,
                    delimiter=asked.delimiter,
                )
            finally:
                lines.detach()
        finally:
            self._turns.release()


@asynccontextmanager
async def body_kept(request: Request) -> AsyncIterator[IO[bytes]]:
    """Give the body of a request as a file while the block runs.

    Raises:
        ProblemError: it is longer than a list may be (413).
    """
    with SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        async for chunk in within_limit(request):
            file.write(chunk)
        yield file


async def within_limit(request: Request, most: int = LIST_LIMIT) -> AsyncGenerator[bytes, None]:
    """Yield the body of a request; one that is longer is read on without being kept, and refused at its end.

    Raises:
        ProblemError: it is longer (413).
    """
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received <= most:
            yield chunk
    if received > most:
        raise too_long(received)


def too_long(bytes_sent: int) -> ProblemError:
    """Return the refusal of a list that is too long; it names the limit."""
    return ProblemError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"the contact list has {_size(bytes_sent)}, and at most {_size(LIST_LIMIT)} are read here",
        code="body-too-large",
        hint="send it in parts, or use `paceline list check FILE`, which has no such limit",
    )


def _size(count: int) -> str:
    """Return a number of bytes for people, never less than it is.

    >>> _size(8_388_608), _size(8_388_609)
    ('8 MiB', '8.1 MiB')
    """
    tenths = -(-count * 10 // _MEBIBYTE)
    return f"{tenths // 10} MiB" if tenths % 10 == 0 else f"{tenths / 10} MiB"
