"""A scenario in whole numbers: ticks, 32-bit shares, tables; what all three engines compute from.

Units: times in ticks of 100 microseconds; shares in units of 2^-32; factors in units of 2^-16. `NEVER` stands for a
time that does not come.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from paceline.simulation.distributions import (
    TICKS_PER_S,
    Duration,
    Family,
    digest_of,
    propensities,
    survivals_of,
    table_of,
)
from paceline.simulation.errors import ScenarioError
from paceline.simulation.pacing import AGE_STEP, PacingPlan, pacing_plan
from paceline.simulation.scenario import INFINITE, Drain, Records, Scenario

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from paceline.simulation.distributions import Ticks

NEVER = 1 << 60
"""A tick that does not come."""
WHOLE = 1 << 32
"""A share of one."""
FACTOR = 1 << 16
"""A factor of one."""
AGES = 8192
"""Entries of a survival table, one for each tenth of a second."""

STOP_FINISH, STOP_DROP, RESUME, REPACE = range(4)
"""Kinds of a change in the day."""

MACHINE, BUSY, NO_ANSWER, FAILED = range(4)
"""Rows of the table of retries."""


class Plan(NamedTuple):
    """Everything an engine needs of a scenario, in whole numbers and arrays of int64.

    Attributes:
        horizon: length of the day, ticks.
        warm_up: ticks at the start that do not count.
        agents: most agents logged in at once.
        answer: share of the dials that a person answers.
        factors: [parts of the day, attempts] factors on it.
        part: ticks of a part of the day.
        by_day: [days] factors on it, again from the first after the last.
        propensity: [8192] answer shares of the records, or [1] when all are alike.
        shares: [3] shares of the other dials: machine; or busy; or failed: cumulated.
        ring_answered: table of rings that end in an answer.
        ring_unanswered: table of rings that nobody answers.
        ring_machine: table of rings that a machine answers.
        ring_constant: ticks of every ring that nobody answers, or -1 when they differ.
        busy: ticks until an engaged number is known.
        failed: ticks until a failed call is known.
        timeout: no ring lasts longer, ticks.
        talk: table of talks.
        wrap: table of wrap-ups, or [1] when there is none.
        greeting: table of greetings, or [1] when there is none.
        detects: 1 when machine detection errs.
        sensitivity: share of people recognised.
        specificity: share of machines recognised.
        machine_handle: ticks an agent needs for a machine.
        patience: ticks an answered call waits, or -1 when they differ.
        patience_table: table of patiences, or [1] when they are the same.
        records: records at the start of the day; 0 for a list without end.
        max_attempts: attempts per record.
        retry_class: [4 outcomes, attempts] which delay follows, by attempt made (entry 0 unused).
        retry_delay: [classes] delays, ticks, all different.
        cap: lines in use at once, or NEVER.
        calls_per_s: dials per second of the clock, or NEVER.
        shift_at: [steps] ticks at which agents log in or out.
        shift_change: [steps] how many log in; out when negative.
        change_at: [changes] ticks of the changes.
        change_kind: [changes] STOP_FINISH, STOP_DROP, RESUME or REPACE.
        change_pacing: [changes] row of the new pacing, or -1.
        policy: [pacings] ids of policies.
        parameters: [pacings, PARAMETERS] what they need; `pacing.py` says what stands where.
        tables: [pacings, 2, longest] lines that ring by idle agents, the last entry repeated.
        survival_answered: [8192] share of answered rings that last longer, by tenths of a second, units of 2^-20.
        survival_unanswered: the same of the rings nobody answers.
        unit_exponential: table of an exponential time with mean 2^16.
    """

    horizon: int
    warm_up: int
    agents: int
    answer: int
    factors: Ticks
    part: int
    by_day: Ticks
    propensity: Ticks
    shares: Ticks
    ring_answered: Ticks
    ring_unanswered: Ticks
    ring_machine: Ticks
    ring_constant: int
    busy: int
    failed: int
    timeout: int
    talk: Ticks
    wrap: Ticks
    greeting: Ticks
    detects: int
    sensitivity: int
    specificity: int
    machine_handle: int
    patience: int
    patience_table: Ticks
    records: int
    max_attempts: int
    retry_class: Ticks
    retry_delay: Ticks
    cap: int
    calls_per_s: int
    shift_at: Ticks
    shift_change: Ticks
    change_at: Ticks
    change_kind: Ticks
    change_pacing: Ticks
    policy: Ticks
    parameters: Ticks
    tables: Ticks
    survival_answered: Ticks
    survival_unanswered: Ticks
    unit_exponential: Ticks


def plan_of(scenario: Scenario) -> Plan:
    """Return the plan of a scenario that has been checked.

    Raises:
        ScenarioError: when it has no pacing, or its shifts and breaks do not fit together.
    """
    if scenario.pacing is None:
        raise ScenarioError("pacing", None, "given: without it nothing is dialled")
    pacings = [scenario.pacing, *(change.pacing for change in scenario.changes if change.pacing is not None)]
    fields: dict[str, object] = {}
    for part in (_day, _outcomes, _rings, _handling, _list, _changes):
        fields.update(part(scenario))
    fields.update(_asdict(pacing_plan(scenario, pacings)))
    return Plan(**fields)  # type: ignore[arg-type]  # the parts return exactly the fields, which a test asserts


def provenance(plan: Plan) -> str:
    """Return the SHA-256 of a plan's tables and numbers: what a result was computed from."""
    import numpy as np

    numbers = np.array([value for value in plan if isinstance(value, int)], dtype=np.int64)
    return digest_of([numbers, *(value.reshape(-1) for value in plan if not isinstance(value, int))])


def ticks(seconds: float) -> int:
    """Return seconds as ticks, rounded; `NEVER` for infinite."""
    return NEVER if seconds == INFINITE else round(seconds * TICKS_PER_S)


def share(fraction: float) -> int:
    """Return a fraction in units of 2^-32, rounded."""
    return round(fraction * WHOLE)


def _asdict(pacing: PacingPlan) -> dict[str, object]:
    return dict(pacing._asdict())


def _array(values: object) -> npt.NDArray[np.int64]:
    import numpy as np

    return np.ascontiguousarray(np.array(values, dtype=np.int64))


def _table(duration: Duration | None) -> Ticks:
    return _array([0]) if duration is None else table_of(duration)


def _day(scenario: Scenario) -> dict[str, object]:
    steps = _steps(scenario)
    return {
        "horizon": ticks(scenario.day_s),
        "warm_up": ticks(scenario.run.warm_up_s),
        "agents": scenario.agents,
        "shift_at": _array([at for at, _ in steps]),
        "shift_change": _array([agents for _, agents in steps]),
    }


def _steps(scenario: Scenario) -> list[tuple[int, int]]:
    """Merge shifts and breaks into steps of how many agents are wanted, in the order of time."""
    changes: dict[int, int] = {}
    for at_s, agents in _comings(scenario):
        changes[ticks(at_s)] = changes.get(ticks(at_s), 0) + agents
    wanted = 0
    for at in sorted(changes):
        wanted += changes[at]
        if not 0 <= wanted <= scenario.agents:
            where = f"from 0 to agents.count ({scenario.agents}) at every instant, as at {at / TICKS_PER_S:g} s"
            raise ScenarioError("shifts and breaks", wanted, where)
    return [(at, agents) for at, agents in sorted(changes.items()) if agents and at < ticks(scenario.day_s)]


def _comings(scenario: Scenario) -> list[tuple[float, int]]:
    comings = [(0.0, scenario.agents)] if not scenario.shifts else []
    for shift in scenario.shifts:
        comings += [(shift.start_s, shift.agents), (shift.end_s, -shift.agents)]
    for pause in scenario.breaks:
        comings += [(pause.at_s, -pause.agents), (pause.at_s + pause.length_s, pause.agents)]
    return comings


def _outcomes(scenario: Scenario) -> dict[str, object]:
    answer, rest = scenario.answer, scenario.unanswered
    attempts = _attempts(scenario.records) + 1
    by_attempt = [answer.by_attempt[min(max(n - 1, 0), len(answer.by_attempt) - 1)] for n in range(attempts)]
    day = ticks(scenario.day_s)
    alike = answer.concentration == INFINITE
    return {
        "answer": share(answer.probability),
        "factors": _array([[round(a * b * FACTOR) for b in by_attempt] for a in answer.by_time]),
        "part": -(-day // len(answer.by_time)),
        "by_day": _array([round(factor * FACTOR) for factor in answer.by_day]),
        "propensity": _array([0]) if alike else propensities(answer.probability, answer.concentration),
        "shares": _array([share(rest.machine), share(rest.machine + rest.busy), _failing(scenario)]),
    }


def _failing(scenario: Scenario) -> int:
    rest = scenario.unanswered
    return min(share(rest.machine + rest.busy + rest.failed), WHOLE)


def _rings(scenario: Scenario) -> dict[str, object]:
    answer, rest = scenario.answer, scenario.unanswered
    timeout = ticks(answer.timeout_s)
    unanswered, answered = table_of(answer.ring_unanswered), table_of(answer.ring_answered)
    constant = answer.ring_unanswered.family is Family.DETERMINISTIC
    return {
        "ring_answered": answered,
        "ring_unanswered": unanswered,
        "ring_machine": _table(rest.machine_ring or answer.ring_answered),
        "ring_constant": min(int(unanswered[0]), timeout) if constant else -1,
        "busy": min(ticks(rest.busy_s), timeout),
        "failed": min(ticks(rest.failed_s), timeout),
        "timeout": timeout,
        "survival_answered": _survival(answer.ring_answered, timeout),
        "survival_unanswered": _survival(answer.ring_unanswered, timeout),
        "unit_exponential": _unit_exponential(),
    }


@lru_cache(maxsize=256)
def _survival(ring: Duration, timeout: int) -> Ticks:
    """Return how much of a table is above each tenth of a second, cut at the time-out, at least 2^-20; read only."""
    import numpy as np

    table = table_of(ring)
    ages = np.arange(AGES, dtype=np.float64) * AGE_STEP
    left = np.where(ages < timeout, survivals_of(table, ages), 0.0)
    shares: Ticks = np.maximum(np.rint(left * (1 << 20)).astype(np.int64), 1)
    shares.flags.writeable = False
    return shares


def _unit_exponential() -> Ticks:
    return table_of(Duration(family=Family.EXPONENTIAL, mean_s=FACTOR / TICKS_PER_S))


def _handling(scenario: Scenario) -> dict[str, object]:
    detection, patience = scenario.detection, scenario.patience
    constant = patience.family is Family.DETERMINISTIC or patience.seconds == 0
    waits = None if constant else Duration(family=patience.family, mean_s=patience.seconds)
    return {
        "talk": table_of(scenario.talk),
        "wrap": _table(scenario.wrap),
        "greeting": _table(scenario.greeting),
        "detects": 0 if detection is None else 1,
        "sensitivity": WHOLE if detection is None else share(detection.sensitivity),
        "specificity": WHOLE if detection is None else share(detection.specificity),
        "machine_handle": 0 if detection is None else ticks(detection.machine_handle_s),
        "patience": ticks(patience.seconds) if constant else -1,
        "patience_table": _table(waits),
    }


def _list(scenario: Scenario) -> dict[str, object]:
    records, lines = scenario.records, scenario.lines
    rows = [_delays(records, own) for own in ("machine", "busy", "no_answer", "failed")]
    delays = sorted({delay for row in rows for delay in row})
    return {
        "records": records.count,
        "max_attempts": _attempts(records),
        "retry_class": _array([[delays.index(delay) for delay in row] for row in rows]),
        "retry_delay": _array(delays),
        "cap": lines.cap or NEVER,
        "calls_per_s": lines.calls_per_s or NEVER,
    }


def _delays(records: Records, outcome: str) -> list[int]:
    own: tuple[float, ...] = getattr(records, f"{outcome}_retry_s") or records.retry_s
    return [ticks(own[min(max(n - 1, 0), len(own) - 1)]) for n in range(_attempts(records) + 1)]


def _attempts(records: Records) -> int:
    return records.max_attempts if records.count else 1


def _changes(scenario: Scenario) -> dict[str, object]:
    kinds, rows, row = [], [], 0
    for change in scenario.changes:
        if change.pacing is not None:
            row += 1
            kinds.append(REPACE)
        elif change.resume:
            kinds.append(RESUME)
        else:
            kinds.append(STOP_DROP if change.stop is Drain.DROP else STOP_FINISH)
        rows.append(row if change.pacing is not None else -1)
    return {
        "change_at": _array([ticks(change.at_s) for change in scenario.changes]),
        "change_kind": _array(kinds),
        "change_pacing": _array(rows),
    }
