"""*Tune*: better weights looked for on a campaign's twin, proven on days held out, put into the form; nothing is sent.

It is computed as an operation of this process, once for all who ask for the same campaign. The page of a campaign shows
what was found for that one: no other operation, whatever its address names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.observed import Part
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.dashboard.awaiting import Awaited, awaited
from paceline.service.dashboard.evidence_shown import rows_of
from paceline.service.dashboard.pages import render, segment, sent_to
from paceline.service.dashboard.settings_page import Named
from paceline.service.dashboard.visitors import Operating, Viewing
from paceline.service.operations import Running
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError
from paceline.service.routes.searching import tuning

router = APIRouter(include_in_schema=False)
"""The routes of the tuner."""
Operation = Annotated[str, Query(max_length=40)]
"""An operation in an address; empty is none."""
SOON_S = 0.4
"""How long a part of the page waits for what is computed, in seconds."""
KIND = "tuning"
"""What kind of operation it is."""


@router.get("/campaigns/{campaign}/tune")
def show_tune(campaign: Named, request: Request, parts: Here, who: Viewing, operation: Operation = "") -> Response:
    """Show what the tuner does, and what it found."""
    named = campaign_id(campaign)
    seen = parts.system.foresight.seen(named, Part.CAMPAIGN)
    return render(request, "tune.html", who, name=seen.name or named, **_shown(parts, named, operation))


@router.get("/campaigns/{campaign}/tune/now")
def show_tune_now(campaign: Named, request: Request, parts: Here, who: Viewing, operation: Operation = "") -> Response:
    """Show what the tuner found: the part of its page that is asked for again."""
    return render(request, "tune_inside.html", who, **_shown(parts, campaign_id(campaign), operation))


@router.post("/campaigns/{campaign}/tune")
def begin(campaign: Named, request: Request, parts: Here, _: Operating) -> Response:
    """Begin to look for better weights, and lead to where it is told what was found; nothing is sent or recorded."""
    named = campaign_id(campaign)
    running = parts.operations.begin_search(KIND, tuning(parts, named), shared=_shared(named))
    return sent_to(request, f"/campaigns/{segment(named)}/tune?{urlencode({'operation': running.id})}")


def _shared(campaign: CampaignId) -> str:
    return f"page {campaign}"


def _running(parts: Parts, campaign: CampaignId, operation: str) -> Running:
    """Return the search for a campaign's weights that an address names.

    Raises:
        ProblemError: there is none of that id, or it looks for something else (404).
    """
    found = parts.operations.of(operation)
    if (found.kind, found.shared) != (KIND, _shared(campaign)):
        raise ProblemError(404, "that was not looked for here", code="no-operation", hint="look again")
    return found


def _shown(parts: Parts, campaign: CampaignId, operation: str) -> dict[str, Any]:
    look = Awaited() if operation else None
    if operation:
        try:
            look = awaited(_running(parts, campaign, operation), SOON_S)
        except PacelineError as gone:
            look = Awaited(error=gone)
    told: Mapping[str, Any] = look.told or {} if look is not None else {}
    evidence = told.get("evidence")
    page = f"/campaigns/{segment(campaign)}"
    return {
        "campaign": campaign,
        "page": page,
        "operation": operation,
        "look": look,
        "told": told,
        "fits": _fits(told),
        "evidence": evidence if isinstance(evidence, Mapping) else None,
        "rows": rows_of(evidence) if isinstance(evidence, Mapping) else [],
        "form": f"{page}?{urlencode({f'weight_{key}': value for key, value in told.get('first', {}).items()})}#weights",
    }


def _fits(told: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what the live and the best weights come to on the days of the fit."""
    fit = told.get("fit", {})
    return [(label, fit[name]) for label, name in (("Live", "live"), ("Best found", "best")) if name in fit]
