"""Changes that have not come to their end, as documents: what waits, is being made, settles, or is in doubt."""

from __future__ import annotations

from collections.abc import Collection

from paceline.campaign.observed import Stage
from paceline.control.agenda.agenda import Trouble, troubles
from paceline.control.approving.desk import ApprovalDesk
from paceline.control.kept import Unended
from paceline.control.recorder import Recorder
from paceline.ledger.book import Book
from paceline.ledger.entry import Entry
from paceline.ledger.shown import part
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId

_ON_THIS_SIDE = "due"
_ON_THE_PLATFORM = "effective_at"


class UnendedChanges:
    """Tells of changes that have not come to their end."""

    def __init__(self, *, recorder: Recorder, book: Book, desk: ApprovalDesk) -> None:
        """Look them up in the recorder's table, their rows in the book, and what was asked of whom at the desk."""
        self._recorder = recorder
        self._book = book
        self._desk = desk

    def documents(
        self, *, campaigns: Collection[CampaignId] | None = None, stage: Stage | None = None
    ) -> list[dict[str, Json]]:
        """Return them as JSON shows them, the oldest first.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        found, known = self._recorder.unended(campaigns=campaigns, stage=stage), troubles(self._recorder)
        return [self._document(one, known.get(one.entry)) for one in found]

    def stage_of(self, entry: Entry) -> Stage | None:
        """Return how far a change has come, None when it has ended, or is none.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        found = [] if entry.campaign is None else self._recorder.unended(campaigns=[entry.campaign])
        return next((one.stage for one in found if one.entry == entry.number), None)

    def _document(self, one: Unended, trouble: Trouble | None) -> dict[str, Json]:
        entry = self._book.read(one.entry)
        reason = entry.rows[0].document["reason"]
        asked = self._desk.of(one.entry) if one.stage is Stage.WAITS_FOR_APPROVAL else None
        told: dict[str, Json] = {
            "entry": one.entry,
            "status": one.stage.value,
            "kind": one.kind,
            "campaign": one.campaign,
            "due": due_of(entry),
            "by": one.actor,
            "reason": reason,
        }
        if asked is not None:
            told["approve_until"] = asked.document()["until"]
        if trouble is not None:
            told |= {"trouble": trouble.error, "put_aside": trouble.is_aside}
        return told


def due_of(entry: Entry) -> str | None:
    """Return the instant that an entry is for, as JSON shows it: ours, or the platform's; None when it is for now."""
    details = part(entry.rows[0].document, "details")
    due = details.get(_ON_THIS_SIDE) or part(details, "change").get(_ON_THE_PLATFORM)
    return None if due is None else str(due).replace("+00:00", "Z")
