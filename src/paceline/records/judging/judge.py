"""Each call record judged by the law of its instant: the one function that asks all judges, and what it answers.

Rules:
* The law of an instant is the rulebook on the local date of that instant, whatever is law today.
* Calls before the judged span count where law counts calls, and are not judged themselves.
* A call whose person nobody can locate is not lawful: it is told apart, for no rule of law is broken for certain.
* What records cannot show is named; nothing of it is concluded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from paceline.compliance.call import Call
from paceline.compliance.rule import GapAfter, Obligation, Rule
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.timetable import timetable
from paceline.compliance.zonedata import demand, record
from paceline.primitives.canonical import Json
from paceline.records.judging.abandoned import Asked, PeriodJudged, abandonment
from paceline.records.judging.findings import Bound, Broken, bound
from paceline.records.judging.hours import HoursJudge
from paceline.records.judging.placing import SECOND_US, NumberKinds, Placed, placed
from paceline.records.judging.repeats import EVENTS, RepeatsJudge, per_of
from paceline.records.judging.rings import rang_too_briefly, rings_untold

if TYPE_CHECKING:
    from paceline.records.judging.rows import Marks, Rows

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EVERY_CALL: Call = Call()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of call records.

    Attributes:
        since, until: which calls are judged, aware, `[since, until)`; None is the first record, and the last.
        call: the kind of calls of campaigns of which nothing is said in `calls`.
        calls: kinds of calls by campaign.
        anchors: when campaigns first dialed, aware.
        zone: whose days and months abandonment is measured by.
    """

    since: datetime | None = None
    until: datetime | None = None
    call: Call = _EVERY_CALL
    calls: Mapping[str, Call] = field(default_factory=dict)
    anchors: Mapping[str, datetime] = field(default_factory=dict)
    zone: str = "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One rule that one call breaks; `row` is that of the file."""

    row: int
    at: datetime
    campaign: str
    broken: Broken
    is_certain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCalls:
    """What was found.

    Attributes:
        question: what was asked, the span filled in.
        rows: the records.
        judged: [rows] which of them were judged.
        broken: by rule, what calls break; hours first, then caps and gaps, then ring times.
        periods: abandonment by rule, campaign and period.
        unplaced: [rows] judged calls of people whom nobody can locate.
        unplaced_why: how many of them there are for each reason, the most frequent first.
        rings_untold: unanswered calls that some rule wants to have rung, and whose ring time is not told.
        debts_untold: calls that rules for debts bind, and that name none.
        not_judged: rules that bind some of the calls, and that no record shows to be kept or broken.
        edition: names the rules and calendars.
        zone_data: version and file hashes of the zone data.
    """

    question: Question
    rows: Rows = field(repr=False)
    judged: Marks = field(repr=False)
    broken: tuple[Broken, ...]
    periods: tuple[PeriodJudged, ...]
    unplaced: Marks = field(repr=False)
    unplaced_why: Mapping[str, int]
    rings_untold: int
    debts_untold: int
    not_judged: tuple[Rule, ...]
    edition: str
    zone_data: Mapping[str, Json] = field(repr=False)

    @property
    def calls(self) -> int:
        """How many calls were judged."""
        return int(self.judged.sum())

    @property
    def certain(self) -> int:
        """How many calls break some rule for certain."""
        return int(self._marked(only_certain=True).sum())

    @property
    def possible(self) -> int:
        """How many other calls may break some rule."""
        return int(self._marked(only_certain=False).sum()) - self.certain

    @property
    def is_against_the_law(self) -> bool:
        """Whether anything is broken, or may be."""
        return any(one.places.size for one in self.broken) or any(not one.holds for one in self.periods)

    @property
    def is_whole(self) -> bool:
        """Whether every row of the span could be judged by its hours; a bad row may be of it, for nobody knows when."""
        return not self.rows.bad.row.size and not self.unplaced.any()

    def violations(self) -> Iterator[Violation]:
        """Yield every rule that every call breaks, in the order of the file."""
        numbers = [np.full(one.places.size, number, dtype=np.int32) for number, one in enumerate(self.broken)]
        if not numbers:
            return
        places = np.concatenate([one.places for one in self.broken])
        certain = np.concatenate([one.certain for one in self.broken])
        number = np.concatenate(numbers)
        for each in np.lexsort((number, places)).tolist():
            at = int(places[each])
            yield Violation(
                row=int(self.rows.row[at]),
                at=instant_of_us(int(self.rows.at_us[at])),
                campaign=self.rows.campaigns[int(self.rows.campaign[at])],
                broken=self.broken[int(number[each])],
                is_certain=bool(certain[each]),
            )

    def _marked(self, *, only_certain: bool) -> Marks:
        marked = np.zeros(len(self.rows), dtype=np.bool_)
        for one in self.broken:
            marked[one.places[one.certain] if only_certain else one.places] = True
        return marked


def judge_calls(
    rows: Rows,
    rulebook: Rulebook,
    question: Question,
    *,
    kinds: NumberKinds | None = None,
    told: Callable[[str], None] = lambda _words: None,
) -> JudgedCalls:
    """Return what is against the law in some call records.

    Args:
        rows: the records, in any order.
        rulebook: every rule with its dates.
        question: what is asked.
        kinds: of numbers, by the same rulebook, where somebody has them already.
        told: hears what is being looked at, for people who wait.

    Raises:
        StaleZoneDataError: the zone data is too old to judge by.
        TooManyGroupsError: a wrong column was read as the region.
        UnknownZoneError: the zone data has no such zone.
    """
    demand()
    question = _filled(question, rows)
    told("finding out where people are")
    found = placed(rows, rulebook, default=question.call, calls=question.calls, kinds=kinds)
    judged = _asked(rows, question)
    rules = bound(found, rulebook)
    told("judging the hours")
    broken = [*HoursJudge(found, rulebook).broken(judged)]
    told("judging how often people were called")
    broken += RepeatsJudge(found).broken(rules, judged)
    told("judging ring times and abandoned calls")
    broken += rang_too_briefly(found, rules, judged)
    unplaced = judged & ~found.chosen(dict.fromkeys(found.located(), True))
    return JudgedCalls(
        question=question,
        rows=rows,
        judged=judged,
        broken=tuple(broken),
        periods=abandonment(found, rules, _periods(question, found)),
        unplaced=unplaced,
        unplaced_why=_why(found, unplaced),
        rings_untold=rings_untold(found, rules, judged),
        debts_untold=_debts_untold(found, rules, judged),
        not_judged=_not_judged(found, rulebook, rules, judged),
        edition=rulebook.edition,
        zone_data=record(key for group in found.located().values() for key in group.where.zones),
    )


def instant_of_us(at_us: int) -> datetime:
    """Return the instant in UTC of these microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=at_us)


def _filled(question: Question, rows: Rows) -> Question:
    since, until = question.since, question.until
    if len(rows):
        since = since or instant_of_us(int(rows.at_us.min()))
        until = until or instant_of_us(int(rows.at_us.max())) + timedelta(seconds=1)
    return Question(
        since=since,
        until=until,
        call=question.call,
        calls=question.calls,
        anchors=question.anchors,
        zone=question.zone,
    )


def _asked(rows: Rows, question: Question) -> Marks:
    judged = np.ones(len(rows), dtype=np.bool_)
    if question.since is not None:
        judged &= rows.at_us >= (question.since - _EPOCH) // _MICROSECOND
    if question.until is not None:
        judged &= rows.at_us < (question.until - _EPOCH) // _MICROSECOND
    return judged


def _periods(question: Question, found: Placed) -> Asked:
    if not len(found.rows) or question.since is None or question.until is None:
        return Asked(span=(0, 0), reach=(0, 0), zone=question.zone, anchors=question.anchors)
    since, until = ((at - _EPOCH) // timedelta(seconds=1) for at in (question.since, question.until))
    first, last = int(found.at_s.min()), int(found.rows.at_us.max()) // SECOND_US + 1
    reach = (min(since, first), max(until, last))
    return Asked(span=(since, until), reach=reach, zone=question.zone, anchors=question.anchors)


def _why(found: Placed, unplaced: Marks) -> dict[str, int]:
    numbers, counts = np.unique(found.group[unplaced], return_counts=True)
    by_count = sorted(zip(counts.tolist(), numbers.tolist(), strict=True), reverse=True)
    return {found.groups[number].where.standing.value: count for count, number in by_count}


def _debts_untold(found: Placed, rules: tuple[Bound, ...], judged: Marks) -> int:
    wanted = np.zeros(len(found.rows), dtype=np.bool_)
    for one in rules:
        if per_of(one.rule) == "debt":
            wanted |= one.perhaps
    return int((wanted & judged & (found.rows.debt == 0)).sum())


def _not_judged(found: Placed, rulebook: Rulebook, rules: tuple[Bound, ...], judged: Marks) -> tuple[Rule, ...]:
    there = {one.rule.id: one.rule for one in rules if not is_shown(one.rule) and bool((one.perhaps & judged).any())}
    asked = set(np.unique(found.group[judged]).tolist())
    for number, group in found.located().items():
        if number in asked:
            table = timetable(rulebook, tuple(sorted(group.where.jurisdictions)), group.call)
            there |= {rule.id: rule for rule in table.unjudged}
    return tuple(rule for _, rule in sorted(there.items()))


def is_shown(rule: Rule) -> bool:
    """Return whether records show that a rule is kept or broken."""
    if isinstance(rule.terms, GapAfter):
        return rule.terms.event in EVENTS
    return not isinstance(rule.terms, Obligation)
