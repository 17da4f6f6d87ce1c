"""The predictions of one tenant, kept beside its ledger: a row for each change that was applied on evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection, insert, select, update

from paceline.control.predictions.prediction import Prediction, State
from paceline.control.recorder import Recorder
from paceline.control.telling.announcing import Crier
from paceline.ledger import drafts
from paceline.ledger.entry import Actor, Deed, instant_text
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.weights_tables import CONTROL_PREDICTIONS

MEASURED, PACING_MEASURED = "weights.measured", "pacing.measured"
"""The kinds of the note, and the types of the news, of a prediction of weights, or of pacing, that was measured."""
_OF = CONTROL_PREDICTIONS.c


class Predictions:
    """Keeps predictions; serves all threads, and any number of processes on one database."""

    def __init__(self, recorder: Recorder, crier: Crier) -> None:
        """Keep them beside this recorder's ledger, and have the crier tell what was measured."""
        self._recorder = recorder
        self._crier = crier
        self._tenant = recorder.book.tenant

    def known(self) -> frozenset[EntryId]:
        """Return the changes that a prediction is kept of.

        Raises:
            LedgerUnavailableError: it cannot be read now.
        """
        asked = select(_OF.entry).where(_OF.tenant == self._tenant)
        found = self._recorder.looked_up(lambda connection: connection.execute(asked).scalars().all())
        return frozenset(EntryId(one) for one in found)

    def begin(self, prediction: Prediction) -> bool:
        """Keep a new prediction; return whether nobody had.

        Raises:
            LedgerUnavailableError: it was not kept.
        """
        made = False

        def work(connection: Connection) -> None:
            nonlocal made
            made = False
            self._recorder.book.hold(connection)  # nobody else keeps the same one between the look and the row
            ours = (_OF.tenant == self._tenant, _OF.entry == prediction.entry)
            if connection.execute(select(_OF.entry).where(*ours)).scalar_one_or_none() is None:
                connection.execute(insert(CONTROL_PREDICTIONS).values(**self._row(prediction)))
                made = True

        self._recorder.in_transaction(work)
        return made

    def keep(self, prediction: Prediction, *, actor: Actor, details: Mapping[str, Json] | None = None) -> bool:
        """Keep how far a running prediction has come; return False where somebody else has ended it.

        Args:
            prediction: as it is now; one that is to be told is noted in the ledger, and told.
            actor: who notes it.
            details: what the note says beside the prediction.

        Raises:
            LedgerUnavailableError: nothing was kept.
        """
        kept = False

        def work(connection: Connection) -> None:
            nonlocal kept
            ours = (_OF.tenant == self._tenant, _OF.entry == prediction.entry, _OF.state == State.RUNNING.value)
            changed = update(CONTROL_PREDICTIONS).where(*ours).values(**self._row(prediction))
            kept = connection.execute(changed).rowcount == 1
            if kept and prediction.is_told:
                self._note(connection, prediction, actor, details or {})

        self._recorder.in_transaction(work)
        return kept

    def of(self, campaign: CampaignId | None = None, *, state: State | None = None) -> list[Prediction]:
        """Return predictions, the oldest first: of one campaign or of all, in one state or in any.

        Raises:
            LedgerUnavailableError: they cannot be read now.
        """
        asked = select(_OF.document).where(_OF.tenant == self._tenant).order_by(_OF.entry)
        asked = asked if campaign is None else asked.where(_OF.campaign == campaign)
        asked = asked if state is None else asked.where(_OF.state == state.value)
        found = self._recorder.looked_up(lambda connection: connection.execute(asked).scalars().all())
        return [Prediction.of(json.loads(one)) for one in found]

    def _note(self, connection: Connection, prediction: Prediction, actor: Actor, details: Mapping[str, Json]) -> None:
        said: dict[str, Json] = {**prediction.document(), **details}
        kind = PACING_MEASURED if prediction.is_of_levels else MEASURED
        deed = Deed(kind=kind, actor=actor, campaign=prediction.campaign, details=said)
        row = self._recorder.book.put(connection, drafts.noted(deed, at=self._recorder.book.now()))
        self._crier.noted(connection, row, kind)

    def _row(self, prediction: Prediction) -> dict[str, object]:
        return {
            "tenant": self._tenant,
            "entry": prediction.entry,
            "campaign": prediction.campaign,
            "state": prediction.state.value,
            "made_at": instant_text(prediction.at),
            "document": canonical_json(prediction.document()),
        }
