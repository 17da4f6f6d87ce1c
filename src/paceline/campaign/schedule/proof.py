"""A schedule against the law: the proof that it places no illegal call, or every instant at which it would.

The platform dials any contact while the campaign is open, so the schedule has to lie inside the legal hours of every
place in which a contact may be: what is scheduled and not legal has to be empty, for every place, over the horizon. A
weekly schedule knows no dates, so days that a calendar closes are told apart from hours that are never legal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from paceline.campaign.blocks import DAY_S, Schedule, Window
from paceline.campaign.schedule.windows import date_of, intervals_between, weekday_of
from paceline.compliance.call import Call, Place
from paceline.compliance.calling_time import callable_at, legal, window_on
from paceline.compliance.rule import ClosedDays
from paceline.compliance.rulebook import Rulebook
from paceline.primitives.intervals import Intervals, Span, seconds_of
from paceline.primitives.zones import segments, zone_data_version

HORIZON = timedelta(days=365)
"""How far ahead a schedule is proven: each date of the year, each change of a clock, each rule that takes effect."""
MOST_SUGGESTED = 8
"""How many windows a schedule may have on the platform, so that what is suggested can be sent."""
_MINUTE_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingLaw:
    """What law a schedule is proven against.

    Attributes:
        places: where contacts may be.
        call: what kind of calls the campaign places.
    """

    rulebook: Rulebook
    places: tuple[Place, ...]
    call: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """Where the schedule would place illegal calls in one place.

    Attributes:
        hours: illegal instants on days that are open.
        closed_days: illegal instants on local dates that a calendar closes: who pauses on these dates dials none.
    """

    place: Place
    hours: Intervals
    closed_days: Intervals


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was looked at, and every breach that was found.

    Attributes:
        zone_data: the version of the zone data, such as `2026f`.
        start, end: the horizon, `[start, end)`.
        scheduled: the instants at which the campaign is open in the horizon.
        breaches: one for each place in which some of them are illegal.
    """

    law: BindingLaw
    zone_data: str
    start: datetime
    end: datetime
    scheduled: Intervals
    breaches: tuple[Breach, ...]

    @property
    def holds(self) -> bool:
        """Whether there is a place, and no instant is illegal in any."""
        return bool(self.law.places) and not self.breaches

    @property
    def examined_minutes(self) -> int:
        """How many scheduled minutes were judged, those of each place counted for themselves."""
        return self.scheduled.total_s // _MINUTE_S * len(self.law.places)

    @property
    def violating_minutes(self) -> int:
        """How many of those would be illegal, in whole minutes or parts of one."""
        wrong = sum(one.hours.total_s + one.closed_days.total_s for one in self.breaches)
        return -(-wrong // _MINUTE_S)


def proof(schedule: Schedule, law: BindingLaw, start: datetime, horizon: timedelta = HORIZON) -> Proof:
    """Judge every instant at which the schedule is open against the law of every place.

    Raises:
        UnknownZoneError: when the pinned zone data lacks the zone of the schedule or of a place.
    """
    end = start + horizon
    scheduled = intervals_between(schedule, start, end)
    breaches: list[Breach] = []
    judged: dict[tuple[object, ...], tuple[Intervals, Intervals]] = {}
    for place in law.places:
        key = clock_key(place, start, end)
        if key not in judged:
            wrong = scheduled - legal(law.rulebook, place, law.call, (start, end))
            hours = wrong - _on_closed_days(wrong, place, law)
            judged[key] = (hours, wrong - hours)
        hours, closed = judged[key]
        if hours.spans or closed.spans:
            breaches.append(Breach(place=place, hours=hours, closed_days=closed))
    return Proof(
        law=law,
        zone_data=zone_data_version(),
        start=start,
        end=end,
        scheduled=scheduled,
        breaches=tuple(breaches),
    )


def clock_key(place: Place, start: datetime, end: datetime) -> tuple[object, ...]:
    """Return what the law of a place depends on: places whose clocks agree over the horizon are judged once."""
    # A rule is in force by the local date, so two days around the horizon are looked at as well.
    first, last = seconds_of(start) - 2 * DAY_S, seconds_of(end) + 2 * DAY_S
    clock = tuple((one.start_s, one.end_s, one.offset_s) for one in segments(place.zone, first, last))
    return (place.jurisdictions, clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedDay:
    """A date on which the schedule is open and a calendar of the law is not.

    Attributes:
        on: the local date of the places.
        name: what the calendars call it, or why they do not know.
        rules: the ids of the rules that close it.
        instants: what the campaign has to be paused for, all places together.
    """

    on: date
    name: str
    rules: tuple[str, ...]
    instants: Intervals


def closed_days(found: Proof) -> tuple[ClosedDay, ...]:
    """Return the dates in the horizon on which somebody would have to pause the campaign, in order."""
    named: dict[date, dict[str, str]] = {}
    instants: dict[date, Intervals] = {}
    for breach in found.breaches:
        dates = _local_dates(breach.place.zone, breach.closed_days)
        for on, closing in _closed_dates(found.law, breach.place, dates).items():
            named.setdefault(on, {}).update(closing)
            here = breach.closed_days & window_on(breach.place.zone, on, 0, DAY_S // _MINUTE_S)
            instants[on] = instants.get(on, Intervals()) | here
    return tuple(
        ClosedDay(
            on=on,
            name=" / ".join(sorted(set(closing.values()))),
            rules=tuple(sorted(closing)),
            instants=instants[on],
        )
        for on, closing in sorted(named.items())
    )


def lawful_instants(schedule: Schedule, law: BindingLaw, start: datetime, end: datetime) -> Intervals:
    """Return when the campaign is open and anybody, wherever they are, may be called: what `next` looks in."""
    scheduled = intervals_between(schedule, start, end)
    return scheduled & callable_at(law.rulebook, law.places, law.call, scheduled)


def widest_lawful(
    law: BindingLaw, zone: str, start: datetime, horizon: timedelta = HORIZON, *, within: Span = (0, DAY_S)
) -> tuple[Window, ...]:
    """Return the longest windows, in this zone's clock, that are legal in every place on every date of the horizon.

    Days that a calendar closes are left aside, for no weekly window can spare them. None longer exists on its weekday;
    at most `MOST_SUGGESTED`, the longest, in the order of the week; in whole minutes. `within` is what of a local day,
    in seconds, a window may take, such as the platform's own hours.
    """
    if not law.places:
        return ()
    span = Intervals.between(start, start + horizon)
    illegal, judged = Intervals(), set()
    for place in law.places:
        key = clock_key(place, start, start + horizon)
        if key not in judged:
            judged.add(key)
            wrong = span - legal(law.rulebook, place, law.call, span)
            illegal |= wrong - _on_closed_days(wrong, place, law)
    closed = _by_weekday(illegal, zone)
    found = []
    for weekday, spans in enumerate(closed):
        left = Intervals.of([within]) - Intervals.of(spans)
        for opens, closes in left.spans:
            first, last = -(-opens // _MINUTE_S) * _MINUTE_S, closes // _MINUTE_S * _MINUTE_S
            if first < last:
                found.append(Window(weekday=weekday, start_s=first, end_s=last))
    longest = sorted(found, key=lambda one: (one.start_s - one.end_s, one))[:MOST_SUGGESTED]
    return tuple(sorted(longest))


def _on_closed_days(instants: Intervals, place: Place, law: BindingLaw) -> Intervals:
    """Return those of the instants whose local date a calendar closes: a pause on that date spares them all."""
    closed = _closed_dates(law, place, _local_dates(place.zone, instants))
    spans = [span for on in closed for span in window_on(place.zone, on, 0, DAY_S // _MINUTE_S).spans]
    return instants & Intervals.of(spans)


def _closed_dates(law: BindingLaw, place: Place, dates: Iterable[date]) -> dict[date, dict[str, str]]:
    """Return the dates that a calendar closes there, each with the ids of the rules and what they call the day."""
    shelf = law.rulebook.calendars
    bound = law.rulebook.binding(law.call, place.jurisdictions)
    calendars = [(rule, shelf[rule.terms.calendar]) for rule in bound if isinstance(rule.terms, ClosedDays)]
    found: dict[date, dict[str, str]] = {}
    for on in dates:
        for rule, calendar in calendars:
            name = calendar.closes(on) if rule.in_force(on) else None
            if name is not None:
                found.setdefault(on, {})[rule.id] = name
    return found


def _local_dates(zone: str, instants: Intervals) -> tuple[date, ...]:
    found: dict[date, None] = {}
    for start, end in instants.spans:
        for segment in segments(zone, start, end):
            first, last = segment.start_s + segment.offset_s, segment.end_s + segment.offset_s - 1
            found |= {date_of(day * DAY_S): None for day in range(first // DAY_S, last // DAY_S + 1)}
    return tuple(found)


def _by_weekday(instants: Intervals, zone: str) -> list[list[Span]]:
    """Return what these instants cover of each weekday by the wall clock of a zone, in seconds of the local day."""
    found: list[list[Span]] = [[] for _ in range(7)]
    if not instants.spans:
        return found
    for segment in segments(zone, instants.spans[0][0], instants.spans[-1][1]):
        inside = instants & Intervals.of([(segment.start_s, segment.end_s)])
        for start, end in inside.spans:
            first, last = start + segment.offset_s, end + segment.offset_s
            for midnight in range(first - first % DAY_S, last, DAY_S):
                covered = (max(first - midnight, 0), min(last - midnight, DAY_S))
                found[weekday_of(midnight)].append(covered)
    return found
