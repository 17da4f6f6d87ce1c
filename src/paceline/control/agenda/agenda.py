"""Changes that wait here for their hour, which is the platform's.

Rules:
* A change for later is one entry: opened now, closed when it was made, could not be made, or is no longer wanted.
* What can never be made (unknown campaign, archived, frozen, not in the platform's power, an instant that is off) is
  refused at once; what the state allows is judged when the hour has come (`due.changes`).
* Settings are judged by the law of their hour when they are planned, as far as it is known, and again when it has come.
* While the platform is away a pause or stop is kept all the same, and judged at its hour. Nothing else is.
* A newer change of the same kind takes the place of the one that waits for the campaign; that one expires, and says so.
  A stop tonight and a resumption tomorrow are two plans, and both stand.
* What wants approval by a second person waits for that first (`approving.desk`), and takes a place when it is approved.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from paceline.campaign.catalogue import AnyChange, SettingsChange, UnknownChangeError
from paceline.campaign.change import Lane, Rulebook
from paceline.campaign.judgement import judged
from paceline.campaign.lifecycle.checks import aware, timely
from paceline.campaign.observed import WAITS_HERE, Observed, Situation, Stage, State
from paceline.campaign.ports import Platform, PlatformError
from paceline.control.agenda.planned import Planned, not_too_far
from paceline.control.approving.desk import ApprovalDesk
from paceline.control.approving.withdrawal import Withdrawal
from paceline.control.facts.law import Law
from paceline.control.freezes import Freezes, FrozenError
from paceline.control.kept import Opened
from paceline.control.order import Order
from paceline.control.outcome import Expired, Failure, Outcome, Refused, Scheduled, Unchanged
from paceline.control.recorder import Recorder
from paceline.control.refusals import ending_of, is_away
from paceline.control.told import (
    cancelled,
    frozen_meanwhile,
    heeded,
    replaced_by,
    stands_against,
    unjudged,
)
from paceline.ledger.failures import EntryNotFoundError
from paceline.primitives.clock import ns_of
from paceline.primitives.findings import Finding, Findings
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.due_work import Work, WorkRow, WorkState, listing
from paceline.storage.leases import Leases

ROOM = "agenda"
"""The room of the due work that waits here."""
LASTING = frozenset({"lifecycle.unsupported", "lifecycle.frozen"})
"""Rules that no hour changes."""
MEASURED = frozenset(
    {
        *("dialing.loosens", "dialing.capacity", "pacing.loosens", "pacing.no-projection", "pacing.fit"),
        *("pacing.breach", "pacing.projection", "pacing.answer-rate", "pacing.lines", "pacing.interval"),
        *("weights.loosens", "weights.no-data", "weights.trigger"),
    }
)
"""Rules of what is measured, is expected, or who works, when the hour has come."""


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

    def schedule(
        self, change: AnyChange, order: Order, due: datetime, *, seen: Observed | PlatformError | None = None
    ) -> Outcome:
        """Keep a change until its hour, and return that it is scheduled, or why it never can be made.

        Args:
            change: what is wanted; its own instant is None.
            order: who wants it, why, and how far it may go.
            due: the platform's instant.
            seen: the campaign as it was read a moment ago for many changes at once, or why it could not be.

        Raises:
            LedgerUnavailableError: nothing was kept.
        """
        findings, before = change.validate(self._rules) + Findings.of([aware(due)]), None
        # An instant without an offset is told in the finding; as a plan nobody could read it.
        order = self._desk.marked(change, replace(order, due=None if due.utcoffset() is None else due))
        if not stands_against(findings):
            try:
                before = self._looked_at(change, seen)
            except PlatformError as error:
                if order.dry_run or change.lane is not Lane.STOPPING or not is_away(Failure.of(error)):
                    ending, found = ending_of(error, sent=False)
                    return self._ended_at_once(Outcome(change=change, ending=ending, findings=findings + found), order)
                # Nobody can tell what time it is there; a year too far is a slip of the pen by any clock.
                findings += Findings(unjudged(error)) + Findings.of([not_too_far(due, self._recorder.book.now())])
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
        return self._kept(change, order, due, findings, before)

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
        """End everything that waits for these campaigns, as far as this version can read it.

        Raises:
            LedgerUnavailableError: some of it waits still.
        """
        waiting = [one for one in self._recorder.unended(campaigns=campaigns) if one.stage in WAITS_HERE]
        ended: list[Outcome | None] = []
        for one in waiting:
            # What a newer version put here is for that one to withdraw, and keeps nothing else from being ended.
            with suppress(UnknownChangeError):
                ended.append(self._withdrawal.withdrawn(one.entry, finding))
        return tuple(outcome for outcome in ended if outcome is not None)

    def _looked_at(self, change: AnyChange, seen: Observed | PlatformError | None) -> Observed:
        """Return the campaign, as it was seen or as it is; raise why it could not be."""
        if isinstance(seen, PlatformError):
            raise seen
        # What is only planned goes before nothing that is to be done now, and is not tried for as long.
        if seen is not None and seen.part is change.part:
            return seen
        return self._platform.read(change.campaign, part=change.part, lane=Lane.CHANGING)

    def _kept(
        self, change: AnyChange, order: Order, due: datetime, findings: Findings, before: Observed | None
    ) -> Outcome:
        """Have a change wait for what it has to wait for; refuse it where somebody froze its campaign in between."""
        try:
            if order.approval is not None and before is not None:
                return self._asked(change, order, findings, before)
            return self._waiting(change, order, due, findings, before)
        except FrozenError as error:
            found = findings + Findings(frozen_meanwhile(error.frozen))
            return self._ended_at_once(Outcome(change=change, ending=Refused(), findings=found, before=before), order)

    def _waiting(
        self, change: AnyChange, order: Order, due: datetime, findings: Findings, before: Observed | None
    ) -> Outcome:
        """Have a change wait for its hour.

        Raises:
            FrozenError: somebody froze the campaign since it was judged; nothing was kept.
        """
        replaced: list[EntryId] = []
        work = Work(
            tenant=self._tenant,
            room=ROOM,
            key="",
            due_ns=ns_of(due),
            lane=int(change.lane),
            payload="{}" if before is None else Planned.on(before).payload(),
            campaign=change.campaign,
        )
        opened = self._recorder.open(
            change,
            order,
            stage=Stage.WAITING,
            also=lambda connection, opened: self._put(connection, opened, change, work, replaced),
        )
        return Outcome(
            change=change,
            ending=Scheduled(None, due),
            findings=findings + Findings(*(replaced_by(opened.entry, older) for older in replaced)),
            before=before,
            entry=opened.entry,
            requests=1,
        )

    def _asked(self, change: AnyChange, order: Order, findings: Findings, before: Observed) -> Outcome:
        """Have a change wait for approval by a second person, and for its hour then."""
        until: list[datetime] = []

        def put(connection: Connection, opened: Opened) -> None:
            self._still_free(connection, change)
            until[:] = [
                self._desk.put(
                    connection, change, order, opened.entry, at=before.at, payload=Planned.on(before).payload()
                )
            ]

        opened = self._recorder.open(change, order, stage=Stage.WAITS_FOR_APPROVAL, also=put)
        told = self._desk.told(opened.entry, order, until=until[0])
        ending = Scheduled(None, order.due, approve_until=until[0])
        return Outcome(
            change=change, ending=ending, findings=findings + told, before=before, entry=opened.entry, requests=1
        )

    def _still_free(self, connection: Connection, change: AnyChange) -> None:
        """See that nobody froze the campaign; the entry was opened in this transaction, so nobody does until its end.

        Raises:
            FrozenError: somebody has, and this does not stop it.
        """
        frozen = None if change.lane is Lane.STOPPING else self._freezes.within(connection, change.campaign)
        if frozen is not None:
            raise FrozenError(frozen)

    def _put(
        self,
        connection: Connection,
        opened: Opened,
        change: AnyChange,
        work: Work,
        replaced: list[EntryId],
    ) -> None:
        self._still_free(connection, change)
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
        self._leases.put(connection, replace(work, key=str(opened.entry)))

    def _lasting(self, change: AnyChange, observed: Observed) -> Findings:
        """Return what will stand against the change at any hour."""
        situation = Situation(
            observed=observed,
            abilities=self._platform.abilities,
            now=observed.at,
            frozen=None if change.lane is Lane.STOPPING else self._freezes.of(change.campaign),
        )
        lasting = LASTING | ({"lifecycle.transition"} if observed.state is State.ARCHIVED else frozenset())
        return Findings.of(found for found in judged(change, situation) if found.rule in lasting)

    def _lawful(self, change: AnyChange, observed: Observed, due: datetime) -> Findings:
        """Return how settings stand to the law at their hour; what is measured then, and the state, nobody knows."""
        if not isinstance(change, SettingsChange) or stands_against(Findings.of([aware(due)])):
            return Findings()
        situation = Situation(
            observed=observed,
            abilities=self._platform.abilities,
            now=due,
            rulebook=self._law.rulebook,
            circumstances=self._law.circumstances(change.campaign),
        )
        found = judged(change, situation)
        return Findings(*(one for one in found if not one.rule.startswith("lifecycle.") and one.rule not in MEASURED))

    def _ended_at_once(self, outcome: Outcome, order: Order) -> Outcome:
        opened = self._recorder.open(outcome.change, order)
        told = replace(outcome, entry=opened.entry)
        self._recorder.close(opened.entry, told)
        return told


def begun_by_workers(recorder: Recorder) -> dict[EntryId, str]:
    """Return the entries that a worker has claimed, because their hour has come, each with the worker's owner.

    Raises:
        LedgerUnavailableError: nobody can tell.
    """
    return {EntryId(int(row.work.key)): row.owner for row in _rows(recorder) if row.owner is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a change that is due was not made by its last try; `is_aside` when it is not tried again."""

    error: str
    is_aside: bool


def troubles(recorder: Recorder) -> dict[EntryId, Trouble]:
    """Return the entries whose hour has come and that could not be made yet.

    Raises:
        LedgerUnavailableError: nobody can tell.
    """
    return {
        EntryId(int(row.work.key)): Trouble(error=row.error or "", is_aside=row.state is WorkState.DEAD)
        for row in _rows(recorder)
        if row.error is not None or row.state is WorkState.DEAD
    }


def _rows(recorder: Recorder) -> list[WorkRow]:
    tenant = recorder.book.tenant
    return recorder.looked_up(lambda connection: listing(connection, tenant, room=ROOM))
