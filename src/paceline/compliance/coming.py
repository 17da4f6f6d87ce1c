"""What of the law changes from a date on: rules that begin or end, days that are closed, clocks that are moved; pure.

Rules:
* Rules and calendars turn on a local date of the called person, clocks at an instant.
* Clocks that are moved the same way on the same date, in whatever zone, are told together.
* A calendar that ends closes every date after its last: that is told too, for somebody has to write its next years.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from paceline.compliance.clock_changes import ClockChange, changes_ahead
from paceline.compliance.rule import ClosedDays, Rule
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.told import is_judged, terms_words
from paceline.primitives.canonical import Json
from paceline.primitives.intervals import instant_at

YEAR = timedelta(days=365)
"""How far ahead rules and clocks are looked at; as far as a schedule is proven."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A rule that takes effect, or ends, on a local date."""

    on: date
    rule: Rule
    begins: bool


class Kind(StrEnum):
    """What kind of change comes."""

    BEGINS = "rule-begins"
    ENDS = "rule-ends"
    CLOCKS = "clocks"
    CLOSED = "closed-day"
    CALENDAR = "calendar-ends"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """Something that changes on a local date.

    Attributes:
        told: what changes, a sentence for people without a full stop.
        where: the regions, or the countries, in which it does; ISO 3166.
        rules: the rules that say so; none for clocks.
        zones: those whose clocks are moved.
        at: the instants of the first and of the last zone, for clocks.
    """

    on: date
    kind: Kind
    told: str
    where: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    zones: tuple[str, ...] = ()
    at: tuple[datetime, datetime] | None = None

    @property
    def citations(self) -> tuple[str, ...]:
        """Where the law says so, each place once."""
        return tuple(dict.fromkeys(rule.citation for rule in self.rules))

    @property
    def is_judged(self) -> bool:
        """Whether decisions take it into account by themselves; where not, somebody else has to keep it."""
        return all(is_judged(rule) for rule in self.rules)

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "on": self.on.isoformat(),
            "kind": self.kind.value,
            "told": self.told,
            "where": [*self.where],
            "rules": [{"id": rule.id, "citation": rule.citation} for rule in self.rules],
            "zones": [*self.zones],
            "judged": self.is_judged,
        }


def turns(rules: Iterable[Rule], first: date, ahead: timedelta = YEAR) -> tuple[Turn, ...]:
    """Return when these rules begin and end, from the first date on, the earliest first."""
    found = [
        Turn(on=on, rule=rule, begins=begins)
        for rule in rules
        for on, begins in ((rule.effective_from, True), (rule.effective_to, False))
        if on is not None and first <= on <= first + ahead
    ]
    return tuple(sorted(found, key=lambda one: (one.on, one.rule.id, not one.begins)))


def coming(
    rulebook: Rulebook, first: date, *, ahead: timedelta = YEAR, closed_ahead: timedelta | None = None
) -> tuple[Coming, ...]:
    """Return everything that changes, the earliest first.

    Args:
        rulebook: whose rules, calendars and zones.
        first: the first local date that counts.
        ahead: how far rules, calendars' ends and clocks are looked at.
        closed_ahead: how far days that a calendar closes are; as far as the rest when None.
    """
    found = [_turned(turn) for turn in turns(rulebook.rules, first, ahead)]
    found += _closed(rulebook, first, ahead if closed_ahead is None else closed_ahead)
    found += _ending(rulebook, first, ahead)
    found += _clocks(rulebook, first, ahead)
    order = list(Kind)
    return tuple(sorted(found, key=lambda one: (one.on, order.index(one.kind), one.where)))


def concerns(where: Iterable[str], region: str) -> bool:
    """Return whether something that changes in these places changes in a region, or anywhere in a country.

    >>> concerns(("US",), "US-FL"), concerns(("US-FL",), "US"), concerns(("US-PA",), "US-FL")
    (True, True, False)
    """
    country = region[:2]
    return any(one in {region, country} or (region == country and one[:2] == country) for one in where)


def stopped_clocks(zones: Iterable[str], first: date) -> tuple[str, ...]:
    """Return the zones whose clocks were moved in the year before a date, and are not in the year after it."""
    at = datetime.combine(first, time(), tzinfo=UTC)
    year_ago = at - YEAR - _DAY
    return tuple(
        zone for zone in sorted(zones) if changes_ahead(zone, year_ago, at - year_ago) and not changes_ahead(zone, at)
    )


def _turned(turn: Turn) -> Coming:
    return Coming(
        on=turn.on,
        kind=Kind.BEGINS if turn.begins else Kind.ENDS,
        told=f"{turn.rule.id} {'takes effect' if turn.begins else 'ends'}: {terms_words(turn.rule.terms)}",
        where=(turn.rule.jurisdiction,),
        rules=(turn.rule,),
    )


def _calendars(rulebook: Rulebook) -> dict[str, list[Rule]]:
    """Return the rules that close days, by the name of their calendar."""
    found: dict[str, list[Rule]] = {}
    for rule in rulebook.rules:
        if isinstance(rule.terms, ClosedDays):
            found.setdefault(rule.terms.calendar, []).append(rule)
    return found


def _closed(rulebook: Rulebook, first: date, ahead: timedelta) -> list[Coming]:
    """Return the days that calendars close; one date of one name is told once, with all rules that close it."""
    found: dict[tuple[date, str], list[Rule]] = {}
    for name, rules in _calendars(rulebook).items():
        for on, called in rulebook.calendars[name].days.items():
            if first <= on <= first + ahead:
                found.setdefault((on, called), []).extend(rule for rule in rules if rule.in_force(on))
    return [
        Coming(on=on, kind=Kind.CLOSED, told=f"closed by law: {called}", where=_where(rules), rules=tuple(rules))
        for (on, called), rules in found.items()
        if rules
    ]


def _ending(rulebook: Rulebook, first: date, ahead: timedelta) -> list[Coming]:
    found = []
    for name, rules in _calendars(rulebook).items():
        calendar = rulebook.calendars[name]
        after = calendar.last + _DAY
        if first <= after <= first + ahead:
            told = f"the calendar {name} ends: every date from then on counts as closed"
            found.append(Coming(on=after, kind=Kind.CALENDAR, told=told, where=_where(rules), rules=tuple(rules)))
    return found


def _where(rules: Collection[Rule]) -> tuple[str, ...]:
    return tuple(sorted({rule.jurisdiction for rule in rules}))


def _clocks(rulebook: Rulebook, first: date, ahead: timedelta) -> list[Coming]:
    """Return the moves of clocks, those of one local date and one direction together."""
    regions: dict[str, set[str]] = {}
    for region, zones in rulebook.zones.items():
        for zone in zones:
            regions.setdefault(zone, set()).add(region[:2])
    start = datetime.combine(first, time(), tzinfo=UTC)
    gathered: dict[tuple[date, int], list[tuple[str, ClockChange]]] = {}
    for zone in sorted(regions):
        for change in changes_ahead(zone, start, ahead):
            on = instant_at(change.at_s + change.before_s).date()
            gathered.setdefault((on, change.after_s - change.before_s), []).append((zone, change))
    found = []
    for (on, by_s), moved in gathered.items():
        instants = sorted(instant_at(change.at_s) for _, change in moved)
        found.append(
            Coming(
                on=on,
                kind=Kind.CLOCKS,
                told=f"clocks go {'forward' if by_s > 0 else 'back'} {_span(abs(by_s))}",
                where=tuple(sorted({country for zone, _ in moved for country in regions[zone]})),
                zones=tuple(zone for zone, _ in moved),
                at=(instants[0], instants[-1]),
            )
        )
    return found


def _span(seconds: int) -> str:
    return f"{seconds // 3600} h" if seconds % 3600 == 0 else f"{seconds // 60} min"
