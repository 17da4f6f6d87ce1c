"""*Plan an experiment*: its settings and blocks, how it would go and what it could see, before it is kept.

Rules:
* A preview judges the new setting as a change that is not sent, which the ledger tells, and keeps no experiment.
* Coins are thrown anew when it is kept, so that nobody chooses them by looking again and again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.observed import Observed, Part
from paceline.control.experiments.blocks import UNSCHEDULED_ZONE
from paceline.control.experiments.planning import FEWEST_DAYS
from paceline.control.experiments.starting import Began
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Findings
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.dashboard import experiment_plan_form as form
from paceline.service.dashboard.answering import UNTIL, overrides_of
from paceline.service.dashboard.blocks_picture import drawn
from paceline.service.dashboard.deciding_page import not_done
from paceline.service.dashboard.evidence_shown import rows_of
from paceline.service.dashboard.experiment_plan_form import TypedPlan
from paceline.service.dashboard.pages import render, segment, sent_to
from paceline.service.dashboard.settings_page import Named
from paceline.service.dashboard.verbs_page import order_of
from paceline.service.dashboard.visitors import Operating, Visitor
from paceline.service.parts import Here, Parts

router = APIRouter(include_in_schema=False)
"""The routes by which an experiment is planned."""
_LONGEST = 100


@router.get("/experiment")
def choose(request: Request, _: Operating, campaign: Annotated[str, Query(max_length=128)] = "") -> Response:
    """Lead to the form of a campaign that was typed."""
    return sent_to(request, f"/experiments/{segment(campaign_id(campaign.strip()))}/plan")


@router.get("/experiments/{campaign}/plan")
def show_plan_form(campaign: Named, request: Request, parts: Here, who: Operating, of: str = "weights") -> Response:
    """Show the form by which an experiment is planned."""
    named = campaign_id(campaign)
    seen = parts.system.foresight.seen(named, Part.CAMPAIGN)
    of = of if of in form.OF else form.OF[0]
    return _page(request, parts, who, of, seen, values=form.values(of, seen))


@router.post("/experiments/{campaign}/plan")
def plan(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Show how an experiment would go; or keep it, where the form says so, and show it."""
    named, of = campaign_id(campaign), who.said("of")
    of = of if of in form.OF else form.OF[0]
    seen = parts.system.foresight.seen(named, Part.CAMPAIGN)
    typed = form.typed(of, who, seen, _zone(parts, named))
    values = {**form.values(of, seen), **{name: who.said(name)[:_LONGEST] for name in form.values(of, seen)}}
    if typed.wish is None or typed.terms is None:
        return _page(request, parts, who, of, seen, values=values, wrong=typed.findings)
    is_kept = who.said("step") == "keep"
    order = replace(
        order_of(who),
        dry_run=not is_kept,
        if_revision=who.said("version") or None,
        overrides=overrides_of(who, seen.at),
    )
    try:
        began = parts.system.experiment_desk.plan(typed.wish, typed.terms, order)
    except PacelineError as error:
        return not_done(request, who, error, back=f"/experiments/{segment(named)}/plan")
    if began.experiment is not None:
        return sent_to(request, f"/experiments/{segment(named)}")
    return _page(request, parts, who, of, seen, values=values, tried=(typed, began))


def _page(
    request: Request,
    parts: Parts,
    who: Visitor,
    of: str,
    seen: Observed,
    *,
    values: Mapping[str, str],
    wrong: Findings | None = None,
    tried: tuple[TypedPlan, Began] | None = None,
) -> Response:
    named = seen.campaign
    return render(
        request,
        "experiment_plan.html",
        who,
        campaign=named,
        name=seen.name or named,
        page=f"/experiments/{segment(named)}",
        campaign_page=f"/campaigns/{segment(named)}",
        of=of,
        fields=form.fields_of(of),
        live=form.values(of, seen),
        values=values,
        balanced=form.BALANCED,
        fewest=FEWEST_DAYS,
        most=form.MOST_DAYS,
        zone=_zone(parts, named),
        version=who.said("version") or str(seen.version),
        wrong=[one.document() for one in wrong or ()],
        under_way=parts.system.experiments.entry_under_way(named),
        answered=who.all_said("override"),
        until=UNTIL,
        chosen=who.said("until") or "168",
        **(_nothing() if tried is None else _tried(*tried)),
    )


def _nothing() -> dict[str, Any]:
    return {"began": None, "findings": [], "blocks": None, "evidence": None, "rows": [], "reviews": [], "may": False}


def _tried(_typed: TypedPlan, began: Began) -> dict[str, Any]:
    """Return what came of a preview, as its page names it."""
    judged = [] if began.judged is None else [dict(one.document()) for one in began.judged.findings]
    findings = [*(dict(one.document()) for one in began.findings), *judged]
    told = None if began.judged is None else began.judged.document().get("evidence")
    evidence = told if isinstance(told, Mapping) else None
    return {
        "began": began,
        "findings": findings,
        "blocks": None if began.plan is None else drawn(began.plan, (), here=None),
        "evidence": evidence,
        "rows": [] if evidence is None else rows_of(evidence),
        "reviews": sorted({str(one["rule"]) for one in findings if one["severity"] == "review"}),
        "may": began.plan is not None,
    }


def _zone(parts: Parts, campaign: CampaignId) -> str:
    """Return the zone by whose clock blocks lie: that of the schedule."""
    try:
        schedule = parts.system.foresight.seen(campaign, Part.SCHEDULE).schedule
    except PacelineError:
        return UNSCHEDULED_ZONE
    return UNSCHEDULED_ZONE if schedule is None else schedule.zone
