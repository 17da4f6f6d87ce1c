"""Stop 1,000 campaigns under a limit of 100 requests a minute, and read the manual clock; exit 1 above the limit.

Other work has used up the allowance, and stands in line, when the stops begin. What the limit allows is 60 s for each
hundred requests, the first of which goes when the window of the others is over. No time passes but by waiting for the
limit, so that what is measured is who goes when, and not this machine.

`python -m benchmarks.stops [--stops N] [--limit N] [--json FILE]`
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from benchmarks.stops.run import Result, measured

MOST = 0.02
"""By which fraction the stops may take longer than the limit allows."""


def main(argv: list[str] | None = None) -> int:
    """Measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stops", description=__doc__)
    parser.add_argument("--stops", type=int, default=1000)
    parser.add_argument("--limit", type=int, default=100, help="requests a minute")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    chosen = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="stops-bench-") as folder:
        result = measured(Path(folder), stops=chosen.stops, limit=chosen.limit)
    sys.stdout.write(report(result))
    if chosen.json:
        figures = {**asdict(result), "longer": result.longer, "passed": result.longer <= MOST}
        chosen.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0 if result.longer <= MOST else 1


def report(result: Result) -> str:
    """Return the figures in words."""
    return (
        f"{result.stops} stops under {result.limit} requests a minute: {result.requests} requests in"
        f" {result.took_s:.2f} s, of which the limit allows {result.allowed_s:.0f} s: {result.longer:.2%} longer"
        f" (at most {MOST:.0%})\n"
        f"other work: {result.others_before} requests before, {result.others_between} between the stops;"
        f" the platform turned away {result.turned_away}\n"
    )


if __name__ == "__main__":
    sys.exit(main())
