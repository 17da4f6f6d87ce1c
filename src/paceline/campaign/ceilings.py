"""Abandonment by the law, for every aspect that can raise it: what may be set, and what may not be loosened; pure.

Setting, limit and measurement are three things: a setting within the law is no proof of a lawful rate.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from paceline.campaign.observed import Measurement, Situation
from paceline.compliance.abandonment import Measured, Setting, may_be_set, within
from paceline.compliance.rule import AbandonmentCeiling, Rule
from paceline.primitives.clock import utc_text
from paceline.primitives.findings import Finding, Severity

_DAY = timedelta(days=1)


def unknown_region(situation: Situation, *, rule: str) -> Finding | None:
    """Return that nobody knows the law of each region where contacts may be, as a finding of this rule, else None.

    Args:
        situation: what is judged in.
        rule: such as `dialing.unknown-region`.
    """
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
    return Finding(rule=rule, severity=Severity.ERROR, message=message, field="regions", found=unknown or None)


def binding(situation: Situation) -> tuple[Rule, ...]:
    """Return the rules that bind such calls and are in force on the local date that it is anywhere now."""
    rulebook, facts = situation.rulebook, situation.circumstances
    if rulebook is None:
        return ()
    jurisdictions = {region[:2] for region in facts.regions} | facts.regions
    today = situation.now.date()
    dates = (today - _DAY, today, today + _DAY)
    bound = rulebook.binding(facts.call, jurisdictions)
    return tuple(rule for rule in bound if any(rule.in_force(on) for on in dates))


def ceilings_of(rules: Iterable[Rule]) -> tuple[tuple[Rule, AbandonmentCeiling], ...]:
    """Return the ceilings of abandonment among rules, the lowest rate first."""
    found = [(rule, rule.terms) for rule in rules if isinstance(rule.terms, AbandonmentCeiling)]
    return tuple(sorted(found, key=lambda one: Fraction(one[1].most, one[1].per)))


def tightest(situation: Situation) -> Fraction:
    """Return the lowest ceiling of abandonment that binds, a fraction; 1 where no law sets one."""
    ceilings = ceilings_of(binding(situation))
    return min((Fraction(limit.most, limit.per) for _, limit in ceilings), default=Fraction(1))


def set_too_high(rate: Decimal, rules: Iterable[Rule], *, rule: str, field: str, what: str) -> Finding | None:
    """Return that a rate which the platform is told is above a ceiling, as a finding of this rule; None if it is not.

    Args:
        rate: a fraction, 0 to 1.
        rules: those that bind.
        rule: such as `dialing.abandonment-ceiling`.
        field: of the change.
        what: the rate and what it does in words, such as `a threshold of 0.04 would let the platform go on`.
    """
    over = [(law, limit) for law, limit in ceilings_of(rules) if not may_be_set(limit, Setting(rate=rate))]
    if not over:
        return None
    _, strictest = over[0]
    ceiling = f"{strictest.most}/{strictest.per}"
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        message=(
            f"{what} above {ceiling} of the calls that people answer, the ceiling of "
            f"{', '.join(law.id for law, _ in over)}"
        ),
        field=field,
        found=str(rate),
        limit=ceiling,
        source="; ".join(law.citation for law, _ in over),
    )


def may_not_loosen(
    fields: tuple[str, ...], situation: Situation, rules: Iterable[Rule], *, rule: str
) -> Finding | None:
    """Return that these fields may not be loosened, for what was measured, or is not known; None if they may.

    Args:
        fields: those that let more calls be abandoned; none loosens nothing.
        situation: with what was measured in the legal periods that are running.
        rules: those that bind.
        rule: such as `dialing.loosens`.
    """
    ceilings = ceilings_of(rules)
    if not fields or not ceilings:
        return None
    unmeasured = None
    for law, limit in ceilings:
        measured = [one for one in situation.measured or () if one.period == limit.period.value]
        unmeasured = unmeasured or (None if measured else law)
        for one in measured:
            if not within(limit, Measured(abandoned=one.abandoned, answered_live=one.answered)):
                return _over(one, law, limit, fields, rule=rule)
    return None if unmeasured is None else _unmeasured(unmeasured, fields, rule=rule)


def _over(
    measured: Measurement, law: Rule, limit: AbandonmentCeiling, fields: tuple[str, ...], *, rule: str
) -> Finding:
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        message=(
            f"since {utc_text(measured.start)}, {measured.abandoned} of {measured.answered} calls that people answered "
            f"were abandoned, over {limit.most} in {limit.per} ({law.id}): {', '.join(fields)} may not be loosened "
            "before the rate is within it again"
        ),
        field=fields[0],
        found=f"{measured.abandoned}/{measured.answered}",
        limit=f"{limit.most}/{limit.per}",
        source=law.citation,
    )


def _unmeasured(law: Rule, fields: tuple[str, ...], *, rule: str) -> Finding:
    """Refuse whatever the state: a campaign that rests now is resumed with these settings, and nobody asks again."""
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        message=(
            f"nobody could tell the measured abandonment rate that {law.id} limits: {', '.join(fields)} may not be "
            "loosened before it is known; of a campaign that dialed before, declare when it first did (anchor=INSTANT)"
        ),
        field=fields[0],
        source=law.citation,
    )
