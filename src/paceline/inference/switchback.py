"""Two settings of one live campaign: the setting is changed from block to block, by coins thrown beforehand.

Calls share agents, so single calls cannot be given a setting each; time can. What a block leaves in the lines and at
the agents reaches into the next, so the first handle times of every block are dropped. A guard under three mean handle
times is refused, and so is one that leaves less than half of a block.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import SupportsIndex

import numpy as np

from paceline.inference.errors import InputError, TooLittleDataError
from paceline.inference.estimate import Sides
from paceline.inference.inputs import Series, checked_count, checked_positive, generator
from paceline.inference.randomisation import RandomisationTest
from paceline.inference.stratified import stratified_randomisation

LEAST_GUARD = 3.0
"""Mean handle times after which what the earlier block began is nearly over."""


class Setting(StrEnum):
    """Which of the two a block has."""

    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchbackPlan:
    """Which block has which setting, said before the first one begins.

    Attributes:
        strata: [blocks] what blocks were balanced within: the hour of the week, the list.
        settings: [blocks] in each stratum as many old as new ones.
        block_s: length of a block, seconds.
        guard_s: seconds dropped at the start of each block.
        handle_s: mean handle time the guard was made for, seconds.
        seed: from which the coins were thrown.
    """

    strata: tuple[str, ...]
    settings: tuple[Setting, ...]
    block_s: float
    guard_s: float
    handle_s: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTally:
    """What was counted in a part of a block; parts as short as a minute waste least at the guard.

    Attributes:
        block: number of the block in the plan, from 0.
        start_s: seconds from the block's start to the part's start.
        end_s: to its end.
        numerator: abandoned calls, seconds of handling; at least 0.
        denominator: live answers, seconds available; at least 0.
    """

    block: int
    start_s: float
    end_s: float
    numerator: float
    denominator: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Switchback:
    """What the switching showed.

    Attributes:
        effect: the test and interval of new - old, from what is after the guard.
        unguarded: the same difference with nothing dropped, to see how much carry-over the guard kept out.
        kept: tallies used.
        dropped: tallies that began within a guard.
    """

    effect: RandomisationTest
    unguarded: float
    kept: int
    dropped: int


def plan_switchback(
    strata: Sequence[str], *, block_s: float, handle_s: float, seed: SupportsIndex, guard_handles: float = 4.0
) -> SwitchbackPlan:
    """Return a plan that gives, within each stratum, the new setting to a random half of the blocks.

    Args:
        strata: [blocks] in the order of time; each stratum an even number of times.
        block_s: length of a block, seconds; 3600 to 7200 are usual.
        handle_s: mean handle time, seconds, above 0.
        seed: decides the coins.
        guard_handles: how many mean handle times to drop at the start of a block, at least 3.

    Raises:
        InputError: when the guard is too short, or takes more than half of a block, or a stratum is odd.
        TooLittleDataError: with fewer than two blocks.

    References:
        Bojinov, Simchi-Levi, Zhao 2023, "Design and analysis of switchback experiments", Management Science 69(7).

    >>> plan = plan_switchback(["mon 9", "mon 10", "mon 9", "mon 10"], block_s=3600, handle_s=180, seed=3)
    >>> sorted(plan.settings).count(Setting.NEW), plan.guard_s
    (2, 720.0)
    """
    checked_positive("block_s", block_s)
    guard_s = checked_positive("guard_handles", guard_handles) * checked_positive("handle_s", handle_s)
    if len(strata) < 2:
        raise TooLittleDataError("strata", len(strata), 2)
    settings = [Setting.OLD] * len(strata)
    chance = generator(seed)
    for one in dict.fromkeys(strata):
        places = [place for place, stratum in enumerate(strata) if stratum == one]
        if len(places) % 2:
            raise InputError(f"stratum {one!r}", len(places), "an even number of blocks")
        for place in chance.permutation(places)[: len(places) // 2]:
            settings[place] = Setting.NEW
    plan = SwitchbackPlan(
        strata=tuple(strata),
        settings=tuple(settings),
        block_s=float(block_s),
        guard_s=guard_s,
        handle_s=float(handle_s),
        seed=checked_count("seed", seed),
    )
    _check_guard(plan)
    return plan


def analyse_switchback(
    plan: SwitchbackPlan,
    tallies: Sequence[BlockTally],
    *,
    seed: SupportsIndex,
    level: float = 0.95,
    sides: Sides = Sides.BOTH,
    draws: SupportsIndex = 9999,
) -> Switchback:
    """Return the difference new - old that the blocks show after their guards, by the coins of the plan.

    A tally that begins within the guard is dropped whole, though it may end after it.

    Args:
        plan: the plan as it was carried out, to the block.
        tallies: what was counted; every block of the plan has something left after its guard.
        seed: decides which throws are drawn when there are too many to try all; not the plan's.
        level: above 0.5 and below 1.
        sides: which bounds to state, and which p-value.
        draws: throws to draw when there are more ways; at least 99.

    Raises:
        InputError: when a tally is outside its block, or the plan's guard is too short.
        TooLittleDataError: when a block has nothing in its denominator after the guard.
    """
    _check_guard(plan)
    above, below = np.zeros((2, len(plan.strata))), np.zeros((2, len(plan.strata)))
    kept = 0
    for number, tally in enumerate(tallies):
        _check_tally(plan, number, tally)
        guarded = tally.start_s >= plan.guard_s
        kept += guarded
        for row in (0, 1) if guarded else (0,):
            above[row, tally.block] += tally.numerator
            below[row, tally.block] += tally.denominator
    empty = np.flatnonzero(below[1] == 0.0)
    if empty.size:
        raise TooLittleDataError(f"denominator of block {int(empty[0])} after its guard", 0, 1)

    def tested(row: int) -> RandomisationTest:
        return _tested(plan, above[row], below[row], seed=seed, level=level, sides=sides, draws=draws)

    return Switchback(effect=tested(1), unguarded=tested(0).estimate, kept=kept, dropped=len(tallies) - kept)


def _tested(
    plan: SwitchbackPlan,
    above: Series,
    below: Series,
    *,
    seed: SupportsIndex,
    level: float,
    sides: Sides,
    draws: SupportsIndex,
) -> RandomisationTest:
    new = [setting is Setting.NEW for setting in plan.settings]
    return stratified_randomisation(
        above, below, new=new, strata=plan.strata, seed=seed, level=level, sides=sides, draws=draws
    )


def _check_guard(plan: SwitchbackPlan) -> None:
    least = LEAST_GUARD * plan.handle_s
    if plan.guard_s < least:
        raise InputError("guard_s", plan.guard_s, f"at least {least:g}, three mean handle times")
    if plan.guard_s > plan.block_s / 2:
        raise InputError("guard_s", plan.guard_s, f"at most {plan.block_s / 2:g}, half of a block; lengthen the blocks")


def _check_tally(plan: SwitchbackPlan, number: int, tally: BlockTally) -> None:
    where = f"tallies[{number}]"
    checked_count(f"{where}.block", tally.block, most=len(plan.strata) - 1)
    if not 0.0 <= tally.start_s < tally.end_s <= plan.block_s:
        bound = f"within the block, from 0 to {plan.block_s:g}, and longer than nothing"
        raise InputError(f"{where}.start_s, end_s", (tally.start_s, tally.end_s), bound)
    for name, value in (("numerator", tally.numerator), ("denominator", tally.denominator)):
        if not 0.0 <= value < float("inf"):
            raise InputError(f"{where}.{name}", value, "finite and at least 0")
