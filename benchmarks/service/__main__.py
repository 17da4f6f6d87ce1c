"""Load a service with streams, writers and readers; exit 1 unless reads keep up, no event is lost and memory stays.

`python -m benchmarks.service [--seconds N] [--campaigns N] [--streams N] [--writers N] [--readers N] [--every S]
[--json FILE]`
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.service.load import READS, Listener, Load
from paceline.bootstrap import open_system
from paceline.ledger.entry import Step
from paceline.ledger.verify import verify_database

MOST = 3.0
"""How many times as long as the empty route the reads may take, at the 99th percentile."""
MOST_GROWTH = 0.10
"""The share by which memory may grow between the second third of the time and the last."""
CUT = 4
"""One listener in so many is cut off, twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was measured; times in milliseconds, memory in MiB."""

    seconds: float
    campaigns: int
    streams: int
    writers: int
    writes: dict[str, int]
    reads: int
    p50_ms: dict[str, float]
    p99_ms: dict[str, float]
    rows: int
    events: int
    cuts: int
    lost: int
    memory_mib: tuple[float, float]
    wrong: list[str]
    is_sound: bool

    @property
    def ratio(self) -> float:
        """How many times as long all reads together take as the empty route, at the 99th percentile."""
        return self.p99_ms["reads"] / self.p99_ms["empty"]

    @property
    def growth(self) -> float:
        """By which share memory grew."""
        return self.memory_mib[1] / self.memory_mib[0] - 1

    @property
    def passed(self) -> bool:
        """Whether it is as it has to be."""
        kept = self.ratio < MOST and self.growth < MOST_GROWTH
        return kept and self.lost == 0 and not self.wrong and self.is_sound and self.rows > 0


def tenants(campaigns: int) -> str:
    """Return a tenants file with so many campaigns, all active."""
    head = (
        f'[[tenants]]\nid = "bench"\nlicense_tier = "ENTERPRISE"\nmax_concurrent_campaigns = {campaigns}\n'
        'requests_per_minute = 1_000_000_000\n[[tenants.clients]]\nid = "bench"\nsecret = "bench"\n'
        'scopes = ["Campaign.ReadWrite", "outbound:campaign:read", "outbound:campaign:write"]\n'
    )
    one = (
        '[[tenants.campaigns]]\nid = "CMP-{n}"\nstatus = "ACTIVE"\n'
        "[tenants.campaigns.dialingRules]\n"
        'dialingMethod = "PREVIEW"\nmaxCallsPerAgent = 1\n'
        "retrySettings = {{ maxAttempts = 1, intervalMinutes = [] }}\n"
        "abandonmentRateThreshold = {{ maxRate = 0.03, coolDownSec = 300 }}\n"
    )
    return head + "".join(one.format(n=n) for n in range(campaigns))


@contextmanager
def served(environment: dict[str, str]) -> Iterator[tuple[int, str, str]]:
    """Run the process under load while the block runs; yields its number, where it is, and a key."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.service.served"], env={**os.environ, **environment}, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield process.pid, told["url"], told["key"]
    finally:
        process.terminate()
        process.communicate()


async def loaded(
    load: Load, pid: int, listeners: list[Listener], *, seconds: float, writers: int, readers: int
) -> list[float]:
    """Ask for so many seconds, and return the memory of the service over them."""
    memory: list[float] = []
    async with asyncio.TaskGroup() as group:
        for listener in listeners:
            group.create_task(listener.listen())
        for number in range(writers):
            group.create_task(load.write(number, writers))
        for number in range(readers):
            group.create_task(load.read(number))
        for tick in range(30):
            await asyncio.sleep(seconds / 30)
            memory.append(memory_mib(pid))
            if tick in {12, 20}:
                for listener in listeners[::CUT]:
                    listener.cut()
        load.is_over = True
        await asyncio.sleep(2.0)
        load.last_row = await last_change(load)
    return memory


async def last_change(load: Load) -> int:
    """Make one more change, after all the others, and return its number."""
    async with load.client() as client:
        answer = await client.post("/v1/campaigns/CMP-0:stop", headers={"If-Match": "*"})
        return int(answer.json()["entry"])


def memory_mib(pid: int) -> float:
    """Return how much memory a process holds."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError(pid)


def measured(
    folder: Path, *, seconds: float, campaigns: int, streams: int, writers: int, readers: int, every_s: float
) -> Result:
    """Start everything, load it, and judge."""
    with ExitStack() as stack:
        emulator = stack.enter_context(emulating(folder, campaigns))
        environment = {
            "PACELINE_API_URL": emulator,
            "PACELINE_CLIENT_ID": "bench",
            "PACELINE_CLIENT_SECRET": "bench",
            "PACELINE_TENANT": "bench",
            "PACELINE_DATA_FOLDER": str(folder),
            "PACELINE_REQUESTS_PER_MINUTE": "0",
        }
        pid, url, key = stack.enter_context(served(environment))
        load = Load(url=url, key=key, campaigns=campaigns, every_s=every_s)
        listeners = [Listener(load) for _ in range(streams)]
        memory = asyncio.run(loaded(load, pid, listeners, seconds=seconds, writers=writers, readers=readers))
        with open_system(environment, folder=folder) as system:
            rows = [row.sequence for row in system.book.rows() if row.step is not Step.READING]
            sound = verify_database(system.database, tenant="bench").ok
    return judged(load, listeners, rows, memory, seconds=seconds, writers=writers, is_sound=sound)


def judged(
    load: Load,
    listeners: list[Listener],
    rows: list[int],
    memory: list[float],
    *,
    seconds: float,
    writers: int,
    is_sound: bool,
) -> Result:
    """Return the figures."""
    lost = 0
    for listener in listeners:
        # All that there was until he let go: none missing, none twice, in order.
        expected = [row for row in rows if row <= listener.last]
        lost += listener.heard != expected
    took = {**load.took_ms, "reads": [one for route in READS for one in load.took_ms[route]]}
    third = len(memory) // 3
    return Result(
        seconds=seconds,
        campaigns=load.campaigns,
        streams=len(listeners),
        writers=writers,
        writes=dict(load.writes),
        reads=len(took["reads"]),
        p50_ms={name: statistics.median(times) for name, times in took.items()},
        p99_ms={name: statistics.quantiles(times, n=100)[98] for name, times in took.items()},
        rows=len(rows),
        events=sum(len(listener.heard) for listener in listeners),
        cuts=sum(listener.cuts for listener in listeners),
        lost=lost,
        memory_mib=(statistics.mean(memory[third : 2 * third]), statistics.mean(memory[2 * third :])),
        wrong=load.wrong[:10],
        is_sound=is_sound,
    )


@contextmanager
def emulating(folder: Path, campaigns: int) -> Iterator[str]:
    """Run the platform in a process of its own while the block runs; yields its address."""
    file = folder / "tenants.toml"
    file.write_text(tenants(campaigns), encoding="utf-8")
    words = [
        "emulator",
        "serve",
        "--port",
        "0",
        "--tenants",
        str(file),
        "--speed",
        "0",
        "--clock",
        "2026-06-15T16:00:00Z",
    ]
    process = subprocess.Popen(  # noqa: S603  # the project's own command
        [sys.executable, "-c", "import sys; from paceline.cli.main import main; sys.exit(main())", *words],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[1]
    finally:
        process.terminate()
        process.communicate()


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--campaigns", type=int, default=1000)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--writers", type=int, default=50)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--every", type=float, default=5.0)
    parser.add_argument("--json", type=Path, default=None)
    asked = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="paceline-service-") as folder:
        result = measured(
            Path(folder),
            seconds=asked.seconds,
            campaigns=asked.campaigns,
            streams=asked.streams,
            writers=asked.writers,
            readers=asked.readers,
            every_s=asked.every,
        )
    told = {**asdict(result), "ratio": result.ratio, "growth": result.growth, "passed": result.passed}
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    if asked.json is not None:
        asked.json.write_text(json.dumps(told), encoding="utf-8")
    return 0 if result.passed else 1


if __name__ == "__main__":
    sys.exit(main())
