"""*Accuracy*: what was predicted of past changes against what was measured; of the rest nothing is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.requests import Request
from fastapi.responses import Response
from markupsafe import Markup

from paceline.campaign.evidence import Accuracy
from paceline.control.predictions.accuracy import FEWEST_RANKED, accuracy_of
from paceline.control.predictions.prediction import Compared, Prediction, Realised, State
from paceline.figures.agreement import Agreement, Dot, svg_of_agreement
from paceline.primitives.ids import campaign_id
from paceline.service.dashboard.evidence_shown import CALLED, WORDS, difference_text, is_share
from paceline.service.dashboard.pages import render, segment
from paceline.service.dashboard.visitors import Viewing
from paceline.service.parts import Here

router = APIRouter(include_in_schema=False)
"""The routes of the accuracy of predictions."""
SHOWN = 100
"""So many changes are listed at most, the last ones."""
DRAWN = 200
"""So many changes are drawn at most, the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricShown:
    """One metric of all changes together: its numbers, and its picture."""

    called: str
    word: str
    told: Accuracy
    picture: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedShown:
    """One metric of one change in words; `realised` is empty until it was measured."""

    called: str
    predicted: str
    realised: str
    covered: bool | None


@router.get("/accuracy")
def show_accuracy(
    request: Request, parts: Here, who: Viewing, campaign: Annotated[str, Query(max_length=128)] = ""
) -> Response:
    """Show what was predicted and what came of it, of all campaigns or of one."""
    named = campaign_id(campaign) if campaign.strip() else None
    found = parts.system.predictions.of(named)
    last = found[-SHOWN:]
    return render(
        request,
        "accuracy.html",
        who,
        campaign=named,
        campaign_page=None if named is None else f"/campaigns/{segment(named)}",
        metrics=[_metric(one, found) for one in accuracy_of(found)],
        counts={state.value: sum(one.state is state for one in found) for state in State},
        rows=[(one, [_compared(metric) for metric in one.metrics]) for one in reversed(last)],
        more=len(found) - len(last),
        fewest=FEWEST_RANKED,
    )


def _metric(told: Accuracy, predictions: Sequence[Prediction]) -> MetricShown:
    called, share = CALLED.get(told.metric, told.metric), is_share(told.metric)
    dots = [
        dot for one in predictions if one.state is State.MEASURED for dot in _dots(one, told.metric)
    ]  # fmt: skip
    picture = Agreement(
        name=f"agreement-{told.metric.replace('_', '-')}",
        title=called,
        unit="points" if share else "an hour",
        factor=100.0 if share else 1.0,
        dots=dots[-DRAWN:],
    )
    drawn = Markup(svg_of_agreement(picture))  # noqa: S704  # every text in it was escaped where it was drawn
    return MetricShown(called=called, word=WORDS.get(told.metric, ""), told=told, picture=drawn)


def _dots(prediction: Prediction, metric: str) -> list[Dot]:
    return [
        Dot(
            said=f"{prediction.campaign}, entry {prediction.entry}",
            predicted=one.predicted,
            measured=one.realised.difference,
            held=bool(one.covered),
        )
        for one in prediction.metrics
        if one.metric == metric and one.realised is not None
    ]


def _compared(one: Compared) -> ComparedShown:
    share = is_share(one.metric)
    return ComparedShown(
        called=CALLED.get(one.metric, one.metric),
        predicted=difference_text(one.predicted.document(), share=share),
        realised="" if one.realised is None else _realised(one.realised, share=share),
        covered=one.covered,
    )


def _realised(found: Realised, *, share: bool) -> str:
    return f"{difference_text(found.difference.document(), share=share)}, {found.blocks} blocks of {found.days} days"
