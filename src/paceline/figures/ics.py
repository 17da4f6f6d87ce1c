"""The calendar file of a schedule (iCalendar, RFC 5545): when a campaign may dial, for ordinary calendar programs.

Every opening is an event of its own with its start and end in UTC; there is no recurrence and no zone in the file:

* A recurring event in a named zone is expanded by the zone data of whoever reads it, for most programs know a zone by
  its name and leave the one in the file aside. With data of 2025, Vancouver would be an hour off all winter.
* A recurring event that starts in an hour that does not exist is moved; a campaign's window begins at the change.

What is read is then exactly what was judged. The price is a longer file, and that it ends with its horizon.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from icalendar import Calendar, Event, vText

from paceline.campaign.blocks import Schedule, Window
from paceline.campaign.schedule.model import written
from paceline.campaign.schedule.windows import intervals_between
from paceline.figures.named import title_of
from paceline.primitives.errors import PacelineError
from paceline.primitives.intervals import Intervals, Span, instant_at, seconds_of
from paceline.primitives.zones import zone_data_version

_WHOLE_DAY = timedelta(days=1)


class EmptyCalendarError(PacelineError):
    """the schedule is not open in this time, and a calendar file without an event is none"""

    code = "empty-calendar"


def calendar_of(
    campaign: str,
    name: str | None,
    schedule: Schedule,
    *,
    start: datetime,
    end: datetime,
    paused: Intervals | None = None,
) -> str:
    """Return the openings from `start` to before `end`, one event each; those under way at either end are whole.

    An event keeps its UID when the file is made again, so programs that read it anew change what they have.

    Args:
        campaign: its id.
        name: what the platform calls it, where it does.
        schedule: of the campaign.
        start: when it is made, an aware instant; openings that have ended by then are left out.
        end: an aware instant.
        paused: when somebody pauses the campaign; no event is there.

    Raises:
        EmptyCalendarError: there is no opening.
        UnknownZoneError: when the pinned zone data has no such zone.
    """
    title = title_of(campaign, name)
    made = Calendar()
    made.add("prodid", "-//paceline//schedule//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    for key in ("name", "x-wr-calname"):
        made.add(key, vText(f"Dialing hours of {title}"))
    events = [
        (span, window)
        for window in sorted(set(schedule.windows))
        for span in _openings(schedule, window, start, end, paused or Intervals())
    ]
    for span, window in sorted(events):
        made.add_component(_event(campaign, title, schedule, window, span, made_at=start))
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


def _event(campaign: str, title: str, schedule: Schedule, window: Window, span: Span, *, made_at: datetime) -> Event:
    begins, ends = (instant_at(seconds) for seconds in span)
    event = Event()
    event.add("uid", f"{campaign}-{begins:%Y%m%dT%H%M%SZ}@paceline")
    event.add("dtstamp", made_at.replace(microsecond=0))
    event.add("dtstart", begins)
    event.add("dtend", ends)
    event.add("summary", f"{title} may dial")
    event.add("transp", "TRANSPARENT")
    hours = f"{written(window)} on the clock of {schedule.zone}, at most {schedule.max_calls} calls at once"
    event.add("description", f"{hours}; zone data {zone_data_version()}")
    return event
