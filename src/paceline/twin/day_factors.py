"""How days differ in how many answer, beyond chance and beyond what was to be expected of who was dialed when."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from paceline.twin.measured.answers import USUAL_FREEDOM, USUAL_SPREAD
from paceline.twin.model import DaySpread

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

USUAL_SLOPE = 0.01
"""Standard deviation of how a campaign's answer rate changes by day, relative, where nothing is known of it."""
_ROUNDS = 4


def log_factors(answered: Floats, expected: Floats) -> Floats:
    """Return [days] the logarithms of answers over those expected; a day without answers counts as half of one."""
    import numpy as np

    found: Floats = np.log(np.maximum(answered, 0.5) / np.maximum(expected, 0.5))
    return found


def wander_of(answered: Floats, expected: Floats, rates: Floats, *, days: int) -> float:
    """Return the standard deviation of half-hours within days beyond chance, relative; 0 where chance explains all.

    Args:
        answered: [half-hours].
        expected: [half-hours] answers, by the answers of all their day.
        rates: [half-hours] share of dials that was answered on average.
        days: how many they are of: each gave its own level.

    References:
        Moments of overdispersed counts: Williams 1982, Applied Statistics 31(2).
    """
    left = answered.size - days
    if left <= 0:
        return 0.0
    off = float(((answered - expected) ** 2).sum()) * answered.size / left
    beyond = off - float((expected * (1.0 - rates)).sum())
    return math.sqrt(max(beyond, 0.0) / float((expected**2).sum()))


def day_spread(days: Floats, logs: Floats, chance: Floats, *, ages: bool) -> DaySpread:
    """Return how days differ beyond chance.

    Args:
        days: [days] since 1970.
        logs: [days] logarithms, as `log_factors` gives them.
        chance: [days] variance that chance alone gives each.
        ages: whether the level may have a slope.

    References:
        The spread beyond chance is the moments' estimate of DerSimonian and Laird 1986, with a few days of usual
        spread added, so that two days that are alike by chance do not show that all are; the slope is drawn towards 0.
    """
    variance, slope, slope_error = USUAL_SPREAD**2, 0.0, 0.0
    level, origin = float(logs.mean()), float(days.mean())
    for _ in range(_ROUNDS):
        weights = 1.0 / (variance + chance)
        origin = float(weights @ days / weights.sum())
        level = float(weights @ logs / weights.sum())
        if ages:
            precision = float(weights @ (days - origin) ** 2) + USUAL_SLOPE**-2
            slope = float(weights @ ((days - origin) * logs)) / precision
            slope_error = math.sqrt(1.0 / precision)
        rest = logs - level - slope * (days - origin)
        beyond = max(0.0, float((rest**2).sum()) - float(chance.sum()) * (logs.size - 1) / logs.size)
        variance = (USUAL_FREEDOM * USUAL_SPREAD**2 + beyond) / (USUAL_FREEDOM + max(logs.size - 1, 0))
    return DaySpread(
        level=level,
        slope=slope,
        origin=origin,
        spread=math.sqrt(variance),
        slope_error=slope_error,
        freedom=USUAL_FREEDOM + max(logs.size - 1, 0),
    )
