"""The rules of the dialing rules that ask the law and what was measured, in the order in which they are told.

Setting, limit and measurement are three things: a threshold within the law is no proof of a lawful rate.

* `dialing.unknown-region`: the law is at hand, and knows every region where contacts may be.
* `dialing.loosens`: nothing that lets more calls be abandoned is set while the measured rate of a running legal period
  is over its ceiling, nor while a campaign that may abandon calls is ACTIVE and the rate is not known.
* `dialing.gap`: after which events the law wants a longer gap than the retry intervals have; told, for the platform
  alone knows the events.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from fractions import Fraction

from paceline.campaign.blocks import DialingRules
from paceline.campaign.dialing.capacity import loosening
from paceline.campaign.observed import Measurement, Situation
from paceline.compliance.abandonment import Measured, Setting, may_be_set, within
from paceline.compliance.attempts import UnlawfulAttempts, worst_case
from paceline.compliance.rule import AbandonmentCeiling, AttemptCap, GapAfter, Rule
from paceline.primitives.findings import Finding, Findings, Severity

_DAY = timedelta(days=1)


def lawful(rules: DialingRules, situation: Situation) -> Findings:
    """Judge whole and sound dialing rules by the law of every region where a contact may be."""
    unknown = _unknown(situation)
    if unknown is not None:
        return Findings(unknown)
    binding = _binding(situation)
    found = [_ceiling(rules, binding), *_caps(rules, binding), _loosened(rules, situation, binding)]
    return Findings.of([*found, *_gaps(rules, binding)])


def _unknown(situation: Situation) -> Finding | None:
    rulebook, regions = situation.rulebook, situation.circumstances.regions
    unknown = () if rulebook is None else tuple(sorted(regions - rulebook.zones.keys()))
    if rulebook is None:
        message = "no rulebook is at hand: what is lawful cannot be told"
    elif unknown:
        message = f"nobody knows the law of {', '.join(unknown)}: what is lawful there cannot be told"
    elif not regions:
        message = "nobody knows where contacts may be: what is lawful cannot be told"
    else:
        return None
    return Finding(
        rule="dialing.unknown-region",
        severity=Severity.ERROR,
        message=message,
        field="regions",
        found=unknown or None,
    )


def _binding(situation: Situation) -> tuple[Rule, ...]:
    """Return the rules that bind such calls and are in force on the local date that it is anywhere now."""
    rulebook, facts = situation.rulebook, situation.circumstances
    if rulebook is None:
        return ()
    jurisdictions = {region[:2] for region in facts.regions} | facts.regions
    today = situation.now.date()
    dates = (today - _DAY, today, today + _DAY)
    bound = rulebook.binding(facts.call, jurisdictions)
    return tuple(rule for rule in bound if any(rule.in_force(on) for on in dates))


def _ceilings(binding: Iterable[Rule]) -> list[tuple[Rule, AbandonmentCeiling]]:
    return [(rule, rule.terms) for rule in binding if isinstance(rule.terms, AbandonmentCeiling)]


def _ceiling(rules: DialingRules, binding: Iterable[Rule]) -> Finding | None:
    setting = Setting(rate=rules.abandonment_threshold)
    over = [(rule, limit) for rule, limit in _ceilings(binding) if not may_be_set(limit, setting)]
    if not over:
        return None
    _, strictest = min(over, key=lambda one: Fraction(one[1].most, one[1].per))
    rate = f"{strictest.most}/{strictest.per}"
    return Finding(
        rule="dialing.abandonment-ceiling",
        severity=Severity.ERROR,
        message=(
            f"a threshold of {rules.abandonment_threshold} would let the platform go on above {rate} of the calls "
            f"that people answer, the ceiling of {', '.join(rule.id for rule, _ in over)}"
        ),
        field="abandonment_threshold",
        found=str(rules.abandonment_threshold),
        limit=rate,
        source="; ".join(rule.citation for rule, _ in over),
    )


def _caps(rules: DialingRules, binding: Iterable[Rule]) -> list[Finding | None]:
    return [_capped(rules, rule, rule.terms) for rule in binding if isinstance(rule.terms, AttemptCap)]


def _capped(rules: DialingRules, rule: Rule, cap: AttemptCap) -> Finding | None:
    exceeded = worst_case(rules.attempt_limit, rules.retry_intervals_min, cap)
    if exceeded is None:
        return None
    return Finding(
        rule="dialing.attempts",
        severity=Severity.ERROR,
        message=f"{rule.id}: {UnlawfulAttempts(rule=rule, exceeded=exceeded).message}; the first call is an attempt",
        field="attempt_limit",
        found=exceeded.attempts,
        limit=cap.most,
        source=rule.citation,
    )


def _loosened(rules: DialingRules, situation: Situation, binding: Iterable[Rule]) -> Finding | None:
    live = situation.observed.rules
    fields, ceilings = loosening(live, rules), _ceilings(binding)
    if not fields or not ceilings:
        return None
    unmeasured = None
    for rule, limit in sorted(ceilings, key=lambda one: Fraction(one[1].most, one[1].per)):
        measured = [one for one in situation.measured or () if one.period == limit.period.value]
        unmeasured = unmeasured or (None if measured else rule)
        for one in measured:
            if not within(limit, Measured(abandoned=one.abandoned, answered_live=one.answered)):
                return _over(one, rule, limit, fields)
    return None if unmeasured is None else _unmeasured(unmeasured, fields)


def _over(measured: Measurement, rule: Rule, limit: AbandonmentCeiling, fields: tuple[str, ...]) -> Finding:
    return Finding(
        rule="dialing.loosens",
        severity=Severity.ERROR,
        message=(
            f"since {_text(measured.start)}, {measured.abandoned} of {measured.answered} calls that people answered "
            f"were abandoned, over {limit.most} in {limit.per} ({rule.id}): {', '.join(fields)} may not be loosened "
            "before the rate is within it again"
        ),
        field=fields[0],
        found=f"{measured.abandoned}/{measured.answered}",
        limit=f"{limit.most}/{limit.per}",
        source=rule.citation,
    )


def _unmeasured(rule: Rule, fields: tuple[str, ...]) -> Finding:
    """Refuse whatever the state: a campaign that rests now is resumed with these rules, and nobody asks again."""
    return Finding(
        rule="dialing.loosens",
        severity=Severity.ERROR,
        message=(
            f"nobody could tell the measured abandonment rate that {rule.id} limits: {', '.join(fields)} may not be "
            "loosened before it is known; of a campaign that dialed before, declare when it first did (anchor=INSTANT)"
        ),
        field=fields[0],
        source=rule.citation,
    )


def _gaps(rules: DialingRules, binding: Iterable[Rule]) -> list[Finding | None]:
    if rules.attempt_limit == 1 or not rules.retry_intervals_min:
        return []
    shortest = timedelta(minutes=rules.retry_intervals_min[0])
    return [
        Finding(
            rule="dialing.gap",
            severity=Severity.INFO,
            message=(
                f"{rule.id} wants {rule.terms.gap} without a call after `{rule.terms.event}`, and the first interval "
                f"is {shortest}: whether the platform waits so long after it is not judged here"
            ),
            field="retry_intervals_min",
            found=rules.retry_intervals_min[0],
            limit=rule.terms.gap // timedelta(minutes=1),
            source=rule.citation,
        )
        for rule in binding
        if isinstance(rule.terms, GapAfter) and shortest < rule.terms.gap
    ]


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
