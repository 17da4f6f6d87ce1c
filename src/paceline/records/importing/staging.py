"""All rows of a file as values, put aside for a moment without their numbers; and which of them are bad, and why.

Rules:
* A row that is the same call as one before it (person and instant), in the file or among those that are kept, is bad.
* A CSV file with broken rows is mended and read again: none is lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paceline.compliance.numbering import country_codes
from paceline.records.importing.checking import BadRow, Check, checks_of, found_columns, judged, problem_words, shown
from paceline.records.importing.mapping import Reading
from paceline.records.importing.mending import mend
from paceline.records.importing.opening import ASIDE, file, files, filled, name, text
from paceline.records.importing.places import ask_prefixes
from paceline.records.importing.source import BROKEN, ROW, Source, looked_at
from paceline.records.importing.typed import local_times

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from paceline.compliance.rulebook import Rulebook

MOST_TOLD = 100_000
"""So many bad rows are told one by one; all are counted."""
_AGAIN, _KEPT = "a call that is not in the file twice", "a call that is not kept already"
_WHOLE = "a row that can be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A file's rows as values.

    Attributes:
        source: the file, mended where that was needed.
        columns: its column of each of ours.
        checks: what every row had to be.
        path: where the values lie, for as long as the connection is open.
        connection: in which table `bad_rows` holds each bad row's number and what is wrong with it.
        rows: of the file.
        others: rows of other campaigns, which nobody judged.
        bad: bad rows.
    """

    source: Source
    columns: dict[str, str | None]
    checks: tuple[Check, ...]
    path: Path
    connection: DuckDBPyConnection
    rows: int
    others: int
    bad: int

    def good(self) -> str:
        """Return the query of the rows that are call records of the campaign."""
        return filled(
            "SELECT * FROM read_parquet($path) WHERE NOT other AND row_is NOT IN (SELECT row_is FROM bad_rows)",
            path=file(self.path),
        )

    def unread(self) -> tuple[str, ...]:
        """Return the file's columns that nothing is read from, as people may see them."""
        read = set(self.columns.values())
        return tuple(shown("", column) or "" for column in self.source.types if column not in read)


def staged(
    connection: DuckDBPyConnection,
    path: Path,
    reading: Reading,
    *,
    into: Path,
    rulebook: Rulebook,
    now_us: int,
    campaign: str | None = None,
    kept: Sequence[Path] = (),
) -> Staged:
    """Read a file and judge every row of it.

    Args:
        connection: may read the file and those that are kept, write into the folder, and holds the key.
        path: of the file.
        reading: what stands where in it.
        into: folder that what is put aside lies in.
        rulebook: knows regions.
        now_us: after which nothing can have been dialed, microseconds since 1970.
        campaign: whose rows are wanted; None wants all.
        kept: files of calls that are kept already.

    Raises:
        UnreadableRecordsError: it is no file of records, or it changes meanwhile.
        MappingError: a column is not there.
    """
    import duckdb

    source = looked_at(path, connection, delimiter=reading.delimiter)
    columns = found_columns(source, reading)
    checks = checks_of(columns, codes=country_codes(), now_us=now_us)
    local_times(connection, reading.zone)
    aside = into / ".staged.parquet"
    try:
        _judge(connection, source, reading, columns, checks, campaign=campaign, aside=aside, rulebook=rulebook)
        is_broken = source.swallows(_count(connection, aside))
    except duckdb.InvalidInputException:
        if source.delimiter is None:
            raise
        is_broken = True
    if is_broken:
        source = mend(source, into)
        _judge(connection, source, reading, columns, checks, campaign=campaign, aside=aside, rulebook=rulebook)
    source.hold()
    _find_bad(connection, aside, kept)
    others = _count(connection, aside, "other")
    rows, bad = _count(connection, aside), connection.execute("SELECT count(*) FROM bad_rows").fetchall()[0][0]
    return Staged(source=source, columns=columns, checks=checks, path=aside, connection=connection,
                  rows=rows, others=others, bad=bad)  # fmt: skip


def bad_rows(of: Staged) -> Iterator[BadRow]:
    """Yield what is wrong with each bad row, in the order of the file; several for a row that fails several checks.

    At most `MOST_TOLD` rows.
    """
    of.connection.execute(_bad_query(of, f"ORDER BY b.row_is LIMIT {MOST_TOLD}"))
    while found := of.connection.fetchmany(1000):
        for row, problems, broken, odd, again, was_kept, *values in found:
            cells = dict(zip(of.columns, values, strict=True))
            if broken is not None:
                yield BadRow(row=row, column="", value=None, limit=broken)
            for check in problem_words(of.checks, problems):
                limit = odd if check.column == "at" and odd and "at_odd IS NOT NULL" in check.bad else check.wants
                value = shown(check.column, cells[check.column])
                yield BadRow(row=row, column=check.column, value=value, limit=limit)
            for is_so, limit in ((again, _AGAIN), (was_kept, _KEPT)):
                if is_so:
                    yield BadRow(row=row, column="number", value=shown("number", cells["number"]), limit=limit)


def bad_counts(of: Staged) -> dict[str, int]:
    """Return how many rows fail each check, by column and what was wanted; a row may fail several."""
    bits = ", ".join(f"count_if(problems & {1 << bit} > 0)" for bit in range(len(of.checks)))
    counted = of.connection.execute(
        f"SELECT count_if(broken IS NOT NULL), count_if(again), count_if(was_kept), {bits} FROM bad_rows"  # noqa: S608 - numbers only
    ).fetchall()[0]
    words = [_WHOLE, f"number: {_AGAIN}", f"number: {_KEPT}", *(f"{one.column}: {one.wants}" for one in of.checks)]
    return {word: count for word, count in zip(words, counted, strict=True) if count}


def left_out(of: Staged) -> str:
    """Return the query of the bad rows as they came, each with its number and why it is bad."""
    whys = ", ".join(
        f"CASE WHEN b.problems & {1 << bit} > 0 THEN {text(f'{check.column}: {check.wants}')} END"
        for bit, check in enumerate(of.checks)
    )
    return filled(
        "SELECT b.row_is AS \"row\", concat_ws('; ', b.broken, CASE WHEN again THEN $again END,"
        " CASE WHEN was_kept THEN $kept END, $whys) AS why, r.* EXCLUDE ($row, $broken)"
        " FROM bad_rows b JOIN ($rows) r ON r.$row = b.row_is ORDER BY b.row_is",
        again=text(_AGAIN), kept=text(_KEPT), whys=whys, row=name(ROW), broken=name(BROKEN), rows=of.source.rows(),
    )  # fmt: skip


def _bad_query(of: Staged, rest: str) -> str:
    values = ", ".join("NULL" if column is None else f"r.{name(column)}::VARCHAR" for column in of.columns.values())
    return filled(
        "SELECT b.row_is, b.problems, b.broken, b.at_odd, b.again, b.was_kept, $values"
        " FROM bad_rows b JOIN ($rows) r ON r.$row = b.row_is $rest",
        values=values, rows=of.source.rows(), row=name(ROW), rest=rest,
    )  # fmt: skip


def _judge(
    connection: DuckDBPyConnection,
    source: Source,
    reading: Reading,
    columns: dict[str, str | None],
    checks: tuple[Check, ...],
    *,
    campaign: str | None,
    aside: Path,
    rulebook: Rulebook,
) -> None:
    ask_prefixes(connection, source.rows(), columns["number"] or "", rulebook)
    query = judged(source, reading, columns, checks, campaign=campaign)
    connection.execute(filled(ASIDE, query=query, path=text(str(aside))))


def _count(connection: DuckDBPyConnection, aside: Path, which: str = "true") -> int:
    counted = filled("SELECT count(*) FROM read_parquet($path) WHERE $which", path=file(aside), which=which)
    return int(connection.execute(counted).fetchall()[0][0])


def _find_bad(connection: DuckDBPyConnection, aside: Path, kept: Sequence[Path]) -> None:
    """Make the table of bad rows."""
    rows = filled("read_parquet($path)", path=file(aside))
    fine = "broken IS NULL AND problems = 0 AND NOT other"
    kept_too = (
        filled(
            'SELECT row_is FROM $rows s SEMI JOIN (SELECT person, epoch_us("at") AS at_us FROM read_parquet($kept)) k'
            " ON s.person = k.person AND s.at_us = k.at_us WHERE $fine",
            rows=rows, kept=files(kept), fine=fine,
        )
        if kept
        else "SELECT 0 AS row_is WHERE false"
    )  # fmt: skip
    connection.execute(
        filled(
            "CREATE OR REPLACE TEMP TABLE bad_rows AS WITH"
            " twice AS (SELECT person, at_us, min(row_is) AS kept FROM $rows WHERE $fine GROUP BY ALL"
            "           HAVING count(*) > 1),"
            " again AS (SELECT s.row_is FROM $rows s JOIN twice t ON s.person = t.person AND s.at_us = t.at_us"
            "           WHERE $fine AND s.row_is > t.kept),"
            " was_kept AS ($kept_too)"
            " SELECT row_is, problems, broken, at_odd, row_is IN (FROM again) AS again,"
            " row_is IN (FROM was_kept) AS was_kept FROM $rows"
            " WHERE NOT other AND (broken IS NOT NULL OR problems > 0 OR row_is IN (FROM again)"
            "  OR row_is IN (FROM was_kept))",
            rows=rows, fine=fine, kept_too=kept_too,
        )
    )  # fmt: skip
