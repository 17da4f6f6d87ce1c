"""What came of a change, from minutes whose truth is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from paceline.campaign.evidence import ABANDONMENT, CONNECTS, UTILISATION
from paceline.campaign.statistics import Tally
from paceline.control.predictions.measuring import Block, Missing, blocks_of, lacking, level, realised
from paceline.control.predictions.prediction import Realised
from tests.unit.control.predictions.made import METRICS, MONDAY, minutes

CHANGE = MONDAY + timedelta(days=8, hours=-1)


def halves(gain: float, *, days: int = 16, seed: int = 7) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    def busy(at: datetime) -> float:
        return 0.80 + 0.02 * (at.hour - MONDAY.hour) + (gain if at >= CHANGE else 0.0)

    told = minutes(days, busy, seed=seed)
    return (
        blocks_of(told, since=MONDAY, until=CHANGE),
        blocks_of(told, since=CHANGE, until=MONDAY + timedelta(days=days)),
    )


@pytest.mark.parametrize("gain", [-0.02, 0.0, 0.015])
def test_difference_that_was_planted_is_found_within_its_interval(gain: float) -> None:
    found = realised(*halves(gain), UTILISATION)
    assert isinstance(found, Realised)
    assert found.value.low < gain < found.value.high
    assert found.value.half_width < 0.01


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = 0
    for seed in range(60):
        found = realised(*halves(0.01, seed=seed), UTILISATION)
        assert isinstance(found, Realised)
        held += found.value.low <= 0.01 <= found.value.high
    assert held >= 54


def test_every_metric_is_measured() -> None:
    before, after = halves(0.01)
    for metric in METRICS:
        found = realised(before, after, metric)
        assert isinstance(found, Realised)
        assert found.blocks == len(after)


def test_abandonment_and_connects_that_did_not_change_are_not_found_to_have() -> None:
    before, after = halves(0.01)
    for metric in (ABANDONMENT, CONNECTS):
        found = realised(before, after, metric)
        assert isinstance(found, Realised)
        assert found.value.low <= 0.0 <= found.value.high


def test_abandonment_that_was_never_there_has_the_interval_of_two_counts_of_nothing() -> None:
    before, after = halves(0.0)
    calm = [
        tuple(Block(start=one.start, tally=replace(one.tally, abandons=0)) for one in blocks)
        for blocks in (before, after)
    ]
    found = realised(calm[0], calm[1], ABANDONMENT)
    assert isinstance(found, Realised)
    assert found.value.mean == 0.0
    answers = [sum(one.tally.connects for one in blocks) / 2 for blocks in calm]
    highs = [1 - 0.025 ** (1 / count) for count in answers]
    assert found.value.high == pytest.approx(highs[1])
    assert found.value.low == pytest.approx(-highs[0])


def test_too_few_days_after_are_told() -> None:
    before, after = halves(0.01, days=10)
    found = realised(before, after, UTILISATION)
    assert isinstance(found, Missing)
    assert "2 days since the change" in found.why


def test_too_few_days_before_are_told() -> None:
    before, after = halves(0.01)
    found = realised(before[:16], after, UTILISATION)
    assert isinstance(found, Missing)
    assert found.why == "2 days before the change were measured, and 5 are needed"


def test_blocks_are_whole_and_within_their_span() -> None:
    told = minutes(1, lambda _: 0.8)
    del told[40]
    found = blocks_of(told, since=MONDAY + timedelta(minutes=10), until=MONDAY + timedelta(hours=2))
    assert [one.start for one in found] == [MONDAY + timedelta(minutes=60), MONDAY + timedelta(minutes=90)]


def test_level_of_days_is_their_ratio_of_sums_and_holds_the_truth_as_often_as_it_says() -> None:
    held = 0
    for seed in range(12):
        _, after = halves(0.01, days=14, seed=seed)
        found = level(after, UTILISATION)
        assert found is not None
        assert (found.is_level, found.days, found.blocks) == (True, 6, 48)
        sums = sum((one.tally for one in after), Tally())
        assert found.value.mean == pytest.approx((sums.talk_s + sums.wrap_s) / sums.staffed_s)
        held += found.value.low <= 0.84 <= found.value.high
    assert held >= 9


def test_level_is_told_from_two_days_on_and_measured_once_there_are_five() -> None:
    _, after = halves(0.0)
    by_day = {day: tuple(one for one in after if one.day <= day) for day in sorted({one.day for one in after})}
    told = [level(found, ABANDONMENT) is not None for found in by_day.values()]
    assert (told[0], set(told[1:])) == (False, {True})
    missing = [lacking(found) for found in by_day.values()]
    assert missing[3] == "32 blocks on 4 days since the change can be compared, and 20 on 5 are needed"
    assert set(missing[4:]) == {None}


def test_level_where_nobody_was_abandoned_has_an_interval_all_the_same() -> None:
    _, after = halves(0.0)
    calm = tuple(replace(one, tally=replace(one.tally, abandons=0)) for one in after)
    found = level(calm, ABANDONMENT)
    assert found is not None
    assert (found.value.mean, found.value.low) == (0.0, 0.0)
    assert 0.0 < found.value.high < 0.01
