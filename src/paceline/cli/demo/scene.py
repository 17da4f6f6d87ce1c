"""Where the story happens: an emulator, a ledger in a folder that goes away again, two people, and one outside."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from paceline.bootstrap import Options, System
from paceline.cli.demo.behind import CONSOLE, Behind
from paceline.cli.demo.telling import check
from paceline.cli.words import UsageError
from paceline.control.outcome import Outcome
from paceline.cxone.auth import Credentials
from paceline.cxone.outbound_v2.dialect import OutboundV2
from paceline.cxone.throttle import Allowance, MemoryThrottle
from paceline.cxone.transport import Address, Patience, Transport
from paceline.ledger.entry import Actor
from paceline.outbox.addresses import Reach
from paceline.primitives.chance import fresh_key
from paceline.primitives.clock import MachineClock, WaitingClock
from paceline.primitives.ids import CampaignId, TenantId
from paceline.settings.known import KNOWN, OURS
from paceline.storage.database import Database, open_database
from paceline.testing import running_emulator

START = "2026-06-15T12:00:00Z"
SEED = 7
TENANT = TenantId("demo")
LEASE_S = 1.0
"""How long the owner of a change is taken for alive: short, because somebody is watching."""
_TENANTS = """
[[tenants]]
id = "demo"
max_concurrent_campaigns = 100
requests_per_minute = 100000
clients = [
  {{ id = "paceline", secret = "{secret}", scopes = ["Campaign.ReadWrite", "outbound:campaign:simulate"] }},
  {{ id = "{console}", secret = "{secret}", scopes = ["Campaign.ReadWrite"] }},
]
campaigns = [
  {{ id = "CMP-12345", name = "Renewals East", status = "ACTIVE", revision = 42, agents = 50 }},
  {{ id = "CMP-20001", name = "Collections West", status = "PAUSED", revision = 7, agents = 25 }},
  {{ id = "CMP-20002", name = "Winback South", status = "STOPPED", revision = 3, agents = 12 }},
  {{ id = "CMP-20003", name = "Survey Midwest", status = "ACTIVE", revision = 11, locked = true, agents = 8 }},
  {{ id = "CMP-20004", name = "Spring Offer 2025", status = "ARCHIVED", revision = 90 }},
]
"""


class Opens(Protocol):
    """What opens a system of somebody on the ledger and the platform of the scene."""

    def __call__(
        self, name: str, clock: WaitingClock, *, patience: Patience | None = None
    ) -> AbstractContextManager[System]:
        """Return a system of this name under this clock; `patience` is how long it waits for the platform."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that the acts work with.

    Attributes:
        ada: her system; bob has another, on the same ledger.
        opened: opens a system of somebody else on the same ledger and platform, closed when its block ends.
        environment: what a command of bob's own needs to find this platform and this ledger; holds a secret.
        folder: gone when the story is over.
        kept: what lies there is not; the same where nobody named another.
    """

    ada: System
    bob: System
    opened: Opens
    behind: Behind
    database: Database
    folder: Path
    kept: Path
    environment: Mapping[str, str] = field(repr=False)

    def holds(self, outcome: Outcome, *, word: str, verdict: str | None = None, revision: int) -> None:
        """Hold an outcome against what it is told to be, and against the platform itself.

        Raises:
            StoryError: it ended otherwise, or the platform holds another revision.
        """
        campaign = outcome.change.campaign
        check(f"the outcome of {outcome.change.kind} for {campaign}", wanted=(word, verdict), found=_ended(outcome))
        check(f"the platform's revision of {campaign}", wanted=revision, found=self.behind.shown(campaign)["revision"])

    def state(self, campaign: CampaignId, state: str) -> None:
        """Hold the state of a campaign against the platform.

        Raises:
            StoryError: the platform holds another.
        """
        check(f"the platform's state of {campaign}", wanted=state, found=self.behind.shown(campaign)["status"])


@contextmanager
def scene_set(kept: Path | None = None, database_url: str | None = None) -> Iterator[Scene]:
    """Start everything, and end it again; nothing is left behind but what is put into `kept`.

    Args:
        kept: where files of the story stay.
        database_url: a database for its ledger, which stays there, instead of a file that goes away.

    Raises:
        UsageError: that database has a ledger of the demo already.
    """
    secret = fresh_key(24).hex()
    with ExitStack() as stack:
        stack.enter_context(_no_proxy())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="paceline-demo-")))
        tenants = _TENANTS.format(secret=secret, console=CONSOLE)
        emulator = stack.enter_context(running_emulator(tenants, now=START, speed=0.0, seed=SEED))
        url = database_url or f"sqlite:///{folder / 'ledger.db'}"
        database = stack.enter_context(open_database(url))
        ours = Credentials(client_id="paceline", client_secret=secret)
        opened = _opener(emulator.url, ours, database)
        ada = stack.enter_context(opened("ada", MachineClock()))
        if ada.book.head().size:
            raise UsageError(
                "--database-url: the demo has told its story there already",
                hint="name an empty database, or go without: then it makes one that goes away again",
            )
        yield Scene(
            ada=ada,
            bob=stack.enter_context(opened("bob", MachineClock())),
            opened=opened,
            behind=Behind(emulator.url, Credentials(client_id=CONSOLE, client_secret=secret)),
            database=database,
            folder=folder,
            kept=kept or folder,
            environment=_environment(emulator.url, ours, url, folder),
        )


def _opener(url: str, credentials: Credentials, database: Database) -> Opens:
    @contextmanager
    def opened(name: str, clock: WaitingClock, *, patience: Patience | None = None) -> Iterator[System]:
        # How many requests may go is another story: here nobody is to wait for his turn.
        throttle = MemoryThrottle(clock, Allowance(limit=1_000_000, window_s=1.0, margin_s=0.0))
        address = Address(api=url, token=f"{url}/oauth/token")
        transport = Transport(address, credentials, clock=clock, throttle=throttle, patience=patience)
        try:
            with System(
                platform=OutboundV2(transport),
                database=database,
                tenant=TENANT,
                actor=Actor(name=name, known_by="the demo"),
                clock=clock,
                options=Options(lease_s=LEASE_S, webhook_reach=Reach.LOOPBACK),
            ) as system:
                yield system
        finally:
            transport.close()

    return opened


def _environment(platform: str, credentials: Credentials, database: str, folder: Path) -> dict[str, str]:
    """Return the environment of a command: this process's own, without settings that somebody else made."""
    others = {name for known in KNOWN.values() for name in known.variables}
    inherited = {name: value for name, value in os.environ.items() if name not in others and not name.startswith(OURS)}
    return {
        **inherited,
        "PACELINE_API_URL": platform,
        "PACELINE_CLIENT_ID": credentials.client_id,
        "PACELINE_CLIENT_SECRET": credentials.client_secret,
        "PACELINE_DATABASE_URL": database,
        "PACELINE_DATA_FOLDER": str(folder),
        "PACELINE_TENANT": TENANT,
        "PACELINE_ACTOR": "bob",
        "PACELINE_LEASE_S": str(LEASE_S),
    }


@contextmanager
def _no_proxy() -> Iterator[None]:
    """Reach this machine directly, whatever proxy it uses for others; child processes do so too."""
    before = {name: os.environ.get(name) for name in ("NO_PROXY", "no_proxy")}
    os.environ.update(dict.fromkeys(before, "*"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _ended(outcome: Outcome) -> tuple[str, str | None]:
    return outcome.word, outcome.verdict
