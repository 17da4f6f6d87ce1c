"""A pacing in the simulator's words, and days of a measured campaign played with it.

Days are taken at answer rates spread evenly over what days to come may have, the same for every pacing and in an order
in which any first few of them are spread evenly too.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from paceline.campaign.blocks import DialingMode, DialingRules, Pacing
from paceline.campaign.pacing.boldness import lines_per_idle, may_abandon
from paceline.optimizer.measured.answers import DayRates
from paceline.simulation import counters as c
from paceline.simulation.checks import check_scenario
from paceline.simulation.plan import plan_of
from paceline.simulation.players import Engine, Player, player_of
from paceline.simulation.scenario import Change, Lines, Policy, Scenario
from paceline.simulation.scenario import Pacing as Paced

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.campaign.forecaster import ForecastAsked

    Floats = npt.NDArray[np.float64]

MOST_LINES = 150
"""Lines of a dialer that was told no number."""
SPREAD = 1.3
"""How much wider than the days to come the days that are played are spread."""
MOST_DAYS = 512
_UNITS = 65536
"""The simulator takes lines per idle agent in this part of a line."""
_MOST_PER_IDLE = 1000.0
_WHOLE_DAY_S = 23 * 3600.0
"""Length of a day in which dialing hardly ever begins, so that no warm-up is reckoned with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boldness:
    """How a dialer dials, as far as the simulator is told.

    Attributes:
        lines: that ring for each idle agent.
        cap: calls in flight at most.
        calls_per_s: dials a second at most.
        warm_up_s: seconds at the beginning of a day with one line for each idle agent.
    """

    lines: float
    cap: int
    calls_per_s: int
    warm_up_s: float

    def scaled(self, scale: float) -> Boldness:
        """Return it with so many times the lines."""
        return replace(self, lines=min(self.lines * scale, _MOST_PER_IDLE))

    def on(self, scenario: Scenario) -> Scenario:
        """Return the scenario with this pacing.

        Raises:
            ScenarioError: a value is out of the simulator's bounds.
        """
        bold = _lines(self.lines)
        begins = self.lines > 1 and scenario.day_s < _WHOLE_DAY_S
        warm = min(self.warm_up_s, scenario.day_s) if begins else 0.0
        changes = (Change(at_s=warm, pacing=bold),) if warm > 0 else ()
        dialed = replace(scenario, pacing=_lines(1.0) if warm > 0 else bold, changes=changes)
        return check_scenario(replace(dialed, lines=Lines(cap=self.cap, calls_per_s=self.calls_per_s)))


def wanted_boldness(asked: ForecastAsked, agents: int) -> Boldness:
    """Return how the pacing that is in question dials, wherever the prediction decides."""
    bold = _predicted(asked, asked.wanted, agents, asked.rules or asked.observed.rules)
    # A longer warm-up is over where dialing has begun, and begins anew when nobody can foresee: it earns nothing.
    live = live_boldness(asked, agents)
    return replace(bold, warm_up_s=min(bold.warm_up_s, 0.0 if live is None else live.warm_up_s))


def live_boldness(asked: ForecastAsked, agents: int) -> Boldness | None:
    """Return how the campaign dials now; None where a prediction decides and no pacing is known."""
    rules, pacing = asked.observed.rules, asked.observed.pacing
    if rules is not None and rules.mode is not DialingMode.PREDICTIVE:
        lines = float(rules.calls_per_agent) if rules.mode is DialingMode.POWER else 1.0
        cap = _cap(asked, MOST_LINES if pacing is None else pacing.max_calls, agents, rules)
        return Boldness(lines=lines, cap=cap, calls_per_s=0 if pacing is None else _per_s(pacing), warm_up_s=0.0)
    return None if pacing is None else _predicted(asked, pacing, agents, rules)


def _predicted(asked: ForecastAsked, pacing: Pacing, agents: int, rules: DialingRules | None) -> Boldness:
    return Boldness(
        lines=min(lines_per_idle(pacing), _MOST_PER_IDLE),
        cap=_cap(asked, pacing.max_calls, agents, rules),
        calls_per_s=_per_s(pacing),
        warm_up_s=float(pacing.warm_up_s) if may_abandon(pacing) else 0.0,
    )


def _cap(asked: ForecastAsked, own: int, agents: int, rules: DialingRules | None) -> int:
    each = [] if rules is None else [max(rules.calls_per_agent, 1) * agents]
    others = [] if asked.max_calls is None else [asked.max_calls]
    return max(1, min([own, *each, *others]))


def _per_s(pacing: Pacing) -> int:
    """Return dials a second: each look places one; a part of one counts as whole, lest a call be lost."""
    return max(1, -(-1000 // pacing.call_interval_ms))


def _lines(lines: float) -> Paced:
    """Return a pacing of so many lines per idle agent, rounded up to the simulator's unit, lest a line be lost."""
    return Paced(policy=Policy.IDLE_LINES, lines_per_idle=math.ceil(lines * _UNITS - 1e-6) / _UNITS)


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
