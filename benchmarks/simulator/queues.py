"""Cases of the open loop, of fixed lines and of progressive dialing: groups 1 to 8 and 14."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.simulator.cases import (
    TALK_S,
    Case,
    all_busy,
    campaign,
    constant,
    exponential,
    fixed,
    lost,
    open_loop,
    place,
    seconds,
    used,
    waited,
)
from paceline.simulation import counters as c
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.scenario import Answer, Pacing, Patience, Policy, Run
from paceline.teletraffic.abandonment import erlang_a, wait_window
from paceline.teletraffic.engset import fixed_lines
from paceline.teletraffic.engset_window import fixed_lines_with_window
from paceline.teletraffic.erlang import erlang_b, erlang_c, mean_wait_s
from paceline.teletraffic.progressive import utilisation_progressive
from paceline.teletraffic.queue_mg1 import mean_wait_mg1_s

ENDLESS = Patience(seconds=float("inf"))
PER_LINE = 4.5
"""Erlangs that a free line offers: 180 s of talk, every 12 s of ringing answered by 3 in 10."""


def queue_cases() -> Iterator[Case]:
    """Yield every case of this module, by group."""
    yield from lost_at_once()
    yield from endless_waits()
    yield from impatient_callers()
    yield from shapes_of_service()
    yield from connect_windows()
    yield from lines_kept()
    yield from shapes_that_do_not_matter()


def lost_at_once() -> Iterator[Case]:
    """Yield group 1: nobody waits."""
    for agents, load, days in ((1, 1.0, 3), (2, 1.0, 12), (5, 3.0, 10), (10, 5.0, 55), (50, 40.0, 17), (100, 90.0, 10)):
        found = lost(1, f"Erlang B ({agents}, {load:g})", open_loop(agents, load), erlang_b(agents, load), days)
        yield replace(found, exact_too=agents < 50)


def endless_waits() -> Iterator[Case]:
    """Yield groups 2 and 3: who waits, waits for ever; the share that waits is taken from the mean wait."""
    for agents, load, days in ((1, 0.5, 20), (2, 1.5, 28), (10, 8.0, 12), (50, 48.0, 27)):
        scenario = open_loop(agents, load, talk=exponential(10.0), patience=ENDLESS)
        per_wait = (agents - load) / 10.0
        yield Case(
            group=2,
            name=f"Erlang C ({agents}, {load:g}): share that waits",
            scenario=scenario,
            above=seconds(c.WAITING_AREA, per=1 / per_wait),
            below=place(c.ANSWERS),
            exact=erlang_c(agents, load),
            days=days,
            exact_too=agents < 50,
        )
    scenario = open_loop(10, 8.0, talk=exponential(10.0), patience=ENDLESS)
    yield waited(3, "M/M/10, 8", scenario, mean_wait_s(10, 8.0, 10.0), 12)
    short = Run(days=1, hours_per_day=0.1)
    yield Case(
        group=2,
        name="Erlang C (1, 0.5): days that end with all busy",
        scenario=open_loop(1, 0.5, talk=exponential(3.0), patience=ENDLESS, run=short),
        above=all_busy,
        below=constant(1.0),
        exact=erlang_c(1, 0.5),
        days=1900,
    )


def impatient_callers() -> Iterator[Case]:
    """Yield group 4: patience is exponential."""
    patience = Patience(seconds=120.0, family=Family.EXPONENTIAL)
    scenario = open_loop(50, 48.0, patience=patience)
    found = erlang_a(50, 48 / 60, 60.0, 120.0)
    yield lost(4, "Erlang A", scenario, found.abandonment, 12)
    yield used(4, "Erlang A", scenario, found.utilisation, 1)
    yield replace(waited(4, "Erlang A", scenario, found.mean_wait_s, 12), exact_too=False)
    quick = Patience(seconds=12.0, family=Family.EXPONENTIAL)
    yield Case(
        group=4,
        name="Erlang A: days that end with all busy",
        scenario=open_loop(50, 48.0, talk=exponential(6.0), patience=quick, run=Run(days=1, hours_per_day=0.035)),
        above=all_busy,
        below=constant(1.0),
        exact=found.waits,
        days=2100,
        exact_too=False,
    )


def shapes_of_service() -> Iterator[Case]:
    """Yield group 5: one agent, waits without end, four shapes of talks."""
    for talk, squared_cv, days in (
        (Duration(family=Family.DETERMINISTIC, mean_s=10.0), 0.0, 22),
        (exponential(10.0), 1.0, 52),
        (Duration(family=Family.HYPEREXPONENTIAL, mean_s=10.0, cv=2.0), 4.0, 170),
        (Duration(family=Family.GAMMA, mean_s=10.0, cv=0.5), 0.25, 27),
    ):
        scenario = open_loop(1, 0.8, talk=talk, patience=ENDLESS)
        yield waited(5, f"M/G/1 {talk.family}", scenario, mean_wait_mg1_s(0.8, 10.0, squared_cv), days)


def connect_windows() -> Iterator[Case]:
    """Yield group 6: all wait the same two seconds, in an open loop and with fixed lines."""
    patience = Patience(seconds=2.0)
    for agents, load, days in ((10, 5.591, 110), (50, 42.390, 32), (100, 91.767, 19)):
        scenario = open_loop(agents, load, talk=exponential(TALK_S), patience=patience)
        known = wait_window(agents, load / TALK_S, TALK_S, 2.0)
        abandoned = lost(6, f"M/M/N+D ({agents}, {load:g})", scenario, known.abandonment, days)
        yield replace(abandoned, exact_too=agents < 100)
        yield used(6, f"M/M/N+D ({agents}, {load:g})", scenario, known.utilisation, 3)
    for lines, agents, days in ((12, 10, 2), (57, 50, 12)):
        windowed = fixed_lines_with_window(agents, lines, PER_LINE, handle_s=TALK_S, window_s=2.0)
        scenario = fixed(agents, lines, patience=patience)
        yield lost(6, f"Engset ({lines}, {agents}), window", scenario, windowed.abandonment, days)


def lines_kept() -> Iterator[Case]:
    """Yield groups 7 and 8: a fixed number of lines, and progressive dialing."""
    for lines, agents, days in ((6, 5, 2), (12, 10, 2), (55, 50, 22), (115, 100, 11)):
        known = fixed_lines(agents, lines, PER_LINE)
        abandoned = lost(7, f"Engset ({lines}, {agents})", fixed(agents, lines), known.abandonment, days)
        yield replace(abandoned, exact_too=agents < 100)
        yield used(7, f"Engset ({lines}, {agents})", fixed(agents, lines), known.utilisation, 1)
    for answered_s, unanswered_s in ((12.0, 12.0), (10.0, 25.0)):
        scenario = campaign(
            Pacing(policy=Policy.PROGRESSIVE),
            agents=20,
            answer=rings(exponential(answered_s), exponential(unanswered_s)),
        )
        exact = utilisation_progressive(0.3, TALK_S, answered_s, unanswered_s)
        yield used(8, f"progressive, rings {answered_s:g} and {unanswered_s:g} s", scenario, exact, 1)


def shapes_that_do_not_matter() -> Iterator[Case]:
    """Yield group 14: the numbers of groups 1 and 7 whatever the shapes of talks and rings."""
    known, blocked = fixed_lines(10, 12, PER_LINE), erlang_b(10, 8.0)
    for talk, days, open_days in (
        (Duration(family=Family.DETERMINISTIC, mean_s=TALK_S), 1, 9),
        (Duration(family=Family.LOGNORMAL, mean_s=TALK_S, cv=2.0), 5, 40),
        (Duration(family=Family.HYPEREXPONENTIAL, mean_s=TALK_S, cv=2.0), 4, 38),
        (Duration(family=Family.GAMMA, mean_s=TALK_S, cv=0.5), 2, 10),
    ):
        yield lost(14, f"Engset (12, 10), {talk.family} talks", fixed(10, 12, talk=talk), known.abandonment, days)
        yield used(14, f"Engset (12, 10), {talk.family} talks", fixed(10, 12, talk=talk), known.utilisation, 1)
        yield lost(14, f"Erlang B (10, 8), {talk.family} talks", open_loop(10, 8.0, talk=talk), blocked, open_days)
    ring = Duration(family=Family.LOGNORMAL, mean_s=12.0, cv=1.5)
    wrapped = fixed(10, 12, talk=exponential(120.0), wrap=exponential(60.0), answer=rings(ring, ring))
    yield lost(14, "Engset (12, 10), wrap-up, lognormal rings", wrapped, known.abandonment, 2)
    ring = Duration(family=Family.DETERMINISTIC, mean_s=12.0)
    constant_rings = fixed(10, 12, answer=rings(ring, ring))
    yield used(14, "Engset (12, 10), constant rings", constant_rings, known.utilisation, 1)


def rings(answered: Duration, unanswered: Duration) -> Answer:
    """Return how dials end: answered by 3 in 10 after such rings."""
    return Answer(probability=0.3, ring_answered=answered, ring_unanswered=unanswered)
