"""The law ahead: what of it changes soon, and which campaigns break when it does."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from paceline.campaign.observed import State
from paceline.compliance.coming import coming, concerns, stopped_clocks
from paceline.compliance.zonedata import demand
from paceline.control.fleet.fleet import Target
from paceline.control.law.breaking import checked
from paceline.primitives.canonical import Json
from paceline.primitives.ids import campaign_id
from paceline.primitives.zones import zone_data_version
from paceline.service.identity import Reader
from paceline.service.operations import answer_within
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError
from paceline.service.routes.law import YEARS, must_know
from paceline.service.shapes import READ, Document, OperationShape, Shape

router = APIRouter(prefix="/v1", tags=["law"])
"""The routes of what comes; nothing is recorded but what campaigns were seen as."""
LONGEST_DAYS = 1830
"""How far ahead changes are told at most: five years."""
_WAIT_S = 1.0
_MOST_CAMPAIGNS = 1000


class LawCheckShape(Shape):
    """Which campaigns break the law from a date on, and the dated rules that bind any of them."""

    on: str
    until: str
    campaigns: list[Document]
    breaking: list[str]
    turns: list[Document]
    unjudged: list[Document]
    edition: str


class LawChangesShape(Shape):
    """What changes, the earliest first; and zones whose clocks were moved a year ago and are not any more."""

    first: str
    until: str
    changes: list[Document]
    stopped_clocks: list[str]
    edition: str
    zone_data: str


@router.get("/law/changes", responses=READ, response_model=LawChangesShape)
def law_changes(
    parts: Here,
    _: Reader,
    within_days: Annotated[int, Query(ge=0, le=LONGEST_DAYS)] = 365,
    on: Annotated[date | None, Query(description="From this local date on; today's when not said.")] = None,
    region: Annotated[str | None, Query(max_length=8, description="Only what changes there: ISO 3166.")] = None,
) -> Response:
    """List what of the law changes: rules that begin or end, days that are closed, clocks that are moved."""
    demand()
    first, ahead = on or parts.system.access.now().date(), timedelta(days=within_days)
    _hold_year(first)
    rulebook = parts.system.law.rulebook
    if region is not None:
        must_know(rulebook, region)
    found = [one for one in coming(rulebook, first, ahead=ahead) if region is None or concerns(one.where, region)]
    zones = {zone for zones in rulebook.zones.values() for zone in zones}
    return JSONResponse(
        {
            "first": first.isoformat(),
            "until": (first + ahead).isoformat(),
            "changes": [one.document() for one in found],
            "stopped_clocks": [*stopped_clocks(zones, first)],
            "edition": rulebook.edition,
            "zone_data": zone_data_version(),
        }
    )


@router.get(
    "/law:check",
    responses={
        200: {"model": LawCheckShape, "description": "Judged"},
        202: {"model": OperationShape, "description": "Being looked at: Location says where to look"},
        **READ,
    },
)
def law_check(
    parts: Here,
    _: Reader,
    on: Annotated[date | None, Query(description="Local date; today, by the platform's clock, when not said.")] = None,
    campaign: Annotated[list[str] | None, Query(max_length=_MOST_CAMPAIGNS)] = None,
    status: State | None = None,
) -> Response:
    """Say which campaigns break the law from a date on, and in the year after it.

    Every campaign that is not archived where none is named. Each is looked at, two requests to the platform: 202 with
    an operation where that takes longer than a second. Who asks for the same at the same time shares one look.
    """
    demand()
    if on is not None:
        _hold_year(on)
    named = tuple(campaign_id(one) for one in campaign or ())
    target = Target(named=named, state=status, everything=not named and status is None)
    told = f"law-check {on} {status} {' '.join(sorted(named))}"
    return answer_within(
        parts.operations.begin("law-check", partial(_checked, parts, target, on), shared=told), _WAIT_S
    )


def _hold_year(day: date) -> None:
    if day.year not in YEARS:
        raise ProblemError(422, f"the law of {day.year} is not known", code="date")


def _checked(parts: Parts, target: Target, on: date | None) -> dict[str, Json]:
    system = parts.system
    today = system.platform.time().date()
    if on is not None and on < today:
        raise ProblemError(
            422, f"{on} is past, and so is what was dialed by then", code="date", hint="name a day from today on"
        )
    found = system.fleet.find(target)
    check = checked(
        system.platform, system.law, found, on or today, archived=bool(target.named), saw=parts.law_looks.saw
    )
    return check.document()
