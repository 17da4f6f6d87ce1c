"""A plan made ready for the fast engine: its numbers in one array, and the memory for its days."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from paceline.simulation import plan as p
from paceline.simulation.compiled import fast_places as f
from paceline.simulation.compiled.fast_list import pieces_of
from paceline.simulation.distributions import NODES, mean_of
from paceline.simulation.errors import ScenarioError
from paceline.simulation.pacing import OPTIMAL, PARAMETERS

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks
    from paceline.simulation.plan import Plan

ROW = PARAMETERS + 1
"""Length of a pacing's row: the policy's id, then its parameters."""


def given_of(plan: Plan) -> Ticks:
    """Return the numbers of a plan, `n`: see `fast_places`.

    Raises:
        ScenarioError: when it needs what only the exact engine keeps: who is on which line.
    """
    _check(plan)
    delays, queues = _delays(plan)
    agenda = _agenda(plan)
    pacings = np.concatenate([plan.policy[:, None], plan.parameters], axis=1)
    head = np.zeros(f.TIMES, dtype=np.int64)
    for place, value in _numbers(plan).items():
        head[place] = value
    head[f.STEPS], head[f.QUEUES] = agenda.shape[0], delays.size
    head[f.SHARES : f.SHARES + 3] = plan.shares
    parts = [head, *_times(plan)]
    places = (f.FACTORS_AT, f.RETRY_AT, f.AGENDA_AT, f.PACINGS_AT, f.TABLES_AT, f.DELAYS_AT)
    for place, part in zip(places, (plan.factors, queues, agenda, pacings, plan.tables, delays), strict=True):
        head[place] = sum(one.size for one in parts)
        parts.append(part)
    return np.concatenate([np.asarray(one, dtype=np.int64).reshape(-1) for one in parts])


def memory_of(plan: Plan) -> Ticks:
    """Return memory for days of a plan, `m`; it is used again from day to day, and only touched where needed."""
    delays, _ = _delays(plan)
    return np.zeros(f.POOL + f.PIECE * pieces_of(plan.records, delays.size), dtype=np.int64)


def _check(plan: Plan) -> None:
    if int(plan.policy.max()) > OPTIMAL:
        bound = "progressive, interval, ratio, idle_lines or optimal in the fast engine"
        raise ScenarioError("pacing.policy", "one that remembers", bound, hint="use the exact engine")
    if p.STOP_DROP in plan.change_kind.tolist():
        raise ScenarioError("changes.stop", "drop", "finish in the fast engine", hint="use the exact engine")


def _numbers(plan: Plan) -> dict[int, int]:
    return {
        f.HORIZON: _slots(plan.horizon),
        f.WARM_UP: _slots(plan.warm_up),
        f.AGENTS: plan.agents,
        f.ANSWER: plan.answer,
        f.PART: max(1, _slots(plan.part)),
        f.PARTS: plan.factors.shape[0],
        f.TIMEOUT: plan.timeout,
        f.PATIENCE: -1 if plan.patience < 0 else _slots(plan.patience),
        f.RECORDS: plan.records,
        f.MAX_ATTEMPTS: plan.max_attempts,
        f.CAP: plan.cap,
        f.PER_SECOND: plan.calls_per_s,
        f.ALIKE: int(plan.propensity.size == 1),
        f.HAS_WRAP: int(plan.wrap.size > 1),
        f.GREETS: 2 if plan.detects else int(plan.greeting.size > 1),
        f.HAS_GREETING: int(plan.greeting.size > 1),
        f.SENSITIVITY: plan.sensitivity if plan.detects else f.WHOLE,
        f.SPECIFICITY: plan.specificity if plan.detects else f.WHOLE,
        f.MACHINE_HANDLE: _slots(plan.machine_handle),
        f.LONGEST: plan.tables.shape[2],
    }


def _slots(ticks: int) -> int:
    return f.NEVER if ticks >= f.NEVER else (ticks + f.SLOT // 2) // f.SLOT


def _agenda(plan: Plan) -> Ticks:
    """Return [steps, 3] slot, kind and value of what is planned, in the order of time."""
    steps = [
        (_slots(int(at)), f.AGENTS_STEP, int(agents))
        for at, agents in zip(plan.shift_at, plan.shift_change, strict=True)
    ]
    for at, kind, pacing in zip(plan.change_at, plan.change_kind, plan.change_pacing, strict=True):
        if kind == p.REPACE:
            steps.append((_slots(int(at)), f.PACING_STEP, int(pacing)))
        else:
            steps.append((_slots(int(at)), f.DIALLING_STEP, int(kind == p.RESUME)))
    steps.sort(key=lambda step: (step[0], step[1] != f.AGENTS_STEP))
    return np.array(steps, dtype=np.int64).reshape(-1, 3)


def _endings(plan: Plan) -> list[Ticks]:
    """Return the rings of the five endings, in ticks."""
    rings = (plan.ring_answered, plan.ring_machine, plan.busy, plan.failed, plan.ring_unanswered)
    return [np.full(NODES, ring) if isinstance(ring, int) else ring for ring in rings]


def _times(plan: Plan) -> list[Ticks]:
    """Return 11 rows of 8192 ticks: rings of the five endings, then the other times, zeros where there is none."""
    others = (plan.talk, plan.wrap, plan.greeting, plan.patience_table, plan.propensity, plan.unit_exponential)
    return [*_endings(plan), *(row if row.size > 1 else np.zeros(NODES, dtype=np.int64) for row in others)]


def _delays(plan: Plan) -> tuple[Ticks, Ticks]:
    """Return the delay of each queue, slots from the dial, and [5, attempts + 1] the queue by ending and attempt."""
    delays: list[int] = []
    queue = np.full((5, plan.max_attempts + 1), -1, dtype=np.int64)
    rows = {f.MACHINE: p.MACHINE, f.ENGAGED: p.BUSY, f.NOBODY: p.NO_ANSWER, f.FAILURE: p.FAILED}
    rings = _endings(plan)
    known: dict[tuple[int, int], int] = {}
    for ending, row in rows.items() if plan.records else ():
        ring = mean_of(np.minimum(rings[ending], plan.timeout))
        for attempt in range(1, plan.max_attempts):
            which = int(plan.retry_class[row, attempt])
            if (ending, which) not in known:
                known[ending, which] = len(delays)
                delays.append(max(1, round((ring + int(plan.retry_delay[which])) / f.SLOT)))
            queue[ending, attempt] = known[ending, which]
    return np.array(delays, dtype=np.int64), queue
