"""Where changes wait for approval by a second person: put there, approved or denied, each in one transaction.

Rules:
* What waits for approval is work of the agenda like all that waits, due when its time is over: then it expires.
* Approved, it is work that is due at its hour, or at once; without the row that says so nobody makes it.
* It is decided once: approved, denied, withdrawn or expired, whatever comes first.
* Who approves is another person than who asked, and one of those whom the policy named when it was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, insert, select, update

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.observed import Stage
from paceline.control.approving.asked import Asked, asked_of
from paceline.control.approving.findings import approval_wanted, approval_would_be_wanted, rejected_by
from paceline.control.approving.policy import Policy
from paceline.control.approving.withdrawal import Withdrawal
from paceline.control.freezes import Freezes, FrozenError
from paceline.control.order import ApprovalWanted, Order
from paceline.control.outcome import Expired, Outcome, Refused
from paceline.control.recorder import Recorder
from paceline.control.telling.announcing import Crier
from paceline.control.told import replaced_by
from paceline.ledger import drafts
from paceline.ledger.entry import Deed, Row, instant_text
from paceline.ledger.failures import EntryClosedError
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.clock import ns_of
from paceline.primitives.errors import PacelineError
from paceline.primitives.findings import Finding, Findings
from paceline.primitives.ids import EntryId
from paceline.storage.due_work import Work
from paceline.storage.leases import Claim, Leases
from paceline.storage.tables import CONTROL_APPROVALS, CONTROL_UNFINISHED

ASK, APPROVE, REJECT, REFUSE = "approval.ask", "approval.approve", "approval.reject", "approval.refuse"
"""The kinds of the notes: a change wants approval, it was given, it was denied, somebody tried who may not."""
WANTED, APPROVED, REJECTED = "approval.wanted", "approval.approved", "approval.rejected"
"""The types of the news of these notes."""
_NEWS = {ASK: WANTED, APPROVE: APPROVED, REJECT: REJECTED}
T = TypeVar("T")
_APPROVALS = CONTROL_APPROVALS.c
_UNFINISHED = CONTROL_UNFINISHED.c


class NotAskedError(PacelineError):
    """this change does not wait for approval"""

    code = "not-asked"


class BeingDecidedError(PacelineError):
    """somebody is at this change right now"""

    code = "being-decided"


class ApprovalDesk:
    """The changes of one tenant that wait for approval; serves all threads, any number of processes on one database."""

    def __init__(
        self,
        *,
        policy: Policy,
        recorder: Recorder,
        freezes: Freezes,
        leases: Leases,
        crier: Crier,
        room: str,
    ) -> None:
        """Ask for approval by this policy; the work is put into this room, and the crier tells of it."""
        self._policy = policy
        self._recorder = recorder
        self._freezes = freezes
        self._leases = leases
        self._crier = crier
        self._room = room
        self._withdrawal = Withdrawal(recorder=recorder, leases=leases, room=room)
        self._tenant = recorder.book.tenant

    def may_ask(self, kind: type[AnyChange]) -> bool:
        """Return whether there is a policy that a change of this class could want approval by."""
        return kind.lane is not Lane.STOPPING and bool(self._policy.rules)

    def marked(self, change: AnyChange, order: Order) -> Order:
        """Return the order with the approval that it wants by the policy of now."""
        return replace(order, approval=self._policy.wanted(change, order))

    def missing(self, change: AnyChange, order: Order, entry: EntryId) -> ApprovalWanted | None:
        """Return the approval that an entry wants and has not; what stops never wants any.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        if order.approval is None or change.lane is Lane.STOPPING:
            return None
        asked = self.of(entry)
        return order.approval if asked is None or asked.given is None else None

    def told(self, entry: EntryId, order: Order, *, until: datetime) -> Findings:
        """Return what is to be told of an entry that waits for approval."""
        approvers = () if order.approval is None else order.approval.approvers
        return Findings(approval_wanted(entry, asked_by=order.actor.name, approvers=approvers, until=until))

    def would_be_told(self, order: Order) -> Findings:
        """Return what is to be told of a dry run; nothing when it would wait for nobody."""
        if order.approval is None:
            return Findings()
        return Findings(approval_would_be_wanted(asked_by=order.actor.name, approvers=order.approval.approvers))

    def of(self, entry: EntryId) -> Asked | None:
        """Return what was asked for an entry, None when nothing was.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        return self._recorder.looked_up(lambda connection: self._asked(connection, entry))

    def ask(self, change: AnyChange, order: Order, entry: EntryId, *, at: datetime, payload: str = "{}") -> datetime:
        """Have an entry that is open wait for approval, from this instant of the platform, and return until when.

        The payload is what the work keeps of the campaign as it was judged (`planned`).

        Raises:
            FrozenError: somebody froze the campaign since the change was judged.
            EntryClosedError: somebody took us for dead, and closed the entry.
            LedgerUnavailableError: it does not wait, and is open still.
        """

        def wait(connection: Connection) -> datetime:
            self._recorder.book.hold(connection)
            frozen = self._freezes.within(connection, change.campaign)
            if frozen is not None:
                raise FrozenError(frozen)
            if not self._moved(connection, entry, Stage.OPEN, Stage.WAITS_FOR_APPROVAL):
                raise EntryClosedError(f"entry {entry} is not open any more")
            return self.put(connection, change, order, entry, at=at, payload=payload)

        return self._written(wait)

    def put(
        self,
        connection: Connection,
        change: AnyChange,
        order: Order,
        entry: EntryId,
        *,
        at: datetime,
        payload: str = "{}",
    ) -> datetime:
        """Keep that an entry waits for approval, in a transaction of the caller's own, and return until when.

        A newer change of the same kind takes the place of the one that waits for approval for the campaign.
        """
        wanted = order.approval or ApprovalWanted(approvers=(), within=self._policy.within)
        until = at + wanted.within if order.due is None else order.due + order.not_after
        row = {"tenant": self._tenant, "entry": entry, "asked_by": order.actor.name, "asked_at": instant_text(at)}
        row |= {"until": instant_text(until), "approvers": canonical_json(list(wanted.approvers))}
        connection.execute(insert(CONTROL_APPROVALS), row)
        self._replace_others(connection, change, entry, Stage.WAITS_FOR_APPROVAL)
        self._leases.put(
            connection,
            Work(
                tenant=self._tenant,
                room=self._room,
                key=str(entry),
                due_ns=ns_of(until),
                lane=int(change.lane),
                payload=payload,
                campaign=change.campaign,
            ),
        )
        told: dict[str, Json] = {"until": instant_text(until), "approvers": [*wanted.approvers]}
        told |= {"campaigns": wanted.campaigns, "due": None if order.due is None else instant_text(order.due)}
        self._note(connection, ASK, change, order, {"change": change.kind, "of": entry, **told})
        return until

    def give(self, asked: Asked, change: AnyChange, order: Order, *, now: datetime, due: datetime) -> Claim:
        """Approve a change in the name of `order`, and return the claim on its work, due from `due` on.

        Raises:
            NotAskedError: it was decided in between, and nothing is changed by this.
            BeingDecidedError: somebody is at it right now, and nothing is changed by this.
            LedgerUnavailableError: it waits still.
        """

        def give(connection: Connection) -> Claim:
            self._recorder.book.hold(connection)
            self._decided(connection, asked.entry, Stage.WAITING)
            row = self._note(connection, APPROVE, change, order, {"change": change.kind, "of": asked.entry})
            given = {"note": row.entry, "given_by": order.actor.name, "given_at": instant_text(now)}
            ours = (_APPROVALS.tenant == self._tenant) & (_APPROVALS.entry == asked.entry)
            connection.execute(update(CONTROL_APPROVALS).where(ours).values(**given))
            claim = self._leases.take(connection, self._tenant, self._room, str(asked.entry), due_ns=ns_of(due))
            if claim is None:
                raise BeingDecidedError(f"somebody is at entry {asked.entry} right now", hint="ask again in a moment")
            if due > now:
                self._replace_others(connection, change, asked.entry, Stage.WAITING)
                self._leases.postpone(connection, claim, ns_of(due))
            return claim

        return self._written(give)

    def deny(self, asked: Asked, change: AnyChange, order: Order) -> Outcome:
        """Reject a change in the name of `order`, and return that it is refused.

        Raises:
            NotAskedError: it was decided in between, and nothing is changed by this.
            LedgerUnavailableError: it waits still.
        """

        def deny(connection: Connection) -> Outcome:
            self._recorder.book.hold(connection)
            self._decided(connection, asked.entry, Stage.WAITS_FOR_APPROVAL)
            row = self._note(connection, REJECT, change, order, {"change": change.kind, "of": asked.entry})
            found = Findings(rejected_by(order.actor.name, row.entry, order.reason))
            outcome = Outcome(change=change, ending=Refused(), findings=found, entry=asked.entry)
            self._recorder.closing(asked.entry, outcome)(connection)
            self._withdrawal.forget(connection, asked.entry)
            return outcome

        return self._written(deny)

    def turned_away(self, asked: Asked, change: AnyChange, order: Order, finding: Finding) -> EntryId:
        """Note that somebody tried to approve a change who may not, and return the number of that note.

        Raises:
            LedgerUnavailableError: it was not noted.
        """
        details: dict[str, Json] = {"change": change.kind, "of": asked.entry, "finding": finding.document()}

        def note(connection: Connection) -> EntryId:
            return self._note(connection, REFUSE, change, order, details).entry

        return self._written(note)

    def _note(
        self,
        connection: Connection,
        kind: str,
        change: AnyChange,
        order: Order,
        details: dict[str, Json],
    ) -> Row:
        deed = Deed(
            kind=kind,
            actor=order.actor,
            campaign=change.campaign,
            reason=order.reason,
            ticket=order.ticket,
            details=details,
        )
        row = self._recorder.book.put(connection, drafts.noted(deed, at=self._recorder.book.now()))
        if kind in _NEWS:
            self._crier.noted(connection, row, _NEWS[kind])
        return row

    def _replace_others(self, connection: Connection, change: AnyChange, entry: EntryId, stage: Stage) -> None:
        """End the other changes of this kind that wait for the campaign in this stage; what was sent ends by itself."""
        others = select(_UNFINISHED.entry).where(
            _UNFINISHED.tenant == self._tenant,
            _UNFINISHED.campaign == change.campaign,
            _UNFINISHED.kind == change.kind,
            _UNFINISHED.stage == stage.value,
            _UNFINISHED.entry != entry,
        )
        waited_for = "approval" if stage is Stage.WAITS_FOR_APPROVAL else "its hour"
        for number in connection.execute(others).scalars().all():
            other = EntryId(number)
            if not self._withdrawal.is_sent(connection, other):
                told = Findings(replaced_by(entry, other, waited_for=waited_for))
                self._recorder.closing(other, Outcome(change=change, ending=Expired(), findings=told))(connection)
                self._withdrawal.forget(connection, other)

    def _decided(self, connection: Connection, entry: EntryId, stage: Stage) -> None:
        if not self._moved(connection, entry, Stage.WAITS_FOR_APPROVAL, stage):
            raise NotAskedError(
                f"entry {entry} does not wait for approval any more",
                hint=f"`paceline changes show {entry}` says what became of it",
            )

    def _moved(self, connection: Connection, entry: EntryId, was: Stage, stage: Stage) -> bool:
        """Bring an entry from one stage to another, and return whether it was in that one."""
        moved = update(CONTROL_UNFINISHED).where(
            _UNFINISHED.tenant == self._tenant, _UNFINISHED.entry == entry, _UNFINISHED.stage == was.value
        )
        return connection.execute(moved.values(stage=stage.value)).rowcount == 1

    def _asked(self, connection: Connection, entry: EntryId) -> Asked | None:
        row = connection.execute(
            select(CONTROL_APPROVALS).where(_APPROVALS.tenant == self._tenant, _APPROVALS.entry == entry)
        ).one_or_none()
        return None if row is None else asked_of(row)

    def _written(self, work: Callable[[Connection], T]) -> T:
        """Return what a transaction of its own came to; nothing of it has happened when it raises."""
        done: list[T] = []

        def once(connection: Connection) -> None:
            # It may be run anew, and then its first result is none.
            done[:] = [work(connection)]

        self._recorder.in_transaction(once)
        return done[0]
