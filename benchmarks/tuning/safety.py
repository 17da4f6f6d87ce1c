"""How often a change that a twin calls lawful is not: the boldest one that it lets pass, where the truth is known.

Of each campaign the boldest change is looked for that the held-out days still call lawful: nobody can choose worse.
Then days come under it. The bound is that of what is right on average, so both are counted: what is right on average,
and what so many days come to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.tuning.truths import AFTER, CEILING, LONG, Truth, abandonment, fitted, truth_of, utilisation
from paceline.campaign.evidence import ABANDONMENT, UTILISATION, Evidence, NoEvidence
from paceline.inference.promotion import abandonment_high, looked
from paceline.twin.model import Twin
from paceline.twin.plausible import boldest_of
from paceline.twin.weighing import blocks_under, dialers, paired, seed_of, weighed

MOST_BOLD, HALVINGS = 0.5, 6
STEPS = (0.1, 0.3)
"""Changes whose predicted intervals are held against the truth, besides the boldest one."""
_LATER = 2000
"""Number of the first day of those that tell the truth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Boldest:
    """The boldest change that a rule lets pass; shares are fractions.

    Attributes:
        factor: so many more lines; 0 where none passes.
        bound: of abandonment, by the rule.
        truth, came: abandonment of many days, and of so many as come after a change.
    """

    factor: float
    bound: float
    truth: float
    came: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Whether intervals of one change held the truth, new less old; `widths` are half-widths, `errors` how far off."""

    factor: float
    widths: tuple[float, float]
    errors: tuple[float, float]

    @property
    def held(self) -> tuple[bool, bool]:
        """Return it of utilisation and of abandonment."""
        return self.errors[0] <= 0.0, self.errors[1] <= 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of one campaign: by the rule, and by the rule before it."""

    truth: Truth
    ours: Boldest
    before: Boldest
    ours_held: tuple[Held, ...]
    before_held: tuple[Held, ...]


def tried(seed: int) -> Tried:
    """Return what came of the campaign of a seed."""
    truth = truth_of(seed)
    twin = fitted(truth)
    return Tried(
        truth=truth,
        ours=_boldest(truth, lambda factor: _ours(truth, twin, factor).abandonment_high),
        before=_boldest(truth, lambda factor: _bound_before(truth, twin, factor)),
        ours_held=tuple(_held(truth, factor, _intervals(_ours(truth, twin, factor))) for factor in STEPS),
        before_held=tuple(_held(truth, factor, _intervals_before(truth, twin, factor)) for factor in STEPS),
    )


def _boldest(truth: Truth, bound: Callable[[float], float]) -> Boldest:
    """Return the boldest change with a bound below the ceiling, as far as halving steps tell."""
    low, high = 0.0, MOST_BOLD
    passed = 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        found = bound(middle)
        low, high = (middle, high) if found < CEILING else (low, middle)
        passed = found if found < CEILING else passed
    lines = truth.told * truth.really * (1.0 + low)
    return Boldest(
        factor=low,
        bound=passed,
        truth=abandonment(truth.blocks(_LATER, LONG, lines)),
        came=abandonment(truth.blocks(truth.days, AFTER, lines)),
    )


def _ours(truth: Truth, twin: Twin, factor: float) -> Evidence:
    found = weighed(twin, truth.asked(factor))
    if isinstance(found, NoEvidence):
        raise TypeError(found.why)
    return found


def _intervals(evidence: Evidence) -> tuple[tuple[float, float], tuple[float, float]]:
    used, abandoned = evidence.of(UTILISATION).difference, evidence.of(ABANDONMENT).difference
    return (used.low, used.high), (abandoned.low, abandoned.high)


def _bound_before(truth: Truth, twin: Twin, factor: float) -> float:
    """Return the bound of the rule before: by the fit and by one dialer that is as bold as it may be, at 95 %."""
    live, wanted = dialers(truth.asked(factor))
    if live is None or wanted is None:
        raise ValueError("the pacing is known")
    days, seed = twin.held_out, seed_of(twin)
    boldest = blocks_under(boldest_of(twin), days, wanted, live=live, seed=seed)
    blocks = paired(twin, days, live, wanted, seed=seed)
    return max(abandonment_high(blocks, level=0.95), abandonment_high(boldest, level=0.95))


def _intervals_before(truth: Truth, twin: Twin, factor: float) -> tuple[tuple[float, float], tuple[float, float]]:
    live, wanted = dialers(truth.asked(factor))
    if live is None or wanted is None:
        raise ValueError("the pacing is known")
    blocks = paired(twin, twin.held_out, live, wanted, seed=seed_of(twin))
    judged = looked(blocks, least_gain=0.0025, ceiling=CEILING, seed=seed_of(twin))
    used, abandoned = judged.metrics[0], judged.metrics[1]
    return (used.low, used.high), (abandoned.low, abandoned.high)


def _held(truth: Truth, factor: float, intervals: tuple[tuple[float, float], tuple[float, float]]) -> Held:
    lines = truth.told * truth.really
    live, new = truth.blocks(_LATER, LONG, lines), truth.blocks(_LATER, LONG, lines * (1.0 + factor))
    really = (utilisation(new) - utilisation(live), abandonment(new) - abandonment(live))
    errors = [max(low - one, one - high) for (low, high), one in zip(intervals, really, strict=True)]
    widths = [(high - low) / 2.0 for low, high in intervals]
    return Held(factor=factor, widths=(widths[0], widths[1]), errors=(errors[0], errors[1]))
