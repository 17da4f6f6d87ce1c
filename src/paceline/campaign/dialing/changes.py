"""The one change of dialing rules; what it does not name stays as it is, and the block is sent whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Self

from paceline.campaign.blocks import DialingMode
from paceline.campaign.change import Achieved, Diverged, IncompleteChangeError, Lane, Rulebook, Verdict, differences_in
from paceline.campaign.dialing.capacity import loosening
from paceline.campaign.dialing.checks import guarded, sound
from paceline.campaign.dialing.model import FIELDS, Wanted
from paceline.campaign.observed import Ability, Observed, Part, Situation
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Findings
from paceline.primitives.ids import CampaignId


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDialingRules:
    """Set how a campaign dials; None leaves a field as it is.

    Attributes:
        attempt_limit: how often one contact is tried at most, the first call included; 1 to 300.
        retry_intervals_min: minutes from one attempt to the next, strictly increasing, each 1 to 50000.
        abandonment_threshold: at which rate the platform cools down, a fraction of answered calls, 0 to 0.05.
        cool_down_s: how long it then dials no more, seconds, at least 0.
        calls_per_agent: calls in flight for each free agent, 1 to 10.
        beside: filled in by `whole_on`: what the live block holds that nobody here knows, sent back as it was.
    """

    kind: ClassVar[str] = "dialing.set"
    lane: ClassVar[Lane] = Lane.CHANGING
    part: ClassVar[Part] = Part.CAMPAIGN
    needs: ClassVar[frozenset[Ability]] = frozenset({Ability.DIALING_RULES})
    effective_at: ClassVar[datetime | None] = None
    campaign: CampaignId
    mode: DialingMode | None = None
    attempt_limit: int | None = None
    retry_intervals_min: tuple[int, ...] | None = None
    abandonment_threshold: Decimal | None = None
    cool_down_s: int | None = None
    calls_per_agent: int | None = None
    beside: Mapping[str, Json] = field(default_factory=dict, compare=False, repr=False)

    @property
    def wanted(self) -> Wanted:
        """Return what is to become of the rules."""
        return Wanted(
            mode=self.mode,
            attempt_limit=self.attempt_limit,
            retry_intervals_min=self.retry_intervals_min,
            abandonment_threshold=self.abandonment_threshold,
            cool_down_s=self.cool_down_s,
            calls_per_agent=self.calls_per_agent,
        )

    def validate(self, rules: Rulebook) -> Findings:  # noqa: ARG002  # what law binds depends on where contacts may be
        """Judge what is named, by itself."""
        return sound(self.wanted)

    def guard(self, situation: Situation) -> Findings:
        """Judge the whole rules that would come of it against the law, the licence and what was measured."""
        return guarded(self.wanted, self.needs, situation)

    def loosens(self, observed: Observed) -> bool:
        """Return whether more calls might be abandoned afterwards, so that what was measured has to be asked."""
        whole = self.wanted.on(observed.rules)
        return whole is not None and not sound(self.wanted).refused and bool(loosening(observed.rules, whole))

    def whole_on(self, observed: Observed) -> Self:
        """Return the change as it is sent: what it leaves as it is, filled in from what was seen.

        Raises:
            IncompleteChangeError: the campaign has no dialing rules, and the change does not name all of them.
        """
        whole = self.wanted.on(observed.rules)
        if whole is None:
            missing = ", ".join(self.wanted.missing_on(observed.rules))
            raise IncompleteChangeError(f"campaign {self.campaign} has no dialing rules, and {missing} is not named")
        return replace(self, **asdict(whole))

    def already_so(self, observed: Observed) -> bool:
        """Return whether the rules have everything that is named."""
        return not self.wanted.names_nothing and not differences_in(self, observed.rules, FIELDS)

    def verify(self, observed: Observed) -> Verdict:
        """Judge by what the platform shows of each field that is named."""
        differences = differences_in(self, observed.rules, FIELDS)
        return Diverged(differences) if differences else Achieved()
