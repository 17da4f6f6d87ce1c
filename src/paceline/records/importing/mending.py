"""CSV files with broken rows, written anew: each such row marked with what is broken, every other one as it was.

Rules:
* A row is broken that has too many or too few cells, bytes that are no text, or quotes that do not end in it.
* Of a row whose quotes do not end the first line alone is broken; what follows is read anew. The same holds for a row
  one of whose cells looks as if it had swallowed others.
"""

from __future__ import annotations

import csv
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from paceline.records.importing.source import BROKEN, LONGEST_LINE, ROW, Source

_SHOWN = 1_000
"""So many signs of a line that is too long are kept."""
_MOST_LINES = 100
"""No cell goes over more lines."""


def mend(source: Source, folder: Path) -> Source:
    """Write a CSV file anew, its broken rows marked, for its owner only; return the source that is read instead."""
    into = folder / f".{source.digest[:16]}.mended.csv"
    names = list(source.types)
    csv.field_size_limit(2 * LONGEST_LINE)
    with (
        source.path.open(encoding="utf-8-sig", errors="replace", newline="") as stream,
        os.fdopen(
            os.open(into, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
        ) as out,
    ):
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow([ROW, BROKEN, *names])
        stream.readline()
        rows = _rows_of(stream, source.delimiter or ",", len(names))
        for number, (cells, why) in enumerate(rows, start=1):
            writer.writerow([number, why or _broken(cells, len(names)), *_fitted(cells, len(names))])
    return replace(source, mended=into)


def _rows_of(stream: TextIO, delimiter: str, width: int) -> Iterator[tuple[list[str], str]]:
    """Yield the cells of each row, and what is broken where a quote in it does not end where it should.

    Of such a row the first line alone is broken: what follows is read anew, line by line.
    """
    held: deque[str] = deque()
    lines = _lines_of(stream)
    while (line := held.popleft() if held else next(lines, None)) is not None:
        cells, used = _cells([line], delimiter), [line]
        if cells is None and len(line) <= LONGEST_LINE:
            while "".join(used).count('"') % 2 and len(used) < _MOST_LINES and sum(map(len, used)) <= LONGEST_LINE:
                more = held.popleft() if held else next(lines, None)
                if more is None:
                    break
                used.append(more)
            cells = _cells(used, delimiter)
            if cells is not None and any(_is_swallowed(cell, delimiter, width) for cell in cells):
                cells = None
        if cells is None:
            held.extendleft(reversed(used[1:]))
            if len(line) > LONGEST_LINE:
                yield [line[:_SHOWN]], f"at most {LONGEST_LINE} signs in a row"
            else:
                yield [line.rstrip("\r\n")], "quotes that end in their row"
        elif cells:
            yield cells, ""


def _lines_of(stream: TextIO) -> Iterator[str]:
    """Yield lines; of one that is too long, as much as shows that it is."""
    while line := stream.readline(LONGEST_LINE + 1):
        yield line.replace("\0", "\N{REPLACEMENT CHARACTER}")
        while len(line) > LONGEST_LINE and not line.endswith(("\n", "\r")):
            line = stream.readline(LONGEST_LINE + 1)


def _cells(lines: list[str], delimiter: str) -> list[str] | None:
    """Return the cells of the one row that some lines are; None where they are none, or more than one."""
    if len(lines[0]) > LONGEST_LINE:
        return None
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _is_swallowed(cell: str, delimiter: str, width: int) -> bool:
    """Return whether a cell over several lines looks as if it had swallowed a row."""
    return any(line.count(delimiter) >= width - 1 for line in cell.splitlines()[1:])


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
