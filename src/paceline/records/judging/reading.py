"""A file of call records, CSV or Parquet, as `Rows`: what stands where is read as `data import` reads it.

Rules:
* A row whose instant, number, ending or times cannot be read is a bad row, and told with why.
* A row that does not fit the names of the columns is a bad row too; never is told what stands in it.
* A region counts where the record names one: what the number says of it is found out when it is judged.
* No row is written anywhere but into a folder for its owner only, and that is gone afterwards: a file with broken rows
  anew, and what does not fit into memory.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from paceline.records.calls import Ending, LineType
from paceline.records.failures import MappingError
from paceline.records.importing.checking import found_columns, shown
from paceline.records.importing.mapping import Reading, line_words
from paceline.records.importing.mending import mend
from paceline.records.importing.opening import filled, name, opened
from paceline.records.importing.opening import text as quoted
from paceline.records.importing.source import BROKEN, ROW, Source, looked_at
from paceline.records.importing.typed import absent, cell, instant_columns, local_times, seconds, with_instants, word
from paceline.records.judging.rows import ENDINGS, LINES, BadRows, Rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FIRST_US, LAST_US = 0, 16_725_225_600_000_000
"""Of 1970 to 2500: before there were no rules, and long after nobody knows what clocks will follow."""
LONGEST_S = 86_400
"""No ringing, waiting or talking is as long as this, seconds."""
_TIMES = ("ring_s", "wait_s", "talk_s")
_FOREIGN = re.compile(r"\+[\d ().-]{7,}")
"""What stands in a column of campaigns, is none, and may be a number."""
_SEPARATORS = "[ \u00a0\u202f().\u2010\u2011\u2013/-]"
_NUMBER = r"\+[1-9]\d{6,14}"
REASONS = (
    "it cannot be read as a row of this file",
    "its instant is none, has no offset, is of a local time that does not come once, or of no time with laws",
    "its number is none in international form: write it as +1 850 555 0123",
    "its ending is none that is known: --ending THEIRS=ours says what a word means",
    "a time of it is no number of seconds from 0 to below a day",
)
"""Why a row is bad; of several the first."""


def read_calls(path: Path, reading: Reading | None = None, *, campaign: str | None = None) -> Rows:
    """Return every row of a file.

    Args:
        path: of CSV or Parquet.
        reading: what stands where in it; everything under our names where nothing is said.
        campaign: of records that name none.

    Raises:
        UnreadableRecordsError: it is no file of call records.
        MappingError: a column is not there, or said wrongly.
        ModuleNotFoundError: the extra `cdr` is not installed.
    """
    import duckdb

    reading, path = reading or Reading(), path.absolute()
    with tempfile.TemporaryDirectory(prefix="paceline-") as aside, opened([path], writes=Path(aside)) as connection:
        source = looked_at(path, connection, delimiter=reading.delimiter)
        columns = _columns(source, reading)
        local_times(connection, reading.zone)
        try:
            _parse(connection, source, columns, reading, campaign)
            is_broken = source.swallows(_count(connection))
        except duckdb.InvalidInputException:
            if source.delimiter is None:
                raise
            is_broken = True
        if is_broken:
            _parse(connection, mend(source, Path(aside)), columns, reading, campaign)
        source.hold()
        return _rows(connection)


def _columns(source: Source, reading: Reading) -> Mapping[str, str | None]:
    try:
        return found_columns(source, reading)
    except MappingError as failed:
        if "person" in source.types and "number" not in source.types:
            hint = "kept records hold no numbers: judge the file that they came in"
            raise MappingError(failed.message, hint=hint) from failed
        raise


def _parse(
    connection: DuckDBPyConnection,
    source: Source,
    columns: Mapping[str, str | None],
    reading: Reading,
    campaign: str | None,
) -> None:
    """Make the table `parsed`: one row for each of the file."""
    types = source.types
    text = {each: "NULL::VARCHAR" if theirs is None else cell(theirs) for each, theirs in columns.items()}
    endings = {said: str(ENDINGS.index(Ending(ending))) for said, ending in reading.ending_words().items()}
    lines = {said: str(LINES.index(LineType(line))) for said, line in line_words().items()}
    times = {each: seconds(columns[each], types, reading.unit) for each in _TIMES}
    unfit = " OR ".join(
        f"(NOT {absent(columns[each], types)} AND NOT coalesce({time} >= 0 AND {time} < {LONGEST_S}, false))"
        for each, time in times.items()
    )
    template = """CREATE OR REPLACE TEMP TABLE parsed AS SELECT $row AS row_is, coalesce($broken, '') <> '' AS broken,
        $at_us AS at_us,
        CASE WHEN regexp_full_match($plain, $pattern) THEN TRY_CAST(substr($plain, 2) AS BIGINT) END AS number,
        TRY_CAST($ending AS UTINYINT) AS ending, coalesce(TRY_CAST($line AS UTINYINT), $unknown) AS line,
        $unfit AS unfit, $ring AS ring_s, $length AS length_s,
        coalesce($campaign, $default) AS campaign, coalesce($region, '') AS region,
        CASE WHEN $debt IS NULL THEN 0 ELSE greatest(hash($debt), 1) END AS debt FROM ($rows)"""
    connection.execute(
        filled(
            template,
            row=name(ROW),
            broken=name(BROKEN),
            at_us=instant_columns("at")[0],
            plain=f"regexp_replace({text['number']}, {quoted(_SEPARATORS)}, '', 'g')",
            pattern=quoted(_NUMBER),
            ending=word(columns["ending"], endings),
            line=word(columns["line"], lines),
            unknown=LINES.index(LineType.UNKNOWN),
            unfit=unfit,
            ring=times["ring_s"],
            length=" + ".join(f"coalesce({time}, 0)" for time in times.values()),
            campaign=text["campaign"],
            default=quoted(campaign or ""),
            region=text["region"],
            debt=text["debt"],
            rows=with_instants(source.rows(), {"at": columns["at"]}, types, zone=reading.zone),
        )
    )


def _rows(connection: DuckDBPyConnection) -> Rows:
    import numpy as np

    campaigns = _coded(connection, "campaign")
    regions = _coded(connection, "region")
    found = connection.execute(
        """SELECT row_is::BIGINT AS "row", coalesce(at_us, 0) AS at_us, coalesce(number, 0) AS number,
            coalesce(ending, 0)::UTINYINT AS ending, line::UTINYINT AS line,
            coalesce(ring_s, 'nan'::DOUBLE) AS ring_s, coalesce(length_s, 0) AS length_s,
            enum_code(campaign::campaigns)::INTEGER AS campaign, debt::UBIGINT AS debt,
            enum_code(region::regions)::INTEGER AS region,
            (CASE WHEN broken THEN 1 WHEN at_us IS NULL OR at_us < $first OR at_us >= $last THEN 2
                WHEN number IS NULL THEN 3 WHEN ending IS NULL THEN 4
                WHEN unfit THEN 5 ELSE 0 END)::INTEGER AS bad
        FROM parsed ORDER BY row_is""",
        {"first": FIRST_US, "last": LAST_US},
    ).fetchnumpy()
    arrays = {each: np.asarray(array) for each, array in found.items()}
    bad = arrays.pop("bad")
    good = bad == 0
    return Rows(
        **{each: array[good] for each, array in arrays.items()},
        campaigns=tuple(_shown(one) for one in campaigns),
        regions=tuple(one or None for one in regions),
        bad=BadRows(row=arrays["row"][~good], reason=(bad[~good] - 1).astype(np.int32), reasons=REASONS),
    )


def _count(connection: DuckDBPyConnection) -> int:
    return int(connection.execute("SELECT count(*) FROM parsed").fetchall()[0][0])


def _shown(campaign: str) -> str:
    return shown("number", campaign) or "" if _FOREIGN.fullmatch(campaign) else campaign


def _coded(connection: DuckDBPyConnection, column: str) -> Sequence[str]:
    """Make the enumeration of a column's words, and return them in its order."""
    template = "CREATE TYPE ${column}s AS ENUM (SELECT DISTINCT $column FROM parsed)"
    connection.execute(filled(template, column=column))
    ((words,),) = connection.execute(filled("SELECT enum_range(NULL::${column}s)", column=column)).fetchall()
    return [str(one) for one in words or ()]
