"""The only place where parts are joined: settings in, a `System` out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import HouseRules
from paceline.campaign.ports import Platform
from paceline.control.fleet import Fleet
from paceline.control.meanwhile import Meanwhile
from paceline.control.order import OnConflict, Order
from paceline.control.outcome import Outcome
from paceline.control.owners import LEASE_S, Owner
from paceline.control.pipeline import Corridor
from paceline.control.recorder import Recorder
from paceline.control.settlement import Settlement
from paceline.control.survey import Survey
from paceline.ledger.book import Book
from paceline.ledger.entry import Actor
from paceline.ledger.readings import Readings
from paceline.primitives.clock import MachineClock, WaitingClock
from paceline.primitives.ids import TenantId
from paceline.storage.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a system behaves that is joined by hand: seconds of a lease, changes at once, how many may be active."""

    lease_s: float = LEASE_S
    concurrency: int = 8
    active_limit: Callable[[], int | None] = lambda: None


class System:
    """All of paceline for one tenant: changes go in, outcomes come out. To be closed; a `with` block does."""

    def __init__(
        self,
        *,
        platform: Platform,
        database: Database,
        tenant: TenantId,
        actor: Actor,
        clock: WaitingClock | None = None,
        options: Options | None = None,
    ) -> None:
        """Join these parts.

        Args:
            platform: what campaigns are changed on.
            database: where the ledger is; stays the caller's to close.
            tenant: whose ledger.
            actor: who gives the orders that name nobody else.
            clock: what time is told by; the machine's when None.
            options: how it behaves.
        """
        options = options or Options()
        clock = clock or MachineClock()
        self.actor = actor
        self.platform = platform
        self.database = database
        self.book = Book(database, tenant=tenant, clock=clock)
        self.readings = Readings(database, self.book)
        self.owner = Owner(database, clock, lease_s=options.lease_s)
        self.recorder = Recorder(database, self.book, self.readings, self.owner)
        self.settlement = Settlement(platform, self.recorder, clock)
        self.corridor = Corridor(
            platform=platform,
            recorder=self.recorder,
            survey=Survey(platform, self.recorder, active_limit=options.active_limit),
            settlement=self.settlement,
            meanwhile=Meanwhile(self.recorder, self.readings),
            rules=HouseRules(),
            clock=clock,
        )
        self.fleet = Fleet(platform, self.corridor, self.recorder, concurrency=options.concurrency)
        self._closing: list[Callable[[], None]] = [self.owner.close]

    def run(
        self,
        change: AnyChange,
        *,
        reason: str | None = None,
        ticket: str | None = None,
        if_revision: str | None = None,
        on_conflict: OnConflict | None = None,
        dry_run: bool = False,
    ) -> Outcome:
        """Carry out one change and return how it ended; it is in the ledger by then.

        Args:
            change: such as `Pause(campaign=campaign_id("CMP-12345"))`.
            reason: why, for whoever reads the ledger.
            ticket: where it is discussed.
            if_revision: the revision that you looked at.
            on_conflict: what becomes of it when the campaign has moved on.
            dry_run: judge it to the end, record it, and send nothing.
        """
        order = Order(
            actor=self.actor,
            reason=reason,
            ticket=ticket,
            if_revision=if_revision,
            on_conflict=on_conflict,
            dry_run=dry_run,
        )
        return self.corridor.run(change, order)

    def closes(self, close: Callable[[], None]) -> None:
        """Have something else closed with this system, after all that was there already."""
        self._closing.insert(0, close)

    def close(self) -> None:
        """Let go of everything; a second time does nothing."""
        closing, self._closing = self._closing, []
        for close in reversed(closing):
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


