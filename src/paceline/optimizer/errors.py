"""How a search can fail: no setting keeps the limit or can be shown to, or days were played with other numbers."""

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


class OtherNumbersError(SimulationError):
    """a day was played with another version of paceline, or with other tables"""

    code = "other-numbers"

    def __init__(self, ours: str, theirs: str) -> None:
        """Keep what days here are made of, and what the day that came back was made of."""
        super().__init__(
            f"days that came back were made of {theirs}, here they are made of {ours}",
            hint="install the same paceline and libraries on every machine of the cluster",
        )


class ClusterError(SimulationError):
    """the cluster cannot be reached"""

    code = "cluster"
