"""Days of a twin, played."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.simulation.distributions import Duration, Family
from paceline.simulation.engine import simulate
from paceline.twin.boldness import Boldness
from paceline.twin.model import Draw, TwinDay
from paceline.twin.play import play_day, play_days, scenario_of, shifts_of
from tests.unit.twin.known_campaign import lognormal

DRAW = Draw(
    answer=1.0,
    talk=lognormal(150.0, 1.0),
    wrap=lognormal(25.0, 0.6),
    ring_answered=lognormal(10.0, 0.4),
    ring_machine=lognormal(10.0, 0.4),
    ring_unanswered=Duration(family=Family.DETERMINISTIC, mean_s=25.0),
    timeout_s=None,
    machine=0.3,
    busy=0.05,
    failed=0.0,
    lines=2.6,
)
DAY = TwinDay(start=48 * 20_700 + 28, staffed_s=(18_000.0,) * 8, rates=(0.3,) * 8, log_factor=0.0, answers=600)
BOLD = Boldness(lines=2.6, cap=150, calls_per_s=20, warm_up_s=0.0)


@given(st.lists(st.floats(0, 40_000), min_size=1, max_size=48))
def test_shifts_have_the_time_that_agents_were_there(staffed: list[float]) -> None:
    day = replace(DAY, staffed_s=(*staffed, 3600.0), rates=(0.3,) * (len(staffed) + 1))
    there = np.zeros(day.half_hours)
    for shift in shifts_of(day):
        for at in range(day.half_hours):
            begin, end = max(shift.start_s, at * 1800), min(shift.end_s, (at + 1) * 1800)
            there[at] += max(end - begin, 0.0) * shift.agents
    assert there == pytest.approx(np.array(day.staffed_s), abs=30.0)


def test_half_hours_add_up_to_the_day_that_the_simulator_plays() -> None:
    played = play_day(DRAW, DAY, BOLD, seed=5)
    whole = simulate(BOLD.on(scenario_of(DRAW, DAY)), seed=5, days=1)
    assert played.dials.sum() == whole.dials
    assert played.abandons.sum() / played.answers.sum() == pytest.approx(whole.abandonment.mean)
    assert played.busy_s.sum() / played.staffed_s.sum() == pytest.approx(whole.utilisation.mean)


def test_same_seed_meets_the_same_calls_however_boldly_is_dialed() -> None:
    once, again = (play_day(DRAW, DAY, BOLD, seed=5, replication=3) for _ in range(2))
    assert (once.answers == again.answers).all()
    bolder = play_day(DRAW, DAY, BOLD.scaled(1 + 1e-9), seed=5, replication=3)
    assert (bolder.dials == once.dials).all()


def test_a_day_played_alone_is_the_day_played_among_others() -> None:
    logs = (0.1, -0.2, 0.0)
    together = play_days(DRAW, DAY, BOLD, seed=9, log_factors=logs, first=4)
    alone = [play_day(DRAW, DAY, BOLD, seed=9, replication=4 + at, log_factor=log) for at, log in enumerate(logs)]
    assert all((one.answers == other.answers).all() for one, other in zip(together, alone, strict=True))


def test_answers_that_a_time_out_would_lose_are_made_up_for() -> None:
    cut = replace(DRAW, timeout_s=12.0)
    played = play_days(cut, DAY, BOLD, seed=1, log_factors=(0.0,) * 20)
    answers, dials = (sum(float(getattr(one, name).sum()) for one in played) for name in ("answers", "dials"))
    assert answers / dials == pytest.approx(0.3, abs=0.01)
