"""Loops over millions of recipients, compiled when they are first called and kept on disk.

Rules:
* Integers only, of one type in each sum: a signed and an unsigned one together would become a float.
* What is read at a place that a recipient names is checked where the tables are made, never in the loop.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
"""Telephone numbers, all of their digits as one integer, the country code first."""
Kinds = npt.NDArray[np.uint16]
Seconds = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int32]
"""Places in a table."""
Places = npt.NDArray[np.uint32]
"""Places of recipients."""


class Tables(NamedTuple):
    """What the first digits of numbers say; made by `number_table`.

    Attributes:
        areas: for each three digits after +1, which row of `blocks` is theirs.
        blocks: rows of a thousand: the kind of the numbers with these next three digits, 0 where they do not decide.
        steps: rows of a thousand: the row that comes after these three digits of a number of fifteen, filled up with
            zeros at its front.
        ends: for each row of `steps`, the kind of a number that ends there.
    """

    areas: Kinds
    blocks: Kinds
    steps: Kinds
    ends: Kinds


class Answers(NamedTuple):
    """What is said of many recipients, in their order.

    Attributes:
        may_call: whether a call may be placed.
        next_s: the first second since 1970 at which it may; a number that is no instant where there is none.
    """

    may_call: Flags
    next_s: Seconds

    @classmethod
    def of(cls, count: int) -> Answers:
        """Return room for so many."""
        # What numpy asks memory for comes in larger pages than what a compiled loop does.
        return cls(np.empty(count, dtype=np.bool_), np.empty(count, dtype=np.int64))


BEYOND = -(1 << 62) - 1
"""Instead of an instant, and earlier than all of them: there is none among those that were asked."""


_TEN_4, _TEN_6, _TEN_9, _TEN_12 = np.uint64(10**4), np.uint64(10**6), np.uint64(10**9), np.uint64(10**12)
_THOUSAND, _TEN_10, _TEN_15 = np.uint64(1000), np.uint64(10**10), np.uint64(10**15)


@numba.njit(cache=True, nogil=True, inline="always")
def kind_of(number: int, tables: Tables) -> int:
    """Return the kind of one number, its digits as an integer; 0 where it has none."""
    # Without a sign a division by a constant is a multiplication; a negative number becomes one that is too large.
    left = np.uint64(number)
    if left >= _TEN_10:
        block = (left - _TEN_10) // _TEN_4
        if block < _TEN_6:
            row = np.uint64(tables.areas[block // _THOUSAND])
            return int(tables.blocks[row * _THOUSAND + block % _THOUSAND])
    if left >= _TEN_15:
        return 0
    steps = tables.steps
    node = np.uint64(steps[left // _TEN_12])
    node = np.uint64(steps[node * _THOUSAND + left // _TEN_9 % _THOUSAND])
    node = np.uint64(steps[node * _THOUSAND + left // _TEN_6 % _THOUSAND])
    node = np.uint64(steps[node * _THOUSAND + left // _THOUSAND % _THOUSAND])
    return int(tables.ends[np.uint64(steps[node * _THOUSAND + left % _THOUSAND])])


@numba.njit(cache=True, nogil=True)
def kinds_of(numbers: Numbers, tables: Tables, found: Kinds) -> None:
    """Write the kind of each number."""
    for at in range(numbers.size):
        found[at] = kind_of(numbers[at], tables)


@numba.njit(cache=True, nogil=True)
def judge_numbers(numbers: Numbers, tables: Tables, opens_s: Seconds, at_s: int, said: Answers) -> None:
    """Write for each number whether it may be called, and the next instant at which it may; from the digits alone."""
    may_call, next_s = said.may_call, said.next_s
    for at in range(numbers.size):
        opens = opens_s[kind_of(numbers[at], tables)]
        may_call[at] = opens == at_s
        next_s[at] = opens


@numba.njit(cache=True, nogil=True)
def judge_groups(groups: Kinds, opens_s: Seconds, at_s: int, said: Answers) -> None:
    """Write the same for recipients whose groups are known."""
    may_call, next_s = said.may_call, said.next_s
    for at in range(groups.size):
        opens = opens_s[groups[at]]
        may_call[at] = opens == at_s
        next_s[at] = opens


@numba.njit(cache=True, nogil=True)
def next_of_each(first: Rows, starts_s: Seconds, ends_s: Seconds, at_s: int) -> Seconds:
    """Return for each group the first open instant that is not before `at_s`, `BEYOND` when its intervals end before.

    Args:
        first: for each group where its intervals begin, and at last where all end.
        starts_s: the instants at which intervals begin, those of a group in order.
        ends_s: before which they end.
        at_s: the instant in question.
    """
    opens_s = np.empty(first.size - 1, dtype=np.int64)
    for group in range(first.size - 1):
        low, high = first[group], first[group + 1]
        while low < high:
            middle = (low + high) // 2
            if ends_s[middle] <= at_s:
                low = middle + 1
            else:
                high = middle
        opens_s[group] = max(starts_s[low], at_s) if low < first[group + 1] else BEYOND
    return opens_s


@numba.njit(cache=True, nogil=True)
def sort_by_group(groups: Kinds, count: int, order: Places) -> Seconds:
    """Write every row, those of a group together and in their order, and return where each of `count` groups begins."""
    begins = np.zeros(count + 1, dtype=np.int64)
    for at in range(groups.size):
        begins[np.int64(groups[at]) + 1] += 1
    for place in range(1, count + 1):
        begins[place] += begins[place - 1]
    free = begins.copy()
    for at in range(groups.size):
        group = np.int64(groups[at])
        order[free[group]] = at
        free[group] += 1
    return begins
