"""What is generated has the distributions that the truth names, by closed forms and by scipy."""

from __future__ import annotations

import dataclasses
import math
from functools import cache

import numpy as np
import pytest
from scipy import special, stats

from paceline.records.calls import Ending
from paceline.records.generator.generator import Part, Rows, demo_truth, flat_truth, generated, generated_days, joined
from paceline.simulation.distributions import Duration, Family
from paceline.simulation.engine import simulate
from paceline.simulation.result import Result
from paceline.simulation.scenario import (
    INFINITE,
    Answer,
    Lines,
    Pacing,
    Policy,
    Records,
    Run,
    Scenario,
    Unanswered,
)

ABANDONED, MACHINE, NO_ANSWER, BUSY, FAILED = range(1, 6)
ALIKE = math.inf


@cache
def plain() -> Rows:
    """First attempts of a world in which all records and hours are alike, and no call is cut."""
    return generated(flat_truth(60, 0.3, max_attempts=1, overtime_s=36_000.0, concentration=ALIKE), 3, 5)


def answered(rows: Rows) -> np.ndarray:
    return np.asarray(rows.ending <= ABANDONED)


def deviations(hits: int, tries: int, share: float) -> float:
    """Return how many standard deviations a count is from what its share lets expect."""
    return float((hits - tries * share) / math.sqrt(tries * share * (1 - share)))


def test_talk_and_wrap_up_are_lognormal() -> None:
    rows = plain()
    talk = rows.talk_s[~np.isnan(rows.talk_s)]
    shape = stats.lognorm(0.927, scale=math.exp(5.164))
    assert talk.max() <= 3600
    assert abs(deviations(int((talk == 3600).sum()), talk.size, float(shape.sf(3600)))) < 4
    assert stats.kstest(np.where(talk == 3600, 3601, talk), shape.cdf, N=talk.size).statistic < 1.9 / math.sqrt(
        talk.size
    )
    spread = math.sqrt(math.log1p(0.36))
    wrap = rows.wrap_s[~np.isnan(rows.wrap_s)]
    fitted = stats.lognorm(spread, scale=25 * math.exp(-(spread**2) / 2))
    assert stats.kstest(wrap, fitted.cdf).statistic < 1.9 / math.sqrt(wrap.size)


def test_rings_are_the_mixture_up_to_the_time_out_and_later_answers_are_lost() -> None:
    rows = plain()
    parts = ((0.7, 8.0, 0.35), (0.3, 19.0, 0.15))

    def reached(seconds: np.ndarray | float) -> np.ndarray:
        return np.asarray(
            sum(share * special.gammainc(1 / cv**2, seconds / (mean * cv**2)) for share, mean, cv in parts)
        )

    rings = rows.ring_s[answered(rows)]
    within = float(reached(25.0))
    assert 0.98 < within < 1
    assert stats.kstest(rings, lambda at: reached(at) / within).statistic < 1.9 / math.sqrt(rings.size)
    assert abs(deviations(rings.size, len(rows), 0.3 * within)) < 4
    assert (rows.ring_s[rows.ending == NO_ANSWER] == 25.0).all()
    assert (rows.ring_s[rows.ending >= BUSY] == 2.5).all()
    machines = stats.gamma(100, scale=0.19)
    assert abs(deviations(int((rows.ending == MACHINE).sum()), len(rows), 0.7 * 0.45 * float(machines.cdf(25)))) < 4
    assert abs(deviations(int((rows.ending == BUSY).sum()), len(rows), 0.7 * 0.04)) < 4
    assert abs(deviations(int((rows.ending == FAILED).sum()), len(rows), 0.7 * 0.03)) < 4


def test_first_dials_are_answered_as_the_truth_says_for_hour_and_line() -> None:
    truth = dataclasses.replace(demo_truth(60), max_attempts=1, day_spread=0.0, timeout_s=120.0)
    rows = generated(truth, 4, 8)
    hour = (rows.at_us // 1_000_000 - 4 * 3600) % 86_400 // 3600
    found = {
        (line, at): deviations(int(answered(rows)[which].sum()), int(which.sum()), truth.answers[line][at])
        for line in (0, 1)
        for at in range(9, 21)
        if (which := (rows.line == line) & (hour == at)).any()
    }
    assert len(found) == 24
    assert sum(one**2 for one in found.values()) < stats.chi2(24).ppf(0.9999)
    assert abs(deviations(int((rows.line == 0).sum()), len(rows), 0.35)) < 4


def test_records_that_differ_answer_less_at_each_attempt_as_the_beta_distribution_says() -> None:
    truth = flat_truth(40, 0.3, concentration=5.0, timeout_s=120.0, max_attempts=6, retry_s=(60.0,))
    rows = generated(truth, 3, 21)
    for attempt in range(1, 7):
        tried = rows.attempt == attempt
        share = 1.5 / (5.0 + attempt - 1)
        assert abs(deviations(int(answered(rows)[tried].sum()), int(tried.sum()), share)) < 4, attempt


def test_an_ageing_list_answers_less_at_each_attempt_by_its_factor() -> None:
    truth = flat_truth(40, 0.3, concentration=ALIKE, ageing=0.8, timeout_s=120.0, max_attempts=4, retry_s=(60.0,))
    rows = generated(truth, 2, 22)
    for attempt in range(1, 5):
        tried = rows.attempt == attempt
        share = 0.3 * 0.8 ** (attempt - 1)
        assert abs(deviations(int(answered(rows)[tried].sum()), int(tried.sum()), share)) < 4, attempt


def test_drift_begins_with_its_day_and_days_differ_by_their_spread() -> None:
    truth = flat_truth(30, 0.3, max_attempts=1, timeout_s=120.0, concentration=ALIKE, drift_day=3, drift_factor=0.8)
    for number, day in enumerate(generated_days(truth, 4, 2), start=1):
        share = 0.3 * (0.8 if number >= 3 else 1.0)
        assert abs(deviations(int(answered(day).sum()), len(day), share)) < 4
    varied = dataclasses.replace(truth, drift_day=0, day_spread=0.2)
    shares = [answered(day).mean() / 0.3 for day in generated_days(varied, 40, 3)]
    assert np.std(np.log(shares)) == pytest.approx(0.2, rel=0.3)


def test_the_simulator_says_the_same_of_the_same_campaign() -> None:
    agents, lines, days = 20, 3.5, 60
    talk_mu, talk_sigma = 4.8, 0.8
    truth = flat_truth(
        agents, 0.3, concentration=ALIKE, max_attempts=1, lines=lines, talk_mu=talk_mu, talk_sigma=talk_sigma,
        talk_cap_s=86_400.0, overtime_s=36_000.0, last_dials_s=0.0, ring=(Part(share=1.0, mean_s=10.0, cv=0.4),),
    )  # fmt: skip
    simulated = _simulated(agents, lines, days, talk_mu, talk_sigma)
    rows = joined(list(generated_days(truth, days, 31)))
    used, lost, answers = _measured(rows, days)
    busy = simulated.measure("utilisation")
    dropped = simulated.measure("abandonment")
    utilisation = used / (agents * 8 * 3600)
    abandonment = lost.sum() / answers.sum()
    spread = np.std(lost - abandonment * answers) / np.mean(answers) / math.sqrt(days)
    own = np.std(utilisation) / math.sqrt(days)
    assert busy.half_width is not None
    assert dropped.half_width is not None
    assert abs(np.mean(utilisation) - busy.mean) < 4 * math.hypot(own, busy.half_width / 2)
    assert abs(abandonment - dropped.mean) < 4 * math.hypot(spread, dropped.half_width / 2)
    assert 0.02 < abandonment < 0.1


def _simulated(agents: int, lines: float, days: int, mu: float, sigma: float) -> Result:
    scenario = Scenario(
        agents=agents,
        talk=Duration(family=Family.LOGNORMAL, mean_s=math.exp(mu + sigma**2 / 2), cv=math.sqrt(math.expm1(sigma**2))),
        wrap=Duration(family=Family.LOGNORMAL, mean_s=25.0, cv=0.6),
        answer=Answer(
            probability=0.3,
            ring_answered=Duration(family=Family.GAMMA, mean_s=10.0, cv=0.4),
            ring_unanswered=Duration(family=Family.DETERMINISTIC, mean_s=25.0),
            timeout_s=25.0,
            concentration=INFINITE,
        ),
        unanswered=Unanswered(
            machine=0.45, busy=0.04, failed=0.03, machine_ring=Duration(family=Family.GAMMA, mean_s=19.0, cv=0.1)
        ),
        pacing=Pacing(policy=Policy.IDLE_LINES, lines_per_idle=lines),
        records=Records(),
        lines=Lines(cap=1000, calls_per_s=1000),
        run=Run(days=days, hours_per_day=8.0),
    )
    return simulate(scenario, seed=4)


def _measured(rows: Rows, days: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return by day the seconds agents worked, the people abandoned and those who answered, all from 9 to 17."""
    opens = np.unique(rows.logins.since_us)
    assert opens.size == days
    ends = opens + 8 * 3_600_000_000
    day = np.searchsorted(opens, rows.at_us, side="right") - 1
    at = rows.at_us + np.rint(rows.ring_s * 1e6)
    begun = at + np.rint(np.nan_to_num(rows.wait_s) * 1e6)
    ended = begun + np.rint((np.nan_to_num(rows.talk_s) + np.nan_to_num(rows.wrap_s)) * 1e6)
    worked = np.where(rows.agent >= 0, np.minimum(ended, ends[day]) - np.minimum(begun, ends[day]), 0) / 1e6
    person = rows.ending <= ABANDONED
    dropped = (rows.ending == ABANDONED) & (begun < ends[day])
    return (
        np.bincount(day, weights=worked, minlength=days),
        np.bincount(day[dropped], minlength=days),
        np.bincount(day[person & (at < ends[day])], minlength=days),
    )


def test_endings_are_numbered_as_the_kernel_numbers_them() -> None:
    assert [one.value for one in Ending] == ["connected", "abandoned", "machine", "no_answer", "busy", "failed"]
