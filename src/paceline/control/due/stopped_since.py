"""The pause or stop that a resumption must not undo: planned for later than it, or ordered since.

Rules:
* A stop that was planned for an earlier hour than the resumption is the other half of one plan.
* One that waits on the platform counts as one that waits here, until something takes its place.
* One that was found to have nothing to do counts: somebody wanted the campaign stopped. So does one that could not be
  sure because this very resumption was on its way. A dry run does not, and a stop that was refused, failed or withdrawn
  told its actor so.
"""

from __future__ import annotations

from datetime import datetime

from paceline.campaign.catalogue import CATALOGUE, AnyChange, change_of, ends_dialing
from paceline.campaign.lifecycle.changes import Resume
from paceline.control.order import order_of
from paceline.control.outcome import Applied, Conflicted, InDoubt, Scheduled, Unchanged
from paceline.control.recorder import SUPERSEDED, Recorder
from paceline.control.settlement import change_in
from paceline.ledger.ended import ended_since
from paceline.ledger.entry import Entry

STANDS = frozenset(ending.word for ending in (Applied, Unchanged, InDoubt, Scheduled, Conflicted))
"""Outcomes of a pause or stop that a resumption of an older plan must not undo."""
_LASTING = frozenset({Scheduled.word})
_STOPS = tuple(kind for kind in CATALOGUE if ends_dialing(kind))


class StoppedSince:
    """Looks in the ledger of one tenant."""

    def __init__(self, recorder: Recorder) -> None:
        """Look in the ledger of this recorder."""
        self._recorder = recorder

    def of(self, entry: Entry, change: AnyChange, due: datetime | None) -> Entry | None:
        """Return the pause or stop that stands against a change, the newest; None when none does.

        Args:
            entry: of the change.
            change: only a resumption is stood against: settings bring no campaign to dial.
            due: for when it was planned; None is what was never planned.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        if not isinstance(change, Resume) or due is None:
            return None
        book, campaign = self._recorder.book, change.campaign
        numbers = self._recorder.looked_up(
            lambda connection: ended_since(
                connection,
                book.tenant,
                campaign=campaign,
                kinds=_STOPS,
                outcomes=STANDS,
                lasting=_LASTING,
                since=entry.number,
            )
        )
        return next((other for other in map(book.read, numbers) if _stands(other, entry, due)), None)


def _stands(other: Entry, entry: Entry, due: datetime) -> bool:
    order = order_of(other)
    if order.dry_run or (other.outcome == Scheduled.word and other.verdict == SUPERSEDED):
        return False
    planned = order.due or change_of(change_in(other)).effective_at
    return planned >= due if planned is not None else other.number > entry.number
