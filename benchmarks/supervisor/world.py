"""A campaign in a world that drifts: its answer rate swings by two fifths within the day, wanders and leaps overnight.

Eight hours a day, every day. The same worlds are met by the supervisor, by the controller alone and by every fixed
pacing: the emulator's chance belongs to the number of the dial.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

OPENS, HOURS = 9, 8
"""The first hour of dialing, UTC, and how many."""
BASE, SWING = 0.3, 0.4
LOWEST, HIGHEST = 0.5, 1.5
"""Between these times the base lies the mean of a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A world: agents, and an answer rate for each hour of dialing of each day."""

    agents: int
    days: tuple[tuple[float, ...], ...]

    def dialer(self, day: int) -> dict[str, Any]:
        """Return the emulator's table for a day; after the last one it is the last."""
        rates = self.days[min(day, len(self.days) - 1)]
        at = dict(zip(range(OPENS, OPENS + HOURS), rates, strict=True))
        return {
            "records": 10_000_000,
            "answerRate": [at.get(hour, BASE) for hour in range(24)],
            "staffing": [1.0 if hour in at else 0.0 for hour in range(24)],
        }


def drifting(agents: int, days: int, *, seed: int) -> Drift:
    """Return a world: a day's mean is a walk that comes back, with a leap on every tenth day or so."""
    chance = np.random.default_rng(seed)
    at, told = 0.0, []
    for _ in range(days):
        at = 0.97 * at + chance.normal(0.0, 0.05)
        if chance.random() < 0.1:
            at = chance.uniform(math.log(0.6), math.log(1.4))
        mean = BASE * min(max(math.exp(at), LOWEST), HIGHEST)
        swung = [1 + SWING * math.sin(2 * math.pi * (hour + 0.5) / HOURS) for hour in range(HOURS)]
        told.append(tuple(round(mean * one, 6) for one in swung))
    return Drift(agents=agents, days=tuple(told))


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What a day came to: people who answered, those abandoned, agents' time at work and in all, seconds."""

    answered: int
    abandoned: int
    busy_s: int
    staffed_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What days came to."""

    days: tuple[Day, ...]

    @property
    def utilisation(self) -> float:
        """Talk and wrap-up over agents' time, a fraction."""
        return sum(day.busy_s for day in self.days) / sum(day.staffed_s for day in self.days)

    @property
    def abandonment(self) -> float:
        """Abandoned over answered, a fraction."""
        return sum(day.abandoned for day in self.days) / sum(day.answered for day in self.days)

    def blocks(self, days: int = 30) -> tuple[float, ...]:
        """Return the abandonment of successive blocks of days, the last of them a portion of one."""
        return tuple(Came(days=self.days[at : at + days]).abandonment for at in range(0, len(self.days), days))

    @property
    def days_range(self) -> tuple[float, float]:
        """The lowest and the highest abandonment of a day."""
        rates = [day.abandoned / day.answered for day in self.days]
        return min(rates), max(rates)
