"""How many days of dialing are to come until an instant, by what each weekday had, and by the schedule where it tells.

A day here is the usual one of the roster; a weekday that is usually half as long counts for a half.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from paceline.primitives.zones import UnknownZoneError, zone
from paceline.twin.measured.clock import DAY_MIN, Minutes, Roster, instant_of_minute, minute_of

if TYPE_CHECKING:
    from paceline.campaign.blocks import Schedule

_WEEK = 7
_THURSDAY = 3
_SLACK_MIN = 30
"""Minutes by which a day may be cut and still count as whole."""
_BELIEVED = 0.5
"""Days that a weekday on which the schedule has windows is given beside those measured."""
UNKNOWN_HOURS = 12.0
"""Hours of a day to come, at least, where no day was measured whole and no schedule tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What is to be expected of each weekday.

    Attributes:
        roster: the usual day.
        days: usual days that one of each weekday comes to, Monday first.
        edge: minute of the UTC day at which days begin.
        at: minutes since 1970 at which the measuring ended.
        guessed: whether no day was measured whole, so that the length of days is not known.
    """

    roster: Roster
    days: tuple[float, ...]
    edge: int
    at: int
    guessed: bool

    def left_until(self, end: datetime) -> float:
        """Return the usual days of dialing from the end of the measuring to an instant; 0 where that is over."""
        last = minute_of(end)
        if last <= self.at:
            return 0.0
        today, final = (self.at - self.edge) // DAY_MIN, (last - self.edge) // DAY_MIN
        left = 0.0
        for day in range(today, final + 1):
            before = self.roster.share_before((last - self.edge) % DAY_MIN) if day == final else 1.0
            done = self.roster.share_before((self.at - self.edge) % DAY_MIN) if day == today else 0.0
            left += self.days[weekday_of(day)] * max(before - done, 0.0)
        return left


def weekday_of(day: int) -> int:
    """Return the weekday of the UTC date on which a day begins; 0 is Monday."""
    return (day + _THURSDAY) % _WEEK


def week_of(minutes: Minutes, roster: Roster, schedule: Schedule | None) -> Week:
    """Return what is to be expected of each weekday."""
    import numpy as np

    first, last = int(minutes.day.min()), minutes.today
    staffed = np.bincount(minutes.day - first, weights=minutes.staffed, minlength=last - first + 1)
    usual = roster.agent_hours * 3600.0
    whole = {
        day: float(staffed[day - first]) / usual for day in range(first, last + 1) if _is_whole(minutes, roster, day)
    }
    open_hours = None if schedule is None else _open_hours(schedule, minutes, roster)
    worked = [share for share in whole.values() if share > 0]
    if worked:
        days = _measured(whole, sum(worked) / len(worked), open_hours)
    elif open_hours is not None:
        days = tuple(hours / roster.hours for hours in open_hours)
    else:
        days = (max(1.0, UNKNOWN_HOURS / roster.hours),) * _WEEK
    return Week(roster=roster, days=days, edge=minutes.edge, at=minutes.at, guessed=not worked)


def _is_whole(minutes: Minutes, roster: Roster, day: int) -> bool:
    """Return whether a day was measured from its beginning to its end."""
    of_it = minutes.offset[minutes.day == day]
    if day == int(minutes.day.min()) and int(of_it.min()) > roster.begin_min + _SLACK_MIN:
        return False
    if day < minutes.today:
        return True
    now = (minutes.at - minutes.edge) % DAY_MIN
    is_running = bool(of_it.size) and now - int(of_it.max()) <= _SLACK_MIN
    return now >= roster.end_min and not is_running


def _measured(whole: dict[int, float], mean: float, open_hours: tuple[float, ...] | None) -> tuple[float, ...]:
    found = []
    for weekday in range(_WEEK):
        seen = [share for day, share in whole.items() if weekday_of(day) == weekday]
        if open_hours is not None and open_hours[weekday] == 0:
            found.append(0.0)
        elif open_hours is not None or not seen:
            found.append((sum(seen) + _BELIEVED * mean) / (len(seen) + _BELIEVED))
        else:
            found.append(sum(seen) / len(seen))
    return tuple(found)


def _open_hours(schedule: Schedule, minutes: Minutes, roster: Roster) -> tuple[float, ...] | None:
    """Return the hours of the schedule's windows that belong to the days that begin on each weekday.

    None where it has no windows, for it may get some any day, or is in a zone that nobody knows.
    """
    found = [0.0] * _WEEK
    try:
        zone_of = zone(schedule.zone)
    except UnknownZoneError:
        return None
    for step in range(_WEEK):
        day = minutes.today + step
        middle = minutes.edge + day * DAY_MIN + (roster.begin_min + roster.end_min) // 2
        local = instant_of_minute(middle).astimezone(zone_of).weekday()
        spans = [one.end_s - one.start_s for one in schedule.windows if one.weekday == local]
        found[weekday_of(day)] = sum(spans) / 3600.0
    return tuple(found) if any(found) else None
