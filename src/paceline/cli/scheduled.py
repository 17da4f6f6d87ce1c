"""The schedule of one campaign with the law that binds it: what the commands about a schedule look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from paceline.campaign.observed import Part, State
from paceline.cli.configured import Configured
from paceline.cli.entrance import open_system
from paceline.cli.options import Targeting
from paceline.cli.target import target_of
from paceline.cli.words import UsageError, span
from paceline.control.adoption import Adopt

if TYPE_CHECKING:
    from paceline.campaign.blocks import Schedule
    from paceline.campaign.observed import Circumstances
    from paceline.campaign.schedule.proof import BindingLaw
    from paceline.compliance.rulebook import Rulebook

LONGEST = timedelta(days=3660)
"""The longest horizon: ten years; nobody knows what clocks will follow later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A campaign's schedule as the platform holds it, and what it is judged by.

    Attributes:
        name: what the platform calls the campaign.
        at: the platform's time of the look.
        law: without a place where nobody knows the law of a region: then nothing is lawful.
        unknown: the regions of which nobody knows the law or the zones.
    """

    campaign: str
    name: str | None
    state: State
    schedule: Schedule
    at: datetime
    facts: Circumstances
    law: BindingLaw
    unknown: tuple[str, ...]


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

    demand()
    with open_system(configured, adopt=Adopt.MUST) as system:
        (named,) = target_of(() if campaign is None else (campaign,), Targeting(), system).named
        observed = system.platform.read(named, part=Part.SCHEDULE)
        system.recorder.saw([observed])
        facts, rulebook = system.law.circumstances(named), system.law.rulebook
    if observed.schedule is None:
        raise UsageError(
            f"campaign {named} has no schedule that can be read, so nobody knows when it dials",
            hint=f"set one whole: paceline set schedule {named} --file FILE",
        )
    law, unknown = binding_law(facts, rulebook)
    return Scheduled(
        campaign=named,
        name=observed.name,
        state=observed.state,
        schedule=observed.schedule,
        at=observed.at,
        facts=facts,
        law=law,
        unknown=unknown,
    )


def binding_law(facts: Circumstances, rulebook: Rulebook) -> tuple[BindingLaw, tuple[str, ...]]:
    """Return what binds such calls, and the regions that nobody knows: with one of those there is no place at all."""
    from paceline.campaign.schedule.proof import BindingLaw

    unknown = tuple(sorted(facts.regions - rulebook.zones.keys()))
    places = () if unknown else rulebook.places(facts.regions)
    return BindingLaw(rulebook=rulebook, places=places, call=facts.call), unknown


def horizon_said(text: str) -> timedelta:
    """Return the horizon that somebody typed.

    Raises:
        UsageError: it is none, or no horizon that a schedule is judged over.
    """
    found = span(text, option="--horizon")
    if not timedelta() < found <= LONGEST:
        raise UsageError(f"--horizon: {text!r} is no horizon", hint=f"write 365d; at most {LONGEST.days}d")
    return found


def instant_text(instant: datetime) -> str:
    """Return an instant as it is printed, such as `2026-11-23T14:00:00Z`; fractions of a second are left out."""
    return instant.replace(microsecond=0).isoformat().replace("+00:00", "Z")
