"""The experiments of one tenant as they are kept: a row each, written in one transaction with the notes of it.

Rules:
* A row is written only by whoever has read it as it is: every write raises its fence, and one by an older fence writes
  nothing (`OvertakenError`), its notes included.
* Who is at an experiment has a lease of its work, which is due in the platform's time; one that is planned or over has
  none.
* A campaign has one experiment that is under way at most, and none while a rollout is, or the supervisor steers it:
  seen in the transaction in which it would start.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, insert, select, update

from paceline.control.announcing import Crier
from paceline.control.experiments.standing import UNDER_WAY, Experiment, Phase, experiment_of, text_of
from paceline.control.recorder import Recorder
from paceline.control.rollout.standing import UNDER_WAY as ROLLED_OUT
from paceline.ledger import drafts
from paceline.ledger.entry import Actor, Deed
from paceline.primitives.canonical import Json, canonical_json
from paceline.primitives.clock import ns_of
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import CampaignId, EntryId
from paceline.storage.due_work import FencedError, Work, WorkExistsError
from paceline.storage.leases import Claim, Leases
from paceline.storage.pacing_tables import CONTROL_ROLLOUTS, CONTROL_SUPERVISIONS
from paceline.storage.weights_tables import CONTROL_EXPERIMENTS

ROOM = "experiments"
"""The room of the due work in which experiments stand."""
PLAN, START, LOOK, HOLD = "experiment.plan", "experiment.start", "experiment.look", "experiment.hold"
PAUSE, ABORT, END = "experiment.pause", "experiment.abort", "experiment.end"
KINDS = (ABORT, END, HOLD, LOOK, PAUSE, PLAN, START)
"""The kinds of the notes of experiments, and the types of their news."""
_OF, _ROLLED, _STEERED = CONTROL_EXPERIMENTS.c, CONTROL_ROLLOUTS.c, CONTROL_SUPERVISIONS.c
_STEERS = "running"
"""The state of a supervision that steers."""
T = TypeVar("T")


class OvertakenError(PacelineError):
    """somebody else has written this experiment since it was read"""

    code = "experiment-overtaken"
    retryable = True


class NoExperimentError(PacelineError):
    """this campaign has no experiment"""

    code = "no-experiment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is noted of an experiment.

    Attributes:
        why: in words, with what was decided on.
        at: when, by the platform's clock.
        figures: the same for programs.
        reason, ticket: in the words of the person who did it; None where nobody said more than `why`.
    """

    kind: str
    actor: Actor
    why: str
    at: datetime
    figures: Mapping[str, Json] = field(default_factory=dict)
    reason: str | None = None
    ticket: str | None = None


class Experiments:
    """Keeps experiments; serves all threads, and any number of processes on one database."""

    def __init__(self, recorder: Recorder, leases: Leases, crier: Crier) -> None:
        """Keep them beside this recorder's book, their work with these leases, and tell the crier."""
        self._recorder = recorder
        self._leases = leases
        self._crier = crier
        self._tenant = recorder.book.tenant

    def plan(self, experiment: Experiment, note: Note) -> Experiment:
        """Keep an experiment that is planned, and return it with its entry; an older plan that never began ends.

        Raises:
            LedgerUnavailableError: it was not kept.
        """

        def work(connection: Connection) -> Experiment:
            self._recorder.book.hold(connection)
            for other in self._within(connection, experiment.campaign):
                if other.phase is Phase.PLANNED:
                    gone = replace(other, phase=Phase.ABORTED, outcome="another one was planned", fence=other.fence + 1)
                    connection.execute(update(CONTROL_EXPERIMENTS).where(self._is(other)), self._values(gone))
            row = self._recorder.book.put(connection, drafts.noted(self._deed(experiment, note), at=self._now()))
            made = _told(replace(experiment, entry=row.entry, fence=1), note, row.entry)
            values = {"tenant": self._tenant, "entry": made.entry, "campaign": made.campaign, **self._values(made)}
            connection.execute(insert(CONTROL_EXPERIMENTS), values)
            self._crier.noted(connection, row, note.kind)
            return made

        return self._written(work)

    def keep(
        self, experiment: Experiment, *notes: Note, claim: Claim | None = None, due: datetime | None = None
    ) -> Experiment:
        """Write where an experiment stands now, with what is noted of it, and return it as it is kept.

        Args:
            experiment: as it shall be, with the fence by which it was read.
            notes: put in the same transaction, each told as news, each an event of its history.
            claim: the lease of whoever is at it: given back until `due`, or ended when the experiment is over.
            due: when it is looked at next, by the platform's time; None keeps the lease.

        Raises:
            OvertakenError: somebody else has written it since, or something else steers the campaign by now; nothing
                was written.
            LedgerUnavailableError: nothing was written.
        """

        def work(connection: Connection) -> Experiment:
            self._recorder.book.hold(connection)
            kept = replace(experiment, fence=experiment.fence + 1)
            for note in notes:
                row = self._recorder.book.put(connection, drafts.noted(self._deed(kept, note), at=self._now()))
                self._crier.noted(connection, row, note.kind)
                kept = _told(kept, note, row.entry)
            done = connection.execute(update(CONTROL_EXPERIMENTS).where(self._is(experiment)), self._values(kept))
            if done.rowcount != 1:
                raise OvertakenError(f"experiment {experiment.entry} was changed by somebody else meanwhile")
            if claim is None and kept.phase.is_under_way:
                self._hold_alone(connection, kept)
            self._release(connection, kept, claim, due)
            return kept

        return self._written(work)

    def put_back(self, claim: Claim, due: datetime, *, error: str | None = None) -> None:
        """Give a claim back without a word about the experiment, to be looked at when `due` has come.

        Raises:
            LedgerUnavailableError: it comes back after its lease.
        """
        with suppress(FencedError):
            self._recorder.in_transaction(
                lambda connection: self._leases.postpone(connection, claim, ns_of(due), error=error)
            )

    def drop(self, claim: Claim) -> None:
        """End the work of an experiment that is over.

        Raises:
            LedgerUnavailableError: it comes back after its lease.
        """
        with suppress(FencedError):
            self._recorder.in_transaction(lambda connection: self._leases.settle(connection, claim))

    def read(self, entry: EntryId) -> Experiment:
        """Return an experiment by the entry in which it was planned.

        Raises:
            NoExperimentError: there is none.
            LedgerUnavailableError: it cannot be read now.
        """
        asked = select(CONTROL_EXPERIMENTS).where(_OF.tenant == self._tenant, _OF.entry == entry)
        found = self._recorder.looked_up(lambda connection: connection.execute(asked).one_or_none())
        if found is None:
            raise NoExperimentError(f"entry {entry} planned no experiment")
        return experiment_of(found.entry, found.campaign, found.state, json.loads(found.document), found.fence)

    def of(self, campaign: CampaignId) -> Experiment:
        """Return the last experiment of a campaign: the one that is under way, else the one that was planned last.

        Raises:
            NoExperimentError: it never had one.
            LedgerUnavailableError: it cannot be read now.
        """
        found = self.all_of(campaign)
        if not found:
            raise NoExperimentError(
                f"campaign {campaign} never had an experiment",
                hint=f"plan one: paceline experiment plan {campaign} KEY=VALUE",
            )
        return next((one for one in found if one.phase.is_under_way), found[-1])

    def all_of(self, campaign: CampaignId) -> list[Experiment]:
        """Return the experiments of a campaign, the oldest first.

        Raises:
            LedgerUnavailableError: they cannot be read now.
        """
        return self._recorder.looked_up(lambda connection: self._within(connection, campaign))

    def listed(self, *, under_way: bool = False) -> list[Experiment]:
        """Return all experiments, the oldest first, or only those that are under way.

        Raises:
            LedgerUnavailableError: they cannot be read now.
        """
        asked = select(CONTROL_EXPERIMENTS).where(_OF.tenant == self._tenant).order_by(_OF.entry)
        if under_way:
            asked = asked.where(_OF.state.in_(sorted(phase.value for phase in UNDER_WAY)))
        found = self._recorder.looked_up(lambda connection: connection.execute(asked).all())
        return [experiment_of(one.entry, one.campaign, one.state, json.loads(one.document), one.fence) for one in found]

    def under_way(self, campaign: CampaignId) -> Experiment | None:
        """Return the experiment of a campaign that is under way, None when none is.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        return next((one for one in self.all_of(campaign) if one.phase.is_under_way), None)

    def entry_under_way(self, campaign: CampaignId) -> EntryId | None:
        """Return the entry of the experiment of a campaign that is under way, None when none is.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        found = self.under_way(campaign)
        return None if found is None else found.entry

    def _within(self, connection: Connection, campaign: CampaignId) -> list[Experiment]:
        asked = select(CONTROL_EXPERIMENTS).where(_OF.tenant == self._tenant, _OF.campaign == campaign)
        found = connection.execute(asked.order_by(_OF.entry))
        return [experiment_of(one.entry, one.campaign, one.state, json.loads(one.document), one.fence) for one in found]

    def _hold_alone(self, connection: Connection, kept: Experiment) -> None:
        """Hold an experiment that is taken up against whatever else steers the campaign by now."""
        for other in self._within(connection, kept.campaign):
            if other.entry != kept.entry and other.phase.is_under_way:
                raise OvertakenError(f"experiment {other.entry} by {other.actor.name} is under way by now")
        ours = (_ROLLED.tenant == self._tenant) & (_ROLLED.campaign == kept.campaign)
        steps = _ROLLED.state.in_([phase.value for phase in ROLLED_OUT])
        rollout = connection.execute(select(_ROLLED.entry).where(ours & steps).limit(1)).scalar()
        if rollout is not None:
            raise OvertakenError(f"rollout {rollout} of campaign {kept.campaign} is under way by now")
        steered = (_STEERED.tenant == self._tenant) & (_STEERED.campaign == kept.campaign)
        found = connection.execute(select(_STEERED.document).where(steered)).scalar()
        if found is not None and json.loads(found)["state"] == _STEERS:
            raise OvertakenError(f"campaign {kept.campaign} is supervised by now: two who steer undo each other")

    def _release(self, connection: Connection, kept: Experiment, claim: Claim | None, due: datetime | None) -> None:
        if not kept.phase.is_under_way:
            if claim is None:
                self._leases.cancel(connection, self._tenant, ROOM, str(kept.entry))
            else:
                with suppress(FencedError):
                    self._leases.settle(connection, claim)
            return
        if claim is not None and due is not None:
            with suppress(FencedError):
                self._leases.postpone(connection, claim, ns_of(due))
        elif claim is None:
            work = Work(tenant=self._tenant, room=ROOM, key=str(kept.entry), due_ns=0, campaign=kept.campaign)
            with suppress(WorkExistsError):
                self._leases.put(connection, work)

    def _is(self, experiment: Experiment) -> ColumnElement[bool]:
        return (_OF.tenant == self._tenant) & (_OF.entry == experiment.entry) & (_OF.fence == experiment.fence)

    def _deed(self, experiment: Experiment, note: Note) -> Deed:
        details: dict[str, Json] = {
            "phase": experiment.phase.value,
            "setting": experiment.live.value,
            "why": note.why,
            "at": text_of(note.at),
            **note.figures,
        }
        if experiment.entry:
            details["experiment"] = experiment.entry
        return Deed(
            kind=note.kind,
            actor=note.actor,
            campaign=experiment.campaign,
            reason=note.reason or note.why,
            ticket=note.ticket or experiment.ticket,
            details=details,
        )

    @staticmethod
    def _values(experiment: Experiment) -> dict[str, object]:
        document = canonical_json(experiment.kept())
        return {"state": experiment.phase.value, "document": document, "fence": experiment.fence}

    def _written(self, work: Callable[[Connection], T]) -> T:
        made: list[T] = []
        self._recorder.in_transaction(lambda connection: made.append(work(connection)))
        return made[-1]

    def _now(self) -> datetime:
        return self._recorder.book.now()


def _told(experiment: Experiment, note: Note, entry: EntryId) -> Experiment:
    return experiment.with_event(note.kind.partition(".")[2], note.why, note.at, entry=entry, by=note.actor.name)
