"""Every minute of a week looked at: when a step is first promoted or undone, by the functions that decide for real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from benchmarks.rollout import weeks as w
from paceline.campaign.blocks import Pacing
from paceline.campaign.forecaster import LegalPeriod
from paceline.control.rollout import decision as d
from paceline.control.rollout.evidence import SUPPOSED_EFFECT, settled_since, trail_of
from paceline.control.rollout.plan import Plan, block_for, settle_for

WANTED = Pacing(
    answer_rate=Decimal("0.50"), abandonment_aim=Decimal("0.014"), max_calls=150, call_interval_ms=50, warm_up_s=0
)
PLAN = Plan(steps=(WANTED,), block=block_for(w.HANDLE_S), settle=settle_for(w.HANDLE_S, w.RING_S))
"""One step, everything else as it is when nobody says otherwise."""
MOST, PER, PERIOD_DAYS = 3, 100, 30
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a week of looking ended.

    Attributes:
        decision: promote or undo, whichever came first; hold when neither came.
        why: the kind of reason, None when neither came.
        answers: live answers since the step became live, until then.
        minutes: of dialing until then.
    """

    decision: d.Decision
    why: d.Why | None
    answers: int
    minutes: int


def legal_period(starts: int, days: int = PERIOD_DAYS) -> tuple[datetime, datetime]:
    """Return beginning and end of a legal period that starts so many days after the rollout's first day."""
    start = w.FIRST_DAY + timedelta(days=starts)
    return start, start + timedelta(days=days)


def periods_at(week: w.Week, minute: int, *, starts: int, days: int = PERIOD_DAYS) -> tuple[LegalPeriod, ...]:
    """Return the running period as it was measured when so many minutes of the week were over."""
    answered, abandoned, begin = _measured(week, starts=starts, days=days)
    start, end = legal_period(int(begin[minute - 1]), days)
    return (
        LegalPeriod(
            period=f"{days}-day-blocks",
            rules=("bench",),
            start=start,
            end=end,
            most=MOST,
            per=PER,
            answered=int(answered[minute - 1]),
            abandoned=int(abandoned[minute - 1]),
        ),
    )


def looked(week: w.Week, *, starts: int, days: int = PERIOD_DAYS, plan: Plan = PLAN) -> Ended:
    """Return what the first look that does not hold decides, of all looks at the ends of minutes.

    Args:
        week: what was measured.
        starts: the day, counted from the rollout's first, on which a legal period begins; others follow and precede it.
        days: of a legal period.
        plan: of the rollout.
    """
    length = int(plan.block / timedelta(minutes=1))
    since = settled_since(plan, w.BEGAN)
    old = w.blocks(week.old, first_day=w.FIRST_DAY - timedelta(days=len(week.old)), since=since, length=length)
    whole = w.blocks(week.new, first_day=w.FIRST_DAY, since=since, length=length)
    new = tuple(one for one in whole if one.start >= since)
    found = trail_of(plan, old=old, new=new, ceiling=MOST / PER)
    done = _blocks_done([one.start for one in new], len(week.new), plan.block)
    over, above = _ceiling(week, starts=starts, days=days)
    harm = d.harm_shown(plan, found)
    harmed = over if harm is None else over | (done > harm[1])
    good = np.array([False, *(d.good_shown(plan, found, at) for at in range(len(new)))])
    answers = np.cumsum([0, *(one.answered for one in new)])
    enough = (answers[done] >= plan.least_answers) & (done >= plan.least_blocks) & _waited(week, plan)
    promoted = good[done] & enough & ~above
    ended = np.flatnonzero((harmed | promoted) & (np.arange(done.size) >= w.CHANGED_MINUTE))
    counted = week.new[..., w.CONNECTS].reshape(-1)[w.CHANGED_MINUTE :]
    if not ended.size:
        return Ended(decision=d.Decision.HOLD, why=None, answers=int(counted.sum()), minutes=int(counted.size))
    at = int(ended[0])
    spent = at + 1 - w.CHANGED_MINUTE
    decision, why = d.Decision.PROMOTE, d.Why.SHOWN
    if over[at]:
        decision, why = d.Decision.UNDO, d.Why.CEILING
    elif harm is not None and harmed[at]:
        decision, why = d.Decision.UNDO, harm[0]
    return Ended(decision=decision, why=why, answers=int(counted[:spent].sum()), minutes=spent)


def minute_of_week(minute: int) -> datetime:
    """Return the instant at which so many minutes of dialing of the week are over."""
    day, rest = divmod(minute - 1, w.HOURS * 60)
    return w.FIRST_DAY + timedelta(days=day, hours=w.OPENS, minutes=rest + 1)


def _blocks_done(starts: list[datetime], days: int, block: timedelta) -> npt.NDArray[np.intp]:
    """Return [minutes of the week] how many blocks are complete at the end of each."""
    ends = np.array([(start + block).timestamp() for start in starts])
    return np.searchsorted(ends, _instants(days), side="right")


def _instants(days: int) -> npt.NDArray[np.float64]:
    """Return [minutes of the week] the ends of the minutes."""
    first = (w.FIRST_DAY + timedelta(hours=w.OPENS, minutes=1)).timestamp()
    return (first + 86_400.0 * np.arange(days)[:, None] + 60.0 * np.arange(w.HOURS * 60)).reshape(-1)


def _waited(week: w.Week, plan: Plan) -> Flags:
    passed: Flags = _instants(len(week.new)) - w.BEGAN.timestamp() >= plan.interval.total_seconds()
    return passed


def _measured(week: w.Week, *, starts: int, days: int) -> tuple[w.Counts, w.Counts, w.Counts]:
    """Return [minutes of the week] answered and abandoned in the running period, and the day on which that began."""
    both = np.concatenate([week.old, week.new])
    day = np.arange(-len(week.old), len(week.new))
    begin = (day - starts) // days * days + starts
    rows = both[..., [w.CONNECTS, w.ABANDONS]].reshape(-1, 2).cumsum(axis=0)
    minutes = np.arange(-len(week.old) * w.HOURS * 60, len(week.new) * w.HOURS * 60)
    first = np.repeat(np.maximum(begin, -len(week.old)), w.HOURS * 60) * w.HOURS * 60
    before = np.where((first > minutes[0])[:, None], rows[np.maximum(first - minutes[0] - 1, 0)], 0)
    inside = (rows - before)[minutes >= 0]
    return inside[:, 0], inside[:, 1], np.repeat(begin, w.HOURS * 60)[minutes >= 0]


def _ceiling(week: w.Week, *, starts: int, days: int) -> tuple[Flags, Flags]:
    """Return [minutes of the week] whether the period is above its ceiling and says so, and whether it is above it."""
    answered, abandoned, begin = _measured(week, starts=starts, days=days)
    above: Flags = abandoned * PER > MOST * answered
    start = w.FIRST_DAY.timestamp() + 86_400.0 * begin
    old_enough = _instants(len(week.new)) - start >= 86_400.0 * days / 2
    error = np.sqrt(SUPPOSED_EFFECT * MOST / PER * (1 - MOST / PER) * answered)
    far = (answered >= d.YOUNG_ANSWERS) & (abandoned - MOST / PER * answered > d.THREE_ERRORS * error)
    return above & (old_enough | (answered >= d.SETTLED_ANSWERS) | far), above
