"""The task that keeps the abandonment book: one worker at a time, within a quarter of the request budget.

Rules:
* A turn comes at most every `TURN_S` seconds of ours, and at most every `TURN_S` of the platform's: where its clock
  stands there is no news, and where it runs fast its own limit still holds.
* A turn makes its share of the requests of a quarter of the budget at most, and `FEWEST` at least, for which it
  comes as seldom as that takes. Changes that
  a guard makes are changes, and go as such.
* Who has the turn is settled by a lease; what was not finished is taken up by whoever has the next.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from paceline.campaign.observed import Ability
from paceline.campaign.ports import Platform, PlatformError
from paceline.compliance.fields import RuleFileError
from paceline.control.abandonment.account import CampaignAccount
from paceline.control.abandonment.accounts import Accounts
from paceline.control.abandonment.guards import Guards
from paceline.control.abandonment.periods import EndedPeriods
from paceline.control.abandonment.reading import Budget
from paceline.control.abandonment.remaining import Standing
from paceline.control.platform_time import PlatformTime
from paceline.control.recorder import Recorder
from paceline.primitives.clock import Clock
from paceline.storage.due_work import FencedError, Work, WorkExistsError, listing
from paceline.storage.leases import Claim, Leases

ROOM = "abandonment"
"""The room of the due work in which the turn stands."""
TURN_S = 15.0
"""Between two turns, in seconds."""
SHARE = 4
"""The book may use one part in so many of the request budget."""
UNLIMITED = 240
"""Requests in a minute where nobody limits them."""
FEWEST = 2
"""So many requests a turn has at least: one for the totals, and one to get on with."""
MOST_CAMPAIGNS = 200
"""So many campaigns are looked at in one turn at most."""
_KEY = "turn"
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many requests the book may make in one turn, and how long a turn lasts at least, seconds."""

    requests: int
    turn_s: float

    @classmethod
    def of(cls, per_minute: int) -> Quota:
        """Return the quota under a limit of so many requests in a minute; 0 is no limit.

        >>> Quota.of(100)
        Quota(requests=6, turn_s=15.0)
        >>> Quota.of(4)
        Quota(requests=2, turn_s=120.0)
        """
        share = UNLIMITED if per_minute == 0 else max(1, per_minute // SHARE)
        turn_s = max(TURN_S, FEWEST * 60.0 / share)
        return cls(requests=max(FEWEST, int(share * turn_s / 60.0)), turn_s=turn_s)


class Polling:
    """Keeps the book of one tenant up to date, and lets the guards judge; any number of processes share it."""

    def __init__(
        self,
        *,
        platform: Platform,
        accounts: Accounts,
        guards: Guards,
        periods: EndedPeriods,
        recorder: Recorder,
        leases: Leases,
        clock: Clock,
        quota: Quota,
    ) -> None:
        """Join what is read, who judges it, and whose turn it is."""
        self._platform = platform
        self._accounts = accounts
        self._guards = guards
        self._periods = periods
        self._recorder = recorder
        self._leases = leases
        self._clock = clock
        self._quota = quota
        self._tenant = recorder.book.tenant
        self._looked: datetime | None = None

    @property
    def every_s(self) -> float:
        """Return how long a worker leaves between two calls, seconds of ours."""
        return self._quota.turn_s

    def run(self, time: PlatformTime) -> int:
        """Bring the book up to date when it is this process's turn, and return how many times a guard did something.

        Raises:
            PlatformError: the platform cannot be asked; the next turn comes all the same.
            LedgerUnavailableError: nobody can tell, or keep it.
        """
        now = time.now()
        if Ability.STATISTICS not in self._platform.abilities or now is None or self._is_early(now):
            return 0
        claim = self._turn()
        if claim is None:
            return 0
        try:
            with self._leases.kept([claim]):
                done = self._look(now)
                self._looked = now
                return done
        finally:
            due_ns = self._clock.wall_ns() + round(self._quota.turn_s * _SECOND)
            with suppress(FencedError):
                self._recorder.in_transaction(lambda connection: self._leases.postpone(connection, claim, due_ns))

    def _look(self, now: datetime) -> int:
        budget = Budget(self._quota.requests)
        try:
            self._periods.note(now, budget)
            found = self._accounts.brought_up(budget, most=MOST_CAMPAIGNS)
        except RuleFileError:
            # Without the law nothing can be judged; who asks for it by name is told what is wrong with it.
            return 0
        return self._judged(found)

    def _judged(self, found: Iterable[CampaignAccount]) -> int:
        """Return how many times a guard did something; one campaign that cannot be looked at keeps it from no other."""
        done, looked, trouble = 0, False, None
        for account in found:
            try:
                done += self._guards.judge(account)
                looked = looked or account.standing is Standing.BREACHED
            except PlatformError as problem:
                trouble = problem
        if trouble is not None and not looked:
            raise trouble
        return done

    def _is_early(self, now: datetime) -> bool:
        """Return whether the platform's clock has hardly moved since this process looked; one that was set back has."""
        if self._looked is None:
            return False
        return timedelta() <= now - self._looked < timedelta(seconds=self._quota.turn_s)

    def _turn(self) -> Claim | None:
        room = self._recorder.looked_up(lambda connection: listing(connection, self._tenant, room=ROOM))
        if not room:
            self._recorder.in_transaction(self._begin)
        claims = self._leases.claim(self._tenant, ROOM, now_ns=self._clock.wall_ns(), limit=1)
        return claims[0] if claims else None

    def _begin(self, connection: Connection) -> None:
        with suppress(WorkExistsError):
            self._leases.put(connection, Work(tenant=self._tenant, room=ROOM, key=_KEY, due_ns=0))
