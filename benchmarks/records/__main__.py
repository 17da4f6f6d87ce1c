"""Read, check, count and fit ten million call records, beside a pandas script of the same steps, in one run.

`python -m benchmarks.records [--rows N] [--seed S] [--json FILE] [--peer-python PATH] [--keep FOLDER]`; exit 1 when it
takes more than a minute of CPU or two gigabytes, or the two do not count the same. The script's Python has pandas,
pyarrow and scipy: `.venv-bench/bin/python`, or what PACELINE_BENCH_PYTHON names.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from paceline.records.generator.files import Form, write
from paceline.records.generator.generator import generated_days
from paceline.records.generator.truth import demo_truth

LIMIT_CPU_S, LIMIT_MB = 60.0, 2048.0
"""The most that ours may take."""
AGENTS, DIALS_PER_AGENT_DAY = 340, 480
STEPS = ("read, check, keep", "count", "fit")
HERE = Path(__file__).parent
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


def main(argv: list[str] | None = None) -> int:
    """Generate, measure both, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.records", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000, help="about so many call records")
    parser.add_argument("--seed", type=int, default=1, help="of the records")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    parser.add_argument("--keep", type=Path, help="folder to keep the records in, and to find them in the next time")
    usual = os.environ.get("PACELINE_BENCH_PYTHON", ".venv-bench/bin/python")
    parser.add_argument("--peer-python", default=usual, help="a Python that has pandas, pyarrow and scipy")
    chosen = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="paceline-records-") as aside:
        folder = chosen.keep or Path(aside)
        file = records_in(folder, chosen.rows, chosen.seed)
        zone = demo_truth(AGENTS).zone
        ours = ran([sys.executable, "-m", "benchmarks.records.ours", str(file), aside, zone, "1"])
        peer = ran([chosen.peer_python, str(HERE / "peer.py"), str(file), aside, zone])
    sys.stdout.write(told(ours, peer))
    if chosen.json:
        chosen.json.write_text(json.dumps({"ours": ours, "pandas": peer}, indent=2) + "\n", encoding="utf-8")
    held = cpu_of(ours) < LIMIT_CPU_S and ours["memory_mb"] < LIMIT_MB
    return 0 if held and same(ours, peer) else 1


def records_in(folder: Path, rows: int, seed: int) -> Path:
    """Return a file of about so many generated call records; it is made where it is not there."""
    file = folder / "calls.parquet"
    if not file.exists():
        truth = demo_truth(AGENTS)
        days = math.ceil(rows / AGENTS / DIALS_PER_AGENT_DAY)
        write([generated_days(truth, days, seed)], truth, folder, form=Form.PARQUET, made={"seed": seed})
    return file


def ran(words: list[str]) -> dict[str, Any]:
    """Run one side on one core, where the system lets us choose, and return what it measured."""
    pinned = ["taskset", "-c", "0", *words] if sys.platform == "linux" else words
    done = subprocess.run(pinned, env={**os.environ, **ONE_THREAD}, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own words
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def cpu_of(one: dict[str, Any]) -> float:
    """Return the CPU seconds of all steps."""
    return sum(float(one[step]["cpu_s"]) for step in STEPS)


def same(ours: dict[str, Any], peer: dict[str, Any]) -> bool:
    """Return whether both counted the same."""
    whole = all(ours[name] == peer[name] for name in ("rows", "persons"))
    return whole and all(
        math.isclose(ours[name], peer[name], rel_tol=1e-6) for name in ("talk_h", "staffed_h", "retry_horizon_s")
    )


def told(ours: dict[str, Any], peer: dict[str, Any]) -> str:
    """Return the table for people."""
    machine = f"Python {platform.python_version()}, DuckDB {duckdb.__version__}, CPUs {os.cpu_count()}"
    lines = [
        f"{machine}, load {os.getloadavg()[0]:.2f}; {ours['rows']:,} call records of {ours['persons']:,} people",
        "",
        f"{'CPU seconds of one core':<28}{'paceline':>12}{'pandas':>12}{'ratio':>8}",
    ]
    for step in (*STEPS, "together"):
        one, other = (cpu_of(side) if step == "together" else side[step]["cpu_s"] for side in (ours, peer))
        lines.append(f"{step:<28}{one:>12.1f}{other:>12.1f}{other / one:>8.1f}")
    lines.append(
        f"{'memory, MB':<28}{ours['memory_mb']:>12,.0f}{peer['memory_mb']:>12,.0f}"
        f"{peer['memory_mb'] / ours['memory_mb']:>8.1f}"
    )
    lines += ["", f"kept: {ours['kept_mb']:.0f} MB; both counted the same: {'yes' if same(ours, peer) else 'NO'}", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
