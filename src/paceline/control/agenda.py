"""Changes that wait here for their hour, which is the platform's.

Rules:
* A change for later is one entry: opened now, closed when it was made, could not be made, or is no longer wanted.
* What can never be made (unknown campaign, archived, frozen, not in the platform's power, an instant that is off) is
  refused at once; what the state allows is judged when the hour has come (`due_changes`).
* Settings are judged by the law of their hour when they are planned, as far as it is known, and again when it has come.
* While the platform is away a pause or stop is kept all the same, and judged at its hour. Nothing else is.
* A newer change of the same kind takes the place of the one that waits for the campaign; that one expires, and says so.
  A stop tonight and a resumption tomorrow are two plans, and both stand.
* What wants approval by a second person waits for that first (`approval_desk`), and takes a place when it is approved.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane, Rulebook
from paceline.campaign.dialing.changes import SetDialingRules
from paceline.campaign.lifecycle.checks import aware, timely
from paceline.campaign.observed import WAITS_HERE, Observed, Situation, Stage, State
from paceline.campaign.ports import Platform, PlatformError
from paceline.campaign.schedule.changes import SetSchedule
from paceline.control.approval_desk import ApprovalDesk
from paceline.control.freezes import Freezes
from paceline.control.kept import Opened
from paceline.control.law import Law
from paceline.control.order import Order
from paceline.control.outcome import Expired, Failure, Outcome, Refused, Scheduled, Unchanged
from paceline.control.recorder import Recorder
from paceline.control.refusals import ending_of, is_away
from paceline.control.told import cancelled, heeded, replaced_by, stands_against, unjudged
from paceline.control.withdrawal import Withdrawal
from paceline.ledger.failures import EntryNotFoundError
from paceline.primitives.clock import ns_of
from paceline.primitives.findings import Finding, Findings
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.due_work import Work, listing
from paceline.storage.leases import Leases

ROOM = "agenda"
"""The room of the due work that waits here."""
LASTING = frozenset({"lifecycle.unsupported", "lifecycle.frozen"})
"""Rules that no hour changes."""
MEASURED = frozenset({"dialing.loosens", "dialing.capacity"})
"""Rules of what is measured, or who works, when the hour has come."""


class Agenda:
    """The changes of one tenant that wait for their hour; any number of processes may work on it."""

    def __init__(
        self,
        *,
        platform: Platform,
        recorder: Recorder,
        freezes: Freezes,
        rules: Rulebook,
        leases: Leases,
        desk: ApprovalDesk,
        law: Law,
    ) -> None:
        """Join what judges changes and what keeps them."""
        self._desk = desk
        self._law = law
        self._platform = platform
        self._recorder = recorder
        self._freezes = freezes
        self._rules = rules
        self._leases = leases
        self._withdrawal = Withdrawal(recorder=recorder, leases=leases, room=ROOM)
        self._tenant = recorder.book.tenant

    def schedule(self, change: AnyChange, order: Order, due: datetime) -> Outcome:
        """Keep a change until its hour, and return that it is scheduled, or why it never can be made.

        Raises:
            LedgerUnavailableError: nothing was kept.
        """
        findings, before = change.validate(self._rules) + Findings.of([aware(due)]), None
        # An instant without an offset is told in the finding; as a plan nobody could read it.
        order = self._desk.marked(change, replace(order, due=None if due.utcoffset() is None else due))
        if not stands_against(findings):
            try:
                # What is only planned goes before nothing that is to be done now, and is not tried for as long.
                before = self._platform.read(change.campaign, part=change.part, lane=Lane.CHANGING)
            except PlatformError as error:
                if order.dry_run or change.lane is not Lane.STOPPING or not is_away(Failure.of(error)):
                    ending, found = ending_of(error, sent=False)
                    return self._ended_at_once(Outcome(change=change, ending=ending, findings=findings + found), order)
                findings += Findings(unjudged(error))
            else:
                findings += Findings.of([timely(due, before.at)]) + self._lasting(change, before)
                findings += heeded(self._lawful(change, before, due), order, due)
        if stands_against(findings):
            outcome = Outcome(change=change, ending=Refused(), findings=findings, before=before)
            return self._ended_at_once(outcome, order)
        if order.dry_run:
            findings += self._desk.would_be_told(order)
            ending = Unchanged(would_apply=True)
            outcome = Outcome(change=change, ending=ending, findings=findings, before=before, dry_run=True)
            return self._ended_at_once(outcome, order)
        if before is not None:
            # What changed until its hour can be told only of what was seen today.
            self._recorder.saw([before])
        if order.approval is not None and before is not None:
            return self._asked(change, order, findings, before)
        replaced: list[EntryId] = []
        opened = self._recorder.open(
            change,
            order,
            stage=Stage.WAITING,
            also=lambda connection, opened: self._put(connection, opened, change, due, replaced),
        )
        return Outcome(
            change=change,
            ending=Scheduled(None, due),
            findings=findings + Findings(*(replaced_by(opened.entry, older) for older in replaced)),
            before=before,
            entry=opened.entry,
            requests=1,
        )

    def cancel(self, entry: EntryId, order: Order) -> Outcome:
        """End a change that waits; in doubt when it may have been sent already.

        Raises:
            EntryNotFoundError: nothing of this number waits.
            LedgerUnavailableError: it waits still.
        """
        waiting = any(one.entry == entry and one.stage in WAITS_HERE for one in self._recorder.unended())
        ended = self._withdrawal.withdrawn(entry, cancelled(order.actor.name, order.reason)) if waiting else None
        if ended is None:
            raise EntryNotFoundError(f"no change of number {entry} waits for its hour")
        return ended

    def cancel_all(self, campaigns: Collection[CampaignId], finding: Finding) -> tuple[Outcome, ...]:
        """End everything that waits for these campaigns.

        Raises:
            LedgerUnavailableError: some of it waits still.
        """
        waiting = [one for one in self._recorder.unended(campaigns=campaigns) if one.stage in WAITS_HERE]
        ended = [self._withdrawal.withdrawn(one.entry, finding) for one in waiting]
        return tuple(outcome for outcome in ended if outcome is not None)

    def _asked(self, change: AnyChange, order: Order, findings: Findings, before: Observed) -> Outcome:
        """Have a change wait for approval by a second person, and for its hour then."""
        until: list[datetime] = []

        def put(connection: Connection, opened: Opened) -> None:
            until[:] = [self._desk.put(connection, change, order, opened.entry, at=before.at)]

        opened = self._recorder.open(change, order, stage=Stage.WAITS_FOR_APPROVAL, also=put)
        told = self._desk.told(opened.entry, order, until=until[0])
        ending = Scheduled(None, order.due, approve_until=until[0])
        return Outcome(
            change=change, ending=ending, findings=findings + told, before=before, entry=opened.entry, requests=1
        )

    def _put(
        self, connection: Connection, opened: Opened, change: AnyChange, due: datetime, replaced: list[EntryId]
    ) -> None:
        replaced.clear()
        for other in opened.others:
            if other.stage is not Stage.WAITING or other.kind != change.kind:
                continue
            # What may have been sent comes to its own end.
            if not self._withdrawal.is_sent(connection, other.entry):
                told = Findings(replaced_by(opened.entry, other.entry))
                self._recorder.closing(other.entry, Outcome(change=change, ending=Expired(), findings=told))(connection)
                self._withdrawal.forget(connection, other.entry)
                replaced.append(other.entry)
        work = Work(
            tenant=self._tenant,
            room=ROOM,
            key=str(opened.entry),
            due_ns=ns_of(due),
            lane=int(change.lane),
            campaign=change.campaign,
        )
        self._leases.put(connection, work)

    def _lasting(self, change: AnyChange, observed: Observed) -> Findings:
        """Return what will stand against the change at any hour."""
        situation = Situation(
            observed=observed,
            abilities=self._platform.abilities,
            now=observed.at,
            frozen=None if change.lane is Lane.STOPPING else self._freezes.of(change.campaign),
        )
        lasting = LASTING | ({"lifecycle.transition"} if observed.state is State.ARCHIVED else frozenset())
        return Findings.of(found for found in change.guard(situation) if found.rule in lasting)

    def _lawful(self, change: AnyChange, observed: Observed, due: datetime) -> Findings:
        """Return how settings stand to the law at their hour; what is measured then, and the state, nobody knows."""
        if not isinstance(change, SetDialingRules | SetSchedule) or stands_against(Findings.of([aware(due)])):
            return Findings()
        situation = Situation(
            observed=observed,
            abilities=self._platform.abilities,
            now=due,
            rulebook=self._law.rulebook,
            circumstances=self._law.circumstances(change.campaign),
        )
        found = change.guard(situation)
        return Findings(*(one for one in found if not one.rule.startswith("lifecycle.") and one.rule not in MEASURED))

    def _ended_at_once(self, outcome: Outcome, order: Order) -> Outcome:
        opened = self._recorder.open(outcome.change, order)
        told = replace(outcome, entry=opened.entry)
        self._recorder.close(opened.entry, told)
        return told


def begun_by_workers(recorder: Recorder) -> frozenset[EntryId]:
    """Return the entries that a worker has claimed, because their hour has come.

    Raises:
        LedgerUnavailableError: nobody can tell.
    """
    tenant = recorder.book.tenant
    rows = recorder.looked_up(lambda connection: listing(connection, tenant, room=ROOM))
    return frozenset(EntryId(int(row.work.key)) for row in rows if row.owner is not None)
