"""What a change that waited is judged by when its hour has come, beyond the rules of every change.

* `agenda.stop-pending`: no pause or stop is pending on the platform, which a resumption would withdraw.
* `agenda.changed-since`: nobody outside paceline has changed the campaign since a change that waits was asked for,
  unless it is to be judged again (`--on-conflict rejudge`), or names a revision itself.

Whatever changed since is told, by whom too; a pause or stop is made all the same. What was asked for before versions
were kept with it is not compared.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Resume
from paceline.campaign.observed import Observed, Pending, Situation, State
from paceline.control.agenda.planned import Planned
from paceline.control.approving.asked import Asked
from paceline.control.due.stopped_since import StoppedSince
from paceline.control.looks import part_of
from paceline.control.meanwhile import OUTSIDE, Meanwhile
from paceline.control.order import Order
from paceline.control.outcome import Conflicted, Ending, Expired
from paceline.control.recorder import Recorder
from paceline.control.revisions import are_ours
from paceline.control.told import stopped_since
from paceline.control.walk import Judge
from paceline.ledger.entry import Entry
from paceline.ledger.readings import Readings
from paceline.primitives.clock import utc_text
from paceline.primitives.findings import Finding, Findings, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A change that is due.

    Attributes:
        order: with the hour at which it was to be made, where it has any.
        planned_for: the hour that stops are compared with.
        planned_on: the campaign as it was when it was asked for, None where that was not kept.
        asked: the approval that it waits or waited for, None where it wants none.
    """

    entry: Entry
    change: AnyChange
    order: Order
    planned_for: datetime | None
    planned_on: Planned | None
    asked: Asked | None = None

    def is_too_late(self, now: datetime) -> bool:
        """Return whether it may not be made any more at this instant of the platform; what stops always may."""
        if self.change.lane is Lane.STOPPING or self.order.due is None:
            return False
        return now > self.order.due + self.order.not_after


class DueJudgement:
    """Judges what is due of one tenant."""

    def __init__(self, *, recorder: Recorder, readings: Readings, meanwhile: Meanwhile) -> None:
        """Ask this ledger what was done, and who made what."""
        self._recorder = recorder
        self._readings = readings
        self._meanwhile = meanwhile
        self._stopped_since = StoppedSince(recorder)

    def stopped_since(self, due: Due) -> Entry | None:
        """Return the pause or stop that the change must not undo.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        return self._stopped_since.of(due.entry, due.change, due.planned_for)

    def judge(self, due: Due) -> Judge:
        """Return what judges this change in a situation."""
        return lambda situation: self._judged(due, situation)

    def _judged(self, due: Due, situation: Situation) -> tuple[Findings, Ending | None]:
        if due.change.lane is Lane.STOPPING:
            return self._changed(due, situation.observed, Severity.INFO), None
        if due.is_too_late(situation.now):
            return Findings(), Expired()
        stop, pending = self.stopped_since(due), situation.observed.pending
        if stop is not None:
            return Findings(stopped_since(stop)), Conflicted()
        if isinstance(due.change, Resume) and pending is not None and pending.state in {State.PAUSED, State.STOPPED}:
            return Findings(stop_pending(pending)), Conflicted()
        if due.order.rejudges(due.change.lane) or due.order.if_revision is not None:
            return self._changed(due, situation.observed, Severity.INFO), None
        return self._explained(due, situation.observed)

    def _explained(self, due: Due, observed: Observed) -> tuple[Findings, Ending | None]:
        """Return what changed since it was asked for: a conflict unless entries of ours made all of it."""
        planned = due.planned_on
        if planned is None or planned.version == observed.version:
            return Findings(), None
        self._recorder.saw([observed])
        sightings = self._readings.sightings(observed.campaign, part_of(observed))
        if are_ours(self._recorder.book, sightings, since=planned.version, until=observed.version):
            return self._changed(due, observed, Severity.INFO), None
        told = Findings(changed_since(planned, observed))
        return told + self._changed(due, observed, Severity.ERROR), Conflicted()

    def _changed(self, due: Due, observed: Observed, severity: Severity) -> Findings:
        planned = due.planned_on
        if planned is None or planned.version == observed.version or due.order.if_revision is not None:
            # Of a revision that was named, the corridor itself tells.
            return Findings()
        self._recorder.saw([observed])
        found = self._meanwhile.since(planned.version, observed, severity=severity, own=due.entry.number)
        return Findings(*(replace(one, message=one.message.replace("was judged", "was asked for")) for one in found))


def stop_pending(pending: Pending) -> Finding:
    """Return that a pause or stop waits on the platform, which a resumption would withdraw."""
    at = utc_text(pending.effective_at)
    return Finding(
        rule="agenda.stop-pending",
        severity=Severity.ERROR,
        message=f"the platform is to bring the campaign to {pending.state} at {at}, and a resumption would withdraw "
        "that: resume it by hand if it is to dial",
        field="state",
        found=pending.state.value,
    )


def changed_since(planned: Planned, observed: Observed) -> Finding:
    """Return that somebody outside paceline changed the campaign while a change waited."""
    return Finding(
        rule="agenda.changed-since",
        severity=Severity.ERROR,
        message=f"it was asked for when the campaign was {planned.state} at revision {planned.version}; somebody "
        f"{OUTSIDE} has changed it since, and it is {observed.state} at revision {observed.version}: ask again if it "
        "is still wanted",
        field="revision",
        found=observed.version,
        limit=planned.version,
        source=OUTSIDE,
    )
