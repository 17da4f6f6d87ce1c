"""Pause, resume, stop, freeze and unfreeze, for one campaign: what will happen is asked first, then done."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.observed import Observed, Part
from paceline.campaign.ports import NotFoundError, PlatformError
from paceline.campaign.statistics import LivePicture
from paceline.control.fleet.fleet import Found
from paceline.control.fleet.freeze import FreezeOutcome
from paceline.control.foresight import Foreseen
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Finding, Findings
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.dashboard.endings import headline, is_good
from paceline.service.dashboard.later_form import When, holds_what_was_shown, kept, when_of
from paceline.service.dashboard.pages import render, segment
from paceline.service.dashboard.questions import Verb, calls_of, drain_of, verb_of
from paceline.service.dashboard.visitors import Operating, Visitor
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError
from paceline.service.routes.campaigns import read

router = APIRouter(include_in_schema=False)
"""The routes of what is done to campaigns."""
Named = Annotated[str, Path(max_length=128)]
"""A campaign, or a verb, in an address."""
_LONGEST_REASON, _LONGEST_TICKET = 2_000, 200


@router.get("/campaigns/{campaign}/{verb}")
def ask_for_one(campaign: Named, verb: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Show what will happen, and ask."""
    asked = verb_of(verb)
    observed, away = _seen(parts, campaign_id(campaign), asked)
    live = calls_of(_live(parts, observed))
    [foreseen] = parts.system.foresight.of_many(asked.change, [observed], lambda _campaign: live)
    return render(
        request,
        "ask_one.html",
        who,
        verb=asked,
        observed=observed,
        foreseen=foreseen,
        findings=[one.document() for one in foreseen.findings],
        calls=live,
        frozen=parts.system.freezes.of(observed.campaign),
        waits=parts.system.unended.documents(campaigns=[observed.campaign]),
        may=_may(asked, foreseen, is_frozen=foreseen.situation.frozen is not None),
        zone="" if asked.latches else _zone(parts, observed.campaign, asked),
        away=away,
        page=f"/campaigns/{segment(campaign)}",
    )


@router.post("/campaigns/{campaign}/{verb}")
def do_to_one(campaign: Named, verb: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Do it, and show how it ended."""
    asked, named = verb_of(verb), campaign_id(campaign)
    if asked.latches:
        return latched_page(
            request, parts, who, asked, found=Found(campaigns={named: None}), back=f"/campaigns/{segment(campaign)}"
        )
    when, back = when_of(who), f"/campaigns/{segment(campaign)}"
    # Whatever lets it dial is made on what was shown; what stops it is not kept waiting for a field of a form.
    version = version_of(who, "version") if holds_what_was_shown(asked.lane) else who.said("version")
    outcome = when.findings or _ordered(parts, who, asked, named, when=when, version=version)
    if isinstance(outcome, Findings):
        return render(request, "not_sent.html", who, findings=[one.document() for one in outcome], back=back)
    return render(
        request,
        "outcome.html",
        who,
        outcome=outcome.document(),
        told=headline(outcome),
        good=is_good(outcome),
        back=back,
        hour=when.document(),
    )


def _ordered(
    parts: Parts, who: Visitor, asked: Verb, campaign: CampaignId, *, when: When, version: str
) -> Outcome | Findings:
    """Return how a verb ended that is wanted now, or is kept for its hour; or that the page is older than that."""
    drain = drain_of(who.said("drain"))
    if when.at is None:
        return parts.system.corridor.run(
            asked.change(campaign, drain), replace(order_of(who), if_revision=version or None)
        )

    def make(named: CampaignId, at: datetime | None) -> AnyChange:
        return asked.change(named, drain, at)

    if not holds_what_was_shown(asked.lane):
        keep = parts.system.later.keeper(make, when.order(order_of(who)), when.at, lane=asked.lane)
        return keep(campaign, None)
    found = kept(parts, make, order_of(who), when, read(parts, campaign), shown=version)
    return Findings(found) if isinstance(found, Finding) else found


def version_of(who: Visitor, name: str) -> str:
    """Return the version of a campaign that the question showed.

    Raises:
        ProblemError: the form names none, so nobody can tell whether the campaign is still as it was shown.
    """
    said = who.said(name)
    if not said:
        raise ProblemError(422, "the form does not say what was shown", code="target", hint="open the question again")
    return said


def order_of(who: Visitor) -> Order:
    """Return the order of whoever sent a form, with the reason and the ticket that it names."""
    return Order(
        actor=who.actor(),
        reason=who.said("reason")[:_LONGEST_REASON] or None,
        ticket=who.said("ticket")[:_LONGEST_TICKET] or None,
    )


def _may(verb: Verb, foreseen: Foreseen, *, is_frozen: bool) -> bool:
    """Return whether it is worth sending: a freeze always is, even of what cannot be stopped now."""
    if verb.word == "unfreeze":
        return is_frozen
    return verb.latches or foreseen.may


def _seen(parts: Parts, campaign: CampaignId, verb: Verb) -> tuple[Observed, str | None]:
    """Return a campaign as it is; for a freeze, while the platform is away, as it was seen last, and why it is away.

    Raises:
        PlatformError: it cannot be looked at.
    """
    try:
        return read(parts, campaign, lane=verb.lane), None
    except NotFoundError:
        raise
    except PlatformError as away:
        row = parts.live.row(campaign)
        if row is None or not verb.latches:
            raise
        return row.observed, away.message


def _zone(parts: Parts, campaign: CampaignId, verb: Verb) -> str:
    """Return the zone of a campaign's schedule; empty where it cannot be looked at now, or has none."""
    try:
        schedule = parts.system.foresight.seen(campaign, Part.SCHEDULE, lane=verb.lane).schedule
    except PacelineError:
        return ""
    return "" if schedule is None else schedule.zone


def _live(parts: Parts, observed: Observed) -> LivePicture | None:
    row = parts.live.row(observed.campaign)
    return None if row is None else row.live


def latched_page(request: Request, parts: Parts, who: Visitor, verb: Verb, *, found: Found, back: str) -> Response:
    """Freeze or unfreeze, and show what it came to.

    Raises:
        LedgerUnavailableError: it was not kept.
    """
    campaigns = list(found.campaigns)
    if verb.word == "unfreeze":
        freed = parts.system.freezes.unfreeze(campaigns, order_of(who))
        return render(request, "unfrozen.html", who, freed=freed, others=sorted({*campaigns} - {*freed}), back=back)
    outcome = parts.system.freeze.freeze(found, order_of(who))
    return render(request, "frozen.html", who, **frozen_told(parts, outcome), back=back)


def frozen_told(parts: Parts, outcome: FreezeOutcome) -> dict[str, Any]:
    """Return what a freeze came to, as its page names it.

    Raises:
        LedgerUnavailableError: nobody can tell whether a worker lives.
    """
    return {
        "frozen": list(outcome.frozen),
        "not_yet": outcome.not_yet,
        "at_rest": outcome.at_rest,
        "unknown": outcome.unknown,
        "is_alone": bool(outcome.frozen) and not parts.system.worker.has_company(),
    }
