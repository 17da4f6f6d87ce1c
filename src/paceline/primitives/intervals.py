"""Sets of instants, as half-open intervals of whole seconds in UTC that neither touch nor overlap."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Span = tuple[int, int]
"""A half-open interval `[start, end)` in whole seconds since 1970-01-01T00:00:00Z."""


def seconds_of(instant: datetime) -> int:
    """Return the whole seconds since 1970 of an aware instant, rounded down.

    Raises:
        ValueError: when the instant has no offset.
    """
    if instant.utcoffset() is None:
        raise ValueError(f"the instant {instant} has no offset: nobody knows when it is")
    return (instant - _EPOCH) // timedelta(seconds=1)


def instant_at(seconds: int) -> datetime:
    """Return the instant in UTC of these whole seconds since 1970."""
    return _EPOCH + timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Intervals:
    """A set of instants; `spans` are maximal, in order, and never empty. To be made with `of`.

    >>> morning, noon = Intervals.of([(0, 10), (10, 20)]), Intervals.of([(5, 15)])
    >>> morning.spans, (morning & noon).spans, (morning - noon).spans
    (((0, 20),), ((5, 15),), ((0, 5), (15, 20)))
    """

    spans: tuple[Span, ...] = ()

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Intervals:
        """Return the set of all instants in these intervals, which may touch, overlap or be empty."""
        merged: list[Span] = []
        for start, end in sorted(span for span in spans if span[0] < span[1]):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return cls(tuple(merged))

    @classmethod
    def between(cls, start: datetime, end: datetime) -> Intervals:
        """Return the instants from `start` to before `end`, both aware, cut to whole seconds."""
        return cls.of([(seconds_of(start), seconds_of(end))])

    def __or__(self, other: Intervals) -> Intervals:
        return Intervals.of([*self.spans, *other.spans])

    def __and__(self, other: Intervals) -> Intervals:
        """Return what is in both, in one walk over both."""
        found: list[Span] = []
        mine, theirs = self.spans, other.spans
        i = j = 0
        while i < len(mine) and j < len(theirs):
            start, end = max(mine[i][0], theirs[j][0]), min(mine[i][1], theirs[j][1])
            if start < end:
                found.append((start, end))
            if mine[i][1] < theirs[j][1]:
                i += 1
            else:
                j += 1
        return Intervals(tuple(found))

    def __sub__(self, other: Intervals) -> Intervals:
        """Return what is here and not there."""
        left: list[Span] = []
        theirs, j = other.spans, 0
        for begun, end in self.spans:
            start = begun
            while j < len(theirs) and theirs[j][1] <= start:
                j += 1
            k = j
            while k < len(theirs) and theirs[k][0] < end:
                if theirs[k][0] > start:
                    left.append((start, theirs[k][0]))
                start = max(start, theirs[k][1])
                k += 1
            if start < end:
                left.append((start, end))
        return Intervals(tuple(left))

    def __contains__(self, instant: datetime) -> bool:
        return self.holds(seconds_of(instant))

    def __iter__(self) -> Iterator[tuple[datetime, datetime]]:
        return ((instant_at(start), instant_at(end)) for start, end in self.spans)

    def __len__(self) -> int:
        return len(self.spans)

    def holds(self, seconds: int) -> bool:
        """Return whether these whole seconds since 1970 are in the set."""
        at = bisect_right(self.spans, seconds, key=_start) - 1
        return at >= 0 and seconds < self.spans[at][1]

    def next_from(self, instant: datetime) -> datetime | None:
        """Return the first instant of the set that is not before this one; None when there is none."""
        seconds = seconds_of(instant)
        for start, end in self.spans[max(bisect_right(self.spans, seconds, key=_start) - 1, 0) :]:
            if seconds < end:
                return instant if seconds >= start else instant_at(start)
        return None

    @property
    def total_s(self) -> int:
        """How many seconds are in the set."""
        return sum(end - start for start, end in self.spans)


def _start(span: Span) -> int:
    return span[0]
