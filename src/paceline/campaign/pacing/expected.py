"""The rules of the pacing that ask what is expected of it; only what loosens is judged by them.

Whatever is not known counts for the worst: a change without a projection wants a person who answers for it. A pacing
within an envelope that was certified once is judged by that certificate alone.

* `pacing.no-projection`: what comes of it was projected, for every ceiling that binds.
* `pacing.fit`: the model gives what was measured with the live pacing, and enough was since that is live; and it is of
  about as many agents as are there now.
* `pacing.breach`: no legal period is likely to end above its ceiling. It is refused where the abandonment of the long
  run is above one with all of its interval, or where a period ends above more likely than not. A person has to answer
  for a chance above 1 in 20, and for a long run that is above a ceiling by its mean: a period that is nearly over says
  nothing of the next one.
* `pacing.projection`: what is gained, and what is risked, in numbers; told.
* `pacing.answer-rate`: the belief is not below the answer rate of any usual day; one that the change leaves there is
  told, and so is one that it sets above.
"""

from __future__ import annotations

import math

from paceline.campaign.blocks import Pacing
from paceline.campaign.ceilings import binding, ceilings_of
from paceline.campaign.forecast import Between, Effect, Fit, NoProjection, PeriodRisk, Projection, WithinEnvelope
from paceline.campaign.observed import Situation
from paceline.campaign.pacing.boldness import GENTLEST, loosening
from paceline.campaign.pacing.formulas import by_formulas
from paceline.campaign.pacing.model import FIELDS
from paceline.primitives.findings import Finding, Findings, Severity

REVIEWED_FROM = 0.05
"""Above this chance of a breach a person has to answer for it."""
REFUSED_FROM = 0.5
"""Above this chance of a breach nobody can."""
FAR, FAR_AGENTS = 0.4, 2
"""Agents may be so far outside of what was measured, as a share of it, or so many, before it says nothing of them."""
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def expected(whole: Pacing, situation: Situation) -> Findings:
    """Judge whole and sound pacing by what is expected of it."""
    fields = loosening(situation.observed.pacing, whole)
    if not fields:
        return Findings()
    match situation.forecast:
        case WithinEnvelope():
            return Findings()
        case NoProjection(why=why):
            return Findings(_unknown(why, fields))
        case None:
            return Findings(_unknown("nobody asked what is to be expected", fields))
        case Projection() as projection:
            return _judged(whole, projection, situation, fields)


def _judged(whole: Pacing, projection: Projection, situation: Situation, fields: tuple[str, ...]) -> Findings:
    why = _missing(projection, situation)
    if why is not None:
        return Findings(_unknown(why, fields))
    over = tuple(risk for risk in projection.risks if _is_refused(risk, projection))
    told = None if over else _told(projection, fields)
    made = FIELDS if situation.observed.pacing is None else fields
    rate = _answer_rate(whole, projection, names="answer_rate" in made)
    fits = [_fit(projection), _agents(projection, situation.observed.agents)]
    found = [*fits, _breach(projection, over, situation, fields), told, rate]
    return Findings.of([*found, *by_formulas(whole, projection, made=made, refuses=bool(over))])


def _missing(projection: Projection, situation: Situation) -> str | None:
    """Return why a projection cannot be judged; None where it can."""
    effects = [one for one in (projection.now, projection.then) if one is not None]
    numbers = [number for effect in effects for number in _numbers(effect)]
    chances = [risk.then for risk in projection.risks]
    # Whatever is no number compares as false, and would pass as no breach.
    if not all(map(math.isfinite, numbers)) or not all(0 <= chance <= 1 for chance in chances):
        return "the projection holds what are no numbers"
    covered = {rule for risk in projection.risks for rule in risk.rules}
    open_ones = [rule.id for rule, _ in ceilings_of(binding(situation)) if rule.id not in covered]
    return f"the projection does not reach the legal period of {', '.join(open_ones)}" if open_ones else None


def _numbers(effect: Effect) -> tuple[float, ...]:
    one, other = effect.abandonment, effect.utilisation
    return (one.low, one.mean, one.high, other.low, other.mean, other.high)


def _unknown(why: str, fields: tuple[str, ...]) -> Finding:
    return Finding(
        rule="pacing.no-projection",
        severity=Severity.REVIEW,
        message=(
            f"what comes of it is not known: {why}. Let the campaign dial with one line for each idle agent "
            f"(answerRate {GENTLEST[0]}, abandonRate {GENTLEST[1]}) until enough is measured, or answer for it"
        ),
        field=fields[0],
    )


def _fit(projection: Projection) -> Finding | None:
    if projection.fit is not None:
        return _fitted(projection.fit)
    if projection.now is None:
        return None
    return Finding(
        rule="pacing.fit",
        severity=Severity.REVIEW,
        message=(
            "too few people answered since the live pacing is live: whether the model gives what it does is not known. "
            "Let it dial on, or answer for it"
        ),
    )


def _agents(projection: Projection, agents: int | None) -> Finding | None:
    """Return that far more or fewer agents are there now than any were measured; None while nobody is there."""
    if projection.agents_seen is None or not agents:
        return None
    least, most = projection.agents_seen
    if least - max(FAR_AGENTS, least * FAR) <= agents <= most + max(FAR_AGENTS, most * FAR):
        return None
    told = str(least) if least == most else f"{least} to {most}"
    return Finding(
        rule="pacing.fit",
        severity=Severity.REVIEW,
        message=(
            f"{agents} agents are there now, and {told} were measured: what "
            "the pacing does with so many is not known. Let it dial a day as it is, or answer for it"
        ),
        found=agents,
        limit=(str(least), str(most)),
    )


def _fitted(fit: Fit) -> Finding | None:
    measured = f"{_percent(fit.measured_abandonment)} abandoned and {_percent(fit.measured_utilisation)} busy"
    model = f"{_percent(fit.simulated.abandonment.mean)} and {_percent(fit.simulated.utilisation.mean)}"
    if not fit.holds:
        told = f"the model does not give what was measured: {measured}, by the model {model}; do not rely on it"
    elif not math.isclose(fit.scale, 1, abs_tol=0.005):
        told = f"to give what was measured ({measured}), the model was scaled: {fit.scale:.2f} times the lines"
    else:
        return None
    return Finding(
        rule="pacing.fit",
        severity=Severity.INFO if fit.holds else Severity.REVIEW,
        message=told,
        found=_percent(fit.measured_abandonment),
        limit=_percent(fit.simulated.abandonment.mean),
    )


def _is_refused(risk: PeriodRisk, projection: Projection) -> bool:
    """Return whether a breach is so likely that nobody can answer for it."""
    return projection.then.abandonment.low > risk.most / risk.per or risk.then > REFUSED_FROM


def _is_above(risk: PeriodRisk, projection: Projection) -> bool:
    """Return whether the abandonment of the long run is above the ceiling of a period by its mean."""
    return projection.then.abandonment.mean > risk.most / risk.per


def _breach(
    projection: Projection, over: tuple[PeriodRisk, ...], situation: Situation, fields: tuple[str, ...]
) -> Finding | None:
    likely = tuple(risk for risk in projection.risks if risk.then > REVIEWED_FROM or _is_above(risk, projection))
    worst = max(over or likely, key=lambda risk: risk.then, default=None)
    if worst is None:
        return None
    above = f", above {worst.most}/{worst.per}" if _is_above(worst, projection) else ""
    return Finding(
        rule="pacing.breach",
        severity=Severity.ERROR if over else Severity.REVIEW,
        message=f"{_abandoned(projection)}{above}; {_period(worst)}",
        field=fields[0],
        found=round(worst.then, 4),
        limit=REFUSED_FROM if over else REVIEWED_FROM,
        source=_citations(worst, situation),
    )


def _citations(risk: PeriodRisk, situation: Situation) -> str | None:
    rulebook = situation.rulebook
    rules = [] if rulebook is None else [rulebook.of(rule) for rule in risk.rules]
    return "; ".join(rule.citation for rule in rules if rule is not None) or None


def _told(projection: Projection, fields: tuple[str, ...]) -> Finding:
    gain, now, worst = projection.difference, projection.now, projection.worst
    then = f"agents would be busy {_either_side(projection.then.utilisation)} of their time"
    if gain is not None and now is not None:
        points = f"{100 * gain.utilisation.mean:+.1f} ± {100 * gain.utilisation.half_width:.1f} points"
        then = f"agents are busy {_percent(now.utilisation.mean)} of their time, which would change by {points}"
    closed = projection.gap_closed
    gap = "" if closed is None else f", {100 * closed:.0f} % of the way to the best that the ceiling allows"
    period = "" if worst is None else f"; {_period(worst)}"
    return Finding(
        rule="pacing.projection",
        severity=Severity.INFO,
        message=f"{then}{gap}; {_abandoned(projection)}{period}",
        field=fields[0],
        found=None if worst is None else round(worst.then, 4),
        limit=None if worst is None else REVIEWED_FROM,
    )


def _abandoned(projection: Projection) -> str:
    now = "nothing is live" if projection.now is None else f"{_percent(projection.now.abandonment.mean)} today"
    return f"{now}, would be {_either_side(projection.then.abandonment)} abandoned"


def _period(risk: PeriodRisk) -> str:
    end = f"{risk.end.day} {_MONTHS[risk.end.month - 1]}"
    ceiling = f"{risk.most}/{risk.per}"
    left = risk.allowance
    if left > 0:
        told = f"{left} more {'call' if left == 1 else 'calls'} may be abandoned before then"
    else:
        told = "no more call may be abandoned before then"
    return f"the period to {end} ends above {ceiling} with probability {_chance(risk.then)}; {told}"


def _answer_rate(whole: Pacing, projection: Projection, *, names: bool) -> Finding | None:
    measured, belief = projection.measured_answer_rate, float(whole.answer_rate)
    if not all(map(math.isfinite, (measured.low, measured.mean, measured.high))) or measured.mean <= 0:
        return None
    if belief < measured.low:
        ratio = measured.mean / belief
        told = f"is below what was measured, {_rate(measured)}: {ratio:.2f} times the answers would be called up"
    elif names and belief > measured.mean:
        told = f"is above what was measured, {_rate(measured)}: the dialer goes slower than its aim"
    else:
        return None
    return Finding(
        rule="pacing.answer-rate",
        severity=Severity.REVIEW if names and belief < measured.low else Severity.INFO,
        message=f"the believed answer rate of {whole.answer_rate} {told}",
        field="answer_rate",
        found=str(whole.answer_rate),
        limit=f"{measured.mean:.3f}",
        source=f"measured from {projection.measured_since:%Y-%m-%d} to {projection.measured_until:%Y-%m-%d}",
    )


def _rate(between: Between) -> str:
    return f"{between.mean:.3f} (on most days {between.low:.3f} to {between.high:.3f})"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _either_side(between: Between) -> str:
    return f"{100 * between.mean:.1f} % ± {100 * between.half_width:.1f}"


def _chance(chance: float) -> str:
    """Return a chance of two digits; what is nearly sure is not told as sure."""
    if 0 < chance < 0.005:
        return "below 0.01"
    return "above 0.99" if 0.995 < chance < 1 else f"{chance:.2f}"
