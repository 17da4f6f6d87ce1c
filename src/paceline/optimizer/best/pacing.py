"""The best pacing for a scenario under its abandonment limit: certified, held against the optimum, ready to be sent.

1. The contract's own parameters are tuned, rounded as they are sent and with the lines and looks that they leave the
   campaign: fresh days certify each digit of what is sent.
2. Where the scenario allows more than the contract does, so many lines for each idle agent are tuned without it.
3. Where the optimum can be solved and lies further ahead than a simple policy should, its table is tuned too.

Every value meets the same calls; certificates are of days that no choice has seen.
"""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from paceline.campaign.pacing.boldness import lines_per_idle
from paceline.optimizer.best.contract import Tuner, contract_best
from paceline.optimizer.best.optimum import reach_at, why_not_solvable
from paceline.optimizer.best.settings import Terms, as_sent, terms_for
from paceline.optimizer.best.told import Best, Certified, Found, Sent
from paceline.optimizer.errors import NoSettingError
from paceline.optimizer.knobs import knob_of
from paceline.optimizer.optimum import Optimum
from paceline.optimizer.search import Tuned
from paceline.optimizer.twin_tables import TwinTables
from paceline.primitives.clock import computed_ns
from paceline.simulation.checks import check_scenario
from paceline.simulation.errors import ScenarioError
from paceline.simulation.plan import plan_of
from paceline.simulation.players import fitting_engine, player_of
from paceline.simulation.scenario import Pacing, Policy, Scenario

BEHIND = 0.0027
"""Utilisation that the optimum may be ahead before its own table is tuned too."""
GAIN = 0.0005
"""Utilisation that a policy which cannot be sent has to gain over one that can."""
_COMPARED = (Policy.OPTIMAL, Policy.CERTAINTY, Policy.RATIO)
"""Policies that are compared on request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is looked for, and with what.

    Attributes:
        policy: tuned alone; None looks as the module says.
        compare: whether every policy that can be is tuned, and the best of them taken.
        terms: of the contract's pacing, what is not tuned; None: what the scenario's lines leave.
        seed: the same seed finds the same.
        confidence: how surely the limit is kept, above 0.5 and below 1.
        executor: plays parts of a look; what is found does not depend on it. This thread alone where None.
    """

    policy: Policy | None = None
    compare: bool = False
    terms: Terms | None = None
    seed: int = 0
    confidence: float = 0.95
    executor: Executor | None = None


def best_pacing(scenario: Scenario, wish: Wish | None = None) -> Best:
    """Return the best pacing for a scenario within its limit, and within its windows where it names them.

    Args:
        scenario: the campaign's day; its own pacing gives no more than numbers of the policy that is tuned.
        wish: what is looked for.

    Raises:
        ScenarioError: a value is out of bounds, or the policy has nothing to tune.
        NoSettingError: no setting keeps the limit, or it could not be shown within the days.
    """
    checked, wish = check_scenario(scenario), wish or Wish()
    _make_ready(checked, wish.seed)
    return _Quest(checked, wish).best()


class _Quest:
    """What is tuned for one scenario, one after another."""

    def __init__(self, scenario: Scenario, wish: Wish) -> None:
        self.scenario, self.wish = scenario, wish
        self.tuner = Tuner(seed=wish.seed, confidence=wish.confidence, executor=wish.executor)
        self.all_found: list[Found] = []
        self.nothing: NoSettingError | None = None
        self.why_not_sent = ""
        self.tables: TwinTables | None = None

    def best(self) -> Best:
        """Return the best of what is tuned, and the best that can be sent."""
        began = computed_ns()
        why_no_optimum = why_not_solvable(self.scenario) or ""
        if not why_no_optimum:
            self.tables = TwinTables(self.scenario)
        optimum = None if self.tables is None else self.tables.optimum(self.scenario.limit)
        solving_ns = computed_ns() - began
        sent = self.sent() if self.wish.policy in {None, Policy.IDLE_LINES} else None
        found = self.found(sent, optimum)
        return Best(
            found=found,
            sent=sent,
            why_not_sent="" if sent is not None else self.why_not_sent,
            optimum=None if optimum is None else optimum.bound,
            why_no_optimum=why_no_optimum,
            compared=tuple(sorted(self.all_found, key=_used, reverse=True)),
            seed=self.wish.seed,
            engine=fitting_engine(replace(self.scenario, pacing=found.pacing)).value,
            days=self.tuner.days,
            cpu_s=(computed_ns() - began + (0 if self.wish.executor is None else self.tuner.computed_ns)) / 1e9,
            optimum_cpu_s=solving_ns / 1e9,
        )

    def sent(self) -> Sent | None:
        """Return the best of the contract's; None, and why, where it has no setting that keeps the limit."""
        terms = self.wish.terms or terms_for(self.scenario)
        if isinstance(terms, str):
            self.why_not_sent = terms
            return None
        try:
            family, tuned = contract_best(self.tuner, self.scenario, terms)
        except NoSettingError as nothing:
            self.nothing, self.why_not_sent = nothing, nothing.message
            return None
        found = _found(tuned)
        if as_sent(self.scenario, terms) == self.scenario:
            self.all_found.append(found)
        return Sent(block=family.block(tuned.knob.value), certified=found.certified)

    def found(self, sent: Sent | None, optimum: Optimum | None) -> Found:
        """Return the best of all that is looked at; a policy that cannot be sent has to be clearly better."""
        policy = self.wish.policy
        if policy is not None and policy is not Policy.IDLE_LINES:
            self.why_not_sent = f"the contract has no words for {policy}"
            self.all_found.append(_found(self.tuner.tuned(self.scenario, policy)))
            return self.all_found[0]
        if not self.all_found or not self.all_found[0].binding:
            self.look_at([Policy.IDLE_LINES], start=None if sent is None else lines_per_idle(sent.block))
        if self.wish.compare:
            self.look_at(_COMPARED)
        elif policy is None and optimum is not None and self.is_behind(optimum):
            self.look_at([Policy.OPTIMAL])
        if not self.all_found:
            raise self.nothing or NoSettingError("any policy", "none was tuned", f"at most {self.scenario.limit:.2%}")
        best, first = max(self.all_found, key=_used), self.all_found[0]
        return best if _used(best) - _used(first) > GAIN else first

    def look_at(self, policies: Iterable[Policy], *, start: float | None = None) -> None:
        """Tune policies, from a start where one is known; leave out those that have no setting within the limit."""
        for policy in policies:
            try:
                knob = knob_of(self.scenario, policy)
            except ScenarioError:  # no table can be solved for so many agents, or for callers who wait for ever
                continue
            if policy is Policy.OPTIMAL and self.tables is not None:
                knob = replace(knob, put=self.tables.put)
            if start is not None:
                knob = replace(knob, start=min(max(start, knob.low), knob.high))
            try:
                tuned = self.tuner.tuned(self.scenario, policy, knob, coarse=policy is Policy.IDLE_LINES)
            except NoSettingError as nothing:
                self.nothing = nothing
            else:
                self.all_found.append(_found(tuned))

    def is_behind(self, optimum: Optimum) -> bool:
        """Return whether the optimum is well ahead; where windows are kept, of what is abandoned then."""
        if not self.all_found:
            return True
        best, reach = max(self.all_found, key=_used), optimum.bound
        if self.scenario.window is not None:
            reach = reach_at(optimum, best.certified.abandonment.mean)
        return reach - _used(best) > BEHIND


def _make_ready(scenario: Scenario, seed: int) -> None:
    """Play one day, so that what is compiled or loaded on the way is not taken for work."""
    tried = check_scenario(replace(scenario, pacing=Pacing(policy=Policy.IDLE_LINES, lines_per_idle=1.0)))
    player_of(fitting_engine(tried), plan_of(tried), seed)(0, 1, None)
    import scipy.sparse.linalg  # noqa: F401  # the same


def _found(tuned: Tuned) -> Found:
    knob = tuned.knob
    certified = Certified(
        utilisation=knob.utilisation, abandonment=knob.abandonment, breach=knob.breach, certificate=knob.certificate
    )
    return Found(pacing=tuned.pacing, certified=certified, binding=knob.binding, days=knob.days)


def _used(found: Found) -> float:
    return found.certified.utilisation.mean
