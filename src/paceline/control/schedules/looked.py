"""The schedule of one campaign with the law that binds it: what all that is said of a schedule begins with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from paceline.campaign.blocks import Schedule
from paceline.campaign.observed import Circumstances, Observed, Part, State
from paceline.campaign.ports import Platform
from paceline.campaign.schedule.proof import BindingLaw
from paceline.compliance.rulebook import Rulebook
from paceline.compliance.zonedata import demand
from paceline.control.facts.law import Law
from paceline.control.recorder import Recorder
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import CampaignId

LONGEST = timedelta(days=3660)
"""The longest horizon that is judged over: ten years; nobody knows what clocks will follow later."""


class Parts(Protocol):
    """What a schedule is looked at with; a whole system has it."""

    platform: Platform
    recorder: Recorder
    law: Law


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A campaign's schedule as the platform holds it, and what it is judged by.

    Attributes:
        name: what the platform calls the campaign.
        at: the platform's time of the look.
        law: without a place where nobody knows the law of a region: then nothing is lawful.
        unknown: the regions of which nobody knows the law or the zones.
    """

    campaign: CampaignId
    name: str | None
    state: State
    schedule: Schedule
    at: datetime
    facts: Circumstances
    law: BindingLaw
    unknown: tuple[str, ...]


def scheduled(system: Parts, campaign: CampaignId) -> Scheduled | None:
    """Look at the schedule of a campaign, and at what was declared of it; None where it has none that can be read.

    Raises:
        StaleZoneDataError: the zone data is too old to judge by.
        PlatformError: the campaign cannot be looked at.
        LedgerUnavailableError: what was declared cannot be read now, or the look cannot be kept.
    """
    demand()
    observed = system.platform.read(campaign, part=Part.SCHEDULE)
    system.recorder.saw([observed])
    return scheduled_as(observed, system.law.circumstances(campaign), system.law.rulebook)


def scheduled_as(observed: Observed, facts: Circumstances, rulebook: Rulebook) -> Scheduled | None:
    """Return a schedule that was seen a moment ago with what binds it; None where there is none that can be read."""
    if observed.schedule is None:
        return None
    law, unknown = binding_law(facts, rulebook)
    return Scheduled(
        campaign=observed.campaign,
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
    unknown = tuple(sorted(facts.regions - rulebook.zones.keys()))
    places = () if unknown else rulebook.places(facts.regions)
    return BindingLaw(rulebook=rulebook, places=places, call=facts.call), unknown


def instant_text(instant: datetime) -> str:
    """Return an instant as it is told, such as `2026-11-23T14:00:00Z`; fractions of a second are left out."""
    return utc_text(instant.replace(microsecond=0))
