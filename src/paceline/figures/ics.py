"""The calendar file of a schedule (iCalendar, RFC 5545): when a campaign may dial, for ordinary calendar programs.

Every opening is an event of its own with its start and end in UTC; there is no recurrence and no zone in the file:

* A recurring event in a named zone is expanded by the zone data of whoever reads it, for most programs know a zone by
  its name and leave the one in the file aside. With data of 2025, Vancouver would be an hour off all winter.
* A recurring event that starts in an hour that does not exist is moved; a campaign's window begins at the change.

What is read is then exactly what was judged. The price is a longer file, and that it ends with its horizon.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from paceline.campaign.blocks import Schedule, Window
from paceline.campaign.schedule.model import written
from paceline.campaign.schedule.windows import intervals_between
from paceline.primitives.errors import PacelineError
from paceline.primitives.intervals import Intervals, Span, instant_at, seconds_of
from paceline.primitives.zones import zone_data_version

_WHOLE_DAY = timedelta(days=1)


class EmptyCalendarError(PacelineError):
    """the schedule is not open in this time, and a calendar file without an event is none"""

    code = "empty-calendar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a calendar file says of the campaign: its id, and its name on the platform, where it has one."""

    campaign: str
    name: str | None = None

    def __str__(self) -> str:
        return self.campaign if self.name is None else f"{self.campaign} {self.name}"


def calendar_of(
    named: Named, schedule: Schedule, start: datetime, end: datetime, *, paused: Intervals | None = None
) -> str:
    """Return the openings from `start` to before `end`, one event each; those under way at either end are whole.

    An event keeps its UID when the file is made again, so programs that read it anew change what they have.

    Args:
        named: whose schedule.
        schedule: of the campaign.
        start: when it is made, an aware instant; openings that have ended by then are left out.
        end: an aware instant.
        paused: when somebody pauses the campaign; no event is there.

    Raises:
        EmptyCalendarError: there is no opening.
        UnknownZoneError: when the pinned zone data has no such zone.
    """
    made = Calendar()
    made.add("prodid", "-//paceline//schedule//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("name", f"Dialing hours of {named}")
    made.add("x-wr-calname", f"Dialing hours of {named}")
    events = [
        (span, window)
        for window in sorted(set(schedule.windows))
        for span in _openings(schedule, window, start, end, paused or Intervals())
    ]
    for span, window in sorted(events):
        made.add_component(_event(named, schedule, span, window, start))
    if not events:
        raise EmptyCalendarError(hint="say a longer --horizon")
    content: bytes = made.to_ical()
    return content.decode("utf-8")


def _openings(schedule: Schedule, window: Window, start: datetime, end: datetime, paused: Intervals) -> list[Span]:
    """Return when one window is open, and nobody has paused: those that have not ended, and begin before the end."""
    # A window is at most a local day, so one that is under way begins or ends within two.
    around = intervals_between(replace(schedule, windows=(window,)), start - 2 * _WHOLE_DAY, end + 2 * _WHOLE_DAY)
    first, last = seconds_of(start), seconds_of(end)
    return [span for span in (around - paused).spans if span[1] > first and span[0] < last]


def _event(named: Named, schedule: Schedule, span: Span, window: Window, made: datetime) -> Event:
    begins, ends = (instant_at(seconds) for seconds in span)
    event = Event()
    event.add("uid", f"{named.campaign}-{begins:%Y%m%dT%H%M%SZ}@paceline")
    event.add("dtstamp", made.replace(microsecond=0))
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("summary", f"{named} may dial")
    event.add("transp", "TRANSPARENT")
    event.add(
        "description",
        f"{written(window)} on the clock of {schedule.zone}, at most {schedule.max_calls} calls at once; "
        f"zone data {zone_data_version()}",
    )
    return event
