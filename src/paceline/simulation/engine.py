"""Days of a scenario, played on as many threads as wanted, always with the same numbers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from paceline.primitives.clock import Clock, MachineClock
from paceline.simulation.checks import check_scenario
from paceline.simulation.controls import controls_of
from paceline.simulation.errors import ScenarioError
from paceline.simulation.plan import Plan, plan_of, provenance
from paceline.simulation.players import Engine, Played, Player, fitting_engine, player_of
from paceline.simulation.result import Result
from paceline.simulation.scenario import Scenario

BLOCK = 4
"""Days that a worker takes at once."""
MOST_MINUTES = 1 << 24
"""Minutes of all days together: they are kept, and take about 2 GB at the most."""


def simulate(
    scenario: Scenario,
    *,
    seed: int = 0,
    days: int | None = None,
    engine: Engine | str | None = None,
    workers: int = 1,
    clock: Clock | None = None,
) -> Result:
    """Simulate days of a scenario.

    Args:
        scenario: the campaign's day.
        seed: any number from 0 to 2^64 - 1; the same seed meets the same calls under every policy.
        days: how many; those of the scenario when None.
        engine: fast, exact or reference; when None the fast one unless the scenario needs identities.
        workers: threads, 1 to 64; the numbers do not depend on it. One when the safety is carried overnight.
        clock: what the time it took is read from.

    Raises:
        ScenarioError: when a value is out of bounds, there is no pacing, the engine cannot play it, or there are more
            days than memory is for.
        UnstableScenarioError: when lines or queue grow without limit.
    """
    check_scenario(scenario)
    days = scenario.run.days if days is None else days
    _check(seed=seed, days=days, workers=workers)
    most = int(MOST_MINUTES // max(1.0, scenario.day_s / 60))
    if days > most:
        raise ScenarioError("days", days, f"at most {most} of {scenario.run.hours_per_day:g} hours each: it is memory")
    chosen = fitting_engine(scenario) if engine is None else Engine(engine)
    plan = plan_of(scenario)
    player = player_of(chosen, plan, seed)
    carried = scenario.pacing is not None and scenario.pacing.carried
    clock = clock or MachineClock()
    began = clock.running_ns()
    played = _in_turn(player, days) if carried else _in_blocks(player, days, workers)
    took_ns = clock.running_ns() - began
    return _result(played, scenario, plan, engine=chosen, seed=seed, took_ns=took_ns)


def _check(*, seed: int, days: int, workers: int) -> None:
    bounds = {"seed": (seed, 0, 2**64 - 1), "days": (days, 1, 1_000_000), "workers": (workers, 1, 64)}
    for name, (value, low, high) in bounds.items():
        if not low <= value <= high:
            raise ScenarioError(name, value, f"from {low} to {high}")


def _in_turn(player: Player, days: int) -> list[Played]:
    """Play one day after another, each with the safety of the day before."""
    played: list[Played] = []
    for day in range(days):
        played.append(player(day, 1, played[-1].safety if played else None))
    return played


def _in_blocks(player: Player, days: int, workers: int) -> list[Played]:
    blocks = [(first, min(BLOCK, days - first)) for first in range(0, days, BLOCK)]
    if workers == 1:
        return [player(first, count, None) for first, count in blocks]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda block: player(block[0], block[1], None), blocks))


def _result(played: list[Played], scenario: Scenario, plan: Plan, *, engine: Engine, seed: int, took_ns: int) -> Result:
    import numpy as np

    tallies = np.stack([tally for block in played for tally in block.tallies])
    return Result(
        tallies=tallies,
        series=np.stack([series for block in played for series in block.series]),
        hashes=tuple(one for block in played for one in block.hashes),
        engine=engine.value,
        seed=seed,
        provenance=provenance(plan),
        wall_s=took_ns / 1e9,
        cpu_s=sum(block.computed_ns for block in played) / 1e9,
        controls=controls_of(scenario, tallies),
    )
