"""The kinds of numbers as tables: two looks at a table for a number of +1, five for any other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.compliance.compiled import kernels
from paceline.compliance.compiled.kernels import Answers, Kinds, Numbers, Seconds, Tables
from paceline.compliance.numbering import ASK, DEAD, ROOT, Numbering

_Nodes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberTable:
    """What `Numbering.kind_of` says of every number; 0 where the kind of a number of +1 depends on its last digits."""

    tables: Tables

    @classmethod
    def of(cls, numbering: Numbering) -> NumberTable:
        """Return the tables of these kinds."""
        following = np.array(numbering.following, dtype=np.int64)
        kinds = np.array(numbering.ends, dtype=np.uint16)
        american = int(following[ROOT, 1])
        areas, blocks = _american(following, kinds, american)
        # Numbers of +1 have their own table.
        following[ROOT, 1] = DEAD
        steps, ends = _others(following, kinds)
        return cls(tables=Tables(areas=areas, blocks=blocks, steps=steps, ends=ends))

    def kinds_of(self, numbers: Numbers) -> Kinds:
        """Return the kind of each number, its digits as an integer."""
        found = np.empty(numbers.size, dtype=np.uint16)
        kernels.kinds_of(numbers, self.tables, found)
        return found

    def judge(self, numbers: Numbers, opens_s: Seconds, at_s: int) -> Answers:
        """Return for each number whether it may be called, and the next second at which it may.

        Args:
            numbers: their digits as integers.
            opens_s: for each kind, the first open second that is not before `at_s`, or no instant at all.
            at_s: the instant in question, in seconds since 1970.
        """
        said = Answers.of(numbers.size)
        kernels.judge_numbers(numbers, self.tables, opens_s, at_s, said)
        return said


def _american(following: _Nodes, kinds: Kinds, start: int) -> tuple[Kinds, Kinds]:
    """Return the tables of +1: kinds that the next six digits decide, 0 where they do not."""
    same = kinds
    for _ in range(4):
        below = same[following]
        same = np.where((below == below[:, :1]).all(axis=1), below[:, 0], np.uint16(ASK)).astype(np.uint16)
    nodes, rows = np.unique(_three_on(following, np.array([start]))[0], return_inverse=True)
    return rows.astype(np.uint16), same[_three_on(following, nodes)].reshape(-1).astype(np.uint16)


def _others(following: _Nodes, kinds: Kinds) -> tuple[Kinds, Kinds]:
    """Return the tables of all other numbers; the first row is where no digit but zeros was read."""
    padded = following.copy()
    padded[ROOT, 0] = ROOT
    rows, waiting = np.full(following.shape[0], -1), [ROOT, DEAD]
    rows[waiting] = 0, 1
    found: list[npt.NDArray[np.uint16]] = []
    for node in waiting:
        after = _three_on(padded, np.array([node]))[0]
        for each in np.unique(after).tolist():
            if rows[each] < 0:
                rows[each] = len(waiting)
                waiting.append(each)
        found.append(rows[after].astype(np.uint16))
    ends = kinds[np.array(waiting)]
    return np.concatenate(found), ends


def _three_on(following: _Nodes, nodes: _Nodes) -> _Nodes:
    """Return for each node the thousand nodes after it, three digits on."""
    return following[following[following[nodes]]].reshape(nodes.size, 1000)
