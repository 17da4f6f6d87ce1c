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
from datetime import timedelta

from paceline.campaign.blocks import DialingRules
from paceline.campaign.ceilings import binding, may_not_loosen, set_too_high, unknown_region
from paceline.campaign.dialing.capacity import loosening
from paceline.campaign.observed import Situation
from paceline.compliance.attempts import UnlawfulAttempts, worst_case
from paceline.compliance.rule import AttemptCap, GapAfter, Rule
from paceline.primitives.findings import Finding, Findings, Severity


def lawful(rules: DialingRules, situation: Situation) -> Findings:
    """Judge whole and sound dialing rules by the law of every region where a contact may be."""
    unknown = unknown_region(situation, rule="dialing.unknown-region")
    if unknown is not None:
        return Findings(unknown)
    bound, threshold = binding(situation), rules.abandonment_threshold
    ceiling = set_too_high(
        threshold,
        bound,
        rule="dialing.abandonment-ceiling",
        field="abandonment_threshold",
        what=f"a threshold of {threshold} would let the platform go on",
    )
    fields = loosening(situation.observed.rules, rules)
    loosened = may_not_loosen(fields, situation, bound, rule="dialing.loosens")
    return Findings.of([ceiling, *_caps(rules, bound), loosened, *_gaps(rules, bound)])


def _caps(rules: DialingRules, bound: Iterable[Rule]) -> list[Finding | None]:
    return [_capped(rules, rule, rule.terms) for rule in bound if isinstance(rule.terms, AttemptCap)]


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


def _gaps(rules: DialingRules, bound: Iterable[Rule]) -> list[Finding | None]:
    if rules.attempt_limit == 1 or not rules.retry_intervals_min:
        return []
    shortest = timedelta(minutes=rules.retry_intervals_min[0])
    return [
        Finding(
            rule="dialing.gap",
            severity=Severity.INFO,
            message=(
                f"{rule.id} wants {_span(rule.terms.gap)} without a call after `{rule.terms.event}`, and the first "
                f"interval is {_span(shortest)}: whether the platform waits so long after it is not judged here"
            ),
            field="retry_intervals_min",
            found=rules.retry_intervals_min[0],
            limit=rule.terms.gap // timedelta(minutes=1),
            source=rule.citation,
        )
        for rule in bound
        if isinstance(rule.terms, GapAfter) and shortest < rule.terms.gap
    ]


def _span(span: timedelta) -> str:
    """Return it in days where it is whole days, else in minutes."""
    if span % timedelta(days=1):
        return f"{span // timedelta(minutes=1)} minutes"
    return f"{span.days} days" if span.days != 1 else "1 day"
