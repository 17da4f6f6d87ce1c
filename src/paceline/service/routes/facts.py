"""What the platform does not know, of a campaign or of the whole tenant: read with a tag, declared under it."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import Annotated

from fastapi import APIRouter, Body
from fastapi.requests import Request
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field

from paceline.control.access.rights import Principal
from paceline.control.facts.known_facts import LONGEST, Scope, judged
from paceline.control.order import Order
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.bodies import Noted
from paceline.service.identity import Operator, Reader
from paceline.service.parts import Here, Parts
from paceline.service.preconditions import Looked, is_known
from paceline.service.problems import ProblemError
from paceline.service.replaying import OnceRoute
from paceline.service.routes.verbs import Named
from paceline.service.shapes import READ, WRITTEN, Document, Shape, problems

router = APIRouter(prefix="/v1", tags=["facts"], route_class=OnceRoute)
"""The routes of facts."""
Text = Annotated[str, Field(max_length=LONGEST)]
DECLARED: dict[int | str, Document] = {**WRITTEN, **problems(412, 428)}
"""The problems of a declaration."""


class DeclareBody(Noted):
    """Facts by their names, as `paceline declare` knows them; null withdraws one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"facts": {"purpose": "sales", "regions": ["US-FL", "US-GA"], "label.team": "east"}}]
        },
    )
    facts: dict[Text, Text | int | list[Text] | None] = Field(min_length=1, max_length=100)
    dry_run: bool = Field(default=False, description="Tell what would change, and change nothing.")


class TenantBody(DeclareBody):
    """Facts of the whole tenant."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"facts": {"limits.active_campaigns": 4}, "dry_run": True}]}
    )


class DeclarationShape(Shape):
    """What a declaration changed; nothing where it was so already."""

    campaign: str | None
    facts: Document
    before: Document
    entry: int | None


@router.get("/campaigns/{campaign}/facts", responses=READ)
def read_facts(campaign: Named, parts: Here, _: Reader, request: Request) -> Response:
    """Return what is declared of a campaign, and in which entries; null is what nobody declared.

    Of a contact list only the file's name is told.
    """
    named = campaign_id(campaign)
    tag = parts.system.facts.tag(named)
    facts = parts.system.facts.of(named)
    told: dict[str, Json] = {"campaign": named, **facts.document()}
    said: dict[str, Json] = {
        name: one.value if name != "list" else PurePath(str(one.value)).name for name, one in facts.said.items()
    }
    return _tagged(request, tag, {**told, "list": said.get("list"), "facts": said})


@router.patch("/campaigns/{campaign}/facts", responses=DECLARED, response_model=DeclarationShape)
def declare_facts(campaign: Named, parts: Here, who: Operator, looked: Looked, body: DeclareBody) -> Response:
    """Declare facts of a campaign: what is said last counts. No campaign of this id need be there yet."""
    return _declared(parts, who, campaign_id(campaign), looked=looked, body=body)


@router.get("/facts", responses=READ)
def read_tenant_facts(parts: Here, _: Reader, request: Request) -> Response:
    """Return what is declared of the whole tenant."""
    tag = parts.system.facts.tag(None)
    return _tagged(request, tag, {"facts": parts.system.facts.of_the_tenant()})


@router.patch("/facts", responses=DECLARED, response_model=DeclarationShape)
def declare_tenant_facts(parts: Here, who: Operator, looked: Looked, body: Annotated[TenantBody, Body()]) -> Response:
    """Declare facts of the whole tenant, such as how many campaigns may be active at once."""
    return _declared(parts, who, None, looked=looked, body=body)


def _declared(parts: Parts, who: Principal, campaign: CampaignId | None, *, looked: str, body: DeclareBody) -> Response:
    if body.facts.get("list") is not None:
        # A caller from outside must not name files of this machine.
        raise ProblemError(
            422, "`list` is a file of this machine: it is declared there", code="fact", hint="paceline declare"
        )
    scope = Scope.TENANT if campaign is None else Scope.CAMPAIGN
    facts = judged(body.facts, scope=scope, folder=Path("/"))
    order = Order(actor=who.actor(), reason=body.reason, ticket=body.ticket, dry_run=body.dry_run, if_revision=looked)
    made = parts.system.facts.declare(campaign, facts, order)
    headers = {"ETag": f'"{parts.system.facts.tag(campaign)}"'}
    if made.entry is not None:
        headers["Paceline-Entry"] = str(made.entry)
    return JSONResponse(made.document(), headers=headers)


def _tagged(request: Request, tag: str, document: dict[str, Json]) -> Response:
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
    if is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return JSONResponse(document, headers=headers)
