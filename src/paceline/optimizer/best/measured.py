"""A campaign as it was measured, as a scenario to find the best pacing for: the same model that forecasts are made of.

The days of this scenario all answer as the measured ones on average, so that their certificate is of such days; that
days differ is in the forecast of what is found, by which it is judged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from paceline.campaign.blocks import Pacing
from paceline.campaign.forecast import NoProjection
from paceline.campaign.forecaster import ForecastAsked, LegalPeriod
from paceline.optimizer.best.settings import Terms
from paceline.optimizer.forecast.assumed import assumptions
from paceline.optimizer.forecast.best import strictest
from paceline.optimizer.forecast.fit import fit_of
from paceline.optimizer.forecast.forecaster import seed_of
from paceline.optimizer.forecast.play import live_boldness, wanted_boldness
from paceline.simulation.checks import check_scenario
from paceline.simulation.errors import SimulationError
from paceline.simulation.scenario import Lines, Scenario, Window
from paceline.twin.measured.day import measured_day

_FIT_DAYS = 24
_ALL_ALIKE = "the days of the certificate all answer as the measured ones on average; the forecast has days that differ"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredScenario:
    """What was measured, as a scenario without a pacing.

    Attributes:
        scenario: its limit is the strictest ceiling that binds, its window that ceiling's.
        terms: of the contract's pacing, what is not tuned: as it is live.
        seed: belongs to what was measured.
        since, until: what it was made of.
        fits: whether the model gives what was measured with the live pacing; None where that is not known.
        assumed: what could not be measured, and what was taken for it, in words.
    """

    scenario: Scenario
    terms: Terms
    seed: int
    since: datetime
    until: datetime
    fits: bool | None
    assumed: tuple[str, ...]


def measured_scenario(asked: ForecastAsked) -> MeasuredScenario | NoProjection:
    """Return the scenario that measured minutes make, or why none can be made.

    Args:
        asked: what a forecast is made of; its pacing tells the lines, the interval and the warm-up.
    """
    measured = measured_day(asked.history, asked.observed.schedule, asked.paced_since)
    if isinstance(measured, NoProjection):
        return measured
    agents, seed = measured.scenario.agents, seed_of(asked)
    live, wanted = live_boldness(asked, agents), wanted_boldness(asked, agents)
    try:
        fit = None if live is None else fit_of(measured, live, seed=seed, days=_FIT_DAYS)
        scenario = check_scenario(
            replace(
                measured.scenario,
                lines=Lines(cap=wanted.cap, calls_per_s=wanted.calls_per_s),
                limit=strictest(asked.periods),
                window=_window(asked.periods),
            )
        )
    except SimulationError as impossible:
        return NoProjection(why=f"what was measured cannot be played: {impossible}")
    return MeasuredScenario(
        scenario=scenario,
        terms=_terms(asked.wanted, 1.0 if fit is None else fit.scale),
        seed=seed,
        since=measured.since,
        until=measured.until,
        fits=None if fit is None else fit.holds,
        assumed=(*assumptions(asked, measured, fit), _ALL_ALIKE),
    )


def _terms(wanted: Pacing, scale: float) -> Terms:
    return Terms(
        max_calls=wanted.max_calls,
        call_interval_ms=wanted.call_interval_ms,
        warm_up_s=wanted.warm_up_s,
        scale=scale,
    )


def _window(periods: tuple[LegalPeriod, ...]) -> Window | None:
    """Return the shortest window of the periods: a day where one of them is 24 hours; None where no law sets one."""
    if not periods:
        return None
    return Window.DAY if any((one.end - one.start).days <= 1 for one in periods) else Window.MONTH
