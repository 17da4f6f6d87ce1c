"""Joins what is told beside the subscribers: runs at a tracking server, and predictions that are measured."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.weights.changes import SetWeights
from paceline.control.predictions.kept import Predictions
from paceline.control.predictions.turns import PredictionTurns
from paceline.control.telling.tuning_news import TuningNews
from paceline.control.tracked.turns import TrackedRuns
from paceline.control.work.tasks import Task
from paceline.figures.evidence import differences_in, svg_of_differences
from paceline.ledger.entry import Step
from paceline.tracking.run import Picture

if TYPE_CHECKING:
    from paceline.campaign.ports import Platform
    from paceline.control.recorder import Recorder
    from paceline.ledger.book import Book
    from paceline.ledger.entry import Actor, Entry
    from paceline.ledger.readings import Readings
    from paceline.settings import Settings
    from paceline.tracking.run import Tracker

SVG = "image/svg+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningReceiver:
    """Whom the platform itself is to tell of weights.

    Attributes:
        url: where.
        keep_secret: keeps what the platform signs with, under its name of the webhook; tells where, in words.
    """

    url: str = field(repr=False)
    keep_secret: Callable[[str, str], str]


class Parts(Protocol):
    """What these are joined of; a whole system has all of it."""

    platform: Platform
    recorder: Recorder
    readings: Readings
    book: Book
    actor: Actor
    predictions: Predictions

    def closes(self, close: Callable[[], None]) -> None:
        """Have something else closed with it."""
        ...


def tasks_beside(parts: Parts, tracker: Callable[[], Tracker] | None) -> tuple[Task, ...]:
    """Return what a worker does here: ask what came of predictions, and send runs where a tracking server is named."""
    turns = PredictionTurns(
        parts.platform,
        predictions=parts.predictions,
        book=parts.book,
        readings=parts.readings,
        actor=parts.actor,
        kinds=(SetWeights.kind, SetPacing.kind),
    )
    if tracker is None:
        return (turns,)
    runs = TrackedRuns(parts.recorder, tracker, actor=parts.actor, pictures=pictures_of)
    parts.closes(runs.close)
    return turns, runs


def tracker_of(settings: Settings) -> Callable[[], Tracker] | None:
    """Return what makes the tracking server that the settings name, when it is first needed; None where none is."""
    url, token = settings.telling.mlflow_url, settings.telling.mlflow_token
    if url is None:
        return None

    def tracker() -> Tracker:
        from paceline.tracking.mlflow import MlflowServer

        return MlflowServer(url, token=token)

    return tracker


def tuning_news(parts: Parts, receiver: TuningReceiver | None) -> TuningNews | None:
    """Return what has the platform itself tell of weights; None where nobody is named."""
    if receiver is None:
        return None
    return TuningNews(parts.platform, parts.book, url=receiver.url, keep_secret=receiver.keep_secret, actor=parts.actor)


def receiver_of(settings: Settings) -> TuningReceiver | None:
    """Return whom the platform is to tell of weights by the settings; None where nobody is named."""
    url, folder = settings.telling.ml_webhook_url, settings.data_folder / "platform-webhooks"
    if url is None:
        return None

    def keep_secret(webhook: str, secret: str) -> str:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = "".join(one for one in webhook if one.isalnum() or one in "-_")[:100] or "webhook"
        place = folder / f"{name}.secret"
        with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{secret}\n")
        return str(place)

    return TuningReceiver(url=url, keep_secret=keep_secret)


def pictures_of(entry: Entry) -> tuple[Picture, ...]:
    """Return the pictures that go beside the run of an entry: what data said of a change of weights."""
    row = next((one for one in entry.rows if one.step is Step.CLOSED), None)
    details = None if row is None else row.document.get("details")
    evidence = details.get("evidence") if isinstance(details, Mapping) else None
    found = differences_in(evidence) if isinstance(evidence, Mapping) else ()
    if not found:
        return ()
    drawn = svg_of_differences(f"What data said of new weights of {entry.campaign}", found)
    return (Picture(name="predicted.svg", content=drawn.encode(), media_type=SVG),)
