"""A twin as it is told: its standing, what it held of what it had not seen, its parameters, and its data."""

from __future__ import annotations

from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.twin.judging import Judged, judged
from paceline.twin.model import Twin, instant_of

LEVEL = 0.90
"""Of the intervals whose coverage is told."""


def twin_document(twin: Twin) -> dict[str, Json]:
    """Return what is told of a twin as JSON; no half-hour and no person is in it."""
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
        "seed": twin.seed,
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
