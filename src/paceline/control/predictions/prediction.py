"""A prediction that was made of a change that was applied, and what was measured of it afterwards, as values.

Of weights a difference is predicted, new less old, and measured as after less before. Of pacing it is a level: what the
days to come have, and what they had; before and after need not be alike for that.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from paceline.campaign.evidence import ABANDONMENT, CONNECTS, UTILISATION
from paceline.campaign.forecast import Between
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text
from paceline.primitives.ids import CampaignId, EntryId

METRICS = (UTILISATION, ABANDONMENT, CONNECTS)
"""What is predicted, by its names."""
PROJECTION = "projection"
"""The source of what was predicted of a change of pacing."""
_DIFFERENCE, _LEVEL = "difference", "level"


class State(StrEnum):
    """How far a prediction has come."""

    RUNNING = "running"
    """Too little was measured since the change."""
    MEASURED = "measured"
    GIVEN_UP = "given-up"
    """It can never be measured: something else changed, or nothing came in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Realised:
    """What was measured of one metric: after less before in blocks of the same time of day, or the level after.

    Attributes:
        value: with its interval of 95 %.
        blocks, days: after the change, that could be compared.
        is_level: whether the value is a level; else a difference.
    """

    value: Between
    blocks: int
    days: int
    is_level: bool = False

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        name = _LEVEL if self.is_level else _DIFFERENCE
        return {name: self.value.document(), "blocks": self.blocks, "days": self.days}

    @classmethod
    def of(cls, document: Mapping[str, Json]) -> Realised:
        """Return what `document` described.

        Raises:
            ValueError: it describes none.
        """
        is_level = _LEVEL in document
        return cls(
            value=_between(document[_LEVEL if is_level else _DIFFERENCE]),
            blocks=_count(document["blocks"]),
            days=_count(document["days"]),
            is_level=is_level,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One metric of one change: predicted and realised.

    Attributes:
        metric: such as `utilisation`.
        predicted: the difference, or the level, with its interval of 95 %.
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
        allowed = math.hypot(self.predicted.half_width, self.realised.value.half_width)
        return abs(self.realised.value.mean - self.predicted.mean) <= allowed

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
            realised=Realised.of(realised) if isinstance(realised, Mapping) else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What was predicted of one change.

    Attributes:
        entry: of the change.
        at: since when the change is live, by the platform's clock.
        source: of what was predicted: `twin` or `experiment` of weights, `projection` of pacing.
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

    @property
    def is_of_levels(self) -> bool:
        """Whether levels were predicted, as of pacing; else differences."""
        return self.source == PROJECTION

    @property
    def is_told(self) -> bool:
        """Whether its end is noted and told: once it was measured, and of weights also when it was given up.

        Pacing is replaced all the time, as by each step of a rollout: that one was never measured is no news.
        """
        return self.state is State.MEASURED or (self.state is State.GIVEN_UP and not self.is_of_levels)

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it, from which `of` makes it again."""
        return {
            "entry": self.entry,
            "campaign": self.campaign,
            "at": utc_text(self.at),
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


def projected_in(forecast: Mapping[str, Json]) -> tuple[Compared, ...]:
    """Return the levels that a change of pacing was predicted to come to, from its forecast; empty without."""
    then = forecast.get("then")
    if not isinstance(then, Mapping):
        return ()
    return tuple(Compared(metric=name, predicted=_between(then[name])) for name in METRICS if name in then)


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
