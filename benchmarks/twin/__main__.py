"""Fit twins to generated campaigns and hold them against their truth; exit 1 when what is stated does not hold.

`python -m benchmarks.twin [--sets N] [--runs N] [--agents N]`: fewer are quicker, and tell less. Seeds are fixed: the
same versions print the same tables.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from benchmarks.twin.worlds import RowsAsRecords, from_platform, from_records, usual_truth
from paceline.campaign.evidence import NoEvidence
from paceline.primitives.clock import computed_ns
from paceline.records.generator import Truth, demo_truth, generated
from paceline.records.summary import Span
from paceline.twin.drift import RUN_LENGTH_DAYS, charted, drift_of
from paceline.twin.effort import Effort
from paceline.twin.fitting import fit_twin, unchecked_twin
from paceline.twin.halves import day_spans
from paceline.twin.judging import NAMES, judged_of, pick
from paceline.twin.model import Drifted, Twin, half_hour_of, instant_of
from paceline.twin.records_vectors import rates_of
from paceline.twin.results import FoldResult

RECORDS, STATISTICS = "call records", "statistics, where people are alike and dialed once"
UNSEEN_LIST = "statistics, where people differ and are dialed again (nothing is stated; the check must see it)"
LOW, HIGH = 0.86, 0.94
"""What pooled intervals of 90 % are to hold."""
FITTED_DAYS, RUN_DAYS = 7, 14
"""Days that are fitted on where drift is watched for, and days of a run: day 8 is the first that is watched."""
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
        rows = generated(truth, days, 1000 + number)
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
        expected = rates_of(whole.cells, twin.fitted_records.answers.expected(whole.cells), truth.zone)
        drifted = drift_of(charted(twin, whole.half_hours, expected=expected))
        begun = spans[FITTED_DAYS].start
        found.append((drifted, float("nan") if drifted is None else (half_hour_of(drifted.found) - begun) / 48))
        sys.stderr.write(f"{name}: run {number + 1} of {runs}\n")
    return found


def drift(runs: int, agents: int) -> Told:
    """Return how soon planted drift is found, and how often none is called drift."""
    plain = demo_truth(agents)
    ageing = replace(plain, ageing=0.8, max_attempts=6, retry_s=(4 * 3600.0, 24 * 3600.0))
    planted = drifts("planted", runs, replace(plain, drift_day=8, drift_factor=0.8), 5000)
    aged = drifts("ageing", runs, ageing, 7000)
    still = drifts("still", runs, plain, 9000)
    soon = sum(
        one is not None and one.quantity == "answers" and one.toward == "fewer" and at <= 1 for one, at in planted
    )
    hours = np.array([at for one, at in planted if one is not None])
    calm = {name: sum(one is None for one, _ in found) for name, found in (("aged", aged), ("still", still))}
    soonest = f"{soon} found within a day; median {np.median(hours):.2f} days"
    rows = [
        f"| answer propensity x 0.8 from day 8 | {runs} | {soonest} |",
        f"| a list that ages, attempts x 0.8 each, no drift | {runs} | {calm['aged']} not called drift |",
        f"| nothing drifts | {runs} | {calm['still']} not called drift |",
    ]
    broken = [] if soon >= 0.9 * runs else [f"drift: {soon} of {runs} found within a day"]
    broken += [] if calm["aged"] >= 0.95 * runs else [f"ageing: {runs - calm['aged']} of {runs} called drift"]
    story = (
        f"Fitted on days 1 to {FITTED_DAYS}, watched on days 8 to {RUN_DAYS}; {agents} agents; one false alarm of all "
        f"charts together in {RUN_LENGTH_DAYS:g} days is stated, so that {1 - np.exp(-7 / RUN_LENGTH_DAYS):.1%} of "
        "runs of seven days are expected to have one."
    )
    head = "| world | runs | what was found |\n| --- | --- | --- |"
    return Told(markdown=f"### Drift\n\n{story}\n\n" + "\n".join([head, *rows]) + "\n", broken=broken)


def main() -> int:
    """Run the studies, print them as Markdown, and what did not hold."""
    asked = argparse.ArgumentParser(prog="benchmarks.twin", description=__doc__)
    asked.add_argument("--sets", type=int, default=3, help="generated campaigns for each source")
    asked.add_argument("--runs", type=int, default=40, help="of each world that drift is watched for in")
    asked.add_argument("--agents", type=int, default=20)
    said = asked.parse_args()
    sys.stdout.write(f"Python {platform.python_version()}, NumPy {np.__version__}\n\n")
    broken: list[str] = []
    studies: tuple[Callable[[], Told], ...] = (
        lambda: coverage(RECORDS, said.sets, said.agents),
        lambda: coverage(STATISTICS, said.sets, said.agents),
        lambda: coverage(UNSEEN_LIST, said.sets, said.agents),
        lambda: drift(said.runs, said.agents),
    )
    for study in studies:
        told = study()
        sys.stdout.write(told.markdown + "\n")
        sys.stdout.flush()
        broken += told.broken
    for one in broken:
        sys.stderr.write(f"does not hold: {one}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
