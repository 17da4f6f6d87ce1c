"""The instants at which a person may be called; pure.

An instant is callable in a zone when the wall-clock reading of that instant in that zone lies in an allowed local
interval of that local date. Nothing else is defined: hours that do not exist and hours that come twice need no rule of
their own, and no local time is ever turned into an instant.

Rules:
* All rules that bind hold together, in every zone where the person may be.
* A rule that names another clock too (`also_in`) must be open on both.
* Where no hours are known, and where no place is known, nothing is callable.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from paceline.compliance.call import Call, Place
from paceline.compliance.rule import Rule
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.timetable import DAY_S, Openings, timetable
from paceline.primitives.intervals import Intervals, Span, seconds_of
from paceline.primitives.zones import segments

HORIZON = timedelta(days=366)
"""How far ahead the next callable instant is looked for."""
Asked = Intervals | tuple[datetime, datetime]
"""The instants in question: a set, or from one aware instant to before another."""

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_FOREVER_S = 1 << 60
_FARTHEST_S = 26 * 3600
"""No offset is larger (RFC 9636)."""


def window_on(zone: str, on: date, start_min: int, end_min: int) -> Intervals:
    """Return the instants of one local date's window, in minutes of that date; no instant twice, none invented.

    Args:
        zone: a key of the pinned zone data.
        on: the local date on which the window starts.
        start_min: 0 to 1439.
        end_min: 0 to 1440, not included; at most `start_min` means that it ends on the next local date.

    Raises:
        UnknownZoneError: when the pinned zone data has no such zone.
        ValueError: a minute is outside its range.
    """
    if not (0 <= start_min < 1440 and 0 <= end_min <= 1440):
        raise ValueError(f"no window of one day: from minute {start_min} to minute {end_min}")
    midnight = (on.toordinal() - _EPOCH_DAY) * DAY_S
    # A date that the zone never had opens no window, not even one that would end on the next.
    if end_min <= start_min and not _shown(zone, midnight, midnight + DAY_S):
        return Intervals()
    ends_next_day = DAY_S if end_min <= start_min else 0
    return _shown(zone, midnight + start_min * 60, midnight + end_min * 60 + ends_next_day)


def legal(rulebook: Rulebook, place: Place, call: Call, span: Asked) -> Intervals:
    """Return the instants of the span at which no rule that binds in this place closes such calls.

    Raises:
        UnknownZoneError: when the pinned zone data has no such zone.
        ValueError: an instant has no offset.
    """
    asked = span if isinstance(span, Intervals) else Intervals.between(*span)
    table = timetable(rulebook, place.jurisdictions, call)
    left = _on_clock(table.openings, place.zone, asked)
    for key, rule, openings in table.elsewhere:
        not_yet = asked - _in_force(rule, place.zone, asked)
        left &= _on_clock(openings, key, asked) | not_yet
    for rule, dark in table.blackouts:
        until = _FOREVER_S if dark.end_s is None else dark.end_s
        left -= Intervals.of([(dark.start_s, until)]) & _in_force(rule, place.zone, asked)
    return left


def callable_at(rulebook: Rulebook, places: Iterable[Place], call: Call, span: Asked) -> Intervals:
    """Return the instants of the span that are legal in every place; none when there is no place.

    Raises:
        UnknownZoneError: when the pinned zone data has no such zone.
        ValueError: an instant has no offset.
    """
    asked = span if isinstance(span, Intervals) else Intervals.between(*span)
    left: Intervals | None = None
    for place in places:
        here = legal(rulebook, place, call, asked)
        left = here if left is None else left & here
        if not left:
            break
    return left if left is not None else Intervals()


def next_callable(
    rulebook: Rulebook, places: Iterable[Place], call: Call, at: datetime, horizon: timedelta = HORIZON
) -> datetime | None:
    """Return the first callable instant that is not before `at`; None when there is none before the horizon.

    Raises:
        UnknownZoneError: when the pinned zone data has no such zone.
        ValueError: the instant has no offset.
    """
    everywhere = tuple(places)
    begun, end = seconds_of(at), seconds_of(at + horizon)
    days = 2
    while begun < end:
        until = min(begun + days * DAY_S, end)
        found = callable_at(rulebook, everywhere, call, Intervals.of([(begun, until)])).next_from(at)
        if found is not None:
            return found
        begun, days = until, days * 4
    return None


def local_openings(rulebook: Rulebook, jurisdictions: Iterable[str], call: Call, first: date, last: date) -> list[Span]:
    """Return what is open by the person's own wall clock from one local date to another, both included.

    In local seconds, in order. What closes instants (blackouts) and what other clocks close (`also_in`) is not in it:
    only `legal` has everything.
    """
    table = timetable(rulebook, tuple(sorted(set(jurisdictions))), call)
    start = (first.toordinal() - _EPOCH_DAY) * DAY_S
    end = (last.toordinal() - _EPOCH_DAY + 1) * DAY_S
    return list(Intervals.of(table.openings.within(start, end)).spans) if start < end else []


def _on_clock(openings: Openings, zone: str, asked: Intervals) -> Intervals:
    """Return the instants at which the zone's wall clock shows an open local second."""
    found: list[Span] = []
    for start, end in asked.spans:
        for begun, until, offset in segments(zone, start, end):
            for opens, closes in openings.within(begun + offset, until + offset):
                if found and found[-1][1] == opens - offset:
                    found[-1] = (found[-1][0], closes - offset)
                else:
                    found.append((opens - offset, closes - offset))
    return Intervals(tuple(found))


def _shown(zone: str, first_s: int, last_s: int, asked: Intervals | None = None) -> Intervals:
    """Return the instants at which the zone's wall clock shows `[first_s, last_s)`, of all or of those asked."""
    spans = [(first_s - _FARTHEST_S, last_s + _FARTHEST_S)] if asked is None else asked.spans
    return Intervals.of(
        (max(begun, first_s - offset), min(until, last_s - offset))
        for start, end in spans
        for begun, until, offset in segments(zone, start, end)
    )


def _in_force(rule: Rule, zone: str, asked: Intervals) -> Intervals:
    """Return the instants at which the rule is in force by the zone's local date."""
    if rule.effective_from is None and rule.effective_to is None:
        return asked
    first = -_FOREVER_S if rule.effective_from is None else (rule.effective_from.toordinal() - _EPOCH_DAY) * DAY_S
    last = _FOREVER_S if rule.effective_to is None else (rule.effective_to.toordinal() - _EPOCH_DAY) * DAY_S
    return _shown(zone, first, last, asked)
