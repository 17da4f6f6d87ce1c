"""What was found in call records as JSON, and as a file of every violation; rows are named, numbers never."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, TextIO

import numpy as np

from paceline.compliance.geography.tables import digest
from paceline.compliance.rule import Obligation, Rule
from paceline.compliance.rule_terms import kind_of
from paceline.compliance.told import terms_words
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.records.judging.judge import instant_of_us

if TYPE_CHECKING:
    from datetime import datetime

    from paceline.records.judging.abandoned import PeriodJudged
    from paceline.records.judging.findings import Broken, Example
    from paceline.records.judging.judge import JudgedCalls

COLUMNS = ("row", "at", "until", "campaign", "rule", "kind", "class", "citation", "why")
"""Of the file of violations; a legal period has no row, calls have no `until`, and `why` stands where nobody judged."""
_UNJUDGED = "not judged"
HOW_COUNTED = (
    "abandoned is what ended so in the records: a person answered, and no agent was there within two seconds of the "
    "completed greeting; it is measured against calls that a person answered, the abandoned among them, machines not"
)
"""How abandoned calls are counted, for people."""
BEYOND_RECORDS = (
    "whether a recorded message was played to whom nobody spoke, and whether a recording called",
    "whether a person has several numbers: each number counts as one person",
    "whether a machine that was detected was a person",
    "what a call was about, beyond its campaign and its debt",
    "consent, an existing relationship and other exemptions: they are told with each rule, and never applied",
)
"""What no record of a call shows, whatever the rules say."""


def document_of_calls(found: JudgedCalls) -> dict[str, Json]:
    """Return all that was found, every key present; no telephone number is in it."""
    question = found.question
    call = question.call
    return {
        "from": _instant(question.since),
        "to": _instant(question.until),
        "calls": {
            "rows": len(found.rows) + int(found.rows.bad.row.size),
            "judged": found.calls,
            "certain": found.certain,
            "possible": found.possible,
            "bad": _bad(found),
            "unplaced": {"count": int(found.unplaced.sum()), "reasons": {**found.unplaced_why}},
        },
        "call": {
            "purposes": [*sorted(call.purposes)],
            "modes": [*sorted(call.modes)],
            "lines": [*sorted(call.lines)],
            "campaigns": {name: [*sorted(each.purposes)] for name, each in sorted(question.calls.items())},
        },
        "rules": [_rule(one, found.calls) for one in found.broken],
        "abandonment": {
            "how_counted": HOW_COUNTED,
            "zone": question.zone,
            "periods": [_period(one) for one in found.periods],
        },
        "not_judged": {
            "rules": [_untold(rule) for rule in found.not_judged],
            "rings_untold": found.rings_untold,
            "debts_untold": found.debts_untold,
            "beyond_records": [*BEYOND_RECORDS],
        },
        "edition": found.edition,
        "geography": digest(),
        "zone_data": {**found.zone_data},
    }


def write_violations(found: JudgedCalls, stream: TextIO, *, as_lines_of_json: bool) -> int:
    """Write every violation, then the rows that nobody could judge; return how many violations there are."""
    writer = csv.writer(stream, lineterminator="\n")
    if not as_lines_of_json:
        writer.writerow(COLUMNS)
    count = 0
    for line in chain(_lines(found), _unjudged_lines(found)):
        count += line[6] != _UNJUDGED
        if as_lines_of_json:
            stream.write(json.dumps(dict(zip(COLUMNS, line, strict=True)), ensure_ascii=False) + "\n")
        else:
            writer.writerow(line)
    return count


def share(count: int, calls: int) -> float | None:
    """Return what part of the judged calls some are; None of no calls."""
    return count / calls if calls else None


def _lines(found: JudgedCalls) -> Iterator[tuple[object, ...]]:
    for one in found.violations():
        rule = one.broken.rule
        yield (
            one.row,
            _instant(one.at),
            None,
            one.campaign,
            one.broken.rule_id,
            one.broken.kind,
            _class(is_certain=one.is_certain),
            None if rule is None else rule.citation,
            None,
        )
    for period in found.periods:
        if not period.holds:
            told = _class(is_certain=period.is_certain)
            start, end = _instant(period.start), _instant(period.end)
            yield None, start, end, period.campaign, period.rule.id, "abandonment", told, period.rule.citation, None


def _unjudged_lines(found: JudgedCalls) -> Iterator[tuple[object, ...]]:
    rows, bad = found.rows, found.rows.bad
    for at in np.flatnonzero(found.unplaced).tolist():
        instant, campaign = _instant(instant_of_us(int(rows.at_us[at]))), rows.campaigns[int(rows.campaign[at])]
        why = "nobody can locate the person"
        yield int(rows.row[at]), instant, None, campaign, None, None, _UNJUDGED, None, why
    for row, reason in zip(bad.row.tolist(), bad.reason.tolist(), strict=True):
        yield row, None, None, None, None, None, _UNJUDGED, None, bad.reasons[reason]


def _rule(one: Broken, calls: int) -> Json:
    rule = one.rule
    return {
        "id": one.rule_id,
        "kind": one.kind,
        "citation": None if rule is None else rule.citation,
        "says": None if rule is None else terms_words(rule.terms),
        "confidence": None if rule is None else rule.confidence.value,
        "exemptions": [] if rule is None else [*rule.exemptions],
        "certain": one.certain_count,
        "possible": one.possible_count,
        "share": share(int(one.places.size), calls),
        "examples": [_example(each) for each in one.examples],
    }


def _example(each: Example) -> Json:
    told = _class(is_certain=each.is_certain)
    return {"row": each.row, "at": _instant(instant_of_us(each.at_us)), "class": told, "why": each.why}


def _period(one: PeriodJudged) -> Json:
    measured, ceiling = one.measured, one.ceiling
    return {
        "rule": one.rule.id,
        "citation": one.rule.citation,
        "campaign": one.campaign,
        "period": ceiling.period.value,
        "start": _instant(one.start),
        "end": _instant(one.end),
        "answered": measured.answered_live,
        "abandoned": measured.abandoned,
        "rate": share(measured.abandoned, measured.answered_live),
        "ceiling": f"{ceiling.most}/{ceiling.per}",
        "worst": {"answered": one.worst.answered_live, "abandoned": one.worst.abandoned},
        "verdict": one.verdict,
        "complete": one.is_complete,
        "first_dial_told": one.is_anchored,
        "purpose_sure": one.is_sure,
    }


def _bad(found: JudgedCalls) -> dict[str, Json]:
    bad = found.rows.bad
    counts = np.bincount(bad.reason, minlength=len(bad.reasons)).tolist()
    return {
        "count": int(bad.row.size),
        "reasons": {reason: count for reason, count in zip(bad.reasons, counts, strict=True) if count},
        "rows": [
            {"row": row, "reason": bad.reasons[reason]}
            for row, reason in zip(bad.row.tolist(), bad.reason.tolist(), strict=True)
        ],
    }


def _untold(rule: Rule) -> Json:
    kind = rule.terms.duty.value if isinstance(rule.terms, Obligation) else kind_of(rule.terms)
    return {"id": rule.id, "kind": kind, "citation": rule.citation, "summary": rule.summary}


def _class(*, is_certain: bool) -> str:
    return "certain" if is_certain else "possible"


def _instant(at: datetime | None) -> str | None:
    return None if at is None else utc_text(at)
