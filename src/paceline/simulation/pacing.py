"""Policies in whole numbers: an id and a row of parameters each, which the compiled engines decide by.

Every policy has the ticks between two decisions in `PERIOD`; what else stands where is named below. Levels and lines
per agent are in units of 2^-16, safeties in 2^-32, beliefs and survivals in 2^-20, mixing in 2^-32.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from paceline.simulation.distributions import TICKS_PER_S, Duration, survivals_of, table_of
from paceline.simulation.scenario import Pacing, Policy, Scenario

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks

PROGRESSIVE, INTERVAL, RATIO, IDLE_LINES, OPTIMAL, CERTAINTY, TELESCOPING, VICIDIAL = range(8)
"""Ids of the policies in compiled code; the three adaptive modes share one and differ in `MODE`."""

PARAMETERS = 10
"""Length of a row of parameters."""
PERIOD = 0
"""Ticks between two decisions; 0 decides at every event. For interval it is 1: it has a rhythm of its own."""
GAP, EVEN = 1, 2
"""interval: mean gap in units of 2^-16 ticks; 1 when all gaps are equal."""
LINES, LINES_PER_AGENT = 1, 2
"""ratio: lines, or else lines per agent, units of 2^-16."""
LINES_PER_IDLE = 1
"""idle_lines: lines per idle agent, units of 2^-16."""
MIXING = 1
"""optimal: share of the second table, units of 2^-32."""
SAFETY, BELIEF, MEMORY, FREEING = 1, 2, 3, 4
"""certainty: safety; believed answer rate; dials of memory; share of busy agents that come free in the horizon."""
RISE, FALL, LOWEST, HIGHEST = 5, 6, 7, 8
"""telescoping: what an abandoned answer adds, what a connected one takes, and where the safety stops to matter."""
MODE, MAX_LEVEL, INTENSITY, LEVEL_TARGET, DAY_LIMIT, LATEST = 1, 2, 3, 4, 5, 6
"""vicidial: 0 hard, 1 average, 2 tapered; highest level; intensity; wanted difference; limit, 2^-20; ticks."""

AGE_STEP = TICKS_PER_S // 10
"""Ticks of an entry in a survival table."""
HALF_SECOND = TICKS_PER_S // 2
"""Ticks between two looks of the adaptive modes."""

IDS = {
    Policy.PROGRESSIVE: PROGRESSIVE,
    Policy.INTERVAL: INTERVAL,
    Policy.RATIO: RATIO,
    Policy.IDLE_LINES: IDLE_LINES,
    Policy.OPTIMAL: OPTIMAL,
    Policy.CERTAINTY: CERTAINTY,
    Policy.TELESCOPING: TELESCOPING,
    Policy.VICIDIAL_HARD: VICIDIAL,
    Policy.VICIDIAL_AVERAGE: VICIDIAL,
    Policy.VICIDIAL_TAPERED: VICIDIAL,
}
"""The id of each policy."""
MODES = {Policy.VICIDIAL_HARD: 0, Policy.VICIDIAL_AVERAGE: 1, Policy.VICIDIAL_TAPERED: 2}
"""The mode of each adaptive policy."""


class PacingPlan(NamedTuple):
    """Pacings as arrays: see `plan.Plan` for their shapes."""

    policy: Ticks
    parameters: Ticks
    tables: Ticks


def pacing_plan(scenario: Scenario, pacings: Sequence[Pacing]) -> PacingPlan:
    """Return the pacings of a scenario, the one it starts with first, as arrays of int64."""
    import numpy as np

    longest = max([1, *(len(pacing.table) for pacing in pacings)])
    tables = np.zeros((len(pacings), 2, longest), dtype=np.int64)
    for row, pacing in enumerate(pacings):
        for which, table in enumerate((pacing.table, pacing.table_above or pacing.table)):
            filled = [*table, *([table[-1] if table else 0] * (longest - len(table)))]
            tables[row, which] = filled
    return PacingPlan(
        policy=np.array([IDS[pacing.policy] for pacing in pacings], dtype=np.int64),
        parameters=np.array([_parameters(scenario, pacing) for pacing in pacings], dtype=np.int64),
        tables=tables,
    )


def freeing(handle: Sequence[Duration], horizon_s: float) -> float:
    """Return the share of busy agents, of unknown age, who come free within `horizon_s` seconds.

    The residual time of a renewal process: the integral of the survival up to the horizon over the mean. Where there
    is a wrap-up only who is in it counts, for who talks has it still ahead.
    """
    import numpy as np

    total = sum(one.mean_s for one in handle)
    if total <= 0:
        return 1.0
    table, step = table_of(handle[-1]), horizon_s / 200
    ages = np.asarray((np.arange(200) + 0.5) * step * TICKS_PER_S, dtype=np.float64)
    freed = float(survivals_of(table, ages).sum()) * step
    return min(1.0, freed / total)


def _parameters(scenario: Scenario, pacing: Pacing) -> list[int]:
    row = [0] * PARAMETERS
    row[PERIOD] = round(pacing.tick_s * TICKS_PER_S)
    policy = pacing.policy
    if policy is Policy.INTERVAL:
        gap_s = (pacing.interval_ms or 0.0) / 1000
        row[PERIOD], row[GAP], row[EVEN] = 1, round(gap_s * TICKS_PER_S * 65536), int(pacing.even)
    elif policy is Policy.RATIO:
        row[LINES], row[LINES_PER_AGENT] = pacing.lines or 0, round((pacing.ratio or 0.0) * 65536)
    elif policy is Policy.IDLE_LINES:
        row[LINES_PER_IDLE] = round((pacing.lines_per_idle or 0.0) * 65536)
    elif policy is Policy.OPTIMAL:
        row[MIXING] = round(pacing.mixing * 2**32) if pacing.table_above else 0
    elif policy in {Policy.CERTAINTY, Policy.TELESCOPING}:
        _certainty(scenario, pacing, row)
    elif policy in MODES:
        _vicidial(scenario, pacing, row)
    return row


def _certainty(scenario: Scenario, pacing: Pacing, row: list[int]) -> None:
    answer = scenario.answer
    belief = answer.probability if pacing.belief is None else pacing.belief
    mean_ring_s = belief * answer.ring_answered.mean_s + (1 - belief) * answer.ring_unanswered.mean_s
    horizon_s = mean_ring_s if pacing.horizon_s is None else pacing.horizon_s
    handle = [scenario.talk] if scenario.wrap is None else [scenario.talk, scenario.wrap]
    row[SAFETY] = round((pacing.safety or 0.0) * 2**32)
    row[BELIEF] = min(max(round(belief * 2**20), 1), 2**20 - 1)
    row[MEMORY] = pacing.memory_dials
    row[FREEING] = round(freeing(handle, horizon_s) * 2**20)
    if pacing.policy is Policy.TELESCOPING:
        target = scenario.limit if pacing.target is None else pacing.target
        step, row[FALL] = round(pacing.gain * 2**32), round(pacing.gain * target * 2**32)
        row[RISE] = step - row[FALL]
        begin = usual_safety(scenario, horizon_s) if pacing.safety is None else pacing.safety
        highest = begin + 3 + math.sqrt(scenario.agents) / 2 if pacing.safety_highest is None else pacing.safety_highest
        row[SAFETY], row[LOWEST] = round(begin * 2**32), round(pacing.safety_lowest * 2**32)
        row[HIGHEST] = round(highest * 2**32)


def usual_safety(scenario: Scenario, horizon_s: float) -> float:
    """Return a safety, in agents, near which 3 % is abandoned: where a telescoping policy may begin.

    A fit to simulated days of 10 to 500 agents, talks of 180 s, three dials in ten answered, good to about one agent;
    the controller finds the rest.
    """
    handle_s = scenario.talk.mean_s + (scenario.wrap.mean_s if scenario.wrap else 0.0)
    freed = scenario.agents * horizon_s / max(handle_s, 1e-3)
    return 0.5 + 0.4 * freed + 1.4 * math.sqrt(freed)


def _vicidial(scenario: Scenario, pacing: Pacing, row: list[int]) -> None:
    latest_s = scenario.day_s if pacing.latest_s is None else pacing.latest_s
    limit = scenario.limit if pacing.target is None else pacing.target
    row[PERIOD] = HALF_SECOND
    row[MODE], row[MAX_LEVEL] = MODES[pacing.policy], round(pacing.max_level * 65536)
    row[INTENSITY], row[LEVEL_TARGET] = pacing.intensity, pacing.level_target
    row[DAY_LIMIT], row[LATEST] = round(limit * 2**20), round(latest_s * TICKS_PER_S)
