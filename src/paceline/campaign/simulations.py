"""What the platform itself says of weights: simulations it makes, and whom it tells that they were tuned; values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from paceline.campaign.forecast import Between
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import CampaignId

TUNED = "campaign.predictive.tuned"
"""What the platform tells, in its own word, after each change of weights."""
LONGEST_S = 3600
"""The longest that a platform simulates, seconds of dialing; whatever is shorter says less."""


class SimulationStatus(StrEnum):
    """How far a simulation on the platform has come."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationStarted:
    """The platform's word that it simulates a campaign.

    Attributes:
        id: the platform's name of it.
        at: the platform's time at which it was asked for.
        duration_s: what is simulated, seconds of dialing.
    """

    id: str
    at: datetime
    duration_s: int

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        at = utc_text(self.at)
        return {"id": self.id, "at": at, "duration_s": self.duration_s}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformSimulation:
    """What the platform itself predicts of a campaign as it was when that was asked for; intervals of 95 %.

    Attributes:
        answer_rate: answered over dialed; this and the three below are None until it is completed.
        abandonment: abandoned over answered by a person.
        utilisation: talk and wrap-up over available agent time.
        calls: how many were simulated.
    """

    id: str
    campaign: CampaignId
    status: SimulationStatus
    duration_s: int
    answer_rate: Between | None = None
    abandonment: Between | None = None
    utilisation: Between | None = None
    calls: int | None = None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        told = {"answer_rate": self.answer_rate, "abandonment": self.abandonment, "utilisation": self.utilisation}
        return {
            "id": self.id,
            "campaign": self.campaign,
            "status": self.status.value,
            "duration_s": self.duration_s,
            **{name: None if one is None else one.document() for name, one in told.items()},
            "calls": self.calls,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformWebhook:
    """That the platform itself tells an address.

    Attributes:
        id: the platform's name of it.
        secret: that it signs with; told once, when it is registered for the first time, and None ever after.
    """

    id: str
    secret: str | None = field(default=None, repr=False)
