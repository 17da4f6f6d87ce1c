"""The whole of it: a system on SQLite steers a campaign of the running emulator, whose clock moves minute by minute."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.supervisor.alone import BOUNDS, CAMPAIGN, SEED, block_of
from benchmarks.supervisor.world import HOURS, OPENS, Came, Day, Drift
from paceline.bootstrap import Options, System
from paceline.bootstrap.watching import Watching
from paceline.control.order import Order
from paceline.control.supervision.controller import pacing_of
from paceline.control.supervision.envelope import Certificate
from paceline.control.supervision.standing import Standing
from paceline.cxone.auth import Credentials
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.throttle import Allowance, MemoryThrottle
from paceline.cxone.transport import Address, Transport
from paceline.ledger.entry import Actor
from paceline.ledger.verify import verify_database
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import TenantId, campaign_id
from paceline.storage.database import Database, open_database
from paceline.testing import RunningEmulator, running_emulator

START = datetime(2026, 1, 5, tzinfo=UTC)
BEFORE = 2
"""Days of progressive dialing before the supervisor begins: what it is certified by."""
BUDGET = 100
"""Requests in any minute of the platform's clock that the emulator lets a client make."""
NIGHT = timedelta(minutes=9)
"""By so much the clock is moved where nobody dials."""
TENANT = f"""
[[tenants]]
id = "bench"
requests_per_minute = {BUDGET}
[[tenants.clients]]
id = "bench"
secret = "bench"
token_lifetime_s = 7776000
scopes = ["Campaign.ReadWrite"]
"""
STEERED = campaign_id(CAMPAIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervised:
    """What a supervised campaign came to.

    Attributes:
        came: day by day, as the platform's statistics tell it.
        certificate: under which it was steered.
        standing: where it stood at the end.
        requests: that the platform saw while it was steered.
        most_in_a_minute: of its clock.
        turned_away: answers 429.
        rows: of the ledger, which was verified.
    """

    came: Came
    certificate: Certificate
    standing: Standing
    requests: int
    most_in_a_minute: int
    turned_away: int
    rows: int


def supervised(world: Drift, folder: Path) -> Supervised:
    """Return what the days of a world come to under the supervisor, after two days of progressive dialing."""
    now = START + timedelta(hours=OPENS)
    with (
        running_emulator(TENANT, now=_text(START), speed=0.0, seed=SEED) as emulator,
        httpx2.Client(base_url=emulator.url, trust_env=False, timeout=60.0) as http,
        open_database(f"sqlite:///{folder}/paceline.db") as database,
        _system(emulator, database) as system,
    ):
        platform = _Clock(http, START)
        platform.campaign(world)
        order = Order(actor=system.actor, reason="bench")
        began = START + timedelta(days=BEFORE, hours=OPENS)
        system.facts.declare(STEERED, {"purpose": "sales", "regions": ["US-FL"], "anchor": _text(began)}, order)
        platform.move(began)
        begun = system.supervision.start(STEERED, order)
        assert begun.standing is not None, begun.document()
        assert begun.certificate is not None
        for day in range(len(world.days)):
            platform.day(world, day)
            now = began + timedelta(days=day)
            _steered(system, platform, now, now + timedelta(days=1))
            _tell(system, day)
        standing = system.supervision.of(STEERED)
        assert standing is not None
        seen, turned_away = platform.count()
        days = tuple(_day(system, began + timedelta(days=day)) for day in range(len(world.days)))
        rows = verify_database(database, tenant=system.book.tenant)
    assert rows.ok, rows.faults
    return Supervised(
        came=Came(days=days),
        certificate=begun.certificate,
        standing=standing,
        requests=sum(seen.values()),
        most_in_a_minute=max(seen.values()),
        turned_away=turned_away,
        rows=rows.entries,
    )


def _steered(system: System, platform: _Clock, since: datetime, until: datetime) -> None:
    """Move the clock on with a turn of the supervisor at each stop: by a minute while agents are there."""
    while platform.now < until:
        dials = platform.now - since < timedelta(hours=HOURS, minutes=10)
        platform.move(min(platform.now + (timedelta(minutes=1) if dials else NIGHT), until))
        system.time.look()
        system.supervision.run(system.time)


class _Clock:
    """The emulator's control surface: its clock, its campaign, and what it saw."""

    def __init__(self, http: httpx2.Client, now: datetime) -> None:
        self.now = now
        self._http = http

    def move(self, to: datetime) -> None:
        self._put("PUT", "/clock", {"now": _text(to)})
        self.now = to

    def campaign(self, world: Drift) -> None:
        told = {
            "id": CAMPAIGN,
            "status": "ACTIVE",
            "agents": world.agents,
            "predictiveDialer": block_of(pacing_of(1.0, 0.4, BOUNDS)),
            "dialer": world.dialer(0),
        }
        self._put("POST", "/campaigns", told)

    def day(self, world: Drift, day: int) -> None:
        self._put("PATCH", f"/campaigns/{CAMPAIGN}", {"dialer": world.dialer(day)})

    def count(self) -> tuple[Counter[str], int]:
        """Return the requests to the API by the minute of the platform's clock, and how many were turned away."""
        asked = {"path": "/api/*", "limit": "100000"}
        told = self._http.get("/_emulator/journal", params=asked).raise_for_status().json()
        entries = told["entries"]
        return Counter(one["at"][:16] for one in entries), sum(one["status"] == 429 for one in entries)

    def _put(self, method: str, path: str, document: dict[str, Any]) -> None:
        answer = self._http.request(method, f"/_emulator{path}", json=document)
        assert answer.status_code < 300, answer.text


@contextmanager
def _system(emulator: RunningEmulator, database: Database) -> Iterator[System]:
    clock = MachineClock()
    transport = Transport(
        Address(api=emulator.url, token=f"{emulator.url}/oauth/token"),
        Credentials(client_id="bench", client_secret="bench"),  # noqa: S106  # of an invented tenant
        # The platform's own limit is what is to be kept, by its clock: ours would count by this machine's.
        throttle=MemoryThrottle(clock, Allowance(limit=1_000_000, window_s=1.0, margin_s=0.0)),
    )
    with System(
        platform=OutboundV2(transport),
        database=database,
        tenant=TenantId("bench"),
        actor=Actor(name="bench", known_by="benchmark"),
        clock=clock,
        options=Options(watching=Watching(requests_per_minute=BUDGET)),
    ) as system:
        system.closes(transport.close)
        yield system


def _day(system: System, since: datetime) -> Day:
    until = since + timedelta(hours=HOURS, minutes=20)
    told = system.platform.measured(STEERED, since=since, until=until).tally
    return Day(
        answered=told.connects, abandoned=told.abandons, busy_s=told.talk_s + told.wrap_s, staffed_s=told.staffed_s
    )


def _tell(system: System, day: int) -> None:
    standing = system.supervision.of(STEERED)
    assert standing is not None
    sys.stderr.write(
        f"day {day + 1}: {standing.state.value}, {standing.abandoned} of {standing.answered} abandoned, "
        f"{standing.steps} steps, {standing.requests} requests, {standing.note}\n"
    )
    assert standing.is_running, standing.why


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
