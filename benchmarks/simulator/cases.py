"""Cases whose truth is known exactly: a scenario, what is measured in it, and the number it must have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from paceline.optimizer.chain import Instance, evaluate_table, lines_per_idle
from paceline.optimizer.optimum import solve_optimum
from paceline.simulation import counters as c
from paceline.simulation.distributions import TICKS_PER_S, Duration, Family
from paceline.simulation.scenario import (
    Answer,
    Detection,
    Pacing,
    Patience,
    Policy,
    Records,
    Run,
    Scenario,
    Unanswered,
)
from paceline.teletraffic.abandonment import erlang_a, wait_window
from paceline.teletraffic.attempts import dials_per_record, mixed_dials_per_record, mixed_reach, reach
from paceline.teletraffic.engset import fixed_lines
from paceline.teletraffic.erlang import erlang_b, mean_wait_s
from paceline.teletraffic.progressive import utilisation_progressive
from paceline.teletraffic.queue_mg1 import mean_wait_mg1_s
from paceline.teletraffic.ringing import mean_ring_s

Column = Callable[[np.ndarray], np.ndarray]
DAY = Run(days=1, hours_per_day=24.0, warm_up_s=4 * 3600.0)
ENDLESS = float("inf")
RECORDS = 2000


def exponential(mean_s: float) -> Duration:
    """Return an exponential time."""
    return Duration(family=Family.EXPONENTIAL, mean_s=mean_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A number that a simulation must reproduce: the ratio of the sums of two columns of its days.

    Attributes:
        group: number of the group in dialer-science 3.6.
        name: what is measured where.
        scenario: the campaign.
        above: [days, counters] to [days] numerators.
        below: the same, denominators.
        exact: the truth.
    """

    group: int
    name: str
    scenario: Scenario
    above: Column
    below: Column
    exact: float


def place(number: int) -> Column:
    """Return the column of a counter."""
    return lambda rows: rows[:, number]


def constant(number: float) -> Column:
    """Return a column of one number."""
    return lambda rows: np.full(len(rows), number)


def lost(scenario: Scenario, name: str, group: int, exact: float) -> Case:
    """Return the case of the abandonment of a scenario."""
    settled = lambda rows: rows[:, c.ABANDONED] + rows[:, c.CONNECTED]  # noqa: E731 - a column in one line
    return Case(
        group=group,
        name=f"{name}: abandonment",
        scenario=scenario,
        above=place(c.ABANDONED),
        below=settled,
        exact=exact,
    )


def used(scenario: Scenario, name: str, group: int, exact: float) -> Case:
    """Return the case of the utilisation of a scenario."""
    return Case(
        group=group,
        name=f"{name}: utilisation",
        scenario=scenario,
        above=place(c.BUSY_AREA),
        below=place(c.STAFFED_AREA),
        exact=exact,
    )


def waited(scenario: Scenario, name: str, group: int, exact_s: float) -> Case:
    """Return the case of the mean wait of the answers of a scenario, in seconds."""
    seconds = lambda rows: rows[:, c.WAITING_AREA] / TICKS_PER_S  # noqa: E731 - a column in one line
    return Case(
        group=group, name=f"{name}: wait", scenario=scenario, above=seconds, below=place(c.ANSWERS), exact=exact_s
    )


def dialer(pacing: Pacing, *, agents: int, ring_s: float = 12.0, **changed: object) -> Scenario:
    """Return a campaign of exponential times, talk 180 s, answered 3 in 10, nobody waits, without an end."""
    fields: dict[str, object] = {
        "agents": agents,
        "talk": exponential(180.0),
        "answer": Answer(probability=0.3, ring_answered=exponential(ring_s), ring_unanswered=exponential(ring_s)),
        "patience": Patience(seconds=0.0),
        "pacing": pacing,
        "run": DAY,
    }
    return Scenario(**{**fields, **changed})  # type: ignore[arg-type]  # fields of a scenario, by their names


def open_loop(agents: int, load: float, *, talk: Duration | None = None, **changed: object) -> Scenario:
    """Return a campaign whose answers come as a Poisson stream with so much load."""
    talk = talk or exponential(60.0)
    pacing = Pacing(policy=Policy.INTERVAL, interval_ms=1000 * talk.mean_s * 0.3 / load, even=False)
    return dialer(pacing, agents=agents, talk=talk, **changed)


def fixed(agents: int, lines: int, *, talk: Duration | None = None, **changed: object) -> Scenario:
    """Return a campaign with a fixed number of lines, 4.5 erlangs per free line."""
    return dialer(Pacing(policy=Policy.RATIO, lines=lines), agents=agents, talk=talk or exponential(180.0), **changed)


def all_cases() -> list[Case]:
    """Return every case."""
    return [
        *erlang_cases(),
        *waiting_cases(),
        *engset_cases(),
        *insensitive_cases(),
        *chain_cases(),
        *optimum_cases(),
        *list_cases(),
        *other_cases(),
    ]


def erlang_cases() -> Iterator[Case]:
    """Yield group 1: nobody waits."""
    for agents, load in ((1, 1.0), (2, 1.0), (5, 3.0), (10, 5.0), (50, 40.0), (100, 90.0)):
        yield lost(open_loop(agents, load), f"Erlang B ({agents}, {load:g})", 1, erlang_b(agents, load))


def waiting_cases() -> Iterator[Case]:
    """Yield groups 2 to 6: who waits, without end, impatiently, or for a constant time."""
    for agents, load in ((1, 0.5), (2, 1.5), (10, 8.0), (50, 48.0)):
        group = 3 if agents == 10 else 2
        scenario = open_loop(agents, load, talk=exponential(10.0), patience=Patience(seconds=ENDLESS))
        yield waited(scenario, f"M/M/N ({agents}, {load:g})", group, mean_wait_s(agents, load, 10.0))
    impatient = Patience(seconds=120.0, family=Family.EXPONENTIAL)
    found = erlang_a(50, 48 / 60, 60.0, 120.0)
    yield lost(open_loop(50, 48.0, patience=impatient), "Erlang A", 4, found.abandonment)
    yield used(open_loop(50, 48.0, patience=impatient), "Erlang A", 4, found.utilisation)
    yield waited(open_loop(50, 48.0, patience=impatient), "Erlang A", 4, found.mean_wait_s)
    for talk, squared_cv in (
        (Duration(family=Family.DETERMINISTIC, mean_s=10.0), 0.0),
        (exponential(10.0), 1.0),
        (Duration(family=Family.HYPEREXPONENTIAL, mean_s=10.0, cv=2.0), 4.0),
        (Duration(family=Family.GAMMA, mean_s=10.0, cv=0.5), 0.25),
    ):
        scenario = open_loop(1, 0.8, talk=talk, patience=Patience(seconds=ENDLESS))
        yield waited(scenario, f"M/G/1 {talk.family}", 5, mean_wait_mg1_s(0.8, 10.0, squared_cv))
    for agents, load in ((10, 5.591), (50, 42.390), (100, 91.767)):
        scenario = open_loop(agents, load, talk=exponential(180.0), patience=Patience(seconds=2.0))
        known = wait_window(agents, load / 180.0, 180.0, 2.0)
        yield lost(scenario, f"M/M/N+D ({agents}, {load:g})", 6, known.abandonment)
        yield used(scenario, f"M/M/N+D ({agents}, {load:g})", 6, known.utilisation)


def engset_cases() -> Iterator[Case]:
    """Yield groups 7 and 8: a fixed number of lines, and progressive dialing."""
    for lines, agents in ((6, 5), (12, 10), (55, 50), (115, 100)):
        known = fixed_lines(agents, lines, 4.5)
        yield lost(fixed(agents, lines), f"Engset ({lines}, {agents})", 7, known.abandonment)
        yield used(fixed(agents, lines), f"Engset ({lines}, {agents})", 7, known.utilisation)
    for answered_s, unanswered_s in ((12.0, 12.0), (10.0, 25.0)):
        answer = Answer(
            probability=0.3, ring_answered=exponential(answered_s), ring_unanswered=exponential(unanswered_s)
        )
        scenario = dialer(Pacing(policy=Policy.PROGRESSIVE), agents=20, answer=answer)
        exact = utilisation_progressive(0.3, 180.0, answered_s, unanswered_s)
        yield used(scenario, f"progressive {answered_s:g} {unanswered_s:g}", 8, exact)


def insensitive_cases() -> Iterator[Case]:
    """Yield group 14: the same numbers whatever the shape of talks and rings."""
    for talk in (
        Duration(family=Family.DETERMINISTIC, mean_s=180.0),
        Duration(family=Family.LOGNORMAL, mean_s=180.0, cv=2.0),
        Duration(family=Family.HYPEREXPONENTIAL, mean_s=180.0, cv=2.0),
        Duration(family=Family.GAMMA, mean_s=180.0, cv=0.5),
    ):
        known = fixed_lines(10, 12, 4.5)
        yield lost(fixed(10, 12, talk=talk), f"Engset {talk.family}", 14, known.abandonment)
        yield used(fixed(10, 12, talk=talk), f"Engset {talk.family}", 14, known.utilisation)
        yield lost(open_loop(10, 8.0, talk=talk), f"Erlang B {talk.family}", 14, erlang_b(10, 8.0))
    ring = Duration(family=Family.LOGNORMAL, mean_s=12.0, cv=1.5)
    answer = Answer(probability=0.3, ring_answered=ring, ring_unanswered=ring)
    wrapped = fixed(10, 12, talk=exponential(120.0), wrap=exponential(60.0), answer=answer)
    yield lost(wrapped, "Engset with wrap-up, lognormal rings", 14, fixed_lines(10, 12, 4.5).abandonment)


def chain_cases() -> Iterator[Case]:
    """Yield groups 9 and 10: lines for each idle agent."""
    for agents, ratio in ((2, 2), (5, 2), (5, 3), (10, 2), (20, 3)):
        known = evaluate_table(campaign(agents), lines_per_idle(agents, ratio))
        scenario = dialer(Pacing(policy=Policy.IDLE_LINES, lines_per_idle=float(ratio)), agents=agents)
        yield lost(scenario, f"lines per idle agent ({agents}, {ratio})", 9, known.abandonment)
        yield used(scenario, f"lines per idle agent ({agents}, {ratio})", 9, known.utilisation)
    known = evaluate_table(campaign(5, patience_s=2.0, places=8), lines_per_idle(5, 3))
    scenario = dialer(
        Pacing(policy=Policy.IDLE_LINES, lines_per_idle=3.0),
        agents=5,
        patience=Patience(seconds=2.0, family=Family.EXPONENTIAL),
    )
    yield lost(scenario, "lines per idle agent, 2 s of patience", 10, known.abandonment)
    yield used(scenario, "lines per idle agent, 2 s of patience", 10, known.utilisation)


def optimum_cases() -> Iterator[Case]:
    """Yield group 11: the table at or below the limit, of the solved decision process."""
    for agents in (2, 3, 5, 10, 50, 100):
        found = solve_optimum(campaign(agents))
        scenario = dialer(Pacing(policy=Policy.OPTIMAL, table=found.table), agents=agents)
        yield lost(scenario, f"optimal table ({agents})", 11, found.below.abandonment)
        yield used(scenario, f"optimal table ({agents})", 11, found.below.utilisation)


def campaign(agents: int, *, patience_s: float = 0.0, places: int = 0) -> Instance:
    """Return the instance of `dialer`."""
    return Instance(agents=agents, handle_s=180.0, ring_s=12.0, answer=0.3, patience_s=patience_s, places=places)


def list_cases() -> Iterator[Case]:
    """Yield groups 12 and 16: how far a list is reached, and how many dials that takes."""
    for concentration, dials, reached, group in (
        (ENDLESS, dials_per_record(0.3, 6), reach(0.3, 6), 12),
        (4.0, mixed_dials_per_record(6, answers=1.2, misses=2.8), mixed_reach(6, answers=1.2, misses=2.8), 16),
    ):
        scenario = dialer(
            Pacing(policy=Policy.RATIO, lines=80),
            agents=80,
            talk=exponential(30.0),
            answer=Answer(
                probability=0.3,
                ring_answered=exponential(12.0),
                ring_unanswered=exponential(12.0),
                concentration=concentration,
            ),
            records=Records(count=RECORDS, max_attempts=6, retry_s=(60.0,)),
            run=Run(days=1, hours_per_day=6.0),
        )
        kind = "all alike" if concentration == ENDLESS else "beta-geometric"
        for name, column, exact in (("dials per record", c.DIALS, dials), ("reach", c.ANSWERS, reached)):
            yield Case(
                group=group,
                name=f"list, {kind}: {name}",
                scenario=scenario,
                above=place(column),
                below=constant(RECORDS),
                exact=exact,
            )


def other_cases() -> Iterator[Case]:
    """Yield groups 13, 15 and 18: lines that ring, and people taken for machines."""
    day = (DAY.hours_per_day * 3600 - DAY.warm_up_s) * TICKS_PER_S
    answer = Answer(probability=0.3, ring_answered=exponential(10.0), ring_unanswered=exponential(25.0))
    ringing = mean_ring_s(0.3, 10.0, 25.0)
    scenario = open_loop(20, 15.0, answer=answer)
    per_s = 15.0 / 60.0 / 0.3
    yield Case(
        group=15,
        name="lines ringing in an open loop",
        scenario=scenario,
        above=place(c.RINGING_AREA),
        below=constant(day),
        exact=per_s * ringing,
    )
    for kind, other in (("open loop", scenario), ("fixed lines", fixed(20, 24, answer=answer))):
        yield Case(
            group=13,
            name=f"Little's law of rings, {kind}",
            scenario=other,
            above=lambda rows: rows[:, c.RINGING_AREA] / TICKS_PER_S,
            below=place(c.DIALS),
            exact=ringing,
        )
    for sensitivity in (0.9, 0.97):
        detected = dialer(
            Pacing(policy=Policy.IDLE_LINES, lines_per_idle=2.0),
            agents=20,
            unanswered=Unanswered(machine=0.4),
            detection=Detection(sensitivity=sensitivity, specificity=0.9),
        )
        yield Case(
            group=18,
            name=f"people taken for machines, sensitivity {sensitivity:g}",
            scenario=detected,
            above=place(c.MISJUDGED),
            below=place(c.ANSWERS),
            exact=1 - sensitivity,
        )
