"""`paceline schedule intervals`: one local window as instants, and what is odd about its day.

The other commands of the group have files of their own; each is one line in `paceline.cli.main.COMMANDS`.
"""

from __future__ import annotations

import re
import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from paceline.cli import exits
from paceline.cli.configured import Everywhere, Output
from paceline.cli.render import console_for, show_data, show_table, tell
from paceline.cli.words import UsageError
from paceline.primitives.clock import utc_text

if TYPE_CHECKING:
    from paceline.primitives.intervals import Intervals

COLUMNS = ("FROM", "UNTIL", "LOCALLY FROM", "LOCALLY UNTIL", "HOURS")
_WINDOW = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_YEARS = range(1900, 2501)
"""Before, clocks followed the sun; long after, nobody knows what they will follow."""


def schedule_intervals(
    *,
    zone: Annotated[str, Parameter(name=["--zone"])],
    on: Annotated[str, Parameter(name=["--date"])],
    window: Annotated[str, Parameter(name=["--window"])],
    everywhere: Everywhere | None = None,
) -> int:
    """Show the instants at which a zone's wall clock shows a time within the window of one local date.

    An hour that does not exist is in no interval, one that comes twice is in there twice. With -o json, pairs of
    instants: `[["2026-03-08T12:00:00Z","2026-03-09T01:00:00Z"]]`.

    Parameters
    ----------
    zone
        A key of the zone data, such as America/New_York.
    on
        The local date on which the window starts, such as 2026-03-08.
    window
        From when to when, such as 08:00-21:00; 24:00 is an end. One that ends before it starts ends on the next date.
    """
    from paceline.compliance.calling_time import window_on

    everywhere = everywhere or Everywhere()
    key, day = zone_said(zone, option="--zone"), date_said(on, option="--date")
    start_min, end_min = _minutes(window)
    found = window_on(key, day, start_min, end_min)
    _warn_of_old_data()
    if everywhere.output is Output.TABLE:
        _show_for_people(key, day, found, days=2 if end_min <= start_min else 1)
    else:
        pairs = [[_written(start), _written(end)] for start, end in found.spans]
        show_data([[*pair] for pair in pairs], everywhere.output, names=["/".join(pair) for pair in pairs])
    return exits.DONE


def zone_said(text: str, *, option: str) -> str:
    """Return the key of a zone that somebody typed.

    Raises:
        UsageError: the zone data has no such key, or it is none that a schedule may name; naming the nearest ones.
    """
    from paceline.primitives.zones import resembling, schedulable, zone_data_version, zone_keys

    if schedulable(text):
        return text
    near = resembling(text)
    hint = f"perhaps {' or '.join(near)}" if near else "names are Area/Location, such as America/Chicago, or UTC"
    if text in zone_keys():
        raise UsageError(f"{option}: {text!r} names no place, so nobody knows whose clock is meant", hint=hint)
    raise UsageError(f"{option}: {text[:64]!r} is no zone of the zone data {zone_data_version()}", hint=hint)


def date_said(text: str, *, option: str) -> date:
    """Return the date that somebody typed.

    Raises:
        UsageError: it is none, or of a time whose clocks nobody knows.
    """
    try:
        found = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError as impossible:
        raise UsageError(f"{option}: {text!r} is no date: {impossible}", hint="write it as 2026-03-08") from None
    if found is None:
        raise UsageError(f"{option}: {text[:64]!r} is no date", hint="write it as 2026-03-08")
    if found.year not in _YEARS:
        raise UsageError(f"{option}: the clocks of {found.year} are not known", hint="years are 1900 to 2500")
    return found


def _minutes(window: str) -> tuple[int, int]:
    """Return the two ends, in minutes."""
    hint = "write it as 08:00-21:00; 24:00 is an end, and 22:00-02:00 ends on the next date"
    found = _WINDOW.fullmatch(window)
    if found is None:
        raise UsageError(f"--window: {window[:64]!r} is no window", hint=hint)
    from_h, from_min, until_h, until_min = (int(part) for part in found.groups())
    start, end = from_h * 60 + from_min, until_h * 60 + until_min
    if max(from_min, until_min) >= 60 or start >= 1440 or end > 1440:
        raise UsageError(f"--window: {window!r} has a time that no clock shows", hint=hint)
    return start, end


def _show_for_people(zone: str, on: date, found: Intervals, *, days: int) -> None:
    from paceline.primitives.zones import zone_data_version

    show_table(COLUMNS, [_row(zone, start, end) for start, end in found.spans])
    console = console_for(sys.stdout)

    def say(text: str, style: str) -> None:
        console.print(text, markup=False, highlight=False, style=style)

    if not found.spans:
        say(f"no instant: on no clock of {zone} is it ever such a time on {on}", "yellow")
    for day in (on + timedelta(days=number) for number in range(days)):
        for odd in _oddities(zone, day):
            say(odd, "yellow")
    say(f"zone data {zone_data_version()}", "dim")


def _oddities(zone: str, on: date) -> list[str]:
    from paceline.compliance.clock_changes import clock_changes, hours_of

    hours = hours_of(zone, on)
    changes = clock_changes(zone, on)
    length = [] if hours == 24 else [f"{on} has {hours:g} hours there"] if hours else [f"{on} never was a date there"]
    turns = [
        f"{one.told()}: the clock goes from {_offset(one.before_s)} to {_offset(one.after_s)} at {_written(one.at_s)}"
        for one in changes
    ]
    return [*length, *turns]


def _row(zone: str, start: int, end: int) -> tuple[object, ...]:
    hours, minutes = divmod((end - start) // 60, 60)
    length = f"{hours}:{minutes:02}"
    return _written(start), _written(end), _locally(zone, start, start), _locally(zone, end, end - 1), length


def _locally(zone: str, seconds: int, within: int) -> str:
    """Return what the wall clock shows, by the offset that holds at another instant: an end reads as what led to it."""
    from paceline.compliance.clock_changes import clock_reading
    from paceline.primitives.zones import segments

    offset = segments(zone, within, within + 1)[0].offset_s
    return f"{clock_reading(seconds + offset)} {_offset(offset)}"


def _offset(seconds: int) -> str:
    hours, rest = divmod(abs(seconds), 3600)
    odd = f":{rest % 60:02}" if rest % 60 else ""
    return f"{'-' if seconds < 0 else '+'}{hours:02}:{rest // 60:02}{odd}"


def _written(seconds: int) -> str:
    from paceline.primitives.intervals import instant_at

    return utc_text(instant_at(seconds))


def _warn_of_old_data() -> None:
    """Say that the zone data is below the minimum: nothing is done by what is shown here, so it is shown."""
    from paceline.compliance.zonedata import StaleZoneDataError, demand

    try:
        demand()
    except StaleZoneDataError as stale:
        tell(f"paceline: {stale.report()}")
