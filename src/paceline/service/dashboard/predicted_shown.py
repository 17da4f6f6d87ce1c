"""What was predicted of the last change of a campaign and what was measured since, as its page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from paceline.campaign.forecast import Between
from paceline.control.predictions.measuring import FEWEST_DAYS, TOLD_FROM_DAYS
from paceline.control.predictions.prediction import PROJECTION, Compared, Prediction, State
from paceline.service.dashboard.evidence_shown import CALLED, WORDS, difference_text, is_share
from paceline.service.dashboard.shown import about, spread

BY = {
    PROJECTION: "the projection",
    "twin": "the twin",
    "experiment": "an experiment",
}
"""Who predicted, in words."""
Told = tuple[str, str]
"""A value, and its interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedRow:
    """One metric: what was predicted and measured (None while it cannot be told), and whether that lies within."""

    called: str
    word: str
    predicted: Told
    measured: Told | None
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedShown:
    """The last change that was predicted.

    Attributes:
        what: what was changed.
        by: who predicted.
        entry: of the change.
        since: when the change was first seen live.
        rows: each metric.
        is_measured: whether what was measured is what counts; else it is how it stands so far.
        is_given_up: whether it can never be measured.
        standing: how far it has come, in a sentence.
    """

    what: str
    by: str
    entry: int
    since: datetime
    rows: tuple[PredictedRow, ...]
    is_measured: bool
    is_given_up: bool
    standing: str


def predicted_of(predictions: Sequence[Prediction]) -> PredictedShown | None:
    """Return the last change that is not given up, else the very last one; None where nothing was ever predicted.

    Args:
        predictions: of one campaign, the oldest first.
    """
    living = [one for one in predictions if one.state is not State.GIVEN_UP]
    last = next(reversed(living or [*predictions]), None)
    if last is None:
        return None
    return PredictedShown(
        what="Pacing" if last.is_of_levels else "Weights",
        by=BY.get(last.source, last.source),
        entry=last.entry,
        since=last.at,
        rows=tuple(_row(one, is_level=last.is_of_levels) for one in last.metrics),
        is_measured=last.state is State.MEASURED,
        is_given_up=last.state is State.GIVEN_UP,
        standing=_standing(last),
    )


def value_text(told: Between, metric: str, *, is_level: bool) -> str:
    """Return a level, or a difference, with its interval, in the words of the pages.

    >>> value_text(Between(mean=0.915, low=0.89, high=0.93), "utilisation", is_level=True)
    '91.5 % (89.0 to 93.0)'
    >>> value_text(Between(mean=0.031, low=0.02, high=0.042), "utilisation", is_level=False)
    '+3.10 points (+2.00 to +4.20)'
    """
    share, document = is_share(metric), told.document()
    if not is_level:
        return difference_text(document, share=share)
    return spread(document) if share else about(document)


def _row(one: Compared, *, is_level: bool) -> PredictedRow:
    came = None if one.realised is None else value_text(one.realised.value, one.metric, is_level=is_level)
    return PredictedRow(
        called=CALLED.get(one.metric, one.metric),
        word=WORDS.get(one.metric, ""),
        predicted=_apart(value_text(one.predicted, one.metric, is_level=is_level)),
        measured=None if came is None else _apart(came),
        held=bool(one.covered),
    )


def _apart(text: str) -> Told:
    value, _, interval = text.partition(" (")
    return value, interval.rstrip(")")


def _standing(last: Prediction) -> str:
    came = [one.realised for one in last.metrics if one.realised is not None]
    days, blocks = max((one.days for one in came), default=0), max((one.blocks for one in came), default=0)
    if last.state is State.MEASURED:
        return f"Measured over {blocks} half-hours of {days} days since the change; intervals are of 95 %."
    if last.state is State.GIVEN_UP:
        return f"It was never measured: {last.why}."
    wanted = FEWEST_DAYS - days
    more = f"about {wanted} more day{'' if wanted == 1 else 's'} of dialing" if wanted > 0 else "some more half-hours"
    why = f": {last.why}" if last.why else ""
    if last.is_of_levels and not came:
        return (
            f"Too young to say anything{why}. It says something from {TOLD_FROM_DAYS} days on, and counts after {more}."
        )
    return f"Too young to count{why}. It counts after {more}."
