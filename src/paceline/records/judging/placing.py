"""Where the person of each call may be, and what kind of call it was: everybody of one group is judged alike.

Rules:
* A group is what `compliance.recipients` calls one: the same zones, the same jurisdictions, the same kind of call.
* What a record says of its line is taken: a cell phone is mobile, a landline residential or business, anything else may
  be either. What a campaign calls for is what was said of it, else everything.
* Each number is asked for once; many numbers are located kind by kind, and only those without a kind one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from paceline.compliance.call import EVERY_LINE, Call, Line
from paceline.compliance.contact_list import region_code
from paceline.compliance.locality import Locality, Standing, locate
from paceline.compliance.numbering import ASK, Numbering
from paceline.compliance.recipients import Group, Groups
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.timetable import DAY_S
from paceline.primitives.zones import segments
from paceline.records.calls import LineType
from paceline.records.judging.rows import LINES, Rows

if TYPE_CHECKING:
    from paceline.compliance.compiled.number_table import NumberTable
    from paceline.records.judging.rows import Codes, Marks, Whole

SECOND_US = 1_000_000
MANY = 5_000
"""From so many numbers on it pays to find every kind of number that there is, instead of asking for each."""
_LINES = {LineType.LANDLINE: frozenset({Line.RESIDENTIAL, Line.BUSINESS}), LineType.CELL: frozenset({Line.MOBILE})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """The calls and their groups.

    Attributes:
        rows: the calls.
        groups: every group, by its number.
        group: [rows] the number of the group.
        at_s: [rows] whole seconds since 1970, rounded down.
        day_first, day_last: [rows] the local date, in days since 1970, in the zone where it is earliest and latest; 0
            where nobody knows the place.
    """

    rows: Rows
    groups: Groups
    group: Codes = field(repr=False)
    at_s: Whole = field(repr=False)
    day_first: Codes = field(repr=False)
    day_last: Codes = field(repr=False)

    def chosen(self, of_groups: Mapping[int, bool]) -> Marks:
        """Return which calls are of the groups that are marked."""
        marks = np.zeros(len(self.groups), dtype=np.bool_)
        for number, is_one in of_groups.items():
            marks[number] = is_one
        return marks[self.group]

    def located(self) -> dict[int, Group]:
        """Return the groups whose place is known, by their numbers."""
        numbered = ((number, self.groups[number]) for number in range(len(self.groups)))
        return {number: group for number, group in numbered if group.where.standing is Standing.LOCATED}


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberKinds:
    """The kinds of numbers by one rulebook, as `Numbering` has them; made in about a second."""

    locations: tuple[Locality, ...]
    table: NumberTable

    @classmethod
    def of(cls, rulebook: Rulebook) -> NumberKinds:
        """Find every kind of number of the countries that the rulebook knows."""
        from paceline.compliance.compiled.number_table import NumberTable

        numbering = Numbering(rulebook)
        return cls(locations=tuple(numbering.kinds), table=NumberTable.of(numbering))


def placed(
    rows: Rows, rulebook: Rulebook, *, default: Call, calls: Mapping[str, Call], kinds: NumberKinds | None = None
) -> Placed:
    """Return the calls with their groups.

    Args:
        rows: the calls.
        rulebook: what is judged by.
        default: the kind of calls of a campaign of which nothing was said.
        calls: the kinds of calls of the others, by their campaigns.
        kinds: by the same rulebook, where somebody has them already; made where there are many numbers.

    Raises:
        TooManyGroupsError: there are more groups than can be kept.
    """
    codes, known = _located(rows, rulebook, kinds)
    wide = (rows.region.astype(np.int64) * len(rows.campaigns) + rows.campaign) * len(LINES) + rows.line
    keys, first, group_of = np.unique(
        codes * (int(wide.max(initial=0)) + 1) + wide, return_index=True, return_inverse=True
    )
    groups, made = Groups(), np.empty(keys.size, dtype=np.int32)
    for place, at in enumerate(first.tolist()):
        where = known[int(codes[at])]
        region = rows.regions[int(rows.region[at])]
        if region is not None and where.standing is Standing.LOCATED:
            countries = {each[:2] for each in where.jurisdictions}
            code = region_code(region, countries, rulebook.zones)
            where = locate(f"+{rows.number[at]}", region=code, rulebook=rulebook)
        call = calls.get(rows.campaigns[int(rows.campaign[at])], default)
        made[place] = groups.of(where, _on_line(call, LINES[int(rows.line[at])]))
    group = made[group_of.reshape(-1)]
    at_s = rows.at_us // SECOND_US
    first_day, last_day = _days(groups, group, at_s)
    return Placed(rows=rows, groups=groups, group=group, at_s=at_s, day_first=first_day, day_last=last_day)


def local_seconds(zone: str, at_s: Whole) -> Whole:
    """Return what the zone's wall clock shows at each second, counted from its own 1970-01-01T00:00."""
    if not at_s.size:
        return at_s
    spans = segments(zone, int(at_s.min()), int(at_s.max()) + 1)
    starts = np.array([start for start, _, _ in spans], dtype=np.int64)
    offsets = np.array([offset for _, _, offset in spans], dtype=np.int64)
    return at_s + offsets[np.searchsorted(starts, at_s, side="right") - 1]


def grouped(group: Codes, chosen: Marks | None = None) -> dict[int, Whole]:
    """Return the places of the calls of each group that has any, in their order; of those chosen, where some are."""
    places = np.arange(group.size, dtype=np.int64) if chosen is None else np.flatnonzero(chosen)
    order = places[np.argsort(group[places], kind="stable")]
    numbers, begins = np.unique(group[order], return_index=True)
    return dict(zip(numbers.tolist(), np.split(order, begins[1:]), strict=True)) if order.size else {}


def _located(rows: Rows, rulebook: Rulebook, kinds: NumberKinds | None) -> tuple[Whole, dict[int, Locality]]:
    """Return a code for each number, and where the holders of the numbers of each code may be."""
    numbers, places = np.unique(rows.number, return_inverse=True)
    if kinds is None and numbers.size > MANY:
        kinds = NumberKinds.of(rulebook)
    codes = np.full(numbers.size, ASK, dtype=np.int64)
    if kinds is not None:
        codes = kinds.table.kinds_of(numbers).astype(np.int64)
    known = dict(enumerate(() if kinds is None else kinds.locations))
    for at in np.flatnonzero(codes == ASK).tolist():
        codes[at] = len(known)
        known[int(codes[at])] = locate(f"+{numbers[at]}", rulebook=rulebook)
    return codes[places.reshape(-1)], known


def _on_line(call: Call, line: LineType) -> Call:
    """Return the kind of calls on a line; what somebody said of all lines counts over what the record says."""
    return replace(call, lines=_LINES.get(line, call.lines)) if call.lines == EVERY_LINE else call


def _days(groups: Groups, group: Codes, at_s: Whole) -> tuple[Codes, Codes]:
    first, last = np.zeros(at_s.size, dtype=np.int32), np.zeros(at_s.size, dtype=np.int32)
    by_zones: dict[frozenset[str], list[int]] = {}
    for number in range(len(groups)):
        if groups[number].where.zones:
            by_zones.setdefault(groups[number].where.zones, []).append(number)
    codes = np.full(len(groups), -1, dtype=np.int32)
    for place, numbers in enumerate(by_zones.values()):
        codes[numbers] = place
    zones = list(by_zones)
    for place, calls in grouped(codes[group] if len(groups) else group).items():
        if place >= 0:
            days = np.stack([local_seconds(key, at_s[calls]) // DAY_S for key in zones[place]])
            first[calls], last[calls] = days.min(axis=0), days.max(axis=0)
    return first, last
