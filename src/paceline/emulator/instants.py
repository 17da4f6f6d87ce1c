"""Instants of the platform: whole nanoseconds since 1970, and the texts that clients write and read.

Rules:
* Clients write what Java's `ZonedDateTime.toString()` prints: seconds may be absent, up to nine fraction digits, an
  offset, and a zone in brackets. An offset must be there; a zone that disagrees with it at that instant is refused.
* The platform writes UTC with `Z`, and as many fraction digits (none, 3, 6 or 9) as the instant needs.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import formatdate
from functools import lru_cache

from paceline.primitives.zones import UnknownZoneError, zone

SECOND = 1_000_000_000
"""Nanoseconds in a second."""
MILLISECOND = 1_000_000
"""Nanoseconds in a millisecond."""
MINUTE = 60 * SECOND
"""Nanoseconds in a minute."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = -62_135_596_800 * SECOND
"""The first instant that has a text: the year 1."""
LATEST = 253_402_300_799 * SECOND
"""The last second that has a text: the end of the year 9999."""

_WRITTEN = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d(?::\d\d)?)(?:\[([^\[\]]{1,64})\])?",
    re.ASCII,
)
_OFFSET = re.compile(r"(?:UTC|GMT|UT)?([+-])(\d\d):(\d\d)(?::(\d\d))?", re.ASCII)
_LARGEST_OFFSET_S = 18 * 3600


def parse_instant(text: str) -> int:
    """Return the instant that a client wrote, in nanoseconds since 1970.

    What an offset carries beyond the years 1 to 9999 in UTC is the first or the last instant that has a text.

    Raises:
        ValueError: with what is wrong in words; unknown forms, impossible dates, no offset, an offset that its zone
            denies.
    """
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError("must be an ISO 8601 instant with an offset, such as 2024-06-15T14:30Z")
    year, month, day, hour, minute, second, fraction, offset, zone_name = found.groups()
    offset_s = _offset_seconds(offset)
    try:
        local = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC)
    except ValueError:
        raise ValueError("is not a date and time of the calendar, years 0001 to 9999") from None
    seconds = (local - EPOCH) // timedelta(seconds=1) - offset_s
    if zone_name is not None:
        _agree(zone_name, local, offset_s)
    return max(EARLIEST, min(LATEST, seconds * SECOND + int((fraction or "0").ljust(9, "0"))))


def _offset_seconds(offset: str) -> int:
    if offset == "Z":
        return 0
    found = _OFFSET.fullmatch(offset)
    if found is None:
        raise ValueError("must have an offset such as Z or -04:00")
    sign, hours, minutes, seconds = found.groups()
    total = int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)
    if int(minutes) > 59 or int(seconds or 0) > 59 or total > _LARGEST_OFFSET_S:
        raise ValueError("must have an offset from -18:00 to +18:00")
    return -total if sign == "-" else total


def _agree(zone_name: str, local: datetime, offset_s: int) -> None:
    """Raise ValueError unless the zone has this offset at the instant that has this local time by the offset."""
    if zone_name in ("Z", "UTC", "GMT", "UT"):
        expected = 0
    elif _OFFSET.fullmatch(zone_name):
        expected = _offset_seconds(zone_name)
    else:
        try:
            there = (local - timedelta(seconds=offset_s)).astimezone(zone(zone_name))
        except UnknownZoneError as unknown:
            raise ValueError(unknown.message) from None
        except OverflowError:
            raise ValueError("is not a date and time of the calendar, years 0001 to 9999") from None
        expected = round((there.utcoffset() or timedelta()).total_seconds())
    if expected != offset_s:
        raise ValueError(f"its offset and its zone {zone_name} disagree at that instant")


@lru_cache(maxsize=8192)
def instant_text(at: int) -> str:
    """Return an instant as the platform writes it, such as `2024-06-15T14:30:00Z`."""
    seconds, fraction = divmod(max(EARLIEST, min(LATEST, at)), SECOND)
    text = (EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    if fraction == 0:
        return f"{text}Z"
    digits = f"{fraction:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{text}.{digits}Z"


def http_date(at: int) -> str:
    """Return an instant as the `Date` header of HTTP writes it."""
    return _dated(max(EARLIEST, min(LATEST, at)) // SECOND)


@lru_cache(maxsize=64)
def _dated(second: int) -> str:
    """Return a second as `Date` has it: the same for all answers in it."""
    return formatdate(second, usegmt=True)
