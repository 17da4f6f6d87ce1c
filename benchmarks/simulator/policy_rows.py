"""A policy in the table of policies: tuned on some days, then looked at on others, the same for every policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from paceline.optimizer.sample import Estimated, Sample
from paceline.optimizer.search import TunedKnob, tune
from paceline.optimizer.trials import ScenarioTrial
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.scenario import Answer, Pacing, Patience, Policy, Run, Scenario

AGENTS = {10: 600, 50: 200, 100: 100, 500: 16}
"""Days looked at, by agents."""
FIRST_LOOKED = 1 << 22
"""Number of the first of them; no search and no certificate comes so far."""
SEED = 2026
PRECISION = {10: 0.02, 50: 0.015, 100: 0.015, 500: 0.03}
"""How near to the limit is tuned, by agents: what days there may cost."""
DEFAULTS = frozenset({Policy.VICIDIAL_HARD, Policy.VICIDIAL_AVERAGE, Policy.VICIDIAL_TAPERED})
"""Policies that are shown with their defaults too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How rings are distributed; their means are 10 s where a person answers, and 25 s where nobody does."""

    answered: Duration
    unanswered: Duration

    def scenario(self, agents: int, run: Run | None = None, pacing: Pacing | None = None) -> Scenario:
        """Return the day of section 3.3: talks of 180 s, lognormal with CV 1, 3 in 10 answer, nobody waits."""
        return Scenario(
            agents=agents,
            talk=Duration(family=Family.LOGNORMAL, mean_s=180.0, cv=1.0),
            answer=Answer(probability=0.3, ring_answered=self.answered, ring_unanswered=self.unanswered),
            patience=Patience(seconds=0.0),
            pacing=pacing,
            run=run or Run(days=1),
        )


SHAPED = Shape(
    answered=Duration(family=Family.GAMMA, mean_s=10.0, cv=0.5),
    unanswered=Duration(family=Family.DETERMINISTIC, mean_s=25.0),
)
"""A time-out of 25 s, and answers around 10 s: with these the figures of section 3.3 come out."""
EXPONENTIAL = Shape(
    answered=Duration(family=Family.EXPONENTIAL, mean_s=10.0),
    unanswered=Duration(family=Family.EXPONENTIAL, mean_s=25.0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A policy with so many agents.

    Attributes:
        agents: agents.
        policy: the policy.
        named: what is said of the setting where it was not tuned; None where it was.
        utilisation: on the days looked at.
        abandonment: on the same.
        knob: what was tuned; None where nothing was.
        cpu_s: seconds of processor time of all days.
    """

    agents: int
    policy: Policy
    named: str | None
    utilisation: Estimated
    abandonment: Estimated
    knob: TunedKnob | None
    cpu_s: float

    def told(self) -> str:
        """Return the row in Markdown: 95 % half-widths, and widths for a second, without controls in brackets."""
        u, r = self.utilisation, self.abandonment
        cells = [
            f"`{self.policy}`",
            self.named or self.setting(),
            f"{100 * u.mean:.2f} ± {100 * u.half_width:.3f}",
            f"{100 * r.mean:.3f} ± {100 * r.half_width:.3f}",
            f"{100 * u.merit:.3f} ({100 * u.plain_merit:.3f})",
            f"{100 * r.merit:.3f} ({100 * r.plain_merit:.3f})",
            f"{100 * self.knob.certificate.upper:.3f}" if self.knob else "",
            f"{self.knob.days}, {self.knob.cpu_s:.1f}" if self.knob else "",
        ]
        return "| " + " | ".join(cells) + " |"

    def setting(self) -> str:
        """Return the knob and its value."""
        return f"{self.knob.name} {self.knob.value:.6g}" if self.knob else ""

    def broken(self, limit: float) -> Iterator[str]:
        """Yield what does not hold of a tuned policy."""
        where = f"{self.policy} with {self.agents} agents"
        if self.knob and self.abandonment.mean - self.abandonment.half_width > limit:
            yield f"{where}: certified, but {self.abandonment.mean:.3%} is abandoned"


def tuned(agents: int, shape: Shape, policy: Policy, *, limit: float) -> Row:
    """Return a policy at its best within the limit.

    Raises:
        NoSettingError: when none keeps it.
    """
    scenario = replace(shape.scenario(agents), limit=limit)
    found = tune(scenario, policy=policy, seed=SEED, precision=PRECISION[agents])
    return _row(replace(scenario, pacing=found.pacing), knob=found.knob, named=None)


def defaulted(agents: int, shape: Shape, policy: Policy) -> Row:
    """Return a policy that is not tuned."""
    named = "max_level 3, the default" if policy in DEFAULTS else "nothing to tune"
    return _row(shape.scenario(agents, pacing=Pacing(policy=policy)), knob=None, named=named)


def _row(scenario: Scenario, *, knob: TunedKnob | None, named: str | None) -> Row:
    assert scenario.pacing is not None
    policy = scenario.pacing.policy
    sample = Sample(ScenarioTrial(scenario, policy, None, seed=SEED), 0.0, FIRST_LOOKED)
    sample.grow(AGENTS[scenario.agents])
    return Row(
        agents=scenario.agents,
        policy=policy,
        named=named,
        utilisation=sample.utilisation(),
        abandonment=sample.abandonment(),
        knob=knob,
        cpu_s=sample.computed_ns / 1e9 + (knob.cpu_s if knob else 0.0),
    )
