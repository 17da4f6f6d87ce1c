"""What a certified setting costs, beside a grid of a hundred points that ends with the same kind of certificate."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from time import process_time

from benchmarks.optimiser.campaigns import LIMIT, markov, tell, usual
from paceline.optimizer.best.pacing import Wish, best_pacing
from paceline.optimizer.certificate import Certifier
from paceline.optimizer.knobs import knob_of
from paceline.optimizer.sample import Sample
from paceline.optimizer.trials import ScenarioTrial
from paceline.simulation.scenario import Policy, Scenario

RUNS = 9
GRID_RUNS = 3
MOST_CPU_S = 1.0
GOAL_CPU_S = 0.25
TIMES_LESS = 5.0
POINTS = 100
GRID_DAYS = {10: 50, 100: 12}
"""Days of each point of the grid, by agents: as performance.md, section 4, has them."""
_CERTIFYING = 40
_LOWEST, _HIGHEST = 1.0, 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one search took, in CPU seconds and days, and what it reached."""

    cpu_s: float
    days: int
    utilisation: float
    reported_s: float = 0.0


def study(share: float) -> Iterator[str]:
    """Print what searches cost, and yield what costs too much."""
    tell("\n| campaign | search | CPU s, median (most) of the runs | days, median | occupancy, % |")
    tell("|" + " --- |" * 5)
    best_pacing(markov(100))  # whatever is loaded once
    campaigns = {
        "10 agents, exponential": markov(10),
        "100 agents, exponential": markov(100),
        "100 agents, lognormal": usual(100),
    }
    for name, scenario in campaigns.items():
        grids = [grid(scenario, seed) for seed in range(max(1, round(share * GRID_RUNS)))]
        runs = [searched(scenario, seed) for seed in range(max(1, round(share * RUNS)))]
        tell(_row(name, f"grid of {POINTS} lines per idle agent, one certificate", grids))
        tell(_row("", "`optimise`: policy, settings, optimum; two certificates or more", runs))
        cost, times = median(one.cpu_s for one in runs), median(one.cpu_s for one in grids)
        tell(f"| | | {times / cost:.1f} times less | | |")
        if scenario.agents == 100:
            if cost > MOST_CPU_S:
                yield f"{name}: {cost:.2f} CPU s"
            if times / cost < TIMES_LESS:
                yield f"{name}: only {times / cost:.1f} times less than a grid"


def searched(scenario: Scenario, seed: int) -> Cost:
    """Return what the optimiser takes, all of it but compiling."""
    began = process_time()
    found = best_pacing(scenario, Wish(seed=seed))
    took = process_time() - began
    return Cost(cpu_s=took, days=found.days, utilisation=found.found.certified.utilisation.mean, reported_s=found.cpu_s)


def grid(scenario: Scenario, seed: int) -> Cost:
    """Return what it takes to play every point of a grid, and to certify the best of them, stepping back."""
    began, knob = process_time(), knob_of(scenario, Policy.IDLE_LINES)
    trial = ScenarioTrial(scenario, Policy.IDLE_LINES, knob, seed=seed)
    step = math.log(_HIGHEST / _LOWEST) / (POINTS - 1)
    values = [_LOWEST * math.exp(step * number) for number in range(POINTS)]
    days, kept = 0, []
    for value in values:
        sample = Sample(trial, value, 0)
        sample.grow(GRID_DAYS[scenario.agents])
        days += sample.days
        if sample.abandonment().mean <= LIMIT:
            kept.append(value)

    def spend(more: int) -> None:
        nonlocal days
        days += more

    certifier = Certifier(trial, limit=LIMIT, confidence=0.95, spend=spend)
    for value in reversed(kept):
        sample, certificate = certifier.look(value, _CERTIFYING)
        if certificate is not None:
            return Cost(cpu_s=process_time() - began, days=days, utilisation=sample.utilisation().mean)
    raise AssertionError("no point of the grid could be certified")


def _row(name: str, search: str, runs: list[Cost]) -> str:
    cpu = [one.cpu_s for one in runs]
    return (
        f"| {name} | {search} | {median(cpu):.2f} ({max(cpu):.2f}) | {median(one.days for one in runs):,.0f} "
        f"| {median(one.utilisation for one in runs):.2%} |"
    )
