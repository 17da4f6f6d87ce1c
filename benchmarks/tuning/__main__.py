"""Tune campaigns of the running emulator whose weights were badly set, and hold what it says to what comes after.

`python -m benchmarks.tuning [--page FILE]`; exit 1 when a change was not made, or its days are not shown to be better.
`python -m benchmarks.tuning safety [--first SEED] [--worlds COUNT] [--page FILE]`; exit 1 when of the changes that a
twin lets pass more than one in twenty comes to the ceiling. Seeds are fixed: the same versions print the same tables,
the seconds apart.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.tuning.page import paged
from benchmarks.tuning.safety import tried
from benchmarks.tuning.safety_page import joined, section
from benchmarks.tuning.world import CEILING, Came, Day, World, came_of
from paceline.campaign.evidence import ABANDONMENT, UTILISATION, Evidence
from paceline.control.outcome import Outcome
from paceline.inference.day_bounds import Ratios, difference_by_days, known_effect, rate_below
from paceline.inference.stratified import stratified_randomisation
from paceline.optimizer.tuner.told import Tuned
from paceline.primitives.clock import computed_ns
from paceline.primitives.findings import Severity

WORLDS = (
    World(name="20 agents, 40 % answer", planted={"predictive_factor": -0.3}),
    World(name="30 agents, 50 % answer", planted={"answer_rate": 0.3}, agents=30, answer_rate=0.5, aim=0.005, seed=8),
    World(
        name="40 agents, 40 % answer",
        planted={"agent_efficiency": -0.25, "predictive_factor": -0.15},
        agents=40,
        aim=0.005,
        seed=9,
    ),
    World(
        name="12 agents, 60 % answer",
        planted={"answer_rate": 0.3},
        agents=12,
        answer_rate=0.6,
        aim=0.004,
        seed=8,
        is_told=False,
    ),
)
SURE = 0.01
MOST_WRONG = 0.05
"""Of the changes that pass, those that come to the ceiling."""
COLUMNS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the days after show against those before, by the platform's own statistics.

    Attributes:
        gain, low, high: in utilisation, with its 95 % interval by days.
        p_value: of no difference: the days before and after, in every order, or in many.
        abandonment, bound: of the days after, with its upper bound of 95 %.
    """

    gain: float
    low: float
    high: float
    p_value: float
    abandonment: float
    bound: float


def shown(before: tuple[Day, ...], after: tuple[Day, ...]) -> Shown:
    """Return what the days after show against those before."""
    days = (*before, *after)
    new = [False] * len(before) + [True] * len(after)
    busy, staffed = np.array([(day.busy_s, day.staffed_s) for day in days], dtype=np.float64).T
    test = stratified_randomisation(busy, staffed, new=new, strata=["all"] * len(days), seed=1)
    names = [f"{at}" for at in range(len(days))]
    ratios = Ratios(above=busy, below=staffed, new=np.array(new), strata=["all"] * len(days), days=names)
    low, high = difference_by_days(ratios, level=0.95, seed=1)
    abandoned, answered = [day.abandoned for day in after], [day.answered for day in after]
    bound = rate_below(
        abandoned,
        answered,
        days=names[: len(after)],
        level=0.95,
        least_design_effect=known_effect(abandoned, answered),
    )
    return Shown(
        gain=test.estimate,
        low=low,
        high=high,
        p_value=test.p_value,
        abandonment=sum(abandoned) / sum(answered),
        bound=bound,
    )


def row_of(world: World, came: Came) -> tuple[str, list[str]]:
    """Return the row of a campaign, and what is not as promised."""
    planted = ", ".join(f"{key} {value:g}" for key, value in world.planted.items())
    found, outcome = came.tuned, came.outcome
    if not isinstance(found, Tuned) or outcome is None:
        why = found if isinstance(found, str) else found.why
        return _row([world.name, planted, f"nothing: {why}"]), [f"{world.name}: {why}"] if world.is_told else []
    proposed = ", ".join(f"{key} {found.live.of(key):f} to {value:f}" for key, value in found.changed.items())
    cells = [world.name, planted, proposed, *_predicted(found), _made(outcome)]
    broken = [] if came.simulations == 1 else [f"{came.simulations} simulations were asked for"]
    if (outcome.word == "applied") != world.is_told:
        broken.append(f"the change ended as {outcome.word}")
    if came.after:
        seen = shown(came.before, came.after)
        cells += [
            f"{_points(seen.gain)} ({_points(seen.low)} to {_points(seen.high)})",
            f"{seen.p_value:.4f}",
            f"{seen.abandonment * 100:.2f} %, at most {seen.bound * 100:.2f} %",
        ]
        if seen.p_value > SURE or seen.low <= 0:
            broken.append(f"days after: p {seen.p_value:.4f}, {_points(seen.low)} points at least")
        if seen.bound >= CEILING:
            broken.append(f"abandonment after: at most {seen.bound:.4f}")
    else:
        cells += ["", "", ""]
    return _row([*cells, f"{came.fit_s:.0f} and {came.tune_s:.0f}"]), [f"{world.name}: {one}" for one in broken]


def _predicted(found: Tuned) -> list[str]:
    evidence = found.evidence
    if not isinstance(evidence, Evidence):
        return ["", ""]
    gain = evidence.of(UTILISATION).difference
    points = f"{_points(gain.mean)} ({_points(gain.low)} to {_points(gain.high)})"
    return [points, f"{evidence.of(ABANDONMENT).new * 100:.2f} %"]


def _made(outcome: Outcome) -> str:
    against = sorted({one.rule for one in outcome.findings if one.severity is not Severity.INFO})
    return "made" if outcome.word == "applied" else f"{outcome.word}: {', '.join(against)}"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join([*cells, *[""] * (COLUMNS - len(cells))]) + " |"


def _points(share: float) -> str:
    return f"{share * 100:+.2f}"


def main() -> int:
    """Tune the campaigns, tell what came of it as Markdown, and what is not as promised."""
    asked = argparse.ArgumentParser(prog="benchmarks.tuning", description=__doc__)
    asked.add_argument("part", nargs="?", choices=("safety",), help="how often what passes is not lawful, instead")
    asked.add_argument("--first", type=int, default=5000, help="seed of the first campaign whose truth is known")
    asked.add_argument("--worlds", type=int, default=30, help="how many of them, at least 1")
    asked.add_argument("--page", type=Path, help="file to write the part of the page to; standard output without")
    said = asked.parse_args()
    if said.part is not None:
        return _safe(said.first, said.worlds, said.page)
    rows, broken = [], []
    for world in WORLDS:
        with TemporaryDirectory() as folder:
            row, missed = row_of(world, came_of(world, Path(folder)))
        rows.append(row)
        broken += missed
        sys.stderr.write(f"{row}\n")
    _write(paged(rows), said.page)
    for one in broken:
        sys.stderr.write(f"not as promised: {one}\n")
    return 1 if broken else 0


def _safe(first: int, worlds: int, page: Path | None) -> int:
    """Tell how often a change that passes is not lawful; 1 when it is more often than one in twenty."""
    began, rows = computed_ns(), []
    for seed in range(first, first + worlds):
        rows.append(tried(seed))
        sys.stderr.write(f"{seed}: {rows[-1].ours} before: {rows[-1].before}\n")
    told = section(rows, first=first, cpu_s=(computed_ns() - began) / 1e9)
    if page is None:
        sys.stdout.write(told)
    else:
        page.write_text(joined(page.read_text() if page.exists() else "", safe=told))
    passed = [one.ours for one in rows if one.ours.factor > 0.0]
    wrong = max(sum(one.truth >= CEILING for one in passed), sum(one.came >= CEILING for one in passed))
    return 1 if wrong > MOST_WRONG * len(passed) else 0


def _write(told: str, page: Path | None) -> None:
    """Write the table of tuned campaigns; what else is on the page stays."""
    if page is None:
        sys.stdout.write(told)
    else:
        page.write_text(joined(page.read_text() if page.exists() else "", tuned=told))


if __name__ == "__main__":
    sys.exit(main())
