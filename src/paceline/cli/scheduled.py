"""The schedule of one campaign with the law that binds it: what the commands about a schedule look at."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from paceline.cli.configured import Configured
from paceline.cli.entrance import open_system
from paceline.cli.options import Targeting
from paceline.cli.target import target_of
from paceline.cli.words import UsageError, span
from paceline.control.adoption import Adopt

if TYPE_CHECKING:
    from paceline.control.schedules.looked import Scheduled


def scheduled(campaign: str | None, configured: Configured) -> Scheduled:
    """Look at the schedule of a campaign, and at what was declared of it, the file of campaigns included.

    Raises:
        UsageError: no campaign is meant, or it has no schedule.
        StaleZoneDataError: the zone data is too old to judge by.
        PlatformError: the campaign cannot be looked at.
        LedgerUnavailableError: what was declared cannot be read now.
        FactsFileError: the file of campaigns cannot be used: what holds for the campaign is not known then.
    """
    from paceline.compliance.zonedata import demand
    from paceline.control.schedules.looked import scheduled as looked

    demand()
    with open_system(configured, adopt=Adopt.MUST) as system:
        (named,) = target_of(() if campaign is None else (campaign,), Targeting(), system).named
        seen = looked(system, named)
    if seen is None:
        raise UsageError(
            f"campaign {named} has no schedule that can be read, so nobody knows when it dials",
            hint=f"set one whole: paceline set schedule {named} --file FILE",
        )
    return seen


def horizon_said(text: str) -> timedelta:
    """Return the horizon that somebody typed.

    Raises:
        UsageError: it is none, or no horizon that a schedule is judged over.
    """
    from paceline.control.schedules.looked import LONGEST

    found = span(text, option="--horizon")
    if not timedelta() < found <= LONGEST:
        raise UsageError(f"--horizon: {text!r} is no horizon", hint=f"write 365d; at most {LONGEST.days}d")
    return found
