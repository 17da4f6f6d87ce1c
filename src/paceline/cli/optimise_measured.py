"""`paceline optimise ID`: the best pacing for a campaign as its platform measured it, held against its own forecast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.cli import exits
from paceline.cli.entrance import open_system
from paceline.cli.optimising import Searching, found_for, told
from paceline.cli.render import tell
from paceline.control.adoption import Adopt
from paceline.primitives.findings import Severity
from paceline.primitives.ids import campaign_id

if TYPE_CHECKING:
    from paceline.bootstrap.best_pacing import BestForCampaign
    from paceline.cli.configured import Everywhere
    from paceline.optimizer.best.settings import Terms
    from paceline.optimizer.best.told import Best
    from paceline.simulation.scenario import Scenario


def optimise_measured(word: str, searching: Searching, everywhere: Everywhere) -> int:
    """Find the best pacing for a campaign, say what the corridor would find of it, and return the exit code."""
    from paceline.bootstrap.best_pacing import best_for_campaign
    from paceline.campaign.forecast import NoProjection

    def search(scenario: Scenario, terms: Terms, seed: int) -> Best:
        return found_for(scenario, searching, everywhere, terms=terms, seed=seed)

    campaign = campaign_id(word)
    with open_system(everywhere, adopt=Adopt.TRY) as system:
        found = best_for_campaign(system, campaign, search, seed=searching.seed, tell=tell)
    if isinstance(found, NoProjection):
        tell(f"paceline: no scenario can be made of campaign {campaign}: {found.why}")
        return exits.REFUSED
    for one in found.made.assumed:
        tell(f"taken for granted: {one}")
    code = told(found.best, searching, everywhere, campaign=campaign, document=found.document())
    return _stands_against(found) or code


def _stands_against(found: BestForCampaign) -> int:
    """Tell what the corridor would find of the best now, and return the exit code that it makes; 0 where none."""
    for one in found.findings:
        if one.severity is not Severity.INFO:
            tell(f"the corridor would find: {one.severity.value}: {one.message} [{one.rule}]")
    if not found.would_be_refused:
        return exits.DONE
    tell("paceline: it is the best that was found, but it would be refused now; see: paceline runbook RULE")
    return exits.REFUSED
