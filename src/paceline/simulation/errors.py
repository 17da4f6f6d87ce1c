"""How a simulation can fail: a value out of its bounds, or a campaign whose queue grows without limit."""

from __future__ import annotations

from paceline.primitives.errors import PacelineError

LONGEST = 200
"""Characters that are told of what was found."""


class SimulationError(PacelineError):
    """the campaign could not be simulated"""

    code = "simulation"


class ScenarioError(SimulationError):
    """a value of the scenario is outside its bounds"""

    code = "scenario"

    def __init__(self, field: str, found: object, bound: str, *, hint: str | None = None) -> None:
        """Keep the field's dotted name, what was found there, and the bound it breaks, in words."""
        self.field = field
        self.found = found
        self.bound = bound
        super().__init__(f"{field} is {_told(found)}; it must be {bound}", hint=hint)


def _told(found: object) -> str:
    """Return what was found as it is written, shortened: a number or a list in a file may have any length."""
    try:
        told = repr(found)
    except ValueError:  # of a whole number that is too long to be written out
        return "a number of thousands of digits"
    return told if len(told) <= LONGEST else f"{told[:LONGEST]}..."


class UnstableScenarioError(SimulationError):
    """the queue grows without limit"""

    code = "unstable-scenario"
