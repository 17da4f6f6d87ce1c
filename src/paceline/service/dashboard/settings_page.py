"""The forms of a campaign: findings while somebody types, and the change when it is sent, by what the page showed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.observed import Observed, Part
from paceline.control.order import Order
from paceline.control.outcome import Outcome, Refused
from paceline.primitives.findings import Finding, Findings, Severity
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.dashboard import facts_form, pacing_form, rules_form, schedule_form, weights_form
from paceline.service.dashboard.answering import UNTIL, answering, overrides_of
from paceline.service.dashboard.endings import headline, is_good
from paceline.service.dashboard.later_form import When, kept, when_of
from paceline.service.dashboard.pages import render, segment
from paceline.service.dashboard.typed import Typed, differences
from paceline.service.dashboard.verbs_page import order_of
from paceline.service.dashboard.visitors import Operating, Visitor
from paceline.service.parts import Here, Parts
from paceline.service.routes.campaigns import read

router = APIRouter(include_in_schema=False)
"""The routes of the forms of a campaign."""
Named = Annotated[str, Path(max_length=128)]
"""A campaign in an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block of settings that has a form."""

    part: Part
    typed: Callable[[CampaignId, Visitor, Observed], Typed[AnyChange]]


def _rules(campaign: CampaignId, who: Visitor, seen: Observed) -> Typed[AnyChange]:
    found = rules_form.typed(campaign, who, seen.rules)
    return Typed(change=found.change, differs=found.differs, findings=found.findings)


def _schedule(campaign: CampaignId, who: Visitor, seen: Observed) -> Typed[AnyChange]:
    found = schedule_form.typed(campaign, who, seen.schedule)
    return Typed(change=found.change, differs=found.differs, findings=found.findings)


def _pacing(campaign: CampaignId, who: Visitor, seen: Observed) -> Typed[AnyChange]:
    found = pacing_form.typed(campaign, who, seen.pacing)
    return Typed(change=found.change, differs=found.differs, findings=found.findings)


def _weights(campaign: CampaignId, who: Visitor, seen: Observed) -> Typed[AnyChange]:
    found = weights_form.typed(campaign, who, seen.weights, seen.tuning)
    return Typed(change=found.change, differs=found.differs, findings=found.findings)


BLOCKS = {
    "rules": Block(part=Part.CAMPAIGN, typed=_rules),
    "pacing": Block(part=Part.CAMPAIGN, typed=_pacing),
    "schedule": Block(part=Part.SCHEDULE, typed=_schedule),
    "weights": Block(part=Part.CAMPAIGN, typed=_weights),
}
"""The blocks that have a form, by their word in addresses."""


@router.post("/campaigns/{campaign}/rules/findings")
def judge_rules(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Show what would be found if the rules were set as they are typed."""
    return _judged(request, parts, who, "rules", campaign_id(campaign))


@router.post("/campaigns/{campaign}/schedule/findings")
def judge_schedule(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Show what would be found if the schedule were set as it is typed."""
    return _judged(request, parts, who, "schedule", campaign_id(campaign))


@router.post("/campaigns/{campaign}/facts/findings")
def judge_facts(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Show what would be declared if the facts were sent as they are typed."""
    found = facts_form.typed(who, parts.system.facts.of(campaign_id(campaign)))
    return render(request, "facts_findings.html", who, found=found, findings=_documents(found.findings))


@router.post("/campaigns/{campaign}/rules")
def set_rules(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Set dialing rules, and show how it ended."""
    return set_block(request, parts, who, "rules", campaign_id(campaign))


@router.post("/campaigns/{campaign}/schedule")
def set_schedule(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Set a schedule, and show how it ended."""
    return set_block(request, parts, who, "schedule", campaign_id(campaign))


@router.post("/campaigns/{campaign}/facts")
def declare_facts(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Declare what was typed; what somebody else declared since is not overwritten unseen."""
    facts, named = parts.system.facts, campaign_id(campaign)
    found = facts_form.typed(who, facts.of(named))
    is_refused = bool(found.findings) or bool(found.overtaken)
    declared = None if is_refused or not found.facts else facts.declare(named, found.facts, order_of(who))
    return render(
        request,
        "declared.html",
        who,
        found=found,
        findings=_documents(found.findings),
        declared=declared,
        back=f"/campaigns/{segment(campaign)}",
    )


def _judged(request: Request, parts: Parts, who: Visitor, word: str, campaign: CampaignId) -> Response:
    block, foresight = BLOCKS[word], parts.system.foresight
    seen = foresight.seen(campaign, block.part)
    typed = block.typed(campaign, who, seen)
    foreseen = None if typed.change is None or not typed.differs else foresight.of_settings(typed.change)
    findings = typed.findings if foreseen is None else foreseen.findings
    return render(
        request,
        "settings_findings.html",
        who,
        differs=typed.differs,
        findings=_documents(findings),
        reviews=sorted({one.rule for one in findings if one.severity is Severity.REVIEW}),
        answered=who.all_said("override"),
        until=UNTIL,
        chosen=who.said("until") or "8",
        may=foreseen is not None and not any(one.severity is Severity.ERROR for one in foreseen.findings),
        changes=() if typed.change is None else differences(typed.change, seen),
        is_old=who.said("version") not in {"", seen.version},
        hour=hour_told(parts, who),
    )


def hour_told(parts: Parts, who: Visitor) -> Mapping[str, object] | None:
    """Return what is to be told of the hour that a form names: when that is, what is wrong with it, who would make it.

    Raises:
        LedgerUnavailableError: nobody can tell whether a worker lives.
    """
    when = when_of(who)
    if not when.is_later:
        return None
    told = when.document() or {"at": None, "zone": when.zone}
    return {**told, "findings": _documents(when.findings), "is_alone": not parts.system.worker.has_company()}


def set_block(request: Request, parts: Parts, who: Visitor, word: str, campaign: CampaignId) -> Response:
    """Set a block of settings as it was typed, and show how it ended."""
    block, back = BLOCKS[word], f"/campaigns/{segment(campaign)}"
    # Read anew: what differs from an older look may not be what differs from what is live.
    seen = read(parts, campaign, part=block.part)
    typed = block.typed(campaign, who, seen)
    when, change = when_of(who), typed.change
    if change is None or when.findings:
        return render(request, "not_sent.html", who, findings=_documents(typed.findings + when.findings), back=back)
    order = order_under(who, when.at or seen.at)
    outcome = _ordered(parts, change, order, when, seen=seen, shown=who.said("version"))
    if isinstance(outcome, Finding):
        return render(request, "not_sent.html", who, findings=[outcome.document()], back=back)
    return render(
        request,
        "outcome.html",
        who,
        outcome=outcome.document(),
        told=headline(outcome),
        good=is_good(outcome),
        back=back,
        hour=when.document(),
        answering=answering(who, f"{back}/{word}", [outcome.findings]) if outcome.word == Refused.word else None,
    )


def _ordered(
    parts: Parts, change: AnyChange, order: Order, when: When, *, seen: Observed, shown: str
) -> Outcome | Finding:
    """Return how a change ended that is wanted now, or is kept for its hour; or that the page is older than that."""
    if when.at is None:
        return parts.system.corridor.run(change, order)
    # Its hour holds it to what changed outside; what others order here before then is no conflict.
    return kept(parts, lambda _campaign, _at: change, replace(order, if_revision=None), when, seen, shown=shown)


def order_under(who: Visitor, now: datetime) -> Order:
    """Return the order that a form stands for: under the version that the page showed, and what is answered for."""
    return replace(order_of(who), if_revision=who.said("version") or None, overrides=overrides_of(who, now))


def _documents(findings: Findings) -> list[Mapping[str, object]]:
    return [one.document() for one in findings]
