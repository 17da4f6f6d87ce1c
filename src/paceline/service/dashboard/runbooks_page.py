"""*Runbooks*: what to do about a finding, an alert or an outcome; findings, alerts and outcomes link here."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.service.dashboard.markdown import html_of
from paceline.service.dashboard.pages import render
from paceline.service.dashboard.visitors import Viewing
from paceline.service.problems import ProblemError
from paceline.telemetry import runbooks

router = APIRouter(include_in_schema=False)
"""The routes of the runbooks."""


@router.get("/runbooks")
def show_runbooks(request: Request, who: Viewing) -> Response:
    """Show which runbooks there are."""
    shelves = (
        ("outcomes", "Outcomes", runbooks.outcomes()),
        ("alerts", "Alerts", runbooks.alerts()),
        ("rules", "Rules of findings", runbooks.rules()),
    )
    return render(request, "runbooks.html", who, shelves=shelves)


@router.get("/runbooks/{shelf}/{name}")
def show_runbook(shelf: str, name: str, request: Request, who: Viewing) -> Response:
    """Show one runbook."""
    text = runbooks.page(name)
    if text is None or runbooks.path_of(name) != f"/runbooks/{shelf}/{name}":
        hint = "/runbooks lists those that there are"
        raise ProblemError(404, "there is no runbook of this name", code="no-such-address", hint=hint)
    return render(request, "runbook.html", who, name=name, text=html_of(text))
