"""A twin that nobody fitted, with numbers that can be checked by hand, and who keeps it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from paceline.bootstrap import System
from paceline.bootstrap.twins import twins_of
from paceline.campaign.evidence import Coverage, TwinStanding
from paceline.primitives.ids import CampaignId
from paceline.records.summary import HalfHours
from paceline.simulation.distributions import Duration, Family
from paceline.twin.kept import By
from paceline.twin.model import DaySpread, Draw, Drifted, Fitted, MadeOf, Twin, TwinDay, half_hour_of
from paceline.twin.results import FoldResult, Scored

MONDAY = datetime(2026, 5, 4, 13, tzinfo=UTC)
DAYS, HELD_OUT, HALVES = 15, 5, 16
FITTED_UNTIL = MONDAY + timedelta(days=DAYS - HELD_OUT)
DATA_UNTIL = MONDAY + timedelta(days=DAYS - 1, minutes=30 * HALVES)


def duration(mean_s: float) -> Duration:
    return Duration(family=Family.EXPONENTIAL, mean_s=mean_s)


DRAW = Draw(
    answer=1.0,
    talk=duration(150.0),
    wrap=duration(30.0),
    ring_answered=duration(10.0),
    ring_machine=duration(12.0),
    ring_unanswered=duration(25.0),
    timeout_s=30.0,
    machine=0.2,
    busy=0.05,
    failed=0.02,
    lines=2.5,
)


def start_of(day: int) -> int:
    return half_hour_of(MONDAY + timedelta(days=day))


def scored(measure: str, *, outside: int = 10) -> Scored:
    """Every `outside`th half-hour lay below the interval, and the others in the middle of what was predicted."""
    places = [(day, half) for day in range(DAYS - HELD_OUT, DAYS) for half in range(HALVES)]
    low = tuple(0.01 if at % outside == 0 else 0.505 for at in range(len(places)))
    count = len(places)
    return Scored(
        measure=measure,
        start=tuple(start_of(day) + half for day, half in places),
        day=tuple(day for day, _ in places),
        measured=(10.0,) * count,
        mean=(10.0,) * count,
        low=(5.0,) * count,
        high=(15.0,) * count,
        pit_low=low,
        pit_high=tuple(one + 0.01 for one in low),
        crps=(1.0,) * count,
        naive=(2.0,) * count,
    )


def half_hours() -> HalfHours:
    starts = np.array([start_of(day) + half for day in range(DAYS) for half in range(HALVES)], dtype=np.int64)
    whole, seconds = np.full(starts.size, 100, dtype=np.int64), np.full(starts.size, 1800.0)
    none = np.zeros(starts.size, dtype=np.int64)
    return HalfHours(
        start=starts, dials=whole, answered=whole // 3, abandoned=none, machines=whole // 5, no_answers=whole // 4,
        busies=none, failed=none, staffed_s=seconds * 20, talk_s=seconds * 12, wrap_s=seconds * 3, wait_s=seconds,
    )  # fmt: skip


def twin_of(campaign: CampaignId, *, passed: bool = True, drifted: Drifted | None = None) -> Twin:
    """Return a twin of fifteen days, the last five held out."""
    days = tuple(
        TwinDay(
            start=start_of(day), staffed_s=(36_000.0,) * HALVES, rates=(0.33,) * HALVES, log_factor=0.0, answers=500
        )
        for day in range(DAYS)
    )
    measures = ("answers", "utilisation")
    result = FoldResult(
        fitted_until=FITTED_UNTIL,
        since=FITTED_UNTIL,
        until=DATA_UNTIL,
        is_last=True,
        scored=tuple(scored(one, outside=10 if passed else 2) for one in measures),
    )
    standing = TwinStanding(
        passed=passed,
        why="" if passed else "answers: the 90 % intervals held only half",
        coverage=tuple(Coverage(measure=one, covered=0.9, half_hours=80, skill=0.5) for one in measures),
        folds=5,
        fitted_until=FITTED_UNTIL,
        data_until=DATA_UNTIL,
        split=0.8,
    )
    return Twin(
        campaign=campaign,
        made_of=MadeOf.PLATFORM,
        data="ab" * 32,
        zone="UTC",
        parameters=(Fitted(name="talk, mean", value=150.0, low=140.0, high=160.0, unit="s"),),
        best=DRAW,
        draws=(DRAW, replace(DRAW, answer=1.1)),
        spread=DaySpread(level=0.0, slope=0.0, origin=20_000.0, spread=0.05, slope_error=0.0, freedom=9),
        told=2.0,
        cap=80,
        calls_per_s=5,
        days=days,
        half_hours=half_hours(),
        results=(result,),
        standing=standing,
        seed=1,
        drifted=drifted,
        assumed=("two seconds of patience",),
    )


def keep(system: System, twin: Twin) -> Twin:
    """Keep a twin as `paceline twin fit` does."""
    return twins_of(system).keep(twin, By(actor=system.actor))
