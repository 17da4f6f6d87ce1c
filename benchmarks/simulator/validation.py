"""Every case with a known truth, in both compiled engines: z-scores, their bound, their distribution.

`make bench-validation`. Each case is a hundred replications of so many days; seeds are fixed, and no two cases share
one. A t-score of 99 degrees of freedom is told as the z-score of the same chance.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import process_time
from zlib import crc32

import numpy as np
from scipy import special, stats

from benchmarks.simulator.cases import Case
from benchmarks.simulator.dialers import dialer_cases
from benchmarks.simulator.exactly import exact_checks
from benchmarks.simulator.lines import line_cases
from benchmarks.simulator.machine import machine
from benchmarks.simulator.queues import queue_cases
from paceline.simulation.checks import check_scenario
from paceline.simulation.plan import plan_of
from paceline.simulation.players import Engine, Player, player_of

REPLICATIONS = 100
HALF_WIDTH = 0.005
"""Widest half of a 95 % interval, over the value."""
LEVEL = 0.01
SEED = 20_261_121
WORKERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a case came to.

    Attributes:
        case: the case.
        engine: who played it.
        estimate: what was measured, in the case's unit.
        z: normal score of its distance from the truth.
        half_width: half of its 95 % interval, over the truth.
    """

    case: Case
    engine: Engine
    estimate: float
    z: float
    half_width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What all scores together say.

    Attributes:
        largest: largest |z|.
        bound: Sidak bound on it.
        distance: Kolmogorov distance of the scores from the standard normal.
        chance: probability of such a distance or a larger one when they are.
        widest: widest half-width over its value.
    """

    largest: float
    bound: float
    distance: float
    chance: float
    widest: float

    def broken(self) -> list[str]:
        """Return what is not kept."""
        told = []
        if self.largest > self.bound:
            told.append(f"largest |z| {self.largest:.2f} is above the bound of {self.bound:.2f}")
        if self.chance <= LEVEL:
            told.append(f"the scores are not standard normal: p = {self.chance:.4f}")
        if self.widest > HALF_WIDTH:
            told.append(f"a half-width is {self.widest:.2%} of its value")
        return told


def main() -> int:
    """Run every case, print the table as Markdown, and return 0 when every limit is kept."""
    began = process_time()
    cases = [*queue_cases(), *dialer_cases(), *line_cases()]
    runs = [(case, engine) for case in cases for engine in engines_of(case)]
    write(machine("numpy", "scipy", "numba"))
    write("\n\n| group | case | engine | exact | simulated | z | half-width | days |\n")
    write("| --- | --- | --- | --- | --- | --- | --- | --- |\n")
    verdicts = []
    with ThreadPoolExecutor(WORKERS) as pool:
        for verdict in pool.map(_played, runs):
            verdicts.append(verdict)
            write(row(verdict))
    checks = list(exact_checks(SEED, REPLICATIONS))
    write("\n| group | exact to the last call and tick | |\n| --- | --- | --- |\n")
    write("".join(f"| {group} | {name} | {'holds' if held else 'FAILS'} |\n" for group, name, held in checks))
    found = summary(verdicts)
    groups = {case.group for case in cases} | {group for group, _, _ in checks}
    write(f"\n{len(cases)} cases in {len(groups)} groups, {len(verdicts)} scores. Largest |z| {found.largest:.2f}, ")
    write(f"Sidak bound {found.bound:.2f}. Kolmogorov distance {found.distance:.3f}, p = {found.chance:.2f}. ")
    write(f"Widest half-width {found.widest:.2%}. {process_time() - began:.0f} s of computing.\n")
    broken = found.broken() + [f"{name} does not hold" for _, name, held in checks if not held]
    broken += [f"group {group} has no case" for group in range(1, 21) if group not in groups]
    for one in broken:
        sys.stderr.write(f"not kept: {one}\n")
    return 1 if broken else 0


def engines_of(case: Case) -> tuple[Engine, ...]:
    """Return the engines that play a case."""
    return (Engine.FAST, Engine.EXACT) if case.exact_too else (Engine.FAST,)


def _played(run: tuple[Case, Engine]) -> Verdict:
    case, engine = run
    return judged(case, engine, seed_of(case, engine))


def seed_of(case: Case, engine: Engine) -> int:
    """Return a seed that no other case or engine has; it does not depend on which others are run."""
    return SEED + crc32(f"{case.name}, {engine}".encode())


def judged(
    case: Case, engine: Engine, seed: int, *, replications: int = REPLICATIONS, days: int | None = None
) -> Verdict:
    """Simulate a case and compare it with the truth.

    Args:
        case: the case.
        engine: who plays.
        seed: from which seed.
        replications: how many, 2 or more.
        days: days of each; those of the case when None.
    """
    days = case.days if days is None else days
    player = player_for(case, engine, seed)
    other = None if case.beside is None else player_of(engine, plan_of(check_scenario(case.beside)), seed)
    sums = np.array([_sums(case, player, other, first * days, days) for first in range(replications)])
    above, below = sums.T
    estimate = above.sum() / below.sum()
    residuals = above - estimate * below
    error = math.sqrt((residuals**2).sum() * replications / (replications - 1)) / below.sum()
    score = (estimate - case.exact) / error
    freedom = replications - 1
    tail = max(stats.t.sf(abs(score), freedom), 1e-300)
    return Verdict(
        case=case,
        engine=engine,
        estimate=float(estimate),
        z=math.copysign(-float(special.ndtri(tail)), score),
        half_width=float(stats.t.ppf(0.975, freedom) * error / case.exact),
    )


def player_for(case: Case, engine: Engine, seed: int) -> Player:
    """Return who plays days of the case's own scenario."""
    return player_of(engine, plan_of(check_scenario(case.scenario)), seed)


def _sums(case: Case, player: Player, other: Player | None, first: int, days: int) -> tuple[float, float]:
    rows = np.array(player(first, days, None).tallies, dtype=np.float64)
    others = rows if other is None else np.array(other(first, days, None).tallies, dtype=np.float64)
    return float(case.above(rows, others).sum()), float(case.below(rows, others).sum())


def summary(verdicts: Iterable[Verdict]) -> Summary:
    """Return what the scores of independent runs together say."""
    z = np.array([verdict.z for verdict in verdicts])
    distance, chance = stats.kstest(z, "norm")
    return Summary(
        largest=float(abs(z).max()),
        bound=float(special.ndtri(1 - (1 - (1 - LEVEL) ** (1 / z.size)) / 2)),
        distance=float(distance),
        chance=float(chance),
        widest=max(verdict.half_width for verdict in verdicts),
    )


def row(verdict: Verdict) -> str:
    """Return a verdict as a row of the table."""
    case = verdict.case
    return (
        f"| {case.group} | {case.name} | {verdict.engine} | {case.exact:.6g} | {verdict.estimate:.6g} "
        f"| {verdict.z:.2f} | {verdict.half_width:.2%} | {REPLICATIONS * case.days:,} |\n"
    )


def write(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text)
    sys.stdout.flush()
