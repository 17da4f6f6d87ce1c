from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from paceline.campaign.forecaster import LegalPeriod
from paceline.control.rollout.decision import (
    SETTLED_ANSWERS,
    Decision,
    Judgement,
    Why,
    ceiling_of,
    crossed,
    decide,
)
from paceline.control.rollout.plan import Plan
from paceline.primitives.canonical import canonical_json
from tests.unit.control.rollout.weeks_told import (
    BEGAN,
    DAY,
    MINUTE,
    Rows,
    earlier,
    minutes,
    pacing,
    period,
    plan,
    waving,
)

BEFORE = earlier()


def better(at: int) -> float:
    return waving(at) + 0.02


def judged(
    rows: Rows,
    *,
    asked: Plan | None = None,
    periods: tuple[LegalPeriod, ...] = (),
    baseline: Rows = BEFORE,
    now: datetime | None = None,
) -> Judgement:
    end = rows[-1][0] + MINUTE if rows else BEGAN
    return decide(
        asked or plan(),
        step=0,
        baseline=baseline,
        minutes=rows,
        periods=periods,
        now=now or end,
        began=BEGAN,
    )


def test_gain_with_abandonment_shown_below_the_ceiling_is_promoted() -> None:
    found = judged(minutes(420, busy=better, abandons=lambda at: at % 6 == 0))
    assert (found.decision, found.why) == (Decision.PROMOTE, Why.SHOWN)
    assert "+2.00 points" in found.reason
    assert "1.04% of 6,720 answered calls" in found.reason


def test_gain_without_abandonment_shown_below_the_ceiling_holds() -> None:
    found = judged(minutes(420, busy=better, abandons=lambda at: at % 2 == 0))
    assert (found.decision, found.why) == (Decision.HOLD, Why.INCONCLUSIVE)
    assert "asked is below 3.00%" in found.reason


def test_no_gain_holds_however_low_abandonment_is() -> None:
    assert judged(minutes(480, busy=waving)).decision is Decision.HOLD


def test_gain_that_is_not_more_than_the_least_holds() -> None:
    rows = minutes(480, busy=better)
    assert judged(rows, asked=plan(least_gain=0.01)).decision is Decision.PROMOTE
    assert judged(rows, asked=plan(least_gain=0.02)).decision is Decision.HOLD


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"interval": timedelta(hours=8)}, "420 of at least 480 minutes"),
        ({"least_answers": 7000}, "6,720 of at least 7,000 calls"),
        ({"least_blocks": 29}, "28 of at least 29 blocks of 15 minutes"),
    ],
)
def test_nothing_is_promoted_before_the_least_evidence_of_the_plan(asked: dict[str, object], told: str) -> None:
    found = judged(minutes(420, busy=better), asked=plan(**asked))
    assert (found.decision, found.why) == (Decision.HOLD, Why.TOO_EARLY)
    assert told in found.reason


def test_abandonment_shown_above_the_ceiling_is_undone_before_any_least_is_reached() -> None:
    found = judged(minutes(45, abandons=lambda _: 2))
    assert (found.decision, found.why) == (Decision.UNDO, Why.ABANDONMENT_ABOVE)
    assert "abandonment is shown to be above 3.00%" in found.reason


def test_lower_utilisation_is_undone_from_the_least_blocks_on_only() -> None:
    worse = minutes(120, busy=lambda at: waving(at) - 0.03)
    assert judged(worse[:105]).decision is Decision.HOLD
    found = judged(worse)
    assert (found.decision, found.why) == (Decision.UNDO, Why.UTILISATION_LOWER)
    assert "-3.00 points in 8 blocks" in found.reason


def test_harm_that_was_shown_once_is_undone_by_whoever_looks_later() -> None:
    rows = minutes(45, abandons=lambda _: 2) + minutes(420, since=BEGAN + 45 * MINUTE, busy=better)
    assert judged(rows).decision is Decision.UNDO


def test_legal_period_above_its_ceiling_overrides_what_the_step_shows() -> None:
    good = minutes(480, busy=better)
    assert judged(good).decision is Decision.PROMOTE
    found = judged(good, periods=(period(20_000, 601),))
    assert (found.decision, found.why) == (Decision.UNDO, Why.CEILING)
    assert "601 of 20,000 answered calls abandoned, 3.00% against 3.00%" in found.reason
    assert judged(good, periods=(period(20_000, 600),)).decision is Decision.PROMOTE
    assert judged([], periods=(period(20_000, 601),)).decision is Decision.UNDO


def test_young_legal_period_above_its_ceiling_forbids_to_promote_and_undoes_nothing() -> None:
    young = period(100, 9, age=timedelta(hours=1))
    found = judged(minutes(480, busy=better), periods=(young,))
    assert (found.decision, found.why) == (Decision.HOLD, Why.CEILING)
    assert not crossed(young, BEGAN)
    assert not crossed(replace(young, answered=999, abandoned=900), BEGAN)
    assert crossed(young, young.start + 15 * DAY)
    assert crossed(replace(young, answered=SETTLED_ANSWERS, abandoned=301), BEGAN)


def test_young_legal_period_far_above_its_ceiling_overrides_too() -> None:
    # 48 are allowed; the root of 2 x 1,600 x 0.03 x 0.97 is 9.65
    assert not crossed(period(1600, 76), BEGAN)
    assert crossed(period(1600, 77), BEGAN)
    found = judged(minutes(480, busy=better), periods=(period(8000, 320),))
    assert (found.decision, found.why) == (Decision.UNDO, Why.CEILING)


def test_lowest_ceiling_counts_and_that_of_the_plan_where_no_law_sets_one() -> None:
    strict = replace(period(20_000, 0), most=1, per=100)
    assert ceiling_of(plan(), (period(0, 0), strict)) == pytest.approx(0.01)
    assert ceiling_of(plan(ceiling=0.02), ()) == pytest.approx(0.02)
    some = minutes(420, busy=better, abandons=lambda at: at % 6 == 0)
    assert judged(some, periods=(period(20_000, 0),)).decision is Decision.PROMOTE
    assert judged(some, periods=(strict,)).decision is Decision.HOLD


def test_no_data_holds_and_never_promotes() -> None:
    found = judged([])
    assert (found.decision, found.why) == (Decision.HOLD, Why.NO_DATA)
    good = minutes(480, busy=better)
    end = good[-1][0] + MINUTE
    assert judged(good, now=end + timedelta(minutes=10)).decision is Decision.PROMOTE
    blind = judged(good, now=end + timedelta(minutes=11))
    assert (blind.decision, blind.why) == (Decision.HOLD, Why.BLIND)
    assert "nothing was measured for 11 minutes, allowed are 10" in blind.reason
    bad = minutes(45, abandons=lambda _: 2)
    assert judged(bad, now=bad[-1][0] + DAY).decision is Decision.UNDO


def test_without_earlier_days_nothing_is_promoted_and_the_reason_is_told() -> None:
    found = judged(minutes(480, busy=better), baseline=[])
    assert (found.decision, found.why) == (Decision.HOLD, Why.NO_BASELINE)
    assert "0 earlier days were measured" in found.reason


def test_between_two_ends_of_blocks_evidence_decides_nothing_new() -> None:
    rows = minutes(60, abandons=lambda at: 1 if at < 30 else 2)
    decisions: dict[int, set[tuple[Decision, object]]] = {}
    for count in range(1, 61):
        found = judged(rows[:count])
        decisions.setdefault(count // 15, set()).add((found.decision, found.numbers["answered"]))
    assert all(len(seen) == 1 for seen in decisions.values())
    assert {next(iter(seen))[0] for seen in decisions.values()} == {Decision.HOLD, Decision.UNDO}


def test_steps_of_a_rollout_share_its_error() -> None:
    rows = minutes(45, abandons=lambda _: 1)
    assert judged(rows).decision is Decision.UNDO
    many = plan(steps=tuple(pacing(f"0.0{at}") for at in range(10, 30)))
    assert judged(rows, asked=many).decision is Decision.HOLD


@pytest.mark.parametrize("count", [0, 1, 14, 15, 480])
def test_numbers_can_be_written_to_the_ledger(count: int) -> None:
    for rows in (minutes(count, busy=better), minutes(count, abandons=lambda _: 16)):
        for baseline in (BEFORE, []):
            found = judged(rows, baseline=baseline, periods=(period(50, 2),))
            canonical_json({**found.numbers})
            assert found.numbers["step"] == 0
            assert found.numbers["blocks"] == count // 15
