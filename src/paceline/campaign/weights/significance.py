"""The rules of the weights that ask what data say of them; only what is dialed otherwise is judged by them.

Where data say nothing, nobody can say, and nobody may answer for it: the change is refused, each time by its reason.

* `weights.no-data`: there are data at all: a twin of the campaign, or a finished experiment of these weights.
* `weights.too-little-data`: there are enough of them to tell anything from chance.
* `weights.twin`: the twin reproduces what was measured, else what it predicts is not believed.
* `weights.drift`: the world is still that of the data.
* `weights.abandonment`: the upper bound of the abandonment under the new weights is below the tightest ceiling of the
  law. A person has to answer for it where the change only makes the dialing gentler: to keep what is would be worse.
* `weights.significance`: chance is no explanation of the gain in utilisation.
* `weights.worth`: the gain is worth having, by its lower bound.
* `weights.convergence`: the gain is known as precisely as the live weights want it, or the new ones where they want it
  more precisely: a change that wants less of itself is held to what is live.
* `weights.effect`: what is gained and what is risked, in numbers; told.
"""

from __future__ import annotations

import math
from typing import assert_never

from paceline.campaign.blocks import Tuning, Weights
from paceline.campaign.ceilings import tightest
from paceline.campaign.evidence import (
    ABANDONMENT,
    MOST_CHANCE,
    UTILISATION,
    Evidence,
    Lack,
    MetricShown,
    NoEvidence,
    Source,
)
from paceline.campaign.observed import Situation
from paceline.campaign.weights.boldness import bolder
from paceline.primitives.findings import Finding, Findings, Severity

_NOBODY_ASKED = NoEvidence(
    lack=Lack.NO_DATA,
    why="nobody asked what data say",
    advice="fit a twin of the campaign, or have an experiment decide",
)


def by_data(whole: Weights, becomes: Tuning, situation: Situation) -> Findings:
    """Judge whole and sound weights, which dial otherwise than the live ones, by what data say."""
    match situation.evidence:
        case None:
            return Findings(without(_NOBODY_ASKED))
        case NoEvidence() as lacking:
            return Findings(without(lacking))
        case Evidence() as evidence:
            return _judged(whole, becomes, evidence, situation)


def without(lacking: NoEvidence) -> Finding:
    """Return the refusal of weights that data say nothing of, by the reason."""
    match lacking.lack:
        case Lack.NO_DATA:
            return _refused(lacking, rule="weights.no-data")
        case Lack.TOO_LITTLE_DATA:
            return _refused(lacking, rule="weights.too-little-data")
        case Lack.TWIN_FAILED:
            return _refused(lacking, rule="weights.twin")
        case Lack.OTHER_SPLIT:
            return _refused(lacking, rule="weights.split", field="validation_split")
        case Lack.DRIFTED:
            return _refused(lacking, rule="weights.drift")
        case _:
            assert_never(lacking.lack)


def _refused(lacking: NoEvidence, *, rule: str, field: str = "parameters") -> Finding:
    standing = lacking.twin
    covered = () if standing is None else tuple(f"{one.measure} {one.covered:.3f}" for one in standing.coverage)
    return Finding(
        rule=rule,
        severity=Severity.ERROR,
        message=f"nobody can say what these weights would do: {lacking.why}; {lacking.advice}",
        field=field,
        found=covered or lacking.lack.value,
    )


def _judged(whole: Weights, becomes: Tuning, evidence: Evidence, situation: Situation) -> Findings:
    numbers, twin = _numbers(evidence), evidence.twin
    if twin is not None and not twin.passed:
        advice = "fit it to more or other days, or have an experiment decide"
        return Findings(without(NoEvidence(lack=Lack.TWIN_FAILED, why=twin.why, advice=advice, twin=twin)))
    if twin is None and evidence.source is Source.TWIN:
        why = "the evidence is a twin's that nobody has checked"
        return Findings(without(NoEvidence(lack=Lack.TWIN_FAILED, why=why, advice="fit the twin anew")))
    if not numbers or not all(map(math.isfinite, numbers)) or evidence.blocks < 1:
        why = "what was computed from the data holds no utilisation and abandonment, or what are no numbers"
        lacking = NoEvidence(lack=Lack.NO_DATA, why=why, advice="check and fit the data anew", twin=evidence.twin)
        return Findings(without(lacking))
    observed = situation.observed
    eases = not bolder(observed.weights, observed.tuning, whole, becomes)
    found = [_abandonment(evidence, situation, eases=eases), _gain(evidence)]
    found.append(_convergence(whole, observed.weights, evidence))
    return Findings.of([*found, _effect(evidence)])


def _numbers(evidence: Evidence) -> tuple[float, ...]:
    """Return every number that a judgement rests on; none where a metric is missing."""
    try:
        shown = [evidence.of(UTILISATION), evidence.of(ABANDONMENT)]
    except KeyError:
        return ()
    each = [(one.old, one.new, *_ends(one), one.p_value, one.p_adjusted) for one in shown]
    return (evidence.abandonment_high, evidence.ceiling, evidence.half_width, *(n for one in each for n in one))


def _ends(shown: MetricShown) -> tuple[float, float, float]:
    return shown.difference.low, shown.difference.mean, shown.difference.high


def _abandonment(evidence: Evidence, situation: Situation, *, eases: bool) -> Finding | None:
    ceiling = min(float(tightest(situation)), evidence.ceiling)
    if evidence.abandonment_high < ceiling:
        return None
    told = "; the change only makes the dialing gentler than it is" if eases else ""
    return Finding(
        rule="weights.abandonment",
        severity=Severity.REVIEW if eases else Severity.ERROR,
        message=(
            f"with these weights up to {_percent(evidence.abandonment_high)} of the calls that people answer would be "
            f"abandoned (upper bound of 95 %), not below the ceiling of {_percent(ceiling)}{told}"
        ),
        field="parameters",
        found=round(evidence.abandonment_high, 6),
        limit=round(ceiling, 6),
        source=_source(evidence),
    )


def _gain(evidence: Evidence) -> Finding | None:
    """Return that nothing is shown to be gained, or nothing that is worth having."""
    shown = evidence.of(UTILISATION)
    if shown.significant and evidence.worth_having:
        return None
    difference = shown.difference
    told = f"{_points(difference.mean)} points of utilisation, {_interval(shown)}, adjusted p {_p(shown.p_adjusted)}"
    if not shown.significant:
        return Finding(
            rule="weights.significance",
            severity=Severity.REVIEW,
            message=f"{_open(shown)} what {evidence.blocks} blocks show: {told}",
            field="parameters",
            found=round(shown.p_adjusted, 6),
            source=_source(evidence),
        )
    least = _points(shown.least_worth)
    return Finding(
        rule="weights.worth",
        severity=Severity.REVIEW,
        message=(
            f"what {evidence.blocks} blocks show is not worth having, its lower bound is not above {least} points: "
            f"{told}"
        ),
        field="parameters",
        found=round(difference.low, 6),
        limit=round(shown.least_worth, 6),
        source=_source(evidence),
    )


def _open(shown: MetricShown) -> str:
    """Return what takes the say from blocks: chance, or that days differ, or that little is known of the campaign."""
    if shown.p_adjusted > MOST_CHANCE:
        return "chance explains"
    return "how days differ, or how little is known of the campaign, leaves open"


def _convergence(whole: Weights, live: Weights | None, evidence: Evidence) -> Finding | None:
    least = whole.convergence if live is None else min(whole.convergence, live.convergence)
    wanted = float(least)
    if evidence.half_width <= wanted:
        return None
    is_eased = least < whole.convergence
    told = f"; the {whole.convergence} that the change names counts for later changes" if is_eased else ""
    return Finding(
        rule="weights.convergence",
        severity=Severity.REVIEW,
        message=(
            f"the gain is known to {_percent(evidence.half_width)} of the utilisation, and the weights want it to "
            f"{_percent(wanted)}: more days would tell it more precisely{told}"
        ),
        field="convergence",
        found=round(evidence.half_width, 6),
        limit=str(least),
        source=_source(evidence),
    )


def _effect(evidence: Evidence) -> Finding:
    used, abandoned = evidence.of(UTILISATION), evidence.of(ABANDONMENT)
    return Finding(
        rule="weights.effect",
        severity=Severity.INFO,
        message=(
            f"utilisation {_percent(used.old)} to {_percent(used.new)} ({_points(used.difference.mean)} points, "
            f"{_interval(used)}), abandonment {_percent(abandoned.old)} to {_percent(abandoned.new)} "
            f"({_points(abandoned.difference.mean)} points, {_interval(abandoned)})"
        ),
        found=round(used.difference.mean, 6),
        source=_source(evidence),
    )


def _source(evidence: Evidence) -> str:
    where = {Source.EXPERIMENT: "an experiment", Source.TWIN: "half-hours that no fit has seen"}[evidence.source]
    entry = "" if evidence.entry is None else f" (entry {evidence.entry})"
    return f"{where}{entry}: {evidence.blocks} blocks of {evidence.days} days"


def _interval(shown: MetricShown) -> str:
    return f"95 % from {_points(shown.difference.low)} to {_points(shown.difference.high)}"


def _points(share: float) -> str:
    return f"{100 * share:+.2f}"


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}"
