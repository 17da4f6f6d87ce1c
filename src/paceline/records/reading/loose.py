"""A file of call records that is not kept: read once, its bad rows left out and counted, and nothing left behind."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from paceline.compliance.rulebook import Rulebook
from paceline.primitives.chance import fresh_key
from paceline.records.failures import NoRecordsError
from paceline.records.importing.keeping import SHIFTS, us_of, write
from paceline.records.importing.mapping import Reading
from paceline.records.importing.opening import opened
from paceline.records.importing.shifts import of_agents, staged_logins
from paceline.records.importing.staging import bad_counts, staged
from paceline.records.importing.taking_in import calls_of
from paceline.records.reading.records import Records, records_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Loose:
    """A file that was read.

    Attributes:
        records: its good rows, open for questions.
        source: SHA-256 of the file, hex.
        rows: of the file.
        bad: bad rows.
        counts: rows by what is wrong with them.
        bad_logins: bad rows of the file of logins.
    """

    records: Records
    source: str
    rows: int
    bad: int
    counts: dict[str, int]
    bad_logins: int


@contextmanager
def records_of_file(
    path: Path,
    reading: Reading,
    *,
    rulebook: Rulebook,
    now: datetime,
    shifts: Path | None = None,
    threads: int = 1,
) -> Iterator[Loose]:
    """Open a file of call records without keeping it; who is who in it is forgotten afterwards.

    Args:
        path: of the file.
        reading: what stands where in it.
        rulebook: knows regions.
        now: after which nothing can have been dialed.
        shifts: a file of logins; None where there is none.
        threads: at least 1.

    Raises:
        UnreadableRecordsError: it is no file of records.
        MappingError: a column is not there.
        NoRecordsError: it has no good row.
    """
    reads = [one.absolute() for one in (path, shifts) if one is not None]
    with tempfile.TemporaryDirectory(prefix="paceline-") as aside:
        folder = Path(aside)
        calls, logins = folder / "calls.parquet", folder / f"calls{SHIFTS}"
        with opened(reads, writes=folder, threads=threads, key=fresh_key(16).hex()) as connection:
            bad_logins, found = 0, None
            if shifts is not None:
                found = staged_logins(connection, shifts.absolute(), reading, into=folder, now=now)
                bad_logins = len(found.bad)
            judged = staged(connection, path.absolute(), reading, into=folder, rulebook=rulebook, now_us=us_of(now))
            if judged.rows == judged.bad:
                raise NoRecordsError(f"{path} has no row that is a call record", hint=_first(bad_counts(judged)))
            write(connection, calls_of(judged, ()), calls)
            if found is not None:
                write(connection, of_agents(found, judged.good()), logins)
            counts = bad_counts(judged)
        pairs = [] if shifts is None else [(calls, logins)]
        with records_in([calls], logins=pairs, threads=threads) as records:
            yield Loose(
                records=records,
                source=judged.source.digest,
                rows=judged.rows,
                bad=judged.bad,
                counts=counts,
                bad_logins=bad_logins,
            )


def _first(counts: dict[str, int]) -> str | None:
    worst = max(counts.items(), key=lambda one: one[1], default=None)
    return None if worst is None else f"{worst[1]} rows: wanted in {worst[0]}"
