"""`paceline optimise ID`: the best pacing for a campaign as its platform measured it, held against its own forecast.

The days of a certificate all answer alike. What the corridor judges a change by lets them differ: while that says that
a legal period is likely to end above its ceiling, the search goes on with a lower limit.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from paceline.campaign.blocks import Pacing
from paceline.campaign.forecast import NoProjection
from paceline.campaign.pacing.boldness import GENTLEST
from paceline.campaign.pacing.changes import SetPacing
from paceline.cli import exits
from paceline.cli.entrance import open_system
from paceline.cli.optimising import Searching, found_for, told
from paceline.cli.render import tell
from paceline.control.adoption import Adopt
from paceline.primitives.findings import Severity
from paceline.primitives.ids import CampaignId, campaign_id

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.cli.configured import Everywhere
    from paceline.control.foresight import Foreseen
    from paceline.optimizer.best.measured import MeasuredScenario
    from paceline.optimizer.best.told import Best
    from paceline.primitives.canonical import Json

_ROUNDS = 5
_LESS = 0.85
"""Share of the limit with which is looked for again, where days that differ make a breach likely."""
_LIKELY = frozenset({"pacing.breach"})


def optimise_measured(word: str, searching: Searching, everywhere: Everywhere) -> int:
    """Find the best pacing for a campaign, say what the corridor would find of it, and return the exit code."""
    campaign = campaign_id(word)
    with open_system(everywhere, adopt=Adopt.TRY) as system:
        made = _made_of(system, campaign)
        if isinstance(made, NoProjection):
            tell(f"paceline: no scenario can be made of campaign {campaign}: {made.why}")
            return exits.REFUSED
        best, foreseen = _best(system, campaign, made, searching, everywhere)
    for one in made.assumed:
        tell(f"taken for granted: {one}")
    code = told(best, searching, everywhere, campaign=campaign, **_document(made, foreseen))
    return _stands_against(foreseen) or code


def _stands_against(foreseen: Foreseen | None) -> int:
    """Tell what the corridor would find of the best now, and return the exit code that it makes; 0 where none."""
    against = () if foreseen is None else tuple(foreseen.findings)
    for one in against:
        if one.severity is not Severity.INFO:
            tell(f"the corridor would find: {one.severity.value}: {one.message} [{one.rule}]")
    if not any(one.severity is Severity.ERROR or one.rule in _LIKELY for one in against):
        return exits.DONE
    tell("paceline: it is the best that was found, but it would be refused now; see: paceline runbook RULE")
    return exits.REFUSED


def _made_of(system: System, campaign: CampaignId) -> MeasuredScenario | NoProjection:
    from paceline.optimizer.best.measured import measured_scenario

    belief, aim = GENTLEST
    gentlest = SetPacing(campaign=campaign, answer_rate=belief, abandonment_aim=aim)
    observed = system.survey.looked_at(campaign).observed
    live = observed.pacing or Pacing(
        answer_rate=Decimal(belief), abandonment_aim=Decimal(aim), max_calls=150, call_interval_ms=50, warm_up_s=0
    )
    situation = system.survey.foreseen(gentlest, observed)
    asked = system.projecting.asked(situation, live)
    return asked if isinstance(asked, NoProjection) else measured_scenario(asked)


def _best(
    system: System, campaign: CampaignId, made: MeasuredScenario, searching: Searching, everywhere: Everywhere
) -> tuple[Best, Foreseen | None]:
    """Return the best pacing of which no breach is foreseen, or the last that is tried, with what is foreseen of it."""
    scenario, seed = made.scenario, made.seed if searching.seed is None else searching.seed
    tried = 0
    while True:
        best = found_for(scenario, searching, everywhere, terms=made.terms, seed=seed)
        if best.sent is None:
            return best, None
        foreseen, tried = system.foresight.of_settings(SetPacing.to(campaign, best.sent.block)), tried + 1
        rules = {found.rule for found in foreseen.findings}
        errors = {found.rule for found in foreseen.findings if found.severity is Severity.ERROR}
        # A lower limit helps against a likely breach, and against nothing else.
        if tried == _ROUNDS or not _LIKELY & rules or errors - _LIKELY:
            return best, foreseen
        tell(f"with a limit of {scenario.limit:.2%} for days that are alike, days that differ make a breach likely")
        scenario = replace(scenario, limit=scenario.limit * _LESS)


def _document(made: MeasuredScenario, foreseen: Foreseen | None) -> dict[str, Json]:
    forecast = None if foreseen is None else foreseen.situation.forecast
    return {
        "measured": {"since": made.since.isoformat(), "until": made.until.isoformat(), "fits": made.fits},
        "assumed": [*made.assumed],
        "forecast": None if forecast is None else forecast.document(),
        "findings": [] if foreseen is None else [one.document() for one in foreseen.findings],
    }
