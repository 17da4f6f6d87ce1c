"""Calls outside the hours of the law at their instant: hours, closed days, emergencies and bans.

Rules:
* A call is against the law where `calling_time` says that its second is not callable: in any zone of the called person,
  by the rules of every purpose and line that it may have had.
* It is certain where no zone, no purpose and no line is left in which it would have been lawful; else it is possible.
* Which rules close it is what `judgement` says. It is asked once for all calls of a group whose wall clocks lie, in
  every zone, on the same date and between the same two minutes at which some rule opens or closes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from paceline.compliance.call import Call, Place
from paceline.compliance.calling_time import legal
from paceline.compliance.judgement import judged
from paceline.compliance.rule import Blackout, Hours, Rule
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.timetable import DAY_S, timetable
from paceline.primitives.intervals import Intervals, instant_at
from paceline.records.judging.findings import Broken, examples, shown
from paceline.records.judging.placing import Placed, grouped, local_seconds

if TYPE_CHECKING:
    from paceline.compliance.recipients import Group
    from paceline.records.judging.rows import Marks, Whole


@dataclass(slots=True)
class _Closed:
    """Calls that one rule closes, part by part."""

    rule: Rule | None
    places: list[Whole]
    certain: list[Marks]
    whys: dict[int, str]


class HoursJudge:
    """Judges calls of one file by one rulebook; keeps what is open in each place while it lives."""

    def __init__(self, placed: Placed, rulebook: Rulebook) -> None:
        """Judge these calls."""
        self._placed = placed
        self._rulebook = rulebook
        # Day by day, so that one call of long ago does not open all the years between.
        days = np.unique(placed.at_s // DAY_S).tolist()
        self._asked = Intervals.of((day * DAY_S, (day + 1) * DAY_S) for day in days)
        self._open: dict[object, Intervals] = {}

    def broken(self, chosen: Marks) -> tuple[Broken, ...]:
        """Return which of the chosen calls break which rule of times, by the ids of the rules."""
        located = self._placed.located()
        closed: dict[str, _Closed] = {}
        for number, places in grouped(self._placed.group, chosen).items():
            if number in located:
                self._judge(located[number], places, closed)
        return tuple(self._told(one) for _, one in sorted(closed.items()))

    def _judge(self, group: Group, places: Whole, closed: dict[str, _Closed]) -> None:
        at_s = self._placed.at_s[places]
        outside = ~_holds(self._callable(group, group.call), at_s)
        if not outside.any():
            return
        places, at_s = places[outside], at_s[outside]
        certain = ~_holds(self._somehow(group), at_s)
        cells = _cells(self._rulebook, group, at_s)
        _, first, cell_of = np.unique(cells, return_index=True, return_inverse=True)
        in_cells = grouped(cell_of.reshape(-1).astype(np.int32))
        for cell, at in enumerate(first.tolist()):
            mine = in_cells[cell]
            for rule, why in self._closing(group, int(at_s[at])):
                one = closed.setdefault("" if rule is None else rule.id, _Closed(rule, [], [], {}))
                one.places.append(places[mine])
                one.certain.append(certain[mine])
                one.whys[int(places[at])] = why

    def _closing(self, group: Group, second: int) -> Iterator[tuple[Rule | None, str]]:
        found: dict[str, tuple[Rule | None, list[str]]] = {}
        for one in judged(self._rulebook, group.where.places, group.call, instant_at(second)):
            if not one.is_open:
                told = found.setdefault("" if one.rule is None else one.rule.id, (one.rule, []))
                told[1].append(f"in {one.zone}: {one.why}")
        # Closed by the tables and by no rule: told without one, rather than not at all.
        yield from ((rule, "; ".join(whys)) for rule, whys in found.values() or [(None, ["no rule opens it"])])

    def _callable(self, group: Group, call: Call) -> Intervals:
        left = self._asked
        for place in group.where.places:
            left &= self._legal(place, call)
        return left

    def _somehow(self, group: Group) -> Intervals:
        """Return the instants that are open in some zone for some purpose on some line."""
        found = Intervals()
        for place in group.where.places:
            for purpose, mode, line in product(group.call.purposes, group.call.modes, group.call.lines):
                one = replace(
                    group.call, purposes=frozenset({purpose}), modes=frozenset({mode}), lines=frozenset({line})
                )
                found |= self._legal(place, one)
        return found

    def _legal(self, place: Place, call: Call) -> Intervals:
        kinds = len(call.purposes) * len(call.modes) * len(call.lines)
        # Calls of one kind that the same rules bind are open at the same instants.
        alike: object = frozenset(rule.id for rule in timetable(self._rulebook, place.jurisdictions, call).rules)
        key = (place, alike if kinds == 1 else call)
        if key not in self._open:
            self._open[key] = legal(self._rulebook, place, call, self._asked)
        return self._open[key]

    def _told(self, one: _Closed) -> Broken:
        places, certain = np.concatenate(one.places), np.concatenate(one.certain)
        order = np.argsort(places, kind="stable")
        places, certain = places[order], certain[order]
        # Those are told of whom the rule was asked itself: their clocks stand in what it said.
        asked = np.isin(places, list(one.whys))
        told = shown(places[asked], certain[asked])
        first = places[asked][told]
        whys = [one.whys[at] for at in first.tolist()]
        return Broken(
            rule=one.rule,
            places=places,
            certain=certain,
            examples=examples(self._placed, first, certain[asked][told], whys),
        )


def _holds(intervals: Intervals, at_s: Whole) -> Marks:
    spans = np.array(intervals.spans, dtype=np.int64).reshape(-1, 2)
    if not spans.size:
        return np.zeros(at_s.size, dtype=np.bool_)
    at = np.searchsorted(spans[:, 0], at_s, side="right") - 1
    held: Marks = (at >= 0) & (at_s < spans[at, 1])
    return held


def _cells(rulebook: Rulebook, group: Group, at_s: Whole) -> Whole:
    """Return for each second a code that is the same where every rule of times says the same."""
    found = np.zeros(at_s.size, dtype=np.int64)
    for key, edges in _edges(rulebook, group).items():
        if key is None:
            codes = np.searchsorted(np.array(sorted(edges), dtype=np.int64), at_s, side="right")
        else:
            day, second = np.divmod(local_seconds(key, at_s), DAY_S)
            minutes = np.array(sorted(edges), dtype=np.int64) * 60
            codes = day * (minutes.size + 1) + np.searchsorted(minutes, second, side="right")
        _, plain = np.unique(codes, return_inverse=True)
        _, found = np.unique(found * (int(plain.max(initial=0)) + 1) + plain.reshape(-1), return_inverse=True)
        found = found.reshape(-1).astype(np.int64)
    return found


def _edges(rulebook: Rulebook, group: Group) -> Mapping[str | None, set[int]]:
    """Return the minutes of the day at which something opens or closes, by zone; under None, the seconds since 1970."""
    found: dict[str | None, set[int]] = {None: set()}
    for place in group.where.places:
        for rule in timetable(rulebook, place.jurisdictions, group.call).rules:
            minutes: set[int] = set()
            clocks = [place.zone]
            match rule.terms:
                case Hours():
                    minutes = {edge for each in rule.terms.openings for edge in (each.start, each.end)}
                    clocks += rule.terms.also_in
                case Blackout():
                    found[None] |= {edge for edge in (rule.terms.start_s, rule.terms.end_s) if edge is not None}
                case _:
                    pass
            for clock in clocks:
                found.setdefault(clock, set()).update(minutes)
    return found
