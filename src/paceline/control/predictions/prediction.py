"""A prediction that was made of a change that was applied, and what was measured of it afterwards, as values."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from paceline.campaign.forecast import Between
from paceline.primitives.canonical import Json
from paceline.primitives.ids import CampaignId, EntryId


class State(StrEnum):
    """How far a prediction has come."""

    RUNNING = "running"
    """Too little was measured since the change."""
    MEASURED = "measured"
    GIVEN_UP = "given-up"
    """It can never be measured: something else changed, or nothing came in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Realised:
    """What was measured of one metric, after less before, in blocks of the same time of day.

    Attributes:
        difference: with its interval of 95 %.
        blocks, days: after the change, that could be compared.
    """

    difference: Between
    blocks: int
    days: int

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"difference": self.difference.document(), "blocks": self.blocks, "days": self.days}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One metric of one change: predicted and realised.

    Attributes:
        metric: such as `utilisation`.
        predicted: the difference, with its interval of 95 %.
        realised: None until it was measured.
    """

    metric: str
    predicted: Between
    realised: Realised | None = None

    @property
    def covered(self) -> bool | None:
        """Whether what was measured lies where prediction and measuring error together let it; None until measured."""
        if self.realised is None:
            return None
        allowed = math.hypot(self.predicted.half_width, self.realised.difference.half_width)
        return abs(self.realised.difference.mean - self.predicted.mean) <= allowed

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {
            "metric": self.metric,
            "predicted": self.predicted.document(),
            "realised": None if self.realised is None else self.realised.document(),
            "covered": self.covered,
        }

    @classmethod
    def of(cls, document: Mapping[str, Json]) -> Compared:
        """Return what `document` described.

        Raises:
            ValueError: it describes none.
        """
        realised = document.get("realised")
        return cls(
            metric=str(document["metric"]),
            predicted=_between(document["predicted"]),
            realised=None
            if not isinstance(realised, Mapping)
            else Realised(
                difference=_between(realised["difference"]),
                blocks=_count(realised["blocks"]),
                days=_count(realised["days"]),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What was predicted of one change.

    Attributes:
        entry: of the change.
        at: since when the change is live, by the platform's clock.
        source: of the evidence, `twin` or `experiment`.
        metrics: each metric.
        why: what is missing yet, or why it was given up; empty once it is measured.
        simulation: what the platform's own simulation told, as JSON; None while it has told nothing.
    """

    entry: EntryId
    campaign: CampaignId
    at: datetime
    source: str
    metrics: tuple[Compared, ...]
    state: State = State.RUNNING
    why: str = ""
    simulation: Json = None

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it, from which `of` makes it again."""
        return {
            "entry": self.entry,
            "campaign": self.campaign,
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "source": self.source,
            "state": self.state.value,
            "why": self.why,
            "metrics": [one.document() for one in self.metrics],
            "simulation": self.simulation,
        }

    @classmethod
    def of(cls, document: Mapping[str, Json]) -> Prediction:
        """Return what `document` described.

        Raises:
            ValueError: it describes none.
        """
        metrics = document["metrics"]
        if not isinstance(metrics, list):
            raise ValueError("a prediction has metrics")  # noqa: TRY004 - what is read is a value, whatever its type
        return cls(
            entry=EntryId(_count(document["entry"])),
            campaign=CampaignId(str(document["campaign"])),
            at=datetime.fromisoformat(str(document["at"])),
            source=str(document["source"]),
            state=State(str(document["state"])),
            why=str(document.get("why", "")),
            metrics=tuple(Compared.of(one) for one in metrics if isinstance(one, Mapping)),
            simulation=document.get("simulation"),
        )


def predicted_in(evidence: Mapping[str, Json]) -> tuple[Compared, ...]:
    """Return what a change was predicted to do, from the evidence that its entry holds; empty where it holds none."""
    metrics = evidence.get("metrics")
    if not isinstance(metrics, list):
        return ()
    return tuple(
        Compared(metric=str(one["metric"]), predicted=_between(one["difference"]))
        for one in metrics
        if isinstance(one, Mapping)
    )


def _between(told: Json) -> Between:
    if not isinstance(told, Mapping):
        raise ValueError("an interval has a mean and two ends")  # noqa: TRY004 - as above
    return Between(mean=_number(told["mean"]), low=_number(told["low"]), high=_number(told["high"]))


def _number(told: Json) -> float:
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise ValueError(f"{told!r} is no number")  # noqa: TRY004 - as above
    return float(told)


def _count(told: Json) -> int:
    if type(told) is not int:
        raise ValueError(f"{told!r} is no count")
    return told
