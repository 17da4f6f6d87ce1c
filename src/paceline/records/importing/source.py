"""A file as it came, CSV or Parquet: its columns, and its rows with their numbers.

Rules:
* Nothing is guessed from the rows of a CSV file: every cell is text, the first row names the columns, `"` quotes.
* A row has the number that it has among the rows after the first, from 1; lines without anything are none.
* A CSV file with a row that is broken (too many or too few cells, a quote that does not end, bytes that are no text) is
  written anew with the broken rows marked, so that no row is lost and every other one is read all the same. So is one
  with fewer rows than lines: a quote that is not closed where it should be swallows the rows behind it.
* A file that changes while it is read is read by nobody.
"""

from __future__ import annotations

import csv
import hashlib
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from paceline.records.failures import UnreadableRecordsError
from paceline.records.importing.opening import file, filled, name, text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROW, BROKEN = "row of the file", "what is broken"
"""Columns that are added."""
INSTANT, ODD = "$ours, microseconds", "$ours, what is odd"
"""Columns that are added for an instant of ours."""
EXACT, WALL = "instant with an offset", "instant on the wall"
"""Columns that are added on the way there."""
_ADDED = {ROW, BROKEN, EXACT, WALL} | {
    one.replace("$ours", ours) for one in (INSTANT, ODD) for ours in ("at", "login", "logout")
}
"""No file of records has such names; one that has is refused."""
_DELIMITERS = (",", ";", "\t", "|")
LONGEST_LINE = 1_000_000
"""No row of a CSV file is longer, signs."""
_LONGEST_MENDED = 8 * LONGEST_LINE
"""A sign has up to four bytes, and quotes are doubled."""
_CHUNK = 1 << 20
_NUMBERED = "file_row_number"
"""What DuckDB calls the number of a row, where the file has no such column."""
_STRANGE = {b"\x1f\x8b": "gzip", b"PK": "zip", b"\x28\xb5": "Zstandard"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that was looked at.

    Attributes:
        digest: SHA-256 of its bytes, hex.
        types: DuckDB's types by the file's names of columns, in its order.
        delimiter: None in Parquet.
        lines: of a CSV file, the first row among them and blank ones hardly; 0 in Parquet.
        stamp: what tells whether it was written to since.
        mended: where it was written anew; None where that was not needed.
    """

    path: Path
    digest: str
    types: Mapping[str, str]
    delimiter: str | None
    lines: int
    stamp: tuple[int, ...]
    mended: Path | None = None

    def swallows(self, rows: int) -> bool:
        """Return whether so many rows are fewer than lines, so that some row may have swallowed others."""
        return self.delimiter is not None and self.mended is None and rows + 1 != self.lines

    def hold(self) -> None:
        """Make sure that the file is still the one that was looked at.

        Raises:
            UnreadableRecordsError: it was written to.
        """
        if _stamp(self.path) != self.stamp:
            raise UnreadableRecordsError(f"{self.path} changed while it was read", hint="wait until it is written")

    def rows(self) -> str:
        """Return the query of all rows: `ROW`, `BROKEN`, and the file's columns."""
        if self.delimiter is None:
            columns = ", ".join(name(column) for column in self.types)
            return filled(
                "SELECT row_number() OVER () AS $row, NULL::VARCHAR AS $broken, $columns FROM read_parquet($path)"
                if _NUMBERED in self.types
                else "SELECT file_row_number + 1 AS $row, NULL::VARCHAR AS $broken, $columns"
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
            longest=LONGEST_LINE if self.mended is None else _LONGEST_MENDED,
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

    stamp = _stamp(path)
    try:
        with path.open("rb") as stream:
            first = stream.read(4)
        digest, lines = _counted(path)
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
        types = {row[0]: row[1] for row in told}
        return Source(path=path, digest=digest, types=_free(path, types), delimiter=None, lines=0, stamp=stamp)
    header = _header(path)
    delimiter = delimiter or max(_DELIMITERS, key=header.count)
    names = _names(header, delimiter)
    if not names or len({one.lower() for one in names}) < len(names) or not all(names):
        message = f"{path}: the first row does not name the columns, each by a name of its own, capitals aside"
        raise UnreadableRecordsError(message)
    types = _free(path, dict.fromkeys(names, "VARCHAR"))
    return Source(path=path, digest=digest, types=types, delimiter=delimiter, lines=lines, stamp=stamp)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, hex.

    Raises:
        UnreadableRecordsError: it cannot be read.
    """
    _stamp(path)
    try:
        return _counted(path)[0]
    except OSError as wrong:
        raise UnreadableRecordsError(f"{path} cannot be read: {wrong.strerror}") from wrong


def _header(path: Path) -> str:
    with path.open("rb") as stream:
        first = stream.readline(LONGEST_LINE + 1)
    if len(first) > LONGEST_LINE:
        raise UnreadableRecordsError(f"{path}: the first row is longer than {LONGEST_LINE} bytes")
    try:
        line = first.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError as wrong:
        raise UnreadableRecordsError(f"{path} is neither Parquet nor text in UTF-8") from wrong
    if not line.isprintable() and "\t" not in line:
        raise UnreadableRecordsError(f"{path} is neither Parquet nor CSV")
    return line


def _names(header: str, delimiter: str) -> list[str]:
    csv.field_size_limit(2 * LONGEST_LINE)
    try:
        return [cell.strip() for cell in next(csv.reader([header], delimiter=delimiter, strict=True), ())]
    except csv.Error:
        return []


def _free(path: Path, types: dict[str, str]) -> dict[str, str]:
    """Return the columns, if none has a name that is added to them; DuckDB would take one for the other."""
    taken = next((one for one in types if one.lower() in _ADDED), None)
    if taken is not None:
        raise UnreadableRecordsError(
            f"{path} has a column {taken!r}, which stands for something else", hint="rename it"
        )
    return types


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError as wrong:
        raise UnreadableRecordsError(f"{path} cannot be read: {wrong.strerror}") from wrong
    if not stat.S_ISREG(found.st_mode):
        hint = "what comes through a pipe has to be written to a file first"
        raise UnreadableRecordsError(f"{path} is no file", hint=None if stat.S_ISDIR(found.st_mode) else hint)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _counted(path: Path) -> tuple[str, int]:
    """Return the SHA-256 of a file, hex, and how many lines it has that are not blank, or more."""
    digest, lines, chunk, last = hashlib.sha256(), 0, b"", b"\n"
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            # A blank line at the border of two chunks is counted: then the file is mended, which is only slower.
            lines += chunk.count(b"\n") - chunk.count(b"\n\n") - chunk.count(b"\r\n\r\n")
            last = chunk[-1:]
    return digest.hexdigest(), lines + (last != b"\n")
