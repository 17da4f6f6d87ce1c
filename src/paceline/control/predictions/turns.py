"""The task that returns to predictions: takes up new ones, asks what came of them, and ends them.

Rules:
* A change of weights that took effect on evidence has a prediction, also where only a later look told that it did.
  Switches of an experiment and undone changes have no evidence, and none. A change of pacing that was projected has
  one; what can only lower abandonment is not projected.
* A prediction is looked at once in `LOOKED_EVERY` of the platform's time: one request, and one more while the
  platform's own simulation of it has told nothing.
* It is measured once every metric can be; given up when something else was seen live before that, or after `LONGEST`.
* What was measured is noted and told with how well all predictions of the campaign agree, this one included.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

from paceline.campaign.observed import Ability, Observed
from paceline.campaign.ports import NotFoundError, Platform
from paceline.campaign.simulations import SimulationStatus
from paceline.control.looks import reading_of
from paceline.control.platform_time import PlatformTime
from paceline.control.predictions.accuracy import accuracy_of
from paceline.control.predictions.kept import Predictions
from paceline.control.predictions.measuring import SETTLE, Block, Missing, blocks_of, lacking, level, realised
from paceline.control.predictions.prediction import (
    PROJECTION,
    Compared,
    Prediction,
    Realised,
    State,
    predicted_in,
    projected_in,
)
from paceline.control.predictions.spans import Spans, spans_of
from paceline.control.weighing.weighed import EVIDENCE, FORECAST, SIMULATION, said_of, took_effect
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Entry, Query
from paceline.ledger.readings import Readings
from paceline.primitives.canonical import Json
from paceline.primitives.ids import EntryId

LOOKED_EVERY = timedelta(hours=6)
LONGEST = timedelta(days=30)
"""After a change, when what was not measured by then never is."""
LOOKED_BACK = timedelta(days=14)
"""Before a change: two of each weekday."""
TURN_S = 60.0
_PAGE = 200
"""Entries that are looked at together for new predictions; the ones before them too, as long as there are new ones."""
_ENDINGS = ("applied", "in_doubt", "failed")
"""How an entry may have ended whose change took effect; of the last two a later look tells."""


class PredictionTurns:
    """Returns to the predictions of one tenant."""

    def __init__(
        self,
        platform: Platform,
        *,
        predictions: Predictions,
        book: Book,
        readings: Readings,
        actor: Actor,
        kinds: tuple[str, ...],
    ) -> None:
        """Join what is asked and where it is kept.

        Args:
            platform: that is asked.
            predictions: that are kept.
            book: with the changes.
            readings: what was seen of campaigns.
            actor: who notes what was measured.
            kinds: of the changes that have predictions.
        """
        self._platform = platform
        self._predictions = predictions
        self._book = book
        self._readings = readings
        self._actor = actor
        self._kinds = kinds
        self._looked: dict[EntryId, datetime] = {}
        self._has_looked_back = False

    @property
    def every_s(self) -> float:
        """Return how long a worker leaves between two calls, seconds of ours."""
        return TURN_S

    def run(self, time: PlatformTime) -> int:
        """Look at what is due, and return how many predictions were ended.

        Raises:
            PlatformError: the platform is away.
            LedgerUnavailableError: nothing was kept.
        """
        now = time.now()
        if now is None or Ability.STATISTICS not in self._platform.abilities:
            return 0
        self._take_up()
        ended = 0
        for one in self._predictions.of(state=State.RUNNING):
            looked = self._looked.get(one.entry)
            if looked is None or not timedelta() <= now - looked < LOOKED_EVERY:
                ended += self._look(one, now)
                self._looked[one.entry] = now
        return ended

    def _take_up(self) -> None:
        """Keep predictions of changes that were applied and that none is kept of."""
        known = self._predictions.known()
        # Once in the life of a process it looks as far back as anything can still be measured.
        since = None if self._has_looked_back else self._book.now() - LONGEST
        for kind, ending in product(self._kinds, _ENDINGS):
            before: int | None = None
            while True:
                asked = Query(kind=kind, outcome=ending, since=since, before=before, limit=_PAGE)
                found = self._book.entries(asked)
                made = [one for one in map(_prediction, found) if one is not None and one.entry not in known]
                for one in made:
                    self._predictions.begin(one)
                if len(found) < _PAGE or (self._has_looked_back and not made):
                    break
                before = min(one.number for one in found)
        self._has_looked_back = True

    def _look(self, prediction: Prediction, now: datetime) -> int:
        """Look at one, keep what was found, and return 1 when it has ended."""
        try:
            observed = self._platform.read(prediction.campaign)
        except NotFoundError:
            return self._end(replace(prediction, state=State.GIVEN_UP, why="the campaign is no longer there"))
        # What somebody changed while nobody looked must end the span before it is measured.
        self._readings.keep([reading_of(observed)])
        prediction = self._simulated(prediction)
        spans = spans_of(self._readings.sightings(prediction.campaign), prediction.entry, self._names(observed))
        if spans is None:
            why = "nobody saw what was live before the change"
            return self._end(replace(prediction, state=State.GIVEN_UP, why=why))
        prediction, missing = self._measured(replace(prediction, at=spans.at), spans, now)
        if missing is None:
            return self._end(replace(prediction, state=State.MEASURED, why=""))
        if spans.until is not None:
            why = f"something else was live soon after {_told(spans.until)}: {missing}"
            return self._end(replace(prediction, state=State.GIVEN_UP, why=why))
        if now - spans.at > LONGEST:
            why = f"not measured within {LONGEST.days} days: {missing}"
            return self._end(replace(prediction, state=State.GIVEN_UP, why=why))
        self._predictions.keep(replace(prediction, why=missing), actor=self._actor)
        return 0

    def _end(self, prediction: Prediction) -> int:
        others = [one for one in self._predictions.of(prediction.campaign) if one.entry != prediction.entry]
        found = accuracy_of([*others, prediction], source=prediction.source)
        accuracy: list[Json] = [one.document() for one in found]
        details: dict[str, Json] = {"accuracy": accuracy}
        return int(self._predictions.keep(prediction, actor=self._actor, details=details))

    def _measured(self, prediction: Prediction, spans: Spans, now: datetime) -> tuple[Prediction, str | None]:
        """Return the prediction with what can be measured, and what is missing for the rest; None when nothing is."""
        since, until = max(spans.before, spans.at - LOOKED_BACK), spans.until or now
        told = self._platform.measured(prediction.campaign, since=since, until=until, by_minute=True)
        before = blocks_of(told.minutes, since=since, until=spans.at)
        after = blocks_of(told.minutes, since=spans.at + SETTLE, until=min(until, told.at))
        if prediction.is_of_levels:
            levels = [replace(one, realised=level(after, one.metric)) for one in prediction.metrics]
            return replace(prediction, metrics=tuple(levels)), _lacking(after, levels)
        rows, missing = [], None
        for one in prediction.metrics:
            found = realised(before, after, one.metric)
            if isinstance(found, Missing):
                missing = found.why
            rows.append(replace(one, realised=found if isinstance(found, Realised) else None))
        return replace(prediction, metrics=tuple(rows)), missing

    def _simulated(self, prediction: Prediction) -> Prediction:
        """Return the prediction with what the platform's own simulation told, once it is over."""
        known = prediction.simulation
        if not isinstance(known, Mapping) or "status" in known or Ability.SIMULATION not in self._platform.abilities:
            return prediction
        try:
            told = self._platform.simulation(str(known.get("id")))
        except NotFoundError:
            return replace(prediction, simulation={**known, "status": "gone"})
        if told.status is SimulationStatus.RUNNING:
            return prediction
        return replace(prediction, simulation={**known, **told.document()})

    def _names(self, observed: Observed) -> set[str]:
        aspects = ("weights", "pacing", "dialing")
        return {name for aspect in aspects for name in self._platform.block(observed, aspect) or {}}


def _prediction(entry: Entry) -> Prediction | None:
    closed, said = entry.closed, said_of(entry)
    if closed is None or entry.campaign is None or not took_effect(entry):
        return None
    evidence, forecast = said.get(EVIDENCE), said.get(FORECAST)
    source, metrics = PROJECTION, projected_in(forecast) if isinstance(forecast, Mapping) else ()
    if isinstance(evidence, Mapping):
        source, metrics = str(evidence.get("source")), predicted_in(evidence)
    if not metrics:
        return None
    return Prediction(
        entry=entry.number,
        campaign=entry.campaign,
        at=closed.at,
        source=source,
        metrics=metrics,
        simulation=said.get(SIMULATION),
    )


def _lacking(after: tuple[Block, ...], levels: list[Compared]) -> str | None:
    """Return what is missing before levels are measured; None where each was, on days enough."""
    missing = lacking(after)
    if missing is None and any(one.realised is None for one in levels):
        return "the days since the change do not show how far days differ"
    return missing


def _told(instant: datetime) -> str:
    return instant.isoformat(timespec="minutes").replace("+00:00", "Z")
