"""Campaigns as they are, why, and their blocks of settings: reads with a tag, writes that name it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.requests import Request
from fastapi.responses import JSONResponse, Response

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.observed import Observed, Part, State, Unreadable, document_of
from paceline.control.access.rights import Principal
from paceline.control.fleet.fleet import Target
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.answers import answer_of, etag_of
from paceline.service.bodies import Asked, Ordered, PacingBody, RulesBody, ScheduleBody, WeightsBody
from paceline.service.cursors import LONGEST_PAGE, PAGE, cursor_of, place_of
from paceline.service.decode import order_of, pacing_change, rules_change, schedule_change, weights_change
from paceline.service.identity import Operator, Reader
from paceline.service.parts import Here, Parts
from paceline.service.preconditions import Looked, is_known
from paceline.service.problems import ProblemError
from paceline.service.replaying import OnceRoute
from paceline.service.routes.verbs import Named
from paceline.service.shapes import CHANGED, READ, READ_ONE, Document, ListShape, Shape

router = APIRouter(prefix="/v1", tags=["campaigns"], route_class=OnceRoute)
"""The routes of campaigns and of their blocks."""
Ask = Annotated[Asked, Query()]
"""How a change is ordered, in the address: the body is the block."""
Limit = Annotated[int, Query(ge=1, le=LONGEST_PAGE, description="Items on a page at most.")]
"""How long a page is."""
Label = Annotated[list[str] | None, Query(description="NAME=VALUE; several must all fit.", max_length=20)]
"""Which labels campaigns must have."""


class NeedsShape(Shape):
    """Who needs a person, by the platform's clock; how many are well; what cannot be read; why this may be old."""

    at: str
    items: list[Document]
    well: int
    unreadable: list[Document]
    away: str | None = None


@router.get("/campaigns", responses=READ, response_model=ListShape)
def list_campaigns(
    parts: Here,
    _: Reader,
    state: State | None = None,
    label: Label = None,
    limit: Limit = PAGE,
    cursor: str | None = None,
) -> Response:
    """List campaigns in the order of their ids, each as the platform shows it."""
    after = "" if cursor is None else place_of(cursor)
    system = parts.system
    labelled = None if not label else system.facts.labelled(_labels(label))
    target = Target(state=state, labelled=labelled, everything=state is None and labelled is None)
    found, frozen = system.fleet.find(target), system.freezes.frozen()
    shown: dict[str, Document] = {
        name: {**document_of(one), "frozen": name in frozen} for name, one in found.campaigns.items() if one is not None
    }
    shown |= {one.campaign or "": unreadable_document(one) for one in found.unreadable}
    names = sorted(name for name in shown if name > after)
    page = names[:limit]
    further = cursor_of(page[-1]) if len(names) > limit else None
    return JSONResponse({"items": [shown[name] for name in page], "next": further})


@router.get("/needs", responses=READ, response_model=NeedsShape)
def list_needs(parts: Here, _: Reader) -> Response:
    """List the campaigns that need a person now, the most urgent first, each with why and what to do about it.

    While the platform does not answer, what was seen last is told, with `away` and the `at` of then.
    """
    look = parts.live.look(thorough=True)
    return JSONResponse({**look.in_need(), "away": parts.live.away})


@router.get("/campaigns/{campaign}", responses=READ_ONE)
def read_campaign(campaign: Named, parts: Here, _: Reader, request: Request) -> Response:
    """Return one campaign, with all that the platform says of it; its tag is what a write names."""
    observed = read(parts, campaign_id(campaign))
    frozen = parts.system.freezes.of(observed.campaign) is not None
    return tagged(request, observed, {**document_of(observed), "frozen": frozen})


@router.get("/campaigns/{campaign}/explanation", responses=READ_ONE)
def explain_campaign(campaign: Named, parts: Here, _: Reader) -> Response:
    """Return why a campaign is, or is not, dialing, and what may be done to it now."""
    return JSONResponse(parts.system.explain(campaign_id(campaign)).document())


@router.get("/campaigns/{campaign}/rules", responses=READ_ONE)
def read_rules(campaign: Named, parts: Here, _: Reader, request: Request) -> Response:
    """Return the dialing rules of a campaign, in the contract's words."""
    observed = read(parts, campaign_id(campaign))
    return _block(parts, request, observed, "dialing", called="dialing rules")


@router.put("/campaigns/{campaign}/rules", responses=CHANGED)
def write_rules(  # noqa: PLR0917  # a route is called by name
    campaign: Named, parts: Here, who: Operator, looked: Looked, asked: Ask, body: RulesBody
) -> Response:
    """Set dialing rules; what is left out stays as live."""
    return _set(parts, who, rules_change(campaign_id(campaign), body), looked, asked.ordered)


@router.get("/campaigns/{campaign}/pacing", responses=READ_ONE)
def read_pacing(campaign: Named, parts: Here, _: Reader, request: Request) -> Response:
    """Return the predictive pacing of a campaign, in the contract's words."""
    observed = read(parts, campaign_id(campaign))
    return _block(parts, request, observed, "pacing", called="pacing")


@router.put("/campaigns/{campaign}/pacing", responses=CHANGED)
def write_pacing(  # noqa: PLR0917  # a route is called by name
    campaign: Named, parts: Here, who: Operator, looked: Looked, asked: Ask, body: PacingBody
) -> Response:
    """Set predictive pacing; what is left out stays as live. What it would do is projected before anything is sent."""
    return _set(parts, who, pacing_change(campaign_id(campaign), body), looked, asked.ordered)


@router.get("/campaigns/{campaign}/weights", responses=READ_ONE)
def read_weights(campaign: Named, parts: Here, _: Reader, request: Request) -> Response:
    """Return the algorithm weights of a campaign, in the contract's words."""
    observed = read(parts, campaign_id(campaign))
    return _block(parts, request, observed, "weights", called="weights")


@router.put("/campaigns/{campaign}/weights", responses=CHANGED)
def write_weights(  # noqa: PLR0917  # a route is called by name
    campaign: Named, parts: Here, who: Operator, looked: Looked, asked: Ask, body: WeightsBody
) -> Response:
    """Set algorithm weights; what is left out stays as live. Without data that speak for them nothing is sent."""
    return _set(parts, who, weights_change(campaign_id(campaign), body), looked, asked.ordered)


@router.get("/campaigns/{campaign}/schedule", responses=READ_ONE)
def read_schedule(campaign: Named, parts: Here, _: Reader, request: Request) -> Response:
    """Return the schedule of a campaign, in the contract's words; it has a tag of its own."""
    observed = read(parts, campaign_id(campaign), part=Part.SCHEDULE)
    return _block(parts, request, observed, "schedule", called="a schedule")


@router.put("/campaigns/{campaign}/schedule", responses=CHANGED)
def write_schedule(  # noqa: PLR0917  # a route is called by name
    campaign: Named, parts: Here, who: Operator, looked: Looked, asked: Ask, body: ScheduleBody
) -> Response:
    """Set when a campaign may dial; what is left out stays as live. It is proved against the law first."""
    return _set(parts, who, schedule_change(campaign_id(campaign), body), looked, asked.ordered)


def read(parts: Parts, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Lane = Lane.READING) -> Observed:
    """Return a campaign as the platform shows it now; the look is kept.

    Raises:
        PlatformError: it cannot be looked at.
    """
    observed = parts.system.platform.read(campaign, part=part, lane=lane)
    parts.system.recorder.saw([observed])
    return observed


def tagged(request: Request, observed: Observed, document: Document) -> Response:
    """Return a document under the tag of what was seen; nothing where the reader has it already."""
    headers = {"ETag": etag_of(observed), "Cache-Control": "private, no-cache"}
    if is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return JSONResponse(document, headers=headers)


def unreadable_document(one: Unreadable) -> dict[str, Json]:
    """Return a campaign that the platform shows in a form that nobody here knows."""
    return {"campaign": one.campaign, "unreadable": one.why}


def _block(parts: Parts, request: Request, observed: Observed, aspect: str, *, called: str) -> Response:
    block = parts.system.platform.block(observed, aspect)
    if block is None:
        raise ProblemError(404, f"campaign {observed.campaign} never had {called}", code="no-block")
    return tagged(request, observed, dict(block))


def _set(parts: Parts, who: Principal, change: AnyChange, looked: str, asked: Ordered) -> Response:
    order = order_of(asked, who, if_revision=looked)
    if asked.at is None:
        return answer_of(parts.system.corridor.run(change, order))
    keep = parts.system.later.keeper(lambda _campaign, _at: change, order, asked.at, lane=change.lane)
    return answer_of(keep(change.campaign, None))


def _labels(told: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in told]
    if not all(name and equals and value for name, equals, value in pairs):
        raise ProblemError(422, "a label is NAME=VALUE", code="label")
    return {name: value for name, _, value in pairs}
