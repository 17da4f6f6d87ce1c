"""The worker: makes what is due, keeps what is frozen, returns to what has not ended, sees what others changed.

One round, in this order: what is frozen is stopped where it dials; what is due is made; what settles is looked at; each
task has its turn; and every `DRIFT_S` seconds all campaigns are looked at. A platform that is away ends the round, not
the worker. Messages are carried beside the rounds, wherever the platform is; the next round tells what came of them.

While it runs, a worker's presence stands in the database; that of one that was killed is swept away by the others when
its owner has been silent for `SWEPT_S`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Event

from sqlalchemy import Connection

from paceline.campaign.ports import PlatformError
from paceline.control.agenda.agenda import ROOM
from paceline.control.drifts import Drift
from paceline.control.due.changes import DueChanges
from paceline.control.fleet.enforcement import Enforcement
from paceline.control.order import Order
from paceline.control.outcome import Outcome
from paceline.control.platform_time import PlatformTime
from paceline.control.recorder import Recorder
from paceline.control.work.carrying import Carrying
from paceline.control.work.tasks import Task
from paceline.control.work.watch import Settled, Watch
from paceline.ledger.entry import Actor
from paceline.outbox import ports
from paceline.primitives.clock import WaitingClock
from paceline.storage.due_work import Work, listing
from paceline.storage.leases import Leases

PRESENCE = "worker"
"""The room in which each worker's presence stands while it lives."""
PAUSE_S = 0.5
"""Between two rounds, in seconds, unless something is put that is due."""
SETTLE_S = 5.0
"""Between two looks at what settles, and at what is frozen, in seconds."""
DRIFT_S = 60.0
"""Between two looks at all campaigns, and at the presence of others, in seconds."""
SWEPT_S = 3600.0
"""For how long an owner has to be silent, in seconds, before its presence is swept away; many leases, and no less."""
SWEPT_LEASES = 100
"""The same in leases, where those are long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round did, each thing by itself, and why the platform ended it, if it did.

    Attributes:
        stopped: stops of frozen campaigns that dialed all the same, also those that were not possible.
        ended: changes that were due and ended, given up as expired too.
        waiting: how many that are due wait on.
        aside: work of the agenda that belongs to no entry, and is not tried any more.
        settled: entries that came to their end by a later look.
        unsettled: how many settle still, or are in doubt.
        tasks: how many things the tasks did: rollouts, the abandonment book, supervised campaigns.
        drifts: what was changed outside paceline.
        carried: what came of messages in this round, or beside it since the one before.
    """

    stopped: tuple[Outcome, ...] = ()
    ended: tuple[Outcome, ...] = ()
    waiting: int = 0
    aside: tuple[str, ...] = ()
    settled: tuple[Settled, ...] = ()
    unsettled: int = 0
    tasks: int = 0
    drifts: tuple[Drift, ...] = ()
    platform_away: str | None = None
    carried: ports.Round = field(default_factory=ports.Round)


class Worker:
    """Does the work of one tenant that has no person in front of it; any number of workers share it."""

    def __init__(
        self,
        *,
        time: PlatformTime,
        due_changes: DueChanges,
        watch: Watch,
        enforcement: Enforcement,
        carrying: Carrying,
        leases: Leases,
        recorder: Recorder,
        actor: Actor,
        clock: WaitingClock,
        tasks: tuple[Task, ...] = (),
    ) -> None:
        """Join what there is to be done; `actor` is who stops what is frozen and notes what was seen."""
        self._time = time
        self._due_changes = due_changes
        self._watch = watch
        self._enforcement = enforcement
        self._carrying = carrying
        self._leases = leases
        self._recorder = recorder
        self._order = Order(actor=actor, reason="kept frozen")
        self._clock = clock
        self._tasks = tasks
        self._tasked_ns: dict[int, int] = {}
        self._settled_ns: int | None = None
        self._looked_ns: int | None = None
        self._enforced_ns: int | None = None
        self._present_ns: int | None = None

    def once(self) -> Round:
        """Do everything that there is to be done now, whenever it was done last.

        Raises:
            LedgerUnavailableError: the database is away.
        """
        self._enforced_ns = self._settled_ns = self._looked_ns = None
        self._tasked_ns.clear()
        with self._recorder.at_work():
            done = self._round(look=True)
            return replace(done, carried=self._carrying.once())

    def run(self, stopped: Event, *, told: Callable[[Round], None] = lambda _round: None) -> None:
        """Go on until it is stopped; what is begun then is ended first.

        Raises:
            LedgerUnavailableError: the database is away.
        """
        with (
            self._recorder.at_work(),
            self._present(),
            self._leases.bell(ROOM) as bell,
            self._carrying.going_on(stopped) as carried,
        ):
            while not stopped.is_set():
                if carried.done():
                    carried.result()
                done = self._round(look=self._time.is_old, told_to_end=stopped)
                told(replace(done, carried=self._carrying.news()))
                self._keep_present()
                bell.wait_for_work(PAUSE_S)
        last = self._carrying.news()
        if last.taken:
            told(Round(carried=last))

    def has_company(self) -> bool:
        """Return whether a worker lives that works on this tenant, this one aside."""
        tenant = self._recorder.book.tenant
        rows = self._recorder.looked_up(lambda connection: listing(connection, tenant, room=PRESENCE))
        owner = self._recorder.owner
        return any(row.work.key != owner.name and not owner.is_dead(row.work.key) for row in rows)

    def _round(self, *, look: bool, told_to_end: Event | None = None) -> Round:
        done = Round()
        try:
            if self._is_over(self._enforced_ns, SETTLE_S):
                self._enforced_ns = self._clock.running_ns()
                # One that goes on shares the work with others; a single round does all that there is to be done.
                enforce = self._enforcement.enforce if told_to_end is None else self._enforcement.in_turn
                stops = enforce(self._order)
                done = replace(done, stopped=() if stops is None else stops.items)
            if look:
                self._time.look()
            done = self._made_due(done, is_fresh=look, told_to_end=told_to_end)
            if self._is_over(self._settled_ns, SETTLE_S):
                self._settled_ns = self._clock.running_ns()
                looked = self._watch.settle()
                done = replace(done, settled=looked.settled, unsettled=len(looked.left))
            done = self._did_tasks(done)
            if self._is_over(self._looked_ns, DRIFT_S):
                self._looked_ns = self._clock.running_ns()
                done = replace(done, drifts=self._watch.look_for_drift())
        except PlatformError as away:
            # What is due is tried all the same, by the time that is estimated: a stop does not wait for a list.
            if not done.ended and not done.waiting:
                done = self._made_due(done, is_fresh=False, told_to_end=told_to_end)
            return replace(done, platform_away=away.message)
        return done

    def _made_due(self, done: Round, *, is_fresh: bool, told_to_end: Event | None) -> Round:
        """Make what is due; a time that is an estimate is asked for anew before anything is made by it."""
        ran = self._due_changes.run(self._time, is_fresh=is_fresh, told_to_end=told_to_end)
        return replace(done, ended=ran.ended, waiting=ran.waiting, aside=ran.aside)

    def _did_tasks(self, done: Round) -> Round:
        for place, task in enumerate(self._tasks):
            if self._is_over(self._tasked_ns.get(place), task.every_s):
                self._tasked_ns[place] = self._clock.running_ns()
                done = replace(done, tasks=done.tasks + task.run(self._time))
        return done

    def _is_over(self, since_ns: int | None, seconds: float) -> bool:
        return since_ns is None or self._clock.running_ns() - since_ns >= seconds * 1_000_000_000

    @contextmanager
    def _present(self) -> Iterator[None]:
        self._present_ns = None
        self._keep_present()
        tenant, name = self._recorder.book.tenant, self._recorder.owner.name
        try:
            yield
        finally:
            self._recorder.in_transaction(lambda connection: self._gone(connection, tenant, name))

    def _keep_present(self) -> None:
        """Say now and then that this worker is here, and sweep away the presence of those that are long dead."""
        if not self._is_over(self._present_ns, DRIFT_S):
            return
        tenant, owner = self._recorder.book.tenant, self._recorder.owner
        rows = self._recorder.looked_up(lambda connection: listing(connection, tenant, room=PRESENCE))
        silent_s = max(SWEPT_S, SWEPT_LEASES * owner.lease_s)
        present = {row.work.key for row in rows}
        dead = [name for name in sorted(present) if owner.is_silent(name, silent_s)]

        def come(connection: Connection) -> None:
            owner.beat(connection)
            for name in dead:
                self._gone(connection, tenant, name)
            if owner.name not in present:
                # It has just begun, or somebody took it for dead while it was suspended.
                self._leases.replace(connection, Work(tenant=tenant, room=PRESENCE, key=owner.name, due_ns=0))

        if dead or owner.name not in present:
            self._recorder.in_transaction(come)
        self._present_ns = self._clock.running_ns()

    def _gone(self, connection: Connection, tenant: str, name: str) -> None:
        self._leases.cancel(connection, tenant, PRESENCE, name)
