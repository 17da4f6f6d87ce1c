"""A day of a dialer with identities: one row for each dial, told by record, attempt and agent.

The pacing is lines per idle agent: rings are filled up to their number, rounded down, less the people who wait.
Everything is a function of the seed, the person and the attempt, as in the other engines; `trace_places.py` says where
everything lies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.simulation.compiled import trace_places as t
from paceline.simulation.compiled.compiler import compiled, written_out
from paceline.simulation.compiled.heap import pop
from paceline.simulation.compiled.layout import HEAP_AT, KEY_NEVER, KIND_BITS, NUMBER, TIME_BITS
from paceline.simulation.compiled.trace_agents import agent_free, call_end, expire, person_end, step
from paceline.simulation.compiled.trace_list import again, launch, next_contact
from paceline.simulation.plan import NEVER

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks

_HALF_HOUR, _HOUR, _SECOND = 18_000_000, 36_000_000, 10_000


@compiled
def play(  # noqa: PLR0917 - compiled code takes no keywords
    g: Ticks, s: Ticks, rows: Ticks, logins: Ticks, records: Ticks, steps: Ticks, lines: Ticks
) -> int:
    """Play a day on; return whether it is over, or what it needs more room for.

    Args:
        g: what is given.
        s: the state; holds what carries over to the next day.
        rows: [room, WIDTH] one for each dial.
        logins: [steps, 3] agent, and ticks of logging in and out.
        records: [room] when a record is due, and the one after it in its queue.
        steps: [steps, 3] tick, agent and kind, in order of time.
        lines: [half-hours] lines per idle agent, units of 2^-16.
    """
    if s[t.HELD]:
        s[t.HELD] = 0
        status = pace(g, s, rows, records, lines)
        if status:
            return status
    while True:
        now = happen(g, s, rows, logins, records, steps)
        if now >= NEVER:
            return t.DONE
        if now < s[t.LAST_DIAL]:
            status = pace(g, s, rows, records, lines)
            if status:
                return status


@written_out
def happen(  # noqa: PLR0917 - compiled code takes no keywords
    g: Ticks, s: Ticks, rows: Ticks, logins: Ticks, records: Ticks, steps: Ticks
) -> int:
    """Let the next thing happen; return its instant, or an instant after all others when nothing is to come."""
    root = s[s[HEAP_AT]]
    silent = engaged = KEY_NEVER
    if s[t.SILENT_HEAD] != s[t.SILENT_TAIL]:
        silent = s[s[t.SILENT_AT] + (s[t.SILENT_HEAD] & s[t.RING_MASK])]
    if s[t.ENGAGED_HEAD] != s[t.ENGAGED_TAIL]:
        engaged = s[s[t.ENGAGED_AT] + (s[t.ENGAGED_HEAD] & s[t.RING_MASK])]
    key = min(root, silent, engaged)
    now = NEVER if key == KEY_NEVER else key >> TIME_BITS
    other = rarer(g, s, rows, steps)
    if other < now:
        s[t.NOW] = other
        rare(g, s, rows, logins, steps, other)
        return other
    if now >= NEVER:
        return NEVER
    s[t.NOW] = now
    row = key & NUMBER
    if key == silent:
        s[t.SILENT_HEAD] += 1
        s[t.RINGING] -= 1
        again(g, s, rows, records, row, now)
    elif key == root:
        pop(s)
        kind = (key >> KIND_BITS) & 15
        if kind == t.PERSON_END:
            person_end(g, s, rows, row, now)
        elif kind == t.MACHINE_END:
            s[t.RINGING] -= 1
            again(g, s, rows, records, row, now)
        elif kind == t.CALL_END:
            call_end(g, s, rows, logins, row, now)
        else:
            agent_free(g, s, rows, logins, rows[row, t.BY], now)
    else:
        s[t.ENGAGED_HEAD] += 1
        s[t.RINGING] -= 1
        again(g, s, rows, records, row, now)
    return now


@compiled
def rarer(g: Ticks, s: Ticks, rows: Ticks, steps: Ticks) -> int:
    """Return when the next of what happens less often is due: steps, ends of patience, looks."""
    now: int = min(s[t.THROTTLE_AT], s[t.RETRY_AT])
    if s[t.NEXT_STEP] < steps.shape[0]:
        now = min(now, steps[s[t.NEXT_STEP], 0])
    if s[t.WAITING]:
        row = s[s[t.QUEUE_AT] + (s[t.QUEUE_HEAD] & s[t.RING_MASK])]
        now = min(now, rows[row, t.AT] + rows[row, t.RANG] + g[t.PATIENCE])
    return now


@compiled
def rare(  # noqa: PLR0917 - compiled code takes no keywords
    g: Ticks, s: Ticks, rows: Ticks, logins: Ticks, steps: Ticks, now: int
) -> None:
    """Do what happens less often; patience ends before an agent of the same instant comes free."""
    if s[t.WAITING]:
        row = s[s[t.QUEUE_AT] + (s[t.QUEUE_HEAD] & s[t.RING_MASK])]
        if rows[row, t.AT] + rows[row, t.RANG] + g[t.PATIENCE] <= now:
            expire(s, rows, row, now)
            return
    if s[t.NEXT_STEP] < steps.shape[0] and steps[s[t.NEXT_STEP], 0] <= now:
        s[t.NEXT_STEP] += 1
        step(g, s, rows, logins, steps, s[t.NEXT_STEP] - 1)
        return
    if s[t.THROTTLE_AT] <= now:
        s[t.THROTTLE_AT] = NEVER
    else:
        s[t.RETRY_AT] = NEVER


@compiled
def pace(g: Ticks, s: Ticks, rows: Ticks, records: Ticks, lines: Ticks) -> int:
    """Dial until as many lines ring as shall; return what room is needed for, if any."""
    now = s[t.NOW]
    if now >= s[t.HALF_ENDS]:
        half = now // _HALF_HOUR
        s[t.HALF_ENDS] = (half + 1) * _HALF_HOUR
        s[t.HOUR] = now // _HOUR
        s[t.LINES] = lines[s[t.FIRST_HALF] + half]
    taken = s[t.RINGING] + s[t.WAITING]
    wanted = min(((s[t.LINES] * s[t.IDLE]) >> 16) - taken, g[t.CAP] - taken - s[t.TALKING])
    for _ in range(wanted):
        second = now // _SECOND
        if second != s[t.SECOND]:
            s[t.SECOND], s[t.IN_SECOND] = second, 0
        if s[t.IN_SECOND] >= g[t.CALLS_PER_S]:
            s[t.THROTTLE_AT] = (second + 1) * _SECOND
            break
        if s[t.ROWS] == rows.shape[0]:
            s[t.HELD] = 1
            return t.MORE_ROWS
        queue = next_contact(g, s, now)
        if queue < 0:
            break
        if queue == 0 and s[t.FRESH] == records.size:
            s[t.HELD] = 1
            return t.MORE_RECORDS
        launch(g, s, rows, records, queue, now)
    return t.DONE
