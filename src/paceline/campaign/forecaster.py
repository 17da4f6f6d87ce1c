"""What we ask of whoever forecasts: what a change of pacing is expected to do, from what was measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from paceline.campaign.blocks import DialingRules, Pacing
from paceline.campaign.forecast import Effect, NoProjection, Projection
from paceline.campaign.observed import Observed
from paceline.campaign.statistics import Statistics
from paceline.primitives.canonical import Json


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
        rules: the dialing rules that go with the wanted pacing; None where they stay as they are.
        paced_since: since when the live pacing is live, by the platform's clock; None where nobody knows. Without it
            the model is never made gentler than the parameters read: what was measured may be of a gentler pacing.
    """

    observed: Observed
    wanted: Pacing
    history: Statistics
    periods: tuple[LegalPeriod, ...]
    max_calls: int | None = None
    rules: DialingRules | None = None
    paced_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """One point of a curve: a pacing, and what it comes to on the days it was played on."""

    pacing: Pacing
    effect: Effect

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it; the pacing by what differs along the curve."""
        return {
            "answer_rate": float(self.pacing.answer_rate),
            "abandonment_aim": float(self.pacing.abandonment_aim),
            "max_calls": self.pacing.max_calls,
            **self.effect.document(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """What can be had: the pacings along an aim that rises, each played on the same calls.

    Attributes:
        dots: by the aim, the lowest first.
        optimum: the highest utilisation that any policy can have at the ceiling, a fraction; None where unknown.
        days: how many days each was played.
    """

    dots: tuple[Dot, ...]
    optimum: float | None
    days: int

    def document(self) -> dict[str, Json]:
        """Return it as JSON shows it."""
        return {"dots": [one.document() for one in self.dots], "optimum": self.optimum, "days": self.days}


class Forecaster(Protocol):
    """Who tells what a change of pacing is expected to do; computes, and asks nobody."""

    def forecast(self, asked: ForecastAsked) -> Projection | NoProjection:
        """Return the projection, or why there is none; the same question has the same answer."""
        ...

    def curve(self, asked: ForecastAsked) -> Curve | NoProjection:
        """Return what can be had with aims from nothing to the highest, all else as wanted, or why nobody can tell."""
        ...
