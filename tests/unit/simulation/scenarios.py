"""Scenarios for tests: small ones by hand, and random ones that have everything a scenario may have."""

from __future__ import annotations

from hypothesis import strategies as st

from paceline.simulation.distributions import Duration, Family
from paceline.simulation.scenario import (
    Answer,
    Break,
    Change,
    Detection,
    Drain,
    Lines,
    Pacing,
    Patience,
    Policy,
    Records,
    Run,
    Scenario,
    Shift,
    Unanswered,
)

INFINITE = float("inf")


def exponential(mean_s: float) -> Duration:
    return Duration(family=Family.EXPONENTIAL, mean_s=mean_s)


def lasting_always(mean_s: float) -> Duration:
    return Duration(family=Family.DETERMINISTIC, mean_s=mean_s)


def plain(pacing: Pacing | None, *, agents: int = 10, **changed: object) -> Scenario:
    """Return a scenario of exponential times: talk 180 s, ring 12 s, answered by 3 in 10, nobody waits, four hours."""
    fields: dict[str, object] = {
        "agents": agents,
        "talk": exponential(180),
        "answer": Answer(probability=0.3, ring_answered=exponential(12), ring_unanswered=exponential(12)),
        "patience": Patience(seconds=0),
        "pacing": pacing,
        "run": Run(days=4, hours_per_day=4),
    }
    return Scenario(**{**fields, **changed})  # type: ignore[arg-type]  # fields of a scenario, by their names


def durations(least_s: float, most_s: float) -> st.SearchStrategy[Duration]:
    families = [Family.EXPONENTIAL, Family.LOGNORMAL, Family.DETERMINISTIC, Family.GAMMA, Family.HYPEREXPONENTIAL]
    means = st.sampled_from([least_s, (least_s + most_s) / 2, most_s])
    return st.builds(lambda family, mean_s: Duration(family=family, mean_s=mean_s), st.sampled_from(families), means)


def pacings() -> st.SearchStrategy[Pacing]:
    ticks = st.sampled_from([0.0, 0.0, 1.0, 2.5])
    certain = {"safety": st.floats(-2, 4), "memory_dials": st.sampled_from([0, 50]), "tick_s": ticks}
    return st.one_of(
        st.builds(Pacing, policy=st.just(Policy.PROGRESSIVE), tick_s=ticks),
        st.builds(Pacing, policy=st.just(Policy.INTERVAL), interval_ms=st.floats(500, 5000), even=st.booleans()),
        st.builds(Pacing, policy=st.just(Policy.RATIO), ratio=st.floats(0.5, 3), tick_s=ticks),
        st.builds(Pacing, policy=st.just(Policy.IDLE_LINES), lines_per_idle=st.floats(0.5, 6), tick_s=ticks),
        st.builds(
            Pacing,
            policy=st.just(Policy.OPTIMAL),
            table=st.just((0, 2, 5, 9)),
            table_above=st.just((1, 3, 6, 9)),
            mixing=st.floats(0, 1),
        ),
        st.builds(Pacing, policy=st.just(Policy.CERTAINTY), **certain),
        st.builds(Pacing, policy=st.just(Policy.TELESCOPING), gain=st.sampled_from([0.1, 2.0]), **certain),
        st.builds(
            Pacing,
            policy=st.sampled_from([Policy.VICIDIAL_HARD, Policy.VICIDIAL_AVERAGE, Policy.VICIDIAL_TAPERED]),
            intensity=st.sampled_from([-20, 0, 20]),
            target=st.sampled_from([0.0, 0.03, 0.3]),
        ),
    )


def answers() -> st.SearchStrategy[Answer]:
    return st.builds(
        Answer,
        probability=st.floats(0.05, 0.9),
        ring_answered=durations(4, 20),
        ring_unanswered=durations(10, 30),
        timeout_s=st.sampled_from([INFINITE, 18.0, 30.0]),
        by_time=st.sampled_from([(1.0,), (0.5, 1.5), (1.0, 0.7, 1.2)]),
        by_attempt=st.sampled_from([(1.0,), (1.0, 0.8, 0.6)]),
        by_day=st.sampled_from([(1.0,), (1.1, 0.9)]),
        concentration=st.sampled_from([INFINITE, 4.0]),
    )


def changes(day_s: float) -> st.SearchStrategy[tuple[Change, ...]]:
    return st.sampled_from(
        [
            (),
            (Change(at_s=day_s / 2, stop=Drain.FINISH),),
            (Change(at_s=day_s / 3, stop=Drain.DROP), Change(at_s=day_s / 2, resume=True)),
            (
                Change(at_s=day_s / 3, pacing=Pacing(policy=Policy.TELESCOPING)),
                Change(at_s=day_s / 2, stop=Drain.DROP),
                Change(at_s=day_s / 2 + 60, resume=True),
                Change(at_s=day_s * 3 / 4, pacing=Pacing(policy=Policy.INTERVAL, interval_ms=900)),
            ),
        ]
    )


def steady(scenario: Scenario) -> bool:
    """Whether nobody waits for ever in an open loop, which is refused where it offers too much."""
    pacings = [scenario.pacing, *(change.pacing for change in scenario.changes)]
    open_loop = any(pacing is not None and pacing.interval_ms is not None for pacing in pacings)
    return scenario.patience.seconds != INFINITE or not open_loop


def scenarios() -> st.SearchStrategy[Scenario]:
    day_s = 1800.0
    agents = 12
    return st.builds(
        Scenario,
        agents=st.just(agents),
        talk=durations(20, 240),
        wrap=st.none() | durations(5, 30),
        answer=answers(),
        unanswered=st.sampled_from([Unanswered(), Unanswered(machine=0.4, busy=0.1, failed=0.1)]),
        detection=st.sampled_from([None, Detection(sensitivity=0.9, specificity=0.8)]),
        greeting=st.none() | durations(1, 4),
        patience=st.just(Patience(seconds=INFINITE))
        | st.builds(
            Patience,
            seconds=st.sampled_from([0.0, 2.0, 30.0]),
            family=st.sampled_from([Family.DETERMINISTIC, Family.EXPONENTIAL]),
        ),
        pacing=pacings(),
        records=st.sampled_from(
            [
                Records(),
                Records(count=150, max_attempts=4, retry_s=(60.0, 300.0), busy_retry_s=(45.0,)),
                Records(count=100_000, max_attempts=2, machine_retry_s=(600.0,)),
            ]
        ),
        lines=st.sampled_from(
            [Lines(cap=150), Lines(cap=15), Lines(cap=150, calls_per_s=1), Lines(cap=30, calls_per_s=3)]
        ),
        shifts=st.sampled_from(
            [
                (),
                (Shift(start_s=0, end_s=1500, agents=8), Shift(start_s=300, end_s=day_s, agents=4)),
            ]
        ),
        breaks=st.sampled_from([(), (Break(at_s=600, length_s=300, agents=3),)]),
        changes=changes(day_s),
        run=st.sampled_from([Run(days=1, hours_per_day=0.5), Run(days=1, hours_per_day=0.5, warm_up_s=300)]),
    ).filter(steady)
