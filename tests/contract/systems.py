"""Whole systems for the suites of the corridor: on the emulator, on one database, under a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from paceline.bootstrap import Options, System
from paceline.campaign.catalogue import AnyChange
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Pause, Resume, Stop
from paceline.campaign.observed import Ability, Document, LiveCalls, Observed, Part, State, Unreadable
from paceline.campaign.ports import Counted, Meter, Platform, Prepared, Receipt
from paceline.campaign.simulations import PlatformSimulation, PlatformWebhook, SimulationStarted
from paceline.campaign.statistics import Statistics
from paceline.control.kept import Opened, Sent
from paceline.control.order import Order
from paceline.ledger.entry import Actor
from paceline.ledger.verify import verify_database
from paceline.primitives.clock import ManualClock, WaitingClock
from paceline.primitives.ids import CampaignId, TenantId, Version
from paceline.storage.database import Database
from tests.contract.emulated import Emulated

Another = Callable[[], AbstractContextManager[Database]]
"""What opens a database of which nobody else knows, and lets it be gone after the block."""
_NUMBERS = count(1)
STARTED = datetime(2026, 6, 15, 12, tzinfo=UTC)
ACTIVE, PAUSED, STOPPED = CampaignId("ACTIVE"), CampaignId("PAUSED"), CampaignId("STOPPED")
LOCKED, ARCHIVED = CampaignId("LOCKED"), CampaignId("ARCHIVED")
PAUSE, RESUME, STOP = Pause(campaign=ACTIVE), Resume(campaign=PAUSED), Stop(campaign=ACTIVE)


def actor(name: str) -> Actor:
    return Actor(name=name, known_by="test")


@dataclass
class Office:
    """Where systems of several people work on one ledger; `clock` is the time of those who bring none."""

    emulated: Emulated
    database: Database
    tenant: TenantId
    clock: ManualClock = field(default_factory=lambda: ManualClock(wall_ns=int(STARTED.timestamp()) * 10**9))
    opened: list[System] = field(default_factory=list)

    def system(
        self,
        name: str = "ada",
        *,
        platform: Platform | None = None,
        database: Database | None = None,
        clock: WaitingClock | None = None,
        **options: Any,
    ) -> System:
        made = System(
            platform=platform or self.emulated.platform(),
            database=database or self.database,
            tenant=self.tenant,
            actor=actor(name),
            clock=clock or self.clock,
            options=Options(**options),
        )
        self.opened.append(made)
        return made

    def close(self) -> None:
        for system in self.opened:
            system.close()
        found = verify_database(self.database, tenant=self.tenant)
        assert found.ok, found.faults

    def outside(self, change: AnyChange) -> Observed:
        """Change a campaign as somebody does who knows nothing of this ledger."""
        platform = self.emulated.platform()
        made = platform.apply(platform.prepare(change, None), idempotency_key=f"outside-{next(_NUMBERS)}").observed
        assert made is not None
        return made

    def sent(self, method: str = "PATCH") -> list[dict[str, Any]]:
        """The requests of a method that the platform saw, in order."""
        return self.emulated.entries(method=method, path="/api/v2/*")

    def sent_keys(self) -> set[str]:
        return {entry["request"]["headers"]["idempotency-key"] for entry in self.sent()}


def steps(system: System, entry: int | None) -> list[str]:
    """The rows of an entry, by their steps."""
    return [row.step.value for row in system.book.rows() if row.entry == entry]


def revision(observed: Observed | None) -> int:
    assert observed is not None
    assert observed.revision is not None
    return observed.revision


def left_behind(
    gone: System, change: AnyChange, *, intended: bool = True, happened: bool = False
) -> tuple[Opened, Sent | None]:
    """Leave an entry as a process leaves it that dies: after `open`, after `intend`, or after its effect."""
    opened = gone.recorder.open(change, Order(actor=gone.actor))
    if not intended:
        return opened, None
    observed = gone.platform.read(change.campaign)
    prepared = gone.platform.prepare(change, observed.version)
    sent = gone.recorder.intend(opened, prepared, observed, number=1)
    if happened:
        gone.platform.apply(sent.prepared, idempotency_key=sent.key)
    return opened, sent


class Through:
    """A platform that passes everything on to another; what differs is overridden."""

    def __init__(self, beyond: Platform) -> None:
        self.beyond = beyond

    @property
    def dialect(self) -> str:
        return self.beyond.dialect

    @property
    def abilities(self) -> frozenset[Ability]:
        return self.beyond.abilities

    def read(self, campaign: CampaignId, *, part: Part = Part.CAMPAIGN, lane: Lane = Lane.READING) -> Observed:
        return self.beyond.read(campaign, part=part, lane=lane)

    def list(self, *, state: State | None = None, lane: Lane = Lane.READING) -> Iterator[Observed | Unreadable]:
        return self.beyond.list(state=state, lane=lane)

    def time(self, *, lane: Lane = Lane.READING) -> datetime:
        return self.beyond.time(lane=lane)

    def counted(self, campaign: CampaignId, *, since: datetime | None = None, lane: Lane = Lane.READING) -> Counted:
        return self.beyond.counted(campaign, since=since, lane=lane)

    def live(self, campaign: CampaignId, *, lane: Lane = Lane.READING) -> LiveCalls:
        return self.beyond.live(campaign, lane=lane)

    def statistics(
        self, *, since: datetime | None = None, by_minute: bool = False, lane: Lane = Lane.READING
    ) -> tuple[Statistics, ...]:
        return self.beyond.statistics(since=since, by_minute=by_minute, lane=lane)

    def measured(
        self,
        campaign: CampaignId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        by_minute: bool = False,
        lane: Lane = Lane.READING,
    ) -> Statistics:
        return self.beyond.measured(campaign, since=since, until=until, by_minute=by_minute, lane=lane)

    def simulate(
        self, campaign: CampaignId, *, duration_s: int, idempotency_key: str, lane: Lane = Lane.CHANGING
    ) -> SimulationStarted:
        return self.beyond.simulate(campaign, duration_s=duration_s, idempotency_key=idempotency_key, lane=lane)

    def simulation(self, simulation: str, *, lane: Lane = Lane.READING) -> PlatformSimulation:
        return self.beyond.simulation(simulation, lane=lane)

    def tell_tuned(self, url: str, *, name: str, lane: Lane = Lane.CHANGING) -> PlatformWebhook:
        return self.beyond.tell_tuned(url, name=name, lane=lane)

    def block(self, observed: Observed, aspect: str) -> Document | None:
        return self.beyond.block(observed, aspect)

    def prepare(self, change: AnyChange, version: Version | None) -> Prepared:
        return self.beyond.prepare(change, version)

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        return self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)

    def metered(self) -> AbstractContextManager[Meter]:
        return self.beyond.metered()

    def last_look(self, look: Callable[[], None]) -> AbstractContextManager[None]:
        return self.beyond.last_look(look)


class Unlooked(Through):
    """A platform whose changes are past the last look when it is asked: they are in the network already."""

    def last_look(self, look: Callable[[], None]) -> AbstractContextManager[None]:
        del look
        return nullcontext()


class Meddled(Through):
    """A platform on which somebody else does something just before each of our first changes arrives."""

    def __init__(self, beyond: Platform, *meddling: Callable[[], object]) -> None:
        super().__init__(beyond)
        self.meddling = list(meddling)

    def apply(self, prepared: Prepared, *, idempotency_key: str, lane: Lane = Lane.CHANGING) -> Receipt:
        if self.meddling:
            self.meddling.pop(0)()
        return self.beyond.apply(prepared, idempotency_key=idempotency_key, lane=lane)
