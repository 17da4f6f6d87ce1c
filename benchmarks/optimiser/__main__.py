"""Run the studies of the optimiser, print them as Markdown, and exit with 1 when a limit is not kept.

`python -m benchmarks.optimiser [--part NAME ...] [--share FRACTION]`: a smaller share of the certificates is quicker,
and tells less. `cluster` runs only when it is named: it wants the extra of that name.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

from benchmarks.optimiser.campaigns import tell
from benchmarks.simulator.machine import machine

PARTS = ("cost", "near", "certificates")


def main() -> int:
    """Run the parts that are asked for."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks.optimiser", description=__doc__)
    asked.add_argument("--part", choices=[*PARTS, "cluster"], action="append", help="one of the studies; all without")
    asked.add_argument("--share", type=float, default=1.0, help="of the certificates, 0.02 to 1")
    options = asked.parse_args()
    tell(machine("numpy", "scipy", "numba"))
    broken: list[str] = []
    for part in options.part or PARTS:
        broken += import_module(f"benchmarks.optimiser.{part}").study(options.share)
    for one in broken:
        sys.stderr.write(f"not kept: {one}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
