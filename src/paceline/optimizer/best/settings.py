"""The contract's pacing as a knob: belief, aim and lines that a platform can be told, and what it makes of them.

What is tuned is the aim in ten-thousandths, rounded before it is played: what days certify is what is sent, digit for
digit. The reading of the parameters is the one of `campaign.pacing.boldness`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from decimal import Decimal

from paceline.campaign.blocks import Pacing as Block
from paceline.campaign.pacing.boldness import ANSWERS_PER_AIM, FEWEST_ANSWERS, lines_per_idle
from paceline.campaign.pacing.checks import COUNTS, RATES, STRATEGY
from paceline.optimizer.knobs import Knob
from paceline.primitives.canonical import Json
from paceline.simulation.scenario import Pacing, Policy, Scenario

STEP = Decimal("0.0001")
"""Distance of two aims that are told apart."""
_LEAST_BELIEF, _MOST_BELIEF = RATES["answer_rate"]
_LEAST_AIM, _MOST_AIM = RATES["abandonment_aim"]
_FEWEST_LINES, _MOST_LINES = COUNTS["max_calls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What of the contract's pacing is not tuned.

    Attributes:
        max_calls: lines, 5 to 150.
        call_interval_ms: between two looks of the dialer, 50 to 500 milliseconds.
        scale: times as many lines for each idle agent as the parameters are read, which brings the model to what was
            measured; 1 where nothing was.
        warm_up_s: one line for each idle agent so long after dialing begins, seconds. It is not played: it only makes
            the start of a day gentler.
    """

    max_calls: int = _MOST_LINES
    call_interval_ms: int = COUNTS["call_interval_ms"][0]
    warm_up_s: int = 0
    scale: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """All pacings of a belief, by their aims.

    Attributes:
        belief: the share of dials that a person is thought to answer, 0.40 to 0.95.
        terms: the rest.
    """

    belief: Decimal
    terms: Terms

    def block(self, value: float) -> Block:
        """Return the pacing at an aim in ten-thousandths; what lies between two steps is the one that dials less."""
        aim = STEP * math.floor(value + 1e-9)
        return Block(
            answer_rate=self.belief,
            abandonment_aim=min(max(aim, _LEAST_AIM), _MOST_AIM),
            max_calls=self.terms.max_calls,
            call_interval_ms=self.terms.call_interval_ms,
            warm_up_s=self.terms.warm_up_s,
            strategy=STRATEGY,
        )

    def put(self, pacing: Pacing, value: float) -> Pacing:
        """Return a simulated pacing that dials as the block at a value is read."""
        lines = lines_per_idle(self.block(value)) * self.terms.scale
        return replace(pacing, policy=Policy.IDLE_LINES, lines_per_idle=lines)

    def knob(self, scenario: Scenario) -> Knob:
        """Return the aim as the knob that is turned, in ten-thousandths."""
        low, high = float(_LEAST_AIM / STEP), float(_MOST_AIM / STEP)
        usual = (self.belief * Decimal(2 / scenario.answer.probability) - FEWEST_ANSWERS) / ANSWERS_PER_AIM
        start = min(max(float(usual / STEP), low), high)
        return Knob(name="abandonRate", low=low, high=high, start=start, put=self.put, logarithmic=False, step=1.0)


def families(scenario: Scenario, terms: Terms) -> tuple[Family, ...]:
    """Return the families to look in, in this order: the belief nearest the truth, then the boldest, the gentlest."""
    truth = Decimal(str(round(scenario.answer.probability, 2)))
    near = min(max(truth, _LEAST_BELIEF), _MOST_BELIEF).quantize(Decimal("0.01"))
    beliefs = dict.fromkeys((near, _LEAST_BELIEF, _MOST_BELIEF))
    return tuple(Family(belief=belief, terms=terms) for belief in beliefs)


def terms_for(scenario: Scenario) -> Terms | str:
    """Return what of a scenario the contract can be told, or why it cannot."""
    cap = scenario.lines.cap or _MOST_LINES
    if cap < _FEWEST_LINES:
        return f"the contract allows {_FEWEST_LINES} lines at least, and lines.cap is {cap}"
    shortest, longest = COUNTS["call_interval_ms"]
    interval = shortest
    if scenario.lines.calls_per_s:
        interval = max(math.ceil(1000 / scenario.lines.calls_per_s), shortest)
    if interval > longest:
        return f"the contract looks every {longest} ms at least, and lines.calls_per_s is {scenario.lines.calls_per_s}"
    return Terms(max_calls=min(cap, _MOST_LINES), call_interval_ms=interval)


def as_sent(scenario: Scenario, terms: Terms) -> Scenario:
    """Return the scenario with the lines, and the calls in a second, that the contract's terms leave it."""
    cap = min(scenario.lines.cap or terms.max_calls, terms.max_calls)
    looks = max(1000 // terms.call_interval_ms, 1)
    calls = min(scenario.lines.calls_per_s or looks, looks)
    return replace(scenario, lines=replace(scenario.lines, cap=cap, calls_per_s=calls))


def document_of(block: Block) -> dict[str, Json]:
    """Return a pacing in the contract's words, as `predictiveDialer` holds it."""
    return {
        "answerRate": float(block.answer_rate),
        "abandonRate": float(block.abandonment_aim),
        "maxConcurrentCalls": block.max_calls,
        "callInterval": block.call_interval_ms,
        "strategy": block.strategy,
        "warmUpPeriod": block.warm_up_s,
    }
