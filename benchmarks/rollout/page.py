"""The page of what the rollouts of a known truth came to."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
import scipy

from benchmarks.rollout import weeks as w
from benchmarks.rollout.looking import PLAN
from paceline.control.rollout.decision import SETTLED_ANSWERS, YOUNG_ANSWERS, Decision
from paceline.control.rollout.evidence import FEWEST_DAYS

if TYPE_CHECKING:
    from benchmarks.rollout.__main__ import Told

_HEAD = f"""
`python -m benchmarks.rollout --page docs/benchmarks/rollout.md` plays rollouts whose truth is known, looks at each at
the end of every minute for a week, and counts what the first look that does not hold decides. It exits with 1 when one
of these is missed: of 1,000 rollouts of the same pacing at 2.5 % at most 67 promoted or undone; of steps that gain a
point at 2.0 % at least 80 % promoted within the week; steps at 6 % undone, in the median, before 1,500 live answers.

A rollout is {w.OLD_DAYS} days under what was live, then {w.NEW_DAYS} days of which the first changes in minute
{w.CHANGED_MINUTE}; a day has {w.HOURS} hours and starts empty. All minutes are the simulator's: {w.AGENTS} agents,
handle time {w.HANDLE_S:.0f} s, 30 % of dials answered, 5 % more or fewer by the hour, lines for each idle agent as the
[dialer](../reference/dialer.md) paces. So minutes go together as a dialer makes them. Lines ring in whole numbers, and
not every rate can be had exactly: the table says what was, and where it differs it is the harder way, a smaller gain
and fewer abandoned calls to be found.

The plan is one step with everything else at its default: blocks of {PLAN.block.seconds // 60} minutes, an error of
{1 - PLAN.level:.0%} in all. The legal period is of 30 days at 3 %; over the rollouts its beginning is spread evenly
over 30 days, so that in some it begins during the week. The first three rows are what is asked for.

The constants (design effect supposed, weight of what is supposed, size of gain expected, shares of the error) were
chosen with other seeds, from the spread of blocks alone, and not changed after the runs here: 15-minute blocks of this
campaign have design effects of abandonment of 1.8, 2.0 and 2.3 at 0.8, 2.1 and 6.1 %, and standard deviations of
utilisation of 0.71, 0.61 and 0.47 points.
"""
_LAST = f"""
Days that differ: the answer rate of each day is the usual one times a factor with a standard deviation of 3 %. The
earlier days show how far days differ, and the evidence grows more slowly by it. Fewer than {FEWEST_DAYS} earlier days
do not show that: believed all the same, 4 days that differ by 8 % promoted 81 of 200 rollouts of the same pacing and
undid 76. So nothing is compared with fewer, utilisation is not judged, and a person promotes; what abandons too much is
undone all the same.

Where the law counts by day, a pacing at 2.5 % is above 3 % at some minute of some afternoon in most weeks: the ceiling
overrides every test, and the rollout is undone. That is the rule, not an error of it; such a campaign needs a lower
aim.

A legal period is believed from {SETTLED_ANSWERS:,} answers on, or when half of it is over, or from {YOUNG_ANSWERS:,}
on when it is above its ceiling by three standard errors. Before that a burst of its first hour would decide; the tests
judge the same calls meanwhile, and while it is above its ceiling nothing is promoted.
"""
_WIDTH = 140


def page(told: Sequence[Told]) -> str:
    """Return the page, Markdown."""
    parts = [
        "# How often a rollout is promoted or undone, and should be",
        _wide(_HEAD),
        _versions(),
        _counts(told),
        _times(told),
        "## What the last rows say",
        _wide(_LAST),
    ]
    return "\n\n".join(parts) + "\n"


def _wide(text: str) -> str:
    """Return paragraphs in lines as wide as those of the other pages."""
    return "\n\n".join(fill(" ".join(part.split()), _WIDTH) for part in text.strip().split("\n\n"))


def _versions() -> str:
    return f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy {scipy.__version__}"


def _counts(told: Sequence[Told]) -> str:
    rows = [
        [
            one.study.name,
            f"{one.abandonment:.2%}",
            f"{100 * one.gain:+.2f} points",
            f"{len(one.ended):,}",
            *(f"{one.count(decision):,}" for decision in Decision),
            ", ".join(f"{why} {count:,}" for why, count in one.reasons().most_common()) or "none",
        ]
        for one in told
    ]
    head = ["truth", "abandoned", "utilisation", "rollouts", "promoted", "held", "undone", "reasons"]
    return "## What a week of looking every minute decides\n\n" + _table(head, rows)


def _times(told: Sequence[Told]) -> str:
    rows = []
    for one in told:
        for decision, word in ((Decision.PROMOTE, "promoted"), (Decision.UNDO, "undone")):
            middle = one.middle(decision)
            if middle is not None and one.count(decision) > len(one.ended) / 2:
                rows.append([one.study.name, word, f"{middle[0]:,}", f"{middle[1] / 60:.1f}"])
    head = ["truth", "decision", "live answers, median", "hours of dialing, median"]
    return "## How long it takes, where most end so\n\n" + _table(head, rows)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
