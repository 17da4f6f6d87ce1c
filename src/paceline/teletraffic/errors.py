"""How a closed form can fail: a value out of its bounds, or a queue that grows without limit."""

from __future__ import annotations

from paceline.primitives.errors import PacelineError


class TeletrafficError(PacelineError):
    """the formula has no answer"""

    code = "teletraffic"


class ParameterError(TeletrafficError, ValueError):
    """a value is outside the range of the formula"""

    code = "parameter"

    def __init__(self, field: str, found: object, bound: str, *, hint: str | None = None) -> None:
        """Keep the parameter's name, what was found there, and the bound it breaks, in words."""
        self.field = field
        self.found = found
        self.bound = bound
        super().__init__(f"{field} is {found!r}; it must be {bound}", hint=hint)


class UnstableQueueError(TeletrafficError):
    """the queue grows without limit"""

    code = "unstable-queue"
