"""What kind of line a number is and where its holder is, by its first digits: asked once for each beginning.

Rules:
* Of each beginning (the area code in North America, seven signs elsewhere) and length, the least and the greatest
  number are asked about; what they do not agree on is unknown. In North America no number says whether it is a cell.
* A region is said where there is exactly one that it can be: an area code of two states has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.compliance.locality import Standing, locate
from paceline.compliance.numbering import line_of
from paceline.records.calls import LineType
from paceline.records.importing.checking import PREFIX
from paceline.records.importing.opening import filled, rows_of
from paceline.records.importing.typed import cell

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from paceline.compliance.rulebook import Rulebook

MOST_PREFIXES = 20_000
"""So many beginnings are asked about, those with most calls first; the others are unknown."""


def no_prefixes(connection: DuckDBPyConnection) -> None:
    """Make the table of beginnings, without any."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE prefixes (prefix VARCHAR, long BIGINT, line VARCHAR, region VARCHAR)"
    )


def ask_prefixes(connection: DuckDBPyConnection, rows: str, column: str, rulebook: Rulebook) -> None:
    """Make the table of beginnings: line type and region of each.

    Args:
        connection: where the table is made.
        rows: the query of the file's rows.
        column: the file's column of numbers.
        rulebook: knows the regions.
    """
    no_prefixes(connection)
    found = connection.execute(
        filled(
            "SELECT $prefix, length(number), min(number), max(number) FROM (SELECT $cell AS number FROM ($rows))"
            " WHERE regexp_full_match(number, '\\+[1-9]\\d{6,14}') GROUP BY ALL"
            " ORDER BY count(*) DESC, 1, 2 LIMIT $most",
            prefix=PREFIX,
            cell=cell(column),
            rows=rows,
            most=MOST_PREFIXES,
        )
    ).fetchall()
    told = [[prefix, long, _line(least, most), _region(least, most, rulebook)] for prefix, long, least, most in found]
    if told:
        connection.execute(filled("INSERT INTO prefixes VALUES $rows", rows=rows_of(told)))


def _line(least: str, most: str) -> str:
    lines = {line_of(number) for number in {least, most}}
    line = lines.pop() if len(lines) == 1 else None
    return LineType.UNKNOWN.value if line is None else LineType(line).value


def _region(least: str, most: str, rulebook: Rulebook) -> str:
    regions = {_one_region(number, rulebook) for number in {least, most}}
    return regions.pop() if len(regions) == 1 else ""


def _one_region(number: str, rulebook: Rulebook) -> str:
    where = locate(number, rulebook=rulebook)
    if where.standing is not Standing.LOCATED:
        return ""
    parts = {code for code in where.jurisdictions if "-" in code}
    codes = parts or where.jurisdictions
    countries = {code[:2] for code in where.jurisdictions}
    return next(iter(codes)) if len(codes) == 1 and len(countries) == 1 else ""
