"""Kill processes at random instants, settle what they left, hold ledger and platform together; exit 1 on a fault.

`python -m benchmarks.torture [--kills N] [--seed S] [--json FILE]`
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.torture.report import as_json, report
from benchmarks.torture.run import Run, tortured
from tests.databases import KINDS, PostgresServer


def main(argv: list[str] | None = None) -> int:
    """Torture on each kind of database, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.torture", description=__doc__)
    parser.add_argument("--kills", type=int, default=1000, help="in all, an equal part on each kind of database")
    parser.add_argument("--seed", default="1", help="what is drawn at random follows from it")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    chosen = parser.parse_args(argv)
    with _urls() as urls:
        runs: list[Run] = []
        for number, (kind, url) in enumerate(urls.items()):
            part = chosen.kills // len(urls) + (number < chosen.kills % len(urls))
            runs.append(tortured(kind, url, kills=part, seed=chosen.seed))
    sys.stdout.write(report(runs, seed=chosen.seed))
    if chosen.json:
        chosen.json.write_text(json.dumps(as_json(runs), indent=2) + "\n", encoding="utf-8")
    return 1 if any(run.faults for run in runs) else 0


@contextmanager
def _urls() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="torture-") as folder, PostgresServer() as server:
        yield dict(zip(KINDS, (f"sqlite:///{folder}/paceline.db", server.new_database()), strict=True))


if __name__ == "__main__":
    sys.exit(main())
