"""*Calling time*: may this person be called now, and until when; each campaign's hours beside the law.

A number that is typed travels in the form's body, never in an address, and is kept nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.observed import Part
from paceline.campaign.schedule.proof import HORIZON
from paceline.compliance.decision import Decision, by_rule, decide
from paceline.compliance.judgement import Judgement
from paceline.compliance.zonedata import demand
from paceline.control.schedules.looked import Scheduled, scheduled_as
from paceline.control.schedules.proven import Proven
from paceline.figures.ics import EmptyCalendarError
from paceline.figures.schedule_ahead import calendar_file
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.primitives.zones import zone
from paceline.service.dashboard.asked_call import KINDS, AskedWrongError, call_said, instant_said
from paceline.service.dashboard.hours_ahead import hours_ahead
from paceline.service.dashboard.pages import is_part, render, segment
from paceline.service.dashboard.visitors import Viewing, Visitor
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError

router = APIRouter(include_in_schema=False)
"""The routes of calling time."""
SHOWN = 100
"""So many campaigns are listed at most."""
_LONGEST = 80
FIELDS = ("number", "at", "zone", "region", "purpose", "line", "mode")
"""What the form asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is said to the form: a decision with its rows, or what is wrong with what was typed."""

    wrong: PacelineError | None = None
    decision: Decision | None = None
    zones: list[tuple[str, datetime, bool, datetime | None]] = field(default_factory=list)
    rules: list[tuple[Judgement, str]] = field(default_factory=list)


@router.get("/calling-time")
def show_calling_time(
    request: Request, parts: Here, who: Viewing, text: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """Show the form, and the campaigns whose hours can be looked at."""
    return render(request, "calling_time.html", who, around=_around(parts, text), said=_said(who), answer=None)


@router.post("/calling-time/check")
def check_call(request: Request, parts: Here, who: Viewing) -> Response:
    """Say whether a person may be called at an instant, and which rules say so."""
    answer = _answer(parts, who)
    if is_part(request):
        return render(request, "call_checked.html", who, answer=answer)
    return render(request, "calling_time.html", who, around=_around(parts, ""), said=_said(who), answer=answer)


@router.get("/calling-time/{campaign}/year")
def show_year(campaign: Annotated[str, Path(max_length=128)], request: Request, parts: Here, who: Viewing) -> Response:
    """Prove the schedule of one campaign for a year, or show what of it is not lawful."""
    named = campaign_id(campaign)
    seen = _scheduled(parts, named)
    proven = None if seen is None else Proven.of(seen, HORIZON)
    return render(
        request,
        "year.html",
        who,
        campaign=named,
        proven=proven,
        document=None if proven is None else proven.document(),
        hours=f"/calling-time/{segment(named)}",
    )


@router.get("/calling-time/{campaign}/calendar.ics")
def send_calendar(campaign: Annotated[str, Path(max_length=128)], parts: Here, _: Viewing) -> Response:
    """Send the openings of a schedule in the coming year as a calendar file."""
    named = campaign_id(campaign)
    seen = _scheduled(parts, named)
    if seen is None:
        hint = "set a schedule first; the page of the campaign has a form"
        raise ProblemError(404, "it has no schedule that can be read", code="no-schedule", hint=hint)
    try:
        file = calendar_file(seen, HORIZON)
    except EmptyCalendarError:
        raise ProblemError(404, "its schedule is not open within a year", code="empty-calendar") from None
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{segment(named)}.ics"}
    return Response(file.text, media_type="text/calendar; charset=utf-8", headers=headers)


@router.get("/calling-time/{campaign}")
def show_hours(campaign: Annotated[str, Path(max_length=128)], request: Request, parts: Here, who: Viewing) -> Response:
    """Show the hours of one campaign beside the law."""
    demand()
    named = campaign_id(campaign)
    observed = parts.system.platform.read(named, part=Part.SCHEDULE)
    parts.system.recorder.saw([observed])
    parts.law_looks.saw(observed)
    facts, rulebook = parts.system.law.circumstances(named), parts.system.law.rulebook
    hours = None if observed.schedule is None else hours_ahead(observed, observed.schedule, facts, rulebook)
    return render(
        request,
        "hours.html",
        who,
        observed=observed,
        schedule=observed.schedule,
        facts=facts,
        hours=hours,
        page=f"/campaigns/{segment(named)}",
        here=f"/calling-time/{segment(named)}",
    )


def _scheduled(parts: Parts, campaign: CampaignId) -> Scheduled | None:
    """Look at a schedule with the law that binds it; None where there is none that can be read."""
    demand()
    observed = parts.system.platform.read(campaign, part=Part.SCHEDULE)
    parts.system.recorder.saw([observed])
    parts.law_looks.saw(observed)
    law = parts.system.law
    return scheduled_as(observed, law.circumstances(campaign), law.rulebook)


def _around(parts: Parts, text: str) -> dict[str, object]:
    """Return what stands around the answer: the form's choices and the campaigns."""
    look, away = None, None
    try:
        look = parts.live.look()
    except PacelineError as error:
        away = error.message
    fold = text.strip().casefold()
    rows = [
        row
        for row in (look.rows if look is not None else ())
        if not fold or fold in row.campaign.casefold() or fold in (row.observed.name or "").casefold()
    ]
    return {
        "text": text,
        "campaigns": [(row, f"/calling-time/{segment(row.campaign)}") for row in rows[:SHOWN]],
        "more": max(len(rows) - SHOWN, 0),
        "away": away,
        "kinds": KINDS,
        "regions": sorted(parts.system.law.rulebook.zones),
    }


def _answer(parts: Parts, who: Visitor) -> Answer:
    try:
        decision = _decided(parts, who)
    except PacelineError as error:
        return Answer(wrong=error)
    return Answer(decision=decision, zones=_zone_rows(decision), rules=_rule_rows(decision))


def _said(who: Visitor) -> dict[str, tuple[str, ...]]:
    return {name: tuple(one[:_LONGEST] for one in who.all_said(name)) or ("",) for name in FIELDS}


def _decided(parts: Parts, who: Visitor) -> Decision:
    """Return the decision that was asked for.

    Raises:
        AskedWrongError: the instant, or the kind of call, is none.
    """
    number = who.said("number")
    if not number:
        raise AskedWrongError("say which number", hint="in international form, such as +18505550123")
    return decide(
        parts.system.law.rulebook,
        number=number[:_LONGEST],
        at=instant_said(parts, who.said("at")),
        call=call_said(who),
        address_zone=who.said("zone")[:_LONGEST] or None,
        region=who.said("region")[:_LONGEST].upper() or None,
    )


def _zone_rows(decision: Decision) -> list[tuple[str, datetime, bool, datetime | None]]:
    """Return each zone where the person may be: its clock, whether it is open there, and when all are open next."""
    rows = []
    for key in sorted(decision.locality.zones):
        here = [one for one in decision.judgements if one.zone == key]
        following = None if decision.next is None else decision.next.astimezone(zone(key))
        rows.append(
            (key, decision.at.astimezone(zone(key)), bool(here) and all(one.is_open for one in here), following)
        )
    return rows


def _rule_rows(decision: Decision) -> list[tuple[Judgement, str]]:
    """Return a judgement for each zone in which a rule closes, and one for each rule that closes nowhere."""
    rows: list[tuple[Judgement, str]] = []
    for each in by_rule(decision.judgements):
        closing = [one for one in each if not one.is_open]
        rows += [(one, one.zone or "unknown") for one in closing] or [(each[0], "everywhere")]
    return sorted(rows, key=lambda row: row[0].is_open)
