"""How boldly a dialer dials: a campaign's pacing, rules and weights in the simulator's words.

The reading of each is that of `docs/reference/dialer.md`: how the real platform paces is not published. What its dialer
really does beyond that is one factor on the lines, which is found from what was measured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from paceline.campaign.blocks import DialingMode, DialingRules, Pacing, Tuning, Weights
from paceline.campaign.observed import Observed
from paceline.campaign.pacing.boldness import ANSWERS_PER_AIM, FEWEST_ANSWERS, may_abandon
from paceline.simulation.checks import check_scenario
from paceline.simulation.scenario import Change, Lines, Policy, Scenario
from paceline.simulation.scenario import Pacing as Paced

MOST_LINES = 150
"""Lines of a dialer that was told no number."""
_LEAST_BELIEF, _SLOWEST = 0.01, 0.05
"""The lowest belief, and the lowest factor on the looks per second, that weights can come to."""
_UNITS = 65536
"""The simulator takes lines per idle agent in this part of a line."""
MOST_PER_IDLE = 1000.0
"""Lines for each idle agent beyond which nothing is simulated."""
_WHOLE_DAY_S = 23 * 3600.0
"""Length of a day in which dialing hardly ever begins, so that no warm-up is reckoned with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boldness:
    """How a dialer dials, as far as the simulator is told.

    Attributes:
        lines: that ring for each idle agent.
        cap: calls in flight at most.
        calls_per_s: dials a second at most.
        warm_up_s: seconds at the beginning of a day with one line for each idle agent.
    """

    lines: float
    cap: int
    calls_per_s: int
    warm_up_s: float

    def scaled(self, scale: float) -> Boldness:
        """Return it with so many times the lines."""
        return replace(self, lines=min(self.lines * scale, MOST_PER_IDLE))

    def on(self, scenario: Scenario) -> Scenario:
        """Return the scenario with this pacing.

        Raises:
            ScenarioError: a value is out of the simulator's bounds.
        """
        bold = _lines(self.lines)
        begins = self.lines > 1 and scenario.day_s < _WHOLE_DAY_S
        warm = min(self.warm_up_s, scenario.day_s) if begins else 0.0
        changes = (Change(at_s=warm, pacing=bold),) if warm > 0 else ()
        dialed = replace(scenario, pacing=_lines(1.0) if warm > 0 else bold, changes=changes)
        return check_scenario(replace(dialed, lines=Lines(cap=self.cap, calls_per_s=self.calls_per_s)))


def _lines(lines: float) -> Paced:
    """Return a pacing of so many lines per idle agent, rounded up to the simulator's unit, lest a line be lost."""
    return Paced(policy=Policy.IDLE_LINES, lines_per_idle=math.ceil(lines * _UNITS - 1e-6) / _UNITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a campaign is told that decides how boldly it dials; None where it was never told.

    Attributes:
        max_calls: calls in flight that something else allows, such as a schedule; None where nothing does.
    """

    pacing: Pacing | None
    rules: DialingRules | None = None
    weights: Weights | None = None
    tuning: Tuning | None = None
    max_calls: int | None = None

    def weight(self, key: str) -> float:
        """Return a weight as it acts: 0 where there is none, or the tuning is off."""
        if self.weights is None or (self.tuning is not None and not self.tuning.enabled):
            return 0.0
        return float(self.weights.of(key))


def told_by(observed: Observed, *, max_calls: int | None = None) -> Told:
    """Return what a campaign is told, as it was seen."""
    return Told(
        pacing=observed.pacing,
        rules=observed.rules,
        weights=observed.weights,
        tuning=observed.tuning,
        max_calls=max_calls,
    )


def boldness_of(told: Told, agents: int) -> Boldness | None:
    """Return how a campaign dials that is told this; None where a prediction decides and no pacing is known."""
    rules, pacing = told.rules, told.pacing
    if rules is not None and rules.mode is not DialingMode.PREDICTIVE:
        lines = float(rules.calls_per_agent) if rules.mode is DialingMode.POWER else 1.0
        cap = _cap(told, MOST_LINES if pacing is None else pacing.max_calls, agents)
        return Boldness(lines=lines, cap=cap, calls_per_s=0 if pacing is None else _per_s(told, pacing), warm_up_s=0.0)
    return None if pacing is None else predicted(told, pacing, agents)


def predicted(told: Told, pacing: Pacing, agents: int) -> Boldness:
    """Return how a campaign dials with this pacing where a prediction decides."""
    return Boldness(
        lines=min(_lines_told(told, pacing), MOST_PER_IDLE),
        cap=_cap(told, pacing.max_calls, agents),
        calls_per_s=_per_s(told, pacing),
        warm_up_s=float(pacing.warm_up_s) if may_abandon(pacing) else 0.0,
    )


def _lines_told(told: Told, pacing: Pacing) -> float:
    belief = min(1.0, max(_LEAST_BELIEF, float(pacing.answer_rate) * (1.0 + told.weight("answer_rate"))))
    answers = float(FEWEST_ANSWERS + ANSWERS_PER_AIM * pacing.abandonment_aim)
    return answers * (1.0 + told.weight("predictive_factor")) / belief * (1.0 + told.weight("agent_efficiency"))


def _cap(told: Told, own: int, agents: int) -> int:
    each = [] if told.rules is None else [max(told.rules.calls_per_agent, 1) * agents]
    others = [] if told.max_calls is None else [told.max_calls]
    return max(1, min([max(1, round(own * (1.0 + told.weight("max_concurrent")))), *each, *others]))


def _per_s(told: Told, pacing: Pacing) -> int:
    """Return dials a second: each look places one; a part of one counts as whole, lest a call be lost."""
    looks = 1000.0 / pacing.call_interval_ms * max(_SLOWEST, 1.0 + told.weight("call_rate"))
    return max(1, math.ceil(round(looks, 9)))
