"""A kept twin as it is told: its standing, what it held of what it had not seen, its parameters, and its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text

if TYPE_CHECKING:  # a twin is heavy to load, and few requests ask for one
    from paceline.bootstrap import System
    from paceline.primitives.ids import CampaignId
    from paceline.twin.judging import Judged
    from paceline.twin.model import Twin

LEVEL = 0.90
"""Of the intervals whose coverage is told."""


def kept_twin(system: System, campaign: CampaignId) -> Twin | None:
    """Return the kept twin of a campaign; None where there is none.

    Raises:
        LedgerUnavailableError: it cannot be read now.
    """
    from paceline.bootstrap.twins import twins_of

    return twins_of(system).of(campaign)


def twin_document(twin: Twin) -> dict[str, Json]:
    """Return what is told of a twin; no half-hour and no person is in it."""
    from paceline.twin.judging import judged
    from paceline.twin.model import instant_of

    days = twin.days
    return {
        "campaign": twin.campaign,
        "made_of": twin.made_of.value,
        "data": twin.data,
        "since": utc_text(instant_of(days[0].start)) if days else None,
        "until": utc_text(twin.standing.data_until),
        "days": len(days),
        "held_out_days": len(twin.held_out),
        "half_hours": int(twin.half_hours.start.size),
        "zone": twin.zone,
        "standing": twin.standing.document(),
        "level": LEVEL,
        "measures": [_measure(one) for one in judged(twin.results)],
        "parameters": [one.document() for one in twin.parameters],
        "draws": len(twin.draws),
        "drifted": None if twin.drifted is None else twin.drifted.document(),
        "assumed": list(twin.assumed),
        "entry": twin.standing.entry,
    }


def _measure(one: Judged) -> dict[str, Json]:
    return {
        "measure": one.measure,
        "covered": one.held.covered,
        "low": one.held.low,
        "high": one.held.high,
        "half_hours": one.held.half_hours,
        "days": one.held.days,
        "skill": one.skill,
        "why": one.why,
        "pit": list(one.pit),
    }
