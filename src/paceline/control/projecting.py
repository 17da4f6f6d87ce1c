"""What a change of pacing is expected to do, asked for the survey: from what the platform measured, by the forecaster.

Rules:
* Only what loosens is projected: a change that can only lower abandonment waits for nobody's computing.
* What was certified once, and is stepped within by the supervisor, is not projected again.
* What was measured is taken for the live pacing's from when that was first seen in the place of another; where nobody
  saw another, nobody knows since when it is live.
* Whatever is missing is told as the reason why there is no projection; whoever judges takes that for the worst.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from paceline.campaign.blocks import Pacing
from paceline.campaign.change import Lane
from paceline.campaign.forecast import Forecast, NoProjection, WithinEnvelope
from paceline.campaign.forecaster import Curve, ForecastAsked, Forecaster, LegalPeriod
from paceline.campaign.observed import Ability, Observed, Situation
from paceline.campaign.ports import Platform
from paceline.control.allowance import Allowance
from paceline.ledger.readings import Readings
from paceline.primitives.ids import CampaignId, EntryId

LOOKED_BACK = timedelta(days=14)
"""How far back is looked for what was measured: two of each weekday."""


class Envelopes(Protocol):
    """Who knows which pacings were certified once, for campaigns that are supervised."""

    def covers(self, campaign: CampaignId, wanted: Pacing) -> EntryId | None:
        """Return the entry that certified bounds which this pacing keeps; None where there is none."""
        ...


class NoEnvelopes:
    """Nothing was certified."""

    def covers(self, campaign: CampaignId, wanted: Pacing) -> EntryId | None:  # noqa: ARG002  # as the protocol has it
        """Return None."""
        return None


class Projecting:
    """Asks for what a forecast needs, and makes it."""

    def __init__(
        self,
        platform: Platform,
        allowance: Allowance,
        *,
        readings: Readings,
        forecaster: Callable[[], Forecaster],
        envelopes: Envelopes,
    ) -> None:
        """Ask these; `readings` tell what was seen before.

        `forecaster` is called when something has to be projected, for it is heavy to load.
        """
        self._platform = platform
        self._allowance = allowance
        self._readings = readings
        self._forecaster = forecaster
        self._envelopes = envelopes

    def forecast(self, situation: Situation, wanted: Pacing, *, lane: Lane = Lane.READING) -> Forecast:
        """Return what this whole pacing is expected to do in a situation that holds the law and the facts.

        Raises:
            PlatformError: what was measured cannot be asked now.
        """
        entry = self._envelopes.covers(situation.observed.campaign, wanted)
        if entry is not None:
            return WithinEnvelope(entry=entry)
        asked = self._asked(situation, wanted, lane)
        return asked if isinstance(asked, NoProjection) else self._forecaster().forecast(asked)

    def curve(self, situation: Situation, wanted: Pacing, *, lane: Lane = Lane.READING) -> Curve | NoProjection:
        """Return what can be had with other aims, all else as wanted, in a situation that holds the law and the facts.

        Raises:
            PlatformError: what was measured cannot be asked now.
        """
        asked = self._asked(situation, wanted, lane)
        return asked if isinstance(asked, NoProjection) else self._forecaster().curve(asked)

    def asked(self, situation: Situation, wanted: Pacing, *, lane: Lane = Lane.READING) -> ForecastAsked | NoProjection:
        """Return what a forecast is made of, for whoever computes another thing from it, or why there is nothing.

        Raises:
            PlatformError: what was measured cannot be asked now.
        """
        return self._asked(situation, wanted, lane)

    def _asked(self, situation: Situation, wanted: Pacing, lane: Lane) -> ForecastAsked | NoProjection:
        observed = situation.observed
        if Ability.STATISTICS not in situation.abilities:
            return NoProjection(why="this platform does not tell what it measures")
        history = self._platform.measured(observed.campaign, since=observed.at - LOOKED_BACK, by_minute=True, lane=lane)
        periods = self._periods(situation, lane)
        if periods is None:
            return NoProjection(why="nobody could tell what was measured in the legal period that is running")
        return ForecastAsked(
            observed=observed,
            wanted=wanted,
            history=history,
            periods=periods,
            max_calls=_fewest_calls(observed, situation),
            paced_since=self._paced_since(observed),
        )

    def _paced_since(self, observed: Observed) -> datetime | None:
        """Return when the live pacing was first seen in the place of another; None where nobody saw another."""
        names = self._platform.block(observed, "pacing") or {}
        live, first = {name: observed.document.get(name) for name in names}, None
        for seen in reversed(self._readings.sightings(observed.campaign)):
            if {name: seen.settings.get(name) for name in names} != live:
                return first
            first = seen.first_seen
        return None

    def _periods(self, situation: Situation, lane: Lane) -> tuple[LegalPeriod, ...] | None:
        if situation.rulebook is None:
            return ()
        return self._allowance.periods(situation.observed, situation.circumstances, situation.rulebook, lane=lane)


def _fewest_calls(observed: Observed, situation: Situation) -> int | None:
    schedule = observed.schedule
    told = [situation.circumstances.limits.max_calls, None if schedule is None else schedule.max_calls]
    return min((limit for limit in told if limit is not None), default=None)
