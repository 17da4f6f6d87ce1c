"""What a judgement of a rollout says: sentences with their numbers, and the same numbers for programs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from paceline.campaign.forecaster import LegalPeriod
from paceline.control.rollout.evidence import EXPECTED_GAIN, FEWEST_DAYS, Trail
from paceline.control.rollout.plan import Plan
from paceline.primitives.canonical import Json
from paceline.primitives.clock import utc_text


def period_words(period: LegalPeriod) -> str:
    """Return what a period above its ceiling comes to."""
    rate = period.abandoned / max(1, period.answered)
    return (
        f"the legal period {period.period}, since {_day(period.start)}, is above its ceiling: {period.abandoned:,} of "
        f"{period.answered:,} answered calls abandoned, {rate:.2%} against {period.most / period.per:.2%}"
    )


def above_words(found: Trail, at: int, ceiling: float) -> str:
    """Return what shows that abandonment is above the ceiling."""
    abandoned, answered = counted(found, at)
    return (
        f"abandonment is shown to be above {ceiling:.2%}: {abandoned:,} of {answered:,} answered calls, "
        f"{abandoned / max(1, answered):.2%}, in {at + 1} blocks"
    )


def lower_words(found: Trail, at: int) -> str:
    """Return what shows that utilisation is lower than before."""
    return (
        f"utilisation is shown to be lower than before: {_points(found.gains[at])} in {found.paired[at]} blocks, "
        f"against the same times of {found.old} blocks of earlier days"
    )


def shown_words(plan: Plan, found: Trail, ceiling: float, *, mistake: float) -> str:
    """Return what shows that a step is good."""
    at = len(found.blocks) - 1
    abandoned, answered = counted(found, at)
    bounds = _abandonment_bounds(found, at, mistake)
    return (
        f"a gain of more than {100 * plan.least_gain:.2f} points of utilisation is shown: {_points(found.gains[at])}, "
        f"at least {_points(gain_bound(found, at, mistake))}; and abandonment below {ceiling:.2%}: "
        f"{abandoned / max(1, answered):.2%} of {answered:,} answered calls, at most {bounds[1]:.2%}"
    )


def open_words(plan: Plan, found: Trail, ceiling: float, *, mistake: float) -> str:
    """Return what is not shown yet."""
    at = len(found.blocks) - 1
    abandoned, answered = counted(found, at)
    low, high = _abandonment_bounds(found, at, mistake)
    gain = f"{_points(found.gains[at])}, at least {_points(gain_bound(found, at, mistake))}"
    return (
        f"neither gain nor harm is shown in {at + 1} blocks: utilisation {gain}, asked is more than "
        f"{100 * plan.least_gain:.2f} points; abandonment {abandoned / max(1, answered):.2%} of {answered:,} answered "
        f"calls, between {low:.2%} and {high:.2%}, asked is below {ceiling:.2%}"
    )


def uncompared_words(found: Trail) -> str:
    """Return why utilisation is compared with nothing."""
    if found.days < FEWEST_DAYS:
        return (
            f"utilisation cannot be compared: {found.days} earlier days were measured, and fewer than {FEWEST_DAYS} do "
            "not show how far days differ"
        )
    return f"utilisation cannot be compared: {found.old} blocks of earlier days, none at these times"


def counted(found: Trail, at: int) -> tuple[int, int]:
    """Return the abandoned and the answered calls up to a block."""
    seen = found.blocks[: at + 1]
    return sum(one.abandoned for one in seen), sum(one.answered for one in seen)


def gain_bound(found: Trail, at: int, mistake: float) -> float:
    """Return the utilisation that was gained at least, a fraction; -infinite where nothing was compared."""
    from paceline.inference.paired_blocks import least_shown

    if not found.paired[at]:
        return -math.inf
    return least_shown(found.gains[at], found.errors[at], expected=EXPECTED_GAIN, mistake=mistake)


def numbers(
    found: Trail, *, step: int, ceiling: float, periods: Sequence[LegalPeriod], waited: timedelta, mistake: float
) -> dict[str, Json]:
    """Return what a judgement rests on, for programs; None where nothing can be said."""
    at = len(found.blocks) - 1
    abandoned, answered = counted(found, at)
    told: dict[str, Json] = {
        "step": step,
        "waited_s": waited.total_seconds(),
        "blocks": at + 1,
        "blocks_compared": found.paired[at] if at >= 0 else 0,
        "earlier_blocks": found.old,
        "earlier_days": found.days,
        "answered": answered,
        "abandoned": abandoned,
        "ceiling": ceiling,
        "abandonment": None,
        "utilisation_gain": None,
        "periods": [_period_document(period) for period in periods],
    }
    if answered:
        low, high = _abandonment_bounds(found, at, mistake)
        told["abandonment"] = {
            "estimate": abandoned / answered,
            "low": low,
            "high": high,
            "design_effect": found.effects[at],
            "evidence_above": _finite(max(found.above[: at + 1])),
            "evidence_above_by_bets": _finite(max(found.bets[: at + 1])),
            "evidence_below": _finite(found.below[at]),
        }
    if at >= 0 and found.paired[at]:
        told["utilisation_gain"] = {
            "estimate": found.gains[at],
            "standard_error": found.errors[at],
            "at_least": gain_bound(found, at, mistake),
            "evidence_more": _finite(found.gained[at]),
            "evidence_less": _finite(max(found.lost[: at + 1])),
        }
    return told


def _abandonment_bounds(found: Trail, at: int, mistake: float) -> tuple[float, float]:
    from paceline.inference.deflated_evidence import deflated_interval

    abandoned, answered = counted(found, at)
    if not answered:
        return 0.0, 1.0
    bounds = deflated_interval(abandoned, answered, effect=found.effects[at], level=1.0 - mistake)
    return bounds.low, bounds.high


def _period_document(period: LegalPeriod) -> dict[str, Json]:
    return {
        "period": period.period,
        "start": utc_text(period.start),
        "ceiling": f"{period.most}/{period.per}",
        "answered": period.answered,
        "abandoned": period.abandoned,
    }


def _finite(evidence: float) -> float | None:
    """Return the logarithm of evidence as JSON can say it; None where there is none at all."""
    return evidence if math.isfinite(evidence) else None


def _points(gain: float) -> str:
    """Return a difference of utilisation in points.

    >>> _points(0.0123)
    '+1.23 points'
    """
    return "nothing" if math.isinf(gain) else f"{100 * gain:+.2f} points"


def _day(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
