"""Cells of a file as values: instants, seconds, counts and words, as expressions of SQL; what is none of them is NULL.

Rules:
* An instant has its offset, or the reading names the zone that it is in; a local time that the clocks of the zone leave
  out, or show twice, is no instant.
* A number that is missing in a Parquet file may stand there as not-a-number; in text, `nan` is no number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from paceline.primitives.zones import segments
from paceline.records.importing.mapping import Unit
from paceline.records.importing.opening import filled, name, rows_of, text
from paceline.records.importing.source import EXACT, INSTANT, ODD, WALL

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LOCAL = "local_times"
"""The table of what an offset each local time of the reading's zone has."""
_ISO = r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?"
_OFFSET = r" ?([Zz]|[+-]\d{2}(:?\d{2})?)"
_UNTIL_S = 4_102_444_800
_FLOATS = ("FLOAT", "DOUBLE")
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")


def cell(column: str) -> str:
    """Return the text of a cell, NULL where it is blank."""
    return filled("NULLIF(trim(CAST($column AS VARCHAR)), '')", column=name(column))


def local_times(connection: DuckDBPyConnection, zone: str | None) -> None:
    """Make the table of local times: from when, the offset in microseconds, or NULL with why there is none."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {LOCAL} (since_us BIGINT, offset_us BIGINT, odd VARCHAR)")
    if zone is not None:
        connection.execute(filled("INSERT INTO $local VALUES $rows", local=LOCAL, rows=rows_of(_local_rows(zone))))


def _local_rows(zone: str) -> Iterator[tuple[int, int | None, str | None]]:
    kept = segments(zone, 0, _UNTIL_S)
    yield kept[0].offset_s * 1_000_000, kept[0].offset_s * 1_000_000, None
    for before, after in pairwise(kept):
        first, last = sorted((after.start_s + before.offset_s, after.start_s + after.offset_s))
        odd = "does not exist" if after.offset_s > before.offset_s else "comes twice"
        yield first * 1_000_000, None, f"a local time that {zone} has once; this one {odd}"
        yield last * 1_000_000, after.offset_s * 1_000_000, None


def with_instants(rows: str, columns: Mapping[str, str | None], types: Mapping[str, str], *, zone: str | None) -> str:
    """Return the query with two more columns for each instant, by the names of `instant_columns`.

    The first is in microseconds, UTC, NULL where it is none; the second says why.

    Args:
        rows: the query of the file's rows.
        columns: the file's column of each instant, by our name.
        types: of the file's columns.
        zone: of local times; None where there is none.
    """
    for ours, column in columns.items():
        us, odd = instant_columns(ours)
        if column is None:
            rows = f"SELECT *, NULL::BIGINT AS {us}, NULL::VARCHAR AS {odd} FROM ({rows})"  # noqa: S608 - names of ours
            continue
        kind = types[column]
        if kind == "TIMESTAMP WITH TIME ZONE":
            template = "SELECT *, epoch_us($column) AS $us, NULL::VARCHAR AS $odd FROM ($rows)"
            rows = filled(template, column=name(column), us=us, odd=odd, rows=rows)
            continue
        local = (
            filled("epoch_us($column)", column=name(column))
            if kind.startswith("TIMESTAMP")
            else _parsed(column, _ISO, "TIMESTAMP")
        )
        exact = "NULL::BIGINT" if kind.startswith("TIMESTAMP") else _parsed(column, _ISO + _OFFSET, "TIMESTAMPTZ")
        rows = _joined(rows, ours, exact, local, zoned=zone is not None)
    return rows


def instant_columns(ours: str) -> tuple[str, str]:
    """Return what the columns are called that an instant is read into, as SQL writes it: its value, and why it is none.

    A file may well have a column `at_us` of its own, and it would be taken for this one.
    """
    return name(filled(INSTANT, ours=ours)), name(filled(ODD, ours=ours))


def _joined(rows: str, ours: str, exact: str, local: str, *, zoned: bool) -> str:
    us, odd = instant_columns(ours)
    parts = {"us": us, "odd": odd, "exact": name(EXACT), "wall": name(WALL)}
    found = filled("SELECT *, $is_exact AS $exact, $is_local AS $wall FROM ($rows)",
                   is_exact=exact, is_local=local, rows=rows, **parts)  # fmt: skip
    if not zoned:
        template = (
            "SELECT * EXCLUDE ($exact, $wall), $exact AS $us,"
            " CASE WHEN $wall IS NOT NULL THEN 'an instant with an offset, or --zone' END AS $odd FROM ($found)"
        )
        return filled(template, found=found, **parts)
    template = (
        "SELECT f.* EXCLUDE ($exact, $wall), coalesce(f.$exact, f.$wall - l.offset_us) AS $us,"
        " CASE WHEN f.$exact IS NULL THEN l.odd END AS $odd"
        " FROM ($found) f ASOF LEFT JOIN $local l ON f.$wall >= l.since_us"
    )
    return filled(template, found=found, local=LOCAL, **parts)


def _parsed(column: str, pattern: str, kind: str) -> str:
    template = "CASE WHEN regexp_full_match($cell, $pattern) THEN epoch_us(TRY_CAST($cell AS $kind)) END"
    return filled(template, cell=cell(column), pattern=text(pattern), kind=kind)


def seconds(column: str | None, types: Mapping[str, str], unit: Unit) -> str:
    """Return seconds, NULL where the cell is none."""
    if column is None:
        return "NULL::DOUBLE"
    by = "/ 1000.0" if unit is Unit.MILLISECONDS else ""
    return f"({_number(column, types)} {by})"


def whole(column: str | None, types: Mapping[str, str]) -> str:
    """Return a whole number, NULL where the cell is none."""
    if column is None:
        return "NULL::BIGINT"
    template = "CASE WHEN $number = floor($number) AND abs($number) < 1e15 THEN CAST($number AS BIGINT) END"
    return filled(template, number=_number(column, types))


def absent(column: str | None, types: Mapping[str, str]) -> str:
    """Return whether a cell says nothing."""
    if column is None:
        return "true"
    if types[column] in _FLOATS:
        return filled("($column IS NULL OR isnan($column))", column=name(column))
    return f"({(name if _is_number(types[column]) else cell)(column)} IS NULL)"


def word(column: str | None, means: Mapping[str, str]) -> str:
    """Return what a word means, NULL where it means nothing."""
    if column is None:
        return "NULL::VARCHAR"
    cases = " ".join(f"WHEN {text(said)} THEN {text(meant)}" for said, meant in means.items())
    return filled("(CASE translate(lower($cell), ' -', '__') $cases END)", cell=cell(column), cases=cases)


def digest(expression: str, kind: str) -> str:
    """Return the keyed digest of a text, 1 to 2^64 - 1; 0 where there is none. The connection holds the key.

    Args:
        expression: of the text.
        kind: `number`, `agent` or `debt`: the same text has another digest as each.
    """
    template = (
        "(CASE WHEN $value IS NULL THEN 0"
        " ELSE greatest(CAST('0x' || left(sha256(getvariable('digest_key') || $kind || $value), 16) AS UBIGINT), 1)"
        " END)"
    )
    return filled(template, kind=text(f"{kind[0]}:"), value=expression)


def _is_number(kind: str) -> bool:
    return kind in _NUMBERS or kind in _FLOATS or kind.startswith("DECIMAL")


def _number(column: str, types: Mapping[str, str]) -> str:
    kind = types[column]
    if kind in _FLOATS:
        return filled("(CASE WHEN NOT isnan($column) THEN CAST($column AS DOUBLE) END)", column=name(column))
    if _is_number(kind):
        return filled("CAST($column AS DOUBLE)", column=name(column))
    # DuckDB would read `nan`, and `1_000` as one thousand.
    return filled(
        "(CASE WHEN regexp_full_match($cell, '[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?')"
        " THEN TRY_CAST($cell AS DOUBLE) END)",
        cell=cell(column),
    )
