"""Whom of a contact list may be called now and in each of the next 24 hours, and why not the others; pure.

Rules:
* Every row is counted once: under one group of people for whom the same rules and zones hold, or as a bad row.
* An hour counts whom may be called at its beginning; it may end for them within.
* A contact in two regions or two zones counts in both sums; groups overlap nowhere.
* Zone data that is older than the minimum counts nobody: its local times may be an hour off.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from paceline.compliance.call import Call
from paceline.compliance.calling_time import callable_at, next_callable
from paceline.compliance.contact_list import BadRow, Contact, region_code
from paceline.compliance.judgement import judged
from paceline.compliance.locality import Locality, Standing, international, locate, written_plainly
from paceline.compliance.numbering import ASK, Numbering
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.zonedata import demand
from paceline.primitives.canonical import Json
from paceline.primitives.intervals import seconds_of

HOURS = 24
NO_RULE = "no rule is known"
"""What closes people for whom no hours are known."""
_KEPT = 100_000
"""So many answers about numbers are kept; then they are forgotten and found again, so that memory stays bounded."""
_MANY = 5_000
"""From so many numbers on it pays to find every kind of number that there is, instead of asking for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People for whom the same rules hold in the same zones.

    Attributes:
        contacts: how many.
        open_at: for each of the 24 hours, whether they may be called at its beginning; the first is now.
        next: the first instant at which they may be called; None where there is none within a year.
        closed_by: what closes them now, by rule ids.
    """

    jurisdictions: tuple[str, ...]
    zones: tuple[str, ...]
    call: Call
    open_at: tuple[bool, ...]
    next: datetime | None
    closed_by: tuple[str, ...]
    contacts: int = 0

    @property
    def regions(self) -> tuple[str, ...]:
        """The parts of countries, or the countries that have none, whose rules bind."""
        parts = {each[:2] for each in self.jurisdictions if len(each) > 2}
        return tuple(each for each in self.jurisdictions if each not in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """How many of some people there are, and how many of them may be called at the beginning of each hour."""

    contacts: int
    by_hour: tuple[int, ...]

    @classmethod
    def of(cls, groups: Sequence[Group]) -> Sum:
        """Return the sum of some groups."""
        hours = (sum(group.contacts for group in groups if group.open_at[hour]) for hour in range(HOURS))
        return cls(contacts=sum(group.contacts for group in groups), by_hour=tuple(hours))

    def document(self) -> dict[str, Json]:
        """Return it as JSON; the first hour is now."""
        return {"contacts": self.contacts, "callable_now": self.by_hour[0], "by_hour": [*self.by_hour]}


class Outlook:
    """The counts of a list, row by row; its memory does not grow with the list but by ten bytes for each bad row."""

    def __init__(self, rulebook: Rulebook, *, at: datetime, call: Call, country: str | None = None) -> None:
        """Start with nothing counted.

        Args:
            rulebook: what is decided by.
            at: now, aware.
            call: what holds of every contact; a row's own purpose counts over it.
            country: ISO 3166-1, whose national form numbers without a + are read in; None reads none.

        Raises:
            StaleZoneDataError: the zone data is too old to decide by.
            ValueError: the instant has no offset.
        """
        demand()
        seconds_of(at)
        self.at = at
        self.rulebook = rulebook
        self.rows = 0
        self._call = call
        self._country = country
        self._groups: list[Group] = []
        self._counted: list[int] = []
        self._places: dict[tuple[object, ...], int] = {}
        self._known: dict[tuple[object, ...], int | str] = {}
        self._numbering: Numbering | None = None
        self._bad_rows = array("Q")
        self._bad_reasons = array("L")
        self._reasons: dict[str, int] = {}

    def take(self, rows: Iterable[Contact | BadRow]) -> None:
        """Count every row."""
        for row in rows:
            self.rows += 1
            found = row.reason if isinstance(row, BadRow) else self._group_of(row)
            if isinstance(found, int):
                self._counted[found] += 1
            else:
                self._bad_rows.append(row.row)
                self._bad_reasons.append(self._reasons.setdefault(found, len(self._reasons)))

    @property
    def groups(self) -> tuple[Group, ...]:
        """Every group, the largest first."""
        counted = (replace(group, contacts=count) for group, count in zip(self._groups, self._counted, strict=True))
        return tuple(sorted(counted, key=lambda one: (-one.contacts, one.jurisdictions, one.zones)))

    @property
    def bad_rows(self) -> Iterator[BadRow]:
        """Every bad row, in the order of the list."""
        reasons = list(self._reasons)
        for row, reason in zip(self._bad_rows, self._bad_reasons, strict=True):
            yield BadRow(row=row, reason=reasons[reason])

    @property
    def bad_counts(self) -> dict[str, int]:
        """How many rows are bad for each reason, the most frequent first."""
        reasons = list(self._reasons)
        return {reasons[reason]: count for reason, count in Counter(self._bad_reasons).most_common()}

    @property
    def closed_now(self) -> dict[str, int]:
        """How many contacts each rule closes now; one that two rules close counts under both."""
        found: Counter[str] = Counter()
        for group in self.groups:
            for rule in group.closed_by:
                found[rule] += group.contacts
        return dict(found.most_common())

    def everybody(self) -> Sum:
        """Return the sum of all groups."""
        return Sum.of(self.groups)

    def by_region(self) -> dict[str, Sum]:
        """Return the sums by region."""
        return self._sums((region, group) for group in self.groups for region in group.regions)

    def by_zone(self) -> dict[str, Sum]:
        """Return the sums by zone."""
        return self._sums((zone, group) for group in self.groups for zone in group.zones)

    @staticmethod
    def _sums(pairs: Iterable[tuple[str, Group]]) -> dict[str, Sum]:
        found: dict[str, list[Group]] = {}
        for name, group in pairs:
            found.setdefault(name, []).append(group)
        return {name: Sum.of(groups) for name, groups in sorted(found.items())}

    def _group_of(self, contact: Contact) -> int | str:
        """Return the place of a contact's group among the groups, or why there is none."""
        plain = self._plain(contact.number)
        # All numbers of one kind share one answer.
        kind = ASK if plain is None or self._numbering is None else self._numbering.kind_of(plain)
        key = (kind or plain, contact.zone, contact.region, contact.purpose)
        known = self._known.get(key)
        if known is None:
            if self._numbering is None and len(self._known) >= _MANY:
                self._numbering = Numbering(self.rulebook)
            if len(self._known) >= _KEPT:
                self._known.clear()
            known = self._found(plain, contact)
            self._known[key] = known
        return known

    def _plain(self, number: str) -> str | None:
        plain = written_plainly(number)
        return plain if plain is not None or self._country is None else international(number, self._country)

    def _found(self, plain: str | None, contact: Contact) -> int | str:
        number = plain or contact.number
        region = contact.region
        if region is not None:
            alone = locate(number, rulebook=self.rulebook)
            countries = {each[:2] for each in alone.jurisdictions}
            region = region_code(region, countries, self.rulebook.zones)
        where = locate(number, address_zone=contact.zone, region=region, rulebook=self.rulebook)
        if where.standing is not Standing.LOCATED:
            return where.why
        purposes = None if contact.purpose is None else frozenset({contact.purpose})
        call = self._call if purposes is None else replace(self._call, purposes=purposes)
        key = (where.jurisdictions, where.zones, call)
        if key not in self._places:
            self._places[key] = len(self._groups)
            self._groups.append(self._group(where, call))
            self._counted.append(0)
        return self._places[key]

    def _group(self, where: Locality, call: Call) -> Group:
        places = where.places
        open_now = callable_at(self.rulebook, places, call, (self.at, self.at + timedelta(hours=HOURS)))
        closing = () if not places else judged(self.rulebook, places, call, self.at)
        return Group(
            jurisdictions=tuple(sorted(where.jurisdictions)),
            zones=tuple(sorted(where.zones)),
            call=call,
            open_at=tuple(open_now.holds(seconds_of(self.at) + hour * 3600) for hour in range(HOURS)),
            next=next_callable(self.rulebook, places, call, self.at),
            closed_by=tuple(sorted({one.rule.id if one.rule else NO_RULE for one in closing if not one.is_open})),
        )
