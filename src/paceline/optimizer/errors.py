"""How a search can fail: no value of the knob keeps the limit, or it could not be shown."""

from __future__ import annotations

from paceline.simulation.errors import SimulationError


class NoSettingError(SimulationError):
    """no setting was found that keeps the limit"""

    code = "no-setting"
