"""The last look before a change that does not stop leaves: is it still ours to send, and is its campaign not frozen.

Rules:
* It is one read of the database, after the change's turn in line and before every attempt: a process that was
  suspended, or stood in line for minutes, does not send what somebody has ended, frozen or begun anew meanwhile.
* A pause or stop is not looked at again: it may be late, and it may come twice.
* When nobody can tell, nothing is sent.

What remains is the time from this read until the platform takes the request: milliseconds, and at the most a process
that is suspended right there. A freeze waits for whoever is alive; what arrives in that time all the same is seen by
the worker that keeps frozen campaigns stopped (`enforcement`), and told by the process that sent it.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, func, select

from paceline.campaign.observed import Stage
from paceline.control.freezes import Freezes, FrozenError
from paceline.control.kept import Opened
from paceline.control.recorder import Recorder
from paceline.ledger.entry import Step
from paceline.ledger.failures import EntryClosedError
from paceline.primitives.ids import CampaignId
from paceline.storage.prepared import Prepared, Value
from paceline.storage.tables import CONTROL_UNFINISHED, LEDGER_ENTRIES

_OF, _ROW = CONTROL_UNFINISHED.c, LEDGER_ENTRIES.c
_STANDING = Prepared(
    select(_OF.stage, _OF.owner).where(_OF.tenant == bindparam("tenant"), _OF.entry == bindparam("entry"))
)
_INTENTS = Prepared(
    select(func.count())
    .select_from(LEDGER_ENTRIES)
    .where(_ROW.tenant == bindparam("tenant"), _ROW.entry == bindparam("entry"), _ROW.step == Step.INTENT.value)
)
_ON_ITS_WAY = frozenset({Stage.OPEN, Stage.WAITING})
"""Stages of an entry that may be sent: made at once, or made by a worker because its hour has come."""


class LastLook:
    """Looks once more at what is about to be sent."""

    def __init__(self, recorder: Recorder, freezes: Freezes) -> None:
        """Look at the entries of this recorder, and at these latches."""
        self._recorder = recorder
        self._freezes = freezes

    def may_go(self, opened: Opened, campaign: CampaignId, *, number: int) -> None:
        """Return when the try of this number of an entry may be sent.

        Raises:
            FrozenError: somebody froze the campaign, and this resumes it.
            EntryClosedError: somebody has ended the entry, or has it by now.
            LedgerUnavailableError: nobody can tell.
        """
        if not opened.stops:
            self._recorder.looked_up(lambda connection: self._looked(connection, opened, campaign, number))

    def _looked(self, connection: Connection, opened: Opened, campaign: CampaignId, number: int) -> None:
        frozen = self._freezes.within(connection, campaign) if opened.resumes else None
        if frozen is not None:
            raise FrozenError(frozen)
        of: dict[str, Value] = {"tenant": self._recorder.book.tenant, "entry": opened.entry}
        found = _STANDING.run(connection, of)
        if not found or Stage(found[0][0]) not in _ON_ITS_WAY:
            raise EntryClosedError(f"entry {opened.entry} was ended by somebody else before it was sent")
        if Stage(found[0][0]) is Stage.OPEN and found[0][1] != self._recorder.owner.name:
            raise EntryClosedError(f"entry {opened.entry} is not this process's to send any more")
        ((intents,),) = _INTENTS.run(connection, of)
        if intents != number:
            raise EntryClosedError(f"entry {opened.entry} was begun anew by somebody else before it was sent")
