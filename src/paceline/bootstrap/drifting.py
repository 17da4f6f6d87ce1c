"""Joins who watches kept twins for drift with who is told of it, and with the experiments that it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from paceline.campaign.catalogue import change_of
from paceline.campaign.ports import Platform
from paceline.campaign.weights.changes import SetWeights
from paceline.control.drift_watch import DriftWatch
from paceline.control.experiments.desk import ExperimentDesk
from paceline.control.experiments.experiments import NoExperimentError
from paceline.control.experiments.steering import ExperimentStateError
from paceline.control.order import Order
from paceline.control.settlement import change_in
from paceline.control.telling.announcing import Announcer
from paceline.ledger.book import Book
from paceline.ledger.entry import Query
from paceline.twin.kept import Twins
from paceline.twin.ladder import Certified

if TYPE_CHECKING:
    from paceline.ledger.entry import Actor
    from paceline.primitives.ids import CampaignId, EntryId
    from paceline.storage.database import Database


class Watched(Protocol):
    """What drift is watched for in, told by and acted on."""

    platform: Platform
    database: Database
    book: Book
    actor: Actor
    crier: Announcer
    experiment_desk: ExperimentDesk


def drift_watch_of(system: Watched) -> DriftWatch:
    """Return the task that watches the kept twins of a system for drift, tells of it and holds experiments."""

    def hold(campaign: CampaignId, why: str) -> EntryId | None:
        try:
            order = Order(actor=system.actor, reason=f"the twin has drifted: {why}")
            return system.experiment_desk.pause(campaign, order).entry
        except (NoExperimentError, ExperimentStateError):
            return None

    return DriftWatch(
        system.platform,
        lambda: Twins(system.database, system.book, tell=system.crier.noted),
        actor=system.actor,
        hold=hold,
        certified=lambda campaign: certified_of(system.book, campaign),
    )


def certified_of(book: Book, campaign: CampaignId) -> Certified | None:
    """Return the last weights of a campaign that were applied and judged on data; None where none were.

    Raises:
        LedgerUnavailableError: it cannot be read now.
    """
    for entry in reversed(book.entries(Query(campaign=campaign, kind=SetWeights.kind, outcome="applied"))):
        change = change_of(change_in(entry))
        if isinstance(change, SetWeights) and change.asks_data and entry.closed is not None:
            return Certified(entry=entry.number, at=entry.closed.at)
    return None
