"""A small version of `benchmarks.rollout`: rollouts whose truth is known, on minutes of the simulator."""

from __future__ import annotations

from datetime import timedelta
from statistics import median

import pytest

from benchmarks.rollout import __main__ as bench
from benchmarks.rollout import weeks as w
from benchmarks.rollout.looking import PLAN, looked, minute_of_week, periods_at
from paceline.control.rollout.decision import Decision, decide
from paceline.control.rollout.evidence import complete_blocks, settled_since

SEED = 41


def test_same_pacing_again_is_held_though_every_minute_of_a_week_is_looked_at() -> None:
    ended = [looked(week, starts=-16) for week in w.weeks(bench.SAME.live, bench.SAME.step, runs=30, seed=SEED)]
    assert sum(one.decision is not Decision.HOLD for one in ended) <= 5  # of 30 at 5 %: more in one run of 300


def test_point_of_utilisation_is_promoted_within_a_week() -> None:
    ended = [looked(week, starts=-16) for week in w.weeks(bench.BETTER.live, bench.BETTER.step, runs=10, seed=SEED)]
    assert sum(one.decision is Decision.PROMOTE for one in ended) >= 8


def test_six_in_a_hundred_is_undone_before_1500_answers_in_the_median() -> None:
    ended = [looked(week, starts=-16) for week in w.weeks(bench.BOLD.live, bench.BOLD.step, runs=10, seed=SEED)]
    assert all(one.decision is Decision.UNDO for one in ended)
    assert median(one.answers for one in ended) < 1500


@pytest.mark.parametrize(("study", "starts"), [(bench.BETTER, -16), (bench.BOLD, -16), (bench.SAME, 0)])
def test_bench_looks_with_the_eyes_of_the_decision(study: bench.Study, starts: int) -> None:
    (week,) = w.weeks(study.live, study.step, runs=1, seed=SEED + 1)
    ended = looked(week, starts=starts)
    baseline, told = week.old_minutes(), week.new_minutes()
    last = w.CHANGED_MINUTE + ended.minutes
    for minute in (w.CHANGED_MINUTE + 1, last - 40, last - 15, last - 1, last):
        found = decide(
            PLAN,
            step=0,
            baseline=baseline,
            minutes=[row for row in told if row[0] < minute_of_week(minute)],
            periods=periods_at(week, minute, starts=starts),
            now=minute_of_week(minute),
            began=w.BEGAN,
        )
        assert found.decision is (ended.decision if minute == last else Decision.HOLD)
        assert minute < last or ended.why in {None, found.why}


def test_bench_cuts_the_blocks_that_the_evidence_cuts() -> None:
    (week,) = w.weeks(3.6, 3.8, runs=1, seed=SEED + 2)
    since = settled_since(PLAN, w.BEGAN)
    length = int(PLAN.block / timedelta(minutes=1))
    first = w.FIRST_DAY - timedelta(days=w.OLD_DAYS)
    old = w.blocks(week.old, first_day=first, since=since, length=length)
    assert old == complete_blocks(week.old_minutes(), block=PLAN.block, since=since)
    whole = w.blocks(week.new, first_day=w.FIRST_DAY, since=since, length=length)
    rows = [row for row in week.new_minutes() if row[0] >= since]
    assert tuple(one for one in whole if one.start >= since) == complete_blocks(rows, block=PLAN.block, since=since)
