"""*Abandonment*: where campaigns stand against the ceilings of the law, the worst first; and easing one off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi import Query as Asked
from fastapi.requests import Request
from fastapi.responses import Response

from paceline.control.abandonment.account import CampaignAccount
from paceline.control.attention import worst_of
from paceline.control.ease_to import EaseTo
from paceline.control.easing import ANSWERED
from paceline.control.foresight import Foreseen
from paceline.control.wall import WallLook
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.dashboard.deciding_page import not_done
from paceline.service.dashboard.endings import headline, is_good
from paceline.service.dashboard.pages import render, segment
from paceline.service.dashboard.settings_page import Named
from paceline.service.dashboard.verbs_page import order_of
from paceline.service.dashboard.visitors import Operating, Viewing, Visitor
from paceline.service.parts import Here, Parts
from paceline.service.routes.abandonment import severity

router = APIRouter(include_in_schema=False)
"""The routes of abandonment."""
SHOWN = 50
"""Campaigns on a page."""
LABELS = {
    EaseTo.PROGRESSIVE: "One line for each available agent",
    EaseTo.LAST_GOOD: "The last pacing that kept the ceiling",
}
"""What a campaign can be eased to, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eased:
    """One way to ease off: what would become of it, or why it is none."""

    to: EaseTo
    label: str
    foreseen: Foreseen | None = None
    why_not: str | None = None

    @property
    def findings(self) -> list[Mapping[str, Json]]:
        """What would be found, but for what whoever eases off answers for."""
        found = () if self.foreseen is None else self.foreseen.findings
        return [one.document() for one in found if one.rule not in ANSWERED]


@router.get("/abandonment")
def show_abandonment(
    request: Request,
    parts: Here,
    who: Viewing,
    text: Annotated[str, Asked(max_length=100)] = "",
    page: Annotated[int, Asked(ge=1, le=100_000)] = 1,
) -> Response:
    """Show where campaigns stand, as the platform told it last: all, or those whose name or id holds a text."""
    names, look, away, wanted = dict[str, str](), None, None, text.strip()
    try:
        look = parts.live.look()
        names = {row.campaign: row.observed.name or row.campaign for row in look.rows}
    except PacelineError as error:
        away = error.message
    known = sorted(_standing(parts, look), key=severity)
    fitting = [one for one in known if _fits(wanted, one.campaign, names.get(one.campaign, ""))]
    pages = max(-(-len(fitting) // SHOWN), 1)
    page = min(page, pages)
    shown = [
        (one, worst_of(one), names.get(one.campaign, one.campaign), address_of(one.campaign))
        for one in fitting[(page - 1) * SHOWN : page * SHOWN]
    ]
    return render(
        request, "abandonment.html", who, shown=shown, number=len(fitting), page=page, pages=pages, text=wanted,
        query=urlencode({"text": wanted}) if wanted else "", away=away or parts.live.away,
    )  # fmt: skip


def _standing(parts: Parts, look: WallLook | None) -> list[CampaignAccount]:
    """Return where all campaigns stand: as the look tells it, but for those of which the platform told news since."""
    accounts, now = parts.system.abandonment, None
    seen: dict[CampaignId, CampaignAccount] = {}
    if look is not None and parts.live.away is None:
        now = look.at
        seen = {row.campaign: row.account for row in look.rows if row.account is not None}
    told = accounts.book.told_at()
    held = {one: seen[one] for one, at in told.items() if one in seen and seen[one].told_at == at}
    return [*held.values(), *accounts.kept(sorted(told.keys() - held.keys()), now=now)]


def _fits(text: str, campaign: str, name: str) -> bool:
    wanted = text.casefold()
    return wanted in campaign.casefold() or wanted in name.casefold()


@router.get("/campaigns/{campaign}/abandonment")
def show_account(campaign: Named, request: Request, parts: Here, who: Viewing) -> Response:
    """Show where one campaign stands, asked now: the part of its page that is fetched when that is shown."""
    named = campaign_id(campaign)
    account, away = asked(parts, named)
    return render(request, "account.html", who, account=account, away=away, page=address_of(named), campaign=named)


@router.get("/campaigns/{campaign}/ease-off")
def ask_to_ease(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Show both ways to ease off, and ask."""
    named = campaign_id(campaign)
    observed = parts.system.platform.read(named)
    parts.system.recorder.saw([observed])
    ways = []
    for to in EaseTo:
        try:
            foreseen = parts.system.foresight.of_settings(parts.system.easing.change(observed, to))
            ways.append(Eased(to=to, label=LABELS[to], foreseen=foreseen))
        except PacelineError as error:
            ways.append(Eased(to=to, label=LABELS[to], why_not=error.message))
    return render(request, "ease_off.html", who, observed=observed, ways=ways, page=address_of(named))


@router.post("/campaigns/{campaign}/ease-off")
def ease_off(campaign: Named, request: Request, parts: Here, who: Operating) -> Response:
    """Ease a campaign off, and show how it ended."""
    named, back = campaign_id(campaign), f"/campaigns/{segment(campaign)}"
    order = replace(order_of(who), if_revision=who.said("version") or None)
    try:
        outcome = parts.system.easing.ease(named, eased_to(who), order)
    except PacelineError as error:
        return not_done(request, who, error, back=back)
    told, good = headline(outcome), is_good(outcome)
    return render(request, "outcome.html", who, outcome=outcome.document(), told=told, good=good, back=back)


def asked(parts: Parts, campaign: CampaignId) -> tuple[CampaignAccount | None, str | None]:
    """Return where a campaign stands now, as it was told before where the platform is away, and why then."""
    try:
        return parts.system.abandonment.asked([campaign])[0], None
    except PacelineError as error:
        away = error.message
    try:
        return parts.system.abandonment.kept([campaign])[0], away
    except PacelineError:
        return None, away


def address_of(campaign: str) -> str:
    """Return the address of a campaign's page."""
    return f"/campaigns/{segment(campaign)}"


def eased_to(who: Visitor) -> EaseTo:
    """Return what a form wants; what it does not say, or is none, is the gentlest."""
    return EaseTo.LAST_GOOD if who.said("to") == EaseTo.LAST_GOOD.value else EaseTo.PROGRESSIVE
