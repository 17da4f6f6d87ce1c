"""Tune one number of a policy to an abandonment limit, by simulating as few days as that takes.

1. Halving, with few days each, brackets where abandonment crosses the aim; more days only where the side is in doubt.
2. A curve through all trials says where the crossing is; there the days are raised until the estimate is narrow.
3. Fresh days, which no choice has seen, must show that abandonment keeps the limit with confidence; else the knob is
   taken back and other fresh days are asked, with half of the error.

Every trial meets the same days: common random numbers. Abandonment must rise, or fall, with the knob throughout.
"""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass, field

from paceline.optimizer.certificate import FEWEST, Certificate, Certifier
from paceline.optimizer.errors import NoSettingError
from paceline.optimizer.knobs import Knob, knob_of
from paceline.optimizer.peak import busiest
from paceline.optimizer.root import Budget, Root
from paceline.optimizer.sample import FEW, Estimated, Trial
from paceline.optimizer.trials import ScenarioTrial
from paceline.optimizer.windows import Breach, breach_of, days_wanted, mean_below
from paceline.simulation.errors import ScenarioError
from paceline.simulation.players import Engine
from paceline.simulation.scenario import Pacing, Policy, Scenario, Window

_MOST_CERTIFYING = 4096
"""Days of a first look at most."""
_MOST_DAYS = 1_000_000
"""Days of a search at most: so none of them is one of the fresh days."""
_TRIES = 14
"""Settings that are offered to be certified at most."""
_VARYING = 60
"""Days from which it is told how much days vary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TunedKnob:
    """A value of a knob, certified.

    Attributes:
        name: name of the knob.
        value: its value.
        abandonment: estimated from the fresh days of the certificate.
        utilisation: estimated from them.
        certificate: what those days showed.
        breach: how likely the next windows are above the limit, estimated from them.
        binding: whether the limit is what holds the knob; False at the end of its range, or where it is best below.
        tries: settings offered to be certified.
        days: days simulated in all.
        cpu_s: seconds of processor time they took.
    """

    name: str
    value: float
    abandonment: Estimated
    utilisation: Estimated
    certificate: Certificate
    breach: Breach
    binding: bool
    tries: int
    days: int
    cpu_s: float = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """A policy at its best within the limit.

    Attributes:
        pacing: the policy with its numbers, ready for a scenario.
        knob: the value found for its knob, with estimates and certificate.
    """

    pacing: Pacing
    knob: TunedKnob


def tune(
    scenario: Scenario,
    *,
    policy: Policy,
    seed: int = 0,
    confidence: float = 0.95,
    precision: float = 0.025,
    most_days: int = 50_000,
    engine: Engine | None = None,
    knob: Knob | None = None,
    executor: Executor | None = None,
) -> Tuned:
    """Return a policy tuned to the scenario's limit, and the certificate that it keeps it.

    Args:
        scenario: the campaign's day. Of its own pacing, if it is of that policy, the other numbers are taken.
        policy: what is tuned.
        seed: the same seed finds the same.
        confidence: how surely the limit is kept, above 0.5 and below 1.
        precision: how far below the limit a setting may be for want of days, as a share of the limit: half-width
            of the interval that certifies.
        most_days: days after which it is given up.
        engine: who plays; the fastest that can where None.
        knob: what is turned; that of the policy where None.
        executor: plays parts of a look; what is found does not depend on it. This thread alone where None.

    Raises:
        ScenarioError: when a value is out of bounds, or the policy has nothing to tune.
        NoSettingError: when no value keeps the limit, or it could not be shown within the days.
    """
    knob = knob or knob_of(scenario, policy)
    trial = ScenarioTrial(scenario, policy, knob, seed=seed, engine=engine, executor=executor)
    found = tune_knob(
        trial,
        knob,
        limit=scenario.limit,
        confidence=confidence,
        precision=precision,
        most_days=most_days,
        window=scenario.window,
    )
    return Tuned(pacing=trial.paced(found.value), knob=found)


def tune_knob(
    trial: Trial,
    knob: Knob,
    *,
    limit: float,
    confidence: float = 0.95,
    precision: float = 0.025,
    most_days: int = 50_000,
    window: Window | None = None,
) -> TunedKnob:
    """Return the value of a knob that comes nearest to the limit and is certified to keep it.

    Args:
        trial: plays days; the same days give the same numbers.
        knob: what is turned.
        limit: for abandonment, above 0 and below 1.
        confidence: above 0.5 and below 1.
        precision: half-width of the certifying interval, as a share of the limit; from 0.001 to 0.5.
        most_days: days after which it is given up, 100 to 1,000,000.
        window: windows of which 95 in 100 are to be within the limit too; the long run alone where None.

    Raises:
        ScenarioError: when a number is out of bounds.
        NoSettingError: when no value keeps the limit, or it could not be shown within the days.
    """
    for name, found, fits, bound in (
        ("limit.abandonment", limit, 0 < limit < 1, "above 0 and below 1"),
        ("confidence", confidence, 0.5 < confidence < 1, "above 0.5 and below 1"),
        ("precision", precision, 0.001 <= precision <= 0.5, "from 0.001 to 0.5"),
        ("most_days", most_days, 100 <= most_days <= _MOST_DAYS, f"from 100 to {_MOST_DAYS}"),
    ):
        if not fits:
            raise ScenarioError(name, found, bound)
    budget = Budget(knob.name, limit, most_days)
    certifier = Certifier(trial, limit=limit, confidence=confidence, spend=budget.spend, window=window)
    return _Search(Root(trial, knob, budget), certifier, limit=limit, precision=precision, window=window).best()


class _Search:
    """Trials and looks of one search."""

    def __init__(
        self, root: Root, certifier: Certifier, *, limit: float, precision: float, window: Window | None
    ) -> None:
        self.root, self.certifier = root, certifier
        self.knob, self.budget = root.knob, root.budget
        self.limit, self.precision, self.window = limit, precision, window

    def best(self) -> TunedKnob:
        """Return the best value that fresh days certify."""
        width = self.precision * self.limit
        value, binding = self.first(width)
        computed = 0
        for tried in range(1, _TRIES + 1):
            sample, certificate = self.certifier.look(value, self.planned(value, width))
            computed += sample.computed_ns
            if certificate is not None:
                return TunedKnob(
                    name=self.knob.name,
                    value=value,
                    abandonment=sample.abandonment(),
                    utilisation=sample.utilisation(),
                    certificate=certificate,
                    breach=breach_of(sample, self.limit),
                    binding=binding,
                    tries=tried,
                    days=self.budget.spent,
                    cpu_s=(computed + self.root.computed_ns) / 1e9,
                )
            value, binding = self.stepped_back(value, width, tried), True
        raise NoSettingError(
            self.knob.name,
            f"{_TRIES} settings were tried on fresh days, down to {value:g}",
            f"abandonment at most {self.limit:.2%}",
            hint="allow more days, or less precision",
        )

    def first(self, width: float) -> tuple[float, bool]:
        """Return the value to certify first, and whether the limit is what holds it."""
        if self.knob.peaked:
            peak = busiest(self.root, self.limit)
            if peak is not None:
                return peak, False
        # Half of the certifying interval is lost to its own error, a quarter more lets most first looks succeed.
        aim = self.limit - (0.5 if self.knob.whole else 1.5) * width
        value, binding = self.root.found(aim, width / 2)
        if self.window is None:
            return value, binding
        value, within = self.root.found(self.mean_below(aim, value), width / 2)
        return value, binding or within

    def mean_below(self, limit: float, value: float) -> float:
        """Return the mean with which windows stay below a limit, if days vary as they do at a value."""
        return mean_below(limit, self.root.at_value(value, _VARYING), self.window) if self.window else limit

    def planned(self, value: float, width: float) -> int:
        """Return days with which the certifying interval should be as narrow as wanted, and have bursts enough."""
        from paceline.inference.quantiles import normal_quantile, t_quantile

        sample, sure = self.root.at_value(value, FEWEST), 1 - self.certifier.next_error
        rate, spread = sample.pilot()
        margin = max(width, (mean_below(self.limit, sample, self.window) - rate) * 0.8)
        days = sample.days * (normal_quantile(sure) * (sample.abandonment().error or spread) / margin) ** 2
        answers = sample.answers() / sample.days
        days = max(days, FEWEST, 1.6 * FEW / self.limit / max(answers, 1e-9))
        days *= (t_quantile(sure, max(days - 3, 1)) / normal_quantile(sure)) ** 2
        windows = days_wanted(sample, self.window, confidence=sure, width=width)
        return min(math.ceil(max(days, windows)), _MOST_CERTIFYING)

    def stepped_back(self, value: float, width: float, tried: int) -> float:
        """Return a value with less abandonment than the one that was not certified."""
        knob, at = self.knob, self.knob.to_scale(value)
        if at <= knob.ends[0]:
            raise self.root.too_much()
        aim = self.mean_below(self.limit - (1.5 + 0.5 * tried) * width, value)
        steeper, _ = self.root.found(max(aim, self.limit / 4), width / 2)
        if knob.to_scale(steeper) < at:
            return steeper
        if knob.whole:
            return value - 1 if knob.rising else value + 1
        low, high = knob.ends
        return knob.from_scale(max(at - 0.004 * tried * (high - low), low))
