"""How an inference can fail: a value that makes no sense, or data that cannot carry the statement."""

from __future__ import annotations

from paceline.primitives.errors import PacelineError


class InferenceError(PacelineError, ValueError):
    """the data cannot be judged"""

    code = "inference"


class InputError(InferenceError):
    """a value is outside its bounds"""

    code = "inference-input"

    def __init__(self, field: str, found: object, bound: str, *, hint: str | None = None) -> None:
        """Keep the argument's name, what was found there, and the bound it breaks, in words."""
        self.field = field
        self.found = found
        self.bound = bound
        super().__init__(f"{field} is {found!r}; it must be {bound}", hint=hint)


class TooLittleDataError(InferenceError):
    """there are too few data for this statement"""

    code = "too-little-data"

    def __init__(self, field: str, found: int, needed: int, *, hint: str | None = None) -> None:
        """Keep what there is too little of, how many there are, and how many it takes."""
        self.field = field
        self.found = found
        self.needed = needed
        super().__init__(f"{field}: {found} are too few; it takes at least {needed}", hint=hint)


class NoVariationError(InferenceError):
    """the data do not vary, so they do not tell their own error"""

    code = "no-variation"
