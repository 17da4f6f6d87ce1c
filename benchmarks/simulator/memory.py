"""Resident memory that a full day adds, in a process of its own: `python -m benchmarks.simulator.memory ENGINE`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.simulator.models import plan_for
from paceline.simulation.players import Engine, player_of

AGENTS, HOURS = 1000, 8.0
_STATUS, _PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def measurable() -> bool:
    """Return whether the machine tells the peak of a process, as Linux does."""
    return _PEAK.exists()


def grown_mb(engine: str) -> float:
    """Return by how many MB a day of 1,000 agents and 500,000 records makes a process grow at its peak."""
    command = [sys.executable, "-m", "benchmarks.simulator.memory", engine]
    told = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own module
    return float(told.stdout)


def main(engine: Engine) -> None:
    """Play a small day, then a full one, and print the MB between what was resident and the peak."""
    player_of(engine, plan_for(10, 1.0), 1)(0, 1, None)
    plan = plan_for(AGENTS, HOURS)
    _PEAK.write_text("5", encoding="ascii")
    before = _kb("VmRSS")
    player_of(engine, plan, 1)(0, 1, None)
    sys.stdout.write(f"{(_kb('VmHWM') - before) / 1024:.2f}\n")


def _kb(name: str) -> int:
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main(Engine(sys.argv[1]))
