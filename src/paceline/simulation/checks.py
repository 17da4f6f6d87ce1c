"""The bounds of a scenario: every value is checked by name, and the first that is outside is told with its bound.

What can be simulated without end but has no steady state is refused too: an open loop whose callers wait for ever.
"""

from __future__ import annotations

from collections.abc import Iterable

from paceline.simulation.distributions import Family, checked
from paceline.simulation.errors import ScenarioError, UnstableScenarioError
from paceline.simulation.scenario import INFINITE, Pacing, Policy, Scenario

MOST_AGENTS = 20_000
MOST_RECORDS = (1 << 26) - 2
MOST_ATTEMPTS = 63
_CERTAINTY = frozenset({"safety", "belief", "memory_dials", "horizon_s"})
_LEVEL = frozenset({"max_level", "intensity", "level_target", "target"})

PARAMETERS: dict[Policy, frozenset[str]] = {
    Policy.PROGRESSIVE: frozenset(),
    Policy.INTERVAL: frozenset({"interval_ms", "even"}),
    Policy.RATIO: frozenset({"lines", "ratio"}),
    Policy.IDLE_LINES: frozenset({"lines_per_idle"}),
    Policy.OPTIMAL: frozenset({"table", "table_above", "mixing"}),
    Policy.CERTAINTY: _CERTAINTY,
    Policy.TELESCOPING: _CERTAINTY | {"target", "gain", "safety_lowest", "safety_highest", "carried"},
    Policy.VICIDIAL_HARD: _LEVEL,
    Policy.VICIDIAL_AVERAGE: _LEVEL,
    Policy.VICIDIAL_TAPERED: _LEVEL | {"latest_s"},
}
"""The parameters each policy knows, beside `tick_s`."""
TICKED = frozenset({Policy.INTERVAL, Policy.VICIDIAL_HARD, Policy.VICIDIAL_AVERAGE, Policy.VICIDIAL_TAPERED})
"""Policies with a rhythm of their own: they take no `tick_s`."""


def check_scenario(scenario: Scenario) -> Scenario:
    """Return the scenario when every value is within its bounds.

    Raises:
        ScenarioError: naming the field, the value and the bound.
        UnstableScenarioError: when its queue would grow without limit.
    """
    _within("agents.count", scenario.agents, 1, MOST_AGENTS)
    checked("handle", scenario.talk)
    if scenario.wrap is not None:
        checked("wrap", scenario.wrap)
    if scenario.greeting is not None:
        checked("greeting", scenario.greeting)
    _within("limit.abandonment", scenario.limit, 0.0, 1.0)
    _check_run(scenario)
    _check_answer(scenario)
    _check_telephony(scenario)
    _check_records(scenario)
    _check_agenda(scenario)
    for where, pacing in _pacings(scenario):
        check_pacing(pacing, where=where)
        _check_stable(scenario, pacing)
    return scenario


def check_pacing(pacing: Pacing, *, where: str = "pacing") -> Pacing:
    """Return the pacing when it has what its policy needs, within bounds, and nothing that its policy does not know.

    Raises:
        ScenarioError: naming the field, the value and the bound.
    """
    known = PARAMETERS[pacing.policy] | (frozenset() if pacing.policy in TICKED else {"tick_s"})
    plain = Pacing(policy=pacing.policy)
    for name in Pacing.__slots__:
        value = getattr(pacing, name)
        if name not in known | {"policy"} and value != getattr(plain, name):
            raise ScenarioError(f"{where}.{name}", value, f"left out: {pacing.policy} does not know it")
    _check_needs(pacing, where)
    for name, low, high in _PACING_BOUNDS:
        value = getattr(pacing, name)
        if value is not None:
            _within(f"{where}.{name}", value, low, high)
    for table in ("table", "table_above"):
        for lines in getattr(pacing, table):
            _within(f"{where}.{table}", lines, 0, 1_000_000)
    return pacing


_PACING_BOUNDS = (
    ("tick_s", 0.0, 60.0),
    ("lines", 1, 1_000_000),
    ("ratio", 0.0, 100.0),
    ("interval_ms", 0.1, 3_600_000.0),
    ("lines_per_idle", 0.0, 1000.0),
    ("mixing", 0.0, 1.0),
    ("safety", -1000.0, 1000.0),
    ("belief", 0.001, 0.999),
    ("memory_dials", 0, 1_000_000),
    ("horizon_s", 0.1, 3600.0),
    ("target", 0.0, 1.0),
    ("gain", 0.0001, 100.0),
    ("safety_lowest", -1000.0, 1000.0),
    ("safety_highest", 0.0, 1000.0),
    ("max_level", 1.0, 100.0),
    ("intensity", -40, 40),
    ("level_target", -1000, 1000),
    ("latest_s", 0.0, 86_400.0),
)


def _check_needs(pacing: Pacing, where: str) -> None:
    needed = {Policy.INTERVAL: "interval_ms", Policy.IDLE_LINES: "lines_per_idle"}.get(pacing.policy)
    if needed is not None and getattr(pacing, needed) is None:
        raise ScenarioError(f"{where}.{needed}", None, f"given: {pacing.policy} needs it")
    if pacing.policy is Policy.RATIO and (pacing.lines is None) == (pacing.ratio is None):
        raise ScenarioError(f"{where}.lines", pacing.lines, "given, or ratio instead, not both")
    if pacing.policy is Policy.OPTIMAL and not 1 <= len(pacing.table) <= 4096:
        raise ScenarioError(f"{where}.table", pacing.table, "given, with 1 to 4096 entries")
    if pacing.table_above and len(pacing.table_above) != len(pacing.table):
        raise ScenarioError(f"{where}.table_above", pacing.table_above, "as long as table")
    if pacing.policy is Policy.CERTAINTY and pacing.safety is None:
        raise ScenarioError(f"{where}.safety", None, "given: certainty needs it")


def _check_run(scenario: Scenario) -> None:
    run = scenario.run
    _within("run.days", run.days, 1, 1_000_000)
    _within("run.hours_per_day", run.hours_per_day, 0.01, 24.0)
    if not 0 <= run.warm_up_s < scenario.day_s:
        raise ScenarioError("run.warm_up_s", run.warm_up_s, f"from 0 to below the day's {scenario.day_s:g} seconds")


def _check_answer(scenario: Scenario) -> None:
    answer = scenario.answer
    _within("answer.probability", answer.probability, 0.0001, 1.0)
    checked("answer.ring_answered", answer.ring_answered)
    checked("answer.ring_unanswered", answer.ring_unanswered)
    if answer.timeout_s != INFINITE:
        _within("answer.timeout_s", answer.timeout_s, 1.0, 600.0)
    for name in ("by_time", "by_attempt", "by_day"):
        factors = getattr(answer, name)
        if not 1 <= len(factors) <= (MOST_ATTEMPTS if name == "by_attempt" else 10_000):
            raise ScenarioError(f"answer.{name}", factors, "one factor at least, and at most as many as there can be")
        for factor in factors:
            _within(f"answer.{name}", factor, 0.0, 16.0)
    if answer.concentration != INFINITE:
        _within("answer.concentration", answer.concentration, 0.1, 10_000.0)
    if answer.concentration != INFINITE and answer.probability > 0.99:
        raise ScenarioError("answer.concentration", answer.concentration, "left out above a probability of 0.99")


def _check_telephony(scenario: Scenario) -> None:
    shares = scenario.unanswered
    for name in ("machine", "busy", "failed"):
        _within(f"unanswered.{name}", getattr(shares, name), 0.0, 1.0)
    total = shares.machine + shares.busy + shares.failed
    if total > 1 + 1e-12:
        raise ScenarioError("unanswered", total, "shares that add up to at most 1")
    if shares.machine_ring is not None:
        checked("unanswered.machine_ring", shares.machine_ring)
    _within("unanswered.busy_s", shares.busy_s, 0.0, 600.0)
    _within("unanswered.failed_s", shares.failed_s, 0.0, 600.0)
    if scenario.detection is not None:
        _within("detection.sensitivity", scenario.detection.sensitivity, 0.0, 1.0)
        _within("detection.specificity", scenario.detection.specificity, 0.0, 1.0)
        _within("detection.machine_handle_s", scenario.detection.machine_handle_s, 0.0, 3600.0)
    patience = scenario.patience
    if patience.family not in {Family.DETERMINISTIC, Family.EXPONENTIAL}:
        raise ScenarioError("patience.distribution", str(patience.family), "deterministic or exponential")
    if patience.seconds != INFINITE:
        _within("patience.seconds", patience.seconds, 0.0, 3600.0)
    elif patience.family is not Family.DETERMINISTIC:
        raise ScenarioError("patience.distribution", str(patience.family), "deterministic where it is infinite")
    _within("lines.cap", scenario.lines.cap, 0, 1_000_000)
    _within("lines.calls_per_s", scenario.lines.calls_per_s, 0, 100_000)


def _check_records(scenario: Scenario) -> None:
    records = scenario.records
    _within("list.records", records.count, 0, MOST_RECORDS)
    _within("list.max_attempts", records.max_attempts, 1, MOST_ATTEMPTS)
    for name in ("retry_s", "machine_retry_s", "busy_retry_s", "no_answer_retry_s", "failed_retry_s"):
        for delay in getattr(records, name):
            _within(f"list.{name}", delay, 1.0, 86_400.0)
    if not records.retry_s:
        raise ScenarioError("list.retry_s", records.retry_s, "one delay at least")


def _check_agenda(scenario: Scenario) -> None:
    day = scenario.day_s
    for number, shift in enumerate(scenario.shifts):
        _within(f"shifts[{number}].start_s", shift.start_s, 0.0, day)
        _within(f"shifts[{number}].end_s", shift.end_s, shift.start_s, day)
        _within(f"shifts[{number}].agents", shift.agents, 1, scenario.agents)
    for number, pause in enumerate(scenario.breaks):
        _within(f"breaks[{number}].at_s", pause.at_s, 0.0, day)
        _within(f"breaks[{number}].length_s", pause.length_s, 1.0, day)
        _within(f"breaks[{number}].agents", pause.agents, 1, scenario.agents)
    for number, change in enumerate(scenario.changes):
        where = f"changes[{number}]"
        _within(f"{where}.at_s", change.at_s, 0.0, day)
        if (change.stop is not None) + change.resume + (change.pacing is not None) != 1:
            raise ScenarioError(where, None, "one of stop, resume and pacing")
    times = [change.at_s for change in scenario.changes]
    if times != sorted(times):
        raise ScenarioError("changes", times, "in the order of their times")


def _check_stable(scenario: Scenario, pacing: Pacing) -> None:
    """Refuse an open loop that offers more than agents can take, to people who never give up, on lines without end."""
    if scenario.patience.seconds != INFINITE or pacing.interval_ms is None or scenario.lines.cap:
        return
    answer, records = scenario.answer, scenario.records
    chance = answer.probability * _mean(answer.by_time) * _mean(answer.by_day)
    chance *= min(answer.by_attempt) if records.count else answer.by_attempt[0]
    handle_s = scenario.talk.mean_s + (scenario.wrap.mean_s if scenario.wrap else 0.0)
    rate = min(1000 / pacing.interval_ms, scenario.lines.calls_per_s or INFINITE)
    load, agents = rate * min(chance, 1.0) * handle_s, _mean_staff(scenario)
    if load >= agents:
        raise UnstableScenarioError(
            f"one dial every {pacing.interval_ms:g} ms offers {load:.1f} erlangs to {agents:g} agents, and who "
            "waits never gives up: the queue grows without limit",
            hint="dial less often, cap the lines, or give patience.seconds a value",
        )


def _mean_staff(scenario: Scenario) -> float:
    """Return the agents logged in on average over the day."""
    day = scenario.day_s
    staffed = sum(shift.agents * (shift.end_s - shift.start_s) for shift in scenario.shifts)
    away = sum(pause.agents * (min(pause.at_s + pause.length_s, day) - pause.at_s) for pause in scenario.breaks)
    return ((staffed if scenario.shifts else scenario.agents * day) - away) / day


def _mean(factors: tuple[float, ...]) -> float:
    return sum(factors) / len(factors)


def _pacings(scenario: Scenario) -> Iterable[tuple[str, Pacing]]:
    if scenario.pacing is not None:
        yield "pacing", scenario.pacing
    for number, change in enumerate(scenario.changes):
        if change.pacing is not None:
            yield f"changes[{number}].pacing", change.pacing


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ScenarioError(name, value, f"from {low:g} to {high:g}")
