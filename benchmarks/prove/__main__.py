"""Prove a schedule for a year in every zone of three countries, as a command does; exit 1 when it is slow or blind.

`python -m benchmarks.prove [--runs N] [--seed S] [--json FILE]`
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random  # noqa: TID251 - a seeded choice of places to plant

from benchmarks.prove.planted import a_minute_on_each_side, a_minute_somewhere
from benchmarks.prove.tenant import COUNTRIES, NOW, tenants_file
from paceline.campaign.blocks import Directive, Schedule
from paceline.campaign.schedule.proof import HORIZON, BindingLaw, proof, widest_lawful
from paceline.compliance.call import Call, Purpose
from paceline.compliance.shelf import the_rulebook
from paceline.primitives.clock import MachineClock
from paceline.primitives.zones import zone_data_version
from paceline.testing import running_emulator

CLOCK = MachineClock()
LIMIT_S = 2.0
"""The most processor time that the whole command may take, from its start to its end; waiting for others aside."""
START = datetime.fromisoformat(NOW)
ZONE = "America/New_York"


def main(argv: list[str] | None = None) -> int:
    """Measure, plant, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.prove", description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="how often the command is run")
    parser.add_argument("--seed", type=int, default=1, help="where minutes are planted")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    chosen = parser.parse_args(argv)
    law = binding()
    asked = lawful_schedule(law)
    figures = {
        "places": float(len(law.places)),
        **in_a_process(asked, chosen.runs),
        **alone(asked, law, chosen.runs),
        **planted(asked, law, Random(chosen.seed)),  # noqa: S311 - the same places each time
    }
    machine = f"Python {platform.python_version()}, zone data {zone_data_version()}, CPUs {os.cpu_count()}"
    told = "".join(f"{name:<44} {value:>12,}\n" for name, value in figures.items())
    sys.stdout.write(f"{machine}, load {os.getloadavg()[0]:.2f}\n\n{told}")
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    blind = figures["planted minutes"] != figures["planted minutes found"]
    return 1 if blind or figures["the command, processor time of each run, s"] > LIMIT_S else 0


def binding() -> BindingLaw:
    """Return the law of every region of three countries, with every zone in them, for sales calls."""
    book = the_rulebook()
    regions = [region for country in COUNTRIES for region in book.regions_of(country)]
    return BindingLaw(rulebook=book, places=book.places(regions), call=Call(purposes=frozenset({Purpose.SALES})))


def lawful_schedule(law: BindingLaw) -> Schedule:
    """Return the widest schedule that is lawful in all those places on days that no calendar closes."""
    windows = widest_lawful(law, ZONE, START, within=(8 * 3600, 21 * 3600))
    return Schedule(zone=ZONE, directive=Directive.STRICT, windows=windows, max_calls=50)


def in_a_process(asked: Schedule, runs: int) -> dict[str, float]:
    """Return what `paceline schedule prove` takes against an emulator, everything included, and what it said."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_emulator(tenants_file(asked), now=NOW, speed=0.0, seed=1) as emulator,
    ):
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PACELINE_", "CXONE_"))
        }
        settings = {"API_URL": emulator.url, "CLIENT_ID": "bench", "CLIENT_SECRET": "bench", "DATA_FOLDER": folder}
        settings |= {"TENANT": "bench", "ACTOR": "bench", "REQUESTS_PER_MINUTE": "0"}
        environment |= {f"PACELINE_{name}": value for name, value in settings.items()}

        def typed(*words: str) -> str:
            command = [sys.executable, "-c", "from paceline.cli.main import main; raise SystemExit(main())", *words]
            done = subprocess.run(  # noqa: S603 - our own command
                command, cwd=folder, env=environment, check=True, capture_output=True, text=True
            )
            return done.stdout

        regions = ",".join(COUNTRIES)
        typed("declare", "CMP-BENCH", "purpose=sales", f"regions={regions}", "closed_days=paused")
        told = json.loads(typed("schedule", "prove", "CMP-BENCH", "--horizon", "365d", "-o", "json"))
        assert told["proven"], told["violations"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken = timed(lambda: typed("schedule", "prove", "CMP-BENCH", "--horizon", "365d", "-o", "json"), runs)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "minutes examined by the command": told["examined_minutes"],
        "days that calendars close": len(told["closed_days"]),
        "the command, processor time of each run, s": round(_busy_s(before, after) / runs, 3),
        "the command, median, s": round(statistics.median(taken), 3),
        "the command, slowest, s": round(max(taken), 3),
    }


def alone(asked: Schedule, law: BindingLaw, runs: int) -> dict[str, float]:
    """Return what the proof takes alone, each time with a rulebook that nobody has asked before."""
    taken = []
    for _ in range(runs):
        fresh = replace(law, rulebook=replace(law.rulebook))
        taken += timed(lambda fresh=fresh: proof(asked, fresh, START, HORIZON), 1)  # type: ignore[misc]  # mypy cannot see the default
    return {"the proof alone, median, s": round(statistics.median(taken), 3)}


def planted(asked: Schedule, law: BindingLaw, dice: Random) -> dict[str, float]:
    """Return how many violations of one minute were planted, and how many of them were found, to the minute."""
    tried = [*a_minute_on_each_side(asked, law, START), *a_minute_somewhere(asked, law, START, dice)]
    return {
        "planted minutes": float(len(tried)),
        "planted minutes found": float(sum(found for _, found in tried)),
    }


def _busy_s(before: resource.struct_rusage, after: resource.struct_rusage) -> float:
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def timed(work: Callable[[], object], runs: int) -> list[float]:
    """Return how long each run takes, in seconds."""
    taken = []
    for _ in range(runs):
        began = CLOCK.running_ns()
        work()
        taken.append((CLOCK.running_ns() - began) / 1e9)
    return taken


if __name__ == "__main__":
    sys.exit(main())
