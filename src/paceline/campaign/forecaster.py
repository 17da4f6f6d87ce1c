"""What we ask of whoever forecasts: what a change of pacing is expected to do, from what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from paceline.campaign.blocks import Pacing
from paceline.campaign.forecast import NoProjection, Projection
from paceline.campaign.observed import Observed
from paceline.campaign.statistics import Statistics


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalPeriod:
    """A legal period that is running, and what was measured in it so far.

    Attributes:
        period: how the law measures, such as `30-day-blocks`.
        rules: ids of the rules that set this ceiling.
        start, end: instants of the platform's clock.
        most, per: the ceiling, `most` in `per`.
        answered, abandoned: measured from `start` to now.
    """

    period: str
    rules: tuple[str, ...]
    start: datetime
    end: datetime
    most: int
    per: int
    answered: int
    abandoned: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastAsked:
    """What a forecast is made of.

    Attributes:
        observed: the campaign, with its live pacing and rules.
        wanted: the pacing that is in question, whole.
        history: what was measured, by minute, up to now.
        periods: the legal periods that are running, with what was measured in each.
        max_calls: the fewest lines that anything else allows, None where nothing does.
    """

    observed: Observed
    wanted: Pacing
    history: Statistics
    periods: tuple[LegalPeriod, ...]
    max_calls: int | None = None


class Forecaster(Protocol):
    """Who tells what a change of pacing is expected to do; computes, and asks nobody."""

    def forecast(self, asked: ForecastAsked) -> Projection | NoProjection:
        """Return the projection, or why there is none; the same question has the same answer."""
        ...
