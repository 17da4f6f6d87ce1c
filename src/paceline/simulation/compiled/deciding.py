"""The policies, compiled: `policies.py` says what they mean; here they decide the same from the array of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from paceline.simulation import counters as c
from paceline.simulation import pacing
from paceline.simulation.compiled import layout as a
from paceline.simulation.compiled.compiler import compiled
from paceline.simulation.compiled.counting import draw, high, lasting
from paceline.simulation.plan import AGES, NEVER

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks

_ONE, _LEVEL, _MINUTE = 1 << 20, 1 << 16, 600_000
_MIXING, _SPACING = 7, 6


@compiled
def parameter(q: Ticks, s: Ticks, which: int) -> int:
    """Return a parameter of the pacing in force."""
    found: int = q[q[a.PARAMETERS] + s[a.PACING] * pacing.PARAMETERS + which]
    return found


@compiled
def number_of(s: Ticks, purpose: int, index: int) -> np.uint64:
    """Return the 64-bit number for a purpose at an index."""
    return draw(np.uint64(s[s[a.KEYS] + purpose]), index)


@compiled
def begin_pacing(q: Ticks, s: Ticks, row: int, now: int) -> None:
    """Put a pacing in force, at its beginning."""
    s[a.PACING], s[a.LOOKS], s[a.LOOK_SUM], s[a.LOOK_START] = row, 0, 0, now
    s[a.LEVEL], s[a.SAMPLES] = _LEVEL, 0
    s[a.DAY_ANSWERS] = s[a.DAY_DROPS] = s[a.MINUTE_ANSWERS] = s[a.MINUTE_DROPS] = 0
    policy = q[q[a.POLICY] + row]
    s[c.SAFETY] = s[c.BELIEF] = 0
    if policy in (pacing.CERTAINTY, pacing.TELESCOPING):
        s[c.SAFETY], s[c.BELIEF] = parameter(q, s, pacing.SAFETY), parameter(q, s, pacing.BELIEF)
    if policy == pacing.INTERVAL:
        next_look(q, s, now)
    else:
        s[a.LOOK_AT] = now if parameter(q, s, pacing.PERIOD) else NEVER


@compiled
def next_look(q: Ticks, s: Ticks, now: int) -> None:
    """Set when the policy looks again, after a look now."""
    if q[q[a.POLICY] + s[a.PACING]] != pacing.INTERVAL:
        period = parameter(q, s, pacing.PERIOD)
        s[a.LOOK_AT] = now + period if period else NEVER
        return
    gap = parameter(q, s, pacing.GAP)
    if not parameter(q, s, pacing.EVEN):
        gap = (gap * lasting(q, q[a.UNIT_EXPONENTIAL], high(number_of(s, _SPACING, s[a.LOOKS])))) >> 16
    s[a.LOOKS] += 1
    s[a.LOOK_SUM] += gap
    s[a.LOOK_AT] = s[a.LOOK_START] + (s[a.LOOK_SUM] >> 16)


@compiled
def wanted(q: Ticks, s: Ticks, now: int) -> int:
    """Return how many lines to launch now; nothing when not above 0."""
    policy = q[q[a.POLICY] + s[a.PACING]]
    idle: int = s[c.IDLE]
    taken: int = s[c.RINGING] + s[c.GREETING] + s[c.WAITING]
    spare = idle - taken
    if policy == pacing.PROGRESSIVE:
        return spare
    if policy == pacing.INTERVAL:
        return 1
    if policy == pacing.RATIO:
        lines = parameter(q, s, pacing.LINES)
        if lines == 0:
            lines = (parameter(q, s, pacing.LINES_PER_AGENT) * s[c.STAFFED] + _LEVEL // 2) >> 16
        busy: int = s[c.BUSY]
        return lines - taken - busy
    if policy == pacing.IDLE_LINES:
        return ((parameter(q, s, pacing.LINES_PER_IDLE) * idle) >> 16) - taken
    if policy == pacing.OPTIMAL:
        return tabled(q, s) - taken
    if policy == pacing.CERTAINTY:
        return certain(q, s, now, s[c.SAFETY])
    if policy == pacing.TELESCOPING:
        more = certain(q, s, now, max(s[c.SAFETY], parameter(q, s, pacing.LOWEST)))
        if s[c.SAFETY] >= parameter(q, s, pacing.HIGHEST):
            more = min(more, spare)
        return more if taken + s[c.BUSY] else max(more, min(idle, 1))
    return levelled(q, s, now)


@compiled
def tabled(q: Ticks, s: Ticks) -> int:
    """Return the lines that ring by the table of the optimal policy, or of the one above it."""
    length, mixing = q[a.TABLE_LENGTH], parameter(q, s, pacing.MIXING)
    above = mixing > 0 and high(number_of(s, _MIXING, s[c.DIALS])) < mixing
    row = 2 * s[a.PACING] + int(above)
    lines: int = q[q[a.TABLES] + row * length + min(s[c.IDLE], length - 1)]
    return lines


@compiled
def certain(q: Ticks, s: Ticks, now: int, safety: int) -> int:
    """Return how many more lines leave expected demand below supply, less a safety."""
    belief, demand = s[c.BELIEF], s[c.GREETING] * _ONE
    begin = s[a.LINES_AT]
    for place in range(begin, begin + (s[a.NEXT_LINE] << a.LINE), 1 << a.LINE):
        if s[place] == c.RINGS:
            age = min((now - s[place + a.LAUNCHED]) // pacing.AGE_STEP, AGES - 1)
            answered = belief * q[q[a.SURVIVAL_ANSWERED] + age]
            other = (_ONE - belief) * q[q[a.SURVIVAL_UNANSWERED] + age]
            demand += (answered << 20) // (answered + other)
    supply = (s[c.IDLE] - s[c.WAITING]) * _ONE + s[c.BUSY] * parameter(q, s, pacing.FREEING)
    more: int = (supply - demand - (safety >> 12)) // belief
    return more


@compiled
def settled(q: Ticks, s: Ticks, dropped: int) -> None:
    """Let the policy know that an answered call was dropped (1), or that a person was connected (0)."""
    if q[q[a.POLICY] + s[a.PACING]] == pacing.TELESCOPING:
        moved = s[c.SAFETY] + (parameter(q, s, pacing.RISE) if dropped else -parameter(q, s, pacing.FALL))
        s[c.SAFETY] = max(moved, parameter(q, s, pacing.LOWEST))


@compiled
def ended(q: Ticks, s: Ticks, offered: int) -> None:
    """Let the policy know that a dial ended, and whether it was offered to agents (1) or not (0)."""
    policy = q[q[a.POLICY] + s[a.PACING]]
    if policy in (pacing.CERTAINTY, pacing.TELESCOPING):
        memory = parameter(q, s, pacing.MEMORY)
        if memory:
            moved = s[c.BELIEF] + (offered * _ONE - s[c.BELIEF]) // memory
            s[c.BELIEF] = min(max(moved, _ONE // 1000), _ONE - _ONE // 1000)


@compiled
def levelled(q: Ticks, s: Ticks, now: int) -> int:
    """Look as the adaptive modes do, every half second, and return what is missing to the level."""
    look = s[a.LOOKS]
    s[a.LOOKS] += 1
    if look % 2 == 0:
        at = s[a.SAMPLES_AT] + 3 * (s[a.SAMPLES] % 15)
        s[at], s[at + 1], s[at + 2] = s[c.IDLE], s[c.WAITING], s[c.STAFFED]
        s[a.SAMPLES] += 1
    if look % 120 == 0:
        s[a.MINUTE_ANSWERS], s[a.MINUTE_DROPS] = s[c.ANSWERS] - s[a.DAY_ANSWERS], s[c.ABANDONED] - s[a.DAY_DROPS]
        s[a.DAY_ANSWERS], s[a.DAY_DROPS] = s[c.ANSWERS], s[c.ABANDONED]
    if look % 30 == 0:
        s[a.LEVEL] = adapted(q, s, now)
    if look % 5 != 0:
        return 0
    taken: int = s[c.RINGING] + s[c.GREETING] + s[c.WAITING] + s[c.TALKING]
    goal: int = (s[a.LEVEL] * s[c.STAFFED] + _LEVEL // 2) >> 16
    return goal - taken


@compiled
def adapted(q: Ticks, s: Ticks, now: int) -> int:
    """Return the level that follows, from idle agents and waiting calls, and from drops."""
    ready = waiting = total = 0
    samples = min(s[a.SAMPLES], 15)
    for at in range(s[a.SAMPLES_AT], s[a.SAMPLES_AT] + 3 * samples, 3):
        ready += s[at]
        waiting += s[at + 1]
        total += s[at + 2]
    difference = ready - waiting + samples * parameter(q, s, pacing.LEVEL_TARGET)
    intensity = parameter(q, s, pacing.INTENSITY)
    weight = 100 + intensity if difference >= 0 else abs(intensity - 100)
    level: int = s[a.LEVEL]
    if total:
        level += level * difference * weight // (100 * total)
    level = min(max(level, _LEVEL), parameter(q, s, pacing.MAX_LEVEL))
    if s[a.MINUTE_ANSWERS] > 20 and 2 * s[a.MINUTE_DROPS] > s[a.MINUTE_ANSWERS]:
        level //= 2
    if s[a.DAY_ANSWERS] > 50 and s[a.DAY_DROPS] * _ONE > parameter(q, s, pacing.DAY_LIMIT) * s[a.DAY_ANSWERS]:
        level = braked(q, s, now, level)
    return max(level, _LEVEL)


@compiled
def braked(q: Ticks, s: Ticks, now: int, level: int) -> int:
    """Return the level after the day's drops are over the limit, by the mode."""
    mode = parameter(q, s, pacing.MODE)
    if mode == 0:
        return _LEVEL
    if mode == 1:
        return level // 2
    left = shown(parameter(q, s, pacing.LATEST)) - shown(now)
    return level * min(max(left, 0), 1000) // 1000


@compiled
def shown(now: int) -> int:
    """Return a tick of the day as a clock shows it, hours times 100 plus minutes."""
    minutes = now // _MINUTE
    return minutes // 60 * 100 + minutes % 60
