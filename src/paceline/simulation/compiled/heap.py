"""The events to come: a binary heap of keys, each a tick, a kind and a number in one integer, so that none are equal.

The place after the last holds a key after all others; so does the root of an empty heap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from paceline.simulation.compiled.compiler import compiled
from paceline.simulation.compiled.layout import (
    FREE_AT,
    HEAP_AT,
    HEAP_SIZE,
    KEY_NEVER,
    KIND_BITS,
    STATUS,
    TIME_BITS,
)
from paceline.simulation.counters import HEAP_FULL

if TYPE_CHECKING:
    from paceline.simulation.distributions import Ticks


@compiled
def push(s: Ticks, at: int, kind: int, number: int) -> None:
    """Let something happen at a tick; without room the status says so."""
    root, place = s[HEAP_AT], s[HEAP_SIZE]
    if root + place + 1 >= s[FREE_AT]:
        s[STATUS] = HEAP_FULL
        return
    s[HEAP_SIZE] = place + 1
    s[root + place + 1] = KEY_NEVER
    key = (at << TIME_BITS) | (kind << KIND_BITS) | number
    while place > 0:
        parent = (place - 1) >> 1
        above = s[root + parent]
        if above <= key:
            break
        s[root + place] = above
        place = parent
    s[root + place] = key


@compiled
def pop(s: Ticks) -> None:
    """Take the earliest away; there must be one."""
    root, size = s[HEAP_AT], s[HEAP_SIZE] - 1
    s[HEAP_SIZE] = size
    last = s[root + size]
    s[root + size] = KEY_NEVER
    place, child = 0, 1
    while child < size:
        child += int(s[root + child + 1] < s[root + child])  # no branch: it could not be predicted
        below = s[root + child]
        if below >= last:
            break
        s[root + place] = below
        place = child
        child = 2 * place + 1
    if size > 0:
        s[root + place] = last
