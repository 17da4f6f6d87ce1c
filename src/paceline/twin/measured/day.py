"""A campaign's day for the simulator, made of the minutes that its platform measured; and why none can be made."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import datetime

from paceline.campaign.blocks import Schedule
from paceline.campaign.forecast import Between, NoProjection
from paceline.campaign.statistics import Statistics, Tally
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.scenario import Answer, Patience, Run, Scenario, Unanswered
from paceline.twin.measured.answers import DayRates, by_time, day_rates
from paceline.twin.measured.clock import Roster, instant_of_minute, minute_of, minutes_of, roster_of
from paceline.twin.measured.week import Week, week_of

FEWEST_MINUTES = 120
"""Minutes with agents below which nothing is projected."""
FEWEST_ANSWERS = 300
"""Answers below which nothing is projected."""
RING = Duration(family=Family.LOGNORMAL, mean_s=10.0, cv=0.4)
"""Ringing of a dial that a person or a machine answers: no platform tells it."""
RING_UNANSWERED_S = 25.0
"""Ringing of a dial that nobody answers, seconds."""
_BUSY_S = 2.0
_PATIENCE_S = 2.0
_TALK_CV, _WRAP_CV = 1.0, 0.6
_SHORTEST_WRAP_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredDay:
    """What was measured, as a day of the simulator without a pacing.

    Attributes:
        scenario: the day; its answer rate is that of all days together.
        roster: who is there.
        week: how much of it each weekday has.
        rates: how the answer rate differs from day to day.
        total: everything that was counted.
        days: counts of each measured day, by its number.
        paced: the same since the live pacing is live; None where nobody knows since when.
        since, until: the first and the end of the last minute in which somebody was there or something dialed.
    """

    scenario: Scenario
    roster: Roster
    week: Week
    rates: DayRates
    total: Tally
    days: tuple[tuple[int, Tally], ...]
    paced: tuple[tuple[int, Tally], ...] | None
    since: datetime
    until: datetime

    @property
    def handle_s(self) -> float:
        """Return mean talk and wrap-up of a call that reached an agent, seconds."""
        return (self.total.talk_s + self.total.wrap_s) / (self.total.connects - self.total.abandons)

    @property
    def answer_rate(self) -> Between:
        """Return the share of dials that a person answered, with where a day of it may lie."""
        mean, factor = self.scenario.answer.probability, math.exp(self.rates.of_a_day)
        return Between(mean=mean, low=mean / factor, high=min(1.0, mean * factor))

    @property
    def dials_a_day(self) -> float:
        """Return about how many dials keep everybody busy for a day."""
        return self.roster.agent_hours * 3600.0 / self.handle_s / self.scenario.answer.probability

    def with_rings(self, factor: float) -> MeasuredDay:
        """Return it with all rings so many times as long."""
        answer, rest = self.scenario.answer, self.scenario.unanswered
        longer = replace(
            answer,
            ring_answered=replace(answer.ring_answered, mean_s=answer.ring_answered.mean_s * factor),
            ring_unanswered=replace(answer.ring_unanswered, mean_s=answer.ring_unanswered.mean_s * factor),
        )
        others = replace(rest, machine_ring=longer.ring_answered)
        return replace(self, scenario=replace(self.scenario, answer=longer, unanswered=others))

    def with_days(self, logs: tuple[float, ...]) -> Scenario:
        """Return the scenario with days whose answer rates differ by these logarithms."""
        factors = tuple(min(math.exp(one), 15.0) for one in logs)
        return replace(self.scenario, answer=replace(self.scenario.answer, by_day=factors))


def measured_day(
    history: Statistics, schedule: Schedule | None, paced_since: datetime | None = None
) -> MeasuredDay | NoProjection:
    """Return the day that the measured minutes make, or what is missing.

    Args:
        history: by minute.
        schedule: of the campaign; None where it has none.
        paced_since: since when the live pacing is live; None where nobody knows.
    """
    minutes = minutes_of(history.minutes, history.at)
    total = minutes.total()
    missing = _missing(history, total, int((minutes.staffed > 0).sum()))
    if missing is not None:
        return missing
    roster = roster_of(minutes)
    if roster is None:
        return NoProjection(why="nobody was there for a whole quarter of an hour")
    factors = by_time(minutes, roster)
    scenario = _scenario(total, roster, factors)
    return MeasuredDay(
        scenario=scenario,
        roster=roster,
        week=week_of(minutes, roster, schedule),
        rates=day_rates(minutes, roster, factors),
        total=total,
        days=minutes.by_day(),
        paced=None if paced_since is None else minutes.by_day(minute_of(paced_since)),
        since=instant_of_minute(int(minutes.when[0])),
        until=min(instant_of_minute(int(minutes.when[-1]) + 1), history.at),
    )


def _missing(history: Statistics, total: Tally, staffed_min: int) -> NoProjection | None:
    connected = total.connects - total.abandons
    absurd = _absurd(total, history.minutes)
    if absurd is not None:
        return NoProjection(why=f"what the platform measured contradicts itself: {absurd}")
    if not staffed_min or not total.dials:
        return NoProjection(why=f"nothing was measured of campaign {history.campaign}")
    if staffed_min < FEWEST_MINUTES:
        left = FEWEST_MINUTES - staffed_min
        why = f"{staffed_min} minutes with agents were measured, and {FEWEST_MINUTES} are needed: {left} more"
        return NoProjection(why=why)
    if total.connects < FEWEST_ANSWERS:
        more = FEWEST_ANSWERS - total.connects
        hours = math.ceil(more / max(total.connects, 1) * staffed_min / 60)
        span = f"about {hours} more hours with agents at this rate" if total.connects else "nobody answered yet"
        why = f"{total.connects} answers were measured, and {FEWEST_ANSWERS} are needed: {span}"
        return NoProjection(why=why)
    if connected <= 0:
        return NoProjection(why="no agent talked to anybody")
    if total.talk_s + total.wrap_s <= 0:
        return NoProjection(why="the platform tells no talk time")
    return None


def _absurd(total: Tally, minutes: tuple[tuple[datetime, Tally], ...]) -> str | None:
    """Return in words why counts can be none of a dialer; None where they can."""
    if any(getattr(tally, name) < 0 for _, tally in minutes for name in Tally.__slots__):
        return "a count is below 0"
    if total.connects > total.dials > 0:
        return f"{total.connects} answers of {total.dials} dials"
    if total.abandons > total.connects:
        return f"{total.abandons} abandoned of {total.connects} answers"
    return None


def _scenario(total: Tally, roster: Roster, factors: tuple[float, ...]) -> Scenario:
    connected = total.connects - total.abandons
    wrap_s = total.wrap_s / connected
    others = max(total.machines + total.busies + total.no_answers, 1)
    return Scenario(
        agents=max(roster.agents),
        talk=Duration(family=Family.LOGNORMAL, mean_s=max(total.talk_s / connected, 1.0), cv=_TALK_CV),
        wrap=Duration(family=Family.LOGNORMAL, mean_s=wrap_s, cv=_WRAP_CV) if wrap_s >= _SHORTEST_WRAP_S else None,
        answer=Answer(
            probability=min(total.connects / total.dials, 1.0),
            ring_answered=RING,
            ring_unanswered=Duration(family=Family.DETERMINISTIC, mean_s=RING_UNANSWERED_S),
            by_time=factors,
        ),
        unanswered=Unanswered(
            machine=total.machines / others, busy=total.busies / others, machine_ring=RING, busy_s=_BUSY_S
        ),
        patience=Patience(seconds=_PATIENCE_S),
        shifts=roster.shifts(),
        run=Run(hours_per_day=roster.hours),
    )
