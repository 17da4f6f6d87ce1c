"""How likely a legal period is to end above its ceiling: what was measured in it, and days of the model until its end.

A future is drawn many times: a mean of the answer rate that the measured days allow, for each day to come its own rate
about that mean, and for each a played day of nearly that rate, whole, so that calls that are abandoned together stay
together. Both pacings meet the same futures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paceline.campaign.forecast import Between, PeriodRisk

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.campaign.forecaster import LegalPeriod
    from paceline.twin.measured.answers import DayRates

    Floats = npt.NDArray[np.float64]

FUTURES = 4000
"""Futures that are drawn."""
_ALIKE = 4
"""Played days of nearly the same answer rate of which one is taken."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tallies:
    """Played days of one pacing.

    Attributes:
        logs: [days] answer rates they were played at, as logarithms.
        answered, abandoned: [days] counts.
        answered_rest, abandoned_rest: [days] what each differs by from what its answer rate promises.
    """

    logs: Floats
    answered: Floats
    abandoned: Floats
    answered_rest: Floats
    abandoned_rest: Floats


def risk_of(
    period: LegalPeriod, days_left: float, rates: DayRates, *, now: Tallies | None, then: Tallies, seed: int
) -> PeriodRisk:
    """Return the risk of one legal period.

    Args:
        period: with what was measured in it so far.
        days_left: usual days of dialing until its end.
        rates: what is known of the answer rates of days to come.
        now: days with the live pacing; None where there is none.
        then: days with the other one.
        seed: the same seed draws the same futures.
    """
    import numpy as np

    answered, abandoned = _futures(then, days_left, rates, seed)
    left = Between(mean=float(abandoned.mean()), low=_share(abandoned, 0.025), high=_share(abandoned, 0.975))
    answers = float(answered.mean())
    breached = None
    if now is not None:
        breached = float(np.mean(_above(period, *_futures(now, days_left, rates, seed))))
    return PeriodRisk(
        period=period.period,
        rules=period.rules,
        start=period.start,
        end=period.end,
        most=period.most,
        per=period.per,
        answered=period.answered,
        abandoned=period.abandoned,
        days_left=days_left,
        now=breached,
        then=float(np.mean(_above(period, answered, abandoned))),
        answers_left=answers,
        abandoned_left=Between(mean=left.mean, low=min(left.low, left.mean), high=max(left.high, left.mean)),
        allowance=math.floor(period.most * (period.answered + round(answers)) / period.per) - period.abandoned,
    )


def _above(period: LegalPeriod, answered: Floats, abandoned: Floats) -> npt.NDArray[np.bool_]:
    """Return [futures] whether the period ends above its ceiling; where nobody answers, nobody is abandoned."""
    found: npt.NDArray[np.bool_] = (period.abandoned + abandoned) * period.per > period.most * (
        period.answered + answered
    )
    return found


def _futures(played: Tallies, days_left: float, rates: DayRates, seed: int) -> tuple[Floats, Floats]:
    """Return [futures] answers and abandoned answers until the end of a period, whole numbers.

    The last day is a part of one: so much of a day's counts, with the chance of so much of a day.
    """
    import numpy as np

    chance = np.random.Generator(np.random.PCG64(seed))
    whole, part = int(days_left), days_left - int(days_left)
    mean = rates.error * chance.standard_t(rates.freedom, FUTURES)
    answered, abandoned = np.zeros(FUTURES), np.zeros(FUTURES)
    order = np.argsort(played.logs, kind="stable")
    for day in range(whole + 1):
        wanted = mean + rates.spread * chance.standard_normal(FUTURES)
        taken = order[_nearest(played.logs[order], wanted, chance.integers(_ALIKE, size=FUTURES))]
        other = chance.integers(played.logs.size, size=FUTURES)
        if day < whole:
            answered += played.answered[taken]
            abandoned += played.abandoned[taken]
        else:
            rest = math.sqrt(part * (1 - part))
            answered += np.maximum(part * played.answered[taken] + rest * played.answered_rest[other], 0.0)
            abandoned += np.maximum(part * played.abandoned[taken] + rest * played.abandoned_rest[other], 0.0)
    answered = np.rint(answered)
    return answered, np.minimum(np.rint(abandoned), answered)


def _nearest(ranked: Floats, wanted: Floats, which: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return [futures] the place of one of the few played days that are nearest to the answer rate wanted."""
    import numpy as np

    first = np.searchsorted(ranked, wanted) - _ALIKE // 2
    last = max(ranked.size - _ALIKE, 0)
    found: npt.NDArray[np.int64] = np.minimum(np.clip(first, 0, last) + which, ranked.size - 1)
    return found


def _share(values: Floats, share: float) -> float:
    import numpy as np

    return float(np.quantile(values, share))
