"""Whether the service lives, whether it can work, and, for an administrator, all that it works with looked at."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from paceline.primitives.checks import checks_document
from paceline.primitives.errors import PacelineError
from paceline.service.identity import Administrator
from paceline.service.operations import answer_within
from paceline.service.parts import Here
from paceline.service.problems import ProblemError, problem
from paceline.service.shapes import READ_ONE, Document, OperationShape, Shape, problems

router = APIRouter(tags=["health"])
"""The routes that say how the service is."""
_WAIT_S = 2.0


class HealthShape(Shape):
    """That the service lives."""

    status: str


class DoctorShape(Shape):
    """What was looked at, and whether none of it is bad."""

    ok: bool
    checks: list[Document]


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


@router.get("/v1/doctor", responses={**READ_ONE, 200: {"model": DoctorShape}, 202: {"model": OperationShape}})
def look_at_everything(parts: Here, _: Administrator) -> Response:
    """Look at the settings of this service, database, law, platform, token, scopes, clocks and throttle.

    It changes nothing, and shows no secret.
    """
    if parts.diagnose is None:
        raise ProblemError(
            404, "this service was given no settings to look at", code="no-settings", hint="use `paceline doctor`"
        )
    diagnose = parts.diagnose
    running = parts.operations.begin("doctor", lambda: checks_document(diagnose()), shared="doctor")
    return answer_within(running, _WAIT_S)
