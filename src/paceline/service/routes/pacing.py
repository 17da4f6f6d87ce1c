"""`POST /v1/campaigns/{id}/what-if`: what another pacing would do, judged and projected; nothing is sent."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response

from paceline.primitives.ids import campaign_id
from paceline.service.bodies import PacingBody
from paceline.service.decode import pacing_change
from paceline.service.identity import Reader
from paceline.service.operations import answer_within
from paceline.service.parts import Here
from paceline.service.routes.verbs import Named
from paceline.service.shapes import READ_ONE, Document, FindingShape, OperationShape, Shape, problems

router = APIRouter(prefix="/v1", tags=["pacing"])
"""The routes of what a pacing would do."""
WAIT_S = 2.0
"""How long a request waits for what is computed, in seconds."""


class WhatIfShape(Shape):
    """What another pacing would do: what would be found, and the projection or why there is none."""

    campaign: str
    version: str
    live: Document | None
    wanted: Document | None
    lines_per_idle: Document
    loosens: list[str]
    already_so: bool
    may: bool
    findings: list[FindingShape]
    forecast: Document | None
    curve: Any


@router.post(
    "/campaigns/{campaign}/what-if",
    responses={
        200: {"model": WhatIfShape, "description": "Judged and projected"},
        202: {"model": OperationShape, "description": "Being computed: Location says where to look"},
        **READ_ONE,
        **problems(400, 413),
    },
)
def what_if(
    campaign: Named,
    parts: Here,
    _: Reader,
    body: PacingBody,
    further: Annotated[
        Literal["curve"] | None,
        Query(alias="with", description="`curve`: also what can be had with other aims, occupancy by abandonment."),
    ] = None,
) -> Response:
    """Say what another pacing would do: occupancy, abandonment and breach probability, each with its interval."""
    change = pacing_change(campaign_id(campaign), body)
    return answer_within(parts.expecting.what_if(change, with_curve=further is not None), WAIT_S)
