"""A wheel of slots that counts instead of remembering: what happens in 10 milliseconds is one number.

A slot holds four counts of 16 bits. What lies more than a turn ahead waits in a list beside the wheel, which is looked
through every quarter of a turn. A bit for each slot says whether anything is in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numba
import numpy as np

from paceline.simulation.compiled.compiler import compiled
from paceline.simulation.compiled.fast_places import BITS, LATER, LATER_ROWS, NOW, SLOTS, WHEEL

if TYPE_CHECKING:
    from collections.abc import Callable

    from paceline.simulation.distributions import Ticks

TURN = SLOTS - 1
QUARTER = SLOTS // 4
NEAR = SLOTS - QUARTER
SILENT, OFFER, CALL_END, AGENT_FREE = 1, 1 << 16, 1 << 32, 1 << 48
"""One of each: a ring ends in vain; a person is offered to agents; a line is free; an agent is free."""
FIELD = 0xFFFF
_BIT = np.int64(1)


def _made() -> Callable[[int], int]:
    """Return the machine's count of trailing zeros; without compilation the same in arithmetic."""
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]  # numba sets its attributes by name
        return lambda word: (int(word) & -int(word)).bit_length() - 1
    from llvmlite import ir  # type: ignore[import-untyped]  # it ships no types
    from numba.core import types
    from numba.extending import intrinsic

    @intrinsic
    def counted(_typing: Any, _word: Any) -> Any:  # noqa: ANN401 - numba's own types, which it does not name
        def made(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:  # noqa: ANN401 - the same
            return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

        return types.int64(types.int64), made

    return cast("Callable[[int], int]", counted)


trailing_zeros = _made()


@compiled
def put(m: Ticks, layer: int, delay: int, unit: int) -> None:
    """Count a unit in a layer's slot `delay` slots from now, one at least."""
    at = m[NOW] + max(delay, 1)
    if delay < NEAR:
        place = at & TURN
        m[WHEEL + layer * SLOTS + place] += unit
        m[BITS + (place >> 6)] |= _BIT << (place & 63)
    else:
        row = LATER + 3 * m[LATER_ROWS]
        m[LATER_ROWS] += 1
        m[row] = at
        m[row + 1] = layer
        m[row + 2] = unit


@compiled
def next_busy(m: Ticks, end: int) -> int:
    """Return the first slot after now that is not empty, or `end` if that is not later; less than a turn ahead."""
    at = m[NOW] + 1
    place = at & TURN
    rest = 64 - (place & 63)
    word, following = m[BITS + (place >> 6)] >> (place & 63), m[BITS + (((place + rest) & TURN) >> 6)]
    skipped = 0 if word != 0 else rest  # no branch: it could not be predicted
    word = following if word == 0 else word
    if word != 0:
        return min(int(at) + skipped + trailing_zeros(word), end)
    at += rest + 64
    while at < end:
        word = m[BITS + ((at & TURN) >> 6)]
        if word != 0:
            return min(int(at) + trailing_zeros(word), end)
        at += 64
    return end


@compiled
def take_in(m: Ticks) -> None:
    """Move what is less than three quarters of a turn ahead from the list into the wheel."""
    rows = m[LATER_ROWS]
    m[LATER_ROWS] = 0
    for number in range(rows):
        row = LATER + 3 * number
        put(m, m[row + 1], m[row] - m[NOW], m[row + 2])


@compiled
def empty(m: Ticks) -> None:
    """Forget all that is to come."""
    for word in range(SLOTS // 64):
        if m[BITS + word] != 0:
            m[BITS + word] = 0
            for layer in range(3):
                first = WHEEL + layer * SLOTS + word * 64
                m[first : first + 64] = 0
