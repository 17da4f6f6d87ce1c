"""What was found for a scenario, with its certificate, as values and as the JSON that `paceline optimise` prints."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

from paceline.campaign.blocks import Pacing as Block
from paceline.optimizer.best.settings import document_of
from paceline.optimizer.certificate import Certificate
from paceline.optimizer.sample import Estimated
from paceline.optimizer.windows import Breach
from paceline.primitives.canonical import Json
from paceline.simulation.checks import PARAMETERS
from paceline.simulation.scenario import Pacing


@dataclass(frozen=True, slots=True, kw_only=True)
class Certified:
    """What fresh days showed of a pacing.

    Attributes:
        utilisation: share of the agents' time spent handling calls.
        abandonment: share of the answers by a person.
        breach: how likely the next windows are above the limit.
        certificate: that the limit is kept, and how surely.
    """

    utilisation: Estimated
    abandonment: Estimated
    breach: Breach
    certificate: Certificate

    def document(self) -> dict[str, Json]:
        """Return it as JSON has it."""
        return {
            "utilisation": _estimate(self.utilisation),
            "abandonment": _estimate(self.abandonment),
            "breach_probability": self.breach.document(),
            "certificate": _certificate(self.certificate),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A policy at its best within the limit.

    Attributes:
        pacing: the policy with its numbers, as a scenario has them.
        certified: what fresh days of the scenario showed of it.
        binding: whether the limit is what holds it back; else its range, or that it is best below.
        days: days that were simulated to find it.
    """

    pacing: Pacing
    certified: Certified
    binding: bool
    days: int

    @property
    def parameters(self) -> dict[str, Json]:
        """Return the numbers of the policy that are not as they are without being said."""
        plain = {one.name: one.default for one in fields(Pacing)}
        known = sorted(PARAMETERS[self.pacing.policy] | {"tick_s"})
        told = {name: getattr(self.pacing, name) for name in known}
        return {
            name: [*value] if isinstance(value, tuple) else value
            for name, value in told.items()
            if value != plain[name]
        }

    def document(self) -> dict[str, Json]:
        """Return it as JSON has it."""
        return {
            **self.certified.document(),
            "policy": self.pacing.policy.value,
            "parameters": self.parameters,
            "binding": self.binding,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The best that the contract's own parameters can say, ready to be sent.

    Attributes:
        block: the pacing, whole.
        certified: what fresh days showed of it with the lines, and the calls in a second, that it leaves the campaign.
    """

    block: Block
    certified: Certified

    @property
    def settings(self) -> dict[str, Json]:
        """Return the block in the contract's words."""
        return document_of(self.block)


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The best pacing for a scenario within its limit.

    Attributes:
        found: the best policy of those that were looked at.
        sent: the best of the contract's; None where it has none.
        why_not_sent: why it has none, in words; empty where it has one.
        optimum: utilisation that no policy exceeds within the limit, in the long run, a fraction; None where unknown.
        why_no_optimum: why it is unknown, in words; empty where it is known.
        compared: all policies that were tuned, the best first.
        seed: of the days.
        engine: who played the days of the best.
        days: days that were simulated in all.
        cpu_s: seconds of processor time, start and compiling excluded.
        optimum_cpu_s: those of them that solving for the optimum took.
    """

    found: Found
    sent: Sent | None
    why_not_sent: str
    optimum: float | None
    why_no_optimum: str
    compared: tuple[Found, ...]
    seed: int
    engine: str
    days: int
    cpu_s: float = field(compare=False)
    optimum_cpu_s: float = field(compare=False)

    @property
    def behind_optimum(self) -> float | None:
        """Return how much utilisation the best leaves to the optimum, a fraction; None where that is unknown."""
        return None if self.optimum is None else self.optimum - self.found.certified.utilisation.mean

    def document(self) -> dict[str, Json]:
        """Return what `paceline optimise -o json` prints."""
        return {
            **self.found.document(),
            "optimum": self.optimum,
            "why_no_optimum": self.why_no_optimum or None,
            "behind_optimum": self.behind_optimum,
            "settings": None if self.sent is None else self.sent.settings,
            "why_no_settings": self.why_not_sent or None,
            "settings_effect": None if self.sent is None else self.sent.certified.document(),
            "compared": [one.document() for one in self.compared],
            "seed": self.seed,
            "engine": self.engine,
            "days": self.days,
            "cpu_s": self.cpu_s,
            "optimum_cpu_s": self.optimum_cpu_s,
        }


def _estimate(found: Estimated) -> dict[str, Json]:
    return {"mean": found.mean, "half_width": found.half_width, "n": found.days}


def _certificate(shown: Certificate) -> dict[str, Json]:
    return {
        "limit": shown.limit,
        "confidence": shown.confidence,
        "upper": shown.upper,
        "window": None if shown.window is None else shown.window.value,
        "window_upper": shown.window_upper,
        "first_day": shown.first_day,
        "days": shown.days,
    }
