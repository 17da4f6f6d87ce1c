"""The one change of pacing; what it does not name stays as it is, and the block is sent whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Self

from paceline.campaign.blocks import Pacing
from paceline.campaign.change import Achieved, Diverged, IncompleteChangeError, Lane, Rulebook, Verdict, differences_in
from paceline.campaign.observed import Ability, Observed, Part, Situation
from paceline.campaign.pacing.boldness import loosening
from paceline.campaign.pacing.checks import guarded, sound
from paceline.campaign.pacing.model import FIELDS, Wanted
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Findings
from paceline.primitives.ids import CampaignId


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPacing:
    """Set how fast a campaign dials where a prediction decides; None leaves a field as it is.

    Attributes:
        answer_rate: the belief, 0.40 to 0.95.
        abandonment_aim: the aim, a fraction of answered calls, 0 to 0.03.
        max_calls: calls in flight at once, 5 to 150.
        call_interval_ms: between two looks of the dialer, 50 to 500 milliseconds.
        warm_up_s: one line for each idle agent so long after dialing begins, seconds, at least 0.
        strategy: `predictive`.
        beside: filled in by `whole_on`: what the live block holds that nobody here knows, sent back as it was.
    """

    kind: ClassVar[str] = "pacing.set"
    lane: ClassVar[Lane] = Lane.CHANGING
    part: ClassVar[Part] = Part.CAMPAIGN
    needs: ClassVar[frozenset[Ability]] = frozenset({Ability.PACING})
    effective_at: ClassVar[datetime | None] = None
    campaign: CampaignId
    answer_rate: Decimal | None = None
    abandonment_aim: Decimal | None = None
    max_calls: int | None = None
    call_interval_ms: int | None = None
    warm_up_s: int | None = None
    strategy: str | None = None
    beside: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def to(cls, campaign: CampaignId, pacing: Pacing) -> Self:
        """Return the change that sets a whole pacing."""
        return cls(campaign=campaign, **{name: getattr(pacing, name) for name in FIELDS})

    @property
    def wanted(self) -> Wanted:
        """Return what is to become of the pacing."""
        return Wanted(
            answer_rate=self.answer_rate,
            abandonment_aim=self.abandonment_aim,
            max_calls=self.max_calls,
            call_interval_ms=self.call_interval_ms,
            warm_up_s=self.warm_up_s,
            strategy=self.strategy,
        )

    def validate(self, rules: Rulebook) -> Findings:  # noqa: ARG002  # what law binds depends on where contacts may be
        """Judge what is named, by itself."""
        return sound(self.wanted)

    def guard(self, situation: Situation) -> Findings:
        """Judge the whole pacing that would come of it against the live one, the law, and what is expected of it."""
        return guarded(self.wanted, self.needs, situation)

    def loosens(self, observed: Observed) -> bool:
        """Return whether more calls might be abandoned afterwards, so that what is expected of it has to be asked."""
        whole = self.wanted.on(observed.pacing)
        return whole is not None and not sound(self.wanted).refused and bool(loosening(observed.pacing, whole))

    def whole_on(self, observed: Observed) -> Self:
        """Return the change as it is sent: what it leaves as it is, filled in from what was seen.

        Raises:
            IncompleteChangeError: the campaign has no pacing, and the change does not name all of it.
        """
        whole = self.wanted.on(observed.pacing)
        if whole is None:
            missing = ", ".join(self.wanted.missing_on(observed.pacing))
            raise IncompleteChangeError(f"campaign {self.campaign} has no pacing, and {missing} is not named")
        return replace(self, **asdict(whole))

    def already_so(self, observed: Observed) -> bool:
        """Return whether the pacing has everything that is named."""
        return not self.wanted.names_nothing and not differences_in(self, observed.pacing, FIELDS)

    def verify(self, observed: Observed) -> Verdict:
        """Judge by what the platform shows of each field that is named."""
        differences = differences_in(self, observed.pacing, FIELDS)
        return Diverged(differences) if differences else Achieved()
