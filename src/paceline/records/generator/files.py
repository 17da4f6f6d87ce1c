"""Generated call records as files, in our own columns: calls, the agents' logins, and the truth that they came from.

The same truth, days and seed give the same bytes, but for the name of DuckDB's version inside a Parquet file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from paceline.primitives.canonical import Json
from paceline.records.calls import Ending, LineType
from paceline.records.failures import RecordsError
from paceline.records.generator.rows import Rows
from paceline.records.generator.truth import Truth
from paceline.records.importing.opening import filled, opened, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SHIFTS, TRUTH = "shifts.csv", "truth.json"
"""The files beside the calls."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TABLE = """CREATE TABLE calls (
    "at" TIMESTAMPTZ, number VARCHAR, campaign VARCHAR, attempt SMALLINT, line VARCHAR, ending VARCHAR, ring_s DOUBLE,
    wait_s DOUBLE, talk_s DOUBLE, wrap_s DOUBLE, agent VARCHAR, debt VARCHAR, cut VARCHAR, region VARCHAR)"""
_INSERT = """INSERT INTO calls SELECT
    make_timestamptz(at_us), '+' || number, $campaign, attempt, $lines[line + 1], $endings[ending + 1], $durations,
    CASE WHEN agent >= 0 THEN $campaign || '-A' || lpad(CAST(agent + 1 AS VARCHAR), 4, '0') END,
    'D' || lpad(CAST(debt AS VARCHAR), 9, '0'), CASE WHEN cut THEN 'shift' END, $regions[region + 1] FROM day"""
_CSV = "COPY ($query) TO $path (FORMAT csv, HEADER)"
_CSV_ROWS = """SELECT strftime(timezone('UTC', "at"), '%Y-%m-%dT%H:%M:%S.%fZ') AS "at", * EXCLUDE ("at") FROM calls"""
_PARQUET = "COPY ($query) TO $path (FORMAT parquet, COMPRESSION zstd)"


class Form(StrEnum):
    """In what kind of file calls are written."""

    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written.

    Attributes:
        calls: the file of calls.
        shifts: the file of logins: agent, login, logout.
        truth: the file of the truth, and of how the records were made from it.
        rows: calls.
    """

    calls: Path
    shifts: Path
    truth: Path
    rows: int


def write(
    campaigns: Iterable[Iterable[Rows]],
    truth: Truth,
    folder: Path,
    *,
    form: Form,
    made: Mapping[str, Json],
    heard: Callable[[Rows], None] = lambda _: None,
) -> Written:
    """Write generated calls into a folder, which is made where it is not there.

    Args:
        campaigns: the days of each, in order of time.
        truth: what they were made from.
        folder: where to; files of the same names are not there yet.
        form: of the file of calls.
        made: what else the file of the truth tells: seed, days, start, campaigns.
        heard: is called with each day once it is on its way.

    Raises:
        RecordsError: there is a file already, or no room.
        ModuleNotFoundError: the extra `cdr` is not installed.
    """
    calls, shifts, told = folder / f"calls.{form.value}", folder / SHIFTS, folder / TRUTH
    for path in (calls, shifts, told):
        if path.exists():
            raise RecordsError(f"{path} is there already", hint="name another folder, or remove it")
    folder.mkdir(parents=True, exist_ok=True)
    rows = several = 0
    logins = [("agent", "login", "logout")]
    with opened([], writes=folder.absolute()) as connection:
        connection.execute(_TABLE)
        for days in campaigns:
            several += 1
            for day in days:
                _insert(connection, day)
                logins += _logins(day)
                rows += len(day)
                heard(day)
        _copy(connection, calls.absolute(), form, ordered=several > 1)
    with shifts.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows(logins)
    document = {**made, "rows": rows, "truth": truth.document()}
    told.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return Written(calls=calls, shifts=shifts, truth=told, rows=rows)


def _insert(connection: DuckDBPyConnection, day: Rows) -> None:
    columns = {
        name: getattr(day, name)
        for name in ("at_us", "number", "attempt", "line", "ending", "agent", "debt", "cut", "region")
    }
    times = {name: getattr(day, name) for name in ("ring_s", "wait_s", "talk_s", "wrap_s")}
    connection.register("day", {**columns, **times})
    durations = ", ".join(f"CASE WHEN NOT isnan({name}) THEN round({name}, 4) END" for name in times)
    query = filled(
        _INSERT,
        campaign=text(day.campaign),
        lines=_texts(one.value for one in LineType),
        endings=_texts(one.value for one in Ending),
        regions=_texts(day.regions),
        durations=durations,
    )
    connection.execute(query)
    connection.unregister("day")


def _texts(words: Iterable[str]) -> str:
    return f"[{', '.join(text(word) for word in words)}]"


def _copy(connection: DuckDBPyConnection, path: Path, form: Form, *, ordered: bool) -> None:
    """Write the table; one campaign's days stand in order of time already."""
    query = _CSV_ROWS if form is Form.CSV else "SELECT * FROM calls"
    if ordered:
        query += ' ORDER BY calls."at", campaign'
    connection.execute(filled(_CSV if form is Form.CSV else _PARQUET, query=query, path=text(str(path))))


def _logins(day: Rows) -> Iterable[tuple[str, str, str]]:
    kept = day.logins
    for agent, since, until in zip(kept.agent, kept.since_us, kept.until_us, strict=True):
        yield f"{day.campaign}-A{int(agent) + 1:04d}", _told(int(since)), _told(int(until))


def _told(instant_us: int) -> str:
    return (_EPOCH + timedelta(microseconds=instant_us)).isoformat(timespec="microseconds").replace("+00:00", "Z")
