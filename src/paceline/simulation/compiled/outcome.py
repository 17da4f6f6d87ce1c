"""What is read from the array of a day once it is played."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.simulation import counters as c
from paceline.simulation.compiled import layout as a
from paceline.simulation.draws import MASK
from paceline.simulation.result import counted

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks
    from paceline.simulation.plan import Plan


def played_day(s: Ticks) -> tuple[Ticks, Ticks, int, int]:
    """Return the tally with the warm-up taken off, the minutes, the hash, and the safety at the end."""
    before = s[s[a.BEFORE_AT] : s[a.BEFORE_AT] + c.LENGTH]
    tally = counted(s[: c.LENGTH], before)
    return tally, minutes_of(s), int(s[c.HASH]) & MASK, int(s[c.SAFETY])


def minutes_of(s: Ticks) -> Ticks:
    """Return [minutes, 8] the counts and areas up to the end of each minute."""
    return s[s[a.SERIES_AT] : s[a.LINES_AT]].reshape(-1, len(c.SERIES)).copy()


def trace_of(s: Ticks) -> Ticks:
    """Return [events, 4] tick, kind, line or agent, and record of each event that was traced."""
    return s[s[a.TRACE_AT] : s[a.TRACE_AT] + 4 * s[a.TRACED]].reshape(-1, 4).copy()


def agents_of(plan: Plan, s: Ticks) -> tuple[Ticks, Ticks]:
    """Return [agents] ticks that each was busy, and [agents] calls that each took."""
    return s[s[a.BUSY_AT] :][: plan.agents].copy(), s[s[a.CALLS_AT] :][: plan.agents].copy()


def left_of(s: Ticks) -> tuple[int, int]:
    """Return how many lines ring at the end, and how many people answered who then greet or wait."""
    lines = s[s[a.LINES_AT] : s[a.LINES_AT] + (int(s[a.NEXT_LINE]) << a.LINE)].reshape(-1, 1 << a.LINE)
    state, person = lines[:, a.STATE], lines[:, a.ENDING] == c.PERSON
    return int((state == c.RINGS).sum()), int((person & ((state == c.GREETS) | (state == c.WAITS))).sum())
