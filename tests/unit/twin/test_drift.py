"""Drift is found, a list that ages is not called drift, and false alarms come as seldom as is stated."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest

from paceline.records.summary import HalfHours
from paceline.twin.drift import (
    RUN_LENGTH_DAYS,
    SHARES_BY_DAY,
    SHARES_BY_HALF_HOUR,
    RingDay,
    charted,
    drift_of,
)
from paceline.twin.drift_charts import LOOKS, SHIFT_OF_DAY, SHIFT_OF_HALF_HOUR
from paceline.twin.halves import day_spans
from paceline.twin.model import Twin, half_hour_of, instant_of
from tests.unit.twin.fitted_twin import fitted
from tests.unit.twin.known_campaign import Truth, changed
from tests.unit.twin.known_campaign import half_hours as played

TRUTH = Truth(agents=20)


@cache
def half_hours(truth: Truth, days: int, seed: int) -> HalfHours:
    """Return what was measured in a world, played once for all tests."""
    return played(truth, days, seed)


def twin_of(days: HalfHours) -> Twin:
    """Return a twin of other days, for whose charts no fit is needed."""
    spans = day_spans(days)
    like = fitted().days[0]
    made = [
        replace(
            like,
            start=one.start,
            staffed_s=(1.0,) * (one.end - one.start),
            rates=(TRUTH.answer,) * (one.end - one.start),
        )
        for one in spans
    ]
    twin = fitted()
    spread = replace(twin.spread, level=0.0, slope=0.0, origin=spans[0].start / 48, spread=0.04, slope_error=0.001)
    standing = replace(twin.standing, data_until=instant_of(spans[-1].end))
    return replace(twin, days=tuple(made), half_hours=days, spread=spread, standing=standing)


def split_at(days: HalfHours, count: int) -> tuple[HalfHours, HalfHours]:
    """Return the first so many days, and all of them."""
    cut = day_spans(days)[count].start
    return HalfHours(**{one.name: getattr(days, one.name)[days.start < cut] for one in fields(HalfHours)}), days


def test_answers_that_fall_by_a_fifth_are_found_within_a_day() -> None:
    found = []
    for seed in range(3):
        first, whole = split_at(half_hours(changed(TRUTH, drift_day=14, drift_factor=0.8), 16, seed), 12)
        drifted = drift_of(charted(twin_of(first), whole))
        assert drifted is not None
        assert (drifted.quantity, drifted.toward) == ("answers", "fewer")
        found.append((half_hour_of(drifted.found) - day_spans(whole)[14].start) / 48)
    assert all(0 < days <= 1 for days in found)


def test_days_that_stay_as_they_were_are_not_called_drift() -> None:
    charts = [charted(twin_of(first), whole) for first, whole in (split_at(half_hours(TRUTH, 18, 7), 12),)]
    assert drift_of(charts[0]) is None
    assert {one.quantity for one in charts[0]} == {"answers", "handle_time", "machines"}


def test_ageing_that_is_expected_is_not_called_drift() -> None:
    ageing = changed(TRUTH, ageing=0.97)
    first, whole = split_at(half_hours(ageing, 18, 5), 12)
    begin = day_spans(whole)[0].start

    def expected(half_hour: int) -> float:
        return TRUTH.answer * 0.97 ** ((half_hour - begin) // 48)

    twin = twin_of(first)
    aged = replace(
        twin,
        days=tuple(
            replace(one, rates=tuple(expected(one.start + at) for at in range(one.half_hours))) for one in twin.days
        ),
    )
    assert drift_of(charted(aged, whole, expected=expected)) is None


def test_longer_calls_and_longer_rings_are_named() -> None:
    first, whole = split_at(half_hours(TRUTH, 16, 11), 12)
    until = day_spans(first)[-1].end
    later = np.where(whole.start >= until, 1.5, 1.0)
    longer = replace(whole, talk_s=whole.talk_s * later)
    drifted = drift_of(charted(twin_of(first), longer))
    assert drifted is not None
    assert (drifted.quantity, drifted.toward) == ("handle_time", "more")
    rings = [
        RingDay(start=one.start, mean_s=11.0 if one.start < until else 14.0, error_s=0.1) for one in day_spans(whole)
    ]
    ringing = drift_of(charted(twin_of(first), whole, rings=rings))
    assert ringing is not None
    assert (ringing.quantity, ringing.toward) == ("ring_time", "more")
    assert ringing.since == instant_of(until + 32)


def test_all_charts_together_have_one_budget_of_false_alarms() -> None:
    assert sum(SHARES_BY_DAY.values()) + sum(SHARES_BY_HALF_HOUR.values()) == pytest.approx(1.0)
    charts = charted(twin_of(split_at(half_hours(TRUTH, 14, 2), 12)[0]), half_hours(TRUTH, 14, 2))
    by_half_hour, by_day = charts[0], charts[1]
    # Siegmund's approximation of the run length of a chart, an independent formula, with k half of the shift.
    for chart, k, each in (
        (by_half_hour, SHIFT_OF_HALF_HOUR / 2, 2 * RUN_LENGTH_DAYS * 16 / SHARES_BY_HALF_HOUR["answers"]),
        (by_day, SHIFT_OF_DAY / 2, LOOKS * 2 * RUN_LENGTH_DAYS / SHARES_BY_DAY["answers"]),
    ):
        reach = 2 * k * (chart.threshold + 1.166)
        approximate = (math.exp(reach) - reach - 1) / (2 * k * k)
        assert 0.5 < approximate / each < 2.0


def test_what_lies_in_the_data_of_the_twin_is_not_looked_at() -> None:
    first, _ = split_at(half_hours(TRUTH, 14, 2), 12)
    assert charted(twin_of(first), first) == ()
