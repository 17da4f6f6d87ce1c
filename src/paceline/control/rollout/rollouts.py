"""The rollouts of one tenant as they are kept: a row each, written in one transaction with the notes that tell of it.

Rules:
* A row is written only by whoever has read it as it is: every write raises its fence, and one by an older fence writes
  nothing (`OvertakenError`), its notes included.
* Who is at a rollout has a lease of its work, which is due in the platform's time; a rollout that is over has none.
* A campaign has one rollout that is under way at most, and none while one is latched: seen in the transaction in which
  the next would begin.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection, insert, select, update

from paceline.control.announcing import Crier
from paceline.control.recorder import Recorder
from paceline.control.rollout.standing import UNDER_WAY, Rollout, rollout_of
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

ROOM = "rollouts"
"""The room of the due work in which rollouts stand."""
START, STEP, PROMOTE, HOLD = "rollout.start", "rollout.step", "rollout.promote", "rollout.hold"
UNDO, ABORT, PAUSE, RESUME = "rollout.undo", "rollout.abort", "rollout.pause", "rollout.resume"
CLEAR, END = "rollout.clear", "rollout.end"
KINDS = (ABORT, CLEAR, END, HOLD, PAUSE, PROMOTE, RESUME, START, STEP, UNDO)
"""The kinds of the notes of rollouts, and the types of their news."""
_OF, _STEERED = CONTROL_ROLLOUTS.c, CONTROL_SUPERVISIONS.c
_RUNNING = "running"
"""The state of a supervision that steers."""
_EXPERIMENTING = ("running", "paused", "ending")
"""The states of an experiment that is under way."""
T = TypeVar("T")


class OvertakenError(PacelineError):
    """somebody else has written this rollout since it was read"""

    code = "rollout-overtaken"
    retryable = True


class NoRolloutError(PacelineError):
    """this campaign has no rollout"""

    code = "no-rollout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is noted of a rollout.

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


class Rollouts:
    """Keeps rollouts; serves all threads, and any number of processes on one database."""

    def __init__(self, recorder: Recorder, leases: Leases, crier: Crier) -> None:
        """Keep them beside this recorder's book, their work with these leases, and tell the crier."""
        self._recorder = recorder
        self._leases = leases
        self._crier = crier
        self._tenant = recorder.book.tenant

    def begin(self, rollout: Rollout, note: Note) -> tuple[Rollout, bool]:
        """Keep a rollout that begins, and return it with its entry and true; else the one that stands in its way.

        Raises:
            LedgerUnavailableError: it did not begin.
        """

        def work(connection: Connection) -> tuple[Rollout, bool]:
            self._recorder.book.hold(connection)
            other = _in_the_way(self._within(connection, rollout.campaign))
            if other is not None:
                return other, False
            self._not_steered(connection, rollout.campaign)
            row = self._recorder.book.put(connection, drafts.noted(self._deed(rollout, note), at=self._now()))
            made = replace(rollout, entry=row.entry, fence=1)
            made = _told(made, note, row.entry)
            connection.execute(insert(CONTROL_ROLLOUTS), self._row(made))
            self._crier.noted(connection, row, note.kind)
            self._put_work(connection, made)
            return made, True

        return self._written(work)

    def keep(self, rollout: Rollout, *notes: Note, claim: Claim | None = None, due: datetime | None = None) -> Rollout:
        """Write where a rollout stands now, with what is noted of it, and return it as it is kept.

        Args:
            rollout: as it shall be, with the fence by which it was read.
            notes: put in the same transaction, each told as news, each an event of its history.
            claim: the lease of whoever is at it: given back until `due`, or ended when the rollout is over.
            due: when it is looked at next, by the platform's time; None keeps the lease.

        Raises:
            OvertakenError: somebody else has written it since; nothing was written.
            LedgerUnavailableError: nothing was written.
        """

        def work(connection: Connection) -> Rollout:
            self._recorder.book.hold(connection)
            kept = replace(rollout, fence=rollout.fence + 1)
            for note in notes:
                row = self._recorder.book.put(connection, drafts.noted(self._deed(kept, note), at=self._now()))
                self._crier.noted(connection, row, note.kind)
                kept = _told(kept, note, row.entry)
            ours = (_OF.tenant == self._tenant) & (_OF.entry == rollout.entry) & (_OF.fence == rollout.fence)
            done = connection.execute(update(CONTROL_ROLLOUTS).where(ours), self._values(kept))
            if done.rowcount != 1:
                raise OvertakenError(f"rollout {rollout.entry} was changed by somebody else meanwhile")
            if claim is None and kept.phase.is_under_way:
                self._hold_alone(connection, kept)
            self._release(connection, kept, claim, due)
            return kept

        return self._written(work)

    def put_back(self, claim: Claim, due: datetime, *, error: str | None = None) -> None:
        """Give a claim back without a word about the rollout, to be looked at when `due` has come.

        Raises:
            LedgerUnavailableError: it comes back after its lease.
        """
        with suppress(FencedError):
            self._recorder.in_transaction(
                lambda connection: self._leases.postpone(connection, claim, ns_of(due), error=error)
            )

    def drop(self, claim: Claim) -> None:
        """End the work of a rollout that is over.

        Raises:
            LedgerUnavailableError: it comes back after its lease.
        """
        with suppress(FencedError):
            self._recorder.in_transaction(lambda connection: self._leases.settle(connection, claim))

    def read(self, entry: EntryId) -> Rollout:
        """Return a rollout by the entry in which it was begun.

        Raises:
            NoRolloutError: there is none.
            LedgerUnavailableError: it cannot be read now.
        """
        asked = select(CONTROL_ROLLOUTS).where(_OF.tenant == self._tenant, _OF.entry == entry)
        found = self._recorder.looked_up(lambda connection: connection.execute(asked).one_or_none())
        if found is None:
            raise NoRolloutError(f"entry {entry} began no rollout")
        return rollout_of(found.entry, found.campaign, found.state, json.loads(found.document), found.fence)

    def of(self, campaign: CampaignId) -> Rollout:
        """Return the last rollout of a campaign.

        Raises:
            NoRolloutError: it never had one.
            LedgerUnavailableError: it cannot be read now.
        """
        found = self.all_of(campaign)
        if not found:
            raise NoRolloutError(
                f"campaign {campaign} never had a rollout",
                hint=f"begin one: paceline rollout start {campaign} --file FILE --steps N",
            )
        return found[-1]

    def all_of(self, campaign: CampaignId) -> list[Rollout]:
        """Return the rollouts of a campaign, the oldest first.

        Raises:
            LedgerUnavailableError: they cannot be read now.
        """
        return self._recorder.looked_up(lambda connection: self._within(connection, campaign))

    def listed(self, *, under_way: bool = False) -> list[Rollout]:
        """Return all rollouts, the oldest first, or only those that are under way.

        Raises:
            LedgerUnavailableError: they cannot be read now.
        """
        asked = select(CONTROL_ROLLOUTS).where(_OF.tenant == self._tenant).order_by(_OF.entry)
        if under_way:
            asked = asked.where(_OF.state.in_(sorted(phase.value for phase in UNDER_WAY)))
        found = self._recorder.looked_up(lambda connection: connection.execute(asked).all())
        return [rollout_of(one.entry, one.campaign, one.state, json.loads(one.document), one.fence) for one in found]

    def under_way(self, campaign: CampaignId) -> Rollout | None:
        """Return the rollout of a campaign that is under way, None when none is.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        return next((one for one in self.all_of(campaign) if one.phase.is_under_way), None)

    def in_the_way(self, campaign: CampaignId) -> Rollout | None:
        """Return the rollout that keeps another one of this campaign from beginning: under way, or latched.

        Raises:
            LedgerUnavailableError: nobody can tell.
        """
        return _in_the_way(self.all_of(campaign))

    def _within(self, connection: Connection, campaign: CampaignId) -> list[Rollout]:
        asked = select(CONTROL_ROLLOUTS).where(_OF.tenant == self._tenant, _OF.campaign == campaign)
        found = connection.execute(asked.order_by(_OF.entry))
        return [rollout_of(one.entry, one.campaign, one.state, json.loads(one.document), one.fence) for one in found]

    def _not_steered(self, connection: Connection, campaign: CampaignId) -> None:
        """Hold a rollout that begins against a supervision or an experiment that began in the same moment."""
        ours = (_STEERED.tenant == self._tenant) & (_STEERED.campaign == campaign)
        found = connection.execute(select(_STEERED.document).where(ours)).scalar()
        if found is not None and json.loads(found)["state"] == _RUNNING:
            raise OvertakenError(f"campaign {campaign} is supervised by now: two who steer undo each other")
        of = CONTROL_EXPERIMENTS.c
        ours = (of.tenant == self._tenant) & (of.campaign == campaign) & of.state.in_(_EXPERIMENTING)
        experiment = connection.execute(select(of.entry).where(ours).limit(1)).scalar()
        if experiment is not None:
            raise OvertakenError(f"experiment {experiment} of campaign {campaign} is under way by now")

    def _hold_alone(self, connection: Connection, kept: Rollout) -> None:
        """Hold a rollout that may be taken up again against a newer one that has begun meanwhile."""
        for other in self._within(connection, kept.campaign):
            if other.entry != kept.entry and other.phase.is_under_way:
                raise OvertakenError(f"rollout {other.entry} by {other.actor.name} is under way by now")

    def _release(self, connection: Connection, kept: Rollout, claim: Claim | None, due: datetime | None) -> None:
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
            # Whoever took one up again that was over has it looked at; one that is under way is due already.
            self._put_work(connection, kept)

    def _put_work(self, connection: Connection, rollout: Rollout) -> None:
        work = Work(tenant=self._tenant, room=ROOM, key=str(rollout.entry), due_ns=0, campaign=rollout.campaign)
        with suppress(WorkExistsError):
            self._leases.put(connection, work)

    def _deed(self, rollout: Rollout, note: Note) -> Deed:
        details: dict[str, Json] = {
            "step": rollout.step,
            "steps": rollout.last,
            "phase": rollout.phase.value,
            "why": note.why,
            "at": note.at.isoformat().replace("+00:00", "Z"),
            "way_back": rollout.way_back,
            **note.figures,
        }
        if rollout.entry:
            details["rollout"] = rollout.entry
        return Deed(
            kind=note.kind,
            actor=note.actor,
            campaign=rollout.campaign,
            reason=note.reason or note.why,
            ticket=note.ticket or rollout.ticket,
            details=details,
        )

    def _row(self, rollout: Rollout) -> dict[str, object]:
        return {
            "tenant": self._tenant,
            "entry": rollout.entry,
            "campaign": rollout.campaign,
            **self._values(rollout),
        }

    @staticmethod
    def _values(rollout: Rollout) -> dict[str, object]:
        document = canonical_json(rollout.kept())
        return {"state": rollout.phase.value, "document": document, "fence": rollout.fence}

    def _written(self, work: Callable[[Connection], T]) -> T:
        made: list[T] = []
        self._recorder.in_transaction(lambda connection: made.append(work(connection)))
        return made[-1]

    def _now(self) -> datetime:
        return self._recorder.book.now()


def _in_the_way(rollouts: list[Rollout]) -> Rollout | None:
    against = [one for one in rollouts if one.phase.is_under_way or one.latch is not None]
    return against[-1] if against else None


def _told(rollout: Rollout, note: Note, entry: EntryId) -> Rollout:
    numbers: dict[str, Json] = {"numbers": note.figures["numbers"]} if "numbers" in note.figures else {}
    return rollout.with_event(
        note.kind.partition(".")[2], note.why, note.at, entry=entry, by=note.actor.name, **numbers
    )
