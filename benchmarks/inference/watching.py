"""Studies of looking more than once: false alarms at any look, delays, and the run lengths of charts."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from scipy import stats

from benchmarks.inference.worlds import LIMIT, Study, bursty_days, crowded_calls, slack
from paceline.inference.block_evidence import evidence_by_block
from paceline.inference.confidence_sequence import Claim, evidence_path
from paceline.inference.drift import Toward, answer_cusum, residual_cusum
from paceline.inference.inputs import Series, generator

ENOUGH = math.log(20.0)
ERROR = 0.05


def peeking(runs: int) -> Study:
    """Return how often the truth of 0.03 is ever excluded within 10,000 independent answers."""
    study = Study(
        f"How often a true 0.03 is ever excluded at 5 %, within 10,000 independent answers; {runs:,} runs",
        ["method", "looks", "ever excluded"],
    )
    trials = np.arange(100, 10_001, 100)
    fixed = sequence = every = 0
    for start in range(0, runs, 250):
        outcomes = generator(1000 + start).random((250, 10_000)) < LIMIT
        counts = np.cumsum(outcomes, axis=1)[:, 99::100]
        tails = np.minimum(stats.binom.cdf(counts, trials, LIMIT), stats.binom.sf(counts - 1, trials, LIMIT))
        fixed += int((2 * tails <= ERROR).any(axis=1).sum())
        path = evidence_path(outcomes, rate=LIMIT)
        sequence += int((path[:, 99::100] >= ENOUGH).any(axis=1).sum())
        every += int((path >= ENOUGH).any(axis=1).sum())
    for name, looks, found in (
        ("exact test of a fixed number", 100, fixed),
        ("beta-binomial mixture", 100, sequence),
        ("beta-binomial mixture", 10_000, every),
    ):
        study.rows.append([name, f"{looks:,}", f"{found / runs:.4f}"])
    study.expect(holds=every / runs <= ERROR + slack(ERROR, runs), what=f"excluded {every / runs:.4f}")
    study.expect(holds=fixed / runs > 0.2, what="the fixed test was to fail, and did not")
    return study


def bursts(runs: int) -> Study:
    """Return how often a breach that is none is shown, from calls that are abandoned in bursts."""
    study = Study(
        f"How often a breach is shown at 5 % where there is none: 8,000 calls, 3 in 100, in bursts; {runs:,} runs",
        ["evidence", "breach shown"],
    )
    chance = generator(77)
    by_call = by_block = 0
    for _ in range(runs):
        calls = crowded_calls(chance, 40)
        by_call += bool((evidence_path(calls.ravel(), rate=LIMIT) >= ENOUGH).any())
        answers = np.full(40, 200)
        path = evidence_by_block(calls.sum(axis=1), answers, limit=LIMIT, claim=Claim.ABOVE, most_answers=200)
        by_block += bool((path >= ENOUGH).any())
    study.rows.append(["single calls", f"{by_call / runs:.4f}"])
    study.rows.append(["blocks of 200 calls", f"{by_block / runs:.4f}"])
    study.expect(holds=by_block / runs <= ERROR + slack(ERROR, runs), what=f"blocks: {by_block / runs:.4f}")
    study.expect(holds=by_call / runs > 2 * ERROR, what="single calls were to fail, and did not")
    return study


def delays(runs: int) -> Study:
    """Return how many half-hours it takes to show that a limit is broken, or kept."""
    study = Study(
        f"Half-hours of 470 answers until 0.03 is shown to be broken, or kept; design effect 3, {runs:,} runs of 3,000",
        ["truth", "claim", "median", "nine in ten", "never shown"],
    )
    for truth, claim in (
        (0.06, Claim.ABOVE),
        (0.05, Claim.ABOVE),
        (0.04, Claim.ABOVE),
        (0.035, Claim.ABOVE),
        (0.03, Claim.ABOVE),
        (0.03, Claim.BELOW),
        (0.025, Claim.BELOW),
        (0.02, Claim.BELOW),
    ):
        rows = bursty_days(generator(int(truth * 1000)), truth, 470, 3.0, (runs, 3000))
        answers = np.full(3000, 470)
        first = []
        for row in rows:
            over = np.flatnonzero(evidence_by_block(row, answers, limit=LIMIT, claim=claim, most_answers=600) >= ENOUGH)
            first.append(float(over[0] + 1) if over.size else math.inf)
        never = float(np.mean(np.isinf(first)))
        middle, most = (float(np.quantile(first, share, method="higher")) for share in (0.5, 0.9))
        cells = [f"{value:,.0f}" if math.isfinite(value) else "more" for value in (middle, most)]
        study.rows.append([f"{truth:g}", f"{claim} 0.03", *cells, f"{never:.3f}"])
        if truth == LIMIT:
            most_wrong = ERROR + slack(ERROR, runs)
            study.expect(holds=1 - never <= most_wrong, what=f"{claim} shown in {1 - never:.3f} where it is false")
    return study


def run_lengths(runs: int) -> Study:
    """Return solved run lengths of charts beside simulated ones."""
    study = Study(
        f"Mean run length of CUSUM charts, solved and simulated; {runs:,} runs",
        ["chart", "truth", "solved", "simulated", "standard error", "z"],
    )
    for rate, shifted, wished in ((0.3, 0.2, 2000), (0.3, 0.4, 2000), (0.1, 0.15, 2000), (0.6, 0.5, 2000)):
        chart = answer_cusum(rate, shifted, run_length=wished)
        for truth, solved in ((rate, chart.run_length), (shifted, chart.delay)):
            share = truth if chart.toward is Toward.MORE else 1 - truth
            chance = generator(int(1000 * rate + 10 * shifted + truth * 1e6))
            steps = (np.where(chance.random(runs) < share, chart.up, -chart.down) for _ in iter(int, 1))
            name = f"answers {rate:g} to {shifted:g}"
            _simulated(study, chart=name, truth=truth, solved=solved, steps=steps, threshold=chart.threshold, runs=runs)
    for shift in (0.5, 1.0):
        residual = residual_cusum(shift, toward=Toward.MORE, run_length=1000)
        for truth, solved in ((0.0, residual.run_length), (shift, residual.delay)):
            chance = generator(int(100 * shift + 10 * truth))
            normal = (chance.normal(truth - residual.reference, 1.0, runs) for _ in iter(int, 1))
            name, most = f"residuals 0 to {shift:g}", residual.threshold
            _simulated(study, chart=name, truth=truth, solved=solved, steps=normal, threshold=most, runs=runs)
    return study


def _simulated(
    study: Study, *, chart: str, truth: float, solved: float, steps: Iterator[Series], threshold: float, runs: int
) -> None:
    height, lasted = np.zeros(runs), np.zeros(runs)
    alive = np.ones(runs, dtype=bool)
    for number, step in enumerate(steps, start=1):
        height = np.maximum(0.0, height + step)
        lasted[alive] = number
        alive &= height < threshold
        if not alive.any():
            break
    error = float(lasted.std(ddof=1)) / math.sqrt(runs)
    z = (float(lasted.mean()) - solved) / error
    study.rows.append([chart, f"{truth:g}", f"{solved:,.1f}", f"{lasted.mean():,.1f}", f"{error:,.1f}", f"{z:+.1f}"])
    study.expect(holds=abs(z) < 4.0, what=f"{chart} at {truth:g}: z {z:+.1f}")
