"""A warm process that forks: each order is one change, made by a child that kills itself at a moment of its walk.

Run by tests/forking.py, it reads an order (JSON, a line each) and writes how its child ended, a line each: `signal N`,
or `status N` for one that was never killed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import wraps
from tempfile import TemporaryDirectory
from threading import Event
from typing import Any

import psycopg  # noqa: F401 - loaded before the fork, so that no child has to
import sqlalchemy.dialects.postgresql.psycopg
import sqlalchemy.dialects.sqlite  # noqa: F401 - the same

from paceline.bootstrap import Options, System
from paceline.bootstrap.forecasting import the_forecaster
from paceline.campaign.catalogue import CATALOGUE, change_of
from paceline.control.order import Order
from paceline.cxone.attempt import HttpClient
from paceline.cxone.auth import Credentials
from paceline.cxone.breaker import Tolerance
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.retry import Schedule
from paceline.cxone.throttle import Allowance, MemoryThrottle
from paceline.cxone.transport import Address, Patience, Transport
from paceline.ledger.entry import Actor
from paceline.primitives.clock import MachineClock, ManualClock, WaitingClock
from paceline.primitives.ids import EntryId, TenantId, campaign_id
from paceline.storage import postgres, sqlite  # noqa: F401 - the same
from paceline.storage.database import open_database
from tests.contract.forecasts import NoForecast
from tests.contract.weighed import Scripted

Reached = Callable[[str], None]

WORK = "work"
"""In place of a kind of change: one round of a worker."""
STEER = "steer"
"""In place of a kind of change: one turn of the supervisor."""
APPROVE = "approve"
"""In place of a kind of change: the approval of the change of `entry`."""
NOWHERE = "http://127.0.0.1:1"
"""Where nobody answers."""
PLACES = (
    ("leases", "claim", None, "claimed"),
    ("desk", "give", "giving", "given"),
    ("recorder", "open", None, "open"),
    ("settlement", "before", "validate", "settle"),
    ("weighing", "simulated", None, "simulated"),
    ("survey", "situation", None, "survey"),
    ("platform", "prepare", "guard", None),
    ("recorder", "intend", None, "intend"),
    ("platform", "apply", "unsent", "answered"),
    ("settlement", "find_out", "lost", "found"),
    ("recorder", "close", "verify", "close"),
    ("settlement", "after", None, "after"),
    ("rollouts", "keep", None, "kept"),
    ("experiments", "keep", None, "aimed"),
)
"""Part of a system, its method, and the moments of a walk just before it is called and just after it returned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkOrder:
    """Which change, or a worker's round, for whom, and the moment at which its process kills itself.

    `wall_ns` None is the machine's clock. `change` is the record of a change that its kind alone does not say.
    `projects` is whether a change of pacing is projected, which takes a second, or nothing can be said of it; `weighs`
    is whether data speak for any weights, or nobody can say. `settles_first` counts the moments only from when the
    process is done with what others left open.
    """

    url: str
    tenant: str
    api: str
    secret: str
    kind: str
    campaign: str
    moment: str
    actor: str = "ada"
    wall_ns: int | None = None
    settles_first: bool = True
    attempts: int = 2
    lease_s: float = 10.0
    entry: int = 0
    change: dict[str, Any] | None = None
    projects: bool = True
    weighs: bool = False


class Telling:
    """A clock that tells when somebody waits by it."""

    def __init__(self, clock: WaitingClock, reached: Reached) -> None:
        self._clock = clock
        self._reached = reached

    def wall_ns(self) -> int:
        return self._clock.wall_ns()

    def running_ns(self) -> int:
        return self._clock.running_ns()

    def wait(self, seconds: float) -> None:
        self._reached("unanswered")
        self._clock.wait(seconds)

    def wait_for(self, event: Event, seconds: float) -> bool:
        return self._clock.wait_for(event, seconds)


def follow(system: System, reached: Reached) -> None:
    """Have the moments told that the walks of this system pass."""
    for part, method, before, after in PLACES:
        owner = getattr(system, part)
        setattr(owner, method, _told(getattr(owner, method), before, after, reached))


def _told(method: Callable[..., Any], before: str | None, after: str | None, reached: Reached) -> Callable[..., Any]:
    @wraps(method)
    def told(*args: Any, **named: Any) -> Any:
        if before is not None:
            reached(before)
        result = method(*args, **named)
        if after is not None:
            reached(after)
        return result

    return told


def system_of(order: WalkOrder) -> System:
    """Return the system of an order, under which its process is killed at the moment of it."""
    settled = not order.settles_first

    def reached(moment: str) -> None:
        nonlocal settled
        settled = settled or moment == "settle"
        passed = settled or moment in {"open", "validate"}
        if passed and moment == order.moment:
            os.kill(os.getpid(), signal.SIGKILL)

    own: WaitingClock = MachineClock() if order.wall_ns is None else ManualClock(wall_ns=order.wall_ns)
    clock = Telling(own, reached)
    transport = Transport(
        Address(api=order.api, token=f"{order.api}/oauth/token"),
        Credentials(client_id="all", client_secret=order.secret),
        clock=clock,
        throttle=MemoryThrottle(clock, Allowance(limit=10**6)),
        patience=Patience(schedule=Schedule(attempts=order.attempts)),
        tolerance=Tolerance(failures=1000),
    )
    database = open_database(order.url)
    system = System(
        platform=OutboundV2(transport),
        database=database,
        tenant=TenantId(order.tenant),
        actor=Actor(name=order.actor, known_by="test"),
        clock=clock,
        options=Options(
            lease_s=order.lease_s,
            forecaster=the_forecaster if order.projects else NoForecast,
            weigher=Scripted if order.weighs else None,
        ),
    )
    system.closes(transport.close)
    system.closes(database.close)
    follow(system, reached)
    return system


def walk(order: WalkOrder) -> None:
    """Carry out the change, and be killed on the way."""
    system = system_of(order)
    if order.kind == WORK:
        system.worker.once()
    elif order.kind == STEER:
        system.time.look()
        system.supervision.run(system.time)
    elif order.kind == APPROVE:
        system.approvals.approve(EntryId(order.entry), Order(actor=system.actor))
    elif order.change is not None:
        system.run(change_of(order.change))
    else:
        system.run(CATALOGUE[order.kind](campaign=campaign_id(order.campaign)))


def written(order: WalkOrder) -> str:
    return json.dumps(asdict(order))


def forked(work: Callable[[], None]) -> int:
    """Return the process that does this work and nothing else, whatever comes of it."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        work()
        status = 0
    except BaseException:  # noqa: BLE001 - nothing of this process's own may run on in its copy
        traceback.print_exc()
    finally:
        os._exit(status)


def ended(child: int) -> str:
    """Wait for a process, and return how it ended."""
    _, status = os.waitpid(child, 0)
    return f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"status {os.WEXITSTATUS(status)}"


def warm() -> None:
    """Load, before any fork, what every child would load by itself."""
    # The trust store is read once in a process; threads and connections are opened by the children alone.
    HttpClient(ManualClock()).close()
    with TemporaryDirectory() as folder:
        nobodys = WalkOrder(
            url=f"sqlite:///{folder}/paceline.db",
            tenant="nobody",
            api=NOWHERE,
            secret="none",
            kind="lifecycle.pause",
            campaign="NONE",
            moment="never",
            attempts=1,
            wall_ns=0,
        )
        # It fails at its first request, and no thread or connection of it outlives this block.
        with system_of(nobodys) as system:
            system.run(CATALOGUE[nobodys.kind](campaign=campaign_id(nobodys.campaign)))


def carry_out(work: Callable[[WalkOrder], None]) -> None:
    """Do this work for every order that is read, each in a child, and write how it ended."""
    for line in sys.stdin:
        order = WalkOrder(**json.loads(line))
        os.write(1, f"{ended(forked(lambda order=order: work(order)))}\n".encode())  # type: ignore[misc]  # a default binds it


def main() -> None:
    carry_out(walk)
