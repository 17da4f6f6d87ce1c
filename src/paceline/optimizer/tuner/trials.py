"""Weights tried on the days that a twin was fitted on, all on the same calls, draws and days."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from paceline.campaign.blocks import Tuning, Weights
from paceline.campaign.weigher import WeighAsked
from paceline.inference.comparison import paired_ratio_difference
from paceline.inference.errors import NoVariationError
from paceline.inference.promotion import abandonment_high
from paceline.inference.quantiles import normal_quantile, t_quantile
from paceline.optimizer.tuner.told import Fit, TuneAsked
from paceline.twin.plausible import boldest_of
from paceline.twin.play import replayed
from paceline.twin.weighing import FEWEST_HELD_OUT, Dialer, blocks_under, dialers, half_hours, shares_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.campaign.forecast import Between
    from paceline.inference.promotion import Block
    from paceline.twin.model import TwinDay

    Floats = npt.NDArray[np.float64]

MOST_DAYS = 20
"""Days of the fit on which weights are tried, spread evenly over all of them where there are more."""
_UNLAWFUL = 1.0
_OFTEN = 0.9
"""How often what is found is to be found lawful on the days that are held out, too."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tried:
    """What weights come to.

    Attributes:
        parameters: the weights.
        busy, available: [days] agents' time, seconds.
        fit: all days together.
        is_lawful: whether the bound of abandonment is below the ceiling.
        loss: what a search makes small: less than 0 where lawful, above where not.
    """

    parameters: Mapping[str, Decimal]
    busy: Floats
    available: Floats
    fit: Fit
    is_lawful: bool
    loss: float


class Trials:
    """Tries weights, and counts how many it tried."""

    def __init__(self, asked: TuneAsked, live: Weights) -> None:
        """Begin with the days of the fit; `live` are the weights of the campaign."""
        self._asked = asked
        self._live = live
        self._held_out = len(asked.twin.held_out)
        self._before = self._dialer(live, asked.observed.tuning)
        self._boldest = boldest_of(asked.twin)
        self._kept: dict[tuple[object, ...], Tried] = {}
        self.days = spread(asked.twin.training, MOST_DAYS)
        self.evaluated = 0

    def tried(self, parameters: Mapping[str, Decimal]) -> Tried:
        """Return what weights come to; those that dial alike are played once.

        Raises:
            SimulationError: the simulator cannot play them.
        """
        wanted = replace(self._live, parameters={**self._live.parameters, **parameters})
        dialer = self._dialer(wanted, self._asked.observed.tuning)
        key = tuple(dialer(day.agents) for day in self.days)
        self.evaluated += 1
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._played(dialer)
        return replace(found, parameters=parameters)

    def gain(self, before: Tried, after: Tried) -> Between:
        """Return by how much utilisation differs on the same days, with its interval."""
        from paceline.campaign.forecast import Between

        difference = after.fit.utilisation - before.fit.utilisation
        try:
            found = paired_ratio_difference(
                (before.busy, before.available), (after.busy, after.available), level=self._asked.level
            )
        except NoVariationError:
            return Between(mean=difference, low=difference, high=difference)
        return Between(mean=difference, low=min(found.low, difference), high=max(found.high, difference))

    def _dialer(self, weights: Weights, tuning: Tuning | None) -> Dialer:
        asked = self._asked
        question = WeighAsked(observed=asked.observed, wanted=weights, tuning=tuning, ceiling=asked.ceiling)
        found = dialers(question)[1]
        if found is None:
            raise ValueError("a campaign without a pacing cannot be tuned")
        return found

    def _played(self, dialer: Dialer) -> Tried:
        import numpy as np

        asked = self._asked
        played = replayed(asked.twin, dialer, self.days, seed=asked.seed, live=self._before)
        busy = np.array([day.busy_s.sum() for day in played])
        available = np.array([day.staffed_s.sum() for day in played])
        blocks = [block for day in played for block in half_hours(day, is_new=True)]
        boldest = blocks_under(self._boldest, self.days, dialer, live=self._before, seed=asked.seed)
        fit = Fit(
            utilisation=float(busy.sum() / available.sum()),
            abandonment=_rate(blocks),
            bound=max(self._bound(blocks), self._bound(boldest)),
        )
        is_lawful = fit.bound < asked.ceiling
        loss = -fit.utilisation if is_lawful else _UNLAWFUL + fit.bound
        return Tried(parameters={}, busy=busy, available=available, fit=fit, is_lawful=is_lawful, loss=loss)

    def _bound(self, blocks: list[Block]) -> float:
        """Return the bound of abandonment that the held-out days, which decide, keep in `_OFTEN` of all cases.

        They are fewer, so that their bound is wider, and they are others, so that their rate is another one.
        """
        level = 1.0 - (1.0 - self._asked.level) / shares_of(0)  # as the held-out days are asked for the first time
        days, held_out = len(self.days), max(self._held_out, FEWEST_HELD_OUT)
        rate = _rate(blocks)
        error = (abandonment_high(blocks, level=level) - rate) / t_quantile(level, days - 1)
        fewer = error * math.sqrt(days / held_out)
        chance = normal_quantile(_OFTEN) * math.hypot(error, fewer)
        return min(1.0, rate + t_quantile(level, held_out - 1) * fewer + chance)


def spread(days: tuple[TwinDay, ...], most: int) -> tuple[TwinDay, ...]:
    """Return at most so many of some days, spread evenly over them."""
    if len(days) <= most:
        return days
    return tuple(days[(2 * at + 1) * len(days) // (2 * most)] for at in range(most))


def _rate(blocks: list[Block]) -> float:
    answered = sum(block.answered for block in blocks)
    return sum(block.abandoned for block in blocks) / answered if answered else 0.0
