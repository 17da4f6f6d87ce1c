"""Dialing rules, pacing, schedule, weights and facts for many campaigns at once: typed once, judged for each.

What is not named stays in each campaign as it is. What the question said is what is sent: under the version that was
judged, to those that it said would be changed, and to those whose findings somebody answers for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.change import Lane
from paceline.control.facts.declared import CampaignFacts
from paceline.primitives.findings import Findings
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.dashboard import facts_form, many_work
from paceline.service.dashboard.answering import UNTIL, overrides_of
from paceline.service.dashboard.chosen import Chosen
from paceline.service.dashboard.later_form import when_of
from paceline.service.dashboard.many_fields import BULKS, Bulk, facts_live, live_told
from paceline.service.dashboard.many_judged import NOBODY, Comes, Judged, Question, Questions, Wish, judged_each
from paceline.service.dashboard.many_runs_page import Id
from paceline.service.dashboard.many_verbs_page import Every, Several, chosen, runs_of
from paceline.service.dashboard.pages import render, sent_to
from paceline.service.dashboard.verbs_page import order_of
from paceline.service.dashboard.visitors import Operating, Visitor
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError, named_one

router = APIRouter(include_in_schema=False)
"""The routes of settings for many campaigns."""
Word = Annotated[str, Path(max_length=20)]
"""A block in an address."""
ROWS = 20
"""Campaigns on a page of a question: each may have many findings, and what a page may weigh allows no more."""
SOON_S = 1.5
"""So long the browser waits for what is judged, before it is shown how far it is, in seconds."""
_LONGEST = 2_000


def questions_of(request: Request) -> Questions:
    """Return the questions of the service that a request came to."""
    found = request.app.state.questions
    if not isinstance(found, Questions):
        raise TypeError("the pages were not added by `joining.install`")
    return found


@router.get("/many/set")
def show_form(  # noqa: PLR0917  # a route is called by name
    request: Request,
    parts: Here,
    who: Operating,
    wanted: Chosen,
    block: str = "",
    campaign: Several = [],  # noqa: B006  # a form without a choice; nobody changes it
    every: Every = "",
) -> Response:
    """Show the form by which those that were chosen, or all that fit, are set at once."""
    names = [campaign_id(one) for one in chosen(parts, campaign, wanted if every else None)]
    return _form(request, parts, who, bulk_of(block), names)


@router.post("/many/set/{block}")
def judge(block: Word, request: Request, parts: Here, who: Operating) -> Response:
    """Judge what was typed for each campaign, and lead to the question that comes of it; nothing is sent."""
    bulk = bulk_of(block)
    names = [campaign_id(one) for one in dict.fromkeys(who.all_said("campaign"))]
    wish, wrong = _typed(bulk, who)
    said = tuple((one.label, who.said(one.name)[:_LONGEST]) for one in bulk.fields if who.said(one.name))
    if wrong or not said or not names:
        return _form(request, parts, who, bulk, names, wrong=wrong, is_empty=not said)
    called = {str(row.campaign): row.observed.name or str(row.campaign) for row in parts.live.look().rows}
    rows: list[Judged] = []
    run = runs_of(request).begin(
        f"Judge {bulk.label}", judged_each(parts, names, wish, rows), by=who.name, total=len(names)
    )
    questions_of(request).keep(Question(run=run, bulk=bulk, said=said, wish=wish, names=called, rows=rows))
    run.ended.wait(SOON_S)
    return sent_to(request, f"/many/questions/{run.id}")


@router.get("/many/questions/{question}")
def show_question(
    question: Id, request: Request, parts: Here, who: Operating, page: Annotated[int, Query(ge=1, le=1_000)] = 1
) -> Response:
    """Show what will happen to each campaign, and ask; or how far judging is."""
    asked = questions_of(request).of(question, who.name)
    return render(request, "many_question.html", who, **_shown(parts, asked, page))


@router.get("/many/questions/{question}/now")
def show_question_now(question: Id, request: Request, parts: Here, who: Operating) -> Response:
    """Show how far judging is, and the question when it is done: the part of the page that is asked for again."""
    asked = questions_of(request).of(question, who.name)
    return render(request, "many_question_inside.html", who, **_shown(parts, asked, 1))


@router.post("/many/questions/{question}")
def confirm(question: Id, request: Request, parts: Here, who: Operating) -> Response:
    """Do what a question asked, once, and lead to where it is told how each campaign ends."""
    asked = questions_of(request).of(question, who.name)
    if asked.run.is_going_on or asked.run.trouble is not None:
        return sent_to(request, f"/many/questions/{question}")
    when = when_of(who)
    if when.findings:
        return render(request, "many_question.html", who, **_shown(parts, asked, 1, wrong=when.findings))
    answered = frozenset(who.all_said("override"))
    sent, left = asked.parted(answered)
    if not sent:
        raise ProblemError(422, "nothing would be sent", code="target", hint="choose other values, or answer for them")
    names = [one.campaign for one in sent]
    under = {one.campaign: one.version for one in sent}
    at = when.at or parts.live.look().at
    order = replace(order_of(who), overrides=overrides_of(who, at), campaigns=len(names))
    if asked.wish.change is None:
        if when.at is not None:
            raise ProblemError(422, "facts are declared now: no hour can be named", code="request-invalid")
        work = many_work.declared(parts, under, asked.wish.facts, replace(order, overrides=()))
    else:
        settings = many_work.Sent(
            names=names, make=many_work.changes_of(asked.wish.of), lane=Lane.CHANGING, part=asked.wish.part,
            order=order, under=under, answers={one.campaign: one.reviews for one in sent},
        )  # fmt: skip
        work = many_work.now(parts, settings) if when.at is None else many_work.at_an_hour(parts, settings, when)
    run = runs_of(request).begin(
        f"Set {asked.bulk.label} of", work, by=who.name, key=f"question {question}", total=len(names), left=left
    )
    run.ended.wait(SOON_S)
    return sent_to(request, f"/many/runs/{run.id}")


def bulk_of(word: str) -> Bulk:
    """Return what many campaigns can be given.

    Raises:
        ProblemError: there is nothing of that name.
    """
    return named_one(word, BULKS)


def _form(
    request: Request,
    parts: Parts,
    who: Visitor,
    bulk: Bulk,
    names: Sequence[CampaignId],
    *,
    wrong: Findings | None = None,
    is_empty: bool = False,
) -> Response:
    look = parts.live.look()
    rows = {row.campaign: row.observed for row in look.rows}
    here = [name for name in names if name in rows]
    live: Mapping[str, str] = {}
    if bulk.values is not None:
        live = live_told([bulk.values(rows[name]) for name in here])
    elif bulk.typed is None:
        known = parts.system.facts.of_all(here)
        live = live_told([facts_live(known[name]) for name in here])
    return render(
        request,
        "many_form.html",
        who,
        bulk=bulk,
        names=here,
        gone=[name for name in names if name not in rows],
        called={name: rows[name].name or name for name in here},
        live=live,
        typed={one.name: who.said(one.name)[:_LONGEST] for one in bulk.fields},
        findings=[one.document() for one in wrong or ()],
        is_empty=is_empty,
        away=parts.live.away,
    )


def _typed(bulk: Bulk, who: Visitor) -> tuple[Wish, Findings]:
    """Return what was typed, and what of it is no value."""
    if bulk.typed is None:
        found = facts_form.typed(who, CampaignFacts(campaign=NOBODY))
        return Wish(part=bulk.part, facts=found.facts), found.findings
    typed = bulk.typed(NOBODY, who)
    return Wish(part=bulk.part, change=typed.change), typed.findings


def _shown(parts: Parts, asked: Question, page: int, *, wrong: Findings | None = None) -> dict[str, Any]:
    goes_on = asked.run.is_going_on
    rows, counted = asked.sorted(), asked.counted()
    pages = max(1, -(-len(rows) // ROWS))
    page = min(page, pages)
    return {
        "asked": asked,
        "goes_on": goes_on,
        "done": len(rows),
        "total": asked.run.total,
        "rows": rows[(page - 1) * ROWS : page * ROWS],
        "counts": [(one, counted[one]) for one in Comes],
        "made": counted[Comes.CHANGED],
        "reviews": sorted({rule for row in rows for rule in row.reviews if row.comes is Comes.REVIEW}),
        "review_count": counted[Comes.REVIEW],
        "until": UNTIL,
        "page": page,
        "pages": pages,
        "wrong": [one.document() for one in wrong or ()],
        "seen": parts.live.look().at,
        "is_alone": not parts.system.worker.has_company(),
        "again": 2,
    }
