"""A campaign's schedule ahead: proven against the law, its next opening, its week, as a calendar file and a picture."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from paceline.control.schedules.looked import LONGEST, Scheduled, scheduled
from paceline.control.schedules.proven import Proven
from paceline.figures.schedule_ahead import calendar_file, next_document, week_ahead, week_document
from paceline.figures.svg import svg_of
from paceline.primitives.ids import campaign_id
from paceline.service.identity import Reader
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError
from paceline.service.routes.verbs import Named
from paceline.service.shapes import READ_ONE, Document, Shape

router = APIRouter(prefix="/v1", tags=["schedules"])
"""The routes of schedules; the platform is looked at, and nothing is changed."""
UNLAWFUL = "Paceline-Unlawful"
"""What a calendar file says in its answer's head when it holds openings that are not lawful."""
YEARS = range(1970, 2200)
"""Years whose clocks are known well enough."""
Horizon = Annotated[int, Query(ge=1, le=LONGEST.days, description="How far ahead, days.")]
First = Annotated[date | None, Query(description="The first of its seven local dates; today when not said.")]


class ProofShape(Shape):
    """What was examined, in which places, and every violation."""

    campaign: str
    proven: bool
    scheduled_minutes: int
    examined_minutes: int
    violating_minutes: int
    places: list[Document]
    violations: list[Document]
    closed_days: list[Document]
    unknown_regions: list[str]


class NextShape(Shape):
    """When a campaign may dial next; null is never within a year."""

    campaign: str
    next: str | None
    until: str | None
    closed_days: list[Document]
    clock_changes: list[Document]


class WeekShape(Shape):
    """Seven local dates on every clock: which stretches are closed, legal, callable, illegal."""

    campaign: str
    minutes: dict[str, int]
    together: Document
    clocks: list[Document]


def _text(media_type: str, words: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media_type: {"schema": {"type": "string"}}}, "description": words}, **READ_ONE}


@router.get("/campaigns/{campaign}/schedule/proof", responses=READ_ONE, response_model=ProofShape)
def prove_schedule(campaign: Named, parts: Here, _: Reader, horizon_days: Horizon = 365) -> Response:
    """Judge every minute of a schedule, from now on by the platform's clock, wherever a contact may be.

    Days that a law closes count as violations, unless somebody declared that the campaign is paused on them.
    """
    found = Proven.of(_scheduled(parts, campaign), timedelta(days=horizon_days))
    return JSONResponse(found.document())


@router.get("/campaigns/{campaign}/schedule/next", responses=READ_ONE, response_model=NextShape)
def read_next_opening(campaign: Named, parts: Here, _: Reader) -> Response:
    """Return when a campaign may dial next: open by its schedule, and legal wherever a contact may be.

    It says nothing of whether the campaign is active.
    """
    return JSONResponse(next_document(_scheduled(parts, campaign)))


@router.get("/campaigns/{campaign}/schedule/week", responses=READ_ONE, response_model=WeekShape)
def read_week(campaign: Named, parts: Here, _: Reader, first: First = None) -> Response:
    """Return a week of a schedule beside the law, on every clock on which contacts may live."""
    _hold_date(first)
    return JSONResponse(week_document(week_ahead(_scheduled(parts, campaign), first)))


@router.get(
    "/campaigns/{campaign}/schedule/calendar",
    responses=_text("text/calendar", "iCalendar; the header Paceline-Unlawful is there where an opening is not lawful"),
    response_class=Response,
)
def read_calendar(campaign: Named, parts: Here, _: Reader, horizon_days: Horizon = 365) -> Response:
    """Return a schedule's openings as iCalendar, from now on; `Paceline-Unlawful` says that some are not lawful."""
    seen = _scheduled(parts, campaign)
    found = calendar_file(seen, timedelta(days=horizon_days))
    headers = {"Content-Disposition": f'attachment; filename="{seen.campaign}.ics"'}
    if not found.is_lawful:
        headers[UNLAWFUL] = "true"
    return Response(found.text, headers=headers, media_type="text/calendar; charset=utf-8")


@router.get(
    "/campaigns/{campaign}/schedule/picture",
    responses=_text("image/svg+xml", "The picture"),
    response_class=Response,
)
def read_picture(campaign: Named, parts: Here, _: Reader, first: First = None) -> Response:
    """Return a week of a schedule beside the law as a picture (SVG)."""
    _hold_date(first)
    return Response(svg_of(week_ahead(_scheduled(parts, campaign), first)), media_type="image/svg+xml")


def _scheduled(parts: Parts, campaign: str) -> Scheduled:
    named = campaign_id(campaign)
    seen = scheduled(parts.system, named)
    if seen is None:
        raise ProblemError(404, f"campaign {named} never had a schedule", code="no-block")
    return seen


def _hold_date(first: date | None) -> None:
    if first is not None and first.year not in YEARS:
        raise ProblemError(422, f"the clocks of {first.year} are not known", code="date")
