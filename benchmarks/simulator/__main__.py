"""Run one of the benchmarks of the simulator; exit 1 when a limit is not kept.

`python -m benchmarks.simulator PART`; a part is a module of this package with a `main` that returns the exit status.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

PARTS = ("speed", "validation", "agreement", "policies", "optimum")


def main(argv: list[str] | None = None) -> int:
    """Run the part that is asked for and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulator", description=__doc__)
    parser.add_argument("part", choices=PARTS)
    part = import_module(f"benchmarks.simulator.{parser.parse_args(argv).part}")
    status: int = part.main()
    return status


if __name__ == "__main__":
    sys.exit(main())
