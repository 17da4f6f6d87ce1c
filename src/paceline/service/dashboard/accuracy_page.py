"""*Accuracy*: what was predicted of past changes against what was measured; of the rest nothing is told.

Who predicted is told apart: a projection of pacing, a twin and an experiment of weights are right and wrong for reasons
of their own, and a number of all of them together would say nothing of any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.requests import Request
from fastapi.responses import Response
from markupsafe import Markup

from paceline.campaign.evidence import Accuracy
from paceline.control.predictions.accuracy import FEWEST_RANKED, accuracy_by_source
from paceline.control.predictions.prediction import PROJECTION, Compared, Prediction, Realised, State
from paceline.figures.agreement import Agreement, Dot, svg_of_agreement
from paceline.primitives.ids import campaign_id
from paceline.service.dashboard.evidence_shown import CALLED, WORDS, is_share
from paceline.service.dashboard.pages import render, segment
from paceline.service.dashboard.predicted_shown import BY, value_text
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
class SourceShown:
    """Who predicted: the changes of which, how many of them stand where, and how well each metric agrees."""

    source: str
    called: str
    counts: dict[str, int]
    metrics: list[MetricShown]


SOURCES = {
    PROJECTION: "Pacing, by the projection",
    "twin": "Weights, by the twin",
    "experiment": "Weights, by experiments",
}
"""What predictions of each source are called, in the order of the page."""


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
        sources=_sources(found),
        by=BY,
        rows=[(one, [_compared(one, metric) for metric in one.metrics]) for one in reversed(last)],
        more=len(found) - len(last),
        fewest=FEWEST_RANKED,
    )


def _sources(found: Sequence[Prediction]) -> list[SourceShown]:
    known, agreeing = {one.source for one in found}, accuracy_by_source(found)
    shown = []
    for source in (*SOURCES, *sorted(known - SOURCES.keys())):
        own = [one for one in found if one.source == source]
        counts = {state.value: sum(one.state is state for one in own) for state in State}
        metrics = [_metric(one, own) for one in agreeing.get(source, ())]
        if own:
            shown.append(
                SourceShown(source=source, called=SOURCES.get(source, source), counts=counts, metrics=metrics)
            )  # fmt: skip
    return shown


def _metric(told: Accuracy, predictions: Sequence[Prediction]) -> MetricShown:
    """Return one metric of predictions that are all of one source, and at least one."""
    is_level, source = predictions[0].is_of_levels, predictions[0].source
    called, share = CALLED.get(told.metric, told.metric), is_share(told.metric)
    dots = [
        dot for one in predictions if one.state is State.MEASURED for dot in _dots(one, told.metric)
    ]  # fmt: skip
    picture = Agreement(
        name=f"agreement-{source}-{told.metric.replace('_', '-')}",
        title=called,
        unit=("%" if is_level else "points") if share else "an hour",
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
            measured=one.realised.value,
            held=bool(one.covered),
        )
        for one in prediction.metrics
        if one.metric == metric and one.realised is not None
    ]


def _compared(of: Prediction, one: Compared) -> ComparedShown:
    is_level = of.is_of_levels
    return ComparedShown(
        called=CALLED.get(one.metric, one.metric),
        predicted=value_text(one.predicted, one.metric, is_level=is_level),
        realised="" if one.realised is None else _realised(one.realised, one.metric, is_level=is_level),
        covered=one.covered,
    )


def _realised(found: Realised, metric: str, *, is_level: bool) -> str:
    return f"{value_text(found.value, metric, is_level=is_level)}, {found.blocks} blocks of {found.days} days"
