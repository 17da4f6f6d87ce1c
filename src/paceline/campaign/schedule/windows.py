"""A weekly schedule as instants: when it is open, when it opens next, and which days its zone's clock makes odd.

An instant is open when the wall clock of the schedule's zone, read at that instant, lies in a window of that weekday.
So a window in a gap has no instants, and one in a repeated hour has it twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from paceline.campaign.blocks import DAY_S, Schedule, Window
from paceline.primitives.intervals import Intervals, Span, instant_at, seconds_of
from paceline.primitives.zones import segments

_EPOCH_DAY = date(1970, 1, 1)
_EPOCH_WEEKDAY = 3
"""1970 began on a Thursday."""


def weekday_of(local_s: int) -> int:
    """Return the weekday of local seconds since 1970-01-01T00:00 on the wall clock; 0 is Monday."""
    return (local_s // DAY_S + _EPOCH_WEEKDAY) % 7


def date_of(local_s: int) -> date:
    """Return the local date of local seconds since 1970."""
    return _EPOCH_DAY + timedelta(days=local_s // DAY_S)


def intervals_between(schedule: Schedule, start: datetime, end: datetime) -> Intervals:
    """Return the instants at which the schedule is open, from `start` to before `end`, both aware.

    Raises:
        UnknownZoneError: when the pinned zone data has no such zone.
    """
    spans: list[Span] = []
    for segment in segments(schedule.zone, seconds_of(start), seconds_of(end)):
        offset = segment.offset_s
        local = (segment.start_s + offset, segment.end_s + offset)
        spans += [(opens - offset, closes - offset) for opens, closes in _openings(schedule.windows, local)]
    return Intervals.of(spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class OddHour:
    """Wall clock readings that a date of the schedule's zone skips, or has twice, and that lie in a window.

    Attributes:
        on: the local date on which they begin.
        start_s, end_s: seconds of that local day; an end beyond 24:00 lies on the next one.
        is_repeated: whether they come twice; else not at all.
    """

    on: date
    start_s: int
    end_s: int
    is_repeated: bool


def odd_hours(schedule: Schedule, start: datetime, end: datetime) -> tuple[OddHour, ...]:
    """Return the gaps and repeated hours of the zone, from `start` to before `end`, that touch a window."""
    found = []
    stretches = segments(schedule.zone, seconds_of(start), seconds_of(end))
    for before, after in pairwise(stretches):
        at, offsets = after.start_s, (before.offset_s, after.offset_s)
        local = (at + min(offsets), at + max(offsets))
        if local[0] < local[1] and any(_openings(schedule.windows, local)):
            midnight = local[0] - local[0] % DAY_S
            found.append(
                OddHour(
                    on=date_of(local[0]),
                    start_s=local[0] - midnight,
                    end_s=local[1] - midnight,
                    is_repeated=offsets[1] < offsets[0],
                )
            )
    return tuple(found)


def local_reading(zone: str, at_s: int) -> int:
    """Return what the wall clock of the zone shows at an instant: local seconds since 1970.

    Args:
        zone: a key of the pinned zone data.
        at_s: whole seconds since 1970 in UTC.
    """
    (segment,) = segments(zone, at_s, at_s + 1)
    return at_s + segment.offset_s


def local_text(zone: str, at_s: int) -> str:
    """Return that reading for people, such as `2026-11-23 20:00`."""
    return instant_at(local_reading(zone, at_s)).strftime("%Y-%m-%d %H:%M")


def _openings(windows: tuple[Window, ...], local: Span) -> Iterator[Span]:
    """Yield where windows lie in a stretch of local seconds."""
    start, end = local
    for midnight in range(start - start % DAY_S, end, DAY_S):
        weekday = weekday_of(midnight)
        for window in windows:
            opens, closes = max(start, midnight + window.start_s), min(end, midnight + window.end_s)
            if window.weekday == weekday and opens < closes:
                yield opens, closes
