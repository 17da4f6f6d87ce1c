"""What was found against a rule in call records: which calls, how sure, and what is told of the first of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from paceline.compliance.call import Call
from paceline.compliance.rule import Banned, Rule
from paceline.compliance.rule_terms import kind_of
from paceline.compliance.rulebook import Rulebook

if TYPE_CHECKING:
    from paceline.records.judging.placing import Placed
    from paceline.records.judging.rows import Marks, Whole

EXAMPLES = 3
"""So many calls are told of each rule, with why."""
NO_RULE = "no-rule"
"""Instead of the id of a rule: no rule is known that lets such a call be placed."""
_EPOCH_DAY = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One call, and why it breaks the rule; for people, without a full stop and without the number."""

    row: int
    at_us: int
    is_certain: bool
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The calls that break one rule.

    Attributes:
        rule: None where no rule is known that lets such a call be placed.
        places: [calls] places in the rows, in their order.
        certain: [calls] whether the call is against the law wherever the person may be, whatever purpose and line it
            may have had; where not, in some of these readings only.
        examples: the first ones, the certain before the possible.
    """

    rule: Rule | None
    places: Whole = field(repr=False)
    certain: Marks = field(repr=False)
    examples: tuple[Example, ...]

    @property
    def rule_id(self) -> str:
        """The id of the rule."""
        return NO_RULE if self.rule is None else self.rule.id

    @property
    def kind(self) -> str:
        """What the rule is about; `hours` where none is known."""
        return "hours" if self.rule is None else kind_of(self.rule.terms)

    @property
    def certain_count(self) -> int:
        """How many calls break it for certain."""
        return int(self.certain.sum())

    @property
    def possible_count(self) -> int:
        """How many may break it."""
        return int(self.certain.size) - self.certain_count


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The calls that one rule binds.

    Attributes:
        perhaps: [rows] it binds for some purpose, line or zone that the call may have.
        surely: [rows] for all of them.
    """

    rule: Rule
    perhaps: Marks = field(repr=False)
    surely: Marks = field(repr=False)


def bound(placed: Placed, rulebook: Rulebook) -> tuple[Bound, ...]:
    """Return every rule that binds some calls, whatever it is about, and which."""
    located = placed.located()
    by_rule: dict[str, tuple[Rule, dict[int, bool], dict[int, bool]]] = {}
    for number, group in located.items():
        for rule in rulebook.binding(group.call, group.where.jurisdictions):
            _, perhaps, surely = by_rule.setdefault(rule.id, (rule, {}, {}))
            perhaps[number], surely[number] = True, _surely(rule, group.call)
    found = []
    for rule, perhaps, surely in by_rule.values():
        some, every = _in_force(rule, placed)
        one = Bound(rule=rule, perhaps=placed.chosen(perhaps) & some, surely=placed.chosen(surely) & every)
        if one.perhaps.any():
            found.append(one)
    return tuple(sorted(found, key=lambda one: one.rule.id))


def examples(placed: Placed, places: Whole, certain: Marks, why: Iterable[str]) -> tuple[Example, ...]:
    """Return what is told of some calls."""
    rows = placed.rows
    return tuple(
        Example(row=int(rows.row[at]), at_us=int(rows.at_us[at]), is_certain=bool(sure), why=told)
        for at, sure, told in zip(places.tolist(), certain.tolist(), why, strict=True)
    )


def shown(places: Whole, certain: Marks) -> Whole:
    """Return which of some calls are told: their places among these, the certain before the possible."""
    import numpy as np

    order = np.concatenate([np.flatnonzero(certain)[:EXAMPLES], np.flatnonzero(~certain)[:EXAMPLES]])
    return order[:EXAMPLES] if places.size else order


def _surely(rule: Rule, call: Call) -> bool:
    """Return whether the rule binds for whatever purpose and on whatever line the call may have been."""
    lines = isinstance(rule.terms, Banned) or call.lines <= rule.lines
    return call.purposes <= rule.purposes and call.modes <= rule.modes and lines


def _in_force(rule: Rule, placed: Placed) -> tuple[Marks, Marks]:
    """Return at which calls the rule is in force by the local date of some zone, and of every zone."""
    import numpy as np

    some, every = np.ones(len(placed.rows), dtype=np.bool_), np.ones(len(placed.rows), dtype=np.bool_)
    if rule.effective_from is not None:
        begins = rule.effective_from.toordinal() - _EPOCH_DAY
        some &= placed.day_last >= begins
        every &= placed.day_first >= begins
    if rule.effective_to is not None:
        ends = rule.effective_to.toordinal() - _EPOCH_DAY
        some &= placed.day_first < ends
        every &= placed.day_last < ends
    return some, every
