"""Studies of bounds: the counts that certify a limit, and how often bounds from days hold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.inference.worlds import LEVEL, LIMIT, Counts, Study, bursty_days, slack
from paceline.inference.clusters import Resampling, clustered_bootstrap, korn_graubard
from paceline.inference.estimate import Estimate, Sides
from paceline.inference.inputs import generator
from paceline.inference.rate_bounds import certifying_power, clopper_pearson, largest_certifying_count, wilson
from paceline.inference.ratio import delta_ratio, jackknife_ratio

WORLDS = ((1_000, 1.0), (1_000, 4.0), (1_000, 12.0), (15_000, 4.0), (80_000, 12.0))
"""Answers a day, and design effect. The last two are about what 100 and 1,000 agents have."""
RARE = 10
"""The bootstrap is run on every tenth of the runs only: it costs many times what all others do."""


def certifying_counts() -> Study:
    """Return the most abandoned calls that certify the limit, and the chance of that at three truths."""
    truths = (0.02, 0.025, 0.028)
    study = Study("Counts that certify 3 in 100 at 95 %, independent calls", ["answers", "most abandoned", "rate"])
    study.head = [*study.head, *(f"chance at {truth}" for truth in truths)]
    for trials, known in ((99, 0), (500, 8), (2_000, 47), (10_000, 271), (50_000, 1_437), (150_000, 4_391)):
        most = largest_certifying_count(trials, limit=LIMIT)
        study.expect(holds=most == known, what=f"{trials} answers certify at {most}, known is {known}")
        powers = [f"{certifying_power(trials, limit=LIMIT, truth=truth):.2f}" for truth in truths]
        study.rows.append([f"{trials:,}", f"{most:,}", f"{(most or 0) / trials:.4f}", *powers])
    return study


def _by_call(bounds: Callable[..., Estimate]) -> Callable[[Counts, Counts, int], float]:
    return lambda row, answers, _: bounds(int(row.sum()), int(answers.sum()), sides=Sides.UPPER).high


def _by_day(bounds: Callable[..., Estimate]) -> Callable[[Counts, Counts, int], float]:
    return lambda row, answers, _: bounds(row, answers, sides=Sides.UPPER).high


def _drawn(resampling: Resampling) -> Callable[[Counts, Counts, int], float]:
    def high(row: Counts, answers: Counts, seed: int) -> float:
        found = clustered_bootstrap(row, answers, seed=seed, sides=Sides.UPPER, resamples=999, resampling=resampling)
        return found.high

    return high


METHODS: dict[str, Callable[[Counts, Counts, int], float]] = {
    "Clopper-Pearson, calls": _by_call(clopper_pearson),
    "Wilson, calls": _by_call(wilson),
    "jackknife": _by_day(jackknife_ratio),
    "delta": _by_day(delta_ratio),
    "bootstrap, percentile": _drawn(Resampling.PERCENTILE),
    "bootstrap, BCa": _drawn(Resampling.BCA),
    "Korn-Graubard": _by_day(korn_graubard),
}


def coverage(runs: int) -> Study:
    """Return how often upper bounds from days of bursts are above the truth; 95 % is what they say."""
    title = f"Share of upper 95 % bounds that are above the truth of 0.03; {runs:,} runs"
    study = Study(title, ["days", "answers a day", "design effect", *METHODS])
    for days in (5, 10, 22, 60):
        for each, effect in WORLDS:
            rows = bursty_days(generator(days * each + int(effect)), LIMIT, each, effect, (runs, days))
            answers = np.full(days, each)
            cells = [f"{days}", f"{each:,}", f"{effect:g}"]
            for name, high in METHODS.items():
                if name.startswith("bootstrap") and days < 10:
                    cells.append("refused")
                    continue
                used = rows[::RARE] if name.startswith("bootstrap") else rows
                kept = float(np.mean([high(row, answers, seed) >= LIMIT for seed, row in enumerate(used)]))
                cells.append(f"{kept:.3f}")
                if name == "Korn-Graubard":
                    least = LEVEL - 0.01 - slack(LEVEL, runs)
                    study.expect(holds=kept >= least, what=f"{days} days at {effect:g}: holds {kept:.3f}")
            study.rows.append(cells)
    return study
