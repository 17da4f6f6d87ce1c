"""See how often the statements of `paceline.inference` hold; exit 1 when one holds less often than it says.

`python -m benchmarks.inference [--share FRACTION]`: a smaller share of the runs is quicker, and tells less. Seeds are
fixed: the same versions print the same tables.
"""

from __future__ import annotations

import argparse
import platform
import sys

import numpy as np
import scipy

from benchmarks.inference.bounds import certifying_counts, coverage
from benchmarks.inference.switching import pairs, switchbacks
from benchmarks.inference.watching import bursts, delays, peeking, run_lengths


def main() -> int:
    """Run the studies, print them as Markdown, and what did not hold."""
    asked = argparse.ArgumentParser(prog="benchmarks.inference", description=__doc__)
    asked.add_argument("--share", type=float, default=1.0, help="of the runs, 0.01 to 1")
    share = asked.parse_args().share
    sys.stdout.write(f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}\n\n")
    broken = []
    for study in (
        certifying_counts,
        lambda: coverage(int(5000 * share)),
        lambda: peeking(max(1, int(8 * share)) * 250),
        lambda: bursts(int(2000 * share)),
        lambda: delays(int(400 * share)),
        lambda: run_lengths(int(4000 * share)),
        lambda: pairs(int(4000 * share)),
        lambda: switchbacks(int(500 * share)),
    ):
        told = study()
        sys.stdout.write(told.markdown() + "\n")
        broken += told.broken
    for one in broken:
        sys.stderr.write(f"does not hold: {one}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
