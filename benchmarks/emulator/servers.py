"""The two servers, each a process of its own on loopback, and what the kernel says they use."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.emulator.lanes import BenchmarkError

START_LIMIT_S = 60.0
LOOK_EVERY_S = 0.02
STOP_LIMIT_S = 10.0
URL = re.compile(r"http://127\.0\.0\.1:(\d+)")
KIBIBYTE_FIELDS = {"Rss": "rss_kib", "Pss": "pss_kib", "Private_Clean": "uss_kib", "Private_Dirty": "uss_kib"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a server's processes hold resident, in KiB: all of it, its share of it, what it alone holds."""

    rss_kib: int
    pss_kib: int
    uss_kib: int

    def as_json(self) -> dict[str, int]:
        """Return the three numbers by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server."""

    name: str
    process: subprocess.Popen[bytes]
    address: tuple[str, int]
    ready_after_s: float

    @property
    def processes(self) -> list[int]:
        """Return the ids of the server's process and of all that descend from it, so that none hides its work."""
        children: dict[int, list[int]] = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                after_name = path.read_text().rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            children.setdefault(int(after_name[1]), []).append(int(path.parent.name))
        found = [self.process.pid]
        for pid in found:
            found.extend(children.get(pid, []))
        return found

    def cpu_s(self) -> float:
        """Return the CPU seconds used so far, user and system (fields 14 and 15 of /proc/PID/stat)."""
        ticks = 0
        for pid in self.processes:
            after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(after_name[11]) + int(after_name[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> Memory:
        """Return what is resident now (/proc/PID/smaps_rollup)."""
        sums = dict.fromkeys(KIBIBYTE_FIELDS.values(), 0)
        for pid in self.processes:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                name, _, rest = line.partition(":")
                if name in KIBIBYTE_FIELDS:
                    sums[KIBIBYTE_FIELDS[name]] += int(rest.split()[0])
        return Memory(**sums)


@contextmanager
def serving(name: str, command: Sequence[str], folder: Path) -> Iterator[Server]:
    """Start a server, wait until it takes connections, and stop it at the end.

    Both servers print to a file, so that neither waits for a reader.
    """
    log = folder / f"{name}.log"
    began = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  # the caller's own command
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd=folder
        )
        try:
            port = said_port(name, process, log)
            yield Server(
                name=name,
                process=process,
                address=("127.0.0.1", port),
                ready_after_s=time.perf_counter() - began,
            )
        finally:
            process.terminate()
            try:
                process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def said_port(name: str, process: subprocess.Popen[bytes], log: Path) -> int:
    """Return the port that the server announces in its output, once it takes connections there."""
    for _ in range(round(START_LIMIT_S / LOOK_EVERY_S)):
        found = URL.search(log.read_text(errors="replace"))
        if found and takes_connections(int(found.group(1))):
            return int(found.group(1))
        try:
            process.wait(LOOK_EVERY_S)
        except subprocess.TimeoutExpired:
            continue
        break
    raise BenchmarkError(f"{name} did not start: {log.read_text(errors='replace')[-2000:]}")


def takes_connections(port: int) -> bool:
    """Return whether somebody listens on the port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=LOOK_EVERY_S).close()
    except OSError:
        return False
    return True
