"""Why nothing is fitted."""

from __future__ import annotations

from paceline.primitives.errors import PacelineError


class TooFewRecordsError(PacelineError):
    """there are too few call records to fit anything to"""

    code = "too-few-records"

    def __init__(self, what: str, *, found: int, needed: int) -> None:
        """Keep what was counted, how many there are, and how many it takes."""
        self.what = what
        self.found = found
        self.needed = needed
        hint = "import call records of more days"
        super().__init__(f"{what}: {found} found, and it takes at least {needed}", hint=hint)
