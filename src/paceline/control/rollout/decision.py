"""What becomes of a step: promote, hold, or undo. Pure: the same measurements give the same judgement.

The rules, in the order in which they are asked:

1. A running legal period that is measured above its ceiling overrides every test: undo. A period says something once it
   has `SETTLED_ANSWERS` answers, or half of it is over, or, from `YOUNG_ANSWERS` on, when it is above by more than
   chance explains. Before that one burst would decide, and the tests judge the same calls. Above its ceiling so early,
   it only forbids to promote.
2. Abandonment shown above the lowest ceiling, by counts or by bets on blocks: undo.
3. Utilisation shown lower than before, from `Plan.least_blocks` compared blocks on: undo.
4. What was shown at one block stays shown: whoever looks late, or rarely, undoes all the same.
5. Nothing measured, or nothing for longer than `Plan.blind`: hold, never promote. Who reads this steps back.
6. Promote when all of these hold at the last complete block: the least time, answers and blocks of the plan; the gain
   of utilisation shown above `Plan.least_gain`; abandonment shown below the lowest ceiling; no period above its own.
7. All else holds.

Between two ends of blocks only time and the legal periods move on, so looking every minute asks the tests no more often
than looking at every block. A step may be wrongly promoted or undone, over all its looks together, with a chance of
`Plan.error` at most: `_SHARES` splits it. The utilisation test supposes blocks that are nearly normal on average, and
the counts a design effect that is estimated: the bench `benchmarks.rollout` tells what both come to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from paceline.campaign.forecaster import LegalPeriod
from paceline.control.rollout import words
from paceline.control.rollout.evidence import SUPPOSED_EFFECT, Minutes, Trail, trail
from paceline.control.rollout.plan import Plan
from paceline.control.undertakings.periods import lowest_ceiling
from paceline.primitives.canonical import Json

SETTLED_ANSWERS = 10_000
"""Answers from which a young legal period says something: at 2.5 % in bursts it is then rarely above 3 % by chance."""
YOUNG_ANSWERS = 1_000
"""Answers from which it does when it is above its ceiling by three standard errors of calls that come in bursts."""
THREE_ERRORS = 3.0
_MINUTE = timedelta(minutes=1)


class Decision(StrEnum):
    """What becomes of a step."""

    PROMOTE = "promote"
    HOLD = "hold"
    UNDO = "undo"


class Why(StrEnum):
    """The kind of reason; a hold is told anew only when this changes."""

    CEILING = "ceiling"
    """Undone: a legal period is measured above its ceiling."""
    ABANDONMENT_ABOVE = "abandonment-above"
    """Undone: abandonment is shown to be above the ceiling."""
    UTILISATION_LOWER = "utilisation-lower"
    """Undone: utilisation is shown to be lower than before."""
    SHOWN = "shown"
    """Promoted: gain and abandonment are shown."""
    NO_DATA = "no-data"
    """Held: nothing was measured yet."""
    BLIND = "blind"
    """Held: nothing was measured for longer than the plan allows."""
    TOO_EARLY = "too-early"
    """Held: the least time, answers or blocks are not reached."""
    NO_BASELINE = "no-baseline"
    """Held: no earlier days to compare with."""
    INCONCLUSIVE = "inconclusive"
    """Held: neither gain nor harm is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was decided, and on what.

    Attributes:
        decision: promote (after the last step: it is over), hold, or undo.
        why: the kind of reason.
        reason: a sentence with its numbers.
        numbers: the same for programs; rates are fractions, bounds hold at any look.
    """

    decision: Decision
    why: Why
    reason: str
    numbers: Mapping[str, Json]


_SHARES = {"counts": 0.30, "bets": 0.10, "lower": 0.20, "promote": 0.40}
"""How the error of a step is split; a wrong promotion needs both its tests to be wrong, or the one that is not true."""


def decide(
    plan: Plan,
    *,
    step: int,
    baseline: Minutes,
    minutes: Minutes,
    periods: Sequence[LegalPeriod],
    now: datetime,
    began: datetime,
) -> Judgement:
    """Return what becomes of a step, from everything that was measured so far.

    Args:
        plan: said before it began.
        step: which, from 0.
        baseline: minutes of earlier days, under the pacing that was live before the rollout; without the minutes in
            which the campaign was not ACTIVE.
        minutes: complete minutes since the step became live; so, too.
        periods: legal periods that are running, with what was measured in them up to now.
        now: of the platform's clock.
        began: when the step became live, by the same clock.
    """
    found = trail(plan, baseline=baseline, minutes=minutes, began=began, ceiling=ceiling_of(plan, periods))
    last = minutes[-1][0] + _MINUTE if minutes else None
    return judge(plan, found, step=step, periods=periods, now=now, began=began, last=last)


def ceiling_of(plan: Plan, periods: Sequence[LegalPeriod]) -> float:
    """Return the lowest ceiling of the periods; that of the plan where no law sets one."""
    return lowest_ceiling(periods, otherwise=plan.ceiling)


def crossed(period: LegalPeriod, now: datetime) -> bool:
    """Return whether a legal period is measured above its ceiling, and old enough to say so."""
    if not _above(period):
        return False
    if period.answered >= SETTLED_ANSWERS or now - period.start >= (period.end - period.start) / 2:
        return True
    return period.answered >= YOUNG_ANSWERS and excess(period) > THREE_ERRORS


def excess(period: LegalPeriod) -> float:
    """Return by how many standard errors of calls in bursts a period with answers is above its ceiling."""
    ceiling = period.most / period.per
    error = math.sqrt(SUPPOSED_EFFECT * ceiling * (1.0 - ceiling) * period.answered)
    return (period.abandoned - ceiling * period.answered) / error


def harm_shown(plan: Plan, found: Trail) -> tuple[Why, int] | None:
    """Return the first harm that a block shows, and which block; None where none does."""
    counts, bets, lower = (_enough(plan, name) for name in ("counts", "bets", "lower"))
    for at in range(len(found.blocks)):
        if found.above[at] >= counts or found.bets[at] >= bets:
            return Why.ABANDONMENT_ABOVE, at
        if found.paired[at] >= plan.least_blocks and found.lost[at] >= lower:
            return Why.UTILISATION_LOWER, at
    return None


def good_shown(plan: Plan, found: Trail, at: int) -> bool:
    """Return whether the evidence up to a block shows both the gain and abandonment below the ceiling."""
    enough = _enough(plan, "promote")
    return found.paired[at] >= plan.least_blocks and found.gained[at] >= enough and found.below[at] >= enough


def judge(
    plan: Plan,
    found: Trail,
    *,
    step: int,
    periods: Sequence[LegalPeriod],
    now: datetime,
    began: datetime,
    last: datetime | None,
) -> Judgement:
    """Return what becomes of a step, from what its blocks show.

    Args:
        plan: said before it began.
        found: what the complete blocks of the step show against `ceiling_of(plan, periods)`.
        step: which, from 0.
        periods: legal periods that are running, with what was measured in them up to now.
        now: of the platform's clock.
        began: when the step became live.
        last: the end of the last minute that was measured since; None without one.
    """
    ceiling, mistake = ceiling_of(plan, periods), plan.error * _SHARES["promote"]
    numbers = words.numbers(found, step=step, ceiling=ceiling, periods=periods, waited=now - began, mistake=mistake)

    def judged(decision: Decision, why: Why, reason: str) -> Judgement:
        return Judgement(decision=decision, why=why, reason=reason, numbers=numbers)

    over = [period for period in periods if crossed(period, now)]
    if over:
        return judged(Decision.UNDO, Why.CEILING, words.period_words(over[0]))
    harm = harm_shown(plan, found)
    if harm is not None:
        why, at = harm
        above = why is Why.ABANDONMENT_ABOVE
        return judged(
            Decision.UNDO, why, words.above_words(found, at, ceiling) if above else words.lower_words(found, at)
        )
    held = _without_data(plan, now=now, began=began, last=last) or _too_early(plan, found, now - began)
    if held is not None:
        return judged(Decision.HOLD, *held)
    if not good_shown(plan, found, len(found.blocks) - 1):
        return judged(Decision.HOLD, Why.INCONCLUSIVE, words.open_words(plan, found, ceiling, mistake=mistake))
    young = [period for period in periods if _above(period)]
    if young:
        return judged(Decision.HOLD, Why.CEILING, f"not yet, for {words.period_words(young[0])}")
    return judged(Decision.PROMOTE, Why.SHOWN, words.shown_words(plan, found, ceiling, mistake=mistake))


def _without_data(plan: Plan, *, now: datetime, began: datetime, last: datetime | None) -> tuple[Why, str] | None:
    """Return why there is nothing to go by, with fresh data None."""
    missing = now - (began if last is None else last)
    if missing > plan.blind:
        return Why.BLIND, f"nothing was measured for {_minutes(missing)} minutes, allowed are {_minutes(plan.blind)}"
    if last is None:
        return Why.NO_DATA, "nothing was measured since the step became live"
    return None


def _too_early(plan: Plan, found: Trail, waited: timedelta) -> tuple[Why, str] | None:
    """Return which least is not reached; None when all are."""
    blocks = len(found.blocks)
    answered = words.counted(found, blocks - 1)[1]
    if waited < plan.interval:
        return Why.TOO_EARLY, f"{_minutes(waited)} of at least {_minutes(plan.interval)} minutes are over"
    if answered < plan.least_answers:
        return Why.TOO_EARLY, f"{answered:,} of at least {plan.least_answers:,} calls were answered in complete blocks"
    if blocks < plan.least_blocks:
        return (
            Why.TOO_EARLY,
            f"{blocks} of at least {plan.least_blocks} blocks of {_minutes(plan.block)} minutes are over",
        )
    if not found.paired[-1]:
        return Why.NO_BASELINE, words.uncompared_words(found)
    if found.paired[-1] < plan.least_blocks:
        return (
            Why.TOO_EARLY,
            f"{found.paired[-1]} of at least {plan.least_blocks} blocks can be compared with earlier days",
        )
    return None


def _enough(plan: Plan, test: str) -> float:
    """Return the logarithm of the evidence that shows something, for one of the tests."""
    return -math.log(plan.error * _SHARES[test])


def _above(period: LegalPeriod) -> bool:
    return period.abandoned * period.per > period.most * period.answered


def _minutes(span: timedelta) -> int:
    return int(span / _MINUTE)
