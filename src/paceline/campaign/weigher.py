"""Who tells what data say about new weights: the port that a corridor asks through, and what it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from paceline.campaign.blocks import Tuning, Weights
from paceline.campaign.evidence import Evidence, NoEvidence
from paceline.campaign.observed import Observed
from paceline.primitives.ids import CampaignId


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighAsked:
    """What is in question.

    Attributes:
        observed: the campaign with its live weights and pacing.
        wanted: the weights that would be live.
        tuning: what goes with them; a campaign whose tuning is off dials as if it had no weights.
        ceiling: the abandonment that binds, a fraction.
        least_gain: the smallest gain in utilisation worth having, a fraction.
        level: of the judgement, such as 0.95.
    """

    observed: Observed
    wanted: Weights
    tuning: Tuning | None
    ceiling: float
    least_gain: float = 0.0025
    level: float = 0.95


class Weigher(Protocol):
    """Tells what data say; asks no platform, so that a refusal for want of data costs no request."""

    def at_hand(
        self, campaign: CampaignId, *, split: Decimal | None, named: Mapping[str, Decimal] | None = None
    ) -> NoEvidence | None:
        """Return why nothing can be said of such weights of this campaign; None where something may be.

        Args:
            campaign: which.
            split: the share of the days to be fitted on that the change names; None where it leaves it as it is.
            named: the weights that the change names, the others stay as they are; None asks for any weights.
        """
        ...

    def weigh(self, asked: WeighAsked) -> Evidence | NoEvidence:
        """Return what data say of these weights; the same question has the same answer."""
        ...
