"""Windows of abandonment: what a single day, or thirty together, stay below; and how likely the next is above a limit.

Days of a scenario do not depend on each other, so a window of thirty is the sum of thirty of them, and nearly normal. A
single day is not: its bound is a rank among the days that were seen, and supposes no shape at all.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paceline.optimizer.sample import BURSTS, FEW, Sample
from paceline.primitives.canonical import Json
from paceline.simulation import counters as c
from paceline.simulation.scenario import Window

if TYPE_CHECKING:  # numpy loads only when days are simulated
    from paceline.optimizer.sample import Floats

KEPT = 0.95
"""Share of the windows that have to be within the limit."""
FEWEST_DAYS = 100
"""Days from which on the rank of one says what 95 in 100 of them stay below, at the errors that looks have."""
MOST_DAYS = 1600
_SPARE = 1.6
_RANK_SPREAD = 2.11
"""Standard error of a 95th percentile, times the root of the days, in standard deviations of a normal day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """How likely the next window is above the limit, by days that no choice has seen.

    Attributes:
        per_day: probability that a day is.
        per_30_days: probability that thirty days, taken together, are.
    """

    per_day: float
    per_30_days: float

    def document(self) -> dict[str, Json]:
        """Return it as JSON has it."""
        return {"per_day": self.per_day, "per_30_days": self.per_30_days}


def window_bound(sample: Sample, window: Window, confidence: float) -> float:
    """Return what abandonment in 95 of 100 windows stays at or below, with a confidence; 1 where days are too few.

    Args:
        sample: days that do not depend on each other.
        window: a day, by rank; thirty days, by the tolerance bound of a normal sum (noncentral t).
        confidence: above 0.5 and below 1.
    """
    return _by_rank(sample, confidence) if window is Window.DAY else _by_sum(sample, window.days, confidence)


def room_for(sample: Sample, window: Window | None) -> float:
    """Return how far abandonment in 95 of 100 windows goes above the mean, as the days look; 0 without a window."""
    if window is None:
        return 0.0
    from paceline.inference.quantiles import normal_quantile

    return normal_quantile(KEPT) * _spread(sample) / math.sqrt(window.days)


def mean_below(limit: float, sample: Sample, window: Window | None) -> float:
    """Return the mean with which 95 of 100 windows stay within a limit, if days vary as in a sample.

    The variance of a day rises with abandonment as that of a count does, so it is taken in proportion.
    """
    if window is None:
        return limit
    rate = max(sample.pilot()[0], 1e-9)
    reach = room_for(sample, window) / math.sqrt(rate)
    root = (-reach + math.sqrt(reach * reach + 4 * limit)) / 2
    return root * root


def days_wanted(sample: Sample, window: Window | None, *, confidence: float, width: float) -> int:
    """Return days with which the bound of a window lies not much more than `width` above what it bounds."""
    if window is not Window.DAY:
        return 0
    from paceline.inference.quantiles import normal_quantile

    wanted = (_RANK_SPREAD * normal_quantile(confidence) * _spread(sample) / width) ** 2
    # With fewer than that even the highest of them says nothing at this confidence.
    least = math.ceil(_SPARE * math.log(1 - confidence) / math.log(KEPT))
    return max(min(math.ceil(wanted), MOST_DAYS), FEWEST_DAYS, least)


def breach_of(sample: Sample, limit: float) -> Breach:
    """Return how likely the next day, and the next thirty, are above a limit, their mean itself being estimated.

    By Student's t for what is still to come; where hardly anything was abandoned with many calls to a burst.
    """
    return Breach(per_day=_above(sample, limit, 1), per_30_days=_above(sample, limit, 30))


def _above(sample: Sample, limit: float, days: int) -> float:
    from paceline.inference.quantiles import t_share

    found = sample.abandonment()
    spread = math.hypot(_spread(sample) / math.sqrt(days), found.error)
    distance = limit - found.mean
    if spread <= 0:
        return 0.0 if distance >= 0 else 1.0
    return t_share(-distance / spread, max(sample.days - 1, 1))


def _spread(sample: Sample) -> float:
    """Return the standard deviation of a day's abandonment, each day counted by its answers."""
    abandoned, answers = _counts(sample)
    mean, days = float(answers.mean()), sample.days
    if mean <= 0:
        return 0.0
    if float(abandoned.sum()) < FEW:
        rate = sample.pilot()[0]
        return math.sqrt(BURSTS * rate * (1 - rate) / mean)
    apart = abandoned - float(abandoned.sum() / answers.sum()) * answers
    return math.sqrt(float(apart @ apart) / max(days - 1, 1)) / mean


def _by_sum(sample: Sample, days: int, confidence: float) -> float:
    from paceline.inference.quantiles import noncentral_t_quantile, normal_quantile

    steps = normal_quantile(KEPT) / math.sqrt(days)
    if float(sample.tallies[:, c.ABANDONED].sum()) < FEW:
        return sample.bound(confidence) + steps * _spread(sample)
    seen = math.sqrt(sample.days)
    factor = noncentral_t_quantile(confidence, sample.days - 1, steps * seen) / seen
    return sample.abandonment().plain_mean + factor * _spread(sample)


def _by_rank(sample: Sample, confidence: float) -> float:
    from paceline.inference.rate_bounds import largest_certifying_count

    above = largest_certifying_count(sample.days, limit=1 - KEPT, level=confidence)
    if above is None:
        return 1.0
    import numpy as np

    abandoned, answers = _counts(sample)
    shares: Floats = np.sort(abandoned / np.maximum(answers, 1.0))
    return float(shares[sample.days - 1 - above])


def _counts(sample: Sample) -> tuple[Floats, Floats]:
    import numpy as np

    rows = sample.tallies
    abandoned = np.asarray(rows[:, c.ABANDONED], dtype=np.float64)
    return abandoned, abandoned + rows[:, c.CONNECTED]
