"""A day of the fast engine: slot after slot in which something happens.

In a slot agents come free, calls are offered and patience ends in an order that the exact engine would know and this
one does not; where it matters a coin decides, so that neither order is favoured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from paceline.simulation import counters as c
from paceline.simulation.compiled import fast_places as f
from paceline.simulation.compiled.compiler import compiled, written_out
from paceline.simulation.compiled.counting import draw
from paceline.simulation.compiled.fast_agenda import begin, look, pace, planned, schedule, set_levels, staffed_until_now
from paceline.simulation.compiled.fast_calls import connect, expire, offer, serve
from paceline.simulation.compiled.fast_list import forget
from paceline.simulation.compiled.fast_wheel import FIELD, TURN, empty, next_busy

if TYPE_CHECKING:
    from paceline.simulation.compiled.counting import Words
    from paceline.simulation.distributions import Ticks

_ONE, _BIT = np.uint64(1), np.int64(1)


@written_out
def play(  # noqa: PLR0917 - compiled code takes no keywords
    n: Ticks, m: Ticks, keys: Words, factor: int, rows: Ticks, series: Ticks
) -> int:
    """Play one day; return 0, or the status that ended it.

    Args:
        n: numbers of the plan.
        m: memory to work in.
        keys: [7] keys of the streams.
        factor: the day's factor on the answer rate.
        rows: [2, LENGTH] takes the counters at the end, and those at the end of the warm-up.
        series: [minutes, 8] takes what was counted by the end of each minute.
    """
    m[: f.BOUNDS] = 0
    empty(m)
    forget(n, m)
    m[f.DAY_FACTOR] = factor
    begin(n, m, keys)
    status = 0
    while status == 0:
        soon = min(m[f.CALENDAR], m[f.EXPIRY_AT], n[f.HORIZON])
        now = next_busy(m, soon) if soon > m[f.NOW] else soon
        let_pass(m, now - m[f.NOW])
        m[f.NOW] = now
        if now >= n[f.HORIZON]:
            break
        status = happen(n, m, keys)
        if now >= m[f.CALENDAR]:
            snapshots(m, rows, series)
            schedule(n, m)
    staffed_until_now(m)
    write(m, rows, 0, f.FATES)
    write_minute(m, series, series.shape[0] - 1)
    return status


@written_out
def let_pass(m: Ticks, slots: int) -> None:
    """Sum the levels over the time that passes, in slots; who is logged in changes seldom and is summed then."""
    m[c.BUSY_AREA] += slots * m[c.BUSY]
    if m[c.WAITING] > 0:
        m[c.WAITING_AREA] += slots * m[c.WAITING]
    m[c.RINGING_AREA] += slots * (m[c.RINGING] + m[c.GREETING])
    m[c.TALKING_AREA] += slots * m[c.TALKING]


@written_out
def happen(n: Ticks, m: Ticks, keys: Words) -> int:
    """Let happen what happens in the slot of now; return the status."""
    now = m[f.NOW]
    events = planned(n, m, keys) if now >= m[f.CALENDAR] else 0
    due = m[f.EXPIRY_AT] <= now
    place = now & TURN
    counted = m[f.WHEEL + place]
    m[f.WHEEL + place] = 0
    m[f.BITS + (place >> 6)] &= ~(_BIT << (place & 63))
    freed = counted >> 48
    silent, offered, ended = counted & FIELD, (counted >> 16) & FIELD, (counted >> 32) & FIELD
    # A mixed pacing draws anew after each dial: it looks after each line that ends, as many as end at one instant.
    apart = silent if m[f.MIXING] > 0 and m[f.PERIOD] == 0 else 0
    m[c.RINGING] -= silent - apart + offered
    m[c.ANSWERS] += offered
    m[c.TALKING] -= ended
    m[c.EVENTS] += silent + offered + ended + freed * n[f.HAS_WRAP]
    events += int(counted > apart) + int(due)
    if n[f.GREETS] > 0 or m[c.WAITING] + m[c.LEAVING] > 0 or offered > m[c.IDLE]:
        events += in_order(n, m, keys, freed, offered, due)
    else:
        m[c.BUSY] -= freed
        m[c.IDLE] += freed
        connect(n, m, keys, offered)
    status = 0
    if events > 0 and m[f.PERIOD] == 0:
        status = pace(n, m, keys)
    for _ in range(apart):
        m[c.RINGING] -= 1
        status |= pace(n, m, keys)
    return status | look(n, m, keys)


@written_out
def in_order(  # noqa: PLR0917 - compiled code takes no keywords
    n: Ticks,
    m: Ticks,
    keys: Words,
    freed: int,
    offered: int,
    due: bool,  # noqa: FBT001 - the same
) -> int:
    """Let agents come free, patience end and calls be offered, one after the other; return whether greetings did."""
    now = m[f.NOW]
    late = freed > 0 and (due or offered > 0) and (draw(keys[f.SPACING_KEY], now) & _ONE) == _ONE
    if freed > 0 and not late:
        free(n, m, keys, freed)
    if due:
        expire(m)
    offer(n, m, keys, offered, 0)
    greets = greeted(n, m, keys, now & TURN) if n[f.GREETS] > 0 else 0
    if late:
        free(n, m, keys, freed)
    return greets


@compiled
def free(n: Ticks, m: Ticks, keys: Words, agents: int) -> None:
    """Let agents be idle again, or log out who was about to, or take who waits."""
    m[c.BUSY] -= agents
    m[c.IDLE] += agents
    if m[c.LEAVING] > 0:
        staffed_until_now(m)
        left = min(agents, m[c.LEAVING])
        m[c.IDLE] -= left
        m[c.LEAVING] -= left
        m[c.STAFFED] -= left
        set_levels(n, m)
    if m[c.WAITING] > 0:
        serve(n, m, keys)


@written_out
def greeted(n: Ticks, m: Ticks, keys: Words, place: int) -> int:
    """Let greetings begin and end; return whether any did."""
    began = m[f.WHEEL + f.SLOTS + place]
    ended = m[f.WHEEL + 2 * f.SLOTS + place]
    if began == 0 and ended == 0:
        return 0
    m[f.WHEEL + f.SLOTS + place] = 0
    m[f.WHEEL + 2 * f.SLOTS + place] = 0
    people, machines = began & FIELD, (began >> 16) & FIELD
    m[c.RINGING] -= people + machines
    m[c.GREETING] += people + machines
    m[c.ANSWERS] += people
    m[c.EVENTS] += people + machines
    offered, misjudged = ended & FIELD, (ended >> 16) & FIELD
    all_ended = offered + misjudged + ((ended >> 32) & FIELD) + (ended >> 48)
    m[c.GREETING] -= all_ended
    m[c.EVENTS] += all_ended * n[f.HAS_GREETING]
    m[c.MISJUDGED] += misjudged
    m[c.ABANDONED] += misjudged
    offer(n, m, keys, offered, ended >> 48)
    return 1


@written_out
def snapshots(m: Ticks, rows: Ticks, series: Ticks) -> None:
    """Write down what was counted up to the end of a minute, and of the warm-up."""
    now = m[f.NOW]
    staffed_until_now(m)
    if now >= m[f.MINUTE_AT]:
        write_minute(m, series, now // f.MINUTE - 1)
        m[f.MINUTE_AT] += f.MINUTE
    if now >= m[f.WARM_AT]:
        m[f.WARM_AT] = f.NEVER
        write(m, rows, 1, f.FATES_BEFORE)


@compiled
def write_minute(m: Ticks, series: Ticks, minute: int) -> None:
    """Write a row of the series, if there is room for it."""
    if minute < series.shape[0]:
        row = series[minute]
        row[0], row[1], row[2], row[3] = m[c.DIALS], m[c.ANSWERS], m[c.CONNECTED], m[c.ABANDONED]
        row[4], row[5] = m[c.BUSY_AREA] * f.SLOT, m[c.STAFFED_AREA] * f.SLOT
        row[6], row[7] = m[c.RINGING_AREA] * f.SLOT, m[c.WAITING_AREA] * f.SLOT


@compiled
def write(m: Ticks, rows: Ticks, which: int, fates: int) -> None:
    """Write the counters into a row, times in ticks."""
    row = rows[which]
    for place in range(c.TALKING_AREA + 1):
        row[place] = m[place] if place < c.BUSY_AREA else m[place] * f.SLOT
    row[c.MACHINES] = m[fates + f.MACHINE]
    row[c.ENGAGED] = m[fates + f.ENGAGED]
    row[c.FAILURES] = m[fates + f.FAILURE]
    row[c.UNANSWERED] = m[fates + f.NOBODY]
    row[c.RANG] = m[fates + f.RANG] * f.SLOT
