"""Bounds for a rate of independent events, and the largest count that still certifies a limit.

Calls of one day are not independent where abandonments come in bursts; then `clusters.korn_graubard` is the right
bound, and these are too narrow by the square root of the design effect.
"""

from __future__ import annotations

import math
from typing import SupportsIndex

from paceline.inference.estimate import Estimate, Sides, tail
from paceline.inference.inputs import checked_count, checked_level, checked_share
from paceline.inference.quantiles import beta_quantile, binomial_share, normal_quantile


def clopper_pearson(
    events: SupportsIndex, trials: SupportsIndex, *, level: float = 0.95, sides: Sides = Sides.BOTH
) -> Estimate:
    """Return the exact bounds of a rate: they hold at least as often as the level says, for every rate.

    Args:
        events: how many happened, from 0 to `trials`.
        trials: how many independent trials there were, at least 1.
        level: above 0.5 and below 1.
        sides: which bounds to state.

    Raises:
        InputError: when a value is outside these bounds.

    References:
        Clopper, Pearson 1934, Biometrika 26(4).

    >>> found = clopper_pearson(271, 10_000, sides=Sides.UPPER)
    >>> round(found.high, 6), found.shows_at_most(0.03)
    (0.029925, True)
    """
    tried = checked_count("trials", trials, least=1)
    happened = checked_count("events", events, most=tried)
    low, high = beta_bounds(float(happened), float(tried), level=checked_level(level), sides=sides)
    return Estimate(
        estimate=happened / tried, low=low, high=high, level=level, sides=sides, n=tried, method="Clopper-Pearson"
    )


def beta_bounds(events: float, trials: float, *, level: float, sides: Sides) -> tuple[float, float]:
    """Return the Clopper-Pearson bounds for numbers that need not be whole, such as effective sample sizes.

    Args:
        events: from 0 to `trials`.
        trials: above 0.
        level: above 0.5 and below 1.
        sides: which bounds are stated; the other is 0 or 1.
    """
    error = tail(level, sides)
    others = trials - events
    low = 0.0 if sides is Sides.UPPER or events <= 0.0 else beta_quantile(error, events, others + 1.0)
    high = 1.0 if sides is Sides.LOWER or others <= 0.0 else beta_quantile(1.0 - error, events + 1.0, others)
    return low, high


def wilson(events: SupportsIndex, trials: SupportsIndex, *, level: float = 0.95, sides: Sides = Sides.BOTH) -> Estimate:
    """Return Wilson's score bounds: shorter than the exact ones, and right on average rather than for every rate.

    For pictures and planning; a limit is certified by `clopper_pearson`.

    Args:
        events: how many happened, from 0 to `trials`.
        trials: how many independent trials there were, at least 1.
        level: above 0.5 and below 1.
        sides: which bounds to state.

    Raises:
        InputError: when a value is outside these bounds.

    References:
        Wilson 1927, Journal of the American Statistical Association 22(158).

    >>> found = wilson(30, 1000)
    >>> round(found.low, 6), round(found.high, 6)
    (0.021094, 0.042503)
    """
    tried = checked_count("trials", trials, least=1)
    happened = checked_count("events", events, most=tried)
    z = normal_quantile(1.0 - tail(checked_level(level), sides))
    rate = happened / tried
    scale = 1.0 + z * z / tried
    centre = (rate + z * z / (2 * tried)) / scale
    reach = z * math.sqrt(rate * (1.0 - rate) / tried + z * z / (4 * tried * tried)) / scale
    return Estimate(
        estimate=rate,
        low=0.0 if sides is Sides.UPPER or happened == 0 else centre - reach,
        high=1.0 if sides is Sides.LOWER or happened == tried else centre + reach,
        level=level,
        sides=sides,
        n=tried,
        method="Wilson",
    )


def largest_certifying_count(trials: SupportsIndex, *, limit: float, level: float = 0.95) -> int | None:
    """Return the most events in so many independent trials that still show a rate not above the limit.

    It is the greatest x whose one-sided Clopper-Pearson bound is at most the limit; None when even no event at all
    among so few trials shows it.

    Args:
        trials: at least 1.
        limit: a rate above 0 and below 1.
        level: above 0.5 and below 1.

    Raises:
        InputError: when a value is outside these bounds.

    >>> largest_certifying_count(98, limit=0.03), largest_certifying_count(10_000, limit=0.03)
    (None, 271)
    """
    tried = checked_count("trials", trials, least=1)
    checked_share("limit", limit)
    error = 1.0 - checked_level(level)
    if binomial_share(0, tried, limit) > error:
        return None
    low, high = 0, tried  # the share of `low` is within the permitted error, that of `high` is 1
    while high - low > 1:
        middle = (low + high) // 2
        if binomial_share(middle, tried, limit) <= error:
            low = middle
        else:
            high = middle
    return low


def certifying_power(trials: SupportsIndex, *, limit: float, truth: float, level: float = 0.95) -> float:
    """Return the probability that so many independent trials certify the limit when the true rate is `truth`.

    Args:
        trials: at least 1.
        limit: a rate above 0 and below 1.
        truth: a rate above 0 and below 1; at or above the limit the result is at most 1 - level.
        level: above 0.5 and below 1.

    Raises:
        InputError: when a value is outside these bounds.

    >>> round(certifying_power(10_000, limit=0.03, truth=0.025), 2)
    0.91
    """
    checked_share("truth", truth)
    count = largest_certifying_count(trials, limit=limit, level=level)
    return 0.0 if count is None else binomial_share(count, checked_count("trials", trials), truth)
