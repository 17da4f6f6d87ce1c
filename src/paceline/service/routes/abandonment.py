"""The abandonment book, and `:ease-off`: what was measured in each legal period, what is left, the way down."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field

from paceline.campaign.ports import PlatformError
from paceline.control.abandonment.account import CampaignAccount
from paceline.control.access.rights import Principal
from paceline.control.attention import worst_of
from paceline.control.ease_to import EaseTo
from paceline.control.order import OnConflict, Order
from paceline.primitives.canonical import Json
from paceline.primitives.ids import campaign_id
from paceline.service.answers import answer_of, answer_of_fleet
from paceline.service.bodies import Noted, TargetBody
from paceline.service.identity import Operator, Reader
from paceline.service.many import hold_count, target_of
from paceline.service.parts import Here, Parts
from paceline.service.preconditions import Looked
from paceline.service.replaying import OnceRoute
from paceline.service.routes.verbs import Named
from paceline.service.shapes import CHANGED, CHANGED_MANY, READ, READ_ONE, Document, ListShape, Shape, problems

router = APIRouter(prefix="/v1", tags=["abandonment"], route_class=OnceRoute)
"""The routes of the abandonment book."""
_WORST = ("breached", "unknown", "approaching", "ok")


class AccountShape(Shape):
    """Where a campaign stands against the ceilings of the law; `periods` has an item for each that is running."""

    campaign: str
    standing: str
    first_dial: str | None
    assumed: list[str]
    periods: list[Document]
    unknown: list[str]


class EaseBody(Noted):
    """What is eased to, and why."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"to": "progressive", "reason": "close to the ceiling"}]}
    )
    to: EaseTo = Field(
        default=EaseTo.PROGRESSIVE,
        description="One line for each idle agent, or the last pacing that kept the ceiling.",
    )
    dry_run: bool = Field(default=False, description="Check it to the end, record it, send nothing.")
    on_conflict: OnConflict | None = None


class EaseManyBody(EaseBody, TargetBody):
    """Which campaigns are eased off, to what, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"campaigns": ["CMP-12345"], "to": "progressive", "dry_run": True}]},
    )


@router.get("/abandonment", responses=READ, response_model=ListShape)
def list_abandonment(
    parts: Here,
    _: Reader,
    standing: Annotated[str | None, Query(max_length=20, description="Only those that stand so.")] = None,
) -> Response:
    """List where campaigns stand, the worst first, as the platform told it last; a worker brings it up to date."""
    accounts = parts.system.abandonment
    known = accounts.kept(sorted(accounts.book.known()), now=platform_now(parts))
    shown = [one for one in sorted(known, key=severity) if standing in {None, one.standing.value}]
    items: list[Json] = [one.document() for one in shown]
    return JSONResponse({"items": items, "next": None})


def platform_now(parts: Parts) -> datetime | None:
    """Return the platform's time by a look for all who watch; None where it is away: the last look is old then."""
    try:
        at = parts.live.look().at
    except PlatformError:
        return None
    return at if parts.live.away is None else None


@router.get(
    "/campaigns/{campaign}/abandonment",
    responses={**READ_ONE, **problems(501)},
    response_model=AccountShape,
)
def read_abandonment(campaign: Named, parts: Here, _: Reader) -> Response:
    """Return where a campaign stands, asked now: measured in each legal period, what is left, and how old it is."""
    [account] = parts.system.abandonment.asked([campaign_id(campaign)])
    return JSONResponse(account.document())


@router.post("/campaigns/{campaign}:ease-off", responses=CHANGED)
def ease_off_campaign(
    campaign: Named, parts: Here, who: Operator, looked: Looked, body: EaseBody | None = None
) -> Response:
    """Ease a campaign off: back to progressive dialing, or to the last pacing that kept the ceiling."""
    body = body or EaseBody()
    return answer_of(parts.system.easing.ease(campaign_id(campaign), body.to, _order(who, body, looked)))


@router.post("/campaigns:ease-off", responses=CHANGED_MANY)
def ease_off_campaigns(parts: Here, who: Operator, body: EaseManyBody) -> Response:
    """Ease many campaigns off, one after the other: an item each; what keeps one from it stops no other."""
    found = parts.system.fleet.find(target_of(parts, body))
    hold_count(len(found), body.count)
    return answer_of_fleet(parts.system.easing.ease_all(found, body.to, _order(who, body, None)))


def _order(who: Principal, body: EaseBody, looked: str | None) -> Order:
    return Order(
        actor=who.actor(),
        reason=body.reason,
        ticket=body.ticket,
        dry_run=body.dry_run,
        if_revision=looked,
        on_conflict=body.on_conflict,
    )


def severity(account: CampaignAccount) -> tuple[int, float, str]:
    """Return what sorts campaigns: those first that stand worst, then by the share of the allowance that is used."""
    worst = worst_of(account)
    used = 0.0 if worst is None or worst.used is None else worst.used
    return _WORST.index(account.standing.value), -used, account.campaign
