"""Withdraws changes that wait, and tells apart those that may have been sent already.

Rules:
* What was never going to be sent is closed as expired; from then on nobody keeps an intent of it.
* What may have been sent is not called expired: it is taken off the agenda, so that nobody begins it anew, and its
  entry stays open in the name of the worker that is at it, or of nobody. Whoever is alive closes it with what came of
  it; for the dead, whoever settles entries finds that out.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from paceline.campaign.catalogue import change_of
from paceline.campaign.observed import Stage
from paceline.control.outcome import Expired, Failure, InDoubt, Outcome
from paceline.control.recorder import Recorder
from paceline.control.settlement import change_in
from paceline.ledger.entry import Step
from paceline.ledger.failures import EntryClosedError
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Finding, Findings
from paceline.primitives.ids import EntryId
from paceline.storage.due_work import in_room
from paceline.storage.leases import Leases
from paceline.storage.tables import CONTROL_UNFINISHED, DUE_WORK, LEDGER_ENTRIES

NOBODY = ""
"""The owner of an entry that nobody is at."""
_UNFINISHED = CONTROL_UNFINISHED.c


class UnderWayError(PacelineError):
    """it is being made right now, or was sent and never answered"""

    code = "under-way"


class Withdrawal:
    """Takes changes off the agenda, which is one room of the due work."""

    def __init__(self, *, recorder: Recorder, leases: Leases, room: str) -> None:
        """Close entries here, and remove their work there."""
        self._recorder = recorder
        self._leases = leases
        self._room = room
        self._tenant = recorder.book.tenant

    def withdrawn(self, entry: EntryId, finding: Finding) -> Outcome | None:
        """End a change that waits; in doubt when it may have been sent, None when it has ended by itself.

        Raises:
            UnknownChangeError: this version cannot read it, and it waits still.
            LedgerUnavailableError: it waits still.
        """
        change = change_of(change_in(self._recorder.book.read(entry)))
        outcome = Outcome(change=change, ending=Expired(), findings=Findings(finding), entry=entry)
        try:
            self._recorder.close(entry, outcome, also=lambda connection: self._forget_unsent(connection, entry))
        except EntryClosedError:
            return None
        except UnderWayError as under_way:
            self._recorder.in_transaction(lambda connection: self._leave(connection, entry))
            ending = InDoubt(Failure.of(under_way))
            return Outcome(change=change, ending=ending, findings=Findings(finding), entry=entry)
        return outcome

    def forget(self, connection: Connection, entry: EntryId) -> bool:
        """Take it off the agenda in a transaction of the caller's own; return whether it was there."""
        return self._leases.cancel(connection, self._tenant, self._room, str(entry))

    def is_sent(self, connection: Connection, entry: EntryId) -> bool:
        """Return whether an intent of it was kept, so that it may have been sent."""
        of = LEDGER_ENTRIES.c
        asked = select(of.sequence).where(of.tenant == self._tenant, of.entry == entry, of.step == Step.INTENT.value)
        return connection.execute(asked.limit(1)).first() is not None

    def _forget_unsent(self, connection: Connection, entry: EntryId) -> None:
        # The closing row is there by now, in this transaction: nobody keeps an intent after this look.
        if self.is_sent(connection, entry):
            raise UnderWayError(f"entry {entry} was sent, or is being sent: it tells what comes of it")
        self.forget(connection, entry)

    def _leave(self, connection: Connection, entry: EntryId) -> None:
        ours = (_UNFINISHED.tenant == self._tenant) & (_UNFINISHED.entry == entry)
        left = update(CONTROL_UNFINISHED).where(ours, _UNFINISHED.stage == Stage.WAITING.value)
        # First the entry, then its work: whoever closes it takes them in this order too.
        is_left = connection.execute(left.values(stage=Stage.OPEN.value, owner=NOBODY)).rowcount == 1
        gone = delete(DUE_WORK).where(in_room(self._tenant, self._room), DUE_WORK.c.key == str(entry))
        owner = connection.execute(gone.returning(DUE_WORK.c.owner)).scalar()
        if is_left and owner is not None:
            connection.execute(update(CONTROL_UNFINISHED).where(ours).values(owner=owner))
