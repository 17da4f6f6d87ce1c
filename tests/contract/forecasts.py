"""A forecaster for tests in which nothing is to be computed."""

from __future__ import annotations

from paceline.campaign.forecast import NoProjection, Projection
from paceline.campaign.forecaster import Curve, ForecastAsked


class NoForecast:
    """Projects nothing, at once: a person answers for that."""

    def forecast(self, asked: ForecastAsked) -> Projection | NoProjection:
        del asked
        return NoProjection(why="nobody computes here")

    def curve(self, asked: ForecastAsked) -> Curve | NoProjection:
        del asked
        return NoProjection(why="nobody computes here")
