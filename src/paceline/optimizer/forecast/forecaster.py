"""What a change of pacing is expected to do: days of the simulator, made of what was measured, with either pacing.

1. The minutes that the platform measured make a day, and say how days differ (`measured_day`).
2. The live pacing must give what was measured; if not, a factor brings it there (`fit`).
3. Both pacings are played on the same calls until abandonment is narrow enough, or the days are used up. Days and
   widths decide, never the time it takes: the same question has the same answer.
4. Effects carry the chance of the days and how little is known of the answer rate (`effect`); days until the
   end of each legal period give the chance that it ends above its ceiling (`risk`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from paceline.campaign.forecast import Effect, Fit, NoProjection, PeriodRisk, Projection
from paceline.campaign.forecaster import Curve, Dot, ForecastAsked, LegalPeriod
from paceline.optimizer.forecast.assumed import assumptions
from paceline.optimizer.forecast.best import best_utilisation, strictest
from paceline.optimizer.forecast.effect import (
    Curves,
    Ratio,
    chance_of_difference,
    difference_of,
    effect_of,
    ratios_of,
)
from paceline.optimizer.forecast.fit import model_of
from paceline.optimizer.forecast.play import DaysPlayed, live_boldness, spread_days, wanted_boldness
from paceline.optimizer.forecast.risk import Tallies, risk_of
from paceline.primitives.clock import computed_ns
from paceline.simulation.errors import SimulationError
from paceline.twin.boldness import Boldness
from paceline.twin.measured.day import MeasuredDay, measured_day

NARROW = 0.001
"""Half of the 95 % interval of abandonment, from the chance of the days, with which the playing ends."""
MOST_DIALS = 4_000_000
"""About how many dials are played for each pacing at most: a second of processor time."""
FEWEST_DAYS, MOST_DAYS, STEP = 32, 128, 32
_FEWEST_OF_MANY_AGENTS = 16
AIMS = tuple(Decimal(number) * Decimal("0.0025") for number in range(13))
"""Aims of a curve."""
_ONE_DAY = timedelta(days=1)
_FEWEST_AGAIN, _MOST_AGAIN = 6, 24
"""Days of which one is played more than twice: for the fit, and for a curve."""
NO_WAY = 0.001
"""Distance from the optimum, in utilisation, below which no share of it is told."""


class SimulatedForecaster:
    """Forecasts by playing days."""

    def forecast(self, asked: ForecastAsked) -> Projection | NoProjection:
        """Return the projection, or why there is none; the same question has the same answer."""
        began = computed_ns()
        measured = measured_day(asked.history, asked.observed.schedule, asked.paced_since)
        if isinstance(measured, NoProjection):
            return measured
        try:
            found = _projection(asked, measured)
        except SimulationError as impossible:
            return NoProjection(why=f"what was measured cannot be played: {impossible}")
        return replace(found, cpu_s=(computed_ns() - began) / 1e9)

    def curve(self, asked: ForecastAsked) -> Curve | NoProjection:
        """Return what can be had with aims from nothing to the highest, all else as wanted, or why nobody can tell."""
        measured = measured_day(asked.history, asked.observed.schedule, asked.paced_since)
        if isinstance(measured, NoProjection):
            return measured
        try:
            return _curve(asked, measured)
        except SimulationError as impossible:
            return NoProjection(why=f"what was measured cannot be played: {impossible}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Played:
    """Two pacings on the same days, what they come to, and the curves through them; `now` where one is live."""

    curves: Curves
    then: DaysPlayed
    then_ratios: dict[str, Ratio]
    now: DaysPlayed | None
    now_ratios: dict[str, Ratio] | None

    @property
    def width(self) -> float:
        """Return the widest half interval of abandonment, from the chance of the days."""
        found = [self.then_ratios["abandonment"].chance]
        if self.now_ratios is not None:
            found.append(self.now_ratios["abandonment"].chance)
            found.append(chance_of_difference(self.then_ratios["abandonment"], self.now_ratios["abandonment"]))
        return max(found)


def _projection(asked: ForecastAsked, measured: MeasuredDay) -> Projection:
    seed, agents = seed_of(asked), measured.scenario.agents
    live, fit = live_boldness(asked, agents), None
    if live is not None:
        measured, fit = model_of(measured, live, seed=seed, days=_days_again(measured))
    scale = 1.0 if fit is None else fit.scale
    played = _play(measured, live, wanted_boldness(asked, agents), scale=scale, seed=seed)
    then = effect_of(played.then_ratios, float(played.then.answered.sum()))
    now, difference = None, None
    if played.now is not None and played.now_ratios is not None:
        now = effect_of(played.now_ratios, float(played.now.answered.sum()))
        difference = difference_of(played.then_ratios, played.now_ratios)
    optimum = best_utilisation(measured, strictest(asked.periods))
    return Projection(
        now=now,
        then=then,
        difference=difference,
        risks=_risks(asked, measured, played, seed),
        optimum=optimum,
        gap_closed=_gap_closed(now, then, optimum),
        fit=fit,
        agents=measured.roster.mean_agents,
        agents_seen=measured.roster.span,
        days=played.then.days,
        seed=seed,
        measured_since=measured.since,
        measured_until=measured.until,
        measured_answer_rate=measured.answer_rate,
        measured_handle_s=measured.handle_s,
        ring_s=measured.scenario.answer.ring_answered.mean_s,
        ring_unanswered_s=measured.scenario.answer.ring_unanswered.mean_s,
        assumed=assumptions(asked, measured, fit),
        cpu_s=0.0,
    )


def _play(measured: MeasuredDay, live: Boldness | None, wanted: Boldness, *, scale: float, seed: int) -> _Played:
    """Play both pacings until abandonment is narrow enough, or the days are used up."""
    logs = spread_days(measured.rates)
    scenario = measured.with_days(logs)
    then = DaysPlayed(wanted.scaled(scale).on(scenario), seed)
    now = None if live is None else DaysPlayed(live.scaled(scale).on(scenario), seed)
    most = _most_days(measured)
    days = min(FEWEST_DAYS, most)
    while True:
        found = _played_to(days, then, now, logs=logs, measured=measured)
        if found.width <= NARROW or days >= most:
            return found
        days = min(days + STEP, most)


def _played_to(
    days: int, then: DaysPlayed, now: DaysPlayed | None, *, logs: tuple[float, ...], measured: MeasuredDay
) -> _Played:
    import numpy as np

    then.grow(days)
    if now is not None:
        now.grow(days)
    curves = Curves(np.array(logs[:days]), measured.rates)
    now_ratios = None if now is None else ratios_of(now, curves)
    return _Played(curves=curves, then=then, then_ratios=ratios_of(then, curves), now=now, now_ratios=now_ratios)


def _most_days(measured: MeasuredDay) -> int:
    """Return how many days are played at most: fewer where a day has many calls."""
    return min(max(int(MOST_DIALS / measured.dials_a_day), _FEWEST_OF_MANY_AGENTS), MOST_DAYS)


def _days_again(measured: MeasuredDay) -> int:
    """Return how many days are played where that is done for many values."""
    return min(max(int(MOST_DIALS / len(AIMS) / measured.dials_a_day), _FEWEST_AGAIN), _MOST_AGAIN)


def _risks(asked: ForecastAsked, measured: MeasuredDay, played: _Played, seed: int) -> tuple[PeriodRisk, ...]:
    logs = spread_days(measured.rates)
    now = None if played.now is None else _tallies(played.now, played.curves, logs)
    then = _tallies(played.then, played.curves, logs)
    return tuple(
        risk_of(period, _days_left(period, measured), measured.rates, now=now, then=then, seed=seed)
        for period in asked.periods
    )


def _days_left(period: LegalPeriod, measured: MeasuredDay) -> float:
    """Return the days of dialing until a period ends; of one that is over within a day, at least the fullest day.

    Such a period comes again and again: that it is night now, or Sunday tomorrow, makes none of them lawful.
    """
    left = measured.week.left_until(period.end)
    return max(left, *measured.week.days) if period.end - period.start <= _ONE_DAY else left


def _tallies(played: DaysPlayed, curves: Curves, logs: tuple[float, ...]) -> Tallies:
    import numpy as np

    return Tallies(
        logs=np.array(logs[: played.days]),
        answered=played.answered,
        abandoned=played.abandoned,
        answered_rest=curves.residuals(played.answered),
        abandoned_rest=curves.residuals(played.abandoned),
    )


def _gap_closed(now: Effect | None, then: Effect, optimum: float | None) -> float | None:
    """Return the share of the way from the live utilisation to the optimum; None where there is no way to go."""
    if now is None or optimum is None or optimum - now.utilisation.mean <= NO_WAY:
        return None
    return (then.utilisation.mean - now.utilisation.mean) / (optimum - now.utilisation.mean)


def _curve(asked: ForecastAsked, measured: MeasuredDay) -> Curve:
    import numpy as np

    seed, agents = seed_of(asked), measured.scenario.agents
    live = live_boldness(asked, agents)
    fit: Fit | None = None
    if live is not None:
        measured, fit = model_of(measured, live, seed=seed, days=_days_again(measured))
    logs = spread_days(measured.rates)
    scenario, days = measured.with_days(logs), _days_again(measured)
    curves = Curves(np.array(logs[:days]), measured.rates)
    dots = []
    for aim in AIMS:
        pacing = replace(asked.wanted, abandonment_aim=aim)
        boldness = wanted_boldness(replace(asked, wanted=pacing), agents).scaled(1.0 if fit is None else fit.scale)
        played = DaysPlayed(boldness.on(scenario), seed)
        played.grow(days)
        dots.append(Dot(pacing=pacing, effect=effect_of(ratios_of(played, curves), float(played.answered.sum()))))
    return Curve(dots=tuple(dots), optimum=best_utilisation(measured, strictest(asked.periods)), days=days)


def seed_of(asked: ForecastAsked) -> int:
    """Return the seed that belongs to a campaign and what was measured of it: every pacing meets the same calls.

    It is below 2^48, so that every reader of JSON reads it whole.
    """
    parts: Iterable[object] = (asked.observed.campaign, asked.history.at.isoformat(), asked.history.tally)
    return int.from_bytes(hashlib.sha256(repr((*parts,)).encode()).digest()[:6], "big")
