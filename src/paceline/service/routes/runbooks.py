"""What to do about a finding, an alert or an outcome: the pages that lie with the code, as text."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse, Response

from paceline.primitives.canonical import Json
from paceline.service.identity import Reader
from paceline.service.problems import ProblemError
from paceline.service.shapes import READ, READ_ONE, Shape
from paceline.telemetry import runbooks

router = APIRouter(prefix="/v1", tags=["runbooks"])
"""The routes of runbooks."""


class RunbooksShape(Shape):
    """What there is a page for."""

    outcomes: list[str]
    alerts: list[str]
    rules: list[str]


class RunbookShape(Shape):
    """One page, in Markdown."""

    name: str
    text: str


@router.get("/runbooks", responses=READ, response_model=RunbooksShape)
def list_runbooks(_: Reader) -> Response:
    """List the outcomes, alerts and rules that there is a page for."""
    told: dict[str, Json] = {
        "outcomes": [*runbooks.outcomes()],
        "alerts": [*runbooks.alerts()],
        "rules": [*runbooks.rules()],
    }
    return JSONResponse(told)


@router.get("/runbooks/{name}", responses=READ_ONE, response_model=RunbookShape)
def read_runbook(
    name: Annotated[str, Path(max_length=100, description="Of a rule, an alert or an outcome.", examples=["refused"])],
    _: Reader,
) -> Response:
    """Return what to do: what it means, how to see it, what helps, whom to tell."""
    text = runbooks.page(name)
    if text is None:
        near = get_close_matches(name, [*runbooks.outcomes(), *runbooks.alerts(), *runbooks.rules()])
        hint = f"is it {' or '.join(near)}?" if near else "GET /v1/runbooks names all of them"
        raise ProblemError(404, "there is no such runbook", code="no-runbook", hint=hint)
    return JSONResponse({"name": name, "text": text})
