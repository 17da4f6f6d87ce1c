"""The exact kernel: one day, event by event, every line, agent and record kept; equal to `reference.py` bit for bit.

`layout.py` says where everything lies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.simulation import counters as c
from paceline.simulation import plan as p
from paceline.simulation.compiled import layout as a
from paceline.simulation.compiled.agents import (
    agent_free,
    call_end,
    drop,
    expiry,
    greeting_end,
    ring_end,
    step,
    stop_waiting,
)
from paceline.simulation.compiled.calls import pace
from paceline.simulation.compiled.compiler import compiled
from paceline.simulation.compiled.deciding import begin_pacing, next_look, parameter, settled
from paceline.simulation.compiled.heap import pop
from paceline.simulation.pacing import PERIOD
from paceline.simulation.plan import NEVER

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks

_MINUTE = 600_000


@compiled
def play(q: Ticks, s: Ticks, safety: int) -> int:
    """Play the day of an array made by `layout.blank_day`; return its status.

    Args:
        q: a plan, from `layout.flat_plan`.
        s: a blank day; holds the result afterwards.
        safety: safety a telescoping policy begins with, units of 2^-32; `NEVER` for its own.
    """
    begin_pacing(q, s, 0, 0)
    if safety != NEVER:
        s[c.SAFETY] = safety
    clock = 0
    eager = parameter(q, s, PERIOD) == 0
    while s[a.STATUS] == c.DONE:
        if not s[a.CALENDAR]:
            s[a.CALENDAR] = calendar(q, s)
        key = earliest(q, s)
        now, kind, number = key >> a.TIME_BITS, (key >> a.KIND_BITS) & 15, key & a.NUMBER
        if now >= q[a.HORIZON]:
            elapse(s, q[a.HORIZON] - clock)
            close(s, q[a.HORIZON])
            return c.DONE
        elapse(s, now - clock)
        clock = now
        if kind == c.RING_END:
            pop(s)
            ring_end(q, s, now, number)
        elif kind == c.CALL_END:
            pop(s)
            call_end(q, s, now, number)
        elif kind == c.RING_TIMEOUT:
            s[a.SILENT_HEAD] += 1
            ring_end(q, s, now, number)
        else:
            rare(q, s, now, kind, number)
            eager = parameter(q, s, PERIOD) == 0
        if kind < c.MINUTE:
            note(s, key)
            if eager or kind == c.LOOK:
                pace(q, s, now)
    status: int = s[a.STATUS]
    return status


@compiled
def earliest(q: Ticks, s: Ticks) -> int:
    """Return the key of what happens next."""
    key: int = min(s[a.CALENDAR], s[s[a.HEAP_AT]])
    head = s[a.SILENT_HEAD]
    if head != s[a.SILENT_TAIL]:
        key = min(key, s[s[a.SILENT_AT] + (head & s[a.LINE_MASK])])
    if s[c.WAITING] and 0 < q[a.PATIENCE] < NEVER:
        line = s[s[a.QUEUE_AT] + (s[a.QUEUE_HEAD] & s[a.LINE_MASK])]
        deadline = s[s[a.LINES_AT] + (line << a.LINE) + a.DEADLINE]
        key = min(key, (deadline << a.TIME_BITS) | (c.EXPIRY << a.KIND_BITS) | line)
    return key


@compiled
def calendar(q: Ticks, s: Ticks) -> int:
    """Return the key of the next of all that is planned: steps, changes, looks, minutes, and the end."""
    key: int = q[a.HORIZON] << a.TIME_BITS
    shift, change = s[a.NEXT_SHIFT], s[a.NEXT_CHANGE]
    if shift < q[a.SHIFTS]:
        key = min(key, (q[q[a.SHIFT_AT] + shift] << a.TIME_BITS) | (c.AGENT_STEP << a.KIND_BITS) | shift)
    if change < q[a.CHANGES]:
        key = min(key, (q[q[a.CHANGE_AT] + change] << a.TIME_BITS) | (c.CHANGE << a.KIND_BITS) | change)
    key = min(key, planned(s[a.RETRY_AT], c.RETRY_DUE))
    key = min(key, planned(s[a.THROTTLE_AT], c.THROTTLE))
    key = min(key, planned(s[a.LOOK_AT], c.LOOK))
    key = min(key, planned(s[a.NEXT_MINUTE], c.MINUTE))
    return min(key, planned(s[a.WARM_AT], c.WARM))


@compiled
def planned(at: int, kind: int) -> int:
    """Return the key of something planned, or a key after all others."""
    return a.KEY_NEVER if at >= NEVER else (at << a.TIME_BITS) | (kind << a.KIND_BITS)


@compiled
def elapse(s: Ticks, passed: int) -> None:
    """Sum the levels over the time that passed."""
    s[c.BUSY_AREA] += passed * s[c.BUSY]
    s[c.STAFFED_AREA] += passed * s[c.STAFFED]
    s[c.WAITING_AREA] += passed * s[c.WAITING]
    s[c.RINGING_AREA] += passed * (s[c.RINGING] + s[c.GREETING])
    s[c.TALKING_AREA] += passed * s[c.TALKING]


@compiled
def rare(q: Ticks, s: Ticks, now: int, kind: int, number: int) -> None:
    """Do what happens less often than rings and calls end."""
    if kind == c.WRAP_END:
        pop(s)
        agent_free(q, s, now, number)
    elif kind == c.EXPIRY:
        if q[a.PATIENCE] < 0:
            pop(s)
        expiry(q, s, now, number)
    elif kind == c.GREETING_END:
        pop(s)
        greeting_end(q, s, now, number)
    else:
        s[a.CALENDAR] = 0
        scheduled(q, s, now, kind, number)


@compiled
def scheduled(q: Ticks, s: Ticks, now: int, kind: int, number: int) -> None:
    """Do what was planned for this instant."""
    if kind == c.AGENT_STEP:
        s[a.NEXT_SHIFT] += 1
        step(q, s, now, q[q[a.SHIFT_CHANGE] + number])
    elif kind == c.CHANGE:
        s[a.NEXT_CHANGE] += 1
        change(q, s, now, number)
    elif kind == c.RETRY_DUE:
        s[a.RETRY_AT] = NEVER
    elif kind == c.THROTTLE:
        s[a.THROTTLE_AT] = NEVER
    elif kind == c.LOOK:
        next_look(q, s, now)
    elif kind == c.MINUTE:
        keep_minute(s, now // _MINUTE - 1)
        s[a.NEXT_MINUTE] = now + _MINUTE
    else:
        s[a.WARM_AT] = NEVER
        for place in range(c.LENGTH):
            s[s[a.BEFORE_AT] + place] = s[place]


@compiled
def keep_minute(s: Ticks, minute: int) -> None:
    """Keep the counts and areas up to the end of a minute, in the order of `counters.SERIES`."""
    at = s[a.SERIES_AT] + 8 * minute
    s[at], s[at + 1], s[at + 2], s[at + 3] = s[c.DIALS], s[c.ANSWERS], s[c.CONNECTED], s[c.ABANDONED]
    s[at + 4], s[at + 5] = s[c.BUSY_AREA], s[c.STAFFED_AREA]
    s[at + 6], s[at + 7] = s[c.RINGING_AREA], s[c.WAITING_AREA]


@compiled
def note(s: Ticks, key: int) -> None:
    """Count an event, and put it into the trace where one is kept."""
    kind, number = (key >> a.KIND_BITS) & 15, key & a.NUMBER
    record = 0
    if c.CALL_END <= kind <= c.GREETING_END:
        record = s[s[a.LINES_AT] + (number << a.LINE) + a.RECORD]
    s[c.EVENTS] += 1
    s[c.HASH] = (s[c.HASH] ^ key) * 0x100000001B3 + record
    if s[a.TRACED] < s[a.TRACE_ROOM]:
        at = s[a.TRACE_AT] + 4 * s[a.TRACED]
        s[at], s[at + 1], s[at + 2], s[at + 3] = key >> a.TIME_BITS, kind, number, record
        s[a.TRACED] += 1


@compiled
def change(q: Ticks, s: Ticks, now: int, number: int) -> None:
    """Stop, resume, or put another pacing in force."""
    kind = q[q[a.CHANGE_KIND] + number]
    if kind == p.REPACE:
        begin_pacing(q, s, q[q[a.CHANGE_PACING] + number], now)
        return
    s[a.DIALLING] = int(kind == p.RESUME)
    if kind == p.STOP_DROP:
        cut(q, s, now)


@compiled
def cut(q: Ticks, s: Ticks, now: int) -> None:
    """Cut what rings, and drop what was answered and has no agent; drops count as abandoned."""
    for at in range(s[a.QUEUE_HEAD], s[a.QUEUE_TAIL]):
        line = s[s[a.QUEUE_AT] + (at & s[a.LINE_MASK])]
        if line >= 0:
            stop_waiting(s, now, s[a.LINES_AT] + (line << a.LINE))
            drop(q, s, now, line)
    s[a.QUEUE_HEAD] = s[a.QUEUE_TAIL]
    for line in range(s[a.NEXT_LINE]):
        place = s[a.LINES_AT] + (line << a.LINE)
        if s[place] == c.RINGS:
            s[c.RINGING] -= 1
            s[c.CUT] += 1
        elif s[place] == c.GREETS:
            s[c.GREETING] -= 1
            s[c.ABANDONED if s[place + a.ENDING] == c.PERSON else c.MACHINES_DROPPED] += 1
            settled(q, s, 1)
        else:
            continue
        s[c.RANG] += now - s[place + a.LAUNCHED]
        s[place] = c.CUT_OFF  # its event is still to come; the line is free only then


@compiled
def close(s: Ticks, now: int) -> None:
    """End the day: keep the last minute, and count what agents in calls or wrap-up have worked."""
    keep_minute(s, (now - 1) // _MINUTE)
    for line in range(s[a.NEXT_LINE]):
        place = s[a.LINES_AT] + (line << a.LINE)
        if s[place] == c.TALKS:
            agent = s[place + a.AGENT]
            s[s[a.BUSY_AT] + agent] += now - s[s[a.SINCE_AT] + agent]
    for at in range(s[a.HEAP_AT], s[a.HEAP_AT] + s[a.HEAP_SIZE]):
        if (s[at] >> a.KIND_BITS) & 15 == c.WRAP_END:
            agent = s[at] & a.NUMBER
            s[s[a.BUSY_AT] + agent] += now - s[s[a.SINCE_AT] + agent]
