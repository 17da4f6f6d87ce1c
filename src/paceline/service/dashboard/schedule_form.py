"""The form of a schedule: what is live as text, a window a line, and what was typed as a change."""

from __future__ import annotations

import re
from collections.abc import Mapping

from paceline.campaign.blocks import DAY_S, Directive, Schedule, Window
from paceline.campaign.schedule.changes import SetSchedule
from paceline.campaign.schedule.model import WEEKDAYS, split_midnight, written
from paceline.primitives.ids import CampaignId
from paceline.service.dashboard.typed import Reading, Typed, whole
from paceline.service.dashboard.visitors import Visitor

_LONGEST_ZONE = 100
_MOST_LINES = 1000
_LINE = re.compile(
    r"(?P<first>[a-z]{3,9})(?:\s*-\s*(?P<last>[a-z]{3,9}))?\s+"
    r"(?P<start>\d{1,2}:\d{2}(?::\d{2})?)\s*(?:-|to)\s*(?P<end>\d{1,2}:\d{2}(?::\d{2})?)",
    re.ASCII | re.IGNORECASE,
)


def values(schedule: Schedule | None) -> Mapping[str, str]:
    """Return what stands in the form: the live schedule as text; empty where there is none."""
    if schedule is None:
        return {"zone": "", "directive": "", "windows": "", "max_calls": ""}
    return {
        "zone": schedule.zone,
        "directive": schedule.directive.value,
        "windows": "\n".join(written(window) for window in sorted(schedule.windows)),
        "max_calls": str(schedule.max_calls),
    }


def typed(campaign: CampaignId, who: Visitor, live: Schedule | None) -> Typed[SetSchedule]:
    """Return what was typed, as the change of what differs from the live schedule."""
    reading = Reading(who)
    change = SetSchedule(
        campaign=campaign,
        zone=reading.field("zone", _zone, None if live is None else live.zone),
        directive=reading.field("directive", _directive, None if live is None else live.directive),
        windows=reading.field("windows", windows_of, None if live is None else tuple(sorted(live.windows))),
        max_calls=reading.field("max_calls", whole, None if live is None else live.max_calls),
    )
    found = reading.findings
    return Typed(change=None if found.refused else change, differs=reading.named > 0, findings=found)


def windows_of(text: str) -> tuple[Window, ...]:
    """Return the windows that lines name, in the order of the week; `Mon-Fri 09:00-17:00` is five.

    Raises:
        ValueError: a line is none, and says how one reads.

    >>> [written(window) for window in windows_of("sat-sun 22:00-02:00")][:2]
    ['Monday 00:00-02:00', 'Saturday 22:00-24:00']
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > _MOST_LINES:
        raise ValueError(f"at most {_MOST_LINES} lines")
    return tuple(sorted(window for line in lines for window in _of_line(line)))


def _of_line(line: str) -> list[Window]:
    found = _LINE.fullmatch(line)
    first = None if found is None else _day(found["first"])
    last = None if found is None else _day(found["last"] or found["first"])
    if found is None or first is None or last is None:
        raise ValueError(f"{line[:40]!r} is no window: Monday 09:00-17:00, or Mon-Fri 09:00-17:00")
    start, end = _seconds(found["start"], line), _seconds(found["end"], line)
    if start in {end, DAY_S}:
        raise ValueError(f"{line[:40]!r} is empty: 24:00 is an end, a whole day is 00:00-24:00")
    days = [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return [window for day in days for window in split_midnight(day, start, end)]


def _day(text: str) -> int | None:
    """Return the day that a name or the beginning of one means, None for none."""
    named = [number for number, name in enumerate(WEEKDAYS) if name.lower().startswith(text.lower())]
    return named[0] if len(named) == 1 else None


def _seconds(text: str, line: str) -> int:
    hour, minute, second = (*(int(part) for part in text.split(":")), 0)[:3]
    seconds = hour * 3600 + minute * 60 + second
    if minute > 59 or second > 59 or seconds > DAY_S:
        raise ValueError(f"{line[:40]!r}: {text} is no time of day")
    return seconds


def _zone(text: str) -> str:
    if len(text) > _LONGEST_ZONE:
        raise ValueError("a zone such as America/New_York")
    return text


def _directive(text: str) -> Directive:
    if text not in Directive.__members__:
        raise ValueError(f"one of {', '.join(Directive.__members__)}")
    return Directive(text)
