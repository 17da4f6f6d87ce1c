"""The day that `paceline up` begins in: a working day in New York that is under way, so that there is something to see.

Rules:
* Where it is such an hour now, the platform's clock is the machine's.
* Else it is half past ten of the last working day: agents are at work, and many hours are left until they go home.
* What was dialed since nine that morning has happened by then.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from paceline.primitives.zones import zone

if TYPE_CHECKING:  # the emulator loads only where one runs
    from paceline.emulator.platform import Platform

PLACE = "America/New_York"
"""Where the demo tenant's agents work."""
BEGINS, LIVELY, CLOSES = time(9), time(10, 30), time(16, 30)
"""When dialing begins there, when there is much to see, and when it is too late to begin with."""
_WEEKEND = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class DialingDay:
    """When dialing began, and the instant from which the platform's clock goes on; both in UTC."""

    begins: datetime
    goes_on: datetime

    @property
    def begins_text(self) -> str:
        """The beginning as the emulator reads instants."""
        return _text(self.begins)


def day_under_way(now: datetime) -> DialingDay:
    """Return the working day that is under way at an instant, or the last one before it.

    >>> day = day_under_way(datetime(2026, 11, 21, 7, tzinfo=UTC))  # a Saturday
    >>> day.begins.isoformat(), day.goes_on.isoformat()
    ('2026-11-20T14:00:00+00:00', '2026-11-20T15:30:00+00:00')
    """
    there = now.astimezone(zone(PLACE))
    if there.weekday() < _WEEKEND and LIVELY <= there.time() <= CLOSES:
        return DialingDay(begins=_at(there, BEGINS), goes_on=now.astimezone(UTC))
    date = there if there.time() > CLOSES else there - timedelta(days=1)
    while date.weekday() >= _WEEKEND:
        date -= timedelta(days=1)
    return DialingDay(begins=_at(date, BEGINS), goes_on=_at(date, LIVELY))


def bring_to_life(platform: Platform, day: DialingDay) -> None:
    """Let the morning of a day pass on a platform whose clock stands at its beginning: its dialers dial meanwhile."""
    from paceline.emulator.messages import Request

    platform.handle(
        Request(
            method="PUT",
            path="/_emulator/clock",
            query="",
            headers={"content-type": "application/json"},
            body=json.dumps({"now": _text(day.goes_on)}).encode(),
            too_large=False,
            from_loopback=True,
        )
    )
    for campaign in platform.dialled_campaigns():
        while platform.keep_dialer_up(campaign):
            pass


def _at(date: datetime, hour: time) -> datetime:
    return datetime.combine(date.date(), hour, tzinfo=zone(PLACE)).astimezone(UTC)


def _text(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
