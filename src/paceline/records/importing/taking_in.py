"""A file of call records taken in: read, every row judged, and kept without a number, or refused as a whole.

Rules:
* One bad row, and nothing is kept; unless whoever imports says to leave bad rows out. They are kept apart then, as they
  came, in a file for its owner only.
* A source that is kept already is not kept again; logins that come with it are.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from paceline.compliance.rulebook import Rulebook
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import CampaignId
from paceline.records.calls import KEPT
from paceline.records.failures import RecordsError, UnreadableRecordsError
from paceline.records.importing.checking import BadRow
from paceline.records.importing.digests import key_mark
from paceline.records.importing.keeping import (
    CALLS,
    LEFT_OUT,
    SHIFTS,
    SHORT,
    Kept,
    hold_key,
    kept_in,
    made,
    us_of,
    write,
)
from paceline.records.importing.mapping import Reading
from paceline.records.importing.opening import file, files, filled, opened
from paceline.records.importing.shifts import StagedLogins, of_agents, staged_logins
from paceline.records.importing.source import digest_of
from paceline.records.importing.staging import Staged, bad_counts, bad_rows, left_out, staged

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """What is to be taken in.

    Attributes:
        path: the file.
        campaign: whose calls; rows of others are left where they are, and counted.
        reading: what stands where.
        folder: where the records of this campaign are kept.
        key: of digests, hex.
        now: after which nothing can have been dialed.
        shifts: a file of logins; None where there is none.
        skip_bad: whether bad rows are left out.
        dry_run: whether nothing is kept.
        threads: at least 1.
    """

    path: Path
    campaign: CampaignId
    reading: Reading
    folder: Path
    key: str = field(repr=False)
    now: datetime
    shifts: Path | None = None
    skip_bad: bool = False
    dry_run: bool = False
    threads: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of it.

    Attributes:
        source: SHA-256 of the file, hex.
        kept: what is kept of it; None where nothing is.
        already: whether it had been kept before.
        rows: of the file; 0 where it was kept before.
        others: rows of other campaigns.
        bad: bad rows; `listed` tells of them one by one, as far as `staging.MOST_TOLD`.
        counts: rows by what is wrong with them.
        left_out: where the bad rows are, as they came; None where there are none.
        logins: rows of the file of logins that are kept.
        logins_of_others: rows of agents who took no call of the records, which are not.
        bad_logins: bad rows of the file of logins.
        unread: columns that nothing is read from.
    """

    source: str
    kept: Kept | None
    already: bool = False
    rows: int = 0
    others: int = 0
    bad: int = 0
    listed: tuple[BadRow, ...] = ()
    bad_logins: tuple[BadRow, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict, hash=False)
    left_out: Path | None = None
    logins: int | None = None
    logins_of_others: int = 0
    unread: tuple[str, ...] = ()

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        kept = self.kept
        return {
            "source": self.source,
            "kept": None if kept is None else str(kept.path),
            "already": self.already,
            "rows": self.rows,
            "calls": 0 if kept is None else kept.rows,
            "first": None if kept is None else utc_text(kept.first),
            "last": None if kept is None else utc_text(kept.last),
            "of_other_campaigns": self.others,
            "bad": {
                "count": self.bad,
                "reasons": {**self.counts},
                "rows": [one.document() for one in self.listed],
                "shifts": [one.document() for one in self.bad_logins],
            },
            "left_out": None if self.left_out is None else str(self.left_out),
            "logins": self.logins,
            "logins_of_others": self.logins_of_others,
            "unread": [*self.unread],
        }


def take_in(asked: Import, rulebook: Rulebook) -> Taken:
    """Read a file and keep its calls, or say why not.

    Raises:
        UnreadableRecordsError: it is no file of records.
        MappingError: a column is not there.
        RecordsKeyError: what is kept was imported with another key.
        RecordsError: it cannot be kept, or somebody else imports records of this campaign now.
    """
    with _alone(made(asked.folder)), tempfile.TemporaryDirectory(prefix=".aside-", dir=asked.folder) as aside:
        before = kept_in(asked.folder)
        hold_key(before, key_mark(asked.key))
        reads = [path.absolute() for path in (asked.path, asked.shifts, *(one.path for one in before)) if path]
        with opened(reads, writes=asked.folder, threads=asked.threads, key=asked.key) as connection:
            return _taken(connection, asked, rulebook, before, Path(aside))


def _taken(
    connection: DuckDBPyConnection, asked: Import, rulebook: Rulebook, before: tuple[Kept, ...], aside: Path
) -> Taken:
    source = digest_of(asked.path)
    logins = None
    if asked.shifts is not None:
        logins = staged_logins(connection, asked.shifts.absolute(), asked.reading, into=aside, now=asked.now)
    bad_logins = () if logins is None else logins.bad
    known = next((one for one in before if one.source == source), None)
    if known is not None:
        if logins is None or (bad_logins and not asked.skip_bad) or known.shifts is not None:
            return Taken(source=source, kept=known, already=True, bad_logins=bad_logins)
        calls = filled("SELECT agent FROM read_parquet($path)", path=file(known.path))
        ours = _keep_logins(connection, asked, source, logins, calls)
        return Taken(source=source, kept=known, already=True, bad_logins=bad_logins,
                     logins=ours, logins_of_others=logins.good - ours)  # fmt: skip
    found = staged(
        connection,
        asked.path.absolute(),
        asked.reading,
        into=aside,
        rulebook=rulebook,
        now_us=us_of(asked.now),
        campaign=asked.campaign,
        kept=[one.path for one in before],
    )
    if found.source.digest != source:
        raise UnreadableRecordsError(f"{asked.path} changed while it was read", hint="wait until it is written")
    told = Taken(
        source=source,
        kept=None,
        rows=found.rows,
        others=found.others,
        bad=found.bad,
        listed=tuple(bad_rows(found)),
        bad_logins=bad_logins,
        counts=bad_counts(found),
        unread=found.unread(),
    )
    refused = (found.bad or bad_logins) and not asked.skip_bad
    if refused or asked.dry_run or found.rows == found.others + found.bad:
        return told
    return _keep(asked, found, told, before, logins)


def _keep(asked: Import, found: Staged, told: Taken, before: tuple[Kept, ...], logins: StagedLogins | None) -> Taken:
    """Keep the good rows; those that were left out, and the logins, before them: the calls are there last."""
    connection, place = found.connection, asked.folder / told.source[:SHORT]
    out, ours, others = None, None, 0
    if found.bad:
        out = place.with_name(place.name + LEFT_OUT)
        write(connection, left_out(found), out)
    if logins is None:
        # An import that was killed may have left logins that nobody asked for this time.
        place.with_name(place.name + SHIFTS).unlink(missing_ok=True)
    else:
        ours = _keep_logins(connection, asked, told.source, logins, found.good())
        others = logins.good - ours
    first, last, rows = connection.execute(
        filled("SELECT min(at_us), max(at_us), count(*) FROM ($good)", good=found.good())
    ).fetchall()[0]
    about = {
        "source": told.source,
        "rows": str(rows),
        "left_out": str(found.bad),
        "first_us": str(first),
        "last_us": str(last),
        "mark": key_mark(asked.key),
    }
    path = place.with_name(place.name + CALLS)
    write(connection, calls_of(found, before), path, told=about)
    kept = next(one for one in kept_in(asked.folder) if one.source == told.source)
    return replace(told, kept=kept, left_out=out, logins=ours, logins_of_others=others)


def _keep_logins(connection: DuckDBPyConnection, asked: Import, source: str, logins: StagedLogins, calls: str) -> int:
    """Keep the logins of the agents of some calls, and return how many they are."""
    query = of_agents(logins, calls)
    if not asked.dry_run:
        about = {"mark": key_mark(asked.key), "source": logins.source}
        write(connection, query, asked.folder / (source[:SHORT] + SHIFTS), told=about)
    return int(connection.execute(filled("SELECT count(*) FROM ($query)", query=query)).fetchall()[0][0])


def calls_of(found: Staged, before: tuple[Kept, ...]) -> str:
    """Return the query of the rows as they are kept; attempts that nobody told are counted, earlier files included."""
    counted = filled("SELECT * FROM ($good)", good=found.good())
    told = filled("SELECT count(*) FROM ($good) WHERE attempt IS NULL", good=found.good())
    if found.connection.execute(told).fetchall()[0][0]:
        earlier = (
            filled(
                'UNION ALL BY NAME SELECT person, epoch_us("at") AS at_us, true AS earlier FROM read_parquet($kept)',
                kept=files([one.path for one in before]),
            )
            if before
            else ""
        )
        counted = filled(
            "SELECT * REPLACE (coalesce(attempt, row_number() OVER (PARTITION BY person ORDER BY at_us, row_is))"
            " AS attempt) FROM (SELECT *, false AS earlier FROM ($good) $earlier) QUALIFY NOT earlier",
            good=found.good(),
            earlier=earlier,
        )
    columns = {"at": "make_timestamp(at_us) AT TIME ZONE 'UTC'", "attempt": "attempt::INTEGER"}
    values = ", ".join(f'{columns.get(one, one)} AS "{one}"' for one in KEPT)
    return filled("SELECT $values FROM ($counted) ORDER BY at_us, row_is", values=values, counted=counted)


def _sweep(folder: Path) -> None:
    """Remove what a process that was killed left behind: it may hold numbers."""
    for left in (*folder.glob(".aside-*"), *folder.glob(f".*{LEFT_OUT}"), *folder.glob(f".*{CALLS}")):
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Be the only one who imports into a folder; whatever ends this process, the next one may."""
    place = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _sweep(folder)
        yield
    except BlockingIOError:
        hint = "wait until that is done"
        raise RecordsError("records of this campaign are being imported by somebody else", hint=hint) from None
    finally:
        os.close(place)
