"""A simulated day in parts: how many agents were idle and what was abandoned, part by part, over all days played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from paceline.simulation import counters as c
from paceline.simulation.distributions import TICKS_PER_S
from paceline.simulation.result import Result

LOW, HIGH = 0.1, 0.9
"""Shares of the days that are below the lower and the upper edge of a band."""
_MINUTE = 60 * TICKS_PER_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A measure part by part: over all days together, and between which values it was on eight days of ten.

    Attributes:
        hours: the middle of each part, hours since the day began.
        mean: of all days together.
        low: a tenth of the days is below it.
        high: a tenth of the days is above it.
    """

    hours: tuple[float, ...]
    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def idle_agents(result: Result, *, minutes: int = 5) -> Band:
    """Return the mean number of idle agents in parts of so many minutes, the warm-up among them."""
    lengths, parts = _parts(result, minutes)
    busy, staffed = c.SERIES.index(c.BUSY_AREA), c.SERIES.index(c.STAFFED_AREA)
    days = [
        [(row[staffed] - row[busy]) / (length * _MINUTE) for row, length in zip(day, lengths, strict=True)]
        for day in parts
    ]
    pooled = [sum(column) / len(column) for column in zip(*days, strict=True)]
    return _band(lengths, pooled, [list(column) for column in zip(*days, strict=True)])


def abandonment(result: Result, *, minutes: int = 30) -> Band:
    """Return the abandonment in parts of so many minutes: abandoned over abandoned and connected, fractions.

    Parts in which nobody was abandoned or connected on any day are left out.
    """
    lengths, parts = _parts(result, minutes)
    dropped, connected = c.SERIES.index(c.ABANDONED), c.SERIES.index(c.CONNECTED)
    pooled: list[float] = []
    spread: list[list[float]] = []
    for number in range(len(lengths)):
        counts = [(day[number][dropped], day[number][dropped] + day[number][connected]) for day in parts]
        answers = sum(below for _, below in counts)
        pooled.append(sum(above for above, _ in counts) / answers if answers else -1.0)
        spread.append([above / below for above, below in counts if below])
    return _band(lengths, pooled, spread)


def _parts(result: Result, minutes: int) -> tuple[list[float], list[list[list[int]]]]:
    """Return the length of each part, minutes, and [days][parts] what was counted and summed in it."""
    rows = result.series
    count = int(rows.shape[1])
    ends = [*range(minutes, count, minutes), count]
    lengths = [float(end - begin) for begin, end in zip([0, *ends], ends, strict=False)]
    days: list[list[list[int]]] = []
    for day in rows[:, [end - 1 for end in ends], :].tolist():
        before = [[0] * len(c.SERIES), *day]
        days.append([[b - a for a, b in zip(one, two, strict=True)] for one, two in zip(before, day, strict=False)])
    return lengths, days


def _band(lengths: Sequence[float], pooled: Sequence[float], spread: Sequence[Sequence[float]]) -> Band:
    begin, rows = 0.0, []
    for length, mean, values in zip(lengths, pooled, spread, strict=True):
        if values:
            rows.append(((begin + length / 2) / 60, mean, _quantile(values, LOW), _quantile(values, HIGH)))
        begin += length
    hours, means, lows, highs = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Band(hours=hours, mean=means, low=lows, high=highs)


def _quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which a share of the values is, on the straight line between two of them."""
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    at = int(place)
    after = ranked[min(at + 1, len(ranked) - 1)]
    return ranked[at] + (after - ranked[at]) * (place - at)
