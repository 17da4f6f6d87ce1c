"""Days whose abandonment is known for every value of a knob: answers in bursts, the same chance at every value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from paceline.optimizer.knobs import Knob
from paceline.optimizer.sample import Days
from paceline.simulation import counters as c
from paceline.simulation.scenario import Pacing
from paceline.teletraffic.erlang import erlang_b

if TYPE_CHECKING:
    from paceline.optimizer.sample import Floats
    from paceline.simulation.distributions import Ticks

ANSWERS = 800
SPREAD = 0.25
"""Standard deviation of a day's rate over its mean."""


class KnownTrial:
    """Plays days of 800 answers each, of which the known share is abandoned on average."""

    def __init__(
        self, rate: Callable[[float], float], seed: int, *, utilisation: Callable[[float], float] = lambda _: 0.8
    ) -> None:
        self.rate, self.seed, self.utilisation = rate, seed, utilisation
        self.played: list[tuple[float, int, int]] = []

    def play(self, value: float, first: int, days: int) -> Days:
        self.played.append((value, first, days))
        rows = np.zeros((days, c.LENGTH), dtype=np.int64)
        for row, day in enumerate(range(first, first + days)):
            chance = np.random.Generator(np.random.PCG64([self.seed, day]))
            burst = float(np.exp(SPREAD * chance.standard_normal() - SPREAD**2 / 2))
            lost = int((chance.random(ANSWERS) < min(self.rate(value) * burst, 1.0)).sum())
            busy = round(100_000 * (self.utilisation(value) + 0.01 * chance.standard_normal()))
            rows[row, [c.ABANDONED, c.CONNECTED, c.BUSY_AREA, c.STAFFED_AREA]] = lost, ANSWERS - lost, busy, 100_000
        return Days(tallies=rows, computed_ns=1_000_000 * days)

    def controls(self, tallies: Ticks) -> Floats:
        return np.empty((tallies.shape[0], 0))


def unset(pacing: Pacing, value: float) -> Pacing:  # noqa: ARG001 - days are known without a pacing
    return pacing


def load_knob(low: float = 1.0, high: float = 40.0, *, whole: bool = False, peaked: bool = False) -> Knob:
    return Knob(name="load", low=low, high=high, start=(low * high) ** 0.5, put=unset, whole=whole, peaked=peaked)


def ten_agents(load: float) -> float:
    """Return what ten agents abandon of a load in erlangs; 3 % at 5.529."""
    return erlang_b(10, load)
