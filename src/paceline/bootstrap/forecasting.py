"""Who forecasts, made when it is first asked: what it computes with is heavy to load."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paceline.campaign.forecaster import Forecaster


@cache
def the_forecaster() -> Forecaster:
    """Return the one forecaster of this process; it plays days of the simulator."""
    from paceline.optimizer.forecast.forecaster import SimulatedForecaster

    return SimulatedForecaster()
