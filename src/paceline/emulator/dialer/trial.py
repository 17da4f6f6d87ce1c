"""A campaign played aside: the same dialer, orders and world, many times over, and what it came to with its error.

Intervals hold at 95 %: each replication is one observation, a rate is a ratio of sums, and its error is that of the
linearised ratio with Student's t.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from paceline.emulator.dialer.chance import key_of
from paceline.emulator.dialer.engine import Dialer
from paceline.emulator.dialer.orders import orders_of
from paceline.emulator.dialer.truth import truth_of
from paceline.emulator.instants import SECOND
from paceline.emulator.tenant import Campaign, Json

REPLICATIONS = 20
STUDENT = 2.093
"""The 97.5 % point of Student's t with 19 degrees of freedom."""
RUN_IN_S = 600
"""Seconds that are played before the counting begins, so that the lines have filled."""


def play(campaign: Campaign, at: int, duration_s: int, seed: str) -> Json:
    """Return what `duration_s` seconds of a campaign come to, as the contract tells the result of a simulation.

    The campaign dials all the time, whatever its status and its schedule say; hours are those of `at`.
    """
    orders = replace(orders_of(replace(campaign, status="ACTIVE")), windows=None, warm_up=0)
    truth = truth_of(campaign.dialer)
    seen = []
    for number in range(REPLICATIONS):
        minutes: dict[int, dict[str, int]] = {}
        dialer = Dialer(key_of(f"{seed}:{number}"), truth, orders, at)
        dialer.advance(at + RUN_IN_S * SECOND, minutes.__setitem__)
        before = _total(minutes)
        dialer.advance(at + (RUN_IN_S + duration_s) * SECOND, minutes.__setitem__)
        counted = _total(minutes)
        counted.subtract(before)
        seen.append(counted)
    busy = [one["talk"] + one["wrap"] for one in seen]
    connects = [one["connects"] for one in seen]
    return {
        "answerRate": ratio(connects, [one["dials"] for one in seen]),
        "abandonmentRate": ratio([one["abandons"] for one in seen], connects),
        "agentUtilisation": ratio(busy, [one["staffed"] for one in seen]),
        "calls": sum(one["dials"] for one in seen),
    }


def ratio(above: Sequence[int], below: Sequence[int]) -> Json:
    """Return the ratio of two sums with its 95 % interval, both within 0 and 1; 0 to 1 where nothing was counted.

    >>> ratio([1, 1], [2, 2])
    {'value': 0.5, 'low': 0.5, 'high': 0.5}
    """
    total, count = sum(below), len(below)
    if total == 0:
        return {"value": 0.0, "low": 0.0, "high": 1.0}
    value = sum(above) / total
    scatter = sum((a - value * b) ** 2 for a, b in zip(above, below, strict=True))
    error = STUDENT * math.sqrt(scatter * count / (count - 1)) / total
    return {"value": min(1.0, value), "low": max(0.0, value - error), "high": min(1.0, value + error)}


def _total(minutes: dict[int, dict[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for counts in minutes.values():
        total.update(counts)
    return total
