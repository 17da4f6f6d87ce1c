"""The best that the contract's parameters can say, tuned with the lines and the looks that they leave a campaign."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass, field

from paceline.optimizer.best.settings import Family, Terms, as_sent, families
from paceline.optimizer.errors import NoSettingError
from paceline.optimizer.knobs import Knob
from paceline.optimizer.search import Tuned, tune
from paceline.simulation.scenario import Policy, Scenario

PRECISION = 0.025
"""How far below the limit a setting may be for want of days, as a share of the limit."""
_FINEST = 0.0125
_MANY = 25
"""Agents below which a policy without steps is tuned more finely."""


@dataclass(slots=True)
class Tuner:
    """Tunes one policy after another, on the same calls, and counts what that takes.

    Attributes:
        seed: the same seed finds the same.
        confidence: how surely the limit is kept, above 0.5 and below 1.
        executor: plays parts of a look; this thread alone where None.
        days: days simulated so far.
        computed_ns: nanoseconds of processor time that they took.
    """

    seed: int
    confidence: float
    executor: Executor | None
    days: int = field(default=0, init=False)
    computed_ns: int = field(default=0, init=False)

    def tuned(self, scenario: Scenario, policy: Policy, knob: Knob | None = None, *, coarse: bool = False) -> Tuned:
        """Return a policy at its best in a scenario.

        Args:
            scenario: the campaign's day.
            policy: what is tuned.
            knob: what is turned; that of the policy where None.
            coarse: whether the knob goes in steps, which no number of days makes finer.

        Raises:
            ScenarioError: the policy has nothing to tune.
            NoSettingError: no value keeps the limit, or it could not be shown within the days.
        """
        found = tune(
            scenario,
            policy=policy,
            seed=self.seed,
            confidence=self.confidence,
            precision=PRECISION if coarse else precision_for(scenario.agents),
            knob=knob,
            executor=self.executor,
        )
        self.days += found.knob.days
        self.computed_ns += round(found.knob.cpu_s * 1e9)
        return found


def precision_for(agents: int) -> float:
    """Return how far below the limit a policy may be for want of days, as a share of the limit.

    Days of few agents cost little, and each point of abandonment is worth more to them.
    """
    return min(PRECISION, max(_FINEST, PRECISION * math.sqrt(agents / _MANY)))


def contract_best(tuner: Tuner, scenario: Scenario, terms: Terms) -> tuple[Family, Tuned]:
    """Return the best of the contract's pacings: the belief nearest the truth, another where its range is too narrow.

    Raises:
        NoSettingError: even the gentlest abandons too much.
    """
    sent = as_sent(scenario, terms)

    def within(family: Family) -> tuple[Family, Tuned]:
        return family, tuner.tuned(sent, Policy.IDLE_LINES, family.knob(sent), coarse=True)

    near, *others = families(scenario, terms)
    gentler = [one for one in others if one.belief > near.belief]
    bolder = [one for one in others if one.belief < near.belief]
    try:
        found = within(near)
    except NoSettingError:
        if not gentler:
            raise
        return within(gentler[0])
    return within(bolder[0]) if bolder and not found[1].knob.binding else found
