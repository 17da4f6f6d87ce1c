"""What is told of a schedule ahead: its next opening, its week beside the law, its calendar file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from paceline.campaign.schedule.proof import closed_days, lawful_instants, proof
from paceline.compliance.clock_changes import changes_ahead
from paceline.control.schedules.looked import Scheduled, instant_text
from paceline.control.schedules.proven import closed_day_document
from paceline.figures.ics import calendar_of
from paceline.figures.named import title_of
from paceline.figures.week import Panel, Shade, Week, today_in, week_of
from paceline.primitives.canonical import Json
from paceline.primitives.intervals import Intervals, instant_at

AHEAD = timedelta(days=366)
"""How far ahead the next opening is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFile:
    """The openings of a schedule as iCalendar (RFC 5545).

    Attributes:
        text: of the file.
        is_lawful: whether every opening in it is lawful.
    """

    text: str
    is_lawful: bool


def next_document(seen: Scheduled) -> dict[str, Json]:
    """Return when a campaign may dial next, and what comes that it does not expect; `next` is null where never."""
    found = proof(seen.schedule, seen.law, seen.at, AHEAD)
    lawful = lawful_instants(seen.schedule, seen.law, seen.at, seen.at + AHEAD)
    opens, until = _first(lawful, seen.at)
    is_open, _ = _first(found.scheduled, seen.at)
    return {
        "campaign": seen.campaign,
        "state": seen.state.value,
        "at": instant_text(seen.at),
        "next": opens,
        "until": until,
        "scheduled": is_open,
        "closed_days": [closed_day_document(day) for day in closed_days(found)],
        "paused_on_closed_days": seen.facts.closed_days_paused,
        "clock_changes": _changes(seen),
        "places": len(seen.law.places),
        "unknown_regions": [*seen.unknown],
        "edition": seen.law.rulebook.edition,
        "zone_data": found.zone_data,
    }


def calendar_file(seen: Scheduled, ahead: timedelta) -> CalendarFile:
    """Return the openings of a schedule from the look on, so far ahead; days on which it is paused are left out.

    Raises:
        EmptyCalendarError: there is no opening.
    """
    found = proof(seen.schedule, seen.law, seen.at, ahead)
    days = closed_days(found)
    paused = Intervals.of(span for day in days for span in day.instants.spans)
    is_paused = seen.facts.closed_days_paused
    text = calendar_of(
        seen.campaign,
        seen.name,
        seen.schedule,
        start=seen.at,
        end=seen.at + ahead,
        paused=paused if is_paused else Intervals(),
    )
    is_lawful = bool(seen.law.places) and not any(breach.hours for breach in found.breaches)
    return CalendarFile(text=text, is_lawful=is_lawful and (is_paused or not days))


def week_ahead(seen: Scheduled, first: date | None = None) -> Week:
    """Return the week of a schedule beside the law from a local date on; from today on where none is said."""
    on = today_in(seen.schedule.zone, seen.at) if first is None else first
    return week_of(title_of(seen.campaign, seen.name), seen.schedule, seen.law, on)


def week_document(week: Week) -> dict[str, Json]:
    """Return a week as JSON: on every clock, which stretches of each date are closed, legal, callable or illegal."""
    totals: dict[str, Json] = {shade.name.lower(): week.totals_s.get(shade, 0) // 60 for shade in Shade if shade}
    return {
        "campaign": week.campaign,
        "from": week.together.dates[0].isoformat(),
        "minutes": totals,
        "together": _panel_document(week.together),
        "clocks": [_panel_document(panel) for panel in week.panels],
        "edition": week.edition,
        "zone_data": week.zone_data,
    }


def _panel_document(panel: Panel) -> dict[str, Json]:
    stretches: list[Json] = [
        {
            "date": panel.dates[one.day].isoformat(),
            "start_s": one.start_s,
            "end_s": one.end_s,
            "shade": one.shade.name.lower(),
        }
        for one in panel.stretches
    ]
    notes: dict[str, Json] = {panel.dates[day].isoformat(): note for day, note in panel.notes.items()}
    return {"zone": panel.zone, "alike": [*panel.alike], "stretches": stretches, "notes": notes}


def _first(instants: Intervals, at: datetime) -> tuple[str | None, str | None]:
    """Return the first instant from `at` on, and the end of the stretch that it is in."""
    opens = instants.next_from(at)
    if opens is None:
        return None, None
    ((_, end), *_) = instants & Intervals.between(opens, at + AHEAD)
    return instant_text(opens), instant_text(end)


def _changes(seen: Scheduled) -> list[Json]:
    """Return the next change of each clock, those of the same instant and the same kind together."""
    zones = sorted({seen.schedule.zone, *(place.zone for place in seen.law.places)})
    found: dict[tuple[int, str], list[Json]] = {}
    for zone in zones:
        for change in changes_ahead(zone, seen.at)[:1]:
            found.setdefault((change.at_s, change.told()), []).append(zone)
    return [
        {"at": instant_text(instant_at(at)), "told": told, "zones": named}
        for (at, told), named in sorted(found.items())
    ]
