"""The resumptions that may still arrive after a pause or stop that finds its campaign stopped, and so sends nothing.

Rules:
* On its way is what somebody is at, or sent without an answer; also what waited for its hour or for approval when a
  worker or an approver has begun it, or an intent of it was kept.
* What waits, was sent without an answer, and is in nobody's hands cannot arrive once its campaign has moved on from the
  version that it named.
* They are looked for before the campaign is looked at. What is begun after that finds the entry of the stop.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial

from paceline.campaign.catalogue import ends_dialing
from paceline.campaign.observed import Ability, Observed, Stage
from paceline.control.agenda.agenda import begun_by_workers
from paceline.control.kept import Unended
from paceline.control.recorder import Recorder
from paceline.ledger.failures import at_the_ledger
from paceline.primitives.ids import EntryId

_MAY_COME = frozenset({Stage.OPEN, Stage.IN_DOUBT, Stage.WAITING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """A resumption that may arrive; `judged` is the only version that it can arrive at, None when it can at any.

    `worker` is who has begun one that waited, None otherwise.
    """

    other: Unended
    judged: str | None = None
    worker: str | None = None

    def may_arrive(self, observed: Observed, abilities: Collection[Ability]) -> bool:
        """Return whether it may still let the campaign dial that was seen after it was looked for."""
        return self.judged in {None, observed.version} or Ability.PRECONDITION not in abilities


def may_come(others: Iterable[Unended]) -> bool:
    """Return whether any of these entries may be, or come to be, on its way."""
    return any(not ends_dialing(other.kind) for other in others)


class OnItsWay:
    """Looks for resumptions in the ledger of one tenant."""

    def __init__(self, recorder: Recorder) -> None:
        """Look in the ledger of this recorder."""
        self._recorder = recorder

    def of(self, others: Iterable[Unended]) -> tuple[Coming, ...]:
        """Return what is on its way now of the entries that stood open when a pause or stop was opened.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        resuming = {other.entry: other for other in others if not ends_dialing(other.kind)}
        if not resuming:
            return ()
        campaigns = {other.campaign for other in resuming.values()}
        now = [one for one in self._recorder.unended(campaigns=campaigns) if one.entry in resuming]
        coming = [one for one in now if one.stage in _MAY_COME]
        begun = begun_by_workers(self._recorder) if any(one.stage is Stage.WAITING for one in coming) else {}
        return tuple(found for found in (self._told(one, begun.get(one.entry)) for one in coming) if found is not None)

    def wait(self, coming: Iterable[Coming]) -> None:
        """Wait until workers have ended, or let go of, what they had begun; a lease for each at most.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        for one in coming:
            if one.worker is not None:
                is_over = partial(self._is_over, one.other.entry)
                with at_the_ledger():
                    self._recorder.owner.waited_for(one.worker, one.other.entry, has_ended=is_over)

    def _told(self, other: Unended, worker: str | None) -> Coming | None:
        if other.stage is not Stage.WAITING or worker is not None:
            return Coming(other=other, worker=worker)
        intent = self._recorder.book.read(other.entry).intent
        return None if intent is None else Coming(other=other, judged=str(intent["judged"]))

    def _is_over(self, entry: EntryId) -> bool:
        return entry not in begun_by_workers(self._recorder)
