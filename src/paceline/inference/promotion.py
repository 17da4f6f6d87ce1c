"""Whether blocks under a new setting show a gain over blocks under the old one that is worth having, and lawful.

What decides is outcomes, never the size of the edit. Three metrics are looked at, on the same coins:

* chance is no explanation when the randomisation test says so after Holm's method over the metrics and a union bound
  over all looks that were planned, and the interval that comes from the days leaves out 0 too: coins know nothing of
  days that differ in how much they gain;
* the gain is worth having when that interval of utilisation lies above the least gain;
* abandonment is lawful when its upper bound under the new setting, clustered by day, lies below the ceiling.

A block whose denominator is 0 takes its whole stratum out of that metric: without an effect, coins have no part in it.

References: Bojinov, Simchi-Levi, Zhao 2023, Management Science 69(7); Holm 1979; Korn, Graubard 1998.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import SupportsIndex

import numpy as np

from paceline.inference.day_bounds import Ratios, difference_by_days, known_effect, rate_below
from paceline.inference.errors import InputError, TooLittleDataError
from paceline.inference.inputs import checked_count, checked_level
from paceline.inference.multiplicity import holm
from paceline.inference.stratified import stratified_randomisation

FEWEST_DAYS = 3
"""Days below which nothing is said: how days differ cannot be told from two."""
DRAWS = 9999
"""Throws of the coins that are drawn where there are more ways."""
_HOUR_S = 3600.0


class Metric(StrEnum):
    """What blocks are compared by."""

    UTILISATION = "utilisation"
    """Seconds of talk and wrap-up over available agent seconds."""
    ABANDONMENT = "abandonment"
    """Abandoned over answered by a person."""
    CONNECTS = "connects_per_agent_hour"
    """Calls that reached an agent, for each available agent hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A span of one day under one setting, carry-over already left out.

    Attributes:
        day: which day; days are what is independent.
        stratum: what the coins were thrown within: the hour of the week, or the pair; both settings in each.
        new: whether it had the new setting.
        busy_s: seconds of talk and wrap-up.
        available_s: agent seconds available, busy or idle.
        abandoned: answered calls that found no agent in time.
        answered: calls that a person answered, the abandoned ones included.
        connects: calls that reached an agent.
    """

    day: str
    stratum: str
    new: bool
    busy_s: float
    available_s: float
    abandoned: int
    answered: int
    connects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the blocks show of one metric, new less old.

    Attributes:
        metric: which.
        old, new: pooled over the blocks of either setting.
        difference: within strata.
        low, high: its interval by days, which holds at all looks together.
        p_value: of no effect at all, two-sided, at this look alone.
        p_adjusted: the same by Holm's method over the metrics, and over all looks.
        least_worth: the least difference worth having; 0 where none is asked.
        significant: whether chance is no explanation.
    """

    metric: Metric
    old: float
    new: float
    difference: float
    low: float
    high: float
    p_value: float
    p_adjusted: float
    least_worth: float
    significant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What one look at the blocks shows.

    Attributes:
        look, looks: which of how many that were planned, from 1.
        level: of all statements of all looks together.
        blocks: how many were judged, of either setting.
        days: different ones among them.
        metrics: each of `Metric`, in that order.
        worth_having: whether the gain in utilisation is significant and its lower bound above the least gain.
        abandonment_high: upper bound of the abandonment under the new setting, a fraction, at all looks together.
        ceiling: what it must be below, a fraction.
        lawful: whether it is.
        half_width: of the interval of the gain in utilisation, over the utilisation of the old setting, if it has any.
        seed: of the throws.
    """

    look: int
    looks: int
    level: float
    blocks: int
    days: int
    metrics: tuple[Shown, ...]
    worth_having: bool
    abandonment_high: float
    ceiling: float
    lawful: bool
    half_width: float
    seed: int

    @property
    def promote(self) -> bool:
        """Whether both conditions hold."""
        return self.worth_having and self.lawful

    def of(self, metric: Metric) -> Shown:
        """Return what is shown of one metric."""
        return next(one for one in self.metrics if one.metric is metric)


def looked(
    blocks: Sequence[Block],
    *,
    look: SupportsIndex = 1,
    looks: SupportsIndex = 1,
    level: float = 0.95,
    least_gain: float,
    ceiling: float,
    seed: SupportsIndex,
    draws: SupportsIndex = DRAWS,
) -> Judged:
    """Return what all blocks up to this look show; each look may err with (1 - level) / looks, a union bound.

    Args:
        blocks: all blocks so far, of either setting, in any order.
        look: which look it is, from 1.
        looks: how many were planned before the first one.
        level: above 0.5 and below 1, of all statements of all looks together.
        least_gain: the smallest gain in utilisation worth having, a fraction, at least 0.
        ceiling: the abandonment that binds, a fraction; 1 where none does.
        seed: decides the throws and the days drawn; the same blocks and seed give the same answer.
        draws: throws to draw where there are more ways; at least 99.

    Raises:
        InputError: when a number is not as asked, or a stratum saw only one setting.
        TooLittleDataError: with fewer than three days in which a metric has blocks of both settings.
    """
    planned = checked_count("looks", looks, least=1)
    at = checked_count("look", look, least=1, most=planned)
    error = (1.0 - checked_level(level)) / planned
    _check_terms(least_gain, ceiling)
    key = checked_count("seed", seed)
    shown = _all_shown(blocks, error=error, looks=planned, level=level, least_gain=least_gain, seed=key, draws=draws)
    gain, high = shown[0], abandonment_high(blocks, level=1.0 - error)
    return Judged(
        look=at,
        looks=planned,
        level=level,
        blocks=len(blocks),
        days=len({block.day for block in blocks}),
        metrics=shown,
        worth_having=gain.significant and gain.low > least_gain,
        abandonment_high=high,
        ceiling=ceiling,
        lawful=high < ceiling,
        half_width=_half_width(gain),
        seed=key,
    )


def _half_width(gain: Shown) -> float:
    half = (gain.high - gain.low) / 2.0
    return half / gain.old if gain.old > 0.0 else half


def _check_terms(least_gain: float, ceiling: float) -> None:
    if not 0.0 < ceiling <= 1.0:
        raise InputError("ceiling", ceiling, "above 0 and at most 1, where nothing binds")
    if not 0.0 <= least_gain < 1.0:
        raise InputError("least_gain", least_gain, "at least 0 and below 1")


def _all_shown(
    blocks: Sequence[Block],
    *,
    error: float,
    looks: int,
    level: float,
    least_gain: float,
    seed: int,
    draws: SupportsIndex,
) -> tuple[Shown, ...]:
    measured = [_compared(blocks, metric, error=error, seed=seed, draws=draws) for metric in Metric]
    adjusted = holm({one.metric: one.p_value for one in measured}, level=level)
    return tuple(
        _shown(one, min(1.0, each.adjusted * looks), level, least_gain if one.metric is Metric.UTILISATION else 0.0)
        for one, each in zip(measured, adjusted, strict=True)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """One metric before it is adjusted for the others."""

    metric: Metric
    old: float
    new: float
    difference: float
    low: float
    high: float
    p_value: float


def _shown(found: _Compared, adjusted: float, level: float, least: float) -> Shown:
    apart = found.low > 0.0 or found.high < 0.0
    return Shown(
        metric=found.metric,
        old=found.old,
        new=found.new,
        difference=found.difference,
        low=found.low,
        high=found.high,
        p_value=found.p_value,
        p_adjusted=adjusted,
        least_worth=least,
        significant=apart and adjusted <= 1.0 - level,
    )


def fraction(block: Block, metric: Metric) -> tuple[float, float]:
    """Return what a metric has above and below its line in a block, both at least 0."""
    if metric is Metric.UTILISATION:
        return block.busy_s, block.available_s
    if metric is Metric.ABANDONMENT:
        return float(block.abandoned), float(block.answered)
    return float(block.connects), block.available_s / _HOUR_S


def _compared(blocks: Sequence[Block], metric: Metric, *, error: float, seed: int, draws: SupportsIndex) -> _Compared:
    empty = {block.stratum for block in blocks if not fraction(block, metric)[1] > 0.0}
    kept = [block for block in blocks if block.stratum not in empty]
    days = [block.day for block in kept]
    if len(set(days)) < FEWEST_DAYS:
        hint = "go on until there are more days with calls under both settings"
        raise TooLittleDataError(f"days with {metric} in each block", len(set(days)), FEWEST_DAYS, hint=hint)
    above, below = np.array([fraction(block, metric) for block in kept]).T
    new, strata = np.array([block.new for block in kept], dtype=np.bool_), [block.stratum for block in kept]
    test = stratified_randomisation(
        above, below, new=[block.new for block in kept], strata=strata, seed=seed, level=1.0 - error, draws=draws
    )
    ratios = Ratios(above=above, below=below, new=new, strata=strata, days=days)
    low, high = difference_by_days(ratios, level=1.0 - error, seed=seed)
    return _Compared(
        metric=metric,
        old=float(above[~new].sum() / below[~new].sum()),
        new=float(above[new].sum() / below[new].sum()),
        difference=test.estimate,
        low=min(low, test.estimate),
        high=max(high, test.estimate),
        p_value=test.p_value,
    )


def abandonment_high(blocks: Sequence[Block], *, level: float) -> float:
    """Return the upper bound of abandonment under the new setting, days as clusters; 1 where too few days tell it.

    How much calls go together is told by the days of the new setting and by all blocks of either; the more counts.

    Args:
        blocks: of either setting, or of the new one alone.
        level: above 0.5 and below 1, of this one bound.

    Raises:
        InputError: when a number is not as asked.
    """
    new = [block for block in blocks if block.new]
    return rate_below(
        [block.abandoned for block in new],
        [block.answered for block in new],
        days=[block.day for block in new],
        level=level,
        least_design_effect=known_effect([block.abandoned for block in blocks], [block.answered for block in blocks]),
    )
