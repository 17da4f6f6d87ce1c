"""Which rule closes an instant, and which leave it open: what people are shown beside a yes or a no; pure.

Asked for one instant, it answers from the rules one by one; `calling_time` answers for spans from their tables. Both
say the same: an instant is callable when every judgement of it is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from paceline.compliance.call import Call, Place
from paceline.compliance.rule import Blackout, ClosedDays, Hours, Rule
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.timetable import DAY_S, timetable
from paceline.primitives.clock import utc_text
from paceline.primitives.intervals import instant_at, seconds_of
from paceline.primitives.zones import segments

WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
_EPOCH_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one rule says of one instant in one zone.

    Attributes:
        rule: None where something is closed because no rule is known.
        zone: on whose wall clock; None where no place is known.
        is_open: whether this rule lets such a call be placed then; True where it was not judged.
        why: for people, without a full stop.
        is_judged: False for a ban of which nobody knows whether it applies.
    """

    rule: Rule | None
    zone: str | None
    is_open: bool
    why: str
    is_judged: bool = True

    @property
    def verdict(self) -> str:
        """One of `open`, `closed`, `not judged`."""
        return ("open" if self.is_open else "closed") if self.is_judged else "not judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What the wall clock of a zone shows at an instant."""

    zone: str
    on: date
    second: int

    @property
    def clock(self) -> str:
        return f"{self.second // 3600:02}:{self.second // 60 % 60:02}:{self.second % 60:02}"


def judged(rulebook: Rulebook, places: Place | Iterable[Place], call: Call, at: datetime) -> tuple[Judgement, ...]:
    """Return the verdict of every rule of times that is in force and binds such calls in any of the places.

    Raises:
        UnknownZoneError: when the pinned zone data has no such zone.
        ValueError: the instant has no offset.
    """
    seconds = seconds_of(at)
    everywhere = (places,) if isinstance(places, Place) else tuple(places)
    if not everywhere:
        return (Judgement(rule=None, zone=None, is_open=False, why="nobody knows where the called person may be"),)
    found = [judgement for place in everywhere for judgement in _judged(rulebook, place, call, seconds)]
    return tuple({(one.rule and one.rule.id, one.zone, one.why): one for one in found}.values())


def _judged(rulebook: Rulebook, place: Place, call: Call, seconds: int) -> Iterator[Judgement]:
    table = timetable(rulebook, place.jurisdictions, call)
    here = _reading(place.zone, seconds)
    if table.openings.uncovered(here.on):
        where = ", ".join(place.jurisdictions) or "a place without a law"
        why = f"no rule is known that sets hours for such calls in {where} on {here.on}"
        yield Judgement(rule=None, zone=place.zone, is_open=False, why=why)
    for rule in table.rules:
        if not rule.in_force(here.on):
            continue
        match rule.terms:
            case Hours():
                yield _hours(rule, rule.terms, here)
                for key in rule.terms.also_in:
                    yield _hours(rule, rule.terms, _reading(key, seconds))
            case ClosedDays():
                closed = rulebook.calendars[rule.terms.calendar].closes(here.on)
                why = f"{here.on} is an open day there" if closed is None else f"{here.on} is closed: {closed}"
                yield Judgement(rule=rule, zone=here.zone, is_open=closed is None, why=why)
            case Blackout():
                yield _blackout(rule, rule.terms, here, seconds)
            case _:
                yield Judgement(rule=rule, zone=here.zone, is_open=False, why="such calls are banned")
    for rule in table.unjudged:
        if rule.in_force(here.on):
            why = "not judged: line type unknown; some lines that the call may go to are banned"
            yield Judgement(rule=rule, zone=here.zone, is_open=True, why=why, is_judged=False)


def _hours(rule: Rule, hours: Hours, here: _Reading) -> Judgement:
    weekday = here.on.weekday()
    spans = sorted((each.start, each.end) for each in hours.openings if each.weekday == weekday)
    is_open = any(start * 60 <= here.second < end * 60 for start, end in spans)
    told = " and ".join(f"{_minute(start)} to {_minute(end)}" for start, end in spans)
    allowed = f"open {told}" if told else "closed"
    room = "; the law speaks of calls received, so leave time to ring" if is_open and hours.received else ""
    why = f"{WEEKDAYS[weekday]} {allowed}; it is {here.clock} on {here.on} there{room}"
    return Judgement(rule=rule, zone=here.zone, is_open=is_open, why=why)


def _blackout(rule: Rule, dark: Blackout, here: _Reading, seconds: int) -> Judgement:
    is_open = seconds < dark.start_s or (dark.end_s is not None and seconds >= dark.end_s)
    until = "further notice" if dark.end_s is None else _instant(dark.end_s)
    why = f"an emergency closes all calls from {_instant(dark.start_s)} until {until}"
    return Judgement(rule=rule, zone=here.zone, is_open=is_open, why=why)


def _reading(zone: str, seconds: int) -> _Reading:
    ((_, _, offset),) = segments(zone, seconds, seconds + 1)
    days, second = divmod(seconds + offset, DAY_S)
    return _Reading(zone=zone, on=date.fromordinal(days + _EPOCH_DAY), second=second)


def _minute(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _instant(seconds: int) -> str:
    return utc_text(instant_at(seconds))
