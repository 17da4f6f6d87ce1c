"""*Contact lists*: whom of a list may be called now and by hour, and why not the others; nothing of a list is kept."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import Response
from markupsafe import Markup

from paceline.compliance.list_outlook import NO_RULE
from paceline.compliance.list_told import DELIMITERS, ListTold
from paceline.figures.callable_hours import hours_svg
from paceline.primitives.errors import PacelineError
from paceline.service.dashboard.asked_call import KINDS, AskedWrongError, call_said, instant_said
from paceline.service.dashboard.pages import render
from paceline.service.dashboard.uploads import Uploaded, Uploading
from paceline.service.dashboard.visitors import Viewing, Visitor
from paceline.service.list_checks import ListAsked
from paceline.service.options import LIST_LIMIT
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError, status_of

router = APIRouter(include_in_schema=False)
"""The routes of contact lists."""
BAD_SHOWN = 100
"""So many bad rows are shown; all are counted."""
COLUMNS = ("number", "zone", "region", "purpose")
"""What columns may hold; somebody may name each."""
_MEBIBYTE = 1_048_576
_COUNTRY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What is said of a list, or what is wrong with it.

    Attributes:
        picture: callable by hour.
        closing: each rule that closes somebody now, its sentence and its citation, and how many it closes.
    """

    wrong: PacelineError | None = None
    told: ListTold | None = None
    picture: Markup | None = None
    closing: tuple[tuple[str, str, str, int], ...] = ()


@router.get("/lists")
def show_form(request: Request, who: Viewing) -> Response:
    """Show the form."""
    return _page(request, who, None)


@router.post("/lists/check")
def check_list(request: Request, parts: Here, sent: Uploading) -> Response:
    """Say whom of a list may be called, and which rules say so."""
    try:
        shown = _shown(parts, _told(parts, sent))
    except PacelineError as error:
        shown = Shown(wrong=error)
    return _page(request, sent.who, shown)


def _page(request: Request, who: Visitor, shown: Shown | None) -> Response:
    said = {name: who.all_said(name) for name, _, _ in KINDS}
    texts = {name: who.said(name) for name in ("at", "country", "delimiter", *(f"{one}_column" for one in COLUMNS))}
    return render(
        request,
        "lists.html",
        who,
        status=200 if shown is None or shown.wrong is None else _status(shown.wrong),
        shown=shown,
        said=said,
        texts=texts,
        kinds=KINDS,
        columns=COLUMNS,
        delimiters=tuple(DELIMITERS),
        limit=f"{LIST_LIMIT // _MEBIBYTE} MiB",
        most=BAD_SHOWN,
    )


def _status(wrong: PacelineError) -> int:
    return wrong.status if isinstance(wrong, ProblemError) else status_of(wrong)


def _told(parts: Parts, sent: Uploaded) -> ListTold:
    """Return what was found of the list that was sent.

    Raises:
        PacelineError: there is no list, it is too long, or something that was typed beside it is off.
    """
    if sent.wrong is not None:
        raise sent.wrong
    if sent.both:
        raise AskedWrongError("there is a file, and something pasted too", hint="leave one of them out")
    if sent.file is None:
        raise AskedWrongError("there is no list", hint="choose a file, or paste rows")
    return parts.list_checks.check(sent.file, parts.system.law.rulebook, _asked(parts, sent.who))


def _asked(parts: Parts, who: Visitor) -> ListAsked:
    country, delimiter = who.said("country").upper(), who.said("delimiter")
    if country and not (len(country) == _COUNTRY and country.isascii() and country.isalpha()):
        raise AskedWrongError("that is no country", hint="write it as US")
    if delimiter and delimiter not in DELIMITERS:
        raise AskedWrongError("nobody knows what parts the cells", hint=f"there are {', '.join(DELIMITERS)}")
    return ListAsked(
        at=instant_said(parts, who.said("at")),
        call=call_said(who),
        country=country or None,
        columns={name: who.said(f"{name}_column") or None for name in COLUMNS},
        delimiter=DELIMITERS.get(delimiter),
    )


def _shown(parts: Parts, told: ListTold) -> Shown:
    whole, rulebook = told.outlook.everybody(), parts.system.law.rulebook
    closing = []
    for name, count in told.outlook.closed_now.items():
        rule = None if name == NO_RULE else rulebook.of(name)
        closing.append((name, "" if rule is None else rule.summary, "" if rule is None else rule.citation, count))
    picture = hours_svg(whole.by_hour, whole.contacts, told.outlook.at)
    return Shown(told=told, picture=Markup(picture), closing=tuple(closing))  # noqa: S704  # every text in it is escaped there
