"""A campaign, a ledger, and processes that are killed while they change the one and write the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from paceline.bootstrap import Options, System
from paceline.campaign.catalogue import CATALOGUE
from paceline.campaign.weigher import Weigher
from paceline.control.outcome import Outcome
from paceline.ledger.entry import Actor, Entry
from paceline.ledger.verify import verify_database
from paceline.primitives.clock import ManualClock, WaitingClock
from paceline.primitives.ids import CampaignId, EntryId, TenantId
from paceline.storage.database import Database
from tests.contract.emulated import SECRET, Emulated
from tests.contract.killing import LEASE_S, Killer
from tests.contract.walker import WalkOrder

WALL_NS = 1_781_524_800_000_000_000
OVER_S = 60.0
"""After so many seconds the lease of whoever is dead is over, however far apart clocks may be."""
STATES = {"lifecycle.pause": "ACTIVE", "lifecycle.resume": "PAUSED", "lifecycle.stop": "ACTIVE"}
CHANGES = tuple(STATES)
REVISION = 42
CAMPAIGNS = 400
NUMBERS = count(1)
_CAMPAIGNS = "".join(
    f'  {{ id = "{state}-{number}", status = "{state}", revision = {REVISION} }},\n'
    for state in sorted(set(STATES.values()))
    for number in range(1, CAMPAIGNS + 1)
)
TENANTS = f"""
[[tenants]]
id = "acme"
max_concurrent_campaigns = 10000
requests_per_minute = 1000000
clients = [{{ id = "all", secret = "{SECRET}", scopes = ["Campaign.ReadWrite", "outbound:campaign:simulate"] }}]
campaigns = [
{_CAMPAIGNS}]
"""

UNSENT = ("open", "validate", "settle", "survey", "guard", "intend", "unsent")
"""Moments before anything was sent."""
SENT = ("answered", "verify", "close", "after")
"""Moments after the change was answered."""
LOST = ("unanswered", "lost", "found", "verify", "close")
"""Moments of a change whose answer does not come: between two attempts, after the last, and with it given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Where a process is killed, what becomes of its change, and whether each attempt meets the fault or one alone."""

    moment: str
    fault: str | None = None
    lasting: bool = False
    kind: str = "lifecycle.pause"

    @property
    def has_effect(self) -> bool:
        if self.lasting:
            return self.fault == "reset_after"
        return self.moment in SENT or (self.moment == "unanswered" and self.fault == "reset_after")

    @property
    def word(self) -> str:
        """How the entry ends of the process that was killed."""
        if self.lasting and self.moment == "close":
            return "in_doubt"
        return "applied" if self.has_effect else "failed"

    def __str__(self) -> str:
        told = "answering" if self.fault is None else f"{'always' if self.lasting else 'once'}-{self.fault}"
        return f"{self.kind.removeprefix('lifecycle.')}-{self.moment}-{told}"


def cases() -> Iterator[Case]:
    """Every moment in all three ways of the platform; what differs by the kind of change is tried with each kind."""
    for number, moment in enumerate((*UNSENT, *SENT)):
        yield Case(moment=moment, kind=CHANGES[number % 3])
        for step, fault in enumerate(("reset_before", "reset_after"), 1):
            # The fault stands yet when the command is run again, unless the first process has met it.
            yield Case(moment=moment, fault=fault, kind=CHANGES[(number + step) % 3])
    for fault in ("reset_before", "reset_after"):
        for kind in CHANGES:
            yield Case(moment="unanswered", fault=fault, kind=kind)
        for number, moment in enumerate(LOST[1:]):
            yield Case(moment=moment, fault=fault, lasting=True, kind=CHANGES[number % 3])
            yield Case(moment=moment, fault=fault, lasting=True, kind=CHANGES[(number + 1) % 3])


@dataclass
class Scene:
    """One ledger and one campaign, and whoever works on them."""

    platform: Emulated
    url: str
    database: Database
    killer: Killer
    kind: str

    def __post_init__(self) -> None:
        number = next(NUMBERS)
        self.tenant = TenantId(f"tenant-{number}")
        self.campaign = CampaignId(f"{STATES[self.kind]}-{number}")
        self.change = CATALOGUE[self.kind](campaign=self.campaign)

    def fault(self, kind: str, times: int | None) -> None:
        self.platform.order(kind, method="PATCH", path=f"*/{self.campaign}", times=times)

    def killed(self, moment: str, **order: Any) -> None:
        """Have the change made by a process that dies at a moment of its walk."""
        told: dict[str, Any] = {"kind": self.kind, "wall_ns": WALL_NS, "lease_s": LEASE_S, **order}
        given = WalkOrder(
            url=self.url,
            tenant=self.tenant,
            api=self.platform.emulator.url,
            secret=SECRET,
            campaign=self.campaign,
            moment=moment,
            **told,
        )
        self.killer.killed(given)

    def system(
        self,
        *,
        clock: WaitingClock | None = None,
        lease_s: float = LEASE_S,
        weigher: Callable[[], Weigher] | None = None,
    ) -> System:
        return System(
            platform=self.platform.platform(),
            database=self.database,
            tenant=self.tenant,
            actor=Actor(name="bob", known_by="test"),
            clock=clock or ManualClock(wall_ns=WALL_NS + round(OVER_S * 1e9)),
            options=Options(lease_s=lease_s, weigher=weigher),
        )

    def again(self, **chosen: Any) -> Outcome:
        """Run the same command once more."""
        with self.system(**chosen) as system:
            return system.run(self.change)

    def entries(self) -> list[Entry]:
        """Return the entries of changes, the oldest first; every one is closed, and the chain is whole."""
        found = verify_database(self.database, tenant=self.tenant)
        assert found.ok, found.faults
        with self.system() as system:
            assert system.recorder.unended() == []
            assert system.book.unfinished() == []
            numbers = sorted({row.entry for row in system.book.rows() if row.step.value == "opened"})
            return [system.book.read(EntryId(number)) for number in numbers]

    def maker(self) -> int | None:
        """Return the entry that made the only revision that anybody made, which the platform holds now."""
        assert self.platform.shown(self.campaign)["revision"] == REVISION + 1
        with self.system() as system:
            seen = system.readings.sightings(self.campaign)
        makers = {one.revision: one.made_by for one in seen}
        assert makers.get(str(REVISION)) is None
        return makers[str(REVISION + 1)]

    def effects(self) -> list[str]:
        """Return the keys under which the platform took a change, and did not only repeat what it had said."""
        sent = self.platform.entries(method="PATCH", path=f"*/{self.campaign}")
        return [
            str(entry["request"]["headers"]["idempotency-key"])
            for entry in sent
            if entry["status"] == 200 and "Idempotent-Replayed" not in entry["answer"]["headers"]
        ]
