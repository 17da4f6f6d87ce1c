"""What the telescoping controller promises: near the optimum when nothing moves, and never above 3 % when all does.

The first table is days of the Markov instances beside their optimum; the second a thousand days, one after another,
in a world whose answer rate swings by four tenths each day, wanders from day to day, and leaps now and then.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from paceline.optimizer.chain import Instance
from paceline.optimizer.optimum import solve_optimum
from paceline.simulation import counters as c
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.engine import simulate
from paceline.simulation.pacing import FALL, LOWEST, RISE
from paceline.simulation.plan import plan_of
from paceline.simulation.result import Result
from paceline.simulation.scenario import Answer, Pacing, Patience, Policy, Run, Scenario

LIMIT, AIM = 0.03, 0.0295
GAIN = 0.1
BLOCK, DAYS = 30, 1000
"""Days that are judged together, and days in all; what is left after the last whole block is a portion of one."""
NEAR_POINTS = 0.5
STILL_DAYS = 200
SEED = 11
PARTS = 48
"""Equal parts of the day in each of which the answer rate is another."""
RING = Duration(family=Family.EXPONENTIAL, mean_s=12.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A thousand days.

    Attributes:
        name: what the controller believes of the answer rate.
        agents: agents.
        memory_dials: dials over which the believed answer rate is smoothed; 0: it stays.
        belief: the answer rate believed at first.
    """

    name: str
    agents: int
    memory_dials: int = 0
    belief: float = 0.3


WORLDS = (
    World(name="belief follows 300 dials", agents=10, memory_dials=300),
    World(name="belief follows 300 dials", agents=50, memory_dials=300),
    World(name="belief stays at 0.30", agents=50),
    World(name="belief stays at 0.10", agents=50, belief=0.1),
    World(name="belief stays at 0.60", agents=50, belief=0.6),
    World(name="belief follows 300 dials", agents=100, memory_dials=300),
)


def study() -> Iterator[str]:
    """Print both tables, and yield what is promised and not kept."""
    yield from near_the_optimum()
    yield from through_a_thousand_days()


def near_the_optimum() -> Iterator[str]:
    """Print days of the Markov instances beside the optimum, and yield those more than half a point from it."""
    write(f"\n| agents | optimum at 3 %, % | telescoping at {AIM:.2%}, % | behind, points | abandonment |\n")
    write("| --- | --- | --- | --- | --- |\n")
    for agents in (50, 100):
        best = solve_optimum(Instance(agents=agents, handle_s=180.0, ring_s=12.0, answer=0.3), limit=LIMIT).utilisation
        found = simulate(
            scenario(agents, Answer(probability=0.3, ring_answered=RING, ring_unanswered=RING)),
            seed=SEED,
            days=STILL_DAYS,
        )
        used, half = found.utilisation.mean, found.utilisation.half_width or 0.0
        write(f"| {agents} | {best:.2%} | {used:.2%} ± {half:.2%} | {100 * (best - used):.2f} ")
        write(f"| {found.abandonment.mean:.3%} |\n")
        if 100 * (best - used + half) > NEAR_POINTS:
            yield f"with {agents} agents telescoping is {100 * (best - used):.2f} points behind the optimum"
        if found.abandonment.mean > LIMIT:
            yield f"with {agents} agents telescoping abandons {found.abandonment.mean:.2%}"


def through_a_thousand_days() -> Iterator[str]:
    """Print blocks of thirty days in each world, and yield those above the limit and identities that fail."""
    write(f"\n| agents | {DAYS:,} days | utilisation | abandonment | lowest block | highest block | highest day |\n")
    write("| --- | --- | --- | --- | --- | --- | --- |\n")
    for world in WORLDS:
        played, found = thousand_days(world, DAYS)
        blocks, days = by_block(found, BLOCK), by_block(found, 1)
        write(f"| {world.agents} | {world.name} | {found.utilisation.mean:.2%} | {found.abandonment.mean:.4%} ")
        write(f"| {min(blocks):.4%} | {max(blocks):.4%} | {max(days):.2%} |\n")
        if not max(blocks) <= LIMIT:
            yield f"{world.agents} agents, {world.name}: a block of {BLOCK} days abandons {max(blocks):.3%}"
        if not telescopes(played, found):
            yield f"{world.agents} agents, {world.name}: the sum does not telescope"


def thousand_days(world: World, days: int) -> tuple[Scenario, Result]:
    """Return the scenario of a world and so many of its days, each with the safety of the day before."""
    by_time = tuple(1 + 0.4 * math.sin(2 * math.pi * (part + 0.5) / PARTS) for part in range(PARTS))
    answer = Answer(probability=0.3, ring_answered=RING, ring_unanswered=RING, by_time=by_time, by_day=wandering(days))
    played = scenario(world.agents, answer, memory_dials=world.memory_dials, belief=world.belief)
    return played, simulate(played, seed=SEED, days=days)


def wandering(days: int) -> tuple[float, ...]:
    """Return a factor for each day: an autoregressive walk, with a leap every fifty days or so, from 0.4 to 1.7."""
    chance = np.random.default_rng(SEED)
    at, factors = 0.0, []
    for _ in range(days):
        at = 0.97 * at + chance.normal(0.0, 0.05)
        if chance.random() < 0.02:
            at = chance.uniform(math.log(0.5), math.log(1.6))
        factors.append(min(max(math.exp(at), 0.4), 1.7))
    return tuple(factors)


def scenario(agents: int, answer: Answer, *, memory_dials: int = 0, belief: float | None = None) -> Scenario:
    """Return a campaign of eight hours of exponential times that the controller paces."""
    pacing = Pacing(
        policy=Policy.TELESCOPING, gain=GAIN, target=AIM, memory_dials=memory_dials, belief=belief, carried=True
    )
    return Scenario(
        agents=agents,
        talk=Duration(family=Family.EXPONENTIAL, mean_s=180.0),
        answer=answer,
        patience=Patience(seconds=0.0),
        pacing=pacing,
        run=Run(days=1, hours_per_day=8.0),
    )


def by_block(found: Result, days: int) -> list[float]:
    """Return the abandonment of successive blocks of days, the last of them a portion of one."""
    abandoned = found.tallies[:, c.ABANDONED]
    answers = abandoned + found.tallies[:, c.CONNECTED]
    firsts = range(0, found.days, days)
    return [float(abandoned[at : at + days].sum() / answers[at : at + days].sum()) for at in firsts]


def telescopes(played: Scenario, found: Result) -> bool:
    """Return whether each day's calls moved the safety by their sum: exactly, but for days that came to the lowest."""
    parameters = plan_of(played).parameters[0]
    moved = found.tallies[:, c.ABANDONED] * parameters[RISE] - found.tallies[:, c.CONNECTED] * parameters[FALL]
    safety = found.tallies[:, c.SAFETY]
    beyond = np.diff(safety) - moved[1:]
    return bool((beyond >= 0).all() and (safety >= parameters[LOWEST]).all())


def write(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text)
    sys.stdout.flush()
