"""Dialers played without a platform: a world, orders, and the sum of what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from paceline.emulator.dialer.engine import Dialer
from paceline.emulator.dialer.orders import Orders
from paceline.emulator.dialer.truth import truth_of
from paceline.emulator.instants import MILLISECOND, SECOND

START = 1_781_524_800 * SECOND
"""Monday 15 June 2026, 12:00 UTC."""
HOUR = 3600 * SECOND
MARKOV = {
    "records": 10**7, "answerRate": 0.3, "machineShare": 0, "busyShare": 0, "ringSeconds": 12, "ringVariation": 1,
    "noAnswerSeconds": 12, "talkSeconds": 180, "talkVariation": 1, "wrapSeconds": 0,
}  # fmt: skip
"""People answer three dials of ten, lines ring for 12 s, calls last 180 s, and the list never ends."""

Rows = dict[int, dict[str, int]]


def orders(**changes: Any) -> Orders:
    """Return orders of an active campaign of 50 agents with these members changed."""
    usual: dict[str, Any] = {"active": True, "agents": 50, "tick": 50 * MILLISECOND, "attempts": 1}
    return Orders(**usual | changes)


def dialer(given: Orders | None = None, key: int = 7, **world: Any) -> Dialer:
    return Dialer(key, truth_of({**MARKOV, **world}), given or orders(), START)


def play(one: Dialer, hours: float, steps: Sequence[float] = (1.0,)) -> Rows:
    """Carry a dialer on by hours, stopping at these fractions of them, and return its minutes."""
    rows: Rows = {}
    begin = one.at
    for step in steps:
        one.advance(begin + round(hours * step * HOUR), rows.__setitem__)
    return rows


def total(rows: Rows) -> Counter[str]:
    counted: Counter[str] = Counter()
    for row in rows.values():
        counted.update(row)
    return counted


def utilisation(counted: Counter[str]) -> float:
    return (counted["talk"] + counted["wrap"]) / counted["staffed"]
