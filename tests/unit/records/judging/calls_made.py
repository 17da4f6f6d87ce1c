"""Call records made in one line each, without a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np

from paceline.compliance.call import Call, Purpose
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.shelf import the_rulebook
from paceline.records.calls import Ending, LineType
from paceline.records.judging.findings import Broken
from paceline.records.judging.judge import JudgedCalls, Question, judge_calls
from paceline.records.judging.placing import NumberKinds
from paceline.records.judging.rows import ENDINGS, LINES, BadRows, Rows

FLORIDA, NEW_YORK, LONDON = "+13055550123", "+12125550123", "+442079460123"
SALES = Call(purposes=frozenset({Purpose.SALES}))
DEBT = Call(purposes=frozenset({Purpose.DEBT}))
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One call; noon in New York where nothing else is said."""

    at: str = "2026-11-18T17:00:00+00:00"
    number: str = FLORIDA
    ending: Ending = Ending.NO_ANSWER
    ring_s: float = float("nan")
    length_s: float = 0.0
    campaign: str = "C"
    debt: int = 0
    region: str | None = None
    line: LineType = LineType.UNKNOWN

    @property
    def instant(self) -> datetime:
        return datetime.fromisoformat(self.at)


def rows_of(calls: Iterable[Made]) -> Rows:
    """Return the records, rows numbered from 1."""
    made = list(calls)
    campaigns = sorted({one.campaign for one in made})
    regions = sorted({one.region for one in made}, key=str)
    return Rows(
        row=np.arange(1, len(made) + 1, dtype=np.int64),
        at_us=np.array([_microseconds(one.instant) for one in made], dtype=np.int64),
        number=np.array([int(one.number[1:]) for one in made], dtype=np.int64),
        ending=np.array([ENDINGS.index(one.ending) for one in made], dtype=np.uint8),
        line=np.array([LINES.index(one.line) for one in made], dtype=np.uint8),
        ring_s=np.array([one.ring_s for one in made], dtype=np.float64),
        length_s=np.array([one.length_s for one in made], dtype=np.float64),
        campaign=np.array([campaigns.index(one.campaign) for one in made], dtype=np.int32),
        debt=np.array([one.debt for one in made], dtype=np.uint64),
        region=np.array([regions.index(one.region) for one in made], dtype=np.int32),
        campaigns=tuple(campaigns),
        regions=tuple(regions),
        bad=BadRows(row=np.zeros(0, dtype=np.int64), reason=np.zeros(0, dtype=np.int32), reasons=()),
    )


def judged_made(
    calls: Iterable[Made], question: Question | None = None, *, rulebook: Rulebook | None = None
) -> JudgedCalls:
    """Return what is found in these records, by the law that paceline brings where no other is given."""
    law = rulebook or the_rulebook()
    kinds = kinds_of_the_law() if rulebook is None else None
    return judge_calls(rows_of(calls), law, question or Question(call=SALES), kinds=kinds)


@cache
def kinds_of_the_law() -> NumberKinds:
    return NumberKinds.of(the_rulebook())


def broken_by(found: JudgedCalls, rule: str) -> dict[int, bool]:
    """Return the rows that break a rule, and whether for certain."""
    return next((certain_by_row(one, found) for one in found.broken if one.rule_id == rule), {})


def certain_by_row(one: Broken, found: JudgedCalls) -> dict[int, bool]:
    return dict(zip(found.rows.row[one.places].tolist(), one.certain.tolist(), strict=True))


def _microseconds(at: datetime) -> int:
    whole = int(at.replace(microsecond=0).timestamp())
    return whole * MICROSECONDS + at.microsecond
