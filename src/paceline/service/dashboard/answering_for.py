"""*Audit trail*, for whoever has to answer for it: what was live at an instant, and the report of a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.observed import Part
from paceline.ledger.history import SettingsAt
from paceline.ledger.known_settings import known_rows
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import campaign_id
from paceline.service.dashboard.pages import render
from paceline.service.dashboard.visitors import Viewing
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError
from paceline.service.routes.handed import handed_report

router = APIRouter(include_in_schema=False)
"""The routes of both; they come before those of the trail."""
DAY = timedelta(days=1)
"""How long a period the form of the report proposes."""
_MINUTES = "%Y-%m-%dT%H:%M"
_YEARS = range(1970, 2200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one document of a campaign at an instant.

    Attributes:
        title: what it is.
        rows: its settings, each with the name that it has on the platform.
    """

    title: str
    known: SettingsAt
    rows: tuple[tuple[str, str], ...]


@router.get("/audit/at")
def show_settings_at(
    request: Request,
    parts: Here,
    who: Viewing,
    campaign: Annotated[str, Query(max_length=128)] = "",
    at: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """Show what is known of a campaign's hours and settings at an instant."""
    wrong: PacelineError | None = None
    found: tuple[Known, ...] = ()
    if campaign or at:
        try:
            found = _known(parts, campaign.strip(), at)
        except PacelineError as error:
            wrong = error
    return render(request, "audit_at.html", who, campaign=campaign, at=at, wrong=wrong, found=found)


@router.get("/audit/report")
def ask_report(request: Request, parts: Here, who: Viewing) -> Response:
    """Ask for the period of a report: the last day is proposed."""
    end = parts.system.book.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
    said = ((end - DAY).strftime(_MINUTES), end.strftime(_MINUTES))
    return render(request, "audit_report.html", who, said=said, wrong=None)


@router.post("/audit/report")
def send_report(request: Request, parts: Here, who: Viewing) -> Response:
    """Send the report of a period as a file, or say what is wrong with the period."""
    said = (who.said("from"), who.said("to"))
    try:
        since, until = _period(*said)
        return handed_report(parts, since=since, until=until)
    except ProblemError as wrong:
        return render(request, "audit_report.html", who, said=said, wrong=wrong, status=wrong.status)


def _known(parts: Parts, campaign: str, at: str) -> tuple[Known, ...]:
    named, instant, readings = campaign_id(campaign), _instant(at), parts.system.readings
    asked = (("When it may dial", Part.SCHEDULE.value), ("State, rules, pacing and weights", None))
    found = ((title, readings.settings_at(named, instant, part)) for title, part in asked)
    return tuple(
        Known(title=title, known=known, rows=() if known.sighting is None else (*known_rows(known.sighting.settings),))
        for title, known in found
    )


def _period(first: str, last: str) -> tuple[datetime, datetime]:
    """Return both ends of a period.

    Raises:
        ProblemError: one is no instant, or the end is not the later one.
    """
    since, until = _instant(first), _instant(last)
    if until <= since:
        raise ProblemError(422, "the end must be later than the beginning", code="period")
    return since, until


def _instant(text: str) -> datetime:
    """Return an instant as a form sends it; without an offset it is UTC.

    Raises:
        ProblemError: it is none.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.year not in _YEARS:
        raise ProblemError(422, "a time reads such as 2026-06-15T12:00, and is UTC", code="parameter")
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
