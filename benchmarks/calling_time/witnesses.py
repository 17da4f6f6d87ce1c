"""Two other ways to turn a local window into instants: the standard library and the C library, minute by minute.

Neither looks for changes of an offset: each minute around the date is read on the wall clock and is in the window or
not. Both read the pinned zone data, so they differ from `window_on` in everything but the data.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from random import Random  # noqa: TID251 - a seeded choice of cases
from typing import NamedTuple

from paceline.primitives.intervals import Span
from paceline.primitives.zones import schedulable, zone, zone_keys

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AROUND_S = 16 * 3600
"""Offsets of this century lie between 12 hours west and 14 hours east."""


class ZoneDay(NamedTuple):
    """A window of one local date; it ends on the next one when `end_min <= start_min`, and is none without the date."""

    zone: str
    on: date
    start_min: int
    end_min: int

    @property
    def midnight(self) -> int:
        """The first second of the date, since 1970 on the wall clock."""
        return (datetime(self.on.year, self.on.month, self.on.day, tzinfo=UTC) - _EPOCH) // timedelta(seconds=1)

    @property
    def local(self) -> tuple[int, int]:
        """The window in seconds since 1970 on the wall clock."""
        next_day = 86_400 if self.end_min <= self.start_min else 0
        return self.midnight + self.start_min * 60, self.midnight + self.end_min * 60 + next_day


def drawn(count: int, *, seed: int) -> list[ZoneDay]:
    """Return so many windows of the years 2000 to 2037, every second one in a night in which the clock changes."""
    dice = Random(seed)  # noqa: S311 - the same cases each time
    keys = sorted(key for key in zone_keys() if schedulable(key))
    found: list[ZoneDay] = []
    while len(found) < count:
        key = dice.choice(keys)
        on = date(2000, 1, 1) + timedelta(days=dice.randrange(38 * 365))
        changed = _changed_after(key, on) if len(found) % 2 else None
        if changed is not None:
            found.append(ZoneDay(key, changed, dice.choice((0, 30, 60, 95, 1320)), dice.randrange(240)))
        elif len(found) % 2 == 0:
            found.append(ZoneDay(key, on, dice.randrange(1440), dice.randrange(1441)))
    return found


def by_the_minute(case: ZoneDay) -> list[Span]:
    """Return the window's instants by the standard library, from the package's bytes."""
    clock = zone(case.zone)
    first, last = (_EPOCH.replace(tzinfo=None) + timedelta(seconds=each) for each in case.local)
    minutes = range(case.midnight - _AROUND_S, case.local[1] + _AROUND_S, 60)
    walls = [(minute, datetime.fromtimestamp(minute, clock).replace(tzinfo=None)) for minute in minutes]
    if not any(wall.date() == case.on for _, wall in walls):
        return []
    return _joined(minute for minute, wall in walls if first <= wall < last)


def by_the_c_library(cases: Sequence[ZoneDay]) -> list[list[Span]]:
    """Return the instants of each window by the C library, in one process of its own."""
    asked = [[case.zone, case.midnight, *case.local, _AROUND_S] for case in cases]
    folder = str(files("tzdata").joinpath("zoneinfo"))
    answered = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", _READER],
        input=json.dumps(asked),
        env={**os.environ, "TZDIR": folder},
        capture_output=True,
        text=True,
        check=True,
    )
    return [_joined(minutes) for minutes in json.loads(answered.stdout)]


_READER = """
import json, os, sys, time
answers = []
for key, midnight, first, last, around in json.load(sys.stdin):
    os.environ["TZ"] = key
    time.tzset()
    minutes = range(midnight - around, last + around, 60)
    walls = [(minute, minute + time.localtime(minute).tm_gmtoff) for minute in minutes]
    has_date = any(midnight <= wall < midnight + 86400 for _, wall in walls)
    answers.append([minute for minute, wall in walls if has_date and first <= wall < last])
json.dump(answers, sys.stdout)
"""


def _joined(minutes: Iterable[int]) -> list[Span]:
    spans: list[Span] = []
    for minute in minutes:
        if spans and spans[-1][1] == minute:
            spans[-1] = (spans[-1][0], minute + 60)
        else:
            spans.append((minute, minute + 60))
    return spans


def _changed_after(key: str, on: date) -> date | None:
    """Return the local date of the first change of the clock in the year from `on`, by the standard library."""
    clock = zone(key)
    noons = [datetime(on.year, on.month, on.day, 12, tzinfo=UTC) + timedelta(days=number) for number in range(366)]
    offsets = [noon.astimezone(clock).utcoffset() for noon in noons]
    return next((noons[at].date() for at in range(1, 366) if offsets[at] != offsets[at - 1]), None)
