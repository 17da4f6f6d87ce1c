"""Recipients whose groups are known: what holds of each, and all of a group at once."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.compliance.compiled import kernels
from paceline.compliance.compiled.kernels import Answers, Kinds, Places, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Whom some question chose of a roll.

    Attributes:
        contacts: how many.
        ranges: from which place of the roll's `order` to before which, one row for each range; none touches another.
    """

    contacts: int
    ranges: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """All recipients, those of a group together.

    Attributes:
        order: the rows of the recipients, group by group, within each in the order in which they came.
        begins: for each group where it begins in `order`, and at last where all end.
    """

    order: Places
    begins: Seconds

    @classmethod
    def of(cls, groups: Kinds, count: int) -> Roll:
        """Return the roll of recipients of these groups, which are below `count`."""
        order = np.empty(groups.size, dtype=np.uint32)
        begins = kernels.sort_by_group(groups, count, order)
        return cls(order=order, begins=begins)

    def open_at(self, opens_s: Seconds, at_s: int) -> Chosen:
        """Return who may be called, by the next open second of each group; the work grows with the groups only."""
        marks = np.zeros(opens_s.size + 2, dtype=np.int8)
        # A group of nobody parts no range from the next.
        marks[1:-1] = (opens_s == at_s) | (self.begins[1:] == self.begins[:-1])
        edges = np.flatnonzero(np.diff(marks))
        ranges = self.begins[edges].reshape(-1, 2)
        ranges = ranges[ranges[:, 0] < ranges[:, 1]]
        return Chosen(contacts=int((ranges[:, 1] - ranges[:, 0]).sum()), ranges=ranges)

    def rows(self, chosen: Chosen) -> Places:
        """Return the rows of those that were chosen, group by group."""
        parts = [self.order[start:end] for start, end in chosen.ranges.tolist()]
        return np.concatenate(parts) if parts else self.order[:0]


def as_groups(kept: array[int]) -> Kinds:
    """Return kept groups as an array, which shares their memory while it lives."""
    return np.frombuffer(kept, dtype=np.uint16)


def grouped(kinds: Kinds, by_kind: list[int]) -> Kinds:
    """Return the group of each recipient, by the group of each kind of numbers."""
    return np.array(by_kind, dtype=np.uint16)[kinds]


def judge(groups: Kinds, opens_s: Seconds, at_s: int) -> Answers:
    """Return for each recipient whether there may be a call at `at_s`, and the next second at which there may."""
    said = Answers.of(groups.size)
    kernels.judge_groups(groups, opens_s, at_s, said)
    return said
