"""Twins that are written down, not fitted: so many days of one campaign, the last of them held out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np

from paceline.campaign.blocks import WEIGHT_KEYS, Pacing, Tuning, Weights
from paceline.campaign.evidence import TwinStanding
from paceline.campaign.observed import Observed, State
from paceline.primitives.ids import Version, campaign_id
from paceline.records.summary import HalfHours
from paceline.simulation.distributions import Duration, Family
from paceline.twin.boldness import boldness_of, told_by
from paceline.twin.model import DaySpread, Draw, MadeOf, Twin, TwinDay, half_hour_of, instant_of

CAMPAIGN = campaign_id("CMP-12345")
BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
AGENTS, HALVES, HELD_OUT = 20, 8, 5
PACING = Pacing(
    answer_rate=Decimal("0.30"), abandonment_aim=Decimal("0.0035"), max_calls=150, call_interval_ms=50, warm_up_s=0
)
TUNING = Tuning(enabled=True, trigger="manual", drift_protection=True)


def weights(**parameters: str) -> Weights:
    """Return weights, each 0 that is not named, with a deviation of 0.3."""
    return Weights(
        algorithm="predictive-v2",
        parameters={key: Decimal(parameters.get(key, "0")) for key in WEIGHT_KEYS},
        validation_split=Decimal("0.7"),
        deviation_limit=Decimal("0.3"),
        convergence=Decimal("0.05"),
    )


def observed(
    live: Weights | None = None, *, tuning: Tuning | None = TUNING, pacing: Pacing | None = PACING
) -> Observed:
    """Return the campaign with these weights live."""
    return Observed(
        campaign=CAMPAIGN,
        state=State.ACTIVE,
        version=Version("7"),
        at=BEGAN + timedelta(days=30),
        weights=live,
        tuning=tuning,
        pacing=pacing,
    )


def twin(seen: Observed, *, days: int = 12, split: float = 0.7) -> Twin:
    """Return a twin of a campaign that dialed as told, from 30 days ago on; of twelve days five are held out."""
    first = half_hour_of(seen.at - timedelta(days=30))
    told = boldness_of(told_by(seen), AGENTS)
    lines = 1.0 if told is None else told.lines
    made = tuple(
        TwinDay(
            start=first + 48 * at,
            staffed_s=(AGENTS * 1800.0,) * HALVES,
            rates=(0.3,) * HALVES,
            log_factor=0.0,
            answers=700,
        )
        for at in range(days)
    )
    fitted = days - HELD_OUT if days >= 12 else round(days * split)
    return Twin(
        campaign=seen.campaign,
        made_of=MadeOf.PLATFORM,
        data="ab" * 32,
        zone="UTC",
        parameters=(),
        best=_draw(1.0, lines),
        draws=tuple(_draw(factor, lines) for factor in (0.97, 1.0, 1.03)),
        spread=DaySpread(level=0.0, slope=0.0, origin=first / 48, spread=0.05, slope_error=0.0, freedom=9),
        told=lines,
        cap=0,
        calls_per_s=0,
        days=made,
        half_hours=_nothing(),
        results=(),
        standing=TwinStanding(
            passed=True,
            why="",
            coverage=(),
            folds=5,
            fitted_until=instant_of(made[fitted - 1].end),
            data_until=instant_of(made[-1].end),
            split=split,
        ),
        seed=1,
    )


def without_say(one: Twin, why: str) -> Twin:
    """Return a twin that failed its check."""
    return replace(one, standing=replace(one.standing, passed=False, why=why))


def _draw(answer: float, lines: float) -> Draw:
    ring = Duration(family=Family.LOGNORMAL, mean_s=9.0, cv=0.5)
    return Draw(
        answer=answer,
        talk=Duration(family=Family.LOGNORMAL, mean_s=160.0, cv=1.0),
        wrap=Duration(family=Family.LOGNORMAL, mean_s=20.0, cv=0.6),
        ring_answered=ring,
        ring_machine=ring,
        ring_unanswered=Duration(family=Family.DETERMINISTIC, mean_s=25.0),
        timeout_s=None,
        machine=0.3,
        busy=0.05,
        failed=0.02,
        lines=lines,
    )


def _nothing() -> HalfHours:
    counts, seconds = np.zeros(0, dtype=np.int64), np.zeros(0)
    return HalfHours(
        start=counts,
        dials=counts,
        answered=counts,
        abandoned=counts,
        machines=counts,
        no_answers=counts,
        busies=counts,
        failed=counts,
        talk_s=seconds,
        wrap_s=seconds,
        staffed_s=seconds,
        wait_s=seconds,
    )
