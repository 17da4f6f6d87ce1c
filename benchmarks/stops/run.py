"""One run: others use up the allowance and wait for more, then campaigns are stopped, and the manual clock is read."""

from __future__ import annotations

import math
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import httpx2

from benchmarks.stops.clock import JointClock
from paceline.bootstrap import Options, System
from paceline.campaign.change import Lane
from paceline.campaign.lifecycle.changes import Resume, Stop
from paceline.campaign.observed import State
from paceline.control.fleet.fleet import Target
from paceline.control.order import Order
from paceline.cxone.auth import Credentials
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.throttle import Allowance, MemoryThrottle
from paceline.cxone.transport import Address, Patience, Transport
from paceline.ledger.entry import Actor
from paceline.ledger.verify import verify_database
from paceline.primitives.clock import Clock
from paceline.primitives.ids import TenantId, campaign_id
from paceline.storage.database import Database, open_database
from paceline.testing import RunningEmulator, running_emulator

TENANT = TenantId("bench")
OTHERS = 16
"""Threads that do other work: half of them resume campaigns, half look at some."""
MOST = 20
"""Campaigns that each of them resumes in turn."""
WINDOW_S = 60.0
NOW, WALL_NS = "2026-06-15T12:00:00Z", 1_781_524_800_000_000_000
_SECOND = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How long the stops took by the manual clock, and how long the limit asks them to take, in seconds.

    Attributes:
        requests: that reached the platform for the stops, the list of campaigns too.
        others_before: requests of other work that had gone when the stops began: the whole allowance.
        others_between: requests of other work that went between the first and the last stop.
        turned_away: how often the platform said that there were too many.
    """

    stops: int
    limit: int
    requests: int
    took_s: float
    allowed_s: float
    others_before: int
    others_between: int
    turned_away: int

    @property
    def longer(self) -> float:
        """By which fraction of the allowed time the stops took longer."""
        return self.took_s / self.allowed_s - 1.0


class Counted:
    """A throttle that counts what it lets go, by lane, and how often the platform said that it was too much."""

    def __init__(self, clock: Clock, allowance: Allowance) -> None:
        """Let nothing go yet."""
        self._throttle = MemoryThrottle(clock, allowance)
        self._lock = threading.Lock()
        self._gone: Counter[Lane] = Counter()
        self.turned_away = 0

    def take(self, lane: Lane) -> float:
        """Return 0 when a request may go now; else after how many seconds to ask again."""
        with self._lock:
            wait_s = self._throttle.take(lane)
            self._gone[lane] += wait_s == 0
            return wait_s

    def push(self, seconds: float) -> None:
        """Let nobody go for so many seconds."""
        with self._lock:
            self.turned_away += 1
            self._throttle.push(seconds)

    def others(self) -> int:
        """Return how many requests went that were not for stops."""
        with self._lock:
            return sum(count for lane, count in self._gone.items() if lane is not Lane.STOPPING)


def measured(folder: Path, *, stops: int, limit: int) -> Result:
    """Stop so many campaigns under this limit of requests a minute."""
    with (
        running_emulator(_tenants(stops, limit), now=NOW, speed=0.0, seed=7) as emulator,
        httpx2.Client(base_url=f"{emulator.url}/_emulator", trust_env=False) as control,
        open_database(f"sqlite:///{folder / 'paceline.db'}") as database,
    ):

        def stepped(seconds: float) -> None:
            control.put("/clock", json={"advanceSeconds": seconds}).raise_for_status()

        clock = JointClock(WALL_NS, threads=OTHERS + 1, stepped=stepped)
        throttle = Counted(clock, Allowance(limit=limit, window_s=WINDOW_S))
        with _system(emulator, database, clock, throttle) as system:
            result = _stopped(system, clock, throttle, stops=stops, limit=limit)
        found = verify_database(database, tenant=TENANT)
        assert found.ok, found.faults
        return result


def _stopped(system: System, clock: JointClock, throttle: Counted, *, stops: int, limit: int) -> Result:
    over = Event()
    with ThreadPoolExecutor(OTHERS) as hands:
        working = [hands.submit(_other_work, system, clock, over, number) for number in range(OTHERS)]
        try:
            clock.let_wait(OTHERS)
            before, began_ns = throttle.others(), clock.running_ns()
            found = system.fleet.find(Target(state=State.ACTIVE), lane=Lane.STOPPING)
            ours = {campaign: seen for campaign, seen in found.campaigns.items() if campaign.startswith("CMP-")}
            order = Order(actor=system.actor, reason="measured")
            outcome = system.fleet.run(replace(found, campaigns=ours), lambda one: Stop(campaign=one), order)
            took_ns, between = clock.running_ns() - began_ns, throttle.others() - before
        finally:
            over.set()
            clock.leave()
        for one in working:
            one.result()
    assert dict(outcome.summary) == {"applied": stops}, outcome.summary
    return Result(
        stops=stops,
        limit=limit,
        requests=outcome.requests,
        took_s=took_ns / _SECOND,
        allowed_s=WINDOW_S * math.ceil(outcome.requests / limit),
        others_before=before,
        others_between=between,
        turned_away=throttle.turned_away,
    )


def _other_work(system: System, clock: JointClock, over: Event, number: int) -> None:
    """Resume campaigns one after the other, or look at one again and again, until it is over."""
    order, turn = Order(actor=system.actor, reason="other work"), 0
    try:
        while not over.is_set():
            if number % 2:
                system.platform.read(campaign_id(f"OTHER-{number}-0"))
            else:
                system.corridor.run(Resume(campaign=campaign_id(f"OTHER-{number}-{turn % MOST}")), order)
            turn += 1
    finally:
        clock.leave()


def _system(emulator: RunningEmulator, database: Database, clock: JointClock, throttle: Counted) -> System:
    transport = Transport(
        Address(api=emulator.url, token=f"{emulator.url}/oauth/token"),
        Credentials(client_id="bench", client_secret="bench-secret"),  # noqa: S106 - of an invented tenant
        clock=clock,
        throttle=throttle,
        patience=Patience(in_line_s=1_000_000.0),
    )
    system = System(
        platform=OutboundV2(transport),
        database=database,
        tenant=TENANT,
        actor=Actor(name="bench", known_by="benchmark"),
        clock=clock,
        # With more at once the manual clock could not tell who is at work.
        options=Options(concurrency=1),
    )
    system.closes(transport.close)
    return system


def _tenants(stops: int, limit: int) -> str:
    campaigns = [(f"CMP-{number:05}", "ACTIVE") for number in range(stops)]
    campaigns += [(f"OTHER-{one}-{number}", "STOPPED") for one in range(OTHERS) for number in range(MOST)]
    listed = ",\n".join(f'  {{ id = "{name}", status = "{status}" }}' for name, status in campaigns)
    return f"""
[[tenants]]
id = "bench"
max_concurrent_campaigns = 100000
requests_per_minute = {limit}
clients = [{{ id = "bench", secret = "bench-secret", scopes = ["Campaign.ReadWrite"] }}]
campaigns = [
{listed}
]
"""
