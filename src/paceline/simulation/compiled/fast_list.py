"""Contacts that wait for another attempt: a queue for each ending and delay, in pieces of one pool.

A delay runs from when a call of its kind ends on average, so each queue is in the order of its times by construction.
An entry is the slot at which it may be dialled, and a contact: its record and the attempt it has had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.simulation.compiled.compiler import compiled
from paceline.simulation.compiled.fast_places import (
    DELAYS_AT,
    EARLIEST,
    EARLIEST_DUE,
    FREE_PIECE,
    NEVER,
    NOW,
    PIECE,
    POOL,
    QUEUE,
    QUEUES,
    RECORDS,
)

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks

FIRST, END, DUE, DELAY = range(4)


def pieces_of(records: int, queues: int) -> int:
    """Return how many pieces hold every record, however they spread over the queues."""
    return records // (PIECE - 1) + 2 * queues + 2 if records else 1


@compiled
def forget(n: Ticks, m: Ticks) -> None:
    """Empty every queue."""
    for queue in range(n[QUEUES]):
        row = QUEUE + 4 * queue
        m[row + FIRST] = m[row + END] = 0
        m[row + DUE] = NEVER
        m[row + DELAY] = n[n[DELAYS_AT] + queue]
    m[EARLIEST_DUE] = NEVER
    m[FREE_PIECE] = 0
    if n[RECORDS] > 0:
        for piece in range((m.size - POOL) // PIECE):
            m[POOL + piece * PIECE] = piece + 1


@compiled
def put_back(m: Ticks, queue: int, contact: int) -> None:
    """Put a contact at the end of a queue, to be dialled again after its delay."""
    row = QUEUE + 4 * queue
    at = m[NOW] + m[row + DELAY]
    place = m[row + END]
    if place & (PIECE - 1) == 0:
        piece = m[FREE_PIECE]
        m[FREE_PIECE] = m[POOL + piece * PIECE]
        if place > 0:
            m[POOL + place - PIECE] = piece
        place = piece * PIECE + 1
    if m[row + DUE] == NEVER:
        m[row + DUE] = at
        m[row + FIRST] = place
        if at < m[EARLIEST_DUE] or (at == m[EARLIEST_DUE] and queue < m[EARLIEST]):
            m[EARLIEST_DUE] = at
            m[EARLIEST] = queue
    m[POOL + place] = (at << 32) | contact
    m[row + END] = place + 1


@compiled
def find_earliest(n: Ticks, m: Ticks) -> None:
    """Write down the queue whose first entry is due first; of equals the one that stands first."""
    m[EARLIEST_DUE] = NEVER
    for queue in range(n[QUEUES]):
        due = m[QUEUE + 4 * queue + DUE]
        if due < m[EARLIEST_DUE]:
            m[EARLIEST_DUE] = due
            m[EARLIEST] = queue


@compiled
def take(n: Ticks, m: Ticks, queue: int) -> int:
    """Take the first contact of a queue that is not empty."""
    row = QUEUE + 4 * queue
    place = m[row + FIRST]
    contact = m[POOL + place] & 0xFFFFFFFF
    place += 1
    ended = place == m[row + END]
    if place & (PIECE - 1) == 0:
        old = POOL + place - PIECE
        following = m[old]
        m[old] = m[FREE_PIECE]
        m[FREE_PIECE] = (place >> 9) - 1
        place = following * PIECE + 1
        if ended:
            m[row + END] = 0
    m[row + FIRST] = place
    m[row + DUE] = NEVER if ended else m[POOL + place] >> 32
    find_earliest(n, m)
    return int(contact)
