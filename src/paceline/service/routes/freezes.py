"""`:freeze` and `:unfreeze`: stop before all else, and stay stopped until a person says otherwise.

A freeze wants no tag: whatever a campaign is by now, it is to stop.
"""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict

from paceline.campaign.change import Lane
from paceline.control.access.rights import Principal
from paceline.control.fleet.fleet import Found
from paceline.control.fleet.freeze import FreezeOutcome
from paceline.primitives.canonical import Json
from paceline.primitives.ids import campaign_id
from paceline.service.answers import LOOK_AGAIN_S, status_of
from paceline.service.bodies import Noted, TargetBody
from paceline.service.decode import noted_order
from paceline.service.identity import Operator, Reader
from paceline.service.many import hold_count, target_of
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError
from paceline.service.replaying import OnceRoute
from paceline.service.routes.verbs import Named
from paceline.service.shapes import READ, WRITTEN, Document, ListShape, OutcomeShape, Shape

router = APIRouter(prefix="/v1", tags=["freeze"], route_class=OnceRoute)
"""The routes of freezes."""


class FreezeBody(Noted):
    """Why one campaign is frozen, or let go."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "a complaint"}]})


class FreezeManyBody(Noted, TargetBody):
    """Which campaigns, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"campaigns": ["CMP-12345"], "reason": "a complaint"}]},
    )


class FreezeShape(Shape):
    """What a freeze came to: all of `frozen` stay stopped; those of `not_yet_stopped` are tried again by a worker."""

    frozen: list[Document]
    not_yet_stopped: list[Document]
    not_dialing: list[Document]
    unknown: list[str]
    items: list[OutcomeShape]
    summary: dict[str, int]


class FreedShape(Shape):
    """Which campaigns may be resumed again, and which were not frozen."""

    unfrozen: list[str]
    not_frozen: list[str]


FROZEN: dict[int | str, Document] = {
    200: {"model": FreezeShape, "description": "Frozen, and stopped"},
    202: {"model": FreezeShape, "description": "Frozen; some are not stopped yet, and a worker tries again"},
    **WRITTEN,
}
"""The answers to a freeze."""


@router.get("/freezes", responses=READ, response_model=ListShape)
def list_freezes(parts: Here, _: Reader) -> Response:
    """List what is frozen: since which entry, by whom, why, and whether it was seen stopped."""
    moving = parts.system.freezes.frozen(stopped=False)
    items: list[Json] = [
        {"campaign": campaign, "by": one.by, "reason": one.reason, "entry": one.entry,
         "stopped": campaign not in moving}
        for campaign, one in sorted(parts.system.freezes.frozen().items())
    ]  # fmt: skip
    return JSONResponse({"items": items, "next": None})


@router.post("/campaigns/{campaign}:freeze", responses=FROZEN)
def freeze_campaign(campaign: Named, parts: Here, who: Operator, body: FreezeBody | None = None) -> Response:
    """Freeze one campaign: it stops, and nobody here can resume it until it is unfrozen."""
    return _frozen(parts, who, Found(campaigns={campaign_id(campaign): None}), body or FreezeBody())


@router.post("/campaigns/{campaign}:unfreeze", responses=WRITTEN, response_model=FreedShape)
def unfreeze_campaign(campaign: Named, parts: Here, who: Operator, body: FreezeBody | None = None) -> Response:
    """Let a frozen campaign be resumed again; nothing is resumed."""
    return _freed(parts, who, {campaign_id(campaign)}, body or FreezeBody(), count=None)


@router.post("/campaigns:freeze", responses=FROZEN)
def freeze_campaigns(parts: Here, who: Operator, body: FreezeManyBody) -> Response:
    """Freeze many campaigns; those that are named are not looked at first, which could have to wait."""
    target = target_of(parts, body)
    if target.is_selection:
        found = parts.system.fleet.find(target, lane=Lane.STOPPING)
    else:
        found = Found(campaigns=dict.fromkeys(target.named))
    hold_count(len(found), body.count)
    return _frozen(parts, who, found, body)


@router.post("/campaigns:unfreeze", responses=WRITTEN, response_model=FreedShape)
def unfreeze_campaigns(parts: Here, who: Operator, body: FreezeManyBody) -> Response:
    """Let many frozen campaigns be resumed again; `all` means all that are frozen."""
    target = target_of(parts, body)
    if target.everything:
        named = {str(one) for one in parts.system.freezes.frozen()}
    elif target.is_selection:
        named = {str(one) for one in parts.system.fleet.find(target).campaigns}
    else:
        named = {str(one) for one in target.named}
    return _freed(parts, who, named, body, count=body.count)


def _frozen(parts: Parts, who: Principal, found: Found, body: Noted) -> Response:
    order = noted_order(body, who)
    outcome = parts.system.freeze.freeze(found, order)
    if outcome.unknown and not outcome.frozen:
        told = ", ".join(outcome.unknown)[:200]
        raise ProblemError(404, f"the platform has no campaign {told}, and nothing is frozen for it", code="not-found")
    status = 202 if outcome.not_yet else 200
    headers = {"Location": "/v1/freezes", "Retry-After": str(LOOK_AGAIN_S)} if outcome.not_yet else None
    return JSONResponse(_document(outcome), status, headers=headers)


def _document(outcome: FreezeOutcome) -> dict[str, Json]:
    told = outcome.document()
    items = told["items"]
    if isinstance(items, list):
        pairs = zip(items, outcome.stops.items, strict=False)
        told["items"] = [
            {**item, "status": status_of(one)} if isinstance(item, dict) else item for item, one in pairs
        ] + items[len(outcome.stops.items) :]
    return told


def _freed(parts: Parts, who: Principal, named: set[str], body: Noted, *, count: int | None) -> Response:
    frozen = parts.system.freezes.frozen()
    chosen = [campaign for campaign in sorted(frozen) if campaign in named]
    hold_count(len(chosen), count)
    order = noted_order(body, who)
    freed = parts.system.freezes.unfreeze(chosen, order) if chosen else ()
    return JSONResponse({"unfrozen": [*freed], "not_frozen": sorted(named - {str(one) for one in freed})})
