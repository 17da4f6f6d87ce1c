"""What common random numbers bring: the difference of two settings on the same days, and on days of their own."""

from __future__ import annotations

import math
from collections.abc import Iterator

from benchmarks.simulator.policy_rows import FIRST_LOOKED, SEED, SHAPED
from paceline.inference.comparison import paired_ratio_difference
from paceline.inference.ratio import delta_ratio
from paceline.optimizer.knobs import knob_of
from paceline.optimizer.sample import Sample
from paceline.optimizer.trials import ScenarioTrial
from paceline.simulation import counters as c
from paceline.simulation.scenario import Policy

PAIRS = {10: 400, 50: 160}
"""Days by agents."""
NEAR = {
    (10, Policy.INTERVAL): (8960.0, 9139.0),
    (50, Policy.INTERVAL): (1258.0, 1283.0),
    (10, Policy.CERTAINTY): (2.04, 2.14),
    (50, Policy.CERTAINTY): (5.87, 5.97),
}
"""Two settings near 3 %: interval 2 % apart, safety a tenth of an agent."""


def shared_days() -> Iterator[str]:
    """Return the lines of a table: variance on days of their own over variance on shared days."""
    yield "| agents | policy | settings | abandonment | utilisation |"
    yield "| ---: | --- | --- | ---: | ---: |"
    for (agents, policy), values in NEAR.items():
        scenario = SHAPED.scenario(agents)
        trial = ScenarioTrial(scenario, policy, knob_of(scenario, policy), seed=SEED)
        samples = [Sample(trial, value, FIRST_LOOKED) for value in values]
        for sample in samples:
            sample.grow(PAIRS[agents])
        gains = [_gain(samples, which) for which in ("abandonment", "utilisation")]
        settings = " and ".join(f"{value:g}" for value in values)
        yield f"| {agents} | `{policy}` | {settings} | {gains[0]:.1f} | {gains[1]:.1f} |"


def _gain(samples: list[Sample], which: str) -> float:
    """Return the variance of the difference on days of their own over that on shared days."""
    pairs = []
    for sample in samples:
        rows = sample.tallies
        if which == "abandonment":
            pairs.append((rows[:, c.ABANDONED], rows[:, c.ABANDONED] + rows[:, c.CONNECTED]))
        else:
            pairs.append((rows[:, c.BUSY_AREA], rows[:, c.STAFFED_AREA]))
    shared = paired_ratio_difference(pairs[0], pairs[1]).standard_error or math.inf
    own = [delta_ratio(above, below).standard_error or math.inf for above, below in pairs]
    return (own[0] ** 2 + own[1] ** 2) / shared**2
