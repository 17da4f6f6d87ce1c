"""Count how often changes of weights are called significant; exit 1 when one count is not as promised.

`python -m benchmarks.significance [--share FRACTION] [--page FILE]`: a smaller share of the weeks is quicker, and tells
less. Seeds are fixed: the same versions print the same tables, the seconds apart.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from benchmarks.significance.asking import asked_often
from benchmarks.significance.page import paged
from benchmarks.significance.rules import KEYS, LATER, Found, bet_daily, looked_daily, published
from benchmarks.significance.weeks import Settings, campaign, swung, week
from paceline.campaign.blocks import WEIGHT_KEYS, Pacing, Weights
from paceline.primitives.clock import computed_ns
from paceline.simulation.engine import simulate
from paceline.twin.boldness import Told, predicted

WEEKS, GAINS, SWINGS, SETS = 1_000, 300, 300, 60
MOST_FALSE = 67
"""Of 1,000, at a chance of 1 in 20 each: more would be seen in less than 1 of 100 such counts."""
LEAST_POWER = 0.80
OLD = 3.8
"""Lines for each idle agent under the old setting: 91.8 % busy."""
PACING = Pacing(
    answer_rate=Decimal("0.30"),
    abandonment_aim=Decimal("0.0064"),
    max_calls=500,
    call_interval_ms=50,
    warm_up_s=0,
)
"""Comes to `OLD` lines for each idle agent without weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the rules said of so many weeks."""

    name: str
    weeks: int
    found: list[Found]
    later: list[Found]
    bets: list[tuple[bool, bool]]
    accepted: int

    def markdown(self) -> str:
        """Return it as a row of the table."""
        called = sum(one.called is not None for one in self.found)
        worth = sum(one.worth is not None for one in self.found)
        promoted = sum(one.promoted is not None for one in self.found)
        coins = sum(one.coins is not None for one in self.found)
        bets = sum(any_called for any_called, _ in self.bets)
        late = (sum(one.called is not None for one in self.later), sum(one.worth is not None for one in self.later))
        cells = (self.name, self.weeks, called, worth, promoted, *late, coins, bets, self.accepted)
        return "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in cells) + " |"


def one_point() -> tuple[float, float]:
    """Return the lines for each idle agent that gain one point of utilisation, and what they really gain."""
    old = simulate(campaign(OLD), seed=9, days=400).utilisation.mean
    low, high = OLD, OLD + 1.5
    for _ in range(12):
        middle = (low + high) / 2.0
        gain = simulate(campaign(middle), seed=9, days=400).utilisation.mean - old
        low, high = (middle, high) if gain < 0.01 else (low, middle)
    return high, simulate(campaign(high), seed=9, days=400).utilisation.mean - old


def studied(
    name: str, settings: Settings, weeks: int, *, first: int, swinging: bool = False, coin: bool = False
) -> Row:
    """Return what the rules say of weeks under two settings, and of as many random proposals."""
    found, later, bets, accepted = [], [], [], 0
    for number in range(weeks):
        seed = first + number
        blocks = swung(settings, seed, coin=coin) if swinging else week(settings, seed)
        found.append(looked_daily(blocks, seed))
        later.append(looked_daily(blocks, seed, begin=LATER))
        bets.append(bet_daily(blocks))
        chance = np.random.default_rng(seed)
        accepted += published(chance.uniform(-0.2, 0.2, KEYS), float(chance.uniform(0.001, 0.1)))
    return Row(name=name, weeks=weeks, found=found, later=later, bets=bets, accepted=accepted)


def single_cases() -> list[str]:
    """Return rows of changes of weights that are judged on a week of data only, and what the published rule says."""
    cases = {
        "noise of 1e-9 on each of five weights": [1e-9, -2e-9, 1e-9, 3e-9, -1e-9],
        "five equal changes of 0.04": [0.04] * KEYS,
        "one change of 1.0, predictive_factor": [0.0, 0.0, 1.0, 0.0, 0.0],
        "one change of 0.15, predictive_factor": [0.0, 0.0, 0.15, 0.0, 0.0],
    }
    rows = []
    for name, changes in cases.items():
        settings = Settings(old=_lines([0.0] * KEYS), new=_lines(changes))
        found = looked_daily(week(settings, 77), 77)
        says = "worth having" if found.worth else "significant" if found.called else "not significant"
        lawful = "yes" if found.promoted else "no"
        yes_no = [
            "accepted" if published(np.array(changes), threshold) else "refused" for threshold in (0.001, 0.05, 0.1)
        ]
        rows.append(f"| {name} | {settings.old:.4f} to {settings.new:.4f} | {says} | {lawful} | {' | '.join(yes_no)} |")
    return rows


def _lines(changes: list[float]) -> float:
    weights = Weights(
        algorithm="predictive",
        parameters={key: Decimal(repr(change)) for key, change in zip(WEIGHT_KEYS, changes, strict=True)},
        validation_split=Decimal("0.8"),
        deviation_limit=Decimal("0.5"),
        convergence=Decimal("0.05"),
    )
    return predicted(Told(pacing=PACING, weights=weights), PACING, 50).lines


def main() -> int:
    """Run the studies, tell them as Markdown, and what is not as promised."""
    asked = argparse.ArgumentParser(prog="benchmarks.significance", description=__doc__)
    asked.add_argument("--share", type=float, default=1.0, help="of the weeks, 0.01 to 1")
    asked.add_argument("--page", type=Path, help="file to write the page to; standard output without")
    said = asked.parse_args()
    began = computed_ns()
    bold, gain = one_point()
    same, better = Settings(old=OLD, new=OLD), Settings(old=OLD, new=bold)
    weeks, gains, swings = (int(count * said.share) for count in (WEEKS, GAINS, SWINGS))
    rows = [
        studied("A/A: both settings the same", same, weeks, first=10_000),
        studied(f"a true gain of {gain * 100:.2f} points", better, gains, first=50_000),
        studied("days that gain differently, nothing on average", better, swings, first=90_000, swinging=True),
        studied("days that gain or lose by a coin", better, swings, first=70_000, swinging=True, coin=True),
    ]
    asks = [asked_often(number) for number in range(int(SETS * said.share))]
    shared, unshared = (sum(one[at] for one in asks) for at in (0, 1))
    cells = f"| {len(asks)} | {shared} | {unshared} |"
    told = paged([row.markdown() for row in rows], single_cases(), cells, cpu_s=(computed_ns() - began) / 1e9)
    if said.page is None:
        sys.stdout.write(told)
    else:
        said.page.write_text(told)
    return _judged(rows, shared, len(asks))


def _judged(rows: list[Row], shared: int, sets: int) -> int:
    same, gained = rows[:2]
    false = sum(one.called is not None for one in same.found)
    power = sum(one.worth is not None for one in gained.found) / gained.weeks
    promises = {
        f"{false} of {same.weeks} A/A weeks called significant": false <= MOST_FALSE * same.weeks / WEEKS,
        f"a one-point gain found in {power:.3f} of the weeks": power >= LEAST_POWER,
        f"of {sets} data sets asked 50 times {shared} gave a false yes": shared <= MOST_FALSE * sets / WEEKS,
        "the published rule accepts every proposal": all(row.accepted == row.weeks for row in rows),
    }
    for what, holds in promises.items():
        if not holds:
            sys.stderr.write(f"not as promised: {what}\n")
    return 0 if all(promises.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
