"""Days per second of every contender, interleaved in one run on one core, CPU time, medians."""

from __future__ import annotations

import gc
import resource
import statistics
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import perf_counter, process_time

import numpy as np

from benchmarks.simulator.c_twin import Twin as InC
from benchmarks.simulator.c_twin import compiled_library, digest
from benchmarks.simulator.models import campaign
from benchmarks.simulator.simpy_twin import Twin as InSimpy
from paceline.simulation import counters as c
from paceline.simulation.checks import check_scenario
from paceline.simulation.compiled.fast import Prepared
from paceline.simulation.plan import Plan, plan_of
from paceline.simulation.players import Engine, player_of
from paceline.simulation.scenario import Scenario

HOURS = {10: 8.0, 100: 4.0, 1000: 1.5}
LIMITS = {"fast": {10: 120.0, 100: 250.0, 1000: 700.0}, "exact": {10: 100.0, 100: 130.0, 1000: 250.0}}
"""Least times SimPy's rate."""
C_LIMIT, CORES_LIMIT, GROWTH_LIMIT = 0.85, 1.7, 1.0
"""Least share of C's rate; least gain of a second core; most time per event at 10,000 agents over that at 100."""
ROUNDS = 5
Work = Callable[[], tuple[int, int]]
"""Does its work and returns dials and events; a contender that does not count events returns 0."""


@dataclass(slots=True)
class Lane:
    """A contender, and what it did in each round: dials and events per CPU second."""

    name: str
    work: Work
    dials_per_s: list[float] = field(default_factory=list)
    events_per_s: list[float] = field(default_factory=list)

    def round(self) -> None:
        """Do the work once and note the rates."""
        gc.collect()
        began = process_time()
        dials, events = self.work()
        took = process_time() - began
        self.dials_per_s.append(dials / took)
        self.events_per_s.append(events / took)


def main() -> int:
    """Measure, print, and return 0 when every limit is kept."""
    library, kept = compiled_library(), True
    sys.stdout.write(
        "agents contender    thousand dials/s   times SimPy (rounds)   ns/event   abandonment utilisation\n"
    )
    for agents, hours in HOURS.items():
        plan, scenario = plan_for(agents, hours), campaign(agents, hours)
        if library:
            same_hash(plan, InC(plan, library))
        lanes = contenders(agents, scenario, plan, InC(plan, library) if library else None)
        for number in range(ROUNDS):
            for lane in lanes if number % 2 == 0 else reversed(lanes):
                lane.round()
        kept &= told(agents, lanes, plan)
    for name, found, limit, below in (
        ("time per event at 10,000 agents over that at 100", growth(), GROWTH_LIMIT, True),
        ("two threads over one", cores(), CORES_LIMIT, False),
        ("megabytes a day of 1000 agents adds", memory_mb(), 10 + 8 * 0.5, True),
    ):
        fine = found <= limit if below else found >= limit
        kept &= fine
        sys.stdout.write(f"{name}: {found:.2f} ({'at most' if below else 'at least'} {limit:g}): {verdict(fine)}\n")
    return 0 if kept else 1


def plan_for(agents: int, hours: float) -> Plan:
    """Return the plan of the campaign."""
    return plan_of(check_scenario(campaign(agents, hours)))


def same_hash(plan: Plan, twin: InC) -> None:
    """Assert that the engine and its twin in C write the same numbers."""
    ours = Prepared(plan).play(1, 0, 2)
    assert digest(ours.tally, ours.series) == digest(*twin.play(1, 0, 2)), "C and the engine differ"


def contenders(agents: int, scenario: Scenario, plan: Plan, twin: InC | None) -> list[Lane]:
    """Return the contenders, each with work of a good part of a second."""
    fast, exact = Prepared(plan), player_of(Engine.EXACT, plan, 1)
    days = max(2, round(6000 / agents / HOURS[agents]))
    fast.play(1, 0, 1)

    def in_simpy() -> tuple[int, int]:
        return InSimpy(scenario, 1).run().dials, 0

    def in_fast() -> tuple[int, int]:
        return totals(fast.play(1, 0, days).tally)

    def in_exact() -> tuple[int, int]:
        return totals(np.array(exact(0, max(1, days // 2), None).tallies))

    def in_python() -> tuple[int, int]:
        tally = player_of(Engine.REFERENCE, plan_for(agents, HOURS[agents] / 10), 1)(0, 1, None).tallies
        return totals(np.array(tally))

    lanes = [Lane("SimPy", in_simpy), Lane("reference", in_python), Lane("exact", in_exact), Lane("fast", in_fast)]
    if twin:
        lanes.append(Lane("C", lambda: totals(twin.play(1, 0, days)[0])))
    return lanes


def totals(rows: np.ndarray) -> tuple[int, int]:
    """Return the dials and events of days."""
    return int(rows[:, c.DIALS].sum()), int(rows[:, c.EVENTS].sum())


def told(agents: int, lanes: list[Lane], plan: Plan) -> bool:
    """Print the contenders of one size and return whether the limits are kept."""
    row = Prepared(plan).play(1, 0, 10).tally.sum(axis=0)
    loss = row[c.ABANDONED] / (row[c.ABANDONED] + row[c.CONNECTED])
    share = row[c.BUSY_AREA] / row[c.STAFFED_AREA]
    base, kept = lanes[0].dials_per_s, True
    for lane in lanes:
        ratios = [mine / theirs for mine, theirs in zip(lane.dials_per_s, base, strict=True)]
        events = statistics.median(lane.events_per_s)
        limit = LIMITS.get(lane.name, {}).get(agents)
        fine = limit is None or statistics.median(ratios) >= limit
        kept &= fine
        sys.stdout.write(
            f"{agents:6} {lane.name:10} {statistics.median(lane.dials_per_s) / 1000:14,.0f} "
            f"{statistics.median(ratios):12,.1f} ({min(ratios):,.1f} to {max(ratios):,.1f}) "
            f"{1e9 / events if events else 0:8.1f} {loss:12.2%} {share:10.2%} "
            f"{'' if limit is None else f'at least {limit:g}: {verdict(fine)}'}\n"
        )
    if lanes[-1].name == "C":
        shares = [ours / its for ours, its in zip(lanes[-2].dials_per_s, lanes[-1].dials_per_s, strict=True)]
        fine = statistics.median(shares) >= C_LIMIT
        kept &= fine
        sys.stdout.write(f"{agents:6} fast over C {statistics.median(shares):.2f}, same output hash: {verdict(fine)}\n")
    return kept


def growth() -> float:
    """Return the time per event at 10,000 agents over that at 100."""
    lanes = []
    for agents, hours, days in ((100, 8.0, 20), (10_000, 2.0, 1)):
        prepared = Prepared(plan_for(agents, hours))
        prepared.play(1, 0, 1)
        lanes.append(Lane(str(agents), lambda prepared=prepared, days=days: totals(prepared.play(1, 0, days).tally)))
    for _ in range(ROUNDS):
        for lane in lanes:
            lane.round()
    small, large = (statistics.median(lane.events_per_s) for lane in lanes)
    return small / large


def cores() -> float:
    """Return how much sooner two threads are done with the same days, by the wall clock: the best of the rounds."""
    prepared = Prepared(plan_for(100, 8.0))
    blocks = [(first, 20) for first in range(0, 80, 20)]
    gains = []
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda block: prepared.play(1, *block), blocks))
        for _ in range(ROUNDS):
            began = perf_counter()
            alone = [prepared.play(1, *block).tally for block in blocks]
            between = perf_counter()
            both = [days.tally for days in pool.map(lambda block: prepared.play(1, *block), blocks)]
            gains.append((between - began) / (perf_counter() - between))
            assert all(np.array_equal(one, other) for one, other in zip(alone, both, strict=True))
    return max(gains)


def memory_mb() -> float:
    """Return by how many megabytes the process grows for a day of 1000 agents and 500,000 records."""
    plan = plan_for(1000, 8.0)
    Prepared(plan_for(10, 0.1)).play(1, 0, 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    Prepared(plan).play(1, 0, 1, series=False)
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def verdict(fine: bool) -> str:  # noqa: FBT001 - a word for a truth
    """Return the word for it."""
    return "kept" if fine else "NOT kept"
