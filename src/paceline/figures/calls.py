"""The picture of call records in a terminal: how many of the dials of each hour a person answered, by line type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from paceline.records.steps import ATTEMPTS

if TYPE_CHECKING:
    from paceline.records.reading.describing import Answers, Description

_EIGHTHS = " ▏▎▍▌▋▊▉"
_WIDE = 30


def lines_of(told: Description) -> Iterator[str]:
    """Yield the picture line by line, at most 70 letters wide; all bars have one scale."""
    most = max((one.rate for hours in told.by_line.values() for one in hours.values()), default=0.0)
    for line, hours in told.by_line.items():
        yield f"answered by a person, by hour in {told.zone}: {line}"
        yield from _bars({f"{hour:02}:00": one for hour, one in hours.items()}, most)
    if len(told.by_attempt) > 1:
        yield "by attempt"
        most = max(one.rate for one in told.by_attempt.values())
        named = {f"{attempt}{'+' if attempt == ATTEMPTS else ' '}": one for attempt, one in told.by_attempt.items()}
        yield from _bars(named, most)


def bar(share: float, *, wide: int = _WIDE) -> str:
    """Return a bar for a share of its whole width, from 0 to 1, in eighths of a letter.

    >>> bar(0.5, wide=4), bar(0.03125, wide=4)
    ('██  ', '▏   ')
    """
    eighths = round(min(max(share, 0.0), 1.0) * wide * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(wide)


def _bars(rows: Mapping[str, Answers], most: float) -> Iterator[str]:
    for name, one in rows.items():
        yield f"  {name:>5} {bar(one.rate / most if most else 0.0)} {one.rate:6.1%} of {one.dials}"
