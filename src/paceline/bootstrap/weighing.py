"""Joins who tells what data say of new weights: what was measured goes before what a twin predicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Protocol

from paceline.campaign.evidence import Evidence, Lack, NoEvidence
from paceline.control.experiments.experiments import Experiments
from paceline.control.experiments.weighing import SPEAKS_FOR, ExperimentWeigher
from paceline.control.predictions.accuracy import accuracy_of
from paceline.control.predictions.kept import Predictions
from paceline.control.weighing.asks import asked_before
from paceline.storage.database import Database

if TYPE_CHECKING:
    from paceline.campaign.weigher import WeighAsked, Weigher
    from paceline.ledger.book import Book
    from paceline.primitives.ids import CampaignId

_NOTHING = NoEvidence(
    lack=Lack.NO_DATA,
    why="there is neither a twin of the campaign nor a finished experiment of these weights",
    advice="fit one: paceline twin fit ID, or have an experiment decide: paceline experiment plan ID",
)


class Parts(Protocol):
    """What data are kept in; a whole system has all of it."""

    database: Database
    book: Book
    experiments: Experiments
    predictions: Predictions


class FirstThatKnows:
    """Asks one after the other, and believes the first that can say anything."""

    def __init__(self, weighers: tuple[Weigher, ...], *, predictions: Predictions) -> None:
        """Ask these, the most trusted first; without any nobody can ever say. `predictions` tells how well they did."""
        self._weighers = weighers
        self._predictions = predictions

    def at_hand(
        self, campaign: CampaignId, *, split: Decimal | None, named: Mapping[str, Decimal] | None = None
    ) -> NoEvidence | None:
        """Return why none of them can say anything, in the words of the last; None where one may."""
        lacking: NoEvidence | None = _NOTHING
        for one in self._weighers:
            lacking = one.at_hand(campaign, split=split, named=named)
            if lacking is None:
                return None
        return lacking

    def weigh(self, asked: WeighAsked) -> Evidence | NoEvidence:
        """Return the evidence of the first that has any, or why the last has none."""
        found: Evidence | NoEvidence = _NOTHING
        for one in self._weighers:
            found = one.weigh(asked)
            if isinstance(found, Evidence) and (old := _too_old(found, asked)) is not None:
                found = old
            if isinstance(found, NoEvidence) and found.is_final:
                return found
            if isinstance(found, Evidence):
                known = accuracy_of(self._predictions.of(asked.observed.campaign), source=found.source.value)
                return replace(found, accuracy=known)
        return found


def _too_old(found: Evidence, asked: WeighAsked) -> NoEvidence | None:
    """Return that a twin's data are too old for anybody to know whether the world is still theirs; None of others."""
    twin, campaign = found.twin, asked.observed.campaign
    if twin is None or asked.observed.at - twin.data_until <= SPEAKS_FOR:
        return None
    ago = f"{SPEAKS_FOR.days} days"
    why = (
        f"the twin's data end on {twin.data_until:%Y-%m-%d}, more than {ago} ago: nobody knows whether they still hold"
    )
    return NoEvidence(lack=Lack.DRIFTED, why=why, advice=f"on newer data: paceline twin fit {campaign}", twin=twin)


def weigher_of(parts: Parts) -> Callable[[], Weigher]:
    """Return what makes who weighs for a system, when it is first asked."""
    made: list[Weigher] = []

    def weigher() -> Weigher:
        if not made:
            from paceline.twin.kept import Twins
            from paceline.twin.weighing import TwinWeigher

            measured = ExperimentWeigher(parts.experiments)
            twins = Twins(parts.database, parts.book)
            predicted = TwinWeigher(twins.of, asked_before=partial(asked_before, parts.book))
            made.append(FirstThatKnows((measured, predicted), predictions=parts.predictions))
        return made[0]

    return weigher
