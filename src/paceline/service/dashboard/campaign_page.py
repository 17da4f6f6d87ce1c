"""*Campaign*: what one campaign does now, why, what is scheduled, and its settings as forms; live by one stream."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from fastapi.requests import Request
from fastapi.responses import Response
from markupsafe import Markup
from pydantic import AwareDatetime

from paceline.campaign.blocks import DialingMode, Directive
from paceline.campaign.observed import Ability, Observed, Part
from paceline.campaign.ports import PlatformError
from paceline.compliance.call import Purpose
from paceline.control.wall import WallLook, WallRow
from paceline.figures.last_hour import svg_of_abandonment, svg_of_occupancy
from paceline.ledger.entry import Query as Search
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.dashboard import facts_form, pacing_form, rules_form, schedule_form, weights_form
from paceline.service.dashboard.campaigns_page import away_part
from paceline.service.dashboard.following import Texts, followed, part
from paceline.service.dashboard.pages import render, rendered, segment
from paceline.service.dashboard.predicted_shown import predicted_of
from paceline.service.dashboard.rows import CEILING, verbs_of, way_of
from paceline.service.dashboard.shown import share
from paceline.service.dashboard.visitors import Viewing, Visitor
from paceline.service.parts import Here, Parts
from paceline.service.routes.campaigns import read

router = APIRouter(include_in_schema=False)
"""The routes of the page of one campaign."""
Named = Annotated[str, Path(max_length=128)]
"""A campaign in an address."""
LAST = 10
"""So many of its last entries are shown."""
_FEWEST_DRAWN = 2


@router.get("/campaigns/{campaign}")
def show_campaign(campaign: Named, request: Request, parts: Here, who: Viewing) -> Response:
    """Show one campaign."""
    named, system = campaign_id(campaign), parts.system
    explanation = system.explain(named)
    observed = explanation.situation.observed
    parts.live.look()
    scheduled, unknown = _schedule(parts, named)
    facts, pacing = system.facts.of(named), pacing_form.values(observed.pacing)
    tried = pacing_form.tried(request.query_params, pacing)
    return render(
        request,
        "campaign.html",
        who,
        **picture_of(parts, who, named, observed),
        observed=observed,
        scheduled=scheduled,
        unknown=[*explanation.settings.unknown, *unknown],
        why=explanation.why,
        explanation=explanation.document(),
        unended=system.unended.documents(campaigns=[named]),
        entries=system.book.entries(Search(campaign=named, limit=LAST)),
        rules=rules_form.values(observed.rules),
        rollout=system.rollouts.in_the_way(named),
        rollout_page=f"/rollouts/{segment(named)}",
        pacing=tried,
        live_pacing=pacing,
        predicted=predicted_of(system.predictions.of(named)),
        campaign_query=segment(named),
        pacing_is_tried=tried != pacing,
        numbers=pacing_form.NUMBERS,
        strategies=pacing_form.STRATEGIES,
        weights=weights_form.values(observed.weights, observed.tuning),
        tried_weights=pacing_form.tried(request.query_params, weights_form.values(observed.weights, observed.tuning)),
        weight_keys=weights_form.KEYS,
        weight_numbers=weights_form.NUMBERS,
        weight_switches=weights_form.LABELS,
        has_weights=Ability.WEIGHTS in system.platform.abilities,
        experiment=system.experiments.entry_under_way(named),
        experiment_page=f"/experiments/{segment(named)}",
        schedule=None if scheduled is None else schedule_form.values(scheduled.schedule),
        facts=facts_form.values(facts),
        modes=[mode.value for mode in DialingMode],
        directives=[directive.value for directive in Directive],
        purposes=[purpose.value for purpose in Purpose],
        version=str(observed.version),
        seen_at=observed.at,
    )


@dataclass(frozen=True, slots=True)
class Made:
    """What a page was made of: the campaign's version, and when it was seen by the platform's clock."""

    version: str = ""
    at: datetime | None = None

    def is_newer_than(self, seen: Observed) -> bool:
        """Return whether a look is older than the page itself, and would only set it back."""
        return self.at is not None and seen.at < self.at

    def is_older_than(self, seen: Observed) -> bool:
        """Return whether somebody changed the campaign since."""
        return self.version not in {"", str(seen.version)} and (self.at is None or seen.at > self.at)


def made_of(version: Annotated[str, Query(max_length=200)] = "", at: AwareDatetime | None = None) -> Made:
    """Return what the page was made of, by its stream's address."""
    return Made(version, at)


@router.get("/live/campaigns/{campaign}")
def stream_campaign(
    campaign: Named, request: Request, parts: Here, who: Viewing, made: Annotated[Made, Depends(made_of)]
) -> Response:
    """Stream the live picture of one campaign, and that somebody changed it since the page was made."""
    named = campaign_id(campaign)

    def told(_look: WallLook, seen: Texts) -> tuple[str, Texts]:
        texts = _parts(request, parts, who, named, made)
        if texts is None or texts == seen:
            return "", seen
        return "".join(part(target, text) for target, text in texts.items()), texts

    return followed(request, parts, told, lambda: away_part(parts))


def picture_of(parts: Parts, who: Visitor, campaign: CampaignId, seen: Observed | None = None) -> dict[str, Any]:
    """Return what the live part of the page shows, as the last look has it; `seen` is a newer look at the campaign."""
    row = parts.live.row(campaign)
    if row is not None and seen is not None:
        row = replace(row, observed=seen, frozen=parts.system.freezes.of(campaign) is not None)
    return {
        "row": row,
        "page": f"/campaigns/{segment(campaign)}",
        "needs": [(need, way_of(need, campaign, is_operator=who.is_operator)) for need in (row.needs if row else ())],
        "verbs": verbs_of(row) if row is not None and who.is_operator else [],
        "last_hour": last_hour_of(row),
        "away": parts.live.away,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class LastHour:
    """The last hour of a campaign as it is drawn: two pictures, and the times below them, UTC."""

    occupancy: Markup
    abandonment: Markup
    times: tuple[str, ...]


def last_hour_of(row: WallRow | None) -> LastHour | None:
    """Return the last hour as pictures; None where nothing of it is known."""
    points = () if row is None else row.series
    if len(points) < _FEWEST_DRAWN:
        return None
    busy, dropped = [one.occupancy for one in points], [one.abandonment for one in points]
    occupancy = svg_of_occupancy(busy, f"Occupancy by minute, {_range(busy)}")
    abandonment = svg_of_abandonment(dropped, f"Abandon rate by minute, {_range(dropped)}", ceiling=CEILING)
    marks = [points[round(place * (len(points) - 1) / 4)].at for place in range(5)]
    return LastHour(
        occupancy=Markup(occupancy),  # noqa: S704  # every text in it was escaped where it was drawn
        abandonment=Markup(abandonment),  # noqa: S704  # the same
        times=tuple(f"{one.astimezone(UTC):%H:%M}" for one in marks),
    )


def _range(values: list[float | None]) -> str:
    known = [one for one in values if one is not None]
    return f"from {share(min(known), 1)} to {share(max(known), 1)}" if known else "nothing counted"


def _schedule(parts: Parts, campaign: CampaignId) -> tuple[Observed | None, list[str]]:
    """Return the schedule's own look, which a write names; None, and why, where there can be none."""
    if Ability.SCHEDULE not in parts.system.platform.abilities:
        return None, []
    try:
        return read(parts, campaign, part=Part.SCHEDULE), []
    except PlatformError as error:
        return None, [f"its schedule cannot be looked at: {error.message}"]


def _parts(request: Request, parts: Parts, who: Visitor, campaign: CampaignId, made: Made) -> Texts | None:
    """Return the live parts of the page by the ids of what they stand in; None where the page itself is newer."""
    shown = picture_of(parts, who, campaign)
    row: WallRow | None = shown["row"]
    if row is not None and made.is_newer_than(row.observed):
        return None
    is_old = row is not None and made.is_older_than(row.observed)
    return {
        "picture": rendered(request, "campaign_picture.html", who, **shown),
        "stale": rendered(request, "campaign_stale.html", None, is_old=is_old, row=row, page=shown["page"]),
    }
