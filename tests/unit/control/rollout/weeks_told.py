"""Measured minutes written by hand: every minute alike but for a pattern, so that what they show is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from paceline.campaign.blocks import Pacing
from paceline.campaign.forecaster import LegalPeriod
from paceline.campaign.statistics import Tally
from paceline.control.rollout.plan import Plan

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
BEGAN = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
AGENT_S = 50 * 60
Rows = list[tuple[datetime, Tally]]


def pacing(aim: str = "0.01", **other: object) -> Pacing:
    """Return a pacing with this aim."""
    told = {"answer_rate": Decimal("0.60"), "max_calls": 80, "call_interval_ms": 100, "warm_up_s": 0, **other}
    return Pacing(abandonment_aim=Decimal(aim), **told)  # type: ignore[arg-type]  # fields by their names


def plan(**other: object) -> Plan:
    """Return a plan of one step, with blocks of 15 minutes that begin with the step."""
    told: dict[str, object] = {"steps": (pacing(),), "settle": timedelta(0), **other}
    return Plan(**told)  # type: ignore[arg-type]  # fields by their names


def minutes(
    count: int,
    *,
    since: datetime = BEGAN,
    abandons: Callable[[int], int] = lambda _: 0,
    busy: Callable[[int], float] = lambda _: 0.9,
) -> Rows:
    """Return minutes in a row with 16 answers each; `abandons` and `busy` tell of each by its number."""
    rows = []
    for at in range(count):
        busy_s = round(AGENT_S * busy(at))
        tally = Tally(dials=50, connects=16, abandons=abandons(at), talk_s=busy_s, staffed_s=AGENT_S)
        rows.append((since + at * MINUTE, tally))
    return rows


def waving(at: int) -> float:
    """Return a utilisation that goes up and down about 0.9 from block to block, as that of real blocks does."""
    return 0.9 + (0.005 if at // 15 % 2 else -0.005)


def earlier(days: int = 8, *, count: int = 480) -> Rows:
    """Return the same hours of earlier days; a block is above 0.9 on one day and below on the next."""
    rows: Rows = []
    for day in range(days, 0, -1):
        rows += minutes(count, since=BEGAN - day * DAY, busy=lambda at, day=day: waving(at + 15 * day))  # type: ignore[misc]  # the day is bound now
    return rows


def period(answered: int, abandoned: int, *, age: timedelta = timedelta(days=3)) -> LegalPeriod:
    """Return a legal period of 30 days at 3 %, so old when the step began."""
    start = BEGAN - age
    return LegalPeriod(
        period="30-day-blocks",
        rules=("us.abandonment",),
        start=start,
        end=start + 30 * DAY,
        most=3,
        per=100,
        answered=answered,
        abandoned=abandoned,
    )
