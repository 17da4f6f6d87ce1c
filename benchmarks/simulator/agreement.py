"""Whether the engines agree: reference and exact event for event, fast and exact in distribution.

First random scenarios, those of the tests, until ten million events were the same. Then campaigns of which every
count and area is compared between the fast and the exact engine, over days that have nothing in common.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from benchmarks.simulator.grid import grid, parts
from benchmarks.simulator.machine import machine
from paceline.simulation import counters as c
from paceline.simulation.checks import check_scenario
from paceline.simulation.compiled import layout as a
from paceline.simulation.compiled.exact import play
from paceline.simulation.compiled.outcome import trace_of
from paceline.simulation.draws import MASK
from paceline.simulation.engine import simulate
from paceline.simulation.plan import NEVER, plan_of
from paceline.simulation.players import Engine
from paceline.simulation.reference import play_day
from paceline.simulation.scenario import Scenario
from tests.unit.simulation.scenarios import scenarios

EVENTS = 10_000_000
"""Events that must be the same."""
SCENARIOS, DAYS_EACH = 700, 12
"""Random scenarios, and days of each: more than enough for the events."""
DAYS = {1: 2000, 10: 800, 20: 600}
"""Days of each campaign in each engine, by agents: more where a day has little in it."""
DAYS_ELSE = 300
LIMIT = 4.0
"""Largest difference allowed, in standard errors."""
PLACES = {
    name: getattr(c, name)
    for name in (
        *("DIALS", "ANSWERS", "MACHINES", "ENGAGED", "UNANSWERED", "FAILURES", "CONNECTED", "ABANDONED", "MISJUDGED"),
        *("MACHINES_CONNECTED", "MACHINES_DROPPED", "WAITED", "RANG"),
        *("BUSY_AREA", "STAFFED_AREA", "WAITING_AREA", "RINGING_AREA", "TALKING_AREA"),
    )
}
"""What is compared. Events are not: at one instant one engine may look at a pacing in vain that the other does not."""
_COUNTED = (*range(c.COUNTS), *range(c.RINGING, c.SAFETY))


@dataclass(slots=True)
class Same:
    """What was the same: scenarios, days and events."""

    scenarios: int = 0
    days: int = 0
    events: int = 0


def main() -> int:
    """Compare, print Markdown, and return 0 when the engines agree."""
    sys.stdout.write(f"{machine('numpy', 'numba', 'hypothesis')}\n\n")
    same = event_for_event()
    enough = same.events >= EVENTS
    sys.stdout.write(
        f"Reference and exact engine, event for event: {same.scenarios} random scenarios, {same.days:,} days, "
        f"{same.events:,} events, every one the same. At least {EVENTS:,}: {'kept' if enough else 'NOT kept'}.\n\n"
    )
    sys.stdout.flush()
    largest = [z for one in (parts(), grid()) for z in compared(one)]
    within = max(largest) < LIMIT
    above = sum(z > 1.96 for z in largest) / len(largest)
    sys.stdout.write(
        f"{len(largest):,} comparisons of {DAYS_ELSE} to {max(DAYS.values()):,} days with as many others: largest "
        f"{max(largest):.2f} standard errors, "
        f"{above:.1%} above 1.96. Below {LIMIT:g}: {'kept' if within else 'NOT kept'}.\n"
    )
    return 0 if enough and within else 1


def event_for_event() -> Same:
    """Play random scenarios in the reference and the exact engine until enough events were the same."""
    same = Same()

    @settings(
        max_examples=SCENARIOS,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(scenario=scenarios(), seed=st.integers(0, 2**64 - 1))
    def holds(scenario: Scenario, seed: int) -> None:
        if same.events < EVENTS:
            same.scenarios += 1
            _compare_days(scenario, seed, same)

    holds()
    return same


def _compare_days(scenario: Scenario, seed: int, same: Same) -> None:
    plan = plan_of(check_scenario(scenario))
    flat = a.flat_plan(plan)
    for day in range(DAYS_EACH):
        expected = play_day(plan, seed, day)
        s = a.blank_day(plan, seed, day, lines=2048, trace=100_000)
        assert play(flat, s, NEVER) == c.DONE
        assert np.array_equal(trace_of(s), np.array(expected.trace, dtype=np.int64).reshape(-1, 4))
        assert [int(s[place]) for place in _COUNTED] == [expected.tally[place] for place in _COUNTED]
        assert int(s[c.HASH]) & MASK == expected.hash
        same.days += 1
        same.events += len(expected.trace)


def compared(campaigns: Mapping[str, Scenario]) -> list[float]:
    """Compare campaigns, print the largest difference of each, and return all, in standard errors."""
    sys.stdout.write("| campaign | abandonment | compared | largest difference |\n| --- | ---: | ---: | --- |\n")
    found: list[float] = []
    for number, (name, scenario) in enumerate(campaigns.items()):
        days = DAYS.get(scenario.agents, DAYS_ELSE)
        one = simulate(scenario, seed=2 * number, days=days, engine=Engine.FAST).tallies
        other = simulate(scenario, seed=2 * number + 1, days=days, engine=Engine.EXACT).tallies
        conserved(scenario, one)
        conserved(scenario, other)
        z = apart(one, other)
        worst = max(z, key=z.__getitem__)
        loss = one[:, c.ABANDONED].sum() / max(1, one[:, c.ABANDONED].sum() + one[:, c.CONNECTED].sum())
        sys.stdout.write(f"| {name} | {loss:.2%} | {len(z)} | {z[worst]:.2f} ({worst.lower()}) |\n")
        sys.stdout.flush()
        found += z.values()
    sys.stdout.write("\n")
    return found


def apart(one: np.ndarray, other: np.ndarray) -> dict[str, float]:
    """Return how far the means of days are apart, in standard errors; what is always the same on both is left out."""
    z = {}
    for name, place in PLACES.items():
        mine, theirs = one[:, place].astype(float), other[:, place].astype(float)
        error = math.sqrt(mine.var(ddof=1) / len(mine) + theirs.var(ddof=1) / len(theirs))
        difference = abs(float(mine.mean() - theirs.mean()))
        if error > 0 or difference > 0:
            z[name] = difference / error if error > 0 else math.inf
    return z


def conserved(scenario: Scenario, days: np.ndarray) -> None:
    """Assert that no dial, answer or agent is lost, day by day."""
    n = days.T
    ended = n[c.ANSWERS] + n[c.MACHINES] + n[c.ENGAGED] + n[c.UNANSWERED] + n[c.FAILURES] + n[c.CUT]
    if not scenario.run.warm_up_s:  # else some of the dials that end are from before what is counted
        assert (n[c.DIALS] == ended + n[c.RINGING]).all()
        undecided = n[c.ANSWERS] - n[c.CONNECTED] - n[c.ABANDONED]
        assert (undecided >= 0).all()
        assert (undecided <= n[c.GREETING] + n[c.WAITING]).all()
    assert (n[c.STAFFED] == n[c.IDLE] + n[c.BUSY]).all()
    assert (n[c.STAFFED] <= scenario.agents).all()
    assert (n[c.TALKING] <= n[c.BUSY]).all()
    assert (n[c.BUSY_AREA] <= n[c.STAFFED_AREA]).all()
