"""How a search can fail: no value of the knob keeps the limit, or none could be shown to keep it."""

from __future__ import annotations

from paceline.simulation.errors import SimulationError


class NoSettingError(SimulationError):
    """no setting was found that keeps the limit"""

    code = "no-setting"

    def __init__(self, knob: str, found: str, bound: str, *, hint: str | None = None) -> None:
        """Keep the name of the knob, what was found, and the bound that could not be kept, in words."""
        self.knob = knob
        self.bound = bound
        super().__init__(f"no setting of {knob} keeps {bound}: {found}", hint=hint)
