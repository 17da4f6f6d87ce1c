"""Chance that can be had again: everything that is drawn follows from one seed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A row of draws; another name under the same seed is another row."""

    def __init__(self, seed: str) -> None:
        """Begin the row of this seed."""
        self.seed = seed
        self._drawn = 0

    def fraction(self) -> float:
        """Return a number from 0 to below 1."""
        self._drawn += 1
        digest = hashlib.sha256(f"{self.seed}/{self._drawn}".encode()).digest()
        return int.from_bytes(digest[:6]) / 2**48

    def between(self, least: float, most: float) -> float:
        """Return a number from `least` to below `most`."""
        return least + (most - least) * self.fraction()

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of the choices; each as often as it stands there."""
        return choices[int(self.fraction() * len(choices))]
