"""Whether the service lives, and whether it can work; neither needs a key."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from paceline.primitives.errors import PacelineError
from paceline.service.parts import Here
from paceline.service.problems import problem
from paceline.service.shapes import Shape, problems

router = APIRouter(tags=["health"])
"""The routes that say how the service is."""


class HealthShape(Shape):
    """That the service lives."""

    status: str


@router.get("/healthz", response_model=HealthShape)
async def is_alive() -> Response:
    """Say that this process answers; it asks nobody."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz", response_model=HealthShape, responses=problems(503))
def is_ready(parts: Here) -> Response:
    """Say whether requests can be served: the database answers. The platform may be away; stops are tried then too."""
    try:
        parts.system.book.head()
    except PacelineError as away:
        return problem(503, f"the database is away: {away.message}", code=away.code, headers={"Retry-After": "2"})
    return JSONResponse({"status": "ok"})
