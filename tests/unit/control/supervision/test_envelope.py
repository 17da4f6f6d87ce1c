"""What is certified, and what is not; and that what is kept comes back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.campaign.blocks import Pacing
from paceline.campaign.forecaster import LegalPeriod
from paceline.campaign.observed import Limits
from paceline.campaign.statistics import LivePicture, Statistics, Tally
from paceline.control.supervision.controller import Account, Running, pacing_of
from paceline.control.supervision.envelope import CertifiedSteps, NotCertifiedError, bounds_of, certified, world_of
from paceline.control.supervision.rehearsal import LEAST, MOST, World, rehearse
from paceline.control.supervision.standing import Standing, Steering, kept, reserve_of, standing_of
from paceline.primitives.canonical import canonical_json
from paceline.primitives.ids import CampaignId, EntryId, Version

NOW = datetime(2026, 6, 15, 17, tzinfo=UTC)
LIVE = Pacing(
    answer_rate=Decimal("0.40"),
    abandonment_aim=Decimal("0.005"),
    max_calls=120,
    call_interval_ms=100,
    warm_up_s=30,
)
BLOCK = LegalPeriod(
    period="30-day-blocks",
    rules=("US-2",),
    start=NOW - timedelta(days=3),
    end=NOW + timedelta(days=27),
    most=3,
    per=100,
    answered=9000,
    abandoned=100,
)


def history(*, agents: int = 30, hours: int = 8, days: int = 3, answered: int = 9) -> Statistics:
    """Days whose minutes are all the same."""
    minute = Tally(
        dials=3 * answered,
        connects=answered,
        machines=answered,
        no_answers=answered,
        talk_s=150 * answered,
        wrap_s=20 * answered,
        idle_s=60 * agents - 170 * answered,
        staffed_s=60 * agents,
    )
    minutes = tuple(
        (NOW - timedelta(days=day) - timedelta(minutes=index + 1), minute)
        for day in reversed(range(days))
        for index in reversed(range(hours * 60))
    )
    total = sum((one for _, one in minutes), Tally())
    return Statistics(campaign=CampaignId("C"), at=NOW, tally=total, live=LivePicture(), minutes=minutes)


def test_certificate_holds_every_number_that_it_rests_on() -> None:
    made = certified(history(), LIVE, Limits(), (BLOCK,), days=3)
    assert made.terms.target <= Decimal("0.0295")
    assert made.beyond == made.terms.most_owed + made.at_once + made.terms.most_saved
    assert made.bound == pytest.approx(float(made.terms.target) + float(made.beyond) / made.answers)
    assert made.bound <= 0.03
    assert made.rehearsed.abandonment <= 0.03
    assert 2 * made.rehearsed.at_once <= made.at_once
    assert canonical_json(made.document())


def test_same_history_makes_the_same_certificate() -> None:
    assert certified(history(), LIVE, Limits(), (BLOCK,), days=1) == certified(
        history(), LIVE, Limits(), (BLOCK,), days=1
    )


def test_rate_of_a_day_makes_the_target_lower_than_one_of_thirty_days_does() -> None:
    day = replace(BLOCK, period="24-hours", start=NOW - timedelta(days=1), end=NOW)
    strict = certified(history(), LIVE, Limits(), (BLOCK, day), days=1)
    assert strict.terms.target < certified(history(), LIVE, Limits(), (BLOCK,), days=1).terms.target


def test_campaign_that_is_too_small_for_its_legal_period_is_not_certified() -> None:
    day = replace(BLOCK, period="24-hours", start=NOW - timedelta(days=1), end=NOW)
    with pytest.raises(NotCertifiedError, match="too small"):
        certified(history(agents=2, answered=1), LIVE, Limits(), (day,), days=1)


def test_period_that_soon_ends_with_few_answers_has_no_room_for_what_a_whole_one_holds() -> None:
    young = replace(BLOCK, start=NOW - timedelta(days=28), end=NOW + timedelta(days=2), answered=0, abandoned=0)
    whole, short = (certified(history(), LIVE, Limits(), (one,), days=1) for one in (BLOCK, young))
    assert short.answers < whole.answers / 10
    assert short.terms.target < whole.terms.target
    assert short.bound <= 0.03
    with pytest.raises(NotCertifiedError, match="until a legal period ends"):
        certified(history(), LIVE, Limits(), (replace(young, end=NOW + timedelta(minutes=30)),), days=1)


def test_too_few_answers_are_no_history() -> None:
    with pytest.raises(NotCertifiedError, match="300 are needed"):
        world_of(history(days=1, hours=1, answered=4))


def test_world_is_what_was_measured() -> None:
    world, peak = world_of(history())
    assert (world.agents, world.handle_s, world.answers_a_day, peak) == (30, 170.0, 9 * 480, 9)
    assert world.answer_rate == pytest.approx(1 / 3)
    assert world.hours == pytest.approx(8)


@pytest.mark.parametrize(
    ("limits", "field", "value"),
    [
        (Limits(), "max_calls", 120),
        (Limits(max_calls=80), "max_calls", 80),
        (Limits(max_calls=140), "max_calls", 120),
        (Limits(least_answer_rate=Decimal("0.5")), "least_answer_rate", Decimal("0.5")),
        (Limits(least_answer_rate=Decimal("0.1")), "least_answer_rate", Decimal("0.40")),
        (Limits(most_abandonment_aim=Decimal("0.01")), "most_abandonment_aim", Decimal("0.01")),
        (Limits(most_abandonment_aim=Decimal("0.5")), "most_abandonment_aim", Decimal("0.03")),
        (Limits(least_call_interval_ms=200), "call_interval_ms", 200),
        (Limits(least_call_interval_ms=50), "call_interval_ms", 100),
    ],
)
def test_bounds_are_the_tightest_of_contract_declaration_and_what_is_live(
    limits: Limits, field: str, value: object
) -> None:
    assert getattr(bounds_of(LIVE, limits), field) == value


def test_declared_aim_of_nothing_is_kept() -> None:
    assert bounds_of(LIVE, Limits(most_abandonment_aim=Decimal(0))).most_abandonment_aim == 0


def test_only_a_step_of_the_supervisor_within_its_bounds_is_covered() -> None:
    steps, bounds = CertifiedSteps(), bounds_of(LIVE, Limits())
    ours, other = CampaignId("C"), CampaignId("D")
    within, beyond = pacing_of(3.0, 0.3, bounds), replace(LIVE, max_calls=150)
    assert steps.covers(ours, within) is None
    with steps.stepping(ours, EntryId(7), bounds):
        assert (steps.covers(ours, within), steps.covers(ours, beyond)) == (7, None)
        assert steps.covers(other, within) is None
    assert steps.covers(ours, within) is None


def test_rehearsal_of_the_same_seed_is_the_same_and_conserves_its_calls() -> None:
    made = certified(history(), LIVE, Limits(), (BLOCK,), days=1)
    empty = Running(answered=0, abandoned=0, most=3, per=100, reserve=15.0)
    world = World(agents=10, answer_rate=0.3, handle_s=180.0, hours=2.0, answers_a_day=400.0, days=22.0)
    first = rehearse(world, made.terms, made.bounds, made.account, empty, days=2, seed=5)
    assert first == rehearse(world, made.terms, made.bounds, made.account, empty, days=2, seed=5)
    assert first != rehearse(world, made.terms, made.bounds, made.account, empty, days=2, seed=6)
    assert 0 < first.abandoned < first.answered
    assert 0.5 < first.utilisation < 1
    assert 0 < LEAST < 1 < MOST


@given(st.integers(0, 10**6))
def test_reserve_is_never_more_than_a_tenth_of_a_large_period(answers: int) -> None:
    assert 1.0 <= reserve_of(answers, 3, 100) <= max(1.0, answers * 0.003) + 1e-9


@given(
    st.decimals(-50, 60, places=4),
    st.floats(0.01, 1.0),
    st.sampled_from(Steering),
    st.booleans(),
    st.integers(0, 10**6),
)
def test_standing_comes_back_from_its_row_as_it_was(
    owed: Decimal, rate: float, state: Steering, resting: bool, answered: int
) -> None:
    made = _MADE
    standing = Standing(
        campaign=CampaignId("C"),
        entry=EntryId(4),
        actor=("ada", "test"),
        reason=None,
        ticket="T-1",
        state=state,
        why="why" if state is Steering.SUSPENDED else None,
        began=NOW,
        terms=made.terms,
        bounds=made.bounds,
        account=Account(owed=owed, answer_rate=rate, dials=12.5),
        periods=(BLOCK,),
        asked_at=NOW,
        looked=NOW + timedelta(seconds=3),
        counted=NOW,
        live=LIVE,
        wanted=replace(LIVE, abandonment_aim=Decimal("0.0061")) if resting else None,
        version=Version("17") if resting else None,
        resting=resting,
        answered=answered,
        abandoned=answered // 40,
        again=NOW if resting else None,
        stuck_since=None if resting else NOW,
        at_once=31,
        answers_a_day=4320.0,
        days_in_30=22.5,
        fence=3,
    )
    row = json.loads(canonical_json(kept(standing)))
    assert standing_of("C", 4, 3, row) == standing
    assert canonical_json(standing.document())


_MADE = certified(history(hours=2), LIVE, Limits(), (BLOCK,), days=1)
