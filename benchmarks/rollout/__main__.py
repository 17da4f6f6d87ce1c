"""See how often rollouts are promoted, held or undone whose truth is known; exit 1 when a limit is missed.

`python -m benchmarks.rollout [--share FRACTION] [--page FILE]`: a smaller share of the runs is quicker, and judges the
limits by the same share. Seeds are fixed, and are others than those the constants were chosen with.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from benchmarks.rollout import weeks as w
from benchmarks.rollout.looking import PERIOD_DAYS, Ended, looked
from benchmarks.rollout.page import page
from paceline.control.rollout.decision import Decision

SEED = 81_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Rollouts of one truth.

    Attributes:
        name: what is true of them.
        live, step: lines for each idle agent before and after.
        runs: how many rollouts.
        days: of a legal period.
        spread: how far days differ: standard deviation of a factor on the answer rate.
        old_days: days before the rollout.
    """

    name: str
    live: float
    step: float
    runs: int
    days: int = PERIOD_DAYS
    spread: float = 0.0
    old_days: int = w.OLD_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a study came to.

    Attributes:
        study: which.
        ended: how each rollout did.
        abandonment: of the step, all days together.
        gain: utilisation of the step's whole days less that of the days before.
    """

    study: Study
    ended: tuple[Ended, ...]
    abandonment: float
    gain: float

    def count(self, decision: Decision) -> int:
        """Return how many ended so."""
        return sum(one.decision is decision for one in self.ended)

    def middle(self, decision: Decision) -> tuple[int, int] | None:
        """Return the median of answers and of minutes until a decision, over those that ended so."""
        chosen = [one for one in self.ended if one.decision is decision]
        if not chosen:
            return None
        return int(median(one.answers for one in chosen)), int(median(one.minutes for one in chosen))

    def answers_until_undone(self) -> float:
        """Return the median of answers until undone over all; infinite for those that were not."""
        return median(one.answers if one.decision is Decision.UNDO else float("inf") for one in self.ended)

    def reasons(self) -> Counter[str]:
        """Return how many ended for which reason."""
        return Counter(one.why.value for one in self.ended if one.why is not None)


SAME = Study(name="the same pacing again, 2.5 % abandoned", live=3.87, step=3.87, runs=1000)
BETTER = Study(name="a point of utilisation gained, 2.0 % abandoned", live=3.34, step=3.72, runs=400)
BOLD = Study(name="6 % abandoned", live=3.87, step=4.73, runs=400)
STUDIES = (
    SAME,
    BETTER,
    BOLD,
    Study(name="a point of utilisation lost", live=3.72, step=3.34, runs=200),
    Study(name="a gain, but just above the ceiling", live=3.34, step=4.0, runs=200),
    Study(name="the same again, 2.5 %, days that differ by 3 %", live=3.87, step=3.87, runs=200, spread=0.03),
    Study(name="the same again, 2.5 %, the law counts by day", live=3.87, step=3.87, runs=200, days=1),
    Study(name="the same again, 0.7 %: abandonment keeps nothing back", live=3.0, step=3.0, runs=400),
    Study(name="the same, after 5 days that differ by 8 %", live=3.0, step=3.0, runs=400, spread=0.08, old_days=5),
    Study(name="the same, after 4 days that differ by 8 %", live=3.0, step=3.0, runs=200, spread=0.08, old_days=4),
)


def main() -> int:
    """Run the studies, print them as Markdown, and what was missed."""
    asked = argparse.ArgumentParser(prog="benchmarks.rollout", description=__doc__)
    asked.add_argument("--share", type=float, default=1.0, help="of the runs, 0.01 to 1")
    asked.add_argument("--page", type=Path, help="where the page is written")
    given = asked.parse_args()
    told = []
    for number, study in enumerate(STUDIES):
        told.append(ran(replace(study, runs=max(1, int(study.runs * given.share))), seed=SEED + number))
        sys.stderr.write(f"{study.name}: {_line(told[-1])}\n")
    text = page(told)
    sys.stdout.write(text)
    if given.page is not None:
        given.page.write_text(text, encoding="utf-8")
    broken = missed(told)
    for one in broken:
        sys.stderr.write(f"missed: {one}\n")
    return 1 if broken else 0


def ran(study: Study, *, seed: int) -> Told:
    """Return what a study comes to; legal periods begin on days that are spread evenly over a period."""
    ended, answered, abandoned, busy = [], 0, 0, [[0, 0], [0, 0]]
    told = w.weeks(study.live, study.step, runs=study.runs, seed=seed, spread=study.spread, old_days=study.old_days)
    for number, week in enumerate(told):
        ended.append(looked(week, starts=number % study.days - study.days + w.NEW_DAYS, days=study.days))
        whole = week.new[1:]
        answered += int(whole[..., w.CONNECTS].sum())
        abandoned += int(whole[..., w.ABANDONS].sum())
        for place, counts in enumerate((week.old, whole)):
            busy[place][0] += int(counts[..., w.BUSY_S].sum())
            busy[place][1] += int(counts[..., w.STAFFED_S].sum())
    (old_busy, old_staffed), (new_busy, new_staffed) = busy
    return Told(
        study=study,
        ended=tuple(ended),
        abandonment=abandoned / answered,
        gain=new_busy / new_staffed - old_busy / old_staffed,
    )


def missed(told: list[Told]) -> list[str]:
    """Return the limits that were missed, each with its numbers."""
    same, better, bold = told[:3]
    broken = []
    changed = len(same.ended) - same.count(Decision.HOLD)
    if changed > 0.067 * len(same.ended):
        broken.append(f"{changed} of {len(same.ended)} A/A rollouts were promoted or undone, allowed are 6.7 %")
    broken += [
        f"{one.study.name}: {one.count(Decision.PROMOTE)} of {len(one.ended)} were promoted"
        for one in told[-3:]
        if one.count(Decision.PROMOTE) > 0.067 * len(one.ended)
    ]
    if better.count(Decision.PROMOTE) < 0.8 * len(better.ended):
        broken.append(f"{better.count(Decision.PROMOTE)} of {len(better.ended)} gains were promoted, asked are 80 %")
    if bold.answers_until_undone() >= 1500:
        broken.append(f"6 % is undone after {bold.answers_until_undone()} answers in the median, asked is before 1,500")
    return broken


def _line(told: Told) -> str:
    counts = ", ".join(f"{told.count(decision)} {decision}" for decision in Decision)
    return f"{counts}; {dict(told.reasons())}; abandoned {told.abandonment:.2%}, gain {told.gain:+.2%}"


if __name__ == "__main__":
    sys.exit(main())
