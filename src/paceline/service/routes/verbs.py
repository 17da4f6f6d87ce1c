"""`:pause`, `:resume`, `:start`, `:stop`: one campaign, or many, through the corridor."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import Response

from paceline.campaign.catalogue import AnyChange
from paceline.control.access.rights import Principal
from paceline.control.order import OnConflict
from paceline.control.outcome import Outcome
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.answers import answer_of
from paceline.service.bodies import BulkBody, VerbBody
from paceline.service.decode import order_of, verb_change
from paceline.service.identity import Operator
from paceline.service.many import change_many
from paceline.service.parts import Here, Parts
from paceline.service.preconditions import Looked
from paceline.service.replaying import OnceRoute
from paceline.service.shapes import CHANGED, CHANGED_MANY

router = APIRouter(prefix="/v1", tags=["lifecycle"], route_class=OnceRoute)
"""The routes of the lifecycle."""
Named = Annotated[str, Path(description="The id of a campaign.", max_length=128, examples=["CMP-12345"])]
"""A campaign in an address."""


@router.post("/campaigns/{campaign}:pause", responses=CHANGED)
def pause_campaign(
    campaign: Named, parts: Here, who: Operator, looked: Looked, body: VerbBody | None = None
) -> Response:
    """Pause a campaign: no new calls; those in flight end as `drain` says."""
    return _one(parts, who, "pause", campaign, looked=looked, body=body)


@router.post("/campaigns/{campaign}:resume", responses=CHANGED)
def resume_campaign(
    campaign: Named, parts: Here, who: Operator, looked: Looked, body: VerbBody | None = None
) -> Response:
    """Resume a campaign, from paused or stopped."""
    return _one(parts, who, "resume", campaign, looked=looked, body=body)


@router.post("/campaigns/{campaign}:start", responses=CHANGED)
def start_campaign(
    campaign: Named, parts: Here, who: Operator, looked: Looked, body: VerbBody | None = None
) -> Response:
    """Start a campaign: the same as to resume it."""
    return _one(parts, who, "start", campaign, looked=looked, body=body)


@router.post("/campaigns/{campaign}:stop", responses=CHANGED)
def stop_campaign(
    campaign: Named, parts: Here, who: Operator, looked: Looked, body: VerbBody | None = None
) -> Response:
    """Stop a campaign; only a resumption leads out of it again."""
    return _one(parts, who, "stop", campaign, looked=looked, body=body)


@router.post("/campaigns:pause", responses=CHANGED_MANY)
def pause_campaigns(parts: Here, who: Operator, body: BulkBody) -> Response:
    """Pause many campaigns: an item each."""
    return _many(parts, who, "pause", body)


@router.post("/campaigns:resume", responses=CHANGED_MANY)
def resume_campaigns(parts: Here, who: Operator, body: BulkBody) -> Response:
    """Resume many campaigns: an item each."""
    return _many(parts, who, "resume", body)


@router.post("/campaigns:start", responses=CHANGED_MANY)
def start_campaigns(parts: Here, who: Operator, body: BulkBody) -> Response:
    """Start many campaigns: the same as to resume them."""
    return _many(parts, who, "start", body)


@router.post("/campaigns:stop", responses=CHANGED_MANY)
def stop_campaigns(parts: Here, who: Operator, body: BulkBody) -> Response:
    """Stop many campaigns: an item each."""
    return _many(parts, who, "stop", body)


def carried_out(
    parts: Parts, who: Principal, verb: str, campaign: CampaignId, *, looked: str, body: VerbBody
) -> Outcome:
    """Return how a verb on one campaign ended, now or for later; the pages use it too.

    Raises:
        PlatformError: for later, nobody can tell what time it is on the platform.
        LedgerError: nothing could be recorded, so nothing was done.
    """
    system, order = parts.system, order_of(body, who, if_revision=looked)
    if body.at is None or body.by == "platform":
        return system.corridor.run(verb_change(verb, campaign, body.drain, body.at), order)
    change = verb_change(verb, campaign, body.drain, None)
    return system.later.keeper(partial(_made, verb, body), order, body.at, lane=change.lane)(campaign, None)


def _one(parts: Parts, who: Principal, verb: str, campaign: str, *, looked: str, body: VerbBody | None) -> Response:
    body = body or VerbBody()
    if body.on_conflict is None and looked.strip() != "*":
        # A tag is a condition, of pauses and stops too: who wants one whatever there is says so by a star.
        body = body.model_copy(update={"on_conflict": OnConflict.REPORT})
    return answer_of(carried_out(parts, who, verb, campaign_id(campaign), looked=looked, body=body))


def _many(parts: Parts, who: Principal, verb: str, body: BulkBody) -> Response:
    lane = verb_change(verb, CampaignId("-"), body.drain, None).lane
    return change_many(parts, who, body, partial(_made, verb, body), lane=lane)


def _made(verb: str, body: VerbBody, campaign: CampaignId, at: datetime | None) -> AnyChange:
    return verb_change(verb, campaign, body.drain, at)
