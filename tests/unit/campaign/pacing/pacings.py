"""Pacing that is lawful nearly everywhere, and what may be expected of it, in one line each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from paceline.campaign.blocks import Pacing
from paceline.campaign.forecast import Between, Effect, Fit, PeriodRisk, Projection
from paceline.campaign.observed import Measurement, Situation
from paceline.campaign.pacing.changes import SetPacing
from paceline.campaign.pacing.model import FIELDS
from paceline.compliance.rule import AbandonmentCeiling, Denominator, Period
from tests.unit.campaign.laws import FEDERAL, judged_in, law, made
from tests.unit.campaign.situations import C1, seen

NOW = datetime(2026, 11, 21, 3, 38, tzinfo=UTC)
START = datetime(2026, 11, 14, 12, tzinfo=UTC)
MODERATE = Pacing(
    answer_rate=Decimal("0.72"),
    abandonment_aim=Decimal("0.01"),
    max_calls=80,
    call_interval_ms=120,
    warm_up_s=60,
)


def ceiling(most: int, per: int = 100, period: Period = Period.BLOCKS_30D) -> AbandonmentCeiling:
    return AbandonmentCeiling(most=most, per=per, within_s=2, denominator=Denominator.ANSWERED_LIVE, period=period)


LAW = law(FEDERAL, made("US/abandon", ceiling(3)))


def setting(**named: Any) -> SetPacing:
    return SetPacing(campaign=C1, **named)


def whole(**more: Any) -> SetPacing:
    """Return the change that names everything."""
    return setting(**{**{name: getattr(MODERATE, name) for name in FIELDS}, **more})


def measured(abandoned: int = 0, answered: int = 1000, period: Period = Period.BLOCKS_30D) -> Measurement:
    return Measurement(answered=answered, abandoned=abandoned, start=START, end=NOW, period=period.value)


def between(mean: float, half: float = 0.0) -> Between:
    return Between(mean=mean, low=mean - half, high=mean + half)


def effect(abandonment: float, half: float = 0.005, utilisation: float = 0.88) -> Effect:
    return Effect(
        utilisation=between(utilisation, 0.004),
        abandonment=between(abandonment, half),
        connects_per_agent_hour=between(16.0, 0.2),
    )


def risk(then: float, **more: Any) -> PeriodRisk:
    plain = {
        "period": "30-day-blocks",
        "rules": ("US-abandon",),
        "start": START,
        "end": START + timedelta(days=30),
        "most": 3,
        "per": 100,
        "answered": 1000,
        "abandoned": 24,
        "days_left": 17.0,
        "now": 0.01,
        "then": then,
        "answers_left": 2000.0,
        "abandoned_left": between(40.0, 9.0),
        "allowance": 41,
    }
    return PeriodRisk(**{**plain, **more})


def fit(*, holds: bool, scale: float = 1.0) -> Fit:
    return Fit(measured_abandonment=0.024, measured_utilisation=0.87, simulated=effect(0.051), scale=scale, holds=holds)


def projection(chance: float = 0.001, abandonment: float = 0.02, half: float = 0.002, **more: Any) -> Projection:
    plain = {
        "now": effect(0.024),
        "then": effect(abandonment, half, 0.9),
        "difference": effect(0.001, 0.001, 0.021),
        "risks": (risk(chance),),
        "optimum": 0.94,
        "gap_closed": 0.35,
        "fit": fit(holds=True),
        "agents": 50.0,
        "days": 40,
        "seed": 7,
        "measured_since": START,
        "measured_until": NOW,
        "measured_answer_rate": between(0.72, 0.03),
        "measured_handle_s": 180.0,
        "ring_s": 12.0,
        "ring_unanswered_s": 12.0,
        "assumed": (),
        "cpu_s": 0.2,
    }
    return Projection(**{**plain, **more})


def around(*regions: str, live: Pacing | None = MODERATE, **more: Any) -> Situation:
    """Return the situation in these regions, Florida when none is named: nothing abandoned, nothing to be expected."""
    plain = {
        "now": NOW,
        "observed": seen(pacing=live),
        "rulebook": LAW,
        "measured": (measured(),),
        "forecast": projection(),
    }
    return judged_in(regions or ("US-FL",), **{**plain, **more})
