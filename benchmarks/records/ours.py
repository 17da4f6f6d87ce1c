"""What is measured: a file of call records through the parts of the product, step by step; prints JSON.

`python -m benchmarks.records.ours FILE FOLDER ZONE THREADS`
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from paceline.compliance.shelf import the_rulebook
from paceline.primitives.canonical import Json
from paceline.primitives.clock import MachineClock
from paceline.primitives.ids import CampaignId
from paceline.records.fits.fitted import fit_records
from paceline.records.importing.keeping import kept_in
from paceline.records.importing.mapping import Reading
from paceline.records.importing.taking_in import Import, take_in
from paceline.records.reading.records import records_of

NOW = datetime(2030, 1, 1, tzinfo=UTC)
CLOCK = MachineClock()


def main(file: str, folder: str, zone: str, threads: str) -> None:
    """Take the file in, count it, fit it; print seconds of CPU and of the clock for each, and the most memory."""
    told: dict[str, Json] = {}
    place = Path(folder) / "kept"
    with step(told, "start"):
        rulebook = the_rulebook(())
    with step(told, "read, check, keep"):
        asked = Import(
            path=Path(file),
            campaign=CampaignId("CMP-12345"),
            reading=Reading(),
            folder=place,
            key="5a" * 16,
            now=NOW,
            threads=int(threads),
        )
        taken = take_in(asked, rulebook)
    if taken.kept is None or taken.bad:
        raise SystemExit(f"{taken.bad} bad rows: {taken.counts}")
    with step(told, "count"), records_of(kept_in(place), threads=int(threads)) as records:
        summary = records.summary(zone=zone)
    with step(told, "fit"):
        fitted = fit_records(summary)
    told |= {
        "rows": summary.rows,
        "persons": summary.persons,
        "half_hours": len(summary.half_hours.start),
        "talk_h": float(summary.half_hours.talk_s.sum()) / 3600,
        "staffed_h": float(summary.half_hours.staffed_s.sum()) / 3600,
        "retry_horizon_s": summary.retry_horizon_s,
        "parameters": len(fitted.parameters()),
        "kept_mb": taken.kept.path.stat().st_size / 1e6,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    sys.stdout.write(json.dumps(told))


@contextmanager
def step(told: dict[str, Json], name: str) -> Iterator[None]:
    """Note the CPU and the time that a step takes, seconds."""
    cpu, began = _cpu_s(), CLOCK.running_ns()
    yield
    told[name] = {"cpu_s": _cpu_s() - cpu, "wall_s": (CLOCK.running_ns() - began) / 1e9}


def _cpu_s() -> float:
    """Return the CPU seconds of every thread of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(*sys.argv[1:])
