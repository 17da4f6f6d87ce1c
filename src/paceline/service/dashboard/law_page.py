"""*Law*: what changes soon and which campaigns break when it does; every rule with its source and its dates."""

from __future__ import annotations

from concurrent.futures import TimeoutError as NotYetError
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.campaign.observed import Circumstances, State
from paceline.compliance.coming import stopped_clocks
from paceline.compliance.rule_terms import KINDS
from paceline.compliance.zonedata import demand
from paceline.control.law.breaking import REQUESTS_EACH
from paceline.control.law.looks import AT_ONCE
from paceline.control.wall import WallLook
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId
from paceline.primitives.zones import zone_data_version
from paceline.service.dashboard.law_asked import RULES_SHOWN, Asked, Filters, day_said, query_of, steps_of
from paceline.service.dashboard.law_rule import rule_shown
from paceline.service.dashboard.law_shown import Ahead, changes_of, names_of, rules_of
from paceline.service.dashboard.pages import is_part, render, sent_to
from paceline.service.dashboard.visitors import Viewing
from paceline.service.operations import result_of
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError

router = APIRouter(include_in_schema=False)
"""The routes of the law."""
_WAIT_S = 1.0
_On = Annotated[str, Query(max_length=40)]
_Word = Annotated[str, Query(max_length=100)]


@router.get("/law")
def show_law(
    request: Request,
    parts: Here,
    who: Viewing,
    asked: Annotated[Asked, Query()],
) -> Response:
    """Show what of the law changes soon, and its rules."""
    demand()
    rulebook = parts.system.law.rulebook
    filters, wrong = asked.filters()
    ahead = _ahead(parts, filters)
    rules = rules_of(rulebook, filters, ahead.first, ahead.circumstances)
    start = min(asked.start, max(len(rules) - 1, 0)) // RULES_SHOWN * RULES_SHOWN
    return render(
        request,
        "law.html",
        who,
        **_around(ahead, filters),
        rules=rules[start : start + RULES_SHOWN],
        many=len(rules),
        unchecked=sum(not one.is_judged for one in rules),
        start=start,
        steps=steps_of(filters, start, len(rules)),
        kinds=tuple(KINDS),
        regions=sorted({*rulebook.zones, *(region[:2] for region in rulebook.zones)}),
        wrong=wrong,
        edition=rulebook.edition,
        zone_data=zone_data_version(),
    )


@router.get("/law/ahead")
def show_ahead(request: Request, parts: Here, who: Viewing, where: _Word = "", on: _On = "") -> Response:
    """Show what changes soon as it stands now, for a page that waits for it."""
    filters, _ = Asked(where=where, on=on).filters()
    if not is_part(request):
        return sent_to(request, f"/law{query_of(filters)}")
    return render(request, "law_ahead.html", who, **_around(_ahead(parts, filters), filters))


@router.post("/law/look")
def look(request: Request, parts: Here, who: Viewing) -> Response:
    """Look at campaigns that nobody looked at lately, as many as the button said."""
    filters, _ = Asked(where=who.said("where"), on=who.said("on")).filters()
    seen = parts.live.look()
    shown = {row.campaign: row.observed for row in seen.rows}
    standing = parts.law_looks.standing(shown, filters.on or seen.at.date(), now=seen.at)
    running = parts.operations.begin("law-look", partial(_looked, parts, standing.wanted), shared="law-look")
    with suppress(NotYetError):  # it goes on then: the page says so, and follows it
        result_of(running, _WAIT_S)
    if not is_part(request):
        return sent_to(request, f"/law{query_of(filters)}")
    return render(request, "law_ahead.html", who, **_around(_ahead(parts, filters), filters))


@router.get("/law/{rule}")
def show_rule(
    rule: Annotated[str, Path(max_length=100)], request: Request, parts: Here, who: Viewing, on: _On = ""
) -> Response:
    """Show one rule: what it says, since when, where that was read, what it decides and what it does not know."""
    rulebook = parts.system.law.rulebook
    found = rulebook.of(rule)
    if found is None:
        raise ProblemError(404, "there is no such rule", code="no-rule", hint="the page Law lists those that there are")
    seen, away = _campaigns(parts)
    day, wrong = day_said(on)
    today = _today(parts, seen)
    return render(
        request,
        "law_rule.html",
        who,
        shown=rule_shown(rulebook, found, day or today, names=None if seen is None else names_of(seen),
                         circumstances=_circumstances(parts, seen)),
        away=away,
        wrong=wrong,
        edition=rulebook.edition,
    )  # fmt: skip


def _around(ahead: Ahead, filters: Filters) -> dict[str, Any]:
    standing = ahead.standing
    wanted = 0 if standing is None else len(standing.wanted)
    return {
        "ahead": ahead,
        "filters": filters,
        "standing": standing,
        "goes_on": standing is not None and bool(standing.waiting or standing.looking),
        "wanted": wanted,
        "at_once": min(wanted, AT_ONCE),
        "requests": min(wanted, AT_ONCE) * REQUESTS_EACH,
        "query": query_of(filters),
    }


def _ahead(parts: Parts, filters: Filters) -> Ahead:
    """Return what changes from a date on, and how the campaigns stand that somebody looked at."""
    rulebook = parts.system.law.rulebook
    seen, away = _campaigns(parts)
    today = _today(parts, seen)
    first = filters.on or today
    circumstances = _circumstances(parts, seen)
    standing = None
    if seen is not None and first >= today:
        shown = {row.campaign: row.observed for row in seen.rows}
        standing = parts.law_looks.standing(shown, first, now=seen.at)
        if standing.waiting:
            _judge(parts, standing.waiting, first)
            standing = parts.law_looks.standing(shown, first, now=seen.at)
    names = {} if seen is None else names_of(seen)
    changes = changes_of(
        rulebook, first, where=filters.where, circumstances=circumstances, standing=standing, names=names
    )
    return Ahead(
        first=first,
        changes=changes,
        standing=standing,
        live=len(circumstances or {}),
        circumstances=circumstances,
        at=None if seen is None else seen.at,
        away=away,
        is_past=first < today,
        breaking=() if standing is None else tuple((names[CampaignId(one.campaign)], one) for one in standing.breaking),
        without_settings=() if standing is None else tuple(names[one] for one in standing.without_settings),
        stopped=stopped_clocks({zone for zones in rulebook.zones.values() for zone in zones}, first),
        why=() if standing is None else tuple((names[one], why) for one, why in sorted(standing.unreadable.items())),
    )


def _judge(parts: Parts, campaigns: tuple[CampaignId, ...], first: date) -> None:
    """Have campaigns judged that were seen; what takes longer than a moment goes on beside."""

    def work() -> dict[str, Json]:
        parts.law_looks.judge(campaigns, first)
        return {}

    try:
        result_of(parts.operations.begin("law-judging", work, shared=f"law-judging {first}"), _WAIT_S)
    except (NotYetError, ProblemError):
        return


def _looked(parts: Parts, campaigns: tuple[CampaignId, ...]) -> dict[str, Json]:
    return {"seen": parts.law_looks.look(campaigns)}


def _campaigns(parts: Parts) -> tuple[WallLook | None, str | None]:
    try:
        return parts.live.look(), None
    except PacelineError as error:
        return None, error.message


def _circumstances(parts: Parts, seen: WallLook | None) -> dict[CampaignId, Circumstances] | None:
    if seen is None:
        return None
    live = [row.campaign for row in seen.rows if row.observed.state is not State.ARCHIVED]
    return parts.system.law.circumstances_of_all(live)


def _today(parts: Parts, seen: WallLook | None) -> date:
    """Return today by the platform's clock, by this machine's where the platform is away."""
    return (parts.system.access.now() if seen is None else seen.at).date()
