"""What the new setting does to people, looked at while it is live: when it is taken back at once, and why.

Rules:
* A legal period that is measured above its ceiling, and is old enough to say so, ends the experiment, as it undoes a
  rollout. So does abandonment in blocks of the new setting that is shown to be above the lowest ceiling.
* Where nobody can tell what was measured, in a legal period or, for longer than `BLIND`, at all, the block is given up:
  what cannot be seen is not gone on with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from paceline.campaign.forecaster import LegalPeriod
from paceline.control.experiments.counts import Counts
from paceline.control.experiments.plan import ExperimentPlan
from paceline.control.rollout.decision import crossed
from paceline.control.rollout.evidence import SUPPOSED_EFFECT
from paceline.control.rollout.words import period_words
from paceline.control.undertakings.periods import lowest_ceiling

BLIND = timedelta(minutes=10)
"""So long the new setting may be live while nobody can see what it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """Why the new setting is taken back.

    Attributes:
        why: in words.
        ends: whether the experiment ends with it, or only the block.
        shown: whether it was measured of the new setting itself, and not in a legal period with all that was before.
    """

    why: str
    ends: bool
    shown: bool = False


def harm_in(
    plan: ExperimentPlan, *, periods: Sequence[LegalPeriod] | None, new: Sequence[Counts], now: datetime
) -> Harm | None:
    """Return what stands against the new setting by what was measured; None where nothing does.

    Args:
        plan: said before.
        periods: the legal periods that are running; None where nobody can tell.
        new: what was counted in each block under the new setting so far, the one under way included.
        now: of the platform's clock.
    """
    if periods is None:
        return Harm(why="nobody can tell what was measured in the legal period that is running", ends=False)
    over = [period for period in periods if crossed(period, now)]
    if over:
        return Harm(why=period_words(over[0]), ends=True)
    ceiling = ceiling_of(plan, periods)
    abandoned, answered = sum(one.abandoned for one in new), sum(one.answered for one in new)
    if abandoned <= ceiling * answered or not _is_above(plan, new, ceiling):
        return None
    return Harm(
        why=f"abandonment under the new setting is shown to be above {ceiling:.2%}: {abandoned:,} of {answered:,} "
        f"answered calls, {abandoned / answered:.2%}",
        ends=True,
        shown=True,
    )


def ceiling_of(plan: ExperimentPlan, periods: Sequence[LegalPeriod]) -> float:
    """Return the lowest ceiling of the periods; that of the plan where no law sets one."""
    return lowest_ceiling(periods, otherwise=plan.ceiling)


def _is_above(plan: ExperimentPlan, new: Sequence[Counts], ceiling: float) -> bool:
    """Return whether the counts show it at any look, calls coming in bursts."""
    from paceline.inference.deflated_evidence import deflated_interval, running_effect

    told = [one for one in new if one.answered]
    abandoned, answered = [one.abandoned for one in told], [one.answered for one in told]
    effect = float(running_effect(abandoned, answered, supposed=SUPPOSED_EFFECT)[-1])
    return deflated_interval(sum(abandoned), sum(answered), effect=effect, level=plan.level).low > ceiling
