from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from paceline.inference.errors import InputError, TooLittleDataError
from paceline.inference.estimate import Sides
from paceline.inference.inputs import generator
from paceline.inference.stratified import stratified_randomisation
from paceline.inference.switchback import BlockTally, Setting, SwitchbackPlan, analyse_switchback, plan_switchback

HOURS = [f"{hour}" for _ in range(6) for hour in (9, 10, 11, 12)]
HANDLE_S = 180.0
BLOCK_S = 3600.0


def minutes(
    plan: SwitchbackPlan, *, effect: float, carried: float, noise: float = 1.0, seed: int = 1
) -> list[BlockTally]:
    """Return a tally a minute whose rate moves from the old block's to the new block's with the mean handle time.

    A share `carried` of the difference to the block before is left at the start of a block.
    """
    chance = generator(seed)
    before = 0.1
    told = []
    for block, setting in enumerate(plan.settings):
        level = 0.1 + 0.01 * (block % 4)
        own = level + (effect if setting is Setting.NEW else 0.0)
        for minute in range(int(plan.block_s // 60)):
            left = carried * np.exp(-minute * 60 / (plan.handle_s / 2))
            rate = own + left * (before - own)
            told.append(
                BlockTally(
                    block=block,
                    start_s=60.0 * minute,
                    end_s=60.0 * (minute + 1),
                    numerator=float(max(0.0, 100 * rate + noise * chance.normal())),
                    denominator=100.0,
                )
            )
        before = own
    return told


@given(seed=st.integers(0, 1000), days=st.integers(1, 4))
def test_each_stratum_has_as_many_new_blocks_as_old_ones(seed: int, days: int) -> None:
    strata = ["9", "10", "11"] * (2 * days)
    plan = plan_switchback(strata, block_s=BLOCK_S, handle_s=HANDLE_S, seed=seed)
    counts = Counter(zip(plan.strata, plan.settings, strict=True))
    assert set(counts.values()) == {days}
    assert plan == plan_switchback(strata, block_s=BLOCK_S, handle_s=HANDLE_S, seed=seed)


def test_every_assignment_of_a_stratum_comes_up_equally_often() -> None:
    drawn = Counter(
        plan_switchback(["9"] * 4, block_s=BLOCK_S, handle_s=HANDLE_S, seed=seed).settings for seed in range(1200)
    )
    assert len(drawn) == 6
    assert all(150 <= count <= 250 for count in drawn.values())


def test_effect_after_the_guard_is_found_and_what_was_carried_over_is_not_in_it() -> None:
    plan = plan_switchback(HOURS, block_s=BLOCK_S, handle_s=HANDLE_S, seed=4)
    found = analyse_switchback(plan, minutes(plan, effect=0.02, carried=1.0, noise=0.2), seed=2)
    assert found.effect.estimate == pytest.approx(0.02, abs=0.0005)
    assert found.unguarded < found.effect.estimate - 0.0004
    assert found.effect.low < 0.02 < found.effect.high
    assert found.effect.p_value < 0.01
    assert (found.kept, found.dropped) == (48 * 24, 12 * 24)


def test_interval_covers_a_true_effect_as_often_as_it_says() -> None:
    covered, rejected = 0, 0
    for seed in range(150):
        plan = plan_switchback(HOURS[:16], block_s=BLOCK_S, handle_s=HANDLE_S, seed=seed)
        told = minutes(plan, effect=0.01, carried=0.0, noise=3.0, seed=seed + 1)
        found = analyse_switchback(plan, told, seed=2, draws=500, sides=Sides.LOWER, level=0.9)
        covered += found.effect.low <= 0.01
        rejected += found.effect.low > 0.0
    assert 0.84 <= covered / 150 <= 0.96
    assert rejected / 150 > 0.5


def test_kept_parts_are_tested_by_the_coins_of_the_strata() -> None:
    plan = plan_switchback(HOURS[:8], block_s=BLOCK_S, handle_s=HANDLE_S, seed=4)
    told = minutes(plan, effect=0.02, carried=0.5)
    above = [sum(t.numerator for t in told if t.block == b and t.start_s >= 720) for b in range(8)]
    below = [sum(t.denominator for t in told if t.block == b and t.start_s >= 720) for b in range(8)]
    new = [setting is Setting.NEW for setting in plan.settings]
    expected = stratified_randomisation(above, below, new=new, strata=plan.strata, seed=2)
    assert analyse_switchback(plan, told, seed=2).effect == expected


def test_part_that_begins_within_the_guard_is_dropped_whole() -> None:
    plan = plan_switchback(["9", "9"], block_s=BLOCK_S, handle_s=HANDLE_S, seed=1)
    told = [
        BlockTally(block=block, start_s=start, end_s=end, numerator=1.0, denominator=50.0)
        for block in (0, 1)
        for start, end in ((0.0, 719.0), (719.0, 1000.0), (720.0, 3600.0))
    ]
    found = analyse_switchback(plan, told, seed=1)
    assert (found.kept, found.dropped) == (2, 4)


@pytest.mark.parametrize("handles", [0.5, 2.9])
def test_guard_under_three_handle_times_is_refused(handles: float) -> None:
    with pytest.raises(InputError, match=r"guard_s is .* it must be at least 540, three mean handle times"):
        plan_switchback(HOURS, block_s=BLOCK_S, handle_s=HANDLE_S, seed=1, guard_handles=handles)


def test_guard_that_was_shortened_afterwards_is_refused_at_the_analysis() -> None:
    plan = plan_switchback(HOURS, block_s=BLOCK_S, handle_s=HANDLE_S, seed=1)
    short = dataclasses.replace(plan, guard_s=60.0)
    with pytest.raises(InputError, match="guard_s"):
        analyse_switchback(short, minutes(plan, effect=0.0, carried=0.0), seed=1)


def test_nonsense_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="half of a block"):
        plan_switchback(HOURS, block_s=1200, handle_s=HANDLE_S, seed=1)
    with pytest.raises(InputError, match="stratum '9' is 3; it must be an even number of blocks"):
        plan_switchback(["9", "9", "9"], block_s=BLOCK_S, handle_s=HANDLE_S, seed=1)
    with pytest.raises(TooLittleDataError):
        plan_switchback([], block_s=BLOCK_S, handle_s=HANDLE_S, seed=1)
    plan = plan_switchback(["9", "9"], block_s=BLOCK_S, handle_s=HANDLE_S, seed=1)
    good = BlockTally(block=0, start_s=800.0, end_s=900.0, numerator=1.0, denominator=50.0)
    with pytest.raises(TooLittleDataError, match="denominator of block 1 after its guard"):
        analyse_switchback(plan, [good], seed=1)
    for wrong, named in (
        (dataclasses.replace(good, block=2), r"tallies\[0\]\.block is 2"),
        (dataclasses.replace(good, end_s=3601.0), "within the block"),
        (dataclasses.replace(good, numerator=float("nan")), "numerator is nan"),
        (dataclasses.replace(good, denominator=-1.0), "denominator is -1"),
    ):
        with pytest.raises(InputError, match=named):
            analyse_switchback(plan, [wrong], seed=1)
