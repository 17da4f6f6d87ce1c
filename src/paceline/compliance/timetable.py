"""What the rules leave open on the wall clock, for one set of jurisdictions and one kind of calls; pure.

Rules:
* All hours that bind are intersected, weekday by weekday; a weekday without an opening is closed.
* A rule is in force, and a day closed, by the local date.
* Where no law is known there is no opening: for each country, every purpose, way and line that the call may have needs
  hours that bind it.

Nothing here knows an offset: a local second is what the wall clock shows, counted from its own 1970-01-01T00:00.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from itertools import pairwise, product

from paceline.compliance.call import Call
from paceline.compliance.rule import Banned, Blackout, ClosedDays, Hours, Rule
from paceline.compliance.rulebook import Calendar, Rulebook
from paceline.primitives.intervals import Intervals, Span

DAY_S = 86_400
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_ALL_DAY = Intervals.of([(0, DAY_S)])
_NEVER = Intervals()


class Openings:
    """The open local seconds by a few rules, made year by year and kept.

    Its tables are made on first use; two threads that ask at once make the same table twice, which harms nothing.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        calendars: Mapping[str, Calendar],
        *,
        call: Call | None = None,
        countries: frozenset[str] = frozenset(),
    ) -> None:
        """Keep the rules; with a `call`, what no hours bind is closed in each of the countries, without it is open."""
        self._rules = rules
        self._calendars = calendars
        self._call = call
        self._countries = countries
        self._years: dict[int, tuple[Span, ...]] = {}

    def within(self, first_s: int, last_s: int) -> Iterator[Span]:
        """Yield what is open in `[first_s, last_s)`, in order; spans may touch at the turn of a year."""
        for year in range(_year_of(first_s), _year_of(last_s - 1) + 1):
            spans = self._years.get(year)
            if spans is None:
                spans = self._years.setdefault(year, self._made(year))
            for number in range(max(bisect_right(spans, first_s, key=_start) - 1, 0), len(spans)):
                start, end = spans[number]
                if start >= last_s:
                    return
                if end > first_s:
                    yield max(start, first_s), min(end, last_s)

    def uncovered(self, on: date) -> bool:
        """Return whether no hours are known for such calls on this local date."""
        return not self._covered([rule for rule in self._rules if rule.in_force(on)])

    def _made(self, year: int) -> tuple[Span, ...]:
        first, last = date(year, 1, 1), date(year, 12, 31)
        turns = {turn for rule in self._rules for turn in (rule.effective_from, rule.effective_to) if turn is not None}
        begins = [first.toordinal(), *sorted(turn.toordinal() for turn in turns if first < turn <= last)]
        found: list[Span] = []
        for begin, end in pairwise([*begins, last.toordinal() + 1]):
            in_force = [rule for rule in self._rules if rule.in_force(date.fromordinal(begin))]
            found += self._period(in_force, begin, end)
        return Intervals.of(found).spans

    def _period(self, in_force: Sequence[Rule], begin: int, end: int) -> Iterator[Span]:
        """Yield what is open from one day to another, ordinals, between which no rule begins or ends."""
        if not self._covered(in_force) or any(isinstance(rule.terms, Banned) for rule in in_force):
            return
        week = [_of_weekday(in_force, weekday).spans for weekday in range(7)]
        closed = [self._calendars[rule.terms.calendar] for rule in in_force if isinstance(rule.terms, ClosedDays)]
        for ordinal in range(begin, end):
            spans = week[(ordinal - 1) % 7]
            if not spans or any(calendar.closes(date.fromordinal(ordinal)) is not None for calendar in closed):
                continue
            midnight = (ordinal - _EPOCH_DAY) * DAY_S
            for start, until in spans:
                yield midnight + start, midnight + until

    def _covered(self, in_force: Sequence[Rule]) -> bool:
        if self._call is None:
            return True
        hours = [rule for rule in in_force if isinstance(rule.terms, Hours)]
        kinds = list(product(self._call.purposes, self._call.modes, self._call.lines))
        return bool(kinds and self._countries) and all(
            any(_names(rule, country, kind) for rule in hours) for country in self._countries for kind in kinds
        )


class Timetable:
    """What is open where, for one set of jurisdictions and one kind of calls.

    Attributes:
        rules: those that bind such calls there and speak of times; whether one is in force depends on the date.
        openings: by the wall clock of the person.
        elsewhere: rules whose hours must be open on the clock of another zone too: its key, the rule, its openings.
        blackouts: rules that close instants, not local times.
        unjudged: bans that would bind if it were known what line is called.
    """

    __slots__ = ("blackouts", "elsewhere", "openings", "rules", "unjudged")

    def __init__(self, rulebook: Rulebook, jurisdictions: tuple[str, ...], call: Call) -> None:
        bound = rulebook.binding(call, jurisdictions)
        self.rules = tuple(r for r in bound if isinstance(r.terms, Hours | ClosedDays | Banned | Blackout))
        countries = frozenset(each[:2] for each in jurisdictions)
        self.openings = Openings(self.rules, rulebook.calendars, call=call, countries=countries)
        self.elsewhere = tuple(
            (key, rule, Openings([replace(rule, effective_from=None, effective_to=None)], {}))
            for rule in self.rules
            if isinstance(rule.terms, Hours)
            for key in rule.terms.also_in
        )
        self.blackouts = tuple((rule, rule.terms) for rule in self.rules if isinstance(rule.terms, Blackout))
        self.unjudged = tuple(
            rule
            for jurisdiction in sorted(set(jurisdictions))
            for rule in rulebook.by_jurisdiction.get(jurisdiction, ())
            if isinstance(rule.terms, Banned) and rule not in bound and _may_bind(rule, call)
        )


class _Held:
    """A rulebook as a key: the very object, for two editions of one name may differ, and a wrong table would dial."""

    __slots__ = ("rulebook",)

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and self.rulebook is other.rulebook

    def __hash__(self) -> int:
        return id(self.rulebook)


def timetable(rulebook: Rulebook, jurisdictions: tuple[str, ...], call: Call) -> Timetable:
    """Return the timetable of these jurisdictions for such calls; kept for the next who asks."""
    return _timetable(_Held(rulebook), jurisdictions, call)


@lru_cache(maxsize=256)
def _timetable(held: _Held, jurisdictions: tuple[str, ...], call: Call) -> Timetable:
    return Timetable(held.rulebook, jurisdictions, call)


def _of_weekday(in_force: Sequence[Rule], weekday: int) -> Intervals:
    left = _ALL_DAY
    for rule in in_force:
        if isinstance(rule.terms, Hours):
            day = [opening for opening in rule.terms.openings if opening.weekday == weekday]
            left &= Intervals.of((opening.start * 60, opening.end * 60) for opening in day)
    return left


def _names(rule: Rule, country: str, kind: tuple[object, ...]) -> bool:
    purpose, mode, line = kind
    return rule.jurisdiction[:2] == country and purpose in rule.purposes and mode in rule.modes and line in rule.lines


def _may_bind(rule: Rule, call: Call) -> bool:
    return bool(rule.purposes & call.purposes and rule.modes & call.modes and rule.lines & call.lines)


def _year_of(local_s: int) -> int:
    return date.fromordinal(min(max(local_s // DAY_S + _EPOCH_DAY, 1), date.max.toordinal())).year


def _start(span: Span) -> int:
    return span[0]
