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
from paceline.compliance.call import EVERY_LINE, EVERY_PURPOSE, Call, Line, Mode, Purpose
from paceline.compliance.decision import Decision, by_rule, decide
from paceline.compliance.judgement import Judgement
from paceline.compliance.zonedata import demand
from paceline.primitives.clock import instant_of
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import campaign_id
from paceline.primitives.zones import zone
from paceline.service.dashboard.hours_ahead import hours_ahead
from paceline.service.dashboard.pages import is_part, render, segment
from paceline.service.dashboard.visitors import Viewing, Visitor
from paceline.service.parts import Here, Parts

router = APIRouter(include_in_schema=False)
"""The routes of calling time."""
SHOWN = 100
"""So many campaigns are listed at most."""
_YEARS = range(1970, 2501)
_LONGEST = 80
FIELDS = ("number", "at", "zone", "region", "purpose", "line", "mode")
"""What the form asks for."""


class AskedWrongError(PacelineError):
    """nobody can be told from this whether a person may be called"""

    code = "parameter"


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


@router.get("/calling-time/{campaign}")
def show_hours(campaign: Annotated[str, Path(max_length=128)], request: Request, parts: Here, who: Viewing) -> Response:
    """Show the hours of one campaign beside the law."""
    demand()
    named = campaign_id(campaign)
    observed = parts.system.platform.read(named, part=Part.SCHEDULE)
    parts.system.recorder.saw([observed])
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
    )


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
        "purposes": [one.value for one in Purpose],
        "lines": [one.value for one in Line],
        "modes": [one.value for one in Mode],
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
    try:
        call = Call(
            purposes=frozenset(Purpose(one) for one in who.all_said("purpose")) or EVERY_PURPOSE,
            lines=frozenset(Line(one) for one in who.all_said("line")) or EVERY_LINE,
            modes=frozenset(Mode(one) for one in who.all_said("mode")) or frozenset({Mode.LIVE}),
        )
    except ValueError:
        raise AskedWrongError("nobody knows this kind of call") from None
    return decide(
        parts.system.law.rulebook,
        number=number[:_LONGEST],
        at=_instant(parts, who.said("at")),
        call=call,
        address_zone=who.said("zone")[:_LONGEST] or None,
        region=who.said("region")[:_LONGEST].upper() or None,
    )


def _instant(parts: Parts, text: str) -> datetime:
    """Return the instant that was typed; now, by this machine's clock, where none was.

    Raises:
        AskedWrongError: it is none, has no offset, or is of a time whose clocks nobody knows.
    """
    if not text:
        return instant_of(parts.system.clock.wall_ns())
    hint = "write 2026-11-20T09:00:00-05:00, with the offset"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise AskedWrongError("that is no instant", hint=hint) from None
    if found.utcoffset() is None:
        raise AskedWrongError("the instant has no offset: nobody knows on whose clock it is", hint=hint)
    if found.year not in _YEARS:
        raise AskedWrongError(f"the clocks of {found.year} are not known", hint="years are 1970 to 2500")
    return found


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
