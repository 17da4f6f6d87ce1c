"""The list of a day that is played with identities: who is dialled next, how it ends, when it is tried again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from paceline.simulation.compiled import trace_places as t
from paceline.simulation.compiled.compiler import compiled
from paceline.simulation.compiled.counting import draw, high, lasting, low
from paceline.simulation.compiled.heap import push
from paceline.simulation.compiled.layout import TIME_BITS
from paceline.simulation.plan import NEVER, WHOLE

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks


@compiled
def next_contact(g: Ticks, s: Ticks, now: int) -> int:
    """Return the attempts of the record that is dialled next, the longest due first; -1 when there is none."""
    first, found = NEVER, -1
    for queue in range(1, g[t.ATTEMPTS]):
        due = s[s[t.DUE_AT] + 4 * queue + 2]
        if due < first:
            first, found = due, queue
    if first <= s[t.DAY_AT] + now:
        return found
    if g[t.LIST] == 0 or s[t.FRESH] < g[t.LIST]:
        return 0
    if first - s[t.DAY_AT] < s[t.LAST_DIAL]:
        s[t.RETRY_AT] = first - s[t.DAY_AT]
    return -1


@compiled
def taken(s: Ticks, records: Ticks, queue: int) -> int:
    """Take the first record of a queue, or one that was never dialled (0)."""
    if queue == 0:
        fresh: int = s[t.FRESH]
        s[t.FRESH] += 1
        return fresh
    head = s[t.DUE_AT] + 4 * queue
    record: int = s[head]
    after = records[record] & t.RECORD_BITS
    if record == s[head + 1]:
        s[head + 2] = NEVER
    else:
        s[head], s[head + 2] = after, records[after] >> t.DUE
    return record


@compiled
def launch(  # noqa: PLR0917 - compiled code takes no keywords
    g: Ticks, s: Ticks, rows: Ticks, records: Ticks, queue: int, now: int
) -> None:
    """Dial the first record of a queue."""
    record, row, attempt = taken(s, records, queue), s[t.ROWS], queue + 1
    person = person_of(g, record)
    owned = draw(key(g, t.KEY_PERSON), person)
    line = line_of(g, low(owned))
    ending, rings = fate(g, s, person, attempt, line, high(owned))
    rows[row, t.AT], rows[row, t.RECORD], rows[row, t.PERSON] = now, record, person
    rows[row, t.ATTEMPT], rows[row, t.LINE], rows[row, t.ENDING] = attempt, line, ending
    rows[row, t.RANG] = rings
    rows[row, t.WAITED] = rows[row, t.TALKED] = rows[row, t.WRAPPED] = rows[row, t.BY] = t.NOBODY
    rows[row, t.CUT] = 0
    s[t.ROWS] += 1
    s[t.RINGING] += 1
    s[t.IN_SECOND] += 1
    if ending == t.NO_ANSWER:
        s[s[t.SILENT_AT] + (s[t.SILENT_TAIL] & s[t.RING_MASK])] = ((now + rings) << TIME_BITS) | row
        s[t.SILENT_TAIL] += 1
    elif ending >= t.BUSY:
        s[s[t.ENGAGED_AT] + (s[t.ENGAGED_TAIL] & s[t.RING_MASK])] = ((now + rings) << TIME_BITS) | row
        s[t.ENGAGED_TAIL] += 1
    else:
        push(s, now + rings, t.PERSON_END if ending == t.CONNECTED else t.MACHINE_END, row)


@compiled
def key(g: Ticks, which: int) -> np.uint64:
    """Return a key of the seed."""
    return np.uint64(g[g[t.FIRST_KEY] + which])


@compiled
def person_of(g: Ticks, record: int) -> int:
    """Return whose record it is: the same person's in all campaigns where it is shared, else a person of its own."""
    if g[t.PLACE] == 0 or high(draw(key(g, t.KEY_SHARED), record)) < g[t.SHARED]:
        return record
    own: int = record + (g[t.PLACE] << t.DUE)
    return own


@compiled
def line_of(g: Ticks, half: int) -> int:
    """Return the line type that 32 random bits stand for."""
    line: int = 0
    for place in range(3):
        line += int(half >= g[g[t.LINE_BOUNDS] + place])
    return line


@compiled
def fate(  # noqa: PLR0917 - compiled code takes no keywords
    g: Ticks, s: Ticks, person: int, attempt: int, line: int, likely: int
) -> tuple[int, int]:
    """Return how an attempt ends, and after how many ticks; an answer after the time-out is none."""
    number = draw(key(g, t.KEY_DIAL), (person << 6) + attempt)
    outcome = high(number)
    answer = lasting(g, g[t.PROPENSITY] + line * 8192, likely)
    answer = (answer * g[g[t.FACTORS] + (line * 24 + s[t.HOUR]) * (g[t.ATTEMPTS] + 1) + attempt]) >> 16
    answer = min((answer * s[t.DAY_FACTOR]) >> 16, WHOLE)
    if outcome < answer:
        ending, rings = t.CONNECTED, lasting(g, g[t.RING], low(number))
    else:
        rest = (WHOLE - answer) >> 1
        if outcome < answer + (((g[t.SHARE_MACHINE] >> 1) * rest) >> 30):
            ending, rings = t.MACHINE, lasting(g, g[t.MACHINE_RING], low(number))
        elif outcome < answer + (((g[t.SHARE_BUSY] >> 1) * rest) >> 30):
            ending, rings = t.BUSY, g[t.ENGAGED_AFTER]
        elif outcome < answer + (((g[t.SHARE_FAILED] >> 1) * rest) >> 30):
            ending, rings = t.FAILED, g[t.ENGAGED_AFTER]
        else:
            ending, rings = t.NO_ANSWER, g[t.TIMEOUT]
    if rings > g[t.TIMEOUT]:
        return t.NO_ANSWER, g[t.TIMEOUT]
    return ending, rings


@compiled
def again(  # noqa: PLR0917 - compiled code takes no keywords
    g: Ticks, s: Ticks, rows: Ticks, records: Ticks, row: int, now: int
) -> None:
    """Put a record that no person answered at the end of its queue, if it may have another attempt."""
    attempt = rows[row, t.ATTEMPT]
    if attempt >= g[t.ATTEMPTS]:
        return
    record = rows[row, t.RECORD]
    due = s[t.DAY_AT] + now + g[g[t.RETRY] + attempt]
    records[record] = due << t.DUE
    head = s[t.DUE_AT] + 4 * attempt
    if s[head + 2] == NEVER:
        s[head], s[head + 2] = record, due
    else:
        records[s[head + 1]] |= record
    s[head + 1] = record
