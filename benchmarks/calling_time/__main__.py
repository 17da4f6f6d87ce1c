"""Compare 10,000 windows three ways, and take the time of 60 zones for a year; exit 1 when any two differ.

`python -m benchmarks.calling_time [--days N] [--seed S] [--json FILE]`
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.calling_time.witnesses import by_the_c_library, by_the_minute, drawn
from paceline.compliance.call import EVERY_LINE, EVERY_PURPOSE, Call, Mode, Place
from paceline.compliance.calling_time import legal, next_callable, window_on
from paceline.compliance.rule import ClosedDays, Confidence, Hours, Opening, Rule, Terms
from paceline.compliance.rulebook import Calendar, Rulebook
from paceline.primitives.clock import MachineClock
from paceline.primitives.zones import canonical_zone, schedulable, zone_data_version, zone_keys

CLOCK = MachineClock()
LIMIT_S = 2.0
"""The most that 60 zones for 365 days may take, the first time, on one core."""
YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
HERE = ("US", "US-XX")


def main(argv: list[str] | None = None) -> int:
    """Compare, measure, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calling_time", description=__doc__)
    parser.add_argument("--days", type=int, default=10_000, help="windows to compare three ways")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    chosen = parser.parse_args(argv)
    figures = {**compared(chosen.days, chosen.seed), **timed()}
    machine = f"Python {platform.python_version()}, zone data {zone_data_version()}, CPUs {os.cpu_count()}"
    told = "".join(f"{name:<40} {value:>14,}\n" for name, value in figures.items())
    sys.stdout.write(f"{machine}, load {os.getloadavg()[0]:.2f}\n\n{told}")
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 1 if figures["windows that differ"] or figures["60 zones x 365 days, first, s"] > LIMIT_S else 0


def compared(days: int, seed: int) -> dict[str, float]:
    """Return how many windows there were, and how many of them any two ways see differently."""
    cases = drawn(days, seed=seed)
    began = CLOCK.running_ns()
    ours = [list(window_on(*case).spans) for case in cases]
    taken_us = (CLOCK.running_ns() - began) / days / 1000
    minutes = [by_the_minute(case) for case in cases]
    differ = [
        case for case, *ways in zip(cases, ours, minutes, by_the_c_library(cases), strict=True) if ways != [ways[0]] * 3
    ]
    for case in differ[:10]:
        sys.stderr.write(f"differs: {case}\n")
    return {
        "windows compared three ways": days,
        "windows with two intervals": sum(len(spans) == 2 for spans in ours),
        "windows that differ": len(differ),
        "one window, us": round(taken_us, 1),
    }


def timed() -> dict[str, float]:
    """Return what a year of 60 zones takes, and the next callable instant of one."""
    places = [Place(zone=key, jurisdictions=HERE) for key in sixty()]
    taken = []
    for turn in range(6):
        shelf = shelf_of(f"turn {turn}")
        began = CLOCK.running_ns()
        for place in places:
            legal(shelf, place, Call(), YEAR)
        taken.append((CLOCK.running_ns() - began) / 1e9)
    shelf, nights = shelf_of("next"), 1000
    began = CLOCK.running_ns()
    for _ in range(nights):
        next_callable(shelf, places[:3], Call(), YEAR[0])
    next_us = (CLOCK.running_ns() - began) / nights / 1000
    return {
        "60 zones x 365 days, first, s": round(taken[0], 3),
        "60 zones x 365 days, median, s": round(statistics.median(taken[1:]), 3),
        "next callable instant, 3 zones, us": round(next_us, 1),
    }


def sixty() -> list[str]:
    """Return the first 60 zones of America that are no links."""
    keys = (key for key in sorted(zone_keys()) if key.startswith("America/") and schedulable(key))
    return [key for key in keys if canonical_zone(key) == key][:60]


def shelf_of(edition: str) -> Rulebook:
    """Return a country's hours, a region's shorter ones from a date on, and a calendar of ten closed days."""
    closed = {date(2026, month, 4): "a holiday" for month in range(3, 13)}
    calendar = Calendar(name="days", first=date(2026, 1, 1), last=date(2027, 12, 31), days=closed)
    rules = (
        _rule("US-hours", "US", Hours(openings=_week(480, 1260, 7))),
        _rule("US-XX-days", "US-XX", ClosedDays(calendar="days")),
        _rule("US-XX-hours", "US-XX", Hours(openings=_week(540, 1140, 6)), begins=date(2026, 10, 18)),
    )
    return Rulebook(edition=edition, rules=rules, calendars={"days": calendar}, zones={})


def _week(start: int, end: int, days: int) -> tuple[Opening, ...]:
    return tuple(Opening(weekday=weekday, start=start, end=end) for weekday in range(days))


def _rule(name: str, where: str, terms: Terms, *, begins: date | None = None) -> Rule:
    return Rule(
        id=name,
        jurisdiction=where,
        citation="none",
        summary="Made for measuring.",
        terms=terms,
        purposes=EVERY_PURPOSE,
        modes=frozenset(Mode),
        lines=EVERY_LINE,
        confidence=Confidence.HIGH,
        source="none",
        verified_on=date(2026, 11, 20),
        effective_from=begins,
    )


if __name__ == "__main__":
    sys.exit(main())
