"""The fast engine: days of a plan, anonymous, on a clock of 10 milliseconds.

The same model as the reference but for who is who: agents and calls in the queue have no names, talks and wrap-ups
belong to the number of the connection instead of the contact, a delay until the next attempt runs from the mean end
of a call of its kind, and instants are rounded to slots. So it agrees with the exact engine in distribution, not call
by call. It paces by what can be seen from counts alone.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from paceline.simulation import counters as c
from paceline.simulation.compiled import fast_places as f
from paceline.simulation.compiled.compiler import compiled
from paceline.simulation.compiled.fast_day import play
from paceline.simulation.compiled.fast_given import given_of, memory_of
from paceline.simulation.draws import Purpose, stream
from paceline.simulation.errors import SimulationError

if TYPE_CHECKING:
    from paceline.simulation.compiled.counting import Words
    from paceline.simulation.distributions import Ticks
    from paceline.simulation.plan import Plan

PURPOSES = (
    Purpose.DIAL,
    Purpose.HANDLE,
    Purpose.PROPENSITY,
    Purpose.DETECTION,
    Purpose.PATIENCE,
    Purpose.SPACING,
    Purpose.MIXING,
)
"""The streams, in the order of the keys."""
_LISTLESS: deque[Ticks] = deque(maxlen=8)
"""Memory for days without a list, which every plan may use: to get it anew takes as long as to play a short day."""


class Days(NamedTuple):
    """What days came to.

    Attributes:
        tally: [days, counters.LENGTH] counts, levels at the end, and areas, by the places of `counters`.
        before: [days, counters.LENGTH] the same at the end of the warm-up; zeros without one.
        series: [days, minutes, 8] by minute, the counts and areas of `counters.SERIES` up to its end.
    """

    tally: Ticks
    before: Ticks
    series: Ticks


class Prepared:
    """A plan ready to be played, by several threads at once if wanted."""

    def __init__(self, plan: Plan) -> None:
        """Put the plan into the form the engine takes.

        Raises:
            ScenarioError: when the plan needs the exact engine.
        """
        self._plan = plan
        self._given = given_of(plan)
        self._memories: deque[Ticks] = deque() if plan.records else _LISTLESS

    def play(self, seed: int, first: int, days: int, *, series: bool = True) -> Days:
        """Play days, one after another; see `play_days`."""
        minutes = max(1, -(-int(self._given[f.HORIZON]) // f.MINUTE)) if series else 1
        rows = np.zeros((days, 2, c.LENGTH), dtype=np.int64)
        kept = np.zeros((days, minutes, len(c.SERIES)), dtype=np.int64)
        numbers = range(first, first + days)
        keys = np.array([[stream(seed, day, purpose) for purpose in PURPOSES] for day in numbers], dtype=np.uint64)
        factors = np.array([self._plan.by_day[day % self._plan.by_day.size] for day in numbers], dtype=np.int64)
        try:
            memory = self._memories.pop()
        except IndexError:  # there is none, or another thread was first
            memory = memory_of(self._plan)
        status = _play_all(self._given, memory, keys, factors, rows, kept)
        self._memories.append(memory)
        if status:
            raise SimulationError(
                f"more than {f.MOST_IN_FLIGHT} lines were in use at once, which the fast engine cannot count",
                hint="set lines.cap, or use the exact engine",
            )
        return Days(tally=rows[:, 0], before=rows[:, 1], series=kept)


def play_days(plan: Plan, seed: int, first: int, days: int, *, series: bool = True) -> Days:
    """Play days of a plan, one after another.

    Args:
        plan: the scenario in whole numbers.
        seed: any 64-bit number, at least 0.
        first: number of the first day, from 0.
        days: how many, at least 1.
        series: whether the minutes are kept; without them only the last is, which is the whole day.

    Raises:
        ScenarioError: when the plan needs the exact engine.
        SimulationError: when more is in flight than a slot can count.
    """
    return Prepared(plan).play(seed, first, days, series=series)


@compiled
def _play_all(  # noqa: PLR0917 - compiled code takes no keywords
    n: Ticks, m: Ticks, keys: Words, factors: Ticks, rows: Ticks, series: Ticks
) -> int:
    """Play the days; return the first status that is not 0."""
    for day in range(factors.size):
        status = play(n, m, keys[day], factors[day], rows[day], series[day])
        if status:
            return status
    return 0
