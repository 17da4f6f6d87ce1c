"""`GET /v1/campaigns/{id}/twin` and `/accuracy`: what speaks for predictions, and how they agreed with what came."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from paceline.campaign.observed import Part
from paceline.control.predictions.accuracy import accuracy_by_source
from paceline.primitives.ids import campaign_id
from paceline.service.identity import Reader
from paceline.service.parts import Here
from paceline.service.routes.verbs import Named
from paceline.service.shapes import READ_ONE, Document, Shape
from paceline.service.twin_told import kept_twin, no_twin, twin_document

router = APIRouter(prefix="/v1", tags=["twins"])
"""The routes of twins and predictions."""


class TwinShape(Shape):
    """A kept twin: whether it has earned its say, what it held, its parameters with intervals, and its data."""

    campaign: str
    made_of: str
    data: str
    since: str | None
    until: str
    days: int
    half_hours: int
    zone: str
    standing: Document
    level: float
    measures: list[Document]
    parameters: list[Document]
    drifted: Document | None
    assumed: list[str]
    entry: int | None


class AccuracyShape(Shape):
    """What was predicted of past changes and what was measured, and by source and metric how well they agree."""

    campaign: str
    predictions: list[Document]
    accuracy: list[dict[str, Any]]


@router.get("/campaigns/{campaign}/twin", responses=READ_ONE, response_model=TwinShape)
def read_twin(campaign: Named, parts: Here, _: Reader) -> Response:
    """Return the kept twin of a campaign: standing, coverage by measure, parameters with intervals of 95 %."""
    named = campaign_id(campaign)
    twin = kept_twin(parts.system, named)
    if twin is None:
        parts.system.foresight.seen(named, Part.CAMPAIGN)  # a campaign that there is none of is said to be none
        raise no_twin(named)
    return JSONResponse(twin_document(twin))


@router.get("/campaigns/{campaign}/accuracy", responses=READ_ONE, response_model=AccuracyShape)
def read_accuracy(campaign: Named, parts: Here, _: Reader) -> Response:
    """Return what was predicted of each change, what was measured of it, and how well both agree.

    Coverage and rank correlation are told by who predicted (`twin` or `experiment` of weights, `projection` of pacing)
    and by metric. What is not measured yet has its prediction only; `accuracy` is empty without a measured change.
    """
    named = campaign_id(campaign)
    found = parts.system.predictions.of(named)
    if not found:
        parts.system.foresight.seen(named, Part.CAMPAIGN)
    told = [{"source": who, **one.document()} for who, row in accuracy_by_source(found).items() for one in row]
    return JSONResponse({"campaign": named, "predictions": [one.document() for one in found], "accuracy": told})
