"""What the dialer of one campaign is doing now, and what it measured."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, Response

from paceline.campaign.observed import Ability
from paceline.campaign.statistics import Statistics, Tally
from paceline.ledger.entry import instant_text
from paceline.primitives.canonical import Json
from paceline.primitives.ids import campaign_id
from paceline.service.bodies import Instant
from paceline.service.identity import Reader
from paceline.service.parts import Here, Parts
from paceline.service.problems import ProblemError
from paceline.service.routes.verbs import Named
from paceline.service.shapes import READ_ONE, Document, problems

router = APIRouter(prefix="/v1", tags=["dialer"])
"""The routes of what the dialer does."""
LOOKED: dict[int | str, Document] = {**READ_ONE, **problems(501)}
"""The problems of a look at the dialer."""


@router.get("/campaigns/{campaign}/live", responses=LOOKED)
def read_live_calls(campaign: Named, parts: Here, _: Reader) -> Response:
    """Return how many calls of a campaign are in flight now: ringing, waiting for an agent, connected."""
    named = campaign_id(campaign)
    _wants(parts, Ability.LIVE_CALLS)
    return JSONResponse({"campaign": named, **asdict(parts.system.platform.live(named))})


@router.get("/campaigns/{campaign}/statistics", responses=LOOKED)
def read_statistics(
    campaign: Named,
    parts: Here,
    _: Reader,
    since: Annotated[
        Instant | None, Query(description="From this instant of the platform's clock on; else since it began.")
    ] = None,
) -> Response:
    """Return what the dialer of a campaign measured: counts, seconds of agents, occupancy and abandonment (fractions).

    Abandonment is of the calls that a person answered.
    """
    named = campaign_id(campaign)
    _wants(parts, Ability.STATISTICS)
    for one in parts.system.platform.statistics(since=since):
        if one.campaign == named:
            return JSONResponse(statistics_document(one, since))
    raise ProblemError(404, f"the platform tells nothing of campaign {named}", code="not-found")


def statistics_document(one: Statistics, since: datetime | None) -> dict[str, Json]:
    """Return statistics as JSON shows them."""
    return {
        "campaign": one.campaign,
        "since": None if since is None else instant_text(since),
        "at": instant_text(one.at),
        **tally_document(one.tally),
        "live": {**asdict(one.live), "agents": one.live.agents},
        "records": None if one.records is None else asdict(one.records),
    }


def tally_document(tally: Tally) -> dict[str, Json]:
    """Return counts and seconds, with the two fractions that are made from them; null where nothing was counted."""
    return {**asdict(tally), "occupancy": tally.occupancy, "abandonment": tally.abandonment}


def _wants(parts: Parts, ability: Ability) -> None:
    if ability not in parts.system.platform.abilities:
        raise ProblemError(501, f"this platform has no {ability}", code="no-ability")
