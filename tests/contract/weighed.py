"""A weigher whose word is written down beforehand, and campaigns that hold weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from paceline.bootstrap import System
from paceline.campaign.evidence import Evidence, NoEvidence
from paceline.campaign.weigher import WeighAsked
from paceline.primitives.ids import CampaignId
from tests.contract.set_up import HELD, RULES, declare, furnish
from tests.contract.systems import Office
from tests.unit.campaign.weights.evidences import GOOD

WEIGHTS: dict[str, Any] = {
    "algorithmId": "adaptive-v2",
    "parameterWeights": {"answer_rate": 0.1, "call_rate": 0.1, "predictive_factor": -0.2},
    "validationSplit": 0.8,
    "maxDeviationLimit": 0.2,
    "convergenceThreshold": 0.05,
}
TUNING: dict[str, Any] = {"enablePredictiveTuning": True, "simulationTrigger": "automatic", "driftProtection": True}
PACING: dict[str, Any] = {
    "answerRate": 0.5,
    "abandonRate": 0.01,
    "maxConcurrentCalls": 40,
    "callInterval": 200,
    "strategy": "predictive",
    "warmUpPeriod": 0,
}


@dataclass
class Scripted:
    """Says what is written, and keeps what it was asked; `lack` is why it can say nothing of any weights."""

    evidence: Evidence | NoEvidence = GOOD
    lack: NoEvidence | None = None
    asked: list[WeighAsked] = field(default_factory=list)
    splits: list[Decimal | None] = field(default_factory=list)

    def at_hand(
        self, campaign: CampaignId, *, split: Decimal | None, named: Mapping[str, Decimal] | None = None
    ) -> NoEvidence | None:
        del campaign, named
        self.splits.append(split)
        return self.lack

    def weigh(self, asked: WeighAsked) -> Evidence | NoEvidence:
        self.asked.append(asked)
        return self.evidence


class Failing:
    """Fails at whatever it is asked."""

    def at_hand(
        self, campaign: CampaignId, *, split: Decimal | None, named: Mapping[str, Decimal] | None = None
    ) -> None:
        del campaign, split, named

    def weigh(self, asked: WeighAsked) -> Evidence | NoEvidence:
        raise ArithmeticError(f"no number for {asked.observed.campaign}")


def weighted(office: Office, weigher: Any = None, **arranged: Any) -> System:
    """Return a system in an office where HELD has weights and dials predictively, and everything is declared."""
    predictive = {**RULES, "dialingMethod": "PREDICTIVE"}
    blocks = {"predictiveDialerSettings": WEIGHTS, "configuration": TUNING, "predictiveDialer": PACING}
    furnish(office, **{**blocks, "dialingRules": predictive, "agents": 5, **arranged})
    system = again(office, weigher, name="ada")
    declare(system, anchor="2026-06-15T11:00:00Z")
    return system


def again(office: Office, weigher: Any = None, *, name: str = "bob", **options: Any) -> System:
    """Return another system in the same office, whose credentials let it simulate."""
    made = weigher or Scripted()
    chosen = {"platform": office.emulated.platform("weigher"), "weigher": lambda: made, **options}
    return office.system(name, **chosen)


def live(office: Office, campaign: CampaignId = HELD) -> tuple[Any, Any]:
    """The two blocks as the platform holds them."""
    found = office.emulated.shown(campaign)
    return found["predictiveDialerSettings"], found["configuration"]


def asked_of(office: Office) -> list[tuple[str, str]]:
    """What the platform was asked, in order, by method and the last word of the path."""
    return [(one["method"], one["path"].rpartition("/")[2]) for one in office.emulated.entries(path="/api/v2/*")]
