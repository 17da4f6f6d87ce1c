"""The open intervals of each group as arrays: when each may next be called, at any instant of some days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from paceline.compliance.compiled import kernels
from paceline.compliance.compiled.kernels import Rows, Seconds
from paceline.primitives.intervals import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTable:
    """The intervals of all groups, one group after the other.

    Attributes:
        first: for each group where its intervals begin, and at last where all end.
        starts_s, ends_s: in seconds since 1970, half-open.
    """

    first: Rows
    starts_s: Seconds
    ends_s: Seconds

    @classmethod
    def of(cls, groups: Sequence[Sequence[Span]]) -> OpenTable:
        """Return the table of the intervals of each group, which are in order and do not overlap."""
        spans = np.array([span for group in groups for span in group], dtype=np.int64).reshape(-1, 2)
        lengths = np.array([0, *(len(group) for group in groups)])
        return cls(
            first=np.cumsum(lengths).astype(np.int32),
            starts_s=np.ascontiguousarray(spans[:, 0]),
            ends_s=np.ascontiguousarray(spans[:, 1]),
        )

    def opens_s(self, at_s: int) -> Seconds:
        """Return for each group the first open second that is not before `at_s`; `BEYOND` where there is none."""
        return kernels.next_of_each(self.first, self.starts_s, self.ends_s, at_s)
