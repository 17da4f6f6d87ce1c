"""Where call records are kept: Parquet files without a number in them, a folder for each campaign, for its owner only.

Rules:
* A file has the name of what it was made of: the first 16 digits of the source's SHA-256. The same source is kept once.
* A file is there as a whole or not at all.
* Beside it may lie the logins of its agents, and the rows that were left out: these last hold numbers, as they came.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from paceline.primitives.ids import CampaignId, TenantId
from paceline.records.failures import RecordsError, RecordsKeyError, UnreadableRecordsError
from paceline.records.importing.opening import FEW, file, filled, opened, text
from paceline.records.summary import Span

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

CALLS, SHIFTS, LEFT_OUT = ".parquet", ".shifts.parquet", ".bad.csv"
"""How the files end that are made of one source."""
SHORT = 16
"""How many digits of the source's SHA-256 a file is named by."""
ROW_GROUP = 122_880
"""Rows that lie together in a file: what is read of it at least."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One file of call records.

    Attributes:
        source: SHA-256 of the file that it was made of, hex.
        rows: call records.
        left_out: bad rows of the source, which are not in it.
        first, last: when the first and the last were dialed.
        mark: of the key of its digests.
        shifts: the logins of its agents; None where nobody told them.
    """

    path: Path
    source: str
    rows: int
    left_out: int
    first: datetime
    last: datetime
    mark: str
    shifts: Path | None = None

    @property
    def span(self) -> Span:
        """The half-hours that it lies in."""
        return half_hours_around(self.first, self.last)


def folder_of(records: Path, tenant: TenantId, campaign: CampaignId) -> Path:
    """Return where the records of a campaign are kept, or would be."""
    return records / _plain(tenant) / _plain(campaign)


def made(folder: Path) -> Path:
    """Return the folder, which is made when it is not there, for its owner only, as are those above it that are made.

    Raises:
        RecordsError: it cannot be made.
    """
    try:
        for part in [*reversed(folder.parents), folder]:
            part.mkdir(mode=0o700, exist_ok=True)
    except OSError as wrong:
        hint = "set PACELINE_RECORDS to another folder"
        raise RecordsError(f"the folder {folder} cannot be made: {wrong.strerror}", hint=hint) from wrong
    return folder


def kept_in(folder: Path) -> tuple[Kept, ...]:
    """Return the files that are kept in a folder, the one with the first call first; none where there is no folder.

    Raises:
        UnreadableRecordsError: a file is not one that was kept.
    """
    paths = _paths(folder)
    if not paths:
        return ()
    with opened(paths) as connection:
        found = [_kept(connection, path) for path in paths]
    return tuple(sorted(found, key=lambda one: (one.first, one.source)))


def shelf(records: Path, tenant: TenantId) -> Iterator[CampaignId]:
    """Yield the campaigns of a tenant that records are kept of, in order."""
    place = records / _plain(tenant)
    for folder in sorted(place.iterdir()) if place.is_dir() else ():
        if folder.is_dir() and _paths(folder):
            yield CampaignId(unquote(folder.name))


def hold_key(kept: tuple[Kept, ...], mark: str) -> None:
    """Make sure that records were made with this key.

    Raises:
        RecordsKeyError: some were made with another one.
    """
    strange = next((one for one in kept if one.mark != mark), None)
    if strange is not None:
        hint = "restore records-key in the data folder that they were imported with, or import everything anew"
        raise RecordsKeyError(f"{strange.path} was imported with another key", hint=hint)


def write(connection: DuckDBPyConnection, query: str, path: Path, *, told: dict[str, str] | None = None) -> None:
    """Write the rows of a query as a file that is there as a whole or not at all, for its owner only.

    Args:
        connection: may write into the folder.
        query: of SQL, its rows in the order that they are to lie in.
        path: CSV or Parquet, by its ending.
        told: what a Parquet file says of itself.

    Raises:
        RecordsError: it cannot be written.
    """
    import duckdb

    begun = path.with_name(f".{path.name}")
    form = "FORMAT csv, HEADER"
    if path.suffix == ".parquet":
        form = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP}, DICTIONARY_SIZE_LIMIT {FEW}"
    if told:
        form += f", KV_METADATA {{{', '.join(f'{key}: {text(value)}' for key, value in told.items())}}}"
    try:
        # Made beforehand, so that it is never anybody else's to read.
        os.close(os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        connection.execute(
            filled("COPY ($query) TO $path ($form, USE_TMP_FILE false)", query=query, path=text(str(begun)), form=form)
        )
        place = os.open(begun, os.O_RDONLY)
        os.fsync(place)
        os.close(place)
        begun.rename(path)
    except (OSError, duckdb.IOException) as wrong:
        raise RecordsError(f"{path} cannot be written", hint=str(wrong).split("\n", maxsplit=1)[0]) from wrong
    finally:
        with suppress(OSError):
            begun.unlink()


def half_hours_around(first: datetime, last: datetime) -> Span:
    """Return the half-hours from the one with the first instant to the one with the last."""
    half = timedelta(minutes=30)
    since = _EPOCH + (first - _EPOCH) // half * half
    return Span(since=since, until=_EPOCH + ((last - _EPOCH) // half + 1) * half)


def instant_us(us: int) -> datetime:
    """Return the instant of these microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=us)


def us_of(instant: datetime) -> int:
    """Return microseconds since 1970 of an aware instant."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _paths(folder: Path) -> list[Path]:
    """Return the files of calls in a folder; what is only begun has a name that begins with a dot."""
    return [path for path in sorted(folder.glob(f"[!.]*{CALLS}")) if not path.name.endswith(SHIFTS)]


def _kept(connection: DuckDBPyConnection, path: Path) -> Kept:
    import duckdb

    try:
        told = connection.execute(
            filled("SELECT decode(key), decode(value) FROM parquet_kv_metadata($path)", path=file(path))
        ).fetchall()
        about = {str(key): str(value) for key, value in told}
        shifts = path.with_name(path.name.removesuffix(CALLS) + SHIFTS)
        return Kept(
            path=path,
            source=about["source"],
            rows=int(about["rows"]),
            left_out=int(about["left_out"]),
            first=instant_us(int(about["first_us"])),
            last=instant_us(int(about["last_us"])),
            mark=about["mark"],
            shifts=shifts if shifts.exists() else None,
        )
    except (duckdb.Error, KeyError, ValueError, OverflowError) as wrong:
        raise UnreadableRecordsError(f"{path} is no file of kept call records", hint="move it elsewhere") from wrong


def _plain(word: str) -> str:
    """Return a word as the name of a folder: one name for each word, and never a way out of the folder above."""
    name = quote(word, safe="")
    return name.replace(".", "%2E") if set(name) == {"."} else name
