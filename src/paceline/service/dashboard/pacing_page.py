"""The form of pacing with what it would do, and *What if*: other settings tried on the days that were measured.

Rules:
* What is expected is computed beside the page and shown when it is there; nothing of it is sent or recorded.
* *What if* has its values in the address: it changes nothing, works without script, and can be handed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import Response
from markupsafe import Markup

from paceline.campaign.forecast import Between
from paceline.campaign.observed import Observed, Part
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.pacing.model import FIELDS
from paceline.figures.named import title_of
from paceline.figures.tradeoff import Spot, Tradeoff, svg_of_tradeoff
from paceline.primitives.canonical import Json
from paceline.primitives.findings import Findings
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.dashboard import pacing_form
from paceline.service.dashboard.answering import UNTIL
from paceline.service.dashboard.awaiting import Awaited, awaited, begun
from paceline.service.dashboard.pages import render, segment
from paceline.service.dashboard.settings_page import Named, hour_told, set_block
from paceline.service.dashboard.visitors import Operating, Viewing, Visitor
from paceline.service.parts import Here, Parts

router = APIRouter(include_in_schema=False)
"""The routes of pacing and of *What if*."""
SHORT_S, LONG_S = 0.4, 2.5
"""How long a part of a page waits for what is computed, and how long a whole page does, in seconds."""
LENGTH = "pacing.step-limit"
"""The rule of how far one change may go, to which a rollout is not held as a whole."""


@router.post("/campaigns/{campaign}/pacing/findings")
def judge_pacing(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Show what would be found, and what it would do, if the pacing were set as it is typed."""
    named = campaign_id(campaign)
    seen = parts.system.foresight.seen(named, Part.CAMPAIGN)
    typed = pacing_form.typed(named, who, seen.pacing)
    is_asked = typed.change is not None and typed.differs
    look = _judged(parts, who, typed.change) if typed.change and is_asked else None
    told = _told(look)
    found = told.get("findings", [one.document() for one in typed.findings])
    is_rollout = bool(who.said("steps"))
    findings = [one for one in _list(found) if isinstance(one, Mapping) and not (is_rollout and one["rule"] == LENGTH)]
    return render(
        request,
        "pacing_findings.html",
        who,
        page=f"/campaigns/{segment(named)}",
        look=look,
        differs=typed.differs,
        findings=findings,
        reviews=sorted({str(one["rule"]) for one in findings if one["severity"] == "review"}),
        answered=who.all_said("override"),
        until=UNTIL,
        chosen=who.said("until") or "8",
        may=bool(told) and not any(one["severity"] == "error" for one in findings),
        changes=told.get("differences", ()),
        is_old=who.said("version") not in {"", seen.version},
        hour=hour_told(parts, who),
        query=query_of(who),
        is_rollout=is_rollout,
    )


@router.post("/campaigns/{campaign}/pacing")
def set_pacing(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Set pacing, and show how it ended."""
    return set_block(request, parts, who, "pacing", campaign_id(campaign))


@router.get("/campaigns/{campaign}/what-if")
def show_what_if(campaign: Named, request: Request, parts: Here, who: Viewing) -> Response:
    """Show what another pacing would do, beside what can be had."""
    tried = _tried(request, parts, who, campaign_id(campaign), longest_s=LONG_S)
    live = pacing_form.values(tried.seen.pacing)
    return render(
        request,
        "what_if.html",
        who,
        **tried.shown(),
        observed=tried.seen,
        numbers=pacing_form.NUMBERS,
        sliders=pacing_form.SLIDERS,
        live=live,
        values=pacing_form.tried(tried.said, live),
    )


@router.get("/campaigns/{campaign}/what-if/effect")
def show_effect(campaign: Named, request: Request, parts: Here, who: Viewing) -> Response:
    """Show what another pacing would do: the part of *What if* that is asked for again."""
    tried = _tried(request, parts, who, campaign_id(campaign), longest_s=SHORT_S)
    return render(request, "what_if_effect.html", who, **tried.shown())


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What was tried on *What if*, and what came of it so far."""

    seen: Observed
    said: Mapping[str, str]
    findings: Findings
    effect: Awaited | None
    curve: Awaited | None

    def shown(self) -> dict[str, Any]:
        """Return what the templates name."""
        looks = [look for look in (self.effect, self.curve) if look is not None]
        return {
            "page": f"/campaigns/{segment(self.seen.campaign)}",
            "query": urlencode(self.said),
            "wrong": [one.document() for one in self.findings],
            "look": self.effect,
            "curve": self.curve,
            "picture": picture_of(self.seen, self.effect, self.curve),
            "goes_on": any(look.is_going_on for look in looks),
        }


def query_of(who: Visitor) -> str:
    """Return what was typed, as the query of *What if*."""
    return urlencode({name: who.said(name)[: pacing_form.LONGEST] for name in FIELDS if who.said(name)})


def picture_of(seen: Observed, effect: Awaited | None, curve: Awaited | None) -> Markup:
    """Return the picture of what is known so far; nothing while nothing is."""
    told, had = _told(effect), _told(curve)
    forecast, dots = _inside(told.get("forecast")), _list(had.get("dots"))
    if "then" not in forecast and not dots:
        return Markup()
    periods = [_inside(one) for one in _list(forecast.get("periods"))]
    ceilings = [_share(str(one["ceiling"])) for one in periods]
    optimum = forecast.get("optimum") or had.get("optimum")
    picture = Tradeoff(
        campaign=title_of(seen.campaign, seen.name),
        live=_spot("live", forecast.get("now")),
        wanted=_spot("tried", forecast.get("then")) if told.get("differences") else None,
        curve=tuple((_mean(one, "abandonment"), _mean(one, "utilisation")) for one in map(_inside, dots)),
        ceiling=min(ceilings, default=None),
        optimum=float(optimum) if isinstance(optimum, int | float) else None,
    )
    return Markup(svg_of_tradeoff(picture))  # noqa: S704  # every text in it was escaped where it was drawn


def _tried(request: Request, parts: Parts, who: Visitor, campaign: CampaignId, *, longest_s: float) -> Tried:
    """Return what the address names, and what came of it within so many seconds."""
    said = {name: request.query_params.get(name, "").strip()[: pacing_form.LONGEST] for name in FIELDS}
    said = {name: text for name, text in said.items() if text}
    seen = parts.system.foresight.seen(campaign, Part.CAMPAIGN)
    typed = pacing_form.typed(campaign, replace(who, form={name: (text,) for name, text in said.items()}), seen.pacing)
    whole = None if typed.change is None else typed.change.wanted.on(seen.pacing)
    if whole is None:
        return Tried(seen=seen, said=said, findings=typed.findings, effect=None, curve=None)
    change = SetPacing.to(campaign, whole)
    # Both begin before either is waited for.
    effect = begun(lambda: parts.expecting.what_if(change, asker=who.name))
    curve = begun(lambda: parts.expecting.curve(change, asker=who.name))
    look = awaited(effect, longest_s)
    further = awaited(curve, 0.0 if look.is_going_on else longest_s)
    return Tried(seen=seen, said=said, findings=typed.findings, effect=look, curve=further)


def _judged(parts: Parts, who: Visitor, change: SetPacing) -> Awaited:
    return awaited(begun(lambda: parts.expecting.judged(change, asker=who.name)), SHORT_S)


def _told(look: Awaited | None) -> Mapping[str, Json]:
    return {} if look is None or look.told is None else look.told


def _spot(word: str, effect: Json) -> Spot | None:
    told = _inside(effect)
    if not told:
        return None
    return Spot(word=word, abandonment=_between(told, "abandonment"), utilisation=_between(told, "utilisation"))


def _between(effect: Mapping[str, Json], name: str) -> Between:
    told = _inside(effect[name])
    mean, low, high = (float(str(told[part])) for part in ("mean", "low", "high"))
    return Between(mean=mean, low=low, high=high)


def _mean(effect: Mapping[str, Json], name: str) -> float:
    return _between(effect, name).mean


def _inside(told: Json) -> Mapping[str, Json]:
    return told if isinstance(told, Mapping) else {}


def _list(told: Json) -> Sequence[Json]:
    return told if isinstance(told, list | tuple) else []


def _share(ceiling: str) -> float:
    """Return a ceiling such as 3/100 as a fraction."""
    most, _, per = ceiling.partition("/")
    return int(most) / int(per)
