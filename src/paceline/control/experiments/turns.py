"""Whose turn it is at an experiment: one process at a time, by a lease, when it is due by the platform's time.

A campaign that cannot be looked at holds up no other. When the platform is away for one it is for all: the rest wait.
"""

from __future__ import annotations

from datetime import timedelta

from paceline.campaign.ports import PlatformError
from paceline.control.experiments.engine import Engine
from paceline.control.experiments.experiments import ROOM, Experiments, OvertakenError
from paceline.control.experiments.standing import Experiment
from paceline.control.outcome import Failure
from paceline.control.platform_time import PlatformTime
from paceline.control.recorder import Recorder
from paceline.control.refusals import is_away
from paceline.control.rollout.standing import next_minute
from paceline.primitives.clock import instant_of, ns_of
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import EntryId
from paceline.storage.leases import Claim, Leases

AT_ONCE = 20
"""How many experiments are claimed together."""
EVERY_S = 5.0
"""Between two looks of a worker at what is due, seconds of ours."""
MOST_READS = 5
"""So often an experiment is read anew that somebody else has written under a look."""
_MINUTE = timedelta(minutes=1)


class ExperimentTurns:
    """Looks at the experiments of one tenant that are due; a task of a worker, shared by any number of processes."""

    def __init__(self, *, engine: Engine, experiments: Experiments, recorder: Recorder, leases: Leases) -> None:
        """Move experiments by this engine, each under one of these leases."""
        self._engine = engine
        self._experiments = experiments
        self._recorder = recorder
        self._leases = leases
        self._tenant = recorder.book.tenant

    @property
    def every_s(self) -> float:
        """Between two calls, seconds of ours."""
        return EVERY_S

    def run(self, time: PlatformTime) -> int:
        """Look at the experiments that are due by the platform's time, and return to how many something was done.

        Raises:
            PlatformError: the platform is away.
            LedgerUnavailableError: the database is away; what was claimed comes back after its lease.
        """
        now = time.now()
        if now is None:
            return 0
        claims, done = self._leases.claim(self._tenant, ROOM, now_ns=ns_of(now), limit=AT_ONCE), 0
        away: PlatformError | None = None
        with self._leases.kept(claims):
            for claim in claims:
                if away is not None:
                    self._leases.release(claim)
                    continue
                try:
                    done += self._turn(claim)
                except PlatformError as error:
                    self._experiments.put_back(claim, now + _MINUTE, error=error.message)
                    away = error if is_away(Failure.of(error)) else None
                except PacelineError as error:
                    # One that cannot be read or judged holds up no other, and says why in its work.
                    self._experiments.put_back(claim, now + _MINUTE, error=error.message)
                    if error.retryable:
                        raise
        if away is not None:
            raise away
        return done

    def now(self, entry: EntryId) -> Experiment:
        """Look at one experiment at once, unless somebody is at it, and return where it stands.

        Raises:
            PlatformError: the campaign cannot be looked at; whoever comes next does it.
            LedgerUnavailableError: the database is away.
        """
        taken: list[Claim | None] = []
        self._recorder.in_transaction(
            lambda connection: taken.append(self._leases.take(connection, self._tenant, ROOM, str(entry), due_ns=0))
        )
        claim = taken[-1]
        if claim is not None:
            with self._recorder.at_work(), self._leases.kept([claim]):
                try:
                    self._turn(claim)
                except PlatformError as error:
                    self._experiments.put_back(claim, instant_of(0), error=error.message)
                    raise
        return self._experiments.read(entry)

    def _turn(self, claim: Claim) -> int:
        for _ in range(MOST_READS):
            experiment = self._experiments.read(EntryId(int(claim.work.key)))
            if not experiment.phase.is_under_way:
                self._experiments.drop(claim)
                return 0
            try:
                looked = self._engine.look(experiment, claim)
            except OvertakenError:
                continue
            return int(looked.live is not experiment.live or len(looked.blocks) != len(experiment.blocks))
        self._experiments.put_back(claim, next_minute(instant_of(claim.work.due_ns)))
        return 0
