"""Supervision on a campaign's page: what it is steered by and how it stands; begun and ended after a question."""

from __future__ import annotations

from decimal import Decimal

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import campaign_id
from paceline.service.dashboard.awaiting import unseen_for
from paceline.service.dashboard.deciding_page import not_done
from paceline.service.dashboard.pages import render, segment
from paceline.service.dashboard.settings_page import Named
from paceline.service.dashboard.typed import not_a_value, rate
from paceline.service.dashboard.verbs_page import order_of
from paceline.service.dashboard.visitors import Operating, Viewing
from paceline.service.parts import Here

router = APIRouter(include_in_schema=False)
"""The routes of supervision."""


@router.get("/campaigns/{campaign}/supervision")
def show_supervision(campaign: Named, request: Request, parts: Here, who: Viewing) -> Response:
    """Show whether a campaign is supervised, and how that stands: the part of its page that is asked for again."""
    named = campaign_id(campaign)
    standing = parts.system.supervision.of(named)
    return render(
        request,
        "supervision.html",
        who,
        one=standing,
        unseen=None if standing is None else unseen_for(parts, standing.looked),
        campaign=named,
        page=f"/campaigns/{segment(named)}",
    )


@router.get("/campaigns/{campaign}/supervise")
def ask_to_supervise(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Show what supervision does, and ask."""
    named = campaign_id(campaign)
    standing = parts.system.supervision.of(named)
    return render(request, "supervise.html", who, one=standing, campaign=named, page=f"/campaigns/{segment(named)}")


@router.post("/campaigns/{campaign}/supervise")
def supervise(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Certify and begin, and show what was certified."""
    named, back, target = campaign_id(campaign), f"/campaigns/{segment(campaign)}", who.said("target")
    aim: Decimal | None = None
    try:
        aim = rate(target) if target else None
    except ValueError as wrong:
        findings = [not_a_value("target", target, str(wrong)).document()]
        return render(request, "not_sent.html", who, findings=findings, back=back)
    try:
        begun = parts.system.supervision.start(named, order_of(who), target=aim)
    except PacelineError as error:
        return not_done(request, who, error, back=back)
    findings = [one.document() for one in begun.findings]
    certificate = None if begun.certificate is None else begun.certificate.document()
    return render(
        request, "supervised.html", who, begun=begun, findings=findings, certificate=certificate, back=back
    )  # fmt: skip


@router.post("/campaigns/{campaign}/supervise-end")
def end_supervision(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """End the supervision, and show how it was left."""
    back = f"/campaigns/{segment(campaign)}"
    try:
        ended = parts.system.supervision.end(campaign_id(campaign), order_of(who))
    except PacelineError as error:
        return not_done(request, who, error, back=back)
    return render(request, "supervision_ended.html", who, ended=ended, back=back)
