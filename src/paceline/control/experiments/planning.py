"""How a plan of an experiment is made: terms held to their bounds, blocks paired, a coin thrown for each pair.

What a plan then is stands in `plan`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from paceline.control.experiments.plan import (
    MINUTE,
    Balanced,
    ExperimentPlan,
    PlanError,
    PlannedBlock,
    Setting,
)

LEAST_HANDLES = 3.0
"""Mean handle times after which what the earlier block began is nearly over."""
GUARD_HANDLES = 4.0
"""Mean handle times that are dropped at the start of a block, when nothing else is said."""
SWITCHED_WITHIN = timedelta(minutes=3)
"""So long a switch may take at least: looks come every minute, and one may have to be tried again."""
MOST_HANDLES = 100.0
"""Mean handle times that may be dropped at the start of a block at most."""
FEWEST_DAYS = 5
"""Days with pairs before the first look: fewer that agree by chance look like days that do not differ."""
LONGEST = timedelta(days=1)
"""A block lies within one day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A span of one day, not yet given a setting.

    Attributes:
        start: an instant.
        day: the local date, such as `2026-06-15`.
        time: what is the same for blocks that may be a pair, such as `09:00` or `mon 09:00`.
    """

    start: datetime
    day: str
    time: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How an experiment is to go.

    Attributes:
        seed: decides the coins, at least 0; None has it made of the mark of the entry that judged the new setting,
            which nobody can choose.
        days: on how many open days there are blocks at most.
        block: how long each is, whole minutes, a day at most.
        guard_handles: mean handle times dropped at the start of each, 3 to 100.
        balanced: which times are the same.
        hours: only within these seconds of the local day, `[from, to)`; None is whenever the schedule is open.
        since: not before this instant; None is from the first whole day.
        level, least_gain, ceiling, ends_early: as of the plan.
    """

    seed: int | None = None
    days: int = 10
    block: timedelta = timedelta(minutes=60)
    guard_handles: float = GUARD_HANDLES
    balanced: Balanced = Balanced.HOUR_OF_DAY
    hours: tuple[int, int] | None = None
    since: datetime | None = None
    level: float = 0.95
    least_gain: float = 0.0025
    ceiling: float = 0.03
    ends_early: bool = True


def planned(blocks: Sequence[Block], terms: Terms, *, handle_s: float) -> ExperimentPlan:
    """Return the plan that throws a coin for each pair of blocks.

    Args:
        blocks: whole blocks in the order of time; those without a partner are left out, and stay as they are.
        terms: how it is to go.
        handle_s: the measured mean handle time, seconds, above 0.

    Raises:
        PlanError: a term is outside its bounds, the guard takes more than half of a block, or there are too few days or
            pairs for any look to show anything.
    """
    hold(terms)
    guard, latest = guard_for(handle_s, terms.guard_handles)
    if guard > terms.block / 2:
        raise PlanError(
            f"a guard of {guard // MINUTE} minutes leaves less than half of a block of {terms.block // MINUTE}",
            hint=f"blocks of at least {2 * guard // MINUTE} minutes would do",
        )
    paired = _pairs(blocks)
    settings = _coins(paired, terms, handle_s)
    made = _numbered(paired, settings)
    looks = _looks(made)
    if not looks:
        raise PlanError(
            f"pairs on {len({one.day for one in made})} days show nothing of how days differ",
            hint=f"plan blocks on more days: {FEWEST_DAYS} with pairs at least",
        )
    plan = ExperimentPlan(
        blocks=made,
        block=terms.block,
        guard=guard,
        latest=latest,
        handle_s=handle_s,
        seed=terms.seed or 0,
        balanced=terms.balanced,
        looks=looks,
        level=terms.level,
        least_gain=terms.least_gain,
        ceiling=terms.ceiling,
        ends_early=terms.ends_early,
    )
    _hold_coins(plan)
    return plan


def guard_for(handle_s: float, handles: float) -> tuple[timedelta, timedelta]:
    """Return what is dropped at the start of a block, in whole minutes, and how late its setting may be live.

    >>> [one // MINUTE for one in guard_for(180.0, 4.0)], [one // MINUTE for one in guard_for(60.0, 4.0)]
    ([12, 3], [6, 3])
    """
    carried = timedelta(seconds=LEAST_HANDLES * handle_s)
    dropped = max(timedelta(seconds=handles * handle_s), carried + SWITCHED_WITHIN)
    guard = math.ceil(dropped / MINUTE) * MINUTE
    return guard, guard - carried


def hold(terms: Terms) -> None:
    """Hold the terms of an experiment against their bounds.

    Raises:
        PlanError: one is outside of them; says which, and what would do.
    """
    sound = {
        "days": (terms.days >= FEWEST_DAYS, f"at least {FEWEST_DAYS}"),
        "block": (
            2 * MINUTE <= terms.block <= LONGEST and not terms.block % MINUTE,
            f"whole minutes, 2 to {LONGEST // MINUTE}",
        ),
        "guard_handles": (
            LEAST_HANDLES <= terms.guard_handles <= MOST_HANDLES,
            f"{LEAST_HANDLES:g} to {MOST_HANDLES:g}",
        ),
        "hours": (
            terms.hours is None or 0 <= terms.hours[0] < terms.hours[1] <= 24 * 3600,
            "from an earlier to a later time of the local day",
        ),
        "seed": (terms.seed is not None and terms.seed >= 0, "at least 0"),
        "level": (0.5 < terms.level < 1.0, "above 0.5 and below 1"),  # wrong more often than right is no statement
        "least_gain": (0.0 <= terms.least_gain < 1.0, "a fraction, at least 0 and below 1"),
        "ceiling": (0.0 < terms.ceiling < 1.0, "a fraction, above 0 and below 1"),
    }
    for name, (holds, bound) in sound.items():
        if not holds:
            raise PlanError(f"{name} cannot be {getattr(terms, name)}", hint=bound)


def _pairs(blocks: Sequence[Block]) -> list[tuple[Block, str]]:
    """Return the blocks that have a partner, each with the name of its pair."""
    found = []
    by_time = sorted(blocks, key=lambda one: (one.time, one.start))
    for time, same in groupby(by_time, key=lambda one: one.time):
        ordered = list(same)
        for number, pair in enumerate(zip(ordered[::2], ordered[1::2], strict=False), start=1):
            found += [(one, f"{time} #{number}") for one in pair]
    if len(found) < 2:
        raise PlanError("there is no pair of blocks", hint="plan more days, or shorter blocks")
    return found


def _coins(paired: Sequence[tuple[Block, str]], terms: Terms, handle_s: float) -> list[Setting]:
    from paceline.inference.errors import InferenceError
    from paceline.inference.switchback import plan_switchback

    handles = min(terms.guard_handles, terms.block.total_seconds() / 2 / handle_s)
    try:
        coins = plan_switchback(
            [pair for _, pair in paired],
            block_s=terms.block.total_seconds(),
            handle_s=handle_s,
            seed=terms.seed or 0,
            guard_handles=handles,
        )
    except InferenceError as wrong:
        raise PlanError(wrong.message, hint=wrong.hint) from wrong
    return [Setting(one.value) for one in coins.settings]


def _numbered(paired: Sequence[tuple[Block, str]], settings: Sequence[Setting]) -> tuple[PlannedBlock, ...]:
    """Return the blocks with their settings, in the order of time."""
    order = sorted(range(len(paired)), key=lambda at: paired[at][0].start)
    return tuple(
        PlannedBlock(
            number=number,
            start=paired[at][0].start,
            day=paired[at][0].day,
            pair=paired[at][1],
            setting=settings[at],
        )
        for number, at in enumerate(order)
    )


def _looks(blocks: Sequence[PlannedBlock]) -> tuple[int, ...]:
    """Return after which blocks it is looked at: the last of each day that completed pairs, once days can be told."""
    found, complete = [], 0
    for day in dict.fromkeys(one.day for one in blocks):
        over = [one for one in blocks if one.day <= day]
        pairs = [one.pair for one in over]
        both = [one for one in over if pairs.count(one.pair) == 2]
        if len(both) > complete and len({one.day for one in both}) >= FEWEST_DAYS:
            complete = len(both)
            found.append(over[-1].number)
    return tuple(found)


def _hold_coins(plan: ExperimentPlan) -> None:
    """Refuse a plan in which no outcome could be shown: where the coins could have fallen in too few ways."""
    rarest = 2.0**-plan.pairs * 2.0
    if rarest > plan.error:
        needed = math.ceil(1.0 - math.log2(plan.error))
        raise PlanError(
            f"{plan.pairs} pairs of blocks show nothing at a level of {plan.level:g}, whatever is measured: chance "
            f"alone does as well in {rarest:.1%} of cases",
            hint=f"{needed} pairs would do: more days, or shorter blocks",
        )
