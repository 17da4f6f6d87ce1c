"""Let one caller and 64 callers append in turn, print the rates; exit 1 when the ratio on SQLite is below its limit.

`python -m benchmarks.ledger [--rounds N] [--single N] [--many N] [--folder PATH] [--url URL] [--json FILE]`
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from paceline.ledger.book import Book
from paceline.ledger.entry import Actor, Deed
from paceline.ledger.verify import verify_database
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import CampaignId, TenantId
from paceline.storage.database import Database, open_database

CALLERS = 64
LIMIT = 5.0
"""The least ratio of the two rates on SQLite."""
TENANT = TenantId("bench")
DEED = Deed(
    kind="lifecycle.pause",
    actor=Actor(name="bench", known_by="benchmark"),
    campaign=CampaignId("CMP-12345"),
    reason="measured",
    details={"before": {"status": "ACTIVE", "revision": 42}, "note": "x" * 200},
)
CLOCK = MachineClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Appends per second of one caller and of many, and what one wait for the disk took just before."""

    fsync_ms: float
    single_per_s: float
    many_per_s: float

    @property
    def ratio(self) -> float:
        """How many times as fast many callers are together."""
        return self.many_per_s / self.single_per_s


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="rounds, each of both kinds; one more warms up")
    parser.add_argument("--single", type=int, default=400, help="appends of the single caller in a round")
    parser.add_argument("--many", type=int, default=6400, help="appends of all callers together in a round")
    parser.add_argument("--folder", type=Path, help="where the SQLite file is made; its disk is what is measured")
    parser.add_argument("--url", help="measure this database instead; without a limit unless it is SQLite")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    chosen = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="ledger-bench-", dir=chosen.folder) as folder:
        url = chosen.url or f"sqlite:///{folder}/paceline.db"
        with open_database(url) as database:
            rounds = measured(database, Path(folder), chosen)
            found = verify_database(database, tenant=TENANT)
    assert found.ok, found.faults
    ratio = statistics.median(each.ratio for each in rounds)
    passed = ratio >= LIMIT or not url.startswith("sqlite")
    sys.stdout.write(report(rounds, ratio=ratio, rows=found.entries))
    if chosen.json:
        figures = {"rounds": [asdict(each) for each in rounds], "ratio": ratio, "passed": passed}
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 0 if passed else 1


def measured(database: Database, folder: Path, chosen: argparse.Namespace) -> list[Round]:
    """Return the rounds, both kinds in turn; the first one warms up and is not kept."""
    book = Book(database, tenant=TENANT, clock=CLOCK)
    rounds = []
    for turn in range(chosen.rounds + 1):
        taken = Round(
            fsync_ms=fsync_ms(folder),
            single_per_s=rate(book, callers=1, appends=chosen.single),
            many_per_s=rate(book, callers=CALLERS, appends=chosen.many),
        )
        if turn:
            rounds.append(taken)
    return rounds


def rate(book: Book, *, callers: int, appends: int) -> float:
    """Return durable appends per second of so many callers, who all begin at once."""
    gate = threading.Barrier(callers + 1)
    ended: list[int] = []

    def call() -> None:
        gate.wait()
        for _ in range(appends // callers):
            book.open(DEED)
        ended.append(CLOCK.running_ns())

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for thread in threads:
        thread.start()
    before = book.head().size
    gc.collect()
    gate.wait()
    began = CLOCK.running_ns()
    for thread in threads:
        thread.join()
    done = book.head().size - before
    assert done == appends // callers * callers, "an append was lost"
    return done / (max(ended) - began) * 1e9


def fsync_ms(folder: Path) -> float:
    """Return what a wait for the disk takes after a page was written: the median of 50."""
    taken = []
    with (folder / "probe").open("wb", buffering=0) as probe:
        for _ in range(50):
            probe.write(b"\0" * 4096)
            began = CLOCK.running_ns()
            os.fsync(probe.fileno())
            taken.append((CLOCK.running_ns() - began) / 1e6)
    return statistics.median(taken)


def report(rounds: list[Round], *, ratio: float, rows: int) -> str:
    """Return the tables for people."""
    machine: dict[str, Any] = {
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "CPUs": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "rows": rows,
    }
    lines = [", ".join(f"{name} {value}" for name, value in machine.items()), ""]
    lines.append(f"{'one fsync, ms':>14} {'1 caller/s':>12} {f'{CALLERS} callers/s':>14} {'ratio':>7}")
    lines += [
        f"{each.fsync_ms:>14.3f} {each.single_per_s:>12,.0f} {each.many_per_s:>14,.0f} {each.ratio:>7.1f}"
        for each in rounds
    ]
    lines.append(f"\nmedian of the ratios: {ratio:.1f} (at least {LIMIT:g} on SQLite)")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
