"""Studies of comparing two settings: how often nothing is called something, and how often intervals hold."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.inference.worlds import Study, slack
from paceline.inference.comparison import paired_difference
from paceline.inference.estimate import Sides
from paceline.inference.inputs import generator
from paceline.inference.randomisation import paired_randomisation
from paceline.inference.switchback import BlockTally, Setting, SwitchbackPlan, analyse_switchback, plan_switchback

STRATA = [f"{hour}" for _ in range(6) for hour in (9, 10, 11, 12)]


def pairs(runs: int) -> Study:
    """Return how often a gain is shown at 5 % between two settings that are the same, from skew pairs."""
    study = Study(
        f"How often a gain is shown at 5 % where there is none; lognormal pairs, {runs:,} runs",
        ["pairs", "randomisation", "paired t"],
    )
    for count in (6, 10, 20):
        chance = generator(count)
        coins = plain = 0
        for _ in range(runs):
            old, new = chance.lognormal(0.0, 1.0, (2, count))
            coins += paired_randomisation(old, new, seed=1, sides=Sides.LOWER, draws=1999).p_value <= 0.05
            plain += paired_difference(old, new, sides=Sides.LOWER).low > 0.0
        study.rows.append([f"{count}", f"{coins / runs:.4f}", f"{plain / runs:.4f}"])
        study.expect(holds=coins / runs <= 0.05 + slack(0.05, runs), what=f"{count} pairs: {coins / runs:.4f}")
    return study


def switchbacks(runs: int) -> Study:
    """Return how often a one-sided 90 % bound holds, with and without a guard, when a block reaches into the next."""
    study = Study(
        f"Switchback of 24 blocks of an hour, handle time 180 s, true effect 0.02; {runs:,} runs",
        ["carried over", "mean effect, guarded", "mean effect, nothing dropped", "lower 90 % bound below the truth"],
    )
    for carried in (0.0, 1.0):
        guarded, bare, held = [], [], 0
        for seed in range(runs):
            plan = plan_switchback(STRATA, block_s=3600.0, handle_s=180.0, seed=seed)
            found = analyse_switchback(
                plan, _minutes(plan, 0.02, carried, seed), seed=1, draws=400, sides=Sides.LOWER, level=0.9
            )
            guarded.append(found.effect.estimate)
            bare.append(found.unguarded)
            held += found.effect.low <= 0.02
        study.rows.append([f"{carried:g}", f"{np.mean(guarded):.5f}", f"{np.mean(bare):.5f}", f"{held / runs:.3f}"])
        study.expect(holds=held / runs >= 0.9 - slack(0.9, runs), what=f"carried {carried:g}: held {held / runs:.3f}")
    return study


def _minutes(plan: SwitchbackPlan, effect: float, carried: float, seed: int) -> list[BlockTally]:
    """Return a tally a minute; what is carried over from the block before dies away within half a handle time."""
    chance = generator(seed + 1)
    before = 0.1
    told = []
    for block, setting in enumerate(plan.settings):
        own = 0.1 + 0.01 * (block % 4) + (effect if setting is Setting.NEW else 0.0)
        for minute in range(60):
            rate = own + carried * math.exp(-minute * 60.0 / (plan.handle_s / 2.0)) * (before - own)
            events = float(max(0.0, 100.0 * rate + 3.0 * chance.normal()))
            start = 60.0 * minute
            told.append(BlockTally(block=block, start_s=start, end_s=start + 60.0, numerator=events, denominator=100.0))
        before = own
    return told
