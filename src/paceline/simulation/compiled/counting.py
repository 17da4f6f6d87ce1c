"""Chance by counting, compiled: the same numbers as `paceline.simulation.draws`, and times read off tables.

Numbers of 64 bits are uint64 throughout; a signed operand would silently turn them into floating point.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from paceline.simulation.compiled.compiler import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    from paceline.simulation.distributions import Ticks

    Words = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S27, _S30, _S31, _S32 = np.uint64(27), np.uint64(30), np.uint64(31), np.uint64(32)
_HALF = np.uint64(0xFFFFFFFF)


@compiled
def signed(number: np.uint64) -> int:
    """Return a 64-bit number below 2^63 as a signed integer."""
    return np.int64(number)  # type: ignore[return-value]  # to the compiler they are the same


@compiled
def mixed(value: np.uint64) -> np.uint64:
    """Return the finaliser of splitmix64 of a 64-bit number."""
    value = (value ^ (value >> _S30)) * _FIRST
    value = (value ^ (value >> _S27)) * _SECOND
    return value ^ (value >> _S31)


@compiled
def draw(key: np.uint64, index: int) -> np.uint64:
    """Return the 64-bit number of a stream at an index, at least 0."""
    return mixed(key + np.uint64(index) * _GOLDEN)


@compiled
def high(number: np.uint64) -> int:
    """Return the high half of a drawn number as a signed integer."""
    return signed(number >> _S32)


@compiled
def low(number: np.uint64) -> int:
    """Return the low half of a drawn number as a signed integer."""
    return signed(number & _HALF)


@compiled
def lasting(tables: Ticks, at: int, half: int) -> int:
    """Return how many ticks a time lasts, from the table of 8192 ticks that begins at a place, and 32 random bits."""
    step = half >> 20
    if step < 4095:
        begin: int = tables[at + step]
        end: int = tables[at + step + 1]
        return begin + (((end - begin) * (half & 0xFFFFF) + 524288) >> 20)
    step = 4095 + ((half >> 8) & 0xFFF)
    begin = tables[at + step]
    end = tables[at + step + 1]
    return begin + (((end - begin) * (half & 0xFF) + 128) >> 8)
