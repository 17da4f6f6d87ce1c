"""The events to come: a binary heap of keys, each a tick, a kind and a number in one integer, so that none are equal.

The place after the last holds a key after all others; so does the root of an empty heap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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

_NONE, _ONE = np.uint64(0), np.uint64(1)


@compiled
def push(s: Ticks, at: int, kind: int, number: int) -> None:
    """Let something happen at a tick; without room the status says so."""
    root, size = s[HEAP_AT], s[HEAP_SIZE]
    if root + size + 1 >= s[FREE_AT]:
        s[STATUS] = HEAP_FULL
        return
    s[HEAP_SIZE] = size + 1
    s[root + size + 1] = KEY_NEVER
    rise(s, np.uint64(root), np.uint64(size), (at << TIME_BITS) | (kind << KIND_BITS) | number)


@compiled
def rise(s: Ticks, root: np.uint64, place: np.uint64, key: int) -> None:
    """Put a key where nothing is below an empty place, or above it on the way to the root."""
    while place > _NONE:
        parent = (place - _ONE) >> _ONE
        above = s[root + parent]
        if above <= key:
            break
        s[root + place] = above
        place = parent
    s[root + place] = key


@compiled
def pop(s: Ticks) -> None:
    """Take the earliest away; there must be one.

    The empty place sinks to the bottom before the last key fills it, which seldom has to rise again: so how far it
    sinks can be predicted. Places have no sign, for the machine then need not ask whether they are negative.
    """
    s[HEAP_SIZE] -= 1
    root, size = np.uint64(s[HEAP_AT]), np.uint64(s[HEAP_SIZE])
    last = s[root + size]
    s[root + size] = KEY_NEVER
    place, child = _NONE, _ONE
    while child < size:
        child += np.uint64(s[root + child + _ONE] < s[root + child])  # no branch: it could not be predicted
        s[root + place] = s[root + child]
        place = child
        child = place + place + _ONE
    if size > _NONE:
        rise(s, root, place, last)
