"""The number of each policy that is tuned: its name, where it may be, and how a pacing gets it.

Progressive has none: it never abandons by itself. Of the adaptive modes the highest level is tuned, as sites do; they
brake at the day's limit by themselves, so their best level is where agents are busiest, not where the limit is met.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from paceline.optimizer.twin_tables import TwinTables
from paceline.simulation.errors import ScenarioError
from paceline.simulation.pacing import usual_safety
from paceline.simulation.scenario import Pacing, Policy, Scenario

Setter = Callable[[Pacing, float], Pacing]
"""Returns a pacing with a value of the knob."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """A number of a policy, and where it may be.

    Attributes:
        name: as a scenario calls it.
        low: lowest value.
        high: highest value, above the lowest.
        start: value that is tried first, between them.
        put: returns a pacing with a value.
        rising: whether abandonment rises with it; else it falls.
        whole: whether it is a whole number.
        logarithmic: whether equal factors matter, not equal steps; needs a lowest value above 0.
        step: values are whole multiples of it, of which the lower is taken; 0: any. For a rising, plain scale alone.
        peaked: whether utilisation may be highest well before the limit is met.
    """

    name: str
    low: float
    high: float
    start: float
    put: Setter
    rising: bool = True
    whole: bool = False
    logarithmic: bool = True
    peaked: bool = False
    step: float = 0.0

    def __post_init__(self) -> None:
        """Refuse an empty range, a start outside it, and a logarithm of nothing."""
        if not self.low < self.high:
            raise ScenarioError(f"{self.name}.low", self.low, f"below {self.name}.high ({self.high:g})")
        if self.logarithmic and self.low <= 0:
            raise ScenarioError(f"{self.name}.low", self.low, "above 0 on a logarithmic scale")
        if self.step and (self.logarithmic or not self.rising):
            raise ScenarioError(f"{self.name}.step", self.step, "0 where the scale is logarithmic, or falls")
        if not self.low <= self.start <= self.high:
            raise ScenarioError(f"{self.name}.start", self.start, f"from {self.low:g} to {self.high:g}")

    @property
    def ends(self) -> tuple[float, float]:
        """Return the ends of the scale on which abandonment rises."""
        ends = self.to_scale(self.low), self.to_scale(self.high)
        return min(ends), max(ends)

    def to_scale(self, value: float) -> float:
        """Return where a value is on a scale on which abandonment rises."""
        at = math.log(value) if self.logarithmic else value
        return at if self.rising else -at

    def from_scale(self, at: float) -> float:
        """Return the value at a place of the scale; of a whole number the one with less abandonment."""
        at = at if self.rising else -at
        value = min(max(math.exp(at) if self.logarithmic else at, self.low), self.high)
        if self.step:
            return max(math.floor(value / self.step + 1e-9) * self.step, self.low)
        if not self.whole:
            return value
        whole = math.floor(value + 1e-9) if self.rising else math.ceil(value - 1e-9)
        return float(min(max(whole, math.ceil(self.low - 1e-9)), math.floor(self.high + 1e-9)))


def knob_of(scenario: Scenario, policy: Policy) -> Knob:
    """Return the knob of a policy in a scenario.

    Raises:
        ScenarioError: when the policy has nothing to tune.
    """
    make = _KNOBS.get(policy)
    if make is None:
        able = ", ".join(one.value for one in _KNOBS)
        raise ScenarioError("pacing.policy", policy.value, f"one that has something to tune: {able}")
    return make(scenario)


def plain_field(name: str) -> Setter:
    """Return what sets a field of a pacing."""

    def put(pacing: Pacing, value: float) -> Pacing:
        return replace(pacing, **{name: value})  # type: ignore[arg-type]  # a field that is a number

    return put


def _interval(scenario: Scenario) -> Knob:
    # At `least` all agents would be busy all the time if everybody waited; ten times that is hardly any calls.
    least = max(1000 * handle_s(scenario) * scenario.answer.probability / scenario.agents, 0.1)
    low = max(least / 4, 0.1)
    return Knob(
        name="interval_ms", low=low, high=max(40 * least, 2 * low), start=max(1.3 * least, low),
        put=plain_field("interval_ms"), rising=False,
    )  # fmt: skip


def _ratio(scenario: Scenario) -> Knob:
    def put(pacing: Pacing, value: float) -> Pacing:
        return replace(pacing, lines=round(value), ratio=None)

    agents, most = scenario.agents, scenario.agents * (2 + 2 / scenario.answer.probability)
    start = agents + 2 * math.sqrt(agents)
    return Knob(name="lines", low=max(agents / 10, 0.999), high=most, start=min(start, most), put=put, whole=True)


def _idle_lines(scenario: Scenario) -> Knob:
    most = min(60 / scenario.answer.probability, 1000.0)
    start = min(2 / scenario.answer.probability, most)
    return Knob(name="lines_per_idle", low=0.5, high=most, start=start, put=plain_field("lines_per_idle"))


def _optimal(scenario: Scenario) -> Knob:
    low, high = scenario.limit / 1000, min(scenario.limit * 8, 0.9)
    put = TwinTables(scenario).put
    return Knob(name="table_limit", low=low, high=high, start=min(scenario.limit, high), put=put)


def _certainty(scenario: Scenario) -> Knob:
    answer = scenario.answer
    ring_s = answer.probability * answer.ring_answered.mean_s + (1 - answer.probability) * answer.ring_unanswered.mean_s
    usual = usual_safety(scenario, ring_s)
    low, high = max(-2 - usual, -1000.0), min(3 * usual + math.sqrt(scenario.agents) + 5, 1000.0)
    return Knob(
        name="safety", low=low, high=high, start=min(usual, high),
        put=plain_field("safety"), rising=False, logarithmic=False,
    )  # fmt: skip


def _telescoping(scenario: Scenario) -> Knob:
    high = min(4 * scenario.limit, 0.9)
    return Knob(
        name="target", low=scenario.limit / 20, high=high, start=min(scenario.limit, high), put=plain_field("target")
    )


def _max_level(scenario: Scenario) -> Knob:
    high = min(3 + 1 / scenario.answer.probability, 100.0)
    return Knob(name="max_level", low=1.0, high=high, start=1.2, put=plain_field("max_level"), peaked=True)


def handle_s(scenario: Scenario) -> float:
    """Return the mean handle time, seconds."""
    return scenario.talk.mean_s + (scenario.wrap.mean_s if scenario.wrap else 0.0)


_KNOBS: dict[Policy, Callable[[Scenario], Knob]] = {
    Policy.INTERVAL: _interval,
    Policy.RATIO: _ratio,
    Policy.IDLE_LINES: _idle_lines,
    Policy.OPTIMAL: _optimal,
    Policy.CERTAINTY: _certainty,
    Policy.TELESCOPING: _telescoping,
    Policy.VICIDIAL_HARD: _max_level,
    Policy.VICIDIAL_AVERAGE: _max_level,
    Policy.VICIDIAL_TAPERED: _max_level,
}
