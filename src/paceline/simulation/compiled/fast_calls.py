"""The calls of the fast engine: how a dial ends, who is connected, who waits, who is let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from paceline.simulation import counters as c
from paceline.simulation.compiled import fast_places as f
from paceline.simulation.compiled.compiler import compiled, written_out
from paceline.simulation.compiled.counting import draw, high, low, signed
from paceline.simulation.compiled.fast_list import put_back, take
from paceline.simulation.compiled.fast_wheel import AGENT_FREE, CALL_END, OFFER, SILENT, put

if TYPE_CHECKING:
    from paceline.simulation.compiled.counting import Words
    from paceline.simulation.distributions import Ticks

_SLOT = np.uint64(f.SLOT)
FULL = 1
"""The status of a day in which more was in flight than the wheel can count."""


@compiled
def lasts(n: Ticks, row: int, half: int) -> int:
    """Return how many ticks a time of a row of the times lasts, from 32 random bits; as `counting.lasting`."""
    step = half >> 20
    part = (half & 0xFFFFF) << 8
    if step == 4095:
        step += (half >> 8) & 0xFFF
        part = (half & 0xFF) << 20
    place = f.TIMES + row * 8192 + step
    begin = n[place]
    return int(begin + (((n[place + 1] - begin) * part + 134217728) >> 28))


@compiled
def in_slots(ticks: int) -> int:
    """Return ticks, at least 0, as slots, rounded; without a sign the machine divides in half the time."""
    return signed(np.uint64(ticks + 50) // _SLOT)


@compiled
def set_bounds(n: Ticks, m: Ticks, attempt: int, answer: int) -> None:
    """Write down which draws mean what for an attempt, from the share of the dials that people answer."""
    part = min(m[f.NOW] // n[f.PART], n[f.PARTS] - 1)
    answer = (answer * n[n[f.FACTORS_AT] + part * (n[f.MAX_ATTEMPTS] + 1) + attempt]) >> 16
    answer = min((answer * m[f.DAY_FACTOR]) >> 16, f.WHOLE)
    row = f.BOUNDS + 4 * attempt
    m[row] = answer
    for place in range(3):
        m[row + place + 1] = answer + (((n[f.SHARES + place] >> 1) * ((f.WHOLE - answer) >> 1)) >> 30)


@compiled
def connect(n: Ticks, m: Ticks, keys: Words, number: int) -> None:
    """Connect so many people to agents who are idle."""
    m[c.IDLE] -= number
    m[c.BUSY] += number
    m[c.TALKING] += number
    m[c.CONNECTED] += number
    for _ in range(number):
        ahead = m[f.HANDLED] & (f.AHEAD - 1)
        if ahead == 0:
            draw_handles(n, m, keys)
        m[f.HANDLED] += 1
        talk = m[f.HANDLES + 2 * ahead]
        if n[f.HAS_WRAP] == 1:
            put(m, 0, talk, CALL_END)
            put(m, 0, m[f.HANDLES + 2 * ahead + 1], AGENT_FREE)
        else:
            put(m, 0, talk, CALL_END + AGENT_FREE)


@compiled
def draw_handles(n: Ticks, m: Ticks, keys: Words) -> None:
    """Look up how long the next connections take: many at a time, for then one look does not wait for the other."""
    for ahead in range(f.AHEAD):
        handle = draw(keys[f.HANDLE_KEY], m[f.HANDLED] + ahead)
        talk = max(in_slots(lasts(n, f.TALK, high(handle))), 1)
        m[f.HANDLES + 2 * ahead] = talk
        m[f.HANDLES + 2 * ahead + 1] = talk + in_slots(lasts(n, f.WRAP, low(handle)))


@compiled
def connect_machine(n: Ticks, m: Ticks) -> None:
    """Connect a machine taken for a person to an agent who is idle."""
    m[c.IDLE] -= 1
    m[c.BUSY] += 1
    m[c.TALKING] += 1
    m[c.MACHINES_CONNECTED] += 1
    m[c.EVENTS] -= n[f.HAS_WRAP]  # it has no wrap-up, whose end would be counted
    put(m, 0, n[f.MACHINE_HANDLE], CALL_END + AGENT_FREE)


@compiled
def wait(n: Ticks, m: Ticks, keys: Words, person: int) -> None:
    """Put a call at the end of the queue."""
    place = m[f.TAIL] & (f.WAITERS - 1)
    m[f.TAIL] += 1
    m[c.WAITING] += 1
    patience = n[f.PATIENCE]
    if patience < 0:
        number = draw(keys[f.PATIENCE_KEY], m[f.QUEUED])
        patience = max(in_slots(lasts(n, f.PATIENCE_ROW, high(number))), 1)
    m[f.QUEUED] += 1
    m[f.ARRIVED + place] = m[f.NOW]
    m[f.DEADLINE + place] = m[f.NOW] + patience
    m[f.IS_PERSON + place] = person
    m[f.EXPIRY_AT] = min(m[f.EXPIRY_AT], m[f.NOW] + patience)


@compiled
def offer(n: Ticks, m: Ticks, keys: Words, people: int, machines: int) -> None:
    """Offer so many calls to agents: some are connected, the others wait or are let go."""
    served = min(people, m[c.IDLE])
    if served > 0:
        connect(n, m, keys, served)
    for _ in range(people - served):
        if n[f.PATIENCE] == 0:
            m[c.ABANDONED] += 1
        else:
            wait(n, m, keys, 1)
    for _ in range(machines):
        if m[c.IDLE] > 0:
            connect_machine(n, m)
        elif n[f.PATIENCE] == 0:
            m[c.MACHINES_DROPPED] += 1
        else:
            wait(n, m, keys, 0)


@compiled
def serve(n: Ticks, m: Ticks, keys: Words) -> None:
    """Connect who waits longest as long as an agent is idle."""
    while m[c.WAITING] > 0 and m[c.IDLE] > 0:
        place = m[f.HEAD] & (f.WAITERS - 1)
        m[f.HEAD] += 1
        m[c.WAITING] -= 1
        m[c.WAITED] += (m[f.NOW] - m[f.ARRIVED + place]) * f.SLOT
        if m[f.IS_PERSON + place] == 1:
            connect(n, m, keys, 1)
        else:
            connect_machine(n, m)
    if m[c.WAITING] == 0:
        m[f.EXPIRY_AT] = f.NEVER


@written_out
def expire(m: Ticks) -> None:
    """Let those go who have waited long enough; the others keep their order."""
    now = m[f.NOW]
    kept = m[f.HEAD]
    first = f.NEVER
    for at in range(m[f.HEAD], m[f.TAIL]):
        place, to = at & (f.WAITERS - 1), kept & (f.WAITERS - 1)
        if m[f.DEADLINE + place] <= now:
            m[c.WAITING] -= 1
            m[c.WAITED] += (now - m[f.ARRIVED + place]) * f.SLOT
            m[c.EVENTS] += 1
            m[c.ABANDONED] += m[f.IS_PERSON + place]
            m[c.MACHINES_DROPPED] += 1 - m[f.IS_PERSON + place]
        else:
            m[f.ARRIVED + to] = m[f.ARRIVED + place]
            m[f.DEADLINE + to] = m[f.DEADLINE + place]
            m[f.IS_PERSON + to] = m[f.IS_PERSON + place]
            first = min(first, m[f.DEADLINE + place])
            kept += 1
    m[f.TAIL] = kept
    m[f.EXPIRY_AT] = first


@compiled
def next_contact(n: Ticks, m: Ticks) -> int:
    """Return the next contact, its record times 64 plus its attempt, or -1: what is due first, then who never was."""
    due = m[f.EARLIEST_DUE]
    if due <= m[f.NOW]:
        return take(n, m, m[f.EARLIEST]) + 1
    if m[f.FRESH] < n[f.RECORDS]:
        m[f.FRESH] += 1
        return int(((m[f.FRESH] - 1) << 6) + 1)
    if m[f.PERIOD] == 0:
        m[f.DUE_AT] = due
        m[f.CALENDAR] = min(m[f.CALENDAR], due)
    return -1


@compiled
def may_dial(n: Ticks, m: Ticks) -> bool:
    """Return whether this second of the clock has room for another dial; else it is thought of in the next."""
    second = m[f.NOW] // 100
    if second != m[f.SECOND]:
        m[f.SECOND] = second
        m[f.IN_SECOND] = 0
    if m[f.IN_SECOND] >= n[f.PER_SECOND]:
        if m[f.PERIOD] == 0:
            m[f.THROTTLE_AT] = (second + 1) * 100
            m[f.CALENDAR] = min(m[f.CALENDAR], m[f.THROTTLE_AT])
        return False
    m[f.IN_SECOND] += 1
    return True


@compiled
def launch(n: Ticks, m: Ticks, keys: Words, wanted: int) -> int:
    """Dial so many contacts, as far as the list and the rate allow; return the status."""
    open_lines = m[c.RINGING] + m[c.GREETING] + m[c.WAITING]
    wanted = min(wanted, n[f.CAP] - open_lines - m[c.TALKING])
    if open_lines + wanted > f.MOST_IN_FLIGHT:
        return FULL
    for _ in range(wanted):
        if n[f.PER_SECOND] < f.NEVER and not may_dial(n, m):
            break
        contact = (m[c.DIALS] << 6) + 1 if n[f.RECORDS] == 0 else next_contact(n, m)
        if contact < 0:
            break
        m[c.DIALS] += 1
        m[c.RINGING] += 1
        ring(n, m, keys, contact)
    return 0


@compiled
def ring(n: Ticks, m: Ticks, keys: Words, contact: int) -> None:
    """Let one line ring: how it ends is drawn now, and nobody sees it before."""
    attempt = contact & 63
    if n[f.ALIKE] == 0:
        set_bounds(n, m, attempt, lasts(n, f.PROPENSITY, high(draw(keys[f.PROPENSITY_KEY], contact >> 6))))
    first = attempt == 1 and n[f.ALIKE] == 1
    fate = foreseen(n, m, keys, contact >> 6) if first else fate_of(n, m, keys, contact)
    slots, ending = fate >> 3, fate & 7
    if ending < n[f.GREETS]:
        greet(n, m, keys, contact, ending, slots)
    else:
        put(m, 0, slots, OFFER if ending == f.PERSON else SILENT)
        count(n, m, slots, ending, slots)
    if n[f.RECORDS] > 0 and ending != f.PERSON and attempt < n[f.MAX_ATTEMPTS]:
        put_back(m, n[n[f.RETRY_AT] + ending * (n[f.MAX_ATTEMPTS] + 1) + attempt], contact)


@compiled
def foreseen(n: Ticks, m: Ticks, keys: Words, record: int) -> int:
    """Return the fate of a record's first attempt; those of the records after it are looked up together with it."""
    if record >= m[f.FATES_UNTIL]:
        for ahead in range(f.AHEAD):
            m[f.FORESEEN + ahead] = fate_of(n, m, keys, ((record + ahead) << 6) + 1)
        m[f.FATES_FROM] = record
        m[f.FATES_UNTIL] = record + f.AHEAD
    return int(m[f.FORESEEN + record - m[f.FATES_FROM]])


@compiled
def fate_of(n: Ticks, m: Ticks, keys: Words, contact: int) -> int:
    """Return how many slots an attempt rings, times 8, plus how it ends."""
    number = draw(keys[f.DIAL_KEY], contact)
    outcome = high(number)
    row = f.BOUNDS + 4 * (contact & 63)
    ending = (
        int(outcome >= m[row]) + int(outcome >= m[row + 1]) + int(outcome >= m[row + 2]) + int(outcome >= m[row + 3])
    )
    rings = lasts(n, ending, low(number))
    if rings > n[f.TIMEOUT]:
        rings, ending = n[f.TIMEOUT], f.NOBODY
    return (max(in_slots(rings), 1) << 3) + ending


@compiled
def count(n: Ticks, m: Ticks, slots: int, ending: int, rang: int) -> None:
    """Count how a dial ends, if it does so before the end of the day, and separately if before that of the warm-up."""
    at = m[f.NOW] + slots
    ended = int(at < n[f.HORIZON])
    m[f.FATES + ending] += ended
    m[f.FATES + f.RANG] += ended * rang
    if m[f.NOW] < n[f.WARM_UP] and at <= n[f.WARM_UP]:
        m[f.FATES_BEFORE + ending] += ended
        m[f.FATES_BEFORE + f.RANG] += ended * rang


@compiled
def greet(  # noqa: PLR0917 - compiled code takes no keywords
    n: Ticks, m: Ticks, keys: Words, contact: int, ending: int, slots: int
) -> None:
    """Let a call be answered and greet: machines are told from people, as well as it can be done, when that ends."""
    number = draw(keys[f.DETECTION_KEY], contact)
    person = ending == f.PERSON
    right = high(number) < (n[f.SENSITIVITY] if person else n[f.SPECIFICITY])
    greeting = max(in_slots(lasts(n, f.GREETING, low(number))), 1) if n[f.HAS_GREETING] == 1 else 0
    put(m, 1, slots, SILENT if person else OFFER)
    if person:
        put(m, 2, slots + greeting, SILENT if right else OFFER)
    else:
        put(m, 2, slots + greeting, CALL_END if right else AGENT_FREE)
    count(n, m, slots, ending, 0)
    count(n, m, slots + greeting, f.GREETED, slots + greeting)
