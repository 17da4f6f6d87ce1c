"""Cases whose truth is known: a scenario, what is measured in it, and the number it must have.

The numbers come from `paceline.teletraffic` and `paceline.optimizer`, which share no code with the engines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from paceline.simulation import counters as c
from paceline.simulation.distributions import TICKS_PER_S, Duration, Family
from paceline.simulation.scenario import Answer, Pacing, Patience, Policy, Run, Scenario

Floats = npt.NDArray[np.float64]
Column = Callable[[Floats, Floats], Floats]
"""From [days, counters] of the scenario and of the one beside it to [days]."""

DAY = Run(days=1, hours_per_day=24.0, warm_up_s=4 * 3600.0)
TALK_S, RING_S, ANSWER = 180.0, 12.0, 0.3
"""Seconds of a talk and of a ring, and the answer rate, where a case does not say otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A number that a simulation must reproduce: the ratio of the sums of two columns of its days.

    Attributes:
        group: number of the group in the list of validation cases, 1 to 20.
        name: what is measured where.
        scenario: the campaign.
        above: numerators.
        below: denominators.
        exact: the truth.
        days: days of a replication; a hundred replications of so many make the half-width.
        beside: a second campaign that meets the same calls, where one is needed.
        exact_too: whether the exact engine plays it too; the others take it minutes.
    """

    group: int
    name: str
    scenario: Scenario
    above: Column
    below: Column
    exact: float
    days: int
    beside: Scenario | None = None
    exact_too: bool = True


def exponential(mean_s: float) -> Duration:
    """Return an exponential time, its mean in seconds."""
    return Duration(family=Family.EXPONENTIAL, mean_s=mean_s)


def place(number: int) -> Column:
    """Return the column of a counter."""
    return lambda rows, _: rows[:, number]


def seconds(number: int, *, per: float = 1.0) -> Column:
    """Return the column of an area or a time, in units of `per` seconds."""
    return lambda rows, _: rows[:, number] / (TICKS_PER_S * per)


def constant(number: float) -> Column:
    """Return a column of one number."""
    return lambda rows, _: np.full(len(rows), number)


def settled(rows: Floats, _: Floats) -> Floats:
    """Return the column of the answers that were connected or abandoned."""
    return np.asarray(rows[:, c.ABANDONED] + rows[:, c.CONNECTED])


def all_busy(rows: Floats, _: Floats) -> Floats:
    """Return the column of the days at whose end no agent is idle."""
    return np.asarray((rows[:, c.IDLE] == 0).astype(np.float64))


def lost(group: int, name: str, scenario: Scenario, exact: float, days: int) -> Case:
    """Return the case of the abandonment of a scenario, a fraction."""
    name = f"{name}: abandonment"
    above = place(c.ABANDONED)
    return Case(group=group, name=name, scenario=scenario, above=above, below=settled, exact=exact, days=days)


def used(group: int, name: str, scenario: Scenario, exact: float, days: int) -> Case:
    """Return the case of the utilisation of a scenario, a fraction."""
    name = f"{name}: utilisation"
    above, below = place(c.BUSY_AREA), place(c.STAFFED_AREA)
    return Case(group=group, name=name, scenario=scenario, above=above, below=below, exact=exact, days=days)


def waited(group: int, name: str, scenario: Scenario, exact_s: float, days: int) -> Case:
    """Return the case of the mean wait of the answers of a scenario, seconds."""
    name = f"{name}: wait, s"
    above, below = seconds(c.WAITING_AREA), place(c.ANSWERS)
    return Case(group=group, name=name, scenario=scenario, above=above, below=below, exact=exact_s, days=days)


def campaign(pacing: Pacing, *, agents: int, **changed: object) -> Scenario:
    """Return a campaign of exponential times without an end, in which nobody waits; fields by their names."""
    fields: dict[str, object] = {
        "agents": agents,
        "talk": exponential(TALK_S),
        "answer": Answer(probability=ANSWER, ring_answered=exponential(RING_S), ring_unanswered=exponential(RING_S)),
        "patience": Patience(seconds=0.0),
        "pacing": pacing,
        "run": DAY,
    }
    return Scenario(**{**fields, **changed})  # type: ignore[arg-type]  # fields of a scenario, by their names


def open_loop(agents: int, load: float, *, talk: Duration | None = None, **changed: object) -> Scenario:
    """Return a campaign whose answers come as a Poisson stream and offer so many erlangs; a talk lasts 60 s."""
    talk = talk or exponential(60.0)
    answer = Answer(probability=0.9, ring_answered=exponential(RING_S), ring_unanswered=exponential(RING_S))
    gap_ms = 1000 * talk.mean_s * answer.probability / load
    pacing = Pacing(policy=Policy.INTERVAL, interval_ms=gap_ms, even=False)
    return campaign(pacing, agents=agents, **{"talk": talk, "answer": answer, **changed})


def fixed(agents: int, lines: int, **changed: object) -> Scenario:
    """Return a campaign that keeps a number of lines in use: 4.5 erlangs per free line."""
    return campaign(Pacing(policy=Policy.RATIO, lines=lines), agents=agents, **changed)
