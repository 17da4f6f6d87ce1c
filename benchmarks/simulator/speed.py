"""Dials per second of every contender on the same campaign: one run, one core, interleaved, CPU time, medians.

Starting and compiling are over before anything is measured. What a contender's days came to stands beside its speed:
a list that runs dry, or a ring that is too short, would look like a gain.
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from time import perf_counter, process_time

import numpy as np

from benchmarks.simulator.c_twin import Twin as InC
from benchmarks.simulator.c_twin import compiled_library, digest
from benchmarks.simulator.machine import machine
from benchmarks.simulator.memory import grown_mb, measurable
from benchmarks.simulator.models import campaign, plan_for
from benchmarks.simulator.simpy_twin import Twin as InSimpy
from paceline.simulation import counters as c
from paceline.simulation.compiled.fast import Prepared
from paceline.simulation.players import Engine, player_of

HOURS = {10: 8.0, 100: 4.0, 1000: 1.5}
LIMITS = {"fast": {10: 120.0, 100: 250.0, 1000: 700.0}, "exact": {10: 100.0, 100: 130.0, 1000: 250.0}}
"""Least times SimPy's rate."""
GOALS = {"fast": {10: 200.0, 100: 400.0, 1000: 1500.0}}
"""What is gone for; not reaching it fails nothing."""
C_LIMIT, CORES_LIMIT, GROWTH_LIMIT = 0.85, 1.7, 1.0
"""Least share of C's rate; least gain of a second core; most time per event at 10,000 agents over that at 100."""
MEMORY_LIMIT_MB = 10 + 8 * 0.5
"""Most that a day of 1,000 agents with 500,000 records adds: 10 MB and 8 bytes a record."""
ROUNDS, CORES_ROUNDS = 7, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What days came to.

    Attributes:
        dials: lines that began to ring.
        events: what happened; 0 where that is not counted.
        abandonment: share of the settled answers that were abandoned.
        utilisation: share of the agents' time in talk and wrap-up.
    """

    dials: int
    events: int
    abandonment: float
    utilisation: float


@dataclass(slots=True)
class Lane:
    """A contender, what its days came to, and its dials and events per CPU second in each round."""

    name: str
    work: Callable[[], Done]
    done: Done | None = None
    dials_per_s: list[float] = field(default_factory=list)
    events_per_s: list[float] = field(default_factory=list)

    def round(self) -> None:
        """Do the work once and note the rates."""
        gc.collect()
        began = process_time()
        self.done = self.work()
        took = process_time() - began
        self.dials_per_s.append(self.done.dials / took)
        self.events_per_s.append(self.done.events / took)


def main() -> int:
    """Measure, print Markdown, and return 0 when every limit is kept."""
    library, kept = compiled_library(), True
    sys.stdout.write(f"{machine('numpy', 'numba', 'simpy')}\n\n")
    sys.stdout.write(
        "| agents | contender | thousand dials/s | times SimPy: median (rounds) | at least | gone for | ns an event "
        "| abandonment | utilisation |\n| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    )
    shares: dict[int, float] = {}
    for agents, hours in HOURS.items():
        lanes = contenders(agents, hours, InC(plan_for(agents, hours), library) if library else None)
        for number in range(ROUNDS):
            for lane in lanes if number % 2 == 0 else reversed(lanes):
                lane.round()
        kept &= told(agents, lanes)
        if lanes[-1].name == "C":
            pairs = zip(lanes[-2].dials_per_s, lanes[-1].dials_per_s, strict=True)
            shares[agents] = statistics.median(ours / its for ours, its in pairs)
    return 0 if rest(shares) and kept else 1


def rest(shares: dict[int, float]) -> bool:
    """Print the other measures, the shares of C's rate by agents among them; return whether the limits are kept."""
    sys.stdout.write("\n| measure | found | limit | |\n| --- | ---: | ---: | --- |\n")
    if not shares:
        sys.stdout.write("| fast engine over C: no C compiler here | | | not measured |\n")
    kept = [
        row(f"fast engine over C, {agents:,} agents, same output hash", share, C_LIMIT, least=True)
        for agents, share in shares.items()
    ]
    kept.append(row("time per event at 10,000 agents over that at 100", growth(), GROWTH_LIMIT, least=False))
    kept.append(row(f"two threads over one, load {os.getloadavg()[0]:.1f}", cores(), CORES_LIMIT, least=True))
    for engine in ("fast", "exact") if measurable() else ():
        name = f"MB that a day of 1,000 agents adds, {engine} engine"
        kept.append(row(name, grown_mb(engine), MEMORY_LIMIT_MB, least=False))
    return all(kept)


def contenders(agents: int, hours: float, twin: InC | None) -> list[Lane]:
    """Return the contenders, each with work of a good part of a second, compiled and tried once."""
    plan, scenario = plan_for(agents, hours), campaign(agents, hours)
    fast, exact = Prepared(plan), player_of(Engine.EXACT, plan, 1)
    reference = player_of(Engine.REFERENCE, plan_for(agents, hours / 10), 1)
    days = max(2, round(6000 / agents / hours))
    first, seeds = fast.play(1, 0, 2), count(1)

    def in_simpy() -> Done:
        counts = InSimpy(scenario, next(seeds)).run()
        settled, staffed_s = counts.abandoned + counts.connected, agents * scenario.day_s
        return Done(
            dials=counts.dials, events=0, abandonment=counts.abandoned / settled, utilisation=counts.busy_s / staffed_s
        )

    lanes = [
        Lane("SimPy", in_simpy),
        Lane("reference, a tenth of the day", lambda: summed(np.array(reference(0, 1, None).tallies))),
        Lane("exact", lambda: summed(np.array(exact(0, max(1, days // 2), None).tallies))),
        Lane("fast", lambda: summed(fast.play(1, 0, days).tally)),
    ]
    if twin:
        assert digest(first.tally, first.series) == digest(*twin.play(1, 0, 2)), "C and the engine differ"
        lanes.append(Lane("C", lambda: summed(twin.play(1, 0, days)[0])))
    return lanes


def summed(rows: np.ndarray) -> Done:
    """Return what days came to, from their counters."""
    total = [int(value) for value in rows.sum(axis=0)]
    settled = total[c.ABANDONED] + total[c.CONNECTED]
    return Done(
        dials=total[c.DIALS],
        events=total[c.EVENTS],
        abandonment=total[c.ABANDONED] / settled,
        utilisation=total[c.BUSY_AREA] / total[c.STAFFED_AREA],
    )


def told(agents: int, lanes: list[Lane]) -> bool:
    """Print the contenders of one size and return whether the limits are kept."""
    kept = True
    for lane in lanes:
        assert lane.done is not None
        ratios = [mine / theirs for mine, theirs in zip(lane.dials_per_s, lanes[0].dials_per_s, strict=True)]
        found, limit = statistics.median(ratios), LIMITS.get(lane.name, {}).get(agents)
        goal = GOALS.get(lane.name, {}).get(agents)
        asked = "" if limit is None else f"{limit:g}: {verdict(fine=found >= limit)}"
        kept &= limit is None or found >= limit
        per_event = f"{1e9 / statistics.median(lane.events_per_s):,.1f}" if lane.done.events else ""
        sys.stdout.write(
            f"| {agents:,} | {lane.name} | {statistics.median(lane.dials_per_s) / 1000:,.0f} | {found:,.1f} "
            f"({min(ratios):,.1f} to {max(ratios):,.1f}) | {asked} | {'' if goal is None else f'{goal:g}'} "
            f"| {per_event} | {lane.done.abandonment:.2%} | {lane.done.utilisation:.2%} |\n"
        )
        sys.stdout.flush()
    return kept


def row(name: str, found: float, limit: float, *, least: bool) -> bool:
    """Print a measure beside its limit and return whether it is kept."""
    fine = found >= limit if least else found <= limit
    bound = f"{'at least' if least else 'at most'} {limit:g}"
    sys.stdout.write(f"| {name} | {found:.2f} | {bound} | {verdict(fine=fine)} |\n")
    sys.stdout.flush()
    return fine


def growth() -> float:
    """Return the time per event at 10,000 agents over that at 100, and print what their days came to."""
    lanes = []
    for agents, hours, days in ((100, 8.0, 20), (10_000, 2.0, 1)):
        prepared = Prepared(plan_for(agents, hours))
        prepared.play(1, 0, 1)
        lanes.append(Lane(f"{agents:,}", partial(_played, prepared, days)))
    for _ in range(ROUNDS):
        for lane in lanes:
            lane.round()
    for lane in lanes:
        assert lane.done is not None
        came_to = f"{lane.done.abandonment:.2%} abandoned, {lane.done.utilisation:.2%} busy"
        took = 1e9 / statistics.median(lane.events_per_s)
        sys.stdout.write(f"| ns an event, {lane.name} agents ({came_to}) | {took:.1f} | | |\n")
    small, large = (statistics.median(lane.events_per_s) for lane in lanes)
    return small / large


def _played(prepared: Prepared, days: int) -> Done:
    return summed(prepared.play(1, 0, days).tally)


def cores() -> float:
    """Return how much sooner two threads are done with the same days, by the wall clock: the best time of each.

    Short and often, by turns: what else runs on the machine makes a time longer, never shorter.
    """
    prepared = Prepared(plan_for(100, 8.0))
    blocks = [(first, 4) for first in range(0, 16, 4)]
    alone_s, both_s = [], []
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda block: prepared.play(1, *block), blocks))
        for _ in range(CORES_ROUNDS):
            began = perf_counter()
            alone = [prepared.play(1, *block).tally for block in blocks]
            between = perf_counter()
            both = [days.tally for days in pool.map(lambda block: prepared.play(1, *block), blocks)]
            both_s.append(perf_counter() - between)
            alone_s.append(between - began)
            assert all(np.array_equal(one, other) for one, other in zip(alone, both, strict=True))
    return min(alone_s) / min(both_s)


def verdict(*, fine: bool) -> str:
    """Return the word for it."""
    return "kept" if fine else "NOT kept"
