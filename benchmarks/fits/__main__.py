"""See how often the intervals of fitted parameters hold the truth; exit 1 when one kind does too seldom.

`python -m benchmarks.fits [--sets N]`: fewer sets are quicker, and tell less. Each kind is to hold in 90 of 100; where
there are fewer than 200 intervals of it, less two standard errors. Seeds are fixed: the same versions print the same
tables.
"""

from __future__ import annotations

import argparse
import platform
import sys
from dataclasses import replace

import numpy as np
import scipy

from benchmarks.fits.coverage import Held, covered
from benchmarks.fits.sampler import HOURS, LINES, World, sampled_cells
from paceline.records.fits.answers import fit_answers
from paceline.records.fits.attempts import Decline
from paceline.records.fits.durations import FEWEST, chance_of, fit_durations
from paceline.records.fits.families import Family
from paceline.records.summary import Durations

LEAST = 0.90
"""Share of 95 % intervals that are to hold the truth."""
ENOUGH = 200
"""Intervals from which on no chance is allowed for."""


def main() -> int:
    """Run the studies, print them as Markdown, and what did not hold."""
    asked = argparse.ArgumentParser(prog="benchmarks.fits", description=__doc__)
    asked.add_argument("--sets", type=int, default=200, help="sets of the first table; the others have fewer")
    sets = asked.parse_args().sets
    sys.stdout.write(f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}\n")
    broken: list[str] = []
    worlds = (
        (f"People differ; {sets} sets", World(), Decline.PEOPLE, sets),
        (
            f"All alike, attempts wear out; {sets // 4} sets",
            World(concentration=float("inf"), ageing=0.85),
            Decline.AGEING,
            sets // 4,
        ),
        (f"Eight days alone; {sets // 4} sets", replace(World(), days=8, persons=6000), Decline.PEOPLE, sets // 4),
    )
    for title, world, decline, count in worlds:
        found = covered(world, max(count, 1), decline=decline)
        sys.stdout.write(_table(title, found))
        broken += [f"{title}: {kind} {held.share:.3f}" for kind, held in found.items() if not _holds(held)]
    sys.stdout.write(evenings(max(sets // 10, 1)) + goodness(max(sets // 2, 1)))
    for one in broken:
        sys.stderr.write(f"does not hold: {one}\n")
    return 1 if broken else 0


def _holds(held: Held) -> bool:
    """Return whether intervals hold often enough; of fewer than 200, less two standard errors of counting them."""
    slack = 2 * (LEAST * (1 - LEAST) / held.asked) ** 0.5 if held.asked < ENOUGH else 0.0
    return held.share >= LEAST - slack


def _table(title: str, found: dict[str, Held]) -> str:
    lines = [
        f"\n## {title}\n",
        "| parameter | intervals | hold the truth | median width | mean error | its standard deviation |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for kind, held in found.items():
        told = (np.median(held.widths), np.mean(held.errors), np.std(held.errors)) if held.widths else ()
        shown = " | ".join(f"{value:+.4f}" if place == 1 else f"{value:.4f}" for place, value in enumerate(told))
        lines.append(f"| {kind} | {held.asked} | {held.share:.3f} | {shown} |")
    return "\n".join(lines) + "\n"


def evenings(sets: int) -> str:
    """Return how far evening rates are off by raw means of hours and by the fit, late attempts being dialed then."""
    raw, fitted = [], []
    for seed in range(1, sets + 1):
        world = World(late_evening=10.0)
        cells = sampled_cells(world, np.random.default_rng(seed))
        for one in fit_answers(cells).hours:
            line = LINES.index(one.line)
            true = world.means[line] * float(world.by_hour[line][one.hour - int(HOURS[0])])
            if one.hour >= HOURS[-4]:
                raw.append(one.answered / one.dials / true - 1)
                fitted.append(one.rate / true - 1)
    return (
        f"\n## Late attempts in the evening, tenfold; {sets} sets\n\n"
        "| evening rates by | mean error | root mean square |\n| --- | --- | --- |\n"
        + "".join(
            f"| {name} | {np.mean(errors):+.4f} | {np.mean(np.square(errors)) ** 0.5:.4f} |\n"
            for name, errors in (("raw means of hours", raw), ("the fit", fitted))
        )
    )


def goodness(sets: int) -> str:
    """Return how often the bootstrap test rejects a family at 5 %: the true one, and another."""
    rejected = {Family.LOGNORMAL: 0, Family.GAMMA: 0}
    for seed in range(1, sets + 1):
        chance = np.random.default_rng(seed)
        times = chance.lognormal(3.0, 0.6, 400)
        steps = np.minimum(times.astype(int), 299)
        durations = Durations(
            step_s=1.0, ended=np.bincount(steps, minlength=300), censored=np.zeros(300, dtype=np.int64)
        )
        for family in rejected:
            fit = fit_durations(durations, (family,))
            rejected[family] += chance_of(durations, fit, repeats=39, seed=seed) <= 0.05
    lines = "".join(f"| {family} | {count / sets:.3f} |\n" for family, count in rejected.items())
    return (
        f"\n## The test of a family at 5 %, 400 lognormal times, 39 repeats; {sets} sets\n\n"
        f"At least {FEWEST} times have to have ended.\n\n| family | rejected |\n| --- | --- |\n{lines}"
    )


if __name__ == "__main__":
    sys.exit(main())
