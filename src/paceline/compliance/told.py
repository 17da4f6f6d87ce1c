"""A rule as a document: what people are shown of it, and what programs read; pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import assert_never

from paceline.compliance.rule import (
    AbandonmentCeiling,
    AttemptCap,
    Banned,
    Blackout,
    ClosedDays,
    Counted,
    GapAfter,
    Hours,
    Obligation,
    RingTime,
    Rule,
    Terms,
)
from paceline.compliance.rule_terms import JUDGED, WEEKDAYS, kind_of
from paceline.compliance.rulebook import Rulebook
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.intervals import instant_at


def is_judged(rule: Rule) -> bool:
    """Return whether decisions take the rule into account; where they do not, somebody else has to keep it."""
    return kind_of(rule.terms) in JUDGED


def document_of(rule: Rule, *, on: date) -> dict[str, Json]:
    """Return the rule as JSON shows it, every key present.

    Args:
        rule: the rule.
        on: the local date for which `in_force` is said.
    """
    return {
        "id": rule.id,
        "jurisdiction": rule.jurisdiction,
        "kind": kind_of(rule.terms),
        "summary": rule.summary,
        "citation": rule.citation,
        "purposes": _sorted(rule.purposes),
        "modes": _sorted(rule.modes),
        "lines": _sorted(rule.lines),
        "terms": terms_document(rule.terms),
        "effective_from": _day(rule.effective_from),
        "effective_to": _day(rule.effective_to),
        "on": on.isoformat(),
        "in_force": rule.in_force(on),
        "checked": is_judged(rule),
        "confidence": rule.confidence.value,
        "source": rule.source,
        "verified_on": rule.verified_on.isoformat(),
        "exemptions": list(rule.exemptions),
    }


def whole_document(rule: Rule, rulebook: Rulebook, *, on: date) -> dict[str, Json]:
    """Return the rule as JSON shows it by itself: with what holds instead where it is not in force, and the edition."""
    instead: list[Json] = [other.id for other in rulebook.instead_of(rule, on)]
    return {**document_of(rule, on=on), "instead": instead, "edition": rulebook.edition}


def rules_document(rules: Sequence[Rule], rulebook: Rulebook, *, on: date) -> dict[str, Json]:
    """Return rules as JSON lists them, and which of them nobody checks here."""
    unchecked: list[Json] = [rule.id for rule in rules if not is_judged(rule)]
    return {
        "edition": rulebook.edition,
        "rules": [document_of(rule, on=on) for rule in rules],
        "not_checked": unchecked,
    }


def terms_document(terms: Terms) -> dict[str, Json]:
    """Return what a rule says, in the words of its file."""
    match terms:
        case Hours():
            return {"open": _open(terms), "also_in": list(terms.also_in), "received": terms.received}
        case ClosedDays():
            return {"calendar": terms.calendar}
        case AttemptCap():
            period = _span(terms.period, terms.counted)
            return {"most": terms.most, "period": period, "counted": terms.counted.value, "each": terms.per}
        case GapAfter():
            return {"event": terms.event, "gap": _span(terms.gap, terms.counted), "counted": terms.counted.value}
        case AbandonmentCeiling():
            return {
                "most": terms.most,
                "per": terms.per,
                "within_s": terms.within_s,
                "denominator": terms.denominator.value,
                "period": terms.period.value,
            }
        case RingTime():
            return {"least_s": terms.least_s, "least_rings": terms.least_rings}
        case Blackout():
            return {"from": _instant(terms.start_s), "until": None if terms.end_s is None else _instant(terms.end_s)}
        case Banned():
            return {}
        case Obligation():
            return {"duty": terms.duty.value, "days": terms.days, "years": terms.years}
        case _:
            assert_never(terms)


def terms_words(terms: Terms) -> str:
    """Return what a rule says, in a few words for people."""
    match terms:
        case Hours():
            return hours_words(terms)
        case AbandonmentCeiling():
            return f"at most {terms.most} of {terms.per} answered by a person, {terms.period.value}"
        case Obligation():
            counts = [f"{count} {unit}" for count, unit in ((terms.days, "days"), (terms.years, "years")) if count]
            return ", ".join([terms.duty.value, *counts])
        case AttemptCap():
            return f"{terms.most} in {_span(terms.period, terms.counted)} for one {terms.per}, {terms.counted.value}"
        case GapAfter():
            return f"{_span(terms.gap, terms.counted)} after {terms.event}"
        case RingTime():
            rings = "" if terms.least_rings is None else f" or {terms.least_rings} rings"
            return f"{terms.least_s} s{rings}"
        case ClosedDays():
            return f"calendar {terms.calendar}"
        case Blackout():
            return f"{_instant(terms.start_s)} to {'no end yet' if terms.end_s is None else _instant(terms.end_s)}"
        case Banned():
            return "no such call"
        case _:
            assert_never(terms)


def hours_words(hours: Hours) -> str:
    """Return hours for people, days of the same hours together: `mon-fri 09:00-18:00; sat 10:00-17:00`."""
    by_day = _open(hours)
    runs: list[tuple[str, str, str]] = []
    for day in WEEKDAYS:
        told = " and ".join(by_day.get(day, []))
        if runs and runs[-1][2] == told:
            runs[-1] = (runs[-1][0], day, told)
        else:
            runs.append((day, day, told))
    words = "; ".join(f"{first if first == last else f'{first}-{last}'} {told}" for first, last, told in runs if told)
    return words + "".join(f", by the clock of {zone} too" for zone in hours.also_in)


def _open(hours: Hours) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in hours.openings:
        found.setdefault(WEEKDAYS[one.weekday], []).append(f"{_clock(one.start)}-{_clock(one.end)}")
    return found


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _span(span: timedelta, counted: Counted) -> str:
    hours = span // timedelta(hours=1)
    return f"{span.days}d" if counted is Counted.LEGAL_DAYS or hours > 72 else f"{hours}h"


def _instant(at_s: int) -> str:
    return utc_text(instant_at(at_s))


def _day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def _sorted(words: frozenset[StrEnum]) -> list[Json]:
    return [*sorted(word.value for word in words)]
