"""What rows come to, in plain numpy: the same tables that are made of files, by another way.

Counts are by when the dial began; what lasts is split over the half-hours it lies in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from paceline.primitives.zones import segments
from paceline.records import steps
from paceline.records.calls import HALF_HOUR_S, Ending, LineType
from paceline.records.summary import Cells, Durations, HalfHours, Span, Summary

if TYPE_CHECKING:
    import numpy.typing as npt

    from paceline.records.generator.rows import Rows
    from paceline.records.summary import Counts, Floats

    Mask = npt.NDArray[np.bool_]

_US = 1_000_000
_HALF_US = HALF_HOUR_S * _US
_DAY_S = 86_400


def half_hours_of_rows(rows: Rows, span: Span | None = None) -> HalfHours:
    """Return what happened in each half-hour that had agents or dials, in order.

    Args:
        rows: of one campaign, at least one dial or login.
        span: half-hours outside it are left out; everything where None.
    """
    first, until = _bounds(rows, span)
    blocks = _Blocks(first=first, count=until - first)
    talks = ~np.isnan(rows.talk_s)
    begun = rows.at_us + _us(rows.ring_s) + _us(rows.wait_s)
    talked = begun + _us(rows.talk_s)
    wrapped = talked + _us(rows.wrap_s)
    dials = blocks.counted(rows.at_us)
    staffed = blocks.spread(rows.logins.since_us, rows.logins.until_us)
    there = (dials > 0) | (staffed > 0)
    ended = {ending: blocks.counted(rows.at_us[_ended(rows, ending)])[there] for ending in Ending}
    return HalfHours(
        start=first + np.flatnonzero(there),
        dials=dials[there],
        answered=ended[Ending.CONNECTED] + ended[Ending.ABANDONED],
        abandoned=ended[Ending.ABANDONED],
        machines=ended[Ending.MACHINE],
        no_answers=ended[Ending.NO_ANSWER],
        busies=ended[Ending.BUSY],
        failed=ended[Ending.FAILED],
        talk_s=blocks.spread(begun[talks], talked[talks])[there],
        wrap_s=blocks.spread(talked[talks], wrapped[talks])[there],
        staffed_s=staffed[there],
        wait_s=blocks.summed(rows.at_us, np.nan_to_num(rows.wait_s))[there],
    )


def summary_of_rows(rows: Rows, zone: str, *, span: Span | None = None, without: Span | None = None) -> Summary:
    """Return everything that is fitted from.

    Args:
        rows: of one campaign, at least one dial.
        zone: of local hours and dates.
        span: what lies in it counts, by when it was dialed; everything where None.
        without: persons who were dialed in it are left out of everything but the half-hours.
    """
    first, until = _bounds(rows, span)
    counts = (rows.at_us >= first * _HALF_US) & (rows.at_us < until * _HALF_US)
    if without is not None:
        begin, end = (int(instant.timestamp()) * _US for instant in (without.since, without.until))
        held = np.unique(rows.person[(rows.at_us >= begin) & (rows.at_us < end)])
        counts &= ~np.isin(rows.person, held)
    answered = counts & (_ended(rows, Ending.CONNECTED) | _ended(rows, Ending.ABANDONED))
    talks = counts & ~np.isnan(rows.talk_s)
    wraps = counts & ~np.isnan(rows.wrap_s)
    none = np.zeros(len(rows), dtype=np.bool_)
    persons, horizon = _persons(rows, counts)
    return Summary(
        span=Span(since=_instant(first), until=_instant(until)),
        zone=zone,
        rows=int(counts.sum()),
        ring_answered=_durations(rows.ring_s, answered, none, steps.RING_STEP_S, steps.RING_STEPS),
        ring_machine=_durations(
            rows.ring_s, counts & _ended(rows, Ending.MACHINE), none, steps.RING_STEP_S, steps.RING_STEPS
        ),
        ring_unanswered=_durations(
            rows.ring_s, counts & _ended(rows, Ending.NO_ANSWER), none, steps.RING_STEP_S, steps.RING_STEPS
        ),
        talk=_durations(rows.talk_s, talks, rows.cut & np.isnan(rows.wrap_s), steps.TALK_STEP_S, steps.TALK_STEPS),
        wrap=_durations(rows.wrap_s, wraps, rows.cut, steps.WRAP_STEP_S, steps.WRAP_STEPS),
        cells=_cells(rows, counts, zone),
        half_hours=half_hours_of_rows(rows, Span(since=_instant(first), until=_instant(until))),
        persons=persons,
        retry_horizon_s=horizon,
    )


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Half-hours that follow each other."""

    first: int
    count: int

    def counted(self, at_us: Counts) -> Counts:
        """Return how many instants lie in each."""
        place, inside = self._places(at_us)
        return np.bincount(place[inside], minlength=self.count).astype(np.int64)

    def summed(self, at_us: Counts, values: Floats) -> Floats:
        """Return the sum of the values whose instants lie in each."""
        place, inside = self._places(at_us)
        return np.bincount(place[inside], weights=values[inside], minlength=self.count).astype(np.float64)

    def spread(self, since_us: Counts, until_us: Counts) -> Floats:
        """Return the seconds of spans that lie in each."""
        sums = np.zeros(self.count)
        begin, left = since_us, since_us < until_us
        while left.any():
            begin, end = begin[left], until_us[left]
            until_us = end
            edge = np.minimum((begin // _HALF_US + 1) * _HALF_US, end)
            sums += self.summed(begin, (edge - begin) / _US)
            begin, left = edge, edge < end
        return sums

    def _places(self, at_us: Counts) -> tuple[Counts, Mask]:
        place = at_us // _HALF_US - self.first
        return place, (place >= 0) & (place < self.count)


def _bounds(rows: Rows, span: Span | None) -> tuple[int, int]:
    """Return the first half-hour, and the one after the last."""
    if span is not None:
        return int(span.since.timestamp()) // HALF_HOUR_S, int(span.until.timestamp()) // HALF_HOUR_S
    ends = np.concatenate([rows.at_us, rows.logins.until_us - 1])
    begins = np.concatenate([rows.at_us, rows.logins.since_us])
    return int(begins.min()) // _HALF_US, int(ends.max()) // _HALF_US + 1


def _instant(half_hour: int) -> datetime:
    return datetime.fromtimestamp(half_hour * HALF_HOUR_S, tz=UTC)


def _ended(rows: Rows, ending: Ending) -> Mask:
    return np.asarray(rows.ending == list(Ending).index(ending))


def _us(seconds: Floats) -> Counts:
    """Return seconds as microseconds, 0 where there are none."""
    return np.rint(np.nan_to_num(seconds) * _US).astype(np.int64)


def _durations(seconds: Floats, which: Mask, cut: Mask, step_s: float, count: int) -> Durations:
    """Return times counted in steps; the last step holds everything beyond."""

    def of(mask: Mask) -> Counts:
        place = np.minimum(np.floor(seconds[mask] / step_s).astype(np.int64), count - 1)
        return np.bincount(place, minlength=count).astype(np.int64)

    return Durations(step_s=step_s, ended=of(which & ~cut), censored=of(which & cut))


def _cells(rows: Rows, counts: Mask, zone: str) -> Cells:
    at_s = rows.at_us[counts] // _US
    local = at_s.copy()
    for segment in segments(zone, int(at_s.min(initial=0)), int(at_s.max(initial=0)) + 1) if at_s.size else ():
        inside = (at_s >= segment.start_s) & (at_s < segment.end_s)
        local[inside] += segment.offset_s
    day, hour = local // _DAY_S, local % _DAY_S // 3600
    line = rows.line[counts].astype(np.int64)
    attempt = np.minimum(rows.attempt[counts].astype(np.int64), steps.ATTEMPTS)
    lines, attempts = len(LineType), steps.ATTEMPTS + 1
    key = ((day * 24 + hour) * lines + line) * attempts + attempt
    cells, place = np.unique(key, return_inverse=True)
    ending = rows.ending[counts]
    ended = {
        one: np.bincount(place[ending == number], minlength=cells.size).astype(np.int64)
        for number, one in enumerate(Ending)
    }
    return Cells(
        day=cells // attempts // lines // 24,
        hour=cells // attempts // lines % 24,
        line=cells // attempts % lines,
        attempt=cells % attempts,
        dials=np.bincount(place, minlength=cells.size).astype(np.int64),
        answered=ended[Ending.CONNECTED] + ended[Ending.ABANDONED],
        machines=ended[Ending.MACHINE],
        busies=ended[Ending.BUSY],
        failed=ended[Ending.FAILED],
    )


def _persons(rows: Rows, counts: Mask) -> tuple[int, float]:
    """Return how many persons there are, and the longest time from one attempt at one to the next."""
    person, at_us = rows.person[counts], rows.at_us[counts]
    order = np.lexsort((at_us, person))
    person, at_us = person[order], at_us[order]
    same = person[1:] == person[:-1]
    gaps = np.diff(at_us)[same]
    return int(np.unique(person).size), float(gaps.max() / _US) if gaps.size else 0.0
