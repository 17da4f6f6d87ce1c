"""Zone files as compiled by `zic` (RFC 9636), read exactly: every change of the offset, and the rule that goes on.

The standard library answers for single instants only; where the offset changes could then only be found by sampling.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import NamedTuple

from paceline.primitives.errors import PacelineError
from paceline.primitives.posix_rule import PosixRule, read_rule, turns_in

_HEADER = struct.Struct(">4sc15x6l")
_KIND = struct.Struct(">lBB")
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_LAST_DAY = datetime.max.replace(tzinfo=UTC).toordinal()


class ZoneFileError(PacelineError):
    """a file of the zone data cannot be read"""

    code = "zone-file"


class Segment(NamedTuple):
    """A stretch of time in which a zone keeps one offset, `[start_s, end_s)` in seconds since 1970.

    Attributes:
        offset_s: seconds east of Greenwich; what the wall clock shows is `s + offset_s`.
    """

    start_s: int
    end_s: int
    offset_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneFile:
    """What a zone file says.

    Attributes:
        changes: seconds since 1970, ascending.
        offsets: one more than changes: `offsets[i]` holds before `changes[i]`, the last one after the last change.
        rule: what holds after the last change; None is the last offset for ever.
    """

    changes: tuple[int, ...]
    offsets: tuple[int, ...]
    rule: PosixRule | None

    def segments(self, start_s: int, end_s: int) -> tuple[Segment, ...]:
        """Return the stretches of `[start_s, end_s)`, which follow each other without a hole; neighbours differ."""
        if start_s >= end_s:
            return ()
        at = bisect_right(self.changes, start_s)
        offset = self.offsets[at]
        ahead = dict(zip(self.changes[at:], self.offsets[at + 1 :], strict=True))
        if self.rule is not None and (not self.changes or end_s > self.changes[-1]):
            if not self.changes:
                offset = self.rule.standard_s
            # From the last turn before `start_s`; a turn may lie in the next or last year.
            first, last = max(_year(start_s) - 2, 1), min(_year(end_s) + 1, 9999)
            ahead.update(_turns(self.rule, self.changes[-1] if self.changes else None, first, last))
        found: list[Segment] = []
        begun = start_s
        for change, following in ahead.items():
            if change >= end_s:
                break
            if change > begun and following != offset:
                found.append(Segment(begun, change, offset))
                begun = change
            offset = following
        return (*found, Segment(begun, end_s, offset))


def read_zone_file(data: bytes) -> ZoneFile:
    """Return what a zone file of version 2 or later says.

    Raises:
        ZoneFileError: it is none, is cut short, or counts leap seconds, which no clock on a wall does.
    """
    try:
        first, at = _counts(data, 0)
        second, at = _counts(data, at + _length(first, 4))
        if second.leaps:
            raise ZoneFileError("the zone file counts leap seconds")
        changes = struct.unpack_from(f">{second.changes}q", data, at)
        at += second.changes * 8
        indexes = struct.unpack_from(f">{second.changes}B", data, at)
        at += second.changes
        kinds = [_KIND.unpack_from(data, at + number * _KIND.size)[0] for number in range(second.kinds)]
        at += second.kinds * _KIND.size + second.letters + second.standards + second.universals
        footer = data[at:].decode("ascii")
        if not (footer.startswith("\n") and footer.endswith("\n")):
            raise ZoneFileError("the zone file has no last line")
        return ZoneFile(
            changes=changes,
            offsets=(kinds[0], *(kinds[index] for index in indexes)),
            rule=read_rule(footer[1:-1]) if footer[1:-1] else None,
        )
    except (struct.error, ValueError, IndexError) as broken:
        raise ZoneFileError(f"the zone file cannot be read: {broken}") from broken


class _Counts(NamedTuple):
    universals: int
    standards: int
    leaps: int
    changes: int
    kinds: int
    letters: int


def _counts(data: bytes, at: int) -> tuple[_Counts, int]:
    magic, version, *counts = _HEADER.unpack_from(data, at)
    if magic != b"TZif" or version < b"2":
        raise ZoneFileError("this is no zone file of version 2 or later")
    return _Counts(*counts), at + _HEADER.size


def _length(counts: _Counts, width: int) -> int:
    return (
        counts.changes * (width + 1)
        + counts.kinds * _KIND.size
        + counts.letters
        + counts.leaps * (width + 4)
        + counts.standards
        + counts.universals
    )


@lru_cache(maxsize=8192)
def _turns(rule: PosixRule, after: int | None, first: int, last: int) -> tuple[tuple[int, int], ...]:
    """Return the turns by the rule in some years, both included, that come after an instant."""
    turns = [
        turn for year in range(first, last + 1) for turn in turns_in(rule, year) if after is None or turn[0] > after
    ]
    # Where one ends as the other starts, as in a zone that saves all the year, the saving goes on.
    return tuple(sorted(turns, key=lambda turn: (turn[0], turn[1] == rule.saving_s)))


def _year(seconds: int) -> int:
    return date.fromordinal(min(max(seconds // 86_400 + _EPOCH_DAY, 1), _LAST_DAY)).year
