"""What has no chance in it and holds to the last call: groups 13, 17, 19 and 20."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.simulator.cases import DAY, campaign, exponential
from benchmarks.simulator.dialers import listed
from paceline.simulation import counters as c
from paceline.simulation.distributions import TICKS_PER_S, Duration, Family
from paceline.simulation.engine import simulate
from paceline.simulation.players import Engine
from paceline.simulation.scenario import Pacing, Patience, Policy, Records, Run, Scenario, Shift, Unanswered

COMPILED = (Engine.FAST, Engine.EXACT)


def exact_checks(seed: int, days: int) -> Iterator[tuple[int, str, bool]]:
    """Yield the group, what must hold, and whether it does, in both compiled engines."""
    yield 13, "lines, agents, queue: areas are the sums of the times", all(areas(seed, days, one) for one in COMPILED)
    yield 17, "every dial and every answer ends once", all(conserved(seed, days, one) for one in COMPILED)
    yield 19, "agents of a shift are there, and call, in it only", all(in_shift(seed, days, one) for one in COMPILED)
    yield 20, "the reference in plain Python has the same events", same_events(seed, min(days, 5))


def busy_day(hours: float) -> Scenario:
    """Return a campaign with a list, machines, engaged and failed lines, greetings, wrap-ups and a window."""
    return campaign(
        Pacing(policy=Policy.IDLE_LINES, lines_per_idle=3.0),
        agents=30,
        talk=Duration(family=Family.LOGNORMAL, mean_s=120.0, cv=1.0),
        wrap=exponential(20.0),
        greeting=exponential(2.0),
        unanswered=Unanswered(machine=0.3, busy=0.1, failed=0.1),
        patience=Patience(seconds=2.0),
        records=Records(count=100_000, max_attempts=3, retry_s=(600.0,)),
        run=replace(DAY, hours_per_day=hours, warm_up_s=0.0),
    )


def conserved(seed: int, days: int, engine: Engine) -> bool:
    """Return whether dials and answers add up on each day."""
    rows = simulate(busy_day(4.0), seed=seed, days=days, engine=engine).tallies
    endings = (c.ANSWERS, c.MACHINES, c.ENGAGED, c.UNANSWERED, c.FAILURES, c.CUT, c.RINGING)
    answers = (c.CONNECTED, c.ABANDONED, c.WAITING, c.GREETING)
    dials_end = rows[:, c.DIALS] == rows[:, endings].sum(axis=1)
    answers_end = rows[:, c.ANSWERS] == rows[:, answers].sum(axis=1)
    return bool((rows[:, c.DIALS] > 0).all() and dials_end.all() and answers_end.all())


def areas(seed: int, days: int, engine: Engine) -> bool:
    """Return whether, once a list is called and all is over, levels summed over time are times summed over calls."""
    scenario = replace(listed(3), patience=Patience(seconds=2.0))
    rows = simulate(scenario, seed=seed, days=days, engine=engine).tallies
    over = rows[:, (c.RINGING, c.WAITING, c.TALKING)].sum(axis=1) == 0
    rang, waited = rows[:, c.RINGING_AREA] == rows[:, c.RANG], rows[:, c.WAITING_AREA] == rows[:, c.WAITED]
    talked = rows[:, c.BUSY_AREA] == rows[:, c.TALKING_AREA]
    return bool((over & rang & waited & talked).all())


def in_shift(seed: int, days: int, engine: Engine) -> bool:
    """Return whether nobody is called before or after an hour's shift, and 30 agents were there for that hour."""
    pacing = Pacing(policy=Policy.IDLE_LINES, lines_per_idle=3.0)
    shift = Shift(start_s=3600.0, end_s=7200.0, agents=30)
    brief = Duration(family=Family.DETERMINISTIC, mean_s=60.0)
    scenario = campaign(pacing, agents=30, talk=brief, shifts=(shift,), run=Run(days=1, hours_per_day=4.0))
    found = simulate(scenario, seed=seed, days=days, engine=engine)
    dials = found.series[:, :, c.SERIES.index(c.DIALS)]
    staffed = found.series[:, :, c.SERIES.index(c.STAFFED_AREA)]
    hour = 30 * 3600 * TICKS_PER_S
    quiet = (dials[:, 58] == 0) & (dials[:, 60] > 0) & (dials[:, 120] == dials[:, -1])
    there = (staffed[:, 59] == 0) & (staffed[:, 119] == hour)
    late = found.tallies[:, c.STAFFED_AREA] - hour
    return bool((quiet & there & (late >= 0) & (late <= 30 * 60 * TICKS_PER_S)).all())


def same_events(seed: int, days: int) -> bool:
    """Return whether the exact engine and the reference agree, event by event, by their hashes and tallies."""
    pacings = (
        Pacing(policy=Policy.IDLE_LINES, lines_per_idle=3.0),
        Pacing(policy=Policy.TELESCOPING, gain=0.3, memory_dials=50),
        Pacing(policy=Policy.VICIDIAL_AVERAGE),
    )
    for pacing in pacings:
        scenario = replace(busy_day(0.5), pacing=pacing)
        one, other = (simulate(scenario, seed=seed, days=days, engine=who) for who in (Engine.EXACT, Engine.REFERENCE))
        if one.hashes != other.hashes or not np.array_equal(one.tallies[:, : c.SAFETY], other.tallies[:, : c.SAFETY]):
            return False
    return True
