"""A second person approves or rejects what waits for that; what is approved is carried out here, as if it were due.

Rules:
* Who asked never approves; rejecting is open to everybody, for it sends nothing.
* What is approved is judged again on what is there now, as any change that is due. A pause or stop that was ordered
  since it was asked for counts more.
* When this process dies after it has approved, a worker carries the change out.
"""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from paceline.campaign.catalogue import AnyChange, change_of
from paceline.campaign.observed import Stage
from paceline.campaign.ports import Platform
from paceline.control.approving.asked import Asked
from paceline.control.approving.desk import ApprovalDesk, NotAskedError
from paceline.control.approving.findings import approval_expired, approved_by
from paceline.control.approving.withdrawal import Withdrawal
from paceline.control.due.changes import DueChanges
from paceline.control.due.closing import AGAIN, Left
from paceline.control.order import Order, order_of
from paceline.control.outcome import Failure, InDoubt, Outcome, Refused, Scheduled
from paceline.control.recorder import Recorder
from paceline.control.settlement import change_in
from paceline.primitives.findings import Findings
from paceline.primitives.ids import EntryId


class Approvals:
    """Decides what waits for approval at the desk of one tenant; any number of processes may."""

    def __init__(
        self,
        *,
        platform: Platform,
        recorder: Recorder,
        desk: ApprovalDesk,
        due_changes: DueChanges,
        withdrawal: Withdrawal,
    ) -> None:
        """Decide at this desk, and carry out what is approved by what makes due changes."""
        self._platform = platform
        self._recorder = recorder
        self._desk = desk
        self._due_changes = due_changes
        self._withdrawal = withdrawal

    def asked(self, entry: EntryId) -> Asked:
        """Return what waits for approval.

        Raises:
            EntryNotFoundError: the ledger has no entry of this number.
            NotAskedError: it does not wait for approval, or not any more.
            LedgerUnavailableError: nobody can tell.
        """
        asked = self._desk.of(entry)
        waiting = self._recorder.unended(stage=Stage.WAITS_FOR_APPROVAL)
        if asked is not None and any(one.entry == entry for one in waiting):
            return asked
        self._recorder.book.read(entry)
        told = "never waited for approval" if asked is None else "does not wait for approval any more"
        raise NotAskedError(f"entry {entry} {told}", hint=f"`paceline changes show {entry}` says what became of it")

    def change(self, entry: EntryId) -> AnyChange:
        """Return the change that an entry was opened for.

        Raises:
            EntryNotFoundError: the ledger has no entry of this number.
            UnknownChangeError: it is no change.
        """
        return change_of(change_in(self._recorder.book.read(entry)))

    def approve(self, entry: EntryId, order: Order) -> Outcome:
        """Approve a change, carry it out unless its hour is to come, and return how it ended.

        Args:
            entry: the number of its entry.
            order: who approves it, and why.

        Raises:
            EntryNotFoundError: the ledger has no entry of this number.
            NotAskedError: it does not wait for approval, or not any more.
            BeingDecidedError: somebody else is at it right now.
            PlatformError: nobody can tell what time it is on the platform, so nothing is approved.
            LedgerUnavailableError: it waits still, or a worker makes what was approved.
        """
        asked, change = self.asked(entry), self.change(entry)
        against = asked.against(order.actor.name)
        if against is not None:
            note = self._desk.turned_away(asked, change, order, against)
            return Outcome(change=change, ending=Refused(), findings=Findings(against), entry=note)
        now = self._platform.time()
        if now >= asked.until:
            ended = self._withdrawal.withdrawn(entry, approval_expired(asked.until))
            return ended if ended is not None else self._elsewhere(change, entry)
        hour = order_of(self._recorder.book.read(entry)).due
        due = now if hour is None else max(now, hour)
        with self._recorder.at_work():
            claim = self._desk.give(asked, change, order, now=now, due=due)
            if due > now:
                return self._scheduled(change, entry, due)
            return self._made(change, entry, self._due_changes.run_claimed(claim, now), now)

    def reject(self, entry: EntryId, order: Order) -> Outcome:
        """Reject a change, and return that it is refused; nothing is sent.

        Args:
            entry: the number of its entry.
            order: who rejects it, and why.

        Raises:
            EntryNotFoundError: the ledger has no entry of this number.
            NotAskedError: it does not wait for approval, or not any more.
            LedgerUnavailableError: it waits still.
        """
        return self._desk.deny(self.asked(entry), self.change(entry), order)

    def _made(self, change: AnyChange, entry: EntryId, made: Outcome | Left, now: datetime) -> Outcome:
        match made:
            case Outcome():
                return made
            case Left.WAITING | Left.AWAY:
                # A worker tries it as long as it may be late, and gives it up then.
                return self._scheduled(change, entry, now + AGAIN)
            case Left.TO_OTHERS | Left.ASIDE:
                return self._elsewhere(change, entry)
            case _:
                assert_never(made)

    def _scheduled(self, change: AnyChange, entry: EntryId, due: datetime) -> Outcome:
        asked = self._desk.of(entry)
        given = None if asked is None else asked.given
        found = Findings() if given is None else Findings(approved_by(given.by, given.note))
        return Outcome(change=change, ending=Scheduled(None, due), findings=found, entry=entry)

    def _elsewhere(self, change: AnyChange, entry: EntryId) -> Outcome:
        """Return that somebody else has the change, or has ended it."""
        told = Failure(code="under-way", message=f"somebody else has it, or has ended it: entry {entry} tells")
        return Outcome(change=change, ending=InDoubt(told), entry=entry)
