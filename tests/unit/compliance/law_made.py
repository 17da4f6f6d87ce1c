"""Small laws for tests: rules made in one line, and a judge who knows nothing of tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta

from paceline.compliance.call import EVERY_LINE, EVERY_PURPOSE, Call, Line, Mode, Place, Purpose
from paceline.compliance.rule import Banned, Blackout, ClosedDays, Confidence, Hours, Opening, Rule, Terms
from paceline.compliance.rulebook import Calendar, Rulebook
from paceline.primitives.zones import zone

ALL_WEEK = range(7)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def hours(
    start: int, end: int, days: Iterable[int] = ALL_WEEK, *, also_in: tuple[str, ...] = (), received: bool = False
) -> Hours:
    """Return the same hours, in full hours, on some weekdays."""
    openings = tuple(Opening(weekday=day, start=start * 60, end=end * 60) for day in days)
    return Hours(openings=openings, also_in=also_in, received=received)


def rule(
    name: str,
    terms: Terms,
    *,
    begins: date | None = None,
    ends: date | None = None,
    purposes: frozenset[Purpose] = EVERY_PURPOSE,
    modes: frozenset[Mode] = frozenset(Mode),
    lines: frozenset[Line] = EVERY_LINE,
) -> Rule:
    """Return a rule; what its name begins with, `US-FL/`, is where it holds."""
    return Rule(
        id=name.replace("/", "-"),
        jurisdiction=name.partition("/")[0],
        citation="none",
        summary="Made for a test.",
        terms=terms,
        purposes=purposes,
        modes=modes,
        lines=lines,
        confidence=Confidence.HIGH,
        source="none",
        verified_on=date(2026, 11, 20),
        effective_from=begins,
        effective_to=ends,
    )


def book(*rules: Rule, calendars: Mapping[str, Calendar] | None = None) -> Rulebook:
    return Rulebook(edition="made", rules=rules, calendars=calendars or {}, zones={})


def place(zone_key: str, *jurisdictions: str) -> Place:
    return Place(zone=zone_key, jurisdictions=tuple(sorted(jurisdictions or ("US",))))


def may_call(law: Rulebook, where: Place, call: Call, at: datetime) -> bool:
    """Return whether a call may be placed, by reading each rule as a person would, on the standard library's clocks."""
    wall = at.astimezone(zone(where.zone))
    bound = [
        one
        for one in law.rules
        if one.jurisdiction in where.jurisdictions and one.binds(call) and one.in_force(wall.date())
    ]
    known = {
        (one.jurisdiction[:2], purpose, mode, line)
        for one in bound
        if isinstance(one.terms, Hours)
        for purpose in one.purposes
        for mode in one.modes
        for line in one.lines
    }
    needed = {
        (jurisdiction[:2], purpose, mode, line)
        for jurisdiction in where.jurisdictions
        for purpose in call.purposes
        for mode in call.modes
        for line in call.lines
    }
    return bool(needed) and needed <= known and all(_lets(law, one, wall, at) for one in bound)


def _lets(law: Rulebook, one: Rule, wall: datetime, at: datetime) -> bool:
    match one.terms:
        case Hours(openings=openings, also_in=also_in):
            walls = [wall, *(at.astimezone(zone(key)) for key in also_in)]
            return all(
                any(
                    each.weekday == shown.weekday() and each.start <= shown.hour * 60 + shown.minute < each.end
                    for each in openings
                )
                for shown in walls
            )
        case ClosedDays(calendar=name):
            calendar = law.calendars[name]
            return calendar.first <= wall.date() <= calendar.last and wall.date() not in calendar.days
        case Blackout(start_s=start_s, end_s=end_s):
            seconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
            return seconds < start_s or (end_s is not None and seconds >= end_s)
        case Banned():
            return False
        case _:
            return True
