"""The twin of a campaign: whether it has earned its say, what it held of days it had not seen, whether it drifted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.requests import Request
from fastapi.responses import Response
from markupsafe import Markup

from paceline.campaign.ceilings import tightest
from paceline.campaign.observed import Observed, Part, Situation
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, campaign_id
from paceline.service.dashboard.columns import columns, told
from paceline.service.dashboard.pages import render, segment
from paceline.service.dashboard.settings_page import Named
from paceline.service.dashboard.visitors import Viewing
from paceline.service.dashboard.whiskers import Ends, whisker
from paceline.service.parts import Here, Parts
from paceline.service.twin_told import kept_twin, twin_document

if TYPE_CHECKING:
    from paceline.twin.model import Twin

router = APIRouter(include_in_schema=False)
"""The routes of twins."""
COVERED: Ends = (0.70, 1.0)
"""What a picture of coverage shows, fractions."""
_CALLED = {"answers": "Answers", "abandons": "Abandoned calls", "utilisation": "Occupancy", "mean_wait": "Mean wait"}
_RUNGS = {
    "widen": "Plan with a wider guard-band: the twin is to be believed a step less than it says.",
    "freeze": "Tuning is frozen: new weights are refused until the twin is fitted again; what was live before may come "
    "back.",
    "progressive": "Let dialing fall back to progressive: ease it off.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure, ready to be shown.

    Attributes:
        called: its name.
        covered: how often its intervals held, with the interval of that.
        held: what it was held against: half-hours and days.
        skill: against the same half-hour a week before; None where there was none.
        why: what it failed; empty when it passed.
        picture: the coverage with the target behind it.
        pit, tenths: in which tenth of what was predicted the measured values lay, drawn and in words.
    """

    called: str
    covered: str
    held: str
    skill: float | None
    why: str
    picture: Markup
    pit: Markup
    tenths: str


@router.get("/campaigns/{campaign}/twin")
def show_twin(campaign: Named, request: Request, parts: Here, who: Viewing) -> Response:
    """Show the twin of a campaign, or what to do where it has none."""
    named = campaign_id(campaign)
    twin = kept_twin(parts.system, named)
    seen, away = _seen(parts, named, must=twin is None)
    document: Mapping[str, Any] | None = None if twin is None else twin_document(twin)
    return render(
        request,
        "twin.html",
        who,
        campaign=named,
        name=named if seen is None else seen.name or named,
        page=f"/campaigns/{segment(named)}",
        twin=document,
        measures=[] if document is None else _measures(document["measures"]),
        ladder=() if twin is None or twin.drifted is None or seen is None else _ladder(parts, twin, seen),
        protected=None if seen is None or seen.tuning is None else seen.tuning.drift_protection,
        away=away,
    )


@router.get("/campaigns/{campaign}/twin/standing")
def show_standing(campaign: Named, request: Request, parts: Here, who: Viewing) -> Response:
    """Show in a line whether the twin has a say: the part of a campaign's page that stands beside its weights."""
    named = campaign_id(campaign)
    twin = kept_twin(parts.system, named)
    if twin is None:
        parts.system.foresight.seen(named, Part.CAMPAIGN)  # a campaign that there is none of is said to be none
    return render(
        request,
        "twin_standing.html",
        who,
        twin=None if twin is None else twin_document(twin),
        campaign=named,
        page=f"/campaigns/{segment(named)}",
    )


def _seen(parts: Parts, campaign: CampaignId, *, must: bool) -> tuple[Observed | None, str | None]:
    """Return the campaign, or why it cannot be looked at; without a twin a campaign that is none is said to be none."""
    try:
        return parts.system.foresight.seen(campaign, Part.CAMPAIGN), None
    except PacelineError as error:
        if must:
            raise
        return None, error.message


def _measures(found: Sequence[Mapping[str, Any]]) -> list[Measure]:
    return [_measure(one) for one in found]


def _measure(one: Mapping[str, Any]) -> Measure:
    from paceline.twin.judging import TARGET_HIGH, TARGET_LOW

    called = _CALLED.get(one["measure"], one["measure"])
    low, covered, high = (float(one[end]) for end in ("low", "covered", "high"))
    text = f"{covered * 100:.1f} % ({low * 100:.1f} to {high * 100:.1f})"
    tenths = told(one["pit"])
    return Measure(
        called=called,
        covered=text,
        held=f"{one['half_hours']} half-hours of {one['days']} days",
        skill=one["skill"],
        why=one["why"],
        picture=whisker(
            (low, covered, high),
            f"{called}: the 90 % intervals held {text}",
            span=COVERED,
            zero=0.9,
            band=(TARGET_LOW, TARGET_HIGH),
            kind="bad" if one["why"] else "good",
        ),
        pit=columns(one["pit"], f"PIT of {called}, by tenth: {tenths}"),
        tenths=tenths,
    )


def _ladder(parts: Parts, twin: Twin, seen: Observed) -> tuple[tuple[str, bool], ...]:
    """Return what a drift asks for, each step with whether it is reached; what was abandoned since is not asked for."""
    from paceline.twin.ladder import Rung, Standing, step_of

    law, abilities = parts.system.law, parts.system.platform.abilities
    circumstances = law.circumstances(seen.campaign)
    around = Situation(
        observed=seen, abilities=abilities, now=seen.at, rulebook=law.rulebook, circumstances=circumstances
    )
    step = step_of(
        Standing(
            drifted=twin.drifted,
            protected=seen.tuning is not None and seen.tuning.drift_protection,
            now=seen.at,
            abandonment=None,
            ceiling=float(tightest(around)),
        )
    )
    return tuple((_RUNGS[rung.name.lower()], rung <= step.rung) for rung in Rung if rung is not Rung.NONE)
