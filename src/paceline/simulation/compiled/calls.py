"""The list and the lines, compiled: who is dialled next, how it ends, and what becomes of the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.simulation import counters as c
from paceline.simulation import pacing
from paceline.simulation.compiled import layout as a
from paceline.simulation.compiled.compiler import compiled
from paceline.simulation.compiled.counting import high, lasting, low
from paceline.simulation.compiled.deciding import number_of, parameter, wanted
from paceline.simulation.compiled.heap import push
from paceline.simulation.plan import NEVER, WHOLE

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks

_DIAL, _PROPENSITY = 1, 3
_SECOND = 10_000
_DUE, _LINK = 32, 6
_LATEST = (1 << 30) - 1


@compiled
def pace(q: Ticks, s: Ticks, now: int) -> None:
    """Let the policy look, and launch what it wants, as far as lines, rate and list allow."""
    if not s[a.DIALLING]:
        return
    in_use = s[c.RINGING] + s[c.GREETING] + s[c.WAITING] + s[c.TALKING]
    for _ in range(min(wanted(q, s, now), q[a.CAP] - in_use)):
        if q[a.CALLS_PER_S] < NEVER and not may_dial(q, s, now):
            return
        if not launch(q, s, now):
            return


@compiled
def may_dial(q: Ticks, s: Ticks, now: int) -> bool:
    """Return whether this second allows another dial; if not, look again in the next."""
    second = now // _SECOND
    if second != s[a.SECOND]:
        s[a.SECOND], s[a.IN_SECOND] = second, 0
    if s[a.IN_SECOND] < q[a.CALLS_PER_S]:
        return True
    if not parameter(q, s, pacing.PERIOD):
        s[a.THROTTLE_AT] = (second + 1) * _SECOND
        s[a.CALENDAR] = 0  # to be made anew
    return False


@compiled
def launch(q: Ticks, s: Ticks, now: int) -> bool:
    """Dial the next record; return whether there was one."""
    index = contact(q, s, now)
    if index < 0:
        return False
    if s[a.FREE_LINES]:
        s[a.FREE_LINES] -= 1
        line = s[s[a.FREE_AT] + s[a.FREE_LINES]]
    elif s[a.NEXT_LINE] > s[a.LINE_MASK]:
        s[a.STATUS] = c.LINES_FULL
        return False
    else:
        line = s[a.NEXT_LINE]
        s[a.NEXT_LINE] += 1
    ending, rings = fate(q, s, now, index)
    place = s[a.LINES_AT] + (line << a.LINE)
    s[place + a.STATE], s[place + a.RECORD], s[place + a.ATTEMPT] = c.RINGS, index >> 6, index & 63
    s[place + a.ENDING], s[place + a.LAUNCHED] = ending, now
    s[c.DIALS] += 1
    s[c.RINGING] += 1
    s[a.IN_SECOND] += 1
    if ending == c.NOBODY and rings == q[a.RING_CONSTANT]:
        tail = s[a.SILENT_TAIL]
        key = ((now + rings) << a.TIME_BITS) | (c.RING_TIMEOUT << a.KIND_BITS) | line
        s[s[a.SILENT_AT] + (tail & s[a.LINE_MASK])] = key
        s[a.SILENT_TAIL] = tail + 1
    else:
        push(s, now + rings, c.RING_END, line)
    return True


@compiled
def fate(q: Ticks, s: Ticks, now: int, index: int) -> tuple[int, int]:
    """Return how an attempt ends, and after how many ticks; nothing but the launch asks."""
    number = number_of(s, _DIAL, index)
    outcome = high(number)
    answer = q[a.ANSWER]
    if q[a.PROPENSITY]:
        answer = lasting(q, q[a.PROPENSITY], high(number_of(s, _PROPENSITY, index >> 6)))
    if now >= s[a.PART_ENDS]:
        part = now // q[a.PART]
        s[a.PART_FACTORS] = q[a.FACTORS] + part * (q[a.MAX_ATTEMPTS] + 1)
        s[a.PART_ENDS] = (part + 1) * q[a.PART]
    answer = (answer * q[s[a.PART_FACTORS] + (index & 63)]) >> 16
    answer = min((answer * s[a.DAY_FACTOR]) >> 16, WHOLE)
    rest = (WHOLE - answer) >> 1
    shares = q[a.SHARES]
    failure = int(outcome >= answer + (((q[shares + 1] >> 1) * rest) >> 30))
    nobody = int(outcome >= answer + (((q[shares + 2] >> 1) * rest) >> 30))
    ending = int(outcome >= answer) + int(outcome >= answer + (((q[shares] >> 1) * rest) >> 30))
    ending += 2 * failure - nobody  # no branch: it could not be predicted
    rings = lasting(q, q[a.RING_TABLES + ending], low(number) & q[a.RING_BITS + ending])
    if rings > q[a.TIMEOUT]:
        return c.NOBODY, q[a.TIMEOUT]
    return ending, rings


@compiled
def contact(q: Ticks, s: Ticks, now: int) -> int:
    """Return record times 64 plus attempt of whom to dial: what is due first, then who was never called; else -1."""
    if not q[a.RECORDS]:
        fresh: int = s[c.DIALS]
        return (fresh << 6) + 1
    earliest = s[a.FIRST_DUE]
    if earliest <= now:
        head = s[a.QUEUES_AT] + 2 * s[a.FIRST_QUEUE]
        due: int = s[head]
        entry: int = s[s[a.RECORDS_AT] + due]
        s[head] = (entry >> _LINK) & a.NO_RECORD
        find_first(q, s)
        return (due << 6) + (entry & 63) + 1
    fresh = s[a.FRESH]
    if fresh < q[a.RECORDS]:
        s[a.FRESH] = fresh + 1
        return (fresh << 6) + 1
    if earliest < NEVER and not parameter(q, s, pacing.PERIOD):
        s[a.RETRY_AT] = earliest
        s[a.CALENDAR] = 0  # to be made anew
    return -1


@compiled
def find_first(q: Ticks, s: Ticks) -> None:
    """Write down when the first record is due again, and in which queue; of equals the one that stands first."""
    s[a.FIRST_DUE] = NEVER
    for queue in range(q[a.CLASSES]):
        record = s[s[a.QUEUES_AT] + 2 * queue]
        if record != a.NO_RECORD and s[s[a.RECORDS_AT] + record] >> _DUE < s[a.FIRST_DUE]:
            s[a.FIRST_DUE], s[a.FIRST_QUEUE] = s[s[a.RECORDS_AT] + record] >> _DUE, queue


@compiled
def again(q: Ticks, s: Ticks, place: int, now: int) -> None:
    """Put the record of a line back for another attempt, if it may have one."""
    attempt = s[place + a.ATTEMPT]
    if not q[a.RECORDS] or attempt >= q[a.MAX_ATTEMPTS]:
        return
    record, row = s[place + a.RECORD], s[place + a.ENDING] - c.MACHINE
    which = q[q[a.RETRY_CLASS] + row * (q[a.MAX_ATTEMPTS] + 1) + attempt]
    due = min(now + q[q[a.RETRY_DELAY] + which], _LATEST)
    s[s[a.RECORDS_AT] + record] = (due << _DUE) | (a.NO_RECORD << _LINK) | attempt
    head = s[a.QUEUES_AT] + 2 * which
    if s[head] == a.NO_RECORD:
        s[head] = record
        if due < s[a.FIRST_DUE] or (due == s[a.FIRST_DUE] and which < s[a.FIRST_QUEUE]):
            s[a.FIRST_DUE], s[a.FIRST_QUEUE] = due, which
    else:
        last = s[a.RECORDS_AT] + s[head + 1]
        s[last] = (s[last] & ~(a.NO_RECORD << _LINK)) | (record << _LINK)
    s[head + 1] = record


@compiled
def release(s: Ticks, line: int) -> None:
    """Make a line free again."""
    s[s[a.LINES_AT] + (line << a.LINE) + a.STATE] = c.FREE
    s[s[a.FREE_AT] + s[a.FREE_LINES]] = line
    s[a.FREE_LINES] += 1
