"""Abandoned calls against the ceilings of the law, campaign by campaign and period by period; whole numbers throughout.

Rules:
* Measured is what ended `abandoned` against what a person answered, `abandoned` or `connected`, of the calls that the
  rule binds. That nobody spoke within the law's seconds is what the ending says, and is not measured again.
* Blocks of 30 days begin with the campaign's first dial: the one that is given, else its first record in the file, and
  then nobody can be sure of them: the ceiling has to hold over any 30 days that the records reach over. A first dial
  that is later than a record is none.
* Days and months are those of one zone, which the caller names.
* Every period that the judged span touches is counted whole, from all records of the file. Where the records do not
  reach over all of it, it is not complete, and breaks the law perhaps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from paceline.compliance.abandonment import BLOCK_S, Measured, period_at, within
from paceline.compliance.rule import AbandonmentCeiling, Period, Rule
from paceline.compliance.timetable import DAY_S
from paceline.primitives.intervals import Intervals, instant_at, seconds_of
from paceline.records.calls import Ending
from paceline.records.judging.findings import Bound
from paceline.records.judging.placing import Placed, local_seconds

if TYPE_CHECKING:
    from paceline.records.judging.rows import Marks, Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodJudged:
    """What was measured of one campaign in one legal period.

    Attributes:
        start, end: the whole period, `[start, end)`.
        worst: of any 30 days that touch the period, where nobody told with which the campaign's blocks begin; else what
            is measured of the period.
        is_anchored: whether it was told when the campaign first dialed; True where that does not matter.
        is_complete: whether the records reach over all of it.
        is_sure: whether the rule binds these calls whatever they were for.
    """

    rule: Rule
    ceiling: AbandonmentCeiling
    campaign: str
    start: datetime
    end: datetime
    measured: Measured
    worst: Measured
    is_anchored: bool
    is_complete: bool
    is_sure: bool

    @property
    def holds(self) -> bool:
        """Whether the ceiling holds, compared as whole numbers, with whatever day the campaign's blocks begin."""
        return within(self.ceiling, self.measured) and within(self.ceiling, self.worst)

    @property
    def depends_on_anchor(self) -> bool:
        """Whether it holds as the period is cut, and not over other 30 days that may be the campaign's."""
        return within(self.ceiling, self.measured) and not self.holds

    @property
    def is_certain(self) -> bool:
        """Whether it is broken for certain."""
        return not self.holds and self.is_complete and self.is_sure and self.is_anchored

    @property
    def verdict(self) -> str:
        """One of `within`, `over`, `perhaps over`."""
        return "within" if self.holds else "over" if self.is_certain else "perhaps over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which periods are judged, and how they are cut.

    Attributes:
        span: the judged seconds, `[start, end)`.
        reach: the seconds over which the records reach.
        zone: whose days and months count.
        anchors: when campaigns first dialed, as far as somebody said.
    """

    span: tuple[int, int]
    reach: tuple[int, int]
    zone: str
    anchors: Mapping[str, datetime]


def abandonment(placed: Placed, rules: Sequence[Bound], asked: Asked) -> tuple[PeriodJudged, ...]:
    """Return every period of every campaign in which a person answered, by rule, campaign and time."""
    return tuple(
        period
        for one in rules
        if isinstance(one.rule.terms, AbandonmentCeiling)
        for period in _by_rule(placed, one, one.rule.terms, asked)
    )


def _by_rule(placed: Placed, one: Bound, ceiling: AbandonmentCeiling, asked: Asked) -> Iterator[PeriodJudged]:
    rows = placed.rows
    answered = one.perhaps & rows.ended(Ending.CONNECTED, Ending.ABANDONED)
    is_abandoned = rows.ended(Ending.ABANDONED)
    for code in np.unique(rows.campaign[answered]).tolist():
        campaign = rows.campaigns[code]
        mine = np.flatnonzero(answered & (rows.campaign == code))
        first = instant_at(int(placed.at_s[rows.campaign == code].min()))
        told = asked.anchors.get(campaign, first)
        is_blocks, is_told = ceiling.period is Period.BLOCKS_30D, campaign in asked.anchors and told <= first
        anchor = told if is_blocks and is_told else first
        numbers = _numbers(ceiling.period, placed.at_s[mine], anchor, asked.zone)
        for number in np.unique(numbers).tolist():
            calls = mine[numbers == number]
            instant = instant_at(int(placed.at_s[calls[0]]))
            bounds = period_at(ceiling.period, instant, anchor=anchor, zone=asked.zone)
            if not bounds & Intervals.of([asked.span]):
                continue
            start, end = bounds.spans[0][0], bounds.spans[-1][1]
            measured = Measured(abandoned=int(is_abandoned[calls].sum()), answered_live=int(calls.size))
            worst = measured
            if is_blocks and not is_told:
                worst = _worst(ceiling, placed.at_s[mine], is_abandoned[mine], asked.reach, (start, end)) or measured
            yield PeriodJudged(
                rule=one.rule,
                ceiling=ceiling,
                campaign=campaign,
                start=instant_at(start),
                end=instant_at(end),
                measured=measured,
                worst=worst,
                is_anchored=is_told or not is_blocks,
                is_complete=asked.reach[0] <= start and end <= asked.reach[1],
                is_sure=bool(one.surely[calls].all()),
            )


def _worst(
    ceiling: AbandonmentCeiling, at_s: Whole, is_abandoned: Marks, reach: tuple[int, int], period: tuple[int, int]
) -> Measured | None:
    """Return what is measured in the worst 30 days that touch a period and lie within reach; None where none do."""
    order = np.argsort(at_s, kind="stable")
    at_s, abandoned = at_s[order], np.concatenate([[0], np.cumsum(is_abandoned[order])])
    # What lies in 30 days changes only where they begin with a call or just behind it, and where they end so.
    begins = np.concatenate([reach, at_s, at_s + 1, at_s - BLOCK_S, at_s - BLOCK_S + 1])
    begins = begins[(begins >= reach[0]) & (begins + BLOCK_S <= reach[1])]
    begins = begins[(begins < period[1]) & (begins + BLOCK_S > period[0])]
    if not begins.size:
        return None
    first, last = np.searchsorted(at_s, begins), np.searchsorted(at_s, begins + BLOCK_S)
    lost, answered = abandoned[last] - abandoned[first], last - first
    worst = int(np.argmax(lost * ceiling.per - answered * ceiling.most))
    return Measured(abandoned=int(lost[worst]), answered_live=int(answered[worst]))


def _numbers(period: Period, at_s: Whole, anchor: datetime, zone: str) -> Whole:
    """Return a number for each second that is the same within one period; what is before the anchor is in none."""
    if period is Period.BLOCKS_30D:
        return (at_s - seconds_of(anchor)) // BLOCK_S
    days = local_seconds(zone, at_s) // DAY_S
    if period is Period.DAY:
        return days
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
