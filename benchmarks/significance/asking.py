"""Held-out days asked fifty times about changes that do nothing: is one of them called a gain?

Of each data set five days of half-hours are held out. Every question meets them with noise of its own, within days and
between them, and with no gain at all: that is worse than a twin, whose questions meet the same calls.
"""

from __future__ import annotations

import numpy as np

from benchmarks.significance.rules import CEILING, DRAWS, LEVEL
from paceline.inference.promotion import DRAWS as THROWS
from paceline.inference.promotion import Block, Metric, looked
from paceline.twin.weighing import FEWEST_HELD_OUT

QUESTIONS = 50
HALVES = 16
LAST = next(at for at in range(QUESTIONS, 0, -1) if at * (at + 1) * len(Metric) / (THROWS + 1) <= 1.0 - LEVEL)
"""The last question that can be told yes: nothing is rarer than one of all throws."""
_BUSY, _BY_HALF, _BY_DAY = 0.85, 0.01, 0.003
"""How busy agents are; how much half-hours, and days, differ between two settings by chance."""
_STAFFED_S, _ANSWERS = 30 * 1800.0, 400


def asked_often(seed: int) -> tuple[bool, bool]:
    """Return whether any question is told yes, a gain of whatever size: with the error shared, and without."""
    chance = np.random.default_rng([seed, 50])
    shared = unshared = False
    for place in range(1, QUESTIONS + 1):
        blocks = _blocks(chance)
        if not shared and place <= LAST:
            shared = _yes(blocks, place * (place + 1), seed, THROWS)
        if not unshared:
            unshared = _yes(blocks, 1, seed, DRAWS)
    return shared, unshared


def _yes(blocks: list[Block], looks: int, seed: int, draws: int) -> bool:
    found = looked(blocks, looks=looks, level=LEVEL, least_gain=0.0, ceiling=CEILING, seed=seed, draws=draws)
    return found.worth_having


def _blocks(chance: np.random.Generator) -> list[Block]:
    found = []
    for day in range(FEWEST_HELD_OUT):
        by_day = _BY_DAY * float(chance.standard_normal())
        for half in range(HALVES):
            apart = by_day + _BY_HALF * float(chance.standard_normal())
            for new in (False, True):
                busy = (_BUSY + (apart if new else 0.0)) * _STAFFED_S
                abandoned = int(chance.binomial(_ANSWERS, 0.01))
                found.append(
                    Block(
                        day=f"{day}",
                        stratum=f"{day} {half}",
                        new=new,
                        busy_s=busy,
                        available_s=_STAFFED_S,
                        abandoned=abandoned,
                        answered=_ANSWERS,
                        connects=_ANSWERS - abandoned,
                    )
                )
    return found
