"""A file as it came, CSV or Parquet: its columns, and its rows with their numbers.

Rules:
* Nothing is guessed from the rows of a CSV file: every cell is text, the first row names the columns, `"` quotes.
* A row has the number that it has among the rows after the first, from 1; lines without anything are none.
* A CSV file with a row that is broken (too many or too few cells, a quote that does not end, bytes that are no text) is
  written anew with the broken rows marked, so that no row is lost and every other one is read all the same.
"""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paceline.records.failures import UnreadableRecordsError
from paceline.records.opening import file, filled, name, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROW, BROKEN = "row of the file", "what is broken"
"""Columns that are added: no file of records has such names."""
_DELIMITERS = (",", ";", "\t", "|")
_LONGEST_LINE = 1_000_000
_STRANGE = {b"\x1f\x8b": "gzip", b"PK": "zip", b"\x28\xb5": "Zstandard"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that was looked at.

    Attributes:
        digest: SHA-256 of its bytes, hex.
        types: DuckDB's types by the file's names of columns, in its order.
        delimiter: None in Parquet.
        mended: where it was written anew; None where that was not needed.
    """

    path: Path
    digest: str
    types: Mapping[str, str]
    delimiter: str | None
    mended: Path | None = None

    def rows(self) -> str:
        """Return the query of all rows: `ROW`, `BROKEN`, and the file's columns."""
        if self.delimiter is None:
            columns = ", ".join(name(column) for column in self.types)
            return filled(
                "SELECT file_row_number + 1 AS $row, NULL::VARCHAR AS $broken, $columns"
                " FROM read_parquet($path, file_row_number = true)",
                row=name(ROW), broken=name(BROKEN), columns=columns, path=file(self.path),
            )  # fmt: skip
        names = [*([] if self.mended is None else [ROW, BROKEN]), *self.types]
        types = ", ".join(f"{text(column)}: '{'BIGINT' if column == ROW else 'VARCHAR'}'" for column in names)
        added = "row_number() OVER () AS $row, NULL::VARCHAR AS $broken, *" if self.mended is None else "*"
        template = (
            "SELECT $added FROM read_csv($path, auto_detect = false, header = true, delim = $delimiter,"
            " quote = '\"', escape = '\"', nullstr = '', columns = {$types}, max_line_size = $longest)"
        )
        delimiter = self.delimiter if self.mended is None else ","
        return filled(
            template,
            added=filled(added, row=name(ROW), broken=name(BROKEN)),
            path=file(self.mended or self.path),
            types=types,
            delimiter=text(delimiter),
            longest=_LONGEST_LINE,
        )


def looked_at(path: Path, connection: DuckDBPyConnection, *, delimiter: str | None = None) -> Source:
    """Look at a file.

    Args:
        path: of CSV or Parquet; which one is told by its first bytes.
        connection: may read it.
        delimiter: what parts the cells of a CSV file; None takes the one that the first line has most of.

    Raises:
        UnreadableRecordsError: it is neither.
    """
    import duckdb

    try:
        with path.open("rb") as stream:
            first = stream.read(4)
            stream.seek(0)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as wrong:
        raise UnreadableRecordsError(f"{path} cannot be read: {wrong.strerror}") from wrong
    packed = next((kind for begins, kind in _STRANGE.items() if first.startswith(begins)), None)
    if packed is not None:
        raise UnreadableRecordsError(f"{path} is packed ({packed})", hint="unpack it first")
    if first == b"PAR1":
        try:
            told = connection.execute(filled("DESCRIBE SELECT * FROM read_parquet($path)", path=file(path))).fetchall()
        except duckdb.Error as wrong:
            raise UnreadableRecordsError(f"{path} begins like Parquet and is none that can be read") from wrong
        return Source(path=path, digest=digest, types={row[0]: row[1] for row in told}, delimiter=None)
    header = _header(path)
    delimiter = delimiter or max(_DELIMITERS, key=header.count)
    names = [cell.strip() for cell in next(csv.reader([header], delimiter=delimiter), [])]
    if not names or len(set(names)) < len(names) or not all(names):
        raise UnreadableRecordsError(f"{path}: the first row does not name the columns, each by a name of its own")
    return Source(path=path, digest=digest, types=dict.fromkeys(names, "VARCHAR"), delimiter=delimiter)


def mend(source: Source, folder: Path) -> Source:
    """Write a CSV file anew, its broken rows marked, for its owner only; return the source that is read instead."""
    into = folder / f".{source.digest[:16]}.mended.csv"
    names = list(source.types)
    csv.field_size_limit(_LONGEST_LINE)
    with (
        source.path.open(encoding="utf-8-sig", errors="replace", newline="") as stream,
        os.fdopen(
            os.open(into, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
        ) as out,
    ):
        rows = csv.reader((line.replace("\0", "\N{REPLACEMENT CHARACTER}") for line in stream),
                          delimiter=source.delimiter or ",")  # fmt: skip
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([ROW, BROKEN, *names])
        next(rows)
        number = 0
        for cells in rows:
            if not cells:
                continue
            number += 1
            writer.writerow([number, _broken(cells, len(names)), *_fitted(cells, len(names))])
    return Source(path=source.path, digest=source.digest, types=source.types, delimiter=source.delimiter, mended=into)


def _header(path: Path) -> str:
    with path.open("rb") as stream:
        first = stream.readline(_LONGEST_LINE)
    try:
        line = first.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError as wrong:
        raise UnreadableRecordsError(f"{path} is neither Parquet nor text in UTF-8") from wrong
    if not line.isprintable() and "\t" not in line:
        raise UnreadableRecordsError(f"{path} is neither Parquet nor CSV")
    return line


def _broken(cells: list[str], width: int) -> str:
    if len(cells) != width:
        return f"{width} cells, as the first row has; it has {len(cells)}"
    if any("\N{REPLACEMENT CHARACTER}" in cell for cell in cells):
        return "text in UTF-8"
    return ""


def _fitted(cells: list[str], width: int) -> list[str]:
    """Return as many cells as there are columns; what is too much stays in the last one, so that none is lost."""
    if len(cells) > width:
        return [*cells[: width - 1], " ".join(cells[width - 1 :])]
    return [*cells, *[""] * (width - len(cells))]
