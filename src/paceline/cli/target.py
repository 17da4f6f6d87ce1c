"""Which campaigns the words of a command mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from paceline.cli.options import Targeting
from paceline.cli.words import UsageError, labels
from paceline.primitives.ids import campaign_id

if TYPE_CHECKING:
    from paceline.bootstrap import System
    from paceline.control.fleet.fleet import Target
    from paceline.primitives.ids import CampaignId


def target_of(campaigns: Sequence[str], targeting: Targeting, system: System) -> Target:
    """Return the target: ids, labels, a state or all; the campaign that is set where nothing is said.

    Raises:
        MalformedIdError: a word cannot be the id of a campaign.
        UsageError: the words contradict each other, or say nothing and no campaign is set.
    """
    from paceline.control.fleet.fleet import Target

    chosen = targeting.label or targeting.status is not None
    if targeting.everything and (campaigns or chosen):
        raise UsageError("--all goes with no ids, no --label and no --status")
    if campaigns and chosen:
        raise UsageError("ids go without --label and --status")
    named = tuple(dict.fromkeys(campaign_id(word) for word in campaigns))
    if not named and not chosen and not targeting.everything:
        if system.campaign is None:
            raise UsageError(
                "no campaign was named",
                hint="give ids, -l LABEL=VALUE, --status S or --all, or set PACELINE_CAMPAIGN",
            )
        named = (system.campaign,)
    labelled = system.facts.labelled(labels(targeting.label)) if targeting.label else None
    return Target(named=named, state=targeting.status, labelled=labelled, everything=targeting.everything)


def one_named(campaign: str | None, system: System) -> CampaignId:
    """Return the one campaign that a command is for: named, or the one that is set; raises as `target_of` does."""
    (named,) = target_of(() if campaign is None else (campaign,), Targeting(), system).named
    return named
