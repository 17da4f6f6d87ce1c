"""Pause, resume, stop, freeze and unfreeze, for one campaign or many: what will happen is asked first, then done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.change import Lane
from paceline.campaign.observed import Observed
from paceline.campaign.ports import NotFoundError, PlatformError
from paceline.campaign.statistics import LivePicture
from paceline.control.fleet import FleetOutcome, Found, Target
from paceline.control.foresight import Foreseen
from paceline.control.freeze import FreezeOutcome
from paceline.control.order import Order
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.dashboard.chosen import Chosen, Filter, shown
from paceline.service.dashboard.endings import headline, is_good
from paceline.service.dashboard.pages import render, segment
from paceline.service.dashboard.questions import Verb, calls_of, drain_of, expected_of, verb_of, why_not
from paceline.service.dashboard.visitors import Operating, Visitor
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError
from paceline.service.routes.campaigns import read

router = APIRouter(include_in_schema=False)
"""The routes of what is done to campaigns."""
Named = Annotated[str, Path(max_length=128)]
"""A campaign, or a verb, in an address."""
Several = Annotated[list[str], Query(max_length=1_000)]
"""Campaigns that were chosen."""
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
        away=away,
        page=f"/campaigns/{segment(campaign)}",
    )


@router.post("/campaigns/{campaign}/{verb}")
def do_to_one(campaign: Named, verb: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Do it, and show how it ended."""
    asked, named = verb_of(verb), campaign_id(campaign)
    if asked.latches:
        return _latched(
            request, parts, who, asked, found=Found(campaigns={named: None}), back=f"/campaigns/{segment(campaign)}"
        )
    # Whatever lets it dial is made on what was shown; what stops it is not kept waiting for a field of a form.
    version = who.said("version") or None if asked.lane is Lane.STOPPING else _version(who, "version")
    order = replace(order_of(who), if_revision=version)
    outcome = parts.system.corridor.run(asked.change(named, drain_of(who.said("drain"))), order)
    return render(
        request,
        "outcome.html",
        who,
        outcome=outcome.document(),
        told=headline(outcome),
        good=is_good(outcome),
        back=f"/campaigns/{segment(campaign)}",
    )


@router.get("/many/{verb}")
def ask_for_many(  # noqa: PLR0917  # a route is called by name
    verb: Named,
    request: Request,
    parts: Here,
    who: Operating,
    wanted: Chosen,
    campaign: Several = [],  # noqa: B006  # a form without a choice; nobody changes it
    every: Annotated[str, Query(alias="all")] = "",
) -> Response:
    """Show what will happen to those that were chosen, or to all that fit, and ask."""
    asked, names = verb_of(verb), _chosen(parts, campaign, wanted if every else None)
    look = parts.live.look()
    rows = {row.campaign: row for row in look.rows if row.campaign in names}
    foreseen = parts.system.foresight.of_many(
        asked.change, [row.observed for row in rows.values()], lambda one: calls_of(rows[one].live)
    )
    expected = expected_of(foreseen)
    frozen = sum(rows[one].frozen for one in rows)
    return render(
        request,
        "ask_many.html",
        who,
        verb=asked,
        expected=expected,
        names=[name for name in names if name in rows],
        called={str(one): row.observed.name or str(one) for one, row in rows.items()},
        gone=[name for name in names if name not in rows],
        why_not=why_not,
        frozen=frozen,
        versions={str(one): row.observed.version for one, row in rows.items()},
        refused=[one.change.campaign for one in expected.refused] if asked.lane is not Lane.STOPPING else [],
        at=look.at,
        away=parts.live.away,
    )


@router.post("/many/{verb}")
def do_to_many(verb: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Do it to each, and show how each ended."""
    asked = verb_of(verb)
    names = tuple(dict.fromkeys(campaign_id(one) for one in who.all_said("campaign")))
    if not names:
        raise ProblemError(422, "no campaign was chosen", code="target", hint="choose some in the table first")
    if asked.latches:
        # They are not looked at first: a freeze waits for nobody.
        return _latched(request, parts, who, asked, found=Found(campaigns=dict.fromkeys(names)), back="/")
    if asked.lane is not Lane.STOPPING:
        return _as_shown(request, parts, who, asked, names)
    found = parts.system.fleet.find(Target(named=names), lane=asked.lane)
    order = replace(order_of(who), campaigns=max(1, len(found)))
    drain = drain_of(who.said("drain"))
    fleet = parts.system.fleet.run(found, lambda campaign: asked.change(campaign, drain), order)
    return _fleet(request, who, asked, fleet)


def _as_shown(request: Request, parts: Parts, who: Visitor, verb: Verb, names: Sequence[CampaignId]) -> Response:
    """Do to each what lets it dial, under the version that was shown; not what was said to be refused."""
    versions = {one: _version(who, f"version.{one}") for one in names}
    told_refused = set(who.all_said("refused"))
    found = parts.system.fleet.find(Target(named=tuple(one for one in names if one not in told_refused)))
    order = replace(order_of(who), campaigns=max(1, len(names)))
    items = tuple(
        parts.system.corridor.run(verb.change(one), replace(order, if_revision=versions[one]), seen=seen)
        for one, seen in found.campaigns.items()
    )
    fleet = FleetOutcome(items=items, unreadable=found.unreadable)
    return _fleet(request, who, verb, fleet, left=[one for one in names if one in told_refused])


def _version(who: Visitor, name: str) -> str:
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


def _chosen(parts: Parts, named: list[str], wanted: Filter | None) -> list[str]:
    if wanted is not None:
        return list(shown(parts.live.look(), wanted, parts.system.facts).fitting)
    return list(dict.fromkeys(named))


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
        return read(parts, campaign), None
    except NotFoundError:
        raise
    except PlatformError as away:
        row = parts.live.row(campaign)
        if row is None or not verb.latches:
            raise
        return row.observed, away.message


def _live(parts: Parts, observed: Observed) -> LivePicture | None:
    row = parts.live.row(observed.campaign)
    return None if row is None else row.live


def _latched(request: Request, parts: Parts, who: Visitor, verb: Verb, *, found: Found, back: str) -> Response:
    """Freeze or unfreeze, and show what it came to."""
    campaigns = list(found.campaigns)
    if verb.word == "unfreeze":
        freed = parts.system.freezes.unfreeze(campaigns, order_of(who))
        return render(request, "unfrozen.html", who, freed=freed, others=sorted({*campaigns} - {*freed}), back=back)
    outcome: FreezeOutcome = parts.system.freeze.freeze(found, order_of(who))
    return render(
        request,
        "frozen.html",
        who,
        frozen=list(outcome.frozen),
        not_yet=outcome.not_yet,
        at_rest=outcome.at_rest,
        unknown=outcome.unknown,
        is_alone=bool(outcome.frozen) and not parts.system.worker.has_company(),
        back=back,
    )


def _fleet(
    request: Request, who: Visitor, verb: Verb, fleet: FleetOutcome, *, left: Sequence[CampaignId] = ()
) -> Response:
    items = [(item.change.campaign, headline(item), is_good(item), item.document()) for item in fleet.items]
    return render(
        request,
        "outcome_many.html",
        who,
        verb=verb,
        bad=[item for item in items if not item[2]],
        good=[item for item in items if item[2]],
        unreadable=fleet.unreadable,
        left=left,
        back="/",
    )
