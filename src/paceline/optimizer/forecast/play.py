"""A pacing in the simulator's words, and days of a measured campaign played with it.

Days are taken at answer rates spread evenly over what days to come may have, the same for every pacing and in an order
in which any first few of them are spread evenly too.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from paceline.simulation import counters as c
from paceline.simulation.plan import plan_of
from paceline.simulation.players import Engine, Player, player_of
from paceline.simulation.scenario import Scenario
from paceline.twin.boldness import Boldness, Told, boldness_of, predicted, told_by
from paceline.twin.measured.answers import DayRates

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.campaign.forecaster import ForecastAsked

    Floats = npt.NDArray[np.float64]

SPREAD = 1.3
"""How much wider than the days to come the days that are played are spread."""
MOST_DAYS = 512


def wanted_boldness(asked: ForecastAsked, agents: int) -> Boldness:
    """Return how the pacing that is in question dials, wherever the prediction decides."""
    told = replace(_told(asked), rules=asked.rules or asked.observed.rules)
    bold = predicted(told, asked.wanted, agents)
    # A longer warm-up is over where dialing has begun, and begins anew when nobody can foresee: it earns nothing.
    live = live_boldness(asked, agents)
    return replace(bold, warm_up_s=min(bold.warm_up_s, 0.0 if live is None else live.warm_up_s))


def live_boldness(asked: ForecastAsked, agents: int) -> Boldness | None:
    """Return how the campaign dials now; None where a prediction decides and no pacing is known."""
    return boldness_of(_told(asked), agents)


def _told(asked: ForecastAsked) -> Told:
    return told_by(asked.observed, max_calls=asked.max_calls)


def spread_days(rates: DayRates) -> tuple[float, ...]:
    """Return the logarithms by which the answer rates of days that are played differ, in the order they are played."""
    from paceline.inference.quantiles import normal_quantile

    width = SPREAD * math.hypot(rates.spread, rates.error)
    return tuple(width * normal_quantile(_place(number)) for number in range(MOST_DAYS))


def _place(number: int) -> float:
    """Return where a day is between 0 and 1: the bits of its number read backwards, and half of the last of them."""
    found, half = 0.0, 0.5
    while number:
        found += half * (number & 1)
        number >>= 1
        half /= 2
    return found + 0.5 / MOST_DAYS


class DaysPlayed:
    """Days of one scenario, from the first on, as far as they were played."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        """Begin without days.

        Args:
            scenario: a checked one; its pacing decides by counts alone.
            seed: the same seed meets the same calls under every pacing.
        """
        self.scenario = scenario
        self._player: Player = player_of(Engine.FAST, plan_of(scenario), seed)
        self._rows: list[npt.NDArray[np.int64]] = []

    @property
    def days(self) -> int:
        """Return how many days there are."""
        return len(self._rows)

    def grow(self, days: int) -> None:
        """Play up to so many days.

        Raises:
            SimulationError: more lines are in use at once than the simulator can count.
        """
        if days > self.days:
            self._rows += self._player(self.days, days - self.days, None).tallies

    def column(self, place: int) -> Floats:
        """Return [days] one of `simulation.counters`."""
        import numpy as np

        return np.array([row[place] for row in self._rows], dtype=np.float64)

    @property
    def abandoned(self) -> Floats:
        """Return [days] answers that were abandoned."""
        return self.column(c.ABANDONED)

    @property
    def answered(self) -> Floats:
        """Return [days] answers by a person."""
        return self.column(c.ABANDONED) + self.column(c.CONNECTED)
