"""*Campaigns*: all of them, those first that need a person; live by one event stream."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import RedirectResponse, Response

from paceline.campaign.observed import State
from paceline.control.wall import WallLook
from paceline.service.dashboard.chosen import Chosen, shown
from paceline.service.dashboard.following import Texts, changed, followed, part
from paceline.service.dashboard.pages import render, rendered, templates
from paceline.service.dashboard.rows import Rows, row_id, standing_of
from paceline.service.dashboard.visitors import Viewing
from paceline.service.parts import Here, Parts

router = APIRouter(include_in_schema=False)
"""The routes of the page of campaigns."""


def rows_of(request: Request) -> Rows:
    """Return what makes the rows of this application."""
    found = request.app.state.rows
    if not isinstance(found, Rows):
        raise TypeError("the pages were not joined by `joining.install`")
    return found


@router.get("/")
def show_campaigns(request: Request, parts: Here, who: Viewing, wanted: Chosen) -> Response:
    """Show the campaigns that fit; the wall has an address of its own."""
    if wanted.wall:
        return RedirectResponse("/wall", 303)
    page = shown(parts.live.look(), wanted, parts.system.facts)
    texts = rows_of(request).texts(page.look, page.rows, is_operator=who.is_operator)
    return render(
        request,
        "campaigns.html",
        who,
        shown=page,
        texts=texts,
        standing=standing_of(page.look),
        away=parts.live.away,
        states=[state.value for state in State],
    )


@router.get("/live/campaigns")
def stream_campaigns(request: Request, parts: Here, who: Viewing, wanted: Chosen) -> Response:
    """Stream what changes of the campaigns that fit, as parts of the page."""
    rows = rows_of(request)

    def told(look: WallLook, seen: Texts) -> tuple[str, Texts]:
        page = shown(look, wanted, parts.system.facts)
        texts = rows.texts(look, page.rows, is_operator=who.is_operator)
        around = rendered(
            request, "campaigns_standing.html", None, shown=page, standing=standing_of(look), away=parts.live.away
        )
        now = {row_id(campaign): text for campaign, text in texts.items()}
        return part("standing", around) + changed(seen, now, within="rows", none=no_rows()), now

    return followed(request, parts, told, lambda: away_part(parts))


def no_rows() -> str:
    """Return what stands where no campaign fits."""
    return templates().get_template("campaigns_none.html").render()


def away_part(parts: Parts) -> str:
    """Return the part of a page that says that the platform is away."""
    return part("away", templates().get_template("away.html").render(away=parts.live.away), "outerHTML")
