"""Pause, resume, stop, freeze and unfreeze many campaigns: what will happen is asked first, then done to each.

Few are done while the browser waits; more than `IN_REQUEST` beside it, and the browser is led to where that is told.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.catalogue import AnyChange
from paceline.control.fleet.fleet import Found
from paceline.control.work.later import Makes
from paceline.primitives.chance import fresh_key
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.dashboard import many_work
from paceline.service.dashboard.chosen import Chosen, Filter, shown
from paceline.service.dashboard.later_form import When, holds_what_was_shown, when_of
from paceline.service.dashboard.many_runs import Run, Runs
from paceline.service.dashboard.pages import render, sent_to
from paceline.service.dashboard.questions import Verb, calls_of, drain_of, expected_of, verb_of, why_not
from paceline.service.dashboard.verbs_page import Named, frozen_told, latched_page, order_of, version_of
from paceline.service.dashboard.visitors import Operating, Visitor
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError

router = APIRouter(include_in_schema=False)
"""The routes of what is done to many campaigns."""
Several = Annotated[list[str], Query(max_length=1_000)]
"""Campaigns that were chosen."""
Every = Annotated[str, Query(alias="all")]
"""Whether all that fit are meant."""
IN_REQUEST = 20
"""Up to so many campaigns a browser waits for."""
PATIENCE_S = 20.0
"""How long it waits for them, in seconds; what takes longer goes on beside it."""
SEEN_S, SEEN_LATCHED_S = 30.0, 600.0
"""So old a look may be by which somebody is asked whether to stop, and whether to freeze, in seconds."""
_LONGEST_KEY = 100


def runs_of(request: Request) -> Runs:
    """Return the runs of the service that a request came to."""
    found = request.app.state.many
    if not isinstance(found, Runs):
        raise TypeError("the pages were not added by `joining.install`")
    return found


@router.get("/many/{verb}")
def ask_for_many(  # noqa: PLR0917  # a route is called by name
    verb: Named,
    request: Request,
    parts: Here,
    who: Operating,
    wanted: Chosen,
    campaign: Several = [],  # noqa: B006  # a form without a choice; nobody changes it
    every: Every = "",
) -> Response:
    """Show what will happen to those that were chosen, or to all that fit, and ask."""
    asked, names = verb_of(verb), chosen(parts, campaign, wanted if every else None)
    look = parts.live.look(within_s=None if every else _enough_s(asked))
    rows = {row.campaign: row for row in look.rows if row.campaign in set(names)}
    foreseen = parts.system.foresight.of_many(
        asked.change, [row.observed for row in rows.values()], lambda one: calls_of(rows[one].live)
    )
    expected = expected_of(foreseen)
    frozen = sum(rows[one].frozen for one in rows)
    return render(
        request,
        "ask_many.html",
        who,
        verb=asked,
        expected=expected,
        names=[name for name in names if name in rows],
        called={str(one): row.observed.name or str(one) for one, row in rows.items()},
        gone=[name for name in names if name not in rows],
        why_not=why_not,
        frozen=frozen,
        versions={str(one): row.observed.version for one, row in rows.items()},
        refused=[one.change.campaign for one in expected.refused] if holds_what_was_shown(asked.lane) else [],
        key=fresh_key(9).hex(),
        in_request=IN_REQUEST,
        at=look.at,
        away=parts.live.away,
    )


@router.post("/many/{verb}")
def do_to_many(verb: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Do it to each, and show how each ended, or where that is told."""
    asked = verb_of(verb)
    names = tuple(dict.fromkeys(campaign_id(one) for one in who.all_said("campaign")))
    if not names:
        raise ProblemError(422, "no campaign was chosen", code="target", hint="choose some in the table first")
    if asked.word == "unfreeze":
        return latched_page(request, parts, who, asked, found=Found(campaigns=dict.fromkeys(names)), back="/")
    when = When() if asked.latches else when_of(who)
    if when.findings:
        return render(request, "not_sent.html", who, findings=[one.document() for one in when.findings], back="/")
    run = _begun(request, parts, who, asked, names=names, when=when)
    if len(names) <= IN_REQUEST:
        run.ended.wait(PATIENCE_S)
    if run.is_going_on or len(names) > IN_REQUEST:
        return sent_to(request, f"/many/runs/{run.id}")
    if run.trouble is not None and not run.lines:
        raise run.trouble
    if asked.latches and run.result:
        return render(request, "frozen.html", who, **run.result, back="/")
    return render(request, "outcome_many.html", who, verb=asked, run=run, back="/", hour=when.document())


def chosen(parts: Parts, named: list[str], wanted: Filter | None) -> list[str]:
    """Return the campaigns that were chosen, or all that fit a filter.

    Raises:
        LedgerUnavailableError: nobody can tell which campaigns have a label.
    """
    if wanted is not None:
        return list(shown(parts.live.look(), wanted, parts.system.facts).fitting)
    return list(dict.fromkeys(named))


def _enough_s(asked: Verb) -> float | None:
    """Return how old a look may be that a question shows; None where it is held to what it showed.

    What stops is judged by what is live when it is sent: a question about campaigns that somebody named waits for no
    turn behind what is done to others. Which all of them are is looked up.
    """
    if holds_what_was_shown(asked.lane):
        return None
    return SEEN_LATCHED_S if asked.latches else SEEN_S


def _begun(
    request: Request, parts: Parts, who: Visitor, asked: Verb, *, names: tuple[CampaignId, ...], when: When
) -> Run:
    """Begin what a form orders; the same form once."""
    runs = runs_of(request)
    key = who.said("key")[:_LONGEST_KEY]
    if asked.latches:
        # They are not looked at first: a freeze waits for nobody.
        found = Found(campaigns=dict.fromkeys(names))
        work = many_work.frozen(parts, found, order_of(who), lambda outcome: frozen_told(parts, outcome))
        return runs.begin(asked.label, work, by=who.name, key=key, total=len(names), stops=True, lasts=True)
    held = holds_what_was_shown(asked.lane)
    versions = {one: version_of(who, f"version.{one}") for one in names} if held else {}
    # What was said to be refused now may be possible at a later hour.
    refused = {*who.all_said("refused")} if held and when.at is None else set()
    sent = many_work.Sent(
        names=[one for one in names if one not in refused],
        make=_maker(asked, who),
        lane=asked.lane,
        order=replace(order_of(who), campaigns=len(names)),
        under=versions,
    )
    work = many_work.now(parts, sent) if when.at is None else many_work.at_an_hour(parts, sent, when)
    left = {str(one): "the question said that it would be refused" for one in names if one in refused}
    return runs.begin(
        asked.label, work, by=who.name, key=key, total=len(sent.names), left=left, stops=not held,
    )  # fmt: skip


def _maker(asked: Verb, who: Visitor) -> Makes:
    drain = drain_of(who.said("drain"))

    def make(campaign: CampaignId, at: datetime | None) -> AnyChange:
        return asked.change(campaign, drain, at)

    return make
