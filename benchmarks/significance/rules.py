"""The rules that are compared: ours, looked at daily; the same as a running bet; and the published one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.significance.weeks import DAYS
from paceline.inference.paired_blocks import gain_evidence
from paceline.inference.promotion import FEWEST_DAYS, Block, looked

LEVEL, LEAST_GAIN, CEILING = 0.95, 0.0025, 0.03
LATER = 5
"""The first day that is looked at where nobody looks before days can be told apart."""
DRAWS = 999
KEYS = 5
_BETS = 2 * 3
"""Sides and metrics among which the bets' error is shared."""
_FIRST_BET = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What looking daily led to; days count from 1, None is never.

    Attributes:
        called: the first day on which any metric was called significant.
        worth: the first on which the gain was called worth having.
        promoted: the first on which abandonment was shown below the ceiling, too.
        coins: the first on which the coins alone, without the interval by days, called utilisation different.
    """

    called: int | None
    worth: int | None
    promoted: int | None
    coins: int | None


def looked_daily(blocks: Sequence[Block], seed: int, *, begin: int = FEWEST_DAYS) -> Found:
    """Return what our rule says on each day of a week, from the `begin`-th on."""
    first: dict[str, int] = {}
    for day in range(begin, DAYS + 1):
        judged = looked(
            [block for block in blocks if int(block.day) < day],
            look=day - begin + 1,
            looks=DAYS - begin + 1,
            level=LEVEL,
            least_gain=LEAST_GAIN,
            ceiling=CEILING,
            seed=seed,
            draws=DRAWS,
        )
        said = {
            "called": any(one.significant for one in judged.metrics),
            "worth": judged.worth_having,
            "promoted": judged.promote,
            "coins": judged.metrics[0].p_adjusted <= 1.0 - LEVEL,
        }
        for name, holds in said.items():
            if holds:
                first.setdefault(name, day)
    return Found(
        called=first.get("called"), worth=first.get("worth"), promoted=first.get("promoted"), coins=first.get("coins")
    )


def bet_daily(blocks: Sequence[Block]) -> tuple[bool, bool]:
    """Return whether a running bet on pairs calls any metric different, and utilisation gained, by the week's end."""
    any_called, gained = False, False
    for number, values in enumerate(_differences(blocks)):
        count = np.arange(1, values.size + 1)
        gains = np.cumsum(values) / count
        squares = np.cumsum(values**2) / count - gains**2
        errors = np.sqrt(np.maximum(squares, 1e-18) / np.maximum(count - 1, 1))
        scale = float(np.std(values)) or 1e-9
        for side in (1.0, -1.0):
            path = gain_evidence(side * gains, errors, least=0.0, expected=scale)[_FIRST_BET - 1 :]
            holds = bool(path.max() >= math.log(_BETS / (1.0 - LEVEL)))
            any_called |= holds
            gained |= holds and number == 0 and side > 0
    return any_called, gained


def _differences(blocks: Sequence[Block]) -> list[np.ndarray]:
    """Return [metrics][pairs] new less old."""
    pairs: dict[str, dict[bool, Block]] = {}
    for block in blocks:
        pairs.setdefault(block.stratum, {})[block.new] = block
    rows = [np.array(_ratios(pair[True])) - np.array(_ratios(pair[False])) for pair in pairs.values()]
    return list(np.array(rows).T)


def _ratios(block: Block) -> tuple[float, float, float]:
    hours = block.available_s / 3600.0
    return block.busy_s / block.available_s, block.abandoned / max(block.answered, 1), block.connects / hours


def published(changes: np.ndarray, threshold: float) -> bool:
    """Return whether the published rule accepts edits of the weights: mean over population spread, no outcome in it."""
    sizes = np.abs(changes)
    spread = float(sizes.std())
    return bool((sizes.mean() if spread == 0.0 else sizes.mean() / spread) >= threshold)
