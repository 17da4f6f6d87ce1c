"""What a rollout is to do, said before it begins: the steps, the least evidence for each, and what it may err.

* The last step is the wish; those before it divide the way evenly, rounded towards the gentler side.
* A step that goes further than the house allows is refused, not shortened: the answer names how many steps would do.
  So is one that changes nothing, for it would show nothing.
* A block is a divisor of a day, so that blocks of different days have the same times of day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Self, TypedDict, Unpack, cast

from paceline.campaign.blocks import Pacing
from paceline.campaign.observed import Limits
from paceline.campaign.pacing.steps import steps as too_far
from paceline.control.settings_shown import pacing_shown
from paceline.primitives.canonical import Json
from paceline.primitives.errors import PacelineError

HANDLES_PER_BLOCK = 5
"""Mean handle times that a block holds at least: shorter ones remember the one before."""
SHORTEST_BLOCK = timedelta(minutes=15)
"""Even where calls are short: many short blocks tell no more, and each has too few answers to be judged."""
MOST_STEPS = 20
LEAST_BLIND = timedelta(minutes=5)
"""Shorter, and looks that come every minute, a little late at times, would be taken for blindness."""
_BOUNDS = {
    "steps": f"1 to {MOST_STEPS}",
    "interval": "no negative time",
    "least_answers": "at least 1",
    "least_blocks": "at least 4",
    "block": "whole minutes that divide a day",
    "settle": "no negative time",
    "level": "above 0.5 and below 1",
    "least_gain": "a fraction, at least 0 and below 1",
    "blind": f"at least {LEAST_BLIND // timedelta(minutes=1)} minutes",
    "ceiling": "a fraction, above 0 and below 1",
}
_DAY_MINUTES = 24 * 60
_GRAIN = Decimal("0.0001")


class PlanError(PacelineError):
    """this rollout cannot be planned so"""

    code = "rollout-plan"


class Rest(TypedDict, total=False):
    """What may be said of a plan beside its steps, by the names and in the units of `Plan`."""

    interval: timedelta
    least_answers: int
    least_blocks: int
    block: timedelta
    settle: timedelta
    level: float
    least_gain: float
    blind: timedelta
    ceiling: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The plan of one rollout.

    Attributes:
        steps: each is to be live in turn; the last is what is wanted.
        interval: least time at a step before the next.
        least_answers: people who must have answered at a step before the next; showing anything usually takes more.
        least_blocks: complete blocks before utilisation is judged and before the next step; at least 4.
        block: what is one piece of evidence: at least five mean handle times, and a divisor of a day.
        settle: left out after a change: what was called before it is still under way; one mean handle time and a ring.
        level: how surely the whole rollout makes no false step: above 0.5 and below 1.
        least_gain: utilisation that a step must be shown to gain, a fraction, at least 0.
        blind: how long without data before it steps back; at least `LEAST_BLIND`.
        ceiling: abandonment where no law sets a lower one; a fraction.
    """

    steps: tuple[Pacing, ...]
    interval: timedelta = timedelta(hours=2)
    least_answers: int = 1000
    least_blocks: int = 8
    block: timedelta = SHORTEST_BLOCK
    settle: timedelta = timedelta(minutes=5)
    level: float = 0.95
    least_gain: float = 0.0
    blind: timedelta = timedelta(minutes=10)
    ceiling: float = 0.03

    def __post_init__(self) -> None:
        """Refuse a plan that could not be judged.

        Raises:
            PlanError: a part is outside its bounds.
        """
        minutes = self.block / timedelta(minutes=1)
        sound = {
            "steps": 1 <= len(self.steps) <= MOST_STEPS,
            "interval": self.interval >= timedelta(0),
            "least_answers": self.least_answers >= 1,
            "least_blocks": self.least_blocks >= 4,  # a spread of fewer is no spread
            "block": minutes >= 1 and minutes == int(minutes) and _DAY_MINUTES % int(minutes) == 0,
            "settle": self.settle >= timedelta(0),
            "level": 0.5 < self.level < 1.0,  # wrong more often than right is no statement
            "least_gain": 0.0 <= self.least_gain < 1.0,
            "blind": self.blind >= LEAST_BLIND,
            "ceiling": 0.0 < self.ceiling < 1.0,
        }
        wrong = [name for name, holds in sound.items() if not holds]
        if wrong:
            found = getattr(self, wrong[0])
            shown = f"{len(found)} of them" if wrong[0] == "steps" else str(found)
            raise PlanError(f"{wrong[0]} cannot be {shown}", hint=_BOUNDS[wrong[0]])

    @classmethod
    def between(
        cls,
        live: Pacing,
        wanted: Pacing,
        *,
        steps: int,
        step_limit: Decimal | None = None,
        handle_s: float | None = None,
        ring_s: float = 15.0,
        **rest: Unpack[Rest],
    ) -> Self:
        """Return the plan that goes from the live pacing to the wanted one in so many even steps.

        Args:
            live: what is live now.
            wanted: the last step, whole.
            steps: 1 to 20.
            step_limit: how far a step may go, as `campaign.pacing.steps` judges a change; None: any way.
            handle_s: mean talk and wrap-up, seconds; makes `block` and `settle` unless they are in `rest`.
            ring_s: mean ring, seconds; for `settle`.
            rest: other fields of the plan.

        Raises:
            PlanError: a step would go further than the limit, or change nothing, or a part is outside its bounds.
        """
        if not 1 <= steps <= MOST_STEPS:
            raise PlanError(f"steps cannot be {steps}", hint=f"1 to {MOST_STEPS}")
        way = divided(live, wanted, steps)
        if step_limit is not None:
            _within(live, wanted, way, step_limit)
        _moving(live, wanted, way)
        if handle_s is not None:
            rest.setdefault("block", block_for(handle_s))
            rest.setdefault("settle", settle_for(handle_s, ring_s))
        return cls(steps=way, **rest)

    @property
    def error(self) -> float:
        """What each step may err: the steps share the error of the whole rollout."""
        return (1.0 - self.level) / len(self.steps)

    def document(self) -> dict[str, Json]:
        """Return it as it is kept and shown; `of` reads it."""
        return {
            "steps": [pacing_document(step) for step in self.steps],
            "interval_s": self.interval.total_seconds(),
            "least_answers": self.least_answers,
            "least_blocks": self.least_blocks,
            "block_s": self.block.total_seconds(),
            "settle_s": self.settle.total_seconds(),
            "level": self.level,
            "least_gain": self.least_gain,
            "blind_s": self.blind.total_seconds(),
            "ceiling": self.ceiling,
        }

    @classmethod
    def of(cls, document: Mapping[str, Json]) -> Self:
        """Return the plan of a document.

        Raises:
            PlanError: it is not the document of a plan.
        """
        try:
            spans = {
                name: timedelta(seconds=float(cast("float", document[f"{name}_s"])))
                for name in ("interval", "block", "settle", "blind")
            }
            return cls(
                steps=tuple(pacing_of(one) for one in cast("list[Mapping[str, Json]]", document["steps"])),
                least_answers=int(cast("int", document["least_answers"])),
                least_blocks=int(cast("int", document["least_blocks"])),
                level=float(cast("float", document["level"])),
                least_gain=float(cast("float", document["least_gain"])),
                ceiling=float(cast("float", document["ceiling"])),
                **spans,
            )
        except (KeyError, TypeError, ValueError, ArithmeticError) as wrong:
            raise PlanError("this is not the document of a plan", hint=f"{type(wrong).__name__}: {wrong}") from wrong


def block_for(handle_s: float) -> timedelta:
    """Return the shortest block for a mean handle time in seconds: five of them, a divisor of a day.

    >>> block_for(180.0), block_for(300.0)
    (datetime.timedelta(seconds=900), datetime.timedelta(seconds=1800))
    """
    least = max(HANDLES_PER_BLOCK * handle_s, SHORTEST_BLOCK.total_seconds())
    fitting = (minutes for minutes in range(1, _DAY_MINUTES + 1) if _DAY_MINUTES % minutes == 0)
    return timedelta(minutes=next((minutes for minutes in fitting if minutes * 60 >= least), _DAY_MINUTES))


def settle_for(handle_s: float, ring_s: float) -> timedelta:
    """Return how long after a change nothing counts: one mean handle time and one mean ring, in whole minutes.

    >>> settle_for(180.0, 12.0)
    datetime.timedelta(seconds=240)
    """
    return timedelta(minutes=-int(-(handle_s + ring_s) // 60))


def divided(live: Pacing, wanted: Pacing, steps: int) -> tuple[Pacing, ...]:
    """Return the pacings on the even way from the live one to the wanted one; the last is the wanted one itself.

    What is not a whole number of its unit (0.0001 of a rate) is rounded towards the live value.
    """
    return (*(_on_the_way(live, wanted, part, steps) for part in range(1, steps)), wanted)


def pacing_document(pacing: Pacing) -> dict[str, Json]:
    """Return a pacing as the ledger keeps it: rates as text, so that no digit is lost; what is unknown beside it."""
    return {**pacing_shown(pacing), "beside": dict(pacing.beside)}


def pacing_of(document: Mapping[str, Json]) -> Pacing:
    """Return the pacing of a document; a KeyError, TypeError or ArithmeticError tells that it is none."""
    return Pacing(
        answer_rate=Decimal(str(document["answer_rate"])),
        abandonment_aim=Decimal(str(document["abandonment_aim"])),
        max_calls=int(cast("int", document["max_calls"])),
        call_interval_ms=int(cast("int", document["call_interval_ms"])),
        warm_up_s=int(cast("int", document["warm_up_s"])),
        strategy=str(document["strategy"]),
        beside=cast("Mapping[str, Json]", document["beside"]),
    )


def _on_the_way(live: Pacing, wanted: Pacing, part: int, steps: int) -> Pacing:
    def rate(begin: Decimal, end: Decimal) -> Decimal:
        return _between(begin, end, part, steps, grain=_GRAIN)

    def count(begin: int, end: int) -> int:
        return int(_between(Decimal(begin), Decimal(end), part, steps, grain=Decimal(1)))

    return Pacing(
        answer_rate=rate(live.answer_rate, wanted.answer_rate),
        abandonment_aim=rate(live.abandonment_aim, wanted.abandonment_aim),
        max_calls=count(live.max_calls, wanted.max_calls),
        call_interval_ms=count(live.call_interval_ms, wanted.call_interval_ms),
        warm_up_s=count(live.warm_up_s, wanted.warm_up_s),
        strategy=wanted.strategy,
        beside=wanted.beside,
    )


def _between(begin: Decimal, end: Decimal, part: int, steps: int, *, grain: Decimal) -> Decimal:
    if begin == end:
        return begin
    rounding = ROUND_FLOOR if end > begin else ROUND_CEILING
    way = (end - begin) * part / steps  # multiplied first: a third of it three times is all of it
    return begin + way.quantize(grain, rounding=rounding)


def _within(live: Pacing, wanted: Pacing, way: tuple[Pacing, ...], limit: Decimal) -> None:
    too_far = _first_too_far(live, way, limit)
    if too_far is None:
        return
    enough = next(
        (
            n
            for n in range(len(way) + 1, MOST_STEPS + 1)
            if _first_too_far(live, divided(live, wanted, n), limit) is None
        ),
        None,
    )
    hint = (
        f"{enough} steps would do" if enough else f"{MOST_STEPS} steps would not do either; roll out half of it first"
    )
    raise PlanError(f"with {len(way)} steps, {too_far} goes further in one step than {limit}", hint=hint)


def _moving(live: Pacing, wanted: Pacing, way: tuple[Pacing, ...]) -> None:
    idle = _first_idle(live, way)
    if idle is None:
        return
    fewer = (n for n in range(len(way) - 1, 0, -1) if _first_idle(live, divided(live, wanted, n)) is None)
    enough = next(fewer, None)
    hint = None if enough is None else f"{enough} step{'' if enough == 1 else 's'} would do"
    raise PlanError(f"with {len(way)} steps, step {idle} changes nothing", hint=hint)


def _first_idle(live: Pacing, way: tuple[Pacing, ...]) -> int | None:
    pairs = enumerate(zip((live, *way), way, strict=False), start=1)
    return next((at for at, (before, after) in pairs if before == replace(after, beside=before.beside)), None)


def _first_too_far(live: Pacing, way: tuple[Pacing, ...], limit: Decimal) -> str | None:
    limits = Limits(pacing_step=limit)
    for before, after in zip((live, *way), way, strict=False):
        beyond = too_far(before, after, limits)
        if beyond:
            return beyond[0].field
    return None
