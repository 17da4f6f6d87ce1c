"""What a change of pacing is expected to do: days of the simulator, made of what was measured, with either pacing."""

from __future__ import annotations

from paceline.campaign.forecast import NoProjection, Projection
from paceline.campaign.forecaster import ForecastAsked


class SimulatedForecaster:
    """Forecasts by playing days."""

    def forecast(self, asked: ForecastAsked) -> Projection | NoProjection:
        """Return the projection, or why there is none."""
        return NoProjection(why=f"nothing was measured of campaign {asked.observed.campaign}")
