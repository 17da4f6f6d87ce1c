"""Where an instant lies in the local day: which hour, inside a window or not, and when that may change next."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from paceline.emulator.dialer.orders import Window
from paceline.emulator.instants import EARLIEST, EPOCH, LATEST, SECOND
from paceline.primitives.zones import zone

QUARTER_S = 900
"""Local hours begin on quarters of an hour of UTC, so one look in each is enough."""
_EDGE = 2 * 86_400 * SECOND


class Hours(NamedTuple):
    """The local hour, whether a window is open, and the instant until which both stay."""

    hour: int
    open: bool
    until: int


def hours_at(at: int, timezone: str, windows: tuple[Window, ...] | None) -> Hours:
    """Return where an instant lies; `windows` None is always open."""
    begin = at // (QUARTER_S * SECOND) * QUARTER_S
    until = (begin + QUARTER_S) * SECOND
    if not EARLIEST + _EDGE < at < LATEST - _EDGE:
        return Hours(0, open=False, until=until)
    weekday, second = _local(begin, timezone)
    is_open = windows is None
    for day, start, end in windows or ():
        if day != weekday:
            continue
        opens, closes = (begin + start - second) * SECOND, (begin + end - second) * SECOND
        is_open = is_open or opens <= at < closes
        until = min([until, *(edge for edge in (opens, closes) if edge > at)])
    return Hours(second // 3600, is_open, until)


@lru_cache(maxsize=4096)
def _local(begin_s: int, timezone: str) -> tuple[int, int]:
    """Return weekday and second of the local day at which a quarter of an hour begins."""
    local = (EPOCH + timedelta(seconds=begin_s)).astimezone(zone(timezone))
    return local.weekday(), local.hour * 3600 + local.minute * 60 + local.second
