"""Fit twins to generated campaigns and hold them against their truth; exit 1 when what is stated does not hold.

`python -m benchmarks.twin [--sets N] [--runs N] [--agents N] [--page FILE]`: fewer are quicker, and tell less. Seeds
are fixed: the same versions print the same tables. What was chosen (run length, shares of the budget, days that the
usual spread counts for, shifts) was chosen on other seeds: 51000, 61000, 71000, 3000 and those after them.
"""

from __future__ import annotations

import argparse
import math
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from scipy import stats

from benchmarks.twin.words import HEAD, TAIL
from benchmarks.twin.worlds import RowsAsRecords, from_platform, from_records, usual_truth
from paceline.campaign.evidence import NoEvidence
from paceline.primitives.clock import computed_ns
from paceline.records.generator.generator import Truth, demo_truth, generated
from paceline.records.summary import Span
from paceline.twin.drift import RUN_LENGTH_DAYS, SHARES_BY_DAY, charted, drift_of
from paceline.twin.effort import Effort
from paceline.twin.fitting import fit_twin, unchecked_twin
from paceline.twin.halves import day_spans
from paceline.twin.judging import NAMES, judged_of, pick
from paceline.twin.model import Drifted, Twin, half_hour_of, instant_of
from paceline.twin.records_vectors import expected_of, rates_of
from paceline.twin.results import FoldResult

RECORDS, STATISTICS = "call records", "statistics, where people are alike and dialed once"
UNSEEN_LIST = "statistics, where people differ and are dialed again (nothing is stated; the check must see it)"
LOW, HIGH = 0.86, 0.94
"""What pooled intervals of 90 % are to hold."""
FITTED_DAYS, RUN_DAYS = 7, 14
"""Days that are fitted on where drift is watched for, and days of a run: day 8 is the first that is watched."""
ANSWERS_A_DAY = 2100
"""Of these worlds with 20 agents, about: what chance leaves unknown of a day."""
_FEW = Effort(draws=2, draws_of_fold=2, replications=2, played=2, played_of_draw=1)


@dataclass(slots=True)
class Told:
    """A table, and what did not hold."""

    markdown: str
    broken: list[str] = field(default_factory=list)


def coverage(kind: str, sets: int, agents: int) -> Told:
    """Return how often intervals held, over so many generated sets."""
    results: list[FoldResult] = []
    passed, began, lines = 0, computed_ns(), []
    days = 24
    for number in range(sets):
        truth = demo_truth(agents) if kind == RECORDS else usual_truth(agents, alike=kind == STATISTICS)
        rows = generated(truth, days, 21_000 + number)
        material = (
            from_records(rows, truth.zone, seed=number, effort=Effort())
            if kind == RECORDS
            else from_platform(rows, truth, seed=number, effort=Effort())
        )
        twin = fit_twin(material, seed=number)
        if isinstance(twin, NoEvidence):
            return Told(markdown="", broken=[f"{kind}, set {number}: {twin.why}"])
        passed += twin.standing.passed
        lines.append(twin.best.lines)
        results += twin.results
        sys.stderr.write(f"{kind}: set {number + 1} of {sets}\n")
    cpu_s = (computed_ns() - began) / 1e9
    rows_told, broken = [], []
    for measure in [one.measure for one in results[0].scored]:
        found = judged_of(measure, [pick(one, measure) for one in results])
        held = found.held
        pit = " ".join(f"{share:.3f}" for share in found.pit)
        skill = "-" if found.skill is None else f"{found.skill:.2f}"
        rows_told.append(
            f"| {NAMES[measure]} | {held.covered:.1%} | {held.low:.1%} to {held.high:.1%} | {held.half_hours} | "
            f"{skill} | {pit} |"
        )
        is_stated = kind != UNSEEN_LIST
        if is_stated and not (LOW <= held.covered <= HIGH and held.half_hours >= 1000):
            broken.append(f"{kind}: {measure} held {held.covered:.1%} of {held.half_hours} half-hours")
    head = (
        "| measure | 90 % held | 95 % interval | half-hours | skill over last week | PIT, by tenths |\n"
        "| --- | --- | --- | --- | --- | --- |"
    )
    story = (
        f"{sets} sets of {days} days, {agents} agents, five folds and the held-out days each; {passed} of {sets} twins "
        f"passed their check. Lines for each idle agent, truth {demo_truth(agents).lines:g}: {min(lines):.2f} to "
        f"{max(lines):.2f}. {cpu_s / sets:.0f} s of processor time a twin."
    )
    return Told(markdown=f"### From {kind}\n\n{story}\n\n" + "\n".join([head, *rows_told]) + "\n", broken=broken)


def drifts(name: str, runs: int, truth: Truth, seed: int) -> list[tuple[Drifted | None, float]]:
    """Return of each run what was found, and how many days after the beginning of day 8."""
    found = []
    for number in range(runs):
        rows = generated(truth, RUN_DAYS, seed + number)
        records = RowsAsRecords(rows)
        whole = records.summary(zone=truth.zone)
        spans = day_spans(whole.half_hours)
        first = Span(since=instant_of(spans[0].start), until=instant_of(spans[FITTED_DAYS - 1].end))
        twin = unchecked_twin(from_records(rows, truth.zone, seed=number, effort=_FEW, until=first))
        if not isinstance(twin, Twin) or twin.fitted_records is None:
            raise SystemExit(f"{name}: {twin}")
        expected = rates_of(whole.cells, expected_of(twin.fitted_records.answers, whole.cells), truth.zone)
        drifted = drift_of(charted(twin, whole.half_hours, expected=expected))
        begun = spans[FITTED_DAYS].start
        found.append((drifted, float("nan") if drifted is None else (half_hour_of(drifted.found) - begun) / 48))
        sys.stderr.write(f"{name}: run {number + 1} of {runs}\n")
    return found


def best(known_days: int) -> str:
    """Return as a table how often a fall by a fifth can be found on its first day, whatever the method.

    A day is one draw of how days differ, whatever the number of its calls; with the spread known, nothing beats the
    test of Neyman and Pearson, and with nothing known but the days before, Student's t.
    """
    noise = 1 / ANSWERS_A_DAY
    spread = demo_truth(20).day_spread
    error = math.sqrt((spread**2 + noise) * (1 + 1 / known_days))
    off = -math.log(0.8) / error
    rows = []
    for words, days in (
        ("all of it", RUN_LENGTH_DAYS),
        ("what answers by day have here, one side", 2 * RUN_LENGTH_DAYS / SHARES_BY_DAY["answers"]),
    ):
        alpha = 1 / days
        normal = stats.norm.sf(stats.norm.isf(alpha) - off)
        students = stats.nct.sf(stats.t.isf(alpha, known_days - 1), known_days - 1, off)
        rows.append(f"| {words}: once in {days:.0f} days | {normal:.1%} | {students:.1%} |")
    head = (
        f"| false alarms that one side of one chart may spend | spread known, level of {known_days} days | "
        f"nothing known but {known_days} days |\n| --- | --- | --- |"
    )
    return "\n".join([head, *rows]) + "\n"


def drift(runs: int, agents: int) -> Told:
    """Return how soon planted drift is found, and how often none is called drift."""
    plain = demo_truth(agents)
    ageing = replace(plain, ageing=0.8, max_attempts=6, retry_s=(4 * 3600.0, 24 * 3600.0))
    planted = drifts("planted", runs, replace(plain, drift_day=8, drift_factor=0.8), 105_000)
    aged = drifts("ageing", runs, ageing, 107_000)
    still = drifts("still", runs, plain, 109_000)
    hits = [at for one, at in planted if one is not None and (one.quantity, one.toward) == ("answers", "fewer")]
    soon, sooner = sum(at <= 1 for at in hits), sum(at <= 2 for at in hits)
    calm = {name: sum(one is None for one, _ in found) for name, found in (("aged", aged), ("still", still))}
    median = f"median {np.median(hits):.2f} days" if hits else "none found"
    found = f"{soon} found within a day, {sooner} within two, {len(hits)} within the week; {median}"
    rows = [
        f"| answer propensity x 0.8 from day 8 | {runs} | {found} |",
        f"| a list that ages, attempts x 0.8 each, no drift | {runs} | {calm['aged']} not called drift |",
        f"| nothing drifts | {runs} | {calm['still']} not called drift |",
    ]
    broken = [] if soon == runs else [f"drift: {soon} of {runs} found within a day"]
    broken += [] if calm["aged"] >= 0.95 * runs else [f"ageing: {runs - calm['aged']} of {runs} called drift"]
    story = (
        f"Fitted on days 1 to {FITTED_DAYS} of call records, watched on days 8 to {RUN_DAYS}; {agents} agents; {runs} "
        f"runs of each world. One false alarm of all charts together in {RUN_LENGTH_DAYS:g} days at most is stated, so "
        f"that up to {1 - np.exp(-7 / RUN_LENGTH_DAYS):.1%} of weeks may have one."
    )
    head = "| world | runs | what was found |\n| --- | --- | --- |"
    bound = (
        "What can be found on the first day at all: days of these worlds differ by 4 %, and what a day has in common "
        "is one draw, however many calls it has. For a fall by a fifth:"
    )
    told = f"### Drift\n\n{story}\n\n" + "\n".join([head, *rows]) + f"\n\n{bound}\n\n{best(FITTED_DAYS)}"
    return Told(markdown=told, broken=broken)


def main() -> int:
    """Run the studies, print them as Markdown, and what did not hold."""
    asked = argparse.ArgumentParser(prog="benchmarks.twin", description=__doc__)
    asked.add_argument("--sets", type=int, default=3, help="generated campaigns for each source")
    asked.add_argument("--runs", type=int, default=40, help="of each world that drift is watched for in")
    asked.add_argument("--agents", type=int, default=20)
    asked.add_argument("--page", type=Path, help="a file that the tables are written to")
    said = asked.parse_args()
    broken: list[str] = []
    parts = [HEAD, f"Python {platform.python_version()}, NumPy {np.__version__}.\n"]
    studies: tuple[Callable[[], Told], ...] = (
        lambda: drift(said.runs, said.agents),
        lambda: coverage(RECORDS, said.sets, said.agents),
        lambda: coverage(STATISTICS, said.sets, said.agents),
        lambda: coverage(UNSEEN_LIST, said.sets, said.agents),
    )
    for study in studies:
        told = study()
        parts.append(told.markdown)
        broken += told.broken
        sys.stderr.write(told.markdown + "\n")
    parts.append("### What does not hold\n\n" + ("\n".join(f"* {one}" for one in broken) or "Nothing.") + "\n")
    parts.append(TAIL)
    page = "\n".join(parts)
    sys.stdout.write(page)
    if said.page is not None:
        said.page.write_text(page, encoding="utf-8")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
