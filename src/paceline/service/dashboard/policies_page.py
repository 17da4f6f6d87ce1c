"""*What if*, all policies: what other ways to pace a campaign would give it, side by side; nothing is sent or recorded.

Rules:
* It is computed when somebody asks, beside the page, and told when it is there; a page without script looks again.
* What is played on other days stands with its own difference, and is not drawn among the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import Response
from markupsafe import Markup

from paceline.bootstrap.policies import Policy
from paceline.campaign.forecast import Between
from paceline.campaign.observed import Observed, Part
from paceline.figures.named import title_of
from paceline.figures.tradeoff import Spot, Tradeoff, svg_of_tradeoff
from paceline.primitives.canonical import Json
from paceline.primitives.ids import campaign_id
from paceline.service.dashboard.awaiting import awaited, begun
from paceline.service.dashboard.pages import is_part, render, segment
from paceline.service.dashboard.settings_page import Named
from paceline.service.dashboard.visitors import Viewing
from paceline.service.parts import Here

router = APIRouter(include_in_schema=False)
"""The routes of all policies side by side."""
SHORT_S, LONG_S = 0.4, 2.5
"""How long a part of a page waits for what is computed, and how long a whole page does, in seconds."""
CALLED: Mapping[str, tuple[str, str]] = {
    Policy.LIVE: ("Live pacing", "as it is set now"),
    Policy.PROGRESSIVE: ("One line an agent", "progressive: a line for each available agent"),
    Policy.BEST: ("Best setting", "what the search finds that keeps the ceiling"),
    Policy.SUPERVISED: ("Supervision", "the setting is steered every minute"),
    Policy.OPTIMUM: ("Best possible", "no dialer keeps agents busier at the ceiling"),
}
"""What each policy is called, and what it is."""
_DRAWN = (Policy.PROGRESSIVE, Policy.BEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """One policy, ready to be shown.

    Attributes:
        word: of the policy.
        called, what: its name, and what it is.
        told: its document.
        setting: its pacing in a line; empty where it is none, or the live one.
        query: its pacing for the form; empty where it is none.
    """

    word: str
    called: str
    what: str
    told: Mapping[str, Any]
    setting: str
    query: str


@router.get("/campaigns/{campaign}/what-if/policies")
def show_policies(campaign: Named, request: Request, parts: Here, who: Viewing) -> Response:
    """Show what other policies would give: a part of *What if*, or a page of its own without script."""
    named = campaign_id(campaign)
    seen = parts.system.foresight.seen(named, Part.CAMPAIGN)
    look = awaited(
        begun(lambda: parts.expecting.policies(named, asker=who.name)), SHORT_S if is_part(request) else LONG_S
    )
    told: Mapping[str, Any] = look.told or {}
    return render(
        request,
        "what_if_policies.html",
        who,
        observed=seen,
        page=f"/campaigns/{segment(named)}",
        look=look,
        told=told,
        rows=rows_of(told),
        picture=picture_of(seen, told),
    )


def rows_of(told: Mapping[str, Any]) -> list[PolicyRow]:
    """Return the policies of a document, each ready to be shown; none where it tells why there are none."""
    return [_row(one) for one in _list(told.get("policies")) if isinstance(one, Mapping)]


def picture_of(seen: Observed, told: Mapping[str, Any]) -> Markup:
    """Return the policies that were played on the same days as a picture; nothing where there are none."""
    spots = {
        str(one["policy"]): _spot(CALLED[str(one["policy"])][0].lower(), one["effect"])
        for one in _list(told.get("policies"))
        if isinstance(one, Mapping) and isinstance(one["effect"], Mapping)
    }
    if Policy.LIVE not in spots:
        return Markup()
    picture = Tradeoff(
        campaign=title_of(seen.campaign, seen.name),
        live=spots[Policy.LIVE],
        wanted=None,
        curve=(),
        ceiling=told.get("ceiling"),
        optimum=told.get("optimum"),
        others=tuple(spots[one] for one in _DRAWN if one in spots),
        name="policies",
    )
    return Markup(svg_of_tradeoff(picture))  # noqa: S704  # every text in it was escaped where it was drawn


def _row(one: Mapping[str, Any]) -> PolicyRow:
    word = str(one["policy"])
    called, what = CALLED[word]
    pacing = one["pacing"] if isinstance(one["pacing"], Mapping) else {}
    words = (("answer_rate", "answer rate"), ("abandonment_aim", "abandon rate"), ("max_calls", "calls at once"))
    is_live = word == Policy.LIVE
    return PolicyRow(
        word=word,
        called=called,
        what=what,
        told=one,
        setting="" if is_live else ", ".join(f"{name} {pacing[field]}" for field, name in words if field in pacing),
        query="" if is_live else urlencode({name: str(value) for name, value in pacing.items()}),
    )


def _spot(word: str, effect: Mapping[str, Any]) -> Spot:
    return Spot(word=word, abandonment=_between(effect["abandonment"]), utilisation=_between(effect["utilisation"]))


def _between(told: Mapping[str, Any]) -> Between:
    return Between(mean=float(told["mean"]), low=float(told["low"]), high=float(told["high"]))


def _list(told: Json) -> Sequence[Json]:
    return told if isinstance(told, list | tuple) else []
