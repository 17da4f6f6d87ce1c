"""Chance by counting: every random number is a function of what it is for, never of what was drawn before.

A number belongs to (seed, replication, purpose, index). The index is a contact's record and attempt, so the same
attempt ends the same way, rings as long and is talked to as long under every policy, on any number of workers; in the
fast engine, which knows no names, talks and patience have the number of the connection or of the wait. The function is
the finaliser of splitmix64 over a counter; the compiled twin is `compiled/counting.py`, and a test compares the two
number by number.

References:
    Steele, Lea, Flood 2014, "Fast splittable pseudorandom number generators".
"""

from __future__ import annotations

from enum import IntEnum

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
"""Step of the counter: 2^64 over the golden ratio, odd."""
ATTEMPT_BITS = 6
"""Bits of an index that hold the attempt; so an attempt is below 64."""


class Purpose(IntEnum):
    """What a random number is for; each purpose has a stream of its own."""

    DIAL = 1
    """High half: how the attempt ends. Low half: how long it rings."""
    HANDLE = 2
    """High half: how long is talked. Low half: how long the wrap-up takes."""
    PROPENSITY = 3
    """High half: how likely this record answers at all."""
    DETECTION = 4
    """High half: whether the machine detection is right. Low half: how long the greeting lasts."""
    PATIENCE = 5
    """High half: how long an answered call waits for an agent."""
    SPACING = 6
    """High half: the gap before a dial of the open loop; indexed by the dial."""
    MIXING = 7
    """High half: which of two neighbouring tables decides; indexed by the dials so far."""


def mixed(value: int) -> int:
    """Return the finaliser of splitmix64 of a 64-bit number, again 64 bits.

    >>> hex(mixed(1))
    '0x5692161d100b05e5'
    """
    value &= MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & MASK
    return value ^ (value >> 31)


def stream(seed: int, replication: int, purpose: Purpose) -> int:
    """Return the 64-bit key of a stream.

    Args:
        seed: any 64-bit number, at least 0.
        replication: number of the replication, from 0.
        purpose: what the stream is for.

    >>> stream(7, 0, Purpose.DIAL) == stream(7, 1, Purpose.DIAL)
    False
    """
    key = mixed(seed + GOLDEN)
    key = mixed(key ^ mixed(replication * GOLDEN + 1))
    return mixed(key ^ mixed(int(purpose) * GOLDEN + 2))


def draw(key: int, index: int) -> int:
    """Return the 64-bit number of a stream at an index.

    >>> draw(0, 1) == mixed(GOLDEN)
    True
    """
    return mixed(key + index * GOLDEN)


def high(number: int) -> int:
    """Return the high half of a drawn number, 0 to 2^32 - 1."""
    return number >> 32


def low(number: int) -> int:
    """Return the low half of a drawn number, 0 to 2^32 - 1."""
    return number & 0xFFFFFFFF


def index_of(record: int, attempt: int) -> int:
    """Return the index of an attempt, counted from 1, at a record, counted from 0.

    >>> index_of(2, 1)
    129
    """
    return (record << ATTEMPT_BITS) + attempt
