"""Every case with a known truth, in both engines: z-scores, their bound, their distribution."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass, replace

import numpy as np
from scipy import special, stats

from benchmarks.simulator.cases import Case, all_cases, dialer
from paceline.simulation import counters as c
from paceline.simulation.distributions import TICKS_PER_S
from paceline.simulation.engine import simulate
from paceline.simulation.players import Engine
from paceline.simulation.scenario import Pacing, Policy, Run, Shift

FEWEST, MOST = 100, 12_800
"""Days of a case: 100, then as many as a half-width of half a per cent takes."""
HALF_WIDTH = 0.005
LEVEL = 0.01
SEED = 20_260


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a case came to: its z-score, relative half-width of the 95 % interval, and days."""

    estimate: float
    z: float
    half_width: float
    days: int


def main() -> int:
    """Run all cases in both engines, print them, and return 0 when every bound is kept."""
    cases, kept = all_cases(), exact_counts()
    found: list[tuple[Case, Engine, Verdict]] = []
    for number, case in enumerate(cases):
        for engine in (Engine.FAST, Engine.EXACT):
            verdict = judged(case, engine, SEED + 1000 * number + (500 if engine is Engine.EXACT else 0))
            found.append((case, engine, verdict))
            sys.stdout.write(
                f"{case.group:3} {case.name:52} {engine:6} {case.exact:12.7g} {verdict.estimate:12.7g} "
                f"{verdict.z:7.2f} {verdict.half_width:8.3%} {verdict.days:6}\n"
            )
            sys.stdout.flush()
    z = np.array([verdict.z for _, _, verdict in found])
    bound = float(special.ndtri(1 - (1 - (1 - LEVEL) ** (1 / z.size)) / 2))
    distance, chance = stats.kstest(z, "norm")
    widest = max(verdict.half_width for _, _, verdict in found)
    told = (
        (
            f"{len(cases)} cases in two engines: largest |z| {abs(z).max():.2f}, Sidak bound {bound:.2f}",
            abs(z).max() <= bound,
        ),
        (f"Kolmogorov distance from the standard normal {distance:.3f}, p = {chance:.3f}", chance >= LEVEL),
        (f"widest half-width {widest:.2%} of the value", widest <= HALF_WIDTH),
        ("counts that are exact are exact", kept),
    )
    for line, fine in told:
        sys.stdout.write(f"{line}: {'kept' if fine else 'NOT kept'}\n")
    return 0 if all(fine for _, fine in told) else 1


def judged(case: Case, engine: Engine, seed: int) -> Verdict:
    """Simulate as many days as the half-width takes, and compare with the truth."""
    days = FEWEST
    while True:
        rows = simulate(case.scenario, seed=seed, days=days, engine=engine).tallies.astype(np.float64)
        above, below = case.above(rows), case.below(rows)
        estimate = above.sum() / below.sum()
        residuals = above - estimate * below
        error = math.sqrt((residuals**2).sum() * days / (days - 1)) / below.sum()
        half_width = 1.96 * error / case.exact
        if half_width <= HALF_WIDTH or days >= MOST:
            return Verdict(estimate=estimate, z=(estimate - case.exact) / error, half_width=half_width, days=days)
        days = min(MOST, math.ceil(1.15 * days * (half_width / HALF_WIDTH) ** 2))


def exact_counts() -> bool:
    """Return whether what has no chance in it holds to the last call: groups 17 and 19."""
    scenario = dialer(
        Pacing(policy=Policy.IDLE_LINES, lines_per_idle=3.0), agents=30, run=Run(days=1, hours_per_day=4.0)
    )
    shift = replace(scenario, shifts=(Shift(start_s=3600, end_s=7200, agents=30),))
    fine = True
    for engine in (Engine.FAST, Engine.EXACT):
        for rows in simulate(scenario, seed=1, days=50, engine=engine).tallies:
            ended = sum(rows[place] for place in (c.ANSWERS, c.MACHINES, c.ENGAGED, c.UNANSWERED, c.FAILURES))
            fine &= bool(rows[c.DIALS] == ended + rows[c.RINGING])
            fine &= bool(rows[c.ANSWERS] == rows[c.CONNECTED] + rows[c.ABANDONED] + rows[c.WAITING])
        found = simulate(shift, seed=1, days=5, engine=engine)
        minutes = found.series[:, :, c.SERIES.index(c.DIALS)]
        fine &= bool((minutes[:, 59] == 0).all()) and bool((minutes[:, 120] == minutes[:, -1]).all())
        overtime = found.tallies[:, c.STAFFED_AREA] - 30 * 3600 * TICKS_PER_S
        fine &= bool((overtime >= 0).all())
    return fine
