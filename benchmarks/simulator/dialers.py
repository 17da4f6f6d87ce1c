"""Cases of dialing by idle agents, of lists and of machine detection: groups 9 to 12, 16 and 18."""

from __future__ import annotations

import math
from collections.abc import Iterator

from benchmarks.simulator.cases import (
    ANSWER,
    RING_S,
    TALK_S,
    Case,
    Column,
    Floats,
    campaign,
    constant,
    exponential,
    lost,
    place,
    settled,
    used,
)
from paceline.optimizer.chain import Instance, evaluate_table, lines_per_idle
from paceline.optimizer.optimum import solve_optimum
from paceline.simulation import counters as c
from paceline.simulation.distributions import Family
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
from paceline.teletraffic.attempts import (
    answer_rate_at,
    dials_per_record,
    mixed_dials_per_record,
    mixed_reach,
    reach,
)

RECORDS = 2000
ANSWERS, MISSES = 1.2, 2.8
"""Parameters of the Beta distribution of the records that differ."""


def dialer_cases() -> Iterator[Case]:
    """Yield every case of this module, by group."""
    yield from idle_agents()
    yield from best_tables()
    yield from lists()
    yield from misjudged_people()


def idle_agents() -> Iterator[Case]:
    """Yield groups 9 and 10: so many lines for each idle agent; in the last, people wait two seconds on average."""
    for agents, ratio, days in ((2, 2, 8), (5, 2, 6), (5, 3, 2), (10, 2, 6), (20, 3, 3)):
        known = evaluate_table(instance(agents), lines_per_idle(agents, ratio))
        scenario = campaign(Pacing(policy=Policy.IDLE_LINES, lines_per_idle=float(ratio)), agents=agents)
        yield lost(9, f"lines per idle agent ({agents}, {ratio})", scenario, known.abandonment, days)
        yield used(9, f"lines per idle agent ({agents}, {ratio})", scenario, known.utilisation, 1)
    known = evaluate_table(instance(5, patience_s=2.0, places=8), lines_per_idle(5, 3))
    patience = Patience(seconds=2.0, family=Family.EXPONENTIAL)
    scenario = campaign(Pacing(policy=Policy.IDLE_LINES, lines_per_idle=3.0), agents=5, patience=patience)
    yield lost(10, "lines per idle agent (5, 3), patience", scenario, known.abandonment, 3)
    yield used(10, "lines per idle agent (5, 3), patience", scenario, known.utilisation, 1)


def best_tables() -> Iterator[Case]:
    """Yield group 11: the two tables of the solved decision process, mixed in its shares; 3 in 100 are abandoned."""
    for agents, days in ((2, 170), (3, 90), (5, 40), (10, 25), (50, 8), (100, 4)):
        found = solve_optimum(instance(agents))
        share, name = found.mixing, f"optimum ({agents})"
        below, above = (
            campaign(Pacing(policy=Policy.OPTIMAL, table=table), agents=agents)
            for table in (found.table, found.table_above)
        )

        def mixed(number: int, share: float = share) -> Column:
            return lambda rows, others: (1 - share) * rows[:, number] + share * others[:, number]

        def answered(rows: Floats, others: Floats, share: float = share) -> Floats:
            return (1 - share) * settled(rows, rows) + share * settled(others, others)

        yield Case(
            group=11,
            name=f"{name}: utilisation",
            scenario=below,
            beside=above,
            above=mixed(c.BUSY_AREA),
            below=mixed(c.STAFFED_AREA),
            exact=found.utilisation,
            days=1,
        )
        yield Case(
            group=11,
            name=f"{name}: abandonment",
            scenario=below,
            beside=above,
            above=mixed(c.ABANDONED),
            below=answered,
            exact=found.abandonment,
            days=days,
            exact_too=agents < 50,
        )


def instance(agents: int, *, patience_s: float = 0.0, places: int = 0) -> Instance:
    """Return the chain of `campaign`."""
    return Instance(agents=agents, handle_s=TALK_S, ring_s=RING_S, answer=ANSWER, patience_s=patience_s, places=places)


def listed(max_attempts: int, concentration: float = math.inf) -> Scenario:
    """Return a day in which a whole list is called, each record up to so many times."""
    answer = Answer(
        probability=ANSWER,
        ring_answered=exponential(RING_S),
        ring_unanswered=exponential(RING_S),
        concentration=concentration,
    )
    return campaign(
        Pacing(policy=Policy.RATIO, lines=80),
        agents=80,
        talk=exponential(30.0),
        answer=answer,
        records=Records(count=RECORDS, max_attempts=max_attempts, retry_s=(60.0,)),
        run=Run(days=1, hours_per_day=6.0),
    )


def lists() -> Iterator[Case]:
    """Yield groups 12 and 16: how far a list is reached, in how many dials, and the answer rate of each attempt."""
    alike, mixed = listed(6), listed(6, ANSWERS + MISSES)
    for group, scenario, name, number, exact in (
        (12, alike, "dials", c.DIALS, dials_per_record(ANSWER, 6)),
        (12, alike, "answers", c.ANSWERS, reach(ANSWER, 6)),
        (16, mixed, "dials", c.DIALS, mixed_dials_per_record(6, answers=ANSWERS, misses=MISSES)),
        (16, mixed, "answers", c.ANSWERS, mixed_reach(6, answers=ANSWERS, misses=MISSES)),
    ):
        kind = "alike" if group == 12 else "beta-geometric"
        yield Case(
            group=group,
            name=f"list, {kind}: {name} per record",
            scenario=scenario,
            above=place(number),
            below=constant(RECORDS),
            exact=exact,
            days=1,
        )
    for attempt, days in ((2, 5), (3, 8), (4, 13)):
        yield Case(
            group=16,
            name=f"list, beta-geometric: answer rate of attempt {attempt}",
            scenario=listed(attempt, ANSWERS + MISSES),
            beside=listed(attempt - 1, ANSWERS + MISSES),
            above=lambda rows, fewer: rows[:, c.ANSWERS] - fewer[:, c.ANSWERS],
            below=lambda rows, fewer: rows[:, c.DIALS] - fewer[:, c.DIALS],
            exact=answer_rate_at(attempt, answers=ANSWERS, misses=MISSES),
            days=days,
        )


def misjudged_people() -> Iterator[Case]:
    """Yield group 18: people taken for machines."""
    for sensitivity, days in ((0.9, 2), (0.97, 8)):
        scenario = campaign(
            Pacing(policy=Policy.IDLE_LINES, lines_per_idle=2.0),
            agents=20,
            unanswered=Unanswered(machine=0.4),
            detection=Detection(sensitivity=sensitivity, specificity=0.9),
        )
        yield Case(
            group=18,
            name=f"people taken for machines, sensitivity {sensitivity:g}",
            scenario=scenario,
            above=place(c.MISJUDGED),
            below=place(c.ANSWERS),
            exact=1 - sensitivity,
            days=days,
        )
