"""What an experiment is to do, said and kept before its first block: which block has which setting, and when it looks.

* Blocks of the same time come in pairs, on days (or weeks) that follow each other; a coin decides which of the two has
  the new setting. A block that cannot be carried out is dropped with its pair, whatever was measured in it.
* The first minutes of every block are dropped, the same of each: `guard`. The setting has to be live by `latest` after
  the block began, so that three mean handle times of carry-over are dropped in any case; else it is not carried out.
* It is looked at after each day that completes pairs, from the fifth day with pairs on. No other look decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self, cast

from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.errors import PacelineError

METRICS = 3
"""Over so many metrics a look corrects for having looked at all of them."""
MINUTE = timedelta(minutes=1)


class PlanError(PacelineError):
    """this experiment cannot be planned so"""

    code = "experiment-plan"


class Setting(StrEnum):
    """Which of the two is live."""

    OLD = "old"
    NEW = "new"


class Balanced(StrEnum):
    """Which times are the same, so that blocks of them are compared."""

    HOUR_OF_DAY = "hour-of-day"
    """The same time on days that follow each other."""
    HOUR_OF_WEEK = "hour-of-week"
    """The same time on the same weekday of weeks that follow each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBlock:
    """A block of the plan: its number from 0, when it starts, its local date, its pair, and the setting it has."""

    number: int
    start: datetime
    day: str
    pair: str
    setting: Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentPlan:
    """The plan of one experiment.

    Attributes:
        blocks: in the order of time; each pair has both settings once.
        block: how long each is, whole minutes.
        guard: what is dropped at the start of each, whole minutes, at most half of a block.
        latest: how long after its start a block's setting has to be live, else it is not carried out.
        handle_s: the mean handle time that the guard was made for, seconds.
        seed: from which the coins were thrown.
        balanced: which times are the same.
        looks: numbers of the blocks after which it is looked at; at least one.
        level: how surely all looks together make no mistake, above 0.5 and below 1.
        least_gain: the smallest gain in utilisation worth having, a fraction, at least 0.
        ceiling: abandonment where no law sets a lower one, a fraction.
        ends_early: whether it ends at the look that shows a gain worth having.
    """

    blocks: tuple[PlannedBlock, ...]
    block: timedelta
    guard: timedelta
    latest: timedelta
    handle_s: float
    seed: int
    balanced: Balanced
    looks: tuple[int, ...]
    level: float
    least_gain: float
    ceiling: float
    ends_early: bool

    @property
    def start(self) -> datetime:
        """When the first block begins."""
        return self.blocks[0].start

    @property
    def end(self) -> datetime:
        """When the last block is over."""
        return self.blocks[-1].start + self.block

    @property
    def days(self) -> int:
        """On how many local dates there are blocks."""
        return len({one.day for one in self.blocks})

    @property
    def pairs(self) -> int:
        """How many pairs there are."""
        return len(self.blocks) // 2

    @property
    def error(self) -> float:
        """What one metric may err at one look: looks and metrics share the error of the whole."""
        return (1.0 - self.level) / len(self.looks) / METRICS

    def at(self, instant: datetime) -> PlannedBlock | None:
        """Return the block that is under way at an instant; None between blocks."""
        return next((one for one in self.blocks if one.start <= instant < one.start + self.block), None)

    def next_edge(self, instant: datetime) -> datetime | None:
        """Return the first start or end of a block after an instant; None after the last."""
        edges = (edge for one in self.blocks for edge in (one.start, one.start + self.block))
        return min((edge for edge in edges if edge > instant), default=None)

    def document(self) -> dict[str, Json]:
        """Return it as it is kept and shown, every coin in it; `of` reads it."""
        return {
            "blocks": [[utc_text(one.start), one.day, one.pair, one.setting.value] for one in self.blocks],
            "block_s": self.block.total_seconds(),
            "guard_s": self.guard.total_seconds(),
            "latest_s": self.latest.total_seconds(),
            "handle_s": self.handle_s,
            "seed": self.seed,
            "balanced": self.balanced.value,
            "looks": list(self.looks),
            "level": self.level,
            "least_gain": self.least_gain,
            "ceiling": self.ceiling,
            "ends_early": self.ends_early,
            "not_carried_out": "a block that is not carried out is dropped with its pair, whatever was measured in it",
        }

    @classmethod
    def of(cls, document: Mapping[str, Json]) -> Self:
        """Return the plan of a document.

        Raises:
            PlanError: it is not the document of a plan.
        """
        try:
            rows = cast("Sequence[Sequence[str]]", document["blocks"])
            spans = {
                name: timedelta(seconds=float(cast("float", document[f"{name}_s"])))
                for name in ("block", "guard", "latest")
            }
            return cls(
                blocks=tuple(
                    PlannedBlock(
                        number=number,
                        start=datetime.fromisoformat(start),
                        day=day,
                        pair=pair,
                        setting=Setting(setting),
                    )
                    for number, (start, day, pair, setting) in enumerate(rows)
                ),
                handle_s=float(cast("float", document["handle_s"])),
                seed=int(cast("int", document["seed"])),
                balanced=Balanced(str(document["balanced"])),
                looks=tuple(int(one) for one in cast("Sequence[int]", document["looks"])),
                level=float(cast("float", document["level"])),
                least_gain=float(cast("float", document["least_gain"])),
                ceiling=float(cast("float", document["ceiling"])),
                ends_early=document["ends_early"] is True,
                **spans,
            )
        except (KeyError, TypeError, ValueError) as wrong:
            raise PlanError("this is not the document of a plan", hint=f"{type(wrong).__name__}: {wrong}") from wrong
