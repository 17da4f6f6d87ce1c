"""The form of weights on a campaign's page: what would be found, and what data say, while somebody types.

Rules:
* Where data can say nothing at all, that is told without asking the platform, and nothing is computed.
* What data say is computed beside the page; the platform's own simulation is asked for by what is ordered alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.observed import Observed, Part
from paceline.campaign.weights.changes import SetWeights
from paceline.campaign.weights.checks import sound
from paceline.primitives.findings import Findings
from paceline.primitives.ids import campaign_id
from paceline.service.dashboard import weights_form
from paceline.service.dashboard.answering import UNTIL
from paceline.service.dashboard.awaiting import Awaited, awaited, begun
from paceline.service.dashboard.evidence_shown import rows_of
from paceline.service.dashboard.pages import render, segment
from paceline.service.dashboard.settings_page import Named, hour_told, set_block
from paceline.service.dashboard.typed import differences
from paceline.service.dashboard.visitors import Operating, Visitor
from paceline.service.parts import Here, Parts

router = APIRouter(include_in_schema=False)
"""The routes of weights."""
SHORT_S = 0.4
"""How long the part of the page waits for what is computed, in seconds."""
LACKS = frozenset({"weights.no-data", "weights.too-little-data", "weights.twin", "weights.drift"})
"""The rules by which weights are refused for want of data: what leads on is the page of the twin."""


@router.post("/campaigns/{campaign}/weights/findings")
def judge_weights(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Show what would be found, and what data say, if the weights were set as they are typed."""
    named = campaign_id(campaign)
    seen = parts.system.foresight.seen(named, Part.CAMPAIGN)
    typed = weights_form.typed(named, who, seen.weights, seen.tuning)
    change = typed.change if typed.differs else None
    against = typed.findings if change is None else _at_once(parts, change)
    look = None if change is None or against.refused else _weighed(parts, who, change)
    told: Mapping[str, Any] = {} if look is None or look.told is None else look.told
    findings = told.get("findings", [one.document() for one in against])
    return render(
        request,
        "weights_findings.html",
        who,
        page=f"/campaigns/{segment(named)}",
        look=look,
        evidence=told.get("evidence"),
        rows=rows_of(told.get("evidence") or {}),
        differs=typed.differs,
        findings=findings,
        lacks=_lacks(against),
        reviews=sorted({str(one["rule"]) for one in findings if one["severity"] == "review"}),
        answered=who.all_said("override"),
        until=UNTIL,
        chosen=who.said("until") or "8",
        may=bool(told) and not any(one["severity"] == "error" for one in findings),
        changes=told.get("differences", _differences(change, seen)),
        is_old=who.said("version") not in {"", seen.version},
        hour=hour_told(parts, who),
    )


@router.post("/campaigns/{campaign}/weights")
def set_weights(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Set weights, and show how it ended."""
    return set_block(request, parts, who, "weights", campaign_id(campaign))


def _at_once(parts: Parts, change: SetWeights) -> Findings:
    """Return what refuses a change whatever the campaign is like: its own numbers, or that data say nothing at all."""
    own = sound(change.wanted)
    return own if own.refused else own + parts.system.weighing.at_hand(change)


def _weighed(parts: Parts, who: Visitor, change: SetWeights) -> Awaited:
    return awaited(begun(lambda: parts.expecting.weighed(change, asker=who.name)), SHORT_S)


def _lacks(found: Findings) -> bool:
    return any(one.rule in LACKS for one in found)


def _differences(change: SetWeights | None, seen: Observed) -> tuple[object, ...]:
    return () if change is None else differences(change, seen)
