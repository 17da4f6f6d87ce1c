"""The blocks that an experiment may use: whole ones, within the hours in which a campaign's schedule is open. Pure.

Every open stretch of a local day is divided from its beginning, so that days with the same hours have the same blocks.
Where the zone's clock changes, a stretch ends and another begins; a time that a day has twice is a block once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from paceline.campaign.blocks import DAY_S, Schedule
from paceline.campaign.schedule.windows import date_of, intervals_between, weekday_of
from paceline.control.experiments.plan import Balanced
from paceline.control.experiments.planning import Block, Terms
from paceline.primitives.intervals import Intervals, instant_at, seconds_of
from paceline.primitives.zones import segments

LOOKED_AHEAD = timedelta(days=120)
"""How far ahead open days are looked for."""
UNSCHEDULED_ZONE = "UTC"
"""The zone of a campaign without a schedule, which is always open."""
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def blocks_of(schedule: Schedule | None, since: datetime, terms: Terms) -> tuple[Block, ...]:
    """Return the whole blocks of the first open days that lie wholly after an instant.

    Args:
        schedule: of the campaign; None is always open, by the clock of UTC.
        since: when the first day may begin.
        terms: block, days, hours and which times are the same.

    Raises:
        UnknownZoneError: when the pinned zone data has no such zone.
    """
    zone = UNSCHEDULED_ZONE if schedule is None else schedule.zone
    start, end = since - timedelta(days=1), since + LOOKED_AHEAD
    is_open = Intervals.between(start, end) if schedule is None else intervals_between(schedule, start, end)
    found: dict[str, list[Block]] = {}
    for opens, closes in _days(zone, seconds_of(start), seconds_of(end)):
        for block in _divided(zone, Intervals.of([(opens, closes)]) & is_open, terms):
            day = found.setdefault(block.day, [])
            if block.time not in {one.time for one in day}:
                day.append(block)
        if len(found) > terms.days + 1:
            break
    ahead = [blocks for _, blocks in sorted(found.items()) if blocks[0].start >= since]
    return tuple(block for blocks in ahead[: terms.days] for block in blocks)


def is_open_in(schedule: Schedule | None, start: datetime, end: datetime) -> bool:
    """Return whether a schedule is open from `start` up to `end`, without a hole.

    Raises:
        UnknownZoneError: when the pinned zone data has no such zone.
    """
    return schedule is None or [*intervals_between(schedule, start, end)] == [(start, end)]


def _days(zone: str, start_s: int, end_s: int) -> Iterator[tuple[int, int]]:
    """Yield the whole local days between two instants, as instants; days that the zone's clock cuts included."""
    midnights: list[int] = []
    for one in segments(zone, start_s, end_s):
        first = -(-(one.start_s + one.offset_s) // DAY_S) * DAY_S
        midnights += range(first - one.offset_s, one.end_s, DAY_S)
    midnights = sorted(set(midnights))
    yield from pairwise(midnights)


def _divided(zone: str, is_open: Intervals, terms: Terms) -> Iterator[Block]:
    long_s = int(terms.block.total_seconds())
    within = terms.hours or (0, DAY_S)
    stretches = (one for opens, closes in is_open for one in segments(zone, seconds_of(opens), seconds_of(closes)))
    for one in stretches:
        midnight = one.start_s - (one.start_s + one.offset_s) % DAY_S
        first, last = max(one.start_s, midnight + within[0]), min(one.end_s, midnight + within[1])
        for start_s in range(first, last - long_s + 1, long_s):
            local = start_s + one.offset_s
            minutes = local % DAY_S // 60
            time = f"{minutes // 60:02}:{minutes % 60:02}"
            if terms.balanced is Balanced.HOUR_OF_WEEK:
                time = f"{_WEEKDAYS[weekday_of(local)]} {time}"
            yield Block(start=instant_at(start_s), day=f"{date_of(local)}", time=time)
