"""One week of a schedule beside the law: what is legal, scheduled and callable on the clock of every zone; pure.

Each clock has a panel of seven local dates. What a panel shows is cut from instants and read on the wall clock, so an
hour that does not exist is empty, and one that comes twice is drawn twice at the same place: the worse of both shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum

from paceline.campaign.blocks import DAY_S, Schedule
from paceline.campaign.schedule.proof import BindingLaw, clock_key
from paceline.campaign.schedule.windows import date_of, intervals_between, local_reading
from paceline.compliance.call import Place
from paceline.compliance.calling_time import legal, window_on
from paceline.compliance.clock_changes import AHEAD, ClockChange, changes_ahead, clock_changes
from paceline.compliance.rule import ClosedDays
from paceline.primitives.intervals import Intervals, instant_at, seconds_of
from paceline.primitives.zones import segments, zone_data_version

DAYS = 7
_EPOCH_DAY = date(1970, 1, 1)


class Shade(IntEnum):
    """What a stretch of a wall clock is, the worst one last."""

    CLOSED = 0
    LEGAL = 1
    """Legal, and not scheduled."""
    CALLABLE = 2
    """Scheduled and legal."""
    ILLEGAL = 3
    """Scheduled and not legal: calls would be placed that may not be."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Stretch:
    """A part of a day on a wall clock, `[start_s, end_s)` in seconds of that day, at most 24:00.

    Attributes:
        day: which of the seven dates, from 0.
    """

    shade: Shade
    day: int
    start_s: int
    end_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Seven dates on one wall clock.

    Attributes:
        zone: whose clock it is.
        alike: other zones whose clock and law are the same over the whole year ahead.
        dates: the local dates.
        stretches: those that are not closed, the worst last, so that whoever draws them in order shows it.
        notes: what is odd about a date, by its number.
        changes: the changes of the clock in the year ahead.
    """

    zone: str
    alike: tuple[str, ...]
    dates: tuple[date, ...]
    stretches: tuple[Stretch, ...]
    notes: Mapping[int, str]
    changes: tuple[ClockChange, ...]

    def shade_at(self, day: int, start_s: int, end_s: int) -> Shade:
        """Return the worst shade that any moment of a part of a day has."""
        here = (one for one in self.stretches if one.day == day and one.start_s < end_s and start_s < one.end_s)
        return max((one.shade for one in here), default=Shade.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week of a campaign.

    Attributes:
        campaign: whose schedule it is.
        together: on the schedule's own clock; legal is there what is legal in every place at once.
        panels: one for each clock on which contacts may live.
        totals_s: how many seconds of the week on the schedule's clock are of each shade, in all places together.
        edition, zone_data: what it was judged by.
    """

    campaign: str
    together: Panel
    panels: tuple[Panel, ...]
    totals_s: Mapping[Shade, int]
    edition: str
    zone_data: str


def week_of(campaign: str, schedule: Schedule, law: BindingLaw, first: date) -> Week:
    """Return the week that begins with a local date.

    Args:
        campaign: what it is called in the picture.
        schedule: of the campaign.
        law: the places where contacts may be, and what binds there; without a place nothing is legal.
        first: the first of the seven dates, on the schedule's clock and on every other.

    Raises:
        UnknownZoneError: when the pinned zone data lacks the zone of the schedule or of a place.
    """
    midnight = (first - _EPOCH_DAY).days * DAY_S
    start, end = instant_at(midnight - 2 * DAY_S), instant_at(midnight + (DAYS + 2) * DAY_S)
    scheduled = intervals_between(schedule, start, end)
    everywhere = Intervals.between(start, end) if law.places else Intervals()
    panels, closed_anywhere = [], dict[int, frozenset[str]]()
    for places in _by_clock(law.places, start):
        lawful = legal(law.rulebook, places[0], law.call, (start, end))
        everywhere &= lawful
        names = tuple(sorted({place.zone for place in places}))
        closed = _closed(law, places[0], first)
        closed_anywhere |= {day: closed_anywhere.get(day, frozenset()) | found for day, found in closed.items()}
        panels.append(_panel(names, first, scheduled, lawful, closed))
    together = _panel((schedule.zone,), first, scheduled, everywhere, closed_anywhere)
    whole = Intervals.of(
        span for number in range(DAYS) for span in window_on(schedule.zone, first + timedelta(number), 0, 1440).spans
    )
    return Week(
        campaign=campaign,
        together=together,
        panels=tuple(panels),
        totals_s={shade: (found & whole).total_s for shade, found in _shades(scheduled, everywhere).items()},
        edition=law.rulebook.edition,
        zone_data=zone_data_version(),
    )


def today_in(zone: str, at: datetime) -> date:
    """Return the local date of an instant.

    Raises:
        UnknownZoneError: when the pinned zone data has no such zone.
    """
    return date_of(local_reading(zone, seconds_of(at)))


def _by_clock(places: Iterable[Place], start: datetime) -> list[list[Place]]:
    """Return the places whose law and clock are the same together, in the order of their first zones."""
    found: dict[tuple[object, ...], list[Place]] = {}
    for place in sorted(places):
        found.setdefault(clock_key(place, start, start + AHEAD), []).append(place)
    return list(found.values())


def _shades(scheduled: Intervals, lawful: Intervals) -> dict[Shade, Intervals]:
    return {
        Shade.LEGAL: lawful - scheduled,
        Shade.CALLABLE: lawful & scheduled,
        Shade.ILLEGAL: scheduled - lawful,
    }


def _panel(
    zones: tuple[str, ...], first: date, scheduled: Intervals, lawful: Intervals, closed: Mapping[int, frozenset[str]]
) -> Panel:
    zone, *alike = zones
    midnight = (first - _EPOCH_DAY).days * DAY_S
    dates = tuple(first + timedelta(days=number) for number in range(DAYS))
    stretches = [
        Stretch(shade=shade, day=day, start_s=start_s, end_s=end_s)
        for shade, found in _shades(scheduled, lawful).items()
        for day, start_s, end_s in _on_the_wall(zone, found, midnight)
    ]
    notes = {}
    for number, on in enumerate(dates):
        told = [f"closed: {' / '.join(sorted(closed[number]))}"] if number in closed else []
        told += [_told_short(change) for change in clock_changes(zone, on)]
        if told:
            notes[number] = "; ".join(told)
    return Panel(
        zone=zone,
        alike=tuple(alike),
        dates=dates,
        stretches=tuple(sorted(stretches)),
        notes=notes,
        changes=changes_ahead(zone, instant_at(midnight)),
    )


def _on_the_wall(zone: str, found: Intervals, midnight: int) -> list[tuple[int, int, int]]:
    """Return what a wall clock shows of these instants in the seven days: number of the day, and seconds of it."""
    drawn = []
    for start, end in found.spans:
        for segment in segments(zone, start, end):
            local = (segment.start_s + segment.offset_s - midnight, segment.end_s + segment.offset_s - midnight)
            for day in range(max(local[0] // DAY_S, 0), min(-(-local[1] // DAY_S), DAYS)):
                begins = day * DAY_S
                drawn.append((day, max(local[0] - begins, 0), min(local[1] - begins, DAY_S)))
    return drawn


def _closed(law: BindingLaw, place: Place, first: date) -> dict[int, frozenset[str]]:
    """Return what the calendars that bind in a place call the days that they close, by the number of the day."""
    found = {}
    bound = law.rulebook.binding(law.call, place.jurisdictions)
    for number in range(DAYS):
        on = first + timedelta(days=number)
        names = {
            law.rulebook.calendars[rule.terms.calendar].closes(on)
            for rule in bound
            if isinstance(rule.terms, ClosedDays) and rule.in_force(on)
        }
        if told := frozenset(name for name in names if name is not None):
            found[number] = told
    return found


def _told_short(change: ClockChange) -> str:
    start, end = (f"{second // 3600:02}:{second // 60 % 60:02}" for second in (one % DAY_S for one in change.local))
    return f"{start}-{end} {'does not exist' if change.after_s > change.before_s else 'comes twice'}"
