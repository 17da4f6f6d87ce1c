"""Data whose truth is known, and the shape in which a study is told."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

LIMIT = 0.03
"""The abandonment rate in question, everywhere here."""
LEVEL = 0.95

Counts = npt.NDArray[np.int64]


@dataclass
class Study:
    """A table, and what it must show.

    Attributes:
        title: of the table.
        head: names of the columns.
        rows: texts of the cells.
        broken: what did not hold that has to.
    """

    title: str
    head: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def expect(self, *, holds: bool, what: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.broken.append(f"{self.title}: {what}")

    def markdown(self) -> str:
        """Return the study as a section with a table."""
        lines = [
            f"## {self.title}\n",
            "| " + " | ".join(self.head) + " |",
            "| " + " | ".join("---" for _ in self.head) + " |",
        ]
        return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in self.rows)]) + "\n"


def slack(share: float, runs: int) -> float:
    """Return four standard errors of a share that so many runs told."""
    return 4.0 * math.sqrt(share * (1.0 - share) / runs)


def bursty_days(
    chance: np.random.Generator, rate: float, answers: int, effect: float, shape: tuple[int, ...]
) -> Counts:
    """Return abandoned calls of days with so many answers each, at a design effect of 1 (independent) or more."""
    if effect == 1.0:
        return chance.binomial(answers, rate, shape)
    weight = (answers - 1) / (effect - 1.0) - 1.0
    return chance.binomial(answers, chance.beta(rate * weight, (1.0 - rate) * weight, shape))


def crowded_calls(chance: np.random.Generator, blocks: int) -> npt.NDArray[np.bool_]:
    """Return [blocks, 200] whether a call was abandoned: only in crowded states of 25 calls, 3 in 100 over time."""
    crowded = chance.random((blocks, 8)) < 0.15
    return np.repeat(crowded, 25, axis=1) & (chance.random((blocks, 200)) < 0.2)
