"""Millions of recipients: located once, then asked at any instant who may be called, and when the others may.

Rules:
* Everybody for whom the same rules hold in the same zones is of one group; a recipient is kept as the number of that
  group, two bytes, and the telephone number is not kept at all.
* Whatever is said of a recipient is what `decision.decide` says, to the second; there is one group for each answer of
  `locate`, and `calling_time` is asked for each group. The second reading of the rules, which `decide` asks for as
  well, is not asked here: tests compare the two.
* Nobody is called whose place is unknown, and nobody at all by zone data that is too old.

The arrays need numba and numpy, the extra `sim`; locating and grouping do not.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from paceline.compliance.call import Call
from paceline.compliance.calling_time import HORIZON, callable_at, next_callable
from paceline.compliance.locality import Locality, Standing, locate
from paceline.compliance.numbering import ASK, Numbering
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.zonedata import MINIMUM, release
from paceline.primitives.errors import PacelineError
from paceline.primitives.intervals import Intervals, instant_at, seconds_of
from paceline.primitives.zones import zone_data_version

if TYPE_CHECKING:
    from paceline.compliance.compiled.kernels import Answers, Numbers, Seconds
    from paceline.compliance.compiled.number_table import NumberTable
    from paceline.compliance.compiled.open_table import OpenTable
    from paceline.compliance.compiled.roll import Roll

MOST_GROUPS = 1 << 16
"""A group is kept in two bytes."""
NEVER = -(1 << 62)
"""Instead of an instant, and earlier than all of them: there is none within a year."""
AHEAD = timedelta(days=8)
"""For so long the open intervals of all groups are kept; a question about another time finds them anew."""


class NoArraysError(PacelineError):
    """millions of recipients at once need numba and numpy"""

    code = "no-arrays"


class TooManyGroupsError(PacelineError):
    """the recipients fall into more groups than can be kept"""

    code = "too-many-groups"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Recipients for whom the same rules hold in the same zones, or of whom nobody knows where they are.

    Attributes:
        where: without a number; the zones and whose rules bind, or why it is unknown.
    """

    where: Locality
    call: Call


class Groups:
    """Every group there is, by its number."""

    def __init__(self) -> None:
        """Start with none."""
        self._groups: list[Group] = []
        self._numbers: dict[object, int] = {}

    def __len__(self) -> int:
        return len(self._groups)

    def __getitem__(self, number: int) -> Group:
        return self._groups[number]

    def of(self, where: Locality, call: Call) -> int:
        """Return the number of the group of a person who is located, or of whom it is known why not.

        Raises:
            TooManyGroupsError: there are 65,536 others already.
        """
        located = where.standing is Standing.LOCATED
        key = (where.zones, where.jurisdictions, call) if located else where.standing
        found = self._numbers.get(key)
        if found is None:
            found = len(self._groups)
            if found >= MOST_GROUPS:
                raise TooManyGroupsError(
                    f"the recipients fall into more than {MOST_GROUPS:,} groups",
                    hint="look whether a wrong column was read as zone or region",
                )
            # What one person's signals were is not what the group's are.
            why = "the same rules in the same zones" if located else where.standing.value
            self._numbers[key] = found
            self._groups.append(Group(where=replace(where, number=None, why=why, origins=()), call=call))
        return found


class Recipients:
    """Recipients in the order in which they were added, and what may be asked of all of them.

    It is made for one thread at a time.
    """

    def __init__(self, rulebook: Rulebook, *, call: Call, numbering: Numbering | None = None) -> None:
        """Start with nobody.

        Args:
            rulebook: what is decided by.
            call: what holds of every recipient of whom nothing else is said.
            numbering: by the same rulebook, where somebody has it already; made otherwise.
        """
        self.groups = Groups()
        self.numbering = numbering or Numbering(rulebook)
        self._rulebook = rulebook
        self._call = call
        self._by_kind = [self.groups.of(where, call) for where in self.numbering.kinds]
        self._kept = array("H")
        self._table: NumberTable | None = None
        self._ahead: _Ahead | None = None

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, number: str, *, zone: str | None = None, region: str | None = None, call: Call | None = None) -> int:
        """Add one recipient, as `decide` takes them, and return the number of the group.

        Args:
            number: in international form with a leading +.
            zone: the zone of the address.
            region: the region, as ISO 3166-2.
            call: what holds of this recipient; where nothing is said, what holds of all.

        Raises:
            TooManyGroupsError: there are too many groups.
        """
        alone = zone is None and region is None and call is None
        kind = self.numbering.kind_of(number) if alone and number[:1] == "+" else ASK
        if kind != ASK:
            group = self._by_kind[kind]
        else:
            where = locate(number, address_zone=zone, region=region, rulebook=self._rulebook)
            group = self.groups.of(where, call or self._call)
        self._kept.append(group)
        return group

    def add_numbers(self, numbers: Numbers) -> None:
        """Add recipients of whom the number alone is known: its digits, the country code first, as an integer.

        Raises:
            NoArraysError: numba or numpy is not there.
            TooManyGroupsError: there are too many groups.
        """
        kinds = self._numbers().kinds_of(numbers)
        with _Arrays():
            from paceline.compliance.compiled.roll import grouped
        groups = grouped(kinds, self._by_kind)
        asked: dict[int, int] = {}
        for at in (kinds == ASK).nonzero()[0].tolist():
            number = int(numbers[at])
            if number not in asked:
                asked[number] = self.groups.of(locate(f"+{number}", rulebook=self._rulebook), self._call)
            groups[at] = asked[number]
        self._kept.frombytes(groups.tobytes())

    def opens_s(self, at: datetime) -> Seconds:
        """Return for each group the first callable second since 1970 that is not before `at`, or `NEVER`.

        The group may be called at `at` when it is the second of `at`.

        Raises:
            NoArraysError: numba or numpy is not there.
            ValueError: the instant has no offset.
        """
        at_s = seconds_of(at)
        if self._ahead is None or self._ahead.groups != len(self.groups) or not self._ahead.reaches(at_s):
            self._ahead = _Ahead(self._rulebook, self.groups, at_s)
        return self._ahead.opens_s(at_s)

    def judge(self, at: datetime) -> Answers:
        """Return for each recipient whether a call may be placed at `at`, and the next second at which it may.

        Raises:
            NoArraysError: numba or numpy is not there.
            ValueError: the instant has no offset.
        """
        opens_s = self.opens_s(at)
        with _Arrays():
            from paceline.compliance.compiled import roll
        return roll.judge(roll.as_groups(self._kept), opens_s, seconds_of(at))

    def judge_numbers(self, numbers: Numbers, at: datetime) -> Answers:
        """Return the same for numbers that were not added, from their digits alone.

        A number without a kind is closed, though `decide` might find its place: `add_numbers` looks.

        Raises:
            NoArraysError: numba or numpy is not there.
            ValueError: the instant has no offset.
        """
        table = self._numbers()
        return table.judge(numbers, self.opens_s(at)[self._by_kind], seconds_of(at))

    def roll(self) -> Roll:
        """Return everybody who was added so far, those of a group together: `open_at` then takes under a millisecond.

        Whoever is added afterwards is not in it, and makes a new one necessary.

        Raises:
            NoArraysError: numba or numpy is not there.
        """
        with _Arrays():
            from paceline.compliance.compiled.roll import Roll, as_groups
        return Roll.of(as_groups(self._kept), len(self.groups))

    def _numbers(self) -> NumberTable:
        if self._table is None:
            with _Arrays():
                from paceline.compliance.compiled.number_table import NumberTable
            self._table = NumberTable.of(self.numbering)
        return self._table


class _Ahead:
    """When each group is open, for some days."""

    def __init__(self, rulebook: Rulebook, groups: Groups, at_s: int) -> None:
        with _Arrays():
            from paceline.compliance.compiled.open_table import OpenTable
        self.groups = len(groups)
        self._rulebook = rulebook
        self._groups = groups
        self._begin_s = at_s
        self._end_s = at_s + int(AHEAD.total_seconds())
        self._fresh = release(zone_data_version()) >= release(MINIMUM)
        asked = Intervals.of([(self._begin_s, self._end_s)])
        self._table: OpenTable = OpenTable.of([self._spans(number, asked).spans for number in range(self.groups)])
        self._later: dict[int, int] = {}

    def reaches(self, at_s: int) -> bool:
        """Return whether it says something of this second."""
        return self._begin_s <= at_s < self._end_s

    def opens_s(self, at_s: int) -> Seconds:
        """Return for each group the first open second that is not before this one, or `NEVER`."""
        from paceline.compliance.compiled.kernels import BEYOND

        found = self._table.opens_s(at_s)
        until_s = at_s + int(HORIZON.total_seconds())
        for number in (found == BEYOND).nonzero()[0].tolist():
            later = self._found_later(number)
            found[number] = later if later < until_s else NEVER
        return found

    def _spans(self, number: int, asked: Intervals) -> Intervals:
        places, call = self._groups[number].where.places, self._groups[number].call
        return callable_at(self._rulebook, places, call, asked) if self._fresh else Intervals()

    def _found_later(self, number: int) -> int:
        if number not in self._later:
            places, call = self._groups[number].where.places, self._groups[number].call
            found = None
            if places and self._fresh:
                found = next_callable(self._rulebook, places, call, instant_at(self._end_s))
            self._later[number] = NEVER if found is None else seconds_of(found)
        return self._later[number]


class _Arrays:
    """Says what to install where numba or numpy is not there."""

    def __enter__(self) -> None:
        """Begin to import them."""

    def __exit__(self, kind: object, failed: object, trace: object) -> None:
        if isinstance(failed, ModuleNotFoundError) and failed.name in {"numba", "numpy"}:
            raise NoArraysError(
                f"millions of recipients at once need {failed.name}",
                hint="install paceline[sim]",
            ) from failed
