"""What the measured minutes of a step show, block by block; every number at a block comes from it and those before it.

* A block is complete: every minute of it was told, agents were there in each, and dialing did not rest for half of it.
* What was called before the change is still under way after it: `Plan.settle` is left out.
* Abandonment: counts divided by the design effect that blocks show (at least 2 is supposed until they do), in a mixture
  that holds at any look; and bets on blocks, which suppose nothing of how abandoned calls come.
* Utilisation: each block against blocks of the same time of day on earlier days, under what was live before; a sequence
  that holds at any look from `Plan.least_blocks` on. The error of the earlier days, and that days differ, are in it:
  fewer than `FEWEST_DAYS` of them do not show how far, and then nothing is compared.
* Before is compared with after: what else changes in the world with the step is taken for the step's doing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from paceline.campaign.statistics import Tally
from paceline.control.rollout.plan import Plan

Minutes = Sequence[tuple[datetime, Tally]]
"""Measured minutes, each with its beginning, the oldest first; complete ones only."""

EXPECTED_GAIN = 0.005
"""Gain or loss of utilisation for which the evidence grows fastest: half a point."""
SUPPOSED_EFFECT = 2.0
"""Design effect of abandoned calls until blocks show it; blocks of 50 simulated agents have 1.8 to 2.3."""
_DAY_S = 86_400
_ENOUGH_OLD_BLOCKS = 20
FEWEST_DAYS = 5
"""Earlier days below which utilisation is compared with nothing: they do not show how far days differ, and a day that
differs would be taken for the step's doing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A complete block.

    Attributes:
        start: its beginning.
        answered, abandoned: calls that a person answered, and those of them that found no agent.
        busy_s, staffed_s: agent time in talk and wrap-up, and all of it; seconds.
    """

    start: datetime
    answered: int
    abandoned: int
    busy_s: int
    staffed_s: int

    @property
    def utilisation(self) -> float:
        """Talk and wrap-up over agent time, a fraction."""
        return self.busy_s / self.staffed_s

    @property
    def time_of_day(self) -> int:
        """Seconds since midnight, UTC: blocks of different days with the same one are compared."""
        return int(self.start.timestamp()) % _DAY_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """What was shown after each block; evidence is the logarithm of it, shown at a mistake m once at least log(1/m).

    Attributes:
        blocks: of the step, in their order.
        effects: design effect of abandonment.
        above, bets: evidence that abandonment is above the ceiling, by counts and by bets.
        below: evidence that it is below.
        paired: how many blocks so far could be compared with earlier days.
        gains, errors: utilisation gained so far, and its standard error; 0 and infinite until one was compared.
        gained: evidence that the gain is above `Plan.least_gain`.
        lost: evidence that utilisation is lower than before.
        old, days: how many blocks of earlier days there are, and on how many days.
    """

    blocks: tuple[Block, ...]
    effects: tuple[float, ...]
    above: tuple[float, ...]
    bets: tuple[float, ...]
    below: tuple[float, ...]
    paired: tuple[int, ...]
    gains: tuple[float, ...]
    errors: tuple[float, ...]
    gained: tuple[float, ...]
    lost: tuple[float, ...]
    old: int
    days: int


def settled_since(plan: Plan, began: datetime) -> datetime:
    """Return the first full minute that counts: what was under way at the change is over."""
    since = began + plan.settle
    minute = since.replace(second=0, microsecond=0)
    return minute if minute == since else minute + timedelta(minutes=1)


def complete_blocks(
    minutes: Iterable[tuple[datetime, Tally]], *, block: timedelta, since: datetime
) -> tuple[Block, ...]:
    """Return the complete blocks of minutes, in their order, on the grid that has an edge at `since`.

    Args:
        minutes: before `since`, too: those of earlier days are on the same grid.
        block: length, whole minutes.
        since: a full minute.
    """
    length_s, edge = int(block.total_seconds()), int(since.timestamp())
    gathered: dict[int, list[tuple[datetime, Tally]]] = {}
    for start, tally in minutes:
        gathered.setdefault((int(start.timestamp()) - edge) // length_s, []).append((start, tally))
    whole = (gathered[at] for at in sorted(gathered) if len(gathered[at]) * 60 == length_s)
    return tuple(_block(rows) for rows in whole if _dialing(rows))


def trail(plan: Plan, *, baseline: Minutes, minutes: Minutes, began: datetime, ceiling: float) -> Trail:
    """Return what the minutes of a step show against a ceiling and against earlier days.

    Args:
        plan: of the rollout.
        baseline: minutes before the rollout, under the pacing that was live.
        minutes: of the step; what is before its settled time is left out here.
        began: when the step became live.
        ceiling: highest abandonment, a fraction.
    """
    since = settled_since(plan, began)
    old = complete_blocks(baseline, block=plan.block, since=since)
    new = complete_blocks((row for row in minutes if row[0] >= since), block=plan.block, since=since)
    return trail_of(plan, old=old, new=new, ceiling=ceiling)


def trail_of(plan: Plan, *, old: tuple[Block, ...], new: tuple[Block, ...], ceiling: float) -> Trail:
    """Return what blocks show; arguments as `complete_blocks` makes them of what `trail` is given."""
    effects, above, bets, below = _abandonment(old, new, ceiling)
    paired, gains, errors, gained, lost = _utilisation(old, new, plan.least_gain)
    return Trail(
        blocks=new,
        effects=effects,
        above=above,
        bets=bets,
        below=below,
        paired=paired,
        gains=gains,
        errors=errors,
        gained=gained,
        lost=lost,
        old=len(old),
        days=len(_days_of(old)),
    )


def _days_of(blocks: tuple[Block, ...]) -> set[int]:
    return {int(one.start.timestamp()) // _DAY_S for one in blocks}


def _block(rows: list[tuple[datetime, Tally]]) -> Block:
    return Block(
        start=rows[0][0],
        answered=sum(tally.connects for _, tally in rows),
        abandoned=sum(min(tally.abandons, tally.connects) for _, tally in rows),
        busy_s=sum(tally.talk_s + tally.wrap_s for _, tally in rows),
        staffed_s=sum(tally.staffed_s for _, tally in rows),
    )


def _dialing(rows: list[tuple[datetime, Tally]]) -> bool:
    """Return whether agents were there all the time, and dialing did not rest for half of it, as in a pause."""
    rested = longest = 0
    for _, tally in rows:
        if tally.staffed_s <= 0:
            return False
        rested = 0 if tally.dials else rested + 1
        longest = max(longest, rested)
    return 2 * longest < len(rows)


_Rows = tuple[float, ...]


def _abandonment(old: tuple[Block, ...], new: tuple[Block, ...], ceiling: float) -> tuple[_Rows, _Rows, _Rows, _Rows]:
    from paceline.inference.block_evidence import evidence_by_block
    from paceline.inference.confidence_sequence import Claim
    from paceline.inference.deflated_evidence import deflated_evidence, running_effect

    answered = [one.answered for one in new]
    abandoned = [one.abandoned for one in new]
    if not any(answered):
        nothing = (0.0,) * len(new)
        return (_supposed_effect(old),) * len(new), nothing, nothing, nothing
    effects = running_effect(abandoned, answered, supposed=_supposed_effect(old))
    above, below = (
        deflated_evidence(abandoned, answered, effects=effects, limit=ceiling, claim=claim)
        for claim in (Claim.ABOVE, Claim.BELOW)
    )
    most = 2 * max([20, *(one.answered for one in old)] if old else [20, 2 * new[0].answered])
    held = [min(count, most) for count in answered]
    fewer = [
        min(gone, gone * kept // max(1, count)) for gone, count, kept in zip(abandoned, answered, held, strict=True)
    ]
    bets = evidence_by_block(fewer, held, limit=ceiling, claim=Claim.ABOVE, most_answers=most)
    return tuple(effects.tolist()), tuple(above.tolist()), tuple(bets.tolist()), tuple(below.tolist())


def _supposed_effect(old: tuple[Block, ...]) -> float:
    """Return the design effect that is supposed before blocks of the step show one."""
    from paceline.inference.deflated_evidence import running_effect

    if len(old) < _ENOUGH_OLD_BLOCKS or not any(one.answered for one in old):
        return SUPPOSED_EFFECT
    seen = running_effect([one.abandoned for one in old], [one.answered for one in old], supposed=SUPPOSED_EFFECT)
    return max(SUPPOSED_EFFECT, float(seen[-1]))


def _utilisation(
    old: tuple[Block, ...], new: tuple[Block, ...], least_gain: float
) -> tuple[tuple[int, ...], _Rows, _Rows, _Rows, _Rows]:
    from paceline.inference.paired_blocks import gain_evidence, old_blocks, running_gain

    enough = old if len(_days_of(old)) >= FEWEST_DAYS else ()
    before = old_blocks(
        [int(one.start.timestamp()) - one.time_of_day for one in enough],
        [one.time_of_day for one in enough],
        [one.utilisation for one in enough],
    )
    fitting = [] if before is None else [at for at, one in enumerate(new) if one.time_of_day in before.means]
    if before is None or not fitting:
        nothing = (0.0,) * len(new)
        return (0,) * len(new), nothing, (math.inf,) * len(new), nothing, nothing
    found = running_gain(before, [new[at].time_of_day for at in fitting], [new[at].utilisation for at in fitting])
    gained = gain_evidence(found.gains, found.errors, least=least_gain, expected=EXPECTED_GAIN)
    lost = gain_evidence(-found.gains, found.errors, least=0.0, expected=EXPECTED_GAIN)
    rows = list(zip(*(row.tolist() for row in (found.gains, found.errors, gained, lost)), strict=True))
    counted, standing = [], []
    done, chosen = 0, set(fitting)
    for at in range(len(new)):
        done += at in chosen
        counted.append(done)
        standing.append(rows[done - 1] if done else (0.0, math.inf, 0.0, 0.0))
    gains, errors, up, down = zip(*standing, strict=True)
    return tuple(counted), gains, errors, up, down
