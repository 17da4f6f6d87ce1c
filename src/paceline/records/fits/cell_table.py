"""Cells of answering by number: lines, hours, days and attempts that were seen, for the arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from paceline.records.summary import Cells

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Cells by number, for the arithmetic.

    Attributes:
        lines: [lines] places in `LineType`.
        units: [units, 2] place of the line in `lines`, and hour.
        days: [days] of the cells.
        unit, day, attempt: [rows] numbers from 0.
        dials, answered: [rows].
        attempts: how many there are.
        is_open: [rows] whether the row's attempt stands for all after it.
    """

    lines: Places
    units: Places
    days: Places
    unit: Places
    day: Places
    attempt: Places
    dials: Floats
    answered: Floats
    attempts: int
    is_open: npt.NDArray[np.bool_]

    @property
    def line(self) -> Places:
        """Return [rows] the place of each row's line in `lines`."""
        found: Places = self.units[self.unit, 0]
        return found

    def times(self, often: Floats) -> Table:
        """Return it with each day so often, [days]; days that are not there have no dials."""
        rows = often[self.day]
        return replace(self, dials=self.dials * rows, answered=self.answered * rows)


def table_of(cells: Cells, open_from: int) -> Table:
    """Return the cells that have dials, by number; `open_from` is the attempt that stands for all after it."""
    has = cells.dials > 0
    line, hour, day = cells.line[has], cells.hour[has], cells.day[has]
    attempt = np.minimum(cells.attempt[has], open_from) - 1
    lines = np.unique(line)
    pairs, unit = np.unique(np.searchsorted(lines, line) * 24 + hour, return_inverse=True)
    days, at_day = np.unique(day, return_inverse=True)
    return Table(
        lines=lines,
        units=np.column_stack([pairs // 24, pairs % 24]),
        days=days,
        unit=unit,
        day=at_day,
        attempt=attempt,
        dials=cells.dials[has].astype(float),
        answered=cells.answered[has].astype(float),
        attempts=int(attempt.max()) + 1,
        is_open=attempt == open_from - 1,
    )


def counted_by(place: Places, weights: Floats, size: int) -> Floats:
    """Return [size] the sums of weights by place."""
    return np.bincount(place, weights, size).astype(np.float64)
