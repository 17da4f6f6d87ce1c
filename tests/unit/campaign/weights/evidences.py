"""Weights, and what data may say of new ones, in one line each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from paceline.campaign.blocks import Tuning, Weights
from paceline.campaign.evidence import (
    ABANDONMENT,
    CONNECTS,
    UTILISATION,
    Evidence,
    Lack,
    MetricShown,
    NoEvidence,
    Source,
    TwinStanding,
)
from paceline.campaign.forecast import Between
from paceline.campaign.observed import Situation
from paceline.campaign.weights.changes import SetWeights
from paceline.compliance.rule import AbandonmentCeiling, Denominator, Period
from tests.unit.campaign.laws import FEDERAL, judged_in, law, made
from tests.unit.campaign.pacing.pacings import measured
from tests.unit.campaign.situations import C1, seen

LAW = law(
    FEDERAL,
    made(
        "US/abandon",
        AbandonmentCeiling(
            most=3, per=100, within_s=2, denominator=Denominator.ANSWERED_LIVE, period=Period.BLOCKS_30D
        ),
    ),
)


def weights(parameters: Mapping[str, str] | None = None, **more: Any) -> Weights:
    named = {"answer_rate": "0.1", "call_rate": "0.1"} if parameters is None else parameters
    plain = {
        "algorithm": "adaptive-v2",
        "parameters": {key: Decimal(value) for key, value in named.items()},
        "validation_split": Decimal("0.8"),
        "deviation_limit": Decimal("0.2"),
        "convergence": Decimal("0.05"),
    }
    return Weights(**{**plain, **more})


def tuning(**more: Any) -> Tuning:
    return Tuning(**{"enabled": True, "trigger": "manual", "drift_protection": True, **more})


def setting(**named: Any) -> SetWeights:
    """Return a change; what is no field of it is a weight."""
    fields: dict[str, Any] = {name: named.pop(name) for name in list(named) if name in SetWeights.__slots__}
    adjusted = {key: Decimal(value) for key, value in named.items()}
    return SetWeights(campaign=C1, adjusted=adjusted, **fields)


def around(live: Weights | None = None, held: Tuning | None = None, **more: Any) -> Situation:
    """Return the situation in Florida of a campaign with weights: nothing abandoned, and good evidence."""
    observed = seen(weights=live or weights(), tuning=held or tuning())
    plain = {"observed": observed, "rulebook": LAW, "measured": (measured(),), "evidence": GOOD}
    return judged_in(("US-FL",), **{**plain, **more})


LACKING = {lack: NoEvidence(lack=lack, why=f"there is {lack.value}", advice="do something about it") for lack in Lack}


def shown(metric: str, old: float, new: float, *, half: float, significant: bool = True) -> MetricShown:
    mean = new - old
    return MetricShown(
        metric=metric,
        old=old,
        new=new,
        difference=Between(mean=mean, low=mean - half, high=mean + half),
        p_value=0.001 if significant else 0.4,
        p_adjusted=0.003 if significant else 0.8,
        least_worth=0.0025 if metric == UTILISATION else 0.0,
        significant=significant,
    )


PASSED = TwinStanding(
    passed=True,
    why="",
    coverage=(),
    folds=5,
    fitted_until=datetime(2026, 6, 1, 12, tzinfo=UTC),
    data_until=datetime(2026, 6, 8, 20, tzinfo=UTC),
    split=0.8,
)
"""A twin that has earned its say."""

GOOD = Evidence(
    source=Source.TWIN,
    blocks=96,
    days=6,
    since=datetime(2026, 6, 1, 12, tzinfo=UTC),
    until=datetime(2026, 6, 8, 20, tzinfo=UTC),
    metrics=(
        shown(UTILISATION, 0.80, 0.83, half=0.01),
        shown(ABANDONMENT, 0.010, 0.012, half=0.003, significant=False),
        shown(CONNECTS, 15.0, 16.0, half=0.3),
    ),
    worth_having=True,
    abandonment_high=0.016,
    ceiling=0.03,
    half_width=0.0125,
    seed=7,
    cpu_s=0.5,
    twin=PASSED,
)
"""Three points more utilisation, at little abandonment."""
CHANCE = replace(
    GOOD,
    metrics=(shown(UTILISATION, 0.80, 0.80, half=0.01, significant=False), *GOOD.metrics[1:]),
    worth_having=False,
)
"""Nothing that chance does not explain."""
