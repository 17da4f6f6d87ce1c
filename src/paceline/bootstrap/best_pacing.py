"""Joins the search for the best pacing with a campaign: as its platform measured it, held against its own forecast.

The days of a certificate all answer alike. What the corridor judges a change by lets them differ: while that says that
a legal period is likely to end above its ceiling, the search goes on with a lower limit. Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from paceline.bootstrap.system import System
from paceline.campaign.blocks import Pacing
from paceline.campaign.forecast import NoProjection
from paceline.campaign.pacing.boldness import GENTLEST
from paceline.campaign.pacing.changes import SetPacing
from paceline.control.foresight import Foreseen
from paceline.optimizer.best.measured import MeasuredScenario, measured_scenario
from paceline.optimizer.best.settings import Terms
from paceline.optimizer.best.told import Best
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Finding, Severity
from paceline.primitives.ids import CampaignId
from paceline.simulation.scenario import Scenario

Searches = Callable[[Scenario, Terms, int], Best]
"""From a scenario, what is not tuned of the contract's pacing, and a seed, to the best pacing."""
_ROUNDS = 5
_LESS = 0.85
"""Share of the limit with which is looked for again, where days that differ make a breach likely."""
_LIKELY = frozenset({"pacing.breach"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BestForCampaign:
    """The best pacing for a campaign, and what the corridor would find of it now.

    Attributes:
        campaign: which.
        made: what was measured, as a scenario.
        best: what was found, with its certificate.
        foreseen: what would be found if it were ordered now; None where nothing of it can be sent.
    """

    campaign: CampaignId
    made: MeasuredScenario
    best: Best
    foreseen: Foreseen | None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the corridor would find of it."""
        return () if self.foreseen is None else tuple(self.foreseen.findings)

    @property
    def would_be_refused(self) -> bool:
        """Whether it would be refused now, or makes a legal period likely to end above its ceiling."""
        return any(one.severity is Severity.ERROR or one.rule in _LIKELY for one in self.findings)

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it: what was found, what it was made of, and what would be found of it."""
        forecast = None if self.foreseen is None else self.foreseen.situation.forecast
        made = self.made
        return {
            **self.best.document(),
            "campaign": self.campaign,
            "measured": {"since": made.since.isoformat(), "until": made.until.isoformat(), "fits": made.fits},
            "assumed": [*made.assumed],
            "forecast": None if forecast is None else forecast.document(),
            "findings": [one.document() for one in self.findings],
            "would_be_refused": self.would_be_refused,
        }


def best_for_campaign(
    system: System,
    campaign: CampaignId,
    search: Searches,
    *,
    seed: int | None = None,
    tell: Callable[[str], None] = lambda _words: None,
) -> BestForCampaign | NoProjection:
    """Return the best pacing for a campaign of which no breach is foreseen, or the last that is tried.

    Args:
        system: whose platform tells what was measured.
        campaign: which.
        search: finds the best pacing for a scenario.
        seed: the same seed finds the same; None is one of what was measured.
        tell: hears what people may want to know meanwhile.

    Raises:
        PlatformError: the campaign cannot be looked at.
        LedgerUnavailableError: what is known of it cannot be read now.
        NoSettingError: no setting keeps the limit.
    """
    made = _made_of(system, campaign)
    if isinstance(made, NoProjection):
        return made
    scenario, seed = made.scenario, made.seed if seed is None else seed
    tried = 0
    while True:
        best = search(scenario, made.terms, seed)
        if best.sent is None:
            return BestForCampaign(campaign=campaign, made=made, best=best, foreseen=None)
        foreseen, tried = system.foresight.of_settings(SetPacing.to(campaign, best.sent.block)), tried + 1
        rules = {found.rule for found in foreseen.findings}
        errors = {found.rule for found in foreseen.findings if found.severity is Severity.ERROR}
        # A lower limit helps against a likely breach, and against nothing else.
        if tried == _ROUNDS or not _LIKELY & rules or errors - _LIKELY:
            return BestForCampaign(campaign=campaign, made=made, best=best, foreseen=foreseen)
        tell(f"with a limit of {scenario.limit:.2%} for days that are alike, days that differ make a breach likely")
        scenario = replace(scenario, limit=scenario.limit * _LESS)


def _made_of(system: System, campaign: CampaignId) -> MeasuredScenario | NoProjection:
    belief, aim = GENTLEST
    gentlest = SetPacing(campaign=campaign, answer_rate=belief, abandonment_aim=aim)
    observed = system.survey.looked_at(campaign).observed
    live = observed.pacing or Pacing(
        answer_rate=Decimal(belief), abandonment_aim=Decimal(aim), max_calls=150, call_interval_ms=50, warm_up_s=0
    )
    situation = system.survey.foreseen(gentlest, observed)
    asked = system.projecting.asked(situation, live)
    return asked if isinstance(asked, NoProjection) else measured_scenario(asked)
