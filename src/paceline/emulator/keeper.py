"""What a running platform keeps (world, journal, fault orders, clock), and its way to the state file and back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paceline.emulator.clock import PlatformClock
from paceline.emulator.faults import FaultOrders
from paceline.emulator.journal import Journal, Line
from paceline.emulator.request_limit import WINDOW, RequestLimit
from paceline.emulator.state_file import FORMAT, StateFile, StateFileError
from paceline.emulator.table import Table
from paceline.emulator.tenants import holdings_of, read_tenants
from paceline.emulator.world import World
from paceline.primitives.chance import fresh_seed


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a platform is set up; `seed` None takes one by chance, `state` None keeps everything in memory."""

    seed: int | None = None
    state: Path | None = None
    strict_rules_scope: bool = False
    requests_per_minute: int | None = None


class Keeper:
    """The parts that a platform works on; each of them can be read back after a restart."""

    def __init__(self, tenants: Path | str | None, clock: PlatformClock, options: Options) -> None:
        """Start from a tenants file, or go on from the state file when it holds a state.

        Raises:
            TenantsFileError: when the tenants file has faults.
            StateFileError: when the state file cannot be used, or was made from other tenants.
        """
        self.clock = clock
        self.limit = RequestLimit()
        self.journal = Journal()
        self.orders = FaultOrders()
        self._file = StateFile(options.state) if options.state is not None else None
        facts = self._file.facts() if self._file is not None else {}
        self._tenants = facts["tenants"] if facts and tenants is None else read_tenants(tenants)
        if facts and self._tenants != facts["tenants"]:
            raise StateFileError(
                "the state file was made from another tenants file",
                hint="leave --tenants out to go on, or name a new state file to start anew",
            )
        self._holdings = holdings_of(self._tenants, requests_per_minute=options.requests_per_minute)
        fresh = fresh_seed() if options.seed is None else options.seed
        self._seed: int = facts.get("seed", fresh)
        self._era: int = facts.get("era", 0)
        self.world = World(self._holdings, self._seed, self._era)
        self.resumed = bool(facts)
        if facts and self._file is not None:
            self._restore(facts, self._file)
        else:
            self.world.populate(self.clock.now())
            self._save_anew()

    def save(self, line: Line | None) -> None:
        """Write what changed, and the line of the request that changed it, to the state file when there is one.

        Raises:
            StateFileError: when the file cannot be written.
        """
        tables = self._tables()
        if self._file is not None:
            self._file.save(self._moving_facts(), tables, line)
        for table in tables.values():
            table.changed.clear()

    @property
    def unsaved(self) -> bool:
        """Return whether any record changed since the last save."""
        return any(table.changed for table in self._tables().values())

    def reset(self) -> None:
        """Go back to the tenants file: its campaigns, the start of the clock, and nothing else.

        Names made from the seed go on in a new era, so that a token from before the reset is nobody's.

        Raises:
            StateFileError: when the state file cannot be written.
        """
        self._era += 1
        self.clock.restart()
        self.limit.clear()
        self.journal.clear()
        self.orders.table.clear()
        self.world = World(self._holdings, self._seed, self._era)
        self.world.populate(self.clock.now())
        self._save_anew()

    def close(self) -> None:
        """Save where the clock stands, and let go of the state file."""
        if self._file is not None:
            self.save(None)
            self._file.close()

    def _save_anew(self) -> None:
        tables = self._tables()
        if self._file is not None:
            fixed = {"format": FORMAT, "tenants": self._tenants, "seed": self._seed, "era": self._era}
            self._file.save({**fixed, **self._moving_facts()}, tables, anew=True)
        for table in tables.values():
            table.changed.clear()

    def _tables(self) -> dict[str, Table[Any]]:
        return {**self.world.tables(), "fault": self.orders.table}

    def _moving_facts(self) -> dict[str, object]:
        """Return what may change with every request."""
        return {
            "clock": self.clock.state(),
            "minted": self.world.minted,
            "total": self.journal.total,
            "by_status": self.journal.by_status,
        }

    def _restore(self, facts: dict[str, Any], file: StateFile) -> None:
        self.clock.resume(facts["clock"])
        self.world.minted.update(facts["minted"])
        for kind, table in self._tables().items():
            for key, record in file.records(kind):
                table[key] = record
        self.world.count_anew()
        self.world.dialing.begin(self.clock.now())
        now = self.clock.now()
        made: dict[str, list[int]] = {}
        for line in file.lines():
            self.journal.restore(line)
            if line.counted and line.client is not None and now - WINDOW < line.at <= now:
                made.setdefault(line.client, []).append(line.at)
        for client, instants in made.items():
            self.limit.restore(client, instants)
        self.journal.total = facts["total"]
        self.journal.by_status.clear()
        self.journal.by_status.update(facts["by_status"])
