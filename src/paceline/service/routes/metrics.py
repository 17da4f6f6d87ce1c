"""`GET /metrics`: what Prometheus reads; a setting closes it to whoever may not read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.requests import Request
from fastapi.responses import Response
from fastapi.security import SecurityScopes

from paceline.control.access.rights import Right
from paceline.service.identity import known
from paceline.service.parts import Here
from paceline.service.shapes import Document, problems
from paceline.telemetry.collector import CONTENT_TYPE

router = APIRouter(tags=["health"])
"""The route of the metrics."""
METRICS: dict[int | str, Document] = {
    200: {"description": "Metrics", "content": {"text/plain": {"schema": {"type": "string"}}}},
    **problems(401, 403, 429, 503),
}
"""The answers of the metrics."""


def may_look(request: Request, parts: Here) -> None:
    """Let everybody look where metrics are open, else who may read.

    Raises:
        ProblemError: nobody is asking (401), not that one (403), or too often (429).
    """
    if not parts.options.open_metrics:
        known(SecurityScopes([Right.READ.value]), request, None, None)


@router.get("/metrics", response_class=Response, responses=METRICS)
def read_metrics(parts: Here, _: Annotated[None, Depends(may_look)]) -> Response:
    """Return the metrics of the database and of this process, in the text format of Prometheus."""
    return Response(parts.telemetry.text(), media_type=CONTENT_TYPE)
