"""The table of the solved chain for a scenario: that of its exponential twin, with the same means.

The twin is not the scenario: talks and rings of another shape abandon more or less under its table. So what is tuned
is the limit for which the twin is solved; what the table does in the scenario itself is simulated. Hundreds of agents
and rings that all end alike may ask for less than any such table dials: below a tenth of the limit it is shortened.
"""

from __future__ import annotations

import math
from dataclasses import replace

from paceline.optimizer.chain import MOST_AGENTS, Instance
from paceline.optimizer.optimum import Optima, Optimum
from paceline.simulation.errors import ScenarioError
from paceline.simulation.scenario import INFINITE, Pacing, Scenario

SOLVED = 0.1
"""Share of the scenario's limit down to which twins are solved."""
_SHORTENED = 3
"""Below it lines shrink with this root of the knob."""
_PLACES = 8
"""Calls that may wait at once in a twin whose callers wait."""


def twin_of(scenario: Scenario) -> Instance:
    """Return the exponential twin of a scenario: the same agents, answer rate, mean handle time and mean ring.

    Raises:
        ScenarioError: when who waits never gives up, or there are more agents than can be solved for.
    """
    if scenario.agents > MOST_AGENTS:
        raise ScenarioError("agents.count", scenario.agents, f"at most {MOST_AGENTS} for the optimal table")
    if scenario.patience.seconds == INFINITE:
        raise ScenarioError("patience.seconds", INFINITE, "finite for the optimal table")
    answer = scenario.answer
    share = answer.probability
    waits = scenario.patience.seconds > 0
    return Instance(
        agents=scenario.agents,
        handle_s=scenario.talk.mean_s + (scenario.wrap.mean_s if scenario.wrap else 0.0),
        ring_s=share * answer.ring_answered.mean_s + (1 - share) * answer.ring_unanswered.mean_s,
        answer=share,
        patience_s=scenario.patience.seconds,
        places=_PLACES if waits else 0,
    )


class TwinTables:
    """Tables for one scenario under many limits, each solved from where the one before it ended."""

    def __init__(self, scenario: Scenario) -> None:
        """Begin with the scenario; nothing is solved yet.

        Raises:
            ScenarioError: when who waits never gives up, or there are more agents than can be solved for.
        """
        self._scenario = scenario
        self._optima = Optima(twin_of(scenario))
        self._known: dict[float, Optimum] = {}

    def optimum(self, limit: float) -> Optimum:
        """Return the optimum of the twin within a limit, above 0 and below 1."""
        wanted = round(limit, 9)
        if wanted not in self._known:
            self._known[wanted] = self._optima.within(wanted)
        return self._known[wanted]

    def put(self, pacing: Pacing, limit: float) -> Pacing:
        """Return the pacing with the tables that are best for the scenario's twin under a limit, and their mixing.

        Args:
            pacing: what else the policy has.
            limit: above 0 and below 1; below a tenth of the scenario's the tables of that tenth, with fewer lines.
        """
        least = SOLVED * self._scenario.limit
        share = min(1.0, limit / least) ** (1 / _SHORTENED)
        return _tabled(pacing, self.optimum(max(limit, least)), share=share)


def _tabled(pacing: Pacing, found: Optimum, *, share: float) -> Pacing:
    longest = max(len(found.table), len(found.table_above))
    return replace(
        pacing,
        table=_filled(found.table, longest, share),
        table_above=_filled(found.table_above, longest, share),
        mixing=found.mixing,
    )


def _filled(table: tuple[int, ...], length: int, share: float) -> tuple[int, ...]:
    """Return a share of the lines, with one at least where most are idle: else nobody would ever be called."""
    shortened = [math.floor(lines * share + 1e-9) for lines in table]
    shortened[-1] = max(shortened[-1], 1)
    return tuple(shortened + [shortened[-1]] * (length - len(shortened)))
