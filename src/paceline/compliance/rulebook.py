"""Every rule on one shelf: which of them bind a call, in a place, on a date; pure once it is read.

Rules:
* All rules that bind hold together: hours are intersected, the lowest cap counts. No rule opens what another closes.
* A rule is in force by the local date of the called person.
* A calendar that does not reach a date closes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from paceline.compliance.call import Call, Place
from paceline.compliance.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Days on which some law forbids to call.

    Attributes:
        first, last: what it reaches, both included; nobody knows what lies beyond.
        days: each closed local date and its name.
    """

    name: str
    first: date
    last: date
    days: Mapping[date, str]

    def closes(self, on: date) -> str | None:
        """Return why the date is closed, None when it is open."""
        if not self.first <= on <= self.last:
            return f"the calendar {self.name} reaches from {self.first} to {self.last}"
        return self.days.get(on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The rules that decisions are made by.

    Attributes:
        edition: what names exactly these rules and calendars in a record: their version and digest.
        rules: in the order of their ids.
        calendars: by name; every one that a rule names is there.
        zones: the zones of each region, by its ISO 3166-2 code, and of each country without regions.
        outlying: regions so far from the rest that no hour suits both; who may call there has to name them.
    """

    edition: str
    rules: tuple[Rule, ...]
    calendars: Mapping[str, Calendar]
    zones: Mapping[str, frozenset[str]]
    outlying: frozenset[str] = frozenset()
    by_jurisdiction: Mapping[str, tuple[Rule, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the rules by where they hold."""
        shelf: dict[str, tuple[Rule, ...]] = {}
        for rule in self.rules:
            shelf[rule.jurisdiction] = (*shelf.get(rule.jurisdiction, ()), rule)
        object.__setattr__(self, "by_jurisdiction", shelf)

    def binding(self, call: Call, jurisdictions: Iterable[str]) -> tuple[Rule, ...]:
        """Return the rules that bind such calls there, on whatever date."""
        return tuple(
            rule
            for jurisdiction in sorted(set(jurisdictions))
            for rule in self.by_jurisdiction.get(jurisdiction, ())
            if rule.binds(call)
        )

    def places(self, regions: Iterable[str]) -> tuple[Place, ...]:
        """Return where people of these regions may be, and whose rules then bind.

        Whoever moved keeps the law of the old region and gets the clock of the new one; so within a country each zone
        of any of the regions is a place where the rules of all of them bind.

        Raises:
            KeyError: for a region whose zones nobody knows.
        """
        countries: dict[str, set[str]] = {}
        for region in regions:
            countries.setdefault(region[:2], set()).add(region)
        found = []
        for country, members in sorted(countries.items()):
            jurisdictions = tuple(sorted({country, *members}))
            zones = {zone for member in members for zone in self.zones[member]}
            found += [Place(zone=zone, jurisdictions=jurisdictions) for zone in sorted(zones)]
        return tuple(found)

    def regions_of(self, country: str) -> tuple[str, ...]:
        """Return every region of a country that is not outlying, sorted; none when nobody knows the country."""
        mine = {region for region in self.zones if region[:2] == country}
        return tuple(sorted(mine - self.outlying))

    @property
    def regions(self) -> frozenset[str]:
        """The regions, and their countries, of which somebody here knows the law."""
        return frozenset({*self.zones, *(one[:2] for one in self.zones)})

    def within(self, region: str | None) -> list[Rule]:
        """Return the rules of a region and of its country, in order; all of them where none is named."""
        if region is None:
            return list(self.rules)
        return [rule for rule in self.rules if rule.jurisdiction in {region, region[:2]}]

    def instead_of(self, rule: Rule, on: date) -> tuple[Rule, ...]:
        """Return the rules of the same kind and place that are in force on a date on which this one is not."""
        if rule.in_force(on):
            return ()
        alike = (one for one in self.by_jurisdiction[rule.jurisdiction] if type(one.terms) is type(rule.terms))
        return tuple(one for one in alike if one.in_force(on) and one.purposes & rule.purposes)

    def of(self, rule_id: str) -> Rule | None:
        """Return the rule of this id, None when there is none."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)
