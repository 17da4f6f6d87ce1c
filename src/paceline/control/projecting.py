"""What a change of pacing is expected to do, asked for the survey: from what the platform measured, by the forecaster.

Rules:
* Only what loosens is projected: a change that can only lower abandonment waits for nobody's computing.
* What was certified once, and is stepped within by the supervisor, is not projected again.
* What was measured is taken for the live pacing's from when that, with the dialing rules that are live, was first seen
  in the place of another; where nobody saw another, nobody knows since when it is live.
* A legal period that ends at this moment says nothing of what is to come: the one that begins is projected.
* Whatever is missing, or fails, is told as the reason why there is no projection; whoever judges takes that for the
  worst.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from paceline.campaign.blocks import DialingRules, Pacing
from paceline.campaign.change import Lane
from paceline.campaign.forecast import Forecast, NoProjection, Projection, WithinEnvelope
from paceline.campaign.forecaster import Curve, ForecastAsked, Forecaster, LegalPeriod
from paceline.campaign.observed import Ability, Observed, Situation
from paceline.campaign.ports import Platform
from paceline.campaign.statistics import Statistics
from paceline.compliance.rule import Period
from paceline.control.allowance import BLOCK, DAY, Allowance
from paceline.ledger.readings import Readings
from paceline.primitives.ids import CampaignId, EntryId

_Made = TypeVar("_Made", Projection | NoProjection, Curve | NoProjection)
LOOKED_BACK = timedelta(days=14)
"""How far back is looked for what was measured: two of each weekday."""
_TOLD = 200
"""So many characters of a failure are told."""


class Envelopes(Protocol):
    """Who knows which pacings were certified once, for campaigns that are supervised."""

    def covers(self, campaign: CampaignId, wanted: Pacing) -> EntryId | None:
        """Return the entry that certified bounds which this pacing keeps; None where there is none."""
        ...


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

    def forecast(
        self, situation: Situation, wanted: Pacing, *, rules: DialingRules | None = None, lane: Lane = Lane.READING
    ) -> Forecast:
        """Return what this whole pacing is expected to do in a situation that holds the law and the facts.

        Args:
            situation: that of the campaign.
            wanted: the pacing, sound.
            rules: the dialing rules that go with it, where the change is of them; what was certified before was
                certified for others.
            lane: of what is asked.

        Raises:
            PlatformError: what was measured cannot be asked now.
        """
        entry = None if rules is not None else self._envelopes.covers(situation.observed.campaign, wanted)
        if entry is not None:
            return WithinEnvelope(entry=entry)
        asked = self.asked(situation, wanted, lane=lane)
        if isinstance(asked, NoProjection):
            return asked
        if rules is not None:
            # What a brake held down before is no proof of how gently the same pacing dials without it.
            asked = replace(asked, rules=rules, paced_since=None)
        return _computed(lambda: self._forecaster().forecast(asked))

    def forecasts(
        self, situation: Situation, wanted: Sequence[Pacing], *, lane: Lane = Lane.READING
    ) -> list[Projection | NoProjection]:
        """Return what each of several pacings is expected to do, from one look at what was measured: on the same calls.

        Args:
            situation: that of the campaign, with the law and the facts.
            wanted: the pacings, whole and sound; at least one.
            lane: of what is asked.

        Raises:
            PlatformError: what was measured cannot be asked now.
        """
        asked = self.asked(situation, wanted[0], lane=lane)
        if isinstance(asked, NoProjection):
            return [asked for _ in wanted]
        forecaster = self._forecaster()
        return [_computed(partial(forecaster.forecast, replace(asked, wanted=one))) for one in wanted]

    def curve(self, situation: Situation, wanted: Pacing, *, lane: Lane = Lane.READING) -> Curve | NoProjection:
        """Return what can be had with other aims, all else as wanted, in a situation that holds the law and the facts.

        Raises:
            PlatformError: what was measured cannot be asked now.
        """
        asked = self.asked(situation, wanted, lane=lane)
        return asked if isinstance(asked, NoProjection) else _computed(lambda: self._forecaster().curve(asked))

    def asked(self, situation: Situation, wanted: Pacing, *, lane: Lane = Lane.READING) -> ForecastAsked | NoProjection:
        """Return what a forecast is made of, for whoever computes another thing from it, or why there is nothing.

        Raises:
            PlatformError: what was measured cannot be asked now.
        """
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
            periods=tuple(to_come(one, observed.at, history) for one in periods),
            max_calls=_fewest_calls(observed, situation),
            paced_since=self._paced_since(observed),
        )

    def _paced_since(self, observed: Observed) -> datetime | None:
        """Return when the live pacing was first seen in the place of another, or of other rules; None if unseen."""
        told = [self._platform.block(observed, aspect) or {} for aspect in ("pacing", "dialing", "weights")]
        names = {name for block in told for name in block}
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


def to_come(period: LegalPeriod, at: datetime, history: Statistics) -> LegalPeriod:
    """Return the legal period that a change can still breach: one that ends now is told as the one that begins.

    24 hours that slide end now at any time: what the next ones come to is the question. A block whose beginning nobody
    told is counted from the first dial of what was measured where that holds all of it, else from as long ago as was
    looked back: it can end no later.

    Args:
        period: with what was measured in it.
        at: when that was.
        history: what was measured by minute.
    """
    if period.end > at:
        return period
    if period.period == Period.DAY.value:
        return replace(period, start=at, end=at + DAY, answered=0, abandoned=0)
    dialed = next((begin for begin, tally in history.minutes if tally.dials), None)
    is_whole = dialed is not None and period.answered <= history.tally.connects
    start = dialed if is_whole and dialed is not None else at - LOOKED_BACK
    return replace(period, start=start, end=start + BLOCK)


def _computed(compute: Callable[[], _Made]) -> _Made | NoProjection:
    """Return what was computed; whatever fails in it is the reason why there is no projection, and nothing worse."""
    try:
        return compute()
    except Exception as error:  # noqa: BLE001  # whoever judges takes it for the worst, and the entry tells what it was
        told = f"{type(error).__name__}: {error}"[:_TOLD]
        return NoProjection(why=f"it could not be computed from what was measured ({told})")


def _fewest_calls(observed: Observed, situation: Situation) -> int | None:
    schedule = observed.schedule
    told = [situation.circumstances.limits.max_calls, None if schedule is None else schedule.max_calls]
    return min((limit for limit in told if limit is not None), default=None)
