"""Calls too many: caps on attempts in a period, and the gap after a conversation, an abandoned call or a machine.

Rules:
* Calls are counted over all campaigns of the file; calls before the judged span count, and are not judged.
* A person is a number, a subject perhaps a campaign, a debt what the record says. What is certain is counted narrowly:
  one number, one campaign, one debt, calls that could be connected. What is possible is counted widely: a subject may
  be that of all campaigns, a debt be called on several numbers, and a call that names no debt may be about any.
* Rolling periods are closed: two attempts exactly 24 hours apart are both in 24 hours. A gap is open: a call exactly 72
  hours after a call that was abandoned is lawful.
* Legal days are local dates of the person who is called: in some zone for what is possible, in all for what is certain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from paceline.compliance.attempts import period_words
from paceline.compliance.rule import AttemptCap, Counted, GapAfter, Rule
from paceline.compliance.timetable import DAY_S
from paceline.records.calls import Ending
from paceline.records.judging.findings import Bound, Broken, examples, shown
from paceline.records.judging.placing import SECOND_US, Placed, grouped, local_seconds

if TYPE_CHECKING:
    from paceline.records.judging.rows import Codes, Marks, Whole

EVENTS = {
    "conversation": Ending.CONNECTED,
    "abandoned": Ending.ABANDONED,
    "machine": Ending.MACHINE,
}
"""What a rule calls an event, and how a record of it ended; of a refusal records say nothing."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kin:
    """Calls that are counted together.

    Attributes:
        order: [calls] places in the rows, those of one kin together and by their instants.
        kin: [calls] which kin.
        is_narrow: whether they are surely one person's, one subject's, one debt's.
    """

    order: Whole = field(repr=False)
    kin: Codes = field(repr=False)
    is_narrow: bool

    def of(self, chosen: Marks) -> _Kin:
        """Return those that are chosen."""
        kept = chosen[self.order]
        return _Kin(order=self.order[kept], kin=self.kin[kept], is_narrow=self.is_narrow)


def per_of(rule: Rule) -> str | None:
    """Return for whom or what a rule counts calls: `person`, `subject`, `debt`, `number`; None where it counts none."""
    match rule.terms:
        case AttemptCap():
            return rule.terms.per
        case GapAfter():
            return "debt" if rule.terms.event == "conversation" else "number"
        case _:
            return None


class RepeatsJudge:
    """Judges how often people were called; sorts the calls once for each way to count."""

    def __init__(self, placed: Placed) -> None:
        """Judge these calls."""
        self._placed = placed
        self._sorted: dict[str, _Kin] = {}
        self._connected = ~placed.rows.ended(Ending.FAILED)

    def broken(self, rules: Sequence[Bound], chosen: Marks) -> tuple[Broken, ...]:
        """Return which of the chosen calls break which cap or gap."""
        found = []
        for one in rules:
            if isinstance(one.rule.terms, AttemptCap):
                found.append(self._capped(one, one.rule.terms, chosen))
            elif isinstance(one.rule.terms, GapAfter) and one.rule.terms.event in EVENTS:
                found.append(self._gap(one, one.rule.terms, chosen))
        return tuple(one for one in found if one.places.size)

    def _capped(self, one: Bound, cap: AttemptCap, chosen: Marks) -> Broken:
        def against(kin: _Kin) -> tuple[Whole, Whole]:
            later, earlier = kin.order[cap.most :], kin.order[: -cap.most]
            same = kin.kin[cap.most :] == kin.kin[: -cap.most]
            return later[same], earlier[same]

        def within(later: Whole, earlier: Whole) -> tuple[Marks, Marks]:
            return self._within(later, self._placed.rows.at_us[earlier], cap.period, cap.counted, is_closed=True)

        told = f"more than {cap.most} calls in {period_words(cap)}; the first of them is row {{row}}"
        return self._found(one, chosen, against, within, told)

    def _gap(self, one: Bound, gap: GapAfter, chosen: Marks) -> Broken:
        rows = self._placed.rows
        is_event = rows.ended(EVENTS[gap.event])
        ended_us = rows.at_us + (rows.length_s * SECOND_US).astype(np.int64)

        def against(kin: _Kin) -> tuple[Whole, Whole]:
            places = np.arange(kin.order.size, dtype=np.int64)
            last = np.maximum.accumulate(np.where(is_event[kin.order], places, -1))
            before = np.concatenate([[-1], last[:-1]]).astype(np.int64) if places.size else last
            after = (before >= 0) & (kin.kin == kin.kin[before])
            return kin.order[after], kin.order[before[after]]

        def within(later: Whole, earlier: Whole) -> tuple[Marks, Marks]:
            since = (rows.at_us if is_days else ended_us)[earlier]
            return self._within(later, since, gap.gap, gap.counted, is_closed=False)

        is_days = gap.counted is Counted.LEGAL_DAYS
        words = f"{gap.gap.days} calendar days" if is_days else f"{gap.gap // timedelta(hours=1)} hours"
        told = f"less than {words} after the {gap.event} of row {{row}}"
        return self._found(one, chosen, against, within, told)

    def _found(
        self,
        one: Bound,
        chosen: Marks,
        against: Callable[[_Kin], tuple[Whole, Whole]],
        within: Callable[[Whole, Whole], tuple[Marks, Marks]],
        told: str,
    ) -> Broken:
        """Return the calls that are too near to an earlier one, by every way to count."""
        rows = self._placed.rows
        flagged, certain = np.zeros(len(rows), dtype=np.bool_), np.zeros(len(rows), dtype=np.bool_)
        cause = np.zeros(len(rows), dtype=np.int64)
        for kin in self._kins(per_of(one.rule)):
            counted = one.surely & self._connected if kin.is_narrow else one.perhaps
            later, earlier = against(kin.of(counted))
            mine = chosen[later]
            later, earlier = later[mine], earlier[mine]
            some, every = within(later, earlier)
            flagged[later[some]] = True
            cause[later[some]] = earlier[some]
            if kin.is_narrow:
                certain[later[every]] = True
        places = np.flatnonzero(flagged)
        first = shown(places, certain[places])
        whys = [told.format(row=int(rows.row[cause[at]])) for at in places[first].tolist()]
        return Broken(
            rule=one.rule,
            places=places,
            certain=certain[places],
            examples=examples(self._placed, places[first], certain[places[first]], whys),
        )

    def _within(
        self, later: Whole, since_us: Whole, period: timedelta, counted: Counted, *, is_closed: bool
    ) -> tuple[Marks, Marks]:
        """Return for each call whether it is too near in some zone of its person, and whether in all."""
        at_us = self._placed.rows.at_us[later]
        if counted is Counted.ROLLING:
            apart, most = at_us - since_us, period // timedelta(microseconds=1)
            near = apart <= most if is_closed else apart < most
            return near, near
        some, every = np.zeros(later.size, dtype=np.bool_), np.ones(later.size, dtype=np.bool_)
        days = period // _ONE_DAY
        for number, pairs in grouped(self._placed.group[later]).items():
            for key in self._placed.groups[number].where.zones:
                on = local_seconds(key, at_us[pairs] // SECOND_US) // DAY_S
                before = local_seconds(key, since_us[pairs] // SECOND_US) // DAY_S
                some[pairs] |= on - before < days
                every[pairs] &= on - before < days
        return some, every & some

    def _kins(self, per: str | None) -> list[_Kin]:
        rows = self._placed.rows
        everybody = np.ones(len(rows), dtype=np.bool_)
        told = rows.debt != 0
        match per:
            case "subject":
                return [self._kin("number", everybody), self._kin("campaign", everybody, is_narrow=True)]
            case "debt":
                # Of a person of whom some call names no debt, every call may be about the same one.
                untold = np.isin(rows.number, rows.number[~told])
                return [
                    self._kin("untold", untold),
                    self._kin("debt", told),
                    self._kin("number and debt", told, is_narrow=True),
                ]
            case _:
                return [self._kin("number", everybody), self._kin("one number", everybody, is_narrow=True)]

    def _kin(self, name: str, counted: Marks, *, is_narrow: bool = False) -> _Kin:
        if name not in self._sorted:
            rows = self._placed.rows
            places = np.flatnonzero(counted)
            keys: tuple[Whole, ...] = (rows.number[places],)
            if name == "campaign":
                keys = (rows.campaign[places].astype(np.int64), *keys)
            elif name == "debt":
                keys = (rows.debt[places].view(np.int64),)
            elif name == "number and debt":
                keys = (rows.debt[places].view(np.int64), *keys)
            order = np.lexsort((rows.at_us[places], *keys))
            new = np.zeros(order.size, dtype=np.bool_)
            for key in keys:
                new[1:] |= key[order][1:] != key[order][:-1]
            self._sorted[name] = _Kin(order=places[order], kin=np.cumsum(new, dtype=np.int32), is_narrow=is_narrow)
        return self._sorted[name]
