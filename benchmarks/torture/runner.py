"""A warm process whose children change campaigns without end, each until it is killed.

Run by tests/forking.py, it reads a life (JSON, a line each). The child writes what it is at, a line each: `began KIND
CAMPAIGN`, `at MOMENT`, `ended WORD ENTRY`. When it has been killed, the parent writes `killed`; when it ended by
itself, how.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from dataclasses import asdict, dataclass

from benchmarks.torture.dice import Dice
from paceline.bootstrap import Options, System
from paceline.campaign.catalogue import CATALOGUE
from paceline.cxone.auth import Credentials
from paceline.cxone.breaker import Tolerance
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.retry import Schedule
from paceline.cxone.throttle import Allowance, MemoryThrottle
from paceline.cxone.transport import Address, Patience, Transport
from paceline.ledger.entry import Actor
from paceline.primitives.clock import MachineClock, WaitingClock
from paceline.primitives.ids import TenantId, campaign_id
from paceline.storage.database import Database, open_database
from tests.contract.walker import Telling, ended, follow, forked

CLIENT, SECRET = "torture", "torture-secret"  # of an emulator that lives for a few minutes
LEASE_S = 0.5
LONGEST_S = 4.0
"""How long a child may take to get to the moment from which its time is counted, in seconds."""
SCHEDULE = Schedule(attempts=3, total_s=3.0, first_wait_s=0.02, longest_wait_s=0.1)
"""Impatient, so that answers are given up, and looked for, within the life of a process."""
Order = tuple[str, str]
"""Kind of change and campaign."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """What a child is to do: first again what its forerunner did not finish, then whatever its dice say.

    It is killed `after_ms` milliseconds after it first reached the moment `since`; None counts from its birth.
    """

    url: str
    tenant: str
    api: str
    actor: str
    campaigns: tuple[str, ...]
    seed: str
    since: str | None
    after_ms: float
    again: Order | None

    def written(self) -> str:
        """Return the line that `main` reads."""
        return json.dumps(asdict(self))


def system_on(database: Database, life: Life, signalled: int) -> System:
    """Return a system that tells its moments on standard output, and the one that counts through a pipe as well."""

    def reached(moment: str) -> None:
        _tell(f"at {moment}")
        if moment == life.since:
            os.write(signalled, b".")

    clock = Telling(MachineClock(), reached)
    system = System(
        platform=OutboundV2(transport_to(life.api)),
        database=database,
        tenant=TenantId(life.tenant),
        actor=Actor(name=life.actor, known_by="torture"),
        clock=clock,
        options=Options(lease_s=LEASE_S),
    )
    follow(system, reached)
    return system


def transport_to(api: str) -> Transport:
    """Return an impatient way to the emulator, without a limit."""
    clock = MachineClock()
    return Transport(
        Address(api=api, token=f"{api}/oauth/token"),
        Credentials(client_id=CLIENT, client_secret=SECRET),
        clock=clock,
        throttle=MemoryThrottle(clock, Allowance(limit=10**6, margin_s=0.0)),
        patience=Patience(schedule=SCHEDULE),
        tolerance=Tolerance(failures=10**6),
    )


def live(life: Life, signalled: int) -> None:
    """Change campaigns until killed."""
    dice = Dice(life.seed)
    system = system_on(open_database(life.url), life, signalled)
    again = life.again
    while True:
        kind, campaign = again or (dice.one_of(tuple(CATALOGUE)), dice.one_of(life.campaigns))
        again = None
        _tell(f"began {kind} {campaign}")
        outcome = system.run(CATALOGUE[kind](campaign=campaign_id(campaign)))
        _tell(f"ended {outcome.word} {outcome.entry}")


def _tell(line: str) -> None:
    # One write, so that a line is there whole or not at all when its writer is killed.
    os.write(1, f"{line}\n".encode())


def killed(life: Life, clock: WaitingClock) -> str:
    """Give birth, kill when it is time, and return how it ended."""
    listening, signalled = os.pipe()
    child = forked(lambda: live(life, signalled))
    os.close(signalled)
    if life.since is not None:
        select.select([listening], [], [], LONGEST_S)
    clock.wait(life.after_ms / 1000)
    os.kill(child, signal.SIGKILL)
    how = ended(child)
    os.close(listening)
    return "killed" if how == f"signal {signal.SIGKILL:d}" else how


def main() -> None:
    """Give birth and kill, one life after the other."""
    clock = MachineClock()
    for line in sys.stdin:
        told = json.loads(line)
        again = None if told["again"] is None else tuple(told["again"])
        life = Life(**{**told, "campaigns": tuple(told["campaigns"]), "again": again})
        _tell(killed(life, clock))
