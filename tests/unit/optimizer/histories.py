"""Campaigns as a dialer played them: minutes as the platform tells them, and questions for the forecaster."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from paceline.campaign.blocks import Pacing
from paceline.campaign.forecaster import ForecastAsked, LegalPeriod
from paceline.campaign.observed import Observed, State
from paceline.campaign.pacing.boldness import lines_per_idle
from paceline.campaign.statistics import LivePicture, Statistics, Tally
from paceline.emulator.instants import MILLISECOND
from paceline.primitives.ids import CampaignId, Version
from tests.emulator.dialers import START, Rows, dialer, orders, play

CAMPAIGN = CampaignId("CMP-1")
BEGAN = datetime(2026, 6, 15, 12, tzinfo=UTC)
"""A Monday, 12:00; where the dialers begin."""
REAL = {
    "records": 10**7, "answerRate": 0.3, "machineShare": 0.3, "busyShare": 0.05, "ringSeconds": 10,
    "ringVariation": 0.4, "noAnswerSeconds": 25, "talkSeconds": 155, "talkVariation": 1, "wrapSeconds": 25,
    "wrapVariation": 0.6,
}  # fmt: skip
"""A campaign as people have it."""
WINDOWS = tuple((day, 9 * 3600, 19 * 3600) for day in range(7))
_NAMES = {
    "dials": "dials", "connects": "connects", "abandons": "abandons", "machines": "machines", "noAnswers": "no_answers",
    "busies": "busies", "talk": "talk_s", "wrap": "wrap_s", "idle": "idle_s", "staffed": "staffed_s",
}  # fmt: skip


def pacing(belief: str = "0.5", aim: str = "0.01", **changes: Any) -> Pacing:
    """Return a pacing; 0.5 and 0.01 are three lines for each idle agent."""
    told: dict[str, Any] = {"max_calls": 150, "call_interval_ms": 120, "warm_up_s": 0, **changes}
    return Pacing(answer_rate=Decimal(belief), abandonment_aim=Decimal(aim), **told)


def tally(counts: Mapping[str, int]) -> Tally:
    """Return counts of the dialer as ours."""
    return Tally(**{ours: counts.get(theirs, 0) for theirs, ours in _NAMES.items()})


@cache
def minutes(
    how: Pacing, *, days: int = 3, agents: int = 50, key: int = 7, **world: Any
) -> tuple[tuple[datetime, Tally], ...]:
    """Return the minutes of a campaign that dials from 9 to 19 UTC, from Monday noon on for so many days."""
    rows: Rows = play(
        dialer(
            orders(
                agents=agents,
                lines_per_idle=round(lines_per_idle(how), 9),
                tick=how.call_interval_ms * MILLISECOND,
                line_cap=how.max_calls,
                windows=WINDOWS,
                timezone="UTC",
            ),
            key,
            **{**REAL, **world},
        ),
        24.0 * days,
    )
    return tuple((BEGAN + timedelta(microseconds=(at - START) // 1000), tally(row)) for at, row in sorted(rows.items()))


def history(rows: tuple[tuple[datetime, Tally], ...], at: datetime | None = None) -> Statistics:
    """Return minutes as the platform tells them, up to an instant, that after the last one by default."""
    at = at or rows[-1][0] + timedelta(minutes=1)
    rows = tuple(row for row in rows if row[0] < at)
    return Statistics(
        campaign=CAMPAIGN, at=at, tally=sum((one for _, one in rows), Tally()), live=LivePicture(), minutes=rows
    )


def observed(at: datetime, live: Pacing | None, **changes: Any) -> Observed:
    """Return a campaign as it is seen at an instant."""
    told: dict[str, Any] = {"campaign": CAMPAIGN, "state": State.ACTIVE, "version": Version("1"), **changes}
    return Observed(at=at, pacing=live, **told)


def asked(
    told: Statistics, live: Pacing | None, wanted: Pacing, periods: tuple[LegalPeriod, ...] = (), **changes: Any
) -> ForecastAsked:
    """Return a question of the forecaster; changes are of the campaign as it is seen."""
    return ForecastAsked(observed=observed(told.at, live, **changes), wanted=wanted, history=told, periods=periods)


def block(*, answered: int, abandoned: int, days: int = 30, begin: datetime = BEGAN) -> LegalPeriod:
    """Return a running period of 3 in 100."""
    return LegalPeriod(
        period="30-day-blocks",
        rules=("us.abandonment",),
        start=begin,
        end=begin + timedelta(days=days),
        most=3,
        per=100,
        answered=answered,
        abandoned=abandoned,
    )
