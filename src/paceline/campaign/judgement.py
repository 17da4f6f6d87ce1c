"""How every change is judged: by the aspect it is of, and by the pacing that it brings into effect.

A pacing that rests while the campaign dials otherwise is judged once more by whoever makes it count: a change of
dialing rules after which the dialer predicts, or predicts more boldly, is a change of pacing too.
"""

from __future__ import annotations

from dataclasses import dataclass

from paceline.campaign.blocks import DialingMode, DialingRules, Pacing
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Achieved, Difference, Diverged, Verdict
from paceline.campaign.dialing.capacity import loosening
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.observed import Observed, Situation
from paceline.campaign.pacing.boldness import may_abandon
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.pacing.checks import in_effect
from paceline.campaign.weights.changes import SetWeights
from paceline.primitives.findings import Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class AtStake:
    """What a change has to be projected for.

    Attributes:
        pacing: what is dialed with afterwards, whole.
        rules: the dialing rules that the change makes; None where it leaves them as they are.
    """

    pacing: Pacing
    rules: DialingRules | None = None


def at_stake(change: AnyChange, observed: Observed) -> AtStake | None:
    """Return what a change lets be dialed more boldly by a prediction; None where it does nothing of the kind."""
    if isinstance(change, SetPacing):
        wanted = change.wanted.on(observed.pacing) if change.loosens(observed) else None
        return None if wanted is None else AtStake(pacing=wanted)
    if not isinstance(change, SetDialingRules) or not change.loosens(observed):
        return None
    rules, pacing = change.wanted.on(observed.rules), observed.pacing
    if rules is None or pacing is None or rules.mode is not DialingMode.PREDICTIVE or not may_abandon(pacing):
        return None
    return AtStake(pacing=pacing, rules=rules)


def judged(change: AnyChange, situation: Situation) -> Findings:
    """Judge a change in the situation that was found."""
    found, stake = change.guard(situation), at_stake(change, situation.observed)
    if stake is None or stake.rules is None:
        return found
    fields = loosening(situation.observed.rules, stake.rules)
    return found + in_effect(stake.pacing, situation, field=fields[0])


def verified(change: AnyChange, before: Observed | None, after: Observed) -> Verdict:
    """Judge what became of a change that was just made; weights count as taken only where the version has advanced.

    Args:
        change: what was made.
        before: the campaign as it was judged, None where nobody looked.
        after: the campaign as the change left it.
    """
    verdict = change.verify(after)
    is_late = isinstance(change, SetWeights) and before is not None and after.version == before.version
    if not is_late or before is None:
        return verdict
    told = Difference(field="version", wanted=f"later than {before.version}", observed=str(after.version))
    match verdict:
        case Diverged(differences):
            return Diverged((*differences, told))
        case Achieved():
            return Diverged((told,))
        case _:
            return verdict
