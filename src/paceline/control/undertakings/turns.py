"""Whose turn it is at an undertaking: one process at a time, by a lease, when it is due by the platform's time.

Rules:
* Who has its lease looks; whoever writes it meanwhile, a person who aborts it, makes him look again.
* A campaign that cannot be looked at holds up no other. When the platform is away for one it is for all: the rest wait.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from paceline.campaign.ports import PlatformError
from paceline.control.outcome import Failure
from paceline.control.platform_time import PlatformTime
from paceline.control.recorder import Recorder
from paceline.control.refusals import is_away
from paceline.control.undertakings.keeping import Undertakings
from paceline.control.undertakings.standing import Undertaking, next_minute
from paceline.primitives.clock import instant_of, ns_of
from paceline.primitives.errors import PacelineError
from paceline.primitives.ids import EntryId
from paceline.storage.leases import Claim, Leases

AT_ONCE = 20
"""How many undertakings are claimed together."""
EVERY_S = 5.0
"""Between two looks of a worker at what is due, seconds of ours."""
MOST_READS = 5
"""So often an undertaking is read anew that somebody else has written under a look."""
_MINUTE = timedelta(minutes=1)
U = TypeVar("U", bound=Undertaking)


class Looks(Protocol[U]):
    """What moves an undertaking by one look."""

    def look(self, undertaking: U, claim: Claim, /) -> U:
        """Look once, do what follows, give the claim back, and return where it stands then."""
        ...


class Turns(Generic[U]):
    """Looks at what is due of one kind and one tenant; a task of a worker, shared by any number of processes."""

    def __init__(self, *, engine: Looks[U], kept: Undertakings[U], recorder: Recorder, leases: Leases) -> None:
        """Move what is kept by this engine, each under one of these leases."""
        self._engine = engine
        self._kept = kept
        self._recorder = recorder
        self._leases = leases
        self._tenant = recorder.book.tenant

    @property
    def every_s(self) -> float:
        """Between two calls, seconds of ours."""
        return EVERY_S

    def run(self, time: PlatformTime) -> int:
        """Look at what is due by the platform's time, and return to how many something was done.

        Raises:
            PlatformError: the platform is away.
            LedgerUnavailableError: the database is away; what was claimed comes back after its lease.
        """
        now = time.now()
        if now is None:
            return 0
        claims, done = self._leases.claim(self._tenant, self._kept.room, now_ns=ns_of(now), limit=AT_ONCE), 0
        away: PlatformError | None = None
        with self._leases.kept(claims):
            for claim in claims:
                if away is not None:
                    self._leases.release(claim)
                    continue
                try:
                    done += self._turn(claim)
                except PlatformError as error:
                    self._kept.put_back(claim, now + _MINUTE, error=error.message)
                    away = error if is_away(Failure.of(error)) else None
                except PacelineError as error:
                    # One that cannot be read or judged holds up no other, and says why in its work.
                    self._kept.put_back(claim, now + _MINUTE, error=error.message)
                    if error.retryable:
                        raise
        if away is not None:
            raise away
        return done

    def now(self, entry: EntryId) -> U:
        """Look at one at once, unless somebody is at it, and return where it stands.

        Raises:
            PlatformError: the campaign cannot be looked at; whoever comes next does it.
            LedgerUnavailableError: the database is away.
        """
        room, taken = self._kept.room, list[Claim | None]()
        self._recorder.in_transaction(
            lambda connection: taken.append(self._leases.take(connection, self._tenant, room, str(entry), due_ns=0))
        )
        claim = taken[-1]
        if claim is not None:
            with self._recorder.at_work(), self._leases.kept([claim]):
                try:
                    self._turn(claim)
                except PlatformError as error:
                    self._kept.put_back(claim, instant_of(0), error=error.message)
                    raise
        return self._kept.read(entry)

    def moved(self, undertaking: U) -> U:
        """Do what was decided of one at once, unless somebody is at it; what cannot be done now is for the worker.

        Raises:
            LedgerUnavailableError: the database is away.
        """
        if not undertaking.phase.is_under_way:
            return undertaking
        try:
            return self.now(undertaking.entry)
        except PlatformError:
            return self._kept.read(undertaking.entry)

    def _turn(self, claim: Claim) -> int:
        for _ in range(MOST_READS):
            undertaking = self._kept.read(EntryId(int(claim.work.key)))
            if not undertaking.phase.is_under_way:
                self._kept.drop(claim)
                return 0
            try:
                looked = self._engine.look(undertaking, claim)
            except self._kept.overtaken:
                continue
            return int(looked.has_moved_since(undertaking))
        self._kept.put_back(claim, next_minute(instant_of(claim.work.due_ns)))
        return 0
