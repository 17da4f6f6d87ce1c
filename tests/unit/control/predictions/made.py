"""Minutes of a dialer and predictions of changes, as tests need them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np

from paceline.campaign.evidence import ABANDONMENT, CONNECTS, UTILISATION
from paceline.campaign.forecast import Between
from paceline.campaign.statistics import Tally
from paceline.control.predictions.prediction import Compared, Prediction, Realised, State
from paceline.primitives.ids import CampaignId, EntryId

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)
AGENTS = 50


def around(mean: float, half: float) -> Between:
    """Return an interval around a number."""
    return Between(mean=mean, low=mean - half, high=mean + half)


def minutes(
    days: int, utilisation: Callable[[datetime], float], *, first: datetime = MONDAY, hours: int = 4, seed: int = 7
) -> list[tuple[datetime, Tally]]:
    """Return minutes of days of so many hours, at a utilisation that a little noise is on."""
    chance, found = np.random.default_rng(seed), []
    for day in range(days):
        shift = chance.normal(0.0, 0.003)
        noise = chance.normal(0.0, 0.01, hours * 60).tolist()
        abandons = (chance.random(hours * 60) < 0.4).astype(int).tolist()
        for minute in range(hours * 60):
            at = first + timedelta(days=day, minutes=minute)
            talk = round(AGENTS * 60 * (utilisation(at) + shift + noise[minute]))
            tally = Tally(dials=60, connects=18, abandons=abandons[minute], talk_s=talk, staffed_s=AGENTS * 60)
            found.append((at, tally))
    return found


def prediction(entry: int, predicted: float, realised: float | None = None, *, half: float = 0.004) -> Prediction:
    """Return a prediction of the utilisation, measured where what came of it is given."""
    came = None if realised is None else Realised(value=around(realised, half), blocks=40, days=5)
    return Prediction(
        entry=EntryId(entry),
        campaign=CampaignId("CMP-1"),
        at=MONDAY,
        source="twin",
        metrics=(Compared(metric=UTILISATION, predicted=around(predicted, half), realised=came),),
        state=State.RUNNING if realised is None else State.MEASURED,
    )


METRICS = (UTILISATION, ABANDONMENT, CONNECTS)
