"""Supervision: a campaign's pacing steered minute by minute, within bounds that were certified once."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field

from paceline.control.order import Order
from paceline.control.supervision.supervisor import Begun
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Severity
from paceline.primitives.ids import campaign_id
from paceline.service.bodies import Noted, Reason, Ticket
from paceline.service.identity import Operator, Reader
from paceline.service.parts import Here
from paceline.service.problems import ProblemError, problem
from paceline.service.replaying import OnceRoute
from paceline.service.routes.verbs import Named
from paceline.service.shapes import READ, READ_ONE, WRITTEN, Document, FindingShape, ListShape, Shape

router = APIRouter(prefix="/v1", tags=["supervision"], route_class=OnceRoute)
"""The routes of supervision."""


class SuperviseBody(Noted):
    """What is aimed at, and why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"dry_run": True, "reason": "evenings"}]})
    target: (
        Annotated[Decimal, Field(gt=0, lt=1, max_digits=8, description="Abandonment to aim at, a fraction.")] | None
    ) = None
    dry_run: bool = Field(default=False, description="Certify only; nothing begins.")


class SupervisionShape(Shape):
    """A supervised campaign: whether it is steered, what was measured since, and what the last look came to."""

    campaign: str
    entry: int
    state: str
    why: str | None
    target: str
    answered: int
    abandoned: int
    periods: list[Document]


class BegunShape(Shape):
    """What came of the wish to supervise: `started`, `certified` or `refused`, with the certificate."""

    outcome: str
    campaign: str
    findings: list[FindingShape]
    certificate: Document | None
    supervision: Document | None


class EndedShape(Shape):
    """The supervision that was ended, null where there was none."""

    outcome: str
    campaign: str
    supervision: Document | None
    left: str | None


@router.get("/supervisions", responses=READ, response_model=ListShape)
def list_supervisions(parts: Here, _: Reader) -> Response:
    """List the campaigns that are supervised."""
    items: list[Json] = [one.document() for one in parts.system.supervision.all()]
    return JSONResponse({"items": items, "next": None})


@router.get("/campaigns/{campaign}/supervision", responses=READ_ONE, response_model=SupervisionShape)
def read_supervision(campaign: Named, parts: Here, _: Reader) -> Response:
    """Return where the supervision of a campaign stands."""
    named = campaign_id(campaign)
    standing = parts.system.supervision.of(named)
    if standing is None:
        raise ProblemError(404, f"campaign {named} is not supervised", code="no-supervision")
    return JSONResponse(standing.document())


@router.post("/campaigns/{campaign}/supervision", responses=WRITTEN, response_model=BegunShape)
def supervise_campaign(campaign: Named, parts: Here, who: Operator, body: SuperviseBody | None = None) -> Response:
    """Certify the supervision of a campaign, and begin it; a worker steers from then on."""
    body = body or SuperviseBody()
    order = Order(actor=who.actor(), reason=body.reason, ticket=body.ticket, dry_run=body.dry_run)
    named, supervision = campaign_id(campaign), parts.system.supervision
    begun = supervision.start(named, order, target=body.target)
    return answer_of_begun(begun, is_steered=begun.outcome == "refused" and supervision.steers(named))


@router.delete("/campaigns/{campaign}/supervision", responses=WRITTEN, response_model=EndedShape)
def end_supervision(
    campaign: Named,
    parts: Here,
    who: Operator,
    reason: Annotated[Reason, Query()] = None,
    ticket: Annotated[Ticket, Query()] = None,
) -> Response:
    """End the supervision of a campaign, and leave one line for each idle agent."""
    order = Order(actor=who.actor(), reason=reason, ticket=ticket)
    return JSONResponse(parts.system.supervision.end(campaign_id(campaign), order).document())


def answer_of_begun(begun: Begun, *, is_steered: bool) -> Response:
    """Return the answer to a wish to supervise: begun, certified only, or refused; 409 where it is steered already."""
    told = begun.document()
    if begun.outcome != "refused":
        headers = {} if begun.standing is None else {"Paceline-Entry": str(begun.standing.entry)}
        return JSONResponse(told, headers=headers)
    against = [one for one in begun.findings if one.severity is not Severity.INFO]
    detail = f"campaign {begun.campaign} is not supervised: {'; '.join(one.message for one in against)}"
    return problem(409 if is_steered else 422, detail, code="refused", more=told)
