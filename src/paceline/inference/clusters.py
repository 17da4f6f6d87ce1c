"""Rates whose events come in bursts: the days are independent, the calls are not.

* `design_effect` says how much wider the truth is than a binomial would have it.
* `korn_graubard` is the bound to certify a limit with: exact-style, with the design effect and the few days in it.
* `clustered_bootstrap` draws whole days; it assumes less about their shape and needs more of them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from paceline.inference.errors import InferenceError, InputError, NoVariationError, TooLittleDataError
from paceline.inference.estimate import Estimate, Sides, tail
from paceline.inference.inputs import Series, checked_count, checked_events, checked_level, generator
from paceline.inference.quantiles import chi_square_quantile, normal_quantile, normal_share, t_quantile
from paceline.inference.rate_bounds import beta_bounds
from paceline.inference.ratio import checked_ratio, delta_error, leave_one_out

FEWEST_RESAMPLED = 10
"""Days below which drawing from them shows too little of what days can be."""
_BATCH = 1 << 20


class Resampling(StrEnum):
    """How bounds are read from the resampled ratios."""

    PERCENTILE = "percentile"
    """Their plain quantiles."""
    BCA = "bias-corrected and accelerated"
    """Quantiles moved for bias and for skewness (Efron 1987, JASA 82(397))."""


def design_effect(events: npt.ArrayLike, trials: npt.ArrayLike, *, level: float = 0.95) -> Estimate:
    """Return the variance of the rate between days over the variance of independent trials; both bounds.

    1 means independent calls; at a design effect of 4 intervals are twice as wide. The bounds suppose that residuals of
    days are about normal; from few days they are wide, and should be.

    Args:
        events: [days] whole numbers.
        trials: [days] whole numbers, at least the events.
        level: above 0.5 and below 1.

    Raises:
        InputError: when a number is not as asked.
        TooLittleDataError: with fewer than two days that have trials.
        NoVariationError: when no trial, or every trial, was an event.

    References:
        Kish 1965, Survey Sampling, section 8.2.

    >>> found = design_effect([10, 50, 20, 40], [1000, 1000, 1000, 1000])
    >>> round(found.estimate, 2), found.n
    (11.45, 4)
    """
    happened, tried = checked_ratio(*checked_events("events", events, "trials", trials))
    rate = float(happened.sum() / tried.sum())
    if rate in {0.0, 1.0}:
        raise NoVariationError(hint="all trials ended alike; how they cluster cannot be told from them")
    effect = delta_error(happened, tried) ** 2 / (rate * (1.0 - rate) / float(tried.sum()))
    freedom = happened.size - 1
    error = tail(checked_level(level), Sides.BOTH)
    return Estimate(
        estimate=effect,
        low=effect * freedom / chi_square_quantile(1.0 - error, freedom),
        high=effect * freedom / chi_square_quantile(error, freedom),
        level=level,
        sides=Sides.BOTH,
        n=happened.size,
        method="design effect, residuals by day",
    )


def korn_graubard(
    events: npt.ArrayLike,
    trials: npt.ArrayLike,
    *,
    level: float = 0.95,
    sides: Sides = Sides.BOTH,
    least_design_effect: float | None = None,
) -> Estimate:
    """Return Clopper-Pearson bounds at the effective number of trials, made wider for how few days told it.

    The trials are divided by the design effect, never by less than 1, and multiplied by the squared quotient of t
    quantiles (many trials over few days). This is the bound that certifies an abandonment limit.

    Args:
        events: [days] whole numbers.
        trials: [days] whole numbers, at least the events.
        level: above 0.5 and below 1.
        sides: which bounds to state.
        least_design_effect: at least 1; what is known from elsewhere, used when the data show less.

    Raises:
        InputError: when a number is not as asked.
        TooLittleDataError: with fewer than two days that have trials.
        NoVariationError: when no trial, or every trial, was an event, and no `least_design_effect` was given: such
            data do not tell how their events cluster.

    References:
        Korn, Graubard 1998, "Confidence intervals for proportions with small expected number of positive counts
        estimated from survey data", Survey Methodology 24(2).

    >>> days = [26, 31, 24, 22, 29, 27], [1000, 1000, 1000, 1000, 1000, 1000]
    >>> round(korn_graubard(*days, sides=Sides.UPPER).high, 4)
    0.0311
    """
    happened, tried = checked_ratio(*checked_events("events", events, "trials", trials))
    total = float(tried.sum())
    rate = float(happened.sum()) / total
    effect = _effect_used(happened, tried, least_design_effect)
    error = tail(checked_level(level), sides)
    few_days = t_quantile(1.0 - error, happened.size - 1)
    many_trials = t_quantile(1.0 - error, total - 1.0)
    effective = total / effect * (many_trials / few_days) ** 2
    low, high = beta_bounds(rate * effective, effective, level=level, sides=sides)
    method = f"Korn-Graubard, design effect {effect:.2f}"
    return Estimate(estimate=rate, low=low, high=high, level=level, sides=sides, n=happened.size, method=method)


def _effect_used(happened: Series, tried: Series, least: float | None) -> float:
    """Return the design effect of the days, or what is known from elsewhere when that is more; at least 1."""
    if least is not None and not 1.0 <= least < float("inf"):
        raise InputError("least_design_effect", least, "finite and at least 1")
    if 0.0 < happened.sum() < tried.sum():
        return max(least or 1.0, design_effect(happened, tried).estimate)
    if least is None:
        raise NoVariationError(hint="give least_design_effect, from earlier days or from the simulator")
    return least


def clustered_bootstrap(
    numerators: npt.ArrayLike,
    denominators: npt.ArrayLike,
    *,
    seed: SupportsIndex,
    level: float = 0.95,
    sides: Sides = Sides.BOTH,
    resamples: SupportsIndex = 9999,
    resampling: Resampling = Resampling.BCA,
) -> Estimate:
    """Return the ratio of sums with bounds from drawing whole days with replacement.

    Args:
        numerators: [days] at least 0.
        denominators: [days] at least 0.
        seed: decides the draws; the same seed gives the same bounds.
        level: above 0.5 and below 1.
        sides: which bounds to state.
        resamples: how often as many days are drawn, at least 999.
        resampling: how the bounds are read from the drawn ratios.

    Raises:
        InputError: when a number is not as asked.
        TooLittleDataError: with fewer than 10 days that have something below the line.
        NoVariationError: when all days have the same ratio.
        InferenceError: when the days are too skew for bias-corrected bounds.

    >>> found = clustered_bootstrap([26, 31, 24, 22, 29, 27, 35, 18, 30, 28], [1000] * 10, seed=1, sides=Sides.UPPER)
    >>> round(found.estimate, 3), found.high < 0.03
    (0.027, True)
    """
    above, below = _checked_drawable(numerators, denominators)
    times = checked_count("resamples", resamples, least=999)
    error = tail(checked_level(level), sides)
    ratio = float(above.sum() / below.sum())
    drawn = _drawn_ratios(above, below, times, generator(seed))
    shares = (error, 1.0 - error)
    if resampling is Resampling.BCA:
        shares = _moved(shares, drawn, ratio, leave_one_out(above, below))
    low, high = (float(value) for value in np.quantile(drawn, shares))
    return Estimate(
        estimate=ratio,
        low=float("-inf") if sides is Sides.UPPER else low,
        high=float("inf") if sides is Sides.LOWER else high,
        level=level,
        sides=sides,
        n=above.size,
        method=f"bootstrap of days, {resampling}, {times} resamples",
        standard_error=float(drawn.std(ddof=1)),
    )


def _checked_drawable(numerators: npt.ArrayLike, denominators: npt.ArrayLike) -> tuple[Series, Series]:
    above, below = checked_ratio(numerators, denominators)
    if above.size < FEWEST_RESAMPLED:
        hint = "with so few days use the jackknife or Korn-Graubard"
        raise TooLittleDataError("denominators above 0", above.size, FEWEST_RESAMPLED, hint=hint)
    if delta_error(above, below) <= 1e-12 * float(above.sum() / below.sum()):
        raise NoVariationError(hint="all days have the same ratio; draws of them would claim certainty")
    return above, below


def _drawn_ratios(above: Series, below: Series, times: int, chance: np.random.Generator) -> Series:
    days = above.size
    drawn = np.empty(times)
    step = max(1, _BATCH // days)
    for start in range(0, times, step):
        chosen = chance.integers(0, days, (min(step, times - start), days))
        drawn[start : start + step] = above[chosen].sum(axis=1) / below[chosen].sum(axis=1)
    return drawn


def _moved(shares: tuple[float, float], drawn: Series, ratio: float, left_out: Series) -> tuple[float, float]:
    """Return the shares of the BCa quantiles; ties at the estimate count half on each side."""
    below = float(np.mean(drawn < ratio) + np.mean(drawn <= ratio)) / 2.0
    least = 1.0 / (2.0 * drawn.size)
    bias = normal_quantile(min(max(below, least), 1.0 - least))
    pull = left_out.mean() - left_out
    bend = float(np.sum(pull**3)) / (6.0 * float(np.sum(pull**2)) ** 1.5)

    def moved(share: float) -> float:
        reach = bias + normal_quantile(share)
        if bend * reach >= 1.0:
            raise InferenceError("the days are too skew for bias-corrected bounds", hint="use Korn-Graubard")
        return normal_share(bias + reach / (1.0 - bend * reach))

    return moved(shares[0]), moved(shares[1])
